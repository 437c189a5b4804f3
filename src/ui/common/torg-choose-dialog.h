/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_CHOOSE_DIALOG (torg_choose_dialog_get_type ())

/*
 * Chooses a record: out of a few that are given, or out of all of a type by searching.
 *
 * Signals: `chosen` (char *id, char *title): the id is NULL where nothing was chosen on purpose, and empty where a
 * new record with the title is wanted, or no record but the title alone.
 */
G_DECLARE_FINAL_TYPE (TorgChooseDialog, torg_choose_dialog, TORG, CHOOSE_DIALOG, AdwDialog)

AdwDialog *torg_choose_dialog_new_for_field (TorgSession      *session,
                                             const TorgField  *field,
                                             const char       *type);
AdwDialog *torg_choose_dialog_new           (TorgSession      *session,
                                             const char       *title);
void       torg_choose_dialog_set_records   (TorgChooseDialog *self,
                                             GPtrArray        *records);
void       torg_choose_dialog_set_choices   (TorgChooseDialog *self,
                                             const TorgField  *field);
void       torg_choose_dialog_set_type      (TorgChooseDialog *self,
                                             const char       *type);
void       torg_choose_dialog_allow_none    (TorgChooseDialog *self,
                                             const char       *label);
void       torg_choose_dialog_allow_new     (TorgChooseDialog *self);
void       torg_choose_dialog_allow_text    (TorgChooseDialog *self);

G_END_DECLS
