/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

/* Differences are settled: what is said to be taken stands, or something else that was decided on. */

#define TAKE "{'state':{'base':'open','new':'taken'}}"
#define CITY(new) "{'city':{'base':'Тверь','new':'" new "'}}"

static const char *
add_company (TestServer *server)
{
  return test_add (server, "company", "{'name':'Ромашка','city':'Тверь'}");
}

/* @values: of the difference, in the words of test_add() */
static const char *
add_difference (TestServer *server, const char *company, const char *values)
{
  return test_add (server, "conflict",
                   test_text (server, "{'record_type':'company','record':'%s',%s,'state':'open'}", company, values));
}

static const char *
add_proposed_city (TestServer *server, const char *company)
{
  return add_difference (server, company, "'field':'city','before':'null','proposed':'`Псков`','stayed':'`Тверь`'");
}

static const char *
take (TestServer *server, const char *user, const char *conflict)
{
  return test_do (server, user, TORG_OP_PATCH, "conflict", conflict, TAKE);
}

/* Another change of the same record is none of what was proposed. */
static void
test_field_alone (TestServer *server)
{
  const char       *user = test_add_user (server, "Анна", NULL, NULL), *company = add_company (server);
  const char       *conflict = add_proposed_city (server, company), *client = test_id (server);
  TorgWireMutation *patch =
    test_mutation (server, client, TORG_OP_PATCH, "company", company, "{'name':{'base':'Ромашка','new':'Лютик'}}");
  TorgWireMutation *state = test_mutation (server, client, TORG_OP_PATCH, "conflict", conflict, TAKE);
  g_autoptr (GPtrArray) batch = test_batch (patch, state, NULL);
  g_autoptr (GPtrArray) results = NULL;

  g_assert_cmpstr (take (server, user, conflict), ==, "rule:state");
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 1), ==, "rule:state");
  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", company, CITY ("Псков")), ==, "applied");
  g_assert_cmpstr (take (server, user, conflict), ==, "applied");
  /* Another device of the same user, or the record's owner, has done the same meanwhile. */
  g_assert_cmpstr (take (server, user, conflict), ==, "applied");
}

/* In other words, which somebody may have written meanwhile. */
static void
test_other_value (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL), *company = add_company (server);
  const char *conflict = add_proposed_city (server, company);

  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", company, CITY ("Остров")), ==, "applied");
  g_assert_cmpstr (take (server, user, conflict), ==, "applied");
}

/* To delete it after all: somebody else has done so. */
static void
test_deletion (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL), *company = add_company (server);
  const char *conflict =
    add_difference (server, company, "'field':'deleted','before':'null','proposed':'true','stayed':'null'");

  g_assert_cmpstr (take (server, user, conflict), ==, "rule:state");
  g_assert_cmpstr (test_do (server, user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  g_assert_cmpstr (take (server, user, conflict), ==, "applied");
}

/* To bring it back with what was changed: to bring it back alone is half of that. */
static void
test_edit_of_deleted (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL), *company = add_company (server);
  const char *conflict = add_difference (server, company,
                                         "'field':'deleted','before':'null','stayed':'true',"
                                         "'proposed':'{`city`:{`base`:`Тверь`,`new`:`Псков`}}'");

  g_assert_cmpstr (test_do (server, user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  g_assert_cmpstr (take (server, user, conflict), ==, "rule:state");
  g_assert_cmpstr (test_do (server, user, TORG_OP_RESTORE, "company", company, NULL), ==, "applied");
  g_assert_cmpstr (take (server, user, conflict), ==, "rule:state");
  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", company, CITY ("Псков")), ==, "applied");
  g_assert_cmpstr (take (server, user, conflict), ==, "applied");
}

/* What is sent as a new record, and is there, changes it: of fields that are not known here too. */
static void
test_created_again (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL), *company = test_id (server);
  const char *create = "{'name':{'new':'Ромашка'},'zfield':{'new':'first'}}";

  g_assert_cmpstr (test_do (server, user, TORG_OP_CREATE, "company", company, create), ==, "applied");
  g_assert_cmpstr (
    test_do (server, user, TORG_OP_PATCH, "company", company, "{'zfield':{'base':'first','new':'second'}}"), ==,
    "applied");
  g_assert_cmpstr (test_do (server, user, TORG_OP_CREATE, "company", company, create), ==, "conflict");
  g_assert_cmpint (test_count (server,
                               "SELECT count(*) FROM conflict WHERE field = 'zfield' AND proposed = '\"first\"' "
                               "AND stayed = '\"second\"'"),
                   ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/settling/field-alone", test_field_alone);
  test_case ("/settling/other-value", test_other_value);
  test_case ("/settling/deletion", test_deletion);
  test_case ("/settling/edit-of-deleted", test_edit_of_deleted);
  test_case ("/settling/created-again", test_created_again);
  return g_test_run ();
}
