/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-check.h"
#include "torg-demo.h"
#include "torg-field-text.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <string.h>

/* The commands that write, what can be undone, and the check: demo, add, set, delete, restore, imports, undo-import,
 * check. */

static gboolean
parse_day (const char *text, gint64 *day, GError **error)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  if (text == NULL)
    {
      *day = g_get_real_time ();
      return TRUE;
    }
  if (!torg_moment_parse (text, TORG_DATE_ORDER_YMD, utc, &value, error))
    return FALSE;
  /* Noon, so that it is the same day in most of the world. */
  *day = value.number + G_GINT64_CONSTANT (12) * 3600 * G_USEC_PER_SEC;
  return TRUE;
}

int
torg_ctl_demo (TorgCtl *self, int argc, char **argv, GError **error)
{
  gint64           n_records = 0, seed = 1, now, began = g_get_monotonic_time ();
  g_autofree char *lang = NULL;
  g_autofree char *date = NULL;
  GOptionEntry     entries[] = {
    { "records", 0, 0, G_OPTION_ARG_INT64, &n_records, NULL, NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, NULL, NULL },
    { "lang", 0, 0, G_OPTION_ARG_STRING, &lang, NULL, NULL },
    { "date", 0, 0, G_OPTION_ARG_STRING, &date, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 1 || n_records <= 0 ||
      (lang != NULL && !g_str_equal (lang, "ru") && !g_str_equal (lang, "en")))
    return TORG_CTL_USAGE;
  if (!parse_day (date, &now, error))
    return TORG_CTL_USAGE;
  g_mkdir_with_parents (folder, 0700);
  if (!torg_demo_make (self->path, n_records, seed, lang != NULL ? lang : "ru", now, NULL, error))
    return TORG_CTL_FAILED;
  if (self->json)
    g_print ("{\"records\": %" G_GINT64_FORMAT ", \"seconds\": %.1f}\n", n_records,
             (g_get_monotonic_time () - began) / 1e6);
  else
    g_print (_ ("Made a company of %lld records in “%s”."), (long long) n_records, self->path);
  if (!self->json)
    g_print ("\n");
  return TORG_CTL_OK;
}

/* The ids of a set, of names or ids split by commas. */
static gboolean
find_set (TorgCtl *self, const TorgField *field, const char *text, TorgValue *value, GError **error)
{
  g_auto (GStrv) items = g_strsplit_set (text, ",;", -1);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *id;

      if (*g_strstrip (items[i]) == '\0')
        continue;
      id = torg_ctl_find_ref (self, NULL, field, items[i], error);
      if (id == NULL)
        return FALSE;
      g_strv_builder_take (ids, id);
    }
  list = g_strv_builder_end (ids);
  *value = torg_value_from_items ((const char *const *) list, TRUE);
  return TRUE;
}

/* Gives the field, and what it is to hold; %NULL where that cannot be. */
static const TorgField *
parse_assignment (TorgCtl *self, TorgRecord *record, const char *assignment, TorgValue *value, GError **error)
{
  const TorgType  *type = torg_record_get_kind (record);
  const char      *equals = strchr (assignment, '=');
  g_autofree char *name = equals != NULL ? g_strndup (assignment, equals - assignment) : NULL;
  const TorgField *field = name != NULL ? torg_type_find_field (type, name) : NULL;
  g_autofree char *found = NULL;
  const char      *text;

  if (name == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("“%s” should be FIELD=VALUE."), assignment);
      return NULL;
    }
  if (field == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no field “%s”."), type->info->name, name);
      return NULL;
    }
  if (field->merge == TORG_MERGE_DERIVED)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” follows from other data and cannot be set."),
                   torg_field_get_label (field));
      return NULL;
    }
  text = equals + 1;
  if (field->kind == TORG_KIND_REF && *text != '\0')
    {
      found = torg_ctl_find_ref (self, record, field, text, error);
      if (found == NULL)
        return NULL;
      text = found;
    }
  if (field->kind == TORG_KIND_SET && field->target != NULL && *text != '[')
    return find_set (self, field, text, value, error) ? field : NULL;
  return torg_field_parse (field, text, NULL, value, error) ? field : NULL;
}

/* Saves, and tells the id of what was written. */
static int
apply (TorgCtl *self, TorgEdit *edit, const char *id, GError **error)
{
  if (!torg_store_apply (self->store, edit, NULL, error))
    return TORG_CTL_FAILED;
  if (self->json)
    g_print ("{\"id\": \"%s\"}\n", id);
  return TORG_CTL_OK;
}

int
torg_ctl_add (TorgCtl *self, int argc, char **argv, GError **error)
{
  const TorgType *type;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  g_autofree char *id = NULL;
  int              code;

  if (argc < 3)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  type = torg_ctl_find_type (self, argv[1], error);
  if (type == NULL)
    return TORG_CTL_FAILED;
  id = torg_env_make_id (self->env);
  record = torg_record_new (torg_store_get_schema (self->store), type, id);
  if (torg_type_find_field (type, "owner") != NULL)
    torg_record_set_text (record, "owner", torg_store_get_user (self->store));
  for (int i = 2; i < argc; i++)
    {
      TorgValue        value;
      const TorgField *field = parse_assignment (self, record, argv[i], &value, error);

      if (field == NULL)
        return TORG_CTL_FAILED;
      torg_record_take (record, field->name, value);
    }
  if (!torg_record_validate (record, error))
    return TORG_CTL_FAILED;
  edit = torg_edit_new (_ ("Added from a terminal"));
  torg_edit_create (edit, record);
  code = apply (self, edit, id, error);
  if (code == TORG_CTL_OK && !self->json)
    g_print ("%s\n", id);
  return code;
}

int
torg_ctl_set (TorgCtl *self, int argc, char **argv, GError **error)
{
  const TorgType *type;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (argc < 3)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  type = torg_store_find_type (self->store, argv[1], error);
  record = type != NULL ? torg_store_get (self->store, type->info->name, argv[1], error) : NULL;
  if (record == NULL)
    return TORG_CTL_FAILED;
  edit = torg_edit_new (_ ("Changed from a terminal"));
  for (int i = 2; i < argc; i++)
    {
      TorgValue        value;
      const TorgField *field = parse_assignment (self, record, argv[i], &value, error);

      if (field == NULL)
        return TORG_CTL_FAILED;
      torg_edit_take (edit, type->info->name, torg_record_get_id (record), field->name, value);
    }
  return apply (self, edit, argv[1], error);
}

/* Deletes or restores a record of any type. */
static int
change_record (TorgCtl    *self,
               int         argc,
               char      **argv,
               const char *label,
               void (*change) (TorgEdit *edit, const char *type, const char *id),
               GError **error)
{
  const TorgType *type;
  g_autoptr (TorgEdit) edit = NULL;

  if (argc != 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  type = torg_store_find_type (self->store, argv[1], error);
  if (type == NULL)
    return TORG_CTL_FAILED;
  edit = torg_edit_new (label);
  change (edit, type->info->name, argv[1]);
  return apply (self, edit, argv[1], error);
}

int
torg_ctl_delete (TorgCtl *self, int argc, char **argv, GError **error)
{
  return change_record (self, argc, argv, _ ("Deleted from a terminal"), torg_edit_delete, error);
}

int
torg_ctl_restore (TorgCtl *self, int argc, char **argv, GError **error)
{
  return change_record (self, argc, argv, _ ("Restored from a terminal"), torg_edit_restore, error);
}

static void
print_imports (GPtrArray *imports)
{
  static const TorgField when = { .kind = TORG_KIND_MOMENT };

  for (guint i = 0; i < imports->len; i++)
    {
      const TorgImportInfo *info = g_ptr_array_index (imports, i);
      const TorgValue       at = torg_value_int (info->at);
      g_autofree char      *time = torg_field_format (&when, &at, NULL);

      g_print ("%s\t%s\t%s\t%" G_GINT64_FORMAT "\t%s\n", info->id, time, info->label != NULL ? info->label : "",
               info->n_records,
               info->undone   ? C_ ("import", "undone")
               : info->partly ? C_ ("import", "partly undone")
                              : "");
    }
}

static JsonNode *
imports_to_json (GPtrArray *imports)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < imports->len; i++)
    {
      const TorgImportInfo *info = g_ptr_array_index (imports, i);
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (info->at);
      g_autofree char *at = g_date_time_format_iso8601 (time);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "import_id");
      json_builder_add_string_value (builder, info->id);
      json_builder_set_member_name (builder, "at");
      json_builder_add_string_value (builder, at);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, info->label);
      json_builder_set_member_name (builder, "records");
      json_builder_add_int_value (builder, info->n_records);
      json_builder_set_member_name (builder, "undone");
      json_builder_add_string_value (builder, info->undone ? "yes" : info->partly ? "partly" : "no");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

int
torg_ctl_imports (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) imports = NULL;

  if (argc != 1)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  imports = torg_store_list_imports (self->store, error);
  if (imports == NULL)
    return TORG_CTL_FAILED;
  if (self->json)
    {
      g_autoptr (JsonNode) node = imports_to_json (imports);

      torg_ctl_print_json (node);
    }
  else
    print_imports (imports);
  return TORG_CTL_OK;
}

static JsonNode *
left_to_json (const char *import, guint n_left, GPtrArray *left)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "import_id");
  json_builder_add_string_value (builder, import);
  json_builder_set_member_name (builder, "left");
  json_builder_add_int_value (builder, n_left);
  json_builder_set_member_name (builder, "left_items");
  json_builder_begin_array (builder);
  for (guint i = 0; i < left->len; i++)
    {
      const TorgLeft *item = g_ptr_array_index (left, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "type");
      json_builder_add_string_value (builder, item->type);
      json_builder_set_member_name (builder, "id");
      json_builder_add_string_value (builder, item->id);
      json_builder_set_member_name (builder, "title");
      json_builder_add_string_value (builder, item->title);
      json_builder_set_member_name (builder, "field");
      json_builder_add_string_value (builder, item->field);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
print_left (TorgCtl *self, GPtrArray *left)
{
  for (guint i = 0; i < left->len; i++)
    {
      const TorgLeft  *item = g_ptr_array_index (left, i);
      const TorgType  *type = torg_schema_find (torg_store_get_schema (self->store), item->type);
      const TorgField *field = torg_type_find_field (type, item->field);

      g_print ("%s\t%s\t%s\t%s\n", item->id, torg_type_get_label (type), item->title,
               field != NULL ? torg_field_get_label (field) : "");
    }
}

int
torg_ctl_undo_import (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_left_free);
  guint n_left = 0;

  if (argc != 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error) || !torg_store_undo_import (self->store, argv[1], &n_left, left, error))
    return TORG_CTL_FAILED;
  if (self->json)
    {
      g_autoptr (JsonNode) node = left_to_json (argv[1], n_left, left);

      torg_ctl_print_json (node);
    }
  else if (n_left > 0)
    {
      g_print (g_dngettext (GETTEXT_PACKAGE, "The import is undone, but for %u record or field that changed since.",
                            "The import is undone, but for %u records or fields that changed since.", n_left),
               n_left);
      g_print ("\n");
      print_left (self, left);
    }
  return TORG_CTL_OK;
}

int
torg_ctl_check (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  if (argc != 1)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error) || !torg_check_store (self->store, problems, NULL, error))
    return TORG_CTL_FAILED;
  if (self->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) root = NULL;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "ok");
      json_builder_add_boolean_value (builder, problems->len == 0);
      json_builder_set_member_name (builder, "problems");
      json_builder_begin_array (builder);
      for (guint i = 0; i < problems->len; i++)
        json_builder_add_string_value (builder, g_ptr_array_index (problems, i));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      root = json_builder_get_root (builder);
      torg_ctl_print_json (root);
    }
  else
    {
      for (guint i = 0; i < problems->len; i++)
        g_print ("%s\n", (char *) g_ptr_array_index (problems, i));
      if (problems->len == 0)
        g_print ("%s\n", _ ("All is well."));
    }
  return problems->len == 0 ? TORG_CTL_OK : TORG_CTL_FAILED;
}
