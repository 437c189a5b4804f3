/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-email.h"

#include "torg-error.h"

static void
test_valid (void)
{
  static const char *const good[] = { "a@b.co", "ivan.petrov+crm@mail.example.ru", "иван@пример.рф", "o'hara@x.org",
                                      "A_B@EXAMPLE.COM" };
  static const char *const bad[] = { "",        "@",         "a@b",        "a@.ru",     "a b@c.ru",
                                     ".a@b.ru", "a.@b.ru",   "a..b@c.ru",  "a@b..ru",   "a@-b.ru",
                                     "a@b.ru.", "a@1.2.3.4", "a@b@c d.ru", "\xff@b.ru", "a@b,ru" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (torg_email_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%u", (guint) i);
      g_assert_false (torg_email_is_valid (bad[i]));
    }
  g_assert_false (torg_email_is_valid (NULL));
}

static void
test_split (void)
{
  static const struct
  {
    const char *text;
    const char *joined;
  } cases[] = {
    { "a@b.ru", "a@b.ru" },
    { "a@b.ru, c@d.ru; e@f.ru\nh@i.ru", "a@b.ru c@d.ru e@f.ru h@i.ru" },
    { "Иван Петров <ivan@x.ru>, \"P\" <p@x.ru>", "ivan@x.ru p@x.ru" },
    { "a@b.ru/c@d.ru", "a@b.ru c@d.ru" },
    { "a@B.ru a@b.RU A@b.ru", "a@B.ru A@b.ru" },
    { "mailto:a@b.ru.", "a@b.ru" },
    { "", "" },
    { "нет", "" },
    { "a@b, c@d.ru", "c@d.ru" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) found = torg_email_split (cases[i].text, NULL);
      g_autofree char *joined = g_strjoinv (" ", found);

      g_assert_cmpstr (joined, ==, cases[i].joined);
    }
}

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  TorgValue value;

  g_assert_true (torg_email_parse ("a@b.ru, c@d.ru", &value, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (value.text, ==, "[\"a@b.ru\",\"c@d.ru\"]");
  g_ref_string_release (value.text);
  g_assert_false (torg_email_parse ("a@b, c@d.ru", &value, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpstr (value.text, ==, "[\"c@d.ru\"]");
  g_ref_string_release (value.text);
  g_assert_false (torg_email_parse ("нет", &value, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_assert_true (torg_email_parse (" ", &value, NULL));
  g_assert_cmpint (value.tag, ==, TORG_VALUE_NULL);
}

static void
test_key (void)
{
  g_autofree char *ascii = torg_email_make_key ("Ivan@EXAMPLE.Ru");
  g_autofree char *idn = torg_email_make_key ("ivan@Пример.РФ");

  g_assert_cmpstr (ascii, ==, "Ivan@example.ru");
  g_assert_cmpstr (idn, ==, "ivan@xn--e1afmkfd.xn--p1ai");
}

/* The short way for plain addresses reads what the long one reads. */
static void
test_plain (void)
{
  static const char signs[] = "ab1A@@.-_+";
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint n_good = 0;

  for (guint i = 0; i < 200000; i++)
    {
      char  text[16];
      guint length = g_rand_int_range (rand, 1, sizeof text);
      g_auto (TorgValue) value = TORG_VALUE_INIT;
      g_auto (GStrv) items = NULL;
      g_auto (GStrv) found = NULL;
      gboolean whole;

      for (guint j = 0; j < length; j++)
        text[j] = signs[g_rand_int_range (rand, 0, sizeof signs - 1)];
      text[length] = '\0';
      whole = torg_email_parse (text, &value, NULL);
      items = torg_value_dup_items (&value);
      found = torg_email_split (text, NULL);
      g_assert_true (g_strv_equal ((const char *const *) items, (const char *const *) found));
      g_assert_true (!whole || found[0] != NULL);
      n_good += whole ? 1 : 0;
    }
  g_assert_cmpuint (n_good, >, 300);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/email/valid", test_valid);
  g_test_add_func ("/email/split", test_split);
  g_test_add_func ("/email/parse", test_parse);
  g_test_add_func ("/email/key", test_key);
  g_test_add_func ("/email/plain", test_plain);
  return g_test_run ();
}
