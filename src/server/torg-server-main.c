/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-server-commands.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/*
 * The REST server.
 *
 *   torg-server COMMAND … [--config FILE] [--store URI]
 *
 * How it runs comes from a file, over that from the environment, over that from flags; a password never from the
 * command line.
 */

typedef struct
{
  const char *name;
  gboolean (*run) (TorgServerContext *context, int argc, char **argv, GError **error);
  const char *arguments;
  const char *help;
  gboolean    makes; /* makes the data where there is none */
} Command;

/**
 * torg_command_usage:
 * @text: how a command is written
 * @error: place for an error
 *
 * Says how a command is written.
 *
 * Returns: %FALSE
 */
gboolean
torg_command_usage (GError **error, const char *text)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Usage: torg-server %s"), text);
  return FALSE;
}

static const Command commands[] = {
  { "serve", torg_command_serve,
    "[--listen ADDRESS:PORT] [--tls-cert FILE --tls-key FILE] [--workers N] [--threads N] [--trusted-proxy ADDRESS] "
    "[--files FOLDER] [--file-limit MB]",
    N_ ("answer replicas and integrations"), TRUE },
  { "migrate", torg_command_migrate, "", N_ ("make or update the tables"), TRUE },
  { "import", torg_command_import, "REPLICA", N_ ("fill an empty server with a replica"), TRUE },
  { "check", torg_command_check, "", N_ ("look whether all fits together; nothing is changed") },
  { "export", torg_command_export, "[--format ndjson|csv] FOLDER | --list",
    N_ ("write everything, a file a type; say who has done so") },
  { "backup", torg_command_backup, "FILE", N_ ("copy everything, also while the server runs") },
  { "restore", torg_command_restore, "FILE", N_ ("put a copy into an empty database that no server uses"), TRUE },
  { "user", torg_command_user,
    "invite EMAIL NAME [--role NAME] [--department NAME] [--address URL] | add LOGIN NAME | list | passwd LOGIN | "
    "disable LOGIN | enable LOGIN",
    N_ ("let an employee sign in, or no more: by a link that is printed, or by a password read from the terminal") },
  { "client", torg_command_client, "list | revoke ID",
    N_ ("list the devices with whose and since when; shut one out") },
  { "role", torg_command_role,
    "list | show NAME | add NAME | remove NAME | set NAME TYPE ACTION REACH | hide NAME TYPE.FIELD | "
    "unhide NAME TYPE.FIELD | give LOGIN NAME | take LOGIN NAME",
    N_ ("say who may do what; REACH is none, own, department, below or all") },
  { "token", torg_command_token, "[create] LOGIN [--scope SCOPE,SCOPE…] [--name NAME] | list | revoke ID",
    N_ ("make a personal token, shown once, of which scopes say what it is for: read, write, read:TYPE, write:TYPE, "
        "webhooks, people, sync") },
  { "form", torg_command_form,
    "add NAME --owner LOGIN [--source NAME] [--origin URL]… [--redirect URL] [--plain] | list | give KEY LOGIN | "
    "remove KEY",
    N_ ("take leads from the forms of a web site; the key of its address is printed") },
  { "webhook", torg_command_webhook,
    "add LOGIN URL [--type TYPE]… [--event EVENT]… | list | give ID LOGIN | remove ID | log ID",
    N_ ("tell an address of changes; its id and secret are shown once") },
};

static void
print_help (void)
{
  printf (_ ("Usage: %s COMMAND … [--config FILE] [--store URI]\n\n"), "torg-server");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    printf ("  %s %s\n      %s\n", commands[i].name, commands[i].arguments, _ (commands[i].help));
  printf (
    _ ("\nURI is sqlite:PATH or postgresql://HOST/DATABASE; without --store, TORG_STORE says it, or “store” in %s.\n"),
    TORG_SERVER_CONFIG_FILE);
}

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

/* `--NAME VALUE` or `--NAME=VALUE`; a flag that ends the line has no value, and @value is %NULL. */
static gboolean
take_flag (const char *name, int argc, char **argv, int *at, const char **value)
{
  gsize length = strlen (name);

  if (strncmp (argv[*at], name, length) != 0 || (argv[*at][length] != '=' && argv[*at][length] != '\0'))
    return FALSE;
  if (argv[*at][length] == '=')
    *value = argv[*at] + length + 1;
  else
    *value = *at + 1 < argc ? argv[++*at] : NULL;
  return TRUE;
}

/* Takes what counts for all commands out of the line, wherever it stands; the rest keeps its order. */
static gboolean
take_flags (int *argc, char **argv, const char **file, const char **store, GError **error)
{
  int      n = 1;
  gboolean all = FALSE; /* what follows “--” is no flag */

  for (int at = 1; at < *argc; at++)
    {
      const char *flag = argv[at], *value = NULL;
      gboolean    is_store = !all && take_flag ("--store", *argc, argv, &at, &value);

      if (!is_store && (all || !take_flag ("--config", *argc, argv, &at, &value)))
        {
          all |= g_str_equal (flag, "--");
          argv[n++] = argv[at];
          continue;
        }
      if (value == NULL)
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” needs a value."), flag);
          return FALSE;
        }
      *(is_store ? store : file) = value;
    }
  argv[n] = NULL;
  *argc = n;
  return TRUE;
}

/* What stands in the way of doing anything at all. */
static gboolean
check (int argc, char **argv, const Command *command, TorgServerConfig *config, GError **error)
{
  if (argc < 2)
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                 _ ("Say what is to be done, “torg-server serve” for one. “%s” lists the commands."),
                 "torg-server --help");
  else if (command == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("There is no command “%s”. “%s” lists them."), argv[1],
                 "torg-server --help");
  else if (config->store == NULL)
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                 _ ("Nothing says where the data is. Write --store sqlite:PATH or --store postgresql://HOST/DATABASE, "
                    "or put it as “store” into %s."),
                 TORG_SERVER_CONFIG_FILE);
  else
    return TRUE;
  return FALSE;
}

static gboolean
refuse_missing (TorgServerContext *context, GError **error)
{
  g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
               _ ("There is no server's data in “%s”. “import”, “restore” or “migrate” make it."),
               context->config->store);
  return FALSE;
}

/* Whoever mistypes where the data lies shall not find it empty, nor something new there. */
static gboolean
open_store (TorgServerContext *context, const Command *command, GError **error)
{
  const char *uri = context->config->store;
  gboolean    is_file = g_str_has_prefix (uri, "sqlite:");
  gint64      has = 1;

  if (!command->makes && is_file && !g_file_test (uri + strlen ("sqlite:"), G_FILE_TEST_EXISTS))
    return refuse_missing (context, error);
  context->store = torg_server_store_open (context->env, uri, error);
  if (context->store == NULL)
    return FALSE;
  if (!command->makes &&
      !torg_db_get_int (torg_server_store_get_db (context->store),
                        is_file ? "SELECT count(*) FROM sqlite_schema WHERE name = 'workspace'"
                                : "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND "
                                  "tablename = 'workspace'",
                        &has, error))
    return FALSE;
  return has > 0 || refuse_missing (context, error);
}

static gboolean
run (TorgServerContext *context, const Command *command, int argc, char **argv, GError **error)
{
  return open_store (context, command, error) && command->run (context, argc, argv, error);
}

int
main (int argc, char *argv[])
{
  TorgServerContext context = { 0 };
  const Command    *command;
  const char       *file = NULL, *store = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok, wrong;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("TEXTDOMAINDIR") != NULL ? g_getenv ("TEXTDOMAINDIR") : TORG_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  wrong = !take_flags (&argc, argv, &file, &store, &error);
  if (!wrong && argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "help")))
    {
      print_help ();
      return 0;
    }
  command = argc > 1 ? find_command (argv[1]) : NULL;
  context.config = !wrong ? torg_server_config_load (file, store, &error) : NULL;
  wrong = wrong || (context.config != NULL && !check (argc, argv, command, context.config, &error));
  context.env = torg_env_new ();
  ok = !wrong && context.config != NULL && run (&context, command, argc - 1, argv + 1, &error);
  g_clear_pointer (&context.store, torg_server_store_free);
  g_clear_pointer (&context.config, torg_server_config_free);
  torg_env_unref (context.env);
  if (!ok)
    g_printerr ("torg-server: %s\n", error->message);
  return ok ? 0 : wrong ? 2 : 1;
}
