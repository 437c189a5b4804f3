/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-server-check.h"
#include "torg-server-commands.h"
#include "torg-server-import.h"

#include <glib/gi18n.h>
#include <stdio.h>

/**
 * torg_command_migrate:
 * @error: place for an error
 *
 * Makes the tables, or adds what they lack.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_migrate (TorgServerContext *context, int argc, char **argv, GError **error)
{
  return torg_server_store_migrate (context->store, error);
}

/**
 * torg_command_import:
 * @error: place for an error
 *
 * Fills an empty server with a replica.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_import (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autoptr (TorgStore) replica = NULL;
  gint64           n, seq;
  g_autofree char *tag = NULL, *epoch = NULL;

  if (argc != 2)
    return torg_command_usage (error, "import REPLICA");
  if (!torg_server_store_migrate (context->store, error) ||
      !torg_server_store_get_head (context->store, &seq, &tag, &epoch, error))
    return FALSE;
  if (seq != 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("The server has content already. Import into an empty database."));
      return FALSE;
    }
  replica = torg_store_open (context->env, argv[1], TORG_STORE_READER, error);
  if (replica == NULL || !torg_server_import (context->store, replica, &n, error))
    return FALSE;
  printf (ngettext ("%lld record imported\n", "%lld records imported\n", (gulong) n), (long long) n);
  return TRUE;
}

/**
 * torg_command_check:
 * @error: place for an error
 *
 * Says what does not fit together, a sentence a fault.
 *
 * Returns: whether all fits
 */
gboolean
torg_command_check (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);

  if (argc != 1)
    return torg_command_usage (error, "check");
  if (!torg_server_check (context->store, faults, error))
    return FALSE;
  for (guint i = 0; i < faults->len; i++)
    printf ("%s\n", (const char *) faults->pdata[i]);
  if (faults->len == 0)
    {
      printf ("%s\n", _ ("All fits together."));
      return TRUE;
    }
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
               ngettext ("%u fault was found.", "%u faults were found.", faults->len), faults->len);
  return FALSE;
}
