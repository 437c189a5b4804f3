/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-demo.h"
#include "torg-json.h"
#include "torg-test-store.h"

#include <sqlite3.h>
#include <string.h>

/* Schemas of other versions: a type that is new, a field that is new, and a file of each released version. */

/* All that it takes to add a type. */
static const TorgField vehicle_fields[] = {
  { "name", TORG_KIND_TEXT, "Name", "Vehicle",
    TORG_FIELD_REQUIRED | TORG_FIELD_TITLE | TORG_FIELD_SEARCHABLE | TORG_FIELD_HISTORICAL | TORG_FIELD_FILTERABLE |
      TORG_FIELD_LIST },
  { "price", TORG_KIND_MONEY, "Price", "Vehicle", TORG_FIELD_HISTORICAL },
};
static const TorgTypeInfo vehicle = {
  "vehicle", "vehicles", "Vehicle", "Vehicles", 1, vehicle_fields, G_N_ELEMENTS (vehicle_fields), NULL
};

/* The schema with more types, or with more fields for one. */
static TorgSchema *
make_schema (const TorgTypeInfo *more, TorgTypeInfo **infos)
{
  guint               n;
  const TorgTypeInfo *tables = torg_schema_tables (&n);
  gboolean            known = FALSE;

  *infos = g_new0 (TorgTypeInfo, n + 1);
  memcpy (*infos, tables, n * sizeof *tables);
  for (guint i = 0; i < n; i++)
    if (g_str_equal ((*infos)[i].name, more->name))
      {
        (*infos)[i] = *more;
        known = TRUE;
      }
  if (!known)
    (*infos)[n++] = *more;
  return torg_schema_new_for (*infos, n);
}

static void
reopen_with (TestStore *test, TorgSchema *schema)
{
  g_autoptr (GError) error = NULL;

  if (test->store != NULL)
    torg_store_close (test->store, NULL);
  g_clear_object (&test->store);
  test->store = torg_store_open_with_schema (test->env, test->path, TORG_STORE_NONE, schema, &error);
  g_assert_no_error (error);
}

static void
test_new_type (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autofree TorgTypeInfo *infos = NULL;
  g_autoptr (TorgSchema) schema = make_schema (&vehicle, &infos);
  const TorgType  *type = torg_schema_find (schema, "vehicles");
  g_autofree char *old = test_create (test->store, "company", "name", "Ромашка", NULL);
  g_autofree char *id = NULL;
  g_autofree char *columns = NULL;
  g_autofree char *text = NULL;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgRecord) again = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autoptr (TorgEdit) bad = torg_edit_new (NULL);
  g_autoptr (TorgRecord) nameless = NULL;
  g_autoptr (GPtrArray) hits = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GString) form = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (type);
  reopen_with (test, schema);
  /* SQL. */
  columns = test_text (test->store, "SELECT group_concat(name || ' ' || type) FROM pragma_table_info('vehicle')");
  g_assert_cmpstr (
    columns, ==,
    "rid INTEGER,id BLOB,seq INTEGER,deleted INTEGER,extra TEXT,name TEXT,price INTEGER,price_currency TEXT");
  g_assert_cmpint (
    test_int (test->store, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = 'vehicle_name'"), ==, 1);
  id = test_create (test->store, "vehicle", "name", "Газель", "price", "1500000 RUB", NULL);
  /* JSON. */
  record = torg_store_get (test->store, "vehicle", id, NULL);
  json = torg_record_to_json (record);
  text = json_to_string (json, FALSE);
  g_assert_true (strstr (text, "\"type\":\"vehicle\"") != NULL);
  again = torg_record_from_json (test->store->schema, json, NULL);
  g_assert_true (torg_value_equal (torg_record_get (again, "price"), torg_record_get (record, "price")));
  g_assert_cmpstr (torg_record_get_text (again, "name"), ==, "Газель");
  /* Validation. */
  nameless = test_new_record (test->store, "vehicle", "price", "1 RUB", NULL);
  torg_edit_create (bad, nameless);
  g_assert_false (torg_store_apply (test->store, bad, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  /* A form's rows: the visible fields with their labels, under their groups. */
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_HIDDEN) == 0)
      g_string_append_printf (form, "%s/%s;", torg_field_get_group (&type->fields[i]),
                              torg_field_get_label (&type->fields[i]));
  g_assert_cmpstr (form->str, ==, "Vehicle/Name;Vehicle/Price;");
  /* Search, history, undo, outbox: all that holds of records. */
  hits = torg_store_search (test->store, "газель", NULL, 5, NULL);
  g_assert_cmpuint (hits->len, ==, 1);
  test_patch (test->store, "vehicle", id, "price", "2 USD");
  lines = torg_store_list_history (test->store, id, "price", 5, NULL);
  g_assert_cmpuint (lines->len, ==, 1);
  test_undo (test->store, 0, 0);
  test_assert_field (test->store, "vehicle", id, "price", "1500000 RUB");
  test_assert_field (test->store, "company", old, "name", "Ромашка");
  test_check (test->store);
}

/* A version that does not know a field keeps what another one wrote; one that has it reads it. */
static void
test_new_field (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  g_autofree char         *id = test_create (test->store, "tag", "name", "Важный", NULL);
  const TorgType          *type = torg_schema_find (torg_store_get_schema (test->store), "tag");
  g_autofree TorgField    *fields = g_new0 (TorgField, type->info->n_fields + 2);
  TorgTypeInfo             info = *type->info;
  g_autofree TorgTypeInfo *infos = NULL;
  g_autoptr (TorgSchema) schema = NULL;
  g_autofree char *early = NULL;
  g_autofree char *kept = NULL;

  memcpy (fields, type->info->fields, info.n_fields * sizeof *fields);
  fields[info.n_fields++] = (TorgField) { .name = "weight",
                                          .kind = TORG_KIND_NUMBER,
                                          .label = "Weight",
                                          .since = 2,
                                          .flags = TORG_FIELD_HISTORICAL | TORG_FIELD_FILTERABLE };
  fields[info.n_fields++] = (TorgField) { .name = "bonus", .kind = TORG_KIND_MONEY, .label = "Bonus", .since = 2 };
  info.fields = fields;
  schema = make_schema (&info, &infos);
  /* Of a newer program, before this one knew the fields. */
  early = test_create (test->store, "tag", "name", "Ранний", NULL);
  g_assert_true (torg_db_exec (test->store->db,
                               "UPDATE tag SET extra = '{\"weight\":3.5,\"bonus\":\"odd\",\"later\":1}' "
                               "WHERE name = 'Ранний'",
                               NULL));
  reopen_with (test, schema);
  test_assert_field (test->store, "tag", early, "weight", "3.5");
  test_assert_field (test->store, "tag", early, "bonus", "");
  kept = test_text (test->store,
                    "SELECT json_extract(extra, '$.bonus', '$.later', '$.weight') FROM tag WHERE name = 'Ранний'");
  g_assert_cmpstr (kept, ==, "[\"odd\",1,null]");
  g_assert_cmpint (test_int (test->store,
                             "SELECT count(*) FROM pragma_table_info('tag') WHERE name IN ('weight', 'bonus', "
                             "'bonus_currency')"),
                   ==, 3);
  test_assert_field (test->store, "tag", id, "name", "Важный");
  test_assert_field (test->store, "tag", id, "weight", "");
  test_patch (test->store, "tag", id, "weight", "7");
  test_patch (test->store, "tag", id, "bonus", "5 RUB");
  test_check (test->store);
  /* The older version beside it: it works and loses nothing. */
  test_store_reopen (test);
  test_patch (test->store, "tag", id, "name", "Очень важный");
  reopen_with (test, schema);
  test_assert_field (test->store, "tag", id, "weight", "7");
  test_assert_field (test->store, "tag", id, "bonus", "5 RUB");
  test_assert_field (test->store, "tag", id, "name", "Очень важный");
  test_check (test->store);
}

/* The file of a released version opens, with all that is in it, and can be worked with. */
static void
test_released (gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("schema-%d.sql", GPOINTER_TO_INT (data));
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
  g_autoptr (TestStore) test = test_store_new (3);
  g_autofree char *sql = NULL;
  sqlite3         *db;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (test->dir, "old.db", NULL);
  g_autofree char *deal = NULL;

  g_file_get_contents (source, &sql, NULL, &error);
  g_assert_no_error (error);
  /* Not by TorgDb, which forbids the tricks of a dump. */
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", source, sqlite3_errmsg (db));
  sqlite3_close (db);
  torg_store_close (test->store, NULL);
  g_clear_object (&test->store);
  g_set_str (&test->path, path);
  test->store = torg_store_open (test->env, path, TORG_STORE_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM stage"), ==, 13);
  deal = test_find (test->store, "deal", "title", "Поставка насосов");
  g_assert_nonnull (deal);
  test_assert_field (test->store, "deal", deal, "amount", "1500000.5 RUB");
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM deal WHERE next_subject = 'Позвонить директору'"), ==,
                   1);
  test_check (test->store);
  test_patch (test->store, "deal", deal, "amount", "7 RUB");
  test_undo (test->store, 0, 0);
  test_check (test->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upgrade/new-type", test_new_type);
  g_test_add_func ("/upgrade/new-field", test_new_field);
  /* The version that is being worked on has no fixture yet: it gets one when it is released. */
  for (int version = 1; version < TORG_SCHEMA_VERSION; version++)
    {
      g_autofree char *path = g_strdup_printf ("/upgrade/released/%d", version);

      g_test_add_data_func (path, GINT_TO_POINTER (version), test_released);
    }
  return g_test_run ();
}
