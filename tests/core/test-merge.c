/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-merge.h"

#include <string.h>

static void
check_text (const char *base, const char *current, const char *changed, const char *expected)
{
  g_autofree char *merged = torg_merge_text (base, current, changed);
  g_autofree char *other = torg_merge_text (base, changed, current);

  g_assert_cmpstr (merged, ==, expected);
  /* Whose change came first does not matter. */
  g_assert_cmpstr (other, ==, expected);
}

static void
test_text (void)
{
  check_text ("a\nb\nc", "a\nb\nc\nd", "0\na\nb\nc", "0\na\nb\nc\nd");
  check_text ("a\nb\nc", "a\nc", "a\nb\nC", NULL);
  check_text ("a\nb\nc\nd", "a\nc\nd", "a\nb\nc\nD", "a\nc\nD");
  check_text ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC");
  check_text ("a", "b", "c", NULL);
  check_text ("a\nb", "a\nx\nb", "a\nx\nb", "a\nx\nb");
  check_text ("a\nb", "a\nx\nb", "a\ny\nb", NULL);
  check_text (NULL, "x", "y", NULL);
  check_text ("one\ntwo\n", "one\ntwo\n", "one\ntwo\nthree", "one\ntwo\nthree");
}

/* Changes of different lines of a random text never conflict, and both are in the result. */
static void
test_text_random (void)
{
  for (int round = 0; round < 300; round++)
    {
      g_autoptr (GString) base = g_string_new (NULL), one = g_string_new (NULL), two = g_string_new (NULL);
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autofree char *merged = NULL;
      int              n = g_test_rand_int_range (3, 40), first = g_test_rand_int_range (0, n / 2);
      int              second = g_test_rand_int_range (n / 2 + 1, n + 1);

      for (int i = 0; i <= n; i++)
        {
          int letter = g_test_rand_int_range (0, 5);

          /* The line between the two changes is like no other. */
          g_string_append_printf (base, "%c%s\n", 'a' + letter, i == n / 2 ? "!" : "");
          g_string_append_printf (one, "%c%s%s\n", 'a' + letter, i == n / 2 ? "!" : "", i == first ? "-one" : "");
          g_string_append_printf (two, "%c%s%s\n", 'a' + letter, i == n / 2 ? "!" : "", i == second ? "-two" : "");
          g_string_append_printf (expected, "%c%s%s%s\n", 'a' + letter, i == n / 2 ? "!" : "", i == first ? "-one" : "",
                                  i == second ? "-two" : "");
        }
      merged = torg_merge_text (base->str, one->str, two->str);
      g_assert_cmpstr (merged, ==, expected->str);
    }
}

static void
test_text_too_long (void)
{
  g_autofree char *many = g_strnfill (5000, '\n');
  g_autofree char *more = g_strconcat ("x", many, NULL);
  g_autofree char *less = g_strconcat (many, "y", NULL);

  g_assert_null (torg_merge_text (many, more, less));
}

static TorgMerged
merge (const TorgField *field, TorgValue base, TorgValue current, TorgValue changed, TorgValue *merged)
{
  TorgMerged result = torg_merge_field (field, &base, &current, &changed, merged);

  torg_value_clear (&base);
  torg_value_clear (&current);
  torg_value_clear (&changed);
  return result;
}

static void
check (TorgMerge kind, const char *base, const char *current, const char *changed, TorgMerged result, const char *text)
{
  TorgField field = { .name = "x", .kind = TORG_KIND_TEXT, .merge = kind };
  g_auto (TorgValue) merged = TORG_VALUE_INIT;

  g_assert_cmpint (
    merge (&field, torg_value_text (base), torg_value_text (current), torg_value_text (changed), &merged), ==, result);
  g_assert_cmpstr (merged.text, ==, text);
}

static void
test_fields (void)
{
  check (TORG_MERGE_NORMAL, "a", "a", "b", TORG_MERGED_NEW, "b");
  check (TORG_MERGE_NORMAL, "a", "b", "b", TORG_MERGED_SAME, "b");
  check (TORG_MERGE_NORMAL, "a", "c", "b", TORG_MERGED_CONFLICT, "c");
  check (TORG_MERGE_NORMAL, NULL, "c", NULL, TORG_MERGED_CONFLICT, "c");
  check (TORG_MERGE_NORMAL, "a", NULL, "b", TORG_MERGED_CONFLICT, NULL);
  check (TORG_MERGE_LAST, "a", "c", "b", TORG_MERGED_NEW, "b");
  check (TORG_MERGE_MAX, "a", "c", "b", TORG_MERGED_SAME, "c");
  check (TORG_MERGE_MAX, "c", "c", "b", TORG_MERGED_SAME, "c");
  check (TORG_MERGE_MAX, NULL, NULL, "b", TORG_MERGED_NEW, "b");
  check (TORG_MERGE_DERIVED, "a", "a", "b", TORG_MERGED_SAME, "a");
  check (TORG_MERGE_TEXT, "a\nb\nc", "A\nb\nc", "a\nb\nC", TORG_MERGED_BOTH, "A\nb\nC");
  check (TORG_MERGE_TEXT, "a", "b", "c", TORG_MERGED_CONFLICT, "b");
  check (TORG_MERGE_SET, "[\"a\",\"b\"]", "[\"a\",\"b\",\"c\"]", "[\"b\",\"d\"]", TORG_MERGED_BOTH,
         "[\"b\",\"c\",\"d\"]");
  check (TORG_MERGE_SET, "[\"a\"]", NULL, "[\"a\",\"b\"]", TORG_MERGED_BOTH, "[\"b\"]");
  check (TORG_MERGE_SET, "[\"a\"]", "[\"a\",\"b\"]", NULL, TORG_MERGED_BOTH, "[\"b\"]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/text", test_text);
  g_test_add_func ("/merge/text-random", test_text_random);
  g_test_add_func ("/merge/text-too-long", test_text_too_long);
  g_test_add_func ("/merge/fields", test_fields);
  return g_test_run ();
}
