/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-sync-store.h"

/* The rules of stages change while others move cards by the rules that they know; approvals are asked for, given and
 * taken back. What the server refuses by then is for somebody to decide. */

static TorgRecord *
make (SimClient *client, const char *type)
{
  TorgSchema      *schema = torg_store_get_schema (client->store);
  g_autofree char *id = torg_env_make_id (client->env);

  return torg_record_new (schema, torg_schema_find (schema, type), id);
}

/* Everything may be done with it, so that only stages tell it from others. */
static char *
ensure_role (SimClient *client, TorgEdit *edit)
{
  g_autofree char *old = sim_pick_record_beside (client, "role");
  g_autoptr (TorgRecord) role = NULL;

  if (old != NULL && sim_pick_beside (client->world, 4) > 0)
    return g_steal_pointer (&old);
  role = make (client, "role");
  torg_record_set_text (role, "name", "seller");
  torg_record_set_text (role, "rights",
                        "{\"*\":{\"read\":\"all\",\"create\":\"all\",\"edit\":\"all\",\"delete\":\"all\","
                        "\"assign\":\"all\"}}");
  torg_edit_create (edit, role);
  return g_strdup (torg_record_get_id (role));
}

static void
give_role (SimClient *client, TorgEdit *edit)
{
  const char      *user = client->world->clients[1 + sim_pick_beside (client->world, SIM_CLIENTS - 1)].user;
  g_autofree char *role = ensure_role (client, edit);

  torg_edit_take (edit, "user", user, "role", torg_value_text (sim_pick_beside (client->world, 3) > 0 ? role : NULL));
}

static void
set_rule (SimClient *client, TorgEdit *edit)
{
  static const char *const rules[] = { "required", "next", "movers", "approvers" };
  static const char *const fields[] = { "amount", "note", "company" };
  const char              *rule = rules[sim_pick_beside (client->world, G_N_ELEMENTS (rules))];
  g_autofree char         *stage = sim_pick_record_beside (client, "stage");
  g_autofree char         *item = NULL;
  const char              *items[] = { NULL, NULL };

  if (stage == NULL)
    return;
  if (g_str_equal (rule, "required"))
    item = g_strdup (fields[sim_pick_beside (client->world, G_N_ELEMENTS (fields))]);
  else if (g_str_equal (rule, "next"))
    item = sim_pick_record_beside (client, "stage");
  else
    item = ensure_role (client, edit);
  if (sim_pick_beside (client->world, 3) > 0)
    items[0] = item;
  torg_edit_take (edit, "stage", stage, rule, torg_value_from_items (items, TRUE));
}

static void
ask (SimClient *client, TorgEdit *edit)
{
  g_autofree char *deal = sim_pick_record_beside (client, "deal");
  g_autofree char *stage = sim_pick_record_beside (client, "stage");
  g_autoptr (TorgRecord) approval = make (client, "approval");
  g_autofree char *comment = sim_make_mark (client, "approval", torg_record_get_id (approval), "comment");

  if (deal == NULL || stage == NULL)
    return;
  torg_record_set_text (approval, "deal", deal);
  torg_record_set_text (approval, "stage", stage);
  torg_record_set_text (approval, "comment", comment);
  torg_edit_create (edit, approval);
}

/* Approved with the move, as the window does, or alone. */
static void
decide (SimClient *client, TorgEdit *edit)
{
  static const char *const decisions[] = { "approved", "declined", NULL };
  g_autofree char         *id = sim_pick_record_beside (client, "approval");
  g_autoptr (TorgRecord) approval = id != NULL ? torg_store_get (client->store, "approval", id, NULL) : NULL;
  const char *decision = decisions[sim_pick_beside (client->world, G_N_ELEMENTS (decisions))];

  if (approval == NULL)
    return;
  if (sim_pick_beside (client->world, 6) == 0)
    {
      torg_edit_delete (edit, "approval", id);
      return;
    }
  torg_edit_take (edit, "approval", id, "decision", torg_value_text (decision));
  if (g_strcmp0 (decision, "approved") == 0 && torg_record_get_text (approval, "deal") != NULL &&
      sim_pick_beside (client->world, 2))
    torg_edit_move (edit, "deal", torg_record_get_text (approval, "deal"), torg_record_get_text (approval, "stage"), 0);
}

/* One change of the rules, or of an approval. */
void
sim_change_rules (SimClient *client)
{
  static void (*const ways[]) (SimClient *, TorgEdit *) = { set_rule, ask, decide, ask, decide, give_role };
  static const char *const words[] = { "rule", "ask", "decide", "ask", "decide", "role" };
  guint                    what = (guint) sim_pick_beside (client->world, G_N_ELEMENTS (ways));
  g_autoptr (TorgEdit) edit = torg_edit_new (words[what]);

  if (what == G_N_ELEMENTS (ways) - 1)
    client = &client->world->clients[0];
  if (torg_store_is_local (client->store))
    return;
  ways[what](client, edit);
  sim_apply (client, edit, words[what]);
}
