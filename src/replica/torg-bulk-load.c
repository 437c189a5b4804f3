/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-record-table.h"
#include "torg-store-private.h"

/*
 * A first sync fills empty tables, type by type. An index that is made when the rows are there is sorted once, while
 * each page of records would write most of its pages again: of a million records that is most of the work. So the
 * indexes of the types that are empty go, and come when their type is complete; with those of activities come the next
 * steps of deals. What is asked meanwhile is answered without them.
 *
 * How far it has come stands in the replica, in the transaction of the answer: the number of types that are complete.
 * Opening a replica makes what is missing, so that one that was left in the midst of it is slower and nothing else.
 */

#define STATE "bulk_load"
#define NEXT_STEPS_OF "activity"

static gboolean
is_empty (TorgDb *db, const TorgType *type, gboolean *empty, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT NOT EXISTS (SELECT 1 FROM \"");
  gint64 number = 0;

  g_string_append_printf (sql, "%s\")", type->info->name);
  if (!torg_db_get_int (db, sql->str, &number, error))
    return FALSE;
  *empty = number != 0;
  return TRUE;
}

static gboolean
has_next_steps (const TorgType *type)
{
  return g_str_equal (type->info->name, NEXT_STEPS_OF);
}

static gboolean
set_state (TorgStore *self, guint n_complete, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", n_complete);

  return torg_state_set (self->db, STATE, text, error);
}

/* Whether a first sync is under way, whose indexes come later. */
gboolean
torg_bulk_load_is_running (TorgStore *self)
{
  g_autofree char *state = torg_state_get (self->db, STATE);

  return state != NULL;
}

/* Before the first record; in a transaction. */
gboolean
torg_bulk_load_begin (TorgStore *self, GError **error)
{
  if (torg_bulk_load_is_running (self))
    return TRUE;
  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);
      gboolean        empty;

      if (!is_empty (self->db, type, &empty, error) ||
          (empty && (!torg_record_table_drop_indexes (self->db, type, error) ||
                     (has_next_steps (type) && !torg_next_step_drop (self->db, error)))))
        return FALSE;
    }
  return set_state (self, 0, error);
}

static gboolean
complete (TorgStore *self, guint from, guint n, GError **error)
{
  for (guint i = from; i < n; i++)
    {
      const TorgType *done = torg_schema_nth (self->schema, i);

      if (!torg_record_table_make_indexes (self->db, done, error) ||
          (has_next_steps (done) &&
           (!torg_next_step_migrate (self->db, error) || !torg_next_step_rebuild (self->db, error))))
        return FALSE;
    }
  return TRUE;
}

/* The types before @type are complete, or all where it is NULL; in a transaction. */
gboolean
torg_bulk_load_advance (TorgStore *self, const TorgType *type, GError **error)
{
  g_autofree char *state = torg_state_get (self->db, STATE);
  guint            n = type != NULL ? type->index : torg_schema_get_n_types (self->schema);
  guint            from = state != NULL ? (guint) g_ascii_strtoull (state, NULL, 10) : n;
  gboolean         done;

  if (state == NULL || (type != NULL && n <= from))
    return TRUE;
  if (!torg_db_set_sorting (self->db, TRUE, error))
    return FALSE;
  done = complete (self, from, n, error);
  if (!torg_db_set_sorting (self->db, FALSE, done ? error : NULL) || !done)
    return FALSE;
  return type != NULL ? set_state (self, n, error)
                      : torg_state_set (self->db, STATE, NULL, error) && torg_upgrade_note (self, error);
}
