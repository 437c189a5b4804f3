/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FIELD_PAGE (torg_field_page_get_type ())

/* A field of the company's own: what it is called, its choices, whether it must be filled in. */
G_DECLARE_FINAL_TYPE (TorgFieldPage, torg_field_page, TORG, FIELD_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_field_page_new (TorgSession *session,
                                        TorgRecord  *def);

G_END_DECLS
