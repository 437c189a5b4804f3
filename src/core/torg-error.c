/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-error.h"

G_DEFINE_QUARK (torg - error, torg_error)
G_DEFINE_QUARK (torg - store - error, torg_store_error)
