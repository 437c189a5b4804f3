/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-bitrix.h"
#include "torg-bitrix-settings.h"
#include "torg-number.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Pages of fifty that are asked for at once: few at first, and of deals, whose products are asked for one by one. */
#define MAX_PAGES 20
#define MAX_DEAL_PAGES 4
/* Objects that are written at once. */
#define CHUNK 250
#define MAX_FAILURES 1000

struct _TorgBitrix
{
  TorgBitrixWeb       web;
  GDestroyNotify      free_web; /* (nullable): of its data */
  TorgBitrixMap      *map;      /* (owned) */
  TorgBitrixSettings *settings; /* (owned) (nullable): until they are kept */
  TorgBitrixResult   *result;   /* (owned) */
  TorgBitrixKind      kind;     /* what is listed now */
  char               *after;    /* (owned): the number of the last one that was listed */
  guint               n_pages;
  gint64              totals[TORG_BITRIX_N_KINDS];
  gint64              n_done;
  GPtrArray          *objects;  /* (owned) (element-type JsonObject): that were fetched and are not kept yet */
  GPtrArray          *lines;    /* (owned) (element-type JsonObject): of those deals */
  gboolean            is_begun; /* the portal's names are known and kept */
  gboolean            is_kind_finished;
  gboolean            is_resumed;
};

/**
 * torg_bitrix_result_free:
 * @self: (transfer full): a result
 *
 * Frees it.
 */
void
torg_bitrix_result_free (TorgBitrixResult *self)
{
  g_free (self->import_id);
  g_ptr_array_unref (self->failures);
  g_free (self);
}

/**
 * torg_bitrix_new:
 * @portal: the portal's host
 * @web: the way to it
 * @free_web: (nullable): frees its data
 *
 * Makes an import that has not begun.
 *
 * Returns: (transfer full): an import
 */
TorgBitrix *
torg_bitrix_new (const char *portal, const TorgBitrixWeb *web, GDestroyNotify free_web)
{
  TorgBitrix *self = g_new0 (TorgBitrix, 1);

  self->web = *web;
  self->free_web = free_web;
  self->map = torg_bitrix_map_new (portal);
  self->result = g_new0 (TorgBitrixResult, 1);
  self->result->failures = g_ptr_array_new_with_free_func (g_free);
  self->after = g_strdup ("0");
  self->n_pages = 1;
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  return self;
}

/**
 * torg_bitrix_free:
 * @self: (transfer full): an import
 *
 * Frees it; what it kept stays.
 */
void
torg_bitrix_free (TorgBitrix *self)
{
  if (self->free_web != NULL)
    self->free_web (self->web.data);
  g_clear_pointer (&self->settings, torg_bitrix_settings_free);
  torg_bitrix_map_free (self->map);
  torg_bitrix_result_free (self->result);
  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->lines);
  g_free (self->after);
  g_free (self);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static void
take_page (TorgBitrix *self, JsonArray *page)
{
  for (guint i = 0; i < json_array_get_length (page); i++)
    {
      JsonNode        *element = json_array_get_element (page, i);
      g_autofree char *number = NULL;

      if (!JSON_NODE_HOLDS_OBJECT (element))
        continue;
      number = torg_bitrix_dup_text (json_node_get_object (element), "ID");
      if (number == NULL)
        continue;
      g_set_str (&self->after, number);
      g_ptr_array_add (self->objects, json_object_ref (json_node_get_object (element)));
    }
}

/* The products of the deals that were fetched, each by a command of its own, with the deal's currency. */
static gboolean
fetch_lines (TorgBitrix *self, GCancellable *cancellable, GError **error)
{
  for (guint first = 0; first < self->objects->len;)
    {
      g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) results = NULL;

      for (guint i = first; i < MIN (first + 50, self->objects->len); i++)
        {
          g_autofree char *number = torg_bitrix_dup_text (self->objects->pdata[i], "ID");
          g_autofree char *escaped = g_uri_escape_string (number, NULL, FALSE);

          g_ptr_array_add (commands, g_strconcat ("crm.deal.productrows.get?id=", escaped, NULL));
        }
      results = torg_bitrix_batch (&self->web, commands, cancellable, error);
      if (results == NULL)
        return FALSE;
      for (guint i = 0; i < results->len; i++)
        {
          JsonNode        *rows = results->pdata[i];
          g_autofree char *currency = torg_bitrix_dup_text (self->objects->pdata[first + i], "CURRENCY_ID");

          for (guint j = 0; JSON_NODE_HOLDS_ARRAY (rows) && j < json_array_get_length (json_node_get_array (rows)); j++)
            {
              JsonNode *row = json_array_get_element (json_node_get_array (rows), j);

              if (!JSON_NODE_HOLDS_OBJECT (row))
                continue;
              g_ptr_array_add (self->lines, json_object_ref (json_node_get_object (row)));
              if (currency != NULL)
                json_object_set_string_member (json_node_get_object (row), "CURRENCY_ID", currency);
            }
        }
      first += results->len;
    }
  return TRUE;
}

static gboolean
fetch_objects (TorgBitrix *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GError) local = NULL;

  pages =
    torg_bitrix_list (&self->web, self->kind, self->after, self->n_pages, &self->is_kind_finished, cancellable, &local);
  if (pages == NULL)
    {
      /* A webhook may see only some of it: leads may be off in the portal. */
      if (!g_error_matches (local, TORG_ERROR, TORG_ERROR_RULE))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_ptr_array_add (self->result->failures, g_strdup (local->message));
      self->is_kind_finished = TRUE;
      return TRUE;
    }
  for (guint i = 0; i < pages->len; i++)
    take_page (self, pages->pdata[i]);
  self->n_pages = MIN (self->n_pages * 2, self->kind == TORG_BITRIX_DEAL ? MAX_DEAL_PAGES : MAX_PAGES);
  return self->kind != TORG_BITRIX_DEAL || fetch_lines (self, cancellable, error);
}

/**
 * torg_bitrix_fetch:
 * @cancellable: (nullable): stops it
 * @error: place for an error; what was kept stays, and it goes on from there when it is begun again
 *
 * Asks the portal for what comes next. Blocking, and without the data: on a thread of its own.
 *
 * Returns: whether it came
 */
gboolean
torg_bitrix_fetch (TorgBitrix *self, GCancellable *cancellable, GError **error)
{
  if (!self->is_begun)
    {
      g_clear_pointer (&self->settings, torg_bitrix_settings_free);
      self->settings = torg_bitrix_settings_fetch (&self->web, self->totals, cancellable, error);
      return self->settings != NULL;
    }
  return fetch_objects (self, cancellable, error);
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

static char *
make_memory_name (TorgBitrix *self)
{
  return g_strconcat ("bitrix24:", self->map->portal, NULL);
}

/* Where it was broken off, unless what it had kept was undone since. */
static void
recall (TorgBitrix *self, TorgStore *store)
{
  g_autofree char *name = make_memory_name (self);
  g_autofree char *text = torg_store_dup_memory (store, name);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  g_autoptr (GPtrArray) imports = torg_store_list_imports (store, NULL);
  g_autofree char *import = NULL, *after = NULL;
  gint64           kind;

  self->result->import_id = torg_env_make_id (torg_store_get_env (store));
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  import = torg_bitrix_dup_text (json_node_get_object (node), "import");
  after = torg_bitrix_dup_text (json_node_get_object (node), "after");
  kind = json_object_get_int_member_with_default (json_node_get_object (node), "kind", -1);
  for (guint i = 0; import != NULL && after != NULL && imports != NULL && i < imports->len; i++)
    {
      const TorgImportInfo *info = imports->pdata[i];

      if (!g_str_equal (info->id, import) || info->undone || kind < 0 || kind >= TORG_BITRIX_N_LISTS)
        continue;
      g_set_str (&self->result->import_id, import);
      g_set_str (&self->after, after);
      self->kind = (TorgBitrixKind) kind;
      self->is_resumed = TRUE;
    }
}

static gboolean
remember (TorgBitrix *self, TorgStore *store, gboolean finished, GError **error)
{
  g_autofree char *name = make_memory_name (self);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject      *object = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_string_member (object, "import", self->result->import_id);
  json_object_set_string_member (object, "after", self->after);
  json_object_set_int_member (object, "kind", self->kind);
  json_node_take_object (node, object);
  text = json_to_string (node, FALSE);
  return torg_store_set_memory (store, name, finished ? NULL : text, error);
}

/* What is there under an id: what it was merged into, where it was. */
static TorgRecord *
find_known (TorgStore *store, const char *type, const char *id)
{
  TorgRecord *record = torg_store_get (store, type, id, NULL);

  for (guint i = 0; i < 32 && record != NULL && torg_record_get_deleted (record) != 0 &&
                    torg_type_find_field (torg_record_get_kind (record), "merged_into") != NULL &&
                    torg_record_get_text (record, "merged_into") != NULL;
       i++)
    {
      TorgRecord *next = torg_store_get (store, type, torg_record_get_text (record, "merged_into"), NULL);

      torg_record_unref (record);
      record = next;
    }
  return record;
}

/* A reference to what is not here is none; one to what was merged is one to what it was merged into. */
static void
mend_refs (TorgStore *store, GHashTable *coming, TorgRecord *record)
{
  static const char *const owned[] = { "company", "person", "deal", "lead", "product" };

  for (guint i = 0; i < G_N_ELEMENTS (owned); i++)
    {
      const TorgField *field = torg_type_find_field (torg_record_get_kind (record), owned[i]);
      const char      *id = field != NULL ? torg_record_get_text (record, owned[i]) : NULL;
      g_autoptr (TorgRecord) known = NULL;

      if (id == NULL || g_hash_table_contains (coming, id))
        continue;
      known = find_known (store, owned[i], id);
      torg_record_set_text (record, owned[i],
                            known != NULL && torg_record_get_deleted (known) == 0 ? torg_record_get_id (known) : NULL);
    }
}

/* Whether a record hangs on something: a call of nobody, or a product of no deal, is of no use. */
static gboolean
hangs_on_something (TorgBitrixKind kind, TorgRecord *record)
{
  if (kind == TORG_BITRIX_LINE)
    return torg_record_get_text (record, "deal") != NULL;
  return kind != TORG_BITRIX_ACTIVITY || torg_record_get_text (record, "deal") != NULL ||
         torg_record_get_text (record, "company") != NULL || torg_record_get_text (record, "person") != NULL ||
         torg_record_get_text (record, "lead") != NULL;
}

/* Fills what is empty: what stands here was written by somebody, here or there. */
static gboolean
fill_record (TorgEdit *edit, TorgRecord *known, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (known);
  gboolean        changed = FALSE;

  if (torg_record_get_deleted (known) != 0)
    {
      torg_edit_restore (edit, type->info->name, torg_record_get_id (known));
      changed = TRUE;
    }
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if (field->merge == TORG_MERGE_DERIVED || torg_value_is_null (torg_record_nth (record, i)) ||
          !torg_value_is_null (torg_record_nth (known, i)))
        continue;
      torg_edit_take (edit, type->info->name, torg_record_get_id (known), field->name,
                      torg_value_copy (torg_record_nth (record, i)));
      changed = TRUE;
    }
  return changed;
}

typedef struct
{
  TorgEdit       *edit; /* (owned) */
  TorgBitrixCount counts[TORG_BITRIX_N_KINDS];
} Chunk;

/* Adds what an object means to a chunk. */
static void
take_object (TorgBitrix    *self,
             TorgStore     *store,
             Chunk         *chunk,
             GHashTable    *coming,
             TorgBitrixKind kind,
             JsonObject    *object)
{
  g_autoptr (TorgRecord) record = torg_bitrix_read (self->map, torg_store_get_schema (store), kind, object);
  g_autoptr (TorgRecord) known = NULL;

  if (record == NULL)
    return;
  mend_refs (store, coming, record);
  known = find_known (store, torg_bitrix_get_type (kind), torg_record_get_id (record));
  if (!hangs_on_something (kind, record) || g_hash_table_contains (coming, torg_record_get_id (record)))
    chunk->counts[kind].known++;
  else if (known != NULL)
    {
      if (fill_record (chunk->edit, known, record))
        chunk->counts[kind].filled++;
      else
        chunk->counts[kind].known++;
    }
  else
    {
      torg_edit_create (chunk->edit, record);
      chunk->counts[kind].created++;
      g_hash_table_add (coming, g_strdup (torg_record_get_id (record)));
    }
}

static void
add_counts (TorgBitrix *self, const Chunk *chunk)
{
  for (guint i = 0; i < TORG_BITRIX_N_KINDS; i++)
    {
      self->result->counts[i].created += chunk->counts[i].created;
      self->result->counts[i].filled += chunk->counts[i].filled;
      self->result->counts[i].known += chunk->counts[i].known;
    }
}

static TorgEdit *
new_edit (TorgBitrix *self)
{
  /* Translators: the name of something to be undone; %s is the address of a portal */
  g_autofree char *label = g_strdup_printf (_ ("Import from Bitrix24: %s"), self->map->portal);

  return torg_edit_new (label);
}

/* Objects from @first on, before @end, in one transaction; those that cannot be together, one by one. */
static gboolean
keep_objects (TorgBitrix    *self,
              TorgStore     *store,
              TorgBitrixKind kind,
              GPtrArray     *objects,
              guint          first,
              guint          end,
              GError       **error)
{
  g_autoptr (TorgEdit) edit = new_edit (self);
  g_autoptr (GHashTable) coming = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) local = NULL;
  Chunk chunk = { .edit = edit };

  for (guint i = first; i < end; i++)
    take_object (self, store, &chunk, coming, kind, objects->pdata[i]);
  if (torg_edit_get_length (edit) == 0 || torg_store_apply_import (store, edit, self->result->import_id, &local))
    {
      add_counts (self, &chunk);
      return TRUE;
    }
  if (local->domain == TORG_STORE_ERROR || local->domain == G_IO_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (end - first == 1)
    {
      g_autofree char *number = torg_bitrix_dup_text (objects->pdata[first], "ID");

      self->result->counts[kind].failed++;
      if (self->result->failures->len < MAX_FAILURES)
        g_ptr_array_add (self->result->failures,
                         g_strdup_printf ("%s %s: %s", torg_bitrix_get_type (kind), number, local->message));
      return TRUE;
    }
  for (guint i = first; i < end; i++)
    if (!keep_objects (self, store, kind, objects, i, i + 1, error))
      return FALSE;
  return TRUE;
}

static gboolean
keep_all (TorgBitrix *self, TorgStore *store, TorgBitrixKind kind, GPtrArray *objects, GError **error)
{
  for (guint first = 0; first < objects->len; first += CHUNK)
    if (!keep_objects (self, store, kind, objects, first, MIN (first + CHUNK, objects->len), error))
      return FALSE;
  return TRUE;
}

static void
next_kind (TorgBitrix *self)
{
  self->kind++;
  self->n_pages = 1;
  self->is_kind_finished = FALSE;
  g_set_str (&self->after, "0");
}

/**
 * torg_bitrix_keep:
 * @store: the store that is imported into, the same for all steps
 * @finished: (out): whether that was all
 * @error: place for an error; what was kept stays
 *
 * Writes what was fetched, and how far it is.
 *
 * Returns: whether it can go on
 */
gboolean
torg_bitrix_keep (TorgBitrix *self, TorgStore *store, gboolean *finished, GError **error)
{
  *finished = FALSE;
  if (!self->is_begun)
    {
      recall (self, store);
      if (!torg_bitrix_settings_keep (self->settings, self->map, store, self->result->import_id, error))
        return FALSE;
      self->is_begun = TRUE;
      g_clear_pointer (&self->settings, torg_bitrix_settings_free);
      return TRUE;
    }
  if (!keep_all (self, store, self->kind, self->objects, error) ||
      !keep_all (self, store, TORG_BITRIX_LINE, self->lines, error))
    return FALSE;
  self->n_done += self->objects->len;
  g_ptr_array_set_size (self->objects, 0);
  g_ptr_array_set_size (self->lines, 0);
  if (self->is_kind_finished)
    next_kind (self);
  *finished = self->kind >= TORG_BITRIX_N_LISTS;
  return remember (self, store, *finished, error) && (!*finished || torg_store_sync (store, error));
}

/**
 * torg_bitrix_run:
 * @store: the store that is imported into
 * @cancellable: (nullable): stops it
 * @error: place for an error; what was kept stays
 *
 * Imports a portal from where it was broken off to its end, on one thread.
 *
 * Returns: whether it is all here
 */
gboolean
torg_bitrix_run (TorgBitrix *self, TorgStore *store, GCancellable *cancellable, GError **error)
{
  gboolean finished = FALSE;

  while (!finished)
    if (!torg_bitrix_fetch (self, cancellable, error) || !torg_bitrix_keep (self, store, &finished, error))
      return FALSE;
  return TRUE;
}

/**
 * torg_bitrix_get_fraction:
 *
 * Tells how much is here of what the portal says that it has.
 *
 * Returns: from 0 to 1; 0 while nothing is known
 */
double
torg_bitrix_get_fraction (TorgBitrix *self)
{
  gint64 total = 0, before = 0;

  for (guint i = 0; i < TORG_BITRIX_N_LISTS; i++)
    {
      total += self->totals[i];
      before += i < self->kind ? self->totals[i] : 0;
    }
  if (total <= 0)
    return 0;
  return CLAMP ((double) (self->is_resumed ? before : MAX (before, self->n_done)) / (double) total, 0, 1);
}

/**
 * torg_bitrix_is_resumed:
 *
 * Tells whether it goes on where it was broken off.
 *
 * Returns: whether it does
 */
gboolean
torg_bitrix_is_resumed (TorgBitrix *self)
{
  return self->is_resumed;
}

/**
 * torg_bitrix_dup_result:
 *
 * Tells what it did up to now.
 *
 * Returns: (transfer full): a result
 */
TorgBitrixResult *
torg_bitrix_dup_result (TorgBitrix *self)
{
  TorgBitrixResult *copy = g_memdup2 (self->result, sizeof *self->result);

  copy->import_id = g_strdup (self->result->import_id);
  copy->failures = g_ptr_array_copy (self->result->failures, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  g_ptr_array_set_free_func (copy->failures, g_free);
  return copy;
}

/* --- off the main thread ------------------------------------------------------------------------------------------ */

typedef struct
{
  TorgReplica *replica; /* (owned) */
  TorgBitrix  *bitrix;
  TorgJob     *job; /* (owned) */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_object_unref (run->replica);
  g_object_unref (run->job);
  g_free (run);
}

static void fetch_next (GTask *task);

/* In the writing thread: 1 to go on, 2 at the end. */
static gpointer
keep_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run     *run = data;
  gboolean finished;

  if (!torg_bitrix_keep (run->bitrix, store, &finished, error))
    return NULL;
  torg_job_report (run->job, (gint64) (torg_bitrix_get_fraction (run->bitrix) * 1000), 1000, NULL);
  return GINT_TO_POINTER (finished ? 2 : 1);
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run    *run = g_task_get_task_data (task);
  GError *error = NULL;
  int     state = GPOINTER_TO_INT (torg_replica_call_finish (TORG_REPLICA (source), result, &error));

  if (state == 1)
    {
      fetch_next (g_steal_pointer (&task));
      return;
    }
  torg_job_finish (run->job);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (torg_bitrix_fetch (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run    *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      torg_job_finish (run->job);
      g_task_return_error (task, error);
      return;
    }
  torg_replica_call_async (run->replica, TORG_LANE_WRITE, keep_in_store, run, NULL, NULL, NULL, kept_cb,
                           g_steal_pointer (&task));
}

static void
fetch_next (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr (GTask) fetching = g_task_new (NULL, torg_job_get_cancellable (run->job), fetched_cb, task);

  g_task_set_source_tag (fetching, torg_bitrix_fetch);
  g_task_set_task_data (fetching, run->bitrix, NULL);
  g_task_run_in_thread (fetching, fetch_in_thread);
}

/**
 * torg_bitrix_run_async:
 * @replica: an open replica
 * @bitrix: an import; it has to live until @callback, and is to be left alone
 * @job: for progress and to cancel it
 * @callback: called when it ends
 * @data: for @callback
 *
 * Imports a portal: asks on a thread of its own and writes on the one that writes, so that the user's own edits come in
 * between. What was kept until it is cancelled or fails stays, and it goes on from there when it is begun again.
 */
void
torg_bitrix_run_async (TorgReplica        *replica,
                       TorgBitrix         *bitrix,
                       TorgJob            *job,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  GTask *task = g_task_new (replica, NULL, callback, data);
  Run   *run = g_new0 (Run, 1);

  run->replica = g_object_ref (replica);
  run->bitrix = bitrix;
  run->job = g_object_ref (job);
  g_task_set_source_tag (task, torg_bitrix_run_async);
  g_task_set_task_data (task, run, run_free);
  fetch_next (task);
}

/**
 * torg_bitrix_run_finish:
 * @error: place for an error
 *
 * Ends [func@bitrix_run_async].
 *
 * Returns: whether all is here
 */
gboolean
torg_bitrix_run_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
