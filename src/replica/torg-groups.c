/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-groups.h"
#include "torg-path.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * SQL adds up by value, stage and currency; the probabilities come to it here, where no product is too large. By a
 * field of the client it adds up by client first, so that each client is looked up once and not once a deal.
 */

typedef struct
{
  TorgGroup *group;   /* (owned) */
  __int128   product; /* of the sums and the probabilities, in 1/1,000,000 */
} Sum;

static void
sum_free (gpointer data)
{
  Sum *sum = data;

  g_clear_pointer (&sum->group, torg_group_free);
  g_free (sum);
}

static gboolean
is_blob (const TorgField *field)
{
  return field->kind == TORG_KIND_REF && (field->flags & TORG_FIELD_CUSTOM) == 0;
}

/* The expression that records of one type have in common. */
static gboolean
append_key (GString *sql, const TorgField *field, GError **error)
{
  switch (field->kind)
    {
      case TORG_KIND_REF:
      case TORG_KIND_CHOICE:
      case TORG_KIND_TEXT:
        torg_record_table_append_column (sql, field);
        return TRUE;
      case TORG_KIND_DATE:
        g_string_append (sql, "substr(");
        torg_record_table_append_column (sql, field);
        g_string_append (sql, ", 1, 7)");
        return TRUE;
      case TORG_KIND_NUMBER:
      case TORG_KIND_MONEY:
      case TORG_KIND_MOMENT:
      case TORG_KIND_ZONED:
      case TORG_KIND_SET:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Nothing can be grouped by “%s”."),
                     torg_field_get_label (field));
        return FALSE;
    }
}

static char *
read_key (TorgStatement *statement, int column, gboolean blob)
{
  return blob ? torg_statement_dup_id (statement, column) : g_strdup (torg_statement_get_text (statement, column));
}

/* The probability of each stage, of which there are few: id → 1/10,000 per cent. */
static GHashTable *
read_probabilities (TorgStore *self, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("stage");
  g_autoptr (GPtrArray) stages = NULL;
  GHashTable *probabilities;

  torg_query_with_deleted (query);
  stages = torg_store_list (self, query, 0, NULL, error);
  if (stages == NULL)
    return NULL;
  probabilities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < stages->len; i++)
    {
      TorgRecord *stage = g_ptr_array_index (stages, i);

      g_hash_table_insert (probabilities, g_strdup (torg_record_get_id (stage)),
                           g_memdup2 (&(gint64) { torg_record_get_number (stage, "probability") }, sizeof (gint64)));
    }
  return probabilities;
}

/* What the clients have in the field: id → key. Those without anything are left out. */
static GHashTable *
read_clients (TorgStore *self, const TorgPath *path, GError **error)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GString) sql = g_string_new ("SELECT id, ");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row, ok;

  if (!append_key (sql, path->field, error))
    return NULL;
  g_string_append_printf (sql, " FROM \"%s\"", path->type->info->name);
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement == NULL)
    return NULL;
  while ((ok = torg_statement_step (statement, &row, error)) && row)
    {
      char *key = read_key (statement, 1, is_blob (path->field));

      if (key != NULL)
        g_hash_table_insert (keys, torg_statement_dup_id (statement, 0), key);
    }
  return ok ? g_steal_pointer (&keys) : NULL;
}

static TorgStatement *
prepare (TorgStore *self, TorgQuery *query, const TorgType *type, const TorgPath *path, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  TorgStatement *statement;

  if (!append_key (sql, path->via != NULL ? path->via : path->field, error))
    return NULL;
  g_string_append (sql, torg_type_find_field (type, "stage") != NULL ? ", stage" : ", NULL");
  g_string_append (sql, torg_type_find_field (type, "amount") != NULL
                          ? ", ifnull(amount_currency, ''), count(*), sum(ifnull(amount, 0))"
                          : ", '', count(*), 0");
  g_string_append_printf (sql, " FROM \"%s\"", type->info->name);
  if (!torg_query_append_where (self, query, type, sql, error))
    return NULL;
  g_string_append (sql, " GROUP BY 1, 2, 3");
  statement = torg_db_prepare (self->db, sql->str, error);
  if (statement != NULL)
    torg_query_bind (self, query, type, statement);
  return statement;
}

static Sum *
ensure_sum (GHashTable *sums, const char *key, const char *currency)
{
  g_autofree char *name = g_strdup_printf ("%s\n%s%s", currency, key != NULL ? "=" : "", key != NULL ? key : "");
  Sum             *sum = g_hash_table_lookup (sums, name);

  if (sum != NULL)
    return sum;
  sum = g_new0 (Sum, 1);
  sum->group = g_new0 (TorgGroup, 1);
  sum->group->key = g_strdup (key);
  g_strlcpy (sum->group->currency, currency, sizeof sum->group->currency);
  g_hash_table_insert (sums, g_steal_pointer (&name), sum);
  return sum;
}

static gboolean
add_up (TorgStatement *statement,
        GHashTable    *sums,
        gboolean       blob,
        GHashTable    *clients,
        GHashTable    *probabilities,
        GError       **error)
{
  gboolean row, ok;

  while ((ok = torg_statement_step (statement, &row, error)) && row)
    {
      g_autofree char *key = read_key (statement, 0, blob);
      g_autofree char *stage = torg_statement_dup_id (statement, 1);
      const gint64    *probability = stage != NULL ? g_hash_table_lookup (probabilities, stage) : NULL;
      const char      *found = clients != NULL && key != NULL ? g_hash_table_lookup (clients, key) : NULL;
      Sum             *sum = ensure_sum (sums, clients != NULL ? found : key, torg_statement_get_text (statement, 2));

      sum->group->n += torg_statement_get_int (statement, 3);
      sum->group->sum += torg_statement_get_int (statement, 4);
      if (probability != NULL)
        sum->product += (__int128) torg_statement_get_int (statement, 4) * *probability;
    }
  return ok;
}

/* By what they are called, nothing last; then by currency. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const TorgGroup *one = *(const TorgGroup *const *) a, *other = *(const TorgGroup *const *) b;
  const char      *name = one->title != NULL ? one->title : one->key;
  const char      *other_name = other->title != NULL ? other->title : other->key;
  int              order = (name == NULL) - (other_name == NULL);

  if (order == 0 && name != NULL)
    order = g_utf8_collate (name, other_name);
  if (order == 0)
    order = g_strcmp0 (one->key, other->key);
  return order != 0 ? order : strcmp (one->currency, other->currency);
}

static GPtrArray *
finish (TorgStore *self, GHashTable *sums, const TorgField *field)
{
  GPtrArray       *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_group_free);
  g_autofree char *target = field->kind == TORG_KIND_REF ? torg_field_dup_target_type (field) : NULL;
  GHashTableIter   iter;
  Sum             *sum;

  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &sum))
    {
      TorgGroup *group = g_steal_pointer (&sum->group);
      __int128   half = sum->product < 0 ? -500000 : 500000;

      group->weighted = (gint64) ((sum->product + half) / 1000000);
      if (target != NULL && group->key != NULL)
        group->title = torg_store_dup_title (self, target, group->key);
      g_ptr_array_add (groups, group);
    }
  g_ptr_array_sort (groups, compare);
  return groups;
}

/**
 * torg_store_list_groups:
 * @query: which records
 * @path: what they are grouped by, see [func@path_find]: a reference, a choice, a text, or a date by its month
 * @cancellable: (nullable): to stop it
 * @error: place for an error; %TORG_ERROR_INVALID where nothing can be grouped by the field
 *
 * Counts and adds up records by a value that they have in common, exactly and over all of them. Amounts of several
 * currencies make several groups.
 *
 * Returns: (transfer full) (element-type TorgGroup) (nullable): the groups, by what they are called
 */
GPtrArray *
torg_store_list_groups (TorgStore *self, TorgQuery *query, const char *path, GCancellable *cancellable, GError **error)
{
  const TorgType *type = torg_schema_find (self->schema, torg_query_get_kind (query));
  g_autoptr (GHashTable) sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sum_free);
  g_autoptr (GHashTable) probabilities = NULL;
  g_autoptr (GHashTable) clients = NULL;
  g_autoptr (TorgStatement) statement = NULL;
  TorgPath found;
  gboolean ok;

  if (type == NULL || !torg_path_find (self->schema, type, path, &found))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no field “%s”."),
                   type != NULL ? torg_type_get_label (type) : torg_query_get_kind (query), path);
      return NULL;
    }
  probabilities = read_probabilities (self, error);
  if (probabilities == NULL)
    return NULL;
  if (found.via != NULL && (clients = read_clients (self, &found, error)) == NULL)
    return NULL;
  statement = prepare (self, query, type, &found, error);
  if (statement == NULL)
    return NULL;
  torg_db_set_cancellable (self->db, cancellable);
  ok = add_up (statement, sums, is_blob (found.via != NULL ? found.via : found.field), clients, probabilities, error);
  torg_db_set_cancellable (self->db, NULL);
  return ok ? finish (self, sums, found.field) : NULL;
}

/**
 * torg_group_free:
 * @self: (transfer full): a group
 *
 * Frees a group.
 */
void
torg_group_free (TorgGroup *self)
{
  g_free (self->key);
  g_free (self->title);
  g_free (self);
}
