/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

#include <string.h>

/* New leads go to those who receive them: in turn, or to the least busy, whoever brings them and how many at once. */

#define RIGHTS "{`lead`:{`read`:`own`,`create`:`own`,`edit`:`own`},`activity`:{`read`:`own`,`create`:`own`}}"
#define N_WRITERS 4
#define N_LEADS 6

typedef struct
{
  const char *boss; /* who takes leads down */
  const char *receivers[3];
  const char *pipeline, *fresh, *lost;
} Office;

static Office
make_office (TestServer *server, const char *way, guint n_receivers)
{
  const char *role = test_add (server, "role", test_text (server, "{'name':'Своё','rights':'" RIGHTS "'}"));
  Office      office = { test_add_user (server, "Анна", role, NULL) };
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (office.receivers); i++)
    {
      office.receivers[i] = test_add_user (server, test_text (server, "Продавец %u", i), role, NULL);
      if (i < n_receivers)
        g_string_append_printf (list, "%s'%s'", i > 0 ? "," : "", office.receivers[i]);
    }
  office.pipeline = test_add (
    server, "pipeline",
    test_text (server, "{'name':'Лиды','kind':'leads','distribution':'%s','receivers':[%s]}", way, list->str));
  office.fresh =
    test_add (server, "stage",
              test_text (server, "{'name':'Новый','kind':'open','pipeline':'%s','position':1}", office.pipeline));
  office.lost =
    test_add (server, "stage",
              test_text (server, "{'name':'Отказ','kind':'lost','pipeline':'%s','position':2}", office.pipeline));
  return office;
}

static const char *
make_fields (TestServer *server, Office *office, const char *more)
{
  return test_text (server,
                    "{'name':{'new':'Иван'},'owner':{'new':'%s'},'pipeline':{'new':'%s'},'stage':{'new':'%s'}%s}",
                    office->boss, office->pipeline, office->fresh, more);
}

static const char *
create (TestServer *server, Office *office, const char *more)
{
  const char *id = test_id (server);

  g_assert_cmpstr (test_do (server, office->boss, TORG_OP_CREATE, "lead", id, make_fields (server, office, more)), ==,
                   "applied");
  return id;
}

static gint64
count_of (TestServer *server, const char *type, const char *owner)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM \"%s\" WHERE owner = ?1", type);
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (server->store), sql, NULL);
  gboolean row;

  torg_statement_bind_id (statement, 1, owner);
  g_assert_true (torg_statement_step (statement, &row, NULL));
  return torg_statement_get_int (statement, 0);
}

static void
test_in_turn (TestServer *server)
{
  Office office = make_office (server, "round_robin", 3);

  for (guint i = 0; i < 7; i++)
    create (server, &office, ",'distribute':{'new':'yes'}");
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (count_of (server, "lead", office.receivers[i]), >=, 2);
  g_assert_cmpint (count_of (server, "lead", office.boss), ==, 0);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM lead WHERE distribute IS NOT NULL"), ==, 0);
  /* Who is chosen by somebody stays, and so does whoever lost it. */
  create (server, &office, "");
  office.fresh = office.lost;
  create (server, &office, ",'distribute':{'new':'yes'}");
  g_assert_cmpint (count_of (server, "lead", office.boss), ==, 2);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM lead WHERE distribute IS NOT NULL"), ==, 0);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* Who has left receives nothing. */
static void
test_left (TestServer *server)
{
  Office      office = make_office (server, "round_robin", 2);
  const char *chief = test_add_user (server, "Главный", NULL, NULL);

  g_assert_cmpstr (
    test_do (server, chief, TORG_OP_PATCH, "user", office.receivers[0], "{'disabled':{'base':null,'new':1000}}"), ==,
    "applied");
  for (guint i = 0; i < 4; i++)
    create (server, &office, ",'distribute':{'new':'yes'}");
  g_assert_cmpint (count_of (server, "lead", office.receivers[0]), ==, 0);
  g_assert_cmpint (count_of (server, "lead", office.receivers[1]), ==, 4);
}

static void
test_least_busy (TestServer *server)
{
  Office office = make_office (server, "least_busy", 3);

  for (guint i = 0; i < 3; i++)
    test_add (server, "lead",
              test_text (server, "{'name':'Пётр','owner':'%s','pipeline':'%s','stage':'%s'}", office.receivers[0],
                         office.pipeline, office.fresh));
  /* What is closed keeps nobody busy. */
  for (guint i = 0; i < 9; i++)
    test_add (server, "lead",
              test_text (server, "{'name':'Пётр','owner':'%s','pipeline':'%s','stage':'%s'}", office.receivers[1],
                         office.pipeline, office.lost));
  for (guint i = 0; i < 6; i++)
    create (server, &office, ",'distribute':{'new':'yes'}");
  g_assert_cmpint (count_of (server, "lead", office.receivers[0]), ==, 3);
  g_assert_cmpint (count_of (server, "lead", office.receivers[1]), ==, 9 + 3);
  g_assert_cmpint (count_of (server, "lead", office.receivers[2]), ==, 3);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* By hand, and where there is nobody, it stays with whoever took it down; the mark goes. */
static void
test_by_hand (TestServer *server)
{
  Office office = make_office (server, "manual", 3);

  create (server, &office, ",'distribute':{'new':'yes'}");
  office = make_office (server, "round_robin", 0);
  create (server, &office, ",'distribute':{'new':'yes'}");
  g_assert_cmpint (count_of (server, "lead", office.boss), ==, 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM lead WHERE distribute IS NOT NULL"), ==, 0);
}

/* Several at once, with what is planned with each. */
static void
test_batch_of (TestServer *server)
{
  Office            office = make_office (server, "least_busy", 2);
  g_autofree char  *client = torg_id_derive (office.boss, "client");
  const char       *lead = test_id (server);
  TorgWireMutation *first = test_mutation (server, client, TORG_OP_CREATE, "lead", lead,
                                           make_fields (server, &office, ",'distribute':{'new':'yes'}"));
  g_autoptr (GPtrArray) batch = test_batch (first, NULL);
  g_autoptr (GPtrArray) results = NULL;

  g_ptr_array_add (batch, test_mutation (server, client, TORG_OP_CREATE, "activity", test_id (server),
                                         test_text (server,
                                                    "{'kind':{'new':'call'},'subject':{'new':'Перезвонить'},"
                                                    "'lead':{'new':'%s'},'owner':{'new':'%s'}}",
                                                    lead, office.boss)));
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (batch, test_mutation (server, client, TORG_OP_CREATE, "lead", test_id (server),
                                           make_fields (server, &office, ",'distribute':{'new':'yes'}")));
  results = test_push (server, office.boss, client, batch, TORG_PUSH_DONE);
  for (guint i = 0; i < results->len; i++)
    g_assert_cmpstr (test_result (server, results, i), ==, "applied");
  g_assert_cmpint (count_of (server, "lead", office.receivers[0]), ==, 2);
  g_assert_cmpint (count_of (server, "lead", office.receivers[1]), ==, 2);
  g_assert_cmpint (count_of (server, "activity", office.boss), ==, 0);
  g_assert_cmpstr (test_field (server, "lead", lead, "owner"), ==,
                   test_text (server, "%s",
                              count_of (server, "activity", office.receivers[0]) == 1
                                ? test_text (server, "\"%s\"", office.receivers[0])
                                : test_text (server, "\"%s\"", office.receivers[1])));
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

/* --- side by side ------------------------------------------------------------------------------------------------- */

typedef struct
{
  TestServer *server;
  const char *user;
  char       *client;  /* (owned) */
  GPtrArray  *batches; /* (owned) (element-type GPtrArray) */
} Writer;

static gpointer
write_leads (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgServerStore) store = torg_server_store_open (writer->server->env, writer->server->uri, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < writer->batches->len;)
    {
      g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
      TorgPushStatus status;
      gint64         expected;

      if (torg_push (store, writer->user, writer->client, writer->batches->pdata[i], results, &status, &expected,
                     &error))
        {
          g_assert_cmpint (status, ==, TORG_PUSH_DONE);
          i++;
        }
      else
        g_assert_error (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED);
      g_clear_error (&error);
    }
  return NULL;
}

/* Whoever brings them at the same time, each receiver has as many. */
static void
test_side_by_side (TestServer *server)
{
  Office   office = make_office (server, "round_robin", 3);
  Writer   writers[N_WRITERS];
  GThread *threads[N_WRITERS];

  for (guint i = 0; i < N_WRITERS; i++)
    {
      writers[i] = (Writer) { server, office.boss, g_strdup (test_id (server)),
                              g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref) };
      for (guint j = 0; j < N_LEADS; j++)
        g_ptr_array_add (writers[i].batches,
                         test_batch (test_mutation (server, writers[i].client, TORG_OP_CREATE, "lead", test_id (server),
                                                    make_fields (server, &office, ",'distribute':{'new':'yes'}")),
                                     NULL));
    }
  for (guint i = 0; i < N_WRITERS; i++)
    threads[i] = g_thread_new ("writer", write_leads, &writers[i]);
  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_thread_join (threads[i]);
      g_ptr_array_unref (writers[i].batches);
      g_free (writers[i].client);
    }
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (count_of (server, "lead", office.receivers[i]), ==, N_WRITERS * N_LEADS / 3);
  g_assert_cmpuint (test_count_faults (server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/distribute/in-turn", test_in_turn);
  test_case ("/distribute/left", test_left);
  test_case ("/distribute/least-busy", test_least_busy);
  test_case ("/distribute/by-hand", test_by_hand);
  test_case ("/distribute/batch", test_batch_of);
  test_case ("/distribute/side-by-side", test_side_by_side);
  return g_test_run ();
}
