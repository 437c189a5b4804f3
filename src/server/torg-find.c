/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-sight.h"
#include "torg-find.h"
#include "torg-keys.h"
#include "torg-server-search.h"
#include "torg-terms.h"

#include <string.h>

/*
 * Records of all types by words, as Ctrl+K finds them in the window: words in any order, beginnings of words, tails of
 * phone numbers.
 *
 *   GET /v1/search?q=…&types=deal,company&limit=20      {"items": […]}, the best first
 */

#define DEFAULT_LIMIT 20
#define MAX_LIMIT TORG_SERVER_SEARCH_CANDIDATES
/* In bytes. */
#define MAX_QUESTION 400

typedef struct
{
  TorgServerStore *store;
  TorgSight       *sight; /* (owned) (nullable) */
  TorgResponse    *response;
  GStrv            words; /* (owned) */
  GStrv            types; /* (owned) */
  guint            limit;
} Question;

typedef struct
{
  TorgRecord *record; /* (owned) */
  int         score;
  guint       place; /* the newest first */
} Hit;

static void
hit_clear (gpointer data)
{
  torg_record_unref (((Hit *) data)->record);
}

static void
question_clear (Question *question)
{
  g_clear_pointer (&question->sight, torg_sight_free);
  g_strfreev (question->words);
  g_strfreev (question->types);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *first = a, *second = b;

  if (first->score != second->score)
    return first->score > second->score ? -1 : 1;
  return first->place < second->place ? -1 : 1;
}

static gboolean
refuse (Question *question, const char *what)
{
  torg_response_set_problem (question->response, 400, "parameter", what);
  return FALSE;
}

/* --- the question ------------------------------------------------------------------------------------------------- */

/* Those that the token is for. */
static GStrv
list_types (TorgSchema *schema, const char *scopes)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    if (torg_scopes_allow (scopes, "read", torg_schema_nth (schema, i)->info->name))
      g_strv_builder_add (names, torg_schema_nth (schema, i)->info->name);
  return g_strv_builder_end (names);
}

static gboolean
read_question (Question *question, TorgRequest *request)
{
  GHashTable *query = request->query;
  TorgSchema *schema = torg_server_store_get_schema (question->store);
  const char *text = query != NULL ? g_hash_table_lookup (query, "q") : NULL;
  const char *types = query != NULL ? g_hash_table_lookup (query, "types") : NULL;
  const char *limit_text = query != NULL ? g_hash_table_lookup (query, "limit") : NULL;
  guint64     limit = DEFAULT_LIMIT;

  if (text == NULL || strlen (text) > MAX_QUESTION || !g_utf8_validate (text, -1, NULL))
    return refuse (question, "What is looked for stands in q, 400 bytes at most.");
  if (limit_text != NULL && !g_ascii_string_to_unsigned (limit_text, 10, 1, MAX_LIMIT, &limit, NULL))
    return refuse (question, "The limit is a number from 1 to 200.");
  question->limit = (guint) limit;
  question->types = types != NULL ? g_strsplit (types, ",", -1) : list_types (schema, request->scopes);
  if (types == NULL && question->types[0] == NULL)
    return torg_scopes_check (request, question->response, "read", NULL);
  if (question->types[0] == NULL || g_strv_length (question->types) > torg_schema_get_n_types (schema))
    return refuse (question, "There is no such type.");
  for (guint i = 0; question->types[i] != NULL; i++)
    if (torg_schema_find (schema, question->types[i]) == NULL)
      return refuse (question, "There is no such type.");
  for (guint i = 0; question->types[i] != NULL; i++)
    if (!torg_scopes_check (request, question->response, "read",
                            torg_schema_find (schema, question->types[i])->info->name))
      return FALSE;
  question->words = torg_terms_split (text);
  return TRUE;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

/* A record without what is hidden: what is not seen finds nothing. */
static TorgRecord *
copy_seen (Question *question, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  TorgRecord     *copy = torg_record_copy (record);

  for (guint i = 0; i < type->n_fields; i++)
    if (torg_sight_hides (question->sight, type->info->name, type->fields[i].name))
      torg_record_take_nth (copy, i, (TorgValue) TORG_VALUE_INIT);
  return copy;
}

static gboolean
add_hit (Question *question, const TorgCandidate *candidate, GArray *hits, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (question->store), candidate->type);
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgRecord) seen = NULL;
  g_autofree char *terms = NULL;
  g_autofree char *title = NULL;
  g_autofree char *keys = NULL;
  Hit              hit;

  if (type == NULL)
    return TRUE;
  if (!torg_server_store_load (question->store, type, candidate->id, FALSE, &record, &keys, error))
    return FALSE;
  if (record == NULL || torg_record_get_deleted (record) != 0 || !torg_sight_sees (question->sight, keys) ||
      torg_sight_hides_line (question->sight, record))
    return TRUE;
  seen = copy_seen (question, record);
  terms = torg_record_dup_search_terms (seen);
  if (!torg_terms_hold (terms, question->words))
    return TRUE;
  title = torg_record_dup_title (seen);
  hit = (Hit) { g_steal_pointer (&record), torg_terms_score (title, type, question->words), hits->len };
  g_array_append_val (hits, hit);
  return TRUE;
}

static void
answer (Question *question, GArray *hits)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  JsonObject      *object = json_object_new ();
  JsonArray       *items = json_array_new ();

  for (guint i = 0; i < hits->len && i < question->limit; i++)
    json_array_add_element (items, torg_sight_write (question->sight, g_array_index (hits, Hit, i).record));
  json_object_set_array_member (object, "items", items);
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  question->response->status = 200;
  question->response->type = "application/json";
  g_string_assign (question->response->body, text);
}

static gboolean
answer_question (Question *question, GError **error)
{
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  g_autoptr (GPtrArray) candidates = NULL;

  g_array_set_clear_func (hits, hit_clear);
  if (question->words[0] != NULL)
    {
      candidates = torg_server_search_find (question->store, question->words, (const char *const *) question->types,
                                            torg_sight_get_keys (question->sight), error);
      if (candidates == NULL)
        return FALSE;
    }
  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    if (!add_hit (question, candidates->pdata[i], hits, error))
      return FALSE;
  g_array_sort (hits, compare_hits);
  answer (question, hits);
  return TRUE;
}

/**
 * torg_find_handle:
 * @store: a connection
 * @user: who asks
 * @request: a question at `/v1/search`
 * @response: where the answer goes
 * @error: place for an error
 *
 * Answers with the records that words find, of those that the user sees.
 *
 * Returns: whether the database answered
 */
gboolean
torg_find_handle (TorgServerStore *store,
                  const char      *user,
                  TorgRequest     *request,
                  TorgResponse    *response,
                  GError         **error)
{
  TorgDb *db = torg_server_store_get_db (store);
  g_auto (Question) question = { .store = store, .response = response };
  gboolean ok;

  if (!g_str_equal (request->method, "GET"))
    {
      torg_response_set_problem (response, 405, "method", "This cannot be done at this address.");
      return TRUE;
    }
  if (!torg_db_begin_reading (db, error))
    return FALSE;
  ok = torg_server_store_load_schema (store, error) && (question.sight = torg_sight_new (store, user, error)) != NULL &&
       (!read_question (&question, request) || answer_question (&question, error));
  torg_db_rollback (db);
  return ok;
}
