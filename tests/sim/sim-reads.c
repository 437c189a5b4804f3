/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-sight.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-wire.h"

/* What a user finds in a replica at any moment, not only in the end: one's own writes, and of others' all or nothing.
 */

/* --- read your writes --------------------------------------------------------------------------------------------- */

/* What a rule says of a card that goes to another stage, whatever else is written with the move: when it came there,
 * and what is no more of a card that is in work again. */
static gboolean
is_ruled (TorgMutation *mutation, const char *field)
{
  static const char *const cleared[] = { "closed", "lost_reason", "lost_comment", NULL };

  /* Whoever takes a proposal to decide decides in their own name, and then. */
  if (g_str_equal (mutation->type, "approval") && torg_mutation_get (mutation, "decision") != NULL &&
      (g_str_equal (field, "decided_by") || g_str_equal (field, "decided_at")))
    return TRUE;
  return g_str_equal (field, "stage_since") ||
         (g_strv_contains (cleared, field) &&
          (torg_mutation_get (mutation, "stage") != NULL || torg_mutation_get (mutation, "pipeline") != NULL));
}

/* What a text becomes when it is kept is tested elsewhere. */
static gboolean
is_kept (SimClient *client, TorgMutation *mutation, const TorgFieldChange *change)
{
  const TorgType  *type = torg_schema_find (torg_store_get_schema (client->store), mutation->type);
  const TorgField *field = torg_type_find_field (type, change->field);
  g_autoptr (TorgRecord) record = torg_store_get (client->store, mutation->type, mutation->id, NULL);

  if (field->merge == TORG_MERGE_DERIVED || is_ruled (mutation, field->name) ||
      g_str_equal (field->name, "merged_into"))
    return TRUE;
  return record != NULL && torg_value_equal (torg_record_nth (record, field->index), &change->value);
}

/* The last one that writes a field counts. */
static gboolean
is_written_again (TorgEdit *edit, guint after, TorgMutation *mutation, const char *field)
{
  for (guint i = after + 1; i < torg_edit_get_length (edit); i++)
    {
      TorgMutation *later = torg_edit_nth (edit, i);

      if (g_str_equal (later->id, mutation->id) &&
          (later->op == TORG_OP_DELETE || torg_mutation_get (later, field) != NULL))
        return TRUE;
    }
  return FALSE;
}

/* After an edit that was shown as saved, the replica gives what was written. */
void
sim_check_writes (SimClient *client, TorgEdit *edit)
{
  for (guint i = 0; i < torg_edit_get_length (edit); i++)
    {
      TorgMutation *mutation = torg_edit_nth (edit, i);

      for (guint j = 0; mutation->changes != NULL && j < mutation->changes->len; j++)
        {
          const TorgFieldChange *change = mutation->changes->pdata[j];

          if (!is_written_again (edit, i, mutation, change->field) && !is_kept (client, mutation, change) &&
              client->world->problem == NULL)
            client->world->problem = g_strdup_printf ("client %u: the field %s of the %s %s is not what was written",
                                                      client->number, change->field, mutation->type, mutation->id);
        }
    }
}

/* --- numbers in the order of commits ------------------------------------------------------------------------------ */

/* How far back something could come late. */
#define BEHIND 32

static gint64
ask_server (SimWorld *self, const char *sql, gint64 after, gint64 to)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (self->server), sql, NULL);
  gboolean row;

  torg_statement_bind_int (statement, 1, after);
  torg_statement_bind_int (statement, 2, to);
  return torg_statement_step (statement, &row, NULL) && row ? torg_statement_get_int (statement, 0) : -1;
}

/* Commits and changes up to a number. */
static gint64
count_read (SimWorld *self, gint64 to)
{
  return ask_server (self,
                     "SELECT (SELECT count(*) FROM commits WHERE workspace = 1 AND seq > ?1 AND seq <= ?2) + "
                     "(SELECT count(*) FROM change WHERE workspace = 1 AND seq > ?1 AND seq <= ?2)",
                     to - BEHIND, to);
}

/* Somebody who reads the server after each step sees numbers without gaps, and nothing that comes under one that was
 * seen already; but for what the server has forgotten since. */
void
sim_read_server (SimWorld *self)
{
  gint64 head = 0, n_new;

  if (self->problem != NULL ||
      !torg_db_get_int (torg_server_store_get_db (self->server), "SELECT seq FROM workspace WHERE id = 1", &head, NULL))
    return;
  if (head == self->read_to)
    return;
  if (self->read_to > 0)
    {
      n_new = ask_server (self,
                          "SELECT count(*) + max(0, (SELECT coalesce(forgotten, 0) FROM workspace WHERE id = 1) - ?1) "
                          "FROM commits WHERE workspace = 1 AND seq > ?1 AND seq <= ?2",
                          self->read_to, head);
      if (head < self->read_to || n_new < head - self->read_to)
        self->problem = g_strdup_printf ("the server's numbers have a gap after %" G_GINT64_FORMAT, self->read_to);
      else if (count_read (self, self->read_to) > self->n_read)
        self->problem = g_strdup_printf (
          "the server has something new under the number %" G_GINT64_FORMAT ", which was seen already", self->read_to);
    }
  self->read_to = head;
  self->n_read = count_read (self, head);
}

/* --- all of a commit, or nothing ---------------------------------------------------------------------------------- */

/* How many of the last commits are looked at. */
#define COMMITS 12

static gboolean
has_row (SimClient *client, const char *type, const char *id, gint64 seq)
{
  g_autoptr (TorgRecord) record = torg_store_get (client->store, type, id, NULL);

  return record != NULL && torg_record_get_seq (record) >= seq;
}

/* Whether the client's cursor says that it has all up to some commit, with nothing still on its way. */
static gboolean
is_whole (SimClient *client, gint64 *seq)
{
  g_autofree char *text = torg_store_get_state (client->store, "cursor");
  g_autofree char *rebuilding = torg_store_get_state (client->store, "rebuilding");
  g_autoptr (TorgWireCursor) cursor = text != NULL ? torg_wire_cursor_from_text (text, NULL) : NULL;

  if (cursor == NULL || rebuilding != NULL || cursor->type != NULL || cursor->old_scopes != NULL ||
      cursor->read_tag != NULL || torg_store_is_adopting (client->store))
    return FALSE;
  *seq = cursor->seq;
  return TRUE;
}

/* Between two pulls: of each commit, which holds whole groups, all is here that the user may see, or nothing. */
void
sim_check_groups (SimClient *client)
{
  SimWorld   *self = client->world;
  TorgSchema *schema = torg_server_store_get_schema (self->server);
  g_autoptr (TorgSight) sight = torg_sight_new (self->server, client->user, NULL);
  g_autoptr (TorgStatement) statement = NULL;
  gint64   head = 0, last = 0;
  guint    n_here = 0, n_missing = 0;
  gboolean row;

  if (self->problem != NULL || !is_whole (client, &head))
    return;
  statement = torg_db_prepare (torg_server_store_get_db (self->server),
                               "SELECT seq, type, id FROM change WHERE workspace = 1 AND seq > ?1 ORDER BY seq", NULL);
  torg_statement_bind_int (statement, 1, head - COMMITS);
  while (torg_statement_step (statement, &row, NULL) && row)
    {
      gint64           seq = torg_statement_get_int (statement, 0);
      const TorgType  *type = torg_schema_find (schema, torg_statement_get_text (statement, 1));
      g_autofree char *id = torg_statement_dup_id (statement, 2);
      g_autofree char *keys = NULL;
      g_autoptr (TorgRecord) record = NULL;

      if (seq != last)
        n_here = n_missing = 0;
      last = seq;
      if (type == NULL || !torg_server_store_load (self->server, type, id, FALSE, &record, &keys, NULL) ||
          record == NULL || !torg_sight_sees (sight, keys) || torg_sight_hides_line (sight, record))
        continue;
      if (has_row (client, type->info->name, id, seq))
        n_here++;
      else
        n_missing++;
      if (n_missing > 0 && (n_here > 0 || seq <= head))
        {
          self->problem = g_strdup_printf ("client %u: half of a group is visible: of the commit %" G_GINT64_FORMAT
                                           " the %s %s is missing",
                                           client->number, seq, type->info->name, id);
          return;
        }
    }
}
