/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_RECORD_WINDOW (torg_record_window_get_type ())

/* A window of its own for the card of a record, and for those that are opened from it. */
G_DECLARE_FINAL_TYPE (TorgRecordWindow, torg_record_window, TORG, RECORD_WINDOW, AdwApplicationWindow)

TorgRecordWindow *torg_record_window_new  (GtkApplication   *application,
                                           TorgSession      *session,
                                           const char       *type,
                                           const char       *id,
                                           GListModel       *rows,
                                           guint             position);
void              torg_record_window_push (TorgRecordWindow *self,
                                           const char       *type,
                                           const char       *id,
                                           GListModel       *rows,
                                           guint             position);

G_END_DECLS
