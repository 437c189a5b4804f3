/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-belongings.h"
#include "torg-commit.h"
#include "torg-forms.h"
#include "torg-server-commands.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* torg-server form … */

#define USAGE                                                                                                          \
  "form add NAME --owner LOGIN [--source NAME] [--origin URL]… [--redirect URL] [--plain] | form list | "              \
  "form give KEY LOGIN | form remove KEY"

static const struct
{
  const char *name;
  const char *label;
} utm[] = {
  { "utm_source", N_ ("UTM source") },     { "utm_medium", N_ ("UTM medium") },
  { "utm_campaign", N_ ("UTM campaign") }, { "utm_term", N_ ("UTM search words") },
  { "utm_content", N_ ("UTM content") },
};

static gboolean
find_source (TorgServerStore *store, const char *name, char **source, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "dictionary");
  g_autoptr (GPtrArray) entries = torg_server_store_list_page (store, type, NULL, G_MAXINT, NULL, error);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    if (torg_record_get_deleted (entries->pdata[i]) == 0 &&
        g_strcmp0 (torg_record_get_text (entries->pdata[i], "dictionary"), "source") == 0 &&
        g_strcmp0 (torg_record_get_text (entries->pdata[i], "name"), name) == 0)
      {
        *source = g_strdup (torg_record_get_id (entries->pdata[i]));
        return TRUE;
      }
  if (entries != NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no source called “%s”."), name);
  return FALSE;
}

/* --- fields of leads ---------------------------------------------------------------------------------------------- */

static gboolean
add_fields (TorgServerStore *store, GError **error)
{
  TorgSchema     *schema = torg_server_store_get_schema (store);
  TorgEnv        *env = torg_server_store_get_env (store);
  const TorgType *lead = torg_schema_find (schema, "lead");
  g_autoptr (TorgCommit) commit = torg_commit_new (store, NULL);
  gint64 seq;

  for (guint i = 0; i < G_N_ELEMENTS (utm); i++)
    {
      g_autofree char *id = torg_env_make_id (env);
      g_autoptr (TorgRecord) field = torg_record_new (schema, torg_schema_find (schema, "field_def"), id);

      if (torg_type_find_field (lead, utm[i].name) != NULL)
        continue;
      torg_record_set_text (field, "record_type", "lead");
      torg_record_set_text (field, "name", utm[i].name);
      torg_record_set_text (field, "label", _ (utm[i].label));
      torg_record_set_text (field, "kind", "text");
      torg_record_take (field, "position",
                        torg_value_int (torg_env_get_now (env) / G_USEC_PER_SEC * TORG_NUMBER_SCALE + i));
      torg_commit_create (commit, field);
    }
  return torg_commit_write (commit, &seq, error);
}

/* The marks of advertisements are fields of the company's own, made with its first form. */
static gboolean
ensure_fields (TorgServerStore *store, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  if (!torg_db_begin (db, error))
    return FALSE;
  if (torg_server_store_load_schema (store, error) && add_fields (store, error))
    return torg_db_commit (db, error);
  torg_db_rollback (db);
  return FALSE;
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

static gboolean
check_addresses (char **origins, const char *redirect, GError **error)
{
  for (guint i = 0; origins != NULL && origins[i] != NULL; i++)
    if (!torg_forms_check_origin (origins[i]))
      {
        g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                     _ ("“%s” is no site. Write https://HOST, without a slash at its end."), origins[i]);
        return FALSE;
      }
  if (redirect == NULL || ((g_str_has_prefix (redirect, "https://") || g_str_has_prefix (redirect, "http://")) &&
                           g_uri_is_valid (redirect, G_URI_FLAGS_NONE, NULL)))
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” is no address of a page."), redirect);
  return FALSE;
}

static gboolean
add (TorgServerStore *store, int argc, char **argv, GError **error)
{
  g_autofree char *owner = NULL, *source = NULL, *redirect = NULL;
  g_auto (GStrv) origins = NULL;
  gboolean           plain = FALSE;
  const GOptionEntry entries[] = {
    { "owner", 0, 0, G_OPTION_ARG_STRING, &owner, NULL, NULL },
    { "source", 0, 0, G_OPTION_ARG_STRING, &source, NULL, NULL },
    { "origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &origins, NULL, NULL },
    { "redirect", 0, 0, G_OPTION_ARG_STRING, &redirect, NULL, NULL },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &plain, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (TorgForm) form = g_new0 (TorgForm, 1);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 2 || owner == NULL || *argv[1] == '\0')
    return torg_command_usage (error, USAGE);
  if (!check_addresses (origins, redirect, error) ||
      !torg_command_find_login (store, owner, FALSE, &form->user, error) ||
      !torg_belongings_check (store, form->user, FALSE, error) ||
      (source != NULL && !find_source (store, source, &form->source, error)) || !ensure_fields (store, error))
    return FALSE;
  form->name = g_strdup (argv[1]);
  form->origins = origins != NULL ? g_strjoinv (" ", origins) : g_strdup ("");
  form->redirect = g_steal_pointer (&redirect);
  form->plain = plain;
  if (!torg_forms_add (store, form, error))
    return FALSE;
  printf ("%s\n", form->key);
  return TRUE;
}

/* Whose it is comes last. */
static gboolean
list (TorgServerStore *store, GError **error)
{
  g_autoptr (GPtrArray) forms = torg_forms_list (store, error);

  for (guint i = 0; forms != NULL && i < forms->len; i++)
    {
      const TorgForm  *form = forms->pdata[i];
      g_autofree char *owner = torg_command_name_login (store, form->user, error);

      if (owner == NULL)
        return FALSE;
      printf ("%s\t%s\t%s\t%s\t%s\n", form->key, form->name, *form->origins != '\0' ? form->origins : "*",
              form->redirect != NULL ? form->redirect : "-", owner);
    }
  return forms != NULL;
}

static gboolean
refuse_key (const char *key, GError **error)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no form with the key “%s”."), key);
  return FALSE;
}

static gboolean
give (TorgServerStore *store, const char *key, const char *login, GError **error)
{
  g_autofree char *user = NULL;
  gboolean         found;

  if (!torg_command_find_login (store, login, FALSE, &user, error) ||
      !torg_belongings_check (store, user, FALSE, error) || !torg_forms_give (store, key, user, &found, error))
    return FALSE;
  return found || refuse_key (key, error);
}

static gboolean
remove_one (TorgServerStore *store, const char *key, GError **error)
{
  gboolean found;

  if (!torg_forms_remove (store, key, &found, error))
    return FALSE;
  return found || refuse_key (key, error);
}

/**
 * torg_command_form:
 * @error: place for an error
 *
 * Adds a form of a web site and prints its key, lists them, gives one to somebody else, or removes one.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_form (TorgServerContext *context, int argc, char **argv, GError **error)
{
  TorgServerStore *store = context->store;

  if (argc >= 3 && g_str_equal (argv[1], "add"))
    return add (store, argc - 1, argv + 1, error);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return list (store, error);
  if (argc == 4 && g_str_equal (argv[1], "give"))
    return give (store, argv[2], argv[3], error);
  if (argc == 3 && g_str_equal (argv[1], "remove"))
    return remove_one (store, argv[2], error);
  return torg_command_usage (error, USAGE);
}
