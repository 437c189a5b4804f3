/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_WELCOME_PAGE (torg_welcome_page_get_type ())

/*
 * The first run: the demo company, a file, the company's server, or nothing yet.
 *
 * Signals: `begin` (char *how): `demo`, `import`, `connect` or `empty` was chosen.
 */
G_DECLARE_FINAL_TYPE (TorgWelcomePage, torg_welcome_page, TORG, WELCOME_PAGE, AdwBin)

GtkWidget *torg_welcome_page_new      (void);
void       torg_welcome_page_set_job  (TorgWelcomePage *self,
                                       TorgJob         *job);

G_END_DECLS
