/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

/* Legal entities, their accounts and the directory of banks in a replica. */

/* Accounts go with their legal entity, and that with its company; one undo brings all back. */
static void
test_accounts (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", NULL);
  g_autofree char *entity = test_create (store, "legal_entity", "name", "ООО Ромашка", "company", company, "inn",
                                         "7707083893", "kpp", "7733AZ001", NULL);
  g_autofree char *account = test_create (store, "bank_account", "account", "40702810900000002851", "legal_entity",
                                          entity, "bik", "044030827", "main", "yes", NULL);

  test_assert_field (store, "legal_entity", entity, "kpp", "7733AZ001");
  test_assert_field (store, "bank_account", account, "bik", "044030827");
  test_delete (store, "company", company);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM bank_account WHERE deleted IS NOT NULL AND deleted <> 0"), ==,
                   1);
  test_undo (store, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM bank_account WHERE deleted IS NOT NULL AND deleted <> 0"), ==,
                   0);
  test_check (store);
}

/* A bank is known by its BIK, a legal entity by INN and KPP: another KPP is another one. */
static void
test_keys (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store = test->store;
  g_autofree char *bank = test_create (store, "bank", "name", "ПАО Сбербанк", "bik", "044525225", NULL);
  g_autofree char *whole =
    test_create (store, "legal_entity", "name", "ООО Ромашка", "inn", "7707083893", "kpp", "770701001", NULL);
  g_autofree char *branch =
    test_create (store, "legal_entity", "name", "Филиал", "inn", "7707083893", "kpp", "780243001", NULL);
  g_autoptr (TorgRecord) record = torg_store_get (store, "bank", bank, NULL);
  g_auto (GStrv) keys = torg_record_dup_match_keys (record);
  const char *const known[] = { "i:7707083893/780243001", NULL };
  g_autoptr (GPtrArray) found = torg_store_find_by_keys (store, "legal_entity", known, NULL, "i", 10, NULL);

  g_assert_cmpuint (g_strv_length (keys), ==, 1);
  g_assert_cmpstr (keys[0], ==, "i:bik/044525225");
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (torg_record_get_id (found->pdata[0]), ==, branch);
  test_check (store);
}

/* The number of a foreign register is a field like any other, and an INN can be undone. */
static void
test_fields (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  TorgStore       *store = test->store;
  g_autofree char *entity = test_create (store, "legal_entity", "name", "ООО Ромашка", "form", "foreign",
                                         "registration_number", "HRB 86891", NULL);

  test_patch (store, "legal_entity", entity, "inn", "7707083893");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM legal_entity WHERE registration_number = 'HRB 86891'"), ==,
                   1);
  test_undo (store, 0, 0);
  test_assert_field (store, "legal_entity", entity, "inn", "");
  test_check (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/legal/accounts", test_accounts);
  g_test_add_func ("/legal/keys", test_keys);
  g_test_add_func ("/legal/fields", test_fields);
  return g_test_run ();
}
