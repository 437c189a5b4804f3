/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FILTER_FIELD (torg_filter_field_get_type ())

/* Filters by one of the company's own fields, in the way of its kind. Signals: `changed`. */
G_DECLARE_FINAL_TYPE (TorgFilterField, torg_filter_field, TORG, FILTER_FIELD, AdwBin)

GtkWidget *torg_filter_field_new    (TorgSession     *session,
                                     const char      *type,
                                     const TorgField *field);
void       torg_filter_field_add_to (TorgFilterField *self,
                                     TorgQuery       *query);
void       torg_filter_field_reset  (TorgFilterField *self);

G_END_DECLS
