/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-server.h"

#include "torg-deliveries.h"
#include "torg-webhooks.h"

#include <string.h>

/* What webhooks are told: by rights, in order, again until it has worked or three days are over. */

static const char *const everything[] = { NULL };
static const char *const all_events[] = { "created", "changed", "deleted", NULL };

static const char *
add_webhook (TestServer *server, const char *user, const char *const *types, const char *const *events)
{
  g_autofree char *id = NULL, *secret = NULL;
  g_autoptr (GError) error = NULL;

  torg_webhooks_add (server->store, user, "https://example.ru/hook", types, events, &id, &secret, &error);
  g_assert_no_error (error);
  return test_text (server, "%s", id);
}

static void
expand_all (TestServer *server)
{
  gboolean more = TRUE;

  while (more)
    {
      g_autoptr (GError) error = NULL;

      torg_deliveries_expand (server->store, &more, &error);
      g_assert_no_error (error);
    }
}

static GPtrArray *
claim (TestServer *server)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list;

  expand_all (server);
  list = torg_deliveries_claim (server->store, NULL, 100, &error);
  g_assert_no_error (error);
  return list;
}

static void
finish (TestServer *server, TorgDelivery *delivery, guint status)
{
  g_autoptr (GError) error = NULL;

  torg_deliveries_finish (server->store, delivery, status, status == 0 ? "no answer" : NULL, &error);
  g_assert_no_error (error);
}

/* `EVENT TYPE/RECORD` of all that is due, split by spaces and done; `!` where the record does not come along. */
static const char *
take_all (TestServer *server)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) list = claim (server);
  gint64 seq = 0;

  /* The numbers say the order, whatever order they are taken in. */
  for (gint64 next = 0; next != G_MAXINT64; seq = next + 1)
    {
      next = G_MAXINT64;
      for (guint i = 0; i < list->len; i++)
        if (((TorgDelivery *) list->pdata[i])->seq >= seq)
          next = MIN (next, ((TorgDelivery *) list->pdata[i])->seq);
      for (guint i = 0; i < list->len; i++)
        {
          TorgDelivery *delivery = list->pdata[i];

          if (delivery->seq != next)
            continue;
          g_string_append_printf (text, "%s%s %s%s", text->len > 0 ? ", " : "", delivery->event, delivery->record,
                                  strstr (delivery->body, "\"record\":null") != NULL ? "!" : "");
          finish (server, delivery, 200);
        }
      if (next == G_MAXINT64)
        break;
    }
  return test_text (server, "%s", text->str);
}

static void
test_events (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *before = test_add (server, "company", "{'name':'Раньше'}"), *company = test_id (server);
  const char *companies[] = { "company", NULL }, *deletions[] = { "deleted", NULL };

  add_webhook (server, user, companies, all_events);
  g_assert_cmpstr (take_all (server), ==, "");
  g_assert_cmpstr (test_do (server, user, TORG_OP_CREATE, "company", company, "{'name':{'new':'Ромашка'}}"), ==,
                   "applied");
  g_assert_cmpstr (test_do (server, user, TORG_OP_CREATE, "tag", test_id (server), "{'name':{'new':'а'}}"), ==,
                   "applied");
  g_assert_cmpstr (take_all (server), ==, test_text (server, "created %s", company));
  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", before, "{'city':{'base':null,'new':'Тверь'}}"), ==,
                   "applied");
  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", company, "{'city':{'base':null,'new':'Тверь'}}"),
                   ==, "applied");
  g_assert_cmpstr (take_all (server), ==, test_text (server, "changed %s, changed %s", before, company));
  add_webhook (server, user, everything, deletions);
  g_assert_cmpstr (test_do (server, user, TORG_OP_PATCH, "company", before, "{'city':{'base':'Тверь','new':'П'}}"), ==,
                   "applied");
  g_assert_cmpstr (test_do (server, user, TORG_OP_DELETE, "company", before, NULL), ==, "applied");
  /* Both are told of the deletion; what is gone comes without its record. */
  g_assert_cmpstr (take_all (server), ==,
                   test_text (server, "changed %s!, deleted %s!, deleted %s!", before, before, before));
  g_assert_cmpstr (take_all (server), ==, "");
}

/* As its owner may see it, at the time of sending. */
static void
test_sight (TestServer *server)
{
  const char *role =
    test_add (server, "role",
              "{'name':'Своё','rights':'{`role`:{`edit`:`all`},`*`:{`read`:`own`}}','hidden':'{`company`:[`city`]}'}");
  const char *me = test_add_user (server, "Я", role, NULL), *other = test_add_user (server, "Другой", role, NULL);
  const char *types[] = { "company", NULL }, *own, *foreign;
  g_autoptr (GPtrArray) list = NULL;
  TorgDelivery *delivery;

  add_webhook (server, me, types, all_events);
  own = test_add (server, "company", test_text (server, "{'name':'Моя','city':'Тверь','owner':'%s'}", me));
  foreign = test_add (server, "company", test_text (server, "{'name':'Чужая','city':'Пермь','owner':'%s'}", other));
  list = claim (server);
  g_assert_cmpuint (list->len, ==, 1);
  delivery = list->pdata[0];
  g_assert_cmpstr (delivery->record, ==, own);
  g_assert_nonnull (strstr (delivery->body, "Моя"));
  g_assert_null (strstr (delivery->body, "Тверь"));
  g_assert_null (strstr (delivery->body, foreign));
  finish (server, delivery, 204);
}

/* Of whoever has left nobody is told anything; who takes the webhook on is told what was missed. */
static void
test_given (TestServer *server)
{
  const char *anna = test_add_user (server, "Анна", NULL, NULL), *boris = test_add_user (server, "Борис", NULL, NULL);
  const char *types[] = { "company", NULL };
  const char *hook = add_webhook (server, boris, types, all_events);
  const char *before = test_add (server, "company", "{'name':'Раньше'}"), *between;
  g_autoptr (GError) error = NULL;
  gboolean found;

  expand_all (server);
  g_assert_cmpstr (test_do (server, anna, TORG_OP_PATCH, "user", boris, "{'disabled':{'base':null,'new':1}}"), ==,
                   "applied");
  g_assert_cmpstr (take_all (server), ==, "");
  between = test_add (server, "company", "{'name':'Между'}");
  g_assert_cmpstr (take_all (server), ==, "");
  g_assert_true (torg_webhooks_give (server->store, hook, anna, &found, &error));
  g_assert_no_error (error);
  g_assert_true (found);
  g_assert_cmpstr (take_all (server), ==, test_text (server, "created %s, created %s", before, between));
}

/* Attempts grow apart and end after three days; nobody else takes what somebody is sending. */
static void
test_attempts (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *types[] = { "tag", NULL };
  const char *webhook = add_webhook (server, user, types, all_events);
  gint64      now = TEST_START, waited = 0;
  guint       n = 0;
  g_autoptr (GPtrArray) log = NULL;
  TorgDelivery *delivery;

  test_add (server, "tag", "{'name':'а'}");
  {
    g_autoptr (GPtrArray) first = claim (server);
    g_autoptr (GPtrArray) second = claim (server);
    g_autoptr (GPtrArray) third = NULL;

    g_assert_cmpuint (first->len, ==, 1);
    g_assert_cmpuint (second->len, ==, 0);
    /* Whoever took it has died. */
    torg_env_set_now (server->env, now += 121 * G_USEC_PER_SEC);
    third = claim (server);
    g_assert_cmpuint (third->len, ==, 1);
    g_assert_cmpstr (((TorgDelivery *) third->pdata[0])->id, ==, ((TorgDelivery *) first->pdata[0])->id);
    g_assert_cmpstr (((TorgDelivery *) third->pdata[0])->body, ==, ((TorgDelivery *) first->pdata[0])->body);
    finish (server, third->pdata[0], 500);
  }
  for (;;)
    {
      g_autoptr (GPtrArray) list = NULL;
      g_autoptr (GPtrArray) early = claim (server);
      gint64 next;

      g_assert_cmpuint (early->len, ==, 0);
      g_clear_pointer (&log, g_ptr_array_unref);
      log = torg_deliveries_list (server->store, webhook, NULL, 10, NULL);
      g_assert_cmpuint (log->len, ==, 1);
      delivery = log->pdata[0];
      if (!g_str_equal (delivery->state, "waiting"))
        break;
      next = delivery->next;
      g_assert_cmpint (next, >, now);
      waited = next - now;
      g_assert_cmpint (waited, <=, 6 * G_TIME_SPAN_HOUR);
      torg_env_set_now (server->env, now = next);
      list = claim (server);
      g_assert_cmpuint (list->len, ==, 1);
      finish (server, list->pdata[0], n++ % 2 == 0 ? 0 : 302);
    }
  g_assert_cmpstr (delivery->state, ==, "failed");
  g_assert_cmpint (waited, >=, G_TIME_SPAN_HOUR);
  g_assert_cmpint (now - delivery->created, >, 2 * G_TIME_SPAN_DAY);
  g_assert_cmpint (now - delivery->created, <=, 3 * G_TIME_SPAN_DAY);
  g_assert_cmpuint (n, >, 15);
  g_assert_cmpint (delivery->tries, ==, n + 2);
  /* The log is cut in the end. */
  torg_env_set_now (server->env, now + 31 * G_TIME_SPAN_DAY);
  g_assert_true (torg_deliveries_forget_old (server->store, NULL));
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM delivery"), ==, 0);
}

typedef struct
{
  TestServer *server;
  GMutex      lock;
  GHashTable *taken; /* (owned): ids of deliveries */
  guint       n;
} Share;

/* A process that sends: takes some at a time until there is nothing left. */
static gpointer
take_share (gpointer data)
{
  Share *share = data;
  g_autoptr (TorgServerStore) store = torg_server_store_open (share->server->env, share->server->uri, NULL);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) list = torg_deliveries_claim (store, NULL, 5, &error);

      if (g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
        continue;
      g_assert_no_error (error);
      if (list->len == 0)
        return NULL;
      g_mutex_lock (&share->lock);
      share->n += list->len;
      for (guint i = 0; i < list->len; i++)
        g_hash_table_add (share->taken, g_strdup (((TorgDelivery *) list->pdata[i])->id));
      g_mutex_unlock (&share->lock);
    }
}

/* Several processes share the work: each delivery is taken by one of them. */
static void
test_sharing (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  const char *types[] = { "tag", NULL };
  Share       share = { .server = server };
  GThread    *threads[4];

  add_webhook (server, user, types, all_events);
  for (guint i = 0; i < 120; i++)
    test_add (server, "tag", "{'name':'а'}");
  expand_all (server);
  share.taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sender", take_share, &share);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  /* Whoever finds all rows held by others leaves them to those. */
  for (guint left = 1; left > 0;)
    {
      g_autoptr (GPtrArray) list = claim (server);

      left = list->len;
      share.n += left;
      for (guint i = 0; i < left; i++)
        g_hash_table_add (share.taken, g_strdup (((TorgDelivery *) list->pdata[i])->id));
    }
  g_assert_cmpuint (share.n, ==, 120);
  g_assert_cmpuint (g_hash_table_size (share.taken), ==, 120);
  g_hash_table_unref (share.taken);
}

static void
test_addresses (TestServer *server)
{
  static const char *const good[] = { "https://example.ru/a?b=1", "https://10.0.0.1:8443/",
                                      "http://127.0.0.1:80/a",    "http://[::1]/",
                                      "http://localhost:8080",    "HTTPS://EXAMPLE.RU" };
  static const char *const bad[] = { "",
                                     "example.ru",
                                     "http://example.ru/",
                                     "http://127.0.0.1.example.ru/",
                                     "http://127.0.0.1@example.ru/",
                                     "https://user:secret@example.ru/",
                                     "https:///path",
                                     "https://example.ru/#part",
                                     "ftp://example.ru/",
                                     "file:///etc/passwd",
                                     "https://exa mple.ru/",
                                     "https://\xff/" };
  g_autofree char         *signature = torg_delivery_sign ("key", 1772701200, "{}");

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (torg_webhooks_check_url (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (torg_webhooks_check_url (bad[i]));
  /* printf '1772701200.{}' | openssl dgst -sha256 -hmac key */
  g_assert_cmpstr (signature, ==, "t=1772701200,v1=d01db5e75aee124b1790b7768b3e940dc6b24c1193e5e2f7637d16923be7ce8e");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/webhooks/events", test_events);
  test_case ("/webhooks/sight", test_sight);
  test_case ("/webhooks/given", test_given);
  test_case ("/webhooks/attempts", test_attempts);
  test_case ("/webhooks/sharing", test_sharing);
  test_case ("/webhooks/addresses", test_addresses);
  return g_test_run ();
}
