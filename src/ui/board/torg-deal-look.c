/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-deal-look.h"
#include "torg-money.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

static const char *
get_text (TorgRecord *record, const char *field)
{
  const TorgField *found = torg_type_find_field (torg_record_get_kind (record), field);

  return found != NULL ? torg_value_get_text (torg_record_nth (record, found->index)) : NULL;
}

static gint64
get_number (TorgRecord *record, const char *field)
{
  const TorgField *found = torg_type_find_field (torg_record_get_kind (record), field);

  return found != NULL ? torg_record_nth (record, found->index)->number : 0;
}

static char *
dup_closed (TorgSession *session, TorgRecord *record, gboolean won, const char **icon_name)
{
  const char      *closed = get_text (record, "closed");
  g_autofree char *date = torg_words_date (closed, torg_session_get_now (session));
  g_autofree char *reason = NULL;

  *icon_name = won ? "torg-won-symbolic" : "torg-lost-symbolic";
  if (won)
    return closed != NULL ? g_strdup_printf (C_ ("deal", "Won %s"), date) : g_strdup (C_ ("deal", "Won"));
  reason = torg_lookup_dup_title (torg_session_get_lookup (session), get_text (record, "lost_reason"));
  return g_strdup (reason != NULL ? reason : C_ ("deal", "Lost"));
}

/* How many days a deal has not moved, 0 where that is fine. */
static int
days_without_movement (TorgRecord *record, TorgRecord *stage, gint64 now)
{
  gint64 allowed = stage != NULL ? torg_record_get_number (stage, "rot_days") / TORG_NUMBER_SCALE : 0;
  gint64 since = MAX (get_number (record, "stage_since"), get_number (record, "touched"));
  int    days;

  if (allowed <= 0 || since <= 0)
    return 0;
  days = torg_words_days (since, now);
  return days > allowed ? days : 0;
}

static gboolean
is_postponed (TorgRecord *record, gint64 now)
{
  const char *until = get_text (record, "postponed");
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (now);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *today = g_date_time_format (local, "%Y-%m-%d");

  return until != NULL && strcmp (until, today) > 0;
}

/**
 * torg_deal_look_dup_next:
 * @session: the session
 * @record: a deal
 * @icon_name: (out): the icon that goes with it
 * @tone: (out): how urgent it is
 *
 * Says the next step of a deal: when it is, or that there is none.
 *
 * Returns: (transfer full): words
 */
char *
torg_deal_look_dup_next (TorgSession *session, TorgRecord *record, const char **icon_name, TorgDealTone *tone)
{
  gint64      now = torg_session_get_now (session);
  gint64      next = get_number (record, "next_at");
  gboolean    all_day = get_number (record, "next_all_day") != 0;
  TorgRecord *stage = torg_lookup_get (torg_session_get_lookup (session), get_text (record, "stage"));
  const char *kind = stage != NULL ? torg_record_get_text (stage, "kind") : NULL;
  int         days;

  if (g_strcmp0 (kind, "won") == 0 || g_strcmp0 (kind, "lost") == 0)
    {
      *tone = TORG_DEAL_TONE_CLOSED;
      return dup_closed (session, record, g_str_equal (kind, "won"), icon_name);
    }
  if (g_str_equal (torg_record_get_kind (record)->info->name, "lead"))
    {
      const TorgField *phones = torg_type_find_field (torg_record_get_kind (record), "phones");

      *tone = TORG_DEAL_TONE_QUIET;
      *icon_name = "torg-call-symbolic";
      return torg_words_value (session, phones, torg_record_nth (record, phones->index), NULL);
    }
  if (is_postponed (record, now))
    {
      g_autofree char *date = torg_words_date (get_text (record, "postponed"), now);

      *tone = TORG_DEAL_TONE_QUIET;
      *icon_name = "torg-postponed-symbolic";
      return g_strdup_printf (_ ("Postponed until %s"), date);
    }
  if (next != 0)
    {
      days = torg_words_days (now, next);
      if (days < 0 || (days == 0 && !all_day && next < now))
        {
          *tone = TORG_DEAL_TONE_OVERDUE;
          *icon_name = "torg-overdue-symbolic";
          return torg_words_overdue (next, now);
        }
    }
  if (next == 0)
    {
      *tone = TORG_DEAL_TONE_MISSING;
      *icon_name = "torg-none-symbolic";
      return g_strdup (_ ("No next step"));
    }
  *tone = torg_words_days (now, next) == 0 ? TORG_DEAL_TONE_SOON : TORG_DEAL_TONE_QUIET;
  *icon_name = torg_words_kind_icon (get_text (record, "next_kind"));
  return torg_words_moment (next, all_day, now);
}

/* How many days an open deal has stood still for too long; 0 where that is fine or wanted. */
static int
count_still_days (TorgSession *session, TorgRecord *record)
{
  gint64      now = torg_session_get_now (session);
  TorgRecord *stage = torg_lookup_get (torg_session_get_lookup (session), get_text (record, "stage"));

  if (!g_str_equal (torg_record_get_kind (record)->info->name, "deal") || stage == NULL ||
      g_strcmp0 (torg_record_get_text (stage, "kind"), "open") != 0 || is_postponed (record, now))
    return 0;
  return days_without_movement (record, stage, now);
}

/**
 * torg_deal_look_new:
 * @session: the session
 * @row: a filled row of a deal
 *
 * Makes what a card says.
 *
 * Returns: (transfer full): a new look
 */
TorgDealLook *
torg_deal_look_new (TorgSession *session, TorgRow *row)
{
  TorgDealLook    *self = g_new0 (TorgDealLook, 1);
  TorgRecord      *record = torg_row_get_record (row);
  gboolean         is_deal = g_str_equal (torg_record_get_kind (record)->info->name, "deal");
  const TorgValue *amount = is_deal ? torg_record_get (record, "amount") : NULL;
  const char      *client = is_deal ? torg_row_get_ref_title (row, "company") : get_text (record, "company_name");
  const char      *owner = torg_row_get_ref_title (row, "owner");

  if (client == NULL)
    client = is_deal ? torg_row_get_ref_title (row, "person") : get_text (record, "name");
  self->title = torg_words_title (record);
  self->amount = amount == NULL || torg_value_is_null (amount)
                   ? g_strdup ("")
                   : torg_money_format_compact (amount->number, amount->currency, TORG_NUMBER_STYLE_LOCALE);
  self->client = g_strdup (client != NULL ? client : "");
  self->owner = owner != NULL ? g_strdup (owner)
                              : torg_lookup_dup_title (torg_session_get_lookup (session), get_text (record, "owner"));
  self->initials = torg_words_initials (self->owner);
  self->hue = self->owner != NULL ? g_str_hash (self->owner) : 0;
  self->next = torg_deal_look_dup_next (session, record, &self->icon_name, &self->tone);
  self->asked = torg_lookup_find_approval (torg_session_get_lookup (session), torg_record_get_id (record)) != NULL;
  self->still_days = count_still_days (session, record);
  if (self->still_days > 0)
    self->still = g_strdup_printf (ngettext ("%d d", "%d d", (gulong) self->still_days), self->still_days);
  return self;
}

/**
 * torg_deal_look_free:
 *
 * Frees what a card says.
 */
void
torg_deal_look_free (TorgDealLook *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->amount);
  g_free (self->client);
  g_free (self->next);
  g_free (self->still);
  g_free (self->initials);
  g_free (self->owner);
  g_free (self);
}

/**
 * torg_deal_look_describe:
 *
 * Says the whole card, for those who hear it.
 *
 * Returns: (transfer full): words
 */
char *
torg_deal_look_describe (TorgDealLook *self)
{
  g_autofree char *still =
    self->still_days > 0
      ? g_strdup_printf (ngettext ("No movement for %d day", "No movement for %d days", (gulong) self->still_days),
                         self->still_days)
      : NULL;
  const char *asked = self->asked ? _ ("Waits for an approval") : NULL;
  const char *parts[] = { self->title, asked, self->amount, self->client, self->next, still, self->owner };
  GString    *joined = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (joined, "%s%s", joined->len > 0 ? ", " : "", parts[i]);
  return g_string_free_and_steal (joined);
}

/**
 * torg_deal_tone_css_class:
 * @tone: how urgent a deal is
 *
 * Gives the style class of a tone.
 *
 * Returns: (transfer none) (nullable): a class, %NULL where it has the usual colour
 */
const char *
torg_deal_tone_css_class (TorgDealTone tone)
{
  switch (tone)
    {
      case TORG_DEAL_TONE_SOON:
        return "soon";
      case TORG_DEAL_TONE_MISSING:
        return "missing";
      case TORG_DEAL_TONE_OVERDUE:
        return "overdue";
      case TORG_DEAL_TONE_QUIET:
      case TORG_DEAL_TONE_CLOSED:
      default:
        return NULL;
    }
}
