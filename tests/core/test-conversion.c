/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-conversion.h"
#include "torg-phone.h"

/* What a lead becomes. */

static TorgRecord *
make_lead (const char *name, const char *company)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  TorgRecord *lead = torg_record_new (schema, torg_schema_find (schema, "lead"), "l");
  TorgValue   phones = TORG_VALUE_INIT;

  torg_record_set_text (lead, "name", name);
  torg_record_set_text (lead, "company_name", company);
  torg_record_set_text (lead, "owner", "01900000-0000-7000-8000-000000000001");
  torg_record_set_text (lead, "source", "01900000-0000-7000-8000-000000000002");
  torg_record_set_text (lead, "city", "Тверь");
  g_assert_true (torg_phone_parse ("+7 495 123-45-67", NULL, &phones, NULL));
  torg_record_take (lead, "phones", phones);
  return lead;
}

static void
assert_text (TorgRecord *record, const char *field, const char *text)
{
  g_assert_cmpstr (torg_record_get_text (record, field), ==, text);
}

/* The contacts are the person's, the place is the company's. */
static void
test_both (void)
{
  g_autoptr (TorgRecord) lead = make_lead ("Иванова Анна Петровна", "ООО «Ромашка»");
  g_autoptr (TorgRecord) company = torg_conversion_make (lead, TORG_CONVERSION_COMPANY, "c");
  g_autoptr (TorgRecord) person = torg_conversion_make (lead, TORG_CONVERSION_PERSON, "p");
  g_autoptr (TorgRecord) deal = NULL;

  g_assert_true (torg_conversion_wants (lead, TORG_CONVERSION_COMPANY));
  g_assert_true (torg_conversion_wants (lead, TORG_CONVERSION_PERSON));
  g_assert_false (torg_conversion_wants (lead, TORG_CONVERSION_LEGAL_ENTITY));
  g_assert_true (torg_conversion_wants (lead, TORG_CONVERSION_DEAL));
  assert_text (company, "name", "ООО «Ромашка»");
  assert_text (company, "city", "Тверь");
  assert_text (company, "owner", "01900000-0000-7000-8000-000000000001");
  assert_text (company, "source", "01900000-0000-7000-8000-000000000002");
  assert_text (company, "phones", NULL);
  assert_text (person, "surname", "Иванова");
  assert_text (person, "name", "Анна");
  assert_text (person, "patronymic", "Петровна");
  assert_text (person, "gender", "female");
  assert_text (person, "phones", torg_record_get_text (lead, "phones"));
  assert_text (person, "city", NULL);
  g_assert_true (torg_record_validate (company, NULL));
  g_assert_true (torg_record_validate (person, NULL));
  torg_record_set_text (lead, "need", "Насосы, 3 шт.");
  torg_record_set_text (lead, "note", "Перезвонить");
  deal = torg_conversion_make (lead, TORG_CONVERSION_DEAL, "d");
  assert_text (deal, "title", "ООО «Ромашка»");
  assert_text (deal, "note", "Насосы, 3 шт.\n\nПерезвонить");
  assert_text (deal, "source", "01900000-0000-7000-8000-000000000002");
}

static void
test_company_alone (void)
{
  g_autoptr (TorgRecord) lead = make_lead (NULL, "Ромашка");
  g_autoptr (TorgRecord) company = torg_conversion_make (lead, TORG_CONVERSION_COMPANY, "c");

  g_assert_false (torg_conversion_wants (lead, TORG_CONVERSION_PERSON));
  assert_text (company, "phones", torg_record_get_text (lead, "phones"));
}

/* Whoever has no name is known by the number. */
static void
test_unnamed (void)
{
  g_autoptr (TorgRecord) lead = make_lead (NULL, NULL);
  g_autoptr (TorgRecord) person = torg_conversion_make (lead, TORG_CONVERSION_PERSON, "p");
  g_autoptr (TorgRecord) deal = torg_conversion_make (lead, TORG_CONVERSION_DEAL, "d");

  g_assert_true (torg_conversion_wants (lead, TORG_CONVERSION_PERSON));
  g_assert_false (torg_conversion_wants (lead, TORG_CONVERSION_COMPANY));
  assert_text (person, "name", "+7 495 123-45-67");
  assert_text (person, "city", "Тверь");
  assert_text (deal, "title", "+7 495 123-45-67");
}

static void
test_legal_entity (void)
{
  g_autoptr (TorgRecord) lead = make_lead ("Иван Петров", "АО Завод");
  g_autoptr (TorgRecord) entity = NULL;
  g_autoptr (TorgRecord) own = NULL;

  torg_record_set_text (lead, "inn", "7707083893");
  g_assert_true (torg_conversion_wants (lead, TORG_CONVERSION_LEGAL_ENTITY));
  entity = torg_conversion_make (lead, TORG_CONVERSION_LEGAL_ENTITY, "e");
  assert_text (entity, "name", "АО Завод");
  assert_text (entity, "form", "ao");
  assert_text (entity, "inn", "7707083893");
  torg_record_set_text (lead, "company_name", NULL);
  torg_record_set_text (lead, "inn", "500100732259");
  own = torg_conversion_make (lead, TORG_CONVERSION_LEGAL_ENTITY, "o");
  assert_text (own, "name", "Иван Петров");
  assert_text (own, "form", "ip");
}

static void
test_fields (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const TorgType *lead = torg_schema_find (schema, "lead");

  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    {
      const char *field = torg_conversion_get_field (i);

      g_assert_nonnull (torg_schema_find (schema, torg_conversion_get_type (i)));
      if (field != NULL)
        g_assert_cmpstr (torg_type_find_field (lead, field)->target, ==, torg_conversion_get_type (i));
    }
  g_assert_nonnull (torg_type_find_field (lead, TORG_CONVERSION_FIELD));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conversion/both", test_both);
  g_test_add_func ("/conversion/company-alone", test_company_alone);
  g_test_add_func ("/conversion/unnamed", test_unnamed);
  g_test_add_func ("/conversion/legal-entity", test_legal_entity);
  g_test_add_func ("/conversion/fields", test_fields);
  return g_test_run ();
}
