/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/* What a new record has without being told, and what follows from its fields. */

static char *
find_first (TorgStore *self, const char *sql, const char *id)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (self->db, sql, NULL);
  gboolean row;

  if (statement == NULL)
    return NULL;
  torg_statement_bind_id (statement, 1, id);
  if (!torg_statement_step (statement, &row, NULL) || !row)
    return NULL;
  return torg_statement_dup_id (statement, 0);
}

char *
torg_derive_first_stage (TorgStore *self, const char *pipeline)
{
  return find_first (self,
                     "SELECT id FROM stage WHERE deleted IS NULL AND kind = 'open' AND pipeline = ?1 "
                     "ORDER BY position, rid",
                     pipeline);
}

void
torg_derive_activity (TorgRecord *record)
{
  gint64 at = torg_record_get_number (record, "done");

  /* A note that says no time was made and done at once: nobody waits for it. */
  if (at == 0 && torg_record_get_number (record, "due") == 0 &&
      g_strcmp0 (torg_record_get_text (record, "kind"), "note") == 0)
    {
      at = torg_id_get_time (torg_record_get_id (record));
      torg_record_take (record, "done", torg_value_int (at));
    }
  if (at == 0)
    at = torg_record_get_number (record, "due");
  if (at == 0)
    at = torg_id_get_time (torg_record_get_id (record));
  torg_record_take (record, "at", torg_value_int (at));
}

static gboolean
set_if_null (TorgRecord *record, const char *field, TorgValue value)
{
  const TorgField *found = torg_type_find_field (torg_record_get_kind (record), field);

  if (found == NULL || !torg_value_is_null (torg_record_nth (record, found->index)))
    {
      torg_value_clear (&value);
      return FALSE;
    }
  torg_record_take_nth (record, found->index, value);
  return TRUE;
}

static void
place_on_board (TorgStore *self, TorgRecord *record)
{
  const TorgType  *type = torg_record_get_kind (record);
  gboolean         lead = g_str_equal (type->info->name, "lead");
  g_autofree char *pipeline = NULL;
  g_autofree char *stage = NULL;

  if (torg_record_get_text (record, "stage") != NULL)
    {
      g_autoptr (TorgRecord) known = torg_store_get (self, "stage", torg_record_get_text (record, "stage"), NULL);

      if (known != NULL)
        torg_record_set (record, "pipeline", torg_record_get (known, "pipeline"));
    }
  else
    {
      if (torg_record_get_text (record, "pipeline") == NULL)
        {
          pipeline = find_first (
            self,
            lead ? "SELECT id FROM pipeline WHERE deleted IS NULL AND kind = 'leads' ORDER BY position, rid"
                 : "SELECT id FROM pipeline WHERE deleted IS NULL AND kind = 'deals' ORDER BY position, rid",
            NULL);
          torg_record_set_text (record, "pipeline", pipeline);
        }
      stage = torg_derive_first_stage (self, torg_record_get_text (record, "pipeline"));
      torg_record_set_text (record, "stage", stage);
    }
  set_if_null (record, "stage_since", torg_value_int (torg_env_get_now (self->env)));
  if (torg_value_is_null (torg_record_get (record, "rank")))
    torg_record_take (record, "rank",
                      torg_value_int (torg_rank_find_top (self, type, torg_record_get_text (record, "stage"))));
}

/* What is done for a deal is done for its client too, and stands on the client's card. */
static void
follow_deal (TorgStore *self, TorgRecord *activity)
{
  static const char *const clients[] = { "company", "person" };
  const char              *id = torg_record_get_text (activity, "deal");
  g_autoptr (TorgRecord) deal = id != NULL ? torg_store_get (self, "deal", id, NULL) : NULL;

  for (guint i = 0; deal != NULL && i < G_N_ELEMENTS (clients); i++)
    set_if_null (activity, clients[i], torg_value_copy (torg_record_get (deal, clients[i])));
}

void
torg_derive_defaults (TorgStore *self, TorgRecord *record)
{
  const char *name = torg_record_get_kind (record)->info->name;

  if (g_str_equal (name, "deal") || g_str_equal (name, "lead"))
    place_on_board (self, record);
  if (g_str_equal (name, "activity"))
    {
      follow_deal (self, record);
      torg_derive_activity (record);
    }
  set_if_null (record, "created", torg_value_int (torg_env_get_now (self->env)));
  set_if_null (record, "owner", torg_value_text (self->user));
}
