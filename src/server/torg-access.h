/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Who may see and do what (DESIGN.md §3, Visibility).
 *
 * A record carries access keys, `|KEY|KEY|…|`: `all` for what everybody works with, or, for its type or that of a parent
 * whose keys it carries, `TYPE:*`, `TYPE:u:OWNER` and `TYPE:d:DEPARTMENT`; and `u:USER` for whom it is shared with or
 * whose proposal it is. A user sees the records that have one of the user's own keys.
 */

/**
 * TorgSight:
 *
 * What a user may see and do at a moment: from role, department, delegations.
 */
typedef struct _TorgSight TorgSight;

gboolean    torg_access_carries      (const TorgType   *type,
                                      const TorgField  *field,
                                      const char       *parent);
const char *const *torg_access_get_actions (void);
gboolean    torg_access_has_administrator (TorgServerStore *store,
                                      gboolean         *has,
                                      GError          **error);
char       *torg_access_compute_keys (TorgCommit       *commit,
                                      TorgRecord       *record,
                                      GError          **error);

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
gboolean    torg_sight_is_admin      (TorgSight        *self);
gboolean    torg_sight_hides_line    (TorgSight        *self,
                                      TorgRecord       *record);
gboolean    torg_sight_hides         (TorgSight        *self,
                                      const char       *type,
                                      const char       *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgSight, torg_sight_free)

G_END_DECLS
