/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-json.h"
#include "torg-test-server.h"

/* A lead is converted once: who does so after somebody else has one difference, and keeps what was made. */

#define RIGHTS "{`*`:{`read`:`all`,`create`:`all`,`edit`:`all`,`delete`:`all`,`assign`:`all`}}"

typedef struct
{
  const char *anna, *boris;
  const char *fresh, *won; /* stages of leads */
  const char *deals, *first;
  const char *lead, *task;
} Office;

static Office
make_office (TestServer *server)
{
  const char *role = test_add (server, "role", test_text (server, "{'name':'Все','rights':'" RIGHTS "'}"));
  const char *leads = test_add (server, "pipeline", "{'name':'Лиды','kind':'leads'}");
  Office      office = { test_add_user (server, "Анна", role, NULL), test_add_user (server, "Борис", role, NULL) };

  office.deals = test_add (server, "pipeline", "{'name':'Продажи','kind':'deals'}");
  office.first = test_add (
    server, "stage", test_text (server, "{'name':'Новая','kind':'open','pipeline':'%s','position':1}", office.deals));
  office.fresh = test_add (server, "stage",
                           test_text (server, "{'name':'Новый','kind':'open','pipeline':'%s','position':1}", leads));
  office.won = test_add (server, "stage",
                         test_text (server, "{'name':'Превращён','kind':'won','pipeline':'%s','position':2}", leads));
  office.lead =
    test_add (server, "lead", test_text (server, "{'name':'Иван','pipeline':'%s','stage':'%s'}", leads, office.fresh));
  office.task =
    test_add (server, "activity", test_text (server, "{'kind':'task','subject':'Позвонить','lead':'%s'}", office.lead));
  return office;
}

typedef struct
{
  const char *person, *deal;
  GPtrArray  *results; /* (owned) */
} Made;

static TorgWireMutation *
add (GPtrArray *batch, TorgWireMutation *mutation, const char *group)
{
  g_set_str (&mutation->group, group);
  if (mutation->op == TORG_OP_COMMAND)
    g_set_str (&mutation->command, "convert");
  g_ptr_array_add (batch, mutation);
  return mutation;
}

/* As a replica sends it that knew the lead before anybody converted it. */
static Made
convert (TestServer *server, Office *office, const char *user, const char *at)
{
  g_autofree char *client = torg_id_derive (user, "client");
  Made             made = { test_id (server), test_id (server) };
  const char      *group = test_id (server);
  g_autoptr (GPtrArray) batch =
    test_batch (test_mutation (server, client, TORG_OP_CREATE, "person", made.person, "{'name':{'new':'Иван'}}"), NULL);

  g_set_str (&((TorgWireMutation *) batch->pdata[0])->group, group);
  add (batch,
       test_mutation (server, client, TORG_OP_CREATE, "deal", made.deal,
                      test_text (server,
                                 "{'title':{'new':'Насосы'},'pipeline':{'new':'%s'},'stage':{'new':'%s'},"
                                 "'person':{'new':'%s'}}",
                                 office->deals, office->first, made.person)),
       group);
  add (batch,
       test_mutation (server, client, TORG_OP_COMMAND, "lead", office->lead,
                      test_text (server,
                                 "{'stage':{'base':'%s','new':'%s'},'rank':{'base':null,'new':1},"
                                 "'converted':{'base':null,'new':%s},'converted_person':{'base':null,'new':'%s'},"
                                 "'converted_deal':{'base':null,'new':'%s'}}",
                                 office->fresh, office->won, at, made.person, made.deal)),
       group);
  add (batch,
       test_mutation (server, client, TORG_OP_COMMAND, "activity", office->task,
                      test_text (server,
                                 "{'lead':{'base':'%s','new':null},'deal':{'base':null,'new':'%s'},"
                                 "'person':{'base':null,'new':'%s'}}",
                                 office->lead, made.deal, made.person)),
       group);
  made.results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  return made;
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
assert_results (TestServer *server, Made *made, const char *lead, const char *task)
{
  g_assert_cmpstr (test_result (server, made->results, 0), ==, "applied");
  g_assert_cmpstr (test_result (server, made->results, 1), ==, "applied");
  g_assert_cmpstr (test_result (server, made->results, 2), ==, lead);
  g_assert_cmpstr (test_result (server, made->results, 3), ==, task);
  g_clear_pointer (&made->results, g_ptr_array_unref);
}

static void
assert_became (TestServer *server, Office *office, Made *made)
{
  g_assert_cmpstr (get_ref (server, "lead", office->lead, "converted_deal"), ==, made->deal);
  g_assert_cmpstr (get_ref (server, "lead", office->lead, "converted_person"), ==, made->person);
  g_assert_cmpstr (get_ref (server, "lead", office->lead, "stage"), ==, office->won);
  g_assert_cmpstr (get_ref (server, "activity", office->task, "deal"), ==, made->deal);
  g_assert_cmpstr (get_ref (server, "activity", office->task, "lead"), ==, NULL);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

static void
test_once (TestServer *server)
{
  Office office = make_office (server);
  Made   made = convert (server, &office, office.anna, "1000");

  assert_results (server, &made, "applied", "applied");
  assert_became (server, &office, &made);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 0);
}

/* One difference, which says all that the other one was to be; nothing is lost. */
static void
test_twice (TestServer *server)
{
  Office      office = make_office (server);
  Made        first = convert (server, &office, office.anna, "1000");
  Made        second = convert (server, &office, office.boris, "2000");
  const char *along;

  assert_results (server, &first, "applied", "applied");
  assert_results (server, &second, "conflict", "merged");
  assert_became (server, &office, &first);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 1);
  g_assert_cmpint (
    test_count (server, "SELECT count(*) FROM conflict WHERE field = 'converted_deal' AND state = 'open'"), ==, 1);
  along = test_text (server, "SELECT count(*) FROM conflict WHERE proposed LIKE '%%%s%%' AND along LIKE '%%%s%%'",
                     second.deal, second.person);
  g_assert_cmpint (test_count (server, along), ==, 1);
  g_assert_false (test_is_deleted (server, "deal", second.deal));
  g_assert_false (test_is_deleted (server, "person", second.person));
}

/* Who knows of the first conversion may put another one in its place. */
static void
test_taken (TestServer *server)
{
  Office office = make_office (server);
  Made   first = convert (server, &office, office.anna, "1000");
  Made   second = convert (server, &office, office.boris, "2000");

  assert_results (server, &first, "applied", "applied");
  assert_results (server, &second, "conflict", "merged");
  g_assert_cmpstr (
    test_do (server, office.boris, TORG_OP_PATCH, "lead", office.lead,
             test_text (server,
                        "{'converted':{'base':1000,'new':2000},"
                        "'converted_deal':{'base':'%s','new':'%s'},'converted_person':{'base':'%s','new':'%s'}}",
                        first.deal, second.deal, first.person, second.person)),
    ==, "applied");
  g_assert_cmpstr (get_ref (server, "lead", office.lead, "converted_deal"), ==, second.deal);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 1);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* Taking back what is another conversion by now leaves that. */
static void
test_taken_back (TestServer *server)
{
  Office      office = make_office (server);
  Made        made = convert (server, &office, office.anna, "1000");
  const char *back = test_text (server,
                                "{'stage':{'base':'%s','new':'%s'},"
                                "'converted':{'base':1000,'new':null},"
                                "'converted_deal':{'base':'%s','new':null},"
                                "'converted_person':{'base':'%s','new':null}}",
                                office.won, office.fresh, made.deal, made.person);

  assert_results (server, &made, "applied", "applied");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "lead", office.lead, back), ==, "applied");
  g_assert_cmpstr (get_ref (server, "lead", office.lead, "converted_deal"), ==, NULL);
  g_assert_cmpstr (get_ref (server, "lead", office.lead, "stage"), ==, office.fresh);
  made = convert (server, &office, office.boris, "3000");
  g_assert_cmpstr (test_result (server, made.results, 2), ==, "applied");
  g_clear_pointer (&made.results, g_ptr_array_unref);
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "lead", office.lead, back), ==, "conflict");
  g_assert_cmpstr (get_ref (server, "lead", office.lead, "converted_deal"), ==, made.deal);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM conflict"), ==, 1);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* With a reason, or without one, as programs did it before there were any; taken back it has none. */
static void
test_disqualified (TestServer *server)
{
  Office      office = make_office (server);
  const char *lost = test_add (server, "stage",
                               test_text (server, "{'name':'Отказ','kind':'lost','pipeline':%s,'position':3}",
                                          test_field (server, "lead", office.lead, "pipeline")));
  const char *reason = test_add (server, "dictionary", "{'name':'Дорого','dictionary':'lost_reason'}");

  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_COMMAND, "lead", office.lead,
                            test_text (server, "{'stage':{'base':'%s','new':'%s'}}", office.fresh, lost)),
                   ==, "applied");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_PATCH, "lead", office.lead,
                            test_text (server, "{'lost_reason':{'base':null,'new':'%s'}}", reason)),
                   ==, "applied");
  g_assert_cmpstr (get_ref (server, "lead", office.lead, "lost_reason"), ==, reason);
  g_assert_cmpstr (
    test_do (server, office.boris, TORG_OP_COMMAND, "lead", office.lead,
             test_text (server, "{'stage':{'base':'%s','new':'%s'},'lost_reason':{'base':'%s','new':null}}", lost,
                        office.fresh, reason)),
    ==, "applied");
  g_assert_cmpstr (get_ref (server, "lead", office.lead, "lost_reason"), ==, NULL);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/convert/once", test_once);
  test_case ("/convert/twice", test_twice);
  test_case ("/convert/taken", test_taken);
  test_case ("/convert/taken-back", test_taken_back);
  test_case ("/convert/disqualified", test_disqualified);
  return g_test_run ();
}
