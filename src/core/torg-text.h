/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* g_unichar_isalnum(), without its tables for ASCII and Russian letters. */
static inline gboolean
torg_text_is_alnum (gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum ((char) c) : (c >= 0x400 && c <= 0x481) || g_unichar_isalnum (c);
}

char  *torg_text_fold        (const char *text);
char **torg_text_split_terms (const char *text);
void   torg_text_append_terms (GString    *terms,
                               const char *text);
void   torg_text_append_address (GString   *terms,
                                 const char *address);
void   torg_text_append_digits (GString   *terms,
                                const char *digits);

G_END_DECLS
