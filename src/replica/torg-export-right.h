/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

typedef struct _TorgExportRight TorgExportRight;

TorgExportRight *torg_export_right_new       (TorgStore        *store,
                                              GError          **error);
void             torg_export_right_free      (TorgExportRight  *self);
gboolean         torg_export_right_allows    (TorgExportRight  *self,
                                              TorgRecord       *record);
gboolean         torg_export_right_has_kind  (TorgExportRight  *self,
                                              const char       *type);
gboolean         torg_export_right_take_out  (TorgExportRight  *self,
                                              const char       *type,
                                              GPtrArray        *records,
                                              guint            *n_left,
                                              GError          **error);
gboolean         torg_export_right_refuse    (GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgExportRight, torg_export_right_free)

G_END_DECLS
