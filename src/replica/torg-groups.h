/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgGroup:
 * @key: (owned) (nullable): what the records have in common: an id, a choice's key, a text, a month `YYYY-MM`; none
 *   where the field is empty
 * @title: (owned) (nullable): what the record that @key is the id of is called
 * @currency: of the sums; empty for records without an amount
 * @n: how many
 * @sum: of their amounts, in minor units
 * @weighted: of their amounts by the probability of their stages, in minor units, rounded once
 *
 * Records of a query that have a value in common, and one currency.
 */
typedef struct {
  char  *key;
  char  *title;
  char   currency[4];
  gint64 n;
  gint64 sum;
  gint64 weighted;
} TorgGroup;

GPtrArray *torg_store_list_groups (TorgStore    *self,
                                   TorgQuery    *query,
                                   const char   *path,
                                   GCancellable *cancellable,
                                   GError      **error); /* TorgGroup */
void       torg_group_free        (TorgGroup    *self);

G_END_DECLS
