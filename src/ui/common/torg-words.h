/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

G_BEGIN_DECLS

char       *torg_words_title       (TorgRecord      *record);
char       *torg_words_details     (TorgSession     *session,
                                    TorgRow         *row,
                                    const char      *known);
char       *torg_words_value       (TorgSession     *session,
                                    const TorgField *field,
                                    const TorgValue *value,
                                    const char      *ref_title);
char       *torg_words_field       (TorgSession     *session,
                                    TorgRow         *row,
                                    const TorgField *field);
char       *torg_words_date        (const char      *date,
                                    gint64           now);
char       *torg_words_overdue     (gint64           due,
                                    gint64           now);
gboolean    torg_words_is_overdue  (TorgRecord      *activity,
                                    gint64           now);
char       *torg_words_moment      (gint64           moment,
                                    gboolean         all_day,
                                    gint64           now);
char       *torg_words_initials    (const char      *name);
int         torg_words_days        (gint64           from,
                                    gint64           to);
gboolean    torg_words_has_icon    (const char      *type);
const char *torg_words_type_icon   (const char      *type);
const char *torg_words_kind_icon   (const char      *activity_kind);

G_END_DECLS
