/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-distribute.h"
#include "torg-error.h"
#include "torg-json.h"
#include "torg-keys.h"
#include "torg-mutate.h"
#include "torg-push.h"
#include "torg-resource-edit.h"
#include "torg-server-rules.h"

#include <string.h>

/*
 * Edits of integrations. Each becomes a mutation of the user's, made from the record as it is under the locks of its
 * transaction, with what the company's rules make of it, and applied like those of replicas: same rights, same history.
 *
 *   POST   /v1/deals        {"fields": {…}, "id"?}
 *   PATCH  /v1/deals/ID     {"fields": {…}}    If-Match: the record's ETag, or * for whatever it is
 *   DELETE /v1/deals/ID                        If-Match likewise
 *   POST   /v1/bulk         {"operations": [{"op": "create" | "patch" | "delete", "type", "id", "seq", "fields"}, …]}
 *                           all or none; `seq` is that of the record, null for whatever it is
 *
 * With an `Idempotency-Key` the same question has its effect once, however often it comes.
 */

#define MAX_BODY (256 * 1024)
#define MAX_KEY 255
#define MAX_TRIES 8

#define ANY_SEQ (-1)

typedef struct
{
  TorgOp      op;
  const char *type;
  const char *id; /* (nullable) */
  gint64      seq;
  JsonObject *fields; /* (nullable) */
} Operation;

typedef struct
{
  TorgServerStore *store;
  const char      *user;
  TorgResponse    *response;
  GArray          *operations; /* (owned) (element-type Operation) */
  JsonParser      *parser;     /* (owned) (nullable): what the operations are read from */
  gboolean         many;
} Edit;

static void
edit_clear (Edit *edit)
{
  g_clear_pointer (&edit->operations, g_array_unref);
  g_clear_object (&edit->parser);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Edit, edit_clear)

/* --- refusals ----------------------------------------------------------------------------------------------------- */

static void
refuse (Edit *edit, guint status, const char *code, const char *title, const char *field, guint index)
{
  torg_response_set_refusal (edit->response, status, code, title, NULL, field, edit->many ? (int) index : -1);
}

/* @detail: (nullable): in the server's language */
static void
refuse_known (Edit *edit, const char *code, const char *detail, const char *field, guint index)
{
  static const struct
  {
    const char *code;
    guint       status;
    const char *title;
  } known[] = {
    { "invalid", 422, "A field cannot have this value." },
    { "not_found", 404, "There is nothing at this address." },
    { "forbidden", 403, "You may not do this." },
    { "rule", 409, "A rule of the company forbids it." },
    { "administrator", 409, "Nobody could edit roles any more." },
    { "duplicate", 409, "There is such a record already." },
    { "dependency", 422, "What a field refers to is not there." },
  };
  int operation = edit->many ? (int) index : -1;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (known[i].code, code) == 0)
      {
        torg_response_set_refusal (edit->response, known[i].status, code, known[i].title, detail, field, operation);
        return;
      }
  torg_response_set_refusal (edit->response, 422, code, "This cannot be done.", detail, field, operation);
}

/* Nobody learns by an id which records there are: whether one sees it or not, and of whatever type. */
static void
refuse_id (Edit *edit, guint index)
{
  refuse (edit, 409, "duplicate", "This id is taken. Leave it out, or make a new one.", NULL, index);
}

static void
refuse_result (Edit *edit, TorgWireResult *result)
{
  if (g_strcmp0 (result->code, "invalid") == 0 && g_strcmp0 (result->detail, "id") == 0)
    refuse_id (edit, (guint) result->client_seq);
  else
    refuse_known (edit, result->code, NULL, result->detail, (guint) result->client_seq);
}

/* --- one operation ------------------------------------------------------------------------------------------------ */

/* What is said of the fields; FALSE with a refusal. */
static gboolean
set_fields (Edit *edit, TorgSight *sight, guint index, JsonObject *fields, TorgRecord *record)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  json_object_iter_init (&iter, fields);
  while (json_object_iter_next (&iter, &name, &node))
    {
      const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);
      g_autoptr (GError) error = NULL;
      TorgValue value = TORG_VALUE_INIT;

      if (field == NULL)
        {
          refuse (edit, 422, "unknown", "There is no such field.", name, index);
          return FALSE;
        }
      if (torg_sight_hides (sight, torg_record_get_kind (record)->info->name, name))
        {
          refuse (edit, 403, "forbidden", "You may not do this.", name, index);
          return FALSE;
        }
      if (field->merge == TORG_MERGE_DERIVED)
        {
          refuse (edit, 422, "derived", "This field follows from others.", name, index);
          return FALSE;
        }
      if (!torg_value_from_json (node, field->kind, &value) || !torg_field_validate (field, &value, &error))
        {
          refuse_known (edit, "invalid", error != NULL ? error->message : NULL, name, index);
          torg_value_clear (&value);
          return FALSE;
        }
      torg_record_take_nth (record, field->index, value);
    }
  return TRUE;
}

/* Whether what @after is put under is there still: here nobody is asked later. */
static gboolean
check_upholders (Edit *edit, TorgCommit *commit, guint index, TorgRecord *before, TorgRecord *after, GError **error)
{
  const TorgType *type = torg_record_get_kind (after);

  for (guint i = 0; i < type->info->n_fields; i++)
    {
      TorgEntry *upholder;

      if (before != NULL && torg_value_equal (torg_record_nth (before, i), torg_record_nth (after, i)))
        continue;
      if (!torg_mutate_find_deleted (commit, &type->fields[i], torg_record_nth (after, i), &upholder, error))
        return FALSE;
      if (upholder == NULL)
        continue;
      refuse (edit, 422, "dependency", "What a field refers to is not there.", type->fields[i].name, index);
      return FALSE;
    }
  return TRUE;
}

/* The field that cannot stay as it is. */
static const char *
find_invalid (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if (((field->flags & TORG_FIELD_REQUIRED) != 0 && torg_value_is_null (torg_record_nth (record, i))) ||
          !torg_field_validate (field, torg_record_nth (record, i), NULL))
        return field->name;
    }
  return NULL;
}

/* Whose a new record is was said, or it is of whoever makes it; a lead may be distributed instead. */
static gboolean
fill (Edit *edit, TorgCommit *commit, const TorgRuleSource *source, TorgRecord *record, gint64 now, GError **error)
{
  const TorgField *owner = torg_type_find_field (torg_record_get_kind (record), "owner");
  gboolean         is_open = owner != NULL && torg_value_is_null (torg_record_nth (record, owner->index));

  torg_rule_fill (source, record, edit->user, now);
  return !is_open || torg_distribute_mark (commit, record, error);
}

/* What the company's rules make of it; FALSE with a refusal, or an error of the database. */
static gboolean
apply_rules (Edit *edit, TorgCommit *commit, guint index, TorgRecord *before, TorgRecord *after, GError **error)
{
  TorgRuleSource source = torg_server_rules_source (commit, edit->user);
  gint64         now = torg_env_get_now (torg_server_store_get_env (edit->store));
  g_autoptr (GError) local = NULL;

  if (before == NULL && !fill (edit, commit, &source, after, now, error))
    return FALSE;
  if (torg_record_validate (after, &local) && torg_rule_follow (&source, before, after, now, FALSE, &local) &&
      torg_rule_check (&source, before, after, &local))
    return check_upholders (edit, commit, index, before, after, error);
  if (local->domain != TORG_ERROR)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (local->code == TORG_ERROR_RULE || local->code == TORG_ERROR_DUPLICATE)
    refuse_known (edit, local->code == TORG_ERROR_RULE ? "rule" : "duplicate", local->message, NULL, index);
  else
    refuse_known (edit, local->code == TORG_ERROR_NOT_FOUND ? "dependency" : "invalid", local->message,
                  find_invalid (after), index);
  return FALSE;
}

static gboolean
make_create (Edit *edit, TorgCommit *commit, TorgSight *sight, guint index, TorgWireMutation **mutation, GError **error)
{
  Operation       *operation = &g_array_index (edit->operations, Operation, index);
  TorgSchema      *schema = torg_server_store_get_schema (edit->store);
  g_autofree char *id =
    operation->id != NULL ? g_strdup (operation->id) : torg_env_make_id (torg_server_store_get_env (edit->store));
  g_autoptr (TorgRecord) after = torg_record_new (schema, torg_schema_find (schema, operation->type), id);
  TorgEntry *entry = NULL;

  if (!torg_commit_get (commit, operation->type, id, &entry, error))
    return FALSE;
  if (entry != NULL)
    {
      refuse_id (edit, index);
      return TRUE;
    }
  if (!set_fields (edit, sight, index, operation->fields, after))
    return TRUE;
  if (!apply_rules (edit, commit, index, NULL, after, error))
    return *error == NULL;
  *mutation = torg_wire_mutation_new_edit (torg_server_store_get_env (edit->store), TORG_OP_CREATE, NULL, after);
  return TRUE;
}

static gboolean
make_change (Edit *edit, TorgCommit *commit, TorgSight *sight, guint index, TorgWireMutation **mutation, GError **error)
{
  Operation       *operation = &g_array_index (edit->operations, Operation, index);
  TorgEntry       *entry = NULL;
  g_autofree char *keys = NULL;
  g_autoptr (TorgRecord) after = NULL;

  if (!torg_commit_get (commit, operation->type, operation->id, &entry, error) ||
      (entry != NULL && (keys = torg_commit_dup_keys (commit, entry->after, error)) == NULL))
    return FALSE;
  if (entry == NULL || torg_record_get_deleted (entry->after) != 0 || !torg_sight_sees (sight, keys))
    {
      refuse (edit, 404, "not_found", "There is nothing at this address.", NULL, index);
      return TRUE;
    }
  if (operation->seq != ANY_SEQ && operation->seq != torg_record_get_seq (entry->after))
    {
      refuse (edit, 412, "changed", "It has been changed since. Read it again.", NULL, index);
      return TRUE;
    }
  if (operation->op == TORG_OP_DELETE)
    {
      *mutation =
        torg_wire_mutation_new_edit (torg_server_store_get_env (edit->store), TORG_OP_DELETE, entry->after, NULL);
      /* Which version is meant was said; what hangs on it goes along as it is. */
      (*mutation)->base_seq = G_MAXINT64;
      return TRUE;
    }
  after = torg_record_copy (entry->after);
  if (!set_fields (edit, sight, index, operation->fields, after))
    return TRUE;
  if (!apply_rules (edit, commit, index, entry->after, after, error))
    return *error == NULL;
  *mutation = torg_wire_mutation_new_edit (torg_server_store_get_env (edit->store), TORG_OP_PATCH, entry->after, after);
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(const Operation *const *) a)->id, (*(const Operation *const *) b)->id);
}

/* In the order of their ids, as a batch of a replica does. */
static gboolean
lock_all (Edit *edit, TorgCommit *commit, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  TorgEntry *entry;

  for (guint i = 0; i < edit->operations->len; i++)
    if (g_array_index (edit->operations, Operation, i).id != NULL)
      g_ptr_array_add (sorted, &g_array_index (edit->operations, Operation, i));
  g_ptr_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len; i++)
    {
      Operation *operation = g_ptr_array_index (sorted, i);

      if (!torg_commit_get (commit, operation->type, operation->id, &entry, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make (TorgCommit *commit, TorgSight *sight, guint index, gpointer data, TorgWireMutation **mutation, GError **error)
{
  Edit      *edit = data;
  Operation *operation = &g_array_index (edit->operations, Operation, index);
  g_autoptr (GError) local = NULL;
  gboolean ok;

  /* Types of the company's own are known once its schema is. */
  if (torg_schema_find (torg_server_store_get_schema (edit->store), operation->type) == NULL)
    {
      refuse (edit, 422, "invalid", "There is no such type.", NULL, index);
      return TRUE;
    }
  ok = (index > 0 || lock_all (edit, commit, &local)) &&
       (operation->op == TORG_OP_CREATE ? make_create (edit, commit, sight, index, mutation, &local)
                                        : make_change (edit, commit, sight, index, mutation, &local));
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}

/* --- the question ------------------------------------------------------------------------------------------------- */

static gboolean
key_is_valid (const char *key)
{
  gsize n = strlen (key);

  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isgraph (key[i]))
      return FALSE;
  return n > 0 && n <= MAX_KEY;
}

/* What is asked, summed up: another question under the same key is a mistake. */
static char *
sum_up (TorgRequest *request)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *parts[] = { request->method, request->path, request->if_match != NULL ? request->if_match : "" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_checksum_update (checksum, (const guchar *) parts[i], (gssize) strlen (parts[i]) + 1);
  if (request->body != NULL)
    g_checksum_update (checksum, (const guchar *) request->body, (gssize) request->length);
  return g_strdup (g_checksum_get_string (checksum));
}

static GPtrArray *
make_ids (Edit *edit, TorgRequest *request)
{
  GPtrArray *ids;

  if (request->key == NULL)
    return NULL;
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < edit->operations->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("rest/%u/%s", i, request->key);

      g_ptr_array_add (ids, torg_id_derive (edit->user, name));
    }
  return ids;
}

/* Whether all is done; else there is a refusal, or an error of the database. */
static gboolean
run (Edit *edit, TorgRequest *request, GPtrArray *results, GError **error)
{
  g_autofree char *client = torg_id_derive (edit->user, "rest");
  g_autofree char *hash = sum_up (request);
  g_autoptr (GPtrArray) ids = NULL;
  g_autoptr (GError) local = NULL;
  TorgPushStatus status;

  if (request->key != NULL && !key_is_valid (request->key))
    {
      torg_response_set_problem (edit->response, 400, "key", "The Idempotency-Key is 1 to 255 visible characters.");
      return FALSE;
    }
  ids = make_ids (edit, request);
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_clear_error (&local);
      g_ptr_array_set_size (results, 0);
      if (torg_push_made (edit->store, edit->user, client, edit->operations->len, ids, hash, make, edit, results,
                          &status, &local))
        break;
      if (!g_error_matches (local, TORG_STORE_ERROR, TORG_STORE_ERROR_LOCKED))
        break;
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (status == TORG_PUSH_REUSED)
    torg_response_set_problem (edit->response, 422, "reused", "This key belongs to another question.");
  else if (status == TORG_PUSH_FOREIGN)
    torg_response_set_problem (edit->response, 403, "client", "Edits by this interface are shut off for you.");
  else if (results->len > 0 && ((TorgWireResult *) results->pdata[results->len - 1])->status == TORG_WIRE_REJECTED)
    refuse_result (edit, results->pdata[results->len - 1]);
  else
    return results->len > 0;
  return FALSE;
}

static JsonObject *
read_body (Edit *edit, TorgRequest *request, gsize max)
{
  JsonNode *root;

  if (request->length > max)
    {
      torg_response_set_problem (edit->response, 413, "too_large", "The body is too large.");
      return NULL;
    }
  edit->parser = json_parser_new ();
  if (!json_parser_load_from_data (edit->parser, request->body != NULL ? request->body : "", (gssize) request->length,
                                   NULL) ||
      (root = json_parser_get_root (edit->parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      torg_response_set_problem (edit->response, 400, "invalid", "The body is no object of JSON.");
      return NULL;
    }
  return json_node_get_object (root);
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* --- one record --------------------------------------------------------------------------------------------------- */

/* `"12"` or `*` (RFC 9110, 13.1.1). */
static gboolean
read_if_match (const char *text, gint64 *seq)
{
  gsize            n = strlen (text);
  g_autofree char *inner = NULL;

  *seq = ANY_SEQ;
  if (g_str_equal (text, "*"))
    return TRUE;
  if (n < 3 || text[0] != '"' || text[n - 1] != '"')
    return FALSE;
  inner = g_strndup (text + 1, n - 2);
  return g_ascii_string_to_signed (inner, 10, 0, G_MAXINT64, seq, NULL);
}

static gboolean
read_one (Edit *edit, TorgRequest *request, Operation *operation)
{
  JsonObject *body;

  if (operation->op != TORG_OP_CREATE)
    {
      if (request->if_match == NULL)
        {
          torg_response_set_problem (edit->response, 428, "precondition",
                                     "Say which version is meant: If-Match with its ETag, or * for whatever it is.");
          return FALSE;
        }
      if (!read_if_match (request->if_match, &operation->seq))
        {
          torg_response_set_problem (edit->response, 400, "precondition", "If-Match is one ETag, or *.");
          return FALSE;
        }
    }
  if (operation->op == TORG_OP_DELETE)
    return TRUE;
  body = read_body (edit, request, MAX_BODY);
  if (body == NULL)
    return FALSE;
  operation->fields = get_object (body, "fields");
  if (operation->op == TORG_OP_CREATE)
    operation->id = torg_json_get_text (body, "id");
  if (operation->fields != NULL && (operation->id == NULL || torg_id_is_valid (operation->id)) &&
      (operation->op != TORG_OP_CREATE || operation->id != NULL || !json_object_has_member (body, "id")))
    return TRUE;
  torg_response_set_problem (edit->response, 400, "invalid", "The body is {\"fields\": {…}}.");
  return FALSE;
}

/**
 * torg_resource_edit:
 * @store: a connection
 * @user: who asks
 * @request: a question other than GET
 * @type: a type's name
 * @id: (nullable): a record's id
 * @response: where a refusal goes
 * @edited: (out) (transfer full) (nullable): the id of the record that was made or changed; %NULL where it was refused
 * @error: place for an error
 *
 * Makes, changes or deletes a record.
 *
 * Returns: whether the database answered
 */
gboolean
torg_resource_edit (TorgServerStore *store,
                    const char      *user,
                    TorgRequest     *request,
                    const char      *type,
                    const char      *id,
                    TorgResponse    *response,
                    char           **edited,
                    GError         **error)
{
  g_auto (Edit) edit = { store, user, response, g_array_new (FALSE, TRUE, sizeof (Operation)), NULL, FALSE };
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
  g_autoptr (GError) local = NULL;
  Operation operation = { TORG_OP_CREATE, type, id, ANY_SEQ, NULL };

  *edited = NULL;
  if (id != NULL && g_str_equal (request->method, "PATCH"))
    operation.op = TORG_OP_PATCH;
  else if (id != NULL && g_str_equal (request->method, "DELETE"))
    operation.op = TORG_OP_DELETE;
  else if (id != NULL || !g_str_equal (request->method, "POST"))
    {
      torg_response_set_problem (response, 405, "method", "This cannot be done at this address.");
      return TRUE;
    }
  if (id != NULL && !torg_id_is_valid (id))
    {
      torg_response_set_problem (response, 404, "not_found", "There is nothing at this address.");
      return TRUE;
    }
  if (!read_one (&edit, request, &operation))
    return TRUE;
  g_array_append_val (edit.operations, operation);
  if (run (&edit, request, results, &local))
    *edited = g_strdup (((TorgWireResult *) results->pdata[0])->detail);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* --- several ------------------------------------------------------------------------------------------------------ */

static gboolean
read_operation (JsonNode *node, Operation *operation)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *op = object != NULL ? torg_json_get_text (object, "op") : NULL;
  JsonNode   *seq = object != NULL ? json_object_get_member (object, "seq") : NULL;

  if (op == NULL || !torg_wire_op_from_string (op, &operation->op) || operation->op == TORG_OP_COMMAND ||
      operation->op == TORG_OP_RESTORE)
    return FALSE;
  operation->type = torg_json_get_text (object, "type");
  operation->id = torg_json_get_text (object, "id");
  operation->fields = get_object (object, "fields");
  operation->seq = ANY_SEQ;
  if (operation->type == NULL || (operation->id != NULL && !torg_id_is_valid (operation->id)) ||
      (operation->fields == NULL) != (operation->op == TORG_OP_DELETE))
    return FALSE;
  if (operation->op == TORG_OP_CREATE)
    return operation->id != NULL || !json_object_has_member (object, "id");
  if (seq != NULL && JSON_NODE_HOLDS_VALUE (seq) && json_node_get_value_type (seq) == G_TYPE_INT64)
    operation->seq = json_node_get_int (seq);
  return operation->id != NULL && seq != NULL &&
         (JSON_NODE_HOLDS_NULL (seq) || (JSON_NODE_HOLDS_VALUE (seq) && operation->seq >= 0));
}

static gboolean
read_many (Edit *edit, TorgRequest *request)
{
  JsonObject *body = read_body (edit, request, TORG_WIRE_MAX_BATCH * 64 * 1024);
  JsonNode   *node = body != NULL ? json_object_get_member (body, "operations") : NULL;
  JsonArray  *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (body == NULL)
    return FALSE;
  if (array == NULL || json_array_get_length (array) == 0 || json_array_get_length (array) > TORG_WIRE_MAX_BATCH)
    {
      torg_response_set_problem (edit->response, 400, "invalid",
                                 "The body is {\"operations\": […]}, 1 to 200 of them.");
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      Operation operation = { 0 };

      if (!read_operation (json_array_get_element (array, i), &operation))
        {
          refuse (edit, 400, "invalid",
                  "An operation is create with type and fields, patch with type, id, seq and fields, or delete with "
                  "type, id and seq.",
                  NULL, i);
          return FALSE;
        }
      g_array_append_val (edit->operations, operation);
    }
  return TRUE;
}

/* What is no type is refused as such later, unless the token is for some types alone. */
static gboolean
is_in_scope (Edit *edit, TorgRequest *request)
{
  TorgSchema *schema = torg_server_store_get_schema (edit->store);

  for (guint i = 0; i < edit->operations->len; i++)
    {
      const char     *name = g_array_index (edit->operations, Operation, i).type;
      const TorgType *type = torg_schema_find (schema, name);

      if (!torg_scopes_check (request, edit->response, "write", type != NULL ? type->info->name : name))
        return FALSE;
    }
  return TRUE;
}

static void
answer_many (Edit *edit, GPtrArray *results)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  JsonObject      *object = json_object_new ();
  JsonArray       *array = json_array_new ();

  for (guint i = 0; i < results->len; i++)
    json_array_add_string_element (array, ((TorgWireResult *) results->pdata[i])->detail);
  json_object_set_array_member (object, "ids", array);
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  edit->response->status = 200;
  edit->response->type = "application/json";
  g_string_assign (edit->response->body, text);
}

/**
 * torg_resource_edit_many:
 * @store: a connection
 * @user: who asks
 * @request: a question at `/v1/bulk`
 * @response: where the answer goes: `{"ids"}`, of each record
 * @error: place for an error
 *
 * Makes, changes and deletes records in one transaction, all or none.
 *
 * Returns: whether the database answered
 */
gboolean
torg_resource_edit_many (TorgServerStore *store,
                         const char      *user,
                         TorgRequest     *request,
                         TorgResponse    *response,
                         GError         **error)
{
  g_auto (Edit) edit = { store, user, response, g_array_new (FALSE, TRUE, sizeof (Operation)), NULL, TRUE };
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_result_free);
  g_autoptr (GError) local = NULL;

  if (!read_many (&edit, request) || !is_in_scope (&edit, request))
    return TRUE;
  if (run (&edit, request, results, &local))
    answer_many (&edit, results);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
