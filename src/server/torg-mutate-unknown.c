/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-mutate-private.h"

#include <string.h>

/* Fields of a newer version of the program, or custom ones that were deleted meanwhile: kept as they come, merged as
 * any value is. */

/* As much as a long text may take, in bytes of JSON; of one record. */
#define MAX_VALUE (4 * TORG_TEXT_MAX)
#define MAX_NAME 64
#define MAX_FIELDS 100

static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  return length <= MAX_NAME && g_ascii_islower (name[0]) &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length && !torg_schema_is_reserved (name);
}

static gboolean
equal (JsonNode *one, JsonNode *other)
{
  gboolean none = one == NULL || JSON_NODE_HOLDS_NULL (one), no_other = other == NULL || JSON_NODE_HOLDS_NULL (other);

  return none || no_other ? none == no_other : json_node_equal (one, other);
}

static char *
to_text (JsonNode *value)
{
  return value != NULL ? json_to_string (value, FALSE) : g_strdup ("null");
}

static JsonObject *
read_unknown (TorgRecord *record, JsonNode **root)
{
  const char *text = torg_record_get_unknown (record);

  *root = text != NULL ? json_from_string (text, NULL) : NULL;
  if (*root == NULL || !JSON_NODE_HOLDS_OBJECT (*root))
    {
      g_clear_pointer (root, json_node_unref);
      *root = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (*root, json_object_new ());
    }
  return json_node_get_object (*root);
}

/* @change: `{"base", "new"}` of a field that is not known here; @is_new: the record is */
gboolean
torg_mutate_merge_unknown (TorgMutate *context,
                           TorgRecord *record,
                           const char *name,
                           JsonNode   *change,
                           gboolean    is_new,
                           GError    **error)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject      *fields = read_unknown (record, &root), *object = json_node_get_object (change);
  JsonNode        *current = json_object_get_member (fields, name);
  JsonNode        *base = json_object_get_member (object, "base"), *wanted = json_object_get_member (object, "new");
  g_autofree char *before = to_text (current), *after = to_text (wanted), *text = NULL;

  if (!is_name (name) || strlen (after) > MAX_VALUE || (current == NULL && json_object_get_size (fields) >= MAX_FIELDS))
    return torg_mutate_reject (context, "invalid", name);
  if (equal (current, wanted))
    return TRUE;
  if (!is_new && !equal (current, base))
    {
      g_autofree char *from = to_text (base);

      return torg_mutate_add_conflict (context, record, name, from, after, before, error);
    }
  if (wanted == NULL || JSON_NODE_HOLDS_NULL (wanted))
    json_object_remove_member (fields, name);
  else
    json_object_set_member (fields, name, json_node_copy (wanted));
  text = json_object_get_size (fields) > 0 ? json_to_string (root, FALSE) : NULL;
  torg_record_set_unknown (record, text);
  return is_new || torg_mutate_add_history (context, record, name, before, after, error);
}
