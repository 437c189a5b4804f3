/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

char *torg_openapi_write (TorgSchema *schema);

G_END_DECLS
