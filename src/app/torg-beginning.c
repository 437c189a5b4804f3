/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-beginning.h"
#include "torg-defaults.h"
#include "torg-demo.h"

#include <glib/gi18n-lib.h>

/* What is put into a replica at the first run, where it does not come from a server. */

/* The demo company: large enough to look real, made in a moment. */
#define DEMO_RECORDS 6000
#define DEMO_SEED 7

typedef struct
{
  TorgJob *job;  /* (owned) */
  gboolean demo; /* whether to fill in the demo company */
} Beginning;

static void
beginning_free (gpointer data)
{
  Beginning *beginning = data;

  g_object_unref (beginning->job);
  g_free (beginning);
}

static gpointer
begin (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Beginning  *beginning = data;
  const char *lang = g_str_has_prefix (g_get_language_names ()[0], "ru") ? "ru" : "en";
  gboolean    good;

  if (beginning->demo)
    good = torg_demo_fill (store, DEMO_RECORDS, DEMO_SEED, lang, beginning->job, error);
  else
    good = torg_store_begin_company (store, lang, g_get_real_name (), error);
  return GINT_TO_POINTER (good);
}

/**
 * torg_beginning_async:
 * @replica: a replica without content
 * @demo: whether it is filled with the demo company, or only with what everybody needs
 * @callback: called when it is there
 * @data: for @callback
 *
 * Makes a company that belongs to no server.
 *
 * Returns: (transfer full): how far that is
 */
TorgJob *
torg_beginning_async (TorgReplica *replica, gboolean demo, GAsyncReadyCallback callback, gpointer data)
{
  Beginning *beginning = g_new0 (Beginning, 1);
  TorgJob   *job = torg_job_new (demo ? _ ("Making the demo company…") : _ ("Making your pipeline…"));

  beginning->demo = demo;
  beginning->job = g_object_ref (job);
  torg_replica_call_async (replica, TORG_LANE_WRITE, begin, beginning, beginning_free, NULL, NULL, callback, data);
  return job;
}

/**
 * torg_beginning_finish:
 * @error: place for an error
 *
 * Finishes [func@beginning_async].
 *
 * Returns: whether the company is there
 */
gboolean
torg_beginning_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (replica, result, error) != NULL;
}
