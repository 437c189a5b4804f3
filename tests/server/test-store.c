/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-page.h"
#include "torg-server-indexes.h"
#include "torg-test-server.h"

#include "torg-commit.h"

#include <string.h>

/* The server's database: tables, records, keys, pages, numbers of commits. */

static TorgValue
sample (TestServer *server, const TorgField *field, gboolean extreme)
{
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
        return torg_value_int (extreme ? G_MININT64 : 12345);
      case TORG_KIND_MONEY:
        return torg_value_money (extreme ? -TORG_MONEY_MAX : 100050, "RUB");
      case TORG_KIND_DATE:
        return torg_value_text ("2026-03-05");
      case TORG_KIND_MOMENT:
        return torg_value_int (extreme ? G_MAXINT64 : TEST_START);
      case TORG_KIND_ZONED:
        return torg_value_zoned (extreme ? "2026-03-05" : "2026-03-05T10:30 Asia/Novosibirsk");
      case TORG_KIND_CHOICE:
        return torg_value_text (field->choices != NULL ? field->choices[0].key : "one");
      case TORG_KIND_REF:
        return torg_value_text (test_id (server));
      case TORG_KIND_SET:
        return torg_value_from_items ((const char *const[]) { "а|б", "%_\\", "\"ё\"", NULL }, TRUE);
      case TORG_KIND_PHONE:
        return torg_value_text ("[{\"raw\":\"8 (495) 123-45-67\",\"e164\":\"+74951234567\",\"ext\":\"12\"}]");
      case TORG_KIND_EMAIL:
        return torg_value_text ("[\"a@example.ru\",\"b@example.ru\"]");
      case TORG_KIND_REQUISITE:
        return torg_value_text ("0000077071");
      case TORG_KIND_FILE:
        return torg_value_text ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
      case TORG_KIND_TEXT:
      default:
        return torg_value_text (extreme ? "?1 $1 \\x00 \\ 'ё' \"\t\r\n\" 🐍" : "ООО «Ромашка»");
    }
}

static void
begin (TestServer *server)
{
  g_assert_true (torg_db_begin (torg_server_store_get_db (server->store), NULL));
}

static void
commit (TestServer *server)
{
  g_autoptr (GError) error = NULL;

  torg_db_commit (torg_server_store_get_db (server->store), &error);
  g_assert_no_error (error);
}

static void
assert_same (TorgRecord *one, TorgRecord *other)
{
  const TorgType *type = torg_record_get_kind (one);

  g_assert_nonnull (other);
  g_assert_true (type == torg_record_get_kind (other));
  g_assert_cmpstr (torg_record_get_id (one), ==, torg_record_get_id (other));
  g_assert_cmpint (torg_record_get_seq (one), ==, torg_record_get_seq (other));
  g_assert_cmpint (torg_record_get_deleted (one), ==, torg_record_get_deleted (other));
  g_assert_cmpstr (torg_record_get_unknown (one), ==, torg_record_get_unknown (other));
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_value_equal (torg_record_nth (one, i), torg_record_nth (other, i)))
      g_error ("%s.%s does not come back", type->info->name, type->fields[i].name);
}

static void
write_and_read (TestServer *server, TorgRecord *record, const char *keys, gboolean is_new)
{
  g_autoptr (TorgRecord) read = NULL;
  g_autofree char *read_keys = NULL;
  g_autoptr (GError) error = NULL;

  begin (server);
  torg_server_store_write (server->store, record, keys, is_new, &error);
  g_assert_no_error (error);
  torg_server_store_load (server->store, torg_record_get_kind (record), torg_record_get_id (record), TRUE, &read,
                          &read_keys, &error);
  g_assert_no_error (error);
  commit (server);
  assert_same (record, read);
  g_assert_cmpstr (read_keys, ==, keys);
}

/* Full, changed to extremes, emptied; of each type. */
static void
test_records (TestServer *server)
{
  TorgSchema *schema = torg_server_store_get_schema (server->store);

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);
      g_autoptr (TorgRecord) record = torg_record_new (schema, type, test_id (server));

      torg_record_set_seq (record, 5);
      for (guint j = 0; j < type->n_fields; j++)
        torg_record_take_nth (record, j, sample (server, &type->fields[j], FALSE));
      write_and_read (server, record, "|all|", TRUE);
      torg_record_set_seq (record, G_MAXINT64);
      torg_record_set_deleted (record, TEST_START);
      torg_record_set_unknown (record, "{\"later\":{\"a\":[1,null,\"ё?1\"]}}");
      for (guint j = 0; j < type->n_fields; j++)
        torg_record_take_nth (record, j, sample (server, &type->fields[j], TRUE));
      write_and_read (server, record, "|deal:*|u:someone|", FALSE);
      torg_record_set_seq (record, 7);
      torg_record_set_deleted (record, 0);
      torg_record_set_unknown (record, NULL);
      for (guint j = 0; j < type->n_fields; j++)
        torg_record_take_nth (record, j, (TorgValue) TORG_VALUE_INIT);
      write_and_read (server, record, "|", FALSE);
    }
}

static void
test_custom (TestServer *server)
{
  const char *kinds[] = { "text", "number", "money", "date", "moment", "choice", "set", "ref" };
  g_autoptr (GError) error = NULL;
  TorgSchema     *schema;
  const TorgType *type;
  g_autoptr (TorgRecord) record = NULL;
  guint n_custom = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    test_add (server, "field_def",
              test_text (server,
                         "{'record_type':'company','name':'x_%s','label':'Поле','kind':'%s','choices':['one','two'],"
                         "'target':'deal'}",
                         kinds[i], kinds[i]));
  g_assert_true (torg_server_store_load_schema (server->store, &error));
  schema = torg_server_store_get_schema (server->store);
  type = torg_schema_find (schema, "company");
  record = torg_record_new (schema, type, test_id (server));
  torg_record_set_unknown (record, "{\"later\":1}");
  for (guint i = type->info->n_fields; i < type->n_fields; i++, n_custom++)
    torg_record_take_nth (record, i, sample (server, &type->fields[i], FALSE));
  g_assert_cmpuint (n_custom, ==, G_N_ELEMENTS (kinds));
  write_and_read (server, record, "|company:*|", TRUE);
  g_assert_true (torg_server_store_load_schema (server->store, &error));
  g_assert_true (torg_server_store_get_schema (server->store) == schema);
}

static int
count_indexes (TestServer *server)
{
  gint64 n = -1;

  torg_db_get_int (torg_server_store_get_db (server->store),
                   torg_db_get_dialect (torg_server_store_get_db (server->store)) == TORG_DIALECT_POSTGRESQL
                     ? "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND "
                       "indexname ~ '^custom_'"
                     : "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'custom_*'",
                   &n, NULL);
  return (int) n;
}

/* What a question with a condition reads by. */
static char *
explain (TestServer *server, const char *name, const char *text)
{
  TorgDb         *db = torg_server_store_get_db (server->store);
  gboolean        postgresql = torg_db_get_dialect (db) == TORG_DIALECT_POSTGRESQL;
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (server->store), "company");
  g_autoptr (TorgPage) page = torg_page_new (type);
  g_autoptr (GString) sql = g_string_new (postgresql ? "EXPLAIN " : "EXPLAIN QUERY PLAN ");
  g_autoptr (GString) plan = g_string_new (NULL);
  g_autoptr (TorgStatement) statement = NULL;
  g_autoptr (GError) error = NULL;
  gboolean row;

  g_assert_true (torg_page_add (page, name, text));
  g_string_append (sql, "SELECT id FROM company WHERE workspace = ?1");
  torg_page_append (page, torg_db_get_dialect (db), sql, 2);
  if (postgresql)
    g_assert_true (torg_db_exec (db, "SET enable_seqscan = off; SET enable_bitmapscan = off", NULL));
  statement = torg_db_prepare (db, sql->str, &error);
  g_assert_no_error (error);
  torg_statement_bind_int (statement, 1, 1);
  torg_page_bind (page, statement, 2);
  while (torg_statement_step (statement, &row, &error) && row)
    g_string_append (plan, torg_statement_get_text (statement, postgresql ? 0 : 3));
  g_assert_no_error (error);
  return g_string_free_and_steal (g_steal_pointer (&plan));
}

/* The company's own fields that it filters by have an index, which comes and goes with the field. */
static void
test_indexes (TestServer *server)
{
  const char *kinds[] = { "text", "number", "money", "date", "moment", "choice", "set", "ref" };
  const char *asked[][2] = { { "x_number.min", "5" },
                             { "x_money.max", "100" },
                             { "x_date", "2026-03-05" },
                             { "x_choice", "one" },
                             { "x_moment.min", "1772701200000000" } };
  const char *number = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const char *id = test_add (server, "field_def",
                                 test_text (server,
                                            "{'record_type':'company','name':'x_%s','label':'Поле','kind':'%s',"
                                            "'choices':['one'],'target':'deal','filterable':1}",
                                            kinds[i], kinds[i]));

      if (g_str_equal (kinds[i], "number"))
        number = id;
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (torg_server_indexes_update (server->store, &error));
      g_assert_no_error (error);
      /* Not of text, which may be too long, and of sets. */
      g_assert_cmpint (count_indexes (server), ==, G_N_ELEMENTS (kinds) - 2);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *plan = explain (server, asked[i][0], asked[i][1]);

      g_assert_nonnull (strstr (plan, "custom_"));
    }
  begin (server);
  {
    const TorgType *type = torg_schema_find (torg_server_store_get_schema (server->store), "field_def");
    g_autoptr (TorgRecord) def = NULL;
    g_autofree char *keys = NULL;

    g_assert_true (torg_server_store_load (server->store, type, number, TRUE, &def, &keys, NULL));
    torg_record_set_deleted (def, TEST_START);
    torg_record_set_seq (def, 1000);
    g_assert_true (torg_server_store_write (server->store, def, keys, FALSE, NULL));
  }
  commit (server);
  g_assert_true (torg_server_indexes_update (server->store, &error));
  g_assert_cmpint (count_indexes (server), ==, G_N_ELEMENTS (kinds) - 3);
}

static void
exec (TorgServerStore *store, const char *format, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) sql = g_string_new (format);

  g_string_replace (sql, "{name}", name, 0);
  torg_db_exec (torg_server_store_get_db (store), sql->str, &error);
  g_assert_no_error (error);
}

static void
update_indexes (TestServer *server, int expected)
{
  g_autoptr (GError) error = NULL;

  torg_server_indexes_update (server->store, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_indexes (server), ==, expected);
}

static char *
find_index (TestServer *server)
{
  gboolean postgresql = torg_db_get_dialect (torg_server_store_get_db (server->store)) == TORG_DIALECT_POSTGRESQL;
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    torg_server_store_get_db (server->store),
    postgresql ? "SELECT min(indexname) FROM pg_indexes WHERE schemaname = current_schema() AND indexname ~ '^custom_'"
               : "SELECT min(name) FROM sqlite_schema WHERE name GLOB 'custom_*'",
    NULL);
  gboolean row;

  g_assert_true (torg_statement_step (statement, &row, NULL) && row);
  return g_strdup (torg_statement_get_text (statement, 0));
}

static void
add_numbers (TestServer *server, guint n)
{
  for (guint i = 0; i < n; i++)
    test_add (server, "field_def",
              test_text (server,
                         "{'record_type':'company','name':'x_%s%u','label':'Поле','kind':'number','filterable':1}", "n",
                         i));
}

/* One that fails does not keep the others from coming. */
static void
test_index_fails (TestServer *server)
{
  g_autofree char *name = NULL;

  add_numbers (server, 3);
  update_indexes (server, 3);
  name = find_index (server);
  exec (server->store, "DROP INDEX \"{name}\"", name);
  exec (server->store, "CREATE TABLE \"{name}\" (a INTEGER)", name);
  test_add (server, "field_def", "{'record_type':'deal','name':'x_m','label':'Поле','kind':'date','filterable':1}");
  g_test_expect_message ("torg-server", G_LOG_LEVEL_WARNING, "The index of x_n? cannot be changed: *");
  g_assert_true (torg_server_indexes_update (server->store, NULL));
  g_test_assert_expected_messages ();
  exec (server->store, "DROP TABLE \"{name}\"", name);
  g_assert_cmpint (count_indexes (server), ==, 3);
  update_indexes (server, 4);
}

/* PostgreSQL keeps one that broke off; and two servers do not do the same at once. */
static void
test_index_beside (TestServer *server)
{
  g_autoptr (TorgServerStore) second = NULL;
  g_autofree char *name = NULL;
  gint64           n = -1;

  if (torg_db_get_dialect (torg_server_store_get_db (server->store)) != TORG_DIALECT_POSTGRESQL)
    {
      /* There is neither in SQLite: what is made twice is there once. */
      add_numbers (server, 2);
      update_indexes (server, 2);
      update_indexes (server, 2);
      return;
    }
  test_add (server, "company", "{'name':'Ромашка'}");
  test_add (server, "company", "{'name':'Василёк'}");
  add_numbers (server, 2);
  second = torg_server_store_open (server->env, server->uri, NULL);
  exec (second, "SELECT pg_advisory_lock(" TORG_SERVER_INDEXES_LOCK ")", "");
  update_indexes (server, 0);
  exec (second, "SELECT pg_advisory_unlock(" TORG_SERVER_INDEXES_LOCK ")", "");
  update_indexes (server, 2);
  /* It was given back. */
  torg_db_get_int (torg_server_store_get_db (second),
                   "SELECT CASE WHEN pg_try_advisory_lock(" TORG_SERVER_INDEXES_LOCK ") THEN 1 ELSE 0 END", &n, NULL);
  g_assert_cmpint (n, ==, 1);
  exec (second, "SELECT pg_advisory_unlock(" TORG_SERVER_INDEXES_LOCK ")", "");
  name = find_index (server);
  exec (server->store, "DROP INDEX \"{name}\"", name);
  {
    g_autoptr (GString) sql = g_string_new ("CREATE UNIQUE INDEX CONCURRENTLY \"{name}\" ON company (workspace)");

    g_string_replace (sql, "{name}", name, 0);
    g_assert_false (torg_db_exec (torg_server_store_get_db (server->store), sql->str, NULL));
  }
  update_indexes (server, 2);
  torg_db_get_int (torg_server_store_get_db (server->store),
                   "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n "
                   "ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname ~ '^custom_' "
                   "AND i.indisvalid AND NOT i.indisunique",
                   &n, NULL);
  g_assert_cmpint (n, ==, 2);
}

static void
test_migrate (TestServer *server)
{
  const char      *id = test_add (server, "company", "{'name':'Ромашка'}");
  g_autofree char *tag = NULL, *epoch = NULL, *tag_after = NULL, *epoch_after = NULL;
  gint64           seq, seq_after;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgServerStore) second = NULL;

  g_assert_true (torg_server_store_get_head (server->store, &seq, &tag, &epoch, &error));
  g_assert_cmpint (seq, ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      torg_server_store_migrate (server->store, &error);
      g_assert_no_error (error);
    }
  second = torg_server_store_open (server->env, server->uri, &error);
  g_assert_no_error (error);
  torg_server_store_migrate (second, &error);
  g_assert_no_error (error);
  g_assert_true (torg_server_store_get_head (second, &seq_after, &tag_after, &epoch_after, &error));
  g_assert_cmpint (seq, ==, seq_after);
  g_assert_cmpstr (tag, ==, tag_after);
  g_assert_cmpstr (epoch, ==, epoch_after);
  g_assert_cmpuint (strlen (epoch), ==, 32);
  g_assert_cmpstr (test_field (server, "company", id, "name"), ==, "\"Ромашка\"");
}

static void
test_pages (TestServer *server)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (server->store), "deal");
  const char     *ids[25];
  const char     *last = NULL;
  guint           n = 0;

  begin (server);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (TorgRecord) record = NULL;

      ids[i] = test_id (server);
      record = torg_record_new (torg_server_store_get_schema (server->store), type, ids[i]);
      torg_record_set_deleted (record, i == 3 ? 1 : 0);
      g_assert_true (
        torg_server_store_write (server->store, record, i % 5 == 0 ? "|deal:*|u:a_c|" : "|deal:*|u:abc|", TRUE, NULL));
    }
  commit (server);
  /* To the end by pages, each in the order of ids, deleted ones too. */
  for (;;)
    {
      g_autoptr (GPtrArray) page = torg_server_store_list_page (server->store, type, last, 10, NULL, NULL);

      g_assert_cmpuint (page->len, ==, n < 20 ? 10 : 5);
      for (guint i = 0; i < page->len; i++)
        g_assert_cmpstr (torg_record_get_id (page->pdata[i]), ==, ids[n++]);
      last = ids[n - 1];
      if (page->len < 10)
        break;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (ids));
  /* By keys: the whole key, each of several, none; a letter that LIKE takes for any is not. */
  for (guint i = 0; i < 4; i++)
    {
      static const struct
      {
        const char *keys[3];
        guint       n;
      } cases[] = {
        { { "u:a_c", NULL }, 5 }, { { "u:a", NULL }, 0 }, { { "u:a_c", "u:abc", NULL }, 25 }, { { NULL }, 0 }
      };
      g_autoptr (GPtrArray) keys = g_ptr_array_new ();
      g_autoptr (GPtrArray) page = NULL;

      for (guint j = 0; cases[i].keys[j] != NULL; j++)
        g_ptr_array_add (keys, (gpointer) cases[i].keys[j]);
      page = torg_server_store_list_page (server->store, type, NULL, 100, keys, NULL);
      g_assert_cmpuint (page->len, ==, cases[i].n);
    }
}

static void
test_referents (TestServer *server)
{
  TorgSchema      *schema = torg_server_store_get_schema (server->store);
  const TorgType  *type = torg_schema_find (schema, "person");
  const TorgField *field = torg_type_find_field (type, "company");
  const char      *company = test_add (server, "company", "{'name':'Ромашка'}");
  const char      *one = test_add (server, "person", test_text (server, "{'name':'А','company':'%s'}", company));
  const char      *two = test_add (server, "person", test_text (server, "{'name':'Б','company':'%s'}", company));
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (GPtrArray) none = NULL;

  test_add (server, "person", "{'name':'В'}");
  ids = torg_server_store_list_referents (server->store, type, field, company, NULL);
  none = torg_server_store_list_referents (server->store, type, field, one, NULL);
  g_assert_cmpuint (ids->len, ==, 2);
  g_assert_cmpstr (ids->pdata[0], ==, one);
  g_assert_cmpstr (ids->pdata[1], ==, two);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Numbers have no holes; what was rolled back takes none. */
static void
test_numbers (TestServer *server)
{
  g_autofree char *tag = NULL, *epoch = NULL;
  gint64           seq, head;

  for (gint64 i = 1; i <= 3; i++)
    {
      begin (server);
      g_assert_true (torg_server_store_next_seq (server->store, &seq, NULL));
      g_assert_cmpint (seq, ==, i);
      torg_db_rollback (torg_server_store_get_db (server->store));
      begin (server);
      g_assert_true (torg_server_store_next_seq (server->store, &seq, NULL));
      g_assert_cmpint (seq, ==, i);
      commit (server);
    }
  g_assert_true (torg_server_store_get_head (server->store, &head, &tag, &epoch, NULL));
  g_assert_cmpint (head, ==, 3);
  g_assert_cmpuint (strlen (tag), ==, 32);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM commits"), ==, 3);
}

/* After a statement that failed, the connection is as good as new. */
static void
test_failure (TestServer *server)
{
  TorgDb *db = torg_server_store_get_db (server->store);
  g_autoptr (GError) error = NULL;

  begin (server);
  g_assert_false (torg_db_exec (db, "SELECT nothing FROM nowhere", &error));
  g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_FAILED);
  torg_db_rollback (db);
  g_assert_false (torg_db_is_in_transaction (db));
  test_add (server, "tag", "{'name':'а'}");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 1);
}

/* A server that begins beside one in the midst of writing neither waits for it nor stands in its way. */
static void
test_begin_beside (TestServer *server)
{
  g_autoptr (TorgServerStore) other = NULL;
  g_autoptr (GError) error = NULL;

  if (torg_db_get_dialect (torg_server_store_get_db (server->store)) != TORG_DIALECT_POSTGRESQL)
    {
      g_test_skip ("a file has one server");
      return;
    }
  test_add (server, "tag", "{'name':'а'}");
  other = torg_server_store_open (server->env, server->uri, &error);
  g_assert_no_error (error);
  g_assert_true (torg_db_exec (torg_server_store_get_db (other), "SET lock_timeout = '2s'", NULL));
  begin (server);
  g_assert_true (torg_db_exec (torg_server_store_get_db (server->store), "UPDATE tag SET seq = seq + 1", NULL));
  g_assert_true (torg_db_exec (torg_server_store_get_db (server->store), "UPDATE deal SET seq = seq + 1", NULL));
  torg_server_store_migrate (other, &error);
  g_assert_no_error (error);
  commit (server);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/store/migrate", test_migrate);
  test_case ("/store/records", test_records);
  test_case ("/store/custom", test_custom);
  test_case ("/store/indexes", test_indexes);
  test_case ("/store/index-fails", test_index_fails);
  test_case ("/store/index-beside", test_index_beside);
  test_case ("/store/pages", test_pages);
  test_case ("/store/referents", test_referents);
  test_case ("/store/numbers", test_numbers);
  test_case ("/store/failure", test_failure);
  test_case ("/store/begin-beside", test_begin_beside);
  return g_test_run ();
}
