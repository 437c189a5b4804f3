/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-sight.h"
#include "torg-wire.h"

G_BEGIN_DECLS

/* One mutation while it is applied. */
typedef struct {
  TorgCommit       *commit;
  TorgServerStore  *store;
  TorgSchema       *schema;
  TorgSight        *sight;
  TorgWireMutation *mutation;
  const char       *code;   /* (nullable): why it is rejected */
  char             *detail; /* (owned) (nullable) */
  TorgWireStatus    status;
  gint64            seen;   /* of a deletion: the last number that its client knew of; %G_MAXINT64: not known */
  gboolean          newer;  /* of a deletion: somebody changed something since that would go along */
} TorgMutate;

gboolean torg_mutate_reject       (TorgMutate *context,
                                   const char *code,
                                   const char *detail);
gboolean torg_mutate_is_own_kind  (const char *type);
gint64   torg_mutate_get_time     (TorgMutate *context);
gboolean torg_mutate_delete       (TorgMutate *context,
                                   TorgEntry  *entry,
                                   gboolean   *newer,
                                   GError    **error);
gboolean torg_mutate_is_newer     (TorgMutate *context,
                                   TorgEntry  *entry,
                                   gboolean   *newer,
                                   GError    **error);
gboolean torg_mutate_merges       (TorgMutate *context,
                                   TorgEntry  *entry);
gboolean torg_mutate_unite        (TorgMutate *context,
                                   TorgEntry  *entry,
                                   GError    **error);
gboolean torg_mutate_is_late      (TorgMutate *context,
                                   TorgRecord *record);
gboolean torg_mutate_leave        (TorgMutate *context,
                                   TorgRecord *record,
                                   GError    **error);
void     torg_mutate_follow       (TorgMutate      *context,
                                   const TorgField *field,
                                   TorgValue       *value);
gboolean torg_mutate_clear_merged (TorgMutate *context,
                                   TorgRecord *record,
                                   GError    **error);
gboolean torg_mutate_add_deleted  (TorgMutate *context,
                                   TorgRecord *record,
                                   GError    **error);
gboolean torg_mutate_restore      (TorgMutate *context,
                                   TorgEntry  *entry,
                                   const char **code,
                                   GError    **error);
gboolean torg_mutate_add_history  (TorgMutate *context,
                                   TorgRecord *record,
                                   const char *field,
                                   const char *before,
                                   const char *after,
                                   GError    **error);
gboolean torg_mutate_add_conflict (TorgMutate *context,
                                   TorgRecord *record,
                                   const char *field,
                                   const char *before,
                                   const char *proposed,
                                   const char *stayed,
                                   GError    **error);
gboolean torg_mutate_merge_unknown (TorgMutate *context,
                                   TorgRecord *record,
                                   const char *name,
                                   JsonNode   *change,
                                   gboolean    is_new,
                                   GError    **error);
gboolean torg_mutate_check_settling (TorgMutate *context,
                                   TorgEntry  *entry,
                                   GError    **error);
gboolean torg_mutate_add_addition (TorgMutate *context,
                                   TorgRecord *record,
                                   TorgRecord *added,
                                   GError    **error);

G_END_DECLS
