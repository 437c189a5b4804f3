/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-record.h"

#include <string.h>

/* The declarations themselves: each name once, each reference to a type that is there, no title without text. */

static void
test_declarations (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (torg_schema_get_n_types (schema), ==, 32);
  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);
      g_autoptr (GHashTable) fields = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GHashTable) aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      g_assert_cmpuint (type->index, ==, i);
      g_assert_true (g_hash_table_add (names, (gpointer) type->info->name));
      g_assert_true (g_hash_table_add (names, (gpointer) type->info->plural));
      g_assert_true (torg_schema_find (schema, type->info->name) == type);
      g_assert_true (torg_schema_find (schema, type->info->plural) == type);
      g_assert_cmpuint (type->info->since, <=, TORG_SCHEMA_VERSION);
      for (guint j = 0; j < type->n_fields; j++)
        {
          const TorgField *field = &type->fields[j];
          g_autofree char *target = torg_field_dup_target_type (field);
          g_auto (GStrv) list = field->aliases != NULL ? g_strsplit (field->aliases, "|", -1) : NULL;

          g_assert_cmpuint (field->index, ==, j);
          g_assert_true (g_hash_table_add (fields, (gpointer) field->name));
          g_assert_true (torg_type_find_field (type, field->name) == field);
          g_assert_cmpuint (torg_type_index_of (type, field->name), ==, j);
          g_assert_nonnull (torg_field_get_label (field));
          g_assert_true (field->since >= 1 && field->since <= TORG_SCHEMA_VERSION);
          if (strspn (field->name, "abcdefghijklmnopqrstuvwxyz_") != strlen (field->name))
            g_error ("%s.%s is no plain name", type->info->name, field->name);
          if ((field->kind == TORG_KIND_REF || field->kind == TORG_KIND_SET) && target != NULL &&
              torg_schema_find (schema, target) == NULL)
            g_error ("%s.%s refers to %s", type->info->name, field->name, target);
          if (field->kind == TORG_KIND_CHOICE)
            g_assert_nonnull (field->choices);
          if ((field->flags & TORG_FIELD_REQUIRED) != 0 && field->on_delete == TORG_ON_DELETE_CLEAR &&
              field->kind == TORG_KIND_REF)
            g_error ("%s.%s must not be empty, but would be cleared", type->info->name, field->name);
          for (guint k = 0; list != NULL && list[k] != NULL; k++)
            if (!g_hash_table_add (aliases, g_strdup (list[k])))
              g_test_message ("%s: “%s” names two fields", type->info->name, list[k]);
        }
      if (type->info->indexes != NULL)
        {
          g_auto (GStrv) columns = g_strsplit_set (type->info->indexes, "|,", -1);

          for (guint j = 0; columns[j] != NULL; j++)
            {
              const char *column = g_strstrip (columns[j]);

              if (!g_str_equal (column, "id") && !g_str_has_suffix (column, "_utc") &&
                  torg_type_find_field (type, column) == NULL)
                g_error ("%s: an index names the column %s", type->info->name, column);
            }
        }
    }
  g_assert_null (torg_schema_find (schema, "nothing"));
  g_assert_null (torg_schema_find (schema, NULL));
}

static void
test_kinds (void)
{
  for (TorgKind kind = TORG_KIND_TEXT; kind <= TORG_KIND_FILE; kind++)
    {
      TorgKind again;

      g_assert_true (torg_kind_from_string (torg_kind_to_string (kind), &again));
      g_assert_cmpint (again, ==, kind);
    }
  {
    TorgKind none;

    g_assert_false (torg_kind_from_string ("colour", &none));
    g_assert_false (torg_kind_from_string (NULL, &none));
  }
}

static void
test_labels (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const TorgType  *deal = torg_schema_find (schema, "deal");
  const TorgType  *stage = torg_schema_find (schema, "stage");
  const TorgField *reason = torg_type_find_field (deal, "lost_reason");
  const TorgField *kind = torg_type_find_field (stage, "kind");
  g_autofree char *target = torg_field_dup_target_type (reason);

  g_assert_cmpstr (torg_type_get_label (deal), ==, "Deal");
  g_assert_cmpstr (torg_type_get_label_plural (deal), ==, "Deals");
  g_assert_cmpstr (target, ==, "dictionary");
  g_assert_cmpstr (torg_field_get_dictionary (reason), ==, "lost_reason");
  g_assert_null (torg_field_get_dictionary (torg_type_find_field (deal, "stage")));
  g_assert_cmpstr (torg_field_get_choice_label (kind, "won"), ==, "Won");
  g_assert_cmpstr (torg_field_get_choice_label (kind, "unknown"), ==, "unknown");
  g_assert_null (torg_field_get_choice_label (kind, NULL));
}

/* Records outlive the schema that they were made with. */
static void
test_lifetime (void)
{
  TorgSchema *schema = torg_schema_new ();
  g_autoptr (TorgRecord) record =
    torg_record_new (schema, torg_schema_find (schema, "tag"), "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce");

  torg_schema_unref (schema);
  torg_record_set_text (record, "name", "Важный");
  g_assert_cmpstr (torg_record_get_kind (record)->info->name, ==, "tag");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schema/declarations", test_declarations);
  g_test_add_func ("/schema/kinds", test_kinds);
  g_test_add_func ("/schema/labels", test_labels);
  g_test_add_func ("/schema/lifetime", test_lifetime);
  return g_test_run ();
}
