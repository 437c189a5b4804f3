/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_ENTRY_PAGE (torg_entry_page_get_type ())

/* All fields of a record that belongs to the company, to be changed, and its deletion. */
G_DECLARE_FINAL_TYPE (TorgEntryPage, torg_entry_page, TORG, ENTRY_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_entry_page_new (TorgSession *session,
                                        TorgRecord  *record);

G_END_DECLS
