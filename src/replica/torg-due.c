/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-due.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

/* What the user is to be reminded of: their own open activities with a time of day. */

#define STATE "reminded"

#define MINE "FROM activity WHERE owner = ?1 AND done IS NULL AND deleted IS NULL AND length(due) > 10 AND due_utc > ?2"

/**
 * torg_due_free:
 * @self: (transfer full): something to be done
 *
 * Frees it.
 */
void
torg_due_free (TorgDue *self)
{
  g_free (self->id);
  g_free (self->kind);
  g_free (self->subject);
  g_free (self->about);
  g_free (self->about_title);
  g_free (self);
}

/* The card that it stands on, the one that is worked on first. */
static gboolean
find_about (TorgStore *self, TorgDue *item, TorgRecord *activity, GError **error)
{
  static const char *const types[] = { "deal", "lead", "company", "person" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const char *id = torg_record_get_text (activity, types[i]);
      g_autoptr (GError) local = NULL;
      g_autoptr (TorgRecord) about = id != NULL ? torg_store_get (self, types[i], id, &local) : NULL;

      if (local != NULL && !g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (about == NULL || torg_record_get_deleted (about) != 0)
        continue;
      item->about_type = types[i];
      item->about = g_strdup (id);
      item->about_title = torg_record_dup_title (about);
      return TRUE;
    }
  return TRUE;
}

/**
 * torg_store_get_due:
 * @id: an activity
 * @item: (out) (nullable): what is to be done; %NULL where it is done or deleted
 * @error: place for a %TORG_STORE_ERROR
 *
 * Reads one thing that is to be done.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_get_due (TorgStore *self, const char *id, TorgDue **item, GError **error)
{
  g_autoptr (TorgDue) due = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (TorgRecord) activity = torg_store_get (self, "activity", id, &local);

  *item = NULL;
  if (activity == NULL)
    return g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND) ||
           (g_propagate_error (error, g_steal_pointer (&local)), FALSE);
  if (torg_record_get_deleted (activity) != 0 || !torg_value_is_null (torg_record_get (activity, "done")))
    return TRUE;
  due = g_new0 (TorgDue, 1);
  due->id = g_strdup (id);
  due->kind = g_strdup (torg_record_get_text (activity, "kind"));
  due->subject = g_strdup (torg_record_get_text (activity, "subject"));
  due->due = torg_record_get_number (activity, "due");
  if (!find_about (self, due, activity, error))
    return FALSE;
  *item = g_steal_pointer (&due);
  return TRUE;
}

/**
 * torg_store_list_due:
 * @after: a moment, in microseconds UTC
 * @until: another one
 * @limit: how many at most
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists what the user has to do after one moment and until another one, the soonest first.
 *
 * Returns: (transfer full) (element-type TorgDue) (nullable): what is to be done
 */
GPtrArray *
torg_store_list_due (TorgStore *self, gint64 after, gint64 until, guint limit, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_due_free);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  if (self->user == NULL)
    return g_steal_pointer (&list);
  statement = torg_db_prepare (self->db, "SELECT id " MINE " AND due_utc <= ?3 ORDER BY due_utc, rid LIMIT ?4", error);
  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, self->user);
  torg_statement_bind_int (statement, 2, after);
  torg_statement_bind_int (statement, 3, until);
  torg_statement_bind_int (statement, 4, limit);
  while (torg_statement_step (statement, &row, error))
    {
      g_autofree char *id = NULL;
      TorgDue         *item;

      if (!row)
        return g_steal_pointer (&list);
      id = torg_statement_dup_id (statement, 0);
      if (!torg_store_get_due (self, id, &item, error))
        return NULL;
      if (item != NULL)
        g_ptr_array_add (list, item);
    }
  return NULL;
}

/**
 * torg_store_find_due:
 * @after: a moment, in microseconds UTC
 * @due: (out): when the user has to do something next after that; 0 for never
 * @error: place for a %TORG_STORE_ERROR
 *
 * Finds out when there is something to do.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_find_due (TorgStore *self, gint64 after, gint64 *due, GError **error)
{
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  *due = 0;
  if (self->user == NULL)
    return TRUE;
  statement = torg_db_prepare (self->db, "SELECT due_utc " MINE " ORDER BY due_utc LIMIT 1", error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_id (statement, 1, self->user);
  torg_statement_bind_int (statement, 2, after);
  if (!torg_statement_step (statement, &row, error))
    return FALSE;
  if (row)
    *due = torg_statement_get_int (statement, 0);
  return TRUE;
}

/**
 * torg_store_get_reminded:
 *
 * Tells up to which moment the user was reminded of what is due.
 *
 * Returns: microseconds UTC; 0 for never
 */
gint64
torg_store_get_reminded (TorgStore *self)
{
  g_autofree char *text = torg_store_get_state (self, STATE);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/**
 * torg_store_set_reminded:
 * @until: microseconds UTC
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes up to which moment the user was reminded of what is due.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_set_reminded (TorgStore *self, gint64 until, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, until);

  return torg_store_set_state (self, STATE, text, error);
}
