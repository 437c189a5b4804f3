/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-refs.h"
#include "torg-import-stages.h"
#include "torg-name.h"
#include "torg-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How many names a new one is compared with letter by letter; by their keys it is compared with all. */
#define MAX_COMPARED 2000

typedef struct
{
  GHashTable *by_key;     /* (owned) key → id */
  GHashTable *by_compact; /* (owned) key without spaces → id */
  GHashTable *titles;     /* (owned) id → title */
} Names;

struct _TorgImportRefs
{
  TorgStore         *store;        /* (owned) */
  GHashTable        *names;        /* (owned) target → Names */
  GHashTable        *known;        /* (owned) target and text → id: the texts that were resolved */
  GHashTable        *told;         /* (owned): near matches that were reported */
  GPtrArray         *near;         /* (owned) (element-type TorgImportNear) */
  gboolean           exact;        /* the text that is being read means nothing that is only nearly called so */
  GHashTable        *made;         /* (owned): ids of what was made and had no row of its own yet */
  GPtrArray         *taken;        /* (owned) (element-type utf8): of @made, those whose own rows were read */
  GPtrArray         *taken_before; /* (owned) (element-type utf8): those whose own rows are being written */
  TorgImportPending *pending;      /* (owned): what is made or changed, but not written yet */
  GPtrArray         *row_made;     /* (owned) (element-type TorgRecord): what the row that is being read has made */
  GPtrArray         *row_known;    /* (owned) (element-type utf8): the texts that it has resolved */
  gint64             n_made;
  gint64             n_writing; /* of those that are being or were written */
  gint64             n_written; /* of those */
};

static void
names_free (gpointer data)
{
  Names *names = data;

  g_hash_table_unref (names->by_key);
  g_hash_table_unref (names->by_compact);
  g_hash_table_unref (names->titles);
  g_free (names);
}

/**
 * torg_import_refs_new:
 * @store: the store to read from
 *
 * Makes a resolver that has read nothing.
 *
 * Returns: (transfer full): a resolver
 */
TorgImportRefs *
torg_import_refs_new (TorgStore *store)
{
  TorgImportRefs *self = g_new0 (TorgImportRefs, 1);

  self->store = g_object_ref (store);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, names_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->near = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_import_near_free);
  self->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->row_made = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  self->row_known = g_ptr_array_new_with_free_func (g_free);
  self->taken = g_ptr_array_new_with_free_func (g_free);
  self->taken_before = g_ptr_array_new_with_free_func (g_free);
  self->pending = torg_import_pending_new ();
  return self;
}

/**
 * torg_import_refs_free:
 * @self: (transfer full): a resolver
 *
 * Frees a resolver.
 */
void
torg_import_refs_free (TorgImportRefs *self)
{
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->made);
  g_ptr_array_unref (self->taken);
  g_ptr_array_unref (self->taken_before);
  torg_import_pending_free (self->pending);
  g_ptr_array_unref (self->row_made);
  g_ptr_array_unref (self->row_known);
  g_ptr_array_unref (self->near);
  g_object_unref (self->store);
  g_free (self);
}

/**
 * torg_import_refs_forget:
 *
 * Forgets what was read and made, after a transaction was taken back.
 */
void
torg_import_refs_forget (TorgImportRefs *self)
{
  g_autoptr (GPtrArray) records = torg_import_pending_list (self->pending);

  g_hash_table_remove_all (self->names);
  g_hash_table_remove_all (self->known);
  /* What was made and written before waits for a row of its own, still or again. */
  while (self->taken->len > 0)
    g_hash_table_add (self->made, g_ptr_array_steal_index_fast (self->taken, 0));
  while (self->taken_before->len > 0)
    g_hash_table_add (self->made, g_ptr_array_steal_index_fast (self->taken_before, 0));
  for (guint i = 0; i < records->len; i++)
    if (torg_import_pending_is_new (self->pending, torg_record_get_id (records->pdata[i])))
      g_hash_table_remove (self->made, torg_record_get_id (records->pdata[i]));
  torg_import_pending_forget (self->pending);
  self->n_made = self->n_writing = self->n_written;
}

/**
 * torg_import_refs_get_near:
 *
 * Gives the near matches that were found.
 *
 * Returns: (transfer none) (element-type TorgImportNear): them
 */
GPtrArray *
torg_import_refs_get_near (TorgImportRefs *self)
{
  return self->near;
}

/**
 * torg_import_refs_get_n_made:
 *
 * Counts the records that were made and written since something referred to them.
 *
 * Returns: how many
 */
gint64
torg_import_refs_get_n_made (TorgImportRefs *self)
{
  return self->n_written;
}

/**
 * torg_import_is_filled_later:
 * @field: a field's name
 *
 * Tells whether a field is filled when its record is stored, so that it need not stand in the file.
 *
 * Returns: whether it is
 */
gboolean
torg_import_is_filled_later (const char *field)
{
  static const char *const filled[] = { "pipeline", "stage", NULL };

  return g_strv_contains (filled, field);
}

/**
 * torg_import_is_placeholder:
 * @text: a cell's text
 *
 * Tells whether a text stands for nothing, as `Select` in a list that nobody chose from.
 *
 * Returns: whether it does
 */
gboolean
torg_import_is_placeholder (const char *text)
{
  static const char *const placeholders[] = { "select",     "-",          "—",          "–",          "n/a",
                                              "na",         "null",       "none",       "не указано", "не указан",
                                              "не указана", "нет данных", "не выбрано", "выберите" };
  g_autofree char         *folded = torg_text_fold (text);

  g_strstrip (folded);
  for (guint i = 0; i < G_N_ELEMENTS (placeholders); i++)
    if (g_str_equal (folded, placeholders[i]))
      return TRUE;
  return FALSE;
}

/* --- what is there ---------------------------------------------------------------------------------------------- */

static void
add_name (Names *names, const char *id, const char *title)
{
  char *key = torg_name_make_key (title);
  char *compact = torg_name_make_compact_key (title);

  g_hash_table_insert (names->titles, g_strdup (id), g_strdup (title));
  /* Of two with one name the first is taken. */
  if (!g_hash_table_contains (names->by_key, key))
    g_hash_table_insert (names->by_key, key, g_strdup (id));
  else
    g_free (key);
  if (!g_hash_table_contains (names->by_compact, compact))
    g_hash_table_insert (names->by_compact, compact, g_strdup (id));
  else
    g_free (compact);
}

static void
remove_name (Names *names, const char *id)
{
  const char      *title = g_hash_table_lookup (names->titles, id);
  g_autofree char *key = title != NULL ? torg_name_make_key (title) : NULL;
  g_autofree char *compact = title != NULL ? torg_name_make_compact_key (title) : NULL;

  if (title == NULL)
    return;
  if (g_strcmp0 (g_hash_table_lookup (names->by_key, key), id) == 0)
    g_hash_table_remove (names->by_key, key);
  if (g_strcmp0 (g_hash_table_lookup (names->by_compact, compact), id) == 0)
    g_hash_table_remove (names->by_compact, compact);
  g_hash_table_remove (names->titles, id);
}

static void
add_unwritten_names (TorgImportPending *pending, Names *names, const char *type, const char *dictionary)
{
  g_autoptr (GPtrArray) records = torg_import_pending_list (pending);

  for (guint i = 0; i < records->len; i++)
    {
      TorgRecord      *record = g_ptr_array_index (records, i);
      g_autofree char *title = NULL;

      if (!g_str_equal (torg_record_get_kind (record)->info->name, type) ||
          (dictionary != NULL && g_strcmp0 (torg_record_get_text (record, "dictionary"), dictionary) != 0))
        continue;
      title = torg_record_dup_title (record);
      add_name (names, torg_record_get_id (record), title);
    }
}

static Names *
load_names (TorgImportRefs *self, const TorgField *field, GError **error)
{
  g_autofree char *type = torg_field_dup_target_type (field);
  const char      *dictionary = torg_field_get_dictionary (field);
  Names           *names = g_hash_table_lookup (self->names, field->target);
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) records = NULL;

  if (names != NULL)
    return names;
  query = torg_query_new (type);
  if (dictionary != NULL)
    torg_query_add_text (query, "dictionary", TORG_MATCH_IS, dictionary);
  records = torg_store_list (self->store, query, 0, NULL, error);
  if (records == NULL)
    return NULL;
  names = g_new0 (Names, 1);
  names->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  names->by_compact = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  names->titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < records->len; i++)
    {
      g_autofree char *title = torg_record_dup_title (g_ptr_array_index (records, i));

      add_name (names, torg_record_get_id (g_ptr_array_index (records, i)), title);
    }
  add_unwritten_names (self->pending, names, type, dictionary);
  g_hash_table_insert (self->names, g_strdup (field->target), names);
  return names;
}

/**
 * torg_import_near_free:
 * @self: (transfer full): what was told of a text
 *
 * Frees it.
 */
void
torg_import_near_free (TorgImportNear *self)
{
  g_free (self->sentence);
  g_free (self->text);
  g_free (self->target);
  g_free (self->id);
  g_free (self->title);
  g_free (self);
}

/**
 * torg_import_near_copy:
 * @self: what was told of a text
 *
 * Copies it.
 *
 * Returns: (transfer full): a copy
 */
TorgImportNear *
torg_import_near_copy (const TorgImportNear *self)
{
  TorgImportNear *copy = g_new0 (TorgImportNear, 1);

  copy->sentence = g_strdup (self->sentence);
  copy->text = g_strdup (self->text);
  copy->target = g_strdup (self->target);
  copy->id = g_strdup (self->id);
  copy->title = g_strdup (self->title);
  copy->taken = self->taken;
  return copy;
}

static void
tell_near (TorgImportRefs *self, const TorgField *field, Names *names, const char *text, const char *id, gboolean taken)
{
  const char      *title = g_hash_table_lookup (names->titles, id);
  g_autofree char *pair = g_strconcat (text, "\n", title, NULL);
  TorgImportNear  *near;

  if (!g_hash_table_add (self->told, g_steal_pointer (&pair)))
    return;
  near = g_new0 (TorgImportNear, 1);
  near->sentence = taken ? g_strdup_printf (_ ("“%s” was taken for “%s”."), text, title)
                         : g_strdup_printf (_ ("“%s” is nearly “%s”; it was made as a new one."), text, title);
  near->text = g_strdup (text);
  near->target = g_strdup (field->target);
  near->title = g_strdup (title);
  near->taken = taken;
  /* What this import makes itself is not there yet to be chosen. */
  if (torg_import_pending_find (self->pending, id) == NULL)
    near->id = g_strdup (id);
  g_ptr_array_add (self->near, near);
}

/**
 * torg_import_refs_set_exact:
 * @exact: whether they mean nothing that is only nearly called so
 *
 * Says how the next texts are to be taken.
 */
void
torg_import_refs_set_exact (TorgImportRefs *self, gboolean exact)
{
  self->exact = exact;
}

/**
 * torg_import_refs_tell_unknown:
 * @field: a field with choices
 * @text: what the file says
 *
 * Reports, once, that a word is none of a field's choices and was left out.
 */
void
torg_import_refs_tell_unknown (TorgImportRefs *self, const TorgField *field, const char *text)
{
  g_autofree char *pair = g_strconcat (text, "\n", field->name, NULL);

  if (g_hash_table_add (self->told, g_steal_pointer (&pair)))
    {
      TorgImportNear *near = g_new0 (TorgImportNear, 1);

      near->sentence =
        g_strdup_printf (_ ("“%s” is no choice of “%s”; it was left empty."), text, torg_field_get_label (field));
      near->text = g_strdup (text);
      g_ptr_array_add (self->near, near);
    }
}

static const char *
find_name (TorgImportRefs *self, const TorgField *field, Names *names, const char *text)
{
  g_autofree char *key = torg_name_make_key (text);
  g_autofree char *compact = NULL;
  const char      *id = g_hash_table_lookup (names->by_key, key);

  if (id != NULL || self->exact)
    return id;
  compact = torg_name_make_compact_key (text);
  id = g_hash_table_lookup (names->by_compact, compact);
  if (id != NULL)
    tell_near (self, field, names, text, id, TRUE);
  return id;
}

static void
look_for_near (TorgImportRefs *self, const TorgField *field, Names *names, const char *text)
{
  g_autofree char *key = NULL;
  GHashTableIter   iter;
  gpointer         compact, id;

  if (self->exact || g_hash_table_size (names->by_compact) > MAX_COMPARED)
    return;
  key = torg_name_make_compact_key (text);
  g_hash_table_iter_init (&iter, names->by_compact);
  while (g_hash_table_iter_next (&iter, &compact, &id))
    if (torg_name_keys_are_near (key, compact))
      {
        tell_near (self, field, names, text, id, FALSE);
        return;
      }
}

/* --- what is not written yet ------------------------------------------------------------------------------------ */

/**
 * torg_import_refs_add:
 * @record: a record that a row makes
 * @keys: its match keys
 *
 * Lets later rows refer to a record that is not written yet.
 */
void
torg_import_refs_add (TorgImportRefs *self, TorgRecord *record, char **keys)
{
  Names *names = g_hash_table_lookup (self->names, torg_record_get_kind (record)->info->name);

  torg_import_pending_add_new (self->pending, record, keys);
  if (names != NULL)
    {
      g_autofree char *title = torg_record_dup_title (record);

      add_name (names, torg_record_get_id (record), title);
    }
}

/**
 * torg_import_refs_get_pending:
 *
 * Gives what is made or changed, but not written yet.
 *
 * Returns: (transfer none): what is pending
 */
TorgImportPending *
torg_import_refs_get_pending (TorgImportRefs *self)
{
  return self->pending;
}

/**
 * torg_import_refs_submit:
 *
 * Says that what was made is being written from now on, while more is made. What was submitted before is written.
 */
void
torg_import_refs_submit (TorgImportRefs *self)
{
  GPtrArray *kept = self->taken_before;

  self->taken_before = self->taken;
  self->taken = kept;
  g_ptr_array_set_size (self->taken, 0);
  torg_import_pending_submit (self->pending);
  self->n_writing = self->n_made;
}

/**
 * torg_import_refs_begin_row:
 *
 * Says that another row is read from now on.
 */
void
torg_import_refs_begin_row (TorgImportRefs *self)
{
  g_ptr_array_set_size (self->row_made, 0);
  g_ptr_array_set_size (self->row_known, 0);
}

/**
 * torg_import_refs_drop_row:
 *
 * Forgets what the row that is being read has made: it fails, and what only it refers to is not to be there.
 */
void
torg_import_refs_drop_row (TorgImportRefs *self)
{
  for (guint i = 0; i < self->row_known->len; i++)
    g_hash_table_remove (self->known, self->row_known->pdata[i]);
  for (guint i = 0; i < self->row_made->len; i++)
    {
      TorgRecord    *record = self->row_made->pdata[i];
      GHashTableIter iter;
      gpointer       names;

      g_hash_table_iter_init (&iter, self->names);
      while (g_hash_table_iter_next (&iter, NULL, &names))
        remove_name (names, torg_record_get_id (record));
      g_hash_table_remove (self->made, torg_record_get_id (record));
      torg_import_pending_remove (self->pending, record);
      self->n_made--;
    }
  torg_import_refs_begin_row (self);
}

/**
 * torg_import_refs_written:
 *
 * Says that what was submitted is written now.
 */
void
torg_import_refs_written (TorgImportRefs *self)
{
  g_ptr_array_set_size (self->taken_before, 0);
  torg_import_pending_written (self->pending);
  self->n_written = self->n_writing;
}

/**
 * torg_import_refs_take_made:
 * @id: a record's id
 *
 * Tells whether a record is there only because an earlier row referred to it. Then a row of its own fills it, once.
 *
 * Returns: whether it is
 */
gboolean
torg_import_refs_take_made (TorgImportRefs *self, const char *id)
{
  if (!g_hash_table_remove (self->made, id))
    return FALSE;
  g_ptr_array_add (self->taken, g_strdup (id));
  return TRUE;
}

/* --- what is made ----------------------------------------------------------------------------------------------- */

/* Calls a record what the file says; whether its type has a field for that. */
static gboolean
set_title (TorgRecord *record, const char *text)
{
  const TorgType *type = torg_record_get_kind (record);

  if (g_str_equal (type->info->name, "person"))
    {
      g_autoptr (TorgPersonName) name = torg_person_name_parse (text, FALSE);

      torg_record_set_text (record, "surname", name->surname);
      torg_record_set_text (record, "name", name->name != NULL && *name->name != '\0' ? name->name : text);
      torg_record_set_text (record, "patronymic", name->patronymic);
      return TRUE;
    }
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_TITLE) != 0 && type->fields[i].kind == TORG_KIND_TEXT)
      {
        torg_record_take_nth (record, i, torg_value_text (text));
        return TRUE;
      }
  return FALSE;
}

/* Whether a name alone makes a record of a type. */
static gboolean
can_be_made (TorgRecord *record)
{
  static const char *const never[] = { "pipeline", "vat_rate", NULL };
  const TorgType          *type = torg_record_get_kind (record);

  if (g_strv_contains (never, type->info->name))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_REQUIRED) != 0 && torg_value_is_null (torg_record_nth (record, i)) &&
        !torg_import_is_filled_later (type->fields[i].name))
      return FALSE;
  return TRUE;
}

/* Makes what a name stands for; NULL where a name alone does not make one. */
static char *
make_record (TorgImportRefs *self, const TorgField *field, Names *names, const char *text, TorgEdit *edit)
{
  TorgSchema      *schema = torg_store_get_schema (self->store);
  g_autofree char *type_name = torg_field_dup_target_type (field);
  const TorgType  *type = torg_schema_find (schema, type_name);
  g_autofree char *id = NULL;
  g_autoptr (TorgRecord) record = NULL;
  g_auto (GStrv) keys = NULL;

  if (type != NULL)
    {
      id = torg_env_make_id (torg_store_get_env (self->store));
      record = torg_record_new (schema, type, id);
      if (torg_field_get_dictionary (field) != NULL)
        torg_record_set_text (record, "dictionary", torg_field_get_dictionary (field));
    }
  if (record == NULL || !set_title (record, text) || !can_be_made (record))
    return NULL;
  look_for_near (self, field, names, text);
  torg_edit_create (edit, record);
  add_name (names, id, text);
  g_hash_table_add (self->made, g_strdup (id));
  keys = torg_record_dup_match_keys (record);
  torg_import_pending_add_new (self->pending, record, keys);
  g_ptr_array_add (self->row_made, torg_record_ref (record));
  self->n_made++;
  return g_steal_pointer (&id);
}

static gboolean
is_stage (const TorgField *field)
{
  return g_strcmp0 (field->target, "stage") == 0;
}

/**
 * torg_import_can_make:
 * @field: a reference, or a set of references
 *
 * Tells whether an import makes what a text refers to where it is not there.
 *
 * Returns: whether it does
 */
gboolean
torg_import_can_make (const TorgField *field)
{
  static const char *const fixed[] = { "stage", "pipeline", "vat_rate", NULL };

  return field->target != NULL && !g_strv_contains (fixed, field->target);
}

/**
 * torg_import_refs_list:
 * @type: the type that the field is of
 * @field: a reference, or a set of references
 * @error: place for an error
 *
 * Lists what a field can refer to; of stages those of the first pipeline.
 *
 * Returns: (transfer full) (nullable) (element-type TorgRecord): records in their order
 */
GPtrArray *
torg_import_refs_list (TorgImportRefs *self, const TorgType *type, const TorgField *field, GError **error)
{
  g_autofree char *target = torg_field_dup_target_type (field);
  const TorgType  *target_type = torg_schema_find (torg_store_get_schema (self->store), target);
  const char      *dictionary = torg_field_get_dictionary (field);
  g_autoptr (TorgQuery) query = NULL;

  if (is_stage (field))
    return torg_import_stages_list (self->store, type, error);
  query = torg_query_new (target);
  if (dictionary != NULL)
    torg_query_add_text (query, "dictionary", TORG_MATCH_IS, dictionary);
  if (torg_type_find_field (target_type, "position") != NULL)
    torg_query_sort (query, "position", FALSE);
  else if (torg_type_find_field (target_type, "name") != NULL)
    torg_query_sort (query, "name", FALSE);
  return torg_store_list (self->store, query, 0, NULL, error);
}

/**
 * torg_import_refs_find:
 * @type: the type that the field is of
 * @field: a reference, or a set of references
 * @pipeline: (nullable): the pipeline that a stage is to be of
 * @text: what the file says: an id or a name
 * @id: (out) (transfer full) (nullable): what it means; %NULL where nothing is called so
 * @error: place for an error
 *
 * Finds the record that a text means, as [func@import_refs_resolve] does, and makes nothing.
 *
 * Returns: whether it could be looked for
 */
gboolean
torg_import_refs_find (TorgImportRefs  *self,
                       const TorgType  *type,
                       const TorgField *field,
                       const char      *pipeline,
                       const char      *text,
                       char           **id,
                       GError         **error)
{
  *id = torg_id_parse (text);
  if (*id != NULL)
    return TRUE;
  if (is_stage (field))
    return torg_import_stages_find (self->store, type, pipeline, text, id, error);
  else
    {
      Names *names = load_names (self, field, error);

      if (names == NULL)
        return FALSE;
      *id = g_strdup (find_name (self, field, names, text));
    }
  return TRUE;
}

static char *
resolve (TorgImportRefs  *self,
         const TorgType  *type,
         const TorgField *field,
         const char      *pipeline,
         const char      *text,
         TorgEdit        *edit,
         GError         **error)
{
  g_autofree char *given = torg_id_parse (text);
  char            *id;

  if (field->target == NULL && given == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” takes ids only."), torg_field_get_label (field));
      return NULL;
    }
  if (!torg_import_refs_find (self, type, field, pipeline, text, &id, error) || id != NULL)
    return id;
  if (torg_import_can_make (field))
    id = make_record (self, field, load_names (self, field, NULL), text, edit);
  if (id != NULL)
    return id;
  if (is_stage (field))
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                 _ ("There is no stage “%s”. Say in the mapping which one it is."), text);
  else
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s”: nothing is called “%s”."),
                 torg_field_get_label (field), text);
  return NULL;
}

/**
 * torg_import_refs_resolve:
 * @type: the type that the field is of
 * @field: a reference, or a set of references
 * @pipeline: (nullable): the pipeline that a stage is to be of
 * @text: what the file says: an id or a name
 * @edit: takes what is made
 * @error: place for an error
 *
 * Finds the record that a text means: by its name without legal form, quotes, case and е/ё, then without spaces; a
 * stage also by what other systems call it. What is not there is made, except stages, pipelines and VAT rates.
 *
 * Returns: (transfer full) (nullable): an id
 */
char *
torg_import_refs_resolve (TorgImportRefs  *self,
                          const TorgType  *type,
                          const TorgField *field,
                          const char      *pipeline,
                          const char      *text,
                          TorgEdit        *edit,
                          GError         **error)
{
  g_autofree char *key = g_strconcat (field->target != NULL ? field->target : "", "\n", type->info->name, "\n",
                                      pipeline != NULL ? pipeline : "", "\n", text, NULL);
  const char      *known = g_hash_table_lookup (self->known, key);
  char            *id;

  if (known != NULL)
    return g_strdup (known);
  id = resolve (self, type, field, pipeline, text, edit, error);
  if (id == NULL)
    return NULL;
  g_ptr_array_add (self->row_known, g_strdup (key));
  g_hash_table_insert (self->known, g_steal_pointer (&key), g_strdup (id));
  return id;
}
