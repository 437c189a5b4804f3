/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-import-values.h"
#include "torg-test-import.h"

/* What is guessed of a table: which column is which field, and how its texts are meant. */

static void
assert_target (TorgImportPlan *plan, const char *header, const char *target)
{
  g_assert_cmpstr (test_column (plan, header)->target, ==, target);
}

static void
test_headers (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autoptr (TorgTable) companies =
    test_table ("Название компании;Телефон;Эл. почта;ИНН;КПП;Город;Ответственный;Комментарий;Что-то\n"
                "Ромашка;+7 495 123-45-67;a@example.org;7707083893;770701001;Москва;Иван Иванов;Текст;1\n");
  g_autoptr (TorgTable) deals = test_table ("Deal Name,closeDate,CLOSE_VALUE,deal_stage,Sales Agent,Product\n"
                                            "One,2026-03-01,100,Won,Ann,Pump\n");
  g_autoptr (TorgTable) titled =
    test_table ("Отчёт о контактах;;\nза март;;\nФамилия;Имя;Отчество\nИванов;Иван;Иванович\n");
  g_autoptr (TorgImportPlan) company = test_plan (test, "company", companies);
  g_autoptr (TorgImportPlan) deal = test_plan (test, "deals", deals);
  g_autoptr (TorgImportPlan) person = test_plan (test, "person", titled);

  assert_target (company, "Название компании", "name");
  assert_target (company, "Телефон", "phones");
  assert_target (company, "Эл. почта", "emails");
  assert_target (company, "ИНН", "legal_entity.inn");
  assert_target (company, "КПП", "legal_entity.kpp");
  assert_target (company, "Ответственный", "owner");
  assert_target (company, "Комментарий", "note");
  assert_target (company, "Что-то", NULL);
  assert_target (deal, "Deal Name", "title");
  assert_target (deal, "closeDate", "closed");
  assert_target (deal, "CLOSE_VALUE", "amount");
  assert_target (deal, "deal_stage", "stage");
  assert_target (deal, "Sales Agent", "owner");
  assert_target (deal, "Product", "deal_line.product");
  g_assert_cmpuint (torg_import_plan_get_first_row (person), ==, 3);
  assert_target (person, "Отчество", "patronymic");
  g_assert_null (torg_import_plan_guess (torg_store_get_schema (test->store), "no such type", companies));
}

/* Answers are no headers, however often they are the name of a field. */
static void
test_answers (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autoptr (TorgTable) leads = test_table ("Prospect ID,Lead Number,Lead Origin,Lead Source,Do Not Email,Do Not Call\n"
                                            "7927b2df,660737,API,Olark Chat,No,No\n"
                                            "2a272436,660728,API,Organic Search,No,No\n");
  g_autoptr (TorgImportPlan) deals = test_plan (test, "deal", leads);
  g_autofree char *type = torg_import_guess_type (torg_store_get_schema (test->store), leads);

  g_assert_cmpstr (type, ==, "lead");
  g_assert_cmpuint (torg_import_plan_get_first_row (deals), ==, 1);
}

static void
test_types (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  struct
  {
    const char   *texts;
    TorgDateOrder order;
    gboolean      ambiguous;
  } dates[] = {
    { "01.02.2026\n13.02.2026\n", TORG_DATE_ORDER_DMY, FALSE },
    { "02/01/2026\n02/13/2026\n", TORG_DATE_ORDER_MDY, FALSE },
    { "2026-02-01\n2026-02-13\n", TORG_DATE_ORDER_YMD, FALSE },
    { "02/01/2026\n03/04/2026\n", TORG_DATE_ORDER_DMY, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *text = g_strconcat ("Дата закрытия\n", dates[i].texts, NULL);
      g_autoptr (TorgTable) table = test_table (text);
      g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
      TorgImportColumn *column = test_column (plan, "Дата закрытия");

      g_assert_cmpstr (column->target, ==, "closed");
      g_assert_cmpint (column->ambiguous, ==, dates[i].ambiguous);
      if (!dates[i].ambiguous && dates[i].order != TORG_DATE_ORDER_YMD)
        g_assert_cmpint (column->hints.date_order, ==, dates[i].order);
    }
}

/* Each column by all of its rows: a comma may be a decimal one, or split thousands. */
static void
test_numbers (void)
{
  static const struct
  {
    const char *texts;
    gint64      sum;
  } cases[] = {
    { "\"1 234,50 ₽\"\n\"100,5\"\n", 133500 }, { "\"1,234.50\"\n\"2,000\"\n", 323450 },
    { "\"1.234,50\"\n\"2.000\"\n", 323450 },   { "1234.5\n10\n", 124450 },
    { "\"1,234\"\n\"12,345\"\n", 1357900 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestStore) test = test_store_new (3 + i);
      g_auto (GStrv) lines = g_strsplit (cases[i].texts, "\n", -1);
      g_autofree char *text = g_strdup_printf ("Название;Сумма\nа;%s\nб;%s\n", lines[0], lines[1]);
      g_autoptr (TorgImportResult) result = test_import_text (test, "deal", text);

      test_assert_counts (result, 2, 2, 0, 0, 0);
      if (test_int (test->store, "SELECT sum(amount) FROM deal") != cases[i].sum)
        g_error ("case %u: %" G_GINT64_FORMAT, i, test_int (test->store, "SELECT sum(amount) FROM deal"));
    }
}

static void
test_map (void)
{
  g_autoptr (TestStore) test = test_store_new (9);
  g_autoptr (TorgTable) table = test_table ("A,B,C\nПоставка,100,мой этап\nДругая,200,мой этап\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  static const char *const bad[] = {
    "no JSON",
    "[]",
    "{\"columns\": {\"D\": \"title\"}}",
    "{\"columns\": {\"A\": \"nothing\"}}",
    "{\"duplicates\": \"maybe\"}",
    "{\"currency\": \"XYZW\"}",
  };
  g_autoptr (TorgImportResult) result = NULL;
  g_autofree char *stage = test_stage (test->store, "deals", "open", 3);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (torg_import_plan_load_map (plan, bad[i], &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  torg_import_plan_load_map (
    plan,
    "{\"columns\": {\"A\": \"title\", \"B\": \"amount\", \"C\": \"stage\"}, \"currency\": \"EUR\", "
    "\"values\": {\"C\": {\"мой этап\": \"Согласование\"}}, \"duplicates\": \"create\"}",
    &error);
  g_assert_no_error (error);
  g_assert_cmpint (torg_import_plan_get_duplicates (plan), ==, TORG_DUPLICATES_CREATE);
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 2, 2, 0, 0, 0);
  g_assert_cmpint (test_int (test->store, "SELECT sum(amount) FROM deal WHERE amount_currency = 'EUR'"), ==, 30000);
  {
    g_autofree char *deal = test_find (test->store, "deal", "title", "Поставка");

    test_assert_field (test->store, "deal", deal, "stage", stage);
  }
}

static TorgImportText *
find_text (GPtrArray *columns, guint column, const char *wanted)
{
  for (guint i = 0; i < columns->len; i++)
    {
      TorgImportValues *values = g_ptr_array_index (columns, i);

      for (guint j = 0; values->column == column && j < values->texts->len; j++)
        if (g_str_equal (((TorgImportText *) g_ptr_array_index (values->texts, j))->text, wanted))
          return g_ptr_array_index (values->texts, j);
    }
  g_error ("no text “%s” in column %u", wanted, column);
}

/* What stands in the columns that take one of a few, and what is taken instead, in a copy too. */
static void
test_values (void)
{
  g_autoptr (TestStore) test = test_store_new (10);
  g_autoptr (TorgTable) table = test_table ("Название;Стадия;Источник;Компания\n"
                                            "а;Won;Реклама;Ромашка\nб;в раздумьях;-;Лютик\nв;Won;Реклама;Ромашка\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  g_autoptr (TorgImportPlan) copy = NULL;
  g_autoptr (TorgImportResult) result = NULL;
  g_autofree char *won = test_stage (test->store, "deals", "won", 0);
  g_autofree char *stage = test_stage (test->store, "deals", "open", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) columns = torg_import_values_read (plan, test->store, &error);
  TorgImportValues *stages;

  g_assert_no_error (error);
  g_assert_cmpuint (columns->len, ==, 2); /* there can be any number of companies */
  stages = g_ptr_array_index (columns, 0);
  g_assert_cmpint (stages->fallback, ==, TORG_IMPORT_FALLBACK_FAIL);
  g_assert_cmpint (((TorgImportValues *) g_ptr_array_index (columns, 1))->fallback, ==, TORG_IMPORT_FALLBACK_MAKE);
  g_assert_cmpstr (((TorgImportText *) g_ptr_array_index (stages->texts, 0))->text, ==, "в раздумьях");
  g_assert_null (find_text (columns, 1, "в раздумьях")->found);
  g_assert_cmpuint (find_text (columns, 1, "Won")->n, ==, 2);
  g_assert_cmpstr (find_text (columns, 1, "Won")->found, ==, won);
  g_assert_cmpuint (find_text (columns, 2, "Реклама")->n, ==, 2);
  g_assert_cmpstr (find_text (columns, 2, "-")->found, ==, TORG_IMPORT_NOTHING);

  torg_import_plan_set_value (plan, 1, "в раздумьях", stage);
  torg_import_plan_set_value (plan, 2, "Реклама", TORG_IMPORT_NOTHING);
  copy = torg_import_plan_copy (plan);
  torg_import_plan_set_value (plan, 1, "в раздумьях", NULL);
  torg_import_plan_set_target (plan, 2, NULL);
  g_assert_null (torg_import_plan_get_value (plan, 1, "в раздумьях"));
  g_assert_null (torg_import_plan_get_value (plan, 2, "Реклама"));
  result = test_import (test, copy, FALSE);
  test_assert_counts (result, 3, 3, 0, 0, 0);
  {
    g_autofree char *deal = test_find (test->store, "deal", "title", "б");

    test_assert_field (test->store, "deal", deal, "stage", stage);
  }
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM deal WHERE source IS NOT NULL"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import-plan/headers", test_headers);
  g_test_add_func ("/import-plan/answers", test_answers);
  g_test_add_func ("/import-plan/types", test_types);
  g_test_add_func ("/import-plan/numbers", test_numbers);
  g_test_add_func ("/import-plan/map", test_map);
  g_test_add_func ("/import-plan/values", test_values);
  return g_test_run ();
}
