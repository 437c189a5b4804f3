/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-administrator.h"
#include "torg-role.h"

/*
 * The last administrator: where somebody may edit roles, somebody may do so after every change, since otherwise
 * everybody could do everything again. Who is found to stay is locked until the transaction ends: of two that each take
 * the role from one of the last two, the second one finds nobody.
 */

static gboolean
is_present (TorgRecord *user)
{
  return torg_record_get_deleted (user) == 0 && torg_record_get_number (user, "disabled") == 0;
}

static gboolean
is_held_now (TorgServerStore *store, const char *role, gboolean *held, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "user");
  g_autoptr (GPtrArray) users =
    torg_server_store_list_referents (store, type, torg_type_find_field (type, "role"), role, error);

  *held = FALSE;
  for (guint i = 0; users != NULL && !*held && i < users->len; i++)
    {
      g_autoptr (TorgRecord) user = NULL;

      if (!torg_server_store_load (store, type, users->pdata[i], FALSE, &user, NULL, error))
        return FALSE;
      *held = user != NULL && is_present (user);
    }
  return users != NULL;
}

/**
 * torg_administrator_exists:
 * @store: a connection
 * @has: (out): whether there is one
 * @error: place for an error
 *
 * Tells whether somebody holds a role that may edit roles. Until then the company has set up none, and trusts
 * everybody.
 *
 * Returns: whether that worked
 */
gboolean
torg_administrator_exists (TorgServerStore *store, gboolean *has, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "role");
  g_autoptr (GPtrArray) roles = torg_server_store_list_page (store, type, NULL, G_MAXINT, NULL, error);

  *has = FALSE;
  for (guint i = 0; roles != NULL && !*has && i < roles->len; i++)
    {
      TorgRecord *role = g_ptr_array_index (roles, i);

      if (torg_role_edits_roles (role) && !is_held_now (store, torg_record_get_id (role), has, error))
        return FALSE;
    }
  return roles != NULL;
}

/* Deleted ones, and those that hold it no more, refer to it in the database until the changes are written. */
static gboolean
is_held (TorgCommit *commit, const char *role, gboolean *held, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (torg_commit_get_store (commit)), "user");
  g_autoptr (GPtrArray) users =
    torg_commit_list_referents (commit, type, torg_type_find_field (type, "role"), role, error);

  *held = FALSE;
  for (guint i = 0; users != NULL && !*held && i < users->len; i++)
    {
      TorgEntry *user;

      if (!torg_commit_get (commit, "user", users->pdata[i], &user, error))
        return FALSE;
      *held =
        user != NULL && is_present (user->after) && g_strcmp0 (torg_record_get_text (user->after, "role"), role) == 0;
    }
  return users != NULL;
}

/* Roles as they are stored, and those that are new among the changes. */
static GPtrArray *
list_roles (TorgCommit *commit, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  const TorgType  *type = torg_schema_find (torg_server_store_get_schema (store), "role");
  GPtrArray       *roles = torg_server_store_list_page (store, type, NULL, G_MAXINT, NULL, error);
  g_autoptr (GPtrArray) changed = torg_commit_list_live (commit, type);

  for (guint i = 0; roles != NULL && i < changed->len; i++)
    g_ptr_array_add (roles, torg_record_ref (changed->pdata[i]));
  return roles;
}

static gboolean
has_administrator (TorgCommit *commit, gboolean *has, GError **error)
{
  g_autoptr (GPtrArray) roles = list_roles (commit, error);

  *has = FALSE;
  for (guint i = 0; roles != NULL && !*has && i < roles->len; i++)
    {
      const char *id = torg_record_get_id (roles->pdata[i]);
      TorgEntry  *role;

      if (!torg_role_edits_roles (roles->pdata[i]))
        continue;
      if (!torg_commit_get (commit, "role", id, &role, error) ||
          (role != NULL && torg_role_edits_roles (role->after) && !is_held (commit, id, has, error)))
        return FALSE;
    }
  return roles != NULL;
}

/**
 * torg_administrator_concerns:
 * @mutation: what was done
 * @after: the record as it is now
 *
 * Tells whether a mutation may have taken the right to edit roles from somebody. What the database says of the record
 * is not asked: an earlier mutation of the same transaction may have given that right.
 *
 * Returns: whether it may; then [func@administrator_stays] is to be asked
 */
gboolean
torg_administrator_concerns (TorgWireMutation *mutation, TorgRecord *after)
{
  JsonObject *fields = json_node_get_object (mutation->fields);

  if (g_str_equal (mutation->type, "role"))
    return !torg_role_edits_roles (after);
  return g_str_equal (mutation->type, "user") &&
         (torg_record_get_deleted (after) != 0 || json_object_has_member (fields, "role") ||
          json_object_has_member (fields, "disabled"));
}

/**
 * torg_administrator_stays:
 * @commit: the changes of a transaction
 * @stays: (out): whether somebody may edit roles after them, or nobody could before them
 * @error: place for a %TORG_STORE_ERROR
 *
 * Tells whether changes leave somebody who may edit roles.
 *
 * Returns: whether the database answered
 */
gboolean
torg_administrator_stays (TorgCommit *commit, gboolean *stays, GError **error)
{
  gboolean had = FALSE;

  if (!has_administrator (commit, stays, error))
    return FALSE;
  if (*stays)
    return TRUE;
  /* What is stored is how things were before the transaction. */
  if (!torg_administrator_exists (torg_commit_get_store (commit), &had, error))
    return FALSE;
  *stays = !had;
  return TRUE;
}
