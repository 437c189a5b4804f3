/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

G_BEGIN_DECLS

#define TORG_TYPE_REMINDERS (torg_reminders_get_type ())

/* Reminds the user of one account of what is due, by the desktop's notifications. */
G_DECLARE_FINAL_TYPE (TorgReminders, torg_reminders, TORG, REMINDERS, GObject)

TorgReminders *torg_reminders_new    (GApplication  *application,
                                      const char    *account,
                                      TorgSession   *session);
void           torg_reminders_look   (TorgReminders *self);
void           torg_reminders_snooze (TorgReminders *self,
                                      const char    *activity);

G_END_DECLS
