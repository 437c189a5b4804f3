/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-own-role.h"
#include "torg-role.h"
#include "torg-store-private.h"

/* What whoever works here may do, as far as this is known here; the server decides. */

/**
 * torg_store_get_own_role:
 *
 * Reads the role of whoever works here.
 *
 * Returns: (transfer full) (nullable): a role; %NULL for somebody without one
 */
TorgRecord *
torg_store_get_own_role (TorgStore *self)
{
  g_autoptr (TorgRecord) user = self->user != NULL ? torg_store_get (self, "user", self->user, NULL) : NULL;
  const char *id = user != NULL ? torg_record_get_text (user, "role") : NULL;

  return id != NULL ? torg_store_get (self, "role", id, NULL) : NULL;
}

static gboolean
is_held (GPtrArray *users, const char *role)
{
  for (guint i = 0; i < users->len; i++)
    if (g_strcmp0 (torg_record_get_text (users->pdata[i], "role"), role) == 0 &&
        torg_record_get_number (users->pdata[i], "disabled") == 0)
      return TRUE;
  return FALSE;
}

/**
 * torg_store_has_rights:
 *
 * Tells whether rights count: until somebody holds a role that edits roles, everybody without one may do everything.
 *
 * Returns: whether somebody holds one, as far as this is known here
 */
gboolean
torg_store_has_rights (TorgStore *self)
{
  g_autoptr (TorgQuery) role_query = torg_query_new ("role");
  g_autoptr (TorgQuery) user_query = torg_query_new ("user");
  g_autoptr (GPtrArray) roles = torg_store_list (self, role_query, 0, NULL, NULL);
  g_autoptr (GPtrArray) users = roles != NULL ? torg_store_list (self, user_query, 0, NULL, NULL) : NULL;

  for (guint i = 0; users != NULL && i < roles->len; i++)
    if (torg_role_edits_roles (roles->pdata[i]) && is_held (users, torg_record_get_id (roles->pdata[i])))
      return TRUE;
  return FALSE;
}

/**
 * torg_store_is_administrator:
 *
 * Tells whether whoever works here may edit employees and roles.
 *
 * Returns: whether that is so, as far as this is known here
 */
gboolean
torg_store_is_administrator (TorgStore *self)
{
  g_autoptr (TorgRecord) user = self->user != NULL ? torg_store_get (self, "user", self->user, NULL) : NULL;
  g_autoptr (TorgRecord) role = NULL;

  if (user == NULL || torg_record_get_number (user, "disabled") != 0)
    return FALSE;
  if (torg_record_get_text (user, "role") == NULL)
    return !torg_store_has_rights (self);
  role = torg_store_get_own_role (self);
  return role != NULL && torg_role_edits_roles (role);
}
