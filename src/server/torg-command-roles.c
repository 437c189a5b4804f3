/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-error.h"
#include "torg-roles.h"
#include "torg-server-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* The command `role`: who may do what. */

#define USAGE                                                                                                          \
  "role list | role show|add|remove NAME | role set NAME TYPE ACTION REACH | role hide|unhide NAME TYPE.FIELD | "      \
  "role give|take LOGIN NAME"

static GPtrArray *
list_holders (TorgServerStore *store, TorgRecord *role, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "user");
  g_autoptr (GPtrArray) ids = torg_server_store_list_referents (store, type, torg_type_find_field (type, "role"),
                                                                torg_record_get_id (role), error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr (TorgRecord) user = NULL;

      if (!torg_server_store_load (store, type, ids->pdata[i], FALSE, &user, NULL, error))
        return NULL;
      if (user != NULL && torg_record_get_deleted (user) == 0)
        g_ptr_array_add (names, g_strdup (torg_record_get_text (user, "name")));
    }
  return ids != NULL ? g_steal_pointer (&names) : NULL;
}

static gboolean
list (TorgServerContext *context, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (context->store), "role");
  g_autoptr (GPtrArray) roles = torg_server_store_list_page (context->store, type, NULL, G_MAXINT, NULL, error);

  for (guint i = 0; roles != NULL && i < roles->len; i++)
    {
      g_autoptr (GPtrArray) holders = NULL;

      if (torg_record_get_deleted (roles->pdata[i]) != 0)
        continue;
      holders = list_holders (context->store, roles->pdata[i], error);
      if (holders == NULL)
        return FALSE;
      printf ("%s\t%u\n", torg_record_get_text (roles->pdata[i], "name"), holders->len);
    }
  return roles != NULL;
}

static gboolean
show (TorgServerContext *context, const char *name, GError **error)
{
  g_autoptr (TorgRecord) role = NULL;
  g_autoptr (GPtrArray) holders = NULL;
  g_auto (GStrv) lines = NULL;

  if (!torg_roles_find (context->store, name, &role, error) ||
      (holders = list_holders (context->store, role, error)) == NULL)
    return FALSE;
  lines = torg_roles_describe (role);
  for (guint i = 0; lines[i] != NULL; i++)
    printf ("%s\n", lines[i]);
  for (guint i = 0; i < holders->len; i++)
    {
      /* Translators: a person who holds a role. */
      printf (_ ("held by %s"), (const char *) holders->pdata[i]);
      printf ("\n");
    }
  return TRUE;
}

static gboolean
give (TorgServerContext *context, const char *login, const char *name, gboolean away, GError **error)
{
  g_autofree char *user = NULL;
  gboolean         first = FALSE;

  if (!torg_command_find_login (context->store, login, TRUE, &user, error))
    return FALSE;
  if (away)
    return torg_roles_take (context->store, user, name, error);
  if (!torg_roles_give (context->store, user, name, &first, error))
    return FALSE;
  if (first)
    printf ("%s\n", _ ("From now on, people without a role have no rights."));
  return TRUE;
}

/**
 * torg_command_role:
 * @error: place for an error
 *
 * Shows and changes who may do what.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_role (TorgServerContext *context, int argc, char **argv, GError **error)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (!torg_server_store_load_schema (context->store, error))
    return FALSE;
  if (argc == 2 && g_str_equal (what, "list"))
    return list (context, error);
  if (argc == 3 && g_str_equal (what, "show"))
    return show (context, argv[2], error);
  if (argc == 3 && g_str_equal (what, "add"))
    return torg_roles_add (context->store, argv[2], error);
  if (argc == 3 && g_str_equal (what, "remove"))
    return torg_roles_remove (context->store, argv[2], error);
  if (argc == 6 && g_str_equal (what, "set"))
    return torg_roles_set_right (context->store, argv[2], argv[3], argv[4], argv[5], error);
  if (argc == 4 && (g_str_equal (what, "hide") || g_str_equal (what, "unhide")))
    return torg_roles_hide (context->store, argv[2], argv[3], g_str_equal (what, "hide"), error);
  if (argc == 4 && (g_str_equal (what, "give") || g_str_equal (what, "take")))
    return give (context, argv[2], argv[3], g_str_equal (what, "take"), error);
  return torg_command_usage (error, USAGE);
}
