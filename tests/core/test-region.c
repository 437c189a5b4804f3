/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-region.h"

#include <string.h>

static const char *
code_of (const TorgRegion *region)
{
  return region != NULL ? region->code : NULL;
}

static void
test_names (void)
{
  static const char *const cases[][2] = {
    { "Тверская обл.", "69" },
    { "обл. Тверская", "69" },
    { "тверская", "69" },
    { "Тверская область", "69" },
    { "г. Москва", "77" },
    { "Москва", "77" },
    { "Московская область", "50" },
    { "Республика Татарстан (Татарстан)", "16" },
    { "Респ Алтай", "04" },
    { "Алтайский край", "22" },
    { "Ханты-Мансийский Автономный округ - Югра", "86" },
    { "Ямало-Ненецкий АО", "89" },
    { "Ненецкий АО", "83" },
    { "Еврейская Аобл", "79" },
    { "Санкт-Петербург", "78" },
    { "Чувашская Республика - Чувашия", "21" },
    { "Кемеровская область - Кузбасс", "42" },
    { "Респ Саха /Якутия/", "14" },
    { "Бавария", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (code_of (torg_region_find (cases[i][0])), ==, cases[i][1]);
    }
  g_assert_null (torg_region_find (NULL));
}

static void
test_addresses (void)
{
  static const char *const cases[][2] = {
    { "170100, Тверская обл., г. Тверь, ул. Советская, д. 1", "69" },
    { "Тверь, ул. Московская, 12", "69" },
    { "125167, г. Москва, Ленинградский проспект, д. 39", "77" },
    { "г. Самара, ул. Ленинградская, 5", "63" },
    { "Московская область, г. Химки, ул. Москва", "50" },
    { "620014, г. Екатеринбург, пр. Ленина, 1", "66" },
    { "Орёл, ул. Ленина 5", "57" },
    { "край Пермский, г. Березники", "59" },
    { "603000, Нижний Новгород", "52" },
    { "ул. Тверская, д. 7", NULL },
    { "Minsk", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (code_of (torg_region_find_in_address (cases[i][0])), ==, cases[i][1]);
    }
}

static void
test_numbers (void)
{
  g_assert_cmpstr (code_of (torg_region_find_by_inn ("7707083893")), ==, "77");
  g_assert_cmpstr (code_of (torg_region_find_by_inn ("9715000000")), ==, "77");
  g_assert_cmpstr (code_of (torg_region_find_by_inn ("500100732259")), ==, "50");
  g_assert_cmpstr (code_of (torg_region_find_by_inn ("8100000000")), ==, "59");
  g_assert_null (torg_region_find_by_inn ("9909000000"));
  g_assert_null (torg_region_find_by_inn ("77"));
  g_assert_cmpstr (code_of (torg_region_find_by_phone ("+74951234567")), ==, "77");
  g_assert_cmpstr (code_of (torg_region_find_by_phone ("+73431234567")), ==, "66");
  g_assert_cmpstr (code_of (torg_region_find_by_phone ("+78185312345")), ==, "83");
  g_assert_cmpstr (code_of (torg_region_find_by_phone ("+78182123456")), ==, "29");
  g_assert_null (torg_region_find_by_phone ("+79161234567"));
  g_assert_null (torg_region_find_by_phone ("+375171234567"));
}

static void
test_time (void)
{
  g_autoptr (GTimeZone) moscow = g_time_zone_new_identifier ("Europe/Moscow");
  g_autoptr (GDateTime) noon = g_date_time_new_utc (2026, 3, 2, 7, 20, 0);
  TorgRegionTime    time;
  guint             n;
  const TorgRegion *all = torg_region_list (&n);

  g_assert_cmpuint (n, ==, 89);
  for (guint i = 0; i < n; i++)
    {
      g_test_message ("%s", all[i].zone);
      g_assert_true (torg_region_get_time (&all[i], g_date_time_to_unix_usec (noon), moscow, &time));
      g_assert_true (torg_region_find (all[i].name) == &all[i]);
      if (i > 0)
        g_assert_cmpstr (all[i - 1].code, <, all[i].code);
    }
  /* 10:20 in Moscow. */
  g_assert_true (
    torg_region_get_time (torg_region_find ("Новосибирская обл"), g_date_time_to_unix_usec (noon), moscow, &time));
  g_assert_cmpint (time.hour, ==, 14);
  g_assert_cmpint (time.minute, ==, 20);
  g_assert_cmpint (time.ahead, ==, 240);
  g_assert_false (time.is_late);
  g_assert_true (
    torg_region_get_time (torg_region_find ("Камчатский край"), g_date_time_to_unix_usec (noon), moscow, &time));
  g_assert_cmpint (time.hour, ==, 19);
  g_assert_true (time.is_late);
  g_assert_true (
    torg_region_get_time (torg_region_find ("Калининградская"), g_date_time_to_unix_usec (noon), moscow, &time));
  g_assert_cmpint (time.ahead, ==, -60);
  g_assert_false (time.is_late);
}

/* Each region of the list of others is one of ours, in the same offset from UTC. */
static void
test_shared (void)
{
  g_autofree char *path =
    g_build_filename (g_getenv ("TORG_SHARED_DATA"), "ru-requisites", "hflabs", "region.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) when = g_date_time_new_utc (2026, 3, 2, 7, 20, 0);
  guint checked = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("left out: ../shared/data/ru-requisites is missing");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (g_strchomp (lines[i]), ",", -1);
      const TorgRegion *region;
      TorgRegionTime    time;

      /* Baikonur is no region of Russia. */
      if (g_strv_length (cells) < 12 || g_str_has_prefix (cells[4], "99"))
        continue;
      region = torg_region_find (cells[2]);
      g_test_message ("%s", cells[2]);
      g_assert_nonnull (region);
      g_assert_true (g_str_has_prefix (cells[4], region->code));
      g_assert_true (torg_region_get_time (region, g_date_time_to_unix_usec (when), utc, &time));
      g_assert_true (g_str_has_prefix (cells[11], "UTC+"));
      if (time.ahead != 60 * (int) g_ascii_strtoll (cells[11] + 4, NULL, 10))
        g_test_message ("differs: %s, %d minutes here", cells[11], time.ahead);
      checked++;
    }
  g_assert_cmpuint (checked, ==, 85);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/region/names", test_names);
  g_test_add_func ("/region/addresses", test_addresses);
  g_test_add_func ("/region/numbers", test_numbers);
  g_test_add_func ("/region/time", test_time);
  g_test_add_func ("/region/shared", test_shared);
  return g_test_run ();
}
