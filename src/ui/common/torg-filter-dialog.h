/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-filter.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FILTER_DIALOG (torg_filter_dialog_get_type ())

/* Sets a filter by one field, in the way of its kind. Signals: `accepted`. */
G_DECLARE_FINAL_TYPE (TorgFilterDialog, torg_filter_dialog, TORG, FILTER_DIALOG, AdwDialog)

AdwDialog  *torg_filter_dialog_new        (TorgSession      *session,
                                           const char       *type,
                                           const char       *path,
                                           const TorgFilter *filter,
                                           GHashTable       *titles);
TorgFilter *torg_filter_dialog_dup_filter (TorgFilterDialog *self);

G_END_DECLS
