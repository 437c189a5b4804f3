/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-schema.h"

G_BEGIN_DECLS

/**
 * TorgMatch:
 * @TORG_MATCH_IS: equal; null matches what is empty. Of a set or a list: holds the item
 * @TORG_MATCH_IS_NOT: not equal
 * @TORG_MATCH_LESS: less than
 * @TORG_MATCH_AT_MOST: less than or equal to
 * @TORG_MATCH_MORE: greater than
 * @TORG_MATCH_AT_LEAST: greater than or equal to
 * @TORG_MATCH_CONTAINS: the search terms of the record begin with those of the text; the field does not count
 * @TORG_MATCH_ANY_OF: equal to one of a set, which is a JSON array of texts
 * @TORG_MATCH_NONE_OF: equal to none of a set, or empty
 * @TORG_MATCH_HAS: a text that has that of the value in it, whatever the case; of a phone: its digits
 *
 * How a condition compares.
 */
typedef enum {
  TORG_MATCH_IS,
  TORG_MATCH_IS_NOT,
  TORG_MATCH_LESS,
  TORG_MATCH_AT_MOST,
  TORG_MATCH_MORE,
  TORG_MATCH_AT_LEAST,
  TORG_MATCH_CONTAINS,
  TORG_MATCH_ANY_OF,
  TORG_MATCH_NONE_OF,
  TORG_MATCH_HAS,
} TorgMatch;

/* Not a field: the place of a record in its table of this replica, see [method@Query.add_rowids]. */
#define TORG_QUERY_ROWID "rid"

/**
 * TorgCondition:
 * @field: (owned): the name of a field, or a path to one, see [func@path_find]
 * @match: how it compares
 * @value: with what
 *
 * One condition of a query.
 */
typedef struct {
  char     *field;
  TorgMatch match;
  TorgValue value;
} TorgCondition;

/**
 * TorgQuery:
 *
 * Which records of a type, in which order. All conditions hold at once. Made once, then immutable; reference-counted.
 */
typedef struct _TorgQuery TorgQuery;

#define TORG_TYPE_QUERY (torg_query_get_type ())

GType                torg_query_get_type      (void);
TorgQuery           *torg_query_new           (const char      *type);
TorgQuery           *torg_query_copy          (TorgQuery       *self);
TorgQuery           *torg_query_ref           (TorgQuery       *self);
void                 torg_query_unref         (TorgQuery       *self);
void                 torg_query_add           (TorgQuery       *self,
                                               const char      *field,
                                               TorgMatch        match,
                                               const TorgValue *value);
void                 torg_query_add_text      (TorgQuery       *self,
                                               const char      *field,
                                               TorgMatch        match,
                                               const char      *text);
void                 torg_query_add_rowids   (TorgQuery       *self,
                                               GArray          *rowids);
void                 torg_query_sort          (TorgQuery       *self,
                                               const char      *field,
                                               gboolean         descending);
void                 torg_query_with_deleted  (TorgQuery       *self);
const char          *torg_query_get_kind      (TorgQuery       *self);
guint                torg_query_get_n         (TorgQuery       *self);
const TorgCondition *torg_query_nth           (TorgQuery       *self,
                                               guint            index);
gboolean             torg_query_is_through    (TorgQuery       *self,
                                               TorgSchema      *schema,
                                               const char      *type);
const char          *torg_query_get_sort      (TorgQuery       *self,
                                               gboolean        *descending);
gboolean             torg_query_get_deleted   (TorgQuery       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgQuery, torg_query_unref)

G_END_DECLS
