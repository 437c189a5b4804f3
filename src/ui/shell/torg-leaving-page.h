/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *torg_leaving_page_new (GCancellable *cancellable);

G_END_DECLS
