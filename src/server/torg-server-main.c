/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-accounts.h"
#include "torg-error.h"
#include "torg-http.h"
#include "torg-server-form-command.h"
#include "torg-server-import.h"
#include "torg-server-webhook-command.h"
#include "torg-webhook-sender.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * The REST server.
 *
 *   torg-server [--store URI] COMMAND …
 *
 * The database comes from --store, else from TORG_STORE; a password of it from PGPASSFILE, never from the command line.
 */

typedef struct
{
  TorgEnv         *env;
  const char      *uri;
  TorgServerStore *store;
} Server;

typedef struct
{
  const char *name;
  gboolean (*run) (Server *server, int argc, char **argv, GError **error);
  const char *arguments;
  const char *help;
} Command;

static gboolean
usage (GError **error, const char *text)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Usage: torg-server %s"), text);
  return FALSE;
}

/* --- serving ------------------------------------------------------------------------------------------------------ */

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* `ADDRESS:PORT`, an IPv6 address in brackets. */
static gboolean
split_address (const char *text, char **address, guint *port, GError **error)
{
  const char *colon = strrchr (text, ':');
  guint64     number;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
    return usage (error, "serve --listen ADDRESS:PORT");
  *port = (guint) number;
  *address = g_strndup (text, (gsize) (colon - text));
  if (**address == '[')
    {
      g_autofree char *inner = g_strndup (*address + 1, strcspn (*address + 1, "]"));

      g_set_str (address, inner);
    }
  return TRUE;
}

static gboolean
serve (Server *server, int argc, char **argv, GError **error)
{
  g_autofree char   *listen = NULL, *certificate = NULL, *key = NULL, *address = NULL;
  int                threads = 8;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, N_ ("Where to listen"), "ADDRESS:PORT" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &certificate, N_ ("The certificate, PEM"), "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &key, N_ ("Its key, PEM"), "FILE" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_ ("Questions handled at once"), "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TorgHttp) http = NULL;
  g_autoptr (TorgWebhookSender) sender = NULL;
  guint port;

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, error) ||
      !split_address (listen != NULL ? listen : "127.0.0.1:8420", &address, &port, error) ||
      !torg_server_store_migrate (server->store, error))
    return FALSE;
  http = torg_http_new (server->env, server->uri, (guint) CLAMP (threads, 1, 256));
  if (!torg_http_listen (http, address, port, certificate, key, error))
    return FALSE;
  /* Whoever has started it reads here where it listens. */
  printf ("listening %u\n", torg_http_get_port (http));
  fflush (stdout);
  sender = torg_webhook_sender_new (server->env, server->uri);
  g_unix_signal_add (SIGTERM, stop_cb, loop);
  g_unix_signal_add (SIGINT, stop_cb, loop);
  g_main_loop_run (loop);
  torg_http_stop (http);
  return TRUE;
}

/* --- administration ----------------------------------------------------------------------------------------------- */

static gboolean
migrate (Server *server, int argc, char **argv, GError **error)
{
  return torg_server_store_migrate (server->store, error);
}

static gboolean
import (Server *server, int argc, char **argv, GError **error)
{
  g_autoptr (TorgStore) replica = NULL;
  gint64           n, seq;
  g_autofree char *tag = NULL, *epoch = NULL;

  if (argc != 2)
    return usage (error, "import REPLICA");
  if (!torg_server_store_migrate (server->store, error) ||
      !torg_server_store_get_head (server->store, &seq, &tag, &epoch, error))
    return FALSE;
  if (seq != 0)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_DUPLICATE,
                           _ ("The server has content already. Import into an empty database."));
      return FALSE;
    }
  replica = torg_store_open (server->env, argv[1], TORG_STORE_READER, error);
  if (replica == NULL || !torg_server_import (server->store, replica, &n, error))
    return FALSE;
  printf (ngettext ("%lld record imported\n", "%lld records imported\n", (gulong) n), (long long) n);
  return TRUE;
}

/* The password comes from the terminal or a pipe, never from the command line, which others can read. */
static char *
read_password (void)
{
  char line[1024];

  if (isatty (STDIN_FILENO))
    {
      g_printerr ("%s", _ ("Password: "));
      return g_strdup (getpass (""));
    }
  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  line[strcspn (line, "\r\n")] = '\0';
  return *line != '\0' ? g_strdup (line) : NULL;
}

static char *
find_user (Server *server, const char *name, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (server->store);
  g_autoptr (GPtrArray) users =
    torg_server_store_list_page (server->store, torg_schema_find (schema, "user"), NULL, G_MAXINT, NULL, error);

  if (users == NULL)
    return NULL;
  for (guint i = 0; i < users->len; i++)
    if (torg_record_get_deleted (users->pdata[i]) == 0 &&
        (g_strcmp0 (torg_record_get_text (users->pdata[i], "name"), name) == 0 ||
         g_str_equal (torg_record_get_id (users->pdata[i]), name)))
      return g_strdup (torg_record_get_id (users->pdata[i]));
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no employee called “%s”."), name);
  return NULL;
}

static gboolean
user_add (Server *server, const char *login, const char *name, GError **error)
{
  g_autofree char *user = find_user (server, name, error);
  g_autofree char *password = user != NULL ? read_password () : NULL;

  return user != NULL && torg_accounts_add (server->store, user, login, password, error);
}

static gboolean
user_list (Server *server, GError **error)
{
  TorgSchema *schema = torg_server_store_get_schema (server->store);
  g_autoptr (TorgStatement) statement = torg_db_prepare (torg_server_store_get_db (server->store),
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
      if (!torg_server_store_load (server->store, torg_schema_find (schema, "user"), id, FALSE, &user, NULL, error))
        return FALSE;
      printf ("%s\t%s\n", torg_statement_get_text (statement, 0),
              user != NULL ? torg_record_get_text (user, "name") : id);
    }
}

static gboolean
find_login (Server *server, const char *login, char **user, GError **error)
{
  if (!torg_accounts_find_any (server->store, login, user, error))
    return FALSE;
  if (*user != NULL)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("Nobody signs in as “%s”."), login);
  return FALSE;
}

static gboolean
user_passwd (Server *server, const char *login, GError **error)
{
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  if (!find_login (server, login, &user, error))
    return FALSE;
  password = read_password ();
  if (password == NULL)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The password is empty. Nothing was changed."));
      return FALSE;
    }
  return torg_accounts_set_password (server->store, user, password, error);
}

static gboolean
user_let (Server *server, const char *login, gboolean in, GError **error)
{
  g_autofree char *user = NULL;

  return find_login (server, login, &user, error) &&
         (in ? torg_accounts_enable (server->store, user, error) : torg_accounts_disable (server->store, user, error));
}

static gboolean
user (Server *server, int argc, char **argv, GError **error)
{
  if (argc == 4 && g_str_equal (argv[1], "add"))
    return user_add (server, argv[2], argv[3], error);
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return user_list (server, error);
  if (argc == 3 && g_str_equal (argv[1], "passwd"))
    return user_passwd (server, argv[2], error);
  if (argc == 3 && (g_str_equal (argv[1], "disable") || g_str_equal (argv[1], "enable")))
    return user_let (server, argv[2], g_str_equal (argv[1], "enable"), error);
  return usage (error, "user add LOGIN NAME | user list | user passwd|disable|enable LOGIN");
}

static gboolean
token (Server *server, int argc, char **argv, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;

  if (argc != 2)
    return usage (error, "token LOGIN");
  if (!torg_accounts_find (server->store, argv[1], &id, error))
    return FALSE;
  if (id == NULL)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("Nobody signs in as “%s”."), argv[1]);
      return FALSE;
    }
  text = torg_accounts_make_token (server->store, id, error);
  if (text == NULL)
    return FALSE;
  printf ("%s\n", text);
  return TRUE;
}

static char *
format_moment (gint64 moment)
{
  g_autoptr (GDateTime) time = moment != 0 ? g_date_time_new_from_unix_local (moment / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("-");
}

static gboolean
client_list (Server *server, GError **error)
{
  g_autoptr (GPtrArray) devices = torg_accounts_list_devices (server->store, error);

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
client_revoke (Server *server, const char *id, GError **error)
{
  gboolean found = FALSE;

  if (torg_id_is_valid (id) && !torg_accounts_revoke_device (server->store, id, &found, error))
    return FALSE;
  if (!found)
    g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("There is no device with the id “%s”."), id);
  return found;
}

static gboolean
client (Server *server, int argc, char **argv, GError **error)
{
  if (argc == 2 && g_str_equal (argv[1], "list"))
    return client_list (server, error);
  if (argc == 3 && g_str_equal (argv[1], "revoke"))
    return client_revoke (server, argv[2], error);
  return usage (error, "client list | client revoke ID");
}

static gboolean
form (Server *server, int argc, char **argv, GError **error)
{
  return torg_server_form_command (server->store, argc, argv, error);
}

static gboolean
webhook (Server *server, int argc, char **argv, GError **error)
{
  return torg_server_webhook_command (server->store, argc, argv, error);
}

static const Command commands[] = {
  { "serve", serve, "[--listen ADDRESS:PORT] [--tls-cert FILE --tls-key FILE]",
    N_ ("answer replicas and integrations") },
  { "migrate", migrate, "", N_ ("make or update the tables") },
  { "import", import, "REPLICA", N_ ("fill an empty server with a replica") },
  { "user", user, "add LOGIN NAME | list | passwd LOGIN | disable LOGIN | enable LOGIN",
    N_ ("let an employee sign in, or no more; a password is read from the terminal") },
  { "client", client, "list | revoke ID", N_ ("list the devices with whose and since when; shut one out") },
  { "token", token, "LOGIN", N_ ("make a personal token, shown once") },
  { "form", form,
    "add NAME --owner LOGIN [--source NAME] [--origin URL]… [--redirect URL] [--plain] | list | remove KEY",
    N_ ("take leads from the forms of a web site; the key of its address is printed") },
  { "webhook", webhook, "add LOGIN URL [--type TYPE]… [--event EVENT]… | list | remove ID | log ID",
    N_ ("tell an address of changes; its id and secret are shown once") },
};

static void
print_help (void)
{
  printf (_ ("Usage: %s [--store URI] COMMAND …\n\n"), "torg-server");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  %s %s\n      %s\n", commands[i].name, commands[i].arguments, _ (commands[i].help));
  printf (_ ("\nURI is sqlite:PATH or postgresql://HOST/DATABASE; without --store, TORG_STORE says it.\n"));
}

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

int
main (int argc, char *argv[])
{
  Server         server = { 0 };
  const Command *command;
  g_autoptr (GError) error = NULL;
  int      first = 1;
  gboolean ok;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("TEXTDOMAINDIR") != NULL ? g_getenv ("TEXTDOMAINDIR") : TORG_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  server.uri = g_getenv ("TORG_STORE");
  if (argc > 2 && g_str_equal (argv[1], "--store"))
    {
      server.uri = argv[2];
      first = 3;
    }
  command = argc > first ? find_command (argv[first]) : NULL;
  if (command == NULL || server.uri == NULL)
    {
      print_help ();
      return argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "help")) ? 0 : 2;
    }
  server.env = torg_env_new ();
  server.store = torg_server_store_open (server.env, server.uri, &error);
  ok = server.store != NULL && command->run (&server, argc - first, argv + first, &error);
  g_clear_pointer (&server.store, torg_server_store_free);
  torg_env_unref (server.env);
  if (!ok)
    g_printerr ("torg-server: %s\n", error->message);
  return ok ? 0 : 1;
}
