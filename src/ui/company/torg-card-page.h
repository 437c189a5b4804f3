/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_CARD_PAGE (torg_card_page_get_type ())

/* The fields of a type's cards: which of them are shown, in which order, and those of the company's own. */
G_DECLARE_FINAL_TYPE (TorgCardPage, torg_card_page, TORG, CARD_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_card_page_new (TorgSession *session,
                                       const char  *type);

G_END_DECLS
