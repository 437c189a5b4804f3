/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-import.h"

/* What an import makes of its rows, and how it is undone. */

#define PEOPLE                                                                                                         \
  "ФИО;Телефон;Почта;Компания\n"                                                                                       \
  "Иванов Иван Иванович;+7 916 111-22-33 доб. 203, 8 (495) 765-43-21;ivanov@example.org;ООО «Ромашка»\n"               \
  "Петрова Анна;8 916 222 33 44;;Ромашка\n"                                                                            \
  "Сидоров;;sidorov@example.org;Лютик\n"

static void
test_people (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore *store = test->store;
  g_autoptr (TorgImportResult) result = test_import_text (test, "person", PEOPLE);
  g_autofree char *ivanov = test_find (store, "person", "surname", "Иванов");
  g_autofree char *phones = NULL;

  test_assert_counts (result, 3, 3, 0, 0, 0);
  g_assert_nonnull (ivanov);
  test_assert_field (store, "person", ivanov, "name", "Иван");
  test_assert_field (store, "person", ivanov, "patronymic", "Иванович");
  phones =
    test_text (store, "SELECT json_extract(phones, '$[0].e164') || ' ' || json_extract(phones, '$[0].ext') || ' ' || "
                      "json_extract(phones, '$[1].e164') FROM person WHERE surname = 'Иванов'");
  g_assert_cmpstr (phones, ==, "+79161112233 203 +74957654321");
  /* One company, whatever its legal form. */
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company"), ==, 2);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM person WHERE company IS NOT NULL"), ==, 3);
  test_check (store);
}

static void
test_duplicates (void)
{
  static const char *const again = "ФИО;Телефон;Почта;Должность\n"
                                   "Иванов Иван Иванович;+7 (916) 111-22-33;new@example.org;Директор\n"
                                   "Новый Человек;8 916 999 88 77;;\n";
  g_autoptr (TorgTable) table = test_table (again);
  const struct
  {
    TorgDuplicates mode;
    gint64         created, updated, skipped, people;
    const char    *job;
  } cases[] = {
    { TORG_DUPLICATES_SKIP, 1, 0, 1, 4, "" },
    { TORG_DUPLICATES_UPDATE, 1, 1, 0, 4, "Директор" },
    { TORG_DUPLICATES_CREATE, 2, 0, 0, 5, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestStore) test = test_store_new (2 + i);
      TorgStore *store = test->store;
      g_autoptr (TorgImportResult) first = test_import_text (test, "person", PEOPLE);
      g_autoptr (TorgImportPlan) plan = test_plan (test, "person", table);
      g_autoptr (TorgImportResult) dry = NULL;
      g_autoptr (TorgImportResult) result = NULL;
      g_autofree char *ivanov = test_find (store, "person", "surname", "Иванов");
      guint            left = 9;

      torg_import_plan_set_duplicates (plan, cases[i].mode);
      /* A dry run says the same and does nothing. */
      dry = test_import (test, plan, TRUE);
      test_assert_counts (dry, 2, cases[i].created, cases[i].updated, cases[i].skipped, 0);
      g_assert_cmpint (test_int (store, "SELECT count(*) FROM person"), ==, 3);
      result = test_import (test, plan, FALSE);
      test_assert_counts (result, 2, cases[i].created, cases[i].updated, cases[i].skipped, 0);
      g_assert_cmpint (test_int (store, "SELECT count(*) FROM person"), ==, cases[i].people);
      test_assert_field (store, "person", ivanov, "job", cases[i].job);
      if (cases[i].updated > 0)
        /* The second number and the first address stay. */
        g_assert_cmpint (test_int (store,
                                   "SELECT json_array_length(phones) * 10 + json_array_length(emails) FROM person "
                                   "WHERE surname = 'Иванов'"),
                         ==, 22);
      test_check (store);
      /* Undone, with the updates. */
      g_assert_true (torg_store_undo_import (store, result->import_id, &left, NULL, NULL));
      g_assert_cmpuint (left, ==, 0);
      test_assert_field (store, "person", ivanov, "job", "");
      g_assert_cmpint (test_int (store, "SELECT count(*) FROM person"), ==, 3);
      test_check (store);
    }
}

/* A new deal comes to any stage; one that is there goes to it with what the stage asks for. */
static void
test_stages (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  TorgStore *store = test->store;
  g_autoptr (TorgTable) table =
    test_table ("Номер;Название;Этап;Сумма\nС-1007;Поставка;Успешно;\nС-1008;Ремонт;Успешно;\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  g_autoptr (TorgImportResult) first = test_import_text (test, "deal", "Номер;Название\nС-1007;Поставка\n");
  g_autofree char *deal = test_find (store, "deal", "number", "С-1007");
  g_autofree char *open = test_stage (store, "deals", "open", 0);
  g_autoptr (TorgImportResult) dry = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  torg_import_plan_set_duplicates (plan, TORG_DUPLICATES_UPDATE);
  dry = test_import (test, plan, TRUE);
  test_assert_counts (dry, 2, 1, 0, 0, 1);
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 2, 1, 0, 0, 1);
  test_assert_field (store, "deal", deal, "stage", open);
  test_check (store);
}

/* Two rows of one file may be the same record, too. */
static void
test_within (void)
{
  g_autoptr (TestStore) test = test_store_new (6);
  g_autoptr (TorgTable) table = test_table ("Название;Телефон;Город\nРомашка;+7 495 111-22-33;\nОАО Ромашка;;Тверь\n"
                                            "Лютик;+7 495 111-22-33;Омск\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "company", table);
  g_autoptr (TorgImportResult) dry = NULL;
  g_autoptr (TorgImportResult) result = NULL;

  torg_import_plan_set_duplicates (plan, TORG_DUPLICATES_UPDATE);
  dry = test_import (test, plan, TRUE);
  result = test_import (test, plan, FALSE);
  g_assert_cmpint (dry->created, ==, result->created);
  g_assert_cmpint (dry->updated, ==, result->updated);
  g_assert_cmpint (result->created, ==, 1);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company"), ==, 1);
  test_check (test->store);
}

/* The identity of a legal entity is INN with KPP: another KPP is a branch. */
static void
test_legal_entities (void)
{
  g_autoptr (TestStore) test = test_store_new (7);
  TorgStore *store = test->store;
  g_autoptr (TorgImportResult) first =
    test_import_text (test, "company", "Компания;ИНН;КПП\nСбербанк;7707083893;773601001\n");
  g_autoptr (TorgTable) more = test_table ("Компания;ИНН;КПП;Город\nСБ совсем иначе;7707083893;773601001;Москва\n"
                                           "Сбербанк, филиал;7707083893;540602001;Новосибирск\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "company", more);
  g_autoptr (TorgImportResult) second = NULL;

  test_assert_counts (first, 1, 1, 0, 0, 0);
  torg_import_plan_set_duplicates (plan, TORG_DUPLICATES_UPDATE);
  second = test_import (test, plan, FALSE);
  /* The first row is the known one by its INN and KPP, whatever its name; the second is not. */
  test_assert_counts (second, 2, 1, 1, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM legal_entity"), ==, 2);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE city = 'Москва' AND id IN (SELECT company FROM "
                                    "legal_entity WHERE kpp = '773601001')"),
                   ==, 1);
  test_check (store);
}

/* Legal entities of a file of their own are known again by INN and KPP, not by their name. */
static void
test_legal_entities_again (void)
{
  static const char *const text = "Name;ИНН;КПП\nПАО Сбербанк;7707083893;773601001\n"
                                  "ПАО Сбербанк;7707083893;540602001\n";
  static const char *const renamed = "Name;ИНН;КПП\nСбер;7707083893;773601001\n";
  g_autoptr (TestStore) test = test_store_new (30);
  g_autoptr (TorgImportResult) first = test_import_text (test, "legal_entity", text);
  g_autoptr (TorgImportResult) second = test_import_text (test, "legal_entity", text);
  g_autoptr (TorgImportResult) third = test_import_text (test, "legal_entity", renamed);

  test_assert_counts (first, 2, 2, 0, 0, 0);
  test_assert_counts (second, 2, 0, 0, 2, 0);
  test_assert_counts (third, 1, 0, 0, 1, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM legal_entity"), ==, 2);
}

/* A name makes a record of any type that a name is enough for; what it is not enough for fails with its line. */
static void
test_made (void)
{
  g_autoptr (TestStore) test = test_store_new (31);
  TorgStore *store = test->store;
  g_autoptr (TorgImportResult) calls = test_import_text (test, "activity",
                                                         "Тема;Вид;Сделка;Контакт;Лид\n"
                                                         "Звонок;call;Поставка насосов;Иванов Иван;\n"
                                                         "Ещё звонок;call;Поставка насосов;;\n");
  g_autoptr (TorgImportResult) lines =
    test_import_text (test, "deal_line", "deal;Товар;Количество\nПоставка труб;Труба;5\nПоставка насосов;Насос;1\n");
  g_autoptr (TorgTable) table = test_table ("Название;НДС\nСтол;20 %\nСтул;Не бывает\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "product", table);
  g_autoptr (TorgImportResult) products = test_import (test, plan, FALSE);

  test_assert_counts (calls, 2, 2, 0, 0, 0);
  test_assert_counts (lines, 2, 2, 0, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE stage IS NOT NULL"), ==, 2);
  g_assert_cmpint (test_int (store, "SELECT count(DISTINCT deal) FROM activity"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM person WHERE surname = 'Иванов'"), ==, 1);
  g_assert_cmpint (products->failed, ==, 1);
  g_assert_cmpuint (((TorgImportFailure *) products->failures->pdata[0])->line, ==, 3);
  test_check (store);
}

/* An amount too large to be counted with fails its row alone. */
static void
test_amounts (void)
{
  g_autoptr (TestStore) test = test_store_new (32);
  g_autoptr (TorgImportResult) result =
    test_import_text (test, "deal",
                      "Название;Сумма\nA;92233720368547758,07\nB;100\nC;92233720368547758,07\n"
                      "D;90000000000,01\nE;90000000000\n");

  test_assert_counts (result, 5, 2, 0, 0, 3);
  g_assert_cmpint (test_int (test->store, "SELECT sum (amount) FROM deal"), ==, TORG_MONEY_MAX_SUMMED + 10000);
  for (guint i = 0; i < 3; i++)
    {
      const guint lines[] = { 2, 4, 5 };
      guint       found = 0;

      for (guint j = 0; j < result->failures->len; j++)
        found += ((TorgImportFailure *) result->failures->pdata[j])->line == lines[i];
      g_assert_cmpuint (found, ==, 1);
    }
  test_check (test->store);
}

/* Rows that cannot be are listed with their lines and reasons; the others are there. */
static void
test_failures (void)
{
  g_autoptr (TestStore) test = test_store_new (8);
  TorgStore *store = test->store;
  g_autoptr (TorgTable) table = test_table ("Сделка;Сумма;Этап;Ответственный\n"
                                            "Первая;100;Новая;Иван\n"
                                            "Вторая;не число;Новая;Пётр\n"
                                            "\n"
                                            "Третья;300;Нет такой стадии;Иван\n"
                                            ";400;Новая;Иван\n"
                                            "Пятая;500;Успешно;Анна\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  g_autoptr (TorgImportResult) dry = test_import (test, plan, TRUE);
  g_autoptr (TorgImportResult) result = NULL;
  const TorgImportFailure *failure;

  g_assert_cmpint (test_int (store, "SELECT (SELECT count(*) FROM deal) + (SELECT count(*) FROM history) + "
                                    "(SELECT count(*) FROM undo_step)"),
                   ==, 0);
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 5, 2, 0, 0, 3);
  test_assert_counts (dry, 5, 2, 0, 0, 3);
  g_assert_cmpint (dry->made, ==, result->made);
  g_assert_cmpuint (result->failures->len, ==, 3);
  failure = result->failures->pdata[0];
  g_assert_cmpuint (failure->line, ==, 3);
  g_assert_cmpstr (failure->column, ==, "Сумма");
  g_assert_true (strstr (failure->reason, "не число") != NULL);
  failure = result->failures->pdata[1];
  g_assert_cmpuint (failure->line, ==, 5);
  g_assert_cmpstr (failure->column, ==, "Этап");
  failure = result->failures->pdata[2];
  g_assert_cmpuint (failure->line, ==, 6);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal"), ==, 2);
  test_check (store);
}

/* A row that only the store refuses: its chunk is imported row by row, in a dry run too. */
static void
test_refused (void)
{
  g_autoptr (TestStore) test = test_store_new (9);
  TorgStore *store = test->store;
  g_autoptr (TorgTable) table = test_table ("Сделка;Компания\nПервая;Новая фирма\n"
                                            "Вторая;00000000-0000-7000-8000-000000000000\nТретья;Новая фирма\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "deal", table);
  g_autoptr (TorgImportResult) dry = test_import (test, plan, TRUE);
  g_autoptr (TorgImportResult) result = NULL;

  g_assert_cmpint (test_int (store, "SELECT (SELECT count(*) FROM deal) + (SELECT count(*) FROM company)"), ==, 0);
  result = test_import (test, plan, FALSE);
  test_assert_counts (dry, 3, 2, 0, 0, 1);
  test_assert_counts (result, 3, 2, 0, 0, 1);
  g_assert_cmpint (result->made, ==, 1);
  g_assert_cmpint (((TorgImportFailure *) result->failures->pdata[0])->line, ==, 3);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company"), ==, 1);
  test_check (store);
}

/* What was changed since the import is left, and counted. */
static void
test_undo_changed (void)
{
  g_autoptr (TestStore) test = test_store_new (10);
  TorgStore *store = test->store;
  g_autoptr (TorgImportResult) result = test_import_text (test, "person", PEOPLE);
  g_autofree char *ivanov = test_find (store, "person", "surname", "Иванов");
  g_autofree char *lutik = test_find (store, "company", "name", "Лютик");
  guint            left = 0;

  test_patch (store, "person", ivanov, "job", "Директор");
  g_free (test_create (store, "deal", "title", "Поставка", "company", lutik, NULL));
  g_assert_true (torg_store_undo_import (store, result->import_id, &left, NULL, NULL));
  /* Ivanov and his company, which he refers to, and Lutik with its deal. */
  g_assert_cmpuint (left, ==, 3);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM person WHERE deleted IS NULL"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 2);
  test_assert_field (store, "person", ivanov, "job", "Директор");
  test_check (store);
}

/* A column that no field is for becomes one; a dry run before it takes nothing away. */
static void
test_custom (void)
{
  g_autoptr (TestStore) test = test_store_new (11);
  TorgStore *store = test->store;
  g_autoptr (TorgTable) table = test_table ("Название;Любимый цвет\nРомашка;белый\nЛютик;жёлтый\n");
  g_autoptr (TorgImportPlan) plan = test_plan (test, "company", table);
  g_autoptr (TorgImportResult) dry = NULL;
  g_autoptr (TorgImportResult) result = NULL;
  g_autoptr (TorgImportPlan) next = NULL;
  g_autofree char *name = NULL;
  g_autofree char *id = NULL;
  guint            left = 0;

  torg_import_plan_set_target (plan, 1, "+");
  dry = test_import (test, plan, TRUE);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM field_def"), ==, 0);
  result = test_import (test, plan, FALSE);
  test_assert_counts (result, 2, 2, 0, 0, 0);
  name = test_text (store, "SELECT name FROM field_def WHERE label = 'Любимый цвет'");
  g_assert_nonnull (name);
  id = test_find (store, "company", name, "жёлтый");
  test_assert_field (store, "company", id, "name", "Лютик");
  /* The next file finds the field by its label. */
  next = test_plan (test, "company", table);
  g_assert_cmpstr (test_column (next, "Любимый цвет")->target, ==, name);
  g_assert_true (torg_store_undo_import (store, result->import_id, &left, NULL, NULL));
  g_assert_cmpint (test_int (store, "SELECT (SELECT count(*) FROM company) + (SELECT count(*) FROM field_def)"), ==, 0);
  test_check (store);
}

/* A new field is of the kind that all of its texts are, and is the same one when the import is repeated. */
static void
test_custom_kinds (void)
{
  static const char *const kinds[] = { "number", "date", "money", "text", "text", "text", "text" };
  g_autoptr (TestStore) test = test_store_new (33);
  g_autoptr (TorgTable) table = test_table ("Название;Окон;Переезд;Долг;Договор;Любимый цвет;Код;Пусто\n"
                                            "Ромашка;12;25.03.2026;1 200,50 ₽;А-17;белый;0042;\n"
                                            "Лютик;1 000,5;01.04.2026;$30;18;5;17;\n"
                                            "Клевер;;;;;;;\n");

  for (int round = 0; round < 2; round++)
    {
      g_autoptr (TorgImportPlan) plan = test_plan (test, "company", table);
      g_autoptr (TorgImportResult) result = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        torg_import_plan_set_target (plan, i + 1, "+");
      result = test_import (test, plan, FALSE);
      test_assert_counts (result, 3, round == 0 ? 3 : 0, 0, round == 0 ? 0 : 3, 0);
    }
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM field_def"), ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT kind FROM field_def ORDER BY rid LIMIT 1 OFFSET %u", i);
      g_autofree char *kind = test_text (test->store, sql);

      g_assert_cmpstr (kind, ==, kinds[i]);
    }
  test_check (test->store);
}

/* A number of another system is none of the company's own; of a record that came from there it is. */
static void
test_numbers (void)
{
  g_autoptr (TestStore) test = test_store_new (14);
  g_autofree char *own = test_create (test->store, "deal", "title", "Своя", "number", "С-1007", NULL);
  const char      *text = "Номер;Название\n7;Чужая\n8;Ещё\n";
  g_autoptr (TorgImportResult) first = test_import_text (test, "deal", text);
  g_autoptr (TorgImportResult) again = test_import_text (test, "deal", text);

  test_assert_counts (first, 2, 2, 0, 0, 0);
  test_assert_counts (again, 2, 0, 0, 2, 0);
}

/* More than a chunk; the user's own edit comes in between. */
static void
test_chunks (void)
{
  g_autoptr (TestStore) test = test_store_new (12);
  TorgStore *store = test->store;
  g_autoptr (GString) text = g_string_new ("Название;Телефон\n");
  g_autoptr (TorgTable) table = NULL;
  g_autoptr (TorgImportPlan) plan = NULL;
  g_autoptr (TorgImport) import = NULL;
  g_autoptr (TorgImportResult) result = NULL;
  g_autofree char *own = NULL;
  gboolean         finished = FALSE;
  guint            n_steps = 0, left = 0;

  for (int i = 0; i < 8500; i++)
    g_string_append_printf (text, "Фирма %d;+7 495 %07d\n", i, i);
  table = test_table (text->str);
  plan = test_plan (test, "company", table);
  import = torg_import_new (plan, test->env);
  while (!finished)
    {
      g_assert_true (torg_import_step (import, store, &finished, NULL));
      if (n_steps++ == 0)
        own = test_create (store, "company", "name", "Своя", NULL);
    }
  g_assert_cmpuint (n_steps, >, 1);
  result = torg_import_dup_result (import);
  test_assert_counts (result, 8500, 8500, 0, 0, 0);
  g_assert_cmpfloat (torg_import_get_fraction (import), ==, 1);
  /* Undo of the last one step undoes the import as a whole, and nothing else. */
  test_undo (store, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company"), ==, 1);
  g_assert_false (torg_store_undo_import (store, result->import_id, &left, NULL, NULL));
  test_check (store);
}

/* All that an import made, in words that two replicas have in common. */
static char *
describe_deals (TorgStore *store)
{
  return test_text (store,
                    "SELECT group_concat(d.number || ' ' || d.title || ' ' || d.amount || ' ' || c.name || ' ' || "
                    "(SELECT group_concat(name || price) FROM deal_line l WHERE l.deal = d.id), char(10)) "
                    "FROM (SELECT * FROM deal ORDER BY number) d JOIN company c ON c.id = d.company");
}

/* Rows read beside writing come out as one after another: companies, products and duplicates of rows not yet written.
 */
static void
test_beside (void)
{
  g_autoptr (TestStore) test = test_store_new (13);
  g_autoptr (TestStore) other = test_store_new (13);
  g_autoptr (TorgEnv) env = torg_env_new ();
  g_autoptr (TorgStore) store = torg_store_open (env, other->path, TORG_STORE_NONE, NULL);
  g_autoptr (GString) text = g_string_new ("Номер;Компания;Продукт;Цена;Сумма\n");
  g_autoptr (TorgTable) table = NULL;
  g_autoptr (TorgImportPlan) plan = NULL, same = NULL;
  g_autoptr (TorgImportResult) result = NULL, expected = NULL;
  g_autofree char *found = NULL, *wanted = NULL;

  for (int i = 0; i < 9000; i++)
    g_string_append_printf (text, "%d;Фирма %d;Товар %d;%d;%d\n", i % 7 == 6 ? i - (i % 2 == 0 ? 1 : 1500) : i, i / 3,
                            i / 5, 10 + i, 100 + i);
  table = test_table (text->str);
  plan = test_plan (test, "deal", table);
  same = test_plan (test, "deal", table);
  expected = test_import (test, plan, FALSE);
  result = torg_import_run (same, store, FALSE, NULL, NULL);
  g_assert_nonnull (result);
  test_assert_counts (result, expected->read, expected->created, expected->updated, expected->skipped,
                      expected->failed);
  g_assert_cmpint (result->made, ==, expected->made);
  g_assert_cmpint (result->skipped, >, 100);
  wanted = describe_deals (test->store);
  found = describe_deals (store);
  g_assert_cmpint (strlen (wanted), >, 100000);
  g_assert_cmpstr (found, ==, wanted);
  test_check (store);
}

static void
test_encodings (void)
{
  static const char *const charsets[] = { "UTF-8", "WINDOWS-1251", "KOI8-R", "IBM866", "UTF-16LE", "UTF-16BE" };
  g_autofree char         *dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  static const char        text[] =
    "Название компании;Город;Комментарий\nРомашка;Екатеринбург;Поставщик полевых цветов и трав\n"
    "Лютик;Нижний Новгород;Закупает семена каждую весну\n";

  for (guint i = 0; i < G_N_ELEMENTS (charsets); i++)
    {
      g_autoptr (TestStore) test = test_store_new (20 + i);
      g_autofree char *path = g_build_filename (dir, charsets[i], NULL);
      g_autoptr (TorgTable) table = NULL;
      g_autoptr (TorgImportPlan) plan = NULL;
      g_autoptr (TorgImportResult) result = NULL;
      g_autofree char *data = NULL;
      g_autofree char *id = NULL;
      g_autoptr (GString) file = g_string_new (NULL);
      gsize length;

      data = g_convert (text, -1, charsets[i], "UTF-8", NULL, &length, NULL);
      g_assert_nonnull (data);
      if (g_str_equal (charsets[i], "UTF-16LE"))
        g_string_append_len (file, "\xff\xfe", 2);
      if (g_str_equal (charsets[i], "UTF-16BE"))
        g_string_append_len (file, "\xfe\xff", 2);
      g_string_append_len (file, data, length);
      g_assert_true (g_file_set_contents (path, file->str, file->len, NULL));
      table = test_read (path);
      plan = test_plan (test, "company", table);
      result = test_import (test, plan, FALSE);
      test_assert_counts (result, 2, 2, 0, 0, 0);
      id = test_find (test->store, "company", "name", "Лютик");
      if (id == NULL)
        g_error ("%s is not read", charsets[i]);
      test_assert_field (test->store, "company", id, "city", "Нижний Новгород");
    }
  test_remove_dir (dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import/people", test_people);
  g_test_add_func ("/import/duplicates", test_duplicates);
  g_test_add_func ("/import/stages", test_stages);
  g_test_add_func ("/import/within", test_within);
  g_test_add_func ("/import/legal-entities", test_legal_entities);
  g_test_add_func ("/import/legal-entities-again", test_legal_entities_again);
  g_test_add_func ("/import/made", test_made);
  g_test_add_func ("/import/amounts", test_amounts);
  g_test_add_func ("/import/failures", test_failures);
  g_test_add_func ("/import/refused", test_refused);
  g_test_add_func ("/import/undo-changed", test_undo_changed);
  g_test_add_func ("/import/custom", test_custom);
  g_test_add_func ("/import/custom-kinds", test_custom_kinds);
  g_test_add_func ("/import/chunks", test_chunks);
  g_test_add_func ("/import/numbers", test_numbers);
  g_test_add_func ("/import/beside", test_beside);
  g_test_add_func ("/import/encodings", test_encodings);
  return g_test_run ();
}
