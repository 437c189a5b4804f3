/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-accounts.h"
#include "torg-test-server.h"

/* The check finds what is wrong: each thing that is kept is spoilt, once, and what is well is well. */

#define UNKNOWN "'00112233445566778899aabbccddeeff'"

typedef struct
{
  const char *name;
  const char *sql; /* {id}…{/} is an id in the words of the store */
  guint       n;   /* of faults; 0 for some */
} Damage;

static const Damage spoils[] = {
  { "head", "UPDATE workspace SET seq = seq + 1", 1 },
  { "gap", "DELETE FROM commits WHERE seq = 2", 1 },
  { "first", "DELETE FROM commits WHERE seq = 1", 1 },
  { "tag", "UPDATE commits SET tag = 'x' WHERE seq = 1", 1 },
  { "tags", "UPDATE commits SET tag = (SELECT tag FROM commits WHERE seq = 1) WHERE seq = 2", 1 },
  { "change-without-record", "UPDATE change SET id = {id} WHERE type = 'deal'", 2 },
  { "record-without-change", "DELETE FROM change WHERE type = 'deal'", 1 },
  { "change-of-other-number", "UPDATE change SET seq = 1 WHERE type = 'deal'", 1 },
  { "unknown-type", "UPDATE change SET type = 'thing' WHERE type = 'deal'", 2 },
  { "record-keys", "UPDATE deal SET keys = '|all|'", 3 },
  { "both-keys", "UPDATE change SET keys_after = '|all|' WHERE type = 'deal'; UPDATE deal SET keys = '|all|'", 2 },
  { "parent-keys", "UPDATE activity SET keys = '|activity:*|'", 2 },
  { "record-number", "UPDATE deal SET seq = 1000", 2 },
  { "reference", "UPDATE deal SET company = {id}", 1 },
  { "parent", "UPDATE activity SET deal = {id}", 0 },
  { "account", "UPDATE account SET user_id = {id}", 1 },
  { "left", "UPDATE \"user\" SET disabled = 1", 1 },
  { "rights", "UPDATE role SET rights = '{\"deal\":'", 1 },
  { "reach", "UPDATE role SET rights = '{\"deal\":{\"read\":\"some\"}}'", 1 },
  { "right-type", "UPDATE role SET rights = '{\"thing\":{\"read\":\"all\"}}'", 1 },
  { "right-shape", "UPDATE role SET rights = '{\"deal\":\"all\"}'", 1 },
  { "hidden", "UPDATE role SET hidden = '[]'", 1 },
  { "hidden-shape", "UPDATE role SET hidden = '{\"deal\":\"amount\"}'", 1 },
  { "client", "UPDATE client SET last_seq = 0", 1 },
};

static const Damage *damage;

static void
fill (TestServer *server)
{
  const char *role = test_add (server, "role",
                               "{'name':'Роль','rights':'{`role`:{`edit`:`all`},`*`:{`read`:`all`,"
                               "`create`:`all`,`edit`:`all`,`export`:`all`}}'}");
  const char *department = test_add (server, "department", "{'name':'Отдел'}");
  const char *user = test_add_user (server, "Анна", role, department);
  const char *company = test_add (server, "company", test_text (server, "{'name':'Ромашка','owner':'%s'}", user));
  const char *deal =
    test_add (server, "deal", test_text (server, "{'title':'Насосы','company':'%s','owner':'%s'}", company, user));
  const char *share = test_add_user (server, "Борис", NULL, NULL);
  g_autoptr (GError) error = NULL;

  test_add (server, "activity", test_text (server, "{'kind':'call','subject':'Звонок','deal':'%s'}", deal));
  g_assert_cmpstr (
    test_do (server, user, TORG_OP_PATCH, "company", company, "{'name':{'base':'Ромашка','new':'Василёк'}}"), ==,
    "applied");
  g_assert_cmpstr (test_do (server, user, TORG_OP_CREATE, "share", test_id (server),
                            test_text (server,
                                       "{'record_type':{'new':'company'},'record':{'new':'%s'},"
                                       "'user':{'new':'%s'}}",
                                       company, share)),
                   ==, "applied");
  torg_accounts_add (server->store, user, "anna", NULL, &error);
  g_assert_no_error (error);
}

static void
test_well (TestServer *server)
{
  g_assert_cmpuint (test_count_faults (server), ==, 0);
  fill (server);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

static void
test_spoil (TestServer *server)
{
  gboolean postgresql = g_str_has_prefix (server->uri, "postgresql:");
  g_autoptr (GString) sql = g_string_new (damage->sql);
  g_autoptr (GError) error = NULL;
  guint n;

  g_string_replace (sql, "{id}", postgresql ? "decode(" UNKNOWN ", 'hex')" : "x" UNKNOWN, 0);
  fill (server);
  torg_db_exec (torg_server_store_get_db (server->store), sql->str, &error);
  g_assert_no_error (error);
  n = test_count_faults (server);
  if (damage->n > 0)
    g_assert_cmpuint (n, ==, damage->n);
  g_assert_cmpuint (n, >, 0);
}

/* Pages are looked at one after the other. */
static void
test_many (TestServer *server)
{
  TorgDb *db = torg_server_store_get_db (server->store);
  g_autoptr (GError) error = NULL;

  fill (server);
  for (guint i = 0; i < 510; i++)
    test_add (server, "company", "{'name':'Ромашка'}");
  g_assert_cmpuint (test_count_faults (server), ==, 0);
  torg_db_exec (db, "UPDATE company SET keys = '|all|' WHERE seq = (SELECT max(seq) FROM company)", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (test_count_faults (server), ==, 2);
}

static void
test_spoils (TestServer *server)
{
  const char *amount = g_getenv ("TORG_TEST_AMOUNT") != NULL ? g_getenv ("TORG_TEST_AMOUNT") : "";
  gboolean    some = g_str_has_prefix (server->uri, "postgresql:") && !g_str_equal (amount, "long");

  /* The questions are the same for both stores: a few of them are enough to see that the other one understands them. */
  for (guint i = 0; i < G_N_ELEMENTS (spoils); i += some ? 8 : 1)
    {
      g_autoptr (TestServer) spoilt = test_server_new ();

      damage = &spoils[i];
      g_test_message ("%s", damage->name);
      test_spoil (spoilt);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/check/well", test_well);
  test_case ("/check/many", test_many);
  test_case ("/check/spoils", test_spoils);
  return g_test_run ();
}
