/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_DEALS_PAGE (torg_deals_page_get_type ())

/* The deals of a pipeline, as a board or as a list. */
G_DECLARE_FINAL_TYPE (TorgDealsPage, torg_deals_page, TORG, DEALS_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_deals_page_new  (TorgSession   *session);
void               torg_deals_page_find (TorgDealsPage *self);
void               torg_deals_page_focus (TorgDealsPage *self);
void               torg_deals_page_add  (TorgDealsPage *self);

G_END_DECLS
