/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-defaults.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

/* A client that begins without a server, and brings all that it has along when it gets one. */

static const char *const types[] = { "product", "company", "person",    "company_person", "legal_entity",
                                     "lead",    "deal",    "deal_line", "activity" };

void
sim_begin_alone (SimClient *client)
{
  g_autoptr (GError) error = NULL;

  if (!torg_store_begin_company (client->store, "ru", client->number == 0 ? "Анна Петрова" : "Сам Себе", &error))
    g_error ("client %u cannot begin: %s", client->number, error->message);
  sim_note (client->world, "client %u: begins alone", client->number);
}

/*
 * Lines of history from before the replica's content was put into the outbox are not sent: the server writes its own,
 * and these stay here. @settled: only those of records that wait for nothing.
 */
void
sim_note_lines (SimClient *client, gboolean settled)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (client->store->db,
                     settled ? "SELECT id FROM history WHERE seq = 0 AND record NOT IN (SELECT id FROM outbox)"
                             : "SELECT id FROM history WHERE seq = 0",
                     NULL);
  gboolean row;

  while (torg_statement_step (statement, &row, NULL) && row)
    g_hash_table_insert (client->content, torg_statement_dup_id (statement, 0), (gpointer) "history");
}

static void
note_content (SimClient *client)
{
  g_hash_table_remove_all (client->content);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT id FROM \"%s\" WHERE deleted IS NULL", types[i]);
      g_autoptr (TorgStatement) statement = torg_db_prepare (client->store->db, sql, NULL);
      gboolean row;

      while (torg_statement_step (statement, &row, NULL) && row)
        g_hash_table_insert (client->content, torg_statement_dup_id (statement, 0), (gpointer) types[i]);
    }
  sim_note_lines (client, FALSE);
}

/* From now on it has a server. */
void
sim_connect (SimClient *client)
{
  g_autofree char *id = torg_env_make_id (client->env);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  note_content (client);
  ok = torg_store_connect (client->store, id, client->user, &error);
  if (!ok && !sim_disk_has_failed (client->path, SIM_FAULT_WRITE) &&
      !sim_disk_has_failed (client->path, SIM_FAULT_FULL))
    g_error ("client %u cannot be connected: %s", client->number, error->message);
  /* What did not work has changed nothing: whose it is, neither. */
  if (!ok && g_strcmp0 (torg_store_get_user (client->store), client->user) == 0)
    g_set_str (&client->world->problem, "a replica that was not connected has another user");
  sim_note (client->world, "client %u: connected with %u records%s", client->number,
            g_hash_table_size (client->content), ok ? "" : ", which failed");
}

/* What was undone is not to be sent. Its lines may come back with a restored replica. */
void
sim_forget_undone (SimClient *client)
{
  GHashTableIter iter;
  gpointer       id, type;

  g_hash_table_iter_init (&iter, client->content);
  while (g_hash_table_iter_next (&iter, &id, &type))
    {
      g_autoptr (TorgRecord) record = torg_store_get (client->store, type, id, NULL);

      if (record == NULL && !g_str_equal (type, "history"))
        g_hash_table_iter_remove (&iter);
    }
}

static gboolean
needs_attention (SimClient *client, const char *record)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (client->store->db, "SELECT 1 FROM attention WHERE json_extract(mutation, '$.id') = ?1", NULL);
  gboolean row;

  torg_statement_bind_text (statement, 1, record);
  return torg_statement_step (statement, &row, NULL) && row;
}

/* All that it was connected with is at the server, or was refused and is in Needs attention. */
char *
sim_check_content (SimClient *client)
{
  TorgSchema    *schema = torg_server_store_get_schema (client->world->server);
  GHashTableIter iter;
  gpointer       id, type;

  g_hash_table_iter_init (&iter, client->content);
  while (g_hash_table_iter_next (&iter, &id, &type))
    {
      g_autoptr (TorgRecord) record = NULL;

      if (g_str_equal (type, "history"))
        continue;
      if (!torg_server_store_load (client->world->server, torg_schema_find (schema, type), id, FALSE, &record, NULL,
                                   NULL) ||
          (record == NULL && !needs_attention (client, id)))
        return g_strdup_printf ("the %s %s that client %u was connected with is lost", (char *) type, (char *) id,
                                client->number);
    }
  return NULL;
}
