/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-json.h"
#include "torg-store-private.h"
#include "torg-wire.h"

/*
 * What the server does not have yet, in the order of editing (DESIGN.md §3). `client_seq` is given when a batch is
 * built; from then on a row counts as tried. It is 0 where it was tried and is to be given another one. `shadow` keeps
 * the server's row of each record with unsent mutations.
 */

/* The first schema had no columns for the import, and for the mutation that a deletion follows from. */
static gboolean
add_columns (TorgDb *db, GError **error)
{
  gint64 has = 0;

  return torg_db_get_int (db, "SELECT count(*) FROM pragma_table_info('outbox') WHERE name = 'import'", &has, error) &&
         (has != 0 || torg_db_exec (db,
                                    "ALTER TABLE outbox ADD COLUMN import TEXT; "
                                    "ALTER TABLE outbox ADD COLUMN cascade BLOB",
                                    error)) &&
         torg_db_exec (db, "CREATE INDEX IF NOT EXISTS outbox_cascade ON outbox (cascade) WHERE cascade IS NOT NULL",
                       error);
}

gboolean
torg_outbox_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (
           db,
           "CREATE TABLE IF NOT EXISTS outbox (rid INTEGER PRIMARY KEY AUTOINCREMENT, "
           "mutation BLOB NOT NULL UNIQUE, group_id BLOB NOT NULL, op TEXT NOT NULL, command TEXT, "
           "type TEXT NOT NULL, id BLOB NOT NULL, base_seq INTEGER NOT NULL, fields TEXT NOT NULL, "
           "edited_at INTEGER NOT NULL, schema INTEGER NOT NULL, client_seq INTEGER, import TEXT, cascade BLOB) STRICT;"
           "CREATE INDEX IF NOT EXISTS outbox_id ON outbox (id);"
           "CREATE TABLE IF NOT EXISTS shadow (id BLOB PRIMARY KEY, type TEXT NOT NULL, "
           "record TEXT NOT NULL) STRICT, WITHOUT ROWID;"
           "CREATE TABLE IF NOT EXISTS sent (mutation BLOB PRIMARY KEY, record BLOB NOT NULL, body TEXT NOT NULL, "
           "at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
           "CREATE INDEX IF NOT EXISTS sent_record ON sent (record);"
           "CREATE INDEX IF NOT EXISTS sent_at ON sent (at);"
           "CREATE TABLE IF NOT EXISTS attention (rid INTEGER PRIMARY KEY AUTOINCREMENT, "
           "mutation TEXT NOT NULL, code TEXT NOT NULL, detail TEXT, at INTEGER NOT NULL) STRICT;",
           error) &&
         add_columns (db, error);
}

/* `{field: {"base", "new"}}` of what the mutation changed. */
static char *
build_fields (TorgMutation *mutation, TorgRecord *before, TorgRecord *after)
{
  const TorgType *type = torg_record_get_kind (after);
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *fields = json_object_new ();

  json_node_take_object (root, fields);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (after, i);
      const TorgValue *base = before != NULL ? torg_record_nth (before, i) : NULL;
      JsonObject      *change;

      if (field->merge == TORG_MERGE_DERIVED || mutation->op == TORG_OP_DELETE || mutation->op == TORG_OP_RESTORE ||
          (base != NULL ? torg_value_equal (base, value) : torg_value_is_null (value)))
        continue;
      change = json_object_new ();
      if (base != NULL)
        json_object_set_member (change, "base", torg_value_to_json (base, field->kind));
      json_object_set_member (change, "new", torg_value_to_json (value, field->kind));
      json_object_set_object_member (fields, field->name, change);
    }
  return json_to_string (root, FALSE);
}

static gboolean
keep_shadow (TorgStore *self, TorgRecord *before, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;

  if (before == NULL || torg_record_get_seq (before) == 0)
    return TRUE;
  statement = torg_db_prepare (self->db, "INSERT OR IGNORE INTO shadow VALUES (?1, ?2, ?3)", error);
  if (statement == NULL)
    return FALSE;
  node = torg_record_to_json (before);
  json = json_to_string (node, FALSE);
  torg_statement_bind_id (statement, 1, torg_record_get_id (before));
  torg_statement_bind_text (statement, 2, torg_record_get_kind (before)->info->name);
  torg_statement_bind_text (statement, 3, json);
  return torg_statement_run (statement, error);
}

/* The server takes groups of a certain length only; what the user did at once may be longer. */
static const char *
ensure_group (TorgStore *self)
{
  if (self->n_sent++ % TORG_EDIT_MAX_GROUP == 0)
    {
      g_autofree char *group = torg_env_make_id (self->env);

      g_strlcpy (self->group, group, sizeof self->group);
    }
  return self->group;
}

/* The last change that whoever edits @before knew of. A deletion speaks of all that goes along, which is here already:
 * what somebody adds to it later, the server tells by a greater number. */
static gboolean
find_base (TorgStore *self, TorgMutation *mutation, TorgRecord *before, gboolean cascade, gint64 *base, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  *base = before != NULL ? torg_record_get_seq (before) : 0;
  /* While all is sent anew, it is not known which one it was: the first. */
  if (*base < 0)
    *base = 1;
  if (mutation->op != TORG_OP_DELETE || cascade || *base <= 0)
    return TRUE;
  statement = torg_db_prepare (self->db, "SELECT max(base_seq) FROM outbox WHERE cascade = ?1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, self->mutation);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    *base = MAX (*base, torg_statement_get_int (statement, 0));
  return TRUE;
}

/*
 * Adds a mutation to the group of the undo step that was begun last. A deletion by cascade is not sent, as the server
 * finds it by itself, nor is what comes back with a record; it is there so that it is taken back where the server does
 * not do it.
 */
gboolean
torg_outbox_add (TorgStore    *self,
                 TorgMutation *mutation,
                 TorgRecord   *before,
                 TorgRecord   *after,
                 const char   *import,
                 gboolean      cascade,
                 GError      **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  g_autofree char *fields = NULL;
  g_autofree char *id = NULL;
  gint64           base;

  if (self->local)
    return TRUE;
  if (!keep_shadow (self, before, error) || !find_base (self, mutation, before, cascade, &base, error))
    return FALSE;
  statement =
    torg_db_prepare (self->db,
                     "INSERT INTO outbox (mutation, group_id, op, command, type, id, base_seq, fields, "
                     "edited_at, schema, import, cascade) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                     error);
  if (statement == NULL)
    return FALSE;
  fields = build_fields (mutation, before, after);
  id = cascade ? torg_id_derive (self->mutation, mutation->id) : g_strdup (self->mutation);
  torg_statement_bind_id (statement, 1, id);
  torg_statement_bind_id (statement, 2, ensure_group (self));
  torg_statement_bind_text (statement, 3, torg_wire_op_to_string (mutation->op));
  torg_statement_bind_text (statement, 4, mutation->command);
  torg_statement_bind_text (statement, 5, mutation->type);
  torg_statement_bind_id (statement, 6, mutation->id);
  torg_statement_bind_int (statement, 7, base);
  torg_statement_bind_text (statement, 8, fields);
  torg_statement_bind_int (statement, 9, torg_env_get_now (self->env));
  torg_statement_bind_int (statement, 10, TORG_SCHEMA_VERSION);
  torg_statement_bind_text (statement, 11, import);
  torg_statement_bind_id (statement, 12, cascade ? self->mutation : NULL);
  return torg_statement_run (statement, error);
}

/* A record's creation, for reading: what is sent has an id of its own. */
TorgWireMutation *
torg_outbox_describe (TorgStore *self, TorgRecord *record)
{
  TorgMutation      creation = { .op = TORG_OP_CREATE };
  TorgWireMutation *mutation = torg_wire_mutation_new ();
  const TorgType   *type = torg_record_get_kind (record);
  g_autofree char  *fields = build_fields (&creation, NULL, record);
  JsonNode         *node = json_from_string (fields, NULL);
  const TorgField  *created = torg_type_find_field (type, "created");

  mutation->id = g_strdup (torg_record_get_id (record));
  mutation->op = TORG_OP_CREATE;
  mutation->type = g_strdup (type->info->name);
  mutation->record = g_strdup (torg_record_get_id (record));
  if (node != NULL)
    {
      json_node_unref (mutation->fields);
      mutation->fields = node;
    }
  mutation->edited_at = created != NULL && !torg_value_is_null (torg_record_nth (record, created->index))
                          ? torg_record_nth (record, created->index)->number
                          : torg_env_get_now (self->env);
  mutation->schema = TORG_SCHEMA_VERSION;
  return mutation;
}

/* Whether any of a range of rows, both ends included, was given to the server. */
gboolean
torg_outbox_was_tried (TorgStore *self, gint64 from, gint64 to, gboolean *tried, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  /* A row that is gone was acknowledged. */
  statement = torg_db_prepare (
    self->db, "SELECT count(*) < ?2 - ?1 + 1 OR count(client_seq) > 0 FROM outbox WHERE rid BETWEEN ?1 AND ?2", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, from);
  torg_statement_bind_int (statement, 2, to);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  *tried = row && torg_statement_get_int (statement, 0) != 0;
  return TRUE;
}

/* Takes back rows that were never tried. What the server sent meanwhile is under them, and shows now. */
gboolean
torg_outbox_remove (TorgStore *self, gint64 from, gint64 to, GError **error)
{
  g_autoptr (TorgStatement) list =
    torg_db_prepare (self->db, "SELECT DISTINCT type, id FROM outbox WHERE rid BETWEEN ?1 AND ?2", error);
  g_autoptr (TorgStatement) remove =
    torg_db_prepare (self->db, "DELETE FROM outbox WHERE rid BETWEEN ?1 AND ?2", error);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  gboolean row;

  if (list == NULL || remove == NULL)
    return FALSE;
  torg_statement_bind_int (list, 1, from);
  torg_statement_bind_int (list, 2, to);
  for (;;)
    {
      if (!torg_statement_step (list, &row, error))
        return FALSE;
      if (!row)
        break;
      g_ptr_array_add (records, g_strdup (torg_statement_get_text (list, 0)));
      g_ptr_array_add (records, torg_statement_dup_id (list, 1));
    }
  torg_statement_bind_int (remove, 1, from);
  torg_statement_bind_int (remove, 2, to);
  if (!torg_statement_run (remove, error))
    return FALSE;
  for (guint i = 0; i < records->len; i += 2)
    if (!torg_incoming_settle (self, records->pdata[i], records->pdata[i + 1], error))
      return FALSE;
  return torg_db_exec (self->db, "DELETE FROM shadow WHERE id NOT IN (SELECT id FROM outbox)", error);
}
