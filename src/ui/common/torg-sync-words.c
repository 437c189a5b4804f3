/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-sync-words.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/**
 * torg_sync_words_when:
 * @moment: a moment that is over, microseconds UTC
 * @now: the time
 *
 * Says when something was, to stand inside of a sentence: “yesterday at 15:00”.
 *
 * Returns: (transfer full): words
 */
char *
torg_sync_words_when (gint64 moment, gint64 now)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (moment);
  g_autoptr (GDateTime) when = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (when, "%H:%M");
  int              days = torg_words_days (moment, now);

  if (days == 0)
    return g_strdup_printf (_ ("today at %s"), time);
  if (days == 1)
    return g_strdup_printf (_ ("yesterday at %s"), time);
  return torg_words_moment (moment, FALSE, now);
}

/**
 * torg_sync_words_ago:
 * @moment: a moment that is over, microseconds UTC
 * @now: the time
 *
 * Says how long ago something was, to stand inside of a sentence or after a dot.
 *
 * Returns: (transfer full): words
 */
char *
torg_sync_words_ago (gint64 moment, gint64 now)
{
  int seconds = (int) (MAX (now - moment, 0) / G_USEC_PER_SEC);

  if (seconds < 5)
    return g_strdup (_ ("just now"));
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second ago", "%d seconds ago", (gulong) seconds), seconds);
  if (seconds < 60 * 60)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong) (seconds / 60)), seconds / 60);
  if (torg_words_days (moment, now) == 0)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong) (seconds / 3600)), seconds / 3600);
  return torg_sync_words_when (moment, now);
}

/* “No connection since 9:40”, or since a day. */
static char *
say_offline (gint64 since, gint64 now)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (since);
  g_autoptr (GDateTime) when = g_date_time_to_local (utc);
  gboolean         today = torg_words_days (since, now) == 0;
  g_autofree char *words = g_date_time_format (when, today ? "%-H:%M" : C_ ("date", "%b %-e"));

  /* Translators: %s is a time of this day, or an earlier day */
  return g_strdup_printf (_ ("No connection since %s"), words);
}

/**
 * torg_sync_words_is_brief:
 * @syncer: a syncer
 * @now: the time
 *
 * Tells whether a sync has begun only now: most end before anybody could read of them.
 *
 * Returns: whether it has
 */
gboolean
torg_sync_words_is_brief (TorgSyncer *syncer, gint64 now)
{
  return torg_syncer_get_state (syncer) == TORG_SYNC_STATE_BUSY && torg_syncer_get_synced_at (syncer) != 0 &&
         now - torg_syncer_get_since (syncer) < TORG_SYNC_WORDS_BRIEF_MS * 1000;
}

/**
 * torg_sync_words_state:
 * @syncer: the syncer of a replica that belongs to a server
 * @now: the time
 * @icon_name: (out) (nullable): the icon that says the same; %NULL while something is under way
 * @warns: (out): whether the user has to do something before there is sync again
 *
 * Says what matters most about the exchange with the server.
 *
 * Returns: (transfer full): a few words
 */
char *
torg_sync_words_state (TorgSyncer *syncer, gint64 now, const char **icon_name, gboolean *warns)
{
  TorgSyncState state = torg_syncer_get_state (syncer);
  guint         n_attention = torg_syncer_get_n_attention (syncer);
  guint         n_unsent = torg_syncer_get_n_unsent (syncer);
  guint         n_files = torg_file_queue_get_counts (torg_syncer_get_files (syncer))->n_to_send;

  *warns = FALSE;
  if (n_attention > 0)
    {
      *icon_name = "torg-difference-symbolic";
      return g_strdup_printf (ngettext ("%u needs a decision", "%u need a decision", n_attention), n_attention);
    }
  if (state == TORG_SYNC_STATE_SIGN_IN)
    {
      *icon_name = "dialog-password-symbolic";
      *warns = TRUE;
      return g_strdup (_ ("Sign in again"));
    }
  if (state == TORG_SYNC_STATE_TROUBLE)
    {
      *icon_name = "dialog-warning-symbolic";
      *warns = TRUE;
      return g_strdup (_ ("No exchange"));
    }
  if (state == TORG_SYNC_STATE_OFFLINE)
    {
      *icon_name = "network-offline-symbolic";
      return say_offline (torg_syncer_get_since (syncer), now);
    }
  if (n_unsent > 0)
    {
      *icon_name = "document-send-symbolic";
      return g_strdup_printf (ngettext ("%u not sent", "%u not sent", n_unsent), n_unsent);
    }
  if (state == TORG_SYNC_STATE_BUSY && !torg_sync_words_is_brief (syncer, now))
    {
      *icon_name = NULL;
      return g_strdup (_ ("Exchanging…"));
    }
  if (n_files > 0)
    {
      *icon_name = "document-send-symbolic";
      return g_strdup_printf (ngettext ("%u file not sent", "%u files not sent", n_files), n_files);
    }
  *icon_name = "object-select-symbolic";
  return g_strdup (_ ("Everything is sent"));
}

/* How the exchange of an account that is open goes, where it matters. */
static const char *
say_exchange (TorgSyncer *syncer, gint64 now, char **words)
{
  switch (torg_syncer_get_state (syncer))
    {
      case TORG_SYNC_STATE_SIGN_IN:
        *words = g_strdup (_ ("Sign in again"));
        return "dialog-password-symbolic";
      case TORG_SYNC_STATE_TROUBLE:
        *words = g_strdup (_ ("No exchange"));
        return "dialog-warning-symbolic";
      case TORG_SYNC_STATE_OFFLINE:
        *words = say_offline (torg_syncer_get_since (syncer), now);
        return "network-offline-symbolic";
      case TORG_SYNC_STATE_LOCAL:
      case TORG_SYNC_STATE_IDLE:
      case TORG_SYNC_STATE_BUSY:
      default:
        *words = NULL;
        return NULL;
    }
}

/**
 * torg_sync_words_account:
 * @info: what is known of an account
 * @syncer: (nullable): its syncer, where it is open
 * @now: the time
 * @icon_name: (out): the icon that says what matters most
 *
 * Says what waits in an account, and how its exchange with the server goes.
 *
 * Returns: (transfer full): a few words, or a sentence
 */
char *
torg_sync_words_account (const TorgAccountInfo *info, TorgSyncer *syncer, gint64 now, const char **icon_name)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  char       *exchange = NULL;
  const char *icon = syncer != NULL ? say_exchange (syncer, now, &exchange) : NULL;

  if (info->trouble != NULL || info->is_stale)
    icon = "dialog-warning-symbolic";
  if (info->trouble != NULL)
    g_strv_builder_add (parts, info->trouble);
  if (info->is_stale)
    g_strv_builder_add (parts, _ ("No Contact for Too Long"));
  if (info->n_attention > 0)
    {
      icon = icon != NULL ? icon : "torg-difference-symbolic";
      g_strv_builder_take (
        parts,
        g_strdup_printf (ngettext ("%u needs a decision", "%u need a decision", info->n_attention), info->n_attention));
    }
  if (info->n_unsent > 0)
    {
      icon = icon != NULL ? icon : "document-send-symbolic";
      g_strv_builder_take (parts,
                           g_strdup_printf (ngettext ("%u not sent", "%u not sent", info->n_unsent), info->n_unsent));
    }
  if (exchange != NULL)
    g_strv_builder_take (parts, exchange);
  if (icon == NULL && info->server != NULL)
    g_strv_builder_add (parts, _ ("Everything is sent"));
  if (icon == NULL)
    icon = info->server != NULL ? "object-select-symbolic" : "computer-symbolic";
  *icon_name = icon;
  list = g_strv_builder_end (parts);
  return g_strjoinv (" · ", list);
}

/**
 * torg_sync_words_files:
 * @counts: what waits
 *
 * Says which files wait for the network, and why some of them wait longer.
 *
 * Returns: (transfer full) (nullable): words; %NULL where none waits
 */
char *
torg_sync_words_files (const TorgFileCounts *counts)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_autofree char *size = g_format_size ((guint64) MAX (counts->bytes, 0));
  g_auto (GStrv) list = NULL;

  if (counts->n_to_send + counts->n_to_fetch == 0)
    return NULL;
  if (counts->n_to_send > 0)
    g_strv_builder_take (
      parts, g_strdup_printf (ngettext ("%u to be sent", "%u to be sent", counts->n_to_send), counts->n_to_send));
  if (counts->n_to_fetch > 0)
    g_strv_builder_take (parts, g_strdup_printf (ngettext ("%u to be fetched", "%u to be fetched", counts->n_to_fetch),
                                                 counts->n_to_fetch));
  g_strv_builder_add (parts, size);
  if (counts->n_failed > 0)
    g_strv_builder_take (parts, g_strdup_printf (ngettext ("%u did not work; its card says why",
                                                           "%u did not work; their cards say why", counts->n_failed),
                                                 counts->n_failed));
  list = g_strv_builder_end (parts);
  return g_strjoinv (" · ", list);
}

static const char *
say_why (TorgSyncer *syncer)
{
  if (torg_syncer_get_message (syncer) != NULL)
    return torg_syncer_get_message (syncer);
  if (torg_syncer_get_n_attention (syncer) > 0)
    return _ ("Your changes are kept. Have a look at what should stand.");
  if (torg_syncer_get_n_unsent (syncer) > 0)
    return _ ("Your changes are saved on this computer and are sent when there is a connection.");
  return NULL;
}

/**
 * torg_sync_words_details:
 * @syncer: the syncer of a replica that belongs to a server
 * @now: the time
 *
 * Says why the state is what it is, and when the data was brought up to date.
 *
 * Returns: (transfer full): one or two sentences
 */
char *
torg_sync_words_details (TorgSyncer *syncer, gint64 now)
{
  const char      *why = say_why (syncer);
  gint64           synced_at = torg_syncer_get_synced_at (syncer);
  g_autofree char *ago = NULL;
  g_autofree char *updated = NULL;

  if (synced_at == 0)
    return g_strdup (why != NULL ? why : _ ("Your data is coming from the server. You can work meanwhile."));
  ago = torg_sync_words_ago (synced_at, now);
  /* Translators: %s is how long ago: “10 seconds ago” */
  updated = g_strdup_printf (_ ("Updated %s"), ago);
  return why != NULL ? g_strdup_printf ("%s\n%s", why, updated) : g_steal_pointer (&updated);
}
