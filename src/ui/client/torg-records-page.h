/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_RECORDS_PAGE (torg_records_page_get_type ())

/* The records of one or two types in a table, to search and to sort. */
G_DECLARE_FINAL_TYPE (TorgRecordsPage, torg_records_page, TORG, RECORDS_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_records_page_new    (TorgSession       *session,
                                             const char        *title,
                                             const char *const *types,
                                             const char        *setting);
void               torg_records_page_find   (TorgRecordsPage   *self);
void               torg_records_page_focus  (TorgRecordsPage   *self);
void               torg_records_page_add    (TorgRecordsPage   *self);
void               torg_records_page_reveal (TorgRecordsPage   *self,
                                             const char        *type);

G_END_DECLS
