/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-json.h"
#include "torg-wire.h"
#include "torg-env.h"
#include "torg-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* What goes between a replica and the server, as JSON. All that comes in is checked here. */

static const char *const op_names[] = { "create", "patch", "delete", "restore", "command" };
static const char *const status_names[] = { "applied", "merged", "conflict", "rejected" };

static int
find_name (const char *const *names, gsize n_names, const char *name)
{
  for (gsize i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return (int) i;
  return -1;
}

/**
 * torg_wire_op_to_string:
 * @op: what a mutation does
 *
 * Names an operation.
 *
 * Returns: (transfer none): its name
 */
const char *
torg_wire_op_to_string (TorgOp op)
{
  return op_names[op];
}

/**
 * torg_wire_op_from_string:
 * @name: (nullable): a name
 * @op: (out): the operation
 *
 * Finds an operation by its name.
 *
 * Returns: whether there is one
 */
gboolean
torg_wire_op_from_string (const char *name, TorgOp *op)
{
  int index = find_name (op_names, G_N_ELEMENTS (op_names), name);

  *op = MAX (index, 0);
  return index >= 0;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static gboolean
refuse (GError **error, const char *member)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("What was received cannot be read (“%s”)."), member);
  return FALSE;
}

static JsonObject *
get_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* A text; missing or null where it may be. */
static gboolean
take_text (JsonObject *object, const char *member, gboolean optional, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return optional || refuse (error, member);
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (error, member);
  *text = json_node_dup_string (node);
  return TRUE;
}

static gboolean
take_id (JsonObject *object, const char *member, char **id, GError **error)
{
  return take_text (object, member, FALSE, id, error) && (torg_id_is_valid (*id) || refuse (error, member));
}

static gboolean
take_int (JsonObject *object, const char *member, gint64 least, gint64 *number, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return refuse (error, member);
  *number = json_node_get_int (node);
  return *number >= least || refuse (error, member);
}

/* --- mutations ---------------------------------------------------------------------------------------------------- */

/**
 * torg_wire_mutation_new:
 *
 * Makes a mutation to be filled.
 *
 * Returns: (transfer full): a mutation without fields
 */
TorgWireMutation *
torg_wire_mutation_new (void)
{
  TorgWireMutation *self = g_new0 (TorgWireMutation, 1);

  self->fields = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (self->fields, json_object_new ());
  return self;
}

static void
add_change (JsonObject *fields, const TorgField *field, const TorgValue *before, const TorgValue *after)
{
  JsonObject *change = json_object_new ();

  if (before != NULL)
    json_object_set_member (change, "base", torg_value_to_json (before, field->kind));
  json_object_set_member (change, "new", torg_value_to_json (after, field->kind));
  json_object_set_object_member (fields, field->name, change);
}

/**
 * torg_wire_mutation_new_edit:
 * @env: clock and randomness
 * @op: what is done
 * @before: (nullable): a record as it is; %NULL for a new one
 * @after: (nullable): the same as it is to be; %NULL where it is deleted
 *
 * Makes a mutation, in a group of its own, of what differs.
 *
 * Returns: (transfer full): a mutation
 */
TorgWireMutation *
torg_wire_mutation_new_edit (TorgEnv *env, TorgOp op, TorgRecord *before, TorgRecord *after)
{
  TorgWireMutation *self = torg_wire_mutation_new ();
  TorgRecord       *record = after != NULL ? after : before;
  JsonObject       *fields = json_node_get_object (self->fields);

  self->id = torg_env_make_id (env);
  self->group = torg_env_make_id (env);
  self->op = op;
  self->type = g_strdup (torg_record_get_kind (record)->info->name);
  self->record = g_strdup (torg_record_get_id (record));
  self->base_seq = before != NULL ? torg_record_get_seq (before) : 0;
  self->edited_at = torg_env_get_now (env);
  self->schema = TORG_SCHEMA_VERSION;
  for (guint i = 0; after != NULL && i < torg_record_get_kind (after)->n_fields; i++)
    {
      const TorgField *field = &torg_record_get_kind (after)->fields[i];
      const TorgValue *value = torg_record_nth (after, i);

      if (field->merge == TORG_MERGE_DERIVED)
        continue;
      if (before == NULL && !torg_value_is_null (value))
        add_change (fields, field, NULL, value);
      else if (before != NULL && !torg_value_equal (torg_record_nth (before, i), value))
        add_change (fields, field, torg_record_nth (before, i), value);
    }
  return self;
}

/**
 * torg_wire_mutation_free:
 * @self: (transfer full): a mutation
 *
 * Frees a mutation.
 */
void
torg_wire_mutation_free (TorgWireMutation *self)
{
  g_free (self->id);
  g_free (self->group);
  g_free (self->command);
  g_free (self->type);
  g_free (self->record);
  g_free (self->import);
  g_clear_pointer (&self->fields, json_node_unref);
  g_free (self);
}

/* The items of one of two sets that are not in the other one: (transfer full) */
static JsonNode *
list_other (const TorgValue *of, const TorgValue *than)
{
  g_auto (GStrv) items = torg_value_dup_items (of);
  g_auto (GStrv) others = torg_value_dup_items (than);
  g_autoptr (JsonArray) list = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; items[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) others, items[i]))
      json_array_add_string_element (list, items[i]);
  json_node_take_array (node, g_steal_pointer (&list));
  return node;
}

/* Of a set it stays what somebody put in, and what they took out: FALSE where it cannot be read. */
static gboolean
strip_set (JsonObject *change)
{
  g_auto (TorgValue) base = TORG_VALUE_INIT;
  g_auto (TorgValue) changed = TORG_VALUE_INIT;

  if (!torg_value_from_json (json_object_get_member (change, "base"), TORG_KIND_SET, &base) ||
      !torg_value_from_json (json_object_get_member (change, "new"), TORG_KIND_SET, &changed))
    return FALSE;
  json_object_set_member (change, "base", list_other (&base, &changed));
  json_object_set_member (change, "new", list_other (&changed, &base));
  return TRUE;
}

/**
 * torg_wire_strip_bases:
 * @fields: the fields of a mutation
 * @type: (nullable): the type of its record, where that is known
 *
 * Takes away what the fields were before, which is not of whoever changed them. Of a set it stays what was put in and
 * what was taken out, which says the same to any set that it meets.
 */
void
torg_wire_strip_bases (JsonObject *fields, const TorgType *type)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  json_object_iter_init (&iter, fields);
  while (json_object_iter_next (&iter, &name, &change))
    {
      const TorgField *field = type != NULL ? torg_type_find_field (type, name) : NULL;

      if (JSON_NODE_HOLDS_OBJECT (change) &&
          (field == NULL || field->merge != TORG_MERGE_SET || !strip_set (json_node_get_object (change))))
        json_object_remove_member (json_node_get_object (change), "base");
    }
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

/**
 * torg_wire_mutation_to_json:
 *
 * Writes a mutation.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_wire_mutation_to_json (TorgWireMutation *self)
{
  JsonObject *object = json_object_new ();
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "mutation_id", self->id);
  json_object_set_int_member (object, "client_seq", self->client_seq);
  json_object_set_string_member (object, "group_id", self->group);
  json_object_set_string_member (object, "op", op_names[self->op]);
  set_text (object, "command", self->command);
  json_object_set_string_member (object, "type", self->type);
  json_object_set_string_member (object, "id", self->record);
  json_object_set_int_member (object, "base_seq", self->base_seq);
  json_object_set_member (object, "fields", json_node_copy (self->fields));
  json_object_set_int_member (object, "edited_at", self->edited_at);
  json_object_set_int_member (object, "schema", self->schema);
  set_text (object, "import", self->import);
  json_node_take_object (node, object);
  return node;
}

/* `{FIELD: {"base", "new"}}` */
static gboolean
check_fields (JsonNode *fields, GError **error)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  if (get_object (fields) == NULL)
    return refuse (error, "fields");
  json_object_iter_init (&iter, json_node_get_object (fields));
  while (json_object_iter_next (&iter, &name, &change))
    if (get_object (change) == NULL || !json_object_has_member (json_node_get_object (change), "new"))
      return refuse (error, name);
  return TRUE;
}

/**
 * torg_wire_mutation_from_json:
 * @node: (nullable): JSON
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads a mutation. Whether its type, fields and values make sense is for whoever applies it.
 *
 * Returns: (transfer full) (nullable): a mutation
 */
TorgWireMutation *
torg_wire_mutation_from_json (JsonNode *node, GError **error)
{
  JsonObject *object = get_object (node);
  g_autoptr (TorgWireMutation) self = torg_wire_mutation_new ();
  g_autofree char *op = NULL;
  gint64           schema = 0;

  if (object == NULL)
    {
      refuse (error, "mutation");
      return NULL;
    }
  if (!take_id (object, "mutation_id", &self->id, error) ||
      !take_int (object, "client_seq", 0, &self->client_seq, error) ||
      !take_id (object, "group_id", &self->group, error) || !take_text (object, "op", FALSE, &op, error) ||
      !take_text (object, "command", TRUE, &self->command, error) ||
      !take_text (object, "type", FALSE, &self->type, error) || !take_id (object, "id", &self->record, error) ||
      !take_int (object, "base_seq", 0, &self->base_seq, error) ||
      !take_int (object, "edited_at", G_MININT64, &self->edited_at, error) ||
      !take_int (object, "schema", 1, &schema, error) || !take_text (object, "import", TRUE, &self->import, error) ||
      !check_fields (json_object_get_member (object, "fields"), error))
    return NULL;
  if (!torg_wire_op_from_string (op, &self->op) || (self->op == TORG_OP_COMMAND) != (self->command != NULL))
    {
      refuse (error, "op");
      return NULL;
    }
  self->schema = (int) MIN (schema, G_MAXINT);
  json_node_unref (self->fields);
  self->fields = json_node_copy (json_object_get_member (object, "fields"));
  return g_steal_pointer (&self);
}

/**
 * torg_wire_mutation_hash:
 *
 * Sums a mutation up, so that another one under the same number is noticed.
 *
 * Returns: (transfer full): SHA-256 in hexadecimal
 */
char *
torg_wire_mutation_hash (TorgWireMutation *self)
{
  g_autoptr (JsonNode) node = torg_wire_mutation_to_json (self);
  g_autofree char *text = json_to_string (node, FALSE);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* --- results ------------------------------------------------------------------------------------------------------ */

/**
 * torg_wire_result_new:
 * @mutation: (nullable): which mutation
 * @client_seq: its number
 * @status: what was done with it
 * @code: (nullable): why it was rejected
 * @detail: (nullable): the field or record that it is about
 *
 * Makes a result.
 *
 * Returns: (transfer full): a result
 */
TorgWireResult *
torg_wire_result_new (const char    *mutation,
                      gint64         client_seq,
                      TorgWireStatus status,
                      const char    *code,
                      const char    *detail)
{
  TorgWireResult *self = g_new0 (TorgWireResult, 1);

  self->mutation = g_strdup (mutation);
  self->client_seq = client_seq;
  self->status = status;
  self->code = g_strdup (code);
  self->detail = g_strdup (detail);
  return self;
}

/**
 * torg_wire_result_free:
 * @self: (transfer full): a result
 *
 * Frees a result.
 */
void
torg_wire_result_free (TorgWireResult *self)
{
  g_free (self->mutation);
  g_free (self->code);
  g_free (self->detail);
  g_free (self);
}

/**
 * torg_wire_result_to_json:
 *
 * Writes a result.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_wire_result_to_json (TorgWireResult *self)
{
  JsonObject *object = json_object_new ();
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "mutation_id", self->mutation);
  json_object_set_int_member (object, "client_seq", self->client_seq);
  json_object_set_string_member (object, "status", status_names[self->status]);
  set_text (object, "code", self->code);
  set_text (object, "detail", self->detail);
  json_node_take_object (node, object);
  return node;
}

/**
 * torg_wire_result_from_json:
 * @node: (nullable): JSON
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads a result.
 *
 * Returns: (transfer full) (nullable): a result
 */
TorgWireResult *
torg_wire_result_from_json (JsonNode *node, GError **error)
{
  JsonObject *object = get_object (node);
  g_autoptr (TorgWireResult) self = torg_wire_result_new (NULL, 0, TORG_WIRE_APPLIED, NULL, NULL);
  g_autofree char *status = NULL;
  int              index;

  if (object == NULL)
    {
      refuse (error, "result");
      return NULL;
    }
  if (!take_id (object, "mutation_id", &self->mutation, error) ||
      !take_int (object, "client_seq", 1, &self->client_seq, error) ||
      !take_text (object, "status", FALSE, &status, error) || !take_text (object, "code", TRUE, &self->code, error) ||
      !take_text (object, "detail", TRUE, &self->detail, error))
    return NULL;
  index = find_name (status_names, G_N_ELEMENTS (status_names), status);
  if (index < 0)
    {
      refuse (error, "status");
      return NULL;
    }
  self->status = (TorgWireStatus) index;
  return g_steal_pointer (&self);
}

/* --- cursors ------------------------------------------------------------------------------------------------------ */

/**
 * torg_wire_cursor_free:
 * @self: (transfer full): a cursor
 *
 * Frees a cursor.
 */
void
torg_wire_cursor_free (TorgWireCursor *self)
{
  g_free (self->epoch);
  g_free (self->tag);
  g_free (self->type);
  g_free (self->id);
  g_free (self->read_tag);
  g_free (self->scope);
  g_free (self->old_scopes);
  g_free (self);
}

/**
 * torg_wire_cursor_to_text:
 *
 * Writes a cursor: JSON in base64, with the letters that an address may have (RFC 4648 §5).
 *
 * Returns: (transfer full): a text
 */
char *
torg_wire_cursor_to_text (TorgWireCursor *self)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *json = NULL;
  JsonObject      *object = json_object_new ();
  char            *text;

  json_object_set_string_member (object, "e", self->epoch);
  json_object_set_int_member (object, "s", self->seq);
  json_object_set_string_member (object, "t", self->tag);
  json_object_set_string_member (object, "c", self->scope);
  set_text (object, "o", self->old_scopes);
  if (self->type != NULL)
    {
      json_object_set_string_member (object, "k", self->type);
      set_text (object, "i", self->id);
    }
  if (self->read_tag != NULL)
    {
      json_object_set_int_member (object, "r", self->read_seq);
      json_object_set_string_member (object, "u", self->read_tag);
    }
  json_node_take_object (node, object);
  json = json_to_string (node, FALSE);
  text = g_base64_encode ((const guchar *) json, strlen (json));
  return g_strdelimit (g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_'), "=", '.');
}

/**
 * torg_wire_cursor_from_text:
 * @text: a text from anywhere
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads a cursor.
 *
 * Returns: (transfer full) (nullable): a cursor
 */
TorgWireCursor *
torg_wire_cursor_from_text (const char *text, GError **error)
{
  g_autoptr (TorgWireCursor) self = g_new0 (TorgWireCursor, 1);
  g_autofree char *base64 = g_strdelimit (g_strdelimit (g_strdelimit (g_strdup (text), "-", '+'), "_", '/'), ".", '=');
  g_autofree char *json = NULL;
  g_autofree guchar *bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  gsize       length = 0;

  bytes = g_base64_decode (base64, &length);
  if (length > 0 && length < 4096 && g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
    {
      json = g_strndup ((const char *) bytes, length);
      node = json_from_string (json, NULL);
    }
  object = get_object (node);
  if (object == NULL)
    {
      refuse (error, "cursor");
      return NULL;
    }
  if (!take_text (object, "e", FALSE, &self->epoch, error) || !take_int (object, "s", 0, &self->seq, error) ||
      !take_text (object, "t", FALSE, &self->tag, error) || !take_text (object, "c", FALSE, &self->scope, error) ||
      !take_text (object, "k", TRUE, &self->type, error))
    return NULL;
  if (json_object_has_member (object, "u") &&
      (!take_text (object, "u", FALSE, &self->read_tag, error) || !take_int (object, "r", 0, &self->read_seq, error)))
    return NULL;
  if (!take_text (object, "o", TRUE, &self->old_scopes, error))
    return NULL;
  if (self->type != NULL && (!take_text (object, "i", TRUE, &self->id, error) ||
                             (self->id != NULL && !torg_id_is_valid (self->id) && !refuse (error, "cursor"))))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- the end of an answer ----------------------------------------------------------------------------------------- */

/**
 * torg_wire_end_free:
 * @self: (transfer full): an end
 *
 * Frees an end.
 */
void
torg_wire_end_free (TorgWireEnd *self)
{
  g_free (self->cursor);
  g_free (self->epoch);
  g_free (self);
}

/**
 * torg_wire_end_to_json:
 *
 * Writes the end of an answer.
 *
 * Returns: (transfer full): see [struct@WireEnd]
 */
JsonNode *
torg_wire_end_to_json (TorgWireEnd *self)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "cursor", self->cursor);
  json_object_set_string_member (object, "epoch", self->epoch);
  json_object_set_int_member (object, "acked", self->acked);
  json_object_set_boolean_member (object, "more", self->more);
  json_object_set_boolean_member (object, "backfill", self->backfill);
  json_object_set_int_member (object, "time", self->time);
  json_node_take_object (node, object);
  return node;
}

/**
 * torg_wire_end_from_json:
 * @node: JSON from anywhere
 *
 * Reads the end of an answer.
 *
 * Returns: (transfer full) (nullable): an end; %NULL where @node is none
 */
TorgWireEnd *
torg_wire_end_from_json (JsonNode *node)
{
  JsonObject  *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char  *cursor = object != NULL ? json_object_get_string_member_with_default (object, "cursor", NULL) : NULL;
  const char  *epoch = object != NULL ? json_object_get_string_member_with_default (object, "epoch", NULL) : NULL;
  TorgWireEnd *self;

  if (cursor == NULL || epoch == NULL)
    return NULL;
  self = g_new0 (TorgWireEnd, 1);
  self->cursor = g_strdup (cursor);
  self->epoch = g_strdup (epoch);
  self->acked = json_object_get_int_member_with_default (object, "acked", 0);
  self->more = json_object_get_boolean_member_with_default (object, "more", FALSE);
  self->backfill = json_object_get_boolean_member_with_default (object, "backfill", FALSE);
  self->time = json_object_get_int_member_with_default (object, "time", 0);
  return self;
}

/**
 * torg_wire_end_find:
 * @answer: lines of an answer, from anywhere
 *
 * Reads the end of an answer before all the rest.
 *
 * Returns: (transfer full) (nullable): an end; %NULL where the last line is none
 */
TorgWireEnd *
torg_wire_end_find (GBytes *answer)
{
  gsize       length;
  const char *text = g_bytes_get_data (answer, &length);
  gsize       begin = length;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root, *end = NULL;

  if (length == 0 || text[length - 1] != '\n')
    return NULL;
  for (begin = length - 1; begin > 0 && text[begin - 1] != '\n'; begin--)
    ;
  if (!json_parser_load_from_data (parser, text + begin, (gssize) (length - 1 - begin), NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    end = json_object_get_member (json_node_get_object (root), "end");
  return end != NULL ? torg_wire_end_from_json (end) : NULL;
}
