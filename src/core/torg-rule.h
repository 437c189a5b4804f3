/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/* New cards come on top; the gap leaves room for 20 halvings between two neighbours. */
#define TORG_RULE_RANK_GAP (G_GINT64_CONSTANT (1) << 20)

/**
 * TorgRuleSource:
 * @data: what the functions are called with
 * @get: finds a record, deleted or not: (transfer full), or %NULL with an error
 * @find_pipeline: gives the id of the first pipeline of a kind (`deals`, `leads`): (transfer full) (nullable)
 * @find_stage: gives the id of the first open stage of a pipeline: (transfer full) (nullable)
 * @find_top: gives the rank of a card that comes on top of a stage
 * @has_cards: tells whether anything of a type, `deal` or `lead`, stands in a pipeline, @has; FALSE with an error
 * @has_field: tells likewise whether a type has a custom field of a name, other than the one whose id is @except
 * @user: (nullable): whose edit it is; %NULL for nobody's, which no rule about people stops
 * @list_approvals: (nullable): lists what was asked of a card and a stage: (transfer full) (element-type TorgRecord)
 * @find_move: (nullable): tells by which move a card came to a stage at last: from which stage, and whose it was, both
 *   (transfer full) (nullable); FALSE with an error
 * @is_hidden: (nullable): tells whether @user does not see a field, so that nothing is known of it here
 *
 * The company's records, as the rules need them, on a replica or on the server.
 */
typedef struct {
  gpointer data;
  TorgRecord *(*get)           (gpointer        data,
                                const char     *type,
                                const char     *id,
                                GError        **error);
  char       *(*find_pipeline) (gpointer        data,
                                const char     *kind);
  char       *(*find_stage)    (gpointer        data,
                                const char     *pipeline);
  gint64      (*find_top)      (gpointer        data,
                                const TorgType *type,
                                const char     *stage);
  gboolean    (*has_cards)     (gpointer        data,
                                const char     *type,
                                const char     *pipeline,
                                gboolean       *has,
                                GError        **error);
  gboolean    (*has_field)     (gpointer        data,
                                const char     *type,
                                const char     *name,
                                const char     *except,
                                gboolean       *has,
                                GError        **error);
  const char  *user;
  GPtrArray  *(*list_approvals) (gpointer       data,
                                const TorgType *type,
                                const char     *card,
                                const char     *stage,
                                GError        **error);
  gboolean    (*find_move)     (gpointer        data,
                                const char     *card,
                                const char     *to,
                                char          **from,
                                char          **author,
                                GError        **error);
  gboolean    (*is_hidden)     (gpointer        data,
                                const char     *type,
                                const char     *field);
} TorgRuleSource;

void     torg_rule_fill     (const TorgRuleSource *source,
                             TorgRecord           *record,
                             const char           *user,
                             gint64                now);
void     torg_rule_set_time (TorgRecord           *activity);
gboolean torg_rule_follow   (const TorgRuleSource *source,
                             TorgRecord           *before,
                             TorgRecord           *after,
                             gint64                now,
                             gboolean              is_import,
                             GError              **error);
gboolean torg_rule_check    (const TorgRuleSource *source,
                             TorgRecord           *before,
                             TorgRecord           *after,
                             GError              **error);
gboolean torg_rule_restore  (const TorgRuleSource *source,
                             TorgRecord           *record,
                             gint64                now,
                             GError              **error);

gboolean torg_rule_check_shape (const TorgRuleSource *source,
                             TorgRecord           *before,
                             TorgRecord           *after,
                             GError              **error);

G_END_DECLS
