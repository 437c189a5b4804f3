/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_TROUBLE_PAGE (torg_trouble_page_get_type ())

/* Says why the data cannot be opened and what to do. Signals: `retry`. */
G_DECLARE_FINAL_TYPE (TorgTroublePage, torg_trouble_page, TORG, TROUBLE_PAGE, AdwBin)

GtkWidget *torg_trouble_page_new (const GError *error,
                                  const char   *path);

G_END_DECLS
