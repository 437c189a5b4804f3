/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_COMPOSER (torg_composer_get_type ())

/* Writes a note, tells of a call or a meeting, or plans one or a task, for a record. */
G_DECLARE_FINAL_TYPE (TorgComposer, torg_composer, TORG, COMPOSER, AdwBin)

void torg_composer_set_record (TorgComposer *self,
                               TorgSession  *session,
                               TorgRecord   *record);
void torg_composer_focus      (TorgComposer *self);
void torg_composer_plan       (TorgComposer *self);

G_END_DECLS
