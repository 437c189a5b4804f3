/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-path.h"
#include "torg-query.h"

G_BEGIN_DECLS

/**
 * TorgFilterOp:
 * @TORG_FILTER_IS: one of the values; of a set: holds one of them
 * @TORG_FILTER_IS_NOT: none of the values, or empty
 * @TORG_FILTER_HAS: a text that has the only value in it, whatever the case
 * @TORG_FILTER_BETWEEN: not less than the first value and not more than the second; either may be empty
 * @TORG_FILTER_PERIOD: in a period that is named, seen from today; see [func@filter_get_periods]
 * @TORG_FILTER_EMPTY: nothing
 * @TORG_FILTER_FILLED: anything
 *
 * How a filter compares.
 */
typedef enum {
  TORG_FILTER_IS,
  TORG_FILTER_IS_NOT,
  TORG_FILTER_HAS,
  TORG_FILTER_BETWEEN,
  TORG_FILTER_PERIOD,
  TORG_FILTER_EMPTY,
  TORG_FILTER_FILLED,
} TorgFilterOp;

#define TORG_FILTER_N_OPS (TORG_FILTER_FILLED + 1)

/* The value of a reference to a user that stands for whoever looks. */
#define TORG_FILTER_ME "me"

/**
 * TorgFilter:
 * @path: (owned): a field, see [func@path_find]
 * @op: how it compares
 * @values: (owned) (array zero-terminated=1): with what, as [func@field_to_plain] writes it; references by their id,
 *   moments by days
 *
 * A condition as a person sets it and a view keeps it: it may outlive the field, and does not change with the days.
 */
typedef struct {
  char        *path;
  TorgFilterOp op;
  char       **values;
} TorgFilter;

/**
 * TorgFilterSense:
 * @schema: the schema
 * @user: (nullable): the id of whoever looks
 * @now: microseconds UTC
 * @zone: (nullable): whose days count; the local one where it is %NULL
 *
 * What a filter depends on besides itself.
 */
typedef struct {
  TorgSchema *schema;
  const char *user;
  gint64      now;
  GTimeZone  *zone;
} TorgFilterSense;

TorgFilter        *torg_filter_new         (const char             *path,
                                            TorgFilterOp            op,
                                            const char *const      *values);
TorgFilter        *torg_filter_copy        (const TorgFilter       *self);
void               torg_filter_free        (TorgFilter             *self);
gboolean           torg_filter_is_valid    (const TorgFilter       *self,
                                            const TorgFilterSense  *sense,
                                            const TorgType         *type,
                                            GError                **error);
gboolean           torg_filter_add_to      (const TorgFilter       *self,
                                            const TorgFilterSense  *sense,
                                            TorgQuery              *query,
                                            GError                **error);
gboolean           torg_filter_takes       (const TorgField        *field,
                                            TorgFilterOp            op);
const char        *torg_filter_get_op_label (const TorgField       *field,
                                            TorgFilterOp            op);
const TorgChoice  *torg_filter_get_periods (void);

char              *torg_filters_to_json    (GPtrArray              *filters);
GPtrArray         *torg_filters_from_json  (const char             *json,
                                            GError                **error); /* TorgFilter */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgFilter, torg_filter_free)

G_END_DECLS
