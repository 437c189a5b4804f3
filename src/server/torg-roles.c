/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-administrator.h"
#include "torg-sight.h"
#include "torg-error.h"
#include "torg-own-edit.h"
#include "torg-roles.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

/*
 * Roles, set up by whoever runs the server. They are records like others: what changes here is a commit with its
 * history, and replicas follow.
 */

static const char *const reaches[] = { "none", "own", "department", "below", "all", NULL };

/**
 * torg_roles_find:
 * @name: what a role is called, or its id
 * @role: (out) (transfer full): the role
 * @error: place for a %TORG_ERROR, when there is none or more than one
 *
 * Finds a role.
 *
 * Returns: whether there is one
 */
gboolean
torg_roles_find (TorgServerStore *store, const char *name, TorgRecord **role, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "role");
  g_autoptr (GPtrArray) roles = torg_server_store_list_page (store, type, NULL, G_MAXINT, NULL, error);
  guint n = 0;

  *role = NULL;
  for (guint i = 0; roles != NULL && i < roles->len; i++)
    if (torg_record_get_deleted (roles->pdata[i]) == 0 &&
        (g_strcmp0 (torg_record_get_text (roles->pdata[i], "name"), name) == 0 ||
         g_str_equal (torg_record_get_id (roles->pdata[i]), name)))
      {
        g_clear_pointer (role, torg_record_unref);
        *role = torg_record_ref (roles->pdata[i]);
        n++;
      }
  if (roles == NULL || n == 1)
    return roles != NULL;
  g_clear_pointer (role, torg_record_unref);
  if (n == 0)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no role called “%s”."), name);
  else
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("There are several roles called “%s”. Write the id of one."),
                 name);
  return FALSE;
}

static TorgEntry *
get_role (TorgOwnEdit *change, const char *name, GError **error)
{
  g_autoptr (TorgRecord) role = NULL;
  TorgEntry *entry = NULL;

  if (!torg_roles_find (change->store, name, &role, error) ||
      !torg_commit_get (change->commit, "role", torg_record_get_id (role), &entry, error))
    return NULL;
  return entry;
}

/* --- what a role says --------------------------------------------------------------------------------------------- */

static JsonNode *
read_object (TorgRecord *role, const char *field, GError **error)
{
  const char *text = torg_record_get_text (role, field);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : json_from_string ("{}", NULL);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return g_steal_pointer (&node);
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("What the role “%s” says cannot be read."),
               torg_record_get_text (role, "name"));
  return NULL;
}

static gboolean
refuse (GError **error, const char *text, const char *wrong)
{
  g_autoptr (GString) message = g_string_new (text);

  g_string_replace (message, "%s", wrong, 1);
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, message->str);
  return FALSE;
}

static gboolean
check_right (TorgServerStore *store, const char **type, const char *action, const char *reach, GError **error)
{
  const TorgType *known = torg_schema_find (torg_server_store_get_schema (store), *type);

  if (!g_str_equal (*type, "*") && known == NULL)
    return refuse (error, _ ("“%s” is no type. Write one such as deal, or * for all."), *type);
  /* It may have been called by its plural. */
  if (known != NULL)
    *type = known->info->name;
  if (!g_str_equal (action, "*") && !g_strv_contains (torg_sight_get_actions (), action))
    return refuse (error, _ ("“%s” is no action. Write read, create, edit, delete, export or assign, or * for all."),
                   action);
  if (!g_strv_contains (reaches, reach))
    return refuse (error, _ ("“%s” is no reach. Write none, own, department, below or all."), reach);
  return TRUE;
}

static gboolean
set_right (TorgOwnEdit *change,
           TorgEntry   *entry,
           const char  *type,
           const char  *action,
           const char  *reach,
           GError     **error)
{
  const char *const *actions = torg_sight_get_actions ();
  g_autoptr (JsonNode) node = read_object (entry->after, "rights", error);
  JsonObject      *rights = node != NULL ? json_node_get_object (node) : NULL;
  JsonNode        *member = rights != NULL ? json_object_get_member (rights, type) : NULL;
  g_autofree char *text = NULL;

  if (node == NULL)
    return FALSE;
  if (member == NULL || !JSON_NODE_HOLDS_OBJECT (member))
    json_object_set_object_member (rights, type, json_object_new ());
  for (guint i = 0; actions[i] != NULL; i++)
    if (g_str_equal (action, "*") || g_str_equal (action, actions[i]))
      json_object_set_string_member (json_object_get_object_member (rights, type), actions[i], reach);
  text = json_to_string (node, FALSE);
  torg_own_edit_set_text (change, entry, "rights", text);
  return TRUE;
}

static guint
find_text (JsonArray *array, const char *text)
{
  guint i;

  for (i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
          g_str_equal (json_node_get_string (node), text))
        break;
    }
  return i;
}

static gboolean
set_hidden (TorgOwnEdit *change, TorgEntry *entry, const char *type, const char *field, gboolean hidden, GError **error)
{
  g_autoptr (JsonNode) node = read_object (entry->after, "hidden", error);
  JsonObject      *all = node != NULL ? json_node_get_object (node) : NULL;
  JsonNode        *member = all != NULL ? json_object_get_member (all, type) : NULL;
  JsonArray       *fields;
  g_autofree char *text = NULL;
  guint            place;

  if (node == NULL)
    return FALSE;
  if (member == NULL || !JSON_NODE_HOLDS_ARRAY (member))
    json_object_set_array_member (all, type, json_array_new ());
  fields = json_object_get_array_member (all, type);
  place = find_text (fields, field);
  if (hidden && place == json_array_get_length (fields))
    json_array_add_string_element (fields, field);
  else if (!hidden && place < json_array_get_length (fields))
    json_array_remove_element (fields, place);
  if (json_array_get_length (fields) == 0)
    json_object_remove_member (all, type);
  text = json_to_string (node, FALSE);
  torg_own_edit_set_text (change, entry, "hidden", json_object_get_size (all) > 0 ? text : NULL);
  return TRUE;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * torg_roles_describe:
 * @role: a role
 *
 * Says what a role allows and hides, so that each line is the end of a command that would set it.
 *
 * Returns: (transfer full): lines `set TYPE ACTION REACH` and `hide TYPE.FIELD`, in their order
 */
char **
torg_roles_describe (TorgRecord *role)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  g_autoptr (JsonNode) rights = read_object (role, "rights", NULL);
  g_autoptr (JsonNode) hidden = read_object (role, "hidden", NULL);
  JsonObjectIter iter;
  const char    *type, *name;
  JsonNode      *member, *value;

  if (rights != NULL)
    json_object_iter_init (&iter, json_node_get_object (rights));
  while (rights != NULL && json_object_iter_next (&iter, &type, &member))
    {
      JsonObjectIter inner;

      if (!JSON_NODE_HOLDS_OBJECT (member))
        continue;
      json_object_iter_init (&inner, json_node_get_object (member));
      while (json_object_iter_next (&inner, &name, &value))
        if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
          g_ptr_array_add (lines, g_strdup_printf ("set %s %s %s", type, name, json_node_get_string (value)));
    }
  if (hidden != NULL)
    json_object_iter_init (&iter, json_node_get_object (hidden));
  while (hidden != NULL && json_object_iter_next (&iter, &type, &member))
    for (guint i = 0; JSON_NODE_HOLDS_ARRAY (member) && i < json_array_get_length (json_node_get_array (member)); i++)
      {
        value = json_array_get_element (json_node_get_array (member), i);
        if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
          g_ptr_array_add (lines, g_strdup_printf ("hide %s.%s", type, json_node_get_string (value)));
      }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

static gboolean
check_rights (TorgServerStore *store, JsonObject *rights, GError **error)
{
  JsonObjectIter iter, inner;
  const char    *type, *action;
  JsonNode      *member, *reach;

  json_object_iter_init (&iter, rights);
  while (json_object_iter_next (&iter, &type, &member))
    {
      if (!JSON_NODE_HOLDS_OBJECT (member))
        return refuse (error, _ ("What it says of “%s” cannot be read."), type);
      json_object_iter_init (&inner, json_node_get_object (member));
      while (json_object_iter_next (&inner, &action, &reach))
        /* What this version has no use for is not wrong. */
        if (g_strv_contains (torg_sight_get_actions (), action) &&
            !check_right (store, &type, action,
                          JSON_NODE_HOLDS_VALUE (reach) && json_node_get_value_type (reach) == G_TYPE_STRING
                            ? json_node_get_string (reach)
                            : "?",
                          error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
check_hidden (JsonObject *hidden, GError **error)
{
  JsonObjectIter iter;
  const char    *type;
  JsonNode      *member;

  json_object_iter_init (&iter, hidden);
  while (json_object_iter_next (&iter, &type, &member))
    if (!JSON_NODE_HOLDS_ARRAY (member))
      return refuse (error, _ ("What it says of “%s” cannot be read."), type);
  return TRUE;
}

/**
 * torg_roles_find_fault:
 * @store: a connection
 * @role: a role
 *
 * Looks whether a role can be read: what cannot gives no right and hides nothing.
 *
 * Returns: (transfer full) (nullable): what is wrong, a sentence
 */
char *
torg_roles_find_fault (TorgServerStore *store, TorgRecord *role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) rights = read_object (role, "rights", &error);
  g_autoptr (JsonNode) hidden = rights != NULL ? read_object (role, "hidden", &error) : NULL;

  if (hidden != NULL && check_rights (store, json_node_get_object (rights), &error))
    check_hidden (json_node_get_object (hidden), &error);
  return error != NULL ? g_strdup (error->message) : NULL;
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

/**
 * torg_roles_add:
 * @name: what it is to be called
 * @error: place for an error
 *
 * Adds a role without any rights.
 *
 * Returns: whether that was saved
 */
gboolean
torg_roles_add (TorgServerStore *store, const char *name, GError **error)
{
  g_autofree char *id = torg_env_make_id (torg_server_store_get_env (store));
  g_autoptr (TorgRecord) role = NULL;
  g_autoptr (TorgRecord) other = NULL;
  g_autoptr (GError) missing = NULL;
  TorgOwnEdit change = { 0 };
  TorgSchema *schema;

  if (!torg_own_edit_begin (&change, store, NULL, error))
    return FALSE;
  if (torg_roles_find (store, name, &other, &missing) || !g_error_matches (missing, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    {
      if (missing != NULL && missing->domain != TORG_ERROR)
        g_propagate_error (error, g_steal_pointer (&missing));
      else
        g_set_error (error, TORG_ERROR, TORG_ERROR_DUPLICATE, _ ("There is a role called “%s” already."), name);
      return torg_own_edit_finish (&change, FALSE, NULL);
    }
  schema = torg_server_store_get_schema (store);
  role = torg_record_new (schema, torg_schema_find (schema, "role"), id);
  torg_record_set_text (role, "name", name);
  torg_record_set_text (role, "rights", "{}");
  if (!torg_record_validate (role, error))
    return torg_own_edit_finish (&change, FALSE, NULL);
  torg_commit_create (change.commit, role);
  torg_own_edit_note (&change, role, NULL, NULL, NULL);
  return torg_own_edit_finish (&change, TRUE, error);
}

/**
 * torg_roles_set_right:
 * @name: what a role is called
 * @type: a type's name, or `*` for those that have no right of their own
 * @action: `read`, `create`, `edit`, `delete` or `assign`, or `*` for all of them
 * @reach: `none`, `own`, `department`, `below` or `all`
 * @error: place for an error
 *
 * Says how far a role reaches.
 *
 * Returns: whether that was saved
 */
gboolean
torg_roles_set_right (TorgServerStore *store,
                      const char      *name,
                      const char      *type,
                      const char      *action,
                      const char      *reach,
                      GError         **error)
{
  TorgOwnEdit change = { 0 };
  TorgEntry  *entry;

  if (!check_right (store, &type, action, reach, error) || !torg_own_edit_begin (&change, store, NULL, error))
    return FALSE;
  entry = get_role (&change, name, error);
  return torg_own_edit_finish (&change, entry != NULL && set_right (&change, entry, type, action, reach, error), error);
}

/**
 * torg_roles_hide:
 * @name: what a role is called
 * @field: `TYPE.FIELD`
 * @hidden: whether those who hold the role do not get the field
 * @error: place for an error
 *
 * Hides a field, or shows it again.
 *
 * Returns: whether that was saved
 */
gboolean
torg_roles_hide (TorgServerStore *store, const char *name, const char *field, gboolean hidden, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (field, ".", 2);
  const TorgType *type;
  TorgOwnEdit     change = { 0 };
  TorgEntry      *entry;
  gboolean        ok;

  if (!torg_own_edit_begin (&change, store, NULL, error))
    return FALSE;
  type = torg_schema_find (torg_server_store_get_schema (store), parts[0] != NULL ? parts[0] : "");
  if (type == NULL || parts[1] == NULL || torg_type_find_field (type, parts[1]) == NULL)
    return torg_own_edit_finish (
      &change, refuse (error, _ ("“%s” is no field. Write TYPE.FIELD, such as deal.amount."), field), NULL);
  entry = get_role (&change, name, error);
  ok = entry != NULL && set_hidden (&change, entry, type->info->name, parts[1], hidden, error);
  return torg_own_edit_finish (&change, ok, error);
}

static gboolean
set_role (TorgOwnEdit *change, const char *user, const char *role, GError **error)
{
  TorgEntry *entry = NULL;

  if (!torg_commit_get (change->commit, "user", user, &entry, error))
    return FALSE;
  if (entry == NULL || torg_record_get_deleted (entry->after) != 0)
    return refuse (error, _ ("The employee with the id %s is gone."), user);
  torg_own_edit_set_text (change, entry, "role", role);
  return TRUE;
}

/**
 * torg_roles_give:
 * @user: the id of a `user`
 * @name: what a role is called
 * @first: (out): whether from now on there is somebody who may edit roles, so that those without one have no rights
 * @error: place for an error
 *
 * Gives somebody a role in place of the one held before.
 *
 * Returns: whether that was saved
 */
gboolean
torg_roles_give (TorgServerStore *store, const char *user, const char *name, gboolean *first, GError **error)
{
  TorgOwnEdit change = { 0 };
  TorgEntry  *entry;
  gboolean    has = FALSE;

  *first = FALSE;
  if (!torg_own_edit_begin (&change, store, NULL, error))
    return FALSE;
  entry = get_role (&change, name, error);
  if (!torg_own_edit_finish (
        &change, entry != NULL && set_role (&change, user, torg_record_get_id (entry->after), error), error) ||
      !torg_administrator_exists (store, &has, error))
    return FALSE;
  *first = has && !change.administered;
  return TRUE;
}

/**
 * torg_roles_take:
 * @user: the id of a `user`
 * @name: what the user's role is called
 * @error: place for an error
 *
 * Takes somebody's role away.
 *
 * Returns: whether that was saved
 */
gboolean
torg_roles_take (TorgServerStore *store, const char *user, const char *name, GError **error)
{
  TorgOwnEdit change = { 0 };
  TorgEntry  *role, *person = NULL;
  gboolean    ok;

  if (!torg_own_edit_begin (&change, store, NULL, error))
    return FALSE;
  role = get_role (&change, name, error);
  ok = role != NULL && torg_commit_get (change.commit, "user", user, &person, error);
  if (ok && (person == NULL ||
             g_strcmp0 (torg_record_get_text (person->after, "role"), torg_record_get_id (role->after)) != 0))
    ok = refuse (error, _ ("The employee does not hold the role “%s”."), name);
  return torg_own_edit_finish (&change, ok && set_role (&change, user, NULL, error), error);
}

/* A role that somebody holds cannot go: without one, a person may do everything or nothing. */
static gboolean
is_free (TorgOwnEdit *change, const char *id, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (change->store), "user");
  g_autoptr (GPtrArray) users =
    torg_server_store_list_referents (change->store, type, torg_type_find_field (type, "role"), id, error);

  for (guint i = 0; users != NULL && i < users->len; i++)
    {
      g_autoptr (TorgRecord) user = NULL;

      if (!torg_server_store_load (change->store, type, users->pdata[i], FALSE, &user, NULL, error))
        return FALSE;
      if (user != NULL && torg_record_get_deleted (user) == 0)
        return refuse (error, _ ("%s still holds this role. Give out another one first."),
                       torg_record_get_text (user, "name"));
    }
  return users != NULL;
}

/**
 * torg_roles_remove:
 * @name: what a role is called
 * @error: place for an error
 *
 * Removes a role that nobody holds.
 *
 * Returns: whether that was saved
 */
gboolean
torg_roles_remove (TorgServerStore *store, const char *name, GError **error)
{
  TorgOwnEdit change = { 0 };
  TorgEntry  *entry;
  gboolean    ok;

  if (!torg_own_edit_begin (&change, store, NULL, error))
    return FALSE;
  entry = get_role (&change, name, error);
  ok = entry != NULL && is_free (&change, torg_record_get_id (entry->after), error);
  if (ok)
    {
      torg_record_set_deleted (torg_commit_edit (change.commit, entry),
                               torg_env_get_now (torg_server_store_get_env (store)));
      torg_own_edit_note (&change, entry->after, "deleted", "null", "true");
    }
  return torg_own_edit_finish (&change, ok, error);
}
