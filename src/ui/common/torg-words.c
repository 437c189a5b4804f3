/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-words.h"
#include "torg-legal-form.h"
#include "torg-money.h"
#include "torg-number.h"
#include "torg-phone.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

static const struct
{
  const char *name;
  const char *icon;
} type_icons[] = {
  { "deal", "torg-deal-symbolic" },       { "lead", "torg-chat-symbolic" },          { "company", "torg-company-symbolic" },
  { "deal_contact", "torg-clients-symbolic" },
  { "person", "torg-clients-symbolic" },  { "product", "torg-catalog-symbolic" },    { "activity", "torg-task-symbolic" },
  { "attachment", "torg-file-symbolic" }, { "legal_entity", "torg-file-symbolic" }, { "tag", "torg-tag-symbolic" },
}, kind_icons[] = {
  { "task", "torg-task-symbolic" },   { "call", "torg-call-symbolic" }, { "meeting", "torg-meeting-symbolic" },
  { "mail", "torg-letter-symbolic" }, { "sms", "torg-chat-symbolic" },  { "chat", "torg-chat-symbolic" },
  { "note", "torg-note-symbolic" },
};

/* The days since 0001-01-01 of a moment in the local time zone. */
static int
local_day (gint64 moment)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (moment);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) g_date_time_get_day_of_month (local), (GDateMonth) g_date_time_get_month (local),
                  (GDateYear) g_date_time_get_year (local));
  return (int) g_date_get_julian (&date);
}

/**
 * torg_words_days:
 * @from: a moment, microseconds UTC
 * @to: another
 *
 * Counts the midnights between two moments in the local time zone.
 *
 * Returns: how many; below 0 where @to is the earlier
 */
int
torg_words_days (gint64 from, gint64 to)
{
  return local_day (to) - local_day (from);
}

static char *
format_day (GDateTime *when, gint64 now)
{
  g_autoptr (GDateTime) today_utc = g_date_time_new_from_unix_utc_usec (now);
  g_autoptr (GDateTime) today = g_date_time_to_local (today_utc);

  if (g_date_time_get_year (today) == g_date_time_get_year (when))
    /* Translators: a date of this year, as in g_date_time_format(); xgettext:no-c-format */
    return g_date_time_format (when, C_ ("date", "%b %-e"));
  /* Translators: a date of another year, as in g_date_time_format(); xgettext:no-c-format */
  return g_date_time_format (when, C_ ("date", "%b %-e, %Y"));
}

/**
 * torg_words_date:
 * @date: (nullable): `YYYY-MM-DD`
 * @now: the time, microseconds UTC
 *
 * Says a date shortly, without the year where it is this one.
 *
 * Returns: (transfer full): words, empty where there is no date
 */
char *
torg_words_date (const char *date, gint64 now)
{
  int year, month, day;
  g_autoptr (GDateTime) when = NULL;

  if (date == NULL || sscanf (date, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return g_strdup (date != NULL ? date : "");
  when = g_date_time_new_local (year, month, day, 12, 0, 0);
  return when != NULL ? format_day (when, now) : g_strdup (date);
}

/**
 * torg_words_is_overdue:
 * @activity: an activity
 * @now: the time
 *
 * Tells whether its time has passed; what is to be done some time on a day has until the day ends.
 *
 * Returns: whether it has
 */
gboolean
torg_words_is_overdue (TorgRecord *activity, gint64 now)
{
  const char *due = torg_record_get_text (activity, "due");
  gint64      moment = torg_record_get_number (activity, "due");

  return due != NULL && torg_value_is_null (torg_record_get (activity, "done")) && moment < now &&
         (strchr (due, 'T') != NULL || torg_words_days (moment, now) > 0);
}

/**
 * torg_words_overdue:
 * @due: a moment that is over, microseconds UTC
 * @now: the time
 *
 * Says by how much something is overdue: days, on the same day hours or minutes.
 *
 * Returns: (transfer full): words
 */
char *
torg_words_overdue (gint64 due, gint64 now)
{
  int days = torg_words_days (due, now);
  int minutes = (int) ((now - due) / (60 * G_USEC_PER_SEC));

  if (days > 0)
    return g_strdup_printf (ngettext ("Overdue by %d day", "Overdue by %d days", (gulong) days), days);
  if (minutes >= 60)
    return g_strdup_printf (ngettext ("Overdue by %d hour", "Overdue by %d hours", (gulong) (minutes / 60)),
                            minutes / 60);
  return g_strdup_printf (ngettext ("Overdue by %d minute", "Overdue by %d minutes", (gulong) minutes), minutes);
}

/**
 * torg_words_moment:
 * @moment: microseconds UTC
 * @all_day: whether the time of day does not count
 * @now: the time
 *
 * Says a moment shortly: “Today 15:00”.
 *
 * Returns: (transfer full): words
 */
char *
torg_words_moment (gint64 moment, gboolean all_day, gint64 now)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (moment);
  g_autoptr (GDateTime) when = g_date_time_to_local (utc);
  int              days = torg_words_days (now, moment);
  g_autofree char *day = NULL;
  g_autofree char *time = NULL;

  if (days == 0)
    day = g_strdup (_ ("Today"));
  else if (days == 1)
    day = g_strdup (_ ("Tomorrow"));
  else if (days == -1)
    day = g_strdup (_ ("Yesterday"));
  else
    day = format_day (when, now);
  if (all_day)
    return g_steal_pointer (&day);
  time = g_date_time_format (when, "%H:%M");
  /* Translators: a day and a time: “Today 15:00” */
  return g_strdup_printf (C_ ("day and time", "%s %s"), day, time);
}

/**
 * torg_words_title:
 * @record: a record
 *
 * Tells what a record is called, in any case something.
 *
 * Returns: (transfer full): its title
 */
char *
torg_words_title (TorgRecord *record)
{
  char *title = torg_record_dup_title (record);

  if (title != NULL && *title != '\0')
    return title;
  g_free (title);
  return g_strdup (_ ("No name"));
}

static char *
join_set (TorgSession *session, const TorgField *field, const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);
  GString *joined = g_string_new (NULL);

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_autofree char *title = torg_lookup_dup_title (torg_session_get_lookup (session), items[i]);

      if (i > 0)
        g_string_append (joined, ", ");
      g_string_append (joined, title != NULL || field->target == NULL ? (title != NULL ? title : items[i]) : "…");
    }
  return g_string_free_and_steal (joined);
}

static char *
join_phones (const TorgValue *value)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (torg_value_get_text (value), NULL);
  GString *joined = g_string_new (NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      g_autofree char *phone = torg_phone_format (g_ptr_array_index (phones, i));

      if (i > 0)
        g_string_append (joined, ", ");
      g_string_append (joined, phone);
    }
  return g_string_free_and_steal (joined);
}

/**
 * torg_words_value:
 * @session: the session
 * @field: a field
 * @value: (nullable): its value
 * @ref_title: (nullable): for a reference, what it refers to is called
 *
 * Says a value as it is read, on one line.
 *
 * Returns: (transfer full): words, empty where there is no value
 */
char *
torg_words_value (TorgSession *session, const TorgField *field, const TorgValue *value, const char *ref_title)
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
        return torg_words_date (torg_value_get_text (value), torg_session_get_now (session));
      case TORG_KIND_MOMENT:
        return torg_words_moment (value->number, FALSE, torg_session_get_now (session));
      case TORG_KIND_ZONED:
        return torg_words_moment (value->number, strchr (torg_value_get_text (value), 'T') == NULL,
                                  torg_session_get_now (session));
      case TORG_KIND_CHOICE:
        {
          const char *label = torg_field_get_choice_label (field, torg_value_get_text (value));

          return g_strdup (label != NULL ? label : torg_value_get_text (value));
        }
      case TORG_KIND_REF:
        {
          g_autofree char *title = NULL;

          if (ref_title != NULL)
            return g_strdup (ref_title);
          title = torg_lookup_dup_title (torg_session_get_lookup (session), torg_value_get_text (value));
          return title != NULL ? g_steal_pointer (&title) : g_strdup (_ ("Not available"));
        }
      case TORG_KIND_SET:
        return join_set (session, field, value);
      case TORG_KIND_PHONE:
        return join_phones (value);
      case TORG_KIND_EMAIL:
        {
          g_auto (GStrv) items = torg_value_dup_items (value);

          return items != NULL ? g_strjoinv (", ", items) : g_strdup ("");
        }
      case TORG_KIND_TEXT:
      case TORG_KIND_REQUISITE:
      case TORG_KIND_FILE:
      default:
        {
          char *line = g_strdup (torg_value_get_text (value));

          return g_strdelimit (line, "\n", ' ');
        }
    }
}

/**
 * torg_words_field:
 * @session: the session
 * @row: a filled row
 * @field: a field of its type
 *
 * Says the value of a field of a row.
 *
 * Returns: (transfer full): words, empty where there is no value
 */
char *
torg_words_field (TorgSession *session, TorgRow *row, const TorgField *field)
{
  TorgRecord *record = torg_row_get_record (row);
  const char *ref_title = field->kind == TORG_KIND_REF ? torg_row_get_ref_title (row, field->name) : NULL;

  return torg_words_value (session, field, torg_record_nth (record, field->index), ref_title);
}

/**
 * torg_words_details:
 * @session: the session
 * @row: a filled row
 * @known: (nullable): a field that is known where this is read, and is left out
 *
 * Says a record in a second line, below its title.
 *
 * Returns: (transfer full): words, may be empty
 */
char *
torg_words_details (TorgSession *session, TorgRow *row, const char *known)
{
  static const struct
  {
    const char *type;
    const char *fields[5];
  } details[] = {
    { "deal", { "company", "person", "stage", "amount" } },
    { "lead", { "company_name", "phones", "stage" } },
    { "company", { "city", "phones", "industry" } },
    { "person", { "job", "company", "phones" } },
    { "legal_entity", { "inn", "kpp", "company" } },
    { "bank_account", { "bank", "currency" } },
    { "product", { "sku", "price" } },
    { "deal_contact", { "role" } },
    { "activity", { "kind", "due", "deal", "company" } },
  };
  const TorgType *type = torg_record_get_kind (torg_row_get_record (row));
  GString        *joined = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    for (guint j = 0; g_str_equal (details[i].type, type->info->name) && details[i].fields[j] != NULL; j++)
      {
        const TorgField *field = torg_type_find_field (type, details[i].fields[j]);
        gboolean         said = g_strcmp0 (details[i].fields[j], known) == 0;
        g_autofree char *words = field != NULL && !said ? torg_words_field (session, row, field) : NULL;

        if (words == NULL || *words == '\0')
          continue;
        if (joined->len > 0)
          g_string_append (joined, " · ");
        g_string_append (joined, words);
      }
  if (g_str_equal (type->info->name, "legal_entity") &&
      torg_legal_form_is_branch (torg_record_get_text (torg_row_get_record (row), "kpp")))
    g_string_append_printf (joined, "%s%s", joined->len > 0 ? " · " : "", _ ("branch"));
  return g_string_free_and_steal (joined);
}

/**
 * torg_words_initials:
 * @name: (nullable): somebody's name
 *
 * Takes the first letters of the first two words.
 *
 * Returns: (transfer full): at most two letters
 */
char *
torg_words_initials (const char *name)
{
  GString *initials = g_string_new (NULL);
  gboolean at_start = TRUE;
  guint    n = 0;

  for (const char *c = name; c != NULL && *c != '\0' && n < 2; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (at_start && g_unichar_isalnum (letter))
        {
          g_string_append_unichar (initials, g_unichar_toupper (letter));
          n++;
        }
      at_start = letter == ' ';
    }
  return g_string_free_and_steal (initials);
}

/**
 * torg_words_has_icon:
 * @type: the name of a type
 *
 * Tells whether a type has an icon of its own.
 *
 * Returns: whether it has
 */
gboolean
torg_words_has_icon (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_icons); i++)
    if (g_str_equal (type_icons[i].name, type))
      return TRUE;
  return FALSE;
}

/**
 * torg_words_type_icon:
 * @type: the name of a type
 *
 * Gives the icon of a type.
 *
 * Returns: (transfer none): the name of a symbolic icon
 */
const char *
torg_words_type_icon (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_icons); i++)
    if (g_str_equal (type_icons[i].name, type))
      return type_icons[i].icon;
  return "torg-note-symbolic";
}

/**
 * torg_words_kind_icon:
 * @activity_kind: (nullable): a kind of activity
 *
 * Gives the icon of a kind of activity.
 *
 * Returns: (transfer none): the name of a symbolic icon
 */
const char *
torg_words_kind_icon (const char *activity_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_icons); i++)
    if (g_strcmp0 (kind_icons[i].name, activity_kind) == 0)
      return kind_icons[i].icon;
  return "torg-note-symbolic";
}
