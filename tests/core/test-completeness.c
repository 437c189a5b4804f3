/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-completeness.h"

/* How much of what a card should say it says, and what is missing. */

static void
assert_missing (TorgRecord *record, guint percent, const char *expected)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_cmpuint (torg_completeness_measure (record, missing), ==, percent);
  for (guint i = 0; i < missing->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", ((const TorgField *) missing->pdata[i])->name);
  g_assert_cmpstr (names->str, ==, expected);
}

static TorgRecord *
make (TorgSchema *schema, const char *type)
{
  return torg_record_new (schema, torg_schema_find (schema, type), "a");
}

static void
test_measure (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) deal = make (schema, "deal");
  g_autoptr (TorgRecord) tag = make (schema, "tag");

  assert_missing (deal, 0, "title company amount expected source owner");
  torg_record_set_text (deal, "title", "Насосы");
  torg_record_set_text (deal, "person", "p");
  torg_record_set_text (deal, "closed", "2026-03-02");
  assert_missing (deal, 50, "amount source owner");
  torg_record_take (deal, "amount", torg_value_money (100, "RUB"));
  torg_record_set_text (deal, "source", "s");
  torg_record_set_text (deal, "owner", "o");
  assert_missing (deal, 100, "");
  assert_missing (tag, 100, "");
  g_assert_false (torg_completeness_has (torg_record_get_kind (tag)));
}

/* A sole proprietor has no KPP. */
static void
test_form (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgRecord) entity = make (schema, "legal_entity");
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  const TorgField *kpp = torg_type_find_field (torg_record_get_kind (entity), "kpp");

  torg_record_set_text (entity, "form", "ooo");
  torg_completeness_measure (entity, missing);
  g_assert_true (g_ptr_array_find (missing, kpp, NULL));
  g_ptr_array_set_size (missing, 0);
  torg_record_set_text (entity, "form", "ip");
  torg_completeness_measure (entity, missing);
  g_assert_false (g_ptr_array_find (missing, kpp, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/completeness/measure", test_measure);
  g_test_add_func ("/completeness/form", test_form);
  return g_test_run ();
}
