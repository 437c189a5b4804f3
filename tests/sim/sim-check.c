/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-sight.h"
#include "torg-check.h"
#include "torg-json.h"
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

/* How many steps a replica takes, at most. */
#define MOST_STEPS 400
#define ROUNDS 4
/* Of what is still on its way when all is whole, so much comes amid the last exchanges. */
#define COMES_LATER 4

static char *
quiet (SimWorld *self)
{
  sim_deliver_rest (self, COMES_LATER);
  for (guint round = 0; round < ROUNDS; round++, sim_deliver_rest (self, 0))
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
                g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN) && step < MOST_STEPS)
              {
                sim_sign_in (client);
                more = TRUE;
                continue;
              }
            if (error != NULL)
              return g_strdup_printf ("client %u cannot sync: %s", i, error->message);
            if (step > MOST_STEPS)
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

/* Of an edit that is proposed as a whole, or of what a move was to change besides, a user gets what is not hidden. */
static char *
dup_proposal (TorgRecord *record, TorgSight *sight, const char *name)
{
  const char *text = torg_record_get_text (record, name), *type = torg_record_get_text (record, "record_type");
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  g_autoptr (GList) members = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) ||
      (g_str_equal (name, "proposed") && g_strcmp0 (torg_record_get_text (record, "field"), "deleted") != 0))
    return g_strdup (text);
  members = json_object_get_members (json_node_get_object (node));
  for (GList *member = members; member != NULL && sight != NULL; member = member->next)
    if (torg_sight_hides (sight, type, member->data))
      json_object_remove_member (json_node_get_object (node), member->data);
  return json_object_get_size (json_node_get_object (node)) > 0 ? json_to_string (node, FALSE) : NULL;
}

/* A record as both sides must have it. @given: whether it is the one that the user was given */
static char *
describe (TorgRecord *record, TorgSight *sight, gboolean given)
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
      gboolean         is_proposal = g_str_equal (type->info->name, "conflict") &&
                             (g_str_equal (name->data, "proposed") || g_str_equal (name->data, "along"));
      g_autofree char *value = is_proposal ? dup_proposal (record, given ? NULL : sight, name->data)
                                           : json_to_string (json_object_get_member (fields, name->data), FALSE);

      if (value != NULL && !torg_sight_hides (sight, type->info->name, name->data) &&
          (field == NULL || field->merge != TORG_MERGE_DERIVED))
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
      g_autofree char *one = describe (record, sight, FALSE);
      g_autofree char *other = NULL;

      if (torg_sight_hides_line (sight, record))
        continue;
      g_hash_table_add (seen, (gpointer) torg_record_get_id (record));
      if (found == NULL)
        return g_strdup_printf ("client %u lacks %s", client->number, one);
      other = describe (found, sight, TRUE);
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

/* --- the server ----------------------------------------------------------------------------------------------------
 */

/* How many records live whose @field refers to a deleted one. */
static gint64
count_upheld (SimWorld *self, const TorgType *type, const TorgField *field)
{
  g_autofree char *target = torg_field_dup_target_type (field);
  g_autofree char *sql = NULL;

  if (target == NULL)
    return 0;
  sql = g_strdup_printf ("SELECT count(*) FROM \"%s\" AS a JOIN \"%s\" AS b ON b.id = a.\"%s\" AND b.workspace = "
                         "a.workspace WHERE a.deleted IS NULL AND b.deleted IS NOT NULL",
                         type->info->name, target, field->name);
  return ask_server (self, sql);
}

/* Nothing lives unseen under what is deleted. */
static char *
check_upheld (SimWorld *self)
{
  TorgSchema *schema = torg_server_store_get_schema (self->server);

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      for (guint j = 0; j < type->info->n_fields; j++)
        if (type->fields[j].kind == TORG_KIND_REF && type->fields[j].on_delete == TORG_ON_DELETE_CASCADE &&
            count_upheld (self, type, &type->fields[j]) != 0)
          return g_strdup_printf ("a record of the type %s lives under a deleted %s", type->info->name,
                                  type->fields[j].name);
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

/* Each is compared with the server once more; @rots: after it has lost records. */
static char *
come_together (SimWorld *self, gboolean rots)
{
  self->rotten |= rots;
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      torg_state_set (self->clients[i].store->db, "verified", NULL, NULL);
      if (rots)
        rot (&self->clients[i]);
    }
  return quiet (self);
}

static char *
check_clients (SimWorld *self)
{
  char *problem;

  for (guint i = 0; i < SIM_CLIENTS; i++)
    if ((problem = compare_client (self, &self->clients[i])) != NULL ||
        (problem = check_replica (self, &self->clients[i])) != NULL ||
        (problem = sim_check_sight (&self->clients[i])) != NULL ||
        (problem = sim_check_bytes (&self->clients[i])) != NULL ||
        (problem = sim_check_content (&self->clients[i])) != NULL)
      return problem;
  return NULL;
}

char *
sim_check (SimWorld *self)
{
  gboolean rots = (self->faults & SIM_FAULT_ROT) != 0;
  /* While some edits are under way; in the other worlds it would hide what differs already. */
  gboolean at_once = rots && self->seed % 4 == 3;
  char    *problem;

  /* What did not hold on the way. */
  if (self->problem != NULL)
    return g_strdup (self->problem);
  self->healed = TRUE;
  sim_limit_answers (self);
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      self->clients[i].is_old = FALSE;
      if (torg_store_is_local (self->clients[i].store))
        sim_connect (&self->clients[i]);
    }
  if ((problem = come_together (self, at_once)) != NULL || (problem = check_server (self)) != NULL ||
      (problem = check_clients (self)) != NULL)
    return problem;
  if (rots && !at_once && ((problem = come_together (self, TRUE)) != NULL || (problem = check_clients (self)) != NULL))
    return problem;
  return self->problem != NULL ? g_strdup (self->problem) : sim_check_kept (self);
}
