/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-pane.h"

G_BEGIN_DECLS

#define TORG_TYPE_CATALOG_PANE (torg_catalog_pane_get_type ())

/* The section of products. */
G_DECLARE_FINAL_TYPE (TorgCatalogPane, torg_catalog_pane, TORG, CATALOG_PANE, TorgPane)

G_END_DECLS
