/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-edit.h"
#include "torg-error.h"
#include "torg-query.h"

#include <string.h>

#define ID "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce"

/* Values, records, edits and queries. */

static void
test_values (void)
{
  g_auto (TorgValue) null = TORG_VALUE_INIT;
  g_auto (TorgValue) empty = torg_value_text ("");
  g_auto (TorgValue) composed = torg_value_text ("й");
  g_auto (TorgValue) decomposed = torg_value_text ("и\xcc\x86");
  g_auto (TorgValue) broken = torg_value_text ("a\xff"
                                               "b");
  g_auto (TorgValue) copy = torg_value_copy (&composed);
  g_auto (TorgValue) roubles = torg_value_money (100, "RUB");
  g_auto (TorgValue) dollars = torg_value_money (100, "USD");
  g_auto (TorgValue) number = torg_value_int (100);

  g_assert_true (torg_value_is_null (&empty) && torg_value_equal (&null, &empty));
  /* Stored as NFC, always valid. */
  g_assert_true (torg_value_equal (&composed, &decomposed));
  g_assert_true (g_utf8_validate (torg_value_get_text (&broken), -1, NULL));
  g_assert_true (copy.text == composed.text);
  g_assert_false (torg_value_equal (&roubles, &dollars));
  g_assert_false (torg_value_equal (&roubles, &number));
  torg_value_clear (&copy);
  g_assert_true (torg_value_is_null (&copy));
  g_assert_cmpstr (torg_value_get_text (&composed), ==, "й");
}

static void
test_items (void)
{
  static const char *const items[] = { "б", "а", "", "б", "в \"г\"", NULL };
  g_auto (TorgValue) set = torg_value_from_items (items, TRUE);
  g_auto (TorgValue) list = torg_value_from_items (items, FALSE);
  g_auto (TorgValue) none = torg_value_from_items (NULL, TRUE);
  g_auto (TorgValue) text = torg_value_text ("no array");
  g_auto (TorgValue) odd = torg_value_text ("[1, null, \"а\", {}]");
  g_auto (GStrv) sorted = torg_value_dup_items (&set);
  g_auto (GStrv) kept = torg_value_dup_items (&list);
  g_auto (GStrv) nothing = torg_value_dup_items (&text);
  g_auto (GStrv) strings = torg_value_dup_items (&odd);

  g_assert_cmpstr (set.text, ==, "[\"а\",\"б\",\"в \\\"г\\\"\"]");
  g_assert_cmpuint (g_strv_length (sorted), ==, 3);
  g_assert_cmpuint (g_strv_length (kept), ==, 4);
  g_assert_cmpuint (g_strv_length (nothing), ==, 0);
  g_assert_cmpuint (g_strv_length (strings), ==, 1);
  g_assert_true (torg_value_is_null (&none));
}

static void
test_zoned (void)
{
  static const struct
  {
    const char *text;
    gboolean    valid;
    gint64      hour; /* UTC, of 2026-03-02 */
  } cases[] = {
    { "2026-03-02T15:00 Europe/Moscow", TRUE, 12 },
    { "2026-03-02T15:00 Asia/Omsk", TRUE, 9 },
    { "2026-03-02T15:00 Nowhere/City", FALSE, 0 },
    { "2026-03-02T25:00 Europe/Moscow", FALSE, 0 },
    { "2026-02-30", FALSE, 0 },
    { "2026-03-02Tx", FALSE, 0 },
    { "", FALSE, 0 },
    { "02.03.2026", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (TorgValue) value = torg_value_zoned (cases[i].text);

      if ((value.tag == TORG_VALUE_ZONED) != cases[i].valid)
        g_error ("%s", cases[i].text);
      if (cases[i].valid)
        g_assert_cmpint (value.number, ==, (G_GINT64_CONSTANT (1772409600) + cases[i].hour * 3600) * G_USEC_PER_SEC);
    }
  {
    gint64   instant;
    gboolean all_day;

    g_assert_true (torg_zoned_to_instant ("2026-03-02", &instant, &all_day));
    g_assert_true (all_day);
    g_assert_false (torg_zoned_to_instant (NULL, &instant, NULL));
  }
}

static void
test_validation (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const struct
  {
    const char *type, *field, *text;
    gboolean    valid;
  } cases[] = {
    { "deal", "expected", "2026-03-02", TRUE },
    { "deal", "expected", "2026-02-30", FALSE },
    { "deal", "expected", "2026-3-2", FALSE },
    { "deal", "expected", "2026-03-02x", FALSE },
    { "deal", "company", ID, TRUE },
    { "deal", "company", "Ромашка", FALSE },
    { "stage", "kind", "won", TRUE },
    { "stage", "kind", "other", FALSE },
    { "company", "phones", "[]", TRUE },
    { "company", "phones", "+7", FALSE },
    { "legal_entity", "inn", "7707083893", TRUE },
    { "legal_entity", "inn", "77O7", FALSE },
    { "attachment", "file", "abc", FALSE },
    { "company", "revenue", "100", FALSE },
    { "company", "employees", "100", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TorgField *field = torg_type_find_field (torg_schema_find (schema, cases[i].type), cases[i].field);
      g_auto (TorgValue) value = torg_value_text (cases[i].text);
      g_autoptr (GError) error = NULL;

      if (torg_field_validate (field, &value, &error) != cases[i].valid)
        g_error ("%s.%s = %s", cases[i].type, cases[i].field, cases[i].text);
      if (!cases[i].valid)
        g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
  {
    const TorgField *amount = torg_type_find_field (torg_schema_find (schema, "deal"), "amount");
    g_auto (TorgValue) good = torg_value_money (1, "RUB");
    g_auto (TorgValue) bad = torg_value_money (1, "rub");

    g_assert_true (torg_field_validate (amount, &good, NULL));
    g_assert_false (torg_field_validate (amount, &bad, NULL));
  }
}

static void
test_record (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) person = torg_record_new (schema, torg_schema_find (schema, "person"), ID);
  g_autoptr (TorgRecord) copy = NULL;
  g_autofree char *nameless = torg_record_dup_title (person);
  g_autofree char *title = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (nameless, ==, "Person");
  g_assert_false (torg_record_validate (person, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  torg_record_set_text (person, "surname", "Иванов");
  torg_record_set_text (person, "name", "Иван");
  title = torg_record_dup_title (person);
  g_assert_cmpstr (title, ==, "Иванов Иван");
  g_assert_true (torg_record_validate (person, NULL));
  torg_record_set_unknown (person, "{\"x\":1}");
  torg_record_set_seq (person, 5);
  copy = torg_record_copy (person);
  torg_record_set_text (copy, "name", "Пётр");
  g_assert_cmpstr (torg_record_get_text (person, "name"), ==, "Иван");
  g_assert_cmpstr (torg_record_get_unknown (copy), ==, "{\"x\":1}");
  g_assert_cmpint (torg_record_get_seq (copy), ==, 5);
}

static void
test_edit (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) tag = torg_record_new (schema, torg_schema_find (schema, "tag"), ID);
  g_autoptr (TorgEdit) edit = torg_edit_new ("Label");
  TorgMutation *move;

  torg_record_set_text (tag, "name", "Важный");
  torg_edit_create (edit, tag);
  g_assert_cmpuint (torg_edit_nth (edit, 0)->changes->len, ==, 1);
  /* Changes of one record that follow each other are one patch, the last value holds. */
  torg_edit_take (edit, "tag", ID, "color", torg_value_text ("red"));
  torg_edit_take (edit, "tag", ID, "name", torg_value_text ("Другой"));
  torg_edit_take (edit, "tag", ID, "color", torg_value_text ("blue"));
  g_assert_cmpuint (torg_edit_get_length (edit), ==, 2);
  g_assert_cmpuint (torg_edit_nth (edit, 1)->changes->len, ==, 2);
  g_assert_cmpstr (torg_mutation_get (torg_edit_nth (edit, 1), "color")->text, ==, "blue");
  g_assert_null (torg_mutation_get (torg_edit_nth (edit, 1), "nothing"));
  torg_edit_delete (edit, "tag", ID);
  torg_edit_take (edit, "tag", ID, "color", torg_value_text ("red"));
  g_assert_cmpuint (torg_edit_get_length (edit), ==, 4);
  move = torg_edit_move (edit, "deal", ID, ID, 7);
  g_assert_cmpint (move->op, ==, TORG_OP_COMMAND);
  g_assert_cmpstr (move->command, ==, "move");
  g_assert_cmpint (torg_mutation_get (move, "rank")->number, ==, 7);
  g_assert_cmpstr (torg_edit_get_label (edit), ==, "Label");
}

static void
test_query (void)
{
  g_autoptr (TorgQuery) query = torg_query_new ("deal");
  g_autoptr (TorgQuery) copy = NULL;
  gboolean descending;

  torg_query_add_text (query, "title", TORG_MATCH_IS, "Поставка");
  torg_query_sort (query, "amount", TRUE);
  torg_query_with_deleted (query);
  copy = torg_query_copy (query);
  torg_query_add_text (copy, NULL, TORG_MATCH_CONTAINS, "слово");
  g_assert_cmpuint (torg_query_get_n (query), ==, 1);
  g_assert_cmpuint (torg_query_get_n (copy), ==, 2);
  g_assert_null (torg_query_nth (copy, 1)->field);
  g_assert_cmpstr (torg_query_get_sort (copy, &descending), ==, "amount");
  g_assert_true (descending && torg_query_get_deleted (copy));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/values", test_values);
  g_test_add_func ("/record/items", test_items);
  g_test_add_func ("/record/zoned", test_zoned);
  g_test_add_func ("/record/validation", test_validation);
  g_test_add_func ("/record/record", test_record);
  g_test_add_func ("/record/edit", test_edit);
  g_test_add_func ("/record/query", test_query);
  return g_test_run ();
}
