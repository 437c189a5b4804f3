/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-field-text.h"
#include "torg-groups.h"
#include "torg-json.h"
#include "torg-money.h"
#include "torg-path.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* The commands that read: list, count, show, search, history. */

static gboolean
split_assignment (const char *text, char **field, const char **value, GError **error)
{
  const char *equals = strchr (text, '=');

  if (equals == NULL || equals == text)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("“%s” should be FIELD=VALUE."), text);
      return FALSE;
    }
  *field = g_strndup (text, equals - text);
  *value = equals + 1;
  return TRUE;
}

/**
 * torg_ctl_find_type:
 * @name: what may be the name of a type
 * @error: place for a %TORG_ERROR_NOT_FOUND
 *
 * Finds a type of records.
 *
 * Returns: (transfer none) (nullable): the type
 */
const TorgType *
torg_ctl_find_type (TorgCtl *self, const char *name, GError **error)
{
  const TorgType *type = torg_schema_find (torg_store_get_schema (self->store), name);

  if (type == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no type of records called “%s”."), name);
  return type;
}

/* The ids of all records of a reference's target that are called so; several stages may have one name. */
static GPtrArray *
list_named (TorgCtl *self, const TorgField *field, const char *text, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *target = torg_field_dup_target_type (field);
  const char      *dictionary = torg_field_get_dictionary (field);
  g_autoptr (GPtrArray) records = NULL;
  g_autofree char *id = torg_id_parse (text);

  if (id != NULL)
    {
      g_ptr_array_add (ids, g_steal_pointer (&id));
      return g_steal_pointer (&ids);
    }
  if (target != NULL)
    {
      records = torg_store_list_titled (self->store, target, text, error);
      if (records == NULL)
        return NULL;
      for (guint i = 0; i < records->len; i++)
        {
          TorgRecord *record = g_ptr_array_index (records, i);

          if (dictionary == NULL || g_strcmp0 (torg_record_get_text (record, "dictionary"), dictionary) == 0)
            g_ptr_array_add (ids, g_strdup (torg_record_get_id (record)));
        }
    }
  if (ids->len == 0)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s”: nothing is called “%s”."),
                   torg_field_get_label (field), text);
      return NULL;
    }
  return g_steal_pointer (&ids);
}

/**
 * torg_ctl_find_ref:
 * @record: (nullable): the record that is to refer to it
 * @field: a reference, or a set of them
 * @text: an id or an exact name
 * @error: place for an error
 *
 * Finds what a reference, or one of a set of them, is to refer to. Of stages of one name the one in the record's own
 * pipeline is meant.
 *
 * Returns: (transfer full) (nullable): an id
 */
char *
torg_ctl_find_ref (TorgCtl *self, TorgRecord *record, const TorgField *field, const char *text, GError **error)
{
  g_autoptr (GPtrArray) ids = list_named (self, field, text, error);

  for (guint i = 0; record != NULL && ids != NULL && i < ids->len && g_strcmp0 (field->target, "stage") == 0; i++)
    {
      g_autoptr (TorgRecord) stage = torg_store_get (self->store, "stage", g_ptr_array_index (ids, i), NULL);

      if (stage != NULL && torg_value_equal (torg_record_get (stage, "pipeline"), torg_record_get (record, "pipeline")))
        return g_strdup (g_ptr_array_index (ids, i));
    }
  return ids != NULL ? g_strdup (g_ptr_array_index (ids, 0)) : NULL;
}

static gboolean
add_ref_condition (TorgCtl         *self,
                   TorgQuery       *query,
                   const char      *path,
                   const TorgField *field,
                   const char      *text,
                   GError         **error)
{
  g_autoptr (GPtrArray) ids = list_named (self, field, text, error);
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (ids == NULL)
    return FALSE;
  if (ids->len == 1 || field->kind == TORG_KIND_SET)
    {
      torg_query_add_text (query, path, TORG_MATCH_IS, g_ptr_array_index (ids, 0));
      return TRUE;
    }
  g_ptr_array_set_free_func (ids, g_free);
  g_ptr_array_add (ids, NULL);
  value = torg_value_from_items ((const char *const *) ids->pdata, TRUE);
  torg_query_add (query, path, TORG_MATCH_ANY_OF, &value);
  return TRUE;
}

static gboolean
add_condition (TorgCtl *self, TorgQuery *query, const TorgType *type, const char *text, GError **error)
{
  g_autofree char *name = NULL;
  const char      *given;
  const TorgField *field;
  TorgPath         path;
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (!split_assignment (text, &name, &given, error))
    return FALSE;
  if (!torg_path_find (torg_store_get_schema (self->store), type, name, &path))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no field “%s”."), type->info->name, name);
      return FALSE;
    }
  field = path.field;
  if (*given != '\0' && (field->kind == TORG_KIND_REF || (field->kind == TORG_KIND_SET && field->target != NULL)))
    return add_ref_condition (self, query, name, field, given, error);
  if (field->kind == TORG_KIND_SET || field->kind == TORG_KIND_EMAIL)
    value = torg_value_text (given);
  else if (!torg_field_parse (field, given, NULL, &value, error))
    return FALSE;
  if (field->kind == TORG_KIND_PHONE && value.text != NULL)
    {
      g_autoptr (JsonNode) phones = json_from_string (value.text, NULL);
      JsonObject *first = json_array_get_object_element (json_node_get_array (phones), 0);
      g_auto (TorgValue) number = torg_value_text (json_object_get_string_member_with_default (first, "e164", given));

      torg_query_add (query, name, TORG_MATCH_IS, &number);
      return TRUE;
    }
  torg_query_add (query, name, TORG_MATCH_IS, &value);
  return TRUE;
}

/**
 * torg_ctl_build_query:
 * @type: a type's name, singular or plural
 * @where: (nullable): conditions, `FIELD=VALUE`; a field of what the record refers to stands behind a point
 * @error: place for an error
 *
 * Makes a query of what was typed.
 *
 * Returns: (transfer full) (nullable): a query
 */
TorgQuery *
torg_ctl_build_query (TorgCtl *self, const char *type, char **where, GError **error)
{
  const TorgType *found = torg_ctl_find_type (self, type, error);
  g_autoptr (TorgQuery) query = NULL;

  if (found == NULL)
    return NULL;
  query = torg_query_new (found->info->name);
  for (guint i = 0; where != NULL && where[i] != NULL; i++)
    if (!add_condition (self, query, found, where[i], error))
      return NULL;
  return g_steal_pointer (&query);
}

/**
 * torg_ctl_row_to_json:
 * @row: a filled row
 *
 * Writes a record as JSON, with the titles of what it refers to beside their ids.
 *
 * Returns: (transfer full): an object
 */
JsonNode *
torg_ctl_row_to_json (TorgRow *row)
{
  TorgRecord      *record = torg_row_get_record (row);
  const TorgType  *type = torg_record_get_kind (record);
  JsonNode        *node = torg_record_to_json (record);
  JsonObject      *titles = json_object_new ();
  g_autofree char *title = torg_record_dup_title (record);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const char *ref = torg_row_get_ref_title (row, type->fields[i].name);

      if (ref != NULL)
        json_object_set_string_member (titles, type->fields[i].name, ref);
    }
  json_object_set_string_member (json_node_get_object (node), "title", title);
  json_object_set_object_member (json_node_get_object (node), "titles", titles);
  return node;
}

static void
print_line (TorgRow *row)
{
  TorgRecord     *record = torg_row_get_record (row);
  const TorgType *type = torg_record_get_kind (record);

  g_print ("%s", torg_record_get_id (record));
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_autofree char *text = NULL;

      if ((field->flags & TORG_FIELD_LIST) == 0)
        continue;
      text = torg_field_format (field, torg_record_nth (record, i), torg_row_get_ref_title (row, field->name));
      g_strdelimit (text, "\t\n", ' ');
      g_print ("\t%s", text);
    }
  g_print ("\n");
}

static void
print_rows (TorgCtl *self, GPtrArray *rows)
{
  if (self->json)
    fputs ("[", stdout);
  for (guint i = 0; i < rows->len; i++)
    {
      TorgRow *row = g_ptr_array_index (rows, i);

      if (self->json)
        {
          g_autoptr (JsonNode) node = torg_ctl_row_to_json (row);
          g_autofree char *text = json_to_string (node, FALSE);

          fputs (i > 0 ? ",\n" : "\n", stdout);
          fputs (text, stdout);
        }
      else
        print_line (row);
    }
  if (self->json)
    fputs ("\n]\n", stdout);
}

int
torg_ctl_list (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_auto (GStrv) where = NULL;
  int          limit = 0;
  GOptionEntry entries[] = {
    { "where", 0, 0, G_OPTION_ARG_STRING_ARRAY, &where, NULL, NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 2 || limit < 0)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  query = torg_ctl_build_query (self, argv[1], where, error);
  if (query == NULL)
    return TORG_CTL_FAILED;
  records = torg_store_list (self->store, query, limit, NULL, error);
  if (records == NULL)
    return TORG_CTL_FAILED;
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (rows, torg_store_make_row (self->store, g_ptr_array_index (records, i)));
  print_rows (self, rows);
  return TORG_CTL_OK;
}

int
torg_ctl_count (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_auto (GStrv) where = NULL;
  GOptionEntry entries[] = {
    { "where", 0, 0, G_OPTION_ARG_STRING_ARRAY, &where, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TorgQuery) query = NULL;
  gint64 n = 0;

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  query = torg_ctl_build_query (self, argv[1], where, error);
  if (query == NULL || !torg_store_count (self->store, query, NULL, &n, error))
    return TORG_CTL_FAILED;
  if (self->json)
    g_print ("{\"count\": %" G_GINT64_FORMAT "}\n", n);
  else
    g_print ("%" G_GINT64_FORMAT "\n", n);
  return TORG_CTL_OK;
}

/* What a group has in common, in words. */
static char *
name_group (const TorgField *field, const TorgGroup *group)
{
  if (group->title != NULL)
    return g_strdup (group->title);
  if (group->key == NULL)
    return g_strdup ("");
  return g_strdup (field->kind == TORG_KIND_CHOICE ? torg_field_get_choice_label (field, group->key) : group->key);
}

static void
print_group (TorgCtl *self, const TorgField *field, const TorgGroup *group, gboolean first)
{
  g_autofree char *name = name_group (field, group);
  g_autofree char *sum = NULL, *weighted = NULL, *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  if (!self->json)
    {
      if (group->currency[0] != '\0')
        {
          sum = torg_money_format (group->sum, group->currency, TORG_NUMBER_STYLE_LOCALE);
          weighted = torg_money_format (group->weighted, group->currency, TORG_NUMBER_STYLE_LOCALE);
        }
      g_print ("%s\t%" G_GINT64_FORMAT "\t%s\t%s\n", name, group->n, sum != NULL ? sum : "",
               weighted != NULL ? weighted : "");
      return;
    }
  object = json_object_new ();
  if (group->key != NULL)
    json_object_set_string_member (object, "key", group->key);
  else
    json_object_set_null_member (object, "key");
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "currency", group->currency);
  json_object_set_int_member (object, "count", group->n);
  json_object_set_int_member (object, "sum", group->sum);
  json_object_set_int_member (object, "weighted", group->weighted);
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  text = json_to_string (node, FALSE);
  g_print ("%s\n%s", first ? "" : ",", text);
}

int
torg_ctl_groups (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_auto (GStrv) where = NULL;
  GOptionEntry entries[] = {
    { "where", 0, 0, G_OPTION_ARG_STRING_ARRAY, &where, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) groups = NULL;
  TorgSchema *schema;
  TorgPath    path;

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 3)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  query = torg_ctl_build_query (self, argv[1], where, error);
  groups = query != NULL ? torg_store_list_groups (self->store, query, argv[2], NULL, error) : NULL;
  if (groups == NULL)
    return TORG_CTL_FAILED;
  schema = torg_store_get_schema (self->store);
  torg_path_find (schema, torg_schema_find (schema, torg_query_get_kind (query)), argv[2], &path);
  if (self->json)
    g_print ("[");
  for (guint i = 0; i < groups->len; i++)
    print_group (self, path.field, g_ptr_array_index (groups, i), i == 0);
  if (self->json)
    g_print ("\n]\n");
  return TORG_CTL_OK;
}

static TorgRow *
find_row (TorgCtl *self, const char *id, GError **error)
{
  const TorgType *type = torg_store_find_type (self->store, id, error);
  g_autoptr (TorgRecord) record = type != NULL ? torg_store_get (self->store, type->info->name, id, error) : NULL;

  return record != NULL ? torg_store_make_row (self->store, record) : NULL;
}

int
torg_ctl_show (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (TorgRow) row = NULL;
  TorgRecord     *record;
  const TorgType *type;
  gboolean        has_lines;

  if (argc != 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  row = find_row (self, argv[1], error);
  if (row == NULL)
    return TORG_CTL_FAILED;
  record = torg_row_get_record (row);
  type = torg_record_get_kind (record);
  has_lines = g_str_equal (type->info->name, "deal");
  if (self->json)
    {
      g_autoptr (JsonNode) node = torg_ctl_row_to_json (row);

      if (has_lines && !torg_ctl_add_lines (self, argv[1], json_node_get_object (node), error))
        return TORG_CTL_FAILED;
      torg_ctl_print_json (node);
      return TORG_CTL_OK;
    }
  g_print ("%s %s\n", torg_type_get_label (type), torg_record_get_id (record));
  if (torg_record_get_deleted (record) != 0)
    g_print ("%s\n", _ ("Deleted"));
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      g_autofree char *text = NULL;

      if (torg_value_is_null (torg_record_nth (record, i)) || (field->flags & TORG_FIELD_HIDDEN) != 0)
        continue;
      text = torg_field_format (field, torg_record_nth (record, i), torg_row_get_ref_title (row, field->name));
      g_print ("  %s: %s\n", torg_field_get_label (field), text);
    }
  if (has_lines && !torg_ctl_print_lines (self, argv[1], error))
    return TORG_CTL_FAILED;
  return TORG_CTL_OK;
}

int
torg_ctl_search (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) hits = NULL;
  g_autofree char *text = NULL;

  if (argc < 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  text = g_strjoinv (" ", argv + 1);
  hits = torg_store_search (self->store, text, NULL, 50, error);
  if (hits == NULL)
    return TORG_CTL_FAILED;
  if (self->json)
    {
      g_autoptr (GPtrArray) rows = g_ptr_array_new ();

      for (guint i = 0; i < hits->len; i++)
        g_ptr_array_add (rows, ((TorgHit *) g_ptr_array_index (hits, i))->row);
      print_rows (self, rows);
      return TORG_CTL_OK;
    }
  for (guint i = 0; i < hits->len; i++)
    {
      TorgRecord      *record = torg_row_get_record (((TorgHit *) g_ptr_array_index (hits, i))->row);
      g_autofree char *title = torg_record_dup_title (record);

      g_print ("%s\t%s\t%s\n", torg_record_get_id (record), torg_type_get_label (torg_record_get_kind (record)), title);
    }
  return TORG_CTL_OK;
}

static void
print_change (TorgCtl *self, const TorgType *type, TorgRecord *line)
{
  static const TorgField when = { .kind = TORG_KIND_MOMENT };
  const char            *name = torg_record_get_text (line, "field");
  const TorgField       *field = torg_type_find_field (type, name);
  g_autofree char       *time = torg_field_format (&when, torg_record_get (line, "at"), NULL);
  g_autofree char       *author = torg_store_dup_title (self->store, "user", torg_record_get_text (line, "author"));
  g_autofree char       *before = torg_ctl_say_value (self, field, torg_record_get_text (line, "old"));
  g_autofree char       *after = torg_ctl_say_value (self, field, torg_record_get_text (line, "new"));

  if (name == NULL)
    g_print ("%s\t%s\t%s\n", time, author != NULL ? author : "", C_ ("in a history", "Created"));
  else
    g_print ("%s\t%s\t%s: %s → %s\n", time, author != NULL ? author : "",
             field != NULL ? torg_field_get_label (field) : name, before, after);
}

int
torg_ctl_history (TorgCtl *self, int argc, char **argv, GError **error)
{
  const TorgType *type;
  g_autoptr (GPtrArray) lines = NULL;

  if (argc != 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  type = torg_store_find_type (self->store, argv[1], error);
  if (type == NULL)
    return TORG_CTL_FAILED;
  lines = torg_store_list_history (self->store, argv[1], NULL, 0, error);
  if (lines == NULL)
    return TORG_CTL_FAILED;
  if (self->json)
    {
      g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < lines->len; i++)
        g_ptr_array_add (rows, torg_store_make_row (self->store, g_ptr_array_index (lines, i)));
      print_rows (self, rows);
      return TORG_CTL_OK;
    }
  for (guint i = 0; i < lines->len; i++)
    print_change (self, type, g_ptr_array_index (lines, i));
  return TORG_CTL_OK;
}
