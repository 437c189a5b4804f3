/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-change-words.h"
#include "torg-json.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/**
 * torg_change_words_find_field:
 * @session: the session
 * @change: a line of history
 *
 * Finds the field that a change is about.
 *
 * Returns: (transfer none) (nullable): the field; %NULL for a record that was made, deleted or brought back
 */
const TorgField *
torg_change_words_find_field (TorgSession *session, TorgRecord *change)
{
  const char     *type_name = torg_record_get_text (change, "record_type");
  const char     *field_name = torg_record_get_text (change, "field");
  const TorgType *type = type_name != NULL ? torg_schema_find (torg_session_get_schema (session), type_name) : NULL;

  return type != NULL && field_name != NULL ? torg_type_find_field (type, field_name) : NULL;
}

/* @side: `old` or `new` */
static char *
say_side (TorgSession *session, const TorgField *field, TorgRow *row, const char *side)
{
  const char *json = torg_record_get_text (torg_row_get_record (row), side);
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (json == NULL || !torg_value_from_json_text (json, field->kind, &value) || torg_value_is_null (&value))
    return g_strdup ("—");
  return torg_words_value (session, field, &value, torg_row_get_ref_title (row, side));
}

/**
 * torg_change_words_get_old:
 * @change: a line of history
 * @field: the field that it is about
 * @value: (out): the value before the change
 *
 * Gives the value before a change.
 *
 * Returns: whether it can be told
 */
gboolean
torg_change_words_get_old (TorgRecord *change, const TorgField *field, TorgValue *value)
{
  const char *json = torg_record_get_text (change, "old");

  torg_value_clear (value);
  return json == NULL || torg_value_from_json_text (json, field->kind, value);
}

/**
 * torg_change_words_values:
 * @session: the session
 * @row: a filled row of a line of history
 * @field: the field that it is about
 *
 * Says a change: the value before and after.
 *
 * Returns: (transfer full): words
 */
char *
torg_change_words_values (TorgSession *session, TorgRow *row, const TorgField *field)
{
  g_autofree char *before = say_side (session, field, row, "old");
  g_autofree char *after = say_side (session, field, row, "new");

  return g_strdup_printf ("%s → %s", before, after);
}

/**
 * torg_change_words_when:
 * @session: the session
 * @row: a filled row of a line of history
 *
 * Says when something was changed, and by whom.
 *
 * Returns: (transfer full): words
 */
char *
torg_change_words_when (TorgSession *session, TorgRow *row)
{
  TorgRecord      *change = torg_row_get_record (row);
  g_autofree char *when =
    torg_words_moment (torg_record_get_number (change, "at"), FALSE, torg_session_get_now (session));
  g_autofree char *author =
    torg_lookup_dup_title (torg_session_get_lookup (session), torg_record_get_text (change, "author"));

  return author != NULL ? g_strdup_printf ("%s · %s", when, author) : g_steal_pointer (&when);
}

/**
 * torg_change_words_title:
 * @session: the session
 * @row: a filled row of a line of history
 *
 * Says what was changed: “Stage: New → Negotiation”.
 *
 * Returns: (transfer full): words
 */
char *
torg_change_words_title (TorgSession *session, TorgRow *row)
{
  TorgRecord      *change = torg_row_get_record (row);
  const TorgField *field = torg_change_words_find_field (session, change);
  g_autofree char *values = NULL;

  if (field != NULL)
    {
      values = torg_change_words_values (session, row, field);
      return g_strdup_printf ("%s: %s", torg_field_get_label (field), values);
    }
  if (torg_record_get_text (change, "field") == NULL)
    return g_strdup (_ ("Record made"));
  return g_strdup (torg_record_get_text (change, "new") != NULL ? _ ("Deleted") : _ ("Brought back"));
}
