/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-access.h"

#include <string.h>

/* What everybody in the company works with. */
static const char *const common[] = { "user",    "department", "role",       "delegation",          "pipeline",
                                      "stage",   "tag",        "dictionary", "field_def",           "vat_rate",
                                      "product", "bank",       "own_entity", "production_calendar", "card_layout",
                                      NULL };

/**
 * torg_access_is_common:
 * @type: a type's name
 *
 * Tells whether everybody in the company works with all records of a type.
 *
 * Returns: whether they do
 */
gboolean
torg_access_is_common (const char *type)
{
  return g_strv_contains (common, type);
}

/**
 * torg_access_carries:
 * @type: a type
 * @field: one of its fields
 * @parent: a type's name
 *
 * Tells whether records carry the keys of the records of another type that they refer to by a field.
 *
 * Returns: whether they do
 */
gboolean
torg_access_carries (const TorgType *type, const TorgField *field, const char *parent)
{
  if (field->kind != TORG_KIND_REF || (field->flags & TORG_FIELD_KEYS) == 0)
    return FALSE;
  return field->target == NULL || g_str_equal (field->target, parent);
}

/**
 * torg_access_add_key:
 * @keys: (element-type utf8): keys
 * @key: (transfer full): another one
 *
 * Adds a key that is not there yet.
 */
void
torg_access_add_key (GPtrArray *keys, char *key)
{
  if (g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL))
    g_free (key);
  else
    g_ptr_array_add (keys, key);
}

/**
 * torg_access_add_keys:
 * @keys: (element-type utf8): keys
 * @text: (nullable): `|KEY|KEY|`
 *
 * Adds those of a list that are not there yet.
 */
void
torg_access_add_keys (GPtrArray *keys, const char *text)
{
  g_auto (GStrv) list = g_strsplit (text != NULL ? text : "", "|", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0')
      torg_access_add_key (keys, g_strdup (list[i]));
}

/**
 * torg_access_get_text:
 * @record: a record
 * @field: the name of a text or a reference
 *
 * Gives what stands in a field, which records of some types do not have.
 *
 * Returns: (transfer none) (nullable): a text
 */
const char *
torg_access_get_text (TorgRecord *record, const char *field)
{
  return torg_type_find_field (torg_record_get_kind (record), field) != NULL ? torg_record_get_text (record, field)
                                                                             : NULL;
}

/* A record without a department of its own belongs to that of its owner. */
static gboolean
add_owner (TorgCommit *commit, TorgRecord *record, GPtrArray *keys, GError **error)
{
  const char *type = torg_record_get_kind (record)->info->name;
  const char *owner = torg_access_get_text (record, "owner"), *department = torg_access_get_text (record, "department");
  TorgEntry  *user = NULL;

  if (owner != NULL)
    {
      torg_access_add_key (keys, g_strdup_printf ("%s:u:%s", type, owner));
      if (department == NULL && !torg_commit_get (commit, "user", owner, &user, error))
        return FALSE;
      if (user != NULL)
        department = torg_access_get_text (user->after, "department");
    }
  if (department != NULL)
    torg_access_add_key (keys, g_strdup_printf ("%s:d:%s", type, department));
  return TRUE;
}

/* Its keys as they are stored say nothing of a record that is new or changed among the changes. */
static char *
dup_parent_keys (TorgCommit *commit, TorgRecord *child, TorgEntry *parent, GError **error)
{
  if (parent->keys_after != NULL)
    return g_strdup (parent->keys_after);
  /* A parent's type comes first, so that this ends whatever refers to what. */
  if (parent->after != parent->before &&
      torg_record_get_kind (parent->after)->index < torg_record_get_kind (child)->index)
    return torg_access_compute_keys (commit, parent->after, error);
  return g_strdup (parent->keys_before != NULL ? parent->keys_before : "");
}

static gboolean
add_parents (TorgCommit *commit, TorgRecord *record, GPtrArray *keys, gboolean *any, GError **error)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->info->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const char      *id = torg_record_nth (record, i)->text;
      const char      *target = field->target != NULL ? field->target : torg_access_get_text (record, "record_type");
      g_autofree char *carried = NULL;
      TorgEntry       *parent;

      if (field->kind != TORG_KIND_REF || (field->flags & TORG_FIELD_KEYS) == 0 || id == NULL || target == NULL)
        continue;
      if (!torg_commit_get (commit, target, id, &parent, error))
        return FALSE;
      if (parent == NULL)
        continue;
      *any = TRUE;
      carried = dup_parent_keys (commit, record, parent, error);
      if (carried == NULL)
        return FALSE;
      torg_access_add_keys (keys, carried);
    }
  return TRUE;
}

/* With whom a record is shared: stored shares, and those among the changes. */
static gboolean
add_shares (TorgCommit *commit, TorgRecord *record, GPtrArray *keys, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  const TorgType  *type = torg_schema_find (torg_server_store_get_schema (store), "share");
  g_autoptr (GPtrArray) ids = torg_commit_list_referents (commit, type, torg_type_find_field (type, "record"),
                                                          torg_record_get_id (record), error);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      TorgEntry *share;

      if (!torg_commit_get (commit, "share", g_ptr_array_index (ids, i), &share, error))
        return FALSE;
      if (share != NULL && torg_record_get_deleted (share->after) == 0 &&
          torg_access_get_text (share->after, "user") != NULL &&
          g_strcmp0 (torg_access_get_text (share->after, "record"), torg_record_get_id (record)) == 0)
        torg_access_add_key (keys, g_strconcat ("u:", torg_access_get_text (share->after, "user"), NULL));
    }
  return TRUE;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * torg_access_compute_keys:
 * @commit: the changes that the record is among
 * @record: a record; what it carries the keys of has them already
 * @error: place for an error
 *
 * Computes the access keys of a record.
 *
 * Returns: (transfer full) (nullable): keys
 */
char *
torg_access_compute_keys (TorgCommit *commit, TorgRecord *record, GError **error)
{
  const char *type = torg_record_get_kind (record)->info->name;
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new ("|");
  gboolean has_parent = FALSE;

  if (torg_access_is_common (type))
    torg_access_add_key (keys, g_strdup ("all"));
  else
    {
      gboolean child =
        g_strv_contains ((const char *const[]) { "history", "conflict", "share", "deal_line", "attachment",
                                                 "company_person", "legal_entity", "bank_account", NULL },
                         type);

      if (!add_parents (commit, record, keys, &has_parent, error) ||
          (!child && (!add_owner (commit, record, keys, error) || !add_shares (commit, record, keys, error))))
        {
          g_string_free (text, TRUE);
          return NULL;
        }
      if (!has_parent)
        torg_access_add_key (keys, g_strconcat (type, ":*", NULL));
      if (g_str_equal (type, "share") && torg_access_get_text (record, "user") != NULL)
        torg_access_add_key (keys, g_strconcat ("u:", torg_access_get_text (record, "user"), NULL));
    }
  g_ptr_array_sort (keys, compare_keys);
  for (guint i = 0; i < keys->len; i++)
    g_string_append_printf (text, "%s|", (const char *) g_ptr_array_index (keys, i));
  return g_string_free_and_steal (text);
}

static gboolean
touch_shared (TorgCommit *commit, TorgRecord *share, GError **error)
{
  if (share == NULL || torg_record_get_text (share, "record") == NULL)
    return TRUE;
  return torg_commit_touch (commit, torg_record_get_text (share, "record_type"), torg_record_get_text (share, "record"),
                            error);
}

/* What belongs to somebody. */
static gboolean
touch_owned (TorgCommit *commit, const char *user, GError **error)
{
  TorgServerStore *store = torg_commit_get_store (commit);
  TorgSchema      *schema = torg_server_store_get_schema (store);

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType  *type = torg_schema_nth (schema, i);
      const TorgField *owner = torg_type_find_field (type, "owner");
      g_autoptr (GPtrArray) ids = NULL;

      if (owner == NULL || (owner->flags & TORG_FIELD_CUSTOM) != 0)
        continue;
      ids = torg_server_store_list_referents (store, type, owner, user, error);
      if (ids == NULL)
        return FALSE;
      for (guint j = 0; j < ids->len; j++)
        if (!torg_commit_touch (commit, type->info->name, g_ptr_array_index (ids, j), error))
          return FALSE;
    }
  return TRUE;
}

/**
 * torg_access_touch:
 * @commit: the changes that the record is among
 * @before: (nullable): the record as it was
 * @after: the record as it becomes
 * @error: place for an error
 *
 * Touches what takes its access keys from a record that it does not refer to as its parent: what a share shares or
 * shared, and what belongs to an employee who goes to another department.
 *
 * Returns: whether that worked
 */
gboolean
torg_access_touch (TorgCommit *commit, TorgRecord *before, TorgRecord *after, GError **error)
{
  const char *type = torg_record_get_kind (after)->info->name;

  if (g_str_equal (type, "share"))
    return touch_shared (commit, before, error) && touch_shared (commit, after, error);
  if (!g_str_equal (type, "user") || before == NULL ||
      g_strcmp0 (torg_record_get_text (before, "department"), torg_record_get_text (after, "department")) == 0)
    return TRUE;
  return touch_owned (commit, torg_record_get_id (after), error);
}
