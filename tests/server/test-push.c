/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

/* What the server does with mutations: results, replays, groups, deletions, merges. */

typedef struct
{
  const char *user, *other;         /* users */
  const char *client, *second;      /* clients of theirs */
  const char *pipeline, *stages[3]; /* a pipeline */
} Office;

static Office
make_office (TestServer *server)
{
  Office office = { 0 };

  office.user = test_add_user (server, "Анна", NULL, NULL);
  office.other = test_add_user (server, "Борис", NULL, NULL);
  office.client = test_id (server);
  office.second = test_id (server);
  office.pipeline = test_add (server, "pipeline", "{'name':'Продажи','kind':'deals'}");
  for (guint i = 0; i < G_N_ELEMENTS (office.stages); i++)
    office.stages[i] =
      test_add (server, "stage", test_text (server, "{'name':'Э','kind':'open','pipeline':'%s'}", office.pipeline));
  return office;
}

static const char *
add_deal (TestServer *server, Office *office, const char *company)
{
  return test_add (server, "deal",
                   test_text (server, "{'title':'Сделка','pipeline':'%s','stage':'%s'%s%s%s}", office->pipeline,
                              office->stages[0], company != NULL ? ",'company':'" : "", company != NULL ? company : "",
                              company != NULL ? "'" : ""));
}

static const char *
change (TestServer *server, const char *field, const char *base, const char *changed)
{
  return test_text (server, "{'%s':{'base':%s,'new':%s}}", field, base, changed);
}

static TorgWireMutation *
in_group (TorgWireMutation *mutation, TorgWireMutation *first)
{
  g_set_str (&mutation->group, first->group);
  return mutation;
}

/* One mutation of a client; tells the result. */
static const char *
push_one (TestServer *server, const char *user, const char *client, TorgWireMutation *mutation)
{
  g_autoptr (GPtrArray) batch = test_batch (mutation, NULL);
  g_autoptr (GPtrArray) results = test_push (server, user, client, batch, TORG_PUSH_DONE);

  return test_result (server, results, 0);
}

static void
test_results (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server);
  const char *nothing = test_id (server);
  const char *tags[] = { test_add (server, "tag", "{'name':'а'}"), test_add (server, "tag", "{'name':'б'}") };

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}"), ==,
                   "applied");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "city", "null", "'Тверь'")), ==,
    "applied");
  /* The same change by somebody else is none; another one is a difference, and the first one stays. */
  g_assert_cmpstr (
    test_do (server, office.other, TORG_OP_PATCH, "company", company, change (server, "city", "null", "'Тверь'")), ==,
    "applied");
  g_assert_cmpstr (
    test_do (server, office.other, TORG_OP_PATCH, "company", company, change (server, "city", "null", "'Пермь'")), ==,
    "conflict");
  g_assert_cmpstr (test_field (server, "company", company, "city"), ==, "\"Тверь\"");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE state = 'open' AND field = 'city' AND "
                                       "proposed = '\"Пермь\"' AND stayed = '\"Тверь\"' AND before = 'null'"),
                   ==, 1);
  /* Tags and lines of text go together. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company,
                            change (server, "tags", "null", test_text (server, "['%s']", tags[0]))),
                   ==, "applied");
  g_assert_cmpstr (test_do (server, office.other, TORG_OP_PATCH, "company", company,
                            change (server, "tags", "null", test_text (server, "['%s']", tags[1]))),
                   ==, "merged");
  g_assert_cmpstr (test_field (server, "company", company, "tags"), ==,
                   test_text (server, "[\"%s\",\"%s\"]", tags[0], tags[1]));
  /* A number is compared as it was cleaned when it came. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company,
                            change (server, "phones", "null", "[{'raw':'8 495 123\\n45 67'}]")),
                   ==, "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company,
                            change (server, "phones", "[{'raw':'8 495 123\\n45 67'}]", "[{'raw':'8 495 765-43-21'}]")),
                   ==, "applied");
  /* What is taken out a second time is noted: somebody may put it in again, who had done so before. */
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (test_do (server, i == 0 ? office.user : office.other, TORG_OP_PATCH, "company", company,
                              change (server, "tags", test_text (server, "['%s','%s']", tags[0], tags[1]),
                                      test_text (server, "['%s']", tags[1]))),
                     ==, "applied");
  g_assert_cmpint (test_count (server, "SELECT count(DISTINCT author) FROM history WHERE field = 'tags' AND "
                                       "length(old) > length(new) AND old <> 'null'"),
                   ==, 2);
  /* Rejections. */
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", nothing, change (server, "city", "null", "'Тверь'")), ==,
    "not_found");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "nonsense", company, "{}"), ==, "invalid:type");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "employees", "null", "'много'")),
    ==, "invalid:employees");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "name", "'Ромашка'", "null")), ==,
    "invalid");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "company", nothing, "{}"), ==, "invalid");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "person", nothing,
                            test_text (server, "{'name':{'new':'Н'},'company':{'new':'%s'}}", nothing)),
                   ==, "dependency:company");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "history", nothing, "{}"), ==, "forbidden");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM person"), ==, 0);
  /* Who did what. */
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history WHERE field = 'city'"), ==, 1);
}

static void
test_replay (TestServer *server)
{
  Office office = make_office (server);
  g_autoptr (GPtrArray) batch =
    test_batch (test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"),
                test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{}"), NULL);
  g_autoptr (GPtrArray) first = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);
  g_autoptr (GPtrArray) again = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);
  g_autoptr (GPtrArray) other = NULL;
  g_autoptr (GPtrArray) elsewhere = NULL;
  g_autoptr (GPtrArray) refused = NULL;
  gint64 seq = test_count (server, "SELECT seq FROM workspace");

  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (test_result (server, first, i), ==, test_result (server, again, i));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 1);
  /* Half old, half new. */
  g_ptr_array_add (
    batch, test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'б'}}"));
  other = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, other, 2), ==, "applied");
  g_assert_cmpint (test_count (server, "SELECT seq FROM workspace"), ==, seq + 1);
  /* From a replica that took a new id: known by the mutations' ids. */
  elsewhere = test_push (server, office.user, office.second, batch, TORG_PUSH_DONE);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (test_result (server, elsewhere, i), ==, test_result (server, other, i));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 2);
  g_assert_cmpint (test_count (server, "SELECT seq FROM workspace"), ==, seq + 1);
  /* The same number for something else. */
  g_clear_pointer (&((TorgWireMutation *) batch->pdata[0])->fields, json_node_unref);
  ((TorgWireMutation *) batch->pdata[0])->fields = json_from_string ("{\"name\":{\"new\":\"в\"}}", NULL);
  refused = test_push (server, office.user, office.client, batch, TORG_PUSH_REUSED);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 2);
}

/* A mutation that comes twice in one batch, under two numbers, is done once. */
static void
test_twice (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_add (server, "company", "{'name':'Ромашка'}");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) results = NULL;

  batch = test_batch (
    test_mutation (server, office.client, TORG_OP_PATCH, "company", company, change (server, "note", "null", "'а'")),
    test_mutation (server, office.client, TORG_OP_PATCH, "company", company, change (server, "note", "'а'", "'б'")),
    test_mutation (server, office.client, TORG_OP_PATCH, "company", company, change (server, "note", "null", "'а'")),
    NULL);
  g_set_str (&((TorgWireMutation *) batch->pdata[2])->id, ((TorgWireMutation *) batch->pdata[0])->id);
  results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 2), ==, "applied");
  g_assert_cmpstr (test_field (server, "company", company, "note"), ==, "\"б\"");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 0);
}

static void
test_gap (TestServer *server)
{
  Office office = make_office (server);
  g_autoptr (TorgWireMutation) lost = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
  TorgPushStatus status;
  gint64         expected;

  push_one (server, office.user, office.client,
            test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"));
  lost = test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'б'}}");
  batch = test_batch (
    test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'в'}}"), NULL);
  g_assert_true (torg_push (server->store, office.user, office.client, batch, results, &status, &expected, NULL));
  g_assert_cmpint (status, ==, TORG_PUSH_GAP);
  g_assert_cmpint (expected, ==, 2);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 1);
  /* A hole in the middle of a batch leaves nothing of its beginning. */
  g_ptr_array_insert (batch, 0, g_steal_pointer (&lost));
  g_ptr_array_add (
    batch, test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'г'}}"));
  ((TorgWireMutation *) batch->pdata[2])->client_seq = 5;
  g_ptr_array_set_size (results, 0);
  g_assert_true (torg_push (server->store, office.user, office.client, batch, results, &status, &expected, NULL));
  g_assert_cmpint (status, ==, TORG_PUSH_GAP);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 1);
}

static void
test_clients (TestServer *server)
{
  Office office = make_office (server);
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) foreign = NULL;
  g_autoptr (GPtrArray) revoked = NULL;

  push_one (server, office.user, office.client,
            test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"));
  batch = test_batch (
    test_mutation (server, office.client, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'б'}}"), NULL);
  foreign = test_push (server, office.other, office.client, batch, TORG_PUSH_FOREIGN);
  g_assert_true (torg_db_exec (torg_server_store_get_db (server->store), "UPDATE client SET revoked = 1", NULL));
  revoked = test_push (server, office.user, office.client, batch, TORG_PUSH_FOREIGN);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 1);
  g_assert_cmpuint (foreign->len + revoked->len, ==, 0);
}

/* All or nothing; a difference fails nothing. */
static void
test_group (TestServer *server)
{
  Office            office = make_office (server);
  const char       *company = test_add (server, "company", "{'name':'Ромашка','city':'Тверь'}");
  const char       *person = test_id (server);
  TorgWireMutation *first =
    test_mutation (server, office.client, TORG_OP_CREATE, "person", person, "{'name':{'new':'Нина'}}");
  g_autoptr (GPtrArray) batch = test_batch (
    first,
    in_group (test_mutation (server, office.client, TORG_OP_PATCH, "company", company,
                             change (server, "city", "'Тверь'", "'Пермь'")),
              first),
    in_group (test_mutation (server, office.client, TORG_OP_PATCH, "company", test_id (server), "{}"), first),
    test_mutation (server, office.client, TORG_OP_PATCH, "company", company,
                   change (server, "region", "null", "'Урал'")),
    NULL);
  g_autoptr (GPtrArray) results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) second_results = NULL;

  g_assert_cmpstr (test_result (server, results, 0), ==, "group");
  g_assert_cmpstr (test_result (server, results, 1), ==, "group");
  g_assert_cmpstr (test_result (server, results, 2), ==, "not_found");
  g_assert_cmpstr (test_result (server, results, 3), ==, "applied");
  g_assert_cmpstr (test_field (server, "company", company, "city"), ==, "\"Тверь\"");
  g_assert_cmpstr (test_field (server, "company", company, "region"), ==, "\"Урал\"");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM person"), ==, 0);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history WHERE field = 'city'"), ==, 0);

  first = test_mutation (server, office.client, TORG_OP_CREATE, "person", person, "{'name':{'new':'Нина'}}");
  second = test_batch (first,
                       in_group (test_mutation (server, office.client, TORG_OP_PATCH, "company", company,
                                                change (server, "city", "null", "'Пермь'")),
                                 first),
                       NULL);
  second_results = test_push (server, office.user, office.client, second, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, second_results, 0), ==, "applied");
  g_assert_cmpstr (test_result (server, second_results, 1), ==, "conflict");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM person"), ==, 1);
}

/* What hangs on a record goes with it, lets go of it, or keeps it; also where all came in one batch. */
static void
test_delete (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_add (server, "company", "{'name':'Ромашка'}");
  const char *person = test_add (server, "person", test_text (server, "{'name':'Н','company':'%s'}", company));
  const char *entity = test_add (server, "legal_entity", test_text (server, "{'name':'ООО','company':'%s'}", company));
  const char *deal = add_deal (server, &office, company);
  const char *call = test_add (server, "activity", test_text (server, "{'kind':'call','company':'%s'}", company));
  const char *file = test_add (server, "attachment", test_text (server, "{'name':'а','activity':'%s'}", call));

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "pipeline", office.pipeline, NULL), ==, "rule:stage");
  g_assert_false (test_is_deleted (server, "stage", office.stages[0]));
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  g_assert_true (test_is_deleted (server, "company", company));
  g_assert_true (test_is_deleted (server, "legal_entity", entity));
  g_assert_true (test_is_deleted (server, "activity", call));
  g_assert_true (test_is_deleted (server, "attachment", file));
  g_assert_false (test_is_deleted (server, "person", person));
  g_assert_false (test_is_deleted (server, "deal", deal));
  g_assert_cmpstr (test_field (server, "person", person, "company"), ==, "null");
  g_assert_cmpstr (test_field (server, "deal", deal, "company"), ==, "null");
  /* A second time nothing is left to do. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  /* What hangs on it does not come back before it does. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_RESTORE, "legal_entity", entity, NULL), ==, "rule");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_RESTORE, "company", company, NULL), ==, "applied");
  g_assert_false (test_is_deleted (server, "company", company));
  /* It then comes along, with what hangs on it in turn. */
  g_assert_false (test_is_deleted (server, "legal_entity", entity));
  g_assert_false (test_is_deleted (server, "activity", call));
  g_assert_false (test_is_deleted (server, "attachment", file));
  /* What was deleted before by itself does not. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "attachment", file, NULL), ==, "applied");
  torg_env_set_now (server->env, torg_env_get_now (server->env) + 1);
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_RESTORE, "company", company, NULL), ==, "applied");
  g_assert_false (test_is_deleted (server, "activity", call));
  g_assert_true (test_is_deleted (server, "attachment", file));
  /* A card whose stage was removed stands in another one. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "deal", deal, NULL), ==, "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "stage", office.stages[0], NULL), ==, "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_RESTORE, "deal", deal, NULL), ==, "applied");
  g_assert_false (test_is_deleted (server, "deal", deal));
  g_assert_cmpstr (test_field (server, "deal", deal, "stage"), ==, test_text (server, "\"%s\"", office.stages[1]));
}

static void
test_delete_fresh (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server), *person = test_id (server), *note = test_id (server);
  g_autoptr (GPtrArray) batch =
    test_batch (test_mutation (server, office.client, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}"),
                test_mutation (server, office.client, TORG_OP_CREATE, "person", person,
                               test_text (server, "{'name':{'new':'Н'},'company':{'new':'%s'}}", company)),
                test_mutation (server, office.client, TORG_OP_CREATE, "activity", note,
                               test_text (server, "{'kind':{'new':'note'},'company':{'new':'%s'}}", company)),
                test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL), NULL);
  g_autoptr (GPtrArray) results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);

  for (guint i = 0; i < batch->len; i++)
    g_assert_cmpstr (test_result (server, results, i), ==, "applied");
  g_assert_true (test_is_deleted (server, "company", company));
  g_assert_true (test_is_deleted (server, "activity", note));
  g_assert_cmpstr (test_field (server, "person", person, "company"), ==, "null");
}

/* Somebody changed what is to be deleted: it stays, and it is asked. One's own changes are no reason. */
static void
test_delete_newer (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_add (server, "company", "{'name':'Ромашка'}");
  gint64      base = test_seq (server, "company", company);
  TorgWireMutation *delete;

  g_assert_cmpstr (push_one (server, office.other, office.second,
                             test_mutation (server, office.second, TORG_OP_PATCH, "company", company,
                                            change (server, "city", "null", "'Тверь'"))),
                   ==, "applied");
  delete = test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL);
  delete->base_seq = base;
  g_assert_cmpstr (push_one (server, office.user, office.client, delete), ==, "conflict");
  g_assert_false (test_is_deleted (server, "company", company));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE field = 'deleted' AND proposed = 'true'"),
                   ==, 1);
  base = test_seq (server, "company", company);
  g_assert_cmpstr (push_one (server, office.user, office.client,
                             test_mutation (server, office.client, TORG_OP_PATCH, "company", company,
                                            change (server, "region", "null", "'Урал'"))),
                   ==, "applied");
  delete = test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL);
  delete->base_seq = base;
  g_assert_cmpstr (push_one (server, office.user, office.client, delete), ==, "applied");
  g_assert_true (test_is_deleted (server, "company", company));
}

/* Somebody added to what is to be deleted, changed what hangs on it, or what hangs on that: it all stays, and it is
 * asked. What the client knew of goes along, as does what it added itself. */
static void
test_delete_with_newer (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_add (server, "company", "{'name':'Ромашка'}");
  const char *note = test_id (server), *file = test_id (server), *own = test_id (server);
  gint64      base = test_seq (server, "company", company);
  TorgWireMutation *delete;

  g_assert_cmpstr (
    push_one (server, office.other, office.second,
              test_mutation (server, office.second, TORG_OP_CREATE, "activity", note,
                             test_text (server, "{'kind':{'new':'note'},'company':{'new':'%s'}}", company))),
    ==, "applied");
  g_assert_cmpstr (
    push_one (server, office.user, office.client,
              test_mutation (server, office.client, TORG_OP_CREATE, "activity", own,
                             test_text (server, "{'kind':{'new':'note'},'company':{'new':'%s'}}", company))),
    ==, "applied");
  delete = test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL);
  delete->base_seq = base;
  g_assert_cmpstr (push_one (server, office.user, office.client, delete), ==, "conflict");
  g_assert_false (test_is_deleted (server, "company", company));
  g_assert_false (test_is_deleted (server, "activity", note));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE field = 'deleted' AND proposed = 'true' "
                                       "AND state = 'open' AND deleted IS NULL"),
                   ==, 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history WHERE field = 'deleted'"), ==, 0);
  /* Two steps down. */
  base = test_count (server, "SELECT seq FROM workspace");
  g_assert_cmpstr (
    push_one (server, office.other, office.second,
              test_mutation (server, office.second, TORG_OP_CREATE, "attachment", file,
                             test_text (server,
                                        "{'name':{'new':'а'},'file':{'new':"
                                        "'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
                                        "'},'activity':{'new':'%s'}}",
                                        note))),
    ==, "applied");
  delete = test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL);
  delete->base_seq = base;
  g_assert_cmpstr (push_one (server, office.user, office.client, delete), ==, "conflict");
  g_assert_false (test_is_deleted (server, "attachment", file));
  /* Once it was seen, all of it goes. */
  delete = test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL);
  delete->base_seq = test_seq (server, "attachment", file);
  g_assert_cmpstr (push_one (server, office.user, office.client, delete), ==, "applied");
  g_assert_true (test_is_deleted (server, "company", company));
  g_assert_true (test_is_deleted (server, "activity", note));
  g_assert_true (test_is_deleted (server, "activity", own));
  g_assert_true (test_is_deleted (server, "attachment", file));
}

/* What the client made and never saw come back, and somebody added to. */
static void
test_delete_own_with_newer (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server), *note = test_id (server);

  g_assert_cmpstr (
    push_one (server, office.user, office.client,
              test_mutation (server, office.client, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}")),
    ==, "applied");
  g_assert_cmpstr (
    push_one (server, office.other, office.second,
              test_mutation (server, office.second, TORG_OP_CREATE, "activity", note,
                             test_text (server, "{'kind':{'new':'note'},'company':{'new':'%s'}}", company))),
    ==, "applied");
  g_assert_cmpstr (push_one (server, office.user, office.client,
                             test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL)),
                   ==, "conflict");
  g_assert_false (test_is_deleted (server, "company", company));
  g_assert_false (test_is_deleted (server, "activity", note));
}

/* What is added to a deleted record goes with it, is asked of once for a group, and comes back with it. */
static void
test_add_to_deleted (TestServer *server)
{
  Office            office = make_office (server);
  const char       *company = test_add (server, "company", "{'name':'Ромашка'}");
  const char       *other = test_add (server, "company", "{'name':'Лютик'}");
  const char       *old = test_add (server, "activity", test_text (server, "{'kind':'note','company':'%s'}", company));
  const char       *note = test_id (server), *file = test_id (server);
  const char       *body = test_text (server, "{'kind':{'new':'note'},'company':{'new':'%s'}}", company);
  TorgWireMutation *first = test_mutation (server, office.second, TORG_OP_CREATE, "activity", note, body);
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) results = NULL;

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  batch = test_batch (
    first,
    in_group (test_mutation (server, office.second, TORG_OP_CREATE, "attachment", file,
                             test_text (server,
                                        "{'name':{'new':'а'},'file':{'new':"
                                        "'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'},"
                                        "'activity':{'new':'%s'}}",
                                        old)),
              first),
    in_group (test_mutation (server, office.second, TORG_OP_PATCH, "company", other,
                             change (server, "city", "null", "'Тверь'")),
              first),
    NULL);
  results = test_push (server, office.other, office.second, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 0), ==, "conflict");
  g_assert_cmpstr (test_result (server, results, 1), ==, "conflict");
  g_assert_cmpstr (test_result (server, results, 2), ==, "applied");
  g_assert_true (test_is_deleted (server, "activity", note));
  g_assert_true (test_is_deleted (server, "attachment", file));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 1);
  g_assert_cmpint (test_count (server, test_text (server,
                                                  "SELECT count(*) FROM conflict WHERE field = 'deleted' AND "
                                                  "record_type = 'company' AND stayed = 'true' AND deleted IS NULL AND "
                                                  "proposed LIKE '%%added%%%s%%%s%%'",
                                                  note, file)),
                   ==, 1);
  /* What moves there stays where it was. */
  old = test_add (server, "activity", test_text (server, "{'kind':'note','company':'%s'}", other));
  g_assert_cmpstr (
    test_do (server, office.other, TORG_OP_PATCH, "activity", old,
             change (server, "company", test_text (server, "'%s'", other), test_text (server, "'%s'", company))),
    ==, "conflict");
  g_assert_cmpstr (test_field (server, "activity", old, "company"), ==, test_text (server, "\"%s\"", other));
  g_assert_false (test_is_deleted (server, "activity", old));
  /* All comes back. */
  g_assert_cmpstr (test_do (server, office.other, TORG_OP_RESTORE, "company", company, NULL), ==, "applied");
  g_assert_false (test_is_deleted (server, "activity", note));
  g_assert_false (test_is_deleted (server, "attachment", file));
}

/* A record that this client made, so that its deletion has no base, but that somebody has changed since. */
static void
test_delete_own (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server);

  g_assert_cmpstr (
    push_one (server, office.user, office.client,
              test_mutation (server, office.client, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}")),
    ==, "applied");
  g_assert_cmpstr (push_one (server, office.other, office.second,
                             test_mutation (server, office.second, TORG_OP_PATCH, "company", company,
                                            change (server, "city", "null", "'Тверь'"))),
                   ==, "applied");
  g_assert_cmpstr (push_one (server, office.user, office.client,
                             test_mutation (server, office.client, TORG_OP_DELETE, "company", company, NULL)),
                   ==, "conflict");
  g_assert_false (test_is_deleted (server, "company", company));
}

static void
test_edit_deleted (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_add (server, "company", "{'name':'Ромашка'}");

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "company", company, NULL), ==, "applied");
  g_assert_cmpstr (
    test_do (server, office.other, TORG_OP_PATCH, "company", company, change (server, "city", "null", "'Тверь'")), ==,
    "conflict");
  g_assert_true (test_is_deleted (server, "company", company));
  g_assert_cmpstr (test_field (server, "company", company, "city"), ==, "null");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE field = 'deleted' AND stayed = 'true' AND "
                                       "proposed LIKE '%Тверь%'"),
                   ==, 1);
}

static void
test_move (TestServer *server)
{
  Office      office = make_office (server);
  const char *deal = add_deal (server, &office, NULL);
  const char *to_second = test_text (server, "{'stage':{'base':'%s','new':'%s'},'rank':{'base':null,'new':7}}",
                                     office.stages[0], office.stages[1]);
  const char *to_third = test_text (server, "{'stage':{'base':'%s','new':'%s'},'rank':{'base':null,'new':9}}",
                                    office.stages[0], office.stages[2]);

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_COMMAND, "deal", deal, to_second), ==, "applied");
  /* Where it was not any more when the other one moved it: nothing of that, the rank neither. */
  g_assert_cmpstr (test_do (server, office.other, TORG_OP_COMMAND, "deal", deal, to_third), ==, "conflict");
  g_assert_cmpstr (test_field (server, "deal", deal, "stage"), ==, test_text (server, "\"%s\"", office.stages[1]));
  g_assert_cmpstr (test_field (server, "deal", deal, "rank"), ==, "7");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE field = 'stage'"), ==, 1);
  /* To where it is already. */
  g_assert_cmpstr (test_do (server, office.other, TORG_OP_COMMAND, "deal", deal, to_second), ==, "applied");
}

static void
test_unknown (TestServer *server)
{
  static const char *const wrong[] = { "seq", "keys", "Имя", "a b", "1st" };
  g_autofree char         *long_text = NULL;
  Office                   office = make_office (server);
  const char              *company = test_id (server);
  g_autoptr (TestReplica) replica = test_replica_new (server, office.user, NULL);

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "company", company,
                            "{'name':{'new':'Ромашка'},'later':{'new':{'а':[1,null]}}}"),
                   ==, "applied");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "city", "null", "'Тверь'")), ==,
    "applied");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "mood", "null", "5")), ==,
    "applied");
  test_pull (replica);
  g_assert_nonnull (strstr (replica->text->str, "\"later\":{\"а\":[1,null]}"));
  g_assert_nonnull (strstr (replica->text->str, "\"mood\":5"));

  /* Nothing of it is written over either, and history knows it. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "mood", "4", "6")),
                   ==, "conflict");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE field = 'mood' AND proposed = '6' AND "
                                       "stayed = '5'"),
                   ==, 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM history WHERE field = 'mood' AND new = '5'"), ==, 1);
  /* It has limits, and no name of anything else. */
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpstr (
      test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, wrong[i], "null", "1")), ==,
      test_text (server, "invalid:%s", wrong[i]));
  long_text = g_strnfill (200001, 'x');
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company,
                            change (server, "essay", "null", test_text (server, "'%s'", long_text))),
                   ==, "invalid:essay");
}

/* A custom field and its first value in one batch. */
static void
test_custom (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server);
  g_autoptr (GPtrArray) batch = test_batch (
    test_mutation (server, office.client, TORG_OP_CREATE, "field_def", test_id (server),
                   "{'record_type':{'new':'company'},'name':{'new':'x_size'},'label':{'new':'Размер'},'kind':{'new':"
                   "'number'}}"),
    test_mutation (server, office.client, TORG_OP_CREATE, "company", company,
                   "{'name':{'new':'Ромашка'},'x_size':{'new':12.5}}"),
    NULL);
  g_autoptr (GPtrArray) results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);

  g_assert_cmpstr (test_result (server, results, 0), ==, "applied");
  g_assert_cmpstr (test_result (server, results, 1), ==, "applied");
  g_assert_cmpstr (test_field (server, "company", company, "x_size"), ==, "12.5");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "company", company, change (server, "x_size", "12.5", "13")), ==,
    "applied");
  g_assert_cmpstr (test_field (server, "company", company, "x_size"), ==, "13");
}

/* What hangs on a record of the same batch; on one that was rejected. */
static void
test_dependency (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server), *bad = test_id (server);
  g_autoptr (GPtrArray) batch = test_batch (
    test_mutation (server, office.client, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}"),
    test_mutation (server, office.client, TORG_OP_CREATE, "legal_entity", test_id (server),
                   test_text (server, "{'name':{'new':'ООО'},'company':{'new':'%s'}}", company)),
    test_mutation (server, office.client, TORG_OP_CREATE, "company", bad, "{}"),
    test_mutation (server, office.client, TORG_OP_CREATE, "person", test_id (server),
                   test_text (server, "{'name':{'new':'Н'},'company':{'new':'%s'}}", bad)),
    test_mutation (server, office.client, TORG_OP_PATCH, "company", bad, change (server, "city", "null", "'Тверь'")),
    NULL);
  g_autoptr (GPtrArray) results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);

  g_assert_cmpstr (test_result (server, results, 0), ==, "applied");
  g_assert_cmpstr (test_result (server, results, 1), ==, "applied");
  g_assert_cmpstr (test_result (server, results, 2), ==, "invalid");
  g_assert_cmpstr (test_result (server, results, 3), ==, "dependency:company");
  g_assert_cmpstr (test_result (server, results, 4), ==, "not_found");
}

/* What is put into a set must be there; what was in it before need not, where the server forgot it. */
static void
test_members (TestServer *server)
{
  Office      office = make_office (server);
  const char *company = test_id (server), *tag = test_id (server), *lost = test_id (server);

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "tag", tag, "{'name':{'new':'Важный'}}"), ==,
                   "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}"), ==,
                   "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company,
                            test_text (server, "{'tags':{'base':null,'new':['%s','%s']}}", tag, lost)),
                   ==, "dependency:tags");
  g_assert_cmpstr (test_field (server, "company", company, "tags"), ==, "null");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", company,
                            test_text (server, "{'tags':{'base':['%s'],'new':['%s','%s']}}", lost, lost, tag)),
                   ==, "merged");
  g_assert_cmpstr (test_field (server, "company", company, "tags"), ==, test_text (server, "[\"%s\"]", tag));
  /* So it is with what comes with a new record. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "company", test_id (server),
                            test_text (server, "{'name':{'new':'Лютик'},'tags':{'new':['%s','%s']}}", tag, lost)),
                   ==, "dependency:tags");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "company", test_id (server),
                            test_text (server, "{'name':{'new':'Лютик'},'tags':{'new':['%s']}}", tag)),
                   ==, "applied");
}

/* One id for records of two types is a broken or hostile client's. */
static void
test_same_id (TestServer *server)
{
  Office      office = make_office (server);
  const char *id = test_id (server);
  g_autoptr (GPtrArray) batch = test_batch (
    test_mutation (server, office.client, TORG_OP_CREATE, "company", id, "{'name':{'new':'Ромашка'}}"),
    test_mutation (server, office.client, TORG_OP_CREATE, "tag", id, "{'name':{'new':'а'}}"),
    test_mutation (server, office.client, TORG_OP_PATCH, "company", id, change (server, "city", "null", "'Тверь'")),
    NULL);
  g_autoptr (GPtrArray) results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);

  g_assert_cmpstr (test_result (server, results, 0), ==, "applied");
  g_assert_cmpstr (test_result (server, results, 1), ==, "invalid:id");
  g_assert_cmpstr (test_result (server, results, 2), ==, "applied");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "tag", id, "{'name':{'new':'а'}}"), ==, "invalid:id");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM tag"), ==, 0);
}

/* The shape of a company: what replicas keep is kept of what comes from anywhere, also of what came in the same batch.
 */
static void
test_shape (TestServer *server)
{
  Office                   office = make_office (server);
  const char              *leads = test_add (server, "pipeline", "{'name':'Лиды','kind':'leads'}");
  const char              *deal = add_deal (server, &office, NULL);
  const char              *lead = test_id (server);
  const char              *companies[3], *def = test_id (server);
  const char              *pipeline = test_text (server, "'%s'", office.pipeline);
  static const char *const defs[][2] = {
    { "{'record_type':{'new':'deal'},'name':{'new':'x_a'},'label':{'new':'А'},'kind':{'new':'text'}}", "duplicate" },
    { "{'record_type':{'new':'deal'},'name':{'new':'title'},'label':{'new':'А'},'kind':{'new':'text'}}", "duplicate" },
    { "{'record_type':{'new':'deal'},'name':{'new':'a\\\"; --'},'label':{'new':'А'},'kind':{'new':'text'}}",
      "invalid" },
    { "{'record_type':{'new':'deal'},'name':{'new':'x_b'},'label':{'new':'А'},'kind':{'new':'colour'}}", "invalid" },
    { "{'record_type':{'new':'history'},'name':{'new':'x_b'},'label':{'new':'А'},'kind':{'new':'text'}}", "invalid" },
    { "{'record_type':{'new':'none'},'name':{'new':'x_b'},'label':{'new':'А'},'kind':{'new':'text'}}", "invalid" },
    { "{'record_type':{'new':'deal'},'name':{'new':'x_b'},'label':{'new':'А'},'kind':{'new':'ref'}}", "rule" },
    { "{'record_type':{'new':'deal'},'name':{'new':'x_b'},'label':{'new':'А'},'kind':{'new':'choice'}}", "rule" },
    { "{'record_type':{'new':'deal'},'name':{'new':'x_b'},'label':{'new':'А'},'kind':{'new':'ref'},"
      "'target':{'new':'none'}}",
      "invalid" },
    { "{'record_type':{'new':'company'},'name':{'new':'x_a'},'label':{'new':'А'},'kind':{'new':'text'}}", "applied" },
  };

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "pipeline", office.pipeline,
                            change (server, "kind", "'deals'", "'leads'")),
                   ==, "rule");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "stage", office.stages[0],
                            change (server, "pipeline", pipeline, test_text (server, "'%s'", leads))),
                   ==, "rule");
  {
    const char *stage = test_id (server);
    g_autoptr (GPtrArray) batch = test_batch (
      test_mutation (server, office.client, TORG_OP_CREATE, "stage", stage,
                     test_text (server, "{'name':{'new':'Э'},'kind':{'new':'open'},'pipeline':{'new':'%s'}}", leads)),
      test_mutation (
        server, office.client, TORG_OP_CREATE, "lead", lead,
        test_text (server, "{'title':{'new':'Л'},'stage':{'new':'%s'},'pipeline':{'new':'%s'}}", stage, leads)),
      test_mutation (server, office.client, TORG_OP_PATCH, "pipeline", leads,
                     change (server, "kind", "'leads'", "'deals'")),
      test_mutation (server, office.client, TORG_OP_DELETE, "lead", lead, NULL),
      test_mutation (server, office.client, TORG_OP_DELETE, "deal", deal, NULL),
      test_mutation (server, office.client, TORG_OP_PATCH, "pipeline", leads,
                     change (server, "kind", "'leads'", "'deals'")),
      test_mutation (server, office.client, TORG_OP_PATCH, "pipeline", office.pipeline,
                     change (server, "kind", "'deals'", "'leads'")),
      NULL);
    g_autoptr (GPtrArray) results = NULL;

    ((TorgWireMutation *) batch->pdata[4])->base_seq = test_seq (server, "deal", deal);
    results = test_push (server, office.user, office.client, batch, TORG_PUSH_DONE);
    for (guint i = 0; i < 7; i++)
      g_assert_cmpstr (test_result (server, results, i), ==, i == 2 ? "rule" : "applied");
  }
  /* A tree has no circle, however long. */
  for (guint i = 0; i < 3; i++)
    companies[i] = test_add (
      server, "company", i == 0 ? "{'name':'К'}" : test_text (server, "{'name':'К','parent':'%s'}", companies[i - 1]));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", companies[0],
                              change (server, "parent", "null", test_text (server, "'%s'", companies[i]))),
                     ==, "rule");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "company", companies[2],
                            change (server, "parent", test_text (server, "'%s'", companies[1]),
                                    test_text (server, "'%s'", companies[0]))),
                   ==, "applied");

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "field_def", def, defs[0][0]), ==, "applied");
  for (guint i = 0; i < G_N_ELEMENTS (defs); i++)
    g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "field_def", test_id (server), defs[i][0]), ==,
                     defs[i][1]);
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "field_def", def, change (server, "kind", "'text'", "'number'")), ==,
    "rule");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "field_def", def, change (server, "label", "'А'", "'Б'")), ==,
    "applied");
}

/* What a stage asks for is asked of replicas too: theirs may be old, or not ours at all. An import takes stages as they
 * come. */
static void
test_rules (TestServer *server)
{
  Office      office = make_office (server);
  const char *leads = test_add (server, "pipeline", "{'name':'Лиды','kind':'leads'}");
  const char *lead_stage =
    test_add (server, "stage", test_text (server, "{'name':'Э','kind':'open','pipeline':'%s'}", leads));
  const char *won =
    test_add (server, "stage", test_text (server, "{'name':'Успешно','kind':'won','pipeline':'%s'}", office.pipeline));
  const char *lost =
    test_add (server, "stage", test_text (server, "{'name':'Отказ','kind':'lost','pipeline':'%s'}", office.pipeline));
  const char *removed =
    test_add (server, "stage", test_text (server, "{'name':'Была','kind':'open','pipeline':'%s'}", office.pipeline));
  const char *deal = add_deal (server, &office, NULL);
  const char *from = test_text (server, "'%s'", office.stages[0]);
  const char *created =
    test_text (server, "{'title':{'new':'С'},'pipeline':{'new':'%s'},'stage':{'new':'%s'}}", office.pipeline, lost);
  TorgWireMutation *imported;

  g_assert_cmpstr (test_do (server, office.user, TORG_OP_DELETE, "stage", removed, NULL), ==, "applied");
  const char *const refused[] = { won, lost, removed, lead_stage };
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    for (guint op = 0; op < 2; op++)
      g_assert_cmpstr (test_do (server, office.user, op == 0 ? TORG_OP_PATCH : TORG_OP_COMMAND, "deal", deal,
                                change (server, "stage", from, test_text (server, "'%s'", refused[i]))),
                       ==, "rule");
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "deal", deal,
                            test_text (server, "{'stage':{'base':%s,'new':'%s'},'pipeline':{'base':'%s','new':'%s'}}",
                                       from, lead_stage, office.pipeline, leads)),
                   ==, "rule");
  g_assert_cmpstr (test_field (server, "deal", deal, "stage"), ==, test_text (server, "\"%s\"", office.stages[0]));
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_CREATE, "deal", test_id (server), created), ==, "rule");
  imported = test_mutation (server, office.client, TORG_OP_CREATE, "deal", test_id (server), created);
  imported->import = g_strdup (test_id (server));
  g_assert_cmpstr (push_one (server, office.user, office.client, imported), ==, "applied");
  /* Only what it makes: an edit that says it is an import's passes through the stages like any other. */
  for (guint op = 0; op < 2; op++)
    {
      imported = test_mutation (server, office.client, op == 0 ? TORG_OP_PATCH : TORG_OP_COMMAND, "deal", deal,
                                change (server, "stage", from, test_text (server, "'%s'", lost)));
      imported->import = g_strdup (test_id (server));
      g_assert_cmpstr (push_one (server, office.user, office.client, imported), ==, "rule");
    }
  /* With what the stage asks for; and that is not taken away as long as the deal stands there. */
  g_assert_cmpstr (test_do (server, office.user, TORG_OP_PATCH, "deal", deal,
                            test_text (server,
                                       "{'stage':{'base':%s,'new':'%s'},'closed':{'base':null,'new':'2026-03-05'},"
                                       "'amount':{'base':null,'new':{'minor':100,'currency':'RUB'}}}",
                                       from, won)),
                   ==, "applied");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "deal", deal, change (server, "closed", "'2026-03-05'", "null")), ==,
    "rule");
  g_assert_cmpstr (
    test_do (server, office.user, TORG_OP_PATCH, "deal", deal, change (server, "note", "null", "'Текст'")), ==,
    "applied");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/push/results", test_results);
  test_case ("/push/replay", test_replay);
  test_case ("/push/twice", test_twice);
  test_case ("/push/gap", test_gap);
  test_case ("/push/clients", test_clients);
  test_case ("/push/group", test_group);
  test_case ("/push/delete", test_delete);
  test_case ("/push/delete-fresh", test_delete_fresh);
  test_case ("/push/delete-newer", test_delete_newer);
  test_case ("/push/delete-own", test_delete_own);
  test_case ("/push/delete-with-newer", test_delete_with_newer);
  test_case ("/push/delete-own-with-newer", test_delete_own_with_newer);
  test_case ("/push/add-to-deleted", test_add_to_deleted);
  test_case ("/push/edit-deleted", test_edit_deleted);
  test_case ("/push/move", test_move);
  test_case ("/push/unknown", test_unknown);
  test_case ("/push/custom", test_custom);
  test_case ("/push/dependency", test_dependency);
  test_case ("/push/members", test_members);
  test_case ("/push/same-id", test_same_id);
  test_case ("/push/shape", test_shape);
  test_case ("/push/rules", test_rules);
  return g_test_run ();
}
