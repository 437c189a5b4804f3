/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-legal-form.h"

#include "torg-env.h"
#include "torg-error.h"
#include "torg-requisite-card.h"

#include <string.h>

static TorgRecord *
make_record (const char *type, const char *form)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (7, 1770000000000000, NULL);
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autofree char *id = torg_env_make_id (env);
  TorgRecord      *record = torg_record_new (schema, torg_schema_find (schema, type), id);

  if (form != NULL)
    torg_record_set_text (record, "form", form);
  return record;
}

static void
test_fields (void)
{
  g_assert_true (torg_legal_form_uses (NULL, "kpp"));
  g_assert_true (torg_legal_form_uses ("ooo", "kpp"));
  g_assert_false (torg_legal_form_uses ("ip", "kpp"));
  g_assert_true (torg_legal_form_uses ("ip", "ogrn"));
  g_assert_false (torg_legal_form_uses ("selfemployed", "ogrn"));
  g_assert_false (torg_legal_form_uses ("selfemployed", "kpp"));
  g_assert_true (torg_legal_form_uses ("selfemployed", "inn"));
  g_assert_true (torg_legal_form_uses ("foreign", "registration_number"));
  g_assert_false (torg_legal_form_uses ("ooo", "registration_number"));
  g_assert_false (torg_legal_form_uses ("foreign", "ogrn"));
  g_assert_true (torg_legal_form_wants ("ooo", "kpp"));
  g_assert_false (torg_legal_form_wants ("ip", "kpp"));
  g_assert_false (torg_legal_form_wants ("ooo", "full_name"));
  g_assert_false (torg_legal_form_wants (NULL, "kpp"));
}

static void
test_branch (void)
{
  g_assert_false (torg_legal_form_is_branch ("770701001"));
  g_assert_true (torg_legal_form_is_branch ("780243001"));
  g_assert_true (torg_legal_form_is_branch ("780202001"));
  g_assert_false (torg_legal_form_is_branch ("997950001"));
  g_assert_false (torg_legal_form_is_branch ("43"));
  g_assert_false (torg_legal_form_is_branch (NULL));
}

static void
test_guess (void)
{
  static const char *const cases[][2] = {
    { "ООО «Ромашка»", "ooo" },
    { "Общество с ограниченной ответственностью «Ромашка»", "ooo" },
    { "ПАО Сбербанк", "pao" },
    { "ОАО \"РЖД\"", "ao" },
    { "Индивидуальный предприниматель Иванов Иван Иванович", "ip" },
    { "ИП Иванов И. И.", "ip" },
    { "ФГБУ «Музей»", "gbu" },
    { "АНО «Школа»", "nko" },
    { "Ипотека и право", NULL },
    { "Ромашка ООО", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (torg_legal_form_guess (cases[i][0]), ==, cases[i][1]);
    }
}

static void
test_check (void)
{
  static const struct
  {
    const char *form;
    const char *field;
    const char *value;
    gboolean    right;
  } cases[] = {
    { "ooo", "inn", "7707083893", TRUE },
    { "ooo", "inn", "500100732259", FALSE },
    { "ip", "inn", "500100732259", TRUE },
    { "ip", "inn", "7707083893", FALSE },
    { "selfemployed", "inn", "7707083893", FALSE },
    { NULL, "inn", "7707083893", TRUE },
    { "foreign", "inn", "7707083893", TRUE },
    { "ip", "ogrn", "304500116000157", TRUE },
    { "ip", "ogrn", "1027700132195", FALSE },
    { "ooo", "ogrn", "304500116000157", FALSE },
    { "ooo", "inn", NULL, TRUE },
  };
  g_autoptr (TorgRecord) account = make_record ("bank_account", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgRecord) record = make_record ("legal_entity", cases[i].form);
      g_autoptr (GError) reason = NULL;

      g_test_message ("%s %s", cases[i].form, cases[i].value);
      g_assert_true (torg_legal_form_check (record, cases[i].field, cases[i].value, &reason) == cases[i].right);
      g_assert_true ((reason == NULL) == cases[i].right);
    }
  g_assert_true (torg_legal_form_check (account, "account", "40702810900000002851", NULL));
  torg_record_set_text (account, "bik", "044030827");
  g_assert_true (torg_legal_form_check (account, "account", "40702810900000002851", NULL));
  torg_record_set_text (account, "bik", "044525225");
  g_assert_false (torg_legal_form_check (account, "account", "40702810900000002851", &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

/* What is written for a contract is read back whole. */
static void
test_write (void)
{
  static const char *const values[][2] = {
    { "name", "ООО «Ромашка»" },
    { "full_name", "Общество с ограниченной ответственностью «Ромашка»" },
    { "inn", "7707083893" },
    { "kpp", "770701001" },
    { "ogrn", "1027700132195" },
    { "address", "125167, г. Москва, Ленинградский проспект, д. 39" },
    { "head", "Иванова Мария Петровна" },
    { "bik", "044030827" },
    { "bank", "АО «Банк»" },
    { "account", "40702810900000002851" },
  };
  g_autoptr (TorgRecord) record = make_record ("legal_entity", "ooo");
  g_autoptr (TorgRequisiteCard) card = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    torg_record_set_text (record, values[i][0], values[i][1]);
  text = torg_legal_form_write (record, NULL);
  g_test_message ("%s", text);
  card = torg_requisite_card_parse (text);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmpstr (torg_requisite_card_get (card, values[i][0]), ==, values[i][1]);
  g_assert_cmpstr (torg_requisite_card_get (card, "form"), ==, "ooo");
  g_assert_cmpuint (card->rest->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/legal-form/fields", test_fields);
  g_test_add_func ("/legal-form/branch", test_branch);
  g_test_add_func ("/legal-form/guess", test_guess);
  g_test_add_func ("/legal-form/check", test_check);
  g_test_add_func ("/legal-form/write", test_write);
  return g_test_run ();
}
