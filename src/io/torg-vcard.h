/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean   torg_vcard_is   (GBytes        *bytes);
TorgTable *torg_vcard_read (GBytes        *bytes,
                            GCancellable  *cancellable,
                            GError       **error);

G_END_DECLS
