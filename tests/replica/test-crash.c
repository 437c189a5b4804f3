/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-crash-vfs.h"
#include "torg-import.h"
#include "torg-test-store.h"

#include <string.h>

/*
 * A session of edits, cut off at every write and sync. What was reported as saved must be there, nothing may be there
 * by half, and all that follows from the rows must fit them. TORG_TEST_AMOUNT=long: every position in every mode.
 */

#define PATH "/replica.db"

typedef struct
{
  TorgEnv        *env;
  TorgStore      *store;
  TorgTable      *table;
  TorgImportPlan *plan;   /* (nullable) while no import is under way */
  TorgImport     *import; /* (nullable) */
} Session;

typedef gboolean (*Step) (Session *self, GError **error);

/* --- the session ------------------------------------------------------------------------------------------------ */

static gboolean
apply_one (Session *self, TorgEdit *edit, GError **error)
{
  torg_env_set_now (self->env, torg_env_get_now (self->env) + G_USEC_PER_SEC);
  return torg_store_apply (self->store, edit, NULL, error);
}

static gboolean
make_company (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("company");
  g_autoptr (TorgRecord) company =
    test_new_record (self->store, "company", "name", "Ромашка", "phones", "+7 495 123-45-67", NULL);
  g_autoptr (TorgRecord) entity =
    test_new_record (self->store, "legal_entity", "name", "ООО Ромашка", "company", torg_record_get_id (company), NULL);

  torg_edit_create (edit, company);
  torg_edit_create (edit, entity);
  return apply_one (self, edit, error);
}

static gboolean
make_deals (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("deals");
  g_autofree char *company = test_find (self->store, "company", "name", "Ромашка");

  for (int i = 0; i < 12; i++)
    {
      g_autofree char *title = g_strdup_printf ("Поставка %d", i);
      g_autoptr (TorgRecord) deal =
        test_new_record (self->store, "deal", "title", title, "company", company, "amount", "1000 RUB", NULL);

      torg_edit_create (edit, deal);
    }
  return apply_one (self, edit, error);
}

static gboolean
move_deal (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("move");
  g_autofree char *deal = test_find (self->store, "deal", "title", "Поставка 3");
  g_autofree char *stage = test_stage (self->store, "deals", "open", 3);

  torg_edit_move (edit, "deal", deal, stage, 10);
  return apply_one (self, edit, error);
}

static gboolean
plan_call (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("call");
  g_autofree char *deal = test_find (self->store, "deal", "title", "Поставка 3");
  g_autoptr (TorgRecord) call = test_new_record (self->store, "activity", "kind", "call", "subject", "Позвонить",
                                                 "deal", deal, "due", "2026-03-05", NULL);

  torg_edit_create (edit, call);
  return apply_one (self, edit, error);
}

static gboolean
change_all (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("bulk");
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (GPtrArray) deals = torg_store_list (self->store, query, 0, NULL, error);

  if (deals == NULL)
    return FALSE;
  for (guint i = 0; i < deals->len; i++)
    torg_edit_take (edit, "deal", torg_record_get_id (deals->pdata[i]), "amount",
                    torg_value_money (i * 100 + 5, "USD"));
  return apply_one (self, edit, error);
}

static gboolean
delete_company (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("delete");
  g_autofree char *company = test_find (self->store, "company", "name", "Ромашка");

  torg_edit_delete (edit, "company", company);
  return apply_one (self, edit, error);
}

static gboolean
undo_last (Session *self, GError **error)
{
  guint            left;
  g_autofree char *label = torg_store_undo (self->store, 0, &left, error);

  return label != NULL;
}

static gboolean
make_field (Session *self, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("field");
  g_autoptr (TorgRecord) def = test_new_record (self->store, "field_def", "record_type", "company", "name", "rating",
                                                "label", "Рейтинг", "kind", "number", "filterable", "1", NULL);

  torg_edit_create (edit, def);
  return apply_one (self, edit, error);
}

static gboolean
checkpoint (Session *self, GError **error)
{
  return torg_db_exec (self->store->db, "PRAGMA wal_checkpoint (TRUNCATE)", error);
}

static gboolean
import_chunk (Session *self, GError **error)
{
  gboolean finished;

  if (self->import == NULL)
    {
      self->plan = torg_import_plan_guess (torg_store_get_schema (self->store), "company", self->table);
      self->import = torg_import_new (self->plan, self->env);
    }
  return torg_import_step (self->import, self->store, &finished, error) && torg_store_sync (self->store, error);
}

static gboolean
undo_import (Session *self, GError **error)
{
  g_autoptr (TorgImportResult) result = torg_import_dup_result (self->import);
  guint left;

  return torg_store_undo_import (self->store, result->import_id, &left, NULL, error);
}

static gboolean
close_and_open (Session *self, GError **error)
{
  if (!torg_store_close (self->store, error))
    return FALSE;
  g_clear_object (&self->store);
  self->store = torg_store_open (self->env, PATH, TORG_STORE_NONE, error);
  return self->store != NULL;
}

static const Step steps[] = {
  make_company, make_deals, move_deal,      undo_last,    move_deal,      plan_call,  change_all, undo_last,
  change_all,   make_field, delete_company, undo_last,    close_and_open, move_deal,  checkpoint, import_chunk,
  undo_import,  plan_call,  close_and_open, make_company, delete_company, change_all,
};

/* --- running it ------------------------------------------------------------------------------------------------- */

/* Everything that is kept, as a checksum. */
static char *
describe (TorgStore *store)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (TorgStatement) tables = torg_db_prepare (
    store->db,
    "SELECT 'SELECT group_concat(' || (SELECT group_concat('quote(\"' || c.name || '\")', '||') FROM "
    "pragma_table_info(t.name) c) || ') FROM \"' || t.name || '\"' FROM sqlite_schema t WHERE type = 'table' "
    "AND name NOT LIKE 'search_%' AND name NOT LIKE 'sqlite_%' AND name <> 'search' ORDER BY name",
    NULL);
  gboolean row;

  g_assert_nonnull (tables);
  while (torg_statement_step (tables, &row, NULL) && row)
    {
      g_autofree char *text = test_text (store, torg_statement_get_text (tables, 0));

      g_checksum_update (sum, (const guchar *) (text != NULL ? text : "-"), -1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

static TorgTable *
make_table (void)
{
  TorgTable *table = torg_table_new ();

  for (int i = 0; i <= 30; i++)
    {
      g_autofree char *name = i > 0 ? g_strdup_printf ("Завод %d", i) : g_strdup ("Название");
      g_autofree char *phone = i > 0 ? g_strdup_printf ("+7 812 %07d", i * 31337) : g_strdup ("Телефон");

      g_assert_true (torg_table_add_row (table, i + 1, NULL));
      g_assert_true (torg_table_add_cell (table, TORG_CELL_TEXT, name, -1, NULL));
      g_assert_true (torg_table_add_cell (table, TORG_CELL_TEXT, phone, -1, NULL));
    }
  return table;
}

static void
session_clear (Session *self)
{
  if (self->store != NULL)
    torg_store_close (self->store, NULL);
  g_clear_object (&self->store);
  g_clear_pointer (&self->import, torg_import_free);
  g_clear_pointer (&self->plan, torg_import_plan_unref);
  g_clear_pointer (&self->table, torg_table_unref);
  g_clear_pointer (&self->env, torg_env_unref);
}

static gboolean
session_begin (Session *self, guint64 seed, GError **error)
{
  memset (self, 0, sizeof *self);
  self->env = torg_env_new_seeded (seed, TEST_NOW, CRASH_VFS);
  self->table = make_table ();
  self->store = torg_store_open (self->env, PATH, TORG_STORE_NONE, error);
  return self->store != NULL;
}

/* How many steps were reported as done. */
static guint
session_run (Session *self, GPtrArray *states)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      if (!steps[i](self, &error))
        {
          if (!crash_vfs_has_crashed ())
            g_error ("step %u: %s", i, error->message);
          return i;
        }
      if (states != NULL)
        g_ptr_array_add (states, describe (self->store));
    }
  return G_N_ELEMENTS (steps);
}

/* A new company on the disk, as every run begins with. */
static CrashState *
make_start (GPtrArray *states)
{
  g_autoptr (GError) error = NULL;
  Session     session;
  CrashState *start;

  crash_vfs_format ();
  session_begin (&session, 5, &error);
  g_assert_no_error (error);
  torg_store_begin_company (session.store, "ru", "Анна", &error);
  g_assert_no_error (error);
  g_ptr_array_add (states, describe (session.store));
  session_clear (&session);
  start = crash_vfs_save ();

  crash_vfs_restore (start);
  session_begin (&session, 7, &error);
  g_assert_no_error (error);
  crash_vfs_stop_after (G_MAXUINT64 - 2);
  g_assert_cmpuint (session_run (&session, states), ==, G_N_ELEMENTS (steps));
  test_check (session.store);
  session_clear (&session);
  return start;
}

static guint64
count_operations (CrashState *start)
{
  Session session;
  guint64 n;

  crash_vfs_restore (start);
  g_assert_true (session_begin (&session, 7, NULL));
  crash_vfs_stop_after (G_MAXUINT64 - 2);
  session_run (&session, NULL);
  n = crash_vfs_get_n ();
  session_clear (&session);
  return n;
}

/* One run that stops at an operation, and what is there afterwards. */
static void
crash_at (CrashState *start, GPtrArray *states, guint64 position, CrashMode mode)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  Session          session;
  guint            n_done;

  crash_vfs_restore (start);
  g_assert_true (session_begin (&session, 7, NULL));
  crash_vfs_stop_after (position);
  n_done = session_run (&session, NULL);
  g_assert_true (crash_vfs_has_crashed ());
  session_clear (&session);

  crash_vfs_reboot (mode, position);
  session_begin (&session, 6, &error);
  g_assert_no_error (error);
  found = describe (session.store);
  if (!g_str_equal (found, states->pdata[n_done]) &&
      !g_str_equal (found, states->pdata[MIN (n_done + 1, states->len - 1)]))
    g_error ("stopped at %" G_GUINT64_FORMAT
             " in mode %d, after %u steps: what is there is neither the last state nor the next",
             position, mode, n_done);
  if (test_count_problems (session.store) != 0)
    g_error ("stopped at %" G_GUINT64_FORMAT " in mode %d, after %u steps: there are problems", position, mode, n_done);
  /* And work goes on. */
  g_assert_true (make_company (&session, &error));
  session_clear (&session);
}

static void
test_session (void)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CrashState) start = make_start (states);
  guint64 n = count_operations (start);
  gint64  began = g_get_monotonic_time ();
  guint64 n_runs = 0;

  g_assert_cmpuint (n, >, 100);
  for (guint64 i = 0; i < n; i++)
    for (CrashMode mode = 0; mode < CRASH_N_MODES; mode++)
      {
        if (!test_is_long () && ((i + mode) % CRASH_N_MODES != 0 || (i % 5 != 0 && i % 5 != 2)))
          continue;
        crash_at (start, states, i, mode);
        n_runs++;
      }
  g_test_message ("%" G_GUINT64_FORMAT " crashes at %" G_GUINT64_FORMAT " positions in %.1f s", n_runs, n,
                  (g_get_monotonic_time () - began) / 1e6);
}

/* While the file is made, and the company in it: either is there as a whole or not at all. */
static void
test_beginning (void)
{
  guint64 position;

  for (position = 0;; position += test_is_long () ? 1 : 17)
    {
      g_autoptr (GError) error = NULL;
      gint64   n;
      Session  session;
      gboolean began, crash;

      crash_vfs_format ();
      crash_vfs_stop_after (position);
      began = session_begin (&session, 5, NULL) && torg_store_begin_company (session.store, "ru", "Анна", NULL);
      crash = crash_vfs_has_crashed ();
      session_clear (&session);
      if (!crash)
        break;
      crash_vfs_reboot (position % CRASH_N_MODES, position);
      session_begin (&session, 5, &error);
      g_assert_no_error (error);
      n = test_int (session.store, "SELECT count(*) FROM stage");
      g_assert_true (n == 13 || (n == 0 && !began));
      torg_store_begin_company (session.store, "ru", "Анна", &error);
      g_assert_no_error (error);
      g_assert_cmpint (test_int (session.store, "SELECT count(*) FROM stage"), ==, 13);
      test_check (session.store);
      session_clear (&session);
    }
  g_test_message ("%" G_GUINT64_FORMAT " positions", position);
  g_assert_cmpuint (position, >, 20);
}

/* A full disk: each step says so and leaves what was there; with more room it works, on the same connection. */
static void
test_full (void)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CrashState) start = make_start (states);
  guint n_full = 0;

  for (gint64 room = 0; room < 600000; room += test_is_long () ? 1024 : 9000)
    {
      Session session;
      g_autoptr (GError) error = NULL;

      crash_vfs_restore (start);
      g_assert_true (session_begin (&session, 7, NULL));
      crash_vfs_set_capacity (crash_vfs_get_size () + room + 1);
      for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        {
          g_autofree char *state = NULL;

          if (steps[i](&session, &error))
            continue;
          n_full++;
          if (!g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FULL))
            g_error ("room for %" G_GINT64_FORMAT ", step %u: %s", room, i, error->message);
          if (session.store == NULL || session.store->db == NULL)
            break;
          state = describe (session.store);
          g_assert_cmpstr (state, ==, states->pdata[i]);
          crash_vfs_set_capacity (0);
          g_clear_error (&error);
          steps[i](&session, &error);
          g_assert_no_error (error);
          test_check (session.store);
          break;
        }
      crash_vfs_set_capacity (0);
      session_clear (&session);
    }
  g_test_message ("%u times full", n_full);
  g_assert_cmpuint (n_full, >, 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  crash_vfs_register ();
  g_test_add_func ("/crash/session", test_session);
  g_test_add_func ("/crash/beginning", test_beginning);
  g_test_add_func ("/crash/full", test_full);
  return g_test_run ();
}
