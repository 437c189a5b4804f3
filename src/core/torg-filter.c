/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-filter.h"
#include "torg-error.h"
#include "torg-field-text.h"
#include "torg-json.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* What a view may hold: more is nothing that a person has set. */
#define MOST_FILTERS 100
#define MOST_VALUES 1000
#define MOST_LENGTH 1000

static const char *const op_names[] = { "is", "is_not", "has", "between", "period", "empty", "filled" };

G_STATIC_ASSERT (G_N_ELEMENTS (op_names) == TORG_FILTER_N_OPS);

static const TorgChoice periods[] = {
  { "today", N_ ("Today") },
  { "yesterday", N_ ("Yesterday") },
  { "tomorrow", N_ ("Tomorrow") },
  { "this_week", N_ ("This week") },
  { "last_week", N_ ("Last week") },
  { "next_week", N_ ("Next week") },
  { "this_month", N_ ("This month") },
  { "last_month", N_ ("Last month") },
  { "next_month", N_ ("Next month") },
  { "this_quarter", N_ ("This quarter") },
  { "last_quarter", N_ ("Last quarter") },
  { "next_quarter", N_ ("Next quarter") },
  { "this_year", N_ ("This year") },
  { "last_year", N_ ("Last year") },
  { "past", N_ ("Before today") },
  { "future", N_ ("After today") },
  { NULL, NULL },
};

static gboolean
is_time (const TorgField *field)
{
  return field->kind == TORG_KIND_DATE || field->kind == TORG_KIND_MOMENT || field->kind == TORG_KIND_ZONED;
}

static gboolean
is_amount (const TorgField *field)
{
  return field->kind == TORG_KIND_NUMBER || field->kind == TORG_KIND_MONEY;
}

static gboolean
is_chosen (const TorgField *field)
{
  return field->kind == TORG_KIND_CHOICE || field->kind == TORG_KIND_REF || field->kind == TORG_KIND_SET;
}

static gboolean
fail (const TorgFilter *self, GError **error)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The filter by “%s” cannot be used."), self->path);
  return FALSE;
}

/* --- days ------------------------------------------------------------------------------------------------------------
 */

static GDateTime *
get_today (const TorgFilterSense *sense)
{
  g_autoptr (GTimeZone) local = sense->zone == NULL ? g_time_zone_new_local () : NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (sense->now);
  g_autoptr (GDateTime) here = g_date_time_to_timezone (utc, sense->zone != NULL ? sense->zone : local);

  /* Days are counted where no clock is changed. */
  return g_date_time_new_utc (g_date_time_get_year (here), g_date_time_get_month (here),
                              g_date_time_get_day_of_month (here), 0, 0, 0);
}

static char *
write_day (GDateTime *day)
{
  return g_date_time_format (day, "%Y-%m-%d");
}

static GDateTime *
first_of_month (GDateTime *day, int month)
{
  return g_date_time_new_utc (g_date_time_get_year (day), month, 1, 0, 0, 0);
}

/* The first day of a period that is named by its length, and how it goes on from there. */
static gboolean
begin_period (const char *unit, GDateTime *today, GDateTime **first, int *days, int *months)
{
  *days = *months = 0;
  if (g_str_equal (unit, "week"))
    {
      *first = g_date_time_add_days (today, 1 - g_date_time_get_day_of_week (today));
      *days = 7;
      return TRUE;
    }
  if (g_str_equal (unit, "month"))
    {
      *first = first_of_month (today, g_date_time_get_month (today));
      *months = 1;
    }
  else if (g_str_equal (unit, "quarter"))
    {
      *first = first_of_month (today, (g_date_time_get_month (today) - 1) / 3 * 3 + 1);
      *months = 3;
    }
  else if (g_str_equal (unit, "year"))
    {
      *first = first_of_month (today, 1);
      *months = 12;
    }
  else
    return FALSE;
  return TRUE;
}

static void
set_days (GDateTime *today, int from, int to, char **low, char **high)
{
  g_autoptr (GDateTime) first = g_date_time_add_days (today, from);
  g_autoptr (GDateTime) last = g_date_time_add_days (today, to);

  *low = write_day (first);
  *high = write_day (last);
}

/* Gives the first and the last day of a period; either may be missing. */
static gboolean
find_period (const char *name, GDateTime *today, char **low, char **high)
{
  const char *unit = strchr (name, '_');
  g_autoptr (GDateTime) first = NULL, from = NULL, after = NULL, last = NULL;
  int step, days, months;

  if (g_str_equal (name, "today") || g_str_equal (name, "yesterday") || g_str_equal (name, "tomorrow"))
    {
      step = name[0] == 'y' ? -1 : name[2] == 'm' ? 1 : 0;
      set_days (today, step, step, low, high);
      return TRUE;
    }
  if (g_str_equal (name, "past") || g_str_equal (name, "future"))
    {
      set_days (today, 1, -1, low, high);
      g_clear_pointer (name[0] == 'p' ? low : high, g_free);
      return TRUE;
    }
  if (unit == NULL || !begin_period (unit + 1, today, &first, &days, &months))
    return FALSE;
  step = g_str_has_prefix (name, "last_") ? -1 : g_str_has_prefix (name, "next_") ? 1 : 0;
  from = days > 0 ? g_date_time_add_days (first, days * step) : g_date_time_add_months (first, months * step);
  after = days > 0 ? g_date_time_add_days (from, days) : g_date_time_add_months (from, months);
  last = g_date_time_add_days (after, -1);
  *low = write_day (from);
  *high = write_day (last);
  return TRUE;
}

/* When a day begins, or the one after it. */
static gboolean
find_instant (const TorgFilterSense *sense, const char *day, int later, gint64 *instant)
{
  g_autoptr (GTimeZone) local = sense->zone == NULL ? g_time_zone_new_local () : NULL;
  g_autoptr (GDateTime) begin = NULL, wanted = NULL;
  int year, month, of_month;

  if (sscanf (day, "%4d-%2d-%2d", &year, &month, &of_month) != 3)
    return FALSE;
  begin = g_date_time_new (sense->zone != NULL ? sense->zone : local, year, month, of_month, 0, 0, 0);
  wanted = begin != NULL ? g_date_time_add_days (begin, later) : NULL;
  if (wanted == NULL)
    return FALSE;
  *instant = g_date_time_to_unix_usec (wanted);
  return TRUE;
}

static char *
dup_day_after (const char *day)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  TorgFilterSense sense = { NULL, NULL, 0, utc };
  g_autoptr (GDateTime) after = NULL;
  gint64 instant;

  if (!find_instant (&sense, day, 1, &instant))
    return g_strdup (day);
  after = g_date_time_new_from_unix_utc_usec (instant);
  return write_day (after);
}

/* --- conditions
 * -------------------------------------------------------------------------------------------------------- */

static void
add_value (TorgQuery *query, const TorgFilter *self, TorgMatch match, TorgValue value)
{
  g_auto (TorgValue) owned = value;

  if (query != NULL)
    torg_query_add (query, self->path, match, &owned);
}

static gboolean
add_day (TorgQuery             *query,
         const TorgFilter      *self,
         const TorgFilterSense *sense,
         const TorgField       *field,
         const char            *day,
         gboolean               high)
{
  gint64 instant;

  if (day == NULL || *day == '\0')
    return TRUE;
  if (!torg_date_is_valid (day))
    return FALSE;
  /* Planned time of the company's own fields is text, which begins with the day. */
  if (field->kind == TORG_KIND_ZONED && (field->flags & TORG_FIELD_CUSTOM) != 0)
    {
      g_autofree char *bound = high ? dup_day_after (day) : g_strdup (day);

      add_value (query, self, high ? TORG_MATCH_LESS : TORG_MATCH_AT_LEAST, torg_value_text (bound));
    }
  else if (field->kind == TORG_KIND_DATE)
    add_value (query, self, high ? TORG_MATCH_AT_MOST : TORG_MATCH_AT_LEAST, torg_value_text (day));
  else if (find_instant (sense, day, high ? 1 : 0, &instant))
    add_value (query, self, high ? TORG_MATCH_LESS : TORG_MATCH_AT_LEAST, torg_value_int (instant));
  else
    return FALSE;
  return TRUE;
}

static gboolean
add_amount (TorgQuery *query, const TorgFilter *self, const TorgField *field, const char *text, TorgMatch match)
{
  TorgTextHints hints = { .decimal = TORG_DECIMAL_POINT };
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (*text == '\0')
    return TRUE;
  /* A bound may be one that no record can have. */
  if (field->kind == TORG_KIND_NUMBER)
    {
      gint64 number;

      if (!torg_number_parse (text, TORG_DECIMAL_POINT, &number, NULL))
        return FALSE;
      value = torg_value_int (number);
    }
  else if (!torg_field_parse (field, text, &hints, &value, NULL))
    return FALSE;
  if (query != NULL)
    torg_query_add (query, self->path, match, &value);
  return TRUE;
}

static gboolean
add_between (TorgQuery *query, const TorgFilter *self, const TorgFilterSense *sense, const TorgField *field)
{
  const char *low = self->values[0];
  const char *high = low != NULL ? self->values[1] : NULL;

  if (low == NULL || high == NULL || self->values[2] != NULL || (*low == '\0' && *high == '\0'))
    return FALSE;
  if (is_time (field))
    return add_day (query, self, sense, field, low, FALSE) && add_day (query, self, sense, field, high, TRUE);
  return add_amount (query, self, field, low, TORG_MATCH_AT_LEAST) &&
         add_amount (query, self, field, high, TORG_MATCH_AT_MOST);
}

static gboolean
add_period (TorgQuery *query, const TorgFilter *self, const TorgFilterSense *sense, const TorgField *field)
{
  g_autoptr (GDateTime) today = get_today (sense);
  g_autofree char *low = NULL, *high = NULL;

  if (self->values[0] == NULL || self->values[1] != NULL || !find_period (self->values[0], today, &low, &high))
    return FALSE;
  return add_day (query, self, sense, field, low, FALSE) && add_day (query, self, sense, field, high, TRUE);
}

static char *
dup_one (const TorgFilterSense *sense, const TorgField *field, const char *value)
{
  g_autofree char *target = torg_field_dup_target_type (field);

  if (g_strcmp0 (target, "user") == 0 && g_str_equal (value, TORG_FILTER_ME))
    return g_strdup (sense->user != NULL ? sense->user : "");
  return g_strdup (value);
}

static gboolean
add_values (TorgQuery *query, const TorgFilter *self, const TorgFilterSense *sense, const TorgField *field)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) items = NULL;
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  gboolean is = self->op == TORG_FILTER_IS;
  gboolean one;

  if (self->values[0] == NULL)
    return FALSE;
  for (char **at = self->values; *at != NULL; at++)
    g_strv_builder_take (builder, dup_one (sense, field, *at));
  items = g_strv_builder_end (builder);
  /* One value is what the counters and the indexes serve. */
  one = is && items[1] == NULL && field->kind != TORG_KIND_SET && *items[0] != '\0';
  value = one ? torg_value_text (items[0]) : torg_value_from_items ((const char *const *) items, TRUE);
  if (query != NULL)
    torg_query_add (query, self->path, one ? TORG_MATCH_IS : is ? TORG_MATCH_ANY_OF : TORG_MATCH_NONE_OF, &value);
  return !torg_value_is_null (&value);
}

static gboolean
add_condition (TorgQuery *query, const TorgFilter *self, const TorgFilterSense *sense, const TorgField *field)
{
  switch (self->op)
    {
      case TORG_FILTER_IS:
      case TORG_FILTER_IS_NOT:
        return add_values (query, self, sense, field);
      case TORG_FILTER_HAS:
        if (self->values[0] == NULL || *self->values[0] == '\0' || self->values[1] != NULL)
          return FALSE;
        add_value (query, self, TORG_MATCH_HAS, torg_value_text (self->values[0]));
        return TRUE;
      case TORG_FILTER_BETWEEN:
        return add_between (query, self, sense, field);
      case TORG_FILTER_PERIOD:
        return add_period (query, self, sense, field);
      case TORG_FILTER_EMPTY:
      case TORG_FILTER_FILLED:
        add_value (query, self, self->op == TORG_FILTER_EMPTY ? TORG_MATCH_IS : TORG_MATCH_IS_NOT,
                   (TorgValue) TORG_VALUE_INIT);
        return self->values[0] == NULL;
      default:
        g_return_val_if_reached (FALSE);
    }
}

static gboolean
add (const TorgFilter *self, const TorgFilterSense *sense, const TorgType *type, TorgQuery *query, GError **error)
{
  TorgPath path;

  if (type == NULL || !torg_path_find (sense->schema, type, self->path, &path) ||
      !torg_filter_takes (path.field, self->op) || !add_condition (query, self, sense, path.field))
    return fail (self, error);
  return TRUE;
}

/**
 * torg_filter_new:
 * @path: a field, see [func@path_find]
 * @op: how it compares
 * @values: (nullable) (array zero-terminated=1): with what
 *
 * Makes a filter.
 *
 * Returns: (transfer full): a new filter
 */
TorgFilter *
torg_filter_new (const char *path, TorgFilterOp op, const char *const *values)
{
  TorgFilter *self = g_new0 (TorgFilter, 1);

  self->path = g_strdup (path);
  self->op = op;
  self->values = values != NULL ? g_strdupv ((char **) values) : g_new0 (char *, 1);
  return self;
}

/**
 * torg_filter_copy:
 *
 * Copies a filter.
 *
 * Returns: (transfer full): a new filter
 */
TorgFilter *
torg_filter_copy (const TorgFilter *self)
{
  return torg_filter_new (self->path, self->op, (const char *const *) self->values);
}

/**
 * torg_filter_free:
 * @self: (transfer full): a filter
 *
 * Frees a filter.
 */
void
torg_filter_free (TorgFilter *self)
{
  g_free (self->path);
  g_strfreev (self->values);
  g_free (self);
}

/**
 * torg_filter_is_valid:
 * @sense: what it depends on
 * @type: the type of the records
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Tells whether a filter can be used on records of a type.
 *
 * Returns: whether it can
 */
gboolean
torg_filter_is_valid (const TorgFilter *self, const TorgFilterSense *sense, const TorgType *type, GError **error)
{
  return add (self, sense, type, NULL, error);
}

/**
 * torg_filter_add_to:
 * @sense: what it depends on
 * @query: a query
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Adds a filter to a query, which is left as it was where that cannot be.
 *
 * Returns: whether it was added
 */
gboolean
torg_filter_add_to (const TorgFilter *self, const TorgFilterSense *sense, TorgQuery *query, GError **error)
{
  const TorgType *type = torg_schema_find (sense->schema, torg_query_get_kind (query));

  return torg_filter_is_valid (self, sense, type, error) && add (self, sense, type, query, error);
}

/**
 * torg_filter_takes:
 * @field: a field
 * @op: how to compare
 *
 * Tells whether a field can be compared so.
 *
 * Returns: whether it can
 */
gboolean
torg_filter_takes (const TorgField *field, TorgFilterOp op)
{
  switch (op)
    {
      case TORG_FILTER_IS:
      case TORG_FILTER_IS_NOT:
        return is_chosen (field);
      case TORG_FILTER_HAS:
        return !is_chosen (field) && !is_time (field) && !is_amount (field) && field->kind != TORG_KIND_FILE;
      case TORG_FILTER_BETWEEN:
        return is_time (field) || is_amount (field);
      case TORG_FILTER_PERIOD:
        return is_time (field);
      case TORG_FILTER_EMPTY:
      case TORG_FILTER_FILLED:
        return TRUE;
      default:
        return FALSE;
    }
}

/**
 * torg_filter_get_op_label:
 * @field: a field
 * @op: how to compare
 *
 * Tells what a comparison is called.
 *
 * Returns: (transfer none): text in the user's language
 */
const char *
torg_filter_get_op_label (const TorgField *field, TorgFilterOp op)
{
  switch (op)
    {
      case TORG_FILTER_IS:
        return C_ ("filter", "is one of");
      case TORG_FILTER_IS_NOT:
        return C_ ("filter", "is none of");
      case TORG_FILTER_HAS:
        return C_ ("filter", "contains");
      case TORG_FILTER_BETWEEN:
        return is_time (field) ? C_ ("filter", "from a day to a day") : C_ ("filter", "from – to");
      case TORG_FILTER_PERIOD:
        return C_ ("filter", "in a period");
      case TORG_FILTER_EMPTY:
        return C_ ("filter", "is empty");
      case TORG_FILTER_FILLED:
        return C_ ("filter", "is filled in");
      default:
        g_return_val_if_reached (NULL);
    }
}

/**
 * torg_filter_get_periods:
 *
 * Gives the periods that are seen from today, with untranslated labels. Weeks begin on Monday.
 *
 * Returns: (transfer none) (array): the periods, ending with a %NULL key
 */
const TorgChoice *
torg_filter_get_periods (void)
{
  return periods;
}

/* --- JSON
 * ---------------------------------------------------------------------------------------------------------------- */

/**
 * torg_filters_to_json:
 * @filters: (element-type TorgFilter): filters
 *
 * Writes filters as text.
 *
 * Returns: (transfer full): JSON
 */
char *
torg_filters_to_json (GPtrArray *filters)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < filters->len; i++)
    {
      const TorgFilter *filter = g_ptr_array_index (filters, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "path");
      json_builder_add_string_value (builder, filter->path);
      json_builder_set_member_name (builder, "op");
      json_builder_add_string_value (builder, op_names[filter->op]);
      json_builder_set_member_name (builder, "values");
      json_builder_begin_array (builder);
      for (char **value = filter->values; *value != NULL; value++)
        json_builder_add_string_value (builder, *value);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static gboolean
find_op (const char *name, TorgFilterOp *op)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (op_names); i++)
    if (g_str_equal (name, op_names[i]))
      {
        *op = (TorgFilterOp) i;
        return TRUE;
      }
  return FALSE;
}

static TorgFilter *
read_filter (JsonNode *node)
{
  JsonObject  *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char  *path = object != NULL ? torg_json_get_text (object, "path") : NULL;
  JsonNode    *values = object != NULL ? json_object_get_member (object, "values") : NULL;
  JsonArray   *array = values != NULL && JSON_NODE_HOLDS_ARRAY (values) ? json_node_get_array (values) : NULL;
  TorgFilterOp op;
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (path == NULL || strlen (path) > MOST_LENGTH || !find_op (torg_json_get_text (object, "op"), &op) ||
      array == NULL || json_array_get_length (array) > MOST_VALUES)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode   *item = json_array_get_element (array, i);
      const char *text = json_node_get_value_type (item) == G_TYPE_STRING ? json_node_get_string (item) : NULL;

      if (text == NULL || strlen (text) > MOST_LENGTH)
        return NULL;
      g_strv_builder_add (items, text);
    }
  list = g_strv_builder_end (items);
  return torg_filter_new (path, op, (const char *const *) list);
}

/**
 * torg_filters_from_json:
 * @json: text
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads what [func@filters_to_json] wrote; whether the fields are there is not asked.
 *
 * Returns: (transfer full) (element-type TorgFilter) (nullable): the filters
 */
GPtrArray *
torg_filters_from_json (const char *json, GError **error)
{
  g_autoptr (GPtrArray) filters = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_filter_free);
  g_autoptr (JsonNode) root = torg_json_is_shallow (json, strlen (json), 4) ? json_from_string (json, NULL) : NULL;
  JsonArray *array = root != NULL && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      TorgFilter *filter = i < MOST_FILTERS ? read_filter (json_array_get_element (array, i)) : NULL;

      if (filter == NULL)
        array = NULL;
      else
        g_ptr_array_add (filters, filter);
    }
  if (array == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("These are no filters that Torg can read."));
      return NULL;
    }
  return g_steal_pointer (&filters);
}
