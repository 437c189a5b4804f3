/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-lines.h"

#include "torg-env.h"
#include "torg-error.h"
#include "torg-json.h"
#include "torg-rows.h"

#define ID "019c6b2e-7a00-7b6c-8f00-0123456789ab"

/* Lines of JSON, read by the way or ahead, and many records in one. */

static gpointer
read_number (JsonNode *line, gpointer data)
{
  guint *n_read = data;

  (*n_read)++;
  return g_strdup_printf ("%d", (int) json_object_get_int_member (json_node_get_object (line), "n"));
}

static GBytes *
write_lines (guint n, const char *last)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "{\"n\":%u,\"text\":\"A line that is as long as lines are\"}\n", i);
  g_string_append (text, last);
  return g_string_free_to_bytes (text);
}

static void
check_all (guint n)
{
  g_autoptr (GBytes) text = write_lines (n, "{\"n\":7");
  guint n_read = 0;
  g_autoptr (TorgLines) lines = torg_lines_new (text, read_number, &n_read, g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0;; i++)
    {
      g_autofree char *expected = g_strdup_printf ("%u", i);
      g_autofree char *item = NULL;

      g_assert_true (torg_lines_next (lines, (gpointer *) &item, &error));
      g_assert_no_error (error);
      if (item == NULL)
        {
          g_assert_cmpuint (i, ==, n);
          break;
        }
      g_assert_cmpstr (item, ==, expected);
    }
  g_assert_cmpuint (n_read, ==, n);
}

static void
test_all (void)
{
  check_all (0);
  check_all (1);
  check_all (32);
  check_all (33);
  check_all (20000);
}

static void
check_broken (guint n)
{
  g_autoptr (GBytes) text = write_lines (n, "{\"n\":\n{\"n\":1}\n");
  guint n_read = 0;
  g_autoptr (TorgLines) lines = torg_lines_new (text, read_number, &n_read, g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= n; i++)
    {
      g_autofree char *item = NULL;

      g_assert_cmpint (torg_lines_next (lines, (gpointer *) &item, &error), ==, i < n);
    }
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

static void
test_broken (void)
{
  check_broken (0);
  check_broken (5);
  check_broken (20000);
}

/* Whoever stops in the middle neither hangs nor leaks. */
static void
test_stopped (void)
{
  g_autoptr (GBytes) text = write_lines (20000, "");

  for (guint i = 0; i < 40; i++)
    {
      guint n_read = 0;
      g_autoptr (TorgLines) lines = torg_lines_new (text, read_number, &n_read, g_free);

      for (guint j = 0; j < i * 17; j++)
        {
          g_autofree char *item = NULL;

          g_assert_true (torg_lines_next (lines, (gpointer *) &item, NULL));
        }
    }
}

static void
test_rows (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const TorgType *type = torg_schema_find (schema, "deal");
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree gboolean *hidden = g_new0 (gboolean, type->n_fields);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("019c6b2e-7a00-7b6c-8f00-01234567890%u", i);
      TorgRecord      *record = torg_record_new (schema, type, id);

      torg_record_set_seq (record, 10 + i);
      torg_record_set_deleted (record, i == 1 ? 5 : 0);
      torg_record_set_text (record, "title", i == 2 ? NULL : "Станок");
      torg_record_set_text (record, "note", "Тайно");
      torg_record_take_nth (record, torg_type_find_field (type, "amount")->index,
                            i == 0 ? torg_value_money (12345, "RUB") : (TorgValue) TORG_VALUE_INIT);
      g_ptr_array_add (records, record);
    }
  hidden[torg_type_find_field (type, "note")->index] = TRUE;
  node = torg_rows_to_json (records, 0, 3, hidden);
  again = torg_rows_from_json (schema, node, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *one = NULL, *two = NULL;
      g_autoptr (JsonNode) before = NULL, after = NULL;

      torg_record_set_text (records->pdata[i], "note", NULL);
      before = torg_record_to_json (records->pdata[i]);
      after = torg_record_to_json (again->pdata[i]);
      one = json_to_string (before, FALSE);
      two = json_to_string (after, FALSE);
      g_assert_cmpstr (one, ==, two);
    }
}

/* What a newer server knows stays with the record. */
static void
test_unknown (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (JsonNode) node = json_from_string ("{\"type\":\"deal\",\"fields\":[\"title\",\"mood\",\"moon\"],"
                                                "\"rows\":[[\"" ID "\",4,null,\"A\",[1],null]]}",
                                                NULL);
  g_autoptr (JsonNode) later = json_from_string ("{\"type\":\"later\",\"fields\":[\"a\"],\"rows\":[[1]]}", NULL);
  g_autoptr (GPtrArray) records = torg_rows_from_json (schema, node, NULL);
  g_autoptr (GPtrArray) none = torg_rows_from_json (schema, later, NULL);

  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpstr (torg_record_get_unknown (records->pdata[0]), ==, "{\"mood\":[1]}");
  g_assert_cmpstr (torg_record_get_text (records->pdata[0], "title"), ==, "A");
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "[]",
    "{}",
    "{\"type\":\"deal\",\"fields\":[\"title\"]}",
    "{\"type\":\"deal\",\"fields\":[1],\"rows\":[]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[1]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[[\"" ID "\",4,null]]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[[\"" ID "\",4,null,\"A\",\"B\"]]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[[\"" ID "\",\"4\",null,\"A\"]]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[[\"x\",4,null,\"A\"]]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[[\"" ID "\",4,[],\"A\"]]}",
    "{\"type\":\"deal\",\"fields\":[\"title\"],\"rows\":[[\"" ID "\",4,null,[]]]}",
    "{\"type\":\"deal\",\"fields\":[\"amount\"],\"rows\":[[\"" ID "\",4,null,\"a\"]]}",
  };
  g_autoptr (TorgSchema) schema = torg_schema_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (bad[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (torg_rows_from_json (schema, node, &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lines/all", test_all);
  g_test_add_func ("/lines/broken", test_broken);
  g_test_add_func ("/lines/stopped", test_stopped);
  g_test_add_func ("/rows/rows", test_rows);
  g_test_add_func ("/rows/unknown", test_unknown);
  g_test_add_func ("/rows/refused", test_refused);
  return g_test_run ();
}
