/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-sight.h"
#include "torg-check.h"
#include "torg-json.h"
#include "torg-merge.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-sync.h"

/* What must hold when the network is whole again and all is quiet; each check is a plain question to the databases. */

static gint64
ask_server (SimWorld *self, const char *sql)
{
  gint64 n = -1;

  torg_db_get_int (torg_server_store_get_db (self->server), sql, &n, NULL);
  return n;
}

/* --- replicas that lose records ------------------------------------------------------------------------------------
 */

/* One goes, one is as it never was at the server. */
static void
rot (SimClient *client)
{
  static const char *const types[] = { "company", "deal", "activity", "history" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GString) sql = g_string_new ("SELECT id FROM \"");
      g_autoptr (TorgStatement) statement = NULL;
      g_autoptr (TorgRecord) record = NULL;
      g_autofree char *id = NULL;
      gboolean         row;

      g_string_append_printf (
        sql, "%s\" WHERE seq > 0 AND id NOT IN (SELECT id FROM outbox) ORDER BY id LIMIT 1 OFFSET 2", types[i]);
      statement = torg_db_prepare (client->store->db, sql->str, NULL);
      if (!torg_statement_step (statement, &row, NULL) || !row)
        continue;
      id = torg_statement_dup_id (statement, 0);
      g_clear_pointer (&statement, torg_statement_release);
      record = torg_store_get (client->store, types[i], id, NULL);
      g_assert_true (torg_store_begin (client->store, NULL));
      g_assert_true (torg_apply_purge (client->store, record, NULL));
      g_assert_true (torg_store_commit (client->store, NULL));
    }
  g_assert_true (torg_db_exec (client->store->db,
                               "UPDATE person SET seq = 1, job = 'rotten' WHERE seq > 1 AND id NOT IN (SELECT id FROM "
                               "outbox)",
                               NULL));
}

/* --- all come together -------------------------------------------------------------------------------------------- */

static char *
quiet (SimWorld *self)
{
  for (guint round = 0; round < 4; round++)
    for (guint i = 0; i < SIM_CLIENTS; i++)
      {
        SimClient *client = &self->clients[i];
        gboolean   more = TRUE;

        /* Here nobody waits until it is asked again. */
        torg_state_set (client->store->db, "verify_tried", NULL, NULL);
        for (guint step = 0; more; step++)
          {
            g_autoptr (GError) error = NULL;

            /* Whom the server does not know any more signs in again. */
            if (!torg_sync_step (client->store, client->transport, &more, NULL, &error) &&
                g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN) && step < 400)
              {
                sim_sign_in (client);
                more = TRUE;
                continue;
              }
            if (error != NULL)
              return g_strdup_printf ("client %u cannot sync: %s", i, error->message);
            if (step > 400)
              return g_strdup_printf ("client %u never comes to an end", i);
          }
      }
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      g_autofree char *verified = torg_store_get_state (self->clients[i].store, "verified");

      if (torg_store_count_unsent (self->clients[i].store) > 0)
        return g_strdup_printf ("client %u has unsent edits left", i);
      /* All that a server answers for ever instead would pass as well. */
      if (verified == NULL)
        return g_strdup_printf ("client %u is never compared with its server", i);
    }
  return NULL;
}

/* --- each replica is what its user may see ------------------------------------------------------------------------ */

/* A record as both sides must have it. */
static char *
describe (TorgRecord *record, TorgSight *sight)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (TorgRecord) copy = torg_record_copy (record);
  g_autoptr (GList) names = NULL;
  JsonObject *fields;
  GString    *text = g_string_new (NULL);

  node = torg_record_to_json (copy);
  fields = json_object_get_object_member (json_node_get_object (node), "fields");
  names = g_list_sort (json_object_get_members (fields), (GCompareFunc) g_strcmp0);
  g_string_append_printf (text, "%s %s seq %" G_GINT64_FORMAT " deleted %" G_GINT64_FORMAT, type->info->name,
                          torg_record_get_id (record), torg_record_get_seq (record), torg_record_get_deleted (record));
  for (GList *name = names; name != NULL; name = name->next)
    {
      const TorgField *field = torg_type_find_field (type, name->data);
      g_autofree char *value = NULL;

      /* What is hidden of an edit as a whole is not sent; that it is not, is tested elsewhere. */
      if (g_str_equal (type->info->name, "conflict") &&
          (g_str_equal (name->data, "proposed") || g_str_equal (name->data, "along")))
        continue;
      if (torg_sight_hides (sight, type->info->name, name->data) ||
          (field != NULL && field->merge == TORG_MERGE_DERIVED))
        continue;
      value = json_to_string (json_object_get_member (fields, name->data), FALSE);
      g_string_append_printf (text, " %s=%s", (char *) name->data, value);
    }
  return g_string_free_and_steal (text);
}

static char *
compare_type (SimWorld *self, SimClient *client, TorgSight *sight, const char *name)
{
  const TorgType *on_server = torg_schema_find (torg_server_store_get_schema (self->server), name);
  const TorgType *here = torg_schema_find (torg_store_get_schema (client->store), name);
  g_autoptr (GPtrArray) expected =
    torg_server_store_list_page (self->server, on_server, NULL, G_MAXINT, torg_sight_get_keys (sight), NULL);
  g_autoptr (TorgQuery) query = torg_query_new (name);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *sql = g_strdup_printf ("SELECT id FROM \"%s\"", name);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  for (guint i = 0; i < expected->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (expected, i);
      g_autoptr (TorgRecord) found = torg_store_get (client->store, name, torg_record_get_id (record), NULL);
      g_autofree char *one = describe (record, sight);
      g_autofree char *other = NULL;

      if (torg_sight_hides_line (sight, record))
        continue;
      g_hash_table_add (seen, (gpointer) torg_record_get_id (record));
      if (found == NULL)
        return g_strdup_printf ("client %u lacks %s", client->number, one);
      other = describe (found, sight);
      if (!g_str_equal (one, other))
        return g_strdup_printf ("client %u has\n  %s\ninstead of\n  %s", client->number, other, one);
      if (here != NULL)
        for (guint j = 0; j < here->n_fields; j++)
          if (torg_sight_hides (sight, name, here->fields[j].name) && !torg_value_is_null (torg_record_nth (found, j)))
            return g_strdup_printf ("client %u sees the hidden field %s of %s", client->number, here->fields[j].name,
                                    one);
    }
  statement = torg_db_prepare (client->store->db, sql, NULL);
  while (torg_statement_step (statement, &row, NULL) && row)
    {
      g_autofree char *id = torg_statement_dup_id (statement, 0);

      if (!g_hash_table_contains (seen, id) &&
          (!g_str_equal (name, "history") || !g_hash_table_contains (client->content, id)))
        {
          g_autoptr (TorgRecord) record = torg_store_get (client->store, name, id, NULL);
          g_autoptr (JsonNode) node = torg_record_to_json (record);
          g_autofree char *json = json_to_string (node, FALSE);

          return g_strdup_printf ("client %u has %s, which it must not see", client->number, json);
        }
    }
  return NULL;
}

static char *
compare_client (SimWorld *self, SimClient *client)
{
  TorgSchema *schema = torg_server_store_get_schema (self->server);
  g_autoptr (TorgSight) sight = torg_sight_new (self->server, client->user, NULL);
  gint64 n = 0;

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      char *problem = compare_type (self, client, sight, torg_schema_nth (schema, i)->info->name);

      if (problem != NULL)
        return problem;
    }
  torg_db_get_int (client->store->db, "SELECT count(*) FROM shadow", &n, NULL);
  if (n != 0)
    return g_strdup_printf ("client %u keeps shadows", client->number);
  return NULL;
}

/* --- nothing that was saved is lost ------------------------------------------------------------------------------- */

static gboolean
has_row (SimWorld   *self,
         const char *table,
         const char *mutation,
         const char *prefix,
         const char *record,
         const char *field)
{
  g_autofree char *name = g_strconcat (prefix, record, "/", field, NULL);
  g_autofree char *id = torg_id_derive (mutation, name);
  g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM \"%s\" WHERE workspace = 1 AND id = ?1", table);
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (self->server), sql, NULL);
  gboolean row;

  torg_statement_bind_id (statement, 1, id);
  return torg_statement_step (statement, &row, NULL) && row;
}

static gboolean
left_line (SimWorld *self, TorgWireMutation *mutation, const char *field)
{
  return has_row (self, "history", mutation->id, "", mutation->record, field) ||
         has_row (self, "conflict", mutation->id, "conflict/", mutation->record, field);
}

/* Whether a difference about the stage tells of a field of the same move. */
static gboolean
went_along (SimWorld *self, TorgWireMutation *mutation, const char *field)
{
  g_autofree char *name = g_strconcat ("conflict/", mutation->record, "/stage", NULL);
  g_autofree char *id = torg_id_derive (mutation->id, name);
  g_autofree char *path = g_strdup_printf ("$.\"%s\".new", field);
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (self->server),
    "SELECT 1 FROM conflict WHERE workspace = 1 AND id = ?1 AND json_type(along, ?2) IS NOT NULL", NULL);
  gboolean row;

  torg_statement_bind_id (statement, 1, id);
  torg_statement_bind_text (statement, 2, path);
  return torg_statement_step (statement, &row, NULL) && row;
}

typedef struct
{
  const TorgField *field;
  TorgValue        base;    /* (owned) */
  TorgValue        changed; /* (owned) */
} Change;

static void
change_clear (Change *self)
{
  torg_value_clear (&self->base);
  torg_value_clear (&self->changed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Change, change_clear)

/* Whether a change of a field adds nothing to @value. Lines of a text and members of a set that somebody else has put
 * there too make nothing new, although the whole of it was never just as the change had it. */
static gboolean
is_contained (const Change *change, const TorgValue *value)
{
  g_auto (TorgValue) merged = TORG_VALUE_INIT;
  TorgMerged result = torg_merge_field (change->field, &change->base, value, &change->changed, &merged);

  return result != TORG_MERGED_CONFLICT && torg_value_equal (&merged, value);
}

static gboolean
is_contained_in_json (const Change *change, const char *json)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  return torg_value_from_json_text (json, change->field->kind, &value) && is_contained (change, &value);
}

/* Whether the field holds, or once held, what a change would make of it. */
static gboolean
was_there (SimWorld *self, TorgWireMutation *mutation, TorgRecord *record, const Change *change)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (is_contained (change, torg_record_nth (record, change->field->index)))
    return TRUE;
  statement = torg_db_prepare (torg_server_store_get_db (self->server),
                               "SELECT old, new FROM history WHERE workspace = 1 AND record = ?1 AND field = ?2", NULL);
  torg_statement_bind_id (statement, 1, mutation->record);
  torg_statement_bind_text (statement, 2, change->field->name);
  while (torg_statement_step (statement, &row, NULL) && row)
    if (is_contained_in_json (change, torg_statement_get_text (statement, 0)) ||
        is_contained_in_json (change, torg_statement_get_text (statement, 1)))
      return TRUE;
  return FALSE;
}

/* Whether somebody had deleted the record already, or brought it back: then there was nothing to do. */
static gboolean
was_deleted (SimWorld *self, TorgWireMutation *mutation)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (self->server),
                     "SELECT 1 FROM history WHERE workspace = 1 AND record = ?1 AND field = 'deleted'", NULL);
  gboolean row;

  torg_statement_bind_id (statement, 1, mutation->record);
  return torg_statement_step (statement, &row, NULL) && row;
}

/* Each field of the mutation left a line in the history or a difference, or said what was there. */
static gboolean
has_trace (SimWorld *self, TorgWireMutation *mutation)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (self->server), mutation->type);
  g_autoptr (TorgRecord) record = NULL;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  if (!torg_server_store_load (self->server, type, mutation->record, FALSE, &record, NULL, NULL) || record == NULL)
    return FALSE;
  if (mutation->op == TORG_OP_CREATE)
    return TRUE;
  /* A difference about the whole record holds all of it; one about the stage, what was to change with a move. */
  if (left_line (self, mutation, "deleted"))
    return TRUE;
  if (mutation->op == TORG_OP_DELETE || mutation->op == TORG_OP_RESTORE)
    return (torg_record_get_deleted (record) != 0) == (mutation->op == TORG_OP_DELETE) || was_deleted (self, mutation);
  json_object_iter_init (&iter, json_node_get_object (mutation->fields));
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = torg_type_find_field (type, name);
      JsonObject      *object = json_node_get_object (change);
      g_auto (Change) made = { field, TORG_VALUE_INIT, TORG_VALUE_INIT };

      if (field == NULL || (field->flags & TORG_FIELD_HISTORICAL) == 0 || left_line (self, mutation, name) ||
          went_along (self, mutation, name))
        continue;
      if (torg_value_from_json (json_object_get_member (object, "base"), field->kind, &made.base) &&
          torg_value_from_json (json_object_get_member (object, "new"), field->kind, &made.changed) &&
          !was_there (self, mutation, record, &made))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_in_attention (SimClient *client, const char *mutation)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    client->store->db, "SELECT 1 FROM attention WHERE json_extract(mutation, '$.mutation_id') = ?1", NULL);
  gboolean row;

  torg_statement_bind_text (statement, 1, mutation);
  return torg_statement_step (statement, &row, NULL) && row;
}

static char *
find_status (SimWorld *self, const char *mutation)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (self->server),
    "SELECT json_extract(result, '$.status') FROM applied WHERE workspace = 1 AND mutation = ?1 LIMIT 1", NULL);
  gboolean row;

  torg_statement_bind_id (statement, 1, mutation);
  return torg_statement_step (statement, &row, NULL) && row ? g_strdup (torg_statement_get_text (statement, 0)) : NULL;
}

static char *
check_edits (SimWorld *self)
{
  GHashTableIter iter;
  gpointer       id, value;

  g_hash_table_iter_init (&iter, self->edits);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      SimEdit         *edit = value;
      SimClient       *client = &self->clients[edit->client];
      g_autofree char *status = find_status (self, id);
      gboolean         kept = is_in_attention (client, id);
      gboolean         rejected = g_strcmp0 (status, "rejected") == 0;

      if (status == NULL && !kept)
        return g_strdup_printf ("the edit %s of client %u is lost", (char *) id, client->number);
      if (rejected && !kept)
        return g_strdup_printf ("the rejected edit %s of client %u is not in Needs attention", (char *) id,
                                client->number);
      if (status != NULL && !rejected && !has_trace (self, edit->mutation))
        {
          g_autoptr (JsonNode) node = torg_wire_mutation_to_json (edit->mutation);
          g_autofree char *text = json_to_string (node, FALSE);

          return g_strdup_printf ("the edit %s of client %u left no trace: %s", (char *) id, client->number, text);
        }
    }
  return NULL;
}

/* Nothing lives unseen under what is deleted. */
static char *
check_upheld (SimWorld *self)
{
  static const struct
  {
    const char *type, *field;
  } places[] = {
    { "activity", "company" }, { "activity", "deal" },       { "attachment", "company" },
    { "attachment", "deal" },  { "attachment", "activity" }, { "legal_entity", "company" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const char      *target = places[i].field;
      g_autofree char *sql =
        g_strdup_printf ("SELECT count(*) FROM \"%s\" AS a JOIN \"%s\" AS b ON b.id = a.\"%s\" AND b.workspace = "
                         "a.workspace WHERE a.deleted IS NULL AND b.deleted IS NOT NULL",
                         places[i].type, target, target);

      if (ask_server (self, sql) != 0)
        return g_strdup_printf ("a record of the type %s lives under a deleted %s", places[i].type, target);
    }
  return NULL;
}

static char *
check_server (SimWorld *self)
{
  if (ask_server (self, "SELECT coalesce((SELECT count(*) + min(seq) - 1 FROM commits), 0) - "
                        "(SELECT seq FROM workspace)") != 0)
    return g_strdup ("the server's numbers have holes");
  if (ask_server (self, "SELECT count(*) FROM change WHERE seq NOT IN (SELECT seq FROM commits) AND seq > "
                        "(SELECT coalesce(forgotten, 0) FROM workspace)") != 0)
    return g_strdup ("the server has changes without a commit");
  /* Under another number it has the same answer, unless it was applied once more. */
  if (ask_server (self, "SELECT count(*) FROM (SELECT mutation FROM applied GROUP BY mutation HAVING "
                        "count(DISTINCT json_remove(result, '$.client_seq')) > 1)") != 0)
    return g_strdup ("an edit took effect twice");
  return check_upheld (self);
}

/* What a record refers to is here, or is a record of the server's that the user does not see. */
static char *
check_references (SimWorld *self, SimClient *client, TorgSight *sight)
{
  TorgSchema *schema = torg_server_store_get_schema (self->server);
  g_autoptr (GPtrArray) list = torg_check_list_missing (client->store, NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const TorgCheckMissing *missing = g_ptr_array_index (list, i);
      g_autoptr (TorgRecord) record = NULL;
      g_autofree char *keys = NULL;

      if (!torg_server_store_load (self->server, torg_schema_find (schema, missing->target), missing->id, FALSE,
                                   &record, &keys, NULL) ||
          record == NULL || torg_sight_sees (sight, keys))
        return g_strdup_printf ("client %u: the field %s of %" G_GINT64_FORMAT " %s refers to the %s %s, which is %s",
                                client->number, missing->field->name, missing->n, missing->type->info->name,
                                missing->target, missing->id, record != NULL ? "not here" : "nowhere");
    }
  return NULL;
}

/* The file; counters, next steps, search and keys against the rows; references. */
static char *
check_replica (SimWorld *self, SimClient *client)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TorgSight) sight = torg_sight_new (self->server, client->user, NULL);

  char *problem = check_references (self, client, sight);

  if (problem != NULL)
    return problem;
  if (!torg_check_store (client->store, problems, NULL, NULL))
    return g_strdup_printf ("client %u cannot be checked", client->number);
  return problems->len > 0 ? g_strdup_printf ("client %u: %s", client->number, (char *) g_ptr_array_index (problems, 0))
                           : NULL;
}

char *
sim_check (SimWorld *self)
{
  char *problem;

  /* What did not hold on the way. */
  if (self->problem != NULL)
    return g_strdup (self->problem);
  self->healed = TRUE;
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      self->clients[i].is_old = FALSE;
      if (torg_store_is_local (self->clients[i].store))
        sim_connect (&self->clients[i]);
    }
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      /* Each is compared with the server once more. */
      torg_state_set (self->clients[i].store->db, "verified", NULL, NULL);
      if ((self->faults & SIM_FAULT_ROT) != 0)
        rot (&self->clients[i]);
    }
  if ((problem = quiet (self)) != NULL || (problem = check_server (self)) != NULL)
    return problem;
  for (guint i = 0; i < SIM_CLIENTS; i++)
    if ((problem = compare_client (self, &self->clients[i])) != NULL ||
        (problem = check_replica (self, &self->clients[i])) != NULL ||
        (problem = sim_check_sight (&self->clients[i])) != NULL ||
        (problem = sim_check_bytes (&self->clients[i])) != NULL ||
        (problem = sim_check_content (&self->clients[i])) != NULL)
      return problem;
  return self->problem != NULL ? g_strdup (self->problem) : check_edits (self);
}
