/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_RECORD_PAGE (torg_record_page_get_type ())

/*
 * The card of a company, a person, a deal, a lead or a product: of one record after the other.
 *
 * Signals: `ready`: there is something to show, soon after torg_record_page_show().
 */
G_DECLARE_FINAL_TYPE (TorgRecordPage, torg_record_page, TORG, RECORD_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_record_page_new  (TorgSession    *session,
                                          const char     *type);
void               torg_record_page_show (TorgRecordPage *self,
                                          const char     *id,
                                          GListModel     *rows,
                                          guint           position);

G_END_DECLS
