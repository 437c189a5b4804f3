/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgUnite:
 *
 * Two records that are to become one: which is kept, and from which of them each field is taken.
 */
typedef struct _TorgUnite TorgUnite;

TorgUnite   *torg_unite_new          (TorgStore        *store,
                                      const char       *type,
                                      const char       *kept,
                                      const char       *other,
                                      GError          **error);
void         torg_unite_free         (TorgUnite        *self);
TorgRecord  *torg_unite_get_kept     (TorgUnite        *self);
TorgRecord  *torg_unite_get_other    (TorgUnite        *self);
GPtrArray   *torg_unite_get_fields   (TorgUnite        *self); /* TorgField: in which they differ */
gboolean     torg_unite_takes_other  (TorgUnite        *self,
                                      const TorgField  *field);
gboolean     torg_unite_keeps_both   (TorgUnite        *self,
                                      const TorgField  *field);
void         torg_unite_take         (TorgUnite        *self,
                                      const TorgField  *field,
                                      gboolean          other);
TorgEdit    *torg_unite_make_edit    (TorgUnite        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgUnite, torg_unite_free)

G_END_DECLS
