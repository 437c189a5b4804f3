/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-job.h"

/* Setters may be called from any thread; notifications come from the main loop alone, at most ten a second. */
#define COALESCE_MS 100

struct _TorgJob
{
  GObject       parent_instance;
  char         *title;       /* (owned) */
  GCancellable *cancellable; /* (owned) */

  GMutex mutex;
  /* Under the mutex. */
  double   fraction;
  char    *status; /* (owned) (nullable) */
  gboolean finished;
  GSource *source; /* (nullable), a notification that is on its way */
};

enum
{
  PROP_TITLE = 1,
  PROP_FRACTION,
  PROP_STATUS,
  PROP_FINISHED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (TorgJob, torg_job, G_TYPE_OBJECT)

static gboolean
notify_cb (gpointer data)
{
  TorgJob *self = data;

  g_mutex_lock (&self->mutex);
  self->source = NULL;
  g_mutex_unlock (&self->mutex);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FINISHED]);
  g_object_thaw_notify (G_OBJECT (self));
  return G_SOURCE_REMOVE;
}

static void
queue_notify_locked (TorgJob *self)
{
  GSource *source;

  if (self->source != NULL)
    return;
  source = g_timeout_source_new (COALESCE_MS);
  g_source_set_callback (source, notify_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, NULL);
  self->source = source;
  g_source_unref (source);
}

static void
torg_job_finalize (GObject *object)
{
  TorgJob *self = TORG_JOB (object);

  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->status, g_free);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (torg_job_parent_class)->finalize (object);
}

static void
torg_job_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  TorgJob *self = TORG_JOB (object);

  switch (prop_id)
    {
      case PROP_TITLE:
        g_value_set_string (value, self->title);
        break;
      case PROP_FRACTION:
        g_value_set_double (value, torg_job_get_fraction (self));
        break;
      case PROP_STATUS:
        g_value_take_string (value, torg_job_dup_status (self));
        break;
      case PROP_FINISHED:
        g_value_set_boolean (value, torg_job_is_finished (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
torg_job_class_init (TorgJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = torg_job_finalize;
  object_class->get_property = torg_job_get_property;

  /**
   * TorgJob:title:
   *
   * What is being done, in the user's language.
   */
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * TorgJob:fraction:
   *
   * How much is done, from 0 to 1; -1 while nobody knows.
   */
  props[PROP_FRACTION] =
    g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * TorgJob:status:
   *
   * What is being done just now, in the user's language.
   */
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * TorgJob:finished:
   *
   * Whether it is over, in whatever way.
   */
  props[PROP_FINISHED] =
    g_param_spec_boolean ("finished", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
torg_job_init (TorgJob *self)
{
  g_mutex_init (&self->mutex);
  self->cancellable = g_cancellable_new ();
  self->fraction = -1;
}

/**
 * torg_job_new:
 * @title: what is being done, in the user's language
 *
 * Makes a job.
 *
 * Returns: (transfer full): a new job
 */
TorgJob *
torg_job_new (const char *title)
{
  TorgJob *self = g_object_new (TORG_TYPE_JOB, NULL);

  self->title = g_strdup (title);
  return self;
}

/**
 * torg_job_get_title:
 *
 * Tells what is being done.
 *
 * Returns: (transfer none): words in the user's language
 */
const char *
torg_job_get_title (TorgJob *self)
{
  return self->title;
}

/**
 * torg_job_get_cancellable:
 *
 * Gives what the work has to watch.
 *
 * Returns: (transfer none): a cancellable
 */
GCancellable *
torg_job_get_cancellable (TorgJob *self)
{
  return self->cancellable;
}

/**
 * torg_job_report:
 * @self: (nullable): a job; nothing happens without one
 * @done: how much is done
 * @total: of how much; 0 while nobody knows
 * @status: (nullable): what is being done just now, in the user's language
 *
 * Reports progress, from any thread.
 */
void
torg_job_report (TorgJob *self, gint64 done, gint64 total, const char *status)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->fraction = total > 0 ? CLAMP ((double) done / total, 0, 1) : -1;
  g_set_str (&self->status, status);
  queue_notify_locked (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * torg_job_get_fraction:
 *
 * Tells how much is done.
 *
 * Returns: from 0 to 1; -1 while nobody knows
 */
double
torg_job_get_fraction (TorgJob *self)
{
  g_mutex_lock (&self->mutex);
  double fraction = self->fraction;
  g_mutex_unlock (&self->mutex);
  return fraction;
}

/**
 * torg_job_dup_status:
 *
 * Tells what is being done just now.
 *
 * Returns: (transfer full) (nullable): words in the user's language
 */
char *
torg_job_dup_status (TorgJob *self)
{
  g_mutex_lock (&self->mutex);
  char *status = g_strdup (self->status);
  g_mutex_unlock (&self->mutex);
  return status;
}

/**
 * torg_job_finish:
 *
 * Says that the job is over, from any thread.
 */
void
torg_job_finish (TorgJob *self)
{
  g_mutex_lock (&self->mutex);
  self->finished = TRUE;
  queue_notify_locked (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * torg_job_is_finished:
 *
 * Tells whether the job is over.
 *
 * Returns: whether it is
 */
gboolean
torg_job_is_finished (TorgJob *self)
{
  g_mutex_lock (&self->mutex);
  gboolean finished = self->finished;
  g_mutex_unlock (&self->mutex);
  return finished;
}

/**
 * torg_job_cancel:
 *
 * Asks the work to stop.
 */
void
torg_job_cancel (TorgJob *self)
{
  g_cancellable_cancel (self->cancellable);
}
