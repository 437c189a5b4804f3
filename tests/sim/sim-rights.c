/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-json.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

/* Who may see what changes: roles of every reach, departments within others, work that somebody does for somebody, and
 * single records that are shared. */

static TorgRecord *
make (SimClient *client, const char *type)
{
  TorgSchema      *schema = torg_store_get_schema (client->store);
  g_autofree char *id = torg_env_make_id (client->env);

  return torg_record_new (schema, torg_schema_find (schema, type), id);
}

/* Somebody who is not the one who gives the rights. */
static const char *
pick_user (SimClient *client)
{
  return client->world->clients[1 + sim_pick_beside (client->world, SIM_CLIENTS - 1)].user;
}

/* Reads less than it edits, or only some types, or not every field; the administrator has no role. */
static void
give_role (SimClient *client, TorgEdit *edit)
{
  static const char *const reaches[] = { "none", "below", "own", "department", "all" };
  static const char *const types[] = { "deal", "company", "activity", "*" };
  static const char *const hidden[] = { "{\"deal\":[\"amount\",\"note\"],\"company\":[\"city\"]}",
                                        "{\"company\":[\"city\",\"name\"]}",
                                        "{\"activity\":[\"body\"],\"deal\":[\"owner\"]}" };
  const char              *reach = reaches[sim_pick_beside (client->world, G_N_ELEMENTS (reaches))];
  const char              *other = reaches[sim_pick_beside (client->world, G_N_ELEMENTS (reaches))];
  const char              *type = types[sim_pick_beside (client->world, G_N_ELEMENTS (types) - 1)];
  g_autofree char         *rights =
    g_strdup_printf ("{\"*\":{\"read\":\"%s\",\"create\":\"all\",\"edit\":\"%s\",\"delete\":\"%s\",\"assign\":\"all\"},"
                     "\"%s\":{\"read\":\"%s\",\"create\":\"all\",\"edit\":\"%s\"}}",
                     reach, reach, reach, type, other, other);
  const char *user = pick_user (client);
  g_autoptr (TorgRecord) role = make (client, "role");
  gboolean none = sim_pick_beside (client->world, 3) == 0;

  torg_record_set_text (role, "name", reach);
  torg_record_set_text (role, "rights", rights);
  if (sim_pick_beside (client->world, 2))
    torg_record_set_text (role, "hidden", hidden[sim_pick_beside (client->world, G_N_ELEMENTS (hidden))]);
  if (!none)
    torg_edit_create (edit, role);
  torg_edit_take (edit, "user", user, "role", torg_value_text (none ? NULL : torg_record_get_id (role)));
}

static void
give_department (SimClient *client, TorgEdit *edit)
{
  g_autofree char *parent = sim_pick_record_beside (client, "department");
  const char      *user = client->world->clients[sim_pick_beside (client->world, SIM_CLIENTS)].user;
  g_autoptr (TorgRecord) department = make (client, "department");

  torg_record_set_text (department, "name", "department");
  torg_record_set_text (department, "parent", sim_pick_beside (client->world, 3) > 0 ? parent : NULL);
  if (parent != NULL && sim_pick_beside (client->world, 2))
    {
      torg_edit_take (edit, "user", user, "department", torg_value_text (parent));
      return;
    }
  torg_edit_create (edit, department);
  torg_edit_take (edit, "user", user, "department", torg_value_text (torg_record_get_id (department)));
}

static void
set_date (SimClient *client, TorgRecord *record, const char *field, int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc_usec (torg_env_get_now (client->world->env));
  g_autoptr (GDateTime) date = g_date_time_add_days (now, days);
  g_autofree char *text = g_date_time_format (date, "%Y-%m-%d");
  g_autofree char *json = g_strdup_printf ("\"%s\"", text);
  TorgValue        value = TORG_VALUE_INIT;

  if (torg_value_from_json_text (json, TORG_KIND_DATE, &value))
    torg_record_take (record, field, value);
}

static void
delegate (SimClient *client, TorgEdit *edit)
{
  g_autofree char *old = sim_pick_record_beside (client, "delegation");
  g_autoptr (TorgRecord) delegation = make (client, "delegation");
  int from = sim_pick_beside (client->world, 3) - 1;

  if (old != NULL && sim_pick_beside (client->world, 3) == 0)
    {
      torg_edit_delete (edit, "delegation", old);
      return;
    }
  torg_record_set_text (delegation, "from_user", client->world->clients[0].user);
  torg_record_set_text (delegation, "to_user", pick_user (client));
  set_date (client, delegation, "starts", from);
  set_date (client, delegation, "ends", from + sim_pick_beside (client->world, 3));
  torg_edit_create (edit, delegation);
}

static void
share (SimClient *client, TorgEdit *edit)
{
  static const char *const types[] = { "deal", "company", "person", "activity" };
  const char              *type = types[sim_pick_beside (client->world, G_N_ELEMENTS (types))];
  g_autofree char         *old = sim_pick_record_beside (client, "share");
  g_autofree char         *id = sim_pick_record_beside (client, type);
  g_autoptr (TorgRecord) record = make (client, "share");

  if (old != NULL && sim_pick_beside (client->world, 3) == 0)
    torg_edit_delete (edit, "share", old);
  else if (id != NULL)
    {
      torg_record_set_text (record, "record_type", type);
      torg_record_set_text (record, "record", id);
      torg_record_set_text (record, "user", pick_user (client));
      torg_edit_create (edit, record);
    }
}

/* One change of who may see what; shares are made by anybody. */
void
sim_change_rights (SimClient *client)
{
  static void (*const ways[]) (SimClient *, TorgEdit *) = { give_role, give_department, delegate };
  g_autoptr (TorgEdit) edit = torg_edit_new ("rights");
  SimWorld *world = client->world;
  int       what = sim_pick_beside (world, 6);

  if (what >= (int) G_N_ELEMENTS (ways))
    share (client, edit);
  else
    {
      client = &world->clients[0];
      if (!torg_store_is_local (client->store))
        ways[what](client, edit);
    }
  sim_apply (client, edit, what < (int) G_N_ELEMENTS (ways) ? "rights" : "share");
}

/* Days go by, at which a delegation begins or ends. */
void
sim_pass_days (SimWorld *self)
{
  gint64 passed = (gint64) sim_pick_beside (self, 36) * G_TIME_SPAN_HOUR;

  torg_env_set_now (self->env, torg_env_get_now (self->env) + passed);
  for (guint i = 0; i < SIM_CLIENTS; i++)
    torg_env_set_now (self->clients[i].env, torg_env_get_now (self->clients[i].env) + passed);
  sim_note (self, "%d hours go by", (int) (passed / G_TIME_SPAN_HOUR));
}
