/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-convert.h"

/* Leads are converted, often the same ones at the same time by several people, with what is planned with them; some of
 * what is planned comes meanwhile. */

/* One of the first two, whom others are likely to choose as well, or any. */
static char *
pick_lead (SimClient *client)
{
  g_autoptr (TorgQuery) query = torg_query_new ("lead");
  g_autoptr (GPtrArray) leads = NULL;
  guint n;

  if (sim_pick_beside (client->world, 2))
    return sim_pick_record_beside (client, "lead");
  leads = torg_store_list (client->store, query, 2, NULL, NULL);
  n = leads != NULL ? leads->len : 0;
  return n > 0 ? g_strdup (torg_record_get_id (leads->pdata[sim_pick_beside (client->world, (int) n)])) : NULL;
}

static void
add_lead (SimClient *client)
{
  TorgSchema      *schema = torg_store_get_schema (client->store);
  g_autofree char *id = torg_env_make_id (client->env);
  g_autofree char *name = g_strdup_printf ("lead %s", id);
  g_autoptr (TorgRecord) lead = torg_record_new (schema, torg_schema_find (schema, "lead"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new ("lead");

  torg_record_set_text (lead, "name", name);
  torg_edit_create (edit, lead);
  sim_apply (client, edit, "add a lead");
}

static void
plan (SimClient *client, const char *lead)
{
  TorgSchema      *schema = torg_store_get_schema (client->store);
  g_autofree char *id = torg_env_make_id (client->env);
  g_autofree char *subject = g_strdup_printf ("call %s", id);
  g_autoptr (TorgRecord) task = torg_record_new (schema, torg_schema_find (schema, "activity"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new ("plan");

  torg_record_set_text (task, "kind", "task");
  torg_record_set_text (task, "subject", subject);
  torg_record_set_text (task, "lead", lead);
  torg_edit_create (edit, task);
  sim_apply (client, edit, "plan");
}

/* Makes a lead, plans something with one, or converts one into what is likely, with a company that is there or anew. */
void
sim_convert (SimClient *client)
{
  g_autofree char *lead = pick_lead (client);
  g_autofree char *company = sim_pick_record_beside (client, "company");
  int              what = sim_pick_beside (client->world, 6);
  g_autoptr (TorgConvert) convert = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (lead == NULL || what == 0)
    {
      add_lead (client);
      return;
    }
  if (what < 3)
    {
      plan (client, lead);
      return;
    }
  convert = torg_convert_new (client->store, lead, NULL);
  if (convert == NULL)
    return;
  if (what == 3 && company != NULL)
    torg_convert_choose (convert, TORG_CONVERSION_COMPANY, TORG_CONVERT_JOIN, company);
  if (what == 4)
    torg_convert_choose (convert, TORG_CONVERSION_DEAL, TORG_CONVERT_NONE, NULL);
  edit = torg_convert_make_edit (convert, NULL);
  sim_forget_marks (client->world, lead);
  if (edit != NULL)
    sim_apply (client, edit, "convert");
}
