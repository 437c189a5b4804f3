/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-edit-words.h"

G_BEGIN_DECLS

/**
 * TorgDecision:
 * @key: (owned): by which it is known again
 * @words: (owned): what was done
 * @conflict: (owned) (nullable): the difference; %NULL for what the server rejected
 * @field: (nullable): the field that it is about; %NULL for all of the record, or one that is not known here
 * @before: (owned) (nullable): a record with the field's value that the user saw
 * @now: (owned) (nullable): a record with the field's value that stands
 * @other_at: when somebody else changed it, microseconds UTC; 0 where that is not known
 * @is_own: whether the user did it; otherwise somebody else proposed it for a record of the user's
 * @can_take: whether what was done can be done once more
 * @rejected: (owned) (nullable): what the server rejected
 * @added: (owned) (nullable) (element-type TorgEditWords): what the user added to a record that was deleted meanwhile
 * @retry: (owned) (nullable): what does that once more, where it can be done
 *
 * Something that needs the user's decision.
 */
typedef struct {
  char            *key;
  TorgEditWords   *words;
  TorgRecord      *conflict;
  const TorgField *field;
  TorgRow         *before;
  TorgRow         *now;
  gint64           other_at;
  gboolean         is_own;
  gboolean         can_take;
  TorgAttention   *rejected;
  GPtrArray       *added;
  TorgEdit        *retry;
} TorgDecision;

GPtrArray *torg_decision_list         (TorgStore     *store,
                                       GError       **error); /* TorgDecision */
void       torg_decision_free         (TorgDecision  *self);
char      *torg_decision_say          (TorgDecision  *self,
                                       TorgSession   *session);
char      *torg_decision_say_content  (TorgDecision  *self,
                                       TorgSession   *session);
TorgEdit  *torg_decision_make_edit    (TorgDecision  *self,
                                       gboolean       take);
TorgEdit  *torg_decision_make_other   (TorgDecision    *self,
                                       const TorgValue *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgDecision, torg_decision_free)

G_END_DECLS
