/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_PIPELINES_DIALOG (torg_pipelines_dialog_get_type ())

/* The company’s pipelines and their stages, for whoever may change them. Every change is an edit that can be undone. */
G_DECLARE_FINAL_TYPE (TorgPipelinesDialog, torg_pipelines_dialog, TORG, PIPELINES_DIALOG, AdwDialog)

AdwDialog *torg_pipelines_dialog_new (TorgSession *session);

G_END_DECLS
