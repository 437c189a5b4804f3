/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-html.h"

/*
 * The frame of the server's own pages: plain HTML without scripts, for every browser and screen reader. Their language
 * is the browser's and not the server's, so that their words stand beside them and not in gettext's catalogue.
 */

static const char *const codes[] = { [TORG_HTML_RUSSIAN] = "ru", [TORG_HTML_ENGLISH] = "en" };

/**
 * torg_html_choose_language:
 * @languages: (nullable): those that the browser wants: `Accept-Language`
 *
 * Chooses the first one of those that the browser names, in the order written (RFC 9110, 12.5.4).
 *
 * Returns: a language; Russian where it names none
 */
TorgHtmlLanguage
torg_html_choose_language (const char *languages)
{
  g_auto (GStrv) ranges = g_strsplit (languages != NULL ? languages : "", ",", 20);

  for (guint i = 0; ranges[i] != NULL; i++)
    {
      const char *range = g_strchug (ranges[i]);

      for (guint j = 0; j < G_N_ELEMENTS (codes); j++)
        if (g_ascii_strncasecmp (range, codes[j], 2) == 0 && !g_ascii_isalpha (range[2]))
          return j;
    }
  return TORG_HTML_RUSSIAN;
}

/**
 * torg_html_begin:
 * @language: a language
 * @title: what the page is called
 *
 * Begins a page.
 *
 * Returns: (transfer full): HTML, to be given to [func@html_end]
 */
GString *
torg_html_begin (TorgHtmlLanguage language, const char *title)
{
  GString *html = g_string_new ("<!DOCTYPE html>\n<html lang=\"");

  g_string_append_printf (html,
                          "%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n"
                          "<title>%s</title>\n<link rel=\"stylesheet\" href=\"/oauth/style.css\">\n</head>\n<body>\n"
                          "<main>\n<h1>%s</h1>\n",
                          codes[language], title, title);
  return html;
}

/**
 * torg_html_append:
 * @html: a page
 * @format: HTML with at most one `%s`
 * @text: (nullable): what stands there, escaped
 *
 * Adds to a page.
 */
void
torg_html_append (GString *html, const char *format, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text != NULL ? text : "", -1);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  g_string_append (html, parts[0]);
  if (parts[0] != NULL && parts[1] != NULL)
    {
      g_string_append (html, escaped);
      g_string_append (html, parts[1]);
    }
}

/**
 * torg_html_alert:
 * @html: a page
 * @text: what went wrong
 *
 * Adds what is read out first. A field that has the focus by itself refers to it by %TORG_HTML_DESCRIBED: a screen
 * reader tells of that field at once, and not of what stands above it.
 */
void
torg_html_alert (GString *html, const char *text)
{
  torg_html_append (html, "<p id=\"alert\" class=\"alert\" role=\"alert\">%s</p>\n", text);
}

/**
 * torg_html_end:
 * @html: (transfer full): a page
 *
 * Ends a page.
 *
 * Returns: (transfer full): HTML
 */
char *
torg_html_end (GString *html)
{
  g_string_append (html, "</main>\n</body>\n</html>\n");
  return g_string_free_and_steal (html);
}

/**
 * torg_html_get_css:
 *
 * Gives the style of the pages.
 *
 * Returns: (transfer none): CSS
 */
const char *
torg_html_get_css (void)
{
  return "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fafafb;color:#222226;"
         "font:16px/1.5 system-ui,sans-serif}"
         "main{box-sizing:border-box;width:min(24rem,100vw);padding:2rem}"
         "h1{font-size:1.6rem;text-align:center}"
         "form{display:grid;gap:.4rem}"
         "input,button{font:inherit;padding:.6rem .8rem;border-radius:.6rem;border:1px solid #8a8a8f;"
         "background:#fff;color:inherit}"
         "button{margin-top:1rem;border:0;background:#1c71d8;color:#fff;font-weight:600}"
         "input:focus,button:focus{outline:3px solid #1a5fb4;outline-offset:2px}"
         "input[aria-invalid]{border-color:#c01c28}"
         "input[readonly]{background:transparent;border-style:dashed}"
         "code{font:inherit;font-weight:600;overflow-wrap:anywhere}"
         "li{margin:.4rem 0}"
         ".alert{padding:.8rem;border-radius:.6rem;background:#f6d5d0;color:#5a1111}"
         "@media(prefers-color-scheme:dark){body{background:#222226;color:#fff}input{background:#36363a}"
         "input:focus,button:focus{outline-color:#99c1f1}input[aria-invalid]{border-color:#ff938c}"
         ".alert{background:#5a2020;color:#fff}}";
}
