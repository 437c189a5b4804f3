/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-env.h"
#include "torg-record.h"

G_BEGIN_DECLS

GPtrArray  *torg_company_make         (TorgSchema *schema,
                                       TorgEnv    *env,
                                       const char *lang);
const char *torg_company_get_language (void);

G_END_DECLS
