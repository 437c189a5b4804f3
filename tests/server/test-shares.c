/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

#include <string.h>

/* Records that are shown to somebody one by one, beside what the role lets one see. */

/* Sees and does everything with what is one's own. */
#define OWN                                                                                                            \
  "{'name':'Роль','rights':'{`role`:{`edit`:`none`},`*`:{`read`:`own`,`create`:`own`,`edit`:`own`,"                    \
  "`delete`:`own`}}'}"

typedef struct
{
  const char *boss, *me, *colleague, *other; /* the other one's role is the same as mine */
  const char *department;                    /* of me and the colleague */
} Office;

static Office
make_office (TestServer *server)
{
  const char *role = test_add (server, "role", OWN);
  Office      office = { .department = test_add (server, "department", "{'name':'Отдел'}") };

  office.boss = test_add_user (server, "Глава", NULL, NULL);
  office.me = test_add_user (server, "Я", role, office.department);
  office.colleague = test_add_user (server, "Сосед", NULL, office.department);
  office.other = test_add_user (server, "Второй", role, test_add (server, "department", "{'name':'Другой'}"));
  return office;
}

static const char *
add_company (TestServer *server, const char *owner)
{
  return test_add (server, "company", test_text (server, "{'name':'Ромашка','owner':'%s'}", owner));
}

static const char *
share (TestServer *server, const char *id, const char *by, const char *company, const char *with)
{
  return test_do (
    server, by, TORG_OP_CREATE, "share", id,
    test_text (server, "{'record_type':{'new':'company'},'record':{'new':'%s'},'user':{'new':'%s'}}", company, with));
}

/* A share shows one record and what hangs on it, until it is taken back. */
static void
test_shown (TestServer *server)
{
  Office      office = make_office (server);
  const char *me = office.me;
  const char *company = add_company (server, office.colleague), *second = add_company (server, office.colleague);
  const char *entity = test_add (server, "legal_entity", test_text (server, "{'name':'ООО','company':'%s'}", company));
  const char *id = test_id (server);
  g_autoptr (TestReplica) replica = test_replica_new (server, me, NULL);

  test_pull (replica);
  g_assert_cmpstr (share (server, id, office.colleague, company, me), ==, "applied");
  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  g_assert_true (test_has (replica, "legal_entity", entity));
  g_assert_true (test_has (replica, "share", id));
  g_assert_false (test_has (replica, "company", second));
  g_assert_null (strstr (replica->text->str, second));
  /* To see is not to change. */
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "company", company, "{'city':{'base':null,'new':'Тверь'}}"), ==,
                   "forbidden");
  g_assert_cmpstr (test_do (server, office.colleague, TORG_OP_DELETE, "share", id, NULL), ==, "applied");
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
  g_assert_false (test_has (replica, "legal_entity", entity));
  g_assert_true (test_is_deleted (server, "share", id));
}

/* One shows what is one's own; whoever is shown something shows it to nobody. */
static void
test_who (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = add_company (server, office.me), *foreign = add_company (server, office.colleague);
  const char *id = test_id (server);
  g_autoptr (TestReplica) mine = test_replica_new (server, office.me, NULL);

  g_assert_cmpstr (share (server, test_id (server), office.me, foreign, office.other), ==, "dependency:record");
  g_assert_cmpstr (share (server, id, office.me, company, office.other), ==, "applied");
  test_pull (mine);
  g_assert_true (test_has (mine, "share", id));
  g_assert_cmpstr (share (server, test_id (server), office.other, company, office.colleague), ==, "forbidden");
  g_assert_cmpstr (test_do (server, office.other, TORG_OP_DELETE, "share", id, NULL), ==, "forbidden");
  g_assert_cmpstr (test_do (server, office.me, TORG_OP_DELETE, "share", id, NULL), ==, "applied");
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* A share that is changed no longer shows what it showed. */
static void
test_moved (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = add_company (server, office.me), *second = add_company (server, office.me);
  const char *id = test_id (server);
  g_autoptr (TestReplica) theirs = test_replica_new (server, office.other, NULL);

  g_assert_cmpstr (share (server, id, office.me, company, office.other), ==, "applied");
  test_pull (theirs);
  g_assert_true (test_has (theirs, "company", company));
  g_assert_cmpstr (test_do (server, office.me, TORG_OP_PATCH, "share", id,
                            test_text (server, "{'record':{'base':'%s','new':'%s'}}", company, second)),
                   ==, "applied");
  test_pull (theirs);
  g_assert_true (test_has (theirs, "company", second));
  g_assert_false (test_has (theirs, "company", company));
  /* Whose it is to take back is known by the record: it cannot be made one of something else. */
  g_assert_cmpstr (
    test_do (server, office.me, TORG_OP_PATCH, "share", id, "{'record_type':{'base':'company','new':'deal'}}"), ==,
    "rule");
  g_assert_cmpstr (test_do (server, office.me, TORG_OP_PATCH, "share", id,
                            test_text (server,
                                       "{'record':{'base':'%s','new':'%s'},'record_type':{'base':'company',"
                                       "'new':'deal'}}",
                                       second, company)),
                   ==, "rule");
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* Whoever it was shown to is no more, and comes back; a department is no more. */
static void
test_gone (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = add_company (server, office.me), *id = test_id (server);
  g_autoptr (TestReplica) theirs = test_replica_new (server, office.other, NULL);

  g_assert_cmpstr (share (server, id, office.me, company, office.other), ==, "applied");
  g_assert_cmpstr (test_do (server, office.boss, TORG_OP_DELETE, "user", office.other, NULL), ==, "applied");
  g_assert_true (test_is_deleted (server, "share", id));
  g_assert_cmpuint (test_count_faults (server), ==, 0);
  g_assert_cmpstr (test_do (server, office.boss, TORG_OP_RESTORE, "user", office.other, NULL), ==, "applied");
  g_assert_false (test_is_deleted (server, "share", id));
  test_pull (theirs);
  g_assert_true (test_has (theirs, "company", company));
  g_assert_cmpuint (test_count_faults (server), ==, 0);
  g_assert_cmpstr (test_do (server, office.boss, TORG_OP_DELETE, "department", office.department, NULL), ==, "applied");
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/shares/shown", test_shown);
  test_case ("/shares/who", test_who);
  test_case ("/shares/moved", test_moved);
  test_case ("/shares/gone", test_gone);
  return g_test_run ();
}
