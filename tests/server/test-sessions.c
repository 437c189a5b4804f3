/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-accounts.h"
#include "torg-attempts.h"
#include "torg-forms.h"
#include "torg-intake.h"
#include "torg-purge.h"
#include "torg-sessions.h"
#include "torg-test-server.h"

#include <string.h>

/* What time does to sessions, to wrong passwords and to what is known of mutations. */

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" /* RFC 7636, appendix B */

static void
pass (TestServer *server, gint64 span)
{
  torg_env_set_now (server->env, torg_env_get_now (server->env) + span);
}

static void
purge (TestServer *server)
{
  g_autoptr (GError) error = NULL;

  torg_purge (server->store, NULL, &error);
  g_assert_no_error (error);
}

static const char *
add_account (TestServer *server)
{
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  g_autoptr (GError) error = NULL;

  torg_accounts_add (server->store, user, "anna", NULL, &error);
  g_assert_no_error (error);
  return user;
}

static TorgSession *
sign_in (TestServer *server, const char *user)
{
  TorgSession *session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *code = torg_sessions_make_code (server->store, user, CHALLENGE, "http://127.0.0.1:1/", &error);

  g_assert_no_error (error);
  torg_sessions_redeem (server->store, code, VERIFIER, "http://127.0.0.1:1/", &session, &error);
  g_assert_no_error (error);
  g_assert_nonnull (session);
  return session;
}

static TorgSession *
renew (TestServer *server, TorgSession *session)
{
  TorgSession *next = NULL;
  g_autoptr (GError) error = NULL;

  torg_sessions_refresh (server->store, session->refresh, &next, &error);
  g_assert_no_error (error);
  return next;
}

static gboolean
works (TestServer *server, TorgSession *session)
{
  g_autofree char *user = NULL;
  g_autofree char *scopes = NULL;
  g_autoptr (GError) error = NULL;

  torg_accounts_find_token (server->store, session->access, &user, &scopes, &error);
  g_assert_no_error (error);
  return user != NULL;
}

static void
test_codes (TestServer *server)
{
  const char *user = add_account (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = torg_sessions_make_code (server->store, user, CHALLENGE, "http://127.0.0.1:1/", &error);
  g_autofree char *late = torg_sessions_make_code (server->store, user, CHALLENGE, "http://127.0.0.1:1/", &error);
  g_autoptr (TorgSession) session = NULL;

  g_assert_no_error (error);
  pass (server, 50 * G_TIME_SPAN_SECOND);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM signin_code"), ==, 2);
  g_assert_true (torg_sessions_redeem (server->store, code, VERIFIER, "http://127.0.0.1:1/", &session, &error));
  g_assert_true (works (server, session));
  g_clear_pointer (&session, torg_session_free);
  pass (server, 20 * G_TIME_SPAN_SECOND);
  g_assert_true (torg_sessions_redeem (server->store, late, VERIFIER, "http://127.0.0.1:1/", &session, &error));
  g_assert_null (session);
  g_free (torg_sessions_make_code (server->store, user, CHALLENGE, "http://127.0.0.1:1/", &error));
  pass (server, 2 * G_TIME_SPAN_MINUTE);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM signin_code"), ==, 0);
}

static void
test_ended (TestServer *server)
{
  const char *user = add_account (server);
  g_autoptr (TorgSession) first = sign_in (server, user);
  g_autoptr (TorgSession) second = NULL;
  g_autoptr (TorgSession) stolen = NULL;

  pass (server, 30 * G_TIME_SPAN_MINUTE);
  second = renew (server, first);
  g_assert_true (works (server, second));
  pass (server, 2 * G_TIME_SPAN_HOUR);
  g_assert_false (works (server, second));
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM token WHERE kind = 'access'"), ==, 0);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM token WHERE kind = 'refresh'"), ==, 2);
  /* That the second pair was used is still known, though the token that was used is gone. */
  stolen = renew (server, first);
  g_assert_null (stolen);
  stolen = renew (server, second);
  g_assert_null (stolen);
}

static void
test_idle (TestServer *server)
{
  const char *user = add_account (server);
  g_autoptr (TorgSession) session = sign_in (server, user);
  g_autoptr (TorgSession) next = NULL;

  pass (server, 89 * G_TIME_SPAN_DAY);
  purge (server);
  next = renew (server, session);
  g_assert_nonnull (next);
  pass (server, 91 * G_TIME_SPAN_DAY);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM token"), ==, 0);
  g_clear_pointer (&session, torg_session_free);
  session = renew (server, next);
  g_assert_null (session);
}

static char *
check_password (TestServer *server, const char *login, const char *password)
{
  g_autoptr (GError) error = NULL;
  char *user;

  torg_accounts_check (server->store, login, password, &user, &error);
  g_assert_no_error (error);
  return user;
}

static void
test_passwords (TestServer *server)
{
  static const char *const wrong[] = { "", "nobody", "a Password", "a password " };
  const char              *user = add_account (server);
  g_autofree char         *found = NULL;
  g_autoptr (GError) error = NULL;

  /* Who has no password cannot sign in with any. */
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (check_password (server, "anna", wrong[i]));
  g_assert_true (torg_accounts_set_password (server->store, user, "a password", &error));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (check_password (server, "anna", wrong[i]));
  g_assert_null (check_password (server, "boris", "nobody"));
  found = check_password (server, "Anna", "a password");
  g_assert_cmpstr (found, ==, user);
  g_assert_true (torg_accounts_disable (server->store, user, &error));
  g_assert_null (check_password (server, "anna", "a password"));
}

static guint
attempt (TestServer *server, const char *login, const char *peer)
{
  g_autoptr (GError) error = NULL;
  guint seconds;

  torg_attempts_count (server->store, login, peer, &seconds, &error);
  g_assert_no_error (error);
  return seconds;
}

static void
test_attempts (TestServer *server)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 0);
  g_assert_cmpint (attempt (server, "Anna", "192.0.2.1"), ==, 30);
  g_assert_cmpint (attempt (server, "anna", "192.0.2.2"), ==, 0);
  g_assert_cmpint (attempt (server, "boris", "192.0.2.1"), ==, 0);
  pass (server, 29 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 1);
  pass (server, G_TIME_SPAN_SECOND);
  /* Each one after the wait doubles the next, up to an hour. */
  g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 0);
  g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 60);
  for (guint i = 0; i < 8; i++)
    {
      pass (server, G_TIME_SPAN_HOUR);
      g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 0);
    }
  g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 3600);
  pass (server, G_TIME_SPAN_HOUR);
  g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 0);
  g_assert_true (torg_attempts_clear (server->store, "anna", "192.0.2.1", &error));
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 0);
  /* After a day nothing is left, neither in effect nor in the database. */
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM signin_failure"), >, 0);
  pass (server, 25 * G_TIME_SPAN_HOUR);
  g_assert_cmpint (attempt (server, "boris", "192.0.2.3"), ==, 0);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM signin_failure"), ==, 3);
}

/* One's own password takes back what it counted, and not what others tried from the same computer. */
static void
test_peer (TestServer *server)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 300; i++)
    g_assert_cmpint (attempt (server, test_text (server, "guess %u", i), "192.0.2.1"), ==, 0);
  g_assert_cmpint (attempt (server, "another", "192.0.2.1"), >, 0);
  pass (server, 30 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (attempt (server, "anna", "192.0.2.1"), ==, 0);
  g_assert_true (torg_attempts_clear (server->store, "anna", "192.0.2.1", &error));
  g_assert_cmpint (attempt (server, "another", "192.0.2.1"), ==, 30);
  g_assert_cmpint (attempt (server, "another", "192.0.2.2"), ==, 0);
}

static TorgWireMutation *
make (TestServer *server, const char *client)
{
  return test_mutation (server, client, TORG_OP_CREATE, "company", test_id (server), "{'name':{'new':'Ромашка'}}");
}

static void
test_applied (TestServer *server)
{
  const char *user = add_account (server), *client = test_id (server);
  g_autoptr (TestReplica) replica = test_replica_new (server, user, client);
  g_autoptr (GPtrArray) batch = test_batch (make (server, client), make (server, client), NULL);
  g_autoptr (GPtrArray) results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) third = NULL;

  /* A result that the replica does not know of is kept, however long it takes to ask. */
  pass (server, 400 * G_TIME_SPAN_DAY);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 2);
  g_clear_pointer (&results, g_ptr_array_unref);
  results = test_push (server, user, client, batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, results, 0), ==, "applied");
  /* The first pull brings them, the second says that they are known; from then on the time runs. */
  test_pull (replica);
  test_pull (replica);
  third = test_batch (make (server, client), NULL);
  g_clear_pointer (&results, g_ptr_array_unref);
  results = test_push (server, user, client, third, TORG_PUSH_DONE);
  purge (server);
  pass (server, 59 * G_TIME_SPAN_DAY);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 3);
  /* Sent again under another id, as after a restore: it is known, and made once. */
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM company"), ==, 3);
  for (guint i = 0; i < batch->len; i++)
    ((TorgWireMutation *) batch->pdata[i])->client_seq = i + 1;
  again = test_push (server, user, test_id (server), batch, TORG_PUSH_DONE);
  g_assert_cmpstr (test_result (server, again, 0), ==, "applied");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM company"), ==, 3);
  pass (server, 2 * G_TIME_SPAN_DAY);
  purge (server);
  /* The third one, and what the other id got. */
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 3);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 3);
}

/* What an integration sent under its own key is known for a week. */
static void
test_answers (TestServer *server)
{
  const char      *user = add_account (server);
  g_autofree char *rest = torg_id_derive (user, "rest");
  g_autoptr (GPtrArray) batch = test_batch (make (server, rest), NULL);
  g_autoptr (GPtrArray) results = test_push (server, user, rest, batch, TORG_PUSH_DONE);

  purge (server);
  pass (server, 6 * G_TIME_SPAN_DAY);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 1);
  pass (server, 2 * G_TIME_SPAN_DAY);
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 0);
}

static void
send_form (TestServer *server, const char *key, const char *body)
{
  g_autofree char *path = g_strconcat ("/intake/", key, NULL);
  TorgRequest      request = { .method = "POST",
                               .path = path,
                               .content = "application/x-www-form-urlencoded",
                               .body = body,
                               .length = strlen (body),
                               .peer = "192.0.2.1" };
  g_autoptr (TorgResponse) response = g_new0 (TorgResponse, 1);
  g_autoptr (GError) error = NULL;

  response->body = g_string_new (NULL);
  g_assert_true (torg_intake_handle (server->store, &request, response, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (response->body->str, ==, "{\"ok\":true}");
}

/* Nobody asks what became of a form that a web site has sent: nothing is kept of it but the lead. */
static void
test_forms (TestServer *server)
{
  TorgForm form = {
    .name = (char *) "Сайт", .user = (char *) add_account (server), .origins = (char *) "", .plain = TRUE
  };
  const char *pipeline = test_add (server, "pipeline", "{'name':'Лиды','kind':'leads'}");
  g_autoptr (GError) error = NULL;

  test_add (server, "stage", test_text (server, "{'name':'Новый','kind':'open','pipeline':'%s'}", pipeline));
  g_assert_true (torg_forms_add (server->store, &form, &error));
  g_assert_no_error (error);
  send_form (server, form.key, "name=A&phone=%2B74951112233");
  send_form (server, form.key, "name=B&phone=%2B74951112244");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM lead"), ==, 2);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 0);
  /* One of the same person soon after is a note, of which as little is kept. */
  send_form (server, form.key, "name=B&phone=%2B74951112244&message=x");
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM lead"), ==, 2);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM activity"), ==, 1);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM applied"), ==, 0);
  g_free (form.key);
  g_free (form.secret);
}

/* Many at a time, in several transactions. */
static void
test_many (TestServer *server)
{
  TorgDb *db = torg_server_store_get_db (server->store);
  g_autoptr (GError) error = NULL;

  torg_db_begin (db, &error);
  for (guint i = 0; i < 2500; i++)
    {
      g_autoptr (TorgStatement) statement =
        torg_db_prepare (db, "INSERT INTO signin_failure (workspace, name, failures, at) VALUES (1, ?1, 1, 1)", &error);

      torg_statement_bind_text (statement, 1, test_text (server, "%u", i));
      g_assert_true (torg_statement_run (statement, &error));
    }
  g_assert_true (torg_db_commit (db, &error));
  purge (server);
  g_assert_cmpint (test_count (server, "SELECT count(*) FROM signin_failure"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/sessions/codes", test_codes);
  test_case ("/sessions/ended", test_ended);
  test_case ("/sessions/idle", test_idle);
  test_case ("/sessions/passwords", test_passwords);
  test_case ("/sessions/attempts", test_attempts);
  test_case ("/sessions/peer", test_peer);
  test_case ("/sessions/applied", test_applied);
  test_case ("/sessions/answers", test_answers);
  test_case ("/sessions/forms", test_forms);
  test_case ("/sessions/many", test_many);
  return g_test_run ();
}
