/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-date.h"

#include "torg-error.h"

typedef struct
{
  const char   *text;
  TorgDateOrder order;
  const char   *iso;
  const char   *time; /* as the moment in UTC */
} Case;

#define A TORG_DATE_ORDER_AUTO
#define DMY TORG_DATE_ORDER_DMY
#define MDY TORG_DATE_ORDER_MDY
#define YMD TORG_DATE_ORDER_YMD

static const Case good[] = {
  { "21.11.2026", A, "2026-11-21", "2026-11-21T00:00:00Z" },
  { "1.2.26", A, "2026-02-01", "2026-02-01T00:00:00Z" },
  { "01.02.65", A, "1965-02-01", NULL },
  { "11/21/2026", A, "2026-11-21", NULL },
  { "3/4/2026", A, "2026-04-03", NULL },
  { "3/4/2026", MDY, "2026-03-04", NULL },
  { "21/11/26 14:30", DMY, "2026-11-21", "2026-11-21T14:30:00Z" },
  { "11/21/2026 2:30:05 PM", MDY, "2026-11-21", "2026-11-21T14:30:05Z" },
  { "11/21/2026 12:00 am", MDY, "2026-11-21", "2026-11-21T00:00:00Z" },
  { "2026-11-21", DMY, "2026-11-21", NULL },
  { "2026/11/21", A, "2026-11-21", NULL },
  { "26-11-21", YMD, "2026-11-21", NULL },
  { "20261121", A, "2026-11-21", NULL },
  { "20261121T103000Z", A, "2026-11-21", "2026-11-21T10:30:00Z" },
  { "2026-11-21T14:30:05.123456+03:00", A, "2026-11-21", "2026-11-21T11:30:05.123456Z" },
  { "2026-11-21 14:30:05 +0530", A, "2026-11-21", "2026-11-21T09:00:05Z" },
  { "2026-11-21T14:30Z", A, "2026-11-21", "2026-11-21T14:30:00Z" },
  { "21 ноября 2026", A, "2026-11-21", NULL },
  { "21 Ноября 2026 г.", A, "2026-11-21", NULL },
  { "21 ноября 2026 года в 14:30", A, "2026-11-21", "2026-11-21T14:30:00Z" },
  { "1 мая 2026", A, "2026-05-01", NULL },
  { "3 сент. 2026", A, "2026-09-03", NULL },
  { "21 Nov 2026", A, "2026-11-21", NULL },
  { "21-Nov-26", A, "2026-11-21", NULL },
  { "November 21st, 2026", A, "2026-11-21", NULL },
  { "Sat, 21 Nov 2026 10:00:00 +0300", A, "2026-11-21", "2026-11-21T07:00:00Z" },
  { "сб, 21.11.2026", A, "2026-11-21", NULL },
  { "21.11.2026 г.", A, "2026-11-21", NULL },
  { "29.02.2024", A, "2024-02-29", NULL },
  { " 21.11.2026, 9:05 ", A, "2026-11-21", "2026-11-21T09:05:00Z" },
  { "01.01.1969 00:00", A, "1969-01-01", "1969-01-01T00:00:00Z" },
};

static const char *const bad[] = {
  "",
  "abc",
  "2026",
  "21.11",
  "29.02.2026",
  "31.04.2026",
  "0.1.2026",
  "21.13.2026",
  "32.01.2026",
  "21.11.2026 25:00",
  "21.11.2026 10:61",
  "21.11.2026x",
  "21 foo 2026",
  "2026-11-21T10:00+99:00",
  "21.11/2026",
  "1.1.202",
  "00.00.0000",
  "21.11.2026 12",
  "\xff",
  "1234567890",
  "21.11.2026 13:00 PM",
  "ноября 2026",
};

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      TorgValue value;

      g_test_message ("%s", good[i].text);
      torg_date_parse (good[i].text, good[i].order, &value, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (value.text, ==, good[i].iso);
      g_assert_true (torg_date_is_valid (value.text));
      g_ref_string_release (value.text);
      if (good[i].time != NULL)
        {
          g_autoptr (GDateTime) expected = g_date_time_new_from_iso8601 (good[i].time, NULL);

          g_assert_true (torg_moment_parse (good[i].text, good[i].order, NULL, &value, &error));
          g_assert_cmpint (value.number, ==, g_date_time_to_unix_usec (expected));
        }
    }
}

static void
test_refuse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      TorgValue value;

      g_test_message ("%s", g_utf8_validate (bad[i], -1, NULL) ? bad[i] : "bytes");
      g_assert_false (torg_date_parse (bad[i], A, &value, &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
  g_assert_false (torg_date_is_valid (NULL));
  g_assert_false (torg_date_is_valid ("2026-02-29"));
  g_assert_false (torg_date_is_valid ("2026-2-9"));
}

static void
test_zone (void)
{
  g_autoptr (GTimeZone) moscow = g_time_zone_new_identifier ("Europe/Moscow");
  g_autoptr (GDateTime) expected = g_date_time_new_from_iso8601 ("2026-11-21T11:30:00Z", NULL);
  TorgValue value;

  g_assert_nonnull (moscow);
  g_assert_true (torg_moment_parse ("21.11.2026 14:30", A, moscow, &value, NULL));
  g_assert_cmpint (value.number, ==, g_date_time_to_unix_usec (expected));
}

static void
test_order (void)
{
  const char *dmy[] = { "", "01/02/2026", "21/02/2026" };
  const char *mdy[] = { "1/2/2026", "3/25/2026", "n/a" };
  const char *ymd[] = { "2026-01-02" };
  const char *points[] = { "01.02.2026", "03.04.2026" };
  const char *both[] = { "25/3/2026", "3/25/2026", "3/26/2026" };
  const char *none[] = { "1/2/2026", "3/4/2026" };
  const char *words[] = { "21 ноября 2026" };
  gboolean    ambiguous;

  g_assert_cmpint (torg_date_guess_order (dmy, 3, &ambiguous), ==, DMY);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_date_guess_order (mdy, 3, &ambiguous), ==, MDY);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_date_guess_order (ymd, 1, &ambiguous), ==, YMD);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_date_guess_order (points, 2, &ambiguous), ==, DMY);
  g_assert_false (ambiguous);
  g_assert_cmpint (torg_date_guess_order (both, 3, &ambiguous), ==, MDY);
  g_assert_true (ambiguous);
  g_assert_cmpint (torg_date_guess_order (none, 2, &ambiguous), ==, DMY);
  g_assert_true (ambiguous);
  g_assert_cmpint (torg_date_guess_order (words, 1, &ambiguous), ==, A);
  g_assert_false (ambiguous);
}

static void
test_serial (void)
{
  TorgDateParts    parts;
  g_autofree char *first = NULL, *last = NULL, *mac = NULL, *march = NULL;

  g_assert_true (torg_date_from_serial (1, FALSE, &parts));
  first = torg_date_parts_to_iso (&parts);
  g_assert_cmpstr (first, ==, "1900-01-01");
  g_assert_true (torg_date_from_serial (61, FALSE, &parts));
  march = torg_date_parts_to_iso (&parts);
  g_assert_cmpstr (march, ==, "1900-03-01");
  g_assert_true (torg_date_from_serial (46347.5, FALSE, &parts));
  last = torg_date_parts_to_iso (&parts);
  g_assert_cmpstr (last, ==, "2026-11-21");
  g_assert_true (parts.has_time);
  g_assert_cmpint (parts.hour, ==, 12);
  g_assert_true (torg_date_from_serial (46347 - 1462, TRUE, &parts));
  mac = torg_date_parts_to_iso (&parts);
  g_assert_cmpstr (mac, ==, "2026-11-21");
  g_assert_false (torg_date_from_serial (60, FALSE, &parts));
  g_assert_false (torg_date_from_serial (-1, FALSE, &parts));
  g_assert_false (torg_date_from_serial (1e300, FALSE, &parts));
  g_assert_false (torg_date_from_serial (2958465.99999999, TRUE, &parts));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/date/parse", test_parse);
  g_test_add_func ("/date/refuse", test_refuse);
  g_test_add_func ("/date/zone", test_zone);
  g_test_add_func ("/date/order", test_order);
  g_test_add_func ("/date/serial", test_serial);
  return g_test_run ();
}
