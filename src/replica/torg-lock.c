/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-own-role.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <glib/gi18n-lib.h>

/*
 * A replica that has not heard of its server for long shows nothing until it has: whoever left the company, or lost the
 * laptop, keeps no client base. It is a lock for honest people, as the file itself is not encrypted; what waits in it
 * is sent as before.
 */

/* Where the role says nothing. */
#define DEFAULT_DAYS 14
/* How exactly the contact is noted down: each note is a write. */
#define NOTE_EVERY (G_TIME_SPAN_HOUR)

static gint64
get_contact (TorgStore *self)
{
  g_autofree char *text = torg_state_get (self->db, "contact");

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/* In the transaction of an answer that is the last one for now. */
gboolean
torg_lock_note_contact (TorgStore *self, GError **error)
{
  gint64           now = torg_env_get_now (self->env), contact = get_contact (self);
  g_autofree char *text = NULL;

  /* A clock that was set back counts from now on. */
  if (contact != 0 && now >= contact && now - contact < NOTE_EVERY)
    return TRUE;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, now);
  return torg_state_set (self->db, "contact", text, error);
}

/* By the role of whoever works here. */
static gint64
get_days (TorgStore *self)
{
  g_autoptr (TorgRecord) role = torg_store_get_own_role (self);
  const TorgValue *days = role != NULL ? torg_record_get (role, "lock_days") : NULL;

  return days != NULL && !torg_value_is_null (days) ? days->number / TORG_NUMBER_SCALE : DEFAULT_DAYS;
}

/**
 * torg_store_check_lock:
 * @error: place for a %TORG_STORE_ERROR_STALE, a sentence for the user
 *
 * Finds out whether the replica may be shown: one of a server must have heard of it within the days that the role of
 * its user says, 14 by default.
 *
 * Returns: whether it may
 */
gboolean
torg_store_check_lock (TorgStore *self, GError **error)
{
  gint64 contact = self->local ? 0 : get_contact (self), days, since;

  if (contact == 0)
    return TRUE;
  days = get_days (self);
  /* A clock that was set back says nothing of how long it was. */
  since = torg_env_get_now (self->env) - contact;
  if (since >= -G_TIME_SPAN_DAY && since <= days * G_TIME_SPAN_DAY)
    return TRUE;
  g_set_error (
    error, TORG_STORE_ERROR, TORG_STORE_ERROR_STALE,
    g_dngettext (GETTEXT_PACKAGE,
                 "There was no contact with the server for more than %d day. Connect to the network: it opens "
                 "by itself. What you have not sent yet is kept and will be sent.",
                 "There was no contact with the server for more than %d days. Connect to the network: it "
                 "opens by itself. What you have not sent yet is kept and will be sent.",
                 (gulong) days),
    (int) days);
  return FALSE;
}
