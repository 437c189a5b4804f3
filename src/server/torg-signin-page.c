/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-html.h"
#include "torg-signin-page.h"

/* The page on which people sign in. */

typedef struct
{
  const char *title;
  const char *login;
  const char *password;
  const char *button;
  const char *wrong;
  const char *wait; /* with the number of minutes */
  const char *busy;
  const char *request;
} Words;

static const Words known[] = {
  [TORG_HTML_RUSSIAN] = {
    "Вход в Torg",
    "Логин",
    "Пароль",
    "Войти",
    "Логин и пароль не подходят. Проверьте раскладку и Caps Lock. Забытый пароль сменит администратор.",
    "Слишком много неверных паролей. Попробуйте снова через %u мин.",
    "Сейчас входит слишком много людей сразу. Подождите несколько секунд и нажмите «Войти» ещё раз.",
    "Эту страницу открывает сама программа. Вернитесь в Torg и нажмите «Войти» ещё раз.",
  },
  [TORG_HTML_ENGLISH] = {
    "Sign in to Torg",
    "Login",
    "Password",
    "Sign In",
    "Login and password do not fit. Check the keyboard layout and Caps Lock. An administrator can set a new password.",
    "There were too many wrong passwords. Try again in %u min.",
    "Too many people are signing in at once. Wait a few seconds and press “Sign In” again.",
    "The program itself opens this page. Go back to Torg and press “Sign In” again.",
  },
};

static char *
say_note (const Words *words, TorgSigninNote note, guint seconds)
{
  switch (note)
    {
      case TORG_SIGNIN_NOTE_WRONG:
        return g_strdup (words->wrong);
      case TORG_SIGNIN_NOTE_WAIT:
        {
          g_autofree char *minutes = g_strdup_printf ("%u", (seconds + 59) / 60);
          g_auto (GStrv) parts = g_strsplit (words->wait, "%u", 2);

          return g_strjoinv (minutes, parts);
        }
      case TORG_SIGNIN_NOTE_BUSY:
        return g_strdup (words->busy);
      case TORG_SIGNIN_NOTE_REQUEST:
        return g_strdup (words->request);
      case TORG_SIGNIN_NOTE_NONE:
      default:
        return NULL;
    }
}

/**
 * torg_signin_page_write:
 * @languages: (nullable): those that the browser wants: `Accept-Language`
 * @note: what there is to say
 * @seconds: with %TORG_SIGNIN_NOTE_WAIT, how long to wait
 * @login: (nullable): what was typed before
 *
 * Writes the page. Its form is sent to the page's own address.
 *
 * Returns: (transfer full): HTML
 */
char *
torg_signin_page_write (const char *languages, TorgSigninNote note, guint seconds, const char *login)
{
  TorgHtmlLanguage language = torg_html_choose_language (languages);
  const Words     *words = &known[language];
  g_autofree char *said = say_note (words, note, seconds);
  GString         *html = torg_html_begin (language, words->title);

  if (said != NULL)
    torg_html_alert (html, said);
  if (note != TORG_SIGNIN_NOTE_REQUEST)
    {
      g_autofree char *escaped = g_markup_escape_text (login != NULL ? login : "", -1);
      gboolean         is_known = *escaped != '\0';
      const char      *described = said != NULL ? TORG_HTML_DESCRIBED : "";
      const char      *invalid = note == TORG_SIGNIN_NOTE_WRONG ? " aria-invalid=\"true\"" : "";

      g_string_append_printf (
        html,
        "<form method=\"post\">\n<label for=\"login\">%s</label>\n"
        "<input id=\"login\" name=\"login\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
        "maxlength=\"200\" required value=\"%s\"%s%s%s>\n<label for=\"password\">%s</label>\n"
        "<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" "
        "maxlength=\"1000\" required%s%s%s>\n<button>%s</button>\n</form>\n",
        words->login, escaped, is_known ? "" : " autofocus", described, invalid, words->password,
        is_known ? " autofocus" : "", described, invalid, words->button);
    }
  return torg_html_end (html);
}
