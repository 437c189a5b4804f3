/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-rule.h"

G_BEGIN_DECLS

/* The field of a record that was merged into another one: which one that is. */
#define TORG_UNITE_FIELD "merged_into"

/**
 * TorgUniteWay:
 * @TORG_UNITE_DO: the records can be merged
 * @TORG_UNITE_DONE: they are one already, in either direction
 * @TORG_UNITE_ELSEWHERE: the record was merged into a third one
 * @TORG_UNITE_DELETED: the record was deleted
 * @TORG_UNITE_GONE: what it is to be merged into was deleted
 *
 * What there is to do to merge a record into another one, as both are by now.
 */
typedef enum {
  TORG_UNITE_DO,
  TORG_UNITE_DONE,
  TORG_UNITE_ELSEWHERE,
  TORG_UNITE_DELETED,
  TORG_UNITE_GONE,
} TorgUniteWay;

gboolean     torg_unite_has          (const TorgType       *type);
gboolean     torg_unite_moves        (const TorgType       *holder,
                                      const TorgField      *field,
                                      const char           *type);
char        *torg_unite_find_survivor (const TorgRuleSource *source,
                                      const char           *type,
                                      const char           *id);
TorgUniteWay torg_unite_decide       (const TorgRuleSource *source,
                                      TorgRecord           *record,
                                      const char           *target,
                                      char                **survivor);
TorgValue    torg_unite_make_value   (const TorgRuleSource *source,
                                      TorgRecord           *holder,
                                      const TorgField      *field,
                                      const char           *from,
                                      const char           *to);
gboolean     torg_unite_check        (const TorgRuleSource *source,
                                      TorgRecord           *before,
                                      TorgRecord           *after,
                                      char                **survivor,
                                      GError              **error);

G_END_DECLS
