/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-unite-rule.h"

/* People merge what they hold for duplicates, often the same ones at the same time, in either direction, and edit them
 * meanwhile. */

static char *
pick_live (SimClient *client, const char *type)
{
  g_autofree char *id = sim_pick_record_beside (client, type);
  g_autoptr (TorgRecord) record = id != NULL ? torg_store_get (client->store, type, id, NULL) : NULL;

  return record != NULL && torg_record_get_deleted (record) == 0 ? g_steal_pointer (&id) : NULL;
}

/* One of two that are likely to be chosen by others as well: those of the smallest ids. */
static char *
pick_first (SimClient *client, const char *type)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);
  g_autoptr (GPtrArray) records = torg_store_list (client->store, query, 2, NULL, NULL);
  guint n = records != NULL ? records->len : 0;

  return n > 0 ? g_strdup (torg_record_get_id (records->pdata[sim_pick_beside (client->world, (int) n)])) : NULL;
}

/* Merges two companies or people, with a field that the one that is kept takes over. */
void
sim_merge (SimClient *client)
{
  const char      *type = sim_pick_beside (client->world, 4) > 0 ? "company" : "person";
  gboolean         first = sim_pick_beside (client->world, 2);
  g_autofree char *kept = first ? pick_first (client, type) : pick_live (client, type);
  g_autofree char *other = first ? pick_first (client, type) : pick_live (client, type);
  g_autoptr (TorgEdit) edit = torg_edit_new ("merge");

  if (kept == NULL || other == NULL || g_str_equal (kept, other))
    return;
  if (sim_pick_beside (client->world, 3) == 0)
    {
      g_autofree char *note = sim_make_mark (client, type, kept, "note");

      torg_edit_take (edit, type, kept, "note", torg_value_text (note));
    }
  torg_edit_unite (edit, type, other, kept);
  sim_apply (client, edit, "merge");
}
