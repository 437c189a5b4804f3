/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-csv.h"
#include "torg-import-memory.h"
#include "torg-import-preview.h"
#include "torg-import-source.h"
#include "torg-test-import.h"

#include <string.h>

/* What the user settles before an import, and what is kept of it after. */

static void
test_header_row (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autoptr (TorgTable) table = test_table ("Ромашка;Тверь\nЛютик;Пермь\nНазвание;Город\nВасилёк;Омск\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "company", table);
  g_autoptr (TorgImportResult) result = NULL;

  g_assert_cmpuint (torg_import_plan_get_header_row (plan), ==, 2);
  g_assert_cmpstr (test_column (plan, "Название")->target, ==, "name");
  torg_import_plan_set_header_row (plan, TORG_IMPORT_NO_HEADER);
  g_assert_cmpuint (torg_import_plan_get_first_row (plan), ==, 0);
  g_assert_null (torg_import_plan_get_column (plan, 0)->target);
  torg_import_plan_set_target (plan, 0, "name");
  torg_import_plan_set_target (plan, 1, "city");
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 4, 4, 0, 0, 0);
  {
    g_autofree char *company = test_find (test->store, "company", "name", "Ромашка");

    test_assert_field (test->store, "company", company, "city", "Тверь");
  }
  torg_import_plan_set_header_row (plan, 2);
  g_assert_cmpuint (torg_import_plan_get_first_row (plan), ==, 3);
  g_assert_cmpstr (test_column (plan, "Город")->target, ==, "city");
}

/* What could be read either way is not guessed. */
static void
test_dates (void)
{
  static const struct
  {
    TorgDateOrder order;
    const char   *day;
  } cases[] = { { TORG_DATE_ORDER_DMY, "2026-02-01" }, { TORG_DATE_ORDER_MDY, "2026-01-02" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestStore) test = test_store_new (2 + i);
      g_autoptr (TorgTable) table = test_table ("Название сделки;Предполагаемая дата закрытия\nНасосы;01/02/2026\n");
      g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
      g_autoptr (TorgImportPlan) copy = NULL;
      g_autoptr (TorgImportResult) result = NULL;
      g_autofree char *deal = NULL;

      g_assert_cmpuint (torg_import_plan_find_ambiguous (plan), ==, 1);
      torg_import_plan_set_date_order (plan, 1, cases[i].order);
      g_assert_cmpuint (torg_import_plan_find_ambiguous (plan), ==, G_MAXUINT);
      copy = torg_import_plan_copy (plan);
      g_assert_true (torg_import_plan_get_column (copy, 1)->told);
      result = test_import (test, copy, FALSE);
      test_assert_counts (result, 1, 1, 0, 0, 0);
      deal = test_find (test->store, "deal", "title", "Насосы");
      test_assert_field (test->store, "deal", deal, "expected", cases[i].day);
    }
}

static TorgImportPlan *
recognise (TestStore *test, const char *text, const char *program, const char *type)
{
  g_autoptr (TorgTable) table = test_table (text);
  const TorgImportSource *source = torg_import_source_recognise (table, NULL);
  g_autofree char        *guessed = torg_import_guess_type (torg_store_get_schema (test->store), table);

  g_assert_nonnull (source);
  g_assert_cmpstr (source->program, ==, program);
  g_assert_cmpstr (guessed, ==, type);
  return test_plan (test, guessed, table);
}

/* What a program is known to write is taken so, whatever its words could mean elsewhere. */
static void
test_bitrix24 (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  TorgStore *store = test->store;
  g_autoptr (TorgImportPlan) deals =
    recognise (test,
               "\"ID\";\"Название сделки\";\"Стадия сделки\";\"Сумма\";\"Валюта\";\"Компания\";\"Контакт\";"
               "\"Ответственный\";\"Дата создания\";\"Вероятность\"\n"
               "\"17\";\"Насосы\";\"Новая\";\"1200.50\";\"USD\";\"ООО Ромашка\";\"Иван Иванов\";\"Анна Петрова\";"
               "\"24.11.2026 10:00:00\";\"10\"\n"
               "\"18\";\"Краны\";\"Новая\";\"300\";\"Российский рубль\";\"\";\"\";\"\";\"25.11.2026 10:00:00\";\"\"\n"
               "\"19\";\"Люки\";\"Новая\";\"7\";\"RUB\";\"\";\"\";\"\";\"25.11.2026 10:00:00\";\"\"\n",
               "Битрикс24", "deal");
  g_autoptr (TorgImportPlan) leads =
    recognise (test,
               "ID;Название лида;Имя;Отчество;Фамилия;Название компании;Рабочий телефон;Мобильный телефон;Стадия\n"
               "5;Заявка;Пётр;Ильич;Сидоров;Лютик;84951234567;89161112233;Новый\n",
               "Битрикс24", "lead");
  g_autoptr (TorgImportResult) result = test_import (test, deals, FALSE);
  g_autoptr (TorgImportResult) more = test_import (test, leads, FALSE);
  g_autofree char *deal = test_find (store, "deal", "number", "17");
  g_autofree char *lead = test_find (store, "lead", "title", "Заявка");

  g_assert_null (test_column (deals, "Вероятность")->target);
  test_assert_counts (result, 3, 2, 0, 0, 1);
  /* A currency that is none is said, not taken for roubles. */
  g_assert_cmpstr (((TorgImportFailure *) result->failures->pdata[0])->column, ==, "Валюта");
  test_assert_field (store, "deal", deal, "title", "Насосы");
  g_assert_cmpint (test_int (store, "SELECT amount FROM deal WHERE title = 'Насосы' AND amount_currency = 'USD'"), ==,
                   120050);
  g_assert_cmpint (test_int (store, "SELECT amount FROM deal WHERE title = 'Люки' AND amount_currency = 'RUB'"), ==,
                   700);
  test_assert_counts (more, 1, 1, 0, 0, 0);
  test_assert_field (store, "lead", lead, "name", "Пётр Ильич Сидоров");
  test_assert_field (store, "lead", lead, "company_name", "Лютик");
  g_assert_cmpint (test_int (store, "SELECT json_array_length(phones) FROM lead"), ==, 2);
  test_check (store);
}

static void
test_amocrm (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  TorgStore *store = test->store;
  g_autoptr (TorgImportPlan) deals =
    recognise (test,
               "ID,Название сделки,\"Бюджет, руб.\",Ответственный,Дата создания,Теги сделки,Этап сделки,Воронка,"
               "Полное имя контакта,Компания контакта,Рабочий телефон,Примечание,Примечание 2\n"
               "1001,Станок,150000,Анна Петрова,24.11.2026 09:30:00,\"опт, срочно\",Новая,Продажи,Иван Иванов,Ромашка,"
               "'+74951234567,Первое,Второе\n",
               "amoCRM", "deal");
  g_autoptr (TorgImportPlan) people =
    recognise (test,
               "ID,Полное имя контакта,Компания,Ответственный,Дата создания,Теги,Рабочий телефон,Мобильный телефон,"
               "Рабочий email,Должность\n"
               "7,Иванов Иван,Ромашка,Анна Петрова,24.11.2026 09:30:00,,+7 495 123-45-67,,i@example.org,Директор\n",
               "amoCRM", "person");
  g_autoptr (TorgImportResult) made = test_import (test, people, FALSE);
  g_autoptr (TorgImportResult) result = test_import (test, deals, FALSE);
  g_autofree char *deal = test_find (store, "deal", "title", "Станок");

  test_assert_counts (made, 1, 1, 0, 0, 0);
  test_assert_counts (result, 1, 1, 0, 0, 0);
  test_assert_field (store, "deal", deal, "note", "Первое\nВторое");
  g_assert_cmpint (test_int (store, "SELECT amount FROM deal"), ==, 15000000);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM tag WHERE name IN ('опт', 'срочно')"), ==, 2);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM person WHERE surname = 'Иванов' AND job = 'Директор'"), ==,
                   1);
  test_check (store);
}

static const TorgImportNear *
find_near (TorgImportResult *result, const char *text)
{
  for (guint i = 0; i < result->near->len; i++)
    if (g_str_equal (((TorgImportNear *) result->near->pdata[i])->text, text))
      return result->near->pdata[i];
  return NULL;
}

/* A name that is nearly one that is known is what the user says that it is. */
static void
test_near (void)
{
  g_autoptr (TestStore) test = test_store_new (6);
  TorgStore       *store = test->store;
  g_autofree char *known = test_create (store, "company", "name", "Ромашка Плюс", NULL);
  g_autofree char *other = test_create (store, "company", "name", "Стройсервис", NULL);
  g_autoptr (TorgTable) table =
    test_table ("Название сделки;Компания\nОдин;РомашкаПлюс\nДва;Стройсервиз\nТри;Ромашка Плюс\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  g_autoptr (TorgImportResult) dry = test_import (test, plan, TRUE);
  const TorgImportNear *taken = find_near (dry, "РомашкаПлюс"), *made = find_near (dry, "Стройсервиз");
  g_autoptr (TorgImportResult) again = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  g_assert_true (taken->taken);
  g_assert_cmpstr (taken->id, ==, known);
  g_assert_cmpstr (taken->target, ==, "company");
  g_assert_false (made->taken);
  g_assert_cmpstr (made->id, ==, other);
  torg_import_plan_set_value (plan, 1, "РомашкаПлюс", TORG_IMPORT_NEW);
  torg_import_plan_set_value (plan, 1, "Стройсервиз", made->id);
  again = test_import (test, plan, TRUE);
  g_assert_cmpuint (again->near->len, ==, 0);
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 3, 3, 0, 0, 0);
  g_assert_cmpint (result->made, ==, 1);
  {
    g_autofree char *one = test_find (store, "deal", "title", "Один"), *two = test_find (store, "deal", "title", "Два");
    g_autofree char *three = test_find (store, "deal", "title", "Три");
    g_autofree char *own = test_find (store, "company", "name", "РомашкаПлюс");

    g_assert_nonnull (own);
    test_assert_field (store, "deal", one, "company", own);
    test_assert_field (store, "deal", two, "company", other);
    test_assert_field (store, "deal", three, "company", known);
  }
  test_check (store);
}

/* Rows that fail come back as they were, to be put right and imported. */
static void
test_failed (void)
{
  g_autoptr (TestStore) test = test_store_new (7);
  g_autoptr (TorgTable) table = test_table ("Название;ИНН;Заметка\n"
                                            "Ромашка;7707083893;хорошая\n"
                                            "Лютик;7707083894;\"с «;» и\nстрокой\"\n"
                                            ";;=1+1\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "company", table);
  g_autoptr (TorgImportResult) result = test_import (test, plan, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgTable) failed = torg_import_result_list_failed (result, plan, &error);
  g_autoptr (GBytes) csv = NULL;
  g_autoptr (TorgTable) read = NULL;

  g_assert_no_error (error);
  test_assert_counts (result, 3, 1, 0, 0, 2);
  g_assert_cmpuint (torg_table_get_n_rows (failed), ==, 3);
  csv = torg_csv_write (failed, ';', TORG_CSV_BOM);
  read = torg_csv_read (csv, NULL, '\0', NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (torg_table_get_text (read, 0, 2), ==, "Заметка");
  g_assert_cmpstr (torg_table_get_text (read, 1, 0), ==, "Лютик");
  g_assert_cmpstr (torg_table_get_text (read, 1, 2), ==, "с «;» и\nстрокой");
  g_assert_cmpstr (torg_table_get_text (read, 2, 2), ==, "=1+1");
  g_assert_true (g_str_has_prefix (torg_table_get_text (read, 1, 3), "ИНН: "));
}

/* The next file of a kind is taken as the last one was. */
static void
test_remembered (void)
{
  g_autoptr (TestStore) test = test_store_new (8);
  g_autoptr (TorgTable) first = test_table ("Кто;Где;Когда\nРомашка;Тверь;01.02.2026\n");
  g_autoptr (TorgTable) second = test_table ("Кто;Где;Когда\nЛютик;Омск;03.04.2026\n");
  g_autoptr (TorgTable) third = test_table ("Кто;Где\nЛютик;Омск\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "company", first);
  g_autoptr (TorgImportPlan) next = test_plan (test, "company", second);
  g_autoptr (TorgImportPlan) other = test_plan (test, "company", third);
  g_autofree char *before = torg_import_recall (next, test->store);
  g_autoptr (TorgImportResult) dry = NULL;
  g_autoptr (TorgImportResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *unknown = NULL;
  g_autofree char *map = NULL;

  g_assert_cmpstr (before, ==, "");
  torg_import_plan_set_target (plan, 0, "name");
  torg_import_plan_set_target (plan, 1, "city");
  torg_import_plan_set_target (plan, 2, "+");
  torg_import_plan_set_value (plan, 1, "Тверь", "г. Тверь");
  torg_import_plan_set_duplicates (plan, TORG_DUPLICATES_UPDATE);
  /* Only what was done is remembered. */
  dry = test_import (test, plan, TRUE);
  map = torg_import_recall (next, test->store);
  g_assert_cmpstr (map, ==, "");
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 1, 1, 0, 0, 0);
  g_free (map);
  map = torg_import_recall (next, test->store);
  torg_import_plan_set_schema (next, torg_store_get_schema (test->store));
  torg_import_plan_load_map (next, map, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (torg_import_plan_get_column (next, 0)->target, ==, "name");
  g_assert_cmpstr (torg_import_plan_get_column (next, 1)->target, ==, "city");
  /* The field that was made then is not made again. */
  g_assert_true (g_str_has_prefix (torg_import_plan_get_column (next, 2)->target, "cf_"));
  g_assert_cmpstr (torg_import_plan_get_value (next, 1, "Тверь"), ==, "г. Тверь");
  g_assert_cmpint (torg_import_plan_get_duplicates (next), ==, TORG_DUPLICATES_UPDATE);
  unknown = torg_import_recall (other, test->store);
  g_assert_cmpstr (unknown, ==, "");
}

static void
test_map_of_dates (void)
{
  g_autoptr (TestStore) test = test_store_new (9);
  g_autoptr (TorgTable) table = test_table ("Название сделки;Дата закрытия\nНасосы;01/02/2026\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  g_autoptr (TorgImportPlan) other = test_plan (test, "deal", table);
  g_autofree char *map = NULL;
  g_autoptr (GError) error = NULL;

  torg_import_plan_set_date_order (plan, 1, TORG_DATE_ORDER_MDY);
  map = torg_import_plan_make_map (plan);
  torg_import_plan_load_map (other, map, &error);
  g_assert_no_error (error);
  g_assert_cmpint (torg_import_plan_get_column (other, 1)->hints.date_order, ==, TORG_DATE_ORDER_MDY);
  g_assert_false (torg_import_plan_load_map (other, "{\"dates\": {\"Дата закрытия\": \"dym\"}}", &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (torg_import_plan_load_map (other, "{\"dates\": {\"Нет\": \"dmy\"}}", &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
}

static void
assert_preview (TorgImportPlan *plan, guint row, guint column, const char *text, gboolean wrong)
{
  gboolean         is_wrong;
  g_autofree char *shown = torg_import_preview_cell (plan, row, column, &is_wrong);

  g_assert_cmpstr (shown, ==, text);
  g_assert_cmpint (is_wrong, ==, wrong);
}

static void
test_preview (void)
{
  g_autoptr (TestStore) test = test_store_new (10);
  g_autoptr (TorgTable) table = test_table ("Название сделки;Сумма;Стадия;Источник\nНасосы;1200,5;Новая;Сайт\n"
                                            "Краны;сто;Новая;Сайт\nЛюки;7 USD;Новая;Сайт\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);

  torg_import_plan_set_target (plan, 1, "amount");
  torg_import_plan_set_value (plan, 3, "Сайт", TORG_IMPORT_NOTHING);
  assert_preview (plan, 1, 0, "Насосы", FALSE);
  assert_preview (plan, 2, 1, "сто", TRUE);
  assert_preview (plan, 1, 2, "Новая", FALSE);
  assert_preview (plan, 1, 3, "", FALSE);
  {
    gboolean         wrong;
    g_autofree char *dollars = torg_import_preview_cell (plan, 3, 1, &wrong);

    g_assert_nonnull (strchr (dollars, '$'));
    g_assert_false (wrong);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import-assistant/header-row", test_header_row);
  g_test_add_func ("/import-assistant/dates", test_dates);
  g_test_add_func ("/import-assistant/bitrix24", test_bitrix24);
  g_test_add_func ("/import-assistant/amocrm", test_amocrm);
  g_test_add_func ("/import-assistant/near", test_near);
  g_test_add_func ("/import-assistant/failed", test_failed);
  g_test_add_func ("/import-assistant/remembered", test_remembered);
  g_test_add_func ("/import-assistant/map-of-dates", test_map_of_dates);
  g_test_add_func ("/import-assistant/preview", test_preview);
  return g_test_run ();
}
