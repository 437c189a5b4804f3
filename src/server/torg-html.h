/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgHtmlLanguage:
 * @TORG_HTML_RUSSIAN: Russian
 * @TORG_HTML_ENGLISH: English
 *
 * The languages of the server's own pages.
 */
typedef enum {
  TORG_HTML_RUSSIAN,
  TORG_HTML_ENGLISH,
} TorgHtmlLanguage;

/* An attribute of a field that the text of [func@html_alert] is about. */
#define TORG_HTML_DESCRIBED " aria-describedby=\"alert\""

TorgHtmlLanguage torg_html_choose_language (const char       *languages);
GString         *torg_html_begin           (TorgHtmlLanguage  language,
                                            const char       *title);
void             torg_html_alert           (GString          *html,
                                            const char       *text);
void             torg_html_append          (GString          *html,
                                            const char       *format,
                                            const char       *text);
char            *torg_html_end             (GString          *html);
const char      *torg_html_get_css         (void);

G_END_DECLS
