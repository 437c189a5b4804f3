/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-quick-deal.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgRecord  *record;  /* (owned): the deal, without its rank */
  char        *client;  /* (owned): what was typed, may be empty */
  GTask       *task;    /* (owned) */
} Draft;

typedef struct
{
  char  *company; /* (owned) (nullable): the id of the one with this name */
  gint64 rank;
} Place;

static void
draft_free (Draft *draft)
{
  g_object_unref (draft->session);
  torg_record_unref (draft->record);
  g_free (draft->client);
  g_object_unref (draft->task);
  g_free (draft);
}

static void
place_free (Place *place)
{
  g_free (place->company);
  g_free (place);
}

static gboolean
same_name (const char *a, const char *b)
{
  g_autofree char *folded_a = g_utf8_casefold (a, -1);
  g_autofree char *folded_b = g_utf8_casefold (b, -1);

  return g_utf8_collate (folded_a, folded_b) == 0;
}

/* On the writing thread: the company with the typed name, and a place at the top of the stage. */
static gpointer
find_place (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Draft          *draft = data;
  const TorgType *type = torg_record_get_kind (draft->record);
  g_autoptr (GPtrArray) hits = NULL;
  GError *local_error = NULL;
  Place  *place = g_new0 (Place, 1);

  place->rank =
    torg_store_rank_between (store, type, torg_record_get_text (draft->record, "stage"), NULL, NULL, &local_error);
  if (local_error == NULL && *draft->client != '\0' && g_str_equal (type->info->name, "deal"))
    hits = torg_store_search (store, draft->client, "company", 50, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      place_free (place);
      return NULL;
    }
  for (guint i = 0; hits != NULL && i < hits->len && place->company == NULL; i++)
    {
      TorgRecord *company = torg_row_get_record (((TorgHit *) g_ptr_array_index (hits, i))->row);

      if (same_name (torg_record_get_text (company, "name"), draft->client))
        place->company = g_strdup (torg_record_get_id (company));
    }
  return place;
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (torg_session_apply_finish (TORG_SESSION (source), result, &error) >= 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
place_found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Draft  *draft = data;
  GError *error = NULL;
  Place  *place = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (place == NULL)
    {
      torg_session_fail (draft->session, error);
      g_task_return_error (draft->task, error);
    }
  else
    {
      gboolean         is_deal = g_str_equal (torg_record_get_kind (draft->record)->info->name, "deal");
      g_autofree char *title = torg_words_title (draft->record);
      g_autofree char *label = g_strdup_printf (is_deal ? _ ("Deal “%s” added") : _ ("Lead “%s” added"), title);
      g_autoptr (TorgEdit) edit = torg_edit_new (label);

      torg_record_take (draft->record, "rank", torg_value_int (place->rank));
      if (is_deal && *draft->client != '\0' && place->company == NULL)
        {
          TorgSchema      *schema = torg_session_get_schema (draft->session);
          g_autofree char *id = torg_session_make_id (draft->session);
          g_autoptr (TorgRecord) company = torg_record_new (schema, torg_schema_find (schema, "company"), id);

          torg_record_set_text (company, "name", draft->client);
          torg_record_set_text (company, "owner", torg_session_get_user (draft->session));
          torg_edit_create (edit, company);
          place->company = g_strdup (id);
        }
      if (is_deal && place->company != NULL)
        torg_record_set_text (draft->record, "company", place->company);
      torg_edit_create (edit, draft->record);
      torg_session_apply_async (draft->session, edit, saved_cb, g_object_ref (draft->task));
    }
  g_clear_pointer (&place, place_free);
  draft_free (draft);
}

/**
 * torg_quick_deal_add_async:
 * @session: the session
 * @type: `deal` or `lead`
 * @pipeline: the id of a pipeline
 * @stage: the id of one of its stages
 * @title: what it is about
 * @amount: its amount as typed, may be empty
 * @client: the name of a company, may be empty; one that is not known is made
 * @callback: called when it is saved or refused; not when the amount cannot be read
 * @data: for @callback
 *
 * Makes a deal at the top of a stage.
 *
 * Returns: whether the amount could be read
 */
gboolean
torg_quick_deal_add_async (TorgSession        *session,
                           const char         *type,
                           const char         *pipeline,
                           const char         *stage,
                           const char         *title,
                           const char         *amount,
                           const char         *client,
                           GAsyncReadyCallback callback,
                           gpointer            data)
{
  TorgSchema      *schema = torg_session_get_schema (session);
  const TorgType  *kind = torg_schema_find (schema, type);
  const TorgField *amount_field = torg_type_find_field (kind, "amount");
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autofree char *id = NULL;
  Draft           *draft;

  if (amount_field != NULL && !torg_value_text_parse (session, amount_field, amount, &value, NULL))
    return FALSE;
  id = torg_session_make_id (session);
  draft = g_new0 (Draft, 1);
  draft->session = g_object_ref (session);
  draft->task = g_task_new (session, NULL, callback, data);
  g_task_set_source_tag (draft->task, torg_quick_deal_add_async);
  draft->record = torg_record_new (schema, kind, id);
  draft->client = g_strstrip (g_strdup (client));
  torg_record_set_text (draft->record, "title", title);
  torg_record_set_text (draft->record, "pipeline", pipeline);
  torg_record_set_text (draft->record, "stage", stage);
  if (torg_session_get_user (session) != NULL)
    torg_record_set_text (draft->record, "owner", torg_session_get_user (session));
  if (amount_field != NULL)
    torg_record_set (draft->record, "amount", &value);
  else if (*draft->client != '\0')
    torg_record_set_text (draft->record, "company_name", draft->client);
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_WRITE, find_place, draft, NULL,
                           (GDestroyNotify) place_free, NULL, place_found_cb, draft);
  return TRUE;
}

/**
 * torg_quick_deal_add_finish:
 * @session: the session
 * @result: as the callback got it
 * @error: place for an error, which the user was already told
 *
 * Ends torg_quick_deal_add_async().
 *
 * Returns: whether it is saved
 */
gboolean
torg_quick_deal_add_finish (TorgSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
