/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-accounts.h"
#include "torg-keys.h"
#include "torg-defaults.h"
#include "torg-server-import.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <glib/gstdio.h>

/* The world: a server, some replicas and the folder that they live in. What all begin with is made once and copied. */

/* 2026-03-05 09:00 UTC */
#define START G_GINT64_CONSTANT (1772701200000000)

/* @error is read after @ok was computed, so it comes by its address. */
static void
must (gboolean ok, GError **error, const char *what)
{
  if (!ok)
    g_error ("%s: %s", what, error != NULL && *error != NULL ? (*error)->message : "no error");
}

void
sim_note (SimWorld *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_checksum_update (self->trace, (const guchar *) text, -1);
  if (self->print)
    g_print ("%5u %s\n", self->step, text);
}

gboolean
sim_happens (SimWorld *self, SimFaults fault, guint per_mille)
{
  /* The generator goes on in any case, so that leaving a fault out changes as little as possible. */
  gboolean drawn = (guint) g_rand_int_range (self->rand, 0, 1000) < per_mille;

  return drawn && !self->healed && (self->faults & fault) != 0;
}

int
sim_pick (SimWorld *self, int end)
{
  return g_rand_int_range (self->rand, 0, end);
}

/* The same for what came later. */
gboolean
sim_happens_beside (SimWorld *self, SimFaults fault, guint per_mille)
{
  gboolean drawn = (guint) sim_pick_beside (self, 1000) < per_mille;

  return drawn && !self->healed && (self->faults & fault) != 0;
}

int
sim_pick_beside (SimWorld *self, int end)
{
  return g_rand_int_range (self->beside, 0, end);
}

/* The same for what becomes of questions. */
gboolean
sim_happens_on_way (SimWorld *self, SimFaults fault, guint per_mille)
{
  gboolean drawn = (guint) sim_pick_on_way (self, 1000) < per_mille;

  return drawn && !self->healed && (self->faults & fault) != 0;
}

int
sim_pick_on_way (SimWorld *self, int end)
{
  return g_rand_int_range (self->way, 0, end);
}

void
sim_copy_file (const char *from, const char *to)
{
  g_autofree char *wal = g_strconcat (to, "-wal", NULL);
  g_autofree char *shm = g_strconcat (to, "-shm", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_unlink (wal);
  g_unlink (shm);
  must (g_file_get_contents (from, &data, &length, &error), &error, from);
  must (g_file_set_contents_full (to, data, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error), &error, to);
}

/* --- what all begin with ------------------------------------------------------------------------------------------ */

static char *template_dir, *template_server, *template_client;
static char *template_users[SIM_CLIENTS], *template_tokens[SIM_CLIENTS];

static void
remove_templates (void)
{
  g_unlink (template_server);
  g_unlink (template_client);
  g_rmdir (template_dir);
}

static void
add_users (TorgStore *store)
{
  static const char *const names[] = { "Борис Ильин", "Вера Котова" };
  TorgSchema              *schema = torg_store_get_schema (store);
  g_autoptr (TorgEdit) edit = torg_edit_new ("users");
  g_autoptr (GError) error = NULL;

  template_users[0] = g_strdup (torg_store_get_user (store));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *id = template_users[i + 1] = torg_env_make_id (torg_store_get_env (store));
      g_autoptr (TorgRecord) user = torg_record_new (schema, torg_schema_find (schema, "user"), id);

      torg_record_set_text (user, "name", names[i]);
      torg_edit_create (edit, user);
    }
  must (torg_store_apply (store, edit, NULL, &error), &error, "users");
}

static void
make_templates (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (G_MAXUINT64, START, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *company = NULL;
  g_autoptr (TorgServerStore) server = NULL;
  g_autoptr (TorgStore) store = NULL;
  g_autoptr (TorgStore) empty = NULL;
  static const char *const logins[SIM_CLIENTS] = { "anna", "boris", "vera" };
  gint64                   n;

  template_dir = g_dir_make_tmp ("torg-sim-XXXXXX", &error);
  must (template_dir != NULL, &error, "folder");
  template_server = g_build_filename (template_dir, "server.db", NULL);
  template_client = g_build_filename (template_dir, "client.db", NULL);
  company = g_build_filename (template_dir, "company.db", NULL);
  uri = g_strconcat ("sqlite:", template_server, NULL);

  store = torg_store_open (env, company, TORG_STORE_NONE, &error);
  must (store != NULL && torg_store_begin_company (store, "ru", "Анна Петрова", &error), &error, "company");
  add_users (store);
  server = torg_server_store_open (env, uri, &error);
  must (server != NULL && torg_server_store_migrate (server, &error) &&
          torg_db_begin (torg_server_store_get_db (server), &error) && torg_server_import (server, store, &n, &error) &&
          torg_server_store_end (server, TRUE, &error),
        &error, "server");
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      template_tokens[i] = torg_keys_make (server, template_users[i], NULL, NULL, &error);
      must (template_tokens[i] != NULL, &error, "token");
    }
  for (guint i = 0; i < SIM_CLIENTS; i++)
    must (torg_accounts_add (server, template_users[i], logins[i], NULL, &error), &error, "account");
  g_clear_pointer (&server, torg_server_store_free);
  must (torg_store_close (store, &error), &error, "company");
  g_unlink (company);
  empty = torg_store_open (env, template_client, TORG_STORE_NONE, &error);
  must (empty != NULL && torg_store_close (empty, &error), &error, "client");
  atexit (remove_templates);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

/* One world in so many has small pages: each of them is an exchange. */
#define PAGED 7
/* Records of a page. */
#define LEAST_PAGE 3
#define MOST_PAGE 20
/* In one of so many of these, a replica that lacks more changes than a few begins anew. */
#define CUT_SHORT 5
#define FEW_CHANGES 60
/* Nothing breaks off any more when all is whole: so much more at once, what was begun is read to its end. */
#define QUICKER 10

/* The number of the seed tells, no draw does. */
void
sim_limit_answers (SimWorld *self)
{
  guint64           nth = self->seed / PAGED;
  TorgServerLimits *limits = torg_server_store_get_limits (self->server);

  if ((self->faults & SIM_FAULT_PAGES) == 0 || self->seed % PAGED != 0)
    return;
  limits->page = (LEAST_PAGE + (guint) (nth % (MOST_PAGE - LEAST_PAGE + 1))) * (self->healed ? QUICKER : 1);
  limits->changes = nth % CUT_SHORT == 0 ? FEW_CHANGES : 0;
}

void
sim_open_server (SimWorld *self)
{
  g_autofree char *uri = g_strconcat ("sqlite:", self->server_path, NULL);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->server, torg_server_store_free);
  self->server = torg_server_store_open (self->env, uri, &error);
  must (self->server != NULL, &error, "server");
  sim_limit_answers (self);
  torg_db_exec (torg_server_store_get_db (self->server), "PRAGMA synchronous=OFF", NULL);
}

void
sim_close_client (SimClient *client)
{
  if (client->store != NULL)
    torg_store_close (client->store, NULL);
  g_clear_object (&client->store);
}

void
sim_open_client (SimClient *client)
{
  g_autoptr (GError) error = NULL;

  sim_close_client (client);
  client->store = torg_store_open (client->env, client->path, TORG_STORE_NONE, &error);
  must (client->store != NULL, &error, "client");
  torg_db_exec (client->store->db, "PRAGMA synchronous=OFF", NULL);
}

static void
begin_client (SimWorld *self, guint number)
{
  SimClient       *client = &self->clients[number];
  g_autofree char *name = g_strdup_printf ("client-%u.db", number);
  g_autofree char *backup = g_strdup_printf ("client-%u.backup", number);
  g_autofree char *id = NULL;
  gint64           skew = 0;

  client->world = self;
  client->number = number;
  client->path = g_build_filename (self->dir, name, NULL);
  client->backup = g_build_filename (self->dir, backup, NULL);
  if (sim_happens (self, SIM_FAULT_SKEW, 500))
    skew = (gint64) g_rand_int_range (self->rand, -3650, 3650) * 86400 * G_USEC_PER_SEC;
  client->env = torg_env_new_seeded (self->seed * 31 + number, START + skew, SIM_DISK);
  client->user = g_strdup (template_users[number]);
  client->token = g_strdup (template_tokens[number]);
  sim_copy_file (template_client, client->path);
  sim_open_client (client);
  client->content = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  id = torg_env_make_id (client->env);
  if (sim_happens_beside (self, SIM_FAULT_ALONE, 150))
    sim_begin_alone (client);
  else
    must (torg_store_connect (client->store, id, client->user, NULL), NULL, "connect");
  client->transport = sim_transport_new (client);
  if (sim_happens_beside (self, SIM_FAULT_TOKEN, 700))
    sim_sign_in (client);
}

static void
edit_free (gpointer data)
{
  SimEdit *edit = data;

  torg_wire_mutation_free (edit->mutation);
  g_free (edit);
}

SimWorld *
sim_world_new (guint64 seed, SimFaults faults, gboolean print)
{
  SimWorld *self = g_new0 (SimWorld, 1);

  sim_disk_register ();
  if (template_dir == NULL)
    make_templates ();
  self->seed = seed;
  self->faults = faults;
  self->print = print;
  self->rand = g_rand_new_with_seed ((guint32) seed);
  self->beside = g_rand_new_with_seed ((guint32) seed + 1);
  self->way = g_rand_new_with_seed (~(guint32) seed);
  self->trace = g_checksum_new (G_CHECKSUM_SHA256);
  self->shut_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->edits = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, edit_free);
  self->writers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sim_begin_marks (self);
  self->dir = g_dir_make_tmp ("torg-sim-XXXXXX", NULL);
  self->env = torg_env_new_seeded (seed, START, SIM_DISK);
  self->server_path = g_build_filename (self->dir, "server.db", NULL);
  self->server_backup = g_build_filename (self->dir, "server.backup", NULL);
  sim_copy_file (template_server, self->server_path);
  sim_open_server (self);
  for (guint i = 0; i < SIM_CLIENTS; i++)
    begin_client (self, i);
  return self;
}

static void
remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

void
sim_world_free (SimWorld *self)
{
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      SimClient *client = &self->clients[i];

      torg_store_close (client->store, NULL);
      g_clear_object (&client->store);
      g_clear_object (&client->transport);
      torg_env_unref (client->env);
      g_free (client->path);
      g_free (client->backup);
      g_free (client->user);
      g_free (client->token);
      g_free (client->refresh);
      g_hash_table_unref (client->content);
    }
  g_clear_pointer (&self->server, torg_server_store_free);
  torg_env_unref (self->env);
  remove_dir (self->dir);
  g_ptr_array_unref (self->late);
  g_hash_table_unref (self->shut_out);
  g_hash_table_unref (self->edits);
  g_hash_table_unref (self->writers);
  g_hash_table_unref (self->marks);
  g_checksum_free (self->trace);
  g_rand_free (self->rand);
  g_rand_free (self->beside);
  g_rand_free (self->way);
  g_free (self->dir);
  g_free (self->server_path);
  g_free (self->server_backup);
  g_free (self->problem);
  g_free (self);
}
