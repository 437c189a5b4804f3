/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-likeness.h"
#include "torg-replica.h"

G_BEGIN_DECLS

/* So many pairs are listed, the likeliest of all. */
#define TORG_PAIRS_MAX 1000

/**
 * TorgPair:
 * @one: (owned): the id of a record
 * @other: (owned): that of another one of the same type, made later
 * @title: (owned): what the first is called
 * @other_title: (owned): what the other one is called
 * @score: how likely they are one, from 0 to 1
 * @reasons: what speaks for it and against it
 *
 * Two records that may be one.
 */
typedef struct {
  char               *one;
  char               *other;
  char               *title;
  char               *other_title;
  double              score;
  TorgLikenessReasons reasons;
} TorgPair;

gboolean   torg_pairs_is_type     (const char          *type);
GPtrArray *torg_pairs_find        (TorgStore           *store,
                                   const char          *type,
                                   const char          *of,
                                   TorgJob             *job,
                                   GCancellable        *cancellable,
                                   GError             **error);
void       torg_pair_free         (TorgPair            *self);
void       torg_pair_deny         (TorgEdit            *edit,
                                   TorgRecord          *one,
                                   TorgRecord          *other);

void       torg_pairs_find_async  (TorgReplica         *replica,
                                   const char          *type,
                                   const char          *of,
                                   TorgJob             *job,
                                   GAsyncReadyCallback  callback,
                                   gpointer             data);
GPtrArray *torg_pairs_find_finish (GAsyncResult        *result,
                                   GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgPair, torg_pair_free)

G_END_DECLS
