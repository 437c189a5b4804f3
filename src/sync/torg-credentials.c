/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-credentials.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* As text they are a key as it is, or `{"access_token", "refresh_token"}` as the server answers (RFC 6749, 5.1). */

static const char *
get_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

/**
 * torg_credentials_read_answer:
 * @text: what a server answered
 * @length: its length in bytes
 *
 * Reads the tokens that a server gives.
 *
 * Returns: (transfer full) (nullable): the credentials; %NULL where there are not both tokens
 */
TorgCredentials *
torg_credentials_read_answer (const char *text, gsize length)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  TorgCredentials *self;
  JsonObject      *object;
  const char      *access, *refresh;
  JsonNode        *root;

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL) ||
      (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  access = get_member (object, "access_token");
  refresh = get_member (object, "refresh_token");
  if (access == NULL || refresh == NULL)
    return NULL;
  self = g_new0 (TorgCredentials, 1);
  self->access = g_strdup (access);
  self->refresh = g_strdup (refresh);
  return self;
}

/**
 * torg_credentials_parse:
 * @text: what the keyring kept, or a user typed
 *
 * Reads credentials.
 *
 * Returns: (transfer full): the credentials
 */
TorgCredentials *
torg_credentials_parse (const char *text)
{
  TorgCredentials *self = text[0] == '{' ? torg_credentials_read_answer (text, strlen (text)) : NULL;

  if (self == NULL)
    {
      self = g_new0 (TorgCredentials, 1);
      self->access = g_strdup (text);
    }
  return self;
}

/**
 * torg_credentials_write:
 *
 * Writes credentials for the keyring.
 *
 * Returns: (transfer full): a text
 */
char *
torg_credentials_write (const TorgCredentials *self)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object;

  if (self->refresh == NULL)
    return g_strdup (self->access);
  object = json_object_new ();
  json_object_set_string_member (object, "access_token", self->access);
  json_object_set_string_member (object, "refresh_token", self->refresh);
  json_node_take_object (node, object);
  return json_to_string (node, FALSE);
}

/**
 * torg_credentials_free:
 * @self: (transfer full): credentials
 *
 * Frees credentials.
 */
void
torg_credentials_free (TorgCredentials *self)
{
  g_free (self->access);
  g_free (self->refresh);
  g_free (self);
}
