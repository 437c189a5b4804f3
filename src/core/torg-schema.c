/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-schema.h"
#include "torg-record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TorgSchema
{
  gatomicrefcount refs;
  TorgType       *types; /* (owned) */
  guint           n_types;
  GHashTable     *by_name; /* (owned) name → TorgType */
  GPtrArray      *strings; /* (owned): what custom fields point to */
};

G_DEFINE_BOXED_TYPE (TorgSchema, torg_schema, torg_schema_ref, torg_schema_unref)

static const char *const kind_names[] = {
  "text", "number", "money", "date", "moment", "zoned", "choice", "ref", "set", "phone", "email", "requisite", "file",
};

static void
type_take_fields (TorgType *type, TorgField *fields, guint n_fields)
{
  type->fields = fields;
  type->n_fields = n_fields;
  type->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n_fields; i++)
    {
      fields[i].index = i;
      g_hash_table_insert (type->by_name, (gpointer) fields[i].name, &fields[i]);
    }
}

/**
 * torg_schema_new_for:
 * @infos: (array length=n_infos): declarations, which must outlive the schema
 * @n_infos: how many
 *
 * Makes a schema of the given declarations; all but tests want [ctor@Schema.new].
 *
 * Returns: (transfer full): a new schema
 */
TorgSchema *
torg_schema_new_for (const TorgTypeInfo *infos, guint n_infos)
{
  TorgSchema *self = g_new0 (TorgSchema, 1);

  g_atomic_ref_count_init (&self->refs);
  self->types = g_new0 (TorgType, n_infos);
  self->n_types = n_infos;
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->strings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_infos; i++)
    {
      TorgType  *type = &self->types[i];
      TorgField *fields = g_memdup2 (infos[i].fields, infos[i].n_fields * sizeof (TorgField));

      type->info = &infos[i];
      type->index = i;
      for (guint j = 0; j < infos[i].n_fields; j++)
        if (fields[j].since == 0)
          fields[j].since = infos[i].since;
      type_take_fields (type, fields, infos[i].n_fields);
      g_hash_table_insert (self->by_name, (gpointer) infos[i].name, type);
    }
  return self;
}

/**
 * torg_schema_new:
 *
 * Makes the schema of this version, without custom fields.
 *
 * Returns: (transfer full): a new schema
 */
TorgSchema *
torg_schema_new (void)
{
  guint               n;
  const TorgTypeInfo *infos = torg_schema_tables (&n);

  return torg_schema_new_for (infos, n);
}

static const char *
keep_string (TorgSchema *self, const char *text)
{
  char *copy = g_strdup (text);

  g_ptr_array_add (self->strings, copy);
  return copy;
}

static const TorgChoice *
keep_choices (TorgSchema *self, const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);
  guint       n = g_strv_length (items);
  TorgChoice *choices = g_new0 (TorgChoice, n + 1);

  for (guint i = 0; i < n; i++)
    choices[i].key = choices[i].label = keep_string (self, items[i]);
  g_ptr_array_add (self->strings, choices);
  return choices;
}

static gboolean
is_set (TorgRecord *def, const char *field)
{
  return torg_record_get (def, field)->number != 0;
}

static gboolean
add_custom (TorgSchema *self, TorgRecord *def, GArray *fields)
{
  const char *name = torg_record_get_text (def, "name");
  const char *label = torg_record_get_text (def, "label");
  const char *kind_name = torg_record_get_text (def, "kind");
  const char *target = torg_record_get_text (def, "target");
  TorgField   field = { 0 };

  /* The name goes into JSON paths and SQL: what is no plain word is left out. */
  if (name == NULL || label == NULL || !torg_kind_from_string (kind_name, &field.kind) ||
      strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen (name))
    return FALSE;
  field.name = keep_string (self, name);
  field.label = keep_string (self, label);
  field.group = N_ ("More fields");
  field.aliases = keep_string (self, label);
  field.target = target != NULL ? keep_string (self, target) : NULL;
  field.flags = TORG_FIELD_CUSTOM | TORG_FIELD_HISTORICAL;
  if (is_set (def, "required"))
    field.flags |= TORG_FIELD_REQUIRED;
  /* What refers to a record that is deleted has to be found. */
  if (is_set (def, "filterable") || field.kind == TORG_KIND_REF)
    field.flags |= TORG_FIELD_FILTERABLE;
  if (is_set (def, "searchable"))
    field.flags |= TORG_FIELD_SEARCHABLE;
  field.merge = field.kind == TORG_KIND_SET ? TORG_MERGE_SET : TORG_MERGE_NORMAL;
  if (field.kind == TORG_KIND_CHOICE)
    field.choices = keep_choices (self, torg_record_get (def, "choices"));
  field.since = 1;
  g_array_append_val (fields, field);
  return TRUE;
}

/**
 * torg_schema_with_custom:
 * @field_defs: (element-type TorgRecord): records of the type `field_def`, in the order of their positions
 *
 * Makes a schema with the custom fields of a company added to a schema's built-in ones.
 *
 * A definition that makes no sense, or takes the name of a built-in field, is left out.
 *
 * Returns: (transfer full): a new schema
 */
TorgSchema *
torg_schema_with_custom (TorgSchema *self, GPtrArray *field_defs)
{
  TorgSchema *result = g_new0 (TorgSchema, 1);

  g_atomic_ref_count_init (&result->refs);
  result->n_types = self->n_types;
  result->types = g_new0 (TorgType, self->n_types);
  result->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  result->strings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->n_types; i++)
    {
      const TorgType *from = &self->types[i];
      TorgType       *type = &result->types[i];
      g_autoptr (GArray) fields = g_array_new (FALSE, TRUE, sizeof (TorgField));
      g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
      gsize      n_fields;
      TorgField *data;

      type->info = from->info;
      type->index = i;
      g_array_append_vals (fields, from->info->fields, from->info->n_fields);
      for (guint j = 0; j < from->info->n_fields; j++)
        {
          g_array_index (fields, TorgField, j).since = from->fields[j].since;
          g_hash_table_add (names, (gpointer) from->info->fields[j].name);
        }
      for (guint j = 0; field_defs != NULL && j < field_defs->len; j++)
        {
          TorgRecord *def = g_ptr_array_index (field_defs, j);
          const char *name = torg_record_get_text (def, "name");

          if (g_strcmp0 (torg_record_get_text (def, "record_type"), from->info->name) != 0 || name == NULL ||
              g_hash_table_contains (names, name))
            continue;
          if (add_custom (result, def, fields))
            g_hash_table_add (names, (gpointer) name);
        }
      data = g_array_steal (fields, &n_fields);
      type_take_fields (type, data, n_fields);
      g_hash_table_insert (result->by_name, (gpointer) type->info->name, type);
    }
  return result;
}

/**
 * torg_schema_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgSchema *
torg_schema_ref (TorgSchema *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_schema_unref:
 *
 * Gives a reference back.
 */
void
torg_schema_unref (TorgSchema *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_types; i++)
    {
      g_free ((gpointer) self->types[i].fields);
      g_clear_pointer (&self->types[i].by_name, g_hash_table_unref);
    }
  g_free (self->types);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->strings);
  g_free (self);
}

/**
 * torg_schema_find:
 * @name: a type's name, singular or plural
 *
 * Finds a type.
 *
 * Returns: (transfer none) (nullable): the type
 */
const TorgType *
torg_schema_find (TorgSchema *self, const char *name)
{
  const TorgType *type;

  if (name == NULL)
    return NULL;
  type = g_hash_table_lookup (self->by_name, name);
  for (guint i = 0; type == NULL && i < self->n_types; i++)
    if (strcmp (self->types[i].info->plural, name) == 0)
      type = &self->types[i];
  return type;
}

/**
 * torg_schema_is_reserved:
 * @name: a name
 *
 * Tells whether what a record has beside its fields, in a replica or at the server, is called so.
 *
 * Returns: whether no field may be
 */
gboolean
torg_schema_is_reserved (const char *name)
{
  static const char *const reserved[] = { "id", "rid", "type", "workspace", "seq", "deleted", "keys", "extra", NULL };

  return g_strv_contains (reserved, name);
}

/**
 * torg_schema_nth:
 * @index: less than [method@Schema.get_n_types]
 *
 * Gives a type by its place; parents come before those that refer to them.
 *
 * Returns: (transfer none): the type
 */
const TorgType *
torg_schema_nth (TorgSchema *self, guint index)
{
  g_return_val_if_fail (index < self->n_types, NULL);
  return &self->types[index];
}

/**
 * torg_schema_get_n_types:
 *
 * Counts the types.
 *
 * Returns: how many
 */
guint
torg_schema_get_n_types (TorgSchema *self)
{
  return self->n_types;
}

/**
 * torg_type_find_field:
 * @name: a field's name
 *
 * Finds a field of a type.
 *
 * Returns: (transfer none) (nullable): the field
 */
const TorgField *
torg_type_find_field (const TorgType *self, const char *name)
{
  return name != NULL ? g_hash_table_lookup (self->by_name, name) : NULL;
}

/**
 * torg_type_index_of:
 * @name: the name of a field that the type has
 *
 * Gives the place of a field among the fields of its type.
 *
 * Returns: its index
 */
guint
torg_type_index_of (const TorgType *self, const char *name)
{
  const TorgField *field = torg_type_find_field (self, name);

  if (field == NULL)
    g_error ("type %s has no field %s", self->info->name, name);
  return field->index;
}

/**
 * torg_type_get_label:
 *
 * Tells what one record of the type is called.
 *
 * Returns: (transfer none): a word in the user's language
 */
const char *
torg_type_get_label (const TorgType *self)
{
  return _ (self->info->label);
}

/**
 * torg_type_get_title_separator:
 *
 * Tells what stands between the parts of what a record is called: a person's names are one, a lead's need and name two.
 *
 * Returns: (transfer none): UTF-8 without quotes
 */
const char *
torg_type_get_title_separator (const TorgType *self)
{
  return g_str_equal (self->info->name, "lead") ? " · " : " ";
}

/**
 * torg_type_get_label_plural:
 *
 * Tells what several records of the type are called.
 *
 * Returns: (transfer none): a word in the user's language
 */
const char *
torg_type_get_label_plural (const TorgType *self)
{
  return _ (self->info->label_plural);
}

/**
 * torg_field_get_label:
 *
 * Tells what a field is called.
 *
 * Returns: (transfer none): a word in the user's language; a custom field's as the company named it
 */
const char *
torg_field_get_label (const TorgField *self)
{
  return (self->flags & TORG_FIELD_CUSTOM) != 0 ? self->label : _ (self->label);
}

/**
 * torg_field_get_group:
 *
 * Tells which heading a field stands under in a form.
 *
 * Returns: (transfer none) (nullable): a word in the user's language
 */
const char *
torg_field_get_group (const TorgField *self)
{
  return self->group != NULL ? _ (self->group) : NULL;
}

/**
 * torg_field_get_choice_label:
 * @key: (nullable): one of the field's choices
 *
 * Tells what a choice is called.
 *
 * Returns: (transfer none) (nullable): a word in the user's language; @key itself where it is not known
 */
const char *
torg_field_get_choice_label (const TorgField *self, const char *key)
{
  for (const TorgChoice *choice = self->choices; key != NULL && choice != NULL && choice->key != NULL; choice++)
    if (strcmp (choice->key, key) == 0)
      return (self->flags & TORG_FIELD_CUSTOM) != 0 ? choice->label : _ (choice->label);
  return key;
}

/**
 * torg_field_dup_target_type:
 *
 * Gives the type that a reference refers to.
 *
 * Returns: (transfer full) (nullable): its name; %NULL for any type
 */
char *
torg_field_dup_target_type (const TorgField *self)
{
  const char *colon = self->target != NULL ? strchr (self->target, ':') : NULL;

  return colon != NULL ? g_strndup (self->target, colon - self->target) : g_strdup (self->target);
}

/**
 * torg_field_get_dictionary:
 *
 * Gives the dictionary that a reference refers to an entry of.
 *
 * Returns: (transfer none) (nullable): the dictionary's name
 */
const char *
torg_field_get_dictionary (const TorgField *self)
{
  if (self->kind != TORG_KIND_REF || self->target == NULL || !g_str_has_prefix (self->target, "dictionary:"))
    return NULL;
  return self->target + strlen ("dictionary:");
}

/**
 * torg_kind_to_string:
 *
 * Gives the name of a kind, as in `field_def` records.
 *
 * Returns: (transfer none): its name
 */
const char *
torg_kind_to_string (TorgKind kind)
{
  return kind_names[kind];
}

/**
 * torg_kind_from_string:
 * @name: (nullable): a name
 * @kind: (out): the kind
 *
 * Finds a kind by its name.
 *
 * Returns: whether there is one
 */
gboolean
torg_kind_from_string (const char *name, TorgKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}
