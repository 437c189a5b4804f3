/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TORG_TYPE_FIELD_ROW (torg_field_row_get_type ())

/*
 * A field of a record, edited in place in the way of its kind.
 *
 * Signals: `edited` (gpointer value: const TorgValue *, char *text: as it was typed or NULL), after the value was
 * checked; `choose-stage`.
 */
G_DECLARE_FINAL_TYPE (TorgFieldRow, torg_field_row, TORG, FIELD_ROW, GtkListBoxRow)

GtkWidget       *torg_field_row_new       (TorgSession     *session,
                                           const TorgField *field);
void             torg_field_row_set_row   (TorgFieldRow    *self,
                                           TorgRow         *row);
const TorgField *torg_field_row_get_field (TorgFieldRow    *self);
gboolean         torg_field_row_is_empty  (TorgFieldRow    *self);
void             torg_field_row_propose   (TorgFieldRow    *self,
                                           const char      *text);
gboolean         torg_field_row_has_proposal (TorgFieldRow *self);
void             torg_field_row_activate  (TorgFieldRow    *self);
void             torg_field_row_leave     (TorgFieldRow    *self);
void             torg_field_row_resume    (TorgFieldRow    *self,
                                           TorgRow         *row,
                                           const char      *text,
                                           const char      *message);

G_END_DECLS
