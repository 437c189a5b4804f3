/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-attempts.h"
#include "torg-html.h"
#include "torg-invitations.h"
#include "torg-invite.h"

#include <string.h>

/*
 * Where the link of an invitation leads: a page on which somebody sets a password, and which says how to go on.
 *
 *   GET  /invite/SECRET    the page; it uses nothing up, since messengers look at links too
 *   POST /invite/SECRET    password, again
 */

#define MAX_BODY 16384
#define MAX_SECRET 100
#define BUSY_SECONDS 5

typedef enum
{
  NOTE_NONE,
  NOTE_SHORT,
  NOTE_LONG,
  NOTE_DIFFER,
  NOTE_LOGIN,
  NOTE_WAIT,
  NOTE_BUSY,
  NOTE_UNKNOWN,
  NOTE_USED,
  NOTE_EXPIRED,
  NOTE_WITHDRAWN,
  N_NOTES,
} Note;

typedef struct
{
  const char *title;
  const char *hello;
  const char *login;
  const char *password;
  const char *again;
  const char *button;
  const char *notes[N_NOTES];
  const char *done_title;
  const char *open;
  const char *connect; /* with the server's address */
  const char *sign_in; /* with the login */
} Words;

static const Words known[] = {
  [TORG_HTML_RUSSIAN] = {
    "Приглашение в Torg",
    "Вас пригласили в Torg, программу для работы с клиентами. Придумайте пароль не короче 8 знаков, с которым будете входить.",
    "Логин",
    "Новый пароль (не короче 8 знаков)",
    "Тот же пароль ещё раз",
    "Сохранить пароль",
    {
      [NOTE_SHORT] = "Пароль слишком короткий. Придумайте пароль не короче 8 знаков.",
      [NOTE_LONG] = "Пароль слишком длинный. Хватит и 1000 знаков.",
      [NOTE_DIFFER] = "Пароли не совпадают. Введите один и тот же пароль дважды.",
      [NOTE_LOGIN] = "Пароль совпадает с логином, его легко угадать. Придумайте другой.",
      [NOTE_WAIT] = "Слишком много попыток. Подождите несколько минут и откройте ссылку снова.",
      [NOTE_BUSY] = "Сейчас сервер занят. Подождите несколько секунд и откройте ссылку ещё раз.",
      [NOTE_UNKNOWN] = "Такой ссылки нет. Проверьте, что она скопирована целиком, или попросите у администратора новую.",
      [NOTE_USED] = "По этой ссылке пароль уже задан. Откройте Torg и войдите. Если пароль забыт, попросите у "
                    "администратора новую ссылку.",
      [NOTE_EXPIRED] = "Ссылка больше не действует: её срок, 7 дней, прошёл. Попросите у администратора новую.",
      [NOTE_WITHDRAWN] = "Эта ссылка отозвана. Если вам прислали другую, откройте её; если нет, спросите администратора.",
    },
    "Пароль сохранён",
    "Откройте Torg на своём компьютере.",
    "Выберите «Подключиться к серверу компании» и введите адрес <code>%s</code>",
    "Войдите: логин <code>%s</code> и ваш новый пароль.",
  },
  [TORG_HTML_ENGLISH] = {
    "Invitation to Torg",
    "You have been invited to Torg, a program for working with clients. Choose the password you will sign in with, of at least 8 characters.",
    "Login",
    "New password (at least 8 characters)",
    "The same password again",
    "Save Password",
    {
      [NOTE_SHORT] = "The password is too short. Choose one of at least 8 characters.",
      [NOTE_LONG] = "The password is too long. 1,000 characters are enough.",
      [NOTE_DIFFER] = "The passwords differ. Write the same one twice.",
      [NOTE_LOGIN] = "The password is the login, which is easy to guess. Choose another one.",
      [NOTE_WAIT] = "There were too many attempts. Wait some minutes and open the link again.",
      [NOTE_BUSY] = "The server is busy. Wait a few seconds and open the link again.",
      [NOTE_UNKNOWN] = "There is no such link. Check that all of it was copied, or ask your administrator for a new one.",
      [NOTE_USED] = "The password was set by this link already. Open Torg and sign in. If you forgot it, ask your "
                    "administrator for a new link.",
      [NOTE_EXPIRED] = "This link is no longer good: its 7 days are over. Ask your administrator for a new one.",
      [NOTE_WITHDRAWN] = "This link was withdrawn. If you were sent another one, open that; otherwise ask your "
                         "administrator.",
    },
    "The Password Is Saved",
    "Open Torg on your computer.",
    "Choose “Connect to the Company Server” and type the address <code>%s</code>",
    "Sign in: login <code>%s</code> and your new password.",
  },
};

static const struct
{
  Note  note;
  guint status;
} of_state[] = {
  [TORG_INVITATION_UNKNOWN] = { NOTE_UNKNOWN, 404 },     [TORG_INVITATION_OPEN] = { NOTE_NONE, 200 },
  [TORG_INVITATION_USED] = { NOTE_USED, 410 },           [TORG_INVITATION_EXPIRED] = { NOTE_EXPIRED, 410 },
  [TORG_INVITATION_WITHDRAWN] = { NOTE_WITHDRAWN, 410 },
};

/* --- pages -------------------------------------------------------------------------------------------------------- */

static void
answer (TorgResponse *response, guint status, GString *html)
{
  g_autofree char *text = torg_html_end (html);

  response->status = status;
  response->type = "text/html; charset=utf-8";
  g_string_assign (response->body, text);
}

static void
append_password (GString *html, const char *name, const char *label, const char *more)
{
  g_string_append_printf (html,
                          "<label for=\"%s\">%s</label>\n<input id=\"%s\" name=\"%s\" type=\"password\" "
                          "autocomplete=\"new-password\" minlength=\"8\" maxlength=\"1000\" required%s>\n",
                          name, label, name, name, more);
}

/* Without a @login there is nothing to fill in. */
static void
answer_page (TorgRequest *request, TorgResponse *response, guint status, Note note, const char *login)
{
  TorgHtmlLanguage language = torg_html_choose_language (request->languages);
  const Words     *words = &known[language];
  GString         *html = torg_html_begin (language, words->title);

  if (note != NOTE_NONE)
    torg_html_alert (html, words->notes[note]);
  if (login != NULL)
    {
      torg_html_append (html, "<p>%s</p>\n<form method=\"post\">\n", words->hello);
      torg_html_append (html, "<label for=\"login\">%s</label>\n", words->login);
      torg_html_append (html, "<input id=\"login\" autocomplete=\"username\" readonly value=\"%s\">\n", login);
      append_password (html, "password", words->password,
                       note != NOTE_NONE ? " autofocus" TORG_HTML_DESCRIBED : " autofocus");
      append_password (html, "again", words->again, "");
      torg_html_append (html, "<button>%s</button>\n</form>\n", words->button);
    }
  answer (response, status, html);
}

/* What is typed into the program: it speaks plain http with its own machine alone. */
static char *
dup_address (TorgRequest *request)
{
  const char *host = request->host != NULL ? request->host : "";
  gboolean    plain = g_str_has_prefix (host, "127.0.0.1") || g_str_has_prefix (host, "[::1]") ||
                   g_str_has_prefix (host, "localhost:") || g_str_equal (host, "localhost");

  return g_strconcat (plain ? "http://" : "https://", host, NULL);
}

static void
answer_done (TorgRequest *request, TorgResponse *response, const char *login)
{
  TorgHtmlLanguage language = torg_html_choose_language (request->languages);
  const Words     *words = &known[language];
  GString         *html = torg_html_begin (language, words->done_title);
  g_autofree char *address = dup_address (request);

  torg_html_append (html, "<ol role=\"status\">\n<li>%s</li>\n<li>", words->open);
  torg_html_append (html, words->connect, address);
  g_string_append (html, "</li>\n<li>");
  torg_html_append (html, words->sign_in, login);
  g_string_append (html, "</li>\n</ol>\n");
  answer (response, 200, html);
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

static GHashTable *
read_form (TorgRequest *request)
{
  g_autofree char *body = NULL;

  if (request->body == NULL || request->length > MAX_BODY)
    return NULL;
  body = g_strndup (request->body, request->length);
  if (strlen (body) != request->length)
    return NULL;
  return g_uri_parse_params (body, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
}

static Note
check_password (const char *password, const char *again, const char *login)
{
  static const Note notes[] = {
    [TORG_PASSWORD_SHORT] = NOTE_SHORT,
    [TORG_PASSWORD_LONG] = NOTE_LONG,
    [TORG_PASSWORD_LOGIN] = NOTE_LOGIN,
  };
  TorgPasswordFault fault = torg_accounts_find_password_fault (password, login);

  if ((fault == TORG_PASSWORD_GOOD || fault == TORG_PASSWORD_LOGIN) && g_strcmp0 (password, again) != 0)
    return NOTE_DIFFER;
  return fault == TORG_PASSWORD_GOOD ? NOTE_NONE : notes[fault];
}

static gboolean
set_password (TorgServerStore *store,
              TorgRequest     *request,
              const char      *secret,
              TorgInvitation  *invitation,
              TorgResponse    *response,
              GError         **error)
{
  g_autoptr (GHashTable) form = read_form (request);
  const char *password = form != NULL ? g_hash_table_lookup (form, "password") : NULL;
  const char *again = form != NULL ? g_hash_table_lookup (form, "again") : NULL;
  Note        note = check_password (password, again, invitation->login);
  gboolean    accepted;

  if (note != NOTE_NONE)
    {
      answer_page (request, response, 422, note, invitation->login);
      return TRUE;
    }
  if (!torg_invitations_accept (store, secret, password, &accepted, error))
    return FALSE;
  if (accepted)
    {
      response->user = g_strdup (invitation->user);
      answer_done (request, response, invitation->login);
    }
  else
    answer_page (request, response, 410, NOTE_USED, NULL);
  return TRUE;
}

/**
 * torg_invite_handle:
 * @store: a connection
 * @request: a question below %TORG_INVITE_PATH, from anybody
 * @response: takes the answer, a page
 * @error: place for an error
 *
 * Shows what a link of an invitation leads to, or sets a password by it. Links that are none count as wrong passwords.
 *
 * Returns: whether that worked; what is refused is an answer too
 */
gboolean
torg_invite_handle (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  const char *secret = request->path + strlen (TORG_INVITE_PATH);
  const char *peer = request->peer != NULL ? request->peer : "";
  g_autoptr (TorgInvitation) invitation = NULL;

  if (!g_str_equal (request->method, "GET") && !g_str_equal (request->method, "POST"))
    {
      torg_response_set_problem (response, 405, "method", "This cannot be done at this address.");
      return TRUE;
    }
  invitation = torg_invitations_find (store, strlen (secret) <= MAX_SECRET ? secret : "", error);
  if (invitation == NULL)
    return FALSE;
  if (invitation->state == TORG_INVITATION_UNKNOWN)
    {
      if (!torg_attempts_count (store, "", peer, &response->retry_after, error))
        return FALSE;
      answer_page (request, response, response->retry_after > 0 ? 429 : 404,
                   response->retry_after > 0 ? NOTE_WAIT : NOTE_UNKNOWN, NULL);
      return TRUE;
    }
  if (invitation->state == TORG_INVITATION_OPEN && g_str_equal (request->method, "POST"))
    return set_password (store, request, secret, invitation, response, error);
  answer_page (request, response, of_state[invitation->state].status, of_state[invitation->state].note,
               invitation->state == TORG_INVITATION_OPEN ? invitation->login : NULL);
  return TRUE;
}

/**
 * torg_invite_refuse_busy:
 * @request: one that sets a password
 *
 * Says that too many do so at once. No connection is needed for that.
 *
 * Returns: (transfer full): a page with words
 */
TorgResponse *
torg_invite_refuse_busy (TorgRequest *request)
{
  TorgResponse *response = g_new0 (TorgResponse, 1);

  response->body = g_string_new (NULL);
  response->retry_after = BUSY_SECONDS;
  answer_page (request, response, 503, NOTE_BUSY, NULL);
  return response;
}
