/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"

G_BEGIN_DECLS

/**
 * TorgHandOverWhat:
 * @TORG_HAND_OVER_DEALS: deals that are open
 * @TORG_HAND_OVER_LEADS: leads that are open
 * @TORG_HAND_OVER_CLIENTS: companies and persons
 * @TORG_HAND_OVER_TASKS: tasks, calls and meetings that are not done
 * @TORG_HAND_OVER_CLOSED: with deals or leads, those that are closed too
 *
 * What somebody hands over.
 */
typedef enum {
  TORG_HAND_OVER_DEALS   = 1 << 0,
  TORG_HAND_OVER_LEADS   = 1 << 1,
  TORG_HAND_OVER_CLIENTS = 1 << 2,
  TORG_HAND_OVER_TASKS   = 1 << 3,
  TORG_HAND_OVER_CLOSED  = 1 << 4,
} TorgHandOverWhat;

/**
 * TorgHandOverCounts:
 * @deals: deals that are open
 * @closed_deals: deals that are not
 * @leads: leads that are open
 * @closed_leads: leads that are not
 * @companies: companies
 * @persons: persons
 * @tasks: tasks and calls that are not done
 * @meetings: meetings that are not done
 *
 * How much somebody has.
 */
typedef struct {
  gint64 deals;
  gint64 closed_deals;
  gint64 leads;
  gint64 closed_leads;
  gint64 companies;
  gint64 persons;
  gint64 tasks;
  gint64 meetings;
} TorgHandOverCounts;

/**
 * TorgHandOver:
 *
 * The work of one person, on its way to another one: in steps, which are undone as one.
 */
typedef struct _TorgHandOver TorgHandOver;

TorgHandOverCounts *torg_hand_over_count     (TorgStore           *store,
                                              const char          *from,
                                              GCancellable        *cancellable,
                                              GError             **error);
gboolean            torg_hand_over_is_allowed (TorgStore          *store);
gint64              torg_hand_over_sum       (const TorgHandOverCounts *counts,
                                              TorgHandOverWhat     what);

TorgHandOver       *torg_hand_over_new       (TorgStore           *store,
                                              const char          *from,
                                              const char          *to,
                                              TorgHandOverWhat     what,
                                              GCancellable        *cancellable,
                                              GError             **error);
void                torg_hand_over_free      (TorgHandOver        *self);
guint               torg_hand_over_get_n     (TorgHandOver        *self);
guint               torg_hand_over_get_left  (TorgHandOver        *self);
gboolean            torg_hand_over_is_ended  (TorgHandOver        *self);
gboolean            torg_hand_over_step      (TorgHandOver        *self,
                                              TorgStore           *store,
                                              GError             **error);
guint               torg_hand_over_get_done  (TorgHandOver        *self);
gint64              torg_hand_over_get_undo  (TorgHandOver        *self);
const char         *torg_hand_over_get_label (TorgHandOver        *self);
const char         *torg_hand_over_get_id    (TorgHandOver        *self);

void                torg_hand_over_run_async (TorgReplica         *replica,
                                              const char          *from,
                                              const char          *to,
                                              TorgHandOverWhat     what,
                                              TorgJob             *job,
                                              GAsyncReadyCallback  callback,
                                              gpointer             data);
TorgHandOver       *torg_hand_over_run_finish (GAsyncResult       *result,
                                              GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgHandOver, torg_hand_over_free)

G_END_DECLS
