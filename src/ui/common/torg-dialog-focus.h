/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void torg_dialog_focus_set (AdwDialog *dialog,
                            GtkWidget *widget);

G_END_DECLS
