/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

/* The rules of stages hold here too, as they are when a move comes: what was allowed elsewhere may not be any more. */

#define RIGHTS "{`role`:{`edit`:`%s`},`*`:{`read`:`all`,`create`:`all`,`edit`:`all`,`delete`:`all`,`assign`:`all`}}"

typedef struct
{
  const char *pipeline;
  const char *stages[3];
  const char *seller, *head;           /* roles */
  const char *anna, *boris, *director; /* who sells, and who approves */
  const char *deal;
} Office;

static const char *
add_role (TestServer *server, const char *name, const char *edit)
{
  return test_add (server, "role", test_text (server, "{'name':'%s','rights':'" RIGHTS "'}", name, edit));
}

static Office
make_office (TestServer *server)
{
  Office office = { 0 };

  office.pipeline = test_add (server, "pipeline", "{'name':'Продажи','kind':'deals'}");
  for (guint i = 0; i < G_N_ELEMENTS (office.stages); i++)
    office.stages[i] = test_add (server, "stage",
                                 test_text (server, "{'name':'Стадия %u','kind':'open','pipeline':'%s','position':%u}",
                                            i, office.pipeline, i + 1));
  office.seller = add_role (server, "Продавец", "none");
  office.head = add_role (server, "Директор", "all");
  office.anna = test_add_user (server, "Анна", office.seller, NULL);
  office.boris = test_add_user (server, "Борис", office.seller, NULL);
  office.director = test_add_user (server, "Директор", office.head, NULL);
  office.deal = test_add (server, "deal",
                          test_text (server, "{'title':'Насосы','pipeline':'%s','stage':'%s','owner':'%s'}",
                                     office.pipeline, office.stages[0], office.anna));
  return office;
}

static const char *
set_rule (TestServer *server, Office *office, guint stage, const char *field, const char *item)
{
  return test_do (server, office->director, TORG_OP_PATCH, "stage", office->stages[stage],
                  test_text (server, "{'%s':{'base':null,'new':['%s']}}", field, item));
}

static const char *
move (TestServer *server, Office *office, const char *user, guint from, guint to, const char *more)
{
  return test_do (
    server, user, TORG_OP_COMMAND, "deal", office->deal,
    test_text (server, "{'stage':{'base':'%s','new':'%s'}%s}", office->stages[from], office->stages[to], more));
}

static void
test_required (TestServer *server)
{
  Office office = make_office (server);

  g_assert_cmpstr (set_rule (server, &office, 1, "required", "number"), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ""), ==, "rule:stage-required:number");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ",'number':{'base':null,'new':'7'}"), ==, "applied");
}

static void
test_next (TestServer *server)
{
  Office office = make_office (server);

  g_assert_cmpstr (set_rule (server, &office, 0, "next", office.stages[1]), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 2, ""), ==, "rule:stage-next");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ""), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.anna, 1, 2, ""), ==, "applied");
  g_assert_cmpstr (set_rule (server, &office, 2, "next", office.stages[0]), ==, "applied");
  /* It is taken back by whoever has moved it, by nobody else. */
  g_assert_cmpstr (move (server, &office, office.boris, 2, 1, ""), ==, "rule:stage-next");
  g_assert_cmpstr (move (server, &office, office.anna, 2, 1, ""), ==, "applied");
}

static void
test_movers (TestServer *server)
{
  Office office = make_office (server);

  g_assert_cmpstr (set_rule (server, &office, 1, "movers", office.head), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ""), ==, "rule:stage-movers");
  g_assert_cmpstr (move (server, &office, office.director, 0, 1, ""), ==, "applied");
}

static const char *
decide (TestServer *server, const char *user, const char *approval, const char *by)
{
  return test_do (
    server, user, TORG_OP_PATCH, "approval", approval,
    test_text (server, "{'decision':{'base':null,'new':'approved'},'decided_by':{'base':null,'new':'%s'}}", by));
}

static void
test_approval (TestServer *server)
{
  Office      office = make_office (server);
  const char *approval = test_id (server);
  const char *ask = test_text (server, "{'deal':{'new':'%s'},'stage':{'new':'%s'},'asked_by':{'new':'%s'}}",
                               office.deal, office.stages[1], office.anna);

  g_assert_cmpstr (set_rule (server, &office, 1, "approvers", office.head), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ""), ==, "rule:stage-approval");
  /* In one's own name alone. */
  g_assert_cmpstr (test_do (server, office.boris, TORG_OP_CREATE, "approval", approval, ask), ==, "rule");
  g_assert_cmpstr (test_do (server, office.anna, TORG_OP_CREATE, "approval", approval, ask), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ""), ==, "rule:stage-approval");
  g_assert_cmpstr (decide (server, office.anna, approval, office.anna), ==, "rule");
  g_assert_cmpstr (decide (server, office.anna, approval, office.director), ==, "rule");
  g_assert_cmpstr (decide (server, office.director, approval, office.director), ==, "applied");
  g_assert_cmpstr (
    test_do (server, office.anna, TORG_OP_PATCH, "approval", approval,
             test_text (server, "{'stage':{'base':'%s','new':'%s'}}", office.stages[1], office.stages[2])),
    ==, "rule");
  g_assert_cmpstr (move (server, &office, office.anna, 0, 1, ""), ==, "applied");
}

/* The approval and the move in one batch, before either is in the database. */
static void
test_together (TestServer *server)
{
  Office            office = make_office (server);
  const char       *approval = test_id (server), *client = test_id (server);
  TorgWireMutation *create, *first, *back;
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) results = NULL;

  g_assert_cmpstr (set_rule (server, &office, 1, "approvers", office.head), ==, "applied");
  g_assert_cmpstr (set_rule (server, &office, 1, "next", office.stages[2]), ==, "applied");
  create = test_mutation (
    server, client, TORG_OP_CREATE, "approval", approval,
    test_text (server,
               "{'deal':{'new':'%s'},'stage':{'new':'%s'},'asked_by':{'new':'%s'},'decision':{'new':'approved'},"
               "'decided_by':{'new':'%s'}}",
               office.deal, office.stages[1], office.director, office.director));
  first = test_mutation (server, client, TORG_OP_COMMAND, "deal", office.deal,
                         test_text (server, "{'stage':{'base':'%s','new':'%s'}}", office.stages[0], office.stages[1]));
  back = test_mutation (server, client, TORG_OP_COMMAND, "deal", office.deal,
                        test_text (server, "{'stage':{'base':'%s','new':'%s'}}", office.stages[1], office.stages[0]));
  batch = test_batch (create, first, back, NULL);
  results = test_push (server, office.director, client, batch, TORG_PUSH_DONE);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (test_result (server, results, i), ==, "applied");
  g_assert_cmpstr (test_field (server, "deal", office.deal, "stage"), ==,
                   test_text (server, "\"%s\"", office.stages[0]));
}

/* A stage that is removed: its cards go where it says, whatever the rules. */
static void
test_removal (TestServer *server)
{
  Office office = make_office (server);

  g_assert_cmpstr (set_rule (server, &office, 1, "required", "number"), ==, "applied");
  g_assert_cmpstr (move (server, &office, office.director, 0, 1, ""), ==, "rule:stage-required:number");
  g_assert_cmpstr (test_do (server, office.director, TORG_OP_PATCH, "stage", office.stages[0],
                            test_text (server, "{'successor':{'base':null,'new':'%s'}}", office.stages[1])),
                   ==, "applied");
  g_assert_cmpstr (test_do (server, office.director, TORG_OP_DELETE, "stage", office.stages[0], NULL), ==,
                   "rule:stage");
  g_assert_cmpstr (move (server, &office, office.director, 0, 1, ""), ==, "applied");
  g_assert_cmpstr (test_do (server, office.director, TORG_OP_DELETE, "stage", office.stages[0], NULL), ==, "applied");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/stages/required", test_required);
  test_case ("/stages/next", test_next);
  test_case ("/stages/movers", test_movers);
  test_case ("/stages/approval", test_approval);
  test_case ("/stages/together", test_together);
  test_case ("/stages/removal", test_removal);
  return g_test_run ();
}
