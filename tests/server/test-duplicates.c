/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-duplicates.h"
#include "torg-test-server.h"

/* Tasks about records that are likely the same: for whom, about what, once, and what they do not tell. */

typedef struct
{
  const char *anna, *boris; /* each sees what is theirs */
} Office;

static Office
make_office (TestServer *server)
{
  const char *role = test_add (server, "role",
                               "{'name':'Своё','rights':'{`*`:{`read`:`own`,`create`:`own`,`edit`:`own`,"
                               "`delete`:`own`,`assign`:`all`}}'}");
  Office      office = { test_add_user (server, "Анна", role, NULL), test_add_user (server, "Борис", role, NULL) };

  return office;
}

static const char *
phone (TestServer *server, const char *number)
{
  return test_text (server, "[{'raw':'%s','e164':'%s'}]", number, number);
}

static const char *
create (TestServer *server, const char *user, const char *type, const char *name, const char *more)
{
  const char *id = test_id (server);

  g_assert_cmpstr (test_do (server, user, TORG_OP_CREATE, type, id,
                            test_text (server, "{'name':{'new':'%s'}%s%s}", name, *more != '\0' ? "," : "", more)),
                   ==, "applied");
  return id;
}

static const char *
create_owned (TestServer *server, const char *user, const char *type, const char *name, const char *more)
{
  return create (server, user, type, name, test_text (server, "'owner':{'new':'%s'},%s", user, more));
}

/* The one task of a record: its subject. */
static const char *
find_task (TestServer *server, const char *field, const char *id, const char *owner)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT subject, owner, kind, due, done FROM activity WHERE \"%s\" = ?1", field);
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (server->store), sql, NULL);
  g_autofree char *found = NULL;
  const char      *subject;
  gboolean         row;

  torg_statement_bind_id (statement, 1, id);
  g_assert_true (torg_statement_step (statement, &row, NULL));
  if (!row)
    return NULL;
  found = torg_statement_dup_id (statement, 1);
  g_assert_cmpstr (found, ==, owner);
  g_assert_cmpstr (torg_statement_get_text (statement, 2), ==, "task");
  g_assert_cmpstr (torg_statement_get_text (statement, 3), ==, "2026-03-05");
  g_assert_true (torg_statement_is_null (statement, 4));
  subject = test_text (server, "%s", torg_statement_get_text (statement, 0));
  g_assert_true (torg_statement_step (statement, &row, NULL));
  g_assert_false (row);
  return subject;
}

static gint64
count_tasks (TestServer *server)
{
  return test_count (server, "SELECT count(*) FROM activity");
}

static void
test_phone (TestServer *server)
{
  Office      office = make_office (server);
  const char *first, *second, *more = test_text (server, "'phones':{'new':%s}", phone (server, "+79161234567"));

  first = create_owned (server, office.anna, "person", "Нина", more);
  g_assert_cmpint (count_tasks (server), ==, 0);
  second = create_owned (server, office.anna, "person", "Нина Петровна", more);
  g_assert_cmpstr (find_task (server, "person", second, office.anna), ==, "Возможный дубль");
  g_assert_cmpint (count_tasks (server), ==, 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history WHERE record_type = 'activity' AND field IS NULL"),
                   ==, 1);
  /* Once for a pair, from whichever side and however often it is saved. */
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "person", first,
                            test_text (server, "{'phones':{'base':%s,'new':null}}", phone (server, "+79161234567"))),
                   ==, "applied");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "person", first,
                            test_text (server, "{'phones':{'base':null,'new':%s}}", phone (server, "+79161234567"))),
                   ==, "applied");
  g_assert_cmpint (count_tasks (server), ==, 1);
  /* A company has the phone of its people by right; a tail of a number is not the number. */
  create_owned (server, office.anna, "company", "Ромашка", more);
  create_owned (server, office.anna, "person", "Олег",
                test_text (server, "'phones':{'new':%s}", phone (server, "+7916123456")));
  g_assert_cmpint (count_tasks (server), ==, 1);
  /* What is deleted is no duplicate. */
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_DELETE, "person", first, NULL), ==, "applied");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_DELETE, "person", second, NULL), ==, "applied");
  create_owned (server, office.anna, "person", "Нина снова", more);
  g_assert_cmpint (count_tasks (server), ==, 1);
}

/* Whoever may not see the other record is told that there is one, and not which. */
static void
test_unseen (TestServer *server)
{
  Office      office = make_office (server);
  const char *more = test_text (server, "'phones':{'new':%s}", phone (server, "+79161234567")), *second;

  create_owned (server, office.anna, "company", "Ромашка", more);
  second = create_owned (server, office.boris, "company", "Лютик", more);
  g_assert_cmpstr (find_task (server, "company", second, office.boris), ==, "Возможный дубль");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM activity WHERE subject LIKE '%Ромашка%' OR body LIKE "
                                       "'%Ромашка%'"),
                   ==, 0);
}

/* To whom a field is hidden, it is not told that two records have the same there. */
static void
test_hidden (TestServer *server)
{
  const char *role = test_add (server, "role",
                               "{'name':'Без телефонов','rights':'{`*`:{`read`:`all`,`create`:`all`,`edit`:`all`}}',"
                               "'hidden':'{`company`:[`phones`],`person`:[`surname`]}'}");
  const char *blind = test_add_user (server, "Вера", role, NULL), *chief = test_add_user (server, "Глава", NULL, NULL);
  const char *more =
    test_text (server, "'owner':{'new':'%s'},'phones':{'new':%s}", blind, phone (server, "+79161234567"));
  const char *second;

  create (server, chief, "company", "Ромашка", more);
  create (server, chief, "company", "Лютик", more);
  g_assert_cmpint (count_tasks (server), ==, 0);
  create (server, chief, "person", "Нина", test_text (server, "'surname':{'new':'Тайная'},%s", more));
  second = create (server, chief, "person", "Нина", more);
  g_assert_cmpstr (find_task (server, "person", second, blind), ==, "Возможный дубль");
}

static void
test_lead (TestServer *server)
{
  Office      office = make_office (server);
  const char *more = "'emails':{'new':['Nina@Example.ru']}", *lead;

  create_owned (server, office.anna, "person", "Нина", "'emails':{'new':['nina@example.RU']}");
  lead = create_owned (server, office.anna, "lead", "Заявка", more);
  g_assert_cmpstr (find_task (server, "lead", lead, office.anna), ==, "Возможный дубль");
  /* What a lead becomes is none. */
  create_owned (server, office.anna, "company", "Ромашка", more);
  g_assert_cmpint (count_tasks (server), ==, 1);
}

static void
test_requisites (TestServer *server)
{
  Office      office = make_office (server);
  const char *one = create_owned (server, office.anna, "company", "Ромашка", "'city':{'new':'Тверь'}");
  const char *two = create_owned (server, office.anna, "company", "Лютик", "'city':{'new':'Тверь'}");
  const char *same = "'inn':{'new':'7707083893'},'kpp':{'new':'773601001'}";

  create (server, office.anna, "legal_entity", "ООО Ромашка",
          test_text (server, "'company':{'new':'%s'},%s", one, same));
  /* The same INN with another KPP is a branch. */
  create (server, office.anna, "legal_entity", "Филиал",
          test_text (server, "'company':{'new':'%s'},'inn':{'new':'7707083893'},'kpp':{'new':'540602001'}", one));
  g_assert_cmpint (count_tasks (server), ==, 0);
  create (server, office.anna, "legal_entity", "Ромашка ООО",
          test_text (server, "'company':{'new':'%s'},%s", two, same));
  g_assert_cmpstr (find_task (server, "company", two, office.anna), ==, "Возможный дубль");
}

/* Both in one batch, which no index knows of yet; and what a group takes back is none. */
static void
test_beside (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *client = test_id (server);
  const char *fields =
    test_text (server, "{'name':{'new':'Ромашка'},'phones':{'new':%s}}", phone (server, "+79161234567"));
  TorgWireMutation *first = test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server), fields);
  TorgWireMutation *bad = test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server), fields);
  TorgWireMutation *worse = test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server), "{}");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) results = NULL;

  g_set_str (&worse->group, bad->group);
  batch = test_batch (first, bad, worse, NULL);
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 0), ==, "applied");
  g_assert_cmpstr (test_result (server, results, 1), ==, "group");
  g_assert_cmpint (count_tasks (server), ==, 0);
  g_clear_pointer (&batch, g_ptr_array_unref);
  g_clear_pointer (&results, g_ptr_array_unref);
  batch = test_batch (test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server), fields),
                      test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server), fields), NULL);
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  /* Each with the one that was there. */
  g_assert_cmpint (count_tasks (server), ==, 2);
}

static void
push_import (TestServer *server, const char *user, const char *client, const char *import, guint n, guint from)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_mutation_free);
  g_autoptr (GPtrArray) results = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char  *number = g_strdup_printf ("+7916%07u", from + i);
      TorgWireMutation *mutation =
        test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server),
                       test_text (server, "{'name':{'new':'Ромашка'},'phones':{'new':%s}}", phone (server, number)));

      g_set_str (&mutation->import, import);
      g_ptr_array_add (batch, mutation);
    }
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
}

static void
test_import (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *client = test_id (server), *large = test_id (server), *small = test_id (server);

  push_import (server, user, client, large, 150, 0);
  /* A small one, of what is there already. */
  push_import (server, user, client, small, 5, 0);
  g_assert_cmpint (count_tasks (server), ==, 5);
  /* A large one, its short end too. */
  large = test_id (server);
  push_import (server, user, client, large, 120, 0);
  push_import (server, user, client, large, 5, 120);
  g_assert_cmpint (count_tasks (server), ==, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/duplicates/phone", test_phone);
  test_case ("/duplicates/unseen", test_unseen);
  test_case ("/duplicates/hidden", test_hidden);
  test_case ("/duplicates/lead", test_lead);
  test_case ("/duplicates/requisites", test_requisites);
  test_case ("/duplicates/beside", test_beside);
  test_case ("/duplicates/import", test_import);
  return g_test_run ();
}
