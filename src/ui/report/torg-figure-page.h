/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FIGURE_PAGE (torg_figure_page_get_type ())

/* The records that a figure of a report is made of. */
G_DECLARE_FINAL_TYPE (TorgFigurePage, torg_figure_page, TORG, FIGURE_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_figure_page_new (TorgSession *session,
                                         const char  *title,
                                         const char  *subtitle,
                                         const char  *type,
                                         GArray      *rowids);

G_END_DECLS
