/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-sight.h"
#include "torg-digest.h"

G_BEGIN_DECLS

/**
 * TorgVerify:
 * @schema: the version of the data that the client knows
 * @buckets: (nullable) (array fixed-size=256): whose records are wanted; %NULL for the digest alone
 *
 * What a client asks for to see whether it has what it should have.
 */
typedef struct {
  int             schema;
  const gboolean *buckets;
} TorgVerify;

/**
 * TorgVerifyFunc:
 * @records: (element-type TorgRecord): some records of one type
 *
 * Takes records.
 */
typedef void (*TorgVerifyFunc) (GPtrArray *records,
                                gpointer   data);

gboolean torg_verify_digest (TorgServerStore  *store,
                             TorgSight        *sight,
                             int               schema,
                             TorgDigest       *digest,
                             GError          **error);
gboolean torg_verify_list   (TorgServerStore  *store,
                             TorgSight        *sight,
                             const TorgVerify *verify,
                             TorgVerifyFunc    func,
                             gpointer          data,
                             GError          **error);

G_END_DECLS
