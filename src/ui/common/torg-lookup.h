/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"

G_BEGIN_DECLS

#define TORG_TYPE_LOOKUP (torg_lookup_get_type ())

/*
 * The small tables that every pane needs, kept in memory: pipelines, stages, users, tags, dictionaries, VAT rates,
 * departments, roles, and the approvals that wait for a decision.
 *
 * Signals: `changed`, when they were read, at first and after an edit.
 */
G_DECLARE_FINAL_TYPE (TorgLookup, torg_lookup, TORG, LOOKUP, GObject)

TorgLookup *torg_lookup_new             (TorgReplica *replica);
void        torg_lookup_load            (TorgLookup  *self);
gboolean    torg_lookup_is_loaded       (TorgLookup  *self);
GPtrArray  *torg_lookup_list            (TorgLookup  *self,
                                         const char  *type);
GPtrArray  *torg_lookup_list_stages     (TorgLookup  *self,
                                         const char  *pipeline);
GPtrArray  *torg_lookup_list_dictionary (TorgLookup  *self,
                                         const char  *dictionary);
GPtrArray  *torg_lookup_list_colleagues (TorgLookup  *self);
TorgRecord *torg_lookup_get             (TorgLookup  *self,
                                         const char  *id);
TorgRecord *torg_lookup_find_approval   (TorgLookup  *self,
                                         const char  *card);
char       *torg_lookup_dup_title       (TorgLookup  *self,
                                         const char  *id);

G_END_DECLS
