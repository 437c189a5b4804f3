/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-sync-store.h"
#include "torg-test-store.h"

/* Undo of each kind of edit: as if it had never been, or compensated once somebody may know of it. */

static void
test_nothing (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  g_autoptr (GError) error = NULL;
  guint left;

  g_assert_null (torg_store_undo (test->store, 0, &left, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (torg_store_undo (test->store, 77, &left, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (torg_store_undo_import (test->store, "no such", &left, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND);
  g_free (test_create (test->store, "company", "name", "А", NULL));
  test_undo (test->store, 0, 0);
  g_assert_null (torg_store_undo (test->store, 0, &left, NULL));
}

/* A fingerprint of all rows. */
static char *
describe (TorgStore *store)
{
  return test_text (
    store, "SELECT (SELECT group_concat(hex(id) || ifnull(name, '') || ifnull(city, '') || ifnull(deleted, '') || "
           "ifnull(extra, '')) FROM (SELECT * FROM company ORDER BY id)) || '|' || ifnull((SELECT group_concat(hex(id) "
           "|| title || ifnull(amount, '') || hex(stage) || rank || stage_since || ifnull(closed, '') || "
           "ifnull(hex(company), '') || ifnull(deleted, '')) FROM (SELECT * FROM deal ORDER BY id)), '') || '|' || "
           "(SELECT count(*) FROM history) || '|' || (SELECT count(*) FROM outbox) || '|' || "
           "(SELECT count(*) FROM shadow)");
}

static void
check_undo_of (TestStore *test, TorgEdit *edit)
{
  g_autofree char *before = describe (test->store);
  g_autofree char *during = NULL;
  g_autofree char *after = NULL;

  test_store_pass (test, 10);
  test_apply (test->store, edit);
  during = describe (test->store);
  g_assert_cmpstr (before, !=, during);
  test_check (test->store);
  test_undo (test->store, 0, 0);
  after = describe (test->store);
  g_assert_cmpstr (before, ==, after);
  test_check (test->store);
}

/* With and without a server: what was not tried leaves no trace. */
static void
test_untried (gconstpointer data)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store;
  g_autofree char *company = test_create (test->store, "company", "name", "Ромашка", "city", "Тверь", NULL);
  g_autofree char *deal = test_create (test->store, "deal", "title", "Поставка", "company", company, NULL);
  g_autofree char *second = test_create (test->store, "deal", "title", "Вторая", "company", company, NULL);
  g_autofree char *stage = test_stage (test->store, "deals", "open", 3);
  g_autofree char *call =
    test_create (test->store, "activity", "kind", "call", "deal", deal, "due", "2026-03-05", NULL);
  g_autoptr (TorgEdit) field = torg_edit_new ("field");
  g_autoptr (TorgEdit) move = torg_edit_new ("move");
  g_autoptr (TorgEdit) delete = torg_edit_new ("delete");
  g_autoptr (TorgEdit) bulk = torg_edit_new ("bulk");
  g_autoptr (TorgEdit) create = torg_edit_new ("create");
  g_autoptr (TorgEdit) mixed = torg_edit_new ("mixed");
  g_autoptr (TorgRecord) new_company = NULL;
  g_autoptr (TorgRecord) new_deal = NULL;

  if (GPOINTER_TO_INT (data))
    test_store_to_server (test);
  store = test->store;

  torg_edit_take (field, "company", company, "city", torg_value_text ("Псков"));
  check_undo_of (test, field);
  torg_edit_move (move, "deal", deal, stage, 12345);
  check_undo_of (test, move);
  torg_edit_delete (delete, "company", company);
  torg_edit_delete (delete, "deal", deal);
  check_undo_of (test, delete);
  torg_edit_take (bulk, "deal", deal, "amount", torg_value_money (100, "RUB"));
  torg_edit_take (bulk, "deal", second, "amount", torg_value_money (200, "RUB"));
  torg_edit_move (bulk, "deal", second, stage, 3);
  check_undo_of (test, bulk);

  new_company = test_new_record (store, "company", "name", "Лютик", NULL);
  new_deal = test_new_record (store, "deal", "title", "Третья", "company", torg_record_get_id (new_company), NULL);
  torg_edit_create (create, new_company);
  torg_edit_create (create, new_deal);
  check_undo_of (test, create);

  /* Made and changed at once, with another that refers to it. */
  torg_edit_create (mixed, new_company);
  torg_edit_create (mixed, new_deal);
  torg_edit_take (mixed, "company", torg_record_get_id (new_company), "city", torg_value_text ("Псков"));
  torg_edit_take (mixed, "deal", deal, "company", torg_value_text (torg_record_get_id (new_company)));
  torg_edit_delete (mixed, "deal", torg_record_get_id (new_deal));
  check_undo_of (test, mixed);
}

static void
test_changed_since (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", "city", "Тверь", NULL);
  g_autoptr (TorgEdit) edit = torg_edit_new ("both");
  gint64 step;
  g_autoptr (GPtrArray) lines = NULL;

  torg_edit_take (edit, "company", company, "city", torg_value_text ("Псков"));
  torg_edit_take (edit, "company", company, "country", torg_value_text ("Россия"));
  step = test_apply (store, edit);
  test_patch (store, "company", company, "city", "Омск");
  /* The city was changed since and stays; the country goes back, and history says so. */
  test_undo (store, step, 1);
  test_assert_field (store, "company", company, "city", "Омск");
  test_assert_field (store, "company", company, "country", "");
  lines = torg_store_list_history (store, company, "country", 10, NULL);
  g_assert_cmpuint (lines->len, ==, 2);
  test_check (store);
  /* A step is undone once. */
  {
    guint left;

    g_assert_null (torg_store_undo (store, step, &left, NULL));
  }
  /* The next one to undo is the change of the city. */
  test_undo (store, 0, 0);
  test_assert_field (store, "company", company, "city", "Псков");
}

/* The move of a card whose column was put in order since: its rank is not missed. */
static void
test_move_after_spread (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  TorgStore       *store = test->store;
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_autofree char *from = test_stage (store, "deals", "open", 0);
  g_autofree char *to = test_stage (store, "deals", "open", 1);
  g_autoptr (TorgEdit) edit = torg_edit_new ("move");

  torg_edit_move (edit, "deal", deal, to, 1);
  test_apply (store, edit);
  g_assert_true (torg_db_exec (store->db, "UPDATE deal SET rank = rank + 1048576", NULL));
  test_undo (store, 0, 0);
  test_assert_field (store, "deal", deal, "stage", from);
  test_check (store);
}

/* A record that somebody worked with since is left, as are those that it needs. */
static void
test_create_used (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  TorgStore *store = test->store;
  g_autoptr (TorgEdit) edit = torg_edit_new ("three");
  g_autoptr (TorgRecord) used = test_new_record (store, "company", "name", "Используется", NULL);
  g_autoptr (TorgRecord) changed = test_new_record (store, "company", "name", "Изменена", NULL);
  g_autoptr (TorgRecord) free_one = test_new_record (store, "company", "name", "Свободна", NULL);
  g_autofree char *deal = NULL;
  gint64           step;

  test_store_to_server (test);
  store = test->store;
  torg_edit_create (edit, used);
  torg_edit_create (edit, changed);
  torg_edit_create (edit, free_one);
  step = test_apply (store, edit);
  deal = test_create (store, "deal", "title", "Поставка", "company", torg_record_get_id (used), NULL);
  test_patch (store, "company", torg_record_get_id (changed), "city", "Омск");
  test_undo (store, step, 2);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 2);
  /* The server gets what it needs to come to the same: the creation, then the deletion. */
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox o WHERE op = 'create' AND NOT EXISTS "
                                    "(SELECT 1 FROM company c WHERE c.id = o.id) AND type = 'company'"),
                   ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox WHERE op = 'delete'"), ==, 1);
  test_check (store);
}

/* What a deleted record refers to is kept: that record may come back. */
static void
test_create_used_by_deleted (void)
{
  g_autoptr (TestStore) test = test_store_new (6);
  TorgStore *store = test->store;
  g_autoptr (TorgEdit) edit = torg_edit_new ("one");
  g_autoptr (TorgRecord) company = test_new_record (store, "company", "name", "Ромашка", NULL);
  g_autofree char *deal = NULL;
  gint64           step, deletion;

  torg_edit_create (edit, company);
  step = test_apply (store, edit);
  deal = test_create (store, "deal", "title", "Поставка", "company", torg_record_get_id (company), NULL);
  deletion = test_delete (store, "deal", deal);
  test_undo (store, step, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 0);
  test_undo (store, deletion, 0);
  test_check (store);
}

/* What was made and deleted since: the deletion, which goes to the server, may be undone too. */
static void
test_create_deleted (void)
{
  g_autoptr (TestStore) test = test_store_new (7);
  g_autoptr (TorgEdit) edit = torg_edit_new ("one");
  g_autoptr (TorgRecord) company = test_new_record (test->store, "company", "name", "Ромашка", NULL);
  gint64 creation, deletion;

  test_store_to_server (test);
  torg_edit_create (edit, company);
  creation = test_apply (test->store, edit);
  deletion = test_delete (test->store, "company", torg_record_get_id (company));
  test_undo (test->store, creation, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM outbox WHERE op = 'create'"), ==, 1);
  test_undo (test->store, deletion, 0);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 1);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM outbox WHERE op = 'create'"), ==, 1);
  test_check (test->store);
}

/* What the server may know of is compensated. */
static void
test_tried (void)
{
  g_autoptr (TestStore) test = test_store_new (7);
  TorgStore       *store;
  g_autofree char *company = test_create (test->store, "company", "name", "Ромашка", "city", "Тверь", NULL);
  g_autofree char *deal = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *fields = NULL;
  g_autoptr (TorgEdit) both = torg_edit_new ("both");
  g_autoptr (TorgRecord) new_company = NULL;
  g_autoptr (TorgRecord) new_deal = NULL;

  test_store_to_server (test);
  store = test->store;
  test_patch (store, "company", company, "city", "Псков");
  g_assert_true (torg_db_exec (store->db, "UPDATE outbox SET client_seq = 1", NULL));
  test_undo (store, 0, 0);
  test_assert_field (store, "company", company, "city", "Тверь");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox"), ==, 2);
  fields = test_text (store, "SELECT fields FROM outbox ORDER BY rid DESC LIMIT 1");
  g_assert_cmpstr (fields, ==, "{\"city\":{\"base\":\"Псков\",\"new\":\"Тверь\"}}");
  lines = torg_store_list_history (store, company, "city", 10, NULL);
  g_assert_cmpuint (lines->len, ==, 2);

  /* A row that is gone was acknowledged: the same. */
  deal = test_create (store, "deal", "title", "Поставка", NULL);
  g_assert_true (torg_db_exec (store->db, "DELETE FROM outbox", NULL));
  test_undo (store, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE deleted IS NULL"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM outbox WHERE op = 'delete'"), ==, 1);

  /* Two that were made together, one of which refers to the other, both go; in one group. */
  g_assert_true (torg_db_exec (store->db, "DELETE FROM outbox", NULL));
  new_company = test_new_record (store, "company", "name", "Лютик", NULL);
  new_deal = test_new_record (store, "deal", "title", "Третья", "company", torg_record_get_id (new_company), NULL);
  torg_edit_create (both, new_company);
  torg_edit_create (both, new_deal);
  test_apply (store, both);
  g_assert_true (torg_db_exec (store->db, "UPDATE outbox SET client_seq = rid", NULL));
  test_undo (store, 0, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE deleted IS NULL"), ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 1);
  g_assert_cmpint (test_int (store, "SELECT count(DISTINCT group_id) FROM outbox WHERE op = 'delete'"), ==, 1);
  test_check (store);
}

/* An import is several steps and undone as one; what changed since is left. */
static void
test_import (void)
{
  g_autoptr (TestStore) test = test_store_new (8);
  TorgStore       *store = test->store;
  g_autofree char *known = test_create (store, "company", "name", "Известная", "city", "Тверь", NULL);
  g_autoptr (TorgEdit) first = torg_edit_new ("Import");
  g_autoptr (TorgEdit) second = torg_edit_new ("Import");
  g_autoptr (TorgRecord) one = test_new_record (store, "company", "name", "Один", NULL);
  g_autoptr (TorgRecord) two = test_new_record (store, "company", "name", "Два", NULL);
  g_autoptr (TorgRecord) deal =
    test_new_record (store, "deal", "title", "Сделка", "company", torg_record_get_id (one), NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_left_free);
  guint  left = 0;
  gint64 own;

  torg_edit_create (first, one);
  torg_edit_create (first, two);
  torg_edit_take (second, "company", known, "city", torg_value_text ("Псков"));
  torg_edit_take (second, "company", torg_record_get_id (one), "city", torg_value_text ("Псков"));
  torg_edit_create (second, deal);
  g_assert_true (torg_store_apply_import (store, first, "i1", NULL));
  g_assert_true (torg_store_apply_import (store, second, "i1", NULL));
  own = test_patch (store, "company", torg_record_get_id (two), "city", "Омск");
  g_assert_true (torg_store_undo_import (store, "i1", &left, items, NULL));
  g_assert_cmpuint (left, ==, 1);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (((TorgLeft *) items->pdata[0])->id, ==, torg_record_get_id (two));
  g_assert_cmpstr (((TorgLeft *) items->pdata[0])->title, ==, "Два");
  g_assert_null (((TorgLeft *) items->pdata[0])->field);
  test_assert_field (store, "company", known, "city", "Тверь");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 2);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE deleted IS NULL"), ==, 0);
  /* What was left goes too, once nobody uses it. */
  test_patch (store, "company", torg_record_get_id (two), "city", "");
  g_assert_true (torg_store_undo_import (store, "i1", &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 1);
  test_undo (store, 0, 0);
  test_undo (store, own, 0);
  g_assert_true (torg_store_undo_import (store, "i1", &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 0);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company WHERE deleted IS NULL"), ==, 1);
  g_assert_false (torg_store_undo_import (store, "i1", &left, NULL, NULL));
  test_check (store);
}

static void
import_city (TorgStore *store, const char *import, const char *id, const char *other, const char *city)
{
  g_autoptr (TorgEdit) edit = torg_edit_new ("Import");

  torg_edit_take (edit, "company", id, "city", torg_value_text (city));
  if (other != NULL)
    torg_edit_take (edit, "company", other, "city", torg_value_text (city));
  g_assert_true (torg_store_apply_import (store, edit, import, NULL));
}

/* Of imports over each other the earlier is undone first: what the later one holds stays, is told, and is undone by
 * another call when the later one is gone. */
static void
test_imports (void)
{
  g_autoptr (TestStore) test = test_store_new (9);
  TorgStore       *store = test->store;
  g_autofree char *id = test_create (store, "company", "name", "Первая", "city", "Тверь", NULL);
  g_autofree char *other = test_create (store, "company", "name", "Вторая", "city", "Тверь", NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_left_free);
  g_autoptr (GPtrArray) imports = NULL;
  guint left = 0;

  import_city (store, "i1", id, other, "Псков");
  import_city (store, "i2", id, NULL, "Омск");
  g_assert_true (torg_store_undo_import (store, "i1", &left, items, NULL));
  g_assert_cmpuint (left, ==, 1);
  g_assert_cmpstr (((TorgLeft *) items->pdata[0])->id, ==, id);
  g_assert_cmpstr (((TorgLeft *) items->pdata[0])->field, ==, "city");
  test_assert_field (store, "company", id, "city", "Омск");
  test_assert_field (store, "company", other, "city", "Тверь");
  imports = torg_store_list_imports (store, NULL);
  g_assert_cmpuint (imports->len, ==, 2);
  g_assert_cmpstr (((TorgImportInfo *) imports->pdata[0])->id, ==, "i2");
  g_assert_false (((TorgImportInfo *) imports->pdata[0])->undone);
  g_assert_true (((TorgImportInfo *) imports->pdata[1])->partly);
  g_assert_true (torg_store_undo_import (store, "i2", &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 0);
  test_assert_field (store, "company", id, "city", "Псков");
  test_patch (store, "company", other, "city", "Томск");
  g_assert_true (torg_store_undo_import (store, "i1", &left, NULL, NULL));
  g_assert_cmpuint (left, ==, 0);
  test_assert_field (store, "company", id, "city", "Тверь");
  test_assert_field (store, "company", other, "city", "Томск");
  g_ptr_array_unref (imports);
  imports = torg_store_list_imports (store, NULL);
  g_assert_true (((TorgImportInfo *) imports->pdata[0])->undone);
  g_assert_true (((TorgImportInfo *) imports->pdata[1])->undone);
  test_check (store);
}

#define COMPANY "00112233-4455-6677-8899-aabbccddee01"
#define PERSON "00112233-4455-6677-8899-aabbccddee02"

/* What came to refer to a deleted record loses that here only if the server takes it out too. */
static void
test_restore_with_referents (void)
{
  g_autoptr (TestStore) test = test_store_new (77);
  g_autoptr (TorgEdit) edit = torg_edit_new ("back");
  TorgStore *store;
  gint64     step;

  test_store_to_server (test);
  store = test->store;
  test_take (store, "",
             "{'record':{'type':'company','id':'" COMPANY "','seq':5,'deleted':7,'fields':{'name':'Ромашка'}}}",
             "{'record':{'type':'person','id':'" PERSON
             "','seq':6,'deleted':null,'fields':{'name':'Анна','company':'" COMPANY "'}}}",
             NULL);
  torg_edit_restore (edit, "company", COMPANY);
  step = test_apply (store, edit);
  test_undo (store, step, 0);
  g_assert_cmpint (test_int (store, "SELECT deleted IS NOT 0 FROM company"), ==, 1);
  /* The server, which still has it in the person, hears of both. */
  g_assert_cmpint (torg_store_count_unsent (store), ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/undo/nothing", test_nothing);
  g_test_add_data_func ("/undo/untried/local", GINT_TO_POINTER (0), test_untried);
  g_test_add_data_func ("/undo/untried/server", GINT_TO_POINTER (1), test_untried);
  g_test_add_func ("/undo/changed-since", test_changed_since);
  g_test_add_func ("/undo/move-after-spread", test_move_after_spread);
  g_test_add_func ("/undo/create-used", test_create_used);
  g_test_add_func ("/undo/create-used-by-deleted", test_create_used_by_deleted);
  g_test_add_func ("/undo/create-deleted", test_create_deleted);
  g_test_add_func ("/undo/tried", test_tried);
  g_test_add_func ("/undo/import", test_import);
  g_test_add_func ("/undo/imports", test_imports);
  g_test_add_func ("/undo/restore-with-referents", test_restore_with_referents);
  return g_test_run ();
}
