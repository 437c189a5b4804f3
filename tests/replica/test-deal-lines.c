/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-deal-lines.h"
#include "torg-test-store.h"

/* The lines of a deal as they are read: their order, their rates, and what is said where there can be no total. */

typedef struct
{
  TestStore *test;
  char      *deal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stage = NULL;

  fixture->test = test_store_new (21);
  stage = test_stage (fixture->test->store, "deals", "open", 0);
  fixture->deal =
    test_create (fixture->test->store, "deal", "title", "Поставка", "stage", stage, "amount", "1220 ₽", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->deal);
  test_store_free (fixture->test);
}

static TorgDealLines *
read_lines (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TorgDealLines *lines = torg_store_read_lines (fixture->test->store, fixture->deal, NULL, &error);

  g_assert_no_error (error);
  return lines;
}

static void
assert_names (TorgDealLines *lines, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < lines->lines->len; i++)
    {
      TorgDealLine *line = g_ptr_array_index (lines->lines, i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                              torg_record_get_text (torg_row_get_record (line->row), "name"));
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static char *
add (Fixture *fixture, const char *name, const char *quantity, const char *price, const char *rate)
{
  char *id = test_create (fixture->test->store, "deal_line", "deal", fixture->deal, "name", name, "quantity", quantity,
                          price != NULL ? "price" : NULL, price, NULL);

  if (rate != NULL)
    test_patch (fixture->test->store, "deal_line", id, "vat_rate", rate);
  return id;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TorgDealLines) lines = NULL;
  g_autofree char *first = add (fixture, "раз", "1", "1", NULL);
  g_autofree char *second = add (fixture, "два", "1", "1", NULL);
  g_autofree char *third = add (fixture, "три", "1", "1", NULL);

  /* Those made at once stand as they were made. */
  lines = read_lines (fixture);
  assert_names (lines, "раз два три");
  g_clear_pointer (&lines, torg_deal_lines_free);
  test_patch (fixture->test->store, "deal_line", third, "position", "-1");
  test_patch (fixture->test->store, "deal_line", first, "position", "9000000000");
  lines = read_lines (fixture);
  assert_names (lines, "три два раз");
  g_clear_pointer (&lines, torg_deal_lines_free);
  test_delete (fixture->test->store, "deal_line", second);
  lines = read_lines (fixture);
  assert_names (lines, "три раз");
}

static void
test_totals (Fixture *fixture, gconstpointer data)
{
  TorgStore       *store = fixture->test->store;
  g_autofree char *rate = test_find (store, "vat_rate", "name", "22 %");
  g_autofree char *old_rate = test_find (store, "vat_rate", "name", "20 %");
  g_autofree char *first = add (fixture, "раз", "1", "1220 ₽", rate);
  g_autofree char *second = NULL;
  g_autoptr (TorgDealLines) lines = read_lines (fixture);
  const TorgCurrencyTotal *other;

  /* The deal's amount is that already. */
  g_assert_cmpuint (lines->totals->len, ==, 1);
  g_assert_null (torg_deal_lines_get_other (lines));
  g_assert_cmpstr (lines->date, ==, "2026-03-02");
  g_assert_true (((TorgDealLine *) g_ptr_array_index (lines->lines, 0))->vat_is_valid);
  g_clear_pointer (&lines, torg_deal_lines_free);

  second = add (fixture, "два", "0,5", "240 ₽", old_rate);
  g_free (add (fixture, "три", "1", NULL, NULL));
  lines = read_lines (fixture);
  other = torg_deal_lines_get_other (lines);
  g_assert_cmpint (other->amount, ==, 134000);
  g_assert_cmpuint (other->n_lines, ==, 2);
  g_assert_cmpuint (lines->n_left_out, ==, 1);
  g_assert_false (((TorgDealLine *) g_ptr_array_index (lines->lines, 1))->vat_is_valid);
  g_assert_cmpint (g_array_index (other->rates, TorgRateTotal, 0).vat, ==, 22000);
  g_assert_cmpint (g_array_index (other->rates, TorgRateTotal, 1).vat, ==, 2000);
  g_clear_pointer (&lines, torg_deal_lines_free);

  /* Shipped last year, 20 % is in force and 22 % is not. */
  test_patch (store, "deal", fixture->deal, "expected", "2025-12-31");
  lines = read_lines (fixture);
  g_assert_false (((TorgDealLine *) g_ptr_array_index (lines->lines, 0))->vat_is_valid);
  g_assert_true (((TorgDealLine *) g_ptr_array_index (lines->lines, 1))->vat_is_valid);
  g_clear_pointer (&lines, torg_deal_lines_free);

  /* Another currency is another total, and no amount of the deal. */
  test_patch (store, "deal_line", second, "price", "240 USD");
  lines = read_lines (fixture);
  g_assert_cmpuint (lines->totals->len, ==, 2);
  g_assert_null (torg_deal_lines_get_other (lines));
}

static void
test_trouble (Fixture *fixture, gconstpointer data)
{
  TorgStore       *store = fixture->test->store;
  g_autofree char *first = add (fixture, "раз", "1", "100 ₽", NULL);
  g_autofree char *second = add (fixture, "два", "1", "100 ₽", NULL);
  g_autoptr (TorgDealLines) lines = NULL;
  g_autoptr (GError) error = NULL;

  test_patch (store, "deal_line", second, "discount", "100,01");
  lines = read_lines (fixture);
  g_assert_nonnull (lines->trouble);
  g_assert_cmpuint (lines->totals->len, ==, 0);
  g_assert_null (((TorgDealLine *) g_ptr_array_index (lines->lines, 0))->trouble);
  g_assert_nonnull (((TorgDealLine *) g_ptr_array_index (lines->lines, 1))->trouble);
  g_clear_pointer (&lines, torg_deal_lines_free);

  /* Each line fits, all of them do not. */
  test_patch (store, "deal_line", second, "discount", "0");
  test_patch (store, "deal_line", first, "price", "90 000 000 000 000 ₽");
  lines = read_lines (fixture);
  g_assert_nonnull (lines->trouble);
  g_assert_null (((TorgDealLine *) g_ptr_array_index (lines->lines, 1))->trouble);
  g_clear_pointer (&lines, torg_deal_lines_free);

  g_assert_null (torg_store_read_lines (store, first, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
}

static void
add_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/deal-lines/order", test_order);
  add_test ("/deal-lines/totals", test_totals);
  add_test ("/deal-lines/trouble", test_trouble);
  return g_test_run ();
}
