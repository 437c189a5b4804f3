/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-incoming.h"
#include "torg-json.h"
#include "torg-sync-store.h"
#include "torg-test-store.h"

/* A first sync makes the indexes of a type when it is complete, and the next steps of deals with those of activities.
 */

#define CLIENT "019c6b2e-7a00-7b6c-8f00-0123456789ab"
#define USER "019c6b2e-7a00-7b6c-8f00-0123456789ac"
#define DEAL "019c6b2e-7a00-7b6c-8f00-000000000001"
#define ACTIVITY "019c6b2e-7a00-7b6c-8f00-000000000002"

#define DEAL_LINE "{\"record\":{\"type\":\"deal\",\"id\":\"" DEAL "\",\"seq\":5,\"fields\":{\"title\":\"Поставка\"}}}"
#define ACTIVITY_LINE                                                                                                  \
  "{\"record\":{\"type\":\"activity\",\"id\":\"" ACTIVITY "\",\"seq\":6,\"fields\":{\"kind\":\"call\","                \
  "\"subject\":\"Перезвонить\",\"deal\":\"" DEAL "\"}}}"

typedef struct
{
  TorgEnv   *env;
  char      *dir, *path;
  TorgStore *store;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->env = torg_env_new_seeded (1, TEST_NOW, NULL);
  self->dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "replica.db", NULL);
  self->store = torg_store_open (self->env, self->path, TORG_STORE_NONE, NULL);
  g_assert_true (torg_store_connect (self->store, CLIENT, USER, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_true (torg_store_close (self->store, NULL));
  g_object_unref (self->store);
  torg_env_unref (self->env);
  test_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self->path);
}

static void
reopen (Fixture *self)
{
  g_assert_true (torg_store_close (self->store, NULL));
  g_object_unref (self->store);
  self->store = torg_store_open (self->env, self->path, TORG_STORE_NONE, NULL);
}

static void
take (Fixture *self, const char *record, gboolean backfill)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgIncoming) incoming = torg_incoming_new (self->store, &error);
  g_autofree char *end =
    g_strdup_printf ("{\"end\":{\"cursor\":\"c\",\"epoch\":\"e\",\"acked\":0,\"more\":%s,\"backfill\":%s}}",
                     backfill ? "true" : "false", backfill ? "true" : "false");
  const char *const lines[] = { record, end };

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (lines[i] != NULL)
      {
        g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);
        g_autoptr (TorgIncomingLine) line = torg_incoming_line_read (node, torg_store_get_schema (self->store));

        torg_incoming_take (incoming, line, &error);
        g_assert_no_error (error);
      }
  torg_incoming_commit (incoming, &error);
  g_assert_no_error (error);
}

static gint64
count (Fixture *self, const char *table, const char *type)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT count(*) FROM sqlite_schema WHERE tbl_name = '%s' AND type = '%s' AND sql IS NOT NULL", table, type);

  return test_int (self->store, sql);
}

static void
test_types (Fixture *self, gconstpointer data)
{
  gint64 of_deals = count (self, "deal", "index"), of_activities = count (self, "activity", "index");
  gint64 triggers = count (self, "activity", "trigger");

  g_assert_cmpint (of_deals, >, 5);
  g_assert_cmpint (triggers, >, 2);
  take (self, DEAL_LINE, TRUE);
  g_assert_cmpint (count (self, "deal", "index"), ==, 0);
  g_assert_cmpint (count (self, "activity", "index"), ==, 0);
  g_assert_cmpint (count (self, "activity", "trigger"), ==, triggers - 3);
  g_assert_cmpint (count (self, "company", "index"), >, 0);
  take (self, ACTIVITY_LINE, TRUE);
  g_assert_cmpint (count (self, "deal", "index"), ==, of_deals);
  g_assert_cmpint (count (self, "activity", "index"), ==, 0);
  test_assert_field (self->store, "deal", DEAL, "next_subject", "");
  /* The end of all: nothing is missing any more. */
  take (self, NULL, FALSE);
  g_assert_cmpint (count (self, "activity", "index"), ==, of_activities);
  g_assert_cmpint (count (self, "activity", "trigger"), ==, triggers);
  test_assert_field (self->store, "deal", DEAL, "next_subject", "Перезвонить");
  test_check (self->store);
  /* From now on they are kept as they come. */
  take (self,
        "{\"record\":{\"type\":\"activity\",\"id\":\"" ACTIVITY "\",\"seq\":7,\"fields\":{\"kind\":\"call\","
        "\"subject\":\"Иначе\",\"deal\":\"" DEAL "\"}}}",
        FALSE);
  test_assert_field (self->store, "deal", DEAL, "next_subject", "Иначе");
  g_assert_cmpint (count (self, "activity", "index"), ==, of_activities);
}

/* Left in the midst of it, and opened again. */
static void
test_broken_off (Fixture *self, gconstpointer data)
{
  gint64 of_activities = count (self, "activity", "index"), triggers = count (self, "activity", "trigger");

  take (self, DEAL_LINE, TRUE);
  take (self, ACTIVITY_LINE, TRUE);
  reopen (self);
  g_assert_cmpint (count (self, "activity", "index"), ==, of_activities);
  g_assert_cmpint (count (self, "activity", "trigger"), ==, triggers);
  /* What came before is not forgotten. */
  take (self, NULL, FALSE);
  test_assert_field (self->store, "deal", DEAL, "next_subject", "Перезвонить");
  test_check (self->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bulk-load/types", Fixture, NULL, set_up, test_types, tear_down);
  g_test_add ("/bulk-load/broken-off", Fixture, NULL, set_up, test_broken_off, tear_down);
  return g_test_run ();
}
