/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include <stdlib.h>
#include <string.h>

/*
 *   torg-sim --seeds A-B --steps N [--faults LIST] [--trace]
 *
 * Runs the real client engine against the real server handlers, in one thread, from a seed; prints a line for each seed
 * that fails and a last one of how many there were. The same seed gives the same trace.
 */

static const struct
{
  const char *name;
  SimFaults   fault;
} fault_names[] = {
  { "drop", SIM_FAULT_DROP },       { "lost", SIM_FAULT_LOST },     { "duplicate", SIM_FAULT_DUPLICATE },
  { "late", SIM_FAULT_LATE },       { "cut", SIM_FAULT_CUT },       { "crash", SIM_FAULT_CRASH },
  { "skew", SIM_FAULT_SKEW },       { "rights", SIM_FAULT_RIGHTS }, { "restore", SIM_FAULT_RESTORE },
  { "copy", SIM_FAULT_COPY },       { "write", SIM_FAULT_WRITE },   { "full", SIM_FAULT_FULL },
  { "token", SIM_FAULT_TOKEN },     { "old", SIM_FAULT_OLD },       { "step", SIM_FAULT_STEP },
  { "import", SIM_FAULT_IMPORT },   { "alone", SIM_FAULT_ALONE },   { "tag", SIM_FAULT_TAG },
  { "expire", SIM_FAULT_EXPIRE },   { "rot", SIM_FAULT_ROT },       { "reach", SIM_FAULT_REACH },
  { "decide", SIM_FAULT_DECIDE },   { "kinds", SIM_FAULT_KINDS },   { "delay", SIM_FAULT_DELAY },
  { "reorder", SIM_FAULT_REORDER }, { "revoke", SIM_FAULT_REVOKE }, { "pages", SIM_FAULT_PAGES },
  { "rules", SIM_FAULT_RULES },     { "merge", SIM_FAULT_MERGE },   { "convert", SIM_FAULT_CONVERT },
};

static SimFaults
parse_faults (const char *list)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  SimFaults faults = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean known = *names[i] == '\0';

      for (guint j = 0; j < G_N_ELEMENTS (fault_names); j++)
        if (g_str_equal (names[i], fault_names[j].name))
          {
            faults |= fault_names[j].fault;
            known = TRUE;
          }
      if (!known)
        {
          g_printerr ("torg-sim: there is no such fault: %s\n", names[i]);
          exit (2);
        }
    }
  return faults;
}

/* `A-B`, or one alone. */
static gboolean
parse_seeds (const char *text, guint64 *first, guint64 *last)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);

  return parts[0] != NULL && g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT32, first, NULL) &&
         g_ascii_string_to_unsigned (parts[parts[1] != NULL ? 1 : 0], 10, *first, G_MAXUINT32, last, NULL);
}

static char *
run (guint64 seed, guint steps, SimFaults faults, gboolean trace, char **hash)
{
  SimWorld *world = sim_world_new (seed, faults, trace);
  char     *problem;

  for (world->step = 0; world->step < steps; world->step++)
    {
      sim_work (world);
      sim_read_server (world);
    }
  problem = sim_check (world);
  *hash = g_strdup (g_checksum_get_string (world->trace));
  sim_world_free (world);
  return problem;
}

int
main (int argc, char *argv[])
{
  g_autofree char   *seeds = NULL, *list = NULL;
  int                steps = 500;
  gboolean           trace = FALSE;
  const GOptionEntry entries[] = {
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &seeds, "Which seeds", "A-B" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &steps, "How many steps each", "N" },
    { "faults", 0, 0, G_OPTION_ARG_STRING, &list, "Which faults: drop,lost,…", "LIST" },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &trace, "Print what happens", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  guint64   first = 1, last = 1;
  guint     n_failed = 0, n = 0;
  SimFaults faults = SIM_FAULT_ALL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("torg-sim: %s\n", error->message);
      return 2;
    }
  if (seeds != NULL && !parse_seeds (seeds, &first, &last))
    {
      g_printerr ("torg-sim: these are no seeds: %s; write A-B, the smaller one first, or one number\n", seeds);
      return 2;
    }
  if (steps < 1)
    {
      g_printerr ("torg-sim: a seed takes at least one step, not %d\n", steps);
      return 2;
    }
  if (list != NULL)
    faults = parse_faults (list);
  for (guint64 seed = first; seed <= last; seed++, n++)
    {
      g_autofree char *hash = NULL;
      g_autofree char *problem = run (seed, (guint) steps, faults, trace, &hash);

      if (trace)
        g_print ("trace %s\n", hash);
      if (problem == NULL)
        continue;
      n_failed++;
      g_print ("seed %" G_GUINT64_FORMAT " fails: %s\n", seed, problem);
    }
  g_print ("%u seeds, %u failed\n", n, n_failed);
  return n_failed == 0 ? 0 : 1;
}
