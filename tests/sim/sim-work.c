/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-purge.h"

#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-sync.h"

#include <json-glib/json-glib.h>

/* What people do, and what befalls their machines: one thing a step. */

/* --- what was shown as saved -------------------------------------------------------------------------------------- */

static void
free_mutation (gpointer data)
{
  if (data != NULL)
    torg_wire_mutation_free (data);
}

/* Of those too that are forgotten with a replica, or not remembered yet: the server may have them. */
static void
note_writer (SimWorld *self, TorgWireMutation *mutation)
{
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (mutation->fields));

  for (GList *name = names; name != NULL; name = name->next)
    {
      char       *key = g_strconcat (mutation->record, "/", (char *) name->data, NULL);
      const char *other = g_hash_table_lookup (self->writers, key);
      gboolean    alone = other == NULL || g_str_equal (other, mutation->id);

      g_hash_table_insert (self->writers, key, g_strdup (alone ? mutation->id : ""));
    }
}

/* Every mutation that waits is an edit that somebody saw as saved. */
static void
remember_edits (SimClient *client)
{
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (client->store, NULL, NULL);

  for (guint i = 0; i < mutations->len; i++)
    note_writer (client->world, g_ptr_array_index (mutations, i));
  /* Until all that was here before is queued, what waits is put together anew. */
  if (torg_store_is_adopting (client->store))
    {
      sim_note_lines (client, FALSE);
      return;
    }
  /* What is remembered is taken out of the list. */
  g_ptr_array_set_free_func (mutations, free_mutation);
  for (guint i = 0; i < mutations->len; i++)
    {
      TorgWireMutation *mutation = g_ptr_array_index (mutations, i);

      SimEdit *edit;

      if (g_hash_table_contains (client->world->edits, mutation->id))
        continue;
      sim_note (client->world, "client %u: saved %s: %s %s %s", client->number, mutation->id,
                torg_wire_op_to_string (mutation->op), mutation->type, mutation->record);
      edit = g_new0 (SimEdit, 1);
      edit->client = client->number;
      edit->mutation = g_steal_pointer (&mutations->pdata[i]);
      g_hash_table_insert (client->world->edits, edit->mutation->id, edit);
    }
}

/* After an undo: what was never sent is as if it had not been; after a disk was restored: what that did not know. What
 * is left in @before is forgotten. */
static void
forget_edits (SimClient *client, GHashTable *before)
{
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (client->store, NULL, NULL);
  GHashTableIter iter;
  gpointer       id;

  for (guint i = 0; i < mutations->len; i++)
    g_hash_table_remove (before, ((TorgWireMutation *) mutations->pdata[i])->id);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_hash_table_remove (client->world->edits, id);
}

/* The ids of what waits, and whether each was tried. */
static GHashTable *
list_unsent (SimClient *client)
{
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (client->store, NULL, NULL);
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < mutations->len; i++)
    {
      TorgWireMutation *mutation = g_ptr_array_index (mutations, i);

      g_hash_table_insert (ids, g_strdup (mutation->id), GINT_TO_POINTER (mutation->client_seq > 0));
    }
  return ids;
}

/* --- edits -------------------------------------------------------------------------------------------------------- */

static char *
pick_record (SimClient *client, const char *type, const char *where)
{
  g_autofree char *count = g_strdup_printf ("SELECT count(*) FROM \"%s\" WHERE deleted IS NULL%s", type, where);
  g_autofree char *sql = NULL;
  g_autoptr (TorgStatement) statement = NULL;
  gint64   n = 0;
  gboolean row;

  if (!torg_db_get_int (client->store->db, count, &n, NULL) || n == 0)
    return NULL;
  sql = g_strdup_printf ("SELECT id FROM \"%s\" WHERE deleted IS NULL%s ORDER BY id LIMIT 1 OFFSET %d", type, where,
                         sim_pick (client->world, (int) n));
  statement = torg_db_prepare (client->store->db, sql, NULL);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_dup_id (statement, 0) : NULL;
}

/* A client whose process died in the midst of a write starts again: of what was under way, all is there, or nothing. */
static void
start_dead (SimClient *client)
{
  if (!sim_disk_has_failed (client->path, SIM_FAULT_WRITE))
    return;
  sim_close_client (client);
  sim_disk_mend ();
  sim_open_client (client);
  sim_note (client->world, "client %u: died, and started again", client->number);
}

/* What did not work must have a reason. */
static void
expect_reason (SimClient *client, const GError *error, const char *what)
{
  gboolean full = sim_disk_has_failed (client->path, SIM_FAULT_FULL);

  if (error == NULL || error->domain != TORG_STORE_ERROR || sim_disk_has_failed (client->path, SIM_FAULT_WRITE) ||
      (full && error->code == TORG_STORE_ERROR_FULL))
    return;
  g_error ("seed %" G_GUINT64_FORMAT ": %s: %s", client->world->seed, what, error->message);
}

void
sim_apply (SimClient *client, TorgEdit *edit, const char *what)
{
  g_autoptr (GError) error = NULL;
  gint64   before = torg_store_count_unsent (client->store);
  gboolean ok = torg_edit_get_length (edit) == 0 || torg_store_apply (client->store, edit, NULL, &error);

  sim_note (client->world, "client %u: %s%s%s", client->number, what, ok ? "" : ": ", ok ? "" : error->message);
  expect_reason (client, error, what);
  /* Of a process that died nobody was told anything. */
  if (!ok && !sim_disk_has_failed (client->path, SIM_FAULT_WRITE) && torg_store_count_unsent (client->store) != before)
    g_set_str (&client->world->problem, "an edit that failed is there in part");
  if (ok)
    sim_check_writes (client, edit);
  start_dead (client);
  remember_edits (client);
}

/* Any record of a type, without a draw from the generator that kept seeds are of. */
char *
sim_pick_record_beside (SimClient *client, const char *type)
{
  g_autofree char *sql = g_strdup_printf ("SELECT id FROM \"%s\" WHERE deleted IS NULL ORDER BY id", type);
  g_autoptr (TorgStatement) statement = torg_db_prepare (client->store->db, sql, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean row;

  while (torg_statement_step (statement, &row, NULL) && row)
    g_ptr_array_add (ids, torg_statement_dup_id (statement, 0));
  return ids->len > 0 ? g_strdup (ids->pdata[sim_pick_beside (client->world, (int) ids->len)]) : NULL;
}

/* Its words tell which record it is about, by its id and, as those of the window do, by its title. */
static TorgEdit *
new_edit (SimClient *client, const char *what, const char *type, const char *id)
{
  g_autofree char *title = id != NULL ? torg_store_dup_title (client->store, type, id) : NULL;
  g_autofree char *label = g_strdup_printf ("%s %s %s %s", what, type, id, title != NULL ? title : "");

  return torg_edit_new (label);
}

static void
create_record (SimClient *client)
{
  static const char *const types[] = { "company", "deal", "person", "activity", "attachment" };
  const char              *type = types[sim_pick (client->world, G_N_ELEMENTS (types))];
  TorgSchema              *schema = torg_store_get_schema (client->store);
  g_autofree char         *id = torg_env_make_id (client->env);
  g_autofree char         *mark = sim_make_mark (client, type, id, NULL);
  g_autofree char         *name = g_strdup_printf ("%s %u %s", type, sim_pick (client->world, 1000), mark);
  g_autofree char         *company = pick_record (client, "company", "");
  g_autofree char         *deal = pick_record (client, "deal", "");
  g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, type), id);
  g_autoptr (TorgEdit) edit = new_edit (client, "create", type, id);

  if (g_str_equal (type, "activity"))
    {
      torg_record_set_text (record, "kind", "note");
      torg_record_set_text (record, "subject", name);
      torg_record_set_text (record, "deal", deal);
    }
  else if (g_str_equal (type, "attachment"))
    {
      g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);

      torg_record_set_text (record, "name", name);
      torg_record_set_text (record, "file", hash);
      torg_record_set_text (record, "deal", deal);
    }
  else
    torg_record_set_text (record, g_str_equal (type, "deal") ? "title" : "name", name);
  if (!g_str_equal (type, "company"))
    torg_record_set_text (record, "company", company);
  torg_edit_create (edit, record);
  sim_apply (client, edit, "create");
}

static void
patch_record (SimClient *client)
{
  static const struct
  {
    const char *type, *field;
  } fields[] = {
    { "company", "name" }, { "company", "city" },  { "company", "note" },    { "deal", "title" },
    { "deal", "note" },    { "deal", "amount" },   { "company", "tags" },    { "deal", "company" },
    { "person", "name" },  { "activity", "body" }, { "attachment", "name" },
  };
  guint            n = (guint) sim_pick (client->world, G_N_ELEMENTS (fields));
  const char      *type = fields[n].type, *name = fields[n].field;
  g_autofree char *id = pick_record (client, type, "");
  g_autofree char *text = g_strdup_printf ("%d", sim_pick (client->world, 50));
  g_autoptr (TorgEdit) edit = new_edit (client, "patch", type, id);
  g_autoptr (TorgRecord) record = id != NULL ? torg_store_get (client->store, type, id, NULL) : NULL;

  if (record == NULL)
    return;
  if (g_str_equal (name, "amount"))
    torg_edit_take (edit, type, id, name, torg_value_money (sim_pick (client->world, 100000), "RUB"));
  else if (g_str_equal (name, "tags"))
    {
      g_auto (GStrv) items = torg_value_dup_items (torg_record_get (record, name));
      g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
      g_auto (GStrv) list = NULL;

      g_strv_builder_addv (tags, (const char **) items + (items[0] != NULL && sim_pick (client->world, 2)));
      g_strv_builder_add (tags, text);
      list = g_strv_builder_end (tags);
      torg_edit_take (edit, type, id, name, torg_value_from_items ((const char *const *) list, TRUE));
    }
  else if (g_str_equal (name, "company"))
    {
      g_autofree char *company = pick_record (client, "company", "");

      torg_edit_take (edit, type, id, name, torg_value_text (company));
    }
  else if (g_str_equal (name, "note"))
    {
      /* A line more, before or behind the others. */
      const char      *old = torg_record_get_text (record, name);
      g_autofree char *note = sim_pick (client->world, 2) ? g_strdup_printf ("%s\n%s", old != NULL ? old : "", text)
                                                          : g_strdup_printf ("%s\n%s", text, old != NULL ? old : "");

      torg_edit_take (edit, type, id, name, torg_value_text (note));
    }
  else
    torg_edit_take (edit, type, id, name, torg_value_text (text));
  sim_apply (client, edit, "patch");
}

/* Some with what is asked for when a card is dropped. */
static void
move_deal (SimClient *client, TorgEdit *edit, const char *deal, const char *stage)
{
  TorgMutation *mutation = torg_edit_move (edit, "deal", deal, stage, sim_pick (client->world, 100000));

  if (sim_pick_beside (client->world, 2))
    {
      g_auto (TorgValue) amount = torg_value_money (1 + sim_pick_beside (client->world, 100000), "RUB");

      torg_mutation_set (mutation, "amount", &amount);
    }
}

static void
move_deals (SimClient *client)
{
  g_autofree char *stage = pick_record (client, "stage",
                                        " AND kind = 'open' AND pipeline IN (SELECT id FROM pipeline "
                                        "WHERE kind = 'deals')");
  g_autoptr (TorgEdit) edit = torg_edit_new ("move");
  g_autoptr (GHashTable) moved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 1 + (guint) sim_pick (client->world, 3);

  for (guint i = 0; i < n && stage != NULL; i++)
    {
      g_autofree char *deal = pick_record (client, "deal", "");

      if (deal != NULL && g_hash_table_add (moved, g_strdup (deal)))
        move_deal (client, edit, deal, stage);
    }
  sim_apply (client, edit, "move");
}

static void
delete_record (SimClient *client)
{
  static const char *const types[] = { "company", "deal", "person", "activity", "attachment" };
  const char              *type = types[sim_pick (client->world, G_N_ELEMENTS (types))];
  g_autofree char         *id = pick_record (client, type, "");
  g_autoptr (TorgEdit) edit = new_edit (client, "delete", type, id);

  if (id != NULL)
    torg_edit_delete (edit, type, id);
  sim_apply (client, edit, "delete");
}

/* What waits behind what is taken back is written anew: of a set it says something else then. */
static void
renew_edits (SimClient *client)
{
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (client->store, NULL, NULL);

  for (guint i = 0; i < mutations->len; i++)
    {
      TorgWireMutation *mutation = g_ptr_array_index (mutations, i);
      SimEdit          *edit = g_hash_table_lookup (client->world->edits, mutation->id);

      if (edit == NULL || mutation->client_seq > 0)
        continue;
      json_node_unref (edit->mutation->fields);
      edit->mutation->fields = json_node_ref (mutation->fields);
    }
}

/* Undoes something. What the server may know of already is compensated, never taken back. */
static void
undo_with (SimClient *client, char *(*act) (SimClient *client, GError **error), const char *what)
{
  g_autoptr (GHashTable) before = list_unsent (client);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = act (client, &error);
  GHashTableIter   iter;
  gpointer         was_tried;

  sim_note (client->world, "client %u: %s %s", client->number, what, label != NULL ? label : "nothing");
  expect_reason (client, error, what);
  start_dead (client);
  forget_edits (client, before);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, NULL, &was_tried))
    if (GPOINTER_TO_INT (was_tried))
      g_set_str (&client->world->problem, "an undo took back what was sent");
  sim_forget_undone (client);
  renew_edits (client);
  remember_edits (client);
}

static char *
undo_last (SimClient *client, GError **error)
{
  guint n_left = 0;

  return torg_store_undo (client->store, 0, &n_left, error);
}

static char *
undo_nth (SimClient *client, GError **error)
{
  gint64 n = 0, step = 0;
  guint  n_left = 0;
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (!torg_db_get_int (client->store->db, "SELECT count(*) FROM undo_step WHERE undone = 0", &n, error) || n == 0)
    return NULL;
  statement = torg_db_prepare (client->store->db,
                               "SELECT step FROM undo_step WHERE undone = 0 ORDER BY step LIMIT 1 OFFSET ?1", error);
  torg_statement_bind_int (statement, 1, sim_pick_beside (client->world, (int) n));
  if (torg_statement_step (statement, &row, error) && row)
    step = torg_statement_get_int (statement, 0);
  g_clear_pointer (&statement, torg_statement_release);
  return step > 0 ? torg_store_undo (client->store, step, &n_left, error) : NULL;
}

/* What waits is discarded by the step that it belongs to. */
static char *
discard (SimClient *client, GError **error)
{
  g_autoptr (GPtrArray) mutations = torg_store_list_unsent (client->store, NULL, error);
  guint             n_left = 0;
  TorgWireMutation *mutation;
  gint64            step;

  if (mutations == NULL || mutations->len == 0)
    return NULL;
  mutation = g_ptr_array_index (mutations, sim_pick_beside (client->world, (int) mutations->len));
  step = torg_store_find_step (client->store, mutation->id);
  return step > 0 ? torg_store_undo (client->store, step, &n_left, error) : NULL;
}

static char *
undo_import (SimClient *client, GError **error)
{
  g_autoptr (GPtrArray) imports = torg_store_list_imports (client->store, error);
  TorgImportInfo *import;
  guint           n_left = 0;

  if (imports == NULL || imports->len == 0)
    return NULL;
  import = g_ptr_array_index (imports, sim_pick_beside (client->world, (int) imports->len));
  return torg_store_undo_import (client->store, import->id, &n_left, NULL, error) ? g_strdup (import->id) : NULL;
}

/* --- imports ------------------------------------------------------------------------------------------------------ */

/* A chunk: new companies with a person each, and a change of what is there. */
static void
import_chunk (SimClient *client, const char *import)
{
  TorgSchema *schema = torg_store_get_schema (client->store);
  g_autoptr (TorgEdit) edit = torg_edit_new ("import");
  g_autoptr (GError) error = NULL;
  g_autofree char *there = pick_record (client, "company", "");
  g_autofree char *city = g_strdup_printf ("%d", sim_pick_beside (client->world, 50));
  guint            n = 1 + (guint) sim_pick_beside (client->world, 4);
  gboolean         ok;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = torg_env_make_id (client->env);
      g_autofree char *other = torg_env_make_id (client->env);
      g_autoptr (TorgRecord) company = torg_record_new (schema, torg_schema_find (schema, "company"), id);
      g_autoptr (TorgRecord) person = torg_record_new (schema, torg_schema_find (schema, "person"), other);

      torg_record_set_text (company, "name", city);
      torg_record_set_text (person, "name", city);
      torg_record_set_text (person, "company", id);
      torg_edit_create (edit, company);
      torg_edit_create (edit, person);
    }
  if (there != NULL)
    torg_edit_take (edit, "company", there, "city", torg_value_text (city));
  ok = torg_store_apply_import (client->store, edit, import, &error);
  sim_note (client->world, "client %u: import %s%s", client->number, import, ok ? "" : " failed");
  expect_reason (client, error, "import");
  start_dead (client);
  remember_edits (client);
}

static void
import_some (SimClient *client)
{
  g_autofree char *import = torg_env_make_id (client->env);
  guint            n = 1 + (guint) sim_pick_beside (client->world, 3);

  for (guint i = 0; i < n; i++)
    import_chunk (client, import);
}

/* --- rights ------------------------------------------------------------------------------------------------------- */

static void
reassign (SimClient *client)
{
  g_autofree char *deal = pick_record (client, "deal", "");
  g_autofree char *user = pick_record (client, "user", "");
  g_autoptr (TorgEdit) edit = new_edit (client, "reassign", "deal", deal);

  if (deal != NULL && user != NULL)
    torg_edit_take (edit, "deal", deal, "owner", torg_value_text (user));
  sim_apply (client, edit, "reassign");
}

/* The first user is the administrator: gives the third one a role of a random reach, or takes it away. */
static void
change_role (SimClient *client)
{
  static const char *const reaches[] = { "own", "all", "department" };
  const char              *reach = reaches[sim_pick (client->world, G_N_ELEMENTS (reaches))];
  TorgSchema              *schema = torg_store_get_schema (client->store);
  g_autofree char         *id = torg_env_make_id (client->env);
  g_autofree char *rights = g_strdup_printf ("{\"*\":{\"read\":\"%s\",\"create\":\"all\",\"edit\":\"%s\",\"delete\":"
                                             "\"%s\",\"assign\":\"all\"}}",
                                             reach, reach, reach);
  g_autoptr (TorgEdit) edit = torg_edit_new ("role");
  g_autoptr (TorgRecord) role = torg_record_new (schema, torg_schema_find (schema, "role"), id);
  gboolean    none = sim_pick (client->world, 4) == 0;
  const char *user = client->world->clients[2].user;
  g_autoptr (TorgRecord) record = torg_store_get (client->store, "user", user, NULL);

  if (record == NULL)
    return;
  torg_record_set_text (role, "name", reach);
  torg_record_set_text (role, "rights", rights);
  if (sim_pick (client->world, 3) == 0)
    torg_record_set_text (role, "hidden", "{\"deal\":[\"amount\",\"note\"],\"company\":[\"city\"]}");
  if (!none)
    torg_edit_create (edit, role);
  torg_edit_take (edit, "user", user, "role", torg_value_text (none ? NULL : id));
  sim_apply (client, edit, "role");
}

/* --- machines ----------------------------------------------------------------------------------------------------- */

/* A server that gives a program nothing any more takes what it has; but one that joins has to see its records first. */
static void
expect_sent (SimClient *client)
{
  g_autoptr (GPtrArray) left =
    torg_store_is_adopting (client->store) ? NULL : torg_store_build_batch (client->store, NULL);

  if (left != NULL && left->len > 0)
    g_set_str (&client->world->problem, "a program that is too old keeps its edits to itself");
}

static void
sync_client (SimClient *client)
{
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;
  gboolean ok;

  if (torg_store_is_local (client->store))
    {
      if (sim_pick_beside (client->world, 6) == 0)
        sim_connect (client);
      start_dead (client);
      return;
    }
  client->was_told = FALSE;
  ok = sim_pick (client->world, 2) ? torg_sync_step (client->store, client->transport, &more, NULL, &error)
                                   : torg_sync_run (client->store, client->transport, NULL, &error);
  sim_note (client->world, "client %u: sync %s", client->number, ok ? "done" : error->message);
  expect_reason (client, error, "sync");
  start_dead (client);
  /* What its user may see can have changed since it was told the last time. */
  if (ok && client->was_told)
    sim_check_groups (client);
  if (g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD))
    expect_sent (client);
  remember_edits (client);
  if (g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN) && sim_pick_beside (client->world, 3) == 0)
    {
      sim_disk_mend ();
      sim_sign_in (client);
    }
}

static void
checkpoint (TorgDb *db)
{
  torg_db_exec (db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
}

static void
befall_client (SimClient *client)
{
  SimWorld *world = client->world;

  sim_disk_mend ();
  /* A backup of what has no server yet would have another one. */
  if (!torg_store_is_local (client->store) && sim_happens (world, SIM_FAULT_COPY, 300))
    {
      checkpoint (client->store->db);
      sim_copy_file (client->path, client->backup);
      sim_note (world, "client %u: backup", client->number);
    }
  else if (sim_happens (world, SIM_FAULT_COPY, 150) && g_file_test (client->backup, G_FILE_TEST_EXISTS))
    {
      g_autoptr (GHashTable) before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      GHashTableIter iter;
      gpointer       id, edit;

      g_hash_table_iter_init (&iter, world->edits);
      while (g_hash_table_iter_next (&iter, &id, &edit))
        if (((SimEdit *) edit)->client == client->number)
          g_hash_table_add (before, g_strdup (id));
      torg_store_close (client->store, NULL);
      g_clear_object (&client->store);
      sim_copy_file (client->backup, client->path);
      sim_open_client (client);
      /* What was forgotten with a record that had gone is here again. */
      sim_note_lines (client, TRUE);
      forget_edits (client, before);
      remember_edits (client);
      sim_note (world, "client %u: restored", client->number);
    }
  else if (sim_happens (world, SIM_FAULT_CRASH, 500))
    {
      sim_open_client (client);
      sim_note (world, "client %u: started again", client->number);
    }
}

static void
befall_server (SimWorld *self)
{
  sim_disk_mend ();
  if (sim_happens (self, SIM_FAULT_RESTORE, 300))
    {
      checkpoint (torg_server_store_get_db (self->server));
      sim_copy_file (self->server_path, self->server_backup);
      self->has_backup = TRUE;
      sim_note (self, "server: backup");
    }
  else if (sim_happens (self, SIM_FAULT_RESTORE, 100) && self->has_backup)
    {
      g_clear_pointer (&self->server, torg_server_store_free);
      sim_copy_file (self->server_backup, self->server_path);
      sim_open_server (self);
      /* By the command it begins a new life; by a file that was put back it does not know that it was restored. */
      if (self->seed % 4 == 2)
        torg_server_store_renew_epoch (self->server, NULL);
      self->server_restored = TRUE;
      self->read_to = 0;
      /* Whoever was shut out after the backup is to be shut out again. */
      g_hash_table_remove_all (self->shut_out);
      sim_note (self, "server: restored");
    }
  else if (sim_happens_beside (self, SIM_FAULT_EXPIRE, 200))
    {
      g_autoptr (GError) error = NULL;

      torg_purge_changes (self->server, torg_env_get_now (self->env) - (gint64) sim_pick_beside (self, 60000) * 1000,
                          &error);
      g_assert_no_error (error);
      sim_note (self, "server: forgets changes");
    }
  else if (sim_happens (self, SIM_FAULT_CRASH, 500))
    {
      sim_open_server (self);
      sim_note (self, "server: started again");
    }
}

static void
pass_time (SimWorld *self)
{
  gint64 passed = (gint64) sim_pick (self, 60000) * 1000;

  torg_env_set_now (self->env, torg_env_get_now (self->env) + passed);
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      TorgEnv *env = self->clients[i].env;

      /* Somebody sets the clock, or the battery was empty. */
      if (sim_happens_beside (self, SIM_FAULT_SKEW, 3))
        torg_env_set_now (env, torg_env_get_now (self->env) + (sim_pick_beside (self, 7300) - 3650) * G_TIME_SPAN_DAY);
      torg_env_set_now (env, torg_env_get_now (env) + passed);
    }
}

/* At some write of this step a process dies, or a disk is full. A step writes some dozens of times, an exchange more.
 */
static void
threaten (SimWorld *self, SimClient *client)
{
  const char *database = sim_pick_beside (self, 2) ? client->path : self->server_path;
  guint       n = (guint) sim_pick_beside (self, sim_pick_beside (self, 4) ? 40 : 200);
  gboolean    dies = sim_happens_beside (self, SIM_FAULT_WRITE, 60);

  if (sim_happens_beside (self, SIM_FAULT_FULL, 40))
    sim_disk_fail_after (database, n, SIM_FAULT_FULL);
  else if (dies)
    sim_disk_fail_after (database, n, SIM_FAULT_WRITE);
}

static void
take_step (SimWorld *self, SimClient *client)
{
  int what = sim_pick (self, 100);

  pass_time (self);
  sim_deliver_late (self);
  if (what < 20)
    create_record (client);
  else if (what < 45)
    patch_record (client);
  else if (what < 52)
    move_deals (client);
  else if (what < 57)
    delete_record (client);
  else if (what < 63)
    undo_with (client, undo_last, "undo");
  else if (what < 67 && (self->faults & SIM_FAULT_RIGHTS) != 0)
    reassign (client);
  else if (what < 69 && (self->faults & SIM_FAULT_RIGHTS) != 0)
    change_role (&self->clients[0]);
  else if (what < 74)
    befall_client (client);
  else if (what < 77)
    befall_server (self);
  else
    sync_client (client);
}

/* Gives a company a tag, or takes it away; several may do so at once. */
static void
tag_company (SimClient *client)
{
  TorgSchema      *schema = torg_store_get_schema (client->store);
  g_autofree char *id = pick_record (client, "company", "");
  g_autofree char *tag = pick_record (client, "tag", "");
  g_autoptr (TorgEdit) edit = torg_edit_new ("tag");

  if (tag == NULL || sim_pick_beside (client->world, 5) == 0)
    {
      g_autofree char *own = torg_env_make_id (client->env);
      g_autofree char *name = g_strdup_printf ("tag %s", own);
      g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "tag"), own);

      torg_record_set_text (record, "name", name);
      torg_edit_create (edit, record);
    }
  else if (id != NULL)
    {
      g_autoptr (TorgRecord) record = torg_store_get (client->store, "company", id, NULL);
      g_auto (GStrv) items = torg_value_dup_items (torg_record_get (record, "tags"));
      g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
      g_auto (GStrv) list = NULL;

      for (guint i = 0; items[i] != NULL; i++)
        if (!g_str_equal (items[i], tag))
          g_strv_builder_add (tags, items[i]);
      if (!g_strv_contains ((const char *const *) items, tag))
        g_strv_builder_add (tags, tag);
      list = g_strv_builder_end (tags);
      torg_edit_take (edit, "company", id, "tags", torg_value_from_items ((const char *const *) list, TRUE));
    }
  sim_apply (client, edit, "tag");
}

/* What came later; whether there was anything of it. */
static gboolean
take_step_beside (SimWorld *self, SimClient *client)
{
  int what = sim_pick_beside (self, 1000);

  if (what < 40 && (self->faults & SIM_FAULT_STEP) != 0)
    undo_with (client, undo_nth, "undo one");
  else if (what < 60 && (self->faults & SIM_FAULT_STEP) != 0)
    undo_with (client, discard, "discard");
  else if (what >= 60 && what < 75 && (self->faults & SIM_FAULT_IMPORT) != 0)
    import_some (client);
  else if (what >= 75 && what < 82 && (self->faults & SIM_FAULT_IMPORT) != 0)
    undo_with (client, undo_import, "undo import");
  else if (what >= 82 && what < 140 && (self->faults & SIM_FAULT_TAG) != 0)
    tag_company (client);
  else if (what >= 140 && what < 190 && (self->faults & SIM_FAULT_REACH) != 0)
    sim_change_rights (client);
  else if (what >= 190 && what < 198 && (self->faults & SIM_FAULT_REACH) != 0)
    sim_pass_days (self);
  else if (what >= 198 && what < 240 && (self->faults & SIM_FAULT_DECIDE) != 0)
    sim_decide (client);
  else if (what >= 240 && what < 400 && (self->faults & SIM_FAULT_KINDS) != 0)
    sim_work_beside (client);
  else if (what >= 400 && what < 460 && (self->faults & SIM_FAULT_RULES) != 0)
    sim_change_rules (client);
  else if (what >= 460 && what < 480 && (self->faults & SIM_FAULT_MERGE) != 0)
    sim_merge (client);
  else if (what >= 480 && what < 500 && (self->faults & SIM_FAULT_CONVERT) != 0)
    sim_convert (client);
  else
    return FALSE;
  return TRUE;
}

/* A newer server comes, and some time later the program that fits it. */
static void
grow_old (SimClient *client)
{
  if (sim_happens_beside (client->world, SIM_FAULT_OLD, client->is_old ? 100 : 5))
    client->is_old = !client->is_old;
}

/* One step. */
void
sim_work (SimWorld *self)
{
  SimClient *client = &self->clients[sim_pick (self, SIM_CLIENTS)];

  if (sim_happens_on_way (self, SIM_FAULT_REVOKE, 4))
    sim_shut_out (&self->clients[sim_pick_on_way (self, SIM_CLIENTS)]);
  threaten (self, client);
  grow_old (client);
  if (!take_step_beside (self, client))
    take_step (self, client);
  sim_disk_mend ();
}
