/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-own-right.h"
#include "torg-own-role.h"
#include "torg-role.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <json-glib/json-glib.h>

/*
 * Which records whoever works here may do something with: what the role says, with owners and departments as they are
 * here. A record that hangs on others is in reach where one of them is, as at the server, which decides.
 */

struct _TorgOwnRight
{
  TorgStore  *store;       /* not owned */
  char       *action;      /* (owned) */
  TorgRecord *role;        /* (owned) (nullable): %NULL where everything may be done, or nothing */
  gboolean    all;         /* with whatever is here */
  GHashTable *reaches;     /* (owned) (element-type utf8 utf8): those that were asked for, by types */
  GPtrArray  *users;       /* (owned): oneself and those whose work one does */
  GPtrArray  *departments; /* (owned): one's own, then those below it */
};

static const char *
get_reach (TorgOwnRight *self, const char *type)
{
  const char *reach = g_hash_table_lookup (self->reaches, type);

  if (reach == NULL)
    {
      reach = torg_role_get_reach (self->role, type, self->action);
      g_hash_table_insert (self->reaches, g_strdup (type), (gpointer) reach);
    }
  return reach;
}

static gboolean
has (GPtrArray *ids, guint n, const char *id)
{
  for (guint i = 0; id != NULL && i < MIN (n, ids->len); i++)
    if (g_str_equal (ids->pdata[i], id))
      return TRUE;
  return FALSE;
}

static gboolean
list_departments (TorgOwnRight *self, const char *root, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("department");
  g_autoptr (GPtrArray) all = root != NULL ? torg_store_list (self->store, query, 0, NULL, error) : NULL;

  if (root == NULL)
    return TRUE;
  if (all == NULL)
    return FALSE;
  g_ptr_array_add (self->departments, g_strdup (root));
  for (guint i = 0; i < self->departments->len; i++)
    for (guint j = 0; j < all->len; j++)
      if (g_strcmp0 (torg_record_get_text (all->pdata[j], "parent"), self->departments->pdata[i]) == 0 &&
          !has (self->departments, G_MAXUINT, torg_record_get_id (all->pdata[j])))
        g_ptr_array_add (self->departments, g_strdup (torg_record_get_id (all->pdata[j])));
  return TRUE;
}

static gboolean
list_users (TorgOwnRight *self, const char *user, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("delegation");
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc_usec (torg_env_get_now (self->store->env));
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  g_autoptr (GPtrArray) all = NULL;

  g_ptr_array_add (self->users, g_strdup (user));
  torg_query_add_text (query, "to_user", TORG_MATCH_IS, user);
  all = torg_store_list (self->store, query, 0, NULL, error);
  for (guint i = 0; all != NULL && i < all->len; i++)
    if (g_strcmp0 (torg_record_get_text (all->pdata[i], "starts"), today) <= 0 &&
        g_strcmp0 (torg_record_get_text (all->pdata[i], "ends"), today) >= 0)
      g_ptr_array_add (self->users, g_strdup (torg_record_get_text (all->pdata[i], "from_user")));
  return all != NULL;
}

/* Without a word of `export` one takes along what one may read, and that is what is here. */
static gboolean
names_export (TorgRecord *role)
{
  const char *text = torg_record_get_text (role, "rights");
  g_autoptr (JsonNode) rights = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObjectIter iter;
  JsonNode      *of_type;

  if (rights == NULL || !JSON_NODE_HOLDS_OBJECT (rights))
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (rights));
  while (json_object_iter_next (&iter, NULL, &of_type))
    if (JSON_NODE_HOLDS_OBJECT (of_type) && json_object_has_member (json_node_get_object (of_type), "export"))
      return TRUE;
  return FALSE;
}

/**
 * torg_own_right_new:
 * @store: a store
 * @action: as [func@role_find_reach]
 * @error: place for an error
 *
 * Finds out what whoever works here may do something with. In a replica without a server that is all.
 *
 * Returns: (transfer full) (nullable): the right, as long as @store is there and the role stays as it is
 */
TorgOwnRight *
torg_own_right_new (TorgStore *store, const char *action, GError **error)
{
  g_autoptr (TorgOwnRight) self = g_new0 (TorgOwnRight, 1);
  g_autoptr (TorgRecord) user = NULL;

  self->store = store;
  self->action = g_strdup (action);
  self->reaches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->users = g_ptr_array_new_with_free_func (g_free);
  self->departments = g_ptr_array_new_with_free_func (g_free);
  if (store->user == NULL || torg_store_is_local (store))
    {
      self->all = TRUE;
      return g_steal_pointer (&self);
    }
  user = torg_store_get (store, "user", store->user, NULL);
  self->role = torg_store_get_own_role (store);
  if (self->role == NULL)
    self->all = (user == NULL || torg_record_get_text (user, "role") == NULL) && !torg_store_has_rights (store);
  else
    self->all = g_str_equal (action, "export") && !names_export (self->role);
  if (self->role != NULL && !self->all &&
      (!list_users (self, store->user, error) ||
       !list_departments (self, user != NULL ? torg_record_get_text (user, "department") : NULL, error)))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_own_right_free:
 * @self: (transfer full): a right
 *
 * Frees a right.
 */
void
torg_own_right_free (TorgOwnRight *self)
{
  g_clear_pointer (&self->role, torg_record_unref);
  g_clear_pointer (&self->reaches, g_hash_table_unref);
  g_free (self->action);
  g_clear_pointer (&self->users, g_ptr_array_unref);
  g_clear_pointer (&self->departments, g_ptr_array_unref);
  g_free (self);
}

static gboolean
reaches_owner (TorgOwnRight *self, TorgRecord *record, const char *reach)
{
  const TorgType  *type = torg_record_get_kind (record);
  const char      *owner = torg_type_find_field (type, "owner") != NULL ? torg_record_get_text (record, "owner") : NULL;
  g_autofree char *department = NULL;

  if (has (self->users, G_MAXUINT, owner))
    return TRUE;
  if (!g_str_equal (reach, "department") && !g_str_equal (reach, "below"))
    return FALSE;
  if (torg_type_find_field (type, "department") != NULL)
    department = g_strdup (torg_record_get_text (record, "department"));
  if (department == NULL && owner != NULL)
    {
      g_autoptr (TorgRecord) user = torg_store_get (self->store, "user", owner, NULL);

      department = user != NULL ? g_strdup (torg_record_get_text (user, "department")) : NULL;
    }
  return has (self->departments, g_str_equal (reach, "department") ? 1 : G_MAXUINT, department);
}

static gboolean
reaches_parents (TorgOwnRight *self, TorgRecord *record, gboolean *any)
{
  const TorgType *type = torg_record_get_kind (record);

  *any = FALSE;
  for (guint i = 0; i < type->info->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *id = torg_record_nth (record, i)->text;
      const char      *target = field->target;
      g_autoptr (TorgRecord) parent = NULL;

      if (field->kind != TORG_KIND_REF || (field->flags & TORG_FIELD_KEYS) == 0 || id == NULL)
        continue;
      if (target == NULL)
        target = torg_record_get_text (record, "record_type");
      *any = TRUE;
      parent = target != NULL ? torg_store_get (self->store, target, id, NULL) : NULL;
      if (parent != NULL && torg_own_right_allows (self, parent))
        return TRUE;
    }
  return FALSE;
}

/* What everybody in the company works with belongs to nobody, and hangs on nothing. */
static gboolean
is_common (const TorgType *type)
{
  for (guint i = 0; i < type->info->n_fields; i++)
    if (g_str_equal (type->fields[i].name, "owner") || (type->fields[i].flags & TORG_FIELD_KEYS) != 0)
      return FALSE;
  return TRUE;
}

/* It is in reach of `all` alone; but everybody reads it, so that only a role that says so keeps it from being
 * exported. */
static gboolean
may_common (TorgOwnRight *self, const char *type)
{
  if (!g_str_equal (self->action, "export"))
    return g_str_equal (get_reach (self, type), "all");
  return !g_str_equal (get_reach (self, type), "none") ||
         g_str_equal (torg_role_get_reach (self->role, type, "read"), "none");
}

/**
 * torg_own_right_allows:
 * @record: a record of the store
 *
 * Tells whether it may be done with a record.
 *
 * Returns: whether it may
 */
gboolean
torg_own_right_allows (TorgOwnRight *self, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  const char     *reach;
  gboolean        hangs;

  if (self->all || self->role == NULL)
    return self->all;
  if (is_common (type))
    return may_common (self, type->info->name);
  reach = get_reach (self, type->info->name);
  if (reaches_parents (self, record, &hangs))
    return TRUE;
  if (g_str_equal (reach, "all") && !hangs)
    return TRUE;
  return !g_str_equal (reach, "none") && reaches_owner (self, record, reach);
}

/**
 * torg_own_right_has_kind:
 * @type: a type's name
 *
 * Tells whether there can be records of a type with which it may be done.
 *
 * Returns: whether there can be
 */
gboolean
torg_own_right_has_kind (TorgOwnRight *self, const char *type)
{
  const TorgType *kind = torg_schema_find (self->store->schema, type);

  if (self->all || self->role == NULL)
    return self->all;
  if (kind == NULL || is_common (kind))
    return may_common (self, type);
  if (!g_str_equal (get_reach (self, type), "none"))
    return TRUE;
  for (guint i = 0; i < kind->info->n_fields; i++)
    if ((kind->fields[i].flags & TORG_FIELD_KEYS) != 0 &&
        (kind->fields[i].target == NULL || !g_str_equal (get_reach (self, kind->fields[i].target), "none")))
      return TRUE;
  return FALSE;
}

/**
 * torg_own_right_reaches_others:
 * @type: the name of a type that belongs to somebody
 *
 * Tells whether there can be records of a type that belong to others with which it may be done.
 *
 * Returns: whether there can be
 */
gboolean
torg_own_right_reaches_others (TorgOwnRight *self, const char *type)
{
  const char *reach = self->role != NULL ? get_reach (self, type) : NULL;

  return self->all || (reach != NULL && !g_str_equal (reach, "none") && !g_str_equal (reach, "own"));
}
