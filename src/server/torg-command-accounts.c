/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-beginning.h"
#include "torg-belongings.h"
#include "torg-error.h"
#include "torg-invite.h"
#include "torg-keys.h"
#include "torg-people.h"
#include "torg-roles.h"
#include "torg-server-commands.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The commands about who signs in: `user`, `token` and `client`. */

/* The password comes from the terminal or a pipe, never from the command line, which others can read. */
static gboolean
read_password (char **password, GError **error)
{
  char    *line = NULL;
  size_t   room = 0;
  ssize_t  n;
  gboolean whole;

  *password = NULL;
  if (isatty (STDIN_FILENO))
    {
      g_printerr ("%s", _ ("Password: "));
      *password = g_strdup (getpass (""));
      return TRUE;
    }
  n = getline (&line, &room, stdin);
  whole = n <= 0 || strlen (line) == (gsize) n;
  if (n > 0 && whole)
    {
      line[strcspn (line, "\r\n")] = '\0';
      *password = *line != '\0' ? g_strdup (line) : NULL;
    }
  if (!whole)
    g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                         _ ("The password holds a character that cannot be typed. Choose another one."));
  free (line);
  return whole;
}

/* By name or id; %NULL without an error for nobody. Of several with one name none is meant. */
static gboolean
find_any_user (TorgServerContext *context, const char *name, char **id, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (context->store);
  g_autoptr (GPtrArray) users =
    torg_server_store_list_page (context->store, torg_schema_find (schema, "user"), NULL, G_MAXINT, NULL, error);
  guint n_named = 0;

  *id = NULL;
  if (users == NULL)
    return FALSE;
  for (guint i = 0; i < users->len; i++)
    {
      const char *user = torg_record_get_id (users->pdata[i]);
      gboolean    is_named = g_strcmp0 (torg_record_get_text (users->pdata[i], "name"), name) == 0;

      if (torg_record_get_deleted (users->pdata[i]) != 0 || (!is_named && !g_str_equal (user, name)))
        continue;
      n_named += is_named ? 1 : 0;
      g_set_str (id, user);
    }
  if (n_named <= 1)
    return TRUE;
  g_clear_pointer (id, g_free);
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Several employees are called “%s”. Write the id of one."),
               name);
  return FALSE;
}

static char *
find_user (TorgServerContext *context, const char *name, GError **error)
{
  char *id;

  if (find_any_user (context, name, &id, error) && id == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no employee called “%s”."), name);
  return id;
}

/* Whoever meant to import has to do so before. */
static void
say_beginning (void)
{
  g_printerr ("%s\n",
              _ ("A new company begins, with pipelines and dictionaries to be changed as you like. To bring one "
                 "along instead, import it into an empty database first."));
}

static gboolean
user_add (TorgServerContext *context, const char *login, const char *name, GError **error)
{
  g_autofree char *user = NULL, *password = NULL;
  gboolean         begins;

  if (!torg_beginning_is_due (context->store, &begins, error) ||
      (!begins && (user = find_user (context, name, error)) == NULL))
    return FALSE;
  if (!read_password (&password, error))
    return FALSE;
  if (!begins)
    return torg_accounts_add (context->store, user, login, password, error);
  if (!torg_beginning_add (context->store, name, login, password, error))
    return FALSE;
  say_beginning ();
  return TRUE;
}

static gboolean
user_list (TorgServerContext *context, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (context->store);
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (context->store),
                                                         "SELECT login, user_id FROM account ORDER BY login", error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      g_autofree char *id = NULL;
      g_autoptr (TorgRecord) user = NULL;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      id = torg_statement_dup_id (statement, 1);
      if (!torg_server_store_load (context->store, torg_schema_find (schema, "user"), id, FALSE, &user, NULL, error))
        return FALSE;
      printf ("%s\t%s\n", torg_statement_get_text (statement, 0),
              user != NULL ? torg_record_get_text (user, "name") : id);
    }
}

/**
 * torg_command_find_login:
 * @login: what somebody signs in with
 * @closed_too: whether the account may be closed
 * @user: (out) (transfer full): the id of the `user`
 * @error: place for an error
 *
 * Finds somebody who is named on the command line.
 *
 * Returns: whether there is somebody
 */
gboolean
torg_command_find_login (TorgServerStore *store, const char *login, gboolean closed_too, char **user, GError **error)
{
  if (!(closed_too ? torg_accounts_find_any : torg_accounts_find) (store, login, user, error))
    return FALSE;
  if (*user != NULL)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("Nobody signs in as “%s”."), login);
  return FALSE;
}

/**
 * torg_command_name_login:
 * @user: the id of a `user`
 * @error: place for an error
 *
 * Says who somebody is, for a list: by what they sign in with, and whether they may no more.
 *
 * Returns: (transfer full) (nullable): a text
 */
char *
torg_command_name_login (TorgServerStore *store, const char *user, GError **error)
{
  g_autofree char *login = NULL;
  gboolean         closed;

  if (!torg_accounts_find_login (store, user, &login, &closed, error))
    return NULL;
  /* Translators: somebody’s login, and that they have left */
  return closed ? g_strdup_printf (_ ("%s (closed)"), login) : g_strdup (login != NULL ? login : user);
}

static gboolean
user_passwd (TorgServerContext *context, const char *login, GError **error)
{
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  if (!torg_command_find_login (context->store, login, TRUE, &user, error))
    return FALSE;
  if (!read_password (&password, error))
    return FALSE;
  if (password == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The password is empty. Nothing was changed."));
      return FALSE;
    }
  return torg_accounts_set_password (context->store, user, password, error);
}

static gboolean
user_let_in (TorgServerContext *context, const char *login, GError **error)
{
  g_autofree char *user = NULL;

  return torg_command_find_login (context->store, login, TRUE, &user, error) &&
         torg_people_set_closed (context->store, NULL, user, FALSE, error);
}

/* What worked in their name ends with it, unless somebody takes it on. */
static gboolean
user_shut_out (TorgServerContext *context, const char *login, GError **error)
{
  g_autofree char *user = NULL;
  g_autoptr (GPtrArray) belongings = NULL;

  if (!torg_command_find_login (context->store, login, TRUE, &user, error) ||
      !torg_people_set_closed (context->store, NULL, user, TRUE, error) ||
      (belongings = torg_belongings_list (context->store, user, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < belongings->len; i++)
    {
      const TorgBelonging *one = belongings->pdata[i];

      if (one->is_webhook)
        printf (
          _ ("The webhook to %s is told nothing any more. Give it to somebody: torg-server webhook give %s LOGIN"),
          one->name, one->id);
      else
        printf (_ ("The form “%s” takes no leads any more. Give it to somebody: torg-server form give %s LOGIN"),
                one->name, one->id);
      printf ("\n");
    }
  return TRUE;
}

/* --- invitations -------------------------------------------------------------------------------------------------- */

static gboolean
find_department (TorgServerContext *context, const char *name, char **department, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (context->store), "department");
  g_autoptr (GPtrArray) all = torg_server_store_list_page (context->store, type, NULL, G_MAXINT, NULL, error);

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (torg_record_get_deleted (all->pdata[i]) == 0 &&
        g_strcmp0 (torg_record_get_text (all->pdata[i], "name"), name) == 0)
      {
        *department = g_strdup (torg_record_get_id (all->pdata[i]));
        return TRUE;
      }
  if (all != NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no department called “%s”."), name);
  return FALSE;
}

/* What somebody who is there already signs in with stays. */
static gboolean
check_login (TorgServerContext *context, const char *user, const char *email, const char *name, GError **error)
{
  g_autoptr (GPtrArray) people = torg_people_list (context->store, NULL, error);

  for (guint i = 0; people != NULL && i < people->len; i++)
    {
      const TorgPerson *person = people->pdata[i];

      if (!g_str_equal (person->user, user) || person->login == NULL || g_ascii_strcasecmp (person->login, email) == 0)
        continue;
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   _ ("“%s” signs in with “%s” already. Invite with that, or choose another name for somebody else."),
                   name, person->login);
      return FALSE;
    }
  return people != NULL;
}

/* An employee who is there already is invited too, and gets the role and the department that are given. */
static gboolean
invite (TorgServerContext *context,
        const char        *email,
        const char        *name,
        const char        *role_name,
        const char        *department_name,
        const char        *address,
        GError           **error)
{
  g_autofree char *user = NULL;
  g_autofree char *department = NULL, *invited = NULL, *secret = NULL, *own = NULL;
  g_autoptr (TorgRecord) role = NULL;
  TorgInvitee who = { .name = name, .email = email };
  gboolean    begins;

  if (!torg_beginning_is_due (context->store, &begins, error) || !find_any_user (context, name, &user, error) ||
      (user != NULL && !check_login (context, user, email, name, error)) ||
      (role_name != NULL && !torg_roles_find (context->store, role_name, &role, error)) ||
      (department_name != NULL && !find_department (context, department_name, &department, error)))
    return FALSE;
  who.user = user;
  who.role = role != NULL ? torg_record_get_id (role) : NULL;
  who.department = department;
  if (!torg_people_invite (context->store, NULL, &who, &invited, &secret, error))
    return FALSE;
  if (begins)
    say_beginning ();
  own = g_strconcat (context->config->tls_cert != NULL ? "https://" : "http://", context->config->listen, NULL);
  printf ("%s" TORG_INVITE_PATH "%s\n", address != NULL ? address : own, secret);
  return TRUE;
}

static gboolean
user_invite (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autofree char *role = NULL, *department = NULL, *address = NULL;
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &role, NULL, NULL },
    { "department", 0, 0, G_OPTION_ARG_STRING, &department, NULL, NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &address, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_add_main_entries (options, entries, NULL);
  g_option_context_set_help_enabled (options, FALSE);
  if (!g_option_context_parse (options, &argc, &argv, error))
    return FALSE;
  if (argc != 4)
    return torg_command_usage (error, "user invite EMAIL NAME [--role NAME] [--department NAME] [--address https://…]");
  return invite (context, argv[2], argv[3], role, department, address, error);
}

/**
 * torg_command_user:
 * @error: place for an error
 *
 * Lets employees sign in, or no more.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_user (TorgServerContext *context, int argc, char **argv, GError **error)
{
  if (argc == 4 && g_str_equal (argv[1], "add"))
    return user_add (context, argv[2], argv[3], error);
  if (argc >= 2 && g_str_equal (argv[1], "invite"))
    return user_invite (context, argc, argv, error);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return user_list (context, error);
  if (argc == 3 && g_str_equal (argv[1], "passwd"))
    return user_passwd (context, argv[2], error);
  if (argc == 3 && g_str_equal (argv[1], "disable"))
    return user_shut_out (context, argv[2], error);
  if (argc == 3 && g_str_equal (argv[1], "enable"))
    return user_let_in (context, argv[2], error);
  return torg_command_usage (
    error, "user add LOGIN NAME | user invite EMAIL NAME | user list | user passwd|disable|enable LOGIN");
}

static char *
format_moment (gint64 moment)
{
  g_autoptr (GDateTime) time = moment != 0 ? g_date_time_new_from_unix_local (moment / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("-");
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static gboolean
token_create (TorgServerContext *context, const char *login, const char *name, const char *scope, GError **error)
{
  g_autofree char *id = NULL, *scopes = NULL, *text = NULL;

  if (!torg_command_find_login (context->store, login, FALSE, &id, error))
    return FALSE;
  if (scope != NULL &&
      (scopes = torg_scopes_parse (torg_server_store_get_schema (context->store), scope, error)) == NULL)
    return FALSE;
  text = torg_keys_make (context->store, id, name, scopes, error);
  if (text == NULL)
    return FALSE;
  printf ("%s\n", text);
  return TRUE;
}

static gboolean
token_create_with (TorgServerContext *context, int argc, char **argv, GError **error)
{
  g_autofree char *name = NULL, *scope = NULL;
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "scope", 0, 0, G_OPTION_ARG_STRING, &scope, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_add_main_entries (options, entries, NULL);
  g_option_context_set_help_enabled (options, FALSE);
  if (!g_option_context_parse (options, &argc, &argv, error))
    return FALSE;
  if (argc != 3)
    return torg_command_usage (error, "token create LOGIN [--scope SCOPE,SCOPE…] [--name NAME]");
  return token_create (context, argv[2], name, scope, error);
}

static gboolean
token_list (TorgServerContext *context, GError **error)
{
  g_autoptr (GPtrArray) keys = torg_keys_list (context->store, error);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const TorgKey   *key = g_ptr_array_index (keys, i);
      g_autofree char *created = format_moment (key->created);

      printf ("%s\t%s\t%s\t%s\t%s\n", key->id, key->login, created, key->scopes != NULL ? key->scopes : "*",
              key->name != NULL ? key->name : "");
    }
  return keys != NULL;
}

static gboolean
token_revoke (TorgServerContext *context, const char *id, GError **error)
{
  gboolean found;

  if (!torg_keys_revoke (context->store, id, &found, error))
    return FALSE;
  if (!found)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no token with the id “%s”."), id);
  return found;
}

/**
 * torg_command_token:
 * @error: place for an error
 *
 * Makes a personal token, shown once; lists them, or ends one.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_token (TorgServerContext *context, int argc, char **argv, GError **error)
{
  if (argc >= 2 && g_str_equal (argv[1], "create"))
    return token_create_with (context, argc, argv, error);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return token_list (context, error);
  if (argc == 3 && g_str_equal (argv[1], "revoke"))
    return token_revoke (context, argv[2], error);
  if (argc == 2)
    return token_create (context, argv[1], NULL, NULL, error);
  return torg_command_usage (error, "token [create] LOGIN [--scope SCOPE,SCOPE…] [--name NAME] | token list | "
                                    "token revoke ID");
}

static gboolean
client_list (TorgServerContext *context, GError **error)
{
  g_autoptr (GPtrArray) devices = torg_accounts_list_devices (context->store, error);

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    {
      const TorgDevice *device = g_ptr_array_index (devices, i);
      g_autofree char  *since = format_moment (device->since);
      g_autofree char  *sent = format_moment (device->sent);

      printf ("%s\t%s\t%s\t%s\n", device->client, device->login, since, sent);
    }
  return devices != NULL;
}

static gboolean
client_revoke (TorgServerContext *context, const char *id, GError **error)
{
  gboolean found = FALSE;

  if (torg_id_is_valid (id) && !torg_accounts_revoke_device (context->store, id, &found, error))
    return FALSE;
  if (!found)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no device with the id “%s”."), id);
  return found;
}

/**
 * torg_command_client:
 * @error: place for an error
 *
 * Lists devices, or shuts one out.
 *
 * Returns: whether that worked
 */
gboolean
torg_command_client (TorgServerContext *context, int argc, char **argv, GError **error)
{
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return client_list (context, error);
  if (argc == 3 && g_str_equal (argv[1], "revoke"))
    return client_revoke (context, argv[2], error);
  return torg_command_usage (error, "client list | client revoke ID");
}
