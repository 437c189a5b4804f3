/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-distribute.h"
#include "torg-email.h"
#include "torg-error.h"
#include "torg-forms.h"
#include "torg-intake.h"
#include "torg-phone.h"
#include "torg-push.h"
#include "torg-server-rules.h"

#include <string.h>

/*
 * Leads from the forms of web sites. Whoever fills one in is nobody to the server: nothing of what they send comes
 * back, and what they make is made in the name of the form's owner.
 *
 *   GET  /intake/KEY    {"stamp"}, fetched by the page when it is opened, sent along as `stamp`
 *   POST /intake/KEY    name, phone, email, company, city, message, page, utm_source … utm_content, stamp, and
 * `website`, which the page hides and people leave empty; urlencoded or JSON
 *
 * A form that was open for less than some seconds was filled in by no human. The same person within minutes adds a note
 * to the lead; where the owner may not make one there, since the lead is somebody else's by now, it is another lead.
 */

#define MAX_BODY (16 * 1024)
/* How long a form is open, in seconds. */
#define MIN_OPEN 3
#define MAX_OPEN (24 * 60 * 60)
/* Within these, what the same person sends belongs to the same lead. */
#define SAME_PERSON (15 * G_TIME_SPAN_MINUTE)
#define MAX_TRIES 8
/* At once, and each second from then on: of one address, and of one form. */
#define PEER_BURST 10
#define PEER_RATE 0.05
#define FORM_BURST 120
#define FORM_RATE 0.5

#define TRAP "website"

static const struct
{
  const char *name;
  gsize       most; /* bytes */
} known[] = {
  { "name", 300 },         { "phone", 100 },       { "email", 254 },      { "company", 300 },    { "city", 200 },
  { "message", 8000 },     { "page", 1000 },       { "utm_source", 500 }, { "utm_medium", 500 }, { "utm_term", 500 },
  { "utm_campaign", 500 }, { "utm_content", 500 }, { "stamp", 200 },      { TRAP, MAX_BODY },
};

typedef struct
{
  TorgServerStore *store;
  TorgRequest     *request;
  TorgResponse    *response;
  TorgForm        *form;     /* (owned) (nullable) */
  GHashTable      *values;   /* (owned) (nullable) name → text, of those that are known and not empty */
  GPtrArray       *contacts; /* (owned): by which the person is known */
  gboolean         is_plain; /* what a browser sends without a script */
  gboolean         is_note;  /* whether what was made last is a note at a lead that is there */
  gboolean         is_anew;  /* whether it is a lead of its own, whoever has sent one before */
} Intake;

static void
intake_clear (Intake *self)
{
  g_clear_pointer (&self->form, torg_form_free);
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Intake, intake_clear)

static gboolean
refuse (Intake *self, guint status, const char *code, const char *title)
{
  torg_response_set_problem (self->response, status, code, title);
  return FALSE;
}

static const char *
get (Intake *self, const char *name)
{
  return g_hash_table_lookup (self->values, name);
}

/* --- what was sent ------------------------------------------------------------------------------------------------ */

static gboolean
add_value (Intake *self, const char *name, const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      char *value;

      if (!g_str_equal (known[i].name, name))
        continue;
      if (strlen (text) > known[i].most)
        return refuse (self, 422, "too_long", "A field is too long.");
      value = g_strstrip (g_utf8_normalize (text, -1, G_NORMALIZE_NFC));
      if (*value != '\0')
        g_hash_table_insert (self->values, g_strdup (name), value);
      else
        g_free (value);
    }
  return TRUE;
}

static gboolean
read_form (Intake *self, const char *body)
{
  g_autoptr (GHashTable) parameters = g_uri_parse_params (body, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  GHashTableIter iter;
  const char    *name, *text;

  if (parameters == NULL)
    return refuse (self, 400, "invalid", "The body is no form.");
  g_hash_table_iter_init (&iter, parameters);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &text))
    if (!g_utf8_validate (text, -1, NULL))
      return refuse (self, 400, "invalid", "The body is no form.");
    else if (!add_value (self, name, text))
      return FALSE;
  return TRUE;
}

static gboolean
read_json (Intake *self)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode      *root;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  json_parser_load_from_data (parser, self->request->body, (gssize) self->request->length, NULL);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return refuse (self, 400, "invalid", "The body is no object of JSON.");
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    if (JSON_NODE_HOLDS_NULL (node))
      continue;
    else if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING ||
             !g_utf8_validate (json_node_get_string (node), -1, NULL))
      return refuse (self, 400, "invalid", "Fields are texts.");
    else if (!add_value (self, name, json_node_get_string (node)))
      return FALSE;
  return TRUE;
}

static gboolean
read_body (Intake *self)
{
  TorgRequest     *request = self->request;
  g_autofree char *type = request->content != NULL ? g_ascii_strdown (request->content, -1) : NULL;
  g_autofree char *body = NULL;

  if (request->length > MAX_BODY)
    return refuse (self, 413, "too_large", "The body is too large.");
  body = g_strndup (request->body != NULL ? request->body : "", request->length);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->is_plain = type != NULL && g_str_has_prefix (type, "application/x-www-form-urlencoded");
  if (self->is_plain && strlen (body) == request->length)
    return read_form (self, body);
  if (type != NULL && g_str_has_prefix (type, "application/json") && request->body != NULL)
    return read_json (self);
  return refuse (self, self->is_plain ? 400 : 415, "type", "A form is urlencoded, or JSON.");
}

/* --- spam --------------------------------------------------------------------------------------------------------- */

/* Pages of other sites than the form's send nothing. */
static gboolean
check_origin (Intake *self)
{
  g_auto (GStrv) origins = g_strsplit (self->form->origins, " ", -1);
  const char *origin = self->request->origin;

  if (origin == NULL || *self->form->origins == '\0')
    return TRUE;
  if (!g_strv_contains ((const char *const *) origins, origin))
    return refuse (self, 403, "origin", "This form is not of this site.");
  self->response->origin = g_strdup (origin);
  return TRUE;
}

static gboolean
check_rate (Intake *self)
{
  g_autofree char *peer =
    g_strdup_printf ("intake/%s/%s", self->form->key, self->request->peer != NULL ? self->request->peer : "");
  g_autofree char *form = g_strconcat ("intake/", self->form->key, NULL);

  if (self->request->rate == NULL)
    return TRUE;
  self->response->retry_after = torg_rate_take (self->request->rate, peer, PEER_BURST, PEER_RATE);
  if (self->response->retry_after == 0)
    self->response->retry_after = torg_rate_take (self->request->rate, form, FORM_BURST, FORM_RATE);
  return self->response->retry_after == 0 || refuse (self, 429, "rate", "Too many forms. Try again later.");
}

static gboolean
check_stamp (Intake *self)
{
  gint64 now = torg_env_get_now (torg_server_store_get_env (self->store));
  gint64 opened = torg_form_read_stamp (self->form, get (self, "stamp"));

  if (self->form->plain && get (self, "stamp") == NULL)
    return TRUE;
  if (opened == 0 || now - opened > (gint64) MAX_OPEN * G_USEC_PER_SEC)
    return refuse (self, 422, "stamp", "The form is not of today. Open it again.");
  return now - opened >= MIN_OPEN * G_USEC_PER_SEC || refuse (self, 422, "stamp", "That was too fast. Send it again.");
}

/* By what the person is known. */
static gboolean
check_contacts (Intake *self)
{
  const char *phone = get (self, "phone"), *email = get (self, "email");
  g_autoptr (GPtrArray) phones = phone != NULL ? torg_phone_split (phone, NULL) : NULL;

  self->contacts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      const TorgPhone *one = phones->pdata[i];

      g_ptr_array_add (self->contacts, g_strconcat ("p:", *one->e164 != '\0' ? one->e164 : one->raw, NULL));
    }
  if (email != NULL && !torg_email_is_valid (email))
    return refuse (self, 422, "email", "The e-mail address is none.");
  if (email != NULL)
    {
      g_autofree char *key = torg_email_make_key (email);

      g_ptr_array_add (self->contacts, g_strconcat ("e:", key, NULL));
    }
  return self->contacts->len > 0 || refuse (self, 422, "contact", "A phone or an e-mail address is needed.");
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static const char *const utm[] = { "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content" };

/* UTM marks stand in fields of the company's own, where it has them, else among the words. */
static gboolean
is_utm_field (const TorgType *type, const char *name)
{
  const TorgField *field = torg_type_find_field (type, name);

  return field != NULL && (field->flags & TORG_FIELD_CUSTOM) != 0 && field->kind == TORG_KIND_TEXT;
}

static void
append_line (Intake *self, GString *text, const char *name)
{
  if (get (self, name) != NULL)
    g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", name, get (self, name));
}

static TorgRecord *
make_lead (Intake *self, TorgSchema *schema, const char *id)
{
  const TorgType *type = torg_schema_find (schema, "lead");
  TorgRecord     *lead = torg_record_new (schema, type, id);
  g_autoptr (GString) note = g_string_new (NULL);
  TorgValue value;

  torg_record_set_text (lead, "title", self->form->name);
  torg_record_set_text (lead, "name", get (self, "name"));
  torg_record_set_text (lead, "company_name", get (self, "company"));
  torg_record_set_text (lead, "city", get (self, "city"));
  torg_record_set_text (lead, "need", get (self, "message"));
  torg_record_set_text (lead, "source", self->form->source);
  torg_record_set_text (lead, "channel", "site");
  if (get (self, "phone") != NULL)
    {
      torg_phone_parse (get (self, "phone"), NULL, &value, NULL);
      torg_record_take (lead, "phones", value);
    }
  if (get (self, "email") != NULL)
    torg_record_take (lead, "emails",
                      torg_value_from_items ((const char *const[]) { get (self, "email"), NULL }, FALSE));
  append_line (self, note, "page");
  for (guint i = 0; i < G_N_ELEMENTS (utm); i++)
    if (is_utm_field (type, utm[i]))
      torg_record_set_text (lead, utm[i], get (self, utm[i]));
    else
      append_line (self, note, utm[i]);
  if (note->len > 0)
    torg_record_set_text (lead, "note", note->str);
  return lead;
}

/* Everything that was said this time. */
static TorgRecord *
make_note (Intake *self, TorgSchema *schema, const char *id, const char *lead)
{
  TorgRecord *note = torg_record_new (schema, torg_schema_find (schema, "activity"), id);
  g_autoptr (GString) body = g_string_new (get (self, "message"));

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (!g_str_equal (known[i].name, "message") && !g_str_equal (known[i].name, "stamp"))
      append_line (self, body, known[i].name);
  torg_record_set_text (note, "kind", "note");
  torg_record_set_text (note, "subject", self->form->name);
  torg_record_set_text (note, "body", body->str);
  torg_record_set_text (note, "lead", lead);
  return note;
}

/* The lead of the same person, if it is there still. */
static gboolean
find_lead (Intake *self, TorgCommit *commit, char **lead, GError **error)
{
  gint64 since = torg_env_get_now (torg_server_store_get_env (self->store)) - SAME_PERSON;

  *lead = NULL;
  if (self->is_anew)
    return TRUE;
  if (!torg_forms_forget_leads (self->store, self->form->key, since, error))
    return FALSE;
  for (guint i = 0; *lead == NULL && i < self->contacts->len; i++)
    {
      TorgEntry *entry = NULL;

      if (!torg_forms_find_lead (self->store, self->form->key, self->contacts->pdata[i], since, lead, error) ||
          (*lead != NULL && !torg_commit_get (commit, "lead", *lead, &entry, error)))
        return FALSE;
      if (entry == NULL || torg_record_get_deleted (entry->after) != 0)
        g_clear_pointer (lead, g_free);
    }
  return TRUE;
}

static gboolean
make (TorgCommit *commit, TorgSight *sight, guint index, gpointer data, TorgWireMutation **mutation, GError **error)
{
  Intake          *self = data;
  TorgEnv         *env = torg_server_store_get_env (self->store);
  TorgSchema      *schema = torg_server_store_get_schema (self->store);
  TorgRuleSource   source = torg_server_rules_source (commit, self->form->user);
  g_autofree char *id = torg_env_make_id (env);
  g_autofree char *lead = NULL;
  g_autoptr (TorgRecord) record = NULL;

  if (!find_lead (self, commit, &lead, error))
    return FALSE;
  self->is_note = lead != NULL;
  /* They are the words of who fills in the form; a role hides them from the owner, and keeps them. */
  torg_sight_show_fields (sight);
  record = lead != NULL ? make_note (self, schema, id, lead) : make_lead (self, schema, id);
  for (guint i = 0; i < self->contacts->len; i++)
    if (!torg_forms_note_lead (self->store, self->form->key, self->contacts->pdata[i], lead != NULL ? lead : id, error))
      return FALSE;
  torg_rule_fill (&source, record, self->form->user, torg_env_get_now (env));
  if (!torg_distribute_mark (commit, record, error))
    return FALSE;
  *mutation = torg_wire_mutation_new_edit (env, TORG_OP_CREATE, NULL, record);
  return TRUE;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static void
answer (Intake *self)
{
  if (self->is_plain && self->form->redirect != NULL)
    {
      self->response->status = 303;
      self->response->type = "text/plain";
      self->response->location = g_strdup (self->form->redirect);
      return;
    }
  self->response->status = 200;
  self->response->type = "application/json";
  g_string_assign (self->response->body, "{\"ok\":true}");
}

static gboolean store_lead (Intake *self, GError **error);

/* Somebody may have been given the form since it was read. */
static gboolean
find_new_owner (Intake *self, gboolean *found, GError **error)
{
  g_autoptr (TorgForm) form = NULL;

  *found = FALSE;
  if (!torg_forms_find (self->store, self->form->key, &form, error))
    return FALSE;
  *found = form != NULL && !g_str_equal (form->user, self->form->user);
  if (!*found)
    return TRUE;
  torg_form_free (self->form);
  self->form = g_steal_pointer (&form);
  return TRUE;
}

/* @code: why the form's owner could not make the lead */
static gboolean
settle_refusal (Intake *self, const char *code, GError **error)
{
  gboolean found;

  if (!find_new_owner (self, &found, error))
    return FALSE;
  if (found)
    return store_lead (self, error);
  g_message ("form %s: its owner may not make its leads: %s", self->form->key, code);
  refuse (self, 409, "closed", "This form takes nothing now.");
  return TRUE;
}

/* In the form's own name, so that of two questions at once the second sees what the first has made. */
static gboolean
store_lead (Intake *self, GError **error)
{
  g_autofree char *client = torg_id_derive (self->form->user, self->form->key);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
  g_autoptr (GError) local = NULL;
  TorgPushStatus  status = TORG_PUSH_DONE;
  TorgWireResult *result;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_clear_error (&local);
      g_ptr_array_set_size (results, 0);
      if (torg_push_made (self->store, self->form->user, client, 1, NULL, NULL, make, self, results, &status, &local) ||
          !g_error_matches (local, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
        break;
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  result = results->len > 0 ? results->pdata[0] : NULL;
  if (result != NULL && result->status != TORG_WIRE_REJECTED)
    answer (self);
  else if (result != NULL && self->is_note)
    {
      self->is_anew = TRUE;
      return store_lead (self, error);
    }
  else
    return settle_refusal (self, result != NULL ? result->code : "client", error);
  return TRUE;
}

static void
answer_stamp (Intake *self)
{
  g_autofree char *stamp =
    torg_form_make_stamp (self->form, torg_env_get_now (torg_server_store_get_env (self->store)));

  self->response->status = 200;
  self->response->type = "application/json";
  g_string_printf (self->response->body, "{\"stamp\":\"%s\"}", stamp);
}

/**
 * torg_intake_handle:
 * @store: a connection
 * @request: a question below `/intake/`
 * @response: where the answer goes
 * @error: place for an error
 *
 * Makes a lead of what somebody has filled in on a web site.
 *
 * Returns: whether the database answered
 */
gboolean
torg_intake_handle (TorgServerStore *store, TorgRequest *request, TorgResponse *response, GError **error)
{
  g_auto (Intake) self = { .store = store, .request = request, .response = response };

  if (!torg_forms_find (store, request->path + strlen ("/intake/"), &self.form, error))
    return FALSE;
  if (self.form == NULL)
    refuse (&self, 404, "not_found", "There is nothing at this address.");
  else if (!check_origin (&self))
    return TRUE;
  else if (g_str_equal (request->method, "OPTIONS"))
    response->status = 204;
  else if (g_str_equal (request->method, "GET"))
    answer_stamp (&self);
  else if (!g_str_equal (request->method, "POST"))
    refuse (&self, 405, "method", "This cannot be done at this address.");
  else if (!check_rate (&self) || !read_body (&self))
    return TRUE;
  else if (get (&self, TRAP) != NULL)
    /* Whoever fills in what nobody sees is told that all went well. */
    answer (&self);
  else if (check_stamp (&self) && check_contacts (&self))
    return store_lead (&self, error);
  return TRUE;
}
