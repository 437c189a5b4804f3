/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-signin-page.h"

#include <string.h>

/*
 * The page on which people sign in: plain HTML without scripts, for every browser and screen reader. Its language is
 * the browser's and not the server's, so that its words stand here and not in gettext's catalogue.
 */

typedef struct
{
  const char *code;
  const char *title;
  const char *login;
  const char *password;
  const char *button;
  const char *wrong;
  const char *wait; /* with the number of minutes */
  const char *busy;
  const char *request;
} Words;

static const Words languages_known[] = {
  {
    "ru",
    "Вход в Torg",
    "Логин",
    "Пароль",
    "Войти",
    "Логин и пароль не подходят. Проверьте раскладку и Caps Lock. Забытый пароль сменит администратор.",
    "Слишком много неверных паролей. Попробуйте снова через %u мин.",
    "Сейчас входит слишком много людей сразу. Подождите несколько секунд и нажмите «Войти» ещё раз.",
    "Эту страницу открывает сама программа. Вернитесь в Torg и нажмите «Войти» ещё раз.",
  },
  {
    "en",
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

/* The first one of those that the browser names; Russian where it names none (RFC 9110, 12.5.4, in the order written).
 */
static const Words *
choose_words (const char *languages)
{
  g_auto (GStrv) ranges = g_strsplit (languages != NULL ? languages : "", ",", 20);

  for (guint i = 0; ranges[i] != NULL; i++)
    {
      const char *range = g_strchug (ranges[i]);

      for (guint j = 0; j < G_N_ELEMENTS (languages_known); j++)
        if (g_ascii_strncasecmp (range, languages_known[j].code, 2) == 0 && !g_ascii_isalpha (range[2]))
          return &languages_known[j];
    }
  return &languages_known[0];
}

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
  const Words     *words = choose_words (languages);
  g_autofree char *said = say_note (words, note, seconds);
  GString         *html = g_string_new ("<!DOCTYPE html>\n<html lang=\"");

  g_string_append_printf (html,
                          "%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n"
                          "<title>%s</title>\n<link rel=\"stylesheet\" href=\"/oauth/style.css\">\n</head>\n<body>\n"
                          "<main>\n<h1>%s</h1>\n",
                          words->code, words->title, words->title);
  if (said != NULL)
    g_string_append_printf (html, "<p role=\"alert\">%s</p>\n", said);
  if (note != TORG_SIGNIN_NOTE_REQUEST)
    {
      g_autofree char *escaped = g_markup_escape_text (login != NULL ? login : "", -1);
      gboolean         known = *escaped != '\0';

      g_string_append_printf (
        html,
        "<form method=\"post\">\n<label for=\"login\">%s</label>\n"
        "<input id=\"login\" name=\"login\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
        "maxlength=\"200\" required value=\"%s\"%s>\n<label for=\"password\">%s</label>\n"
        "<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" "
        "maxlength=\"1000\" required%s>\n<button>%s</button>\n</form>\n",
        words->login, escaped, known ? "" : " autofocus", words->password, known ? " autofocus" : "", words->button);
    }
  g_string_append (html, "</main>\n</body>\n</html>\n");
  return g_string_free_and_steal (html);
}

/**
 * torg_signin_page_get_css:
 *
 * Gives the style of the page.
 *
 * Returns: (transfer none): CSS
 */
const char *
torg_signin_page_get_css (void)
{
  return "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fafafb;color:#222226;"
         "font:16px/1.5 system-ui,sans-serif}"
         "main{box-sizing:border-box;width:min(24rem,100vw);padding:2rem}"
         "h1{font-size:1.6rem;text-align:center}"
         "form{display:grid;gap:.4rem}"
         "input,button{font:inherit;padding:.6rem .8rem;border-radius:.6rem;border:1px solid #8a8a8f;"
         "background:#fff;color:inherit}"
         "button{margin-top:1rem;border:0;background:#3584e4;background:#1c71d8;color:#fff;font-weight:600}"
         "input:focus,button:focus{outline:3px solid #62a0ea;outline-offset:1px}"
         "p{padding:.8rem;border-radius:.6rem;background:#f6d5d0;color:#5a1111}"
         "@media(prefers-color-scheme:dark){body{background:#222226;color:#fff}input{background:#36363a}"
         "p{background:#5a2020;color:#fff}}";
}
