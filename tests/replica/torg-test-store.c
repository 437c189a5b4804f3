/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

#include "torg-field-text.h"
#include "torg-incoming.h"
#include "torg-sync-store.h"

#include <glib/gstdio.h>

void
test_remove_dir (const char *dir)
{
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  const char *name;

  while (open != NULL && (name = g_dir_read_name (open)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        test_remove_dir (path);
      else
        g_unlink (path);
    }
  g_rmdir (dir);
}

/* A company as a new one is, in Russian, in a folder of its own. */
TestStore *
test_store_new (guint64 seed)
{
  TestStore *self = g_new0 (TestStore, 1);
  g_autoptr (GError) error = NULL;

  self->env = torg_env_new_seeded (seed, TEST_NOW, NULL);
  self->dir = g_dir_make_tmp ("torg-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->dir, "replica.db", NULL);
  self->store = torg_store_open (self->env, self->path, TORG_STORE_NONE, &error);
  g_assert_no_error (error);
  /* What the disk does is tested elsewhere. */
  g_assert_true (torg_db_exec (self->store->db, "PRAGMA synchronous=OFF", &error));
  torg_store_begin_company (self->store, "ru", "Анна Петрова", &error);
  g_assert_no_error (error);
  return self;
}

void
test_store_free (TestStore *self)
{
  if (self->store != NULL)
    torg_store_close (self->store, NULL);
  g_clear_object (&self->store);
  test_remove_dir (self->dir);
  torg_env_unref (self->env);
  g_free (self->dir);
  g_free (self->path);
  g_free (self);
}

void
test_store_reopen (TestStore *self)
{
  g_autoptr (GError) error = NULL;

  torg_store_close (self->store, &error);
  g_assert_no_error (error);
  g_clear_object (&self->store);
  self->store = torg_store_open (self->env, self->path, TORG_STORE_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (torg_db_exec (self->store->db, "PRAGMA synchronous=OFF", NULL));
}

/* From now on edits go into the outbox. */
void
test_store_to_server (TestStore *self)
{
  g_assert_true (torg_state_set (self->store->db, "mode", "server", NULL));
  test_store_reopen (self);
}

void
test_store_pass (TestStore *self, gint64 seconds)
{
  torg_env_set_now (self->env, torg_env_get_now (self->env) + seconds * G_USEC_PER_SEC);
}

/* A value as it would stand in a file; references by id. */
void
test_set_field (TorgStore *store, TorgRecord *record, const char *name, const char *text)
{
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);
  g_autoptr (GError) error = NULL;
  TorgValue value;

  g_assert_nonnull (field);
  torg_field_parse (field, text, NULL, &value, &error);
  g_assert_no_error (error);
  torg_record_take_nth (record, field->index, value);
}

static TorgRecord *
new_record (TorgStore *store, const char *type, va_list args)
{
  g_autofree char *id = torg_env_make_id (torg_store_get_env (store));
  TorgSchema      *schema = torg_store_get_schema (store);
  TorgRecord      *record = torg_record_new (schema, torg_schema_find (schema, type), id);
  const char      *name;

  while ((name = va_arg (args, const char *)) != NULL)
    test_set_field (store, record, name, va_arg (args, const char *));
  return record;
}

TorgRecord *
test_new_record (TorgStore *store, const char *type, ...)
{
  TorgRecord *record;
  va_list     args;

  va_start (args, type);
  record = new_record (store, type, args);
  va_end (args);
  return record;
}

/* Creates a record of pairs of a field and a text; gives its id. */
char *
test_create (TorgStore *store, const char *type, ...)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("create");
  g_autoptr (TorgRecord) record = NULL;
  va_list args;

  va_start (args, type);
  record = new_record (store, type, args);
  va_end (args);
  torg_edit_create (edit, record);
  test_apply (store, edit);
  return g_strdup (torg_record_get_id (record));
}

gint64
test_apply (TorgStore *store, TorgEdit *edit)
{
  g_autoptr (GError) error = NULL;
  gint64 step = 0;

  torg_store_apply (store, edit, &step, &error);
  g_assert_no_error (error);
  g_assert_cmpint (step, >, 0);
  return step;
}

gint64
test_patch (TorgStore *store, const char *type, const char *id, const char *field, const char *text)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (field);
  const TorgType *found = torg_schema_find (torg_store_get_schema (store), type);
  g_autoptr (GError) error = NULL;
  TorgValue value;

  torg_field_parse (torg_type_find_field (found, field), text, NULL, &value, &error);
  g_assert_no_error (error);
  torg_edit_take (edit, type, id, field, value);
  return test_apply (store, edit);
}

gint64
test_delete (TorgStore *store, const char *type, const char *id)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("delete");

  torg_edit_delete (edit, type, id);
  return test_apply (store, edit);
}

void
test_undo (TorgStore *store, gint64 step, guint n_left)
{
  g_autoptr (GError) error = NULL;
  guint            left = 0;
  g_autofree char *label = torg_store_undo (store, step, &left, &error);

  g_assert_no_error (error);
  g_assert_nonnull (label);
  g_assert_cmpuint (left, ==, n_left);
}

/* The id of a stage of the first pipeline of a kind. */
char *
test_stage (TorgStore *store, const char *pipeline, const char *kind, guint nth)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (store->db,
                     "SELECT s.id FROM stage s JOIN pipeline p ON p.id = s.pipeline WHERE p.kind = ?1 AND s.kind = ?2 "
                     "ORDER BY s.position LIMIT 1 OFFSET ?3",
                     NULL);
  gboolean row;

  torg_statement_bind_text (statement, 1, pipeline);
  torg_statement_bind_text (statement, 2, kind);
  torg_statement_bind_int (statement, 3, nth);
  g_assert_true (torg_statement_step (statement, &row, NULL));
  g_assert_true (row);
  return torg_statement_dup_id (statement, 0);
}

char *
test_find (TorgStore *store, const char *type, const char *field, const char *text)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);
  g_autoptr (GPtrArray) records = NULL;

  torg_query_add_text (query, field, TORG_MATCH_IS, text);
  records = torg_store_list (store, query, 1, NULL, NULL);
  g_assert_nonnull (records);
  return records->len > 0 ? g_strdup (torg_record_get_id (g_ptr_array_index (records, 0))) : NULL;
}

/* A field as plain text. */
char *
test_get (TorgStore *store, const char *type, const char *id, const char *field)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgRecord) record = torg_store_get (store, type, id, &error);

  g_assert_no_error (error);
  return torg_field_to_plain (torg_type_find_field (torg_record_get_kind (record), field),
                              torg_record_get (record, field), NULL);
}

gint64
test_int (TorgStore *store, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = G_MININT64;

  torg_db_get_int (store->db, sql, &number, &error);
  g_assert_no_error (error);
  return number;
}

char *
test_text (TorgStore *store, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStatement) statement = torg_db_prepare (store->db, sql, &error);
  gboolean row;

  g_assert_no_error (error);
  torg_statement_step (statement, &row, &error);
  g_assert_no_error (error);
  return row ? g_strdup (torg_statement_get_text (statement, 0)) : NULL;
}

guint
test_count_problems (TorgStore *store)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  torg_check_store (store, problems, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("problem: %s", (char *) g_ptr_array_index (problems, i));
  return problems->len;
}

void
test_check (TorgStore *store)
{
  g_assert_cmpuint (test_count_problems (store), ==, 0);
}

gboolean
test_is_long (void)
{
  return g_strcmp0 (g_getenv ("TORG_TEST_AMOUNT"), "long") == 0;
}

/* The lines of an answer, with `'` for `"`, and more of its end. */
void
test_take (TorgStore *store, const char *end, const char *first, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgIncoming) incoming = torg_incoming_new (store, &error);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  va_list args;

  g_assert_no_error (error);
  va_start (args, first);
  for (const char *line = first; line != NULL; line = va_arg (args, const char *))
    g_ptr_array_add (lines, g_strdup (line));
  va_end (args);
  g_ptr_array_add (lines, g_strdup_printf ("{'end':{'cursor':'c','epoch':'e','acked':9%s}}", end));
  for (guint i = 0; i < lines->len; i++)
    {
      g_autoptr (JsonNode) node = json_from_string (g_strdelimit (lines->pdata[i], "'", '"'), &error);
      g_autoptr (TorgIncomingLine) line = NULL;

      g_assert_no_error (error);
      line = torg_incoming_line_read (node, torg_store_get_schema (store));
      torg_incoming_take (incoming, line, &error);
      g_assert_no_error (error);
    }
  torg_incoming_commit (incoming, &error);
  g_assert_no_error (error);
}

/* The server takes nothing of what waits; @detail: (nullable). */
void
test_reject (TorgStore *store, const char *code, const char *detail)
{
  g_autoptr (GPtrArray) waiting = torg_store_list_unsent (store, NULL, NULL);

  for (guint i = 0; i < waiting->len; i++)
    {
      TorgWireMutation *mutation = waiting->pdata[i];
      g_autofree char  *more = detail != NULL ? g_strdup_printf (",'detail':'%s'", detail) : g_strdup ("");
      g_autofree char  *line =
        g_strdup_printf ("{'result':{'mutation_id':'%s','client_seq':%u,'status':'rejected','code':'%s'%s}}",
                         mutation->id, i + 1, code, more);

      test_take (store, "", line, NULL);
    }
}
