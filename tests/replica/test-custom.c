/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-json.h"
#include "torg-test-store.h"

/* A field that the company defines behaves as one that is built in. */

static char *
define (TorgStore *store, const char *name, const char *kind)
{
  g_autofree char *label = g_strdup_printf ("Поле %s", name);

  return test_create (store, "field_def", "record_type", "company", "name", name, "label", label, "kind", kind,
                      "filterable", "1", "searchable", "1", "choices", "[\"да\",\"нет\"]", NULL);
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *kind, *text, *more;
    TorgMatch   match; /* of the second value against the first: more */
  } cases[] = {
    { "text", "Альфа", "Бета", TORG_MATCH_MORE },
    { "number", "5", "12,5", TORG_MATCH_MORE },
    { "money", "100 RUB", "2000 RUB", TORG_MATCH_MORE },
    { "date", "2026-03-02", "2026-11-01", TORG_MATCH_MORE },
    { "moment", "2026-03-02T10:00:00Z", "2026-11-01T10:00:00Z", TORG_MATCH_MORE },
    { "zoned", "2026-03-02", "2026-11-01", TORG_MATCH_MORE },
    { "choice", "да", "нет", TORG_MATCH_IS_NOT },
    { "set", "а, б", "в", TORG_MATCH_IS_NOT },
    { "phone", "+7 495 123-45-67", "+7 495 999-45-67", TORG_MATCH_IS_NOT },
    { "email", "a@example.org", "b@example.org", TORG_MATCH_IS_NOT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestStore) test = test_store_new (i);
      TorgStore       *store = test->store;
      g_autofree char *def = define (store, "field", cases[i].kind);
      const TorgField *field =
        torg_type_find_field (torg_schema_find (torg_store_get_schema (store), "company"), "field");
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autofree char *empty = test_create (store, "company", "name", "Без", NULL);
      g_autoptr (TorgQuery) is = torg_query_new ("company");
      g_autoptr (TorgQuery) more = torg_query_new ("company");
      g_autoptr (TorgQuery) none = torg_query_new ("company");
      g_autoptr (TorgRecord) record = NULL;
      g_autoptr (JsonNode) json = NULL;
      g_autoptr (TorgRecord) again = NULL;
      g_autoptr (GPtrArray) found = NULL;
      g_autoptr (GPtrArray) lines = NULL;
      g_auto (TorgValue) looked = TORG_VALUE_INIT;
      gint64 n;

      g_assert_nonnull (field);
      first = test_create (store, "company", "name", "Один", "field", cases[i].text, NULL);
      second = test_create (store, "company", "name", "Два", "field", cases[i].more, NULL);
      record = torg_store_get (store, "company", first, NULL);
      g_assert_false (torg_value_is_null (torg_record_get (record, "field")));

      /* JSON and back. */
      json = torg_record_to_json (record);
      again = torg_record_from_json (torg_store_get_schema (store), json, NULL);
      g_assert_true (torg_value_equal (torg_record_get (record, "field"), torg_record_get (again, "field")));

      /* Filters: of a list of items, by one of them. */
      looked = torg_value_copy (torg_record_get (record, "field"));
      if (g_str_equal (cases[i].kind, "set"))
        {
          torg_value_clear (&looked);
          looked = torg_value_text ("б");
        }
      else if (g_str_equal (cases[i].kind, "phone"))
        {
          torg_value_clear (&looked);
          looked = torg_value_text ("+74951234567");
        }
      else if (g_str_equal (cases[i].kind, "email"))
        {
          torg_value_clear (&looked);
          looked = torg_value_text ("a@example.org");
        }
      torg_query_add (is, "field", TORG_MATCH_IS, &looked);
      found = torg_store_list (store, is, 0, NULL, NULL);
      if (found->len != 1 || !g_str_equal (torg_record_get_id (found->pdata[0]), first))
        g_error ("%s: an equal value is not found", cases[i].kind);
      torg_query_add (more, "field", cases[i].match, &looked);
      g_assert_true (torg_store_count (store, more, NULL, &n, NULL));
      if (n != (cases[i].match == TORG_MATCH_MORE ? 1 : 2))
        g_error ("%s: %" G_GINT64_FORMAT " records are more or other", cases[i].kind, n);
      torg_value_clear (&looked);
      torg_query_add (none, "field", TORG_MATCH_IS, &looked);
      g_assert_true (torg_store_count (store, none, NULL, &n, NULL));
      g_assert_cmpint (n, ==, 1);
      torg_query_sort (more, "field", TRUE);
      g_ptr_array_unref (found);
      found = torg_store_list (store, more, 0, NULL, NULL);
      g_assert_cmpstr (torg_record_get_id (found->pdata[0]), ==, second);

      /* History and undo. */
      test_patch (store, "company", first, "field", cases[i].more);
      lines = torg_store_list_history (store, first, "field", 5, NULL);
      g_assert_cmpuint (lines->len, ==, 1);
      test_undo (store, 0, 0);
      g_clear_pointer (&record, torg_record_unref);
      record = torg_store_get (store, "company", first, NULL);
      g_assert_true (torg_value_equal (torg_record_get (record, "field"), torg_record_get (again, "field")));
      test_check (store);

      /* After opening anew, too. */
      test_store_reopen (test);
      g_clear_pointer (&record, torg_record_unref);
      record = torg_store_get (test->store, "company", first, NULL);
      g_assert_true (torg_value_equal (torg_record_get (record, "field"), torg_record_get (again, "field")));
      test_check (test->store);
    }
}

/* An amount equals, exceeds and falls below only amounts in its own currency, in a custom field as in a built-in one.
 */
static void
test_currencies (void)
{
  static const struct
  {
    TorgMatch match;
    gint64    n;
  } cases[] = { { TORG_MATCH_IS, 1 },   { TORG_MATCH_IS_NOT, 4 },  { TORG_MATCH_LESS, 1 },
                { TORG_MATCH_MORE, 1 }, { TORG_MATCH_AT_MOST, 2 }, { TORG_MATCH_AT_LEAST, 2 } };
  static const char *const amounts[] = { "777 EUR", "777 USD", "776 EUR", "778 EUR", "" };
  g_autoptr (TestStore) test = test_store_new (9);
  TorgStore       *store = test->store;
  g_autofree char *def = define (store, "budget", "money");
  g_auto (TorgValue) value = torg_value_money (77700, "EUR");

  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    g_free (test_create (store, "company", "name", "Ромашка", "budget", amounts[i], "revenue", amounts[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases) * 2; i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new ("company");
      gint64 n = -1;

      torg_query_add (query, i % 2 == 0 ? "budget" : "revenue", cases[i / 2].match, &value);
      g_assert_true (torg_store_count (store, query, NULL, &n, NULL));
      g_test_message ("condition %u", i);
      g_assert_cmpint (n, ==, cases[i / 2].n);
    }
}

static void
assert_index (TorgStore *store, TorgQuery *query, gboolean expected)
{
  const TorgType *type = torg_schema_find (store->schema, "company");
  g_autoptr (GString) sql = g_string_new ("EXPLAIN QUERY PLAN SELECT count(*) FROM company");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row, found = FALSE;

  g_assert_true (torg_query_append_where (store, query, type, sql, NULL));
  statement = torg_db_prepare (store->db, sql->str, NULL);
  while (torg_statement_step (statement, &row, NULL) && row)
    found = found || strstr (torg_statement_get_text (statement, 3), "INDEX company_rating") != NULL;
  g_assert_true (found == expected);
}

static void
test_index (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autofree char *def = define (test->store, "rating", "number");
  g_autoptr (TorgQuery) query = torg_query_new ("company");
  g_auto (TorgValue) value = torg_value_int (5 * TORG_NUMBER_SCALE);

  torg_query_add (query, "rating", TORG_MATCH_IS, &value);
  assert_index (test->store, query, TRUE);
}

static void
test_search (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  g_autofree char *def = define (test->store, "motto", "text");
  g_autofree char *id = test_create (test->store, "company", "name", "Ромашка", "motto", "Быстрее ветра", NULL);
  g_autoptr (GPtrArray) hits = torg_store_search (test->store, "ветр", NULL, 5, NULL);

  g_assert_cmpuint (hits->len, ==, 1);
}

/* A definition as it may come from elsewhere: no rule has been asked. */
static void
insert_def (TorgStore *store, const char *name, const char *kind)
{
  g_autoptr (TorgRecord) def =
    test_new_record (store, "field_def", "record_type", "company", "name", name, "label", "Плохо", "kind", kind, NULL);

  g_assert_true (torg_store_insert (store, def, NULL));
}

/* Bad definitions do no harm; one that goes leaves its values, which come back with it. */
static void
test_definitions (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  TorgStore       *store = test->store;
  TorgSchema      *before = torg_store_get_schema (store);
  g_autofree char *def = NULL;
  g_autofree char *id = NULL;
  g_autoptr (TorgRecord) record = NULL;
  TorgSchema *same;

  insert_def (store, "x'); DROP TABLE company; --", "text");
  insert_def (store, "city", "number");
  insert_def (store, "odd", "colour");
  g_assert_true (torg_store_reload (store, NULL));
  g_assert_cmpuint (torg_schema_find (torg_store_get_schema (store), "company")->n_fields, ==,
                    torg_schema_find (before, "company")->info->n_fields);
  def = define (store, "motto", "text");
  id = test_create (store, "company", "name", "Ромашка", "motto", "Быстрее ветра", NULL);
  test_delete (store, "field_def", def);
  g_assert_null (torg_type_find_field (torg_schema_find (torg_store_get_schema (store), "company"), "motto"));
  test_patch (store, "company", id, "city", "Тверь");
  record = torg_store_get (store, "company", id, NULL);
  g_assert_cmpstr (torg_record_get_unknown (record), ==, "{\"motto\":\"Быстрее ветра\"}");
  test_undo (store, 0, 0);
  test_undo (store, 0, 0);
  test_assert_field (store, "company", id, "motto", "Быстрее ветра");
  /* A field whose definition was refused is not there, and the schema is as it was. */
  same = torg_store_get_schema (store);
  g_assert_true (torg_store_begin (store, NULL));
  g_free (define (store, "later", "text"));
  torg_store_rollback (store);
  g_assert_true (torg_store_get_schema (store) == same);
  test_patch (store, "company", id, "city", "Омск");
  g_assert_true (torg_store_get_schema (store) == same);
  test_check (store);
}

/* A reference of a custom field is one: it is cleared when what it refers to goes. */
static void
test_reference (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  TorgStore       *store = test->store;
  g_autofree char *def = test_create (store, "field_def", "record_type", "company", "name", "partner", "label",
                                      "Партнёр", "kind", "ref", "target", "company", NULL);
  g_autofree char *partner = test_create (store, "company", "name", "Партнёр", NULL);
  g_autofree char *id = test_create (store, "company", "name", "Ромашка", "partner", partner, NULL);
  g_autoptr (TorgRecord) record = torg_store_get (store, "company", id, NULL);
  g_autoptr (TorgRow) row = torg_store_make_row (store, record);

  g_assert_cmpstr (torg_row_get_ref_title (row, "partner"), ==, "Партнёр");
  test_delete (store, "company", partner);
  test_assert_field (store, "company", id, "partner", "");
  test_undo (store, 0, 0);
  test_assert_field (store, "company", id, "partner", partner);
  test_check (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/custom/kinds", test_kinds);
  g_test_add_func ("/custom/currencies", test_currencies);
  g_test_add_func ("/custom/index", test_index);
  g_test_add_func ("/custom/search", test_search);
  g_test_add_func ("/custom/definitions", test_definitions);
  g_test_add_func ("/custom/reference", test_reference);
  return g_test_run ();
}
