/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-json.h"
#include "torg-plan.h"
#include "torg-role.h"

static JsonObject *
object_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* NULL where it says nothing. */
static const char *
read_reach (JsonObject *rights, const char *type, const char *action)
{
  JsonObject *of_type = object_member (rights, type);

  return of_type != NULL ? torg_json_get_text (of_type, action) : NULL;
}

static gboolean
may_make_anything (JsonObject *rights)
{
  g_autoptr (GList) types = rights != NULL ? json_object_get_members (rights) : NULL;

  for (GList *type = types; type != NULL; type = type->next)
    {
      const char *reach = read_reach (rights, type->data, "create");

      if (reach != NULL && !g_str_equal (reach, "none"))
        return TRUE;
    }
  return FALSE;
}

/**
 * torg_role_find_reach:
 * @rights: (nullable): a role's `rights`
 * @type: a type's name
 * @action: `read`, `create`, `edit`, `delete`, `export` or `assign`
 *
 * Tells how far a role lets its holders do something. What a role does not name it does not give, but for two things:
 * what may be read may be exported, unless the role says how much of it. Nobody sets their own plan by a right that
 * ends at what is their own.
 *
 * Returns: (transfer none): `none`, `own`, `department`, `below` or `all`; whatever else stands there is as it is
 */
const char *
torg_role_find_reach (JsonObject *rights, const char *type, const char *action)
{
  const char *reach = read_reach (rights, type, action);
  const char *other = read_reach (rights, "*", action);
  gboolean    reads = g_str_equal (action, "read") || g_str_equal (action, "export");

  if (g_str_equal (type, TORG_PLAN_TYPE) && !reads && g_strcmp0 (reach != NULL ? reach : other, "own") == 0)
    return "none";
  if (reach != NULL)
    return reach;
  /* A tag is made by typing it into a deal, which must not fail for that: it is enough that anything may be made. */
  if (g_str_equal (type, "tag") && g_str_equal (action, "create") && may_make_anything (rights))
    return "all";
  if (other != NULL)
    return other;
  return g_str_equal (action, "export") ? torg_role_find_reach (rights, type, "read") : "none";
}

/**
 * torg_role_get_reach:
 * @role: a role
 * @type: a type's name
 * @action: as [func@role_find_reach]
 *
 * Tells how far a role lets its holders do something.
 *
 * Returns: (transfer none): a static text, as [func@role_find_reach]; `none` for what is no reach, and of a deleted
 * role
 */
const char *
torg_role_get_reach (TorgRecord *role, const char *type, const char *action)
{
  static const char *const reaches[] = { "own", "department", "below", "all" };
  const char              *text = torg_record_get_text (role, "rights");
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *rights = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *reach = torg_role_find_reach (rights, type, action);

  for (guint i = 0; torg_record_get_deleted (role) == 0 && i < G_N_ELEMENTS (reaches); i++)
    if (g_str_equal (reaches[i], reach))
      return reaches[i];
  return "none";
}

/**
 * torg_role_edits_roles:
 * @role: a role
 *
 * Tells whether those who hold a role may give others theirs. They say so by the name of the type: all of everything
 * does not include it.
 *
 * Returns: whether they may; not of a deleted role
 */
gboolean
torg_role_edits_roles (TorgRecord *role)
{
  const char *text = torg_record_get_text (role, "rights");
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *rights = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode   *of_role = rights != NULL ? json_object_get_member (rights, "role") : NULL;
  const char *reach = of_role != NULL && JSON_NODE_HOLDS_OBJECT (of_role)
                        ? torg_json_get_text (json_node_get_object (of_role), "edit")
                        : NULL;

  return torg_record_get_deleted (role) == 0 && g_strcmp0 (reach, "all") == 0;
}

/**
 * torg_role_list_hidden:
 * @text: (nullable): a role's `hidden`
 *
 * Lists the fields that a role hides.
 *
 * Returns: (transfer full) (element-type utf8): a set of `TYPE.FIELD`
 */
GHashTable *
torg_role_list_hidden (const char *text)
{
  GHashTable *hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObjectIter iter;
  const char    *type;
  JsonNode      *fields;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return hidden;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &type, &fields))
    for (guint i = 0; JSON_NODE_HOLDS_ARRAY (fields) && i < json_array_get_length (json_node_get_array (fields)); i++)
      {
        JsonNode *field = json_array_get_element (json_node_get_array (fields), i);

        if (JSON_NODE_HOLDS_VALUE (field) && json_node_get_value_type (field) == G_TYPE_STRING)
          g_hash_table_add (hidden, g_strconcat (type, ".", json_node_get_string (field), NULL));
      }
  return hidden;
}
