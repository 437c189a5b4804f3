/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define TORG_DIGEST_BUCKETS 256

/**
 * TorgDigest:
 * @sums: of each bucket, the sum of its records' hashes
 *
 * What records somebody has, in a few numbers: two who have the same have the same digest. Begins as zeros.
 */
typedef struct {
  guint64 sums[TORG_DIGEST_BUCKETS];
} TorgDigest;

guint       torg_digest_get_bucket (const guint8      id[16]);
void        torg_digest_add        (TorgDigest       *self,
                                    const guint8      id[16],
                                    gint64            seq);
JsonNode   *torg_digest_to_json    (const TorgDigest *self);
gboolean    torg_digest_from_json  (JsonNode         *node,
                                    TorgDigest       *self);

G_END_DECLS
