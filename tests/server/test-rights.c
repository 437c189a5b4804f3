/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-server-day.h"
#include "torg-test-server.h"

#include <string.h>

/* Who may see and do what: each reach of each action, delegations; what one may not see is not there. */

#define N_OWNERS 4

static const char *const reaches[] = { "none", "own", "department", "below", "all" };
/* How many of the owners, in their order, each of them reaches. */
static const guint reached[] = { 0, 1, 2, 3, 4 };

typedef struct
{
  const char *boss;
  const char *owners[N_OWNERS]; /* oneself, of one's department, of one below it, of another one */
  const char *departments[3];
} Office;

/* `{"*": {ACTION: REACH for @action, else the other}}` */
static const char *
add_role (TestServer *server, const char *action, const char *reach, const char *others)
{
  static const char *const actions[] = { "read", "create", "edit", "delete", "assign" };
  g_autoptr (GString) rights = g_string_new ("{`role`:{`edit`:`none`},`*`:{");

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    g_string_append_printf (rights, "%s`%s`:`%s`", i > 0 ? "," : "", actions[i],
                            g_str_equal (actions[i], action) ? reach : others);
  return test_add (server, "role", test_text (server, "{'name':'Роль','rights':'%s}}'}", rights->str));
}

static Office
make_office (TestServer *server, const char *role)
{
  Office office = { 0 };

  office.departments[0] = test_add (server, "department", "{'name':'Отдел'}");
  office.departments[1] =
    test_add (server, "department", test_text (server, "{'name':'Группа','parent':'%s'}", office.departments[0]));
  office.departments[2] = test_add (server, "department", "{'name':'Другой'}");
  office.boss = test_add_user (server, "Глава", NULL, NULL);
  office.owners[0] = test_add_user (server, "Я", role, office.departments[0]);
  office.owners[1] = test_add_user (server, "Сосед", NULL, office.departments[0]);
  office.owners[2] = test_add_user (server, "Ниже", NULL, office.departments[1]);
  office.owners[3] = test_add_user (server, "Чужой", NULL, office.departments[2]);
  return office;
}

static const char *
add_company (TestServer *server, const char *owner)
{
  return test_add (server, "company", test_text (server, "{'name':'Ромашка','owner':'%s'}", owner));
}

static void
set (TestServer *server, const char *user, const char *type, const char *id, const char *field, const char *value)
{
  g_assert_cmpstr (
    test_do (server, user, TORG_OP_PATCH, type, id,
             test_text (server, "{'%s':{'base':%s,'new':%s}}", field, test_field (server, type, id, field), value)),
    ==, "applied");
}

static const char *
fill (TestServer *server, const char *text, const char *id, const char *me)
{
  g_autoptr (GString) filled = g_string_new (text);

  g_string_replace (filled, "THIS", id, 0);
  g_string_replace (filled, "ME", me, 0);
  return test_text (server, "%s", filled->str);
}

/* Every way to something that one must not see ends as if it were not there. */
static void
assert_nowhere (TestServer *server, Office *office, const char *company)
{
  const char *me = office->owners[0];
  const char *entity = test_add (server, "legal_entity", test_text (server, "{'name':'ООО','company':'%s'}", company));
  const char *missing = test_id (server);
  g_autoptr (TestReplica) replica = test_replica_new (server, me, NULL);
  static const char *const texts[] = {
    "{'kind':{'new':'note'},'company':{'new':'THIS'},'owner':{'new':'ME'}}",
    "{'name':{'new':'Н'},'company':{'new':'THIS'},'owner':{'new':'ME'}}",
    "{'record_type':{'new':'company'},'record':{'new':'THIS'},'user':{'new':'ME'}}"
  };
  static const char *const types[] = { "activity", "person", "share" };

  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "company", company, "{'city':{'base':null,'new':'Тверь'}}"), ==,
                   "not_found");
  g_assert_cmpstr (test_do (server, me, TORG_OP_DELETE, "company", company, NULL), ==, "not_found");
  g_assert_cmpstr (test_do (server, me, TORG_OP_RESTORE, "company", company, NULL), ==, "not_found");
  g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "company", company, "{'name':{'new':'Моя'}}"), ==, "not_found");
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "legal_entity", entity, "{'bank':{'base':null,'new':'Б'}}"), ==,
                   "not_found");
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const char *hidden =
        test_do (server, me, TORG_OP_CREATE, types[i], test_id (server), fill (server, texts[i], company, me));

      g_assert_cmpstr (
        hidden, ==,
        test_do (server, me, TORG_OP_CREATE, types[i], test_id (server), fill (server, texts[i], missing, me)));
      g_assert_true (g_str_has_prefix (hidden, "dependency:"));
    }
  test_pull (replica);
  g_assert_null (strstr (replica->text->str, company));
  g_assert_null (strstr (replica->text->str, entity));
}

static void
test_read (TestServer *server)
{
  for (guint i = 0; i < G_N_ELEMENTS (reaches); i++)
    {
      Office      office = make_office (server, add_role (server, "read", reaches[i], "all"));
      const char *companies[N_OWNERS];
      g_autoptr (TestReplica) replica = test_replica_new (server, office.owners[0], NULL);

      for (guint j = 0; j < N_OWNERS; j++)
        companies[j] = add_company (server, office.owners[j]);
      test_pull (replica);
      for (guint j = 0; j < N_OWNERS; j++)
        {
          g_assert_cmpint (test_has (replica, "company", companies[j]), ==, j < reached[i]);
          if (j >= reached[i])
            assert_nowhere (server, &office, companies[j]);
        }
    }
}

static void
test_write (TestServer *server, const char *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (reaches); i++)
    {
      Office      office = make_office (server, add_role (server, action, reaches[i], "all"));
      const char *me = office.owners[0];

      for (guint j = 0; j < N_OWNERS; j++)
        {
          const char *company = add_company (server, office.owners[j]);
          const char *result;

          if (g_str_equal (action, "edit"))
            result = test_do (server, me, TORG_OP_PATCH, "company", company, "{'city':{'base':null,'new':'Тверь'}}");
          else if (g_str_equal (action, "delete"))
            result = test_do (server, me, TORG_OP_DELETE, "company", company, NULL);
          else if (g_str_equal (action, "create"))
            result = test_do (server, me, TORG_OP_CREATE, "company", test_id (server),
                              test_text (server, "{'name':{'new':'Н'},'owner':{'new':'%s'}}", office.owners[j]));
          else
            result = test_do (server, me, TORG_OP_PATCH, "company", company,
                              test_text (server, "{'owner':{'base':'%s','new':'%s'}}", office.owners[j], office.boss));
          g_assert_true (g_str_has_prefix (result, j < reached[i] ? "applied" : "forbidden"));
        }
    }
}

static void
test_edit (TestServer *server)
{
  test_write (server, "edit");
}

static void
test_delete (TestServer *server)
{
  test_write (server, "delete");
}

static void
test_create (TestServer *server)
{
  test_write (server, "create");
}

static void
test_assign (TestServer *server)
{
  test_write (server, "assign");
}

/* A plan is set by who leads, for those whom they lead; whom a right leaves alone with their own sees it and no more.
 */
static void
test_plan (TestServer *server)
{
  static const char *const made = "{'owner':{'new':'%s'},'month':{'new':'2026-03-01'},'amount':{'new':{'minor':100,"
                                  "'currency':'RUB'}}}";

  for (guint i = 0; i < G_N_ELEMENTS (reaches); i++)
    {
      Office      office = make_office (server, add_role (server, "read", reaches[i], reaches[i]));
      const char *me = office.owners[0];
      g_autoptr (TestReplica) replica = test_replica_new (server, me, NULL);

      for (guint j = 0; j < N_OWNERS; j++)
        {
          g_autoptr (GString) fields = g_string_new (made);
          const char *plan =
            test_add (server, "plan",
                      test_text (server, "{'owner':'%s','month':'2026-02-01','amount':{'minor':5,'currency':'RUB'}}",
                                 office.owners[j]));
          gboolean may = j < reached[i] && !g_str_equal (reaches[i], "own");

          g_string_replace (fields, "%s", office.owners[j], 1);
          g_assert_true (g_str_has_prefix (
            test_do (server, me, TORG_OP_CREATE, "plan", test_id (server), test_text (server, "%s", fields->str)),
            may ? "applied" : "forbidden"));
          test_pull (replica);
          g_assert_cmpint (test_has (replica, "plan", plan), ==, j < reached[i]);
          g_assert_true (g_str_has_prefix (test_do (server, me, TORG_OP_DELETE, "plan", plan, NULL), may ? "applied"
                                                                                                     : j < reached[i]
                                                                                                       ? "forbidden"
                                                                                                       : "not_found"));
        }
    }
}

/* From the first of its days to the last, and by nobody but the one whose work it is. */
static void
test_delegation (TestServer *server)
{
  Office      office = make_office (server, add_role (server, "read", "own", "own"));
  const char *me = office.owners[0], *other = office.owners[3];
  const char *company = add_company (server, other);
  g_autoptr (TestReplica) replica = test_replica_new (server, me, NULL);

  set (server, office.boss, "user", other, "role", test_text (server, "'%s'", add_role (server, "read", "own", "own")));
  g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "delegation", test_id (server),
                            test_text (server,
                                       "{'from_user':{'new':'%s'},'to_user':{'new':'%s'},'starts':{'new':'2026-03-01'},"
                                       "'ends':{'new':'2026-03-31'}}",
                                       other, me)),
                   ==, "forbidden");
  g_assert_cmpstr (test_do (server, other, TORG_OP_CREATE, "delegation", test_id (server),
                            test_text (server,
                                       "{'from_user':{'new':'%s'},'to_user':{'new':'%s'},'starts':{'new':'2026-03-06'},"
                                       "'ends':{'new':'2026-03-07'}}",
                                       other, me)),
                   ==, "applied");
  for (guint day = 5; day <= 8; day++)
    {
      gboolean is_within = day == 6 || day == 7;

      torg_env_set_now (server->env, TEST_START + (day - 5) * G_TIME_SPAN_DAY);
      test_pull (replica);
      g_assert_cmpint (test_has (replica, "company", company), ==, is_within);
      g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "company", company,
                                test_text (server, "{'city':{'base':%s,'new':'%u'}}",
                                           test_field (server, "company", company, "city"), day)),
                       ==, is_within ? "applied" : "not_found");
    }
}

static gint64
begin_day (TestServer *server, gint64 now)
{
  g_autoptr (GError) error = NULL;
  gint64 seq;

  torg_env_set_now (server->env, now);
  g_assert_true (torg_server_day_begin (server->store, &seq, &error));
  g_assert_no_error (error);
  return seq;
}

/* A day is one of the server's own time; replicas are told of what it brings, once. */
static void
test_delegation_day (TestServer *server)
{
  const gint64 begins = TEST_START + 5 * G_TIME_SPAN_HOUR, ends = begins + 2 * G_TIME_SPAN_DAY;
  Office       office = make_office (server, add_role (server, "read", "own", "own"));
  const char  *company = add_company (server, office.owners[3]);
  g_autoptr (TestReplica) replica = test_replica_new (server, office.owners[0], NULL);
  gint64 seq;

  torg_env_set_zone (server->env, "+10:00");
  test_add (server, "delegation",
            test_text (server, "{'from_user':'%s','to_user':'%s','starts':'2026-03-06','ends':'2026-03-07'}",
                       office.owners[3], office.owners[0]));
  g_assert_cmpint (begin_day (server, begins - 1), ==, 0);
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
  seq = begin_day (server, begins);
  g_assert_cmpint (seq, >, 0);
  g_assert_cmpint (test_count (server, "SELECT seq FROM workspace"), ==, seq);
  g_assert_cmpint (begin_day (server, begins + G_TIME_SPAN_SECOND), ==, 0);
  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  /* The second of its days brings nothing new. */
  g_assert_cmpint (begin_day (server, ends - 1), ==, 0);
  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  g_assert_cmpint (begin_day (server, ends + 3 * G_TIME_SPAN_DAY), >, seq);
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
  g_assert_cmpint (begin_day (server, ends + 9 * G_TIME_SPAN_DAY), ==, 0);
}

/* Who moves to another department takes the records along. */
static void
test_department (TestServer *server)
{
  Office      office = make_office (server, add_role (server, "read", "below", "own"));
  const char *company = add_company (server, office.owners[3]);
  g_autoptr (TestReplica) replica = test_replica_new (server, office.owners[0], NULL);

  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
  set (server, office.boss, "user", office.owners[3], "department", test_text (server, "'%s'", office.departments[1]));
  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  /* The department below it becomes one of its own. */
  set (server, office.boss, "department", office.departments[1], "parent", "null");
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
}

/* Roles, users and the shape of sales are an administrator's; lines of history nobody's. */
static void
test_administered (TestServer *server)
{
  static const char *const types[] = { "user", "department", "role", "pipeline", "field_def" };
  Office                   office = make_office (server, add_role (server, "read", "all", "all"));
  const char              *me = office.owners[0];
  const char              *left = test_add (server, "user", "{'name':'Ушёл','disabled':1772701200000000}");

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_assert_cmpstr (
      test_do (server, me, TORG_OP_CREATE, types[i], test_id (server),
               g_str_equal (types[i], "field_def")
                 ? "{'record_type':{'new':'deal'},'name':{'new':'x_a'},'label':{'new':'А'},'kind':{'new':"
                   "'text'}}"
               : g_str_equal (types[i], "pipeline") ? "{'name':{'new':'П'},'kind':{'new':'deals'}}"
                                                    : "{'name':{'new':'П'}}"),
      ==, "forbidden");
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "user", me, "{'role':{'base':null,'new':null}}"), ==,
                   "forbidden");
  g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "conflict", test_id (server),
                            test_text (server, "{'record_type':{'new':'user'},'record':{'new':'%s'}}", me)),
                   ==, "forbidden");
  g_assert_cmpstr (test_do (server, left, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"), ==,
                   "forbidden");
}

/* What everybody reads is written by those whose role says so: it belongs to nobody, so that only all of it counts. */
static void
test_common (TestServer *server)
{
  static const char *const types[] = { "tag", "dictionary", "product", "vat_rate" };
  static const char *const fields[] = { "{'name':{'new':'Н'}}", "{'name':{'new':'Н'},'dictionary':{'new':'source'}}",
                                        "{'name':{'new':'Н'}}", "{'name':{'new':'Н'},'rate':{'new':20}}" };
  static const char *const stored[] = { "{'name':'Н'}", "{'name':'Н','dictionary':'source'}", "{'name':'Н'}",
                                        "{'name':'Н'}" };
  static const char *const actions[] = { "create", "edit", "delete" };

  for (guint i = 0; i < G_N_ELEMENTS (reaches); i++)
    for (guint j = 0; j < G_N_ELEMENTS (actions); j++)
      {
        const char *me = test_add_user (server, "Я", add_role (server, actions[j], reaches[i], "none"), NULL);
        g_autoptr (TestReplica) replica = test_replica_new (server, me, NULL);

        for (guint k = 0; k < G_N_ELEMENTS (types); k++)
          {
            const char *id = test_add (server, types[k], stored[k]), *result;
            gboolean    is_allowed = g_str_equal (reaches[i], "all");

            result = test_do (server, me, TORG_OP_PATCH, types[k], id, "{'name':{'base':'Н','new':'П'}}");
            g_assert_cmpstr (result, ==, is_allowed && j == 1 ? "applied" : "forbidden");
            result = test_do (server, me, TORG_OP_DELETE, types[k], id, NULL);
            g_assert_cmpstr (result, ==, is_allowed && j == 2 ? "applied" : "forbidden");
            result = test_do (server, me, TORG_OP_CREATE, types[k], test_id (server), fields[k]);
            /* A tag is made by typing it into something that may be made. */
            is_allowed = is_allowed || (k == 0 && !g_str_equal (reaches[i], "none"));
            g_assert_cmpstr (result, ==, is_allowed && j == 0 ? "applied" : "forbidden");
            test_pull (replica);
            g_assert_cmpint (test_has (replica, types[k], id), ==, TRUE);
          }
      }
}

/* A role gives nothing that it does not name; one that lets make something lets make tags for it. */
static void
test_tags (TestServer *server)
{
  static const char *const rights[] = { "{`deal`:{`read`:`all`}}", "{}", "{`deal`:{`create`:`own`}}" };

  for (guint i = 0; i < G_N_ELEMENTS (rights); i++)
    {
      const char *role = test_add (server, "role", test_text (server, "{'name':'Р','rights':'%s'}", rights[i]));
      const char *me = test_add_user (server, "Я", role, NULL);

      g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"), ==,
                       i == 2 ? "applied" : "forbidden");
    }
}

/* Deleting a role frees nobody from it. */
static void
test_role (TestServer *server)
{
  const char *role = add_role (server, "read", "own", "own"), *unused = add_role (server, "read", "own", "own");
  Office      office = make_office (server, role);
  const char *company = add_company (server, office.owners[3]);
  const char *lost = test_add_user (server, "Без роли", test_id (server), NULL);
  g_autoptr (TestReplica) replica = test_replica_new (server, office.owners[0], NULL);
  g_autoptr (TestReplica) other = test_replica_new (server, lost, NULL);

  g_assert_cmpstr (test_do (server, office.boss, TORG_OP_DELETE, "role", role, NULL), ==, "rule:role");
  g_assert_cmpstr (test_do (server, office.boss, TORG_OP_DELETE, "role", unused, NULL), ==, "applied");
  test_pull (replica);
  test_pull (other);
  g_assert_false (test_has (replica, "company", company));
  g_assert_false (test_has (other, "company", company));
}

static const char *
add_administrator (TestServer *server, const char *name)
{
  return test_add_user (
    server, name,
    test_add (server, "role", "{'name':'Администратор','rights':'{`role`:{`edit`:`all`},`*`:{`read`:`all`}}'}"), NULL);
}

/* Until somebody holds a role that gives others theirs, those without one may all; then nothing. */
static void
test_no_role (TestServer *server)
{
  const char *first = test_add_user (server, "Первый", NULL, NULL),
             *second = test_add_user (server, "Второй", NULL, NULL);
  const char *company = add_company (server, first);
  g_autoptr (TestReplica) replica = test_replica_new (server, second, NULL);

  test_pull (replica);
  g_assert_true (test_has (replica, "company", company));
  g_assert_cmpstr (test_do (server, second, TORG_OP_CREATE, "role", test_id (server), "{'name':{'new':'Р'}}"), ==,
                   "applied");
  add_administrator (server, "Администратор");
  test_pull (replica);
  g_assert_false (test_has (replica, "company", company));
  g_assert_cmpstr (test_do (server, second, TORG_OP_PATCH, "company", company, "{'city':{'base':null,'new':'Тверь'}}"),
                   ==, "not_found");
  g_assert_cmpstr (test_do (server, second, TORG_OP_CREATE, "role", test_id (server), "{'name':{'new':'Р'}}"), ==,
                   "forbidden");
}

/* The ways in which somebody loses the right to edit roles. */
static const char *
lose (TestServer *server, const char *by, guint way, const char *user, const char *role)
{
  static const char *const fields[] = { "{'role':{'base':'ROLE','new':null}}",
                                        "{'role':{'base':'ROLE','new':'OTHER'}}",
                                        "{'disabled':{'base':null,'new':1772701200000000}}",
                                        NULL,
                                        "{'rights':{'base':RIGHTS,'new':'{}'}}",
                                        "{'rights':{'base':RIGHTS,'new':null}}",
                                        "{'rights':{'base':RIGHTS,'new':'{`role`:{`edit`:`own`}}'}}" };
  g_autoptr (GString) text = g_string_new (fields[way]);

  if (way == 3)
    return test_do (server, by, TORG_OP_DELETE, "user", user, NULL);
  g_string_replace (text, "ROLE", role, 0);
  g_string_replace (text, "OTHER", add_role (server, "read", "all", "all"), 0);
  g_string_replace (text, "RIGHTS", test_field (server, "role", role, "rights"), 0);
  return test_do (server, by, TORG_OP_PATCH, way < 3 ? "user" : "role", way < 3 ? user : role,
                  test_text (server, "%s", text->str));
}

/* Where somebody may edit roles, somebody may do so afterwards, whatever is changed and in whatever order. */
static void
test_last_administrator (TestServer *server)
{
  const char *role = test_add (server, "role", "{'name':'А','rights':'{`role`:{`edit`:`all`},`*`:{`read`:`all`}}'}");
  const char *left = test_add (server, "user", test_text (server, "{'name':'У','role':'%s','disabled':1}", role));
  const char *me = test_add_user (server, "Я", role, NULL), *second, *new_role = test_id (server);

  for (guint way = 0; way < 7; way++)
    g_assert_cmpstr (lose (server, me, way, me, role), ==, "administrator");
  /* Nothing of it has stayed, and what takes nothing from anybody may be done. */
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history"), ==, 0);
  g_assert_cmpstr (
    test_do (server, me, TORG_OP_PATCH, "user", left, test_text (server, "{'role':{'base':'%s','new':null}}", role)),
    ==, "applied");
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "user", me, "{'job':{'base':null,'new':'Глава'}}"), ==,
                   "applied");
  /* By another role that comes in the same batch, and not by the one who would be without it again. */
  second = test_add_user (server, "Второй", NULL, NULL);
  {
    const char *client = test_id (server);
    g_autoptr (GPtrArray) batch =
      test_batch (test_mutation (server, client, TORG_OP_CREATE, "role", new_role,
                                 "{'name':{'new':'Н'},'rights':{'new':'{`role`:{`edit`:`all`}}'}}"),
                  test_mutation (server, client, TORG_OP_PATCH, "user", second,
                                 test_text (server, "{'role':{'base':null,'new':'%s'}}", new_role)),
                  test_mutation (server, client, TORG_OP_PATCH, "user", me,
                                 test_text (server, "{'role':{'base':'%s','new':null}}", role)),
                  test_mutation (server, client, TORG_OP_PATCH, "user", second,
                                 test_text (server, "{'role':{'base':'%s','new':null}}", new_role)),
                  NULL);
    g_autoptr (GPtrArray) results = test_push (server, me, client, batch, TORG_PUSH_DONE);

    for (guint i = 0; i < 3; i++)
      g_assert_cmpstr (test_result (server, results, i), ==, "applied");
    g_assert_cmpstr (test_result (server, results, 3), ==, "administrator");
  }
  g_assert_cmpstr (test_field (server, "user", second, "role"), ==, test_text (server, "\"%s\"", new_role));
  /* Nobody has lost anything where nobody had it. */
  for (guint way = 0; way < 7; way++)
    {
      const char *other = test_add_user (server, "Ещё", new_role, NULL);

      g_assert_cmpstr (lose (server, second, way, other, way < 4 ? new_role : role), ==, "applied");
    }
}

/* All of everything does not include giving others their rights. */
static void
test_everything (TestServer *server)
{
  const char *role =
    test_add (server, "role", "{'name':'Всё','rights':'{`*`:{`read`:`all`,`edit`:`all`,`create`:`all`}}'}");
  const char *me = test_add_user (server, "Я", role, NULL);

  g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "role", test_id (server), "{'name':{'new':'Р'}}"), ==,
                   "forbidden");
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "user", me, "{'role':{'base':null,'new':null}}"), ==,
                   "forbidden");
}

/* A record given to another department is handed over, as one given to another person. */
static void
test_hand_over (TestServer *server)
{
  Office      office = make_office (server, add_role (server, "assign", "none", "all"));
  const char *company = add_company (server, office.owners[0]);

  g_assert_cmpstr (test_do (server, office.owners[0], TORG_OP_PATCH, "company", company,
                            test_text (server, "{'department':{'base':null,'new':'%s'}}", office.departments[2])),
                   ==, "forbidden:owner");
}

/* What hangs on a record is moved to where it could have been made, and nowhere else. */
static void
test_move (TestServer *server)
{
  static const char *const types[] = { "legal_entity", "company_person", "attachment", "activity" };
  static const char *const fields[] = {
    "{'name':'ООО','company':'%s'}", "{'company':'%s','person':'%s'}",
    "{'name':'Ф','file':'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','company':'%s'}",
    "{'kind':'note','subject':'Н','company':'%s'}"
  };
  const char *role =
    test_add (server, "role",
              "{'name':'Свои','rights':'{`role`:{`edit`:`none`},`company`:{`read`:`all`,`create`:`own`,"
              "`edit`:`own`,`delete`:`own`,`assign`:`own`},`*`:{`read`:`own`,`create`:`own`,"
              "`edit`:`own`,`delete`:`own`}}'}");
  Office      office = make_office (server, role);
  const char *me = office.owners[0];
  const char *own = add_company (server, me), *second = add_company (server, me);
  const char *foreign = add_company (server, office.owners[3]);
  const char *person = test_add (server, "person", test_text (server, "{'name':'П','owner':'%s'}", me));

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GString) text = g_string_new (fields[i]);
      const char *id;

      g_string_replace (text, "%s", own, 1);
      g_string_replace (text, "%s", person, 1);
      id = test_add (server, types[i], text->str);
      g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, types[i], id,
                                test_text (server, "{'company':{'base':'%s','new':'%s'}}", own, foreign)),
                       ==, "forbidden");
      g_assert_cmpstr (test_field (server, types[i], id, "company"), ==, test_text (server, "\"%s\"", own));
      g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, types[i], id,
                                test_text (server, "{'company':{'base':'%s','new':'%s'}}", own, second)),
                       ==, "applied");
      g_assert_cmpstr (test_do (server, me, TORG_OP_DELETE, types[i], id, NULL), ==, "applied");
    }
  /* The same record made again is a change of it. */
  {
    const char *id = test_add (server, "legal_entity", test_text (server, "{'name':'ООО','company':'%s'}", own));

    g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "legal_entity", id,
                              test_text (server, "{'company':{'base':'%s','new':'%s'}}", own, foreign)),
                     ==, "forbidden");
  }
  /* Giving a record to somebody, and what hangs on it with it, is no move. */
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "company", own,
                            test_text (server, "{'owner':{'base':'%s','new':'%s'}}", me, office.owners[3])),
                   ==, "applied");
}

/* What one may not see one does not give either, not even to a new record; what the program itself gives it is the
 * server's own then. */
static void
test_hidden (TestServer *server)
{
  const char *role =
    test_add (server, "role",
              "{'name':'Без сумм','rights':'{`role`:{`edit`:`none`},`*`:{`read`:`all`,`create`:`all`,`edit`:`all`}}',"
              "'hidden':'{`deal`:[`amount`,`stage_since`,`owner`,`x_code`]}'}");
  const char *me = test_add_user (server, "Я", role, NULL), *other = test_add_user (server, "Другой", NULL, NULL);
  const char *pipeline = test_add (server, "pipeline", "{'name':'Продажи','kind':'deals'}");
  const char *stage =
    test_add (server, "stage", test_text (server, "{'name':'Э','kind':'open','pipeline':'%s'}", pipeline));
  const char *deal = test_id (server);
  const char *fields = test_text (server,
                                  "{'title':{'new':'Н'},'pipeline':{'new':'%s'},'stage':{'new':'%s'},"
                                  "'owner':{'new':'%s'},'stage_since':{'new':1}",
                                  pipeline, stage, other);

  g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "deal", deal,
                            test_text (server, "%s,'amount':{'new':{'minor':1,'currency':'RUB'}}}", fields)),
                   ==, "forbidden:amount");
  g_assert_cmpstr (
    test_do (server, me, TORG_OP_CREATE, "deal", deal, test_text (server, "%s,'x_code':{'new':'7'}}", fields)), ==,
    "forbidden:x_code");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM deal"), ==, 0);
  g_assert_cmpstr (test_do (server, me, TORG_OP_CREATE, "deal", deal, test_text (server, "%s}", fields)), ==,
                   "applied");
  g_assert_cmpstr (test_field (server, "deal", deal, "owner"), ==, test_text (server, "\"%s\"", me));
  g_assert_cmpstr (test_field (server, "deal", deal, "stage_since"), ==,
                   test_text (server, "%" G_GINT64_FORMAT, TEST_START));
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "deal", deal, "{'x_code':{'base':null,'new':'7'}}"), ==,
                   "forbidden:x_code");
}

/* What a move brings with it comes also where whoever moves does not see it, and nothing else does. */
static void
test_hidden_move (TestServer *server)
{
  const char *role =
    test_add (server, "role",
              "{'name':'Без причин','rights':'{`role`:{`edit`:`none`},`*`:{`read`:`all`,`create`:`all`,`edit`:`all`}}',"
              "'hidden':'{`deal`:[`stage_since`,`lost_reason`,`lost_comment`]}'}");
  const char *me = test_add_user (server, "Я", role, NULL);
  const char *pipeline = test_add (server, "pipeline", "{'name':'Продажи','kind':'deals'}");
  const char *open =
    test_add (server, "stage", test_text (server, "{'name':'Э','kind':'open','pipeline':'%s'}", pipeline));
  const char *lost =
    test_add (server, "stage", test_text (server, "{'name':'О','kind':'lost','pipeline':'%s'}", pipeline));
  const char *reason = test_add (server, "dictionary", "{'dictionary':'lost_reason','name':'Дорого'}");
  const char *deal = test_add (server, "deal",
                               test_text (server,
                                          "{'title':'С','pipeline':'%s','stage':'%s','lost_reason':'%s',"
                                          "'lost_comment':'да','stage_since':1}",
                                          pipeline, lost, reason));

  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "deal", deal, "{'lost_comment':{'base':'да','new':null}}"), ==,
                   "forbidden:lost_comment");
  g_assert_cmpstr (test_do (server, me, TORG_OP_COMMAND, "deal", deal,
                            test_text (server,
                                       "{'stage':{'base':'%s','new':'%s'},'stage_since':{'base':null,'new':5},"
                                       "'lost_comment':{'base':null,'new':'нет'}}",
                                       lost, open)),
                   ==, "forbidden:lost_comment");
  g_assert_cmpstr (
    test_do (server, me, TORG_OP_COMMAND, "deal", deal,
             test_text (server, "{'stage':{'base':'%s','new':'%s'},'stage_since':{'base':null,'new':5}}", lost, open)),
    ==, "applied");
  g_assert_cmpstr (test_field (server, "deal", deal, "lost_reason"), ==, "null");
  g_assert_cmpstr (test_field (server, "deal", deal, "lost_comment"), ==, "null");
  g_assert_cmpstr (test_field (server, "deal", deal, "stage_since"), ==,
                   test_text (server, "%" G_GINT64_FORMAT, TEST_START));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history WHERE field = 'lost_comment'"), ==, 1);
}

static const char *
add_difference (TestServer *server, const char *company, const char *author)
{
  return test_add (server, "conflict",
                   test_text (server,
                              "{'record_type':'company','record':'%s','field':'city','before':'null',"
                              "'proposed':'`Псков`','stayed':'`Тверь`','author':'%s','state':'open'}",
                              company, author));
}

/* A difference is settled by who proposed it or may edit what it is about; nobody makes another one of it. */
static void
test_differences (TestServer *server)
{
  Office      office = make_office (server, add_role (server, "edit", "own", "all"));
  const char *me = office.owners[0], *company = add_company (server, office.owners[3]);
  const char *theirs = add_difference (server, company, office.owners[3]), *mine = add_difference (server, company, me);
  const char *settle = "{'state':{'base':'open','new':'kept'}}";
  const char *take = "{'state':{'base':'open','new':'taken'}}";
  const char *forge = "{'proposed':{'base':'`Псков`','new':'`Омск`'}}";

  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "conflict", theirs, settle), ==, "forbidden");
  for (guint i = 0; i < 2; i++)
    {
      const char *user = i == 0 ? me : office.boss;

      g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "conflict", mine, forge), ==, "forbidden");
      g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "conflict", mine,
                                test_text (server, "{'author':{'base':'%s','new':'%s'}}", me, office.boss)),
                       ==, "forbidden");
      g_assert_cmpstr (test_do (server, user, TORG_OP_DELETE, "conflict", mine, NULL), ==, "forbidden");
    }
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "conflict", mine, settle), ==, "applied");
  g_assert_cmpstr (test_do (server, office.boss, TORG_OP_PATCH, "conflict", theirs, settle), ==, "applied");
  g_assert_cmpstr (test_field (server, "conflict", theirs, "state"), ==, "\"kept\"");

  /* Taking is to make the edit too: not to say so alone. */
  company = add_company (server, me);
  set (server, me, "company", company, "city", "'Тверь'");
  mine = add_difference (server, company, me);
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "conflict", mine, take), ==, "rule:state");
  set (server, me, "company", company, "city", "'Псков'");
  g_assert_cmpstr (test_do (server, me, TORG_OP_PATCH, "conflict", mine, take), ==, "applied");
}

/* What others have written stands in it too: with its record it goes out of view of whoever proposed something. */
static void
test_difference_out_of_view (TestServer *server)
{
  Office      office = make_office (server, add_role (server, "read", "own", "all"));
  const char *me = office.owners[0], *company = add_company (server, me);
  const char *mine = add_difference (server, company, me);
  g_autoptr (TestReplica) before = test_replica_new (server, me, NULL);
  g_autoptr (TestReplica) after = test_replica_new (server, me, NULL);

  test_pull (before);
  g_assert_nonnull (strstr (before->text->str, mine));
  set (server, office.boss, "company", company, "owner", test_text (server, "'%s'", office.owners[3]));
  test_pull (after);
  g_assert_null (strstr (after->text->str, company));
  g_assert_null (strstr (after->text->str, mine));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/rights/read", test_read);
  test_case ("/rights/edit", test_edit);
  test_case ("/rights/delete", test_delete);
  test_case ("/rights/create", test_create);
  test_case ("/rights/assign", test_assign);
  test_case ("/rights/plan", test_plan);
  test_case ("/rights/delegation", test_delegation);
  test_case ("/rights/delegation-day", test_delegation_day);
  test_case ("/rights/department", test_department);
  test_case ("/rights/administered", test_administered);
  test_case ("/rights/common", test_common);
  test_case ("/rights/tags", test_tags);
  test_case ("/rights/role", test_role);
  test_case ("/rights/no-role", test_no_role);
  test_case ("/rights/last-administrator", test_last_administrator);
  test_case ("/rights/everything", test_everything);
  test_case ("/rights/hand-over", test_hand_over);
  test_case ("/rights/move", test_move);
  test_case ("/rights/hidden", test_hidden);
  test_case ("/rights/hidden-move", test_hidden_move);
  test_case ("/rights/differences", test_differences);
  test_case ("/rights/difference-out-of-view", test_difference_out_of_view);
  return g_test_run ();
}
