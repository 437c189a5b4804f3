/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-value-text.h"
#include "torg-field-text.h"
#include "torg-date.h"
#include "torg-email.h"
#include "torg-money.h"
#include "torg-number.h"
#include "torg-phone.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

static char *
edit_phones (const char *json)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (json, NULL);
  GString *joined = g_string_new (NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      g_autofree char *phone = torg_phone_format (g_ptr_array_index (phones, i));

      g_string_append_printf (joined, "%s%s", i > 0 ? ", " : "", phone);
    }
  return g_string_free_and_steal (joined);
}

static char *
edit_date (const char *date)
{
  int year, month, day;
  g_autoptr (GDateTime) when = NULL;

  if (date == NULL || sscanf (date, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return g_strdup (date != NULL ? date : "");
  when = g_date_time_new_local (year, month, day, 12, 0, 0);
  /* Translators: a date as it is typed into a field, read back day first unless it begins with the year */
  return when != NULL ? g_date_time_format (when, C_ ("typed date", "%Y-%m-%d")) : g_strdup (date);
}

/**
 * torg_value_text_edit:
 * @field: a field
 * @value: (nullable): its value
 *
 * Writes a value as it is typed into an entry.
 *
 * Returns: (transfer full): text, empty where there is no value
 */
char *
torg_value_text_edit (const TorgField *field, const TorgValue *value)
{
  if (value == NULL || torg_value_is_null (value))
    return g_strdup ("");
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
        return torg_number_format_value (value->number, TORG_NUMBER_STYLE_LOCALE);
      case TORG_KIND_MONEY:
        return torg_money_format (value->number, value->currency, TORG_NUMBER_STYLE_LOCALE);
      case TORG_KIND_DATE:
        return edit_date (torg_value_get_text (value));
      case TORG_KIND_PHONE:
        return edit_phones (torg_value_get_text (value));
      case TORG_KIND_EMAIL:
      case TORG_KIND_SET:
        {
          g_auto (GStrv) items = torg_value_dup_items (value);

          return items != NULL ? g_strjoinv (", ", items) : g_strdup ("");
        }
      default:
        return g_strdup (torg_value_get_text (value));
    }
}

/**
 * torg_value_text_parse:
 * @session: the session
 * @field: a field whose value is typed
 * @text: what was typed
 * @value: (out caller-allocates): the value; null for an empty text
 * @error: place for an error, in words for the user
 *
 * Reads a typed value and checks it.
 *
 * Returns: whether it can be saved
 */
gboolean
torg_value_text_parse (TorgSession *session, const TorgField *field, const char *text, TorgValue *value, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  TorgValue        parsed = TORG_VALUE_INIT;
  gboolean         good = TRUE;

  if (*stripped != '\0')
    switch (field->kind)
      {
        case TORG_KIND_NUMBER:
          {
            gint64 number = 0;

            good = torg_number_parse (stripped, TORG_DECIMAL_AUTO, &number, error);
            if (good)
              parsed = torg_value_int (number);
            break;
          }
        case TORG_KIND_MONEY:
          good = torg_money_parse (stripped, torg_session_get_currency (session), TORG_DECIMAL_AUTO, &parsed, error);
          break;
        case TORG_KIND_DATE:
          good = torg_date_parse (stripped, TORG_DATE_ORDER_AUTO, &parsed, error);
          break;
        case TORG_KIND_PHONE:
          good = torg_phone_parse (stripped, "RU", &parsed, error);
          break;
        case TORG_KIND_EMAIL:
          good = torg_email_parse (stripped, &parsed, error);
          break;
        case TORG_KIND_REQUISITE:
          good = torg_field_parse (field, stripped, NULL, &parsed, error);
          break;
        default:
          {
            g_autofree char *composed = g_utf8_normalize (stripped, -1, G_NORMALIZE_NFC);

            parsed = torg_value_text (composed != NULL ? composed : stripped);
            break;
          }
      }
  if (good)
    good = torg_field_validate (field, &parsed, error);
  if (!good)
    {
      torg_value_clear (&parsed);
      return FALSE;
    }
  *value = parsed;
  return TRUE;
}

/**
 * torg_value_text_zoned:
 * @when: a local time
 * @all_day: whether the time of day does not count
 *
 * Writes planned time as a `zoned` field holds it.
 *
 * Returns: (transfer full): text for [func@value_zoned]
 */
char *
torg_value_text_zoned (GDateTime *when, gboolean all_day)
{
  g_autofree char *time = NULL;

  if (all_day)
    return g_date_time_format (when, "%Y-%m-%d");
  time = g_date_time_format (when, "%Y-%m-%dT%H:%M");
  return g_strdup_printf ("%s %s", time, g_time_zone_get_identifier (g_date_time_get_timezone (when)));
}
