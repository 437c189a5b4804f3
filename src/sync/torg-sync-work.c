/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-connect.h"
#include "torg-export-log.h"
#include "torg-sync-lock.h"
#include "torg-sync-store.h"
#include "torg-sync-work.h"
#include "torg-sync.h"

struct _TorgSyncWork
{
  TorgReplica   *replica;   /* (owned) */
  TorgStore     *store;     /* (owned) (nullable) */
  TorgTransport *transport; /* (owned) (nullable) */
};

static TorgSyncState
get_state_of (const GError *error)
{
  if (g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE))
    return TORG_SYNC_STATE_OFFLINE;
  if (g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SIGN_IN))
    return TORG_SYNC_STATE_SIGN_IN;
  return TORG_SYNC_STATE_TROUBLE;
}

static void
close_store (TorgSyncWork *self)
{
  if (self->store != NULL)
    torg_store_close (self->store, NULL);
  g_clear_object (&self->store);
}

static gboolean
ensure_store (TorgSyncWork *self, GError **error)
{
  if (self->store == NULL)
    self->store = torg_store_open (torg_replica_get_env (self->replica), torg_replica_get_path (self->replica),
                                   TORG_STORE_NONE, error);
  /* The window may have made a custom field, or connected it. */
  return self->store != NULL && torg_store_reload (self->store, error);
}

static void
take_changes (TorgSyncWork *self, TorgSyncOutcome *outcome)
{
  g_autoptr (GPtrArray) changes = torg_store_steal_changes (self->store);

  outcome->changed = outcome->changed || changes->len > 0;
}

/*
 * After a failure (@carefully) it first takes what changed: what waits for a server that does not answer is then not
 * given to it, and can be taken back as if it had never been.
 */
static gboolean
run_locked (TorgSyncWork *self, gboolean carefully, TorgSyncOutcome *outcome, GCancellable *cancellable, GError **error)
{
  gboolean more = TRUE;
  g_autoptr (GError) local = NULL;

  if (self->transport == NULL)
    self->transport = torg_connect_transport (self->store, cancellable, error);
  if (self->transport == NULL)
    return FALSE;
  /* A server that is too new for this program gives nothing, but takes what waits. */
  if (carefully && !torg_sync_take (self->store, self->transport, &more, cancellable, &local) &&
      !g_error_matches (local, TORG_SYNC_ERROR, TORG_SYNC_ERROR_TOO_OLD))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  more = TRUE;
  while (more)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !torg_sync_step (self->store, self->transport, &more, cancellable, error) ||
          (!more && !torg_store_tell_exports (self->store, &more, error)))
        return FALSE;
      take_changes (self, outcome);
    }
  outcome->synced_at = torg_env_get_now (torg_replica_get_env (self->replica));
  outcome->transport = g_object_ref (self->transport);
  return TRUE;
}

static gboolean
run (TorgSyncWork *self, gboolean carefully, TorgSyncOutcome *outcome, GCancellable *cancellable, GError **error)
{
  int      lock;
  gboolean ok;

  if (!torg_sync_lock (torg_replica_get_path (self->replica), FALSE, &lock, error))
    return FALSE;
  /* Another process is at it; then this one looks again. */
  if (lock < 0)
    return TRUE;
  ok = run_locked (self, carefully, outcome, cancellable, error);
  torg_sync_unlock (lock);
  return ok;
}

static void
count (TorgStore *store, TorgSyncCounts *counts)
{
  counts->n_attention = torg_store_count_attention (store);
  counts->n_unsent = (guint) torg_store_count_unsent (store);
}

/**
 * torg_sync_outcome_free:
 * @outcome: (transfer full): an outcome
 *
 * Frees what a sync leaves behind.
 */
void
torg_sync_outcome_free (gpointer outcome)
{
  TorgSyncOutcome *self = outcome;

  g_free (self->message);
  g_free (self->address);
  g_clear_object (&self->transport);
  g_free (self);
}

/**
 * torg_sync_work_new:
 * @replica: a replica, which need not be open yet
 *
 * Makes what the syncer's thread works with. Nothing is opened yet.
 *
 * Returns: (transfer full): a new object
 */
TorgSyncWork *
torg_sync_work_new (TorgReplica *replica)
{
  TorgSyncWork *self = g_new0 (TorgSyncWork, 1);

  self->replica = g_object_ref (replica);
  return self;
}

/**
 * torg_sync_work_free:
 * @self: (transfer full): what is closed, or was never used
 *
 * Frees it.
 */
void
torg_sync_work_free (TorgSyncWork *self)
{
  torg_sync_work_close (self);
  g_object_unref (self->replica);
  g_free (self);
}

/**
 * torg_sync_work_run:
 * @carefully: the last one failed: what waits is not given to the server before it has answered
 * @cancellable: to stop it
 *
 * Syncs once.
 *
 * Returns: (transfer full): what that leaves behind, errors too
 */
TorgSyncOutcome *
torg_sync_work_run (TorgSyncWork *self, gboolean carefully, GCancellable *cancellable)
{
  TorgSyncOutcome *outcome = g_new0 (TorgSyncOutcome, 1);
  g_autoptr (GError) error = NULL;

  outcome->state = TORG_SYNC_STATE_IDLE;
  if (ensure_store (self, &error))
    {
      if (torg_store_is_local (self->store))
        outcome->state = TORG_SYNC_STATE_LOCAL;
      else
        run (self, carefully, outcome, cancellable, &error);
      outcome->address = torg_store_get_state (self->store, "server");
      count (self->store, &outcome->counts);
      if (outcome->state == TORG_SYNC_STATE_LOCAL)
        close_store (self);
    }
  if (error != NULL)
    {
      outcome->state = get_state_of (error);
      outcome->message = g_strdup (error->message);
      if (outcome->state == TORG_SYNC_STATE_OFFLINE && self->transport != NULL)
        outcome->retry_after = torg_transport_get_retry_after (self->transport);
      /* The next one asks the keyring again. */
      if (outcome->state == TORG_SYNC_STATE_SIGN_IN)
        g_clear_object (&self->transport);
    }
  return outcome;
}

/**
 * torg_sync_work_sign_in:
 * @token: another one for the same server and user
 * @cancellable: (nullable): to stop it
 * @error: place for a sentence for the user
 *
 * Goes on with another token.
 *
 * Returns: whether the server knows it
 */
gboolean
torg_sync_work_sign_in (TorgSyncWork *self, const char *token, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgTransport) transport = NULL;

  if (ensure_store (self, error))
    transport = torg_connect_again (self->store, token, cancellable, error);
  if (transport == NULL)
    return FALSE;
  g_set_object (&self->transport, transport);
  return TRUE;
}

/**
 * torg_sync_work_sign_out:
 * @cancellable: (nullable): to stop it
 * @error: place for a sentence for the user
 *
 * Ends the session.
 *
 * Returns: whether it is at its end
 */
gboolean
torg_sync_work_sign_out (TorgSyncWork *self, GCancellable *cancellable, GError **error)
{
  return ensure_store (self, error) && torg_connect_sign_out (self->store, cancellable, error);
}

/**
 * torg_sync_work_close:
 *
 * Closes its connections; what is asked next opens them again.
 */
void
torg_sync_work_close (TorgSyncWork *self)
{
  g_clear_object (&self->transport);
  close_store (self);
}

/**
 * torg_sync_work_count_in_store:
 * @store: a store, of any thread
 * @data: unused
 * @cancellable: unused
 * @error: place for an error
 *
 * Counts as a call of a replica's, so that it waits for no network.
 *
 * Returns: (transfer full): a [struct@SyncCounts]
 */
gpointer
torg_sync_work_count_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  TorgSyncCounts *counts = g_new0 (TorgSyncCounts, 1);

  count (store, counts);
  return counts;
}
