/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What `Accept-Encoding` says, the best first. */
#define TORG_ENCODINGS "zstd, gzip"

GBytes *torg_encode (GBytes      *bytes,
                     const char  *encoding);
GBytes *torg_decode (GBytes      *bytes,
                     const char  *encoding,
                     gsize        limit,
                     GError     **error);

G_END_DECLS
