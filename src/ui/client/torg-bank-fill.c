/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-bank-fill.h"

/* A BIK is that of a bank: what the directory knows of it is filled in along, in the same edit. */

typedef struct
{
  TorgSession        *session; /* (owned) */
  TorgEdit           *edit;    /* (owned) */
  GAsyncReadyCallback callback;
  gpointer            data;
} Filling;

/* Where the directory says what: a field of a legal entity or an account, and one of a bank. */
static const char *const fields[][2] = { { "bank", "name" }, { "corr_account", "corr_account" } };

static void
filling_free (Filling *self)
{
  g_object_unref (self->session);
  torg_edit_unref (self->edit);
  g_free (self);
}

static gboolean
sets (TorgEdit *edit, const char *id, const char *field)
{
  for (guint i = 0; i < torg_edit_get_length (edit); i++)
    {
      TorgMutation    *mutation = torg_edit_nth (edit, i);
      const TorgValue *value = g_str_equal (mutation->id, id) ? torg_mutation_get (mutation, field) : NULL;

      if (value != NULL && !torg_value_is_null (value))
        return TRUE;
    }
  return FALSE;
}

/* The BIK that a mutation sets, where it does not say the bank too. */
static const char *
get_bik (TorgEdit *edit, guint i)
{
  static const char *const types[] = { "legal_entity", "own_entity", "bank_account", NULL };
  TorgMutation            *mutation = torg_edit_nth (edit, i);
  const TorgValue         *bik;

  if ((mutation->op != TORG_OP_CREATE && mutation->op != TORG_OP_PATCH) || !g_strv_contains (types, mutation->type))
    return NULL;
  bik = torg_mutation_get (mutation, "bik");
  return bik != NULL && !sets (edit, mutation->id, "bank") ? torg_value_get_text (bik) : NULL;
}

static gpointer
read_bank (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("bank");

  torg_query_add_text (query, "bik", TORG_MATCH_IS, data);
  return torg_store_list (store, query, 1, cancellable, error);
}

static void
bank_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Filling *self = data;
  g_autoptr (GPtrArray) banks = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);
  TorgRecord *bank = banks != NULL && banks->len > 0 ? g_ptr_array_index (banks, 0) : NULL;

  for (guint i = 0; bank != NULL && i < torg_edit_get_length (self->edit); i++)
    if (g_strcmp0 (get_bik (self->edit, i), torg_record_get_text (bank, "bik")) == 0)
      {
        TorgMutation *mutation = torg_edit_nth (self->edit, i);

        for (guint j = G_N_ELEMENTS (fields); j-- > 0;)
          if (!sets (self->edit, mutation->id, fields[j][0]) &&
              (mutation->op == TORG_OP_PATCH || !torg_value_is_null (torg_record_get (bank, fields[j][1]))))
            torg_mutation_set (mutation, fields[j][0], torg_record_get (bank, fields[j][1]));
      }
  torg_session_apply_async (self->session, self->edit, self->callback, self->data);
  filling_free (self);
}

/**
 * torg_bank_fill_apply_async:
 * @session: the session
 * @edit: an edit
 * @callback: called when it is applied, for [func@session_apply_finish]
 * @data: for @callback
 *
 * Applies an edit; where it sets a BIK, it sets the name of the bank and its correspondent account too, which the
 * directory of banks knows without a network.
 */
void
torg_bank_fill_apply_async (TorgSession *session, TorgEdit *edit, GAsyncReadyCallback callback, gpointer data)
{
  const char *bik = NULL;
  Filling    *self;

  for (guint i = 0; bik == NULL && i < torg_edit_get_length (edit); i++)
    bik = get_bik (edit, i);
  if (bik == NULL)
    {
      torg_session_apply_async (session, edit, callback, data);
      return;
    }
  self = g_new0 (Filling, 1);
  self->session = g_object_ref (session);
  self->edit = torg_edit_ref (edit);
  self->callback = callback;
  self->data = data;
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_READ, read_bank, g_strdup (bik), g_free,
                           (GDestroyNotify) g_ptr_array_unref, NULL, bank_read_cb, self);
}
