/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-phone.h"

#include <string.h>

#include "torg-error.h"

typedef struct
{
  const char *text;
  const char *expected; /* e164 or raw in angle brackets, ext behind x, by spaces */
} Case;

static const Case cases[] = {
  { "8 (912) 345-67-89", "+79123456789" },
  { "+7 912 345 67 89", "+79123456789" },
  { "9123456789", "+79123456789" },
  { "79123456789", "+79123456789" },
  { "79123456789.0", "+79123456789" },
  { "+8 912 345 67 89", "+79123456789" },
  { "+8 (495) 123-45-67", "+74951234567" },
  { "+84 912 345 678", "+84912345678" },
  { "+84912345678", "+84912345678" },
  { "8-495-123-45-67 доб. 203", "+74951234567x203" },
  { "8 (495) 123-45-67, доб. 203", "+74951234567x203" },
  { "+7 (495) 123-45-67 (вн. 12)", "+74951234567x12" },
  { "+7 495 123-45-67 ext 203", "+74951234567x203" },
  { "+7 495 123-45-67 #203", "+74951234567x203" },
  { "+7 495 123-45-67; +7 912 345-67-89", "+74951234567 +79123456789" },
  { "84951234567,89123456789", "+74951234567 +79123456789" },
  { "84951234567 и 89123456789", "+74951234567 +79123456789" },
  { "84951234567\n89123456789", "+74951234567 +79123456789" },
  { "89123456789 89123456780", "+79123456789 +79123456780" },
  { "(495) 123-45-67/68", "+74951234567 +74951234568" },
  { "8 495 123-45-67 доб. 1, 8 912 345-67-89 доб. 22", "+74951234567x1 +79123456789x22" },
  { "моб.: 8 912 345-67-89 (Иван)", "+79123456789" },
  { "8 912 345-67-89, +79123456789", "+79123456789" },
  { "+1 (212) 555-0123", "+12125550123" },
  { "+49 30 123456", "+4930123456" },
  { "123-45-67", "<123-45-67>" },
  { "02", "<02>" },
  { "+7 912 345 67 8", "<+7 912 345 67 8>" },
  { "", "" },
  { "нет", "" },
  { "+380 44 123 4567", "+380441234567" },
  { "8 727 250 1234", "+77272501234" },
};

static char *
describe (GPtrArray *phones)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < phones->len; i++)
    {
      TorgPhone *phone = g_ptr_array_index (phones, i);

      if (i > 0)
        g_string_append_c (out, ' ');
      if (*phone->e164 != '\0')
        g_string_append (out, phone->e164);
      else
        g_string_append_printf (out, "<%s>", phone->raw);
      if (*phone->ext != '\0')
        g_string_append_printf (out, "x%s", phone->ext);
    }
  return g_string_free_and_steal (out);
}

static void
test_split (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) phones = torg_phone_split (cases[i].text, "RU");
      g_autofree char *found = describe (phones);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

static void
test_region (void)
{
  g_autoptr (GPtrArray) phones = torg_phone_split ("030 123456", "DE");
  g_autofree char *found = describe (phones);

  g_assert_cmpstr (found, ==, "+4930123456");
}

static void
test_json (void)
{
  g_autoptr (GPtrArray) again = NULL, broken = NULL;
  g_autoptr (GError) error = NULL;
  TorgValue value;

  g_assert_true (torg_phone_parse ("8 495 123-45-67 доб. 203; \"02\"", NULL, &value, NULL));
  g_assert_cmpint (value.tag, ==, TORG_VALUE_TEXT);
  g_assert_cmpstr (value.text, ==,
                   "[{\"raw\":\"8 495 123-45-67 доб. 203\",\"e164\":\"+74951234567\",\"ext\":\"203\"},"
                   "{\"raw\":\"\\\"02\\\"\",\"e164\":\"\",\"ext\":\"\"}]");
  again = torg_phone_from_json (value.text, &error);
  g_assert_no_error (error);
  g_autofree char *json = torg_phone_to_json (again);
  g_assert_cmpstr (json, ==, value.text);
  g_ref_string_release (value.text);

  g_assert_true (torg_phone_parse (" ", NULL, &value, NULL));
  g_assert_cmpint (value.tag, ==, TORG_VALUE_NULL);
  g_assert_false (torg_phone_parse ("позвонить", NULL, &value, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (torg_phone_from_json ("{}", &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  broken = torg_phone_from_json ("[{\"raw\":5}]", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (broken->len, ==, 1);
}

static void
test_show (void)
{
  g_autoptr (GPtrArray) phones = torg_phone_split ("84951234567 доб. 203, +49 30 123456, 02", NULL);
  g_autofree char *full = torg_phone_format (g_ptr_array_index (phones, 0));
  g_autofree char *uri = torg_phone_make_uri (g_ptr_array_index (phones, 0));
  g_autofree char *foreign = torg_phone_format (g_ptr_array_index (phones, 1));
  g_autofree char *raw = torg_phone_format (g_ptr_array_index (phones, 2));

  g_assert_cmpstr (full, ==, "+7 495 123-45-67, ext. 203");
  g_assert_cmpstr (uri, ==, "tel:+74951234567;ext=203");
  g_assert_cmpstr (foreign, ==, "+49 30 123456");
  g_assert_cmpstr (raw, ==, "02");
  g_assert_null (torg_phone_make_uri (g_ptr_array_index (phones, 2)));
}

/* A list as another program writes it. */
static void
test_clean (void)
{
  static const struct
  {
    const char *json;
    const char *clean; /* (nullable) */
  } lists[] = {
    { "[]", "[]" },
    { "[{\"raw\":\"8 495 123-45-67\"}]", "[{\"raw\":\"8 495 123-45-67\",\"e164\":\"+74951234567\",\"ext\":\"\"}]" },
    { "[{\"raw\":\"02\",\"e164\":\"\",\"ext\":\"5\"}]", "[{\"raw\":\"02\",\"e164\":\"\",\"ext\":\"5\"}]" },
    { "[{\"raw\":\"1\",\"e164\":\"+12\"}]", NULL },
    { "[{\"raw\":\"1\",\"e164\":\"74951234567\"}]", NULL },
    { "[{\"raw\":\"1\",\"e164\":\"\",\"ext\":\"x\"}]", NULL },
    { "[{\"raw\":\"8 495 123-45-67\\nдоб. 12\",\"e164\":\"+74951234567\",\"ext\":\"12\"}]",
      "[{\"raw\":\"8 495 123-45-67 доб. 12\",\"e164\":\"+74951234567\",\"ext\":\"12\"}]" },
    { "[{\"raw\":\"\\r\\n\"}]", NULL },
    { "[{\"raw\":\"\"}]", NULL },
    { "[{\"raw\":null}]", NULL },
    { "[null]", NULL },
    { "[\"1\"]", NULL },
    { "{}", NULL },
    { "[", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *clean = torg_phone_clean (lists[i].json);

      g_assert_cmpstr (clean, ==, lists[i].clean);
    }
}

/* What is written here passes at the server, whatever was typed. */
static void
test_clean_own (void)
{
  static const char *const texts[] = {
    "+7 495 123-45-67\nдоб. 12",
    "+7 495 123-45-67\r\next 12",
    "8 (495) 123-45-67, доб. 1; 02",
    "123-45-67/68",
    "+1 2",
    "нет 12",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (TorgValue) value = TORG_VALUE_INIT;
      g_autofree char *clean = NULL;

      g_assert_true (torg_phone_parse (texts[i], NULL, &value, NULL));
      clean = torg_phone_clean (value.text);
      g_assert_cmpstr (clean, ==, value.text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phone/split", test_split);
  g_test_add_func ("/phone/region", test_region);
  g_test_add_func ("/phone/json", test_json);
  g_test_add_func ("/phone/show", test_show);
  g_test_add_func ("/phone/clean", test_clean);
  g_test_add_func ("/phone/clean-own", test_clean_own);
  return g_test_run ();
}
