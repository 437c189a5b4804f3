/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-server-commands.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

/*
 * The REST server.
 *
 *   torg-server [--store URI] COMMAND …
 *
 * The database comes from --store, else from TORG_STORE; a password of it from PGPASSFILE, never from the command line.
 */

typedef struct
{
  const char *name;
  gboolean (*run) (TorgServerContext *context, int argc, char **argv, GError **error);
  const char *arguments;
  const char *help;
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
  { "serve", torg_command_serve, "[--listen ADDRESS:PORT] [--tls-cert FILE --tls-key FILE]",
    N_ ("answer replicas and integrations") },
  { "migrate", torg_command_migrate, "", N_ ("make or update the tables") },
  { "import", torg_command_import, "REPLICA", N_ ("fill an empty server with a replica") },
  { "user", torg_command_user, "add LOGIN NAME | list | passwd LOGIN | disable LOGIN | enable LOGIN",
    N_ ("let an employee sign in, or no more; a password is read from the terminal") },
  { "client", torg_command_client, "list | revoke ID",
    N_ ("list the devices with whose and since when; shut one out") },
  { "role", torg_command_role,
    "list | show NAME | add NAME | remove NAME | set NAME TYPE ACTION REACH | hide NAME TYPE.FIELD | "
    "unhide NAME TYPE.FIELD | give LOGIN NAME | take LOGIN NAME",
    N_ ("say who may do what; REACH is none, own, department, below or all") },
  { "token", torg_command_token, "LOGIN", N_ ("make a personal token, shown once") },
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
  TorgServerContext context = { 0 };
  const Command    *command;
  g_autoptr (GError) error = NULL;
  int      first = 1;
  gboolean ok;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("TEXTDOMAINDIR") != NULL ? g_getenv ("TEXTDOMAINDIR") : TORG_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  context.uri = g_getenv ("TORG_STORE");
  if (argc > 2 && g_str_equal (argv[1], "--store"))
    {
      context.uri = argv[2];
      first = 3;
    }
  command = argc > first ? find_command (argv[first]) : NULL;
  if (command == NULL || context.uri == NULL)
    {
      print_help ();
      return argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "help")) ? 0 : 2;
    }
  context.env = torg_env_new ();
  context.store = torg_server_store_open (context.env, context.uri, &error);
  ok = context.store != NULL && command->run (&context, argc - first, argv + first, &error);
  g_clear_pointer (&context.store, torg_server_store_free);
  torg_env_unref (context.env);
  if (!ok)
    g_printerr ("torg-server: %s\n", error->message);
  return ok ? 0 : 1;
}
