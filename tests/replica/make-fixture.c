/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

#include <stdio.h>

/*
 * Writes a small replica of this version, to be kept when it is released:
 *   make-fixture FILE && (sqlite3 FILE .dump; sqlite3 FILE "SELECT 'PRAGMA application_id=' || application_id || ';'
 * FROM pragma_application_id UNION ALL SELECT 'PRAGMA user_version=' || user_version || ';' FROM pragma_user_version")
 * > fixtures/schema-N.sql
 */
int
main (int argc, char *argv[])
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  g_autofree char *company =
    test_create (store, "company", "name", "Ромашка", "phones", "+7 495 123-45-67 доб. 203", NULL);
  g_autofree char *deal =
    test_create (store, "deal", "title", "Поставка насосов", "amount", "1500000,50 RUB", "company", company, NULL);
  g_autofree char *call = test_create (store, "activity", "kind", "call", "subject", "Позвонить директору", "deal",
                                       deal, "due", "2026-03-05T15:00 Europe/Moscow", NULL);
  g_autofree char *def = test_create (store, "field_def", "record_type", "company", "name", "rating", "label",
                                      "Рейтинг", "kind", "number", "filterable", "1", NULL);
  g_autofree char *stage = test_stage (store, "deals", "open", 2);
  g_autofree char *data = NULL;
  gsize            length;

  if (argc != 2)
    return 2;
  test_patch (store, "company", company, "rating", "5");
  test_patch (store, "deal", deal, "stage", stage);
  g_free (test_create (store, "lead", "name", "Иван", NULL));
  torg_store_close (store, NULL);
  return g_file_get_contents (test->path, &data, &length, NULL) && g_file_set_contents (argv[1], data, length, NULL)
           ? 0
           : 1;
}
