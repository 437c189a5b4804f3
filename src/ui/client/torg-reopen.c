/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-reopen.h"
#include "torg-deal-actions.h"
#include "torg-json.h"

/* A lead that was disqualified, or a deal that was lost, is taken back into work: to the stage that it came from, where
 * that is still there, else to the first one of its pipeline. */

static TorgRecord *
get_stage (TorgSession *session, const char *id)
{
  return id != NULL ? torg_lookup_get (torg_session_get_lookup (session), id) : NULL;
}

static gboolean
is_kind (TorgRecord *stage, const char *kind)
{
  return stage != NULL && g_strcmp0 (torg_record_get_text (stage, "kind"), kind) == 0;
}

static gboolean
has_stages (TorgRecord *card)
{
  const char *type = torg_record_get_kind (card)->info->name;

  return g_str_equal (type, "deal") || g_str_equal (type, "lead");
}

/**
 * torg_reopen_takes:
 * @session: the session
 * @card: a record
 *
 * Tells whether a record can be taken back into work.
 *
 * Returns: whether it is a deal that was lost, or a lead that was disqualified
 */
gboolean
torg_reopen_takes (TorgSession *session, TorgRecord *card)
{
  return has_stages (card) && is_kind (get_stage (session, torg_record_get_text (card, "stage")), "lost");
}

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgRecord  *card;    /* (owned) */
  GtkWidget   *parent;  /* (owned) */
} Reopening;

static void
reopening_free (Reopening *self)
{
  g_object_unref (self->session);
  torg_record_unref (self->card);
  g_object_unref (self->parent);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reopening, reopening_free)

/* The last move of all; other people's, too. */
static gpointer
read_moves (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_store_list_history (store, data, "stage", 1, error);
}

/* Where it was before, while that is open. */
static char *
find_previous (Reopening *self, GPtrArray *moves)
{
  const char *old = moves->len > 0 ? torg_record_get_text (moves->pdata[0], "old") : NULL;
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  TorgRecord *stage = NULL;

  if (old != NULL && torg_value_from_json_text (old, TORG_KIND_REF, &value))
    stage = get_stage (self->session, value.text);
  return is_kind (stage, "open") ? g_strdup (torg_record_get_id (stage)) : NULL;
}

static char *
find_first (Reopening *self)
{
  g_autoptr (GPtrArray) stages =
    torg_lookup_list_stages (torg_session_get_lookup (self->session), torg_record_get_text (self->card, "pipeline"));

  for (guint i = 0; i < stages->len; i++)
    if (is_kind (stages->pdata[i], "open"))
      return g_strdup (torg_record_get_id (stages->pdata[i]));
  return NULL;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Reopening) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) moves = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  g_autoptr (TorgDealActions) actions = NULL;
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *stage = NULL;
  gint64           rowid = torg_record_get_rowid (self->card);

  if (moves == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  stage = find_previous (self, moves);
  if (stage == NULL)
    stage = find_first (self);
  if (stage == NULL)
    return;
  actions = torg_deal_actions_new (self->session, self->parent);
  torg_deal_actions_set_type (actions, torg_record_get_kind (self->card)->info->name);
  g_array_append_val (rowids, rowid);
  torg_deal_actions_move (actions, rowids, stage, NULL, NULL);
}

/**
 * torg_reopen:
 * @session: the session
 * @card: what is taken back into work
 * @parent: where questions are asked
 *
 * Takes a deal that was lost, or a lead that was disqualified, back into work. Why it was given up stays in its
 * history.
 */
void
torg_reopen (TorgSession *session, TorgRecord *card, GtkWidget *parent)
{
  Reopening *self = g_new0 (Reopening, 1);

  self->session = g_object_ref (session);
  self->card = torg_record_ref (card);
  self->parent = g_object_ref (parent);
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_READ, read_moves,
                           g_strdup (torg_record_get_id (card)), g_free, (GDestroyNotify) g_ptr_array_unref, NULL,
                           read_cb, self);
}
