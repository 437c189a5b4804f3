/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char   *torg_spelling_make_word   (const char         *word);
char  **torg_spelling_make_words  (const char         *name);
char   *torg_spelling_make_key    (const char *const  *words);
double  torg_spelling_compare     (const char *const  *a,
                                   const char *const  *b);

G_END_DECLS
