/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-bitrix-web.h"
#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgBitrixSettings:
 *
 * What a portal calls its users, pipelines, stages, sources and industries, as it was asked for.
 */
typedef struct _TorgBitrixSettings TorgBitrixSettings;

TorgBitrixSettings *torg_bitrix_settings_fetch (const TorgBitrixWeb *web,
                                                gint64              *totals,
                                                GCancellable        *cancellable,
                                                GError             **error);
gboolean            torg_bitrix_settings_keep  (TorgBitrixSettings  *self,
                                                TorgBitrixMap       *map,
                                                TorgStore           *store,
                                                const char          *import,
                                                GError             **error);
void                torg_bitrix_settings_free  (TorgBitrixSettings  *self);

G_END_DECLS
