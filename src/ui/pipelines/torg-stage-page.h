/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_STAGE_PAGE (torg_stage_page_get_type ())

/* A stage: what it is called, what it means, and its rules. */
G_DECLARE_FINAL_TYPE (TorgStagePage, torg_stage_page, TORG, STAGE_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_stage_page_new (TorgSession *session,
                                        const char  *id);

G_END_DECLS
