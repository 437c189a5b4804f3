/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-access.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TorgSight:
 *
 * What a user may see and do at a moment: from role, department, delegations.
 */
typedef struct _TorgSight TorgSight;

const char *const *torg_sight_get_actions (void);
TorgSight  *torg_sight_new           (TorgServerStore  *store,
                                      const char       *user,
                                      GError          **error);
TorgSight  *torg_sight_new_from_text (const char       *text);
void        torg_sight_free          (TorgSight        *self);
gboolean    torg_sight_may_hide_lines (TorgSight       *self,
                                      const TorgType   *type);
JsonNode   *torg_sight_write_rows    (TorgSight        *self,
                                      GPtrArray        *records,
                                      guint             first,
                                      guint             n);
JsonNode   *torg_sight_write         (TorgSight        *self,
                                      TorgRecord       *record);
char       *torg_sight_to_text       (TorgSight        *self);
const char *torg_sight_get_user      (TorgSight        *self);
GPtrArray  *torg_sight_get_keys      (TorgSight        *self); /* utf8 */
gboolean    torg_sight_sees          (TorgSight        *self,
                                      const char       *keys);
gboolean    torg_sight_may           (TorgSight        *self,
                                      const char       *action,
                                      const TorgType   *type,
                                      const char       *keys);
gboolean    torg_sight_may_attach    (TorgSight        *self);
gboolean    torg_sight_may_export    (TorgSight        *self,
                                      const TorgType   *type);
gboolean    torg_sight_is_gone       (TorgSight        *self);
gboolean    torg_sight_is_admin      (TorgSight        *self);
gboolean    torg_sight_hides_line    (TorgSight        *self,
                                      TorgRecord       *record);
void        torg_sight_show_fields   (TorgSight        *self);
gboolean    torg_sight_hides         (TorgSight        *self,
                                      const char       *type,
                                      const char       *field);
gboolean    torg_sight_hides_alike   (TorgSight        *self,
                                      TorgSight        *other,
                                      const TorgType   *type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgSight, torg_sight_free)

G_END_DECLS
