/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-query.h"
#include "torg-replica.h"
#include "torg-row.h"

G_BEGIN_DECLS

#define TORG_TYPE_LIST (torg_list_get_type ())

/* A GListModel of the TorgRows of a query, however many: it knows the order of all and loads windows of them. */
G_DECLARE_FINAL_TYPE (TorgList, torg_list, TORG, LIST, GObject)

TorgList  *torg_list_new         (TorgReplica *replica,
                                  TorgQuery   *query);
void       torg_list_set_query   (TorgList    *self,
                                  TorgQuery   *query);
TorgQuery *torg_list_get_query   (TorgList    *self);
void       torg_list_set_merged  (TorgList    *self,
                                  TorgQuery   *query,
                                  TorgQuery   *other);
gboolean   torg_list_is_loading  (TorgList    *self);
gint64     torg_list_get_rowid   (TorgList    *self,
                                  guint        position);
guint      torg_list_find        (TorgList    *self,
                                  gint64       rowid);

G_END_DECLS
