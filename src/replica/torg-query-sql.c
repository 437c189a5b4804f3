/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-store-private.h"
#include "torg-path.h"
#include "torg-terms.h"
#include "torg-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A query as SQL. Names come from the schema, never from outside; values are bound in the order of the conditions. */

static const char *const operators[] = { "=", "IS NOT", "<", "<=", ">", ">=" };

/* One parameter, the words for FTS5. */
static void
append_contains (GString *sql, const TorgType *type, guint number)
{
  static const char *const clients[] = { "company", "person" };

  g_string_append_printf (sql,
                          "(rid IN (SELECT d.record FROM search JOIN search_doc d ON d.doc = search.rowid "
                          "WHERE search MATCH ?%u AND d.type = '%s')",
                          number, type->info->name);
  /* What hangs on a client is found by the client's name too. */
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      const TorgField *field = torg_type_find_field (type, clients[i]);

      if (field != NULL && field->kind == TORG_KIND_REF)
        g_string_append_printf (sql,
                                " OR \"%s\" IN (SELECT id FROM \"%s\" WHERE rid IN (SELECT d.record FROM search "
                                "JOIN search_doc d ON d.doc = search.rowid WHERE search MATCH ?%u AND d.type = '%s'))",
                                clients[i], clients[i], number, clients[i]);
    }
  g_string_append_c (sql, ')');
}

static gboolean
is_custom (const TorgField *field)
{
  return (field->flags & TORG_FIELD_CUSTOM) != 0;
}

/* Custom references are texts. */
static gboolean
is_plain_ref (const TorgField *field)
{
  return field->kind == TORG_KIND_REF && !is_custom (field);
}

/* Amounts are only compared in one currency: 777 € are neither 777 $ nor more or less than these. */
static void
append_money (GString *sql, const TorgField *field, const char *column, const TorgCondition *condition, guint number)
{
  const char *currency = condition->value.currency;

  g_return_if_fail (strspn (currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3);
  g_string_append (sql, condition->match == TORG_MATCH_IS_NOT ? "NOT ifnull(" : "(");
  g_string_append_printf (sql, is_custom (field) ? "json_extract(extra, '$.%s.currency')" : "\"%s_currency\"",
                          field->name);
  g_string_append_printf (sql, " = '%s' AND %s %s ?%u", currency, column,
                          condition->match == TORG_MATCH_IS_NOT ? "=" : operators[condition->match], number);
  g_string_append (sql, condition->match == TORG_MATCH_IS_NOT ? ", 0)" : ")");
}

static gboolean
is_list (const TorgField *field)
{
  return field->kind == TORG_KIND_SET || field->kind == TORG_KIND_EMAIL || field->kind == TORG_KIND_PHONE;
}

/* One of the items of a set, a list of addresses or of phones. */
static void
append_item (GString *sql, const TorgField *field, const char *column, const TorgCondition *condition, guint number)
{
  const char *item = field->kind == TORG_KIND_PHONE ? "json_extract(item.value, '$.e164')" : "item.value";
  gboolean    is_not = condition->match == TORG_MATCH_IS_NOT || condition->match == TORG_MATCH_NONE_OF;

  g_string_append_printf (sql, "%sEXISTS (SELECT 1 FROM json_each(%s) AS item WHERE ", is_not ? "NOT " : "", column);
  if (condition->match == TORG_MATCH_HAS)
    g_string_append_printf (sql, field->kind == TORG_KIND_PHONE ? "instr(%s, ?%u))" : "has_text(%s, ?%u))", item,
                            number);
  else if (condition->match == TORG_MATCH_ANY_OF || condition->match == TORG_MATCH_NONE_OF)
    g_string_append_printf (sql, "%s IN (SELECT value FROM json_each(?%u)))", item, number);
  else
    g_string_append_printf (sql, "%s = ?%u)", item, number);
}

static void
append_any_of (GString *sql, const TorgField *field, const char *column, guint number)
{
  g_string_append_printf (sql,
                          is_plain_ref (field) ? "%s IN (SELECT unhex(value, '-') FROM json_each(?%u))"
                                               : "%s IN (SELECT value FROM json_each(?%u))",
                          column, number);
}

static void
append_condition (GString *sql, const TorgField *field, const TorgCondition *condition, guint number)
{
  g_autoptr (GString) column = g_string_new (NULL);

  torg_record_table_append_column (column, field);
  if (torg_value_is_null (&condition->value))
    g_string_append_printf (sql, "%s IS %sNULL", column->str, condition->match == TORG_MATCH_IS ? "" : "NOT ");
  else if (is_list (field))
    append_item (sql, field, column->str, condition, number);
  else if (condition->match == TORG_MATCH_ANY_OF)
    append_any_of (sql, field, column->str, number);
  else if (condition->match == TORG_MATCH_NONE_OF)
    {
      g_string_append (sql, "NOT ifnull(");
      append_any_of (sql, field, column->str, number);
      g_string_append (sql, ", 0)");
    }
  else if (condition->match == TORG_MATCH_HAS)
    g_string_append_printf (sql, "has_text(%s, ?%u)", column->str, number);
  else if (field->kind == TORG_KIND_MONEY && condition->value.currency[0] != '\0')
    append_money (sql, field, column->str, condition, number);
  else
    g_string_append_printf (sql, "%s %s ?%u", column->str, operators[condition->match], number);
}

/*
 * Of a record that is referred to. What a record without one, or with one that is not to be seen, passes is what it
 * would pass with nothing in the field.
 */
static void
append_via (GString *sql, const TorgPath *path, const TorgCondition *condition, guint number)
{
  TorgCondition yes = *condition;
  gboolean      null = torg_value_is_null (&condition->value);

  if (null && condition->match == TORG_MATCH_IS)
    yes.match = TORG_MATCH_IS_NOT;
  else if (!null && condition->match == TORG_MATCH_IS_NOT)
    yes.match = TORG_MATCH_IS;
  else if (condition->match == TORG_MATCH_NONE_OF)
    yes.match = TORG_MATCH_ANY_OF;
  if (yes.match != condition->match)
    g_string_append_printf (sql, "(\"%s\" IS NULL OR \"%s\" NOT IN ", path->via->name, path->via->name);
  else
    g_string_append_printf (sql, "(\"%s\" IN ", path->via->name);
  g_string_append_printf (sql, "(SELECT id FROM \"%s\" WHERE ", path->type->info->name);
  append_condition (sql, path->field, &yes, number);
  g_string_append (sql, "))");
}

/* Adds ` WHERE …`. The value of each condition takes the parameter of its place, from 1. */
gboolean
torg_query_append_where (TorgStore *self, TorgQuery *query, const TorgType *type, GString *sql, GError **error)
{
  g_string_append (sql, torg_query_get_deleted (query) ? " WHERE 1" : " WHERE deleted IS NULL");
  for (guint i = 0; i < torg_query_get_n (query); i++)
    {
      const TorgCondition *condition = torg_query_nth (query, i);
      TorgPath             path;

      if (condition->match == TORG_MATCH_CONTAINS)
        {
          g_auto (GStrv) words = torg_terms_split (condition->value.text);

          if (words[0] == NULL)
            continue;
          g_string_append (sql, " AND ");
          append_contains (sql, type, i + 1);
          continue;
        }
      if (g_str_equal (condition->field, TORG_QUERY_ROWID))
        {
          g_string_append_printf (sql, " AND rid IN (SELECT value FROM json_each(?%u))", i + 1);
          continue;
        }
      if (!torg_path_find (self->schema, type, condition->field, &path))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no field “%s”."),
                       torg_type_get_label (type), condition->field);
          return FALSE;
        }
      g_string_append (sql, " AND ");
      if (path.via != NULL)
        append_via (sql, &path, condition, i + 1);
      else
        append_condition (sql, path.field, condition, i + 1);
    }
  return TRUE;
}

static void
append_ref_title (TorgStore *self, GString *sql, const TorgType *of, const TorgField *field)
{
  g_autofree char *target = torg_field_dup_target_type (field);
  const TorgType  *type = torg_schema_find (self->schema, target);

  if (type == NULL)
    {
      torg_record_table_append_column (sql, field);
      return;
    }
  g_string_append (sql, "(SELECT ");
  if (g_str_equal (target, "stage"))
    g_string_append (sql, "position");
  else
    torg_record_table_append_title (sql, type);
  g_string_append_printf (sql, " FROM \"%s\" AS r WHERE r.id = \"%s\".\"%s\")", target, of->info->name, field->name);
}

/* Adds ` ORDER BY …`; what is empty comes last. */
gboolean
torg_query_append_order (TorgStore *self, TorgQuery *query, const TorgType *type, GString *sql, GError **error)
{
  gboolean         descending;
  const char      *sort = torg_query_get_sort (query, &descending);
  const TorgField *field;

  if (sort == NULL)
    {
      g_string_append (sql, " ORDER BY rid DESC");
      return TRUE;
    }
  field = torg_type_find_field (type, sort);
  if (field == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no field “%s”."), torg_type_get_label (type),
                   sort);
      return FALSE;
    }
  g_string_append (sql, " ORDER BY ");
  if (field->merge == TORG_MERGE_LAST)
    {
      g_string_append_printf (sql, "\"%s\"%s, id", field->name, descending ? " DESC" : "");
      return TRUE;
    }
  if (is_plain_ref (field))
    append_ref_title (self, sql, type, field);
  else
    torg_record_table_append_column (sql, field);
  g_string_append (sql, descending ? " DESC NULLS LAST, rid DESC" : " NULLS LAST, rid DESC");
  return TRUE;
}

static void
bind_text_condition (TorgStatement *statement, int index, const char *text)
{
  g_auto (GStrv) words = torg_terms_split (text);
  g_autofree char *match = NULL;

  if (words[0] == NULL)
    return;
  match = torg_terms_build_match (words);
  torg_statement_bind_text (statement, index, match);
}

static void
bind_part (TorgStatement *statement, int index, const TorgField *field, const char *text)
{
  g_autofree char *part = torg_text_fold (text);

  if (field->kind == TORG_KIND_PHONE)
    {
      g_autoptr (GString) digits = g_string_new (NULL);

      for (const char *at = part; *at != '\0'; at++)
        if (g_ascii_isdigit (*at))
          g_string_append_c (digits, *at);
      /* As they dial within the country. */
      if (digits->len == 11 && digits->str[0] == '8')
        digits->str[0] = '7';
      if (digits->len == 0)
        return;
      g_set_str (&part, digits->str);
    }
  torg_statement_bind_text (statement, index, part);
}

void
torg_query_bind (TorgStore *self, TorgQuery *query, const TorgType *type, TorgStatement *statement)
{
  for (guint i = 0; i < torg_query_get_n (query); i++)
    {
      const TorgCondition *condition = torg_query_nth (query, i);
      const TorgField     *field;
      TorgPath             path;

      if (condition->match == TORG_MATCH_CONTAINS)
        {
          bind_text_condition (statement, i + 1, condition->value.text);
          continue;
        }
      if (g_strcmp0 (condition->field, TORG_QUERY_ROWID) == 0)
        {
          torg_statement_bind_text (statement, i + 1, condition->value.text);
          continue;
        }
      if (!torg_path_find (self->schema, type, condition->field, &path) || torg_value_is_null (&condition->value))
        continue;
      field = path.field;
      if (condition->match == TORG_MATCH_HAS)
        bind_part (statement, i + 1, field, condition->value.text);
      else if (is_plain_ref (field) && condition->match != TORG_MATCH_ANY_OF && condition->match != TORG_MATCH_NONE_OF)
        torg_statement_bind_id (statement, i + 1, condition->value.text);
      else if (condition->value.text != NULL && (condition->value.tag != TORG_VALUE_ZONED || is_custom (field)))
        torg_statement_bind_text (statement, i + 1, condition->value.text);
      else
        torg_statement_bind_int (statement, i + 1, condition->value.number);
    }
}
