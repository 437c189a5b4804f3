/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-pairs.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_UNITE_PAGE (torg_unite_page_get_type ())

/*
 * Two records side by side, to be merged.
 *
 * Signals:
 * - `decided` (char *gone): they were merged, and this one went; or said to be different, with %NULL.
 * - `skipped`: the next pair is wanted.
 */
G_DECLARE_FINAL_TYPE (TorgUnitePage, torg_unite_page, TORG, UNITE_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_unite_page_new (TorgSession    *session,
                                        const char     *type,
                                        const TorgPair *pair);

G_END_DECLS
