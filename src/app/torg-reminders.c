/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-reminders.h"
#include "torg-due.h"
#include "torg-sync-store.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* More at once are told of together. */
#define MAX_SHOWN 3
#define MAX_COUNTED 100
#define MINUTE (60 * (gint64) G_USEC_PER_SEC)
#define SNOOZE (10 * MINUTE)
/* What was due while the computer was off is told of when it is no older. */
#define LATE (12 * 60 * MINUTE)
/* The clock may be set, and a computer sleeps: it looks so often anyway. */
#define LOOK_SECONDS 60
/* An edit seldom comes alone. */
#define SETTLE_MS 500

struct _TorgReminders
{
  GObject parent_instance;

  GApplication *application; /* which outlives it */
  char         *account;     /* (owned) */
  TorgSession  *session;     /* (owned) */
  GHashTable   *shown;       /* (owned): the ids of activities that a notification is shown of */
  GHashTable   *snoozed;     /* (owned): id → gint64 *, when to remind of it once more */
  guint         source;
  gboolean      looking;
  gboolean      again;
};

G_DEFINE_FINAL_TYPE (TorgReminders, torg_reminders, G_TYPE_OBJECT)

typedef struct
{
  gint64     now;
  gint64     ahead;   /* how long before it is due */
  GStrv      snoozed; /* (owned) (nullable): what is to be told of once more */
  GPtrArray *list;    /* (owned) (nullable) (element-type TorgDue) */
  gint64     next;    /* when there is something to remind of, 0 for never */
} Look;

static void
look_free (Look *look)
{
  g_strfreev (look->snoozed);
  g_clear_pointer (&look->list, g_ptr_array_unref);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static char *
dup_notification_id (TorgReminders *self, const char *activity)
{
  return g_strdup_printf ("due-%s-%s", self->account, activity);
}

/* --- in the replica's thread -------------------------------------------------------------------------------------- */

static gpointer
look_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Look  *asked = data;
  Look  *look;
  gint64 from = MAX (torg_store_get_reminded (store), asked->now - LATE);
  gint64 until = asked->now + asked->ahead;
  gint64 due = 0;
  g_autoptr (GPtrArray) list = NULL;

  /* Data that may not be shown is not told of either. */
  if (!torg_store_check_lock (store, error))
    return NULL;
  list = torg_store_list_due (store, from, until, MAX_COUNTED, error);
  for (guint i = 0; list != NULL && asked->snoozed[i] != NULL; i++)
    {
      TorgDue *item;

      if (!torg_store_get_due (store, asked->snoozed[i], &item, error))
        return NULL;
      if (item != NULL)
        g_ptr_array_add (list, item);
    }
  if (list == NULL || !torg_store_find_due (store, MAX (from, until), &due, error) ||
      (until > from && !torg_store_set_reminded (store, until, error)))
    return NULL;
  look = g_new0 (Look, 1);
  look->list = g_steal_pointer (&list);
  look->next = due != 0 ? due - asked->ahead : 0;
  return look;
}

/* --- what is shown ------------------------------------------------------------------------------------------------ */

static void
show_one (TorgReminders *self, TorgDue *item)
{
  gint64           now = torg_session_get_now (self->session);
  TorgSchema      *schema = torg_session_get_schema (self->session);
  const TorgField *kind = torg_type_find_field (torg_schema_find (schema, "activity"), "kind");
  const char      *label = torg_field_get_choice_label (kind, item->kind);
  g_autofree char *when =
    item->due < now - MINUTE ? torg_words_overdue (item->due, now) : torg_words_moment (item->due, FALSE, now);
  g_autofree char *body =
    item->about_title != NULL ? g_strdup_printf ("%s · %s", when, item->about_title) : g_strdup (when);
  g_autofree char *id = dup_notification_id (self, item->id);
  g_autoptr (GNotification) notification = g_notification_new (item->subject != NULL ? item->subject : label);

  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  if (item->about != NULL)
    g_notification_set_default_action_and_target (notification, "app.open-record", "(sss)", self->account,
                                                  item->about_type, item->about);
  else
    g_notification_set_default_action_and_target (notification, "app.show-account", "s", self->account);
  g_notification_add_button_with_target (notification, _ ("In 10 Minutes"), "app.snooze", "(ss)", self->account,
                                         item->id);
  g_application_send_notification (self->application, id, notification);
  g_hash_table_add (self->shown, g_strdup (item->id));
}

static void
show_many (TorgReminders *self, GPtrArray *list)
{
  g_autofree char *title =
    g_strdup_printf (ngettext ("%u thing is to be done", "%u things are to be done", list->len), list->len);
  g_autofree char *id = g_strdup_printf ("due-%s", self->account);
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autoptr (GString) body = g_string_new (NULL);

  for (guint i = 0; i < MAX_SHOWN; i++)
    {
      TorgDue    *item = list->pdata[i];
      const char *subject = item->subject != NULL ? item->subject : item->about_title;

      if (subject != NULL)
        g_string_append_printf (body, "%s%s", body->len > 0 ? "\n" : "", subject);
    }
  g_notification_set_body (notification, body->str);
  g_notification_set_default_action_and_target (notification, "app.show-account", "s", self->account);
  g_application_send_notification (self->application, id, notification);
}

/* --- when it looks ------------------------------------------------------------------------------------------------ */

static void
look_cb (gpointer data)
{
  TorgReminders *self = data;

  self->source = 0;
  torg_reminders_look (self);
}

static void
look_in (TorgReminders *self, gint64 ms)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add_once ((guint) CLAMP (ms, SETTLE_MS, LOOK_SECONDS * 1000), look_cb, self);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgReminders) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Look) look = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  gint64 now;

  self->looking = FALSE;
  /* Stopped meanwhile. */
  if (self->session == NULL)
    return;
  /* What the disk does not tell now it tells later; whoever works is told of it there. */
  if (look == NULL)
    {
      look_in (self, LOOK_SECONDS * 1000);
      return;
    }
  now = torg_session_get_now (self->session);
  if (look->list->len > MAX_SHOWN)
    show_many (self, look->list);
  for (guint i = 0; look->list->len <= MAX_SHOWN && i < look->list->len; i++)
    show_one (self, look->list->pdata[i]);
  look_in (self, self->again ? SETTLE_MS : look->next != 0 ? (look->next - now) / 1000 : LOOK_SECONDS * 1000);
}

static void
changed_cb (TorgReminders *self, GPtrArray *changes)
{
  gboolean concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const TorgChange *change = changes->pdata[i];

      if (!g_str_equal (change->type->name, "activity"))
        continue;
      concerned = TRUE;
      /* It is done, or is to be done at another time. */
      if (change->id != NULL && g_hash_table_remove (self->shown, change->id))
        {
          g_autofree char *id = dup_notification_id (self, change->id);

          g_application_withdraw_notification (self->application, id);
        }
    }
  if (concerned)
    look_in (self, SETTLE_MS);
}

static void
torg_reminders_dispose (GObject *object)
{
  TorgReminders *self = TORG_REMINDERS (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_reminders_parent_class)->dispose (object);
}

static void
torg_reminders_finalize (GObject *object)
{
  TorgReminders *self = TORG_REMINDERS (object);

  g_hash_table_unref (self->shown);
  g_hash_table_unref (self->snoozed);
  g_free (self->account);
  G_OBJECT_CLASS (torg_reminders_parent_class)->finalize (object);
}

static void
torg_reminders_class_init (TorgRemindersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = torg_reminders_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_reminders_finalize;
}

static void
torg_reminders_init (TorgReminders *self)
{
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->snoozed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * torg_reminders_new:
 * @application: the program
 * @account: what the account is told apart by
 * @session: its session
 *
 * Makes the reminders of an account; [method@Reminders.look] begins with them, once its replica is open.
 *
 * Returns: (transfer full): new reminders
 */
TorgReminders *
torg_reminders_new (GApplication *application, const char *account, TorgSession *session)
{
  TorgReminders *self = g_object_new (TORG_TYPE_REMINDERS, NULL);

  self->application = application;
  self->account = g_strdup (account);
  self->session = g_object_ref (session);
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_session_get_settings (session), "changed::reminder", G_CALLBACK (torg_reminders_look),
                           self, G_CONNECT_SWAPPED);
  return self;
}

/* What was put off and is to be told of now. */
static GStrv
take_snoozed (TorgReminders *self, gint64 now)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer       id, when;

  g_hash_table_iter_init (&iter, self->snoozed);
  while (g_hash_table_iter_next (&iter, &id, &when))
    if (*(gint64 *) when <= now)
      {
        g_strv_builder_add (builder, id);
        g_hash_table_iter_remove (&iter);
      }
  return g_strv_builder_end (builder);
}

/**
 * torg_reminders_look:
 *
 * Looks what the user is to be reminded of, now and from then on.
 */
void
torg_reminders_look (TorgReminders *self)
{
  int   minutes = g_settings_get_int (torg_session_get_settings (self->session), "reminder");
  Look *look;

  g_clear_handle_id (&self->source, g_source_remove);
  self->again = self->looking;
  if (self->looking || minutes < 0)
    return;
  self->looking = TRUE;
  look = g_new0 (Look, 1);
  look->now = torg_session_get_now (self->session);
  look->ahead = minutes * MINUTE;
  look->snoozed = take_snoozed (self, look->now);
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_WRITE, look_in_store, look,
                           (GDestroyNotify) look_free, (GDestroyNotify) look_free, NULL, looked_cb,
                           g_object_ref (self));
}

/**
 * torg_reminders_snooze:
 * @activity: the id of an activity
 *
 * Reminds of it once more a little later.
 */
void
torg_reminders_snooze (TorgReminders *self, const char *activity)
{
  gint64 when = torg_session_get_now (self->session) + SNOOZE;

  g_hash_table_insert (self->snoozed, g_strdup (activity), g_memdup2 (&when, sizeof when));
}
