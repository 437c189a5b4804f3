/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "config.h"

#include "torg-json.h"
#include "torg-record-columns.h"

/* How the fields of a record stand in the columns of a table, in a replica as on the server. */

static gboolean
is_custom (const TorgField *field)
{
  return (field->flags & TORG_FIELD_CUSTOM) != 0;
}

/**
 * torg_columns_get_sql_type:
 * @kind: what a field holds
 *
 * Gives the type of a field's column in SQLite.
 *
 * Returns: (transfer none): `INTEGER`, `TEXT` or `BLOB`
 */
const char *
torg_columns_get_sql_type (TorgKind kind)
{
  switch (kind)
    {
      case TORG_KIND_NUMBER:
      case TORG_KIND_MONEY:
      case TORG_KIND_MOMENT:
        return "INTEGER";
      case TORG_KIND_REF:
        return "BLOB";
      case TORG_KIND_TEXT:
      case TORG_KIND_DATE:
      case TORG_KIND_ZONED:
      case TORG_KIND_CHOICE:
      case TORG_KIND_SET:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        return "TEXT";
    }
}

/**
 * torg_columns_get_second:
 * @kind: what a field holds
 *
 * Money and planned time take a second column.
 *
 * Returns: (transfer none) (nullable): what the second column's name ends with
 */
const char *
torg_columns_get_second (TorgKind kind)
{
  return kind == TORG_KIND_MONEY ? "_currency" : kind == TORG_KIND_ZONED ? "_utc" : NULL;
}

/**
 * torg_columns_append_names:
 * @sql: SQL
 * @type: a type
 *
 * Adds the columns of a type's fields, each behind a comma. Custom fields stand in the column `extra`.
 */
void
torg_columns_append_names (GString *sql, const TorgType *type)
{
  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];

      if (is_custom (field))
        continue;
      g_string_append_printf (sql, ", \"%s\"", field->name);
      if (torg_columns_get_second (field->kind) != NULL)
        g_string_append_printf (sql, ", \"%s%s\"", field->name, torg_columns_get_second (field->kind));
    }
}

/**
 * torg_columns_count:
 * @type: a type
 *
 * Counts the columns of a type's fields.
 *
 * Returns: how many
 */
int
torg_columns_count (const TorgType *type)
{
  int n = 0;

  for (guint i = 0; i < type->n_fields; i++)
    if (!is_custom (&type->fields[i]))
      n += torg_columns_get_second (type->fields[i].kind) != NULL ? 2 : 1;
  return n;
}

/**
 * torg_columns_bind_field:
 * @statement: a statement
 * @index: the first parameter
 * @field: a field
 * @value: its value
 *
 * Binds the columns of a field.
 *
 * Returns: the next parameter
 */
int
torg_columns_bind_field (TorgStatement *statement, int index, const TorgField *field, const TorgValue *value)
{
  switch (value->tag)
    {
      case TORG_VALUE_NULL:
        torg_statement_bind_null (statement, index);
        break;
      case TORG_VALUE_INT:
      case TORG_VALUE_MONEY:
        torg_statement_bind_int (statement, index, value->number);
        break;
      case TORG_VALUE_TEXT:
      case TORG_VALUE_ZONED:
        if (field->kind == TORG_KIND_REF)
          torg_statement_bind_id (statement, index, value->text);
        else
          torg_statement_bind_text (statement, index, value->text);
        break;
      default:
        g_assert_not_reached ();
    }
  index++;
  if (field->kind == TORG_KIND_MONEY)
    torg_statement_bind_text (statement, index++, value->tag == TORG_VALUE_MONEY ? value->currency : NULL);
  else if (field->kind == TORG_KIND_ZONED)
    {
      if (value->tag == TORG_VALUE_ZONED)
        torg_statement_bind_int (statement, index++, value->number);
      else
        torg_statement_bind_null (statement, index++);
    }
  return index;
}

/**
 * torg_columns_bind:
 * @statement: a statement
 * @index: the first parameter
 * @record: a record
 *
 * Binds the columns of all fields of a record.
 *
 * Returns: the next parameter
 */
int
torg_columns_bind (TorgStatement *statement, int index, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->n_fields; i++)
    if (!is_custom (&type->fields[i]))
      index = torg_columns_bind_field (statement, index, &type->fields[i], torg_record_nth (record, i));
  return index;
}

/**
 * torg_columns_build_extra:
 * @record: a record
 *
 * Builds the column `extra`: custom fields, and those that this version does not know.
 *
 * Returns: (transfer full) (nullable): JSON, %NULL where there are none
 */
char *
torg_columns_build_extra (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object = NULL;

  if (torg_record_get_unknown (record) != NULL)
    root = json_from_string (torg_record_get_unknown (record), NULL);
  for (guint i = type->info->n_fields; i < type->n_fields; i++)
    {
      if (torg_value_is_null (torg_record_nth (record, i)))
        continue;
      if (root == NULL)
        {
          root = json_node_new (JSON_NODE_OBJECT);
          json_node_take_object (root, json_object_new ());
        }
      object = json_node_get_object (root);
      json_object_set_member (object, type->fields[i].name,
                              torg_value_to_json (torg_record_nth (record, i), type->fields[i].kind));
    }
  return root != NULL ? json_to_string (root, FALSE) : NULL;
}

static TorgValue
read_field (TorgStatement *statement, int *column, const TorgField *field)
{
  TorgValue value = TORG_VALUE_INIT;
  int       at = (*column)++;

  if (torg_columns_get_second (field->kind) != NULL)
    (*column)++;
  if (torg_statement_is_null (statement, at))
    return value;
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
      case TORG_KIND_MOMENT:
        return torg_value_int (torg_statement_get_int (statement, at));
      case TORG_KIND_MONEY:
        {
          const char *currency = torg_statement_get_text (statement, at + 1);

          /* An amount without its currency says nothing. */
          if (currency != NULL)
            value = torg_value_money (torg_statement_get_int (statement, at), currency);
          return value;
        }
      case TORG_KIND_REF:
        {
          g_autofree char *id = torg_statement_dup_id (statement, at);

          return torg_value_text (id);
        }
      case TORG_KIND_ZONED:
        value.tag = TORG_VALUE_ZONED;
        value.text = g_ref_string_new (torg_statement_get_text (statement, at));
        value.number = torg_statement_get_int (statement, at + 1);
        return value;
      case TORG_KIND_TEXT:
      case TORG_KIND_DATE:
      case TORG_KIND_CHOICE:
      case TORG_KIND_SET:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        /* What is stored is NFC already. */
        value.tag = TORG_VALUE_TEXT;
        value.text = g_ref_string_new (torg_statement_get_text (statement, at));
        return value;
    }
}

static void
read_extra (TorgRecord *record, const char *text)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  g_autoptr (JsonObject) unknown = NULL;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    {
      const TorgField *field = torg_type_find_field (type, name);
      TorgValue        value;

      if (field != NULL && is_custom (field) && torg_value_from_json (node, field->kind, &value))
        {
          torg_record_take_nth (record, field->index, value);
          continue;
        }
      if (unknown == NULL)
        unknown = json_object_new ();
      json_object_set_member (unknown, name, json_node_copy (node));
    }
  if (unknown != NULL)
    {
      g_autoptr (JsonNode) kept = json_node_init_object (json_node_alloc (), unknown);
      g_autofree char *json = json_to_string (kept, FALSE);

      torg_record_set_unknown (record, json);
    }
}

/**
 * torg_columns_read:
 * @statement: a row
 * @extra: the column `extra`
 * @first: the first column of the fields
 * @record: takes them
 *
 * Reads the fields of a record.
 */
void
torg_columns_read (TorgStatement *statement, int extra, int first, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->n_fields; i++)
    if (!is_custom (&type->fields[i]))
      torg_record_take_nth (record, i, read_field (statement, &first, &type->fields[i]));
  if (!torg_statement_is_null (statement, extra))
    read_extra (record, torg_statement_get_text (statement, extra));
}
