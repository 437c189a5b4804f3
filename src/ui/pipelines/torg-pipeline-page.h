/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_PIPELINE_PAGE (torg_pipeline_page_get_type ())

/* A pipeline: its name, whose it is, and its stages. */
G_DECLARE_FINAL_TYPE (TorgPipelinePage, torg_pipeline_page, TORG, PIPELINE_PAGE, AdwNavigationPage)

AdwNavigationPage *torg_pipeline_page_new (TorgSession *session,
                                           const char  *id);

G_END_DECLS
