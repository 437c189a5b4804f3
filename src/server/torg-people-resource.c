/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-belongings.h"
#include "torg-error.h"
#include "torg-invite.h"
#include "torg-json.h"
#include "torg-keys.h"
#include "torg-people-resource.h"
#include "torg-question.h"
#include "torg-people.h"

#include <string.h>

/*
 * Employees as to signing in, for whoever may edit employees:
 *
 *   GET    /v1/people                  {"items": [{"user", "state", "login"?, "until"?, "seen"?, "forms", …}, …]}
 *   POST   /v1/people                  {"name", "email", "role"?, "department"?}: {"user", "path"}, the link's path
 *   POST   /v1/people/ID/invitation    {"email"?, "role"?, "department"?}: another link: {"user", "path"}
 *   DELETE /v1/people/ID/invitation    takes it back
 *   POST   /v1/people/ID/close         ends all sessions
 *   POST   /v1/people/ID/open
 *   POST   /v1/people/ID/give          {"to"}: gives the forms and webhooks of ID, of whom each is named above
 *
 * An employee is a record like others otherwise: `/v1/users`.
 */

#define PREFIX "/v1/people"
#define MAX_BODY (16 * 1024)
#define MAX_TRIES 8

/* What is refused is an answer; what the database could not do is not. */
static gboolean
refuse_error (TorgQuestion *question, GError **error)
{
  static const struct
  {
    guint       status;
    const char *code;
    const char *title;
  } known[] = {
    [TORG_PEOPLE_ERROR_FORBIDDEN] = { 403, "forbidden", "You may not do this." },
    [TORG_PEOPLE_ERROR_NOT_FOUND] = { 404, "not_found", "There is no such employee, role or department." },
    [TORG_PEOPLE_ERROR_INVALID] = { 422, "invalid", "The name or the address cannot be one." },
    [TORG_PEOPLE_ERROR_LOGIN] = { 409, "login", "Somebody else signs in with this address already." },
    [TORG_PEOPLE_ERROR_CLOSED] = { 409, "closed", "The account is closed. Open it first." },
    [TORG_PEOPLE_ERROR_OWN] = { 409, "own", "Somebody else has to close your own account." },
    [TORG_PEOPLE_ERROR_TAKER] = { 409, "taker", "A form needs who may create leads, a webhook who may edit roles." },
    [TORG_PEOPLE_ERROR_FIRST] = { 409, "first", "Give yourself a role that may edit roles first." },
  };

  if (g_error_matches (*error, TORG_PEOPLE_ERROR, TORG_PEOPLE_ERROR_ADMINISTRATOR))
    torg_response_set_missing_scope (question->response, "administrators");
  else if (g_error_matches (*error, TORG_PEOPLE_ERROR, TORG_PEOPLE_ERROR_WEBHOOKS))
    torg_response_set_missing_scope (question->response, "webhooks");
  else if (g_error_matches (*error, TORG_ERROR, TORG_ERROR_RULE))
    torg_question_refuse (question, 409, "administrator", "Nobody could edit roles any more.");
  else if ((*error)->domain == TORG_PEOPLE_ERROR)
    torg_question_refuse (question, known[(*error)->code].status, known[(*error)->code].code,
                          known[(*error)->code].title);
  else
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

static void
set_belongings (JsonObject *item, const char *name, GPtrArray *belongings, gboolean webhooks)
{
  JsonArray *names = json_array_new ();

  for (guint i = 0; i < belongings->len; i++)
    {
      const TorgBelonging *one = belongings->pdata[i];

      if (one->is_webhook == webhooks)
        json_array_add_string_element (names, one->name);
    }
  json_object_set_array_member (item, name, names);
}

static gboolean
list (TorgQuestion *question, GError **error)
{
  g_autoptr (GPtrArray) people = torg_people_list (question->store, question->user, error);
  JsonObject *object;
  JsonArray  *items;

  if (people == NULL)
    return FALSE;
  object = json_object_new ();
  items = json_array_new ();
  for (guint i = 0; i < people->len; i++)
    {
      const TorgPerson *person = people->pdata[i];
      JsonObject       *item = json_object_new ();

      json_object_set_string_member (item, "user", person->user);
      json_object_set_string_member (item, "state", person->state);
      if (person->login != NULL)
        json_object_set_string_member (item, "login", person->login);
      if (person->until != 0)
        json_object_set_int_member (item, "until", person->until);
      if (person->seen != 0)
        json_object_set_int_member (item, "seen", person->seen);
      set_belongings (item, "forms", person->belongings, FALSE);
      set_belongings (item, "webhooks", person->belongings, TRUE);
      json_array_add_object_element (items, item);
    }
  json_object_set_array_member (object, "items", items);
  return torg_question_answer (question, 200, object);
}

/* @id is %NULL for a new one. */
static gboolean
invite (TorgQuestion *question, const char *id, GError **error)
{
  TorgRequest *request = question->request;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *user = NULL, *secret = NULL, *path = NULL;
  TorgInvitee      who = { .user = id };
  JsonObject      *body, *object;

  body = torg_question_read (question, parser, MAX_BODY);
  if (body == NULL)
    return TRUE;
  who.name = torg_json_get_text (body, "name");
  who.email = torg_json_get_text (body, "email");
  who.role = torg_json_get_text (body, "role");
  who.department = torg_json_get_text (body, "department");
  who.no_administrator = !torg_scopes_allow (request->scopes, "administrators", NULL);
  if (!torg_people_invite (question->store, question->user, &who, &user, &secret, error))
    return FALSE;
  path = g_strconcat (TORG_INVITE_PATH, secret, NULL);
  object = json_object_new ();
  json_object_set_string_member (object, "user", user);
  json_object_set_string_member (object, "path", path);
  return torg_question_answer (question, 201, object);
}

static gboolean
give (TorgQuestion *question, const char *id, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *body = torg_question_read (question, parser, MAX_BODY);
  const char *to;

  if (body == NULL)
    return TRUE;
  to = torg_json_get_text (body, "to");
  if (to == NULL)
    return torg_question_refuse (question, 400, "invalid", "The body is {\"to\": ID}.");
  question->response->status = 204;
  return torg_people_give (question->store, question->user, id, to,
                           !torg_scopes_allow (question->request->scopes, "webhooks", NULL), error);
}

static gboolean
done (TorgQuestion *question, gboolean ok)
{
  question->response->status = 204;
  return ok;
}

static gboolean
dispatch (TorgQuestion *question, GError **error)
{
  const char *path = question->request->path + strlen (PREFIX), *method = question->request->method;
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint    n = g_strv_length (parts);
  gboolean is_post = g_str_equal (method, "POST");

  if (n <= 1 && g_str_equal (method, "GET"))
    return list (question, error);
  if (n <= 1 && is_post)
    return invite (question, NULL, error);
  if (n == 3 && g_str_equal (parts[2], "invitation") && is_post)
    return invite (question, parts[1], error);
  if (n == 3 && g_str_equal (parts[2], "invitation") && g_str_equal (method, "DELETE"))
    return done (question, torg_people_withdraw (question->store, question->user, parts[1], error));
  if (n == 3 && (g_str_equal (parts[2], "close") || g_str_equal (parts[2], "open")) && is_post)
    return done (question, torg_people_set_closed (question->store, question->user, parts[1],
                                                   g_str_equal (parts[2], "close"), error));
  if (n == 3 && g_str_equal (parts[2], "give") && is_post)
    return give (question, parts[1], error);
  if (n <= 1 ||
      (n == 3 && g_strv_contains ((const char *const[]) { "invitation", "close", "open", "give", NULL }, parts[2])))
    return torg_question_refuse (question, 405, "method", "This cannot be done at this address.");
  return torg_question_refuse (question, 404, "not_found", "There is nothing at this address.");
}

/**
 * torg_people_resource_handle:
 * @store: a connection
 * @user: who asks
 * @request: a question at `/v1/people` or below
 * @response: where the answer goes
 * @error: place for an error
 *
 * Answers with employees, or what became of them.
 *
 * Returns: whether the database answered
 */
gboolean
torg_people_resource_handle (TorgServerStore *store,
                             const char      *user,
                             TorgRequest     *request,
                             TorgResponse    *response,
                             GError         **error)
{
  TorgQuestion question = { store, user, request, response };
  g_autoptr (GError) local = NULL;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_clear_error (&local);
      if (dispatch (&question, &local) || refuse_error (&question, &local))
        return TRUE;
      if (!g_error_matches (local, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
