/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-administrator.h"
#include "torg-json.h"
#include "torg-role.h"
#include "torg-rows.h"
#include "torg-seeded-bug.h"
#include "torg-sight.h"

#include <string.h>

/* Of what everybody works with, what only an administrator may change. */
static const char *const administered[] = { "user",  "department", "role",        "pipeline",
                                            "stage", "field_def",  "card_layout", NULL };
static const char *const actions[] = { "read", "create", "edit", "delete", "export", "assign", NULL };

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * torg_sight_get_actions:
 *
 * Gives what a role can allow.
 *
 * Returns: (transfer none) (array zero-terminated=1): names
 */
const char *const *
torg_sight_get_actions (void)
{
  return actions;
}

struct _TorgSight
{
  char       *user;    /* (owned) */
  GHashTable *allowed; /* (owned) action → GPtrArray of keys */
  GHashTable *hidden;  /* (owned): `TYPE.FIELD` */
  gboolean    admin;
  gboolean    gone; /* has left, or never was */
};

static TorgSight *
sight_new (const char *user)
{
  TorgSight *self = g_new0 (TorgSight, 1);

  self->user = g_strdup (user);
  self->allowed = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; actions[i] != NULL; i++)
    {
      GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);

      if (g_str_equal (actions[i], "read"))
        {
          torg_access_add_key (keys, g_strdup ("all"));
          torg_access_add_key (keys, g_strconcat ("u:", user, NULL));
        }
      g_hash_table_insert (self->allowed, (gpointer) actions[i], keys);
    }
  return self;
}

/**
 * torg_sight_free:
 * @self: (transfer full): what a user sees
 *
 * Frees what a user sees.
 */
void
torg_sight_free (TorgSight *self)
{
  g_free (self->user);
  g_hash_table_unref (self->allowed);
  g_hash_table_unref (self->hidden);
  g_free (self);
}

static JsonObject *
parse_object (const char *text, JsonNode **node)
{
  *node = text != NULL ? json_from_string (text, NULL) : NULL;
  return *node != NULL && JSON_NODE_HOLDS_OBJECT (*node) ? json_node_get_object (*node) : NULL;
}

static gboolean
list_departments (TorgServerStore *store, const char *root, GPtrArray *departments, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "department");

  if (root == NULL || g_ptr_array_find_with_equal_func (departments, root, g_str_equal, NULL))
    return TRUE;
  g_ptr_array_add (departments, g_strdup (root));
  {
    g_autoptr (GPtrArray) below =
      torg_server_store_list_referents (store, type, torg_type_find_field (type, "parent"), root, error);

    if (below == NULL)
      return FALSE;
    for (guint i = 0; i < below->len; i++)
      if (!list_departments (store, g_ptr_array_index (below, i), departments, error))
        return FALSE;
  }
  return TRUE;
}

/* The keys of one type that a reach means. @users: oneself and those whose work one does. */
static void
add_reach (GPtrArray  *keys,
           const char *type,
           const char *reach,
           GPtrArray  *users,
           const char *department,
           GPtrArray  *departments)
{
  if (g_str_equal (reach, "all"))
    torg_access_add_key (keys, g_strconcat (type, ":*", NULL));
  if (g_str_equal (reach, "none"))
    return;
  for (guint i = 0; i < users->len; i++)
    torg_access_add_key (keys, g_strdup_printf ("%s:u:%s", type, (const char *) g_ptr_array_index (users, i)));
  if (g_str_equal (reach, "department") && department != NULL)
    torg_access_add_key (keys, g_strdup_printf ("%s:d:%s", type, department));
  if (g_str_equal (reach, "below"))
    for (guint i = 0; i < departments->len; i++)
      torg_access_add_key (keys, g_strdup_printf ("%s:d:%s", type, (const char *) g_ptr_array_index (departments, i)));
}

static gboolean
list_delegated (TorgServerStore *store, const char *user, GPtrArray *users, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "delegation");
  g_autoptr (GPtrArray) ids =
    torg_server_store_list_referents (store, type, torg_type_find_field (type, "to_user"), user, error);
  TorgEnv         *env = torg_server_store_get_env (store);
  g_autofree char *today = torg_env_make_day (env, torg_env_get_now (env));

  g_ptr_array_add (users, g_strdup (user));
  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (TorgRecord) delegation = NULL;

      if (!torg_server_store_load (store, type, g_ptr_array_index (ids, i), FALSE, &delegation, NULL, error))
        return FALSE;
      if (delegation != NULL && torg_record_get_deleted (delegation) == 0 &&
          g_strcmp0 (torg_access_get_text (delegation, "starts"), today) <= 0 &&
          g_strcmp0 (torg_access_get_text (delegation, "ends"), today) >= 0)
        g_ptr_array_add (users, g_strdup (torg_access_get_text (delegation, "from_user")));
    }
  return TRUE;
}

static gboolean
read_rights (TorgSight *self, TorgServerStore *store, TorgRecord *user, TorgRecord *role, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (store);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *rights = role != NULL ? parse_object (torg_access_get_text (role, "rights"), &node) : NULL;
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) departments = g_ptr_array_new_with_free_func (g_free);
  const char *department = torg_access_get_text (user, "department");
  gboolean    administered_by_others = FALSE;

  if (role == NULL && !torg_administrator_exists (store, &administered_by_others, error))
    return FALSE;
  /* Where roles are given, who has none has no rights. */
  if (administered_by_others)
    return TRUE;
  if (!list_delegated (store, self->user, users, error) || !list_departments (store, department, departments, error))
    return FALSE;
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const char *type = torg_schema_nth (schema, i)->info->name;

      for (guint j = 0; actions[j] != NULL; j++)
        {
          const char *reach = role == NULL ? "all" : torg_role_find_reach (rights, type, actions[j]);

          /* What one took along one sees, so that it stays in one's replica. */
          if (g_str_equal (type, "export") && g_str_equal (reach, "none"))
            reach = "own";
          add_reach (g_hash_table_lookup (self->allowed, actions[j]), type, reach, users, department, departments);
        }
    }
  self->admin = role == NULL || torg_role_edits_roles (role);
  if (role != NULL)
    {
      g_hash_table_unref (self->hidden);
      self->hidden = torg_role_list_hidden (torg_access_get_text (role, "hidden"));
    }
  return TRUE;
}

/**
 * torg_sight_new:
 * @store: a connection, in a transaction
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Finds out what a user may see and do now.
 *
 * Returns: (transfer full) (nullable): what the user sees; nothing for somebody who is not there or has left
 */
TorgSight *
torg_sight_new (TorgServerStore *store, const char *user, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (store);
  g_autoptr (TorgSight) self = sight_new (user);
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgRecord) role = NULL;

  if (!torg_server_store_load (store, torg_schema_find (schema, "user"), user, FALSE, &record, NULL, error))
    return NULL;
  if (record == NULL || torg_record_get_deleted (record) != 0 || torg_record_get_number (record, "disabled") != 0)
    {
      g_ptr_array_set_size (g_hash_table_lookup (self->allowed, "read"), 0);
      self->gone = TRUE;
      return g_steal_pointer (&self);
    }
  if (torg_access_get_text (record, "role") != NULL &&
      !torg_server_store_load (store, torg_schema_find (schema, "role"), torg_access_get_text (record, "role"), FALSE,
                               &role, NULL, error))
    return NULL;
  /* A role that is not there gives nothing. */
  if (torg_access_get_text (record, "role") != NULL && (role == NULL || torg_record_get_deleted (role) != 0))
    return g_steal_pointer (&self);
  return read_rights (self, store, record, role, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * torg_sight_get_user:
 *
 * Tells who it is.
 *
 * Returns: (transfer none): the id of a `user`
 */
const char *
torg_sight_get_user (TorgSight *self)
{
  return self->user;
}

/**
 * torg_sight_get_keys:
 *
 * Gives the keys of what a user may read.
 *
 * Returns: (transfer none) (element-type utf8): keys
 */
GPtrArray *
torg_sight_get_keys (TorgSight *self)
{
  return g_hash_table_lookup (self->allowed, "read");
}

static gboolean
has_any (GPtrArray *keys, const char *text)
{
  for (guint i = 0; i < keys->len; i++)
    {
      g_autofree char *key = g_strconcat ("|", g_ptr_array_index (keys, i), "|", NULL);

      if (strstr (text, key) != NULL)
        return TRUE;
    }
  return FALSE;
}

/**
 * torg_sight_sees:
 * @keys: (nullable): the keys of a record
 *
 * Tells whether a user may read a record.
 *
 * Returns: whether the user may
 */
gboolean
torg_sight_sees (TorgSight *self, const char *keys)
{
  return keys != NULL && has_any (torg_sight_get_keys (self), keys);
}

/* What belongs to nobody is in reach of `all` alone; one's own work is one's own to delegate. */
static gboolean
may_common (TorgSight *self, const char *action, const char *type)
{
  gboolean         is_delegation = g_str_equal (type, "delegation");
  g_autofree char *keys =
    is_delegation ? g_strdup_printf ("|%s:*|%s:u:%s|", type, type, self->user) : g_strdup_printf ("|%s:*|", type);

  return (is_delegation && self->admin) || has_any (g_hash_table_lookup (self->allowed, action), keys);
}

/**
 * torg_sight_may:
 * @action: `create`, `edit`, `delete` or `assign`
 * @type: a type
 * @keys: the keys of a record
 *
 * Tells whether a user may do something with a record that the user sees.
 *
 * Returns: whether the user may
 */
gboolean
torg_sight_may (TorgSight *self, const char *action, const TorgType *type, const char *keys)
{
  const char *name = type->info->name;

  if (self->gone)
    return FALSE;
  if (g_strv_contains (administered, name))
    return self->admin;
  if (torg_access_is_common (name))
    return may_common (self, action, name);
  /* Whoever takes data along notes it, whatever the role says, and nobody changes that. */
  if (g_str_equal (name, "export"))
    {
      g_autofree char *own = g_strdup_printf ("|export:u:%s|", self->user);

      return g_str_equal (action, "create") && strstr (keys, own) != NULL;
    }
  /* Who sees a difference or what is shared may settle it. */
  if (g_str_equal (name, "conflict"))
    return TRUE;
  /* To show a record to somebody, or no longer, is a matter of that record. */
  if (g_str_equal (name, "share"))
    action = "edit";
  return has_any (g_hash_table_lookup (self->allowed, action), keys);
}

/**
 * torg_sight_may_attach:
 *
 * Tells whether there is anything that a user may attach files to.
 *
 * Returns: whether there is
 */
gboolean
torg_sight_may_attach (TorgSight *self)
{
  static const char *const starts[] = { "deal:", "company:", "person:", "lead:", "activity:", "attachment:" };
  GPtrArray               *keys = g_hash_table_lookup (self->allowed, "create");

  for (guint i = 0; !self->gone && i < keys->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (starts); j++)
      if (g_str_has_prefix (keys->pdata[i], starts[j]))
        return TRUE;
  return FALSE;
}

static gboolean
reaches_any (TorgSight *self, const char *action, const char *type)
{
  GPtrArray       *keys = g_hash_table_lookup (self->allowed, action);
  g_autofree char *start = g_strconcat (type, ":", NULL);

  for (guint i = 0; i < keys->len; i++)
    if (g_str_has_prefix (keys->pdata[i], start))
      return TRUE;
  return FALSE;
}

/**
 * torg_sight_may_export:
 * @type: a type
 *
 * Tells whether there can be records of a type that a user may write into files. The user's own program asks before it
 * does that; here it tells what was done all the same.
 *
 * Returns: whether there can be
 */
gboolean
torg_sight_may_export (TorgSight *self, const TorgType *type)
{
  if (self->gone)
    return FALSE;
  if (torg_access_is_common (type->info->name) || reaches_any (self, "export", type->info->name))
    return TRUE;
  /* What hangs on others goes with them. */
  for (guint i = 0; i < type->info->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_KEYS) != 0 &&
        (type->fields[i].target == NULL || reaches_any (self, "export", type->fields[i].target)))
      return TRUE;
  return FALSE;
}

/**
 * torg_sight_is_gone:
 *
 * Tells whether it is somebody who has left, or never was.
 *
 * Returns: whether it is
 */
gboolean
torg_sight_is_gone (TorgSight *self)
{
  return self->gone;
}

/**
 * torg_sight_is_admin:
 *
 * Tells whether a user may change who may do what.
 *
 * Returns: whether the user may
 */
gboolean
torg_sight_is_admin (TorgSight *self)
{
  return self->admin;
}

/**
 * torg_sight_show_fields:
 *
 * Hides no field any more: for what is written in a user's name, and not by the user.
 */
void
torg_sight_show_fields (TorgSight *self)
{
  g_hash_table_remove_all (self->hidden);
}

/**
 * torg_sight_hides:
 * @type: a type's name
 * @field: a field's name
 *
 * Tells whether a field is not for a user.
 *
 * Returns: whether it is hidden
 */
gboolean
torg_sight_hides (TorgSight *self, const char *type, const char *field)
{
  g_autofree char *name = NULL;

  if (g_hash_table_size (self->hidden) == 0)
    return FALSE;
  name = g_strconcat (type, ".", field, NULL);
  return g_hash_table_contains (self->hidden, name);
}

/* Of one type, or of all. @prefix: (nullable): `TYPE.` */
static gboolean
hides_all_of (TorgSight *self, TorgSight *other, const char *prefix)
{
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, other->hidden);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if ((prefix == NULL || g_str_has_prefix (name, prefix)) && !g_hash_table_contains (self->hidden, name))
      return FALSE;
  return TRUE;
}

/**
 * torg_sight_hides_alike:
 * @other: what a user sees
 * @type: a type
 *
 * Tells whether the same fields of records of a type are hidden by both; lines about fields are of all types.
 *
 * Returns: whether they are
 */
gboolean
torg_sight_hides_alike (TorgSight *self, TorgSight *other, const TorgType *type)
{
  gboolean is_line = torg_type_find_field (type, "record_type") != NULL && torg_type_find_field (type, "field") != NULL;
  g_autofree char *prefix = is_line ? NULL : g_strconcat (type->info->name, ".", NULL);

  return hides_all_of (self, other, prefix) && hides_all_of (other, self, prefix);
}

/**
 * torg_sight_hides_line:
 * @record: a record
 *
 * Tells whether a record is a line of history or a difference about a field that is not for a user.
 *
 * Returns: whether it is hidden
 */
gboolean
torg_sight_hides_line (TorgSight *self, TorgRecord *record)
{
  const char *type = torg_access_get_text (record, "record_type"), *field = torg_access_get_text (record, "field");

  return type != NULL && field != NULL && torg_sight_hides (self, type, field);
}

/**
 * torg_sight_may_hide_lines:
 * @type: a type
 *
 * Tells whether of a type some records may be hidden as lines about a field.
 *
 * Returns: whether [method@Sight.hides_line] is to be asked
 */
gboolean
torg_sight_may_hide_lines (TorgSight *self, const TorgType *type)
{
  return g_hash_table_size (self->hidden) > 0 && torg_type_find_field (type, "record_type") != NULL &&
         torg_type_find_field (type, "field") != NULL;
}

/* Of an edit that is proposed as a whole, what is hidden stays here. @member: where it is, as JSON */
static void
hide_proposal (TorgSight *self, TorgRecord *record, JsonObject *fields, const char *member)
{
  const char *proposed = json_object_get_string_member_with_default (fields, member, NULL);
  const char *type = torg_access_get_text (record, "record_type");
  g_autoptr (JsonNode) node = proposed != NULL ? json_from_string (proposed, NULL) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (GList) names = NULL;

  if (type == NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  names = json_object_get_members (json_node_get_object (node));
  for (GList *name = names; name != NULL; name = name->next)
    if (torg_sight_hides (self, type, name->data))
      json_object_remove_member (json_node_get_object (node), name->data);
  if (json_object_get_size (json_node_get_object (node)) == 0)
    {
      json_object_remove_member (fields, member);
      return;
    }
  text = json_to_string (node, FALSE);
  json_object_set_string_member (fields, member, text);
}

/**
 * torg_sight_write:
 * @record: a record that the user sees
 *
 * Writes a record without the fields that are not for the user.
 *
 * Returns: (transfer full): as [method@Record.to_json]
 */
JsonNode *
torg_sight_write (TorgSight *self, TorgRecord *record)
{
  JsonNode   *node = torg_record_to_json (record);
  const char *type = torg_record_get_kind (record)->info->name;
  JsonObject *fields = json_object_get_object_member (json_node_get_object (node), "fields");
  g_autoptr (GList) names = json_object_get_members (fields);

  for (GList *name = names; name != NULL; name = name->next)
    if (torg_sight_hides (self, type, name->data) && !torg_seeded_bug ("hidden-sent"))
      json_object_remove_member (fields, name->data);
  if (g_str_equal (type, "conflict") && g_strcmp0 (torg_access_get_text (record, "field"), "deleted") == 0)
    hide_proposal (self, record, fields, "proposed");
  if (g_str_equal (type, "conflict"))
    hide_proposal (self, record, fields, "along");
  return node;
}

/**
 * torg_sight_write_rows:
 * @records: (element-type TorgRecord): records that the user sees
 * @first: the first to write
 * @n: how many, at least one; of one type, as [func@rows_to_json]; not `conflict`, whose content may be hidden in part
 *
 * Writes records without the fields that are not for the user.
 *
 * Returns: (transfer full): as [func@rows_to_json]
 */
JsonNode *
torg_sight_write_rows (TorgSight *self, GPtrArray *records, guint first, guint n)
{
  const TorgType *type = torg_record_get_kind (records->pdata[first]);
  gboolean       *hidden = g_newa0 (gboolean, type->n_fields);

  for (guint i = 0; i < type->n_fields; i++)
    hidden[i] = torg_sight_hides (self, type->info->name, type->fields[i].name) && !torg_seeded_bug ("hidden-sent");
  return torg_rows_to_json (records, first, n, hidden);
}

/* --- as text ------------------------------------------------------------------------------------------------------ */

static void
append_sorted (GString *text, GPtrArray *list)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  g_ptr_array_extend (sorted, list, NULL, NULL);
  g_ptr_array_sort (sorted, compare_keys);
  for (guint i = 0; i < sorted->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", (const char *) g_ptr_array_index (sorted, i));
}

/**
 * torg_sight_to_text:
 *
 * Writes what a user may read, so that a change of it is noticed.
 *
 * Returns: (transfer full): `USER`, the keys and the hidden fields, a line each
 */
char *
torg_sight_to_text (TorgSight *self)
{
  g_autoptr (GPtrArray) hidden = g_hash_table_get_keys_as_ptr_array (self->hidden);
  GString *text = g_string_new (self->user);

  g_string_append_c (text, '\n');
  append_sorted (text, torg_sight_get_keys (self));
  g_string_append_c (text, '\n');
  append_sorted (text, hidden);
  return g_string_free_and_steal (text);
}

/**
 * torg_sight_new_from_text:
 * @text: a text of [method@Sight.to_text]
 *
 * Reads what a user could read once.
 *
 * Returns: (transfer full): what the user saw
 */
TorgSight *
torg_sight_new_from_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);
  guint      n = g_strv_length (lines);
  TorgSight *self = sight_new (lines[0]);
  g_auto (GStrv) hidden = g_strsplit (n > 2 ? lines[2] : "", "|", -1);

  g_ptr_array_set_size (torg_sight_get_keys (self), 0);
  if (n > 1)
    torg_access_add_keys (torg_sight_get_keys (self), lines[1]);
  for (guint i = 0; hidden[i] != NULL; i++)
    if (*hidden[i] != '\0')
      g_hash_table_add (self->hidden, g_strdup (hidden[i]));
  return self;
}
