/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-bitrix-web.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Questions to a portal's REST API, by its documentation: two a second; what is too much is asked again later; an error
 * is `{"error", "error_description"}`, in the newer methods `{"error": {"code", "message"}}`, in a batch one of these
 * for each command. Lists are read in the order of their numbers, from the last one on, without counting (`start=-1`).
 */

/* Between two questions. */
#define PACE_SECONDS 0.5
/* After a question that was too much: one second, then twice as long each time. */
#define MAX_WAIT_SECONDS 64
#define MAX_TRIES 10
/* A portal that does not answer at all is not waited for as long. */
#define MAX_BROKEN_TRIES 3
/* What the API gives at once. */
#define PAGE 50

typedef struct
{
  char *code; /* (owned): in capitals; empty where there is none */
  char *text; /* (owned): what the portal says */
} Trouble;

static void
trouble_clear (Trouble *trouble)
{
  g_clear_pointer (&trouble->code, g_free);
  g_clear_pointer (&trouble->text, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trouble, trouble_clear)

/* Whether an object is an error, in either form. */
static gboolean
read_trouble (JsonObject *object, Trouble *trouble)
{
  JsonNode *error = json_object_get_member (object, "error");

  if (error == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (error))
    {
      JsonObject      *inner = json_node_get_object (error);
      g_autofree char *code = torg_bitrix_dup_text (inner, "code");
      g_autofree char *second = code == NULL ? torg_bitrix_dup_text (inner, "error") : NULL;

      trouble->code = g_ascii_strup (code != NULL ? code : second != NULL ? second : "", -1);
      trouble->text = torg_bitrix_dup_text (inner, "message");
      if (trouble->text == NULL)
        trouble->text = torg_bitrix_dup_text (inner, "error_description");
    }
  else
    {
      g_autofree char *code = torg_bitrix_dup_text (object, "error");

      trouble->code = g_ascii_strup (code != NULL ? code : "", -1);
      trouble->text = torg_bitrix_dup_text (object, "error_description");
    }
  return TRUE;
}

static gboolean
is_too_much (const Trouble *trouble, guint status)
{
  return status == 429 || status == 503 || g_strcmp0 (trouble->code, "QUERY_LIMIT_EXCEEDED") == 0 ||
         g_strcmp0 (trouble->code, "OPERATION_TIME_LIMIT") == 0 || g_strcmp0 (trouble->code, "OVERLOAD_LIMIT") == 0;
}

static gboolean
is_refused (const Trouble *trouble)
{
  static const char *const codes[] = { "ACCESS_DENIED",      "INSUFFICIENT_SCOPE", "INVALID_CREDENTIALS",
                                       "NO_AUTH_FOUND",      "INVALID_TOKEN",      "EXPIRED_TOKEN",
                                       "WRONG_AUTH_TYPE",    "USER_ACCESS_ERROR",  "ALLOWED_ONLY_INTRANET_USER",
                                       "AUTHORIZATION_ERROR" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_strcmp0 (trouble->code, codes[i]) == 0)
      return TRUE;
  return trouble->text != NULL && strstr (trouble->text, "ccess denied") != NULL;
}

static void
set_error (GError **error, const Trouble *trouble, const char *method)
{
  const char *said = trouble->text != NULL ? trouble->text : trouble->code;

  if (is_refused (trouble))
    g_set_error (error, TORG_ERROR, TORG_ERROR_RULE,
                 _ ("Bitrix24 does not let the webhook call “%s”: %s. Give it the right “CRM” and, for the names of "
                    "colleagues, “Users” in the portal."),
                 method, said);
  else
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Bitrix24 answered to “%s”: %s."), method,
                 *said != '\0' ? said : _ ("an error without words"));
}

/* One question: TRUE with @node, or with @trouble; FALSE with an error where there is no answer. */
static gboolean
ask (const TorgBitrixWeb *web,
     const char          *method,
     GBytes              *body,
     JsonNode           **node,
     Trouble             *trouble,
     gboolean            *too_much,
     GCancellable        *cancellable,
     GError             **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GBytes) answer = NULL;
  guint       status = 0;
  gsize       length;
  const char *text;
  JsonNode   *root;

  *node = NULL;
  *too_much = FALSE;
  web->wait (web->data, PACE_SECONDS, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !web->post (web->data, method, body, &status, &answer, cancellable, error))
    return FALSE;
  text = g_bytes_get_data (answer, &length);
  root = length > 0 && json_parser_load_from_data (parser, text, (gssize) length, NULL) ? json_parser_get_root (parser)
                                                                                        : NULL;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      *too_much = is_too_much (trouble, status);
      if (*too_much)
        return TRUE;
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("At this address is no portal of Bitrix24. Copy the address of the incoming webhook "
                              "whole, with https:// in front."));
      return FALSE;
    }
  if (read_trouble (json_node_get_object (root), trouble))
    *too_much = is_too_much (trouble, status);
  else
    *node = json_node_copy (root);
  return TRUE;
}

/**
 * torg_bitrix_call:
 * @web: the way to the portal
 * @method: a method
 * @params: its parameters
 * @cancellable: (nullable): stops it
 * @error: place for a %TORG_ERROR: %TORG_ERROR_RULE where the webhook may not
 *
 * Calls a method; waits and asks again where it is too much for the portal.
 *
 * Returns: (transfer full) (nullable): the whole answer, an object
 */
JsonNode *
torg_bitrix_call (const TorgBitrixWeb *web,
                  const char          *method,
                  JsonObject          *params,
                  GCancellable        *cancellable,
                  GError             **error)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;
  double wait = 1;
  guint  n_broken = 0;

  json_node_set_object (root, params);
  text = json_to_string (root, FALSE);
  body = g_bytes_new (text, strlen (text));
  for (guint try = 1;; try++)
    {
      g_auto (Trouble) trouble = { NULL };
      g_autoptr (GError) local = NULL;
      JsonNode *node;
      gboolean  too_much;

      if (!ask (web, method, body, &node, &trouble, &too_much, cancellable, &local))
        {
          /* What is cut is asked again; an answer that is none is final. */
          if (local->domain == TORG_ERROR || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
              ++n_broken >= MAX_BROKEN_TRIES)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return NULL;
            }
        }
      else if (node != NULL)
        return node;
      else if (!too_much || try >= MAX_TRIES)
        {
          if (too_much)
            g_set_error_literal (error, TORG_ERROR, TORG_ERROR_LIMIT,
                                 _ ("Bitrix24 answers no more questions for now. Go on in some minutes: what is here "
                                    "already stays."));
          else
            set_error (error, &trouble, method);
          return NULL;
        }
      web->wait (web->data, wait, cancellable);
      wait = MIN (wait * 2, MAX_WAIT_SECONDS);
    }
}

/* PHP writes what is keyed by 0, 1, 2 … as an array, and what is empty too. */
static JsonNode *
get_keyed (JsonNode *node, guint place)
{
  g_autofree char *key = g_strdup_printf ("%u", place);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), key);
  if (JSON_NODE_HOLDS_ARRAY (node) && place < json_array_get_length (json_node_get_array (node)))
    return json_array_get_element (json_node_get_array (node), place);
  return NULL;
}

static JsonNode *
get_part (JsonNode *answer, const char *name)
{
  JsonNode *result = json_object_get_member (json_node_get_object (answer), "result");

  return result != NULL && JSON_NODE_HOLDS_OBJECT (result)
           ? json_object_get_member (json_node_get_object (result), name)
           : NULL;
}

/**
 * torg_bitrix_batch:
 * @web: the way to the portal
 * @commands: (element-type utf8): at most fifty, each a method with its parameters as in an address
 * @cancellable: (nullable): stops it
 * @error: place for an error; the first command that failed is one
 *
 * Calls several methods at once. A command may name what one before it gave: `$result[0][49][ID]`.
 *
 * Returns: (transfer full) (nullable) (element-type JsonNode): what each gave
 */
GPtrArray *
torg_bitrix_batch (const TorgBitrixWeb *web, GPtrArray *commands, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  for (guint try = 1; try <= MAX_TRIES; try++)
    {
      g_autoptr (JsonObject) params = json_object_new ();
      JsonObject *cmd = json_object_new ();
      g_autoptr (JsonNode) answer = NULL;
      g_auto (Trouble) trouble = { NULL };
      guint failed = G_MAXUINT;

      for (guint i = 0; i < commands->len; i++)
        {
          g_autofree char *key = g_strdup_printf ("%u", i);

          json_object_set_string_member (cmd, key, commands->pdata[i]);
        }
      json_object_set_int_member (params, "halt", 1);
      json_object_set_object_member (params, "cmd", cmd);
      answer = torg_bitrix_call (web, "batch", params, cancellable, error);
      if (answer == NULL)
        return NULL;
      for (guint i = 0; i < commands->len && failed == G_MAXUINT; i++)
        {
          JsonNode *wrong = get_keyed (get_part (answer, "result_error"), i);
          JsonNode *given = get_keyed (get_part (answer, "result"), i);

          if (wrong != NULL && JSON_NODE_HOLDS_OBJECT (wrong) && read_trouble (json_node_get_object (wrong), &trouble))
            failed = i;
          else if (given != NULL)
            g_ptr_array_add (results, json_node_copy (given));
          else
            break;
        }
      if (failed == G_MAXUINT && results->len > 0)
        return g_steal_pointer (&results);
      if (failed == G_MAXUINT)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Bitrix24 answered to “%s”: %s."), "batch",
                       _ ("nothing that can be read"));
          return NULL;
        }
      /* What came before a limit is enough to go on with. */
      if (is_too_much (&trouble, 0) && results->len > 0)
        return g_steal_pointer (&results);
      if (!is_too_much (&trouble, 0))
        {
          g_autofree char *method = g_strdup (commands->pdata[failed]);

          method[strcspn (method, "?")] = '\0';
          set_error (error, &trouble, method);
          return NULL;
        }
      web->wait (web->data, MIN (1 << try, MAX_WAIT_SECONDS), cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }
  g_set_error_literal (
    error, TORG_ERROR, TORG_ERROR_LIMIT,
    _ ("Bitrix24 answers no more questions for now. Go on in some minutes: what is here already stays."));
  return NULL;
}

static char *
make_list_command (TorgBitrixKind kind, const char *after)
{
  static const char *const multiple = "&select[]=*&select[]=PHONE&select[]=EMAIL&select[]=WEB";

  return g_strdup_printf ("%s?order[ID]=ASC&filter[>ID]=%s&start=-1%s", torg_bitrix_get_method (kind), after,
                          kind <= TORG_BITRIX_LEAD ? multiple : "&select[]=*");
}

/**
 * torg_bitrix_list:
 * @web: the way to the portal
 * @kind: what to list
 * @after: the number of the last one that is known, or `0`
 * @n_pages: how many pages of fifty to ask for at once, at most fifty
 * @finished: (out): whether nothing comes after them
 * @cancellable: (nullable): stops it
 * @error: place for an error
 *
 * Lists the next objects of a kind.
 *
 * Returns: (transfer full) (nullable) (element-type JsonArray): pages
 */
GPtrArray *
torg_bitrix_list (const TorgBitrixWeb *web,
                  TorgBitrixKind       kind,
                  const char          *after,
                  guint                n_pages,
                  gboolean            *finished,
                  GCancellable        *cancellable,
                  GError             **error)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func ((GDestroyNotify) json_array_unref);
  g_autoptr (GPtrArray) results = NULL;

  *finished = FALSE;
  for (guint i = 0; i < n_pages; i++)
    {
      g_autofree char *last = i == 0 ? g_strdup (after) : g_strdup_printf ("$result[%u][%d][ID]", i - 1, PAGE - 1);

      g_ptr_array_add (commands, make_list_command (kind, last));
    }
  results = torg_bitrix_batch (web, commands, cancellable, error);
  for (guint i = 0; results != NULL && i < results->len && !*finished; i++)
    {
      JsonNode *page = results->pdata[i];

      if (!JSON_NODE_HOLDS_ARRAY (page))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Bitrix24 answered to “%s”: %s."),
                       torg_bitrix_get_method (kind), _ ("nothing that can be read"));
          return NULL;
        }
      /* After a page that is not full, the next command begins anew: what it gave is known. */
      *finished = json_array_get_length (json_node_get_array (page)) < PAGE;
      g_ptr_array_add (pages, json_array_ref (json_node_get_array (page)));
    }
  return results != NULL ? g_steal_pointer (&pages) : NULL;
}
