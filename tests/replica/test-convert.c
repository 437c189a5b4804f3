/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-convert.h"
#include "torg-test-store.h"

/* A lead becomes a company, a person, a legal entity and a deal, or joins those that are there; in one step. */

#define PHONE "+7 495 123-45-67"

static TorgConvert *
plan (TorgStore *store, const char *lead)
{
  g_autoptr (GError) error = NULL;
  TorgConvert *convert = torg_convert_new (store, lead, &error);

  g_assert_no_error (error);
  return convert;
}

static gint64
apply (TorgStore *store, TorgConvert *convert)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgEdit) edit = torg_convert_make_edit (convert, &error);

  g_assert_no_error (error);
  return test_apply (store, edit);
}

static char *
add_lead (TorgStore *store)
{
  g_autofree char *stage = test_stage (store, "leads", "open", 0);

  return test_create (store, "lead", "title", "Насосы", "name", "Иванов Иван", "company_name", "ООО «Ромашка»",
                      "phones", PHONE, "inn", "7707083893", "need", "Три насоса", "stage", stage, NULL);
}

/* All at once, and back; @data: 0 alone, 1 not sent yet, 2 tried */
static void
test_new (gconstpointer data)
{
  g_autoptr (TestStore) test = test_store_new (71);
  TorgStore       *store = test->store;
  g_autofree char *lead = NULL, *task = NULL, *done = NULL, *won = NULL, *open = NULL, *stage = NULL;
  g_autoptr (TorgConvert) convert = NULL;
  g_autoptr (TorgRecord) record = NULL;
  const char *company, *person, *deal, *entity;
  gint64      step, n_leads;

  lead = add_lead (store);
  task = test_create (store, "activity", "kind", "task", "subject", "Позвонить", "lead", lead, NULL);
  done = test_create (store, "activity", "kind", "call", "done", "2026-03-02T10:00:00Z", "lead", lead, NULL);
  won = test_stage (store, "leads", "won", 0);
  open = test_get (store, "lead", lead, "stage");
  stage = test_stage (store, "deals", "open", 0);
  if (GPOINTER_TO_UINT (data) > 0)
    {
      test_store_to_server (test);
      store = test->store;
    }
  convert = plan (store, lead);
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    g_assert_cmpint (torg_convert_get_way (convert, i), ==, TORG_CONVERT_NEW);
  company = torg_convert_get_result (convert, TORG_CONVERSION_COMPANY);
  person = torg_convert_get_result (convert, TORG_CONVERSION_PERSON);
  deal = torg_convert_get_result (convert, TORG_CONVERSION_DEAL);
  entity = torg_convert_get_result (convert, TORG_CONVERSION_LEGAL_ENTITY);
  n_leads = test_int (store, "SELECT count(*) FROM lead");
  step = apply (store, convert);
  if (GPOINTER_TO_UINT (data) > 0)
    g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox WHERE command = 'convert'"), ==, 2);
  if (GPOINTER_TO_UINT (data) > 1)
    test_int (store, "UPDATE outbox SET client_seq = 1 RETURNING 1");
  record = torg_store_get (store, "lead", lead, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "converted_company"), ==, company);
  g_assert_cmpstr (torg_record_get_text (record, "converted_person"), ==, person);
  g_assert_cmpstr (torg_record_get_text (record, "converted_deal"), ==, deal);
  g_assert_cmpint (torg_record_get_number (record, "converted"), >, 0);
  g_assert_cmpstr (torg_record_get_text (record, "stage"), ==, won);
  g_clear_pointer (&record, torg_record_unref);
  record = torg_store_get (store, "deal", deal, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "company"), ==, company);
  g_assert_cmpstr (torg_record_get_text (record, "person"), ==, person);
  g_assert_cmpstr (torg_record_get_text (record, "stage"), ==, stage);
  g_assert_cmpstr (torg_record_get_text (record, "title"), ==, "Насосы");
  g_clear_pointer (&record, torg_record_unref);
  record = torg_store_get (store, "person", person, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "company"), ==, company);
  g_clear_pointer (&record, torg_record_unref);
  record = torg_store_get (store, "legal_entity", entity, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "company"), ==, company);
  g_clear_pointer (&record, torg_record_unref);
  record = torg_store_get (store, "activity", task, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "deal"), ==, deal);
  g_assert_cmpstr (torg_record_get_text (record, "company"), ==, company);
  g_assert_null (torg_record_get_text (record, "lead"));
  g_clear_pointer (&record, torg_record_unref);
  record = torg_store_get (store, "activity", done, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "lead"), ==, lead);
  g_clear_pointer (&record, torg_record_unref);
  test_check (store);

  test_undo (store, step, 0);
  record = torg_store_get (store, "lead", lead, NULL);
  g_assert_null (torg_record_get_text (record, "converted_company"));
  g_assert_true (torg_value_is_null (torg_record_get (record, "converted")));
  g_clear_pointer (&record, torg_record_unref);
  test_assert_field (store, "lead", lead, "stage", open);
  record = torg_store_get (store, "activity", task, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "lead"), ==, lead);
  g_assert_null (torg_record_get_text (record, "deal"));
  g_clear_pointer (&record, torg_record_unref);
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    {
      record = torg_store_get (store, torg_conversion_get_type (i),
                               torg_record_get_id (torg_convert_get_made (convert, i)), NULL);
      g_assert_true (record == NULL || torg_record_get_deleted (record) != 0);
      g_clear_pointer (&record, torg_record_unref);
    }
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM lead"), ==, n_leads);
  test_check (store);
}

/* What has the phone, or the INN, is there already. */
static void
test_join (void)
{
  g_autoptr (TestStore) test = test_store_new (72);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", NULL);
  g_autofree char *person =
    test_create (store, "person", "surname", "Иванов", "name", "Иван", "phones", "8 (495) 123-45-67", NULL);
  g_autofree char *entity =
    test_create (store, "legal_entity", "name", "ООО Ромашка", "inn", "7707083893", "company", company, NULL);
  g_autofree char *lead = add_lead (store);
  g_autoptr (TorgConvert) convert = plan (store, lead);
  g_autoptr (TorgRecord) record = NULL;
  TorgConvertMatch *match;
  gint64            step;

  match = torg_convert_get_matches (convert, TORG_CONVERSION_PERSON)->pdata[0];
  g_assert_cmpstr (torg_record_get_id (match->record), ==, person);
  g_assert_cmpint (match->reasons & TORG_LIKENESS_PHONE, !=, 0);
  match = torg_convert_get_matches (convert, TORG_CONVERSION_COMPANY)->pdata[0];
  g_assert_cmpstr (torg_record_get_id (match->record), ==, company);
  g_assert_cmpint (match->reasons & TORG_LIKENESS_REQUISITES, !=, 0);
  g_assert_cmpint (torg_convert_get_way (convert, TORG_CONVERSION_COMPANY), ==, TORG_CONVERT_JOIN);
  g_assert_cmpint (torg_convert_get_way (convert, TORG_CONVERSION_PERSON), ==, TORG_CONVERT_JOIN);
  g_assert_cmpint (torg_convert_get_way (convert, TORG_CONVERSION_LEGAL_ENTITY), ==, TORG_CONVERT_NONE);
  g_assert_cmpint (torg_convert_get_way (convert, TORG_CONVERSION_DEAL), ==, TORG_CONVERT_NEW);
  step = apply (store, convert);
  record = torg_store_get (store, "lead", lead, NULL);
  g_assert_cmpstr (torg_record_get_text (record, "converted_company"), ==, company);
  g_assert_cmpstr (torg_record_get_text (record, "converted_person"), ==, person);
  g_assert_nonnull (entity);
  test_check (store);
  test_undo (store, step, 0);
  /* What was joined stays. */
  test_assert_field (store, "company", company, "name", "Ромашка");
  test_check (store);
}

/* The company of whoever is joined is the client. */
static void
test_company_of_person (void)
{
  g_autoptr (TestStore) test = test_store_new (73);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Завод", NULL);
  g_autofree char *person = test_create (store, "person", "name", "Пётр", "phones", PHONE, "company", company, NULL);
  g_autofree char *lead = test_create (store, "lead", "name", "Пётр", "phones", PHONE, NULL);
  g_autoptr (TorgConvert) convert = plan (store, lead);
  g_autoptr (TorgRecord) deal = NULL;

  g_assert_cmpstr (torg_convert_get_joined (convert, TORG_CONVERSION_PERSON), ==, person);
  apply (store, convert);
  deal =
    torg_store_get (store, "deal", torg_record_get_id (torg_convert_get_made (convert, TORG_CONVERSION_DEAL)), NULL);
  g_assert_cmpstr (torg_record_get_text (deal, "company"), ==, company);
  g_assert_cmpstr (torg_record_get_text (deal, "person"), ==, person);
}

static void
test_refused (void)
{
  g_autoptr (TestStore) test = test_store_new (74);
  TorgStore       *store = test->store;
  g_autofree char *lead = add_lead (store);
  g_autoptr (TorgConvert) convert = plan (store, lead);
  g_autoptr (TorgConvert) again = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  g_autoptr (GError) error = NULL;

  torg_convert_choose (convert, TORG_CONVERSION_COMPANY, TORG_CONVERT_NONE, NULL);
  torg_convert_choose (convert, TORG_CONVERSION_PERSON, TORG_CONVERT_NONE, NULL);
  edit = torg_convert_make_edit (convert, &error);
  g_assert_null (edit);
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  torg_convert_choose (convert, TORG_CONVERSION_COMPANY, TORG_CONVERT_NEW, NULL);
  torg_convert_choose (convert, TORG_CONVERSION_DEAL, TORG_CONVERT_NONE, NULL);
  apply (store, convert);
  again = torg_convert_new (store, lead, &error);
  g_assert_null (again);
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  g_clear_error (&error);
  again = torg_convert_new (store, torg_convert_get_result (convert, TORG_CONVERSION_COMPANY), &error);
  g_assert_null (again);
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/convert/new/alone", GUINT_TO_POINTER (0), test_new);
  g_test_add_data_func ("/convert/new/unsent", GUINT_TO_POINTER (1), test_new);
  g_test_add_data_func ("/convert/new/tried", GUINT_TO_POINTER (2), test_new);
  g_test_add_func ("/convert/join", test_join);
  g_test_add_func ("/convert/company-of-person", test_company_of_person);
  g_test_add_func ("/convert/refused", test_refused);
  return g_test_run ();
}
