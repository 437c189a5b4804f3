/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-pane.h"

G_BEGIN_DECLS

#define TORG_TYPE_CLIENTS_PANE (torg_clients_pane_get_type ())

/* The section of clients. */
G_DECLARE_FINAL_TYPE (TorgClientsPane, torg_clients_pane, TORG, CLIENTS_PANE, TorgPane)

G_END_DECLS
