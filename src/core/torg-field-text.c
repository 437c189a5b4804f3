/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-field-text.h"
#include "torg-email.h"
#include "torg-env.h"
#include "torg-error.h"
#include "torg-money.h"
#include "torg-phone.h"
#include "torg-record.h"
#include "torg-requisite.h"
#include "torg-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
fail (const TorgField *field, const char *text, GError **error)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” cannot be used for the field “%s”."), text,
               torg_field_get_label (field));
  return FALSE;
}

static gboolean
parse_choice (const TorgField *field, const char *text, TorgValue *value, GError **error)
{
  g_autofree char *wanted = torg_text_fold (text);

  for (const TorgChoice *choice = field->choices; choice != NULL && choice->key != NULL; choice++)
    {
      g_autofree char *key = torg_text_fold (choice->key);
      g_autofree char *label = torg_text_fold (torg_field_get_choice_label (field, choice->key));

      if (g_str_equal (wanted, key) || g_str_equal (wanted, label))
        {
          *value = torg_value_text (choice->key);
          return TRUE;
        }
    }
  return fail (field, text, error);
}

static gboolean
parse_zoned (const TorgField *field, const char *text, const TorgTextHints *hints, TorgValue *value, GError **error)
{
  TorgDateParts parts;
  g_autoptr (GTimeZone) local = NULL;
  g_autofree char *written = NULL;

  *value = torg_value_zoned (text);
  if (value->tag == TORG_VALUE_ZONED)
    return TRUE;
  if (!torg_date_parse_parts (text, hints->date_order, &parts, error))
    return FALSE;
  if (!parts.has_time)
    written = g_strdup_printf ("%04d-%02d-%02d", parts.year, parts.month, parts.day);
  else
    {
      local = g_time_zone_new_local ();
      written = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d %s", parts.year, parts.month, parts.day, parts.hour,
                                 parts.minute, g_time_zone_get_identifier (hints->zone != NULL ? hints->zone : local));
    }
  *value = torg_value_zoned (written);
  return value->tag == TORG_VALUE_ZONED || fail (field, text, error);
}

static gboolean
find_requisite (const char *name, const char *text, TorgRequisite *kind)
{
  if (g_strcmp0 (name, "inn") == 0)
    *kind = TORG_REQUISITE_INN;
  else if (g_strcmp0 (name, "kpp") == 0)
    *kind = TORG_REQUISITE_KPP;
  else if (g_strcmp0 (name, "ogrn") == 0)
    *kind = strlen (text) > 13 ? TORG_REQUISITE_OGRNIP : TORG_REQUISITE_OGRN;
  else if (g_strcmp0 (name, "bik") == 0)
    *kind = TORG_REQUISITE_BIK;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_requisite (const TorgField *field, const char *text, TorgValue *value, GError **error)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  TorgRequisite kind;

  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (digits, *at);
  /* An account is checked together with its BIK, by whoever knows both. */
  if (find_requisite (field->target, digits->str, &kind) && !torg_requisite_check (kind, digits->str, NULL, error))
    return FALSE;
  *value = torg_value_text (digits->str);
  return torg_field_validate (field, value, error);
}

static gboolean
parse_set (const char *text, TorgValue *value)
{
  g_auto (GStrv) items = NULL;

  if (text[0] == '[')
    {
      g_auto (TorgValue) given = torg_value_text (text);

      items = torg_value_dup_items (&given);
    }
  else
    {
      items = g_strsplit_set (text, ",;", -1);
      for (guint i = 0; items[i] != NULL; i++)
        g_strstrip (items[i]);
    }
  *value = torg_value_from_items ((const char *const *) items, TRUE);
  return TRUE;
}

static gboolean
parse_number (const TorgField *field, const char *text, const TorgTextHints *hints, TorgValue *value, GError **error)
{
  TorgValue parsed;
  gint64    number;

  if (!torg_number_parse (text, hints->decimal, &number, error))
    return FALSE;
  parsed = torg_value_int (number);
  if (!torg_field_validate (field, &parsed, error))
    return FALSE;
  *value = parsed;
  return TRUE;
}

/**
 * torg_field_parse:
 * @text: (nullable): as a person or a file writes the value; empty is null. A reference is an id.
 * @hints: (nullable): how it is to be understood
 * @value: (out): the value, to be cleared
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Reads a field's value from text.
 *
 * Returns: whether @text can be a value of the field
 */
gboolean
torg_field_parse (const TorgField     *field,
                  const char          *text,
                  const TorgTextHints *hints,
                  TorgValue           *value,
                  GError             **error)
{
  static const TorgTextHints none = { 0 };
  g_autofree char           *stripped = g_strstrip (g_strdup (text != NULL ? text : ""));

  *value = (TorgValue) TORG_VALUE_INIT;
  if (hints == NULL)
    hints = &none;
  if (stripped[0] == '\0')
    return TRUE;
  switch (field->kind)
    {
      case TORG_KIND_TEXT:
        *value = torg_value_text (stripped);
        return TRUE;
      case TORG_KIND_NUMBER:
        return parse_number (field, stripped, hints, value, error);
      case TORG_KIND_MONEY:
        return torg_money_parse (stripped, hints->currency != NULL ? hints->currency : "RUB", hints->decimal, value,
                                 error);
      case TORG_KIND_DATE:
        return torg_date_parse (stripped, hints->date_order, value, error);
      case TORG_KIND_MOMENT:
        return torg_moment_parse (stripped, hints->date_order, hints->zone, value, error);
      case TORG_KIND_ZONED:
        return parse_zoned (field, stripped, hints, value, error);
      case TORG_KIND_CHOICE:
        return parse_choice (field, stripped, value, error);
      case TORG_KIND_SET:
        return parse_set (stripped, value);
      case TORG_KIND_PHONE:
        return torg_phone_parse (stripped, hints->region != NULL ? hints->region : "RU", value, error);
      case TORG_KIND_EMAIL:
        return torg_email_parse (stripped, value, error);
      case TORG_KIND_REQUISITE:
        return parse_requisite (field, stripped, value, error);
      case TORG_KIND_REF:
      case TORG_KIND_FILE:
        *value = torg_value_text (stripped);
        if (torg_field_validate (field, value, NULL))
          return TRUE;
        torg_value_clear (value);
        return fail (field, stripped, error);
      default:
        g_return_val_if_reached (FALSE);
    }
}

static char *
format_phones (const TorgValue *value)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (value->text, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      g_autofree char *one = torg_phone_format (g_ptr_array_index (phones, i));

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }
  return g_string_free_and_steal (text);
}

static char *
format_time (GDateTime *time, gboolean all_day)
{
  if (all_day)
    return g_date_time_format (time, "%x");
  return g_date_time_format (time, C_ ("date and time, as for strftime", "%x, %H:%M"));
}

static char *
format_moment (gint64 when)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (when);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? format_time (local, FALSE) : g_strdup ("");
}

static char *
format_day (const char *text)
{
  int y = g_ascii_strtoll (text, NULL, 10), m = g_ascii_strtoll (text + 5, NULL, 10),
      d = g_ascii_strtoll (text + 8, NULL, 10);
  g_autoptr (GDateTime) time = g_date_time_new_local (y, m, d, 0, 0, 0);

  return time != NULL ? format_time (time, TRUE) : g_strdup (text);
}

static char *
format_items (const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);

  return g_strjoinv (", ", items);
}

/**
 * torg_field_format:
 * @value: a value of the field
 * @ref_title: (nullable): what a reference refers to is called
 *
 * Writes a field's value for people, in the user's language.
 *
 * Returns: (transfer full): text; empty for null
 */
char *
torg_field_format (const TorgField *field, const TorgValue *value, const char *ref_title)
{
  if (torg_value_is_null (value))
    return g_strdup ("");
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
        return torg_number_format_value (value->number, TORG_NUMBER_STYLE_LOCALE);
      case TORG_KIND_MONEY:
        return torg_money_format (value->number, value->currency, TORG_NUMBER_STYLE_LOCALE);
      case TORG_KIND_DATE:
        return format_day (value->text);
      case TORG_KIND_MOMENT:
        return format_moment (value->number);
      case TORG_KIND_ZONED:
        return strlen (value->text) == 10 ? format_day (value->text) : format_moment (value->number);
      case TORG_KIND_CHOICE:
        return g_strdup (torg_field_get_choice_label (field, value->text));
      case TORG_KIND_REF:
        return g_strdup (ref_title != NULL ? ref_title : _ ("not available to you"));
      case TORG_KIND_SET:
        return ref_title != NULL ? g_strdup (ref_title) : format_items (value);
      case TORG_KIND_EMAIL:
        return format_items (value);
      case TORG_KIND_PHONE:
        return format_phones (value);
      case TORG_KIND_TEXT:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
        return g_strdup (value->text);
      default:
        g_return_val_if_reached (NULL);
    }
}

/**
 * torg_field_to_plain:
 * @value: a value of the field
 * @ref_title: (nullable): what a reference refers to is called
 *
 * Writes a field's value for files: numbers with a point, dates in ISO 8601, choices by their key. What
 * [func@field_parse] reads back, but for references, which stand as titles.
 *
 * Returns: (transfer full): text; empty for null
 */
char *
torg_field_to_plain (const TorgField *field, const TorgValue *value, const char *ref_title)
{
  if (torg_value_is_null (value))
    return g_strdup ("");
  switch (field->kind)
    {
      case TORG_KIND_NUMBER:
        return torg_decimal_to_plain (value->number, 4);
      case TORG_KIND_MONEY:
        {
          g_autofree char *amount = torg_money_to_plain (value->number, value->currency);

          return g_strconcat (amount, " ", value->currency, NULL);
        }
      case TORG_KIND_MOMENT:
        {
          g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (value->number);

          return utc != NULL ? g_date_time_format_iso8601 (utc) : g_strdup ("");
        }
      case TORG_KIND_REF:
        return g_strdup (ref_title != NULL ? ref_title : value->text);
      case TORG_KIND_SET:
        return ref_title != NULL ? g_strdup (ref_title) : format_items (value);
      case TORG_KIND_EMAIL:
        return format_items (value);
      case TORG_KIND_PHONE:
        return format_phones (value);
      case TORG_KIND_TEXT:
      case TORG_KIND_DATE:
      case TORG_KIND_ZONED:
      case TORG_KIND_CHOICE:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
        return g_strdup (value->text);
      default:
        g_return_val_if_reached (NULL);
    }
}
