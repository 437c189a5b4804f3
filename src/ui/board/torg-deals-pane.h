/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-pane.h"

G_BEGIN_DECLS

#define TORG_TYPE_DEALS_PANE (torg_deals_pane_get_type ())

/* The section of deals. */
G_DECLARE_FINAL_TYPE (TorgDealsPane, torg_deals_pane, TORG, DEALS_PANE, TorgPane)

G_END_DECLS
