/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-json.h"
#include "torg-test-server.h"

/* Two records become one: with all that refers to the one that goes, whoever does it at the same time and in whatever
 * direction. */

#define RIGHTS "{`*`:{`read`:`all`,`create`:`all`,`edit`:`%s`,`delete`:`%s`,`assign`:`all`}}"

typedef struct
{
  const char *anna, *boris;
  const char *one, *other; /* companies */
  const char *deal, *task, *person;
} Office;

static const char *
add_user (TestServer *server, const char *name, const char *reach)
{
  const char *role =
    test_add (server, "role", test_text (server, "{'name':'%s','rights':'" RIGHTS "'}", name, reach, reach));

  return test_add_user (server, name, role, NULL);
}

static Office
make_office (TestServer *server)
{
  Office      office = { add_user (server, "Анна", "all"), add_user (server, "Борис", "all") };
  const char *pipeline = test_add (server, "pipeline", "{'name':'Продажи','kind':'deals'}");
  const char *stage = test_add (
    server, "stage", test_text (server, "{'name':'Новая','kind':'open','pipeline':'%s','position':1}", pipeline));

  office.one = test_add (server, "company", "{'name':'Ромашка'}");
  office.other = test_add (server, "company", "{'name':'Romashka'}");
  office.deal = test_add (server, "deal",
                          test_text (server, "{'title':'Насосы','pipeline':'%s','stage':'%s','company':'%s'}", pipeline,
                                     stage, office.other));
  office.task = test_add (server, "activity",
                          test_text (server, "{'kind':'task','subject':'Позвонить','company':'%s'}", office.other));
  office.person = test_add (server, "person", test_text (server, "{'name':'Иван','company':'%s'}", office.one));
  return office;
}

/* As a replica sends it that knows all that there is. */
static const char *
merge (TestServer *server, const char *user, const char *id, const char *into)
{
  g_autofree char  *client = torg_id_derive (user, "client");
  TorgWireMutation *mutation = test_mutation (server, client, TORG_OP_COMMAND, "company", id,
                                              test_text (server, "{'merged_into':{'base':null,'new':'%s'}}", into));
  g_autoptr (GPtrArray) batch = test_batch (mutation, NULL);
  g_autoptr (GPtrArray) results = NULL;

  g_set_str (&mutation->command, "merge");
  mutation->base_seq = test_seq (server, "company", id);
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  return test_result (server, results, 0);
}

/* A reference as it is stored. */
static const char *
get_ref (TestServer *server, const char *type, const char *id, const char *field)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  const char *json = test_field (server, type, id, field);

  return json != NULL && torg_value_from_json_text (json, TORG_KIND_REF, &value) && value.text != NULL
           ? test_text (server, "%s", value.text)
           : NULL;
}

static void
assert_united (TestServer *server, Office *office, const char *kept, const char *gone)
{
  g_assert_false (test_is_deleted (server, "company", kept));
  g_assert_true (test_is_deleted (server, "company", gone));
  g_assert_cmpstr (get_ref (server, "company", gone, "merged_into"), ==, kept);
  g_assert_cmpstr (get_ref (server, "company", kept, "merged_into"), ==, NULL);
  g_assert_cmpstr (get_ref (server, "deal", office->deal, "company"), ==, kept);
  g_assert_cmpstr (get_ref (server, "activity", office->task, "company"), ==, kept);
  g_assert_cmpstr (get_ref (server, "person", office->person, "company"), ==, kept);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

static void
test_once (TestServer *server)
{
  Office      office = make_office (server);
  const char *late = test_id (server);

  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  assert_united (server, &office, office.one, office.other);
  /* What refers to it refers to the one that is left, made or changed by whoever did not know. */
  g_assert_cmpstr (test_do (server, office.boris, TORG_OP_CREATE, "person", late,
                            test_text (server, "{'name':{'new':'Пётр'},'company':{'new':'%s'}}", office.other)),
                   ==, "applied");
  g_assert_cmpstr (get_ref (server, "person", late, "company"), ==, office.one);
  g_assert_cmpstr (test_do (server, office.boris, TORG_OP_PATCH, "deal", office.deal,
                            test_text (server, "{'company':{'base':'%s','new':null}}", office.other)),
                   ==, "applied");
  g_assert_cmpstr (get_ref (server, "deal", office.deal, "company"), ==, NULL);
}

static void
test_same_direction (TestServer *server)
{
  Office office = make_office (server);

  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  g_assert_cmpstr (merge (server, office.boris, office.other, office.one), ==, "merged");
  assert_united (server, &office, office.one, office.other);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 0);
}

static void
test_opposite (TestServer *server)
{
  Office office = make_office (server);

  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  g_assert_cmpstr (merge (server, office.boris, office.one, office.other), ==, "merged");
  assert_united (server, &office, office.one, office.other);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 0);
}

/* One into two others. */
static void
test_elsewhere (TestServer *server)
{
  Office      office = make_office (server);
  const char *third = test_add (server, "company", "{'name':'Ромашка Плюс'}");

  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  g_assert_cmpstr (merge (server, office.boris, office.other, third), ==, "conflict");
  assert_united (server, &office, office.one, office.other);
  g_assert_false (test_is_deleted (server, "company", third));
  /* In a ring all three become one. */
  g_assert_cmpstr (merge (server, office.boris, third, office.other), ==, "applied");
  g_assert_cmpstr (get_ref (server, "company", third, "merged_into"), ==, office.one);
  g_assert_cmpstr (merge (server, office.boris, office.one, third), ==, "merged");
  assert_united (server, &office, office.one, office.other);
}

/* What was written meanwhile into the one that goes is not buried with it. */
static void
test_newer (TestServer *server)
{
  Office            office = make_office (server);
  g_autofree char  *client = torg_id_derive (office.anna, "client");
  TorgWireMutation *mutation =
    test_mutation (server, client, TORG_OP_COMMAND, "company", office.other,
                   test_text (server, "{'merged_into':{'base':null,'new':'%s'}}", office.one));
  g_autoptr (GPtrArray) batch = test_batch (mutation, NULL);
  g_autoptr (GPtrArray) results = NULL;

  g_set_str (&mutation->command, "merge");
  mutation->base_seq = test_seq (server, "company", office.other);
  g_assert_cmpstr (
    test_do (server, office.boris, TORG_OP_PATCH, "company", office.other, "{'city':{'base':null,'new':'Тверь'}}"), ==,
    "applied");
  results = test_push (server, office.anna, client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 0), ==, "conflict");
  g_assert_false (test_is_deleted (server, "company", office.other));
  g_assert_cmpstr (get_ref (server, "deal", office.deal, "company"), ==, office.other);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict WHERE field = 'merged_into'"), ==, 1);
}

static void
test_refused (TestServer *server)
{
  Office      office = make_office (server);
  const char *seller = add_user (server, "Вера", "own");

  g_assert_cmpstr (merge (server, seller, office.other, office.one), ==, "forbidden");
  g_assert_cmpstr (merge (server, office.anna, office.other, office.other), ==, "rule:merged_into");
  g_assert_cmpstr (merge (server, office.anna, office.other, test_id (server)), ==, "dependency:merged_into");
  g_assert_cmpstr (test_do (server, office.boris, TORG_OP_DELETE, "company", office.one, "{}"), ==, "applied");
  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "dependency:merged_into");
  g_assert_false (test_is_deleted (server, "company", office.other));
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_CREATE, "company", test_id (server),
                            test_text (server, "{'name':{'new':'Новая'},'merged_into':{'new':'%s'}}", office.other)),
                   ==, "rule:merged_into");
}

static void
test_taken_back (TestServer *server)
{
  Office      office = make_office (server);
  const char *back = test_text (server, "{'merged_into':{'base':'%s','new':null}}", office.one);

  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "company", office.other, back), ==, "applied");
  g_assert_false (test_is_deleted (server, "company", office.other));
  g_assert_cmpstr (get_ref (server, "company", office.other, "merged_into"), ==, NULL);
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "deal", office.deal,
                            test_text (server, "{'company':{'base':'%s','new':'%s'}}", office.one, office.other)),
                   ==, "applied");
  g_assert_cmpstr (get_ref (server, "deal", office.deal, "company"), ==, office.other);
  /* Brought back otherwise it is merged into nothing, too. */
  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_RESTORE, "company", office.other, "{}"), ==, "applied");
  g_assert_cmpstr (get_ref (server, "company", office.other, "merged_into"), ==, NULL);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* A reference that the company added by itself follows a merge, and what is deleted leaves it. */
static void
test_own_field (TestServer *server)
{
  Office      office = make_office (server);
  const char *holder;

  test_add (server, "field_def",
            "{'record_type':'deal','name':'x_agent','label':'Агент','kind':'ref','target':'company','position':1}");
  holder = test_add (server, "deal",
                     test_text (server, "{'title':'Трубы','pipeline':%s,'stage':%s,'x_agent':'%s'}",
                                test_field (server, "deal", office.deal, "pipeline"),
                                test_field (server, "deal", office.deal, "stage"), office.other));
  g_assert_cmpstr (get_ref (server, "deal", holder, "x_agent"), ==, office.other);
  g_assert_cmpstr (merge (server, office.anna, office.other, office.one), ==, "applied");
  g_assert_cmpstr (get_ref (server, "deal", holder, "x_agent"), ==, office.one);
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_DELETE, "company", office.one, "{}"), ==, "applied");
  g_assert_cmpstr (get_ref (server, "deal", holder, "x_agent"), ==, NULL);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/unite/once", test_once);
  test_case ("/unite/same-direction", test_same_direction);
  test_case ("/unite/opposite", test_opposite);
  test_case ("/unite/elsewhere", test_elsewhere);
  test_case ("/unite/newer", test_newer);
  test_case ("/unite/refused", test_refused);
  test_case ("/unite/taken-back", test_taken_back);
  test_case ("/unite/own-field", test_own_field);
  return g_test_run ();
}
