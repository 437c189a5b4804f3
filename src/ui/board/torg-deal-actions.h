/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_DEAL_ACTIONS (torg_deal_actions_get_type ())

/*
 * What can be done with one or several deals, or leads: asks what has to be asked, then makes one edit of it.
 *
 * Signals: `done`, when an edit was saved.
 */
G_DECLARE_FINAL_TYPE (TorgDealActions, torg_deal_actions, TORG, DEAL_ACTIONS, GObject)

TorgDealActions *torg_deal_actions_new          (TorgSession     *session,
                                                 GtkWidget       *parent);
void             torg_deal_actions_set_type     (TorgDealActions *self,
                                                 const char      *type);
const char      *torg_deal_actions_get_type_name (TorgDealActions *self);
void             torg_deal_actions_move         (TorgDealActions *self,
                                                 GArray          *rowids,
                                                 const char      *stage,
                                                 const char      *after,
                                                 const char      *before);
void             torg_deal_actions_approve      (TorgDealActions *self,
                                                 gint64           rowid,
                                                 TorgRecord      *approval);
void             torg_deal_actions_choose_stage (TorgDealActions *self,
                                                 GArray          *rowids,
                                                 const char      *pipeline);
void             torg_deal_actions_choose_owner (TorgDealActions *self,
                                                 GArray          *rowids);
void             torg_deal_actions_choose_tag   (TorgDealActions *self,
                                                 GArray          *rowids);
void             torg_deal_actions_postpone     (TorgDealActions *self,
                                                 GArray          *rowids);
void             torg_deal_actions_delete       (TorgDealActions *self,
                                                 GArray          *rowids);

G_END_DECLS
