/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-hand-over.h"
#include "torgctl.h"

#include <glib/gi18n.h>

/* What one person's work becomes when they leave: hand-over. */

static const struct
{
  const char      *name;
  TorgHandOverWhat what;
} known[] = {
  { "deals", TORG_HAND_OVER_DEALS }, { "leads", TORG_HAND_OVER_LEADS },   { "clients", TORG_HAND_OVER_CLIENTS },
  { "tasks", TORG_HAND_OVER_TASKS }, { "closed", TORG_HAND_OVER_CLOSED },
};

#define EVERYTHING (TORG_HAND_OVER_DEALS | TORG_HAND_OVER_LEADS | TORG_HAND_OVER_CLIENTS | TORG_HAND_OVER_TASKS)

static gboolean
read_what (const char *text, TorgHandOverWhat *what)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  *what = 0;
  for (guint i = 0; names[i] != NULL; i++)
    {
      guint j;

      for (j = 0; j < G_N_ELEMENTS (known) && !g_str_equal (known[j].name, names[i]); j++)
        ;
      if (j == G_N_ELEMENTS (known))
        return FALSE;
      *what |= known[j].what;
    }
  return (*what & EVERYTHING) != 0;
}

static void
print_counts (TorgCtl *self, const TorgHandOverCounts *counts, TorgHandOverWhat what)
{
  gint64 sum = torg_hand_over_sum (counts, what);

  if (self->json)
    g_print ("{\"deals\": %" G_GINT64_FORMAT ", \"closed_deals\": %" G_GINT64_FORMAT ", \"leads\": %" G_GINT64_FORMAT
             ", \"closed_leads\": %" G_GINT64_FORMAT ", \"companies\": %" G_GINT64_FORMAT
             ", \"persons\": %" G_GINT64_FORMAT ", \"tasks\": %" G_GINT64_FORMAT ", \"meetings\": %" G_GINT64_FORMAT
             ", \"records\": %" G_GINT64_FORMAT "}\n",
             counts->deals, counts->closed_deals, counts->leads, counts->closed_leads, counts->companies,
             counts->persons, counts->tasks, counts->meetings, sum);
  else
    g_print (_ ("%lld records would be handed over.\n"), (long long) sum);
}

static int
hand_over (TorgCtl *self, const char *from, const char *to, TorgHandOverWhat what, GError **error)
{
  g_autoptr (TorgHandOver) plan = torg_hand_over_new (self->store, from, to, what, NULL, error);

  if (plan == NULL)
    return TORG_CTL_FAILED;
  while (!torg_hand_over_is_ended (plan))
    if (!torg_hand_over_step (plan, self->store, error))
      return TORG_CTL_FAILED;
  if (torg_hand_over_get_left (plan) > 0)
    {
      g_printerr (ngettext ("Your role does not allow to hand over %u record, which stays as it is.",
                            "Your role does not allow to hand over %u records, which stay as they are.",
                            torg_hand_over_get_left (plan)),
                  torg_hand_over_get_left (plan));
      g_printerr ("\n");
    }
  if (self->json)
    g_print ("{\"records\": %u, \"left\": %u, \"import_id\": \"%s\"}\n", torg_hand_over_get_done (plan),
             torg_hand_over_get_left (plan), torg_hand_over_get_id (plan));
  else
    g_print (_ ("%u records handed over. “torgctl undo-import %s” takes that back.\n"), torg_hand_over_get_done (plan),
             torg_hand_over_get_id (plan));
  return TORG_CTL_OK;
}

int
torg_ctl_hand_over (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *from_name = NULL, *to_name = NULL, *names = NULL, *from = NULL, *to = NULL;
  gboolean         dry = FALSE;
  TorgHandOverWhat what = EVERYTHING;
  const TorgField *owner;
  GOptionEntry     entries[] = {
    { "from", 0, 0, G_OPTION_ARG_STRING, &from_name, NULL, NULL },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to_name, NULL, NULL },
    { "what", 0, 0, G_OPTION_ARG_STRING, &names, NULL, NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 1 || from_name == NULL || to_name == NULL ||
      (names != NULL && !read_what (names, &what)))
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  owner = torg_type_find_field (torg_schema_find (torg_store_get_schema (self->store), "deal"), "owner");
  from = torg_ctl_find_ref (self, NULL, owner, from_name, error);
  to = from != NULL ? torg_ctl_find_ref (self, NULL, owner, to_name, error) : NULL;
  if (to == NULL)
    return TORG_CTL_MISSING;
  if (dry)
    {
      g_autofree TorgHandOverCounts *counts = torg_hand_over_count (self->store, from, NULL, error);

      if (counts == NULL)
        return TORG_CTL_FAILED;
      print_counts (self, counts, what);
      return TORG_CTL_OK;
    }
  return hand_over (self, from, to, what, error);
}
