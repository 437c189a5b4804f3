/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-name.h"

#include <string.h>

static void
test_key (void)
{
  static const char *const cases[][2] = {
    { "ООО «Ромашка»", "ромашка" },
    { "Ромашка, ООО", "ромашка" },
    { "  Общество с ограниченной ответственностью   \"Ромашка\"", "ромашка" },
    { "ПАО Сбербанк", "сбербанк" },
    { "ИП Иванов Пётр", "иванов петр" },
    { "Acme Inc.", "acme" },
    { "ACME, L.L.C.", "acme" },
    { "Škoda Auto a.s.", "škoda auto as" },
    { "Müller GmbH & Co. KG", "müller" },
    { "ООО", "ооо" },
    { "АО «АО»", "ао" },
    { "Торговый дом \"Весна-Лето\"", "торговый дом весна лето" },
    { "O'Reilly Ltd", "oreilly" },
    { "booking.com", "booking com" },
    { "«»", "" },
    { "OOO \"Romashka\"", "romashka" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *key = torg_name_make_key (cases[i][0]);

      g_assert_cmpstr (key, ==, cases[i][1]);
    }
}

static void
test_near (void)
{
  g_assert_true (torg_name_is_near ("GTXPro", "GTX Pro"));
  g_assert_true (torg_name_is_near ("ООО Ромашка", "АО \"Ромшака\""));
  g_assert_true (torg_name_is_near ("Газпромнефть", "Газпром нефть"));
  g_assert_true (torg_name_is_near ("Стройинвестсервис", "Стройинвестсервиз"));
  g_assert_false (torg_name_is_near ("Завод 12", "Завод 13"));
  g_assert_false (torg_name_is_near ("Рим", "Рис"));
  g_assert_false (torg_name_is_near ("Весна", "Осень"));
  g_assert_false (torg_name_is_near ("", ""));
  g_assert_cmpuint (torg_name_get_distance ("ab", "ba", 5), ==, 1);
  g_assert_cmpuint (torg_name_get_distance ("kitten", "sitting", 5), ==, 3);
  g_assert_cmpuint (torg_name_get_distance ("kitten", "sitting", 2), ==, 3);
  g_assert_cmpuint (torg_name_get_distance ("", "abc", 5), ==, 3);
}

static void
test_person (void)
{
  static const struct
  {
    const char *text, *surname, *name, *patronymic;
    TorgGender  gender;
  } cases[] = {
    { "Иванов Иван Иванович", "Иванов", "Иван", "Иванович", TORG_GENDER_MALE },
    { "Иван Иванович Иванов", "Иванов", "Иван", "Иванович", TORG_GENDER_MALE },
    { "Петрова Анна Сергеевна", "Петрова", "Анна", "Сергеевна", TORG_GENDER_FEMALE },
    { "Иванов И.И.", "Иванов", "И.", "И.", TORG_GENDER_MALE },
    { "И. И. Иванова", "Иванова", "И.", "И.", TORG_GENDER_FEMALE },
    { "Иван Петров", "Петров", "Иван", "", TORG_GENDER_MALE },
    { "Петров Иван", "Петров", "Иван", "", TORG_GENDER_MALE },
    { "Иван Иванович", "", "Иван", "Иванович", TORG_GENDER_MALE },
    { "Мамедов Али Гасан оглы", "Мамедов", "Али", "Гасан оглы", TORG_GENDER_MALE },
    { "Салтыков Щедрин Михаил Евграфович", "Салтыков Щедрин", "Михаил", "Евграфович", TORG_GENDER_MALE },
    { "John Smith", "Smith", "John", "", TORG_GENDER_UNKNOWN },
    { "Smith, John", "Smith", "John", "", TORG_GENDER_UNKNOWN },
    { "Анна", "", "Анна", "", TORG_GENDER_FEMALE },
    { "Сидоров", "Сидоров", "", "", TORG_GENDER_MALE },
    { "Ильин Пётр Ильич", "Ильин", "Пётр", "Ильич", TORG_GENDER_MALE },
    { "", "", "", "", TORG_GENDER_UNKNOWN },
    { "...", "", "", "", TORG_GENDER_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgPersonName) name = torg_person_name_parse (cases[i].text, FALSE);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (name->surname, ==, cases[i].surname);
      g_assert_cmpstr (name->name, ==, cases[i].name);
      g_assert_cmpstr (name->patronymic, ==, cases[i].patronymic);
      g_assert_cmpint (name->gender, ==, cases[i].gender);
    }
}

/* In a column «ФИО» names in Latin letters are in that order too. */
static void
test_order (void)
{
  g_autoptr (TorgPersonName) foreign = torg_person_name_parse ("Müller Hans", TRUE);
  g_autoptr (TorgPersonName) spelled = torg_person_name_parse ("Ivanov Ivan Ivanovich", TRUE);
  g_autoptr (TorgPersonName) initials = torg_person_name_parse ("J. Smith", TRUE);

  g_assert_cmpstr (foreign->surname, ==, "Müller");
  g_assert_cmpstr (foreign->name, ==, "Hans");
  g_assert_cmpstr (spelled->surname, ==, "Ivanov");
  g_assert_cmpstr (spelled->name, ==, "Ivan");
  g_assert_cmpstr (spelled->patronymic, ==, "Ivanovich");
  g_assert_cmpstr (initials->surname, ==, "Smith");
}

/* Measures the guess of the gender over one of petrovich's lists. */
static gboolean
measure (const char *file, guint part, double *right, double *wrong)
{
  g_autofree char *path = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "ru-requisites", "petrovich", file, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0, n_right = 0, n_wrong = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
      TorgGender expected, guess;

      if (g_strv_length (cells) < 2 || strchr (cells[1], '-') != NULL)
        continue;
      expected = g_str_has_prefix (cells[1], "мр") ? TORG_GENDER_MALE : TORG_GENDER_FEMALE;
      guess = torg_person_guess_gender (part == 0 ? cells[0] : NULL, part == 1 ? cells[0] : NULL,
                                        part == 2 ? cells[0] : NULL);
      n++;
      n_right += guess == expected ? 1 : 0;
      n_wrong += guess != expected && guess != TORG_GENDER_UNKNOWN ? 1 : 0;
    }
  *right = n > 0 ? (double) n_right / n : 0;
  *wrong = n > 0 ? (double) n_wrong / n : 1;
  g_test_message ("%s: %u, %.2f %% right, %.2f %% wrong, the rest not guessed", file, n, *right * 100, *wrong * 100);
  return TRUE;
}

static void
test_shared (void)
{
  double right, wrong;

  if (!measure ("midnames.gender.tsv", 2, &right, &wrong))
    {
      g_test_skip ("left out: ../shared/data/ru-requisites is missing");
      return;
    }
  g_assert_cmpfloat (right, >, 0.98);
  g_assert_cmpfloat (wrong, <, 0.005);
  g_assert_true (measure ("surnames.gender.tsv", 0, &right, &wrong));
  g_assert_cmpfloat (wrong, <, 0.02);
  g_assert_true (measure ("firstnames.gender.tsv", 1, &right, &wrong));
  g_assert_cmpfloat (wrong, <, 0.005);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name/key", test_key);
  g_test_add_func ("/name/order", test_order);
  g_test_add_func ("/name/near", test_near);
  g_test_add_func ("/name/person", test_person);
  g_test_add_func ("/name/shared", test_shared);
  return g_test_run ();
}
