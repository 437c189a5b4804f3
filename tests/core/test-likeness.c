/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-likeness.h"
#include "torg-spelling.h"

/* Names by their sound, and how likely two cards are one. */

static char *
make_key (const char *name)
{
  g_auto (GStrv) words = torg_spelling_make_words (name);

  return torg_spelling_make_key ((const char *const *) words);
}

static void
assert_same (const char *a, const char *b)
{
  g_autofree char *one = make_key (a), *other = make_key (b);

  g_test_message ("%s: %s, %s: %s", a, one, b, other);
  g_assert_cmpstr (one, ==, other);
}

static double
compare (const char *a, const char *b)
{
  g_auto (GStrv) one = torg_spelling_make_words (a);
  g_auto (GStrv) other = torg_spelling_make_words (b);
  double likeness = torg_spelling_compare ((const char *const *) one, (const char *const *) other);

  g_test_message ("%s / %s: %.3f", a, b, likeness);
  g_assert_cmpfloat (likeness, ==, torg_spelling_compare ((const char *const *) other, (const char *const *) one));
  return likeness;
}

static void
test_spelling (void)
{
  assert_same ("ООО «Ромашка»", "РОМАШКА, ООО");
  assert_same ("ООО «Ромашка»", "Romashka");
  assert_same ("Общество с ограниченной ответственностью \"Ёлочка\"", "Елочка");
  assert_same ("Сервис Ромашка", "Ромашка-Сервис");
  assert_same ("Щукин", "Shchukin");
  assert_same ("Щукин", "Schukin");
  assert_same ("Хабаров Юрий", "Yuri Khabarov");
  assert_same ("Чайковский", "Tchaikovsky");
  assert_same ("Жёлтый Дом", "Zheltyy dom");
  assert_same ("Café Müller GmbH", "Cafe Muller");
  assert_same ("Группа Максима", "Gruppa Maxima");
  g_assert_cmpfloat (compare ("GTXPro", "GTX Pro"), >, 0.95);
  g_assert_cmpfloat (compare ("Ромашка Трейд", "Ромошка Трейд"), >, 0.9);
  g_assert_cmpfloat (compare ("Северсталь", "Северсатль"), >, 0.85);
  g_assert_cmpfloat (compare ("Завод 12", "Завод 13"), ==, 0);
  g_assert_cmpfloat (compare ("Завод 12", "Завод"), ==, 0);
  g_assert_cmpfloat (compare ("Ромашка", "Василёк"), <, 0.5);
  g_assert_cmpfloat (compare ("Ромашка Трейд", "Василёк Трейд"), <, 0.7);
  g_assert_cmpfloat (compare ("", "ООО"), <, 0.1);
}

static TorgLikenessCard *
make_card (TorgSchema *schema, const char *type, const char *name, const char *field, ...)
{
  g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, type), "a");
  va_list args;

  torg_record_set_text (record, "name", name);
  va_start (args, field);
  for (; field != NULL; field = va_arg (args, const char *))
    torg_record_set_text (record, field, va_arg (args, const char *));
  va_end (args);
  return torg_likeness_card_new (record);
}

#define PHONE "[{\"raw\":\"8 495 123-45-67\",\"e164\":\"+74951234567\",\"ext\":\"\"}]"

static void
test_companies (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgLikenessCard) plain = make_card (schema, "company", "Ромашка", NULL);
  g_autoptr (TorgLikenessCard) latin =
    make_card (schema, "company", "Romashka LLC", "phones", PHONE, "city", "г. Тверь", NULL);
  g_autoptr (TorgLikenessCard) far = make_card (schema, "company", "ООО Ромашка", "city", "Омск", NULL);
  g_autoptr (TorgLikenessCard) other = make_card (schema, "company", "Василёк", "phones", PHONE, NULL);
  g_autoptr (TorgLikenessCard) mail =
    make_card (schema, "company", "Василёк плюс", "phones", PHONE, "emails", "[\"A@flower.ru\"]", NULL);
  g_autoptr (TorgLikenessCard) same = make_card (schema, "company", "Лютик", "phones", PHONE, "emails",
                                                 "[\"a@flower.ru\"]", "site", "https://www.flower.ru/ru", NULL);
  TorgLikenessReasons reasons;
  g_autofree char    *words = NULL;

  g_assert_cmpfloat (torg_likeness_compare (plain, latin, &reasons), >=, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_NAME);
  /* Of one name there are many; in another city it is another one. */
  g_assert_cmpfloat (torg_likeness_compare (latin, far, &reasons), <, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_NAME | TORG_LIKENESS_OTHER_PLACE);
  /* A phone may be that of the house. */
  g_assert_cmpfloat (torg_likeness_compare (latin, other, &reasons), <, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_PHONE);
  g_assert_cmpfloat (torg_likeness_compare (mail, same, &reasons), >=, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_PHONE | TORG_LIKENESS_EMAIL);
  words = torg_likeness_say (reasons);
  g_assert_cmpstr (words, ==, "same phone, same e-mail");
}

static void
test_requisites (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgLikenessCard) a = make_card (schema, "company", "Ромашка", NULL);
  g_autoptr (TorgLikenessCard) b = make_card (schema, "company", "Завод имени Петрова", NULL);
  g_autoptr (TorgLikenessCard) c = make_card (schema, "company", "Ромашка", NULL);
  TorgLikenessReasons reasons;

  torg_likeness_card_add_requisites (a, "7707083893", "773601001");
  torg_likeness_card_add_requisites (b, "7736050003", NULL);
  torg_likeness_card_add_requisites (b, "7707083893", "773601001");
  torg_likeness_card_add_requisites (c, "5024002119", "502401001");
  g_assert_cmpfloat (torg_likeness_compare (a, b, &reasons), >, 0.9);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_REQUISITES);
  g_assert_cmpfloat (torg_likeness_compare (a, c, &reasons), <, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_NAME | TORG_LIKENESS_OTHER_INN);
  torg_likeness_card_add_requisites (c, "7707083893", "502401001");
  g_assert_cmpfloat (torg_likeness_compare (a, c, &reasons), >, 0.9);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_NAME | TORG_LIKENESS_INN);
}

static void
test_persons (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgLikenessCard) a =
    make_card (schema, "person", "Иван", "surname", "Петров", "phones", PHONE, "patronymic", "Сергеевич", NULL);
  g_autoptr (TorgLikenessCard) b = make_card (schema, "person", "Petrov", "surname", "Ivan", "phones", PHONE, NULL);
  g_autoptr (TorgLikenessCard) father =
    make_card (schema, "person", "Иван", "surname", "Петров", "phones", PHONE, "patronymic", "Андреевич", NULL);
  g_autoptr (TorgLikenessCard) initial =
    make_card (schema, "person", "Иван", "surname", "Петров", "phones", PHONE, "patronymic", "С.", NULL);
  g_autoptr (TorgLikenessCard) namesake = make_card (schema, "person", "Иван", "surname", "Петров", NULL);
  TorgLikenessReasons reasons;

  g_assert_cmpfloat (torg_likeness_compare (a, b, &reasons), >=, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_NAME | TORG_LIKENESS_PHONE);
  g_assert_cmpfloat (torg_likeness_compare (a, initial, NULL), >=, TORG_LIKENESS_LIKELY);
  g_assert_cmpfloat (torg_likeness_compare (a, father, &reasons), <, TORG_LIKENESS_LIKELY);
  g_assert_cmpint (reasons, ==, TORG_LIKENESS_NAME | TORG_LIKENESS_PHONE | TORG_LIKENESS_OTHER_PERSON);
  /* There are thousands of them. */
  g_assert_cmpfloat (torg_likeness_compare (a, namesake, NULL), <, TORG_LIKENESS_LIKELY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/likeness/spelling", test_spelling);
  g_test_add_func ("/likeness/companies", test_companies);
  g_test_add_func ("/likeness/requisites", test_requisites);
  g_test_add_func ("/likeness/persons", test_persons);
  return g_test_run ();
}
