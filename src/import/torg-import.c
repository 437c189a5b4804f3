/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import.h"
#include "torg-import-memory.h"
#include "torg-import-plan-private.h"
#include "torg-import-refs.h"
#include "torg-import-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Rows of one transaction: short enough for the user's own edits to come in between. The first ones are shorter, so
 * that writing begins soon. */
#define CHUNK_ROWS 4000
#define FIRST_ROWS 250
/* Failures that are kept with their reasons, and those that are listed in JSON; all are counted. */
#define MAX_FAILURES 100000
#define MAX_LISTED_FAILURES 1000

struct _TorgImport
{
  TorgImportPlan   *plan;   /* (owned) */
  TorgStore        *reader; /* (owned) (nullable) until the first step: what rows are read with */
  TorgImportRefs   *refs;   /* (owned) (nullable) until the first step */
  TorgImportResult *result; /* (owned) */
  struct _Chunk    *next;   /* (owned) (nullable): what was read already */
  struct _Chunk    *past;   /* (owned) (nullable): what was written, to be freed beside */
  guint             row;    /* the next one to be read */
  guint             n_rows; /* how many at once */
  gboolean          dry;
};

/* --- the result ------------------------------------------------------------------------------------------------- */

static void
failure_free (gpointer data)
{
  TorgImportFailure *failure = data;

  g_free (failure->column);
  g_free (failure->reason);
  g_free (failure);
}

static TorgImportResult *
result_new (void)
{
  TorgImportResult *self = g_new0 (TorgImportResult, 1);

  self->failures = g_ptr_array_new_with_free_func (failure_free);
  self->near = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_import_near_free);
  return self;
}

/**
 * torg_import_result_free:
 * @self: (transfer full): a result
 *
 * Frees a result.
 */
void
torg_import_result_free (TorgImportResult *self)
{
  g_free (self->import_id);
  g_ptr_array_unref (self->failures);
  g_ptr_array_unref (self->near);
  g_free (self);
}

/**
 * torg_import_result_to_json:
 *
 * Writes a result as `{"read", "created", "updated", "skipped", "failed", "import_id", "made", "failures", "near"}`.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_import_result_to_json (TorgImportResult *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const struct
  {
    const char *name;
    gint64      number;
  } counts[] = {
    { "read", self->read },       { "created", self->created }, { "updated", self->updated },
    { "skipped", self->skipped }, { "failed", self->failed },   { "made", self->made },
  };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      json_builder_set_member_name (builder, counts[i].name);
      json_builder_add_int_value (builder, counts[i].number);
    }
  json_builder_set_member_name (builder, "import_id");
  json_builder_add_string_value (builder, self->import_id);
  json_builder_set_member_name (builder, "failures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (self->failures->len, MAX_LISTED_FAILURES); i++)
    {
      TorgImportFailure *failure = g_ptr_array_index (self->failures, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "line");
      json_builder_add_int_value (builder, failure->line);
      json_builder_set_member_name (builder, "column");
      json_builder_add_string_value (builder, failure->column);
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, failure->reason);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "near");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->near->len; i++)
    json_builder_add_string_value (builder, ((TorgImportNear *) self->near->pdata[i])->sentence);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/**
 * torg_import_result_list_failed:
 * @plan: what was carried out
 * @error: place for an error
 *
 * Lists the rows that were not imported as they stand in the file, with its headers, and why in a column more: to be
 * put right and imported again.
 *
 * Returns: (transfer full) (nullable): a table
 */
TorgTable *
torg_import_result_list_failed (TorgImportResult *self, TorgImportPlan *plan, GError **error)
{
  g_autoptr (TorgTable) listed = torg_table_new ();
  TorgTable *table = torg_import_plan_get_table (plan);
  guint      n = torg_import_plan_get_n_columns (plan);

  if (!torg_table_add_row (listed, 1, error))
    return NULL;
  for (guint i = 0; i < n; i++)
    if (!torg_table_add_cell (listed, TORG_CELL_TEXT, torg_import_plan_get_column (plan, i)->header, -1, error))
      return NULL;
  /* Translators: a column's header, over the reasons why rows were not imported */
  if (!torg_table_add_cell (listed, TORG_CELL_TEXT, _ ("Why not imported"), -1, error))
    return NULL;
  for (guint i = 0; i < self->failures->len; i++)
    {
      TorgImportFailure *failure = g_ptr_array_index (self->failures, i);
      g_autofree char   *reason = failure->column != NULL ? g_strdup_printf ("%s: %s", failure->column, failure->reason)
                                                          : g_strdup (failure->reason);

      if (!torg_table_add_row (listed, i + 2, error))
        return NULL;
      for (guint column = 0; column < n; column++)
        if (!torg_table_add_cell (listed, TORG_CELL_TEXT, torg_table_get_text (table, failure->row, column), -1, error))
          return NULL;
      if (!torg_table_add_cell (listed, TORG_CELL_TEXT, reason, -1, error))
        return NULL;
    }
  return g_steal_pointer (&listed);
}

/* --- new fields ------------------------------------------------------------------------------------------------- */

/* Called by what is imported, so that several can be told apart. */
static TorgEdit *
new_edit (TorgImport *self)
{
  const TorgType *type =
    torg_schema_find (torg_import_plan_get_schema (self->plan), torg_import_plan_get_kind (self->plan));
  g_autofree char *label = NULL;

  /* Translators: the name of something to be undone; %s is a type of records, “Companies” */
  label = g_strdup_printf (_ ("Import: %s"), torg_type_get_label_plural (type));
  return torg_edit_new (label);
}

static char *
make_field_name (TorgEnv *env)
{
  guint8 bytes[4];

  torg_env_fill_random (env, bytes, sizeof bytes);
  return g_strdup_printf ("cf_%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* A custom field that an earlier import made for a header. */
static const TorgField *
find_labelled (TorgSchema *schema, const char *type_name, const char *header)
{
  const TorgType  *type = torg_schema_find (schema, type_name);
  g_autofree char *wanted = torg_import_normalise_header (header);

  for (guint i = type->info->n_fields; i < type->n_fields; i++)
    {
      g_autofree char *label = torg_import_normalise_header (type->fields[i].label);

      if (g_str_equal (label, wanted))
        return &type->fields[i];
    }
  return NULL;
}

/* Makes the custom fields that the plan asks for and are not there yet, and lets its columns be those. */
static gboolean
make_fields (TorgImport *self, TorgStore *store, GError **error)
{
  guint n = torg_import_plan_get_n_columns (self->plan);

  for (guint i = 0; i < n; i++)
    {
      TorgImportColumn *column = torg_import_plan_get_column (self->plan, i);
      TorgSchema       *schema = torg_store_get_schema (store);
      const TorgField  *known;
      g_autoptr (TorgEdit) edit = NULL;
      g_autoptr (TorgRecord) def = NULL;
      g_autofree char *id = NULL;
      g_autofree char *name = NULL;

      /* A dry run leaves the plan as it is: any text would fit. */
      if (g_strcmp0 (column->target, "+") != 0 || self->dry)
        continue;
      known = find_labelled (schema, torg_import_plan_get_kind (self->plan), column->header);
      if (known != NULL)
        {
          torg_import_plan_set_target (self->plan, i, known->name);
          continue;
        }
      id = torg_env_make_id (torg_store_get_env (store));
      name = make_field_name (torg_store_get_env (store));
      def = torg_record_new (schema, torg_schema_find (schema, "field_def"), id);
      torg_record_set_text (def, "record_type", torg_import_plan_get_kind (self->plan));
      torg_record_set_text (def, "name", name);
      torg_record_set_text (def, "label", column->header);
      torg_record_set_text (def, "kind", torg_kind_to_string (torg_import_plan_guess_kind (self->plan, i)));
      edit = new_edit (self);
      torg_edit_create (edit, def);
      if (!torg_store_apply_import (store, edit, self->result->import_id, error))
        return FALSE;
      torg_import_plan_set_schema (self->plan, torg_store_get_schema (store));
      torg_import_plan_set_target (self->plan, i, name);
    }
  return TRUE;
}

/* Rows are read beside writing where a connection of its own sees what is written, and nobody wants it repeatable. */
static TorgStore *
open_reader (TorgImport *self, TorgStore *store)
{
  if (self->dry || torg_store_is_in_transaction (store) || torg_env_is_seeded (torg_store_get_env (store)))
    return g_object_ref (store);
  return torg_store_open (torg_store_get_env (store), torg_store_get_path (store), TORG_STORE_READER, NULL);
}

static gboolean
prepare (TorgImport *self, TorgStore *store, GError **error)
{
  if (self->reader == NULL)
    {
      torg_import_plan_set_schema (self->plan, torg_store_get_schema (store));
      if (!make_fields (self, store, error))
        return FALSE;
      self->reader = open_reader (self, store);
      if (self->reader == NULL)
        self->reader = g_object_ref (store);
      self->refs = torg_import_refs_new (self->reader);
    }
  if (torg_import_plan_get_schema (self->plan) != torg_store_get_schema (self->reader))
    torg_import_plan_set_schema (self->plan, torg_store_get_schema (self->reader));
  return TRUE;
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

typedef struct _Chunk
{
  TorgEdit  *edit;     /* (owned) */
  GArray    *rows;     /* (owned) (element-type guint): those that @edit writes */
  GPtrArray *failures; /* (owned) (element-type TorgImportFailure) */
  guint      end;      /* the row behind it */
  gint64     read;
  gint64     created;
  gint64     updated;
  gint64     skipped;
  gint64     failed;
} Chunk;

static Chunk *
chunk_new (TorgImport *self)
{
  Chunk *chunk = g_new0 (Chunk, 1);

  chunk->edit = new_edit (self);
  chunk->rows = g_array_new (FALSE, FALSE, sizeof (guint));
  chunk->failures = g_ptr_array_new_with_free_func (failure_free);
  return chunk;
}

static void
chunk_free (Chunk *chunk)
{
  torg_edit_unref (chunk->edit);
  g_array_unref (chunk->rows);
  g_ptr_array_unref (chunk->failures);
  g_free (chunk);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chunk, chunk_free)

static void
chunk_fail (Chunk *chunk, TorgTable *table, guint row, const char *column, const GError *error)
{
  TorgImportFailure *failure = g_new0 (TorgImportFailure, 1);
  const char        *reason = error->message;

  /* It stands behind the column: “ИНН: ИНН: …” would say it twice. */
  if (column != NULL && g_str_has_prefix (reason, column) && reason[strlen (column)] == ':')
    reason += strlen (column) + 1;
  chunk->failed++;
  failure->row = row;
  failure->line = torg_table_get_line (table, row);
  failure->column = g_strdup (column);
  failure->reason = g_strstrip (g_strdup (reason));
  g_ptr_array_add (chunk->failures, failure);
}

/*
 * Adds what a row means to a chunk. @again says that the row's record is one of an earlier row that is not written yet,
 * and has others hanging on it: those have to be written first.
 */
static gboolean
take_row (TorgImport *self,
          TorgStore  *store,
          guint       number,
          Chunk      *chunk,
          gboolean   *again,
          char      **column,
          GError    **error)
{
  TorgDuplicates duplicates = torg_import_plan_get_duplicates (self->plan);
  g_autoptr (TorgImportRow) row = NULL;
  g_autoptr (TorgRecord) known = NULL;

  *again = FALSE;
  row = torg_import_row_read (self->plan, store, self->refs, number, chunk->edit, column, error);
  if (row == NULL)
    return FALSE;
  if (duplicates != TORG_DUPLICATES_CREATE)
    {
      if (!torg_import_row_find_known (row, store, self->refs, &known, error))
        return FALSE;
      if (known != NULL && torg_import_row_must_wait (row, self->refs, known))
        {
          *again = TRUE;
          return TRUE;
        }
    }
  if (known == NULL)
    {
      if (!torg_import_row_create (row, store, self->refs, chunk->edit, error))
        return FALSE;
      chunk->created++;
      torg_import_refs_add (self->refs, torg_import_row_get_record (row), torg_import_row_get_keys (row));
    }
  else if (torg_import_refs_take_made (self->refs, torg_record_get_id (known)))
    {
      torg_import_row_update (row, store, self->refs, known, chunk->edit);
      chunk->created++;
    }
  else if (duplicates == TORG_DUPLICATES_UPDATE && !torg_import_row_check_update (row, store, known, error))
    return FALSE;
  else if (duplicates == TORG_DUPLICATES_UPDATE && torg_import_row_update (row, store, self->refs, known, chunk->edit))
    chunk->updated++;
  else
    chunk->skipped++;
  return TRUE;
}

static gboolean
is_fatal (const GError *error)
{
  return error->domain == TORG_STORE_ERROR || error->domain == G_IO_ERROR;
}

/* Reads the rows of the next chunk, or only those up to one that has to wait until what came before is written. */
static Chunk *
read_chunk (TorgImport *self, TorgStore *store, GError **error)
{
  TorgTable *table = torg_import_plan_get_table (self->plan);
  guint      end = MIN (self->row + self->n_rows, torg_table_get_n_rows (table));
  g_autoptr (Chunk) chunk = chunk_new (self);

  for (; self->row < end; self->row++)
    {
      g_autoptr (GError) local = NULL;
      g_autofree char *column = NULL;
      gboolean         again = FALSE;
      guint            length = torg_edit_get_length (chunk->edit);

      if (torg_table_row_is_empty (table, self->row))
        continue;
      torg_import_refs_begin_row (self->refs);
      if (take_row (self, store, self->row, chunk, &again, &column, &local))
        {
          if (again)
            {
              /* It is read anew: what it refers to is made then. */
              torg_import_refs_drop_row (self->refs);
              torg_edit_truncate (chunk->edit, length);
              break;
            }
          g_array_append_val (chunk->rows, self->row);
        }
      else if (is_fatal (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      else
        {
          torg_import_refs_drop_row (self->refs);
          torg_edit_truncate (chunk->edit, length);
          chunk_fail (chunk, table, self->row, column, local);
        }
      chunk->read++;
    }
  chunk->end = self->row;
  self->n_rows = MIN (self->n_rows * 2, CHUNK_ROWS);
  return g_steal_pointer (&chunk);
}

static gboolean
write_chunk (TorgImport *self, TorgStore *store, Chunk *chunk, GError **error)
{
  return torg_edit_get_length (chunk->edit) == 0 ||
         torg_store_apply_import (store, chunk->edit, self->result->import_id, error);
}

static void
add_result (TorgImport *self, Chunk *chunk)
{
  TorgImportResult *result = self->result;

  torg_import_refs_written (self->refs);
  result->read += chunk->read;
  result->created += chunk->created;
  result->updated += chunk->updated;
  result->skipped += chunk->skipped;
  result->failed += chunk->failed;
  while (chunk->failures->len > 0 && result->failures->len < MAX_FAILURES)
    g_ptr_array_add (result->failures, g_ptr_array_steal_index (chunk->failures, 0));
}

/* One row in a transaction of its own. */
static gboolean
import_row (TorgImport *self, TorgStore *store, guint number, GError **error)
{
  g_autoptr (Chunk) chunk = chunk_new (self);
  g_autoptr (GError) local = NULL;
  g_autofree char *column = NULL;
  gboolean         again;
  gboolean         ok = take_row (self, self->reader, number, chunk, &again, &column, &local);

  torg_import_refs_submit (self->refs);
  if (!ok || !write_chunk (self, store, chunk, &local))
    {
      torg_import_refs_forget (self->refs);
      if (is_fatal (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_clear_pointer (&chunk, chunk_free);
      chunk = chunk_new (self);
      chunk_fail (chunk, torg_import_plan_get_table (self->plan), number, column, local);
    }
  chunk->read = 1;
  add_result (self, chunk);
  return TRUE;
}

/* Rows that are read and understood, but could not be written together: one by one. */
static gboolean
import_singly (TorgImport *self, TorgStore *store, Chunk *chunk, GError **error)
{
  torg_import_refs_forget (self->refs);
  for (guint i = 0; i < chunk->rows->len; i++)
    if (!import_row (self, store, g_array_index (chunk->rows, guint, i), error))
      return FALSE;
  chunk->read -= chunk->rows->len;
  chunk->created = chunk->updated = chunk->skipped = 0;
  add_result (self, chunk);
  return TRUE;
}

/* Reading one chunk while another one is written. */
typedef struct
{
  TorgImport *import;
  Chunk      *chunk; /* (owned) (nullable) */
  GError     *error; /* (owned) (nullable) */
} Reading;

static gpointer
read_beside (gpointer data)
{
  Reading *reading = data;

  TorgStore *reader = reading->import->reader;

  g_clear_pointer (&reading->import->past, chunk_free);
  if (torg_store_begin_reading (reader, &reading->error))
    {
      reading->chunk = read_chunk (reading->import, reader, &reading->error);
      torg_store_end_reading (reader);
    }
  return NULL;
}

static gboolean
import_chunk (TorgImport *self, TorgStore *store, GError **error)
{
  g_autoptr (Chunk) chunk = g_steal_pointer (&self->next);
  g_autoptr (GError) local = NULL;
  Reading  reading = { .import = self };
  GThread *thread = NULL;
  gboolean ok;

  if (chunk == NULL)
    chunk = read_chunk (self, self->reader, error);
  if (chunk == NULL)
    return FALSE;
  torg_import_refs_submit (self->refs);
  if (self->reader != store && self->row < torg_table_get_n_rows (torg_import_plan_get_table (self->plan)))
    thread = g_thread_new ("torg-import", read_beside, &reading);
  ok = write_chunk (self, store, chunk, &local);
  if (thread != NULL)
    g_thread_join (thread);
  self->next = reading.chunk;
  if (ok && reading.error == NULL)
    {
      add_result (self, chunk);
      g_clear_pointer (&self->past, chunk_free);
      self->past = g_steal_pointer (&chunk);
      return TRUE;
    }
  if (!ok && !is_fatal (local))
    {
      /* What was read meanwhile counts on what is not there. */
      g_clear_pointer (&self->next, chunk_free);
      g_clear_error (&reading.error);
      self->row = chunk->end;
      return import_singly (self, store, chunk, error);
    }
  if (ok)
    {
      add_result (self, chunk);
      g_propagate_error (error, reading.error);
      return FALSE;
    }
  g_clear_error (&reading.error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* --- public ----------------------------------------------------------------------------------------------------- */

/**
 * torg_import_new:
 * @plan: how a table becomes records; it must not be changed meanwhile
 * @env: makes the import's id
 *
 * Makes an import that has not begun.
 *
 * Returns: (transfer full): an import
 */
TorgImport *
torg_import_new (TorgImportPlan *plan, TorgEnv *env)
{
  TorgImport *self = g_new0 (TorgImport, 1);

  self->plan = torg_import_plan_ref (plan);
  self->result = result_new ();
  self->result->import_id = torg_env_make_id (env);
  self->row = torg_import_plan_get_first_row (plan);
  self->n_rows = FIRST_ROWS;
  return self;
}

/**
 * torg_import_free:
 * @self: (transfer full): an import
 *
 * Frees an import; what it wrote stays.
 */
void
torg_import_free (TorgImport *self)
{
  g_clear_pointer (&self->next, chunk_free);
  g_clear_pointer (&self->past, chunk_free);
  g_clear_pointer (&self->refs, torg_import_refs_free);
  g_clear_object (&self->reader);
  g_clear_pointer (&self->result, torg_import_result_free);
  torg_import_plan_unref (self->plan);
  g_free (self);
}

/* An import that cannot go on has an end, of which the reason alone says nothing. */
static void
tell_end (TorgImport *self, GError **error)
{
  gint64 n = self->result->created + self->result->updated;

  if (self->dry || n == 0 || error == NULL || (*error)->domain != TORG_STORE_ERROR)
    return;
  g_prefix_error (error,
                  ngettext ("The import stopped after %lld record, which stays and can be undone. ",
                            "The import stopped after %lld records, which stay and can be undone. ", (gulong) n),
                  (long long) n);
}

/**
 * torg_import_step:
 * @store: the store that is imported into, the same for all steps
 * @finished: (out): whether that was the last chunk
 * @error: place for a %TORG_STORE_ERROR; what came before stays, and is undone by the import's id
 *
 * Imports the next chunk of rows, and reads the one after it beside. A row that fails is listed and does not stop the
 * others. After the last step, and after the last one before it is broken off, [method@Store.sync] makes it safe.
 *
 * Returns: whether it can go on
 */
gboolean
torg_import_step (TorgImport *self, TorgStore *store, gboolean *finished, GError **error)
{
  if (!prepare (self, store, error) || !import_chunk (self, store, error))
    {
      tell_end (self, error);
      return FALSE;
    }
  *finished = self->next == NULL && self->row >= torg_table_get_n_rows (torg_import_plan_get_table (self->plan));
  if (*finished && !self->dry && self->result->created + self->result->updated > 0)
    torg_import_remember (self->plan, store);
  return TRUE;
}

/**
 * torg_import_get_fraction:
 *
 * Tells how much is done.
 *
 * Returns: from 0 to 1
 */
double
torg_import_get_fraction (TorgImport *self)
{
  guint n = torg_table_get_n_rows (torg_import_plan_get_table (self->plan));

  return n > 0 ? (double) self->row / n : 1;
}

/**
 * torg_import_dup_result:
 *
 * Gives what was done up to now.
 *
 * Returns: (transfer full): a result
 */
TorgImportResult *
torg_import_dup_result (TorgImport *self)
{
  TorgImportResult *copy = result_new ();

  copy->read = self->result->read;
  copy->created = self->result->created;
  copy->updated = self->result->updated;
  copy->skipped = self->result->skipped;
  copy->failed = self->result->failed;
  copy->made = self->refs != NULL ? torg_import_refs_get_n_made (self->refs) : 0;
  copy->import_id = g_strdup (self->result->import_id);
  for (guint i = 0; i < self->result->failures->len; i++)
    {
      const TorgImportFailure *from = g_ptr_array_index (self->result->failures, i);
      TorgImportFailure       *failure = g_new0 (TorgImportFailure, 1);

      failure->row = from->row;
      failure->line = from->line;
      failure->column = g_strdup (from->column);
      failure->reason = g_strdup (from->reason);
      g_ptr_array_add (copy->failures, failure);
    }
  if (self->refs != NULL)
    {
      GPtrArray *near = torg_import_refs_get_near (self->refs);

      for (guint i = 0; i < near->len; i++)
        g_ptr_array_add (copy->near, torg_import_near_copy (near->pdata[i]));
    }
  return copy;
}

/**
 * torg_import_run:
 * @plan: how a table becomes records
 * @store: the store to import into
 * @dry_run: whether to take everything back at the end
 * @job: (nullable): for progress and to cancel it; what was imported until then stays, unless @dry_run
 * @error: place for an error
 *
 * Imports a whole table.
 *
 * Returns: (transfer full) (nullable): what was done, or would be
 */
TorgImportResult *
torg_import_run (TorgImportPlan *plan, TorgStore *store, gboolean dry_run, TorgJob *job, GError **error)
{
  g_autoptr (TorgImport) import = torg_import_new (plan, torg_store_get_env (store));
  gboolean finished = FALSE, ok = TRUE;

  import->dry = dry_run;
  if (dry_run && !torg_store_begin (store, error))
    return NULL;
  while (ok && !finished)
    {
      ok = !(job != NULL && g_cancellable_set_error_if_cancelled (torg_job_get_cancellable (job), error)) &&
           torg_import_step (import, store, &finished, error);
      torg_job_report (job, torg_import_get_fraction (import) * 1000, 1000, NULL);
    }
  if (dry_run)
    torg_store_rollback (store);
  else if (ok)
    ok = torg_store_sync (store, error);
  return ok ? torg_import_dup_result (import) : NULL;
}
