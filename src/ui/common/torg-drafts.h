/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"

G_BEGIN_DECLS

#define TORG_TYPE_DRAFTS (torg_drafts_get_type ())

/**
 * TorgDrafts:
 *
 * What was begun to be written about records and is not saved yet. It is kept in the replica, so that it is there when
 * the program is opened again.
 */
G_DECLARE_FINAL_TYPE (TorgDrafts, torg_drafts, TORG, DRAFTS, GObject)

TorgDrafts *torg_drafts_new    (TorgReplica *replica);
void        torg_drafts_load   (TorgDrafts  *self);
void        torg_drafts_put    (TorgDrafts  *self,
                                const char  *id,
                                GVariant    *draft);
GVariant   *torg_drafts_get    (TorgDrafts  *self,
                                const char  *id);
void        torg_drafts_flush  (TorgDrafts  *self);

G_END_DECLS
