/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-env.h"
#include "torg-json.h"
#include "torg-page.h"

#include <json-glib/json-glib.h>

#include <string.h>

/*
 * Conditions are named by fields:
 *
 *   stage=ID,ID         one of these; of a set, those that have it
 *   company=            nothing
 *   amount.min=100      at least, of money in minor units; moments in microseconds, as ISO 8601 or as a day in UTC
 *   created.max=…       at most, of a day to its end
 *   since=SEQ           changed after this `seq`
 *
 * The order is that of ids, or of a field (`sort=created`, `sort=-amount`), the empty ones last, of texts by their
 * beginnings. A page begins after a place in the order, whatever became of the record that stood there: `next`, which
 * is an id, or what the record had in the field and its id.
 *
 * The company's own fields stand in the column `extra` as JSON and are asked like the others; but a planned time among
 * them is kept without its moment in UTC, so that it cannot be compared.
 */

#define MAX_VALUES 100
/* How much of a text counts in an order, in characters: it stands in `next`. */
#define SORT_LENGTH "100"
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
  Bound            place; /* what the record after which it begins had in the field */
  gboolean         empty; /* it had nothing */
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
  bound_clear (&self->place);
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
is_moment (const TorgField *field)
{
  return field->kind == TORG_KIND_MOMENT || field->kind == TORG_KIND_ZONED;
}

static gboolean
is_day (const char *text)
{
  return strlen (text) == strlen ("2026-01-31") && text[4] == '-' && text[7] == '-';
}

/* @is_end: of a day the end, else its beginning. */
static gboolean
read_moment (const char *text, gboolean is_end, gint64 *number)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) moment = NULL;
  g_autofree char *start = is_day (text) ? g_strconcat (text, "T00:00:00Z", NULL) : NULL;

  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL))
    return TRUE;
  moment = g_date_time_new_from_iso8601 (start != NULL ? start : text, utc);
  if (moment == NULL)
    return FALSE;
  *number = g_date_time_to_unix_usec (moment) + (start != NULL && is_end ? G_TIME_SPAN_DAY - 1 : 0);
  return TRUE;
}

static gboolean
read_number (const TorgField *field, const char *text, gboolean is_end, gint64 *number)
{
  g_autoptr (JsonNode) node = NULL;
  TorgValue value = TORG_VALUE_INIT;

  if (is_moment (field))
    return read_moment (text, is_end, number);
  if (field->kind == TORG_KIND_MONEY)
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL);
  node = json_from_string (text, NULL);
  if (node == NULL || !torg_value_from_json (node, field->kind, &value) || value.tag != TORG_VALUE_INT)
    return FALSE;
  *number = value.number;
  return TRUE;
}

static gboolean
is_date (const TorgField *field, const char *text)
{
  g_auto (TorgValue) value = torg_value_text (text);

  return torg_field_validate (field, &value, NULL);
}

static gboolean
read_bound (const TorgField *field, const char *text, gboolean is_end, Bound *bound)
{
  *bound = (Bound) { 0 };
  if (field == NULL)
    return g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &bound->number, NULL);
  if (is_number (field))
    return read_number (field, text, is_end, &bound->number);
  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 1000 ||
      (field->kind == TORG_KIND_DATE && !is_date (field, text)))
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
 * torg_page_holds_values:
 * @type: a type
 * @field: one of its fields
 *
 * Tells whether what stands in a field are values of other records' fields, whatever they are. Nobody asks by these:
 * some of them may be hidden.
 *
 * Returns: whether it is so
 */
gboolean
torg_page_holds_values (const TorgType *type, const char *field)
{
  static const char *const values[] = { "old", "new", "before", "proposed", "stayed", "along", NULL };

  return torg_type_find_field (type, "record_type") != NULL && g_strv_contains (values, field);
}

/**
 * torg_page_has_bounds:
 * @field: a field
 *
 * Tells whether there are `FIELD.min` and `FIELD.max`.
 *
 * Returns: whether there are
 */
gboolean
torg_page_has_bounds (const TorgField *field)
{
  return is_number (field) || field->kind == TORG_KIND_DATE;
}

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

static gboolean
add_values (Condition *condition, const char *text)
{
  gboolean is_end = g_str_equal (condition->op, "<="), is_equal = g_str_equal (condition->op, "=");
  g_auto (GStrv) values = is_equal ? g_strsplit (text, ",", MAX_VALUES + 1) : g_strsplit (text, ",", 1);

  if (values[0] == NULL || g_strv_length (values) > MAX_VALUES)
    return FALSE;
  for (guint i = 0; values[i] != NULL; i++)
    {
      Bound bound;

      /* No moment is a day; one day is asked for as all of it. */
      if (is_equal && condition->field != NULL && is_moment (condition->field) && is_day (values[i]))
        return FALSE;
      if (!read_bound (condition->field, values[i], is_end, &bound))
        return FALSE;
      g_array_append_val (condition->values, bound);
    }
  return TRUE;
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

  if (g_str_equal (name, "since"))
    condition = condition_new (NULL, ">");
  else if (field == NULL)
    return FALSE;
  else if (dot == NULL)
    condition = condition_new (field, *text != '\0' ? "=" : NULL);
  else if ((g_str_equal (dot, ".min") || g_str_equal (dot, ".max")) && torg_page_has_bounds (field))
    condition = condition_new (field, g_str_equal (dot, ".min") ? ">=" : "<=");
  else
    return FALSE;
  g_ptr_array_add (self->conditions, condition);
  if (condition->op == NULL)
    return TRUE;
  if (field != NULL && is_custom (field) && field->kind == TORG_KIND_ZONED)
    return FALSE;
  /* A moment that is a day is one within it. */
  if (field != NULL && is_moment (field) && dot == NULL && is_day (text))
    {
      Condition *end = condition_new (field, "<=");

      condition->op = ">=";
      g_ptr_array_add (self->conditions, end);
      return add_values (condition, text) && add_values (end, text);
    }
  return add_values (condition, text);
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

static JsonArray *
parse_next (const char *text, JsonNode **node)
{
  g_autoptr (GString) padded = g_string_new (text);
  g_autofree guchar *bytes = NULL;
  g_autofree char   *json = NULL;
  gsize              length;

  g_string_replace (padded, "-", "+", 0);
  g_string_replace (padded, "_", "/", 0);
  while (padded->len % 4 != 0)
    g_string_append_c (padded, '=');
  bytes = g_base64_decode (padded->str, &length);
  json = g_strndup ((const char *) bytes, length);
  *node = g_utf8_validate (json, -1, NULL) ? json_from_string (json, NULL) : NULL;
  return *node != NULL && JSON_NODE_HOLDS_ARRAY (*node) ? json_node_get_array (*node) : NULL;
}

static char *
write_sort (TorgPage *self)
{
  return g_strconcat (self->descending ? "-" : "", self->sort->name, NULL);
}

static const char *
get_text (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                          : NULL;
}

/* `[SORT, VALUE, ID]`; of another order it is none of this one. */
static gboolean
read_next (TorgPage *self, const char *text)
{
  g_autoptr (JsonNode) node = NULL;
  JsonArray       *array = strlen (text) < 4096 ? parse_next (text, &node) : NULL;
  g_autofree char *sort = write_sort (self);
  JsonNode        *value;

  if (array == NULL || json_array_get_length (array) != 3 || g_strcmp0 (get_text (array, 0), sort) != 0 ||
      !torg_id_is_valid (get_text (array, 2)))
    return FALSE;
  g_set_str (&self->after, get_text (array, 2));
  value = json_array_get_element (array, 1);
  self->empty = JSON_NODE_HOLDS_NULL (value);
  if (self->empty)
    return TRUE;
  self->place.is_text = !is_number (self->sort);
  if (self->place.is_text)
    {
      self->place.text = g_strdup (get_text (array, 1));
      return self->place.text != NULL;
    }
  if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_INT64)
    return FALSE;
  self->place.number = json_node_get_int (value);
  return TRUE;
}

/**
 * torg_page_set_after:
 * @text: an id, or where there is an order, what [method@Page.make_next] gave for it
 *
 * Begins after a place in the order, which is set before.
 *
 * Returns: whether it is one
 */
gboolean
torg_page_set_after (TorgPage *self, const char *text)
{
  bound_clear (&self->place);
  if (self->sort != NULL)
    return read_next (self, text);
  g_set_str (&self->after, text);
  return torg_id_is_valid (text);
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

/* By what records are put in order. */
static char *
make_sort_column (TorgPage *self, TorgDialect dialect)
{
  g_autofree char *column = torg_page_make_column (self->sort, dialect);

  return is_number (self->sort) ? g_steal_pointer (&column)
                                : g_strdup_printf ("substr(%s, 1, " SORT_LENGTH ")", column);
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
  g_autofree char *column = self->sort != NULL ? make_sort_column (self, dialect) : NULL;

  for (guint i = 0; i < self->conditions->len; i++)
    append_condition (sql, dialect, self->conditions->pdata[i], &index);
  if (self->after == NULL)
    return index;
  if (column == NULL)
    g_string_append_printf (sql, " AND id > ?%d", index);
  else if (self->empty)
    g_string_append_printf (sql, " AND %s IS NULL AND id > ?%d", column, index);
  else
    {
      /* Names are those that the schema declares; what is asked is bound. */
      g_string_append_printf (sql, " AND (%s %s ?%d OR (%s = ?%d AND id > ?%d) OR %s IS NULL)", column,
                              self->descending ? "<" : ">", index, column, index, index + 1, column);
      index++;
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
  g_autofree char *column = self->sort != NULL ? make_sort_column (self, dialect) : NULL;

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
  if (self->sort != NULL && !self->empty)
    bind (statement, index++, &self->place);
  torg_statement_bind_id (statement, index, self->after);
  return index + 1;
}

/* --- where the next page begins ------------------------------------------------------------------------------------
 */

static char *
write_next (TorgPage *self, TorgStatement *statement, const char *id)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray       *array = json_array_new ();
  g_autofree char *sort = write_sort (self), *json = NULL, *text = NULL;

  json_array_add_string_element (array, sort);
  if (torg_statement_is_null (statement, 0))
    json_array_add_null_element (array);
  else if (is_number (self->sort))
    json_array_add_int_element (array, torg_statement_get_int (statement, 0));
  else
    json_array_add_string_element (array, torg_statement_get_text (statement, 0));
  json_array_add_string_element (array, id);
  json_node_take_array (node, array);
  json = json_to_string (node, FALSE);
  text = g_base64_encode ((const guchar *) json, strlen (json));
  text[strcspn (text, "=")] = '\0';
  return g_strdelimit (g_strdelimit (g_steal_pointer (&text), "+", '-'), "/", '_');
}

/**
 * torg_page_make_next:
 * @db: the connection, in the transaction in which the page was read
 * @workspace: the company
 * @id: the last record of the page
 * @error: place for an error
 *
 * Says where the next page begins, in letters that an address can have.
 *
 * Returns: (transfer full) (nullable): the place
 */
char *
torg_page_make_next (TorgPage *self, TorgDb *db, gint64 workspace, const char *id, GError **error)
{
  g_autofree char *column = NULL;
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (self->sort == NULL)
    return g_strdup (id);
  column = make_sort_column (self, torg_db_get_dialect (db));
  g_string_append_printf (sql, "%s FROM \"%s\" WHERE workspace = ?1 AND id = ?2", column, self->type->info->name);
  statement = torg_db_prepare (db, sql->str, error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_int (statement, 1, workspace);
  torg_statement_bind_id (statement, 2, id);
  return torg_statement_step (statement, &row, error) ? write_next (self, statement, id) : NULL;
}
