/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-env.h"
#include "torg-json.h"
#include "torg-page.h"

#include <string.h>

/*
 * Conditions are named by fields:
 *
 *   stage=ID,ID         one of these; of a set, those that have it
 *   company=            nothing
 *   amount.min=100      at least, of money in minor units; moments in microseconds or as ISO 8601
 *   created.max=…       at most
 *   since=SEQ           changed after this `seq`
 *
 * The order is that of ids, or of a field (`sort=created`, `sort=-amount`), the empty ones last; a page begins after a
 * record of the one before.
 *
 * The company's own fields stand in the column `extra` as JSON and are asked like the others; but a planned time among
 * them is kept without its moment in UTC, so that it cannot be compared.
 */

#define MAX_VALUES 100
#define SEQ "seq"

/* What is bound: a number, an id or a text. */
typedef struct
{
  gboolean is_text, is_id;
  gint64   number;
  char    *text; /* (owned) (nullable) */
} Bound;

typedef struct
{
  const TorgField *field;  /* (nullable): the record's `seq` */
  const char      *op;     /* `=`, `>=`, `<=`, `>`; or NULL for nothing */
  GArray          *values; /* (owned) (element-type Bound) */
} Condition;

struct _TorgPage
{
  const TorgType  *type;
  GPtrArray       *conditions; /* (owned) (element-type Condition) */
  const TorgField *sort;       /* (nullable): by id */
  gboolean         descending;
  char            *after; /* (owned) (nullable): an id */
};

static void
bound_clear (gpointer data)
{
  g_clear_pointer (&((Bound *) data)->text, g_free);
}

static Condition *
condition_new (const TorgField *field, const char *op)
{
  Condition *self = g_new0 (Condition, 1);

  self->field = field;
  self->op = op;
  self->values = g_array_new (FALSE, TRUE, sizeof (Bound));
  g_array_set_clear_func (self->values, bound_clear);
  return self;
}

static void
condition_free (gpointer data)
{
  Condition *self = data;

  g_array_unref (self->values);
  g_free (self);
}

/**
 * torg_page_new:
 * @type: a type of the schema
 *
 * Begins with all records of a type, by id.
 *
 * Returns: (transfer full): a page, as long as @type lives
 */
TorgPage *
torg_page_new (const TorgType *type)
{
  TorgPage *self = g_new0 (TorgPage, 1);

  self->type = type;
  self->conditions = g_ptr_array_new_with_free_func (condition_free);
  return self;
}

/**
 * torg_page_free:
 * @self: (transfer full): a page
 *
 * Frees a page.
 */
void
torg_page_free (TorgPage *self)
{
  g_ptr_array_unref (self->conditions);
  g_free (self->after);
  g_free (self);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static gboolean
is_set (const TorgField *field)
{
  return field->kind == TORG_KIND_SET || field->kind == TORG_KIND_PHONE || field->kind == TORG_KIND_EMAIL;
}

static gboolean
is_custom (const TorgField *field)
{
  return (field->flags & TORG_FIELD_CUSTOM) != 0;
}

static gboolean
is_number (const TorgField *field)
{
  return field->kind == TORG_KIND_NUMBER || field->kind == TORG_KIND_MONEY || field->kind == TORG_KIND_MOMENT ||
         field->kind == TORG_KIND_ZONED;
}

static gboolean
read_moment (const char *text, gint64 *number)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) moment = NULL;

  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL))
    return TRUE;
  moment = g_date_time_new_from_iso8601 (text, utc);
  if (moment != NULL)
    *number = g_date_time_to_unix_usec (moment);
  return moment != NULL;
}

static gboolean
read_number (const TorgField *field, const char *text, gint64 *number)
{
  g_autoptr (JsonNode) node = NULL;
  TorgValue value = TORG_VALUE_INIT;

  if (field->kind == TORG_KIND_MOMENT || field->kind == TORG_KIND_ZONED)
    return read_moment (text, number);
  if (field->kind == TORG_KIND_MONEY)
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL);
  node = json_from_string (text, NULL);
  if (node == NULL || !torg_value_from_json (node, field->kind, &value) || value.tag != TORG_VALUE_INT)
    return FALSE;
  *number = value.number;
  return TRUE;
}

static gboolean
read_bound (const TorgField *field, const char *text, Bound *bound)
{
  *bound = (Bound) { 0 };
  if (field == NULL)
    return g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &bound->number, NULL);
  if (is_number (field))
    return read_number (field, text, &bound->number);
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 1000)
    return FALSE;
  bound->is_text = TRUE;
  if (field->kind == TORG_KIND_REF && !torg_id_is_valid (text))
    return FALSE;
  bound->is_id = field->kind == TORG_KIND_REF && !is_custom (field);
  /* A set stands there as JSON. */
  if (is_set (field))
    {
      g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);

      bound->text = json_to_string (node, FALSE);
    }
  else
    bound->text = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
  return TRUE;
}

/* --- the question ------------------------------------------------------------------------------------------------- */

/**
 * torg_page_find_field:
 * @name: `FIELD`, `FIELD.min` or `FIELD.max`
 *
 * Finds the field that a condition or an order is about.
 *
 * Returns: (nullable): the field
 */
const TorgField *
torg_page_find_field (TorgPage *self, const char *name)
{
  g_autofree char *alone = g_strndup (name, strcspn (name, "."));

  return torg_type_find_field (self->type, alone);
}

/**
 * torg_page_add:
 * @name: `FIELD`, `FIELD.min`, `FIELD.max` or `since`
 * @text: what is asked of it
 *
 * Adds a condition.
 *
 * Returns: whether it can be asked
 */
gboolean
torg_page_add (TorgPage *self, const char *name, const char *text)
{
  const TorgField *field = torg_page_find_field (self, name);
  const char      *dot = strchr (name, '.');
  Condition       *condition;
  g_auto (GStrv) values = NULL;

  if (g_str_equal (name, "since"))
    condition = condition_new (NULL, ">");
  else if (field == NULL)
    return FALSE;
  else if (dot == NULL)
    condition = condition_new (field, *text != '\0' ? "=" : NULL);
  else if ((g_str_equal (dot, ".min") || g_str_equal (dot, ".max")) &&
           (is_number (field) || field->kind == TORG_KIND_DATE))
    condition = condition_new (field, g_str_equal (dot, ".min") ? ">=" : "<=");
  else
    return FALSE;
  g_ptr_array_add (self->conditions, condition);
  if (condition->op == NULL)
    return TRUE;
  if (field != NULL && is_custom (field) && field->kind == TORG_KIND_ZONED)
    return FALSE;
  values = g_str_equal (condition->op, "=") ? g_strsplit (text, ",", MAX_VALUES + 1) : g_strsplit (text, ",", 1);
  if (values[0] == NULL || g_strv_length (values) > MAX_VALUES)
    return FALSE;
  for (guint i = 0; values[i] != NULL; i++)
    {
      Bound bound;

      if (!read_bound (condition->field, values[i], &bound))
        return FALSE;
      g_array_append_val (condition->values, bound);
    }
  return TRUE;
}

/**
 * torg_page_set_sort:
 * @text: a field's name, behind a minus for the greatest first
 *
 * Orders by a field.
 *
 * Returns: whether one can
 */
gboolean
torg_page_set_sort (TorgPage *self, const char *text)
{
  self->descending = text[0] == '-';
  self->sort = strchr (text, '.') == NULL ? torg_page_find_field (self, text + (self->descending ? 1 : 0)) : NULL;
  return self->sort != NULL && !is_set (self->sort) && self->sort->kind != TORG_KIND_REF &&
         !(is_custom (self->sort) && self->sort->kind == TORG_KIND_ZONED);
}

/**
 * torg_page_set_after:
 * @id: the id of the last record of the page before
 *
 * Begins after a record, as it stands in the order now.
 *
 * Returns: whether it is an id
 */
gboolean
torg_page_set_after (TorgPage *self, const char *id)
{
  g_set_str (&self->after, id);
  return torg_id_is_valid (id);
}

/* --- SQL ---------------------------------------------------------------------------------------------------------- */

/* A value in `extra`: its name is a plain word, or the schema would not have it. What another field of the name may
 * have left there, of another kind, counts as nothing. */
static char *
make_member (const TorgField *field, TorgDialect dialect)
{
  gboolean         money = field->kind == TORG_KIND_MONEY;
  const char      *scale = field->kind == TORG_KIND_NUMBER ? " * 10000" : "";
  g_autofree char *path = g_strconcat (field->name,
                                       !money                           ? ""
                                       : dialect == TORG_DIALECT_SQLITE ? ".minor"
                                                                        : ",minor",
                                       NULL);

  if (dialect == TORG_DIALECT_SQLITE && is_number (field))
    return g_strdup_printf ("CASE WHEN json_type(extra, '$.%s') IN ('integer', 'real') THEN "
                            "round(json_extract(extra, '$.%s')%s) END",
                            path, path, scale);
  if (dialect == TORG_DIALECT_SQLITE)
    return g_strdup_printf ("json_extract(extra, '$.%s')", path);
  if (!is_number (field))
    return g_strdup_printf ("(extra::json #>> '{%s}')", path);
  return g_strdup_printf ("CASE WHEN json_typeof(extra::json #> '{%s}') = 'number' THEN "
                          "(extra::json #>> '{%s}')::numeric%s END",
                          path, path, scale);
}

/**
 * torg_page_make_column:
 * @field: (nullable): a field; %NULL is the record's `seq`
 * @dialect: which SQL
 *
 * Writes by what records are compared, as an index has to have it.
 *
 * Returns: (transfer full): SQL
 */
char *
torg_page_make_column (const TorgField *field, TorgDialect dialect)
{
  if (field == NULL)
    return g_strdup (SEQ);
  if (is_custom (field))
    return make_member (field, dialect);
  return g_strdup_printf ("\"%s%s\"", field->name, field->kind == TORG_KIND_ZONED ? "_utc" : "");
}

static void
append_condition (GString *sql, TorgDialect dialect, Condition *condition, int *index)
{
  g_autofree char *column = torg_page_make_column (condition->field, dialect);
  gboolean         set = condition->field != NULL && is_set (condition->field);

  if (condition->op == NULL)
    {
      g_string_append_printf (sql, " AND %s IS NULL", column);
      return;
    }
  g_string_append (sql, " AND (");
  for (guint i = 0; i < condition->values->len; i++)
    {
      g_string_append (sql, i > 0 ? " OR " : "");
      /* Both databases know this one; the pattern has no sign of its own. */
      if (set)
        g_string_append_printf (sql, "replace(%s, ?%d, '') <> %s", column, *index, column);
      else
        g_string_append_printf (sql, "%s %s ?%d", column, condition->op, *index);
      (*index)++;
    }
  g_string_append_c (sql, ')');
}

/**
 * torg_page_append:
 * @dialect: which SQL
 * @sql: a query with its WHERE
 * @index: the next parameter
 *
 * Adds the conditions.
 *
 * Returns: the parameter after them
 */
int
torg_page_append (TorgPage *self, TorgDialect dialect, GString *sql, int index)
{
  g_autofree char *column = self->sort != NULL ? torg_page_make_column (self->sort, dialect) : NULL;

  for (guint i = 0; i < self->conditions->len; i++)
    append_condition (sql, dialect, self->conditions->pdata[i], &index);
  if (self->after == NULL)
    return index;
  if (column == NULL)
    g_string_append_printf (sql, " AND id > ?%d", index);
  else
    {
      /* Names are those that the schema declares; what is asked is bound. */
      g_autofree char *from = g_strdup_printf ("(SELECT %s FROM \"%s\" WHERE workspace = ?1 AND id = ?%d)", column,
                                               self->type->info->name, index);

      g_string_append_printf (sql,
                              " AND (%s %s %s OR (%s = %s AND id > ?%d) OR (%s IS NULL AND (%s IS NOT NULL OR "
                              "id > ?%d)))",
                              column, self->descending ? "<" : ">", from, column, from, index, column, from, index);
    }
  return index + 1;
}

/**
 * torg_page_append_order:
 * @dialect: which SQL
 * @sql: a query with its conditions
 *
 * Adds the order.
 */
void
torg_page_append_order (TorgPage *self, TorgDialect dialect, GString *sql)
{
  g_autofree char *column = self->sort != NULL ? torg_page_make_column (self->sort, dialect) : NULL;

  if (column == NULL)
    g_string_append (sql, " ORDER BY id");
  else
    g_string_append_printf (sql, " ORDER BY %s IS NULL, %s%s, id", column, column, self->descending ? " DESC" : "");
}

static void
bind (TorgStatement *statement, int index, const Bound *bound)
{
  if (bound->is_id)
    torg_statement_bind_id (statement, index, bound->text);
  else if (bound->is_text)
    torg_statement_bind_text (statement, index, bound->text);
  else
    torg_statement_bind_int (statement, index, bound->number);
}

/**
 * torg_page_bind:
 * @statement: the query
 * @index: as it was given to [method@Page.append]
 *
 * Binds what the conditions ask for.
 *
 * Returns: the parameter after them
 */
int
torg_page_bind (TorgPage *self, TorgStatement *statement, int index)
{
  for (guint i = 0; i < self->conditions->len; i++)
    {
      Condition *condition = self->conditions->pdata[i];

      for (guint j = 0; j < condition->values->len; j++)
        bind (statement, index++, &g_array_index (condition->values, Bound, j));
    }
  if (self->after == NULL)
    return index;
  torg_statement_bind_id (statement, index, self->after);
  return index + 1;
}
