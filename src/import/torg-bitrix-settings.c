/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-bitrix-settings.h"
#include "torg-error.h"
#include "torg-own-role.h"
#include "torg-sync-store.h"
#include "torg-number.h"
#include "torg-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More colleagues than any portal has. */
#define MAX_USERS 20000

struct _TorgBitrixSettings
{
  GPtrArray *users;      /* (owned) (element-type JsonObject) */
  GPtrArray *categories; /* (owned) (element-type JsonObject): pipelines of deals */
  GPtrArray *statuses;   /* (owned) (element-type JsonObject): stages, sources, industries */
};

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void
take_objects (GPtrArray *list, JsonNode *node)
{
  for (guint i = 0;
       node != NULL && JSON_NODE_HOLDS_ARRAY (node) && i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *element = json_array_get_element (json_node_get_array (node), i);

      if (JSON_NODE_HOLDS_OBJECT (element))
        g_ptr_array_add (list, json_object_ref (json_node_get_object (element)));
    }
}

/* Colleagues come in pages that say where the next one begins. Without the right to them, all is one's own. */
static gboolean
fetch_users (TorgBitrixSettings *self, const TorgBitrixWeb *web, GCancellable *cancellable, GError **error)
{
  gint64 start = 0;

  while (start >= 0 && self->users->len < MAX_USERS)
    {
      g_autoptr (JsonObject) params = json_object_new ();
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) local = NULL;
      JsonObject *object;
      gint64      next;

      json_object_set_int_member (params, "start", start);
      answer = torg_bitrix_call (web, "user.get", params, cancellable, &local);
      if (answer == NULL)
        {
          if (g_error_matches (local, TORG_ERROR, TORG_ERROR_RULE))
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      object = json_node_get_object (answer);
      take_objects (self->users, json_object_get_member (object, "result"));
      next =
        json_object_has_member (object, "next") ? json_object_get_int_member_with_default (object, "next", -1) : -1;
      start = next > start ? next : -1;
    }
  return TRUE;
}

static JsonNode *
call (const TorgBitrixWeb *web,
      const char          *method,
      const char          *key,
      gint64               value,
      GCancellable        *cancellable,
      GError             **error)
{
  g_autoptr (JsonObject) params = json_object_new ();

  if (key != NULL)
    json_object_set_int_member (params, key, value);
  return torg_bitrix_call (web, method, params, cancellable, error);
}

static gboolean
fetch_totals (const TorgBitrixWeb *web, gint64 *totals, GCancellable *cancellable, GError **error)
{
  for (guint kind = 0; kind < TORG_BITRIX_N_LISTS; kind++)
    {
      g_autoptr (JsonObject) params = json_object_new ();
      JsonArray *select = json_array_new ();
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) local = NULL;

      json_array_add_string_element (select, "ID");
      json_object_set_array_member (params, "select", select);
      answer = torg_bitrix_call (web, torg_bitrix_get_method (kind), params, cancellable, &local);
      if (answer != NULL)
        totals[kind] = json_object_get_int_member_with_default (json_node_get_object (answer), "total", 0);
      else if (!g_error_matches (local, TORG_ERROR, TORG_ERROR_RULE))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * torg_bitrix_settings_fetch:
 * @web: the way to the portal
 * @totals: (inout): how many there are of each kind
 * @cancellable: (nullable): stops it
 * @error: place for an error
 *
 * Asks a portal for its names. Blocking.
 *
 * Returns: (transfer full) (nullable): them
 */
TorgBitrixSettings *
torg_bitrix_settings_fetch (const TorgBitrixWeb *web, gint64 *totals, GCancellable *cancellable, GError **error)
{
  TorgBitrixSettings *self = g_new0 (TorgBitrixSettings, 1);
  g_autoptr (JsonNode) statuses = NULL;
  g_autoptr (JsonNode) categories = NULL;
  JsonNode *result;

  self->users = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self->categories = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self->statuses = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  statuses = call (web, "crm.status.list", NULL, 0, cancellable, error);
  categories = statuses != NULL ? call (web, "crm.category.list", "entityTypeId", 2, cancellable, error) : NULL;
  if (categories == NULL || !fetch_users (self, web, cancellable, error) ||
      !fetch_totals (web, totals, cancellable, error))
    {
      torg_bitrix_settings_free (self);
      return NULL;
    }
  take_objects (self->statuses, json_object_get_member (json_node_get_object (statuses), "result"));
  result = json_object_get_member (json_node_get_object (categories), "result");
  if (result != NULL && JSON_NODE_HOLDS_OBJECT (result))
    take_objects (self->categories, json_object_get_member (json_node_get_object (result), "categories"));
  return self;
}

/**
 * torg_bitrix_settings_free:
 * @self: (transfer full): a portal's names
 *
 * Frees them.
 */
void
torg_bitrix_settings_free (TorgBitrixSettings *self)
{
  g_ptr_array_unref (self->users);
  g_ptr_array_unref (self->categories);
  g_ptr_array_unref (self->statuses);
  g_free (self);
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

/* A record that is made under its own id unless it is there. */
static TorgRecord *
begin_record (TorgStore     *store,
              TorgBitrixMap *map,
              const char    *type,
              const char    *kind,
              const char    *number,
              gboolean      *is_new)
{
  g_autofree char *id = torg_bitrix_make_id (map->portal, kind, number);
  TorgRecord      *known = torg_store_get (store, type, id, NULL);

  *is_new = known == NULL;
  return known != NULL ? known
                       : torg_record_new (torg_store_get_schema (store),
                                          torg_schema_find (torg_store_get_schema (store), type), id);
}

static void
put (TorgEdit *edit, TorgRecord *record, gboolean is_new)
{
  if (is_new)
    torg_edit_create (edit, record);
  else if (torg_record_get_deleted (record) != 0)
    torg_edit_restore (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record));
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The words of a name, whichever stands first. */
static char *
fold_name (const char *name)
{
  g_auto (GStrv) words = torg_text_split_terms (name != NULL ? name : "");

  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  return g_strjoinv (" ", words);
}

/* Names, and addresses in lower case, of the colleagues that are known here → their ids. */
static GHashTable *
list_colleagues (TorgStore *store, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("user");
  g_autoptr (GPtrArray) users = torg_store_list (store, query, 0, NULL, error);
  GHashTable *known;

  if (users == NULL)
    return NULL;
  known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < users->len; i++)
    {
      const TorgValue *emails = torg_record_get (users->pdata[i], "emails");
      g_auto (GStrv) addresses = torg_value_is_null (emails) ? NULL : torg_value_dup_items (emails);

      g_hash_table_insert (known, fold_name (torg_record_get_text (users->pdata[i], "name")),
                           g_strdup (torg_record_get_id (users->pdata[i])));
      for (guint j = 0; addresses != NULL && addresses[j] != NULL; j++)
        g_hash_table_insert (known, g_utf8_strdown (addresses[j], -1), g_strdup (torg_record_get_id (users->pdata[i])));
    }
  return known;
}

static char *
make_user_name (JsonObject *object)
{
  g_autofree char *first = torg_bitrix_dup_text (object, "NAME"), *last = torg_bitrix_dup_text (object, "LAST_NAME");
  g_autofree char *email = torg_bitrix_dup_text (object, "EMAIL");

  if (first != NULL && last != NULL)
    return g_strdup_printf ("%s %s", last, first);
  return g_strdup (last != NULL ? last : first != NULL ? first : email != NULL ? email : _ ("Without a name"));
}

/* Colleagues are those who are known by their address or name; on one's own computer the others are made. Over a server
 * they are invited, and until then what is theirs is whoever imports it. */
static gboolean
keep_users (TorgBitrixSettings *self, TorgBitrixMap *map, TorgStore *store, TorgEdit *edit, GError **error)
{
  g_autoptr (GHashTable) known = list_colleagues (store, error);
  gboolean may_make = torg_store_is_local (store);

  for (guint i = 0; known != NULL && i < self->users->len; i++)
    {
      JsonObject      *object = self->users->pdata[i];
      g_autofree char *number = torg_bitrix_dup_text (object, "ID"), *email = torg_bitrix_dup_text (object, "EMAIL");
      g_autofree char *active = torg_bitrix_dup_text (object, "ACTIVE");
      g_autofree char *name = make_user_name (object), *folded = fold_name (name);
      g_autofree char *address = email != NULL ? g_utf8_strdown (email, -1) : NULL;
      const char      *id = address != NULL ? g_hash_table_lookup (known, address) : NULL;

      if (number == NULL)
        continue;
      if (id == NULL)
        id = g_hash_table_lookup (known, folded);
      if (id == NULL && may_make)
        {
          gboolean is_new;
          g_autoptr (TorgRecord) user = begin_record (store, map, "user", "user", number, &is_new);

          if (is_new)
            {
              const char *const addresses[] = { address, NULL };

              torg_record_set_text (user, "name", name);
              if (address != NULL)
                torg_record_take (user, "emails", torg_value_from_items (addresses, FALSE));
              if (g_strcmp0 (active, "N") == 0)
                torg_record_take (user, "disabled", torg_value_int (torg_env_get_now (torg_store_get_env (store))));
            }
          put (edit, user, is_new);
          g_hash_table_insert (map->users, g_strdup (number), g_strdup (torg_record_get_id (user)));
        }
      else if (id != NULL)
        g_hash_table_insert (map->users, g_strdup (number), g_strdup (id));
    }
  return known != NULL;
}

static char *
keep_pipeline (TorgBitrixMap *map,
               TorgStore     *store,
               TorgEdit      *edit,
               const char    *number,
               const char    *name,
               const char    *kind)
{
  gboolean is_new;
  g_autoptr (TorgRecord) pipeline = begin_record (store, map, "pipeline", "pipeline", number, &is_new);

  if (is_new)
    {
      torg_record_set_text (pipeline, "name", name);
      torg_record_set_text (pipeline, "kind", kind);
      /* Behind those that were there. */
      torg_record_take (pipeline, "position",
                        torg_value_int ((1000 + g_ascii_strtoll (number, NULL, 10)) * TORG_NUMBER_SCALE));
    }
  put (edit, pipeline, is_new);
  return g_strdup (torg_record_get_id (pipeline));
}

/* The number of leads' pipeline among those of deals, which are counted from 0. */
#define LEADS_NUMBER "999999"

/* `ENTITY_ID` of a pipeline's stages → its id. */
static GHashTable *
keep_pipelines (TorgBitrixSettings *self, TorgBitrixMap *map, TorgStore *store, TorgEdit *edit)
{
  GHashTable *pipelines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < self->categories->len; i++)
    {
      g_autofree char *number = torg_bitrix_dup_text (self->categories->pdata[i], "id");
      g_autofree char *name = torg_bitrix_dup_text (self->categories->pdata[i], "name");

      if (number != NULL)
        g_hash_table_insert (
          pipelines, g_str_equal (number, "0") ? g_strdup ("DEAL_STAGE") : g_strconcat ("DEAL_STAGE_", number, NULL),
          keep_pipeline (map, store, edit, number, name != NULL ? name : map->portal, "deals"));
    }
  if (!g_hash_table_contains (pipelines, "DEAL_STAGE"))
    g_hash_table_insert (pipelines, g_strdup ("DEAL_STAGE"),
                         keep_pipeline (map, store, edit, "0", _ ("Deals of Bitrix24"), "deals"));
  g_hash_table_insert (pipelines, g_strdup ("STATUS"),
                       keep_pipeline (map, store, edit, LEADS_NUMBER, _ ("Leads of Bitrix24"), "leads"));
  return pipelines;
}

/* `S` and `F`, or in words. */
static const char *
find_stage_kind (JsonObject *object)
{
  JsonNode        *extra = json_object_get_member (object, "EXTRA");
  g_autofree char *letter = torg_bitrix_dup_text (object, "SEMANTICS");
  g_autofree char *word = extra != NULL && JSON_NODE_HOLDS_OBJECT (extra)
                            ? torg_bitrix_dup_text (json_node_get_object (extra), "SEMANTICS")
                            : NULL;

  if (g_strcmp0 (letter, "S") == 0 || g_strcmp0 (word, "success") == 0)
    return "won";
  if (g_strcmp0 (letter, "F") == 0 || g_strcmp0 (word, "failure") == 0 || g_strcmp0 (word, "apology") == 0)
    return "lost";
  return "open";
}

static gboolean
is_colour (const char *text)
{
  return text != NULL && strlen (text) == 7 && text[0] == '#' && strspn (text + 1, "0123456789abcdefABCDEF") == 6;
}

static void
keep_stage (TorgBitrixMap *map,
            TorgStore     *store,
            TorgEdit      *edit,
            JsonObject    *object,
            const char    *entity,
            const char    *pipeline)
{
  g_autofree char *number = torg_bitrix_dup_text (object, "ID"), *status = torg_bitrix_dup_text (object, "STATUS_ID");
  g_autofree char *name = torg_bitrix_dup_text (object, "NAME"), *sort = torg_bitrix_dup_text (object, "SORT");
  g_autofree char *colour = torg_bitrix_dup_text (object, "COLOR");
  const char      *kind = find_stage_kind (object);
  g_autoptr (TorgRecord) record = NULL;
  TorgBitrixStage *stage;
  gboolean         is_new;

  if (number == NULL || status == NULL)
    return;
  record = begin_record (store, map, "stage", "stage", number, &is_new);
  if (is_new)
    {
      torg_record_set_text (record, "name", name != NULL ? name : status);
      torg_record_set_text (record, "pipeline", pipeline);
      torg_record_set_text (record, "kind", kind);
      if (is_colour (colour))
        torg_record_set_text (record, "color", colour);
      torg_record_take (
        record, "position",
        torg_value_int ((sort != NULL ? g_ascii_strtoll (sort, NULL, 10) % 1000000 : 0) * TORG_NUMBER_SCALE));
    }
  put (edit, record, is_new);
  stage = g_new0 (TorgBitrixStage, 1);
  stage->id = g_strdup (torg_record_get_id (record));
  stage->pipeline = g_strdup (pipeline);
  stage->is_open = g_str_equal (kind, "open");
  g_hash_table_insert (map->stages, g_strconcat (entity, "/", status, NULL), stage);
}

/* An entry of a dictionary: one that is called so, or a new one. */
static gboolean
keep_entry (TorgBitrixMap *map,
            TorgStore     *store,
            TorgEdit      *edit,
            JsonObject    *object,
            const char    *entity,
            const char    *dictionary,
            GError       **error)
{
  g_autofree char *number = torg_bitrix_dup_text (object, "ID"), *status = torg_bitrix_dup_text (object, "STATUS_ID");
  g_autofree char *name = torg_bitrix_dup_text (object, "NAME"), *folded = fold_name (name);
  g_autoptr (TorgQuery) query = torg_query_new ("dictionary");
  g_autoptr (GPtrArray) entries = NULL;
  const char *id = NULL;

  if (number == NULL || status == NULL || name == NULL)
    return TRUE;
  torg_query_add_text (query, "dictionary", TORG_MATCH_IS, dictionary);
  entries = torg_store_list (store, query, 0, NULL, error);
  for (guint i = 0; entries != NULL && id == NULL && i < entries->len; i++)
    {
      g_autofree char *own = fold_name (torg_record_get_text (entries->pdata[i], "name"));

      if (g_str_equal (own, folded))
        id = torg_record_get_id (entries->pdata[i]);
    }
  if (entries != NULL && id == NULL)
    {
      gboolean is_new;
      g_autoptr (TorgRecord) entry = begin_record (store, map, "dictionary", "entry", number, &is_new);

      if (is_new)
        {
          torg_record_set_text (entry, "name", name);
          torg_record_set_text (entry, "dictionary", dictionary);
        }
      put (edit, entry, is_new);
      g_hash_table_insert (map->entries, g_strconcat (entity, "/", status, NULL),
                           g_strdup (torg_record_get_id (entry)));
    }
  else if (id != NULL)
    g_hash_table_insert (map->entries, g_strconcat (entity, "/", status, NULL), g_strdup (id));
  return entries != NULL;
}

static gboolean
keep_statuses (TorgBitrixSettings *self, TorgBitrixMap *map, TorgStore *store, TorgEdit *edit, GError **error)
{
  g_autoptr (GHashTable) pipelines = keep_pipelines (self, map, store, edit);

  for (guint i = 0; i < self->statuses->len; i++)
    {
      JsonObject      *object = self->statuses->pdata[i];
      g_autofree char *entity = torg_bitrix_dup_text (object, "ENTITY_ID");
      const char      *pipeline = entity != NULL ? g_hash_table_lookup (pipelines, entity) : NULL;

      if (pipeline != NULL)
        keep_stage (map, store, edit, object, entity, pipeline);
      else if ((g_strcmp0 (entity, "SOURCE") == 0 && !keep_entry (map, store, edit, object, entity, "source", error)) ||
               (g_strcmp0 (entity, "INDUSTRY") == 0 &&
                !keep_entry (map, store, edit, object, entity, "industry", error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
list_rates (TorgBitrixMap *map, TorgStore *store, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("vat_rate");
  g_autoptr (GPtrArray) rates = torg_store_list (store, query, 0, NULL, error);

  for (guint i = 0; rates != NULL && i < rates->len; i++)
    {
      const TorgValue *rate = torg_record_get (rates->pdata[i], "rate");

      if (!torg_value_is_null (rate))
        g_hash_table_insert (map->rates, g_strdup_printf ("%" G_GINT64_FORMAT, rate->number / TORG_NUMBER_SCALE),
                             g_strdup (torg_record_get_id (rates->pdata[i])));
    }
  return rates != NULL;
}

/**
 * torg_bitrix_settings_keep:
 * @map: takes what they mean here
 * @store: the store that is imported into
 * @import: the import's id
 * @error: place for an error
 *
 * Makes the pipelines, stages and entries of dictionaries that are not here yet.
 *
 * Returns: whether it could
 */
gboolean
torg_bitrix_settings_keep (TorgBitrixSettings *self,
                           TorgBitrixMap      *map,
                           TorgStore          *store,
                           const char         *import,
                           GError            **error)
{
  /* Translators: the name of something to be undone; %s is the address of a portal */
  g_autofree char *label = g_strdup_printf (_ ("Import from Bitrix24: %s"), map->portal);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (!torg_store_is_administrator (store))
    {
      g_set_error_literal (
        error, TORG_ERROR, TORG_ERROR_RULE,
        _ ("A portal brings its pipelines and dictionaries along, which only an administrator makes. "
           "Ask one of them to import it."));
      return FALSE;
    }
  g_set_str (&map->me, torg_store_get_user (store));
  return keep_users (self, map, store, edit, error) && keep_statuses (self, map, store, edit, error) &&
         list_rates (map, store, error) &&
         (torg_edit_get_length (edit) == 0 || torg_store_apply_import (store, edit, import, error));
}
