/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "torg-value.h"

G_BEGIN_DECLS

gboolean  torg_email_is_valid (const char  *address);
char     *torg_email_make_key (const char  *address);
char    **torg_email_split    (const char  *text,
                               char      ***rejected);
gboolean  torg_email_is_list  (const char  *json);
gboolean  torg_email_parse    (const char  *text,
                               TorgValue   *value,
                               GError     **error);

G_END_DECLS
