/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-row.h"
#include "torg-import-plan-private.h"
#include "torg-money.h"
#include "torg-name.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

struct _TorgImportRow
{
  TorgRecord *record;   /* (owned) */
  GPtrArray  *children; /* (owned) (element-type TorgRecord), one a type */
  char      **own_keys; /* (owned) (nullable): what the record is known by */
  char      **keys;     /* (owned) (nullable): with its legal entity's INN with KPP, where that is there */
};

/**
 * torg_import_row_free:
 * @self: (transfer full): a row
 *
 * Frees a row.
 */
void
torg_import_row_free (TorgImportRow *self)
{
  g_clear_pointer (&self->record, torg_record_unref);
  g_ptr_array_unref (self->children);
  g_strfreev (self->own_keys);
  g_strfreev (self->keys);
  g_free (self);
}

/**
 * torg_import_row_text:
 * @record: a record
 * @field: the name of a field that its type may not have
 *
 * Reads a field where there is one.
 *
 * Returns: (transfer none) (nullable): its text
 */
const char *
torg_import_row_text (TorgRecord *record, const char *field)
{
  return torg_type_find_field (torg_record_get_kind (record), field) != NULL ? torg_record_get_text (record, field)
                                                                             : NULL;
}

/* --- reading cells ---------------------------------------------------------------------------------------------- */

static TorgRecord *
ensure_record (TorgImportRow *self, TorgStore *store, const TorgType *type)
{
  g_autofree char *id = NULL;
  TorgRecord      *child;

  if (type == torg_record_get_kind (self->record))
    return self->record;
  for (guint i = 0; i < self->children->len; i++)
    if (torg_record_get_kind (g_ptr_array_index (self->children, i)) == type)
      return g_ptr_array_index (self->children, i);
  id = torg_env_make_id (torg_store_get_env (store));
  child = torg_record_new (torg_store_get_schema (store), type, id);
  g_ptr_array_add (self->children, child);
  return child;
}

static gboolean
resolve_set (TorgImportRefs  *refs,
             const TorgType  *type,
             const TorgField *field,
             const char      *text,
             TorgEdit        *edit,
             TorgValue       *value,
             GError         **error)
{
  g_auto (GStrv) items = g_strsplit_set (text, ",;", -1);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *id;

      if (*g_strstrip (items[i]) == '\0')
        continue;
      id = torg_import_refs_resolve (refs, type, field, NULL, items[i], edit, error);
      if (id == NULL)
        return FALSE;
      g_strv_builder_take (ids, id);
    }
  list = g_strv_builder_end (ids);
  *value = torg_value_from_items ((const char *const *) list, TRUE);
  return TRUE;
}

/* Puts the values of two columns, or of the file and a known record, together. */
static TorgValue
join_values (const TorgField *field, const TorgValue *first, const TorgValue *second)
{
  g_autoptr (GString) text = NULL;

  if (torg_value_is_null (first))
    return torg_value_copy (second);
  if (torg_value_is_null (second) || torg_value_equal (first, second))
    return torg_value_copy (first);
  if (field->kind == TORG_KIND_PHONE)
    {
      g_autoptr (JsonNode) into = json_from_string (first->text, NULL);
      g_autoptr (JsonNode) from = json_from_string (second->text, NULL);
      g_autofree char *json = NULL;

      for (guint i = 0; i < json_array_get_length (json_node_get_array (from)); i++)
        {
          JsonObject *phone = json_array_get_object_element (json_node_get_array (from), i);
          const char *number = json_object_get_string_member_with_default (phone, "e164", "");

          if (*number != '\0' && strstr (first->text, number) != NULL)
            continue;
          json_array_add_object_element (json_node_get_array (into), json_object_ref (phone));
        }
      json = json_to_string (into, FALSE);
      return torg_value_text (json);
    }
  if (field->kind == TORG_KIND_EMAIL || field->kind == TORG_KIND_SET)
    {
      g_auto (GStrv) old = torg_value_dup_items (first);
      g_auto (GStrv) more = torg_value_dup_items (second);
      g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
      g_auto (GStrv) list = NULL;

      g_strv_builder_addv (all, (const char **) old);
      for (guint i = 0; more[i] != NULL; i++)
        if (!g_strv_contains ((const char *const *) old, more[i]))
          g_strv_builder_add (all, more[i]);
      list = g_strv_builder_end (all);
      return torg_value_from_items ((const char *const *) list, field->kind == TORG_KIND_SET);
    }
  if ((field->flags & TORG_FIELD_MULTILINE) == 0 || strstr (first->text, second->text) != NULL)
    return torg_value_copy (first);
  text = g_string_new (first->text);
  g_string_append_printf (text, "\n%s", second->text);
  return torg_value_text (text->str);
}

static gboolean
read_value (TorgImportRefs         *refs,
            const TorgType         *type,
            const TorgField        *field,
            const char             *pipeline,
            const TorgImportColumn *column,
            const char             *text,
            TorgEdit               *edit,
            TorgValue              *value,
            GError                **error)
{
  *value = (TorgValue) TORG_VALUE_INIT;
  if ((field->kind == TORG_KIND_REF || field->kind == TORG_KIND_CHOICE || field->kind == TORG_KIND_SET) &&
      torg_import_is_placeholder (text))
    return TRUE;
  if (field->kind == TORG_KIND_REF && (field->flags & TORG_FIELD_CUSTOM) == 0)
    {
      g_autofree char *id = torg_import_refs_resolve (refs, type, field, pipeline, text, edit, error);

      *value = torg_value_text (id);
      return id != NULL;
    }
  if (field->kind == TORG_KIND_SET && field->target != NULL)
    return resolve_set (refs, type, field, text, edit, value, error);
  if (torg_field_parse (field, text, &column->hints, value, error))
    return TRUE;
  /* A word that is none of the choices is no reason to lose the row, unless the field must be filled. */
  if (field->kind != TORG_KIND_CHOICE || (field->flags & TORG_FIELD_REQUIRED) != 0)
    return FALSE;
  g_clear_error (error);
  torg_import_refs_tell_unknown (refs, field, text);
  return TRUE;
}

/* Whether a column's header says that surnames come first, as «ФИО» does. */
static gboolean
is_surname_first (const char *header)
{
  static const char *const words[] = { "фио", "фамилия", "surname", "lastname" };
  g_autofree char         *folded = torg_import_normalise_header (header);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (folded, words[i]))
      return TRUE;
  return FALSE;
}

static gboolean
read_cell (TorgImportRow    *self,
           TorgImportPlan   *plan,
           TorgStore        *store,
           TorgImportRefs   *refs,
           TorgImportColumn *column,
           const char       *text,
           TorgEdit         *edit,
           GError          **error)
{
  const TorgType  *type;
  const TorgField *field;
  TorgRecord      *record;
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (g_str_equal (column->target, TORG_IMPORT_FULL_NAME))
    {
      g_autoptr (TorgPersonName) name = torg_person_name_parse (text, is_surname_first (column->header));

      torg_record_set_text (self->record, "surname", name->surname);
      torg_record_set_text (self->record, "name", name->name != NULL && *name->name != '\0' ? name->name : text);
      torg_record_set_text (self->record, "patronymic", name->patronymic);
      return TRUE;
    }
  if (g_str_equal (column->target, TORG_IMPORT_NAME_PART))
    {
      const char      *before = torg_import_row_text (self->record, "name");
      g_autofree char *name = before != NULL ? g_strdup_printf ("%s %s", before, text) : g_strdup (text);

      torg_record_set_text (self->record, "name", name);
      return TRUE;
    }
  field = torg_import_plan_find_field (plan, column->target, &type);
  if (field == NULL)
    return TRUE;
  if (!read_value (refs, type, field, torg_import_row_text (self->record, "pipeline"), column, text, edit, &value,
                   error))
    return FALSE;
  record = ensure_record (self, store, type);
  torg_record_take_nth (record, field->index, join_values (field, torg_record_nth (record, field->index), &value));
  return TRUE;
}

/* --- what a row does not say ------------------------------------------------------------------------------------ */

/* A record that a row refers to, be it stored or only about to be. */
static TorgRecord *
find_ref (TorgStore *store, TorgImportRefs *refs, const char *type, const char *id)
{
  TorgRecord *record = id != NULL ? torg_import_pending_find (torg_import_refs_get_pending (refs), id) : NULL;

  if (record != NULL)
    return torg_record_ref (record);
  return id != NULL ? torg_store_get (store, type, id, NULL) : NULL;
}

static char *
dup_ref_title (TorgStore *store, TorgImportRefs *refs, const char *type, const char *id)
{
  TorgRecord *record = id != NULL ? torg_import_pending_find (torg_import_refs_get_pending (refs), id) : NULL;

  if (record != NULL)
    return torg_record_dup_title (record);
  return id != NULL ? torg_store_dup_title (store, type, id) : NULL;
}

/* A deal without a title is called by its product and client, or by its number. */
static void
name_deal (TorgImportRow *self, TorgStore *store, TorgImportRefs *refs)
{
  g_autofree char *company = dup_ref_title (store, refs, "company", torg_import_row_text (self->record, "company"));
  const char      *number = torg_import_row_text (self->record, "number");
  g_autofree char *product = NULL;
  g_autofree char *title = NULL;

  for (guint i = 0; i < self->children->len; i++)
    {
      TorgRecord *child = g_ptr_array_index (self->children, i);

      if (product == NULL && torg_import_row_text (child, "product") != NULL)
        product = dup_ref_title (store, refs, "product", torg_import_row_text (child, "product"));
    }
  if (product != NULL && company != NULL)
    title = g_strdup_printf ("%s — %s", product, company);
  else if (product != NULL || company != NULL)
    title = g_strdup (product != NULL ? product : company);
  else if (number != NULL)
    title = g_strdup_printf (_ ("Deal %s"), number);
  torg_record_set_text (self->record, "title", title);
}

static void
complete_row (TorgImportRow *self, TorgStore *store, TorgImportRefs *refs)
{
  const char *type = torg_record_get_kind (self->record)->info->name;

  if (g_str_equal (type, "deal"))
    {
      if (torg_import_row_text (self->record, "title") == NULL)
        name_deal (self, store, refs);
      if (torg_import_row_text (self->record, "closed") != NULL)
        {
          g_autoptr (TorgRecord) stage =
            torg_import_row_text (self->record, "stage") != NULL
              ? torg_store_get (store, "stage", torg_import_row_text (self->record, "stage"), NULL)
              : NULL;

          /* What is not closed cannot have been closed: it is the day that is hoped for. */
          if (stage == NULL || g_strcmp0 (torg_record_get_text (stage, "kind"), "open") == 0)
            {
              if (torg_import_row_text (self->record, "expected") == NULL)
                torg_record_set (self->record, "expected", torg_record_get (self->record, "closed"));
              torg_record_set_text (self->record, "closed", NULL);
            }
        }
    }
  else if (g_str_equal (type, "lead") && torg_import_row_text (self->record, "title") == NULL &&
           torg_import_row_text (self->record, "name") == NULL &&
           torg_import_row_text (self->record, "company_name") == NULL &&
           torg_import_row_text (self->record, "number") != NULL)
    {
      g_autofree char *title = g_strdup_printf (_ ("Lead %s"), torg_import_row_text (self->record, "number"));

      torg_record_set_text (self->record, "title", title);
    }
  for (guint i = 0; i < self->children->len; i++)
    {
      TorgRecord *child = g_ptr_array_index (self->children, i);

      if (torg_import_row_text (child, "name") == NULL &&
          g_str_equal (torg_record_get_kind (child)->info->name, "legal_entity"))
        torg_record_set_text (child, "name", torg_import_row_text (self->record, "name"));
    }
}

static gboolean
check_required (TorgImportRow *self, GError **error)
{
  const TorgType *type = torg_record_get_kind (self->record);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if ((field->flags & TORG_FIELD_REQUIRED) != 0 && torg_value_is_null (torg_record_nth (self->record, i)) &&
          !torg_import_is_filled_later (field->name))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The field “%s” is empty."),
                       torg_field_get_label (field));
          return FALSE;
        }
    }
  return TRUE;
}

/* The currency that a row says of its amounts, as ISO 4217 or as people write it; NULL where it says none. */
static gboolean
read_currency (TorgImportPlan *plan, guint number, char **currency, char **column, GError **error)
{
  TorgTable *table = torg_import_plan_get_table (plan);

  *currency = NULL;
  for (guint i = 0; i < torg_import_plan_get_n_columns (plan); i++)
    {
      TorgImportColumn *planned = torg_import_plan_get_column (plan, i);
      const char       *text = torg_table_get_text (table, number, i);
      g_autofree char  *amount = NULL;
      g_auto (TorgValue) value = TORG_VALUE_INIT;

      if (g_strcmp0 (planned->target, TORG_IMPORT_CURRENCY) != 0 || torg_import_is_placeholder (text) || *text == '\0')
        continue;
      amount = g_strconcat ("1 ", text, NULL);
      if (!torg_money_parse (amount, NULL, TORG_DECIMAL_AUTO, &value, NULL))
        {
          *column = g_strdup (planned->header);
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” is no currency. Write RUB, USD or EUR."), text);
          return FALSE;
        }
      *currency = g_strdup (value.currency);
      return TRUE;
    }
  return TRUE;
}

/**
 * torg_import_row_read:
 * @plan: how the table becomes records
 * @store: the store to read from
 * @refs: finds what cells refer to
 * @number: which row
 * @edit: takes what cells refer to and is not there
 * @column: (out) (nullable): with an error, the header of the column that it is about
 * @error: place for an error
 *
 * Reads a row.
 *
 * Returns: (transfer full) (nullable): the row
 */
TorgImportRow *
torg_import_row_read (TorgImportPlan *plan,
                      TorgStore      *store,
                      TorgImportRefs *refs,
                      guint           number,
                      TorgEdit       *edit,
                      char          **column,
                      GError        **error)
{
  TorgTable  *table = torg_import_plan_get_table (plan);
  TorgSchema *schema = torg_store_get_schema (store);
  g_autoptr (TorgImportRow) self = g_new0 (TorgImportRow, 1);
  g_autofree char *id = torg_env_make_id (torg_store_get_env (store));
  g_autofree char *currency = NULL;

  self->record = torg_record_new (schema, torg_schema_find (schema, torg_import_plan_get_kind (plan)), id);
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  if (!read_currency (plan, number, &currency, column, error))
    return NULL;
  /* A stage means one of the pipeline that the row says, wherever that stands. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < torg_import_plan_get_n_columns (plan); i++)
      {
        TorgImportColumn *planned = torg_import_plan_get_column (plan, i);
        const char       *text = torg_table_get_text (table, number, i);
        const char       *mapped;
        TorgImportColumn  in_currency;

        if (planned->target == NULL || text == NULL || *text == '\0' ||
            g_str_equal (planned->target, "stage") != (pass == 1))
          continue;
        mapped = planned->values != NULL ? g_hash_table_lookup (planned->values, text) : NULL;
        torg_import_refs_set_exact (refs, g_strcmp0 (mapped, TORG_IMPORT_NEW) == 0);
        if (g_strcmp0 (mapped, TORG_IMPORT_NEW) == 0)
          mapped = NULL;
        in_currency = *planned;
        if (currency != NULL)
          in_currency.hints.currency = currency;
        if (!read_cell (self, plan, store, refs, &in_currency, mapped != NULL ? mapped : text, edit, error))
          {
            *column = g_strdup (planned->header);
            return NULL;
          }
      }
  complete_row (self, store, refs);
  if (!check_required (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * torg_import_row_get_record:
 *
 * Gives the row's own record.
 *
 * Returns: (transfer none): a record
 */
TorgRecord *
torg_import_row_get_record (TorgImportRow *self)
{
  return self->record;
}

/* --- known records ---------------------------------------------------------------------------------------------- */

static void
build_keys (TorgImportRow *self)
{
  self->own_keys = torg_record_dup_match_keys (self->record);
  for (guint i = 0; i < self->children->len; i++)
    {
      TorgRecord *child = g_ptr_array_index (self->children, i);
      g_autoptr (GStrvBuilder) keys = NULL;

      if (!g_str_equal (torg_record_get_kind (child)->info->name, "legal_entity") ||
          torg_import_row_text (child, "inn") == NULL)
        continue;
      keys = g_strv_builder_new ();
      g_strv_builder_addv (keys, (const char **) self->own_keys);
      g_strv_builder_take (
        keys, g_strdup_printf ("i:%s/%s", torg_import_row_text (child, "inn"),
                               torg_import_row_text (child, "kpp") != NULL ? torg_import_row_text (child, "kpp") : ""));
      self->keys = g_strv_builder_end (keys);
    }
}

/**
 * torg_import_row_get_keys:
 *
 * Gives the keys that the row's record is known by.
 *
 * Returns: (transfer none): the keys
 */
char **
torg_import_row_get_keys (TorgImportRow *self)
{
  if (self->own_keys == NULL)
    build_keys (self);
  return self->keys != NULL ? self->keys : self->own_keys;
}

/**
 * torg_import_row_must_wait:
 * @refs: knows what is not written yet
 * @known: the record that the row is about
 *
 * Tells whether what hangs on the record, such as its legal entities, has to be written before the row can be read.
 *
 * Returns: whether that is so
 */
gboolean
torg_import_row_must_wait (TorgImportRow *self, TorgImportRefs *refs, TorgRecord *known)
{
  return self->children->len > 0 &&
         torg_import_pending_find (torg_import_refs_get_pending (refs), torg_record_get_id (known)) != NULL;
}

static void
set_parent (TorgRecord *child, TorgRecord *parent)
{
  const TorgType *type = torg_record_get_kind (child);
  const char     *name = torg_record_get_kind (parent)->info->name;

  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_KEYS) != 0 && g_strcmp0 (type->fields[i].target, name) == 0)
      torg_record_take_nth (child, i, torg_value_text (torg_record_get_id (parent)));
}

/* A line without a price or a name has its product's. */
static void
complete_line (TorgRecord *line, TorgStore *store, TorgImportRefs *refs)
{
  g_autoptr (TorgRecord) product = NULL;

  if (!g_str_equal (torg_record_get_kind (line)->info->name, "deal_line"))
    return;
  if (torg_value_is_null (torg_record_get (line, "quantity")))
    torg_record_take (line, "quantity", torg_value_int (TORG_NUMBER_SCALE));
  if (torg_import_row_text (line, "product") == NULL)
    return;
  product = find_ref (store, refs, "product", torg_import_row_text (line, "product"));
  if (product == NULL)
    return;
  if (torg_import_row_text (line, "name") == NULL)
    torg_record_set (line, "name", torg_record_get (product, "name"));
  if (torg_value_is_null (torg_record_get (line, "price")))
    torg_record_set (line, "price", torg_record_get (product, "price"));
}

/**
 * torg_import_row_create:
 * @store: the store to read from
 * @refs: knows what is not written yet
 * @edit: takes the creation
 * @error: place for an error
 *
 * Adds the creation of the row's records.
 *
 * Returns: whether they may be made
 */
gboolean
torg_import_row_create (TorgImportRow *self, TorgStore *store, TorgImportRefs *refs, TorgEdit *edit, GError **error)
{
  TorgMutation *mutation = torg_edit_create (edit, self->record);

  torg_import_row_get_keys (self);
  torg_mutation_prepare (mutation, self->record, (const char *const *) self->own_keys, torg_store_get_env (store));
  for (guint i = 0; i < self->children->len; i++)
    {
      TorgRecord *child = g_ptr_array_index (self->children, i);

      set_parent (child, self->record);
      complete_line (child, store, refs);
      if (!torg_record_validate (child, error))
        return FALSE;
      torg_edit_create (edit, child);
    }
  return TRUE;
}

static gboolean
update_record (TorgRecord *from, TorgRecord *known, TorgRecord *after, TorgEdit *edit)
{
  const TorgType *type = torg_record_get_kind (from);
  gboolean        any = FALSE;

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *old = torg_record_nth (known, i);
      g_auto (TorgValue) value = TORG_VALUE_INIT;

      if (torg_value_is_null (torg_record_nth (from, i)))
        continue;
      if (field->kind == TORG_KIND_PHONE || field->kind == TORG_KIND_EMAIL || field->kind == TORG_KIND_SET ||
          (field->flags & TORG_FIELD_MULTILINE) != 0)
        value = join_values (field, old, torg_record_nth (from, i));
      else
        value = torg_value_copy (torg_record_nth (from, i));
      if (torg_value_equal (&value, old))
        continue;
      torg_edit_set (edit, type->info->name, torg_record_get_id (known), field->name, &value);
      if (after != NULL)
        torg_record_set_nth (after, i, &value);
      any = TRUE;
    }
  return any;
}

static gboolean
update_child (TorgRecord *child, TorgStore *store, TorgImportRefs *refs, TorgRecord *known, TorgEdit *edit)
{
  const char *type = torg_record_get_kind (child)->info->name;
  const char *identity = g_str_equal (type, "deal_line") ? "product" : "inn";
  g_autoptr (TorgQuery) query = torg_query_new (type);
  g_autoptr (GPtrArray) others = NULL;
  const char *kpp = torg_import_row_text (child, "kpp");

  set_parent (child, known);
  torg_query_add_text (query, torg_record_get_kind (known)->info->name, TORG_MATCH_IS, torg_record_get_id (known));
  torg_query_add (query, identity, TORG_MATCH_IS, torg_record_get (child, identity));
  others = torg_store_list (store, query, 0, NULL, NULL);
  for (guint i = 0; others != NULL && i < others->len; i++)
    {
      const char *other = torg_import_row_text (g_ptr_array_index (others, i), "kpp");

      /* The same INN with another KPP is a branch. */
      if (kpp == NULL || other == NULL || g_str_equal (kpp, other))
        return update_record (child, g_ptr_array_index (others, i), NULL, edit);
    }
  complete_line (child, store, refs);
  if (!torg_record_validate (child, NULL))
    return FALSE;
  torg_edit_create (edit, child);
  return TRUE;
}

/**
 * torg_import_row_check_update:
 * @store: the store to read from
 * @known: the record that the row is about
 * @error: place for a %TORG_ERROR
 *
 * Tells whether the company's rules allow what the row makes of a known record. Only what is new comes to a stage
 * without having to bring what the stage asks for.
 *
 * Returns: whether they do
 */
gboolean
torg_import_row_check_update (TorgImportRow *self, TorgStore *store, TorgRecord *known, GError **error)
{
  g_autoptr (TorgRecord) after = torg_record_copy (known);
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);

  return !update_record (self->record, known, after, edit) || torg_store_allows (store, known, after, error);
}

/**
 * torg_import_row_update:
 * @store: the store to read from
 * @refs: knows what is not written yet, and is told of it
 * @known: the record that the row is about
 * @edit: takes the changes
 *
 * Adds the changes that the row makes to a known record. Phones, e-mails, tags and notes are added to; what the row
 * does not say stays.
 *
 * Returns: whether there are any
 */
gboolean
torg_import_row_update (TorgImportRow *self, TorgStore *store, TorgImportRefs *refs, TorgRecord *known, TorgEdit *edit)
{
  g_autoptr (TorgRecord) after = torg_record_copy (known);
  gboolean any = update_record (self->record, known, after, edit);

  for (guint i = 0; i < self->children->len; i++)
    any |= update_child (g_ptr_array_index (self->children, i), store, refs, known, edit);
  if (any)
    {
      g_auto (GStrv) own = torg_record_dup_match_keys (after);

      torg_import_pending_add (torg_import_refs_get_pending (refs), after, torg_import_row_get_keys (self));
      torg_import_pending_add (torg_import_refs_get_pending (refs), after, own);
    }
  return any;
}
