/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-filter-words.h"
#include "torg-field-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/**
 * torg_filter_words_get_sense:
 * @session: the session
 *
 * Gives what filters depend on in this window.
 *
 * Returns: the user, the time and the schema, which lives as long as the session's
 */
TorgFilterSense
torg_filter_words_get_sense (TorgSession *session)
{
  return (TorgFilterSense) { torg_session_get_schema (session), torg_session_get_user (session),
                             torg_session_get_now (session), NULL };
}

/**
 * torg_filter_words_get_bound:
 * @field: a field that lies between two values
 *
 * Describes what the bounds are: of a moment they are days.
 *
 * Returns: a field like it
 */
TorgField
torg_filter_words_get_bound (const TorgField *field)
{
  TorgField bound = *field;

  if (field->kind == TORG_KIND_MOMENT || field->kind == TORG_KIND_ZONED)
    bound.kind = TORG_KIND_DATE;
  bound.least = bound.most = 0;
  return bound;
}

/**
 * torg_filter_words_value:
 * @session: the session
 * @field: the field
 * @value: one of a filter's values
 * @titles: (nullable): what records are called, by their ids
 *
 * Writes a value for people.
 *
 * Returns: (transfer full): text
 */
char *
torg_filter_words_value (TorgSession *session, const TorgField *field, const char *value, GHashTable *titles)
{
  TorgField     bound = torg_filter_words_get_bound (field);
  TorgTextHints hints = { .decimal = TORG_DECIMAL_POINT };
  g_auto (TorgValue) parsed = TORG_VALUE_INIT;
  const char *title = titles != NULL ? g_hash_table_lookup (titles, value) : NULL;
  char       *found;

  if (field->kind == TORG_KIND_CHOICE)
    return g_strdup (torg_field_get_choice_label (field, value));
  if (field->kind == TORG_KIND_REF || field->kind == TORG_KIND_SET)
    {
      if (g_str_equal (value, TORG_FILTER_ME))
        return g_strdup (C_ ("filter", "me"));
      if (title != NULL)
        return g_strdup (title);
      found = torg_lookup_dup_title (torg_session_get_lookup (session), value);
      if (found != NULL)
        return found;
      return g_strdup (field->target != NULL ? _ ("not available to you") : value);
    }
  if (!torg_field_parse (&bound, value, &hints, &parsed, NULL))
    return g_strdup (value);
  return torg_words_value (session, &bound, &parsed, NULL);
}

static char *
join_values (TorgSession *session, const TorgField *field, const TorgFilter *filter, GHashTable *titles)
{
  GString *text = g_string_new (NULL);

  for (char **value = filter->values; *value != NULL; value++)
    {
      g_autofree char *one = torg_filter_words_value (session, field, *value, titles);

      g_string_append_printf (text, "%s%s", value != filter->values ? ", " : "", one);
    }
  return g_string_free_and_steal (text);
}

static char *
write_between (TorgSession *session, const char *label, const TorgField *field, const TorgFilter *filter)
{
  g_autofree char *low = torg_filter_words_value (session, field, filter->values[0], NULL);
  g_autofree char *high = torg_filter_words_value (session, field, filter->values[1], NULL);
  gboolean         days = field->kind != TORG_KIND_NUMBER && field->kind != TORG_KIND_MONEY;

  if (*filter->values[0] != '\0' && *filter->values[1] != '\0')
    return g_strdup_printf ("%s: %s – %s", label, low, high);
  if (*filter->values[0] != '\0')
    return g_strdup_printf (days ? C_ ("filter by days", "%s: from %s") : C_ ("filter by amount", "%s: from %s"), label,
                            low);
  return g_strdup_printf (days ? C_ ("filter by days", "%s: up to %s") : C_ ("filter by amount", "%s: up to %s"), label,
                          high);
}

static char *
write_period (const char *label, const char *key)
{
  for (const TorgChoice *period = torg_filter_get_periods (); period->key != NULL; period++)
    if (g_str_equal (period->key, key))
      {
        g_autofree char *name = g_utf8_strdown (_ (period->label), -1);

        return g_strdup_printf ("%s: %s", label, name);
      }
  return g_strdup (label);
}

/**
 * torg_filter_words:
 * @session: the session
 * @type: the name of the type that is filtered
 * @filter: a filter
 * @titles: (nullable): what records are called, by their ids
 *
 * Writes a filter for people, such as “Region (company): Moscow”.
 *
 * Returns: (transfer full): text
 */
char *
torg_filter_words (TorgSession *session, const char *type, const TorgFilter *filter, GHashTable *titles)
{
  TorgFilterSense  sense = torg_filter_words_get_sense (session);
  const TorgType  *found = torg_schema_find (sense.schema, type);
  g_autofree char *label = NULL, *values = NULL;
  TorgPath         path;

  if (!torg_filter_is_valid (filter, &sense, found, NULL) || !torg_path_find (sense.schema, found, filter->path, &path))
    return g_strdup_printf (_ ("“%s” is no field any more"), filter->path);
  label = torg_path_dup_label (&path);
  switch (filter->op)
    {
      case TORG_FILTER_IS:
        values = join_values (session, path.field, filter, titles);
        return g_strdup_printf ("%s: %s", label, values);
      case TORG_FILTER_IS_NOT:
        values = join_values (session, path.field, filter, titles);
        return g_strdup_printf (C_ ("filter", "%s: not %s"), label, values);
      case TORG_FILTER_HAS:
        return g_strdup_printf (C_ ("filter", "%s: contains “%s”"), label, filter->values[0]);
      case TORG_FILTER_BETWEEN:
        return write_between (session, label, path.field, filter);
      case TORG_FILTER_PERIOD:
        return write_period (label, filter->values[0]);
      case TORG_FILTER_EMPTY:
        return g_strdup_printf (C_ ("filter", "%s: is empty"), label);
      case TORG_FILTER_FILLED:
        return g_strdup_printf (C_ ("filter", "%s: is filled in"), label);
      default:
        g_return_val_if_reached (NULL);
    }
}
