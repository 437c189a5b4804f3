/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

gboolean torg_defaults_fill       (TorgStore   *store,
                                   const char  *lang,
                                   const char  *user,
                                   GError     **error);
gboolean torg_store_begin_company (TorgStore   *store,
                                   const char  *lang,
                                   const char  *user,
                                   GError     **error);

G_END_DECLS
