/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-question.h"

/**
 * torg_question_refuse:
 * @status: of HTTP
 * @code: a word for programs
 * @title: a sentence in English
 *
 * Answers that it is not done.
 *
 * Returns: %TRUE
 */
gboolean
torg_question_refuse (TorgQuestion *self, guint status, const char *code, const char *title)
{
  torg_response_set_problem (self->response, status, code, title);
  return TRUE;
}

/**
 * torg_question_answer:
 * @status: of HTTP
 * @object: (transfer full): the answer
 *
 * Answers with JSON.
 *
 * Returns: %TRUE
 */
gboolean
torg_question_answer (TorgQuestion *self, guint status, JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  self->response->status = status;
  self->response->type = "application/json";
  g_string_assign (self->response->body, text);
  return TRUE;
}

/**
 * torg_question_read:
 * @parser: keeps what is read
 * @max: how long the body may be, in bytes
 *
 * Reads the object of JSON that a question brings; a body that is empty is an empty one.
 *
 * Returns: (transfer none) (nullable): the object; %NULL where there is none, which is answered then
 */
JsonObject *
torg_question_read (TorgQuestion *self, JsonParser *parser, gsize max)
{
  gsize       length = self->request->body != NULL ? self->request->length : 0;
  const char *text = length > 0 ? self->request->body : "{}";
  JsonNode   *root;

  if (length > max)
    {
      torg_question_refuse (self, 413, "too_large", "The body is too large.");
      return NULL;
    }
  json_parser_load_from_data (parser, text, length > 0 ? (gssize) length : 2, NULL);
  root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return json_node_get_object (root);
  torg_question_refuse (self, 400, "invalid", "The body is no object of JSON.");
  return NULL;
}
