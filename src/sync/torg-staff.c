/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-error.h"
#include "torg-json.h"
#include "torg-staff.h"
#include "torg-sync.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What only the server knows and does about employees: who can sign in, invitations, accounts. It needs the network. */

typedef struct
{
  TorgTransport *transport; /* (owned) */
  char          *address;   /* (owned) */
  const char    *method;    /* static */
  char          *path;      /* (owned) */
  GBytes        *body;      /* (owned) (nullable) */
  gpointer (*read) (const char *address, JsonObject *answer);
  GDestroyNotify free_read;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->transport);
  g_free (question->address);
  g_free (question->path);
  g_clear_pointer (&question->body, g_bytes_unref);
  g_free (question);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static JsonObject *
parse (JsonParser *parser, GBytes *answer)
{
  gsize       length;
  const char *text = g_bytes_get_data (answer, &length);
  JsonNode   *root;

  if (length == 0 || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

static const char *
explain (const char *code)
{
  static const struct
  {
    const char *code;
    const char *text;
  } known[] = {
    { "forbidden", N_ ("Only who may edit employees may do this. Ask your administrator.") },
    { "not_found", N_ ("There is no such employee, role or department any more. Open the list again.") },
    { "invalid", N_ ("This cannot be a name or an e-mail address. Check both.") },
    { "login", N_ ("Somebody else signs in with this address already. Write another one.") },
    { "closed", N_ ("This account is closed. Open it first.") },
    { "own", N_ ("Somebody else has to close your own account.") },
    { "taker", N_ ("Forms need somebody who may create leads, webhooks somebody who may edit roles. Choose another "
                   "colleague.") },
    { "first", N_ ("This role may edit roles. Give it to yourself first: without a role you would lose your rights.") },
    { "administrator", N_ ("Nobody could edit roles any more. Give somebody else a role that may do so first.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (known[i].code, code) == 0)
      return _ (known[i].text);
  return NULL;
}

static gboolean
refuse (guint status, JsonObject *object, GError **error)
{
  const char *text = explain (object != NULL ? torg_json_get_text (object, "code") : NULL);

  if (status == 401)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN,
                         _ ("The server does not know you any more. Sign in again; nothing is lost."));
  else if (status == 429 || status == 503)
    g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                         _ ("The server is busy. Try again in a minute."));
  else if (text != NULL)
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, text);
  else
    g_set_error (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                 _ ("The server answered with error %u. Check its address, or ask your administrator."), status);
  return FALSE;
}

static gboolean
ask (Question *question, JsonParser *parser, JsonObject **object, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) local = NULL;
  guint status;

  if (!torg_transport_send (question->transport, question->method, question->path, question->body, &status, &answer,
                            cancellable, &local))
    {
      /* Nothing is tried again by itself here. */
      if (g_error_matches (local, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE))
        g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                             _ ("The server cannot be reached now. Check the network, and try again."));
      else
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *object = parse (parser, answer);
  return status < 300 || refuse (status, *object, error);
}

static void
ask_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Question *question = data;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = NULL;
  GError     *error = NULL;
  gpointer    result;

  if (!ask (question, parser, &object, cancellable, &error))
    g_task_return_error (task, error);
  else if (question->read == NULL)
    g_task_return_boolean (task, TRUE);
  else if ((result = object != NULL ? question->read (question->address, object) : NULL) != NULL)
    g_task_return_pointer (task, result, question->free_read);
  else
    g_task_return_new_error_literal (task, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER,
                                     _ ("At this address is no server of Torg. Check the address."));
}

static void
ask_server (TorgSyncer         *syncer,
            const char         *method,
            char               *path,
            JsonObject         *body,
            gpointer            read,
            GDestroyNotify      free_read,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (syncer, cancellable, callback, data);
  TorgTransport *transport = torg_syncer_get_transport (syncer);
  Question      *question;

  g_task_set_source_tag (task, ask_server);
  if (transport == NULL)
    {
      g_free (path);
      g_clear_pointer (&body, json_object_unref);
      g_task_return_new_error_literal (task, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE,
                                       _ ("The server cannot be reached now. Check the network, and try again."));
      return;
    }
  question = g_new0 (Question, 1);
  question->transport = g_object_ref (transport);
  question->address = g_strdup (torg_syncer_get_address (syncer));
  question->method = method;
  question->path = path;
  question->read = read;
  question->free_read = free_read;
  if (body != NULL)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      char *text;

      json_node_take_object (node, body);
      text = json_to_string (node, FALSE);
      question->body = g_bytes_new_take (text, strlen (text));
    }
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, ask_in_thread);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static void
member_free (gpointer data)
{
  TorgStaffMember *member = data;

  g_free (member->user);
  g_free (member->login);
  g_strfreev (member->forms);
  g_strfreev (member->webhooks);
  g_free (member);
}

static TorgStaffState
read_state (const char *text)
{
  static const char *const names[] = { "none", "invited", "expired", "active", "closed" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i]) == 0)
      return i;
  return TORG_STAFF_NONE;
}

/* A server of before tells of none. */
static GStrv
read_names (JsonObject *object, const char *name)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  JsonNode  *node = json_object_get_member (object, name);
  JsonArray *items = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonNode *item = json_array_get_element (items, i);

      if (JSON_NODE_HOLDS_VALUE (item) && json_node_get_value_type (item) == G_TYPE_STRING)
        g_strv_builder_add (names, json_node_get_string (item));
    }
  return g_strv_builder_end (names);
}

static TorgStaffMember *
read_member (JsonNode *node)
{
  JsonObject      *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char      *user = object != NULL ? torg_json_get_text (object, "user") : NULL;
  TorgStaffMember *member;

  if (user == NULL)
    return NULL;
  member = g_new0 (TorgStaffMember, 1);
  member->user = g_strdup (user);
  member->login = g_strdup (torg_json_get_text (object, "login"));
  member->state = read_state (torg_json_get_text (object, "state"));
  member->until = json_object_get_int_member_with_default (object, "until", 0);
  member->seen = json_object_get_int_member_with_default (object, "seen", 0);
  member->forms = read_names (object, "forms");
  member->webhooks = read_names (object, "webhooks");
  return member;
}

static gpointer
read_list (const char *address, JsonObject *answer)
{
  g_autoptr (GHashTable) members = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, member_free);
  JsonNode  *node = json_object_get_member (answer, "items");
  JsonArray *items = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      TorgStaffMember *member = read_member (json_array_get_element (items, i));

      if (member != NULL)
        g_hash_table_insert (members, member->user, member);
    }
  return items != NULL ? g_steal_pointer (&members) : NULL;
}

/**
 * torg_staff_list_async:
 * @syncer: of a replica that belongs to a server
 * @cancellable: (nullable): to stop it
 * @callback: called when the server has answered
 * @data: for @callback
 *
 * Asks the server how employees stand to it.
 */
void
torg_staff_list_async (TorgSyncer *syncer, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  ask_server (syncer, "GET", g_strdup ("/v1/people"), NULL, read_list, (GDestroyNotify) g_hash_table_unref, cancellable,
              callback, data);
}

/**
 * torg_staff_list_finish:
 * @result: as the callback got it
 * @error: place for an error, in words for the user
 *
 * Ends [func@staff_list_async].
 *
 * Returns: (transfer full) (nullable) (element-type utf8 TorgStaffMember): by the ids of users
 */
GHashTable *
torg_staff_list_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- invitations -------------------------------------------------------------------------------------------------- */

/* The server may be known by another name elsewhere; the one that is good here is good for colleagues. */
static gpointer
read_link (const char *address, JsonObject *answer)
{
  const char      *path = torg_json_get_text (answer, "path");
  g_autofree char *base = g_strdup (address);

  while (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  return path != NULL ? g_strconcat (base, path, NULL) : NULL;
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member (object, name, text);
}

/**
 * torg_staff_invite_async:
 * @syncer: of a replica that belongs to a server
 * @user: (nullable): the id of an employee; %NULL for a new one
 * @name: (nullable): of a new one
 * @email: (nullable): what they are to sign in with; of one who has a login it does not count
 * @role: (nullable): of a new one, the id of a `role`
 * @department: (nullable): of a new one, the id of a `department`
 * @cancellable: (nullable): to stop it
 * @callback: called when the server has answered
 * @data: for @callback
 *
 * Asks the server for a link by which somebody sets their password, in place of the one before.
 */
void
torg_staff_invite_async (TorgSyncer         *syncer,
                         const char         *user,
                         const char         *name,
                         const char         *email,
                         const char         *role,
                         const char         *department,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            data)
{
  JsonObject *body = json_object_new ();

  set_text (body, "name", name);
  set_text (body, "email", email);
  set_text (body, "role", role);
  set_text (body, "department", department);
  ask_server (syncer, "POST",
              user != NULL ? g_strdup_printf ("/v1/people/%s/invitation", user) : g_strdup ("/v1/people"), body,
              read_link, g_free, cancellable, callback, data);
}

/**
 * torg_staff_invite_finish:
 * @result: as the callback got it
 * @error: place for an error, in words for the user
 *
 * Ends [func@staff_invite_async].
 *
 * Returns: (transfer full) (nullable): the link, which is told once
 */
char *
torg_staff_invite_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

/**
 * torg_staff_change_async:
 * @syncer: of a replica that belongs to a server
 * @user: the id of an employee
 * @change: what to do
 * @cancellable: (nullable): to stop it
 * @callback: called when the server has answered
 * @data: for @callback
 *
 * Asks the server to change how an employee stands to it.
 */
void
torg_staff_change_async (TorgSyncer         *syncer,
                         const char         *user,
                         TorgStaffChange     change,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            data)
{
  static const struct
  {
    const char *method;
    const char *path;
  } known[] = {
    [TORG_STAFF_WITHDRAW] = { "DELETE", "invitation" },
    [TORG_STAFF_CLOSE] = { "POST", "close" },
    [TORG_STAFF_OPEN] = { "POST", "open" },
  };

  ask_server (syncer, known[change].method, g_strdup_printf ("/v1/people/%s/%s", user, known[change].path), NULL, NULL,
              NULL, cancellable, callback, data);
}

/**
 * torg_staff_give_async:
 * @syncer: of a replica that belongs to a server
 * @user: the id of an employee
 * @to: the id of a colleague
 * @cancellable: (nullable): to stop it
 * @callback: called when the server has answered; it ends with [func@staff_change_finish]
 * @data: for @callback
 *
 * Asks the server to give a colleague the forms and webhooks that work in an employee's name.
 */
void
torg_staff_give_async (TorgSyncer         *syncer,
                       const char         *user,
                       const char         *to,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  JsonObject *body = json_object_new ();

  set_text (body, "to", to);
  ask_server (syncer, "POST", g_strdup_printf ("/v1/people/%s/give", user), body, NULL, NULL, cancellable, callback,
              data);
}

/**
 * torg_staff_change_finish:
 * @result: as the callback got it
 * @error: place for an error, in words for the user
 *
 * Ends [func@staff_change_async] or [func@staff_give_async].
 *
 * Returns: whether it is done
 */
gboolean
torg_staff_change_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
