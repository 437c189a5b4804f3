/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-company.h"
#include "torg-defaults.h"
#include "torg-sync-store.h"

/**
 * torg_defaults_fill:
 * @store: an empty store, in a transaction
 * @lang: `ru` or `en`: the language of the names
 * @user: (nullable): the name of the person whose replica it is
 * @error: place for an error
 *
 * Fills a new company: pipelines with their stages, dictionaries, VAT rates, its first employee.
 *
 * Returns: whether that worked
 */
gboolean
torg_defaults_fill (TorgStore *store, const char *lang, const char *user, GError **error)
{
  TorgSchema *schema = torg_store_get_schema (store);
  TorgEnv    *env = torg_store_get_env (store);
  g_autoptr (GPtrArray) records = torg_company_make (schema, env, lang);

  for (guint i = 0; i < records->len; i++)
    if (!torg_store_insert (store, records->pdata[i], error))
      return FALSE;
  if (user != NULL)
    {
      g_autofree char *id = torg_env_make_id (env);
      g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "user"), id);

      torg_record_set_text (record, "name", user);
      if (!torg_store_insert (store, record, error) || !torg_store_set_user (store, id, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_store_begin_company:
 * @lang: `ru` or `en`: the language of the names
 * @user: (nullable): the name of the person whose replica it is
 * @error: place for an error
 *
 * Makes an empty replica ready for work, in one transaction; one that is not empty stays as it is, and so does one of a
 * server, whose company comes from there.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_begin_company (TorgStore *store, const char *lang, const char *user, GError **error)
{
  if (!torg_store_is_empty (store) || !torg_store_is_local (store))
    return TRUE;
  if (!torg_store_begin (store, error))
    return FALSE;
  if (!torg_defaults_fill (store, lang, user, error))
    {
      torg_store_rollback (store);
      return FALSE;
    }
  return torg_store_commit (store, error);
}
