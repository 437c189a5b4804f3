/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-belongings.h"
#include "torg-error.h"
#include "torg-forms.h"
#include "torg-sight.h"
#include "torg-webhooks.h"

#include <glib/gi18n-lib.h>

/*
 * Forms of web sites and webhooks work in the name of an employee, with what they may do. When they leave, somebody
 * else has to have them: nobody sees otherwise that a site's leads are refused.
 */

/**
 * torg_belonging_free:
 * @self: (transfer full): a form or a webhook
 *
 * Frees what tells of a form or a webhook.
 */
void
torg_belonging_free (TorgBelonging *self)
{
  g_free (self->user);
  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

static void
take (GPtrArray *list, const char *user, const char *id, char *name, gboolean is_webhook)
{
  TorgBelonging *self = g_new0 (TorgBelonging, 1);

  self->user = g_strdup (user);
  self->id = g_strdup (id);
  self->name = name;
  self->is_webhook = is_webhook;
  g_ptr_array_add (list, self);
}

/* What else stands in an address may be as good as a password. */
static char *
dup_site (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) site = NULL;

  if (uri == NULL)
    return g_strdup ("?");
  site = g_uri_build (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), g_uri_get_port (uri), "",
                      NULL, NULL);
  return g_uri_to_string (site);
}

/**
 * torg_belongings_list:
 * @store: a connection
 * @user: (nullable): the id of a `user`; %NULL for all
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists the forms, then the webhooks, each the oldest first.
 *
 * Returns: (transfer full) (element-type TorgBelonging) (nullable): what works in somebody's name
 */
GPtrArray *
torg_belongings_list (TorgServerStore *store, const char *user, GError **error)
{
  g_autoptr (GPtrArray) forms = torg_forms_list (store, error);
  g_autoptr (GPtrArray) webhooks = forms != NULL ? torg_webhooks_list (store, error) : NULL;
  GPtrArray *list;

  if (webhooks == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_belonging_free);
  for (guint i = 0; i < forms->len; i++)
    {
      const TorgForm *form = forms->pdata[i];

      if (user == NULL || g_str_equal (form->user, user))
        take (list, form->user, form->key, g_strdup (form->name), FALSE);
    }
  for (guint i = 0; i < webhooks->len; i++)
    {
      const TorgWebhook *webhook = webhooks->pdata[i];

      if (user == NULL || g_str_equal (webhook->user, user))
        take (list, webhook->user, webhook->id, dup_site (webhook->url), TRUE);
    }
  return list;
}

static gboolean
may_make_leads (TorgServerStore *store, TorgSight *sight, gboolean *may, GError **error)
{
  TorgSchema      *schema = torg_server_store_get_schema (store);
  const TorgType  *type = torg_schema_find (schema, "lead");
  g_autofree char *id = torg_env_make_id (torg_server_store_get_env (store));
  g_autoptr (TorgRecord) lead = torg_record_new (schema, type, id);
  g_autoptr (TorgCommit) commit = torg_commit_new_reading (store);
  g_autofree char *keys = NULL;

  torg_record_set_text (lead, "owner", torg_sight_get_user (sight));
  keys = torg_commit_dup_keys (commit, lead, error);
  *may = keys != NULL && torg_sight_may (sight, "create", type, keys);
  return keys != NULL;
}

/**
 * torg_belongings_find_fault:
 * @store: a connection, in a transaction
 * @user: the id of a `user`
 * @is_webhook: whether it is a webhook, and not a form
 * @fault: (out): why not
 * @error: place for a %TORG_STORE_ERROR
 *
 * Looks whether a form or a webhook works in somebody's name.
 *
 * Returns: whether the database answered
 */
gboolean
torg_belongings_find_fault (TorgServerStore    *store,
                            const char         *user,
                            gboolean            is_webhook,
                            TorgBelongingFault *fault,
                            GError            **error)
{
  g_autoptr (TorgSight) sight = NULL;
  gboolean may = TRUE;

  *fault = TORG_BELONGING_WORKS;
  if (!torg_server_store_load_schema (store, error) || (sight = torg_sight_new (store, user, error)) == NULL ||
      (!is_webhook && !may_make_leads (store, sight, &may, error)))
    return FALSE;
  if (torg_sight_is_gone (sight))
    *fault = TORG_BELONGING_GONE;
  else if (!may)
    *fault = TORG_BELONGING_LEADS;
  else if (is_webhook && !torg_sight_is_admin (sight))
    *fault = TORG_BELONGING_ROLES;
  return TRUE;
}

/**
 * torg_belongings_check:
 * @store: a connection, in no transaction
 * @user: the id of a `user`
 * @is_webhook: whether it is a webhook, and not a form
 * @error: place for a %TORG_ERROR_RULE in words, or a %TORG_STORE_ERROR
 *
 * Checks that somebody can be given a form or a webhook.
 *
 * Returns: whether they can
 */
gboolean
torg_belongings_check (TorgServerStore *store, const char *user, gboolean is_webhook, GError **error)
{
  TorgDb            *db = torg_server_store_get_db (store);
  TorgBelongingFault fault;
  gboolean           ok;

  if (!torg_db_begin_reading (db, error))
    return FALSE;
  ok = torg_belongings_find_fault (store, user, is_webhook, &fault, error);
  torg_db_rollback (db);
  if (!ok || fault == TORG_BELONGING_WORKS)
    return ok;
  if (fault == TORG_BELONGING_ROLES)
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("Only somebody who may edit roles can have webhooks."));
  else if (fault == TORG_BELONGING_LEADS)
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                         _ ("The role of whoever is to have the form does not allow to create leads, so that the leads "
                            "of the site would be lost. Choose somebody else, or change the role."));
  else
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("This account is closed. Open it first."));
  return FALSE;
}

/**
 * torg_belongings_give:
 * @store: a connection, in a transaction
 * @belongings: (element-type TorgBelonging): forms and webhooks
 * @user: the id of the `user` in whose name they work from now on
 * @error: place for a %TORG_STORE_ERROR
 *
 * Gives forms and webhooks to somebody.
 *
 * Returns: whether that worked
 */
gboolean
torg_belongings_give (TorgServerStore *store, GPtrArray *belongings, const char *user, GError **error)
{
  for (guint i = 0; i < belongings->len; i++)
    {
      const TorgBelonging *one = belongings->pdata[i];
      gboolean             found;

      if (!(one->is_webhook ? torg_webhooks_give : torg_forms_give) (store, one->id, user, &found, error))
        return FALSE;
    }
  return TRUE;
}
