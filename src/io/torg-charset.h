/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *torg_charset_detect  (const char  *bytes,
                                  gsize        length,
                                  gsize       *bom_length);
char       *torg_charset_to_utf8 (const char  *bytes,
                                  gsize        length,
                                  const char  *charset,
                                  gsize       *n_utf8,
                                  gsize       *n_bad,
                                  GError     **error);
const char *const *torg_charset_list (void);

G_END_DECLS
