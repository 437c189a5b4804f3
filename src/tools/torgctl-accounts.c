/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-own-accounts.h"
#include "torgctl.h"

#include <glib/gi18n.h>

/* The accounts of this computer, as the window lists them. */

static void
add_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_set_null_member (object, name);
}

static JsonNode *
to_json (GPtrArray *infos)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < infos->len; i++)
    {
      TorgAccountInfo *info = g_ptr_array_index (infos, i);
      g_autofree char *title = torg_account_info_dup_title (info);
      JsonObject      *object;

      if (info->is_empty)
        continue;
      object = json_object_new ();
      add_text (object, "account", info->name);
      add_text (object, "title", title);
      add_text (object, "server", info->server);
      add_text (object, "user", info->user);
      json_object_set_int_member (object, "unsent", info->n_unsent);
      json_object_set_int_member (object, "attention", info->n_attention);
      json_object_set_boolean_member (object, "locked", info->is_stale);
      add_text (object, "path", info->path);
      add_text (object, "error", info->trouble);
      json_array_add_object_element (array, object);
    }
  json_node_set_array (node, array);
  return node;
}

static void
print_info (const TorgAccountInfo *info)
{
  g_autofree char *title = torg_account_info_dup_title (info);

  g_print ("%s\t%s\t%s\t%s\n", info->name, title, info->user != NULL ? info->user : "",
           info->server != NULL ? info->server : _ ("only on this computer"));
  if (info->trouble != NULL)
    g_print ("\t%s\n", info->trouble);
  if (info->is_stale)
    g_print ("\t%s\n", _ ("no contact with the server for too long"));
  if (info->n_unsent > 0)
    g_print (ngettext ("\t%u change not sent\n", "\t%u changes not sent\n", info->n_unsent), info->n_unsent);
  if (info->n_attention > 0)
    g_print (ngettext ("\t%u needs a decision\n", "\t%u need a decision\n", info->n_attention), info->n_attention);
  g_print ("\t%s\n", info->path);
}

int
torg_ctl_accounts (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *folder = torg_own_accounts_dup_folder ();
  g_autoptr (GPtrArray) infos = NULL;

  if (argc != 1)
    return TORG_CTL_USAGE;
  infos = torg_own_accounts_list (self->env, folder);
  if (self->json)
    {
      g_autoptr (JsonNode) node = to_json (infos);

      torg_ctl_print_json (node);
      return TORG_CTL_OK;
    }
  for (guint i = 0; i < infos->len; i++)
    if (!((TorgAccountInfo *) infos->pdata[i])->is_empty)
      print_info (infos->pdata[i]);
  return TORG_CTL_OK;
}

/**
 * torg_ctl_find_account:
 * @text: a number, what an account is called, or a path
 * @error: place for a %TORG_ERROR_NOT_FOUND
 *
 * Finds an account of this computer.
 *
 * Returns: (transfer full) (nullable): where its replica lies
 */
char *
torg_ctl_find_account (TorgCtl *self, const char *text, GError **error)
{
  g_autofree char *folder = torg_own_accounts_dup_folder ();
  g_autoptr (GPtrArray) infos = torg_own_accounts_list (self->env, folder);
  gboolean         several;
  TorgAccountInfo *info = torg_own_accounts_find (infos, text, &several);

  if (info != NULL)
    return g_strdup (info->path);
  if (several)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                 _ ("Several accounts are called “%s”. Name one by its number; “torgctl accounts” lists them."), text);
  else
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                 _ ("There is no account “%s”; “torgctl accounts” lists them."), text);
  return NULL;
}
