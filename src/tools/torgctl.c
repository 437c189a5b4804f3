/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-own-accounts.h"
#include "torg-sync-store.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const char *name;
  TorgCtlFunc func;
  const char *usage;
  const char *help;
} Command;

static const Command commands[] = {
  { "accounts", torg_ctl_accounts, "", N_ ("list the accounts of this computer, and what waits in each") },
  { "demo", torg_ctl_demo, "--records N --seed S [--lang ru|en] [--date YYYY-MM-DD]",
    N_ ("make a generated company of N records, at least 300") },
  { "import", torg_ctl_import,
    "--type TYPE [--sheet SHEET] [--header ROW] [--map FILE] [--save-map FILE] [--failed FILE] [--dry-run] FILE",
    N_ ("import a CSV, XLSX, XLS or ODS file; ROW is where the headers are, 0 for none; rows that fail go to a CSV") },
  { "import-bitrix24", torg_ctl_import_bitrix24, "",
    N_ ("import a portal of Bitrix24, or go on where that was broken off; the address of its incoming webhook is read "
        "from "
        "the terminal or TORG_WEBHOOK") },
  { "imports", torg_ctl_imports, "", N_ ("list the imports with their ids, those that were broken off too") },
  { "undo-import", torg_ctl_undo_import, "ID", N_ ("undo an import, its updates included; “imports” tells its ID") },
  { "export", torg_ctl_export, "--type TYPE FILE", N_ ("write records to a CSV or XLSX file") },
  { "exports", torg_ctl_exports, "", N_ ("list who wrote what to files, and when") },
  { "list", torg_ctl_list, "TYPE [--where FIELD=VALUE]… [--limit N]", N_ ("list records") },
  { "count", torg_ctl_count, "TYPE [--where FIELD=VALUE]…", N_ ("count records") },
  { "groups", torg_ctl_groups, "TYPE FIELD [--where FIELD=VALUE]…",
    N_ ("count and add up records by what they have in common: an owner, a stage, a month, company.region") },
  { "show", torg_ctl_show, "ID", N_ ("show a record") },
  { "add", torg_ctl_add, "TYPE FIELD=VALUE…", N_ ("make a record, yours where it has an owner; its id is printed") },
  { "set", torg_ctl_set, "ID FIELD=VALUE…", N_ ("change fields of a record") },
  { "delete", torg_ctl_delete, "ID", N_ ("delete a record") },
  { "restore", torg_ctl_restore, "ID", N_ ("bring a deleted record back") },
  { "search", torg_ctl_search, "TEXT", N_ ("search all records") },
  { "history", torg_ctl_history, "ID", N_ ("show what changed in a record, the newest first") },
  { "attach", torg_ctl_attach, "company|person|deal|activity ID FILE", N_ ("attach a file to a record") },
  { "files", torg_ctl_files, "[TYPE ID] | --keep all|asked [--limit MB]",
    N_ ("list files and where they are; say whether all of them are kept on this computer") },
  { "fetch", torg_ctl_fetch, "ID [FILE]", N_ ("fetch what is attached, and copy it to a file or say where it lies") },
  { "hand-over", torg_ctl_hand_over, "--from NAME --to NAME [--what deals,leads,clients,tasks,closed] [--dry-run]",
    N_ ("hand somebody’s work over to a colleague: open deals and leads, clients, what is planned; “closed” adds deals "
        "and leads that are closed") },
  { "duplicates", torg_ctl_duplicates, "[company|person|legal_entity] [--of ID] [--limit N]",
    N_ ("list records that are likely one, the likeliest first, with what speaks for it") },
  { "merge", torg_ctl_merge, "KEPT OTHER",
    N_ ("merge a record into another one of its type: what refers to it refers to the one that is kept") },
  { "convert", torg_ctl_convert, "ID [--company ID|new|none] [--person ID|new|none] [--no-deal] [--title TITLE]",
    N_ ("convert a lead: what is likely its client is joined, the rest is made anew") },
  { "report", torg_ctl_report,
    "funnel|won|staff [--period PERIOD | --from DAY --to DAY] [--owner NAME]… [--pipeline NAME]",
    N_ ("count the funnel, what was won against the plan, or the work of the staff; PERIOD is month, last-month, "
        "quarter, last-quarter, year, last-year or twelve-months") },
  { "connect", torg_ctl_connect, "[--browser] [--with-content] [ADDRESS]",
    N_ ("make new data one of a server, with --with-content also what is in it, or sign in anew; the key is read from "
        "the terminal") },
  { "sync", torg_ctl_sync, "[--watch]", N_ ("send and take what changed; with --watch, go on") },
  { "outbox", torg_ctl_outbox, "", N_ ("list what the server does not have yet") },
  { "attention", torg_ctl_attention, "", N_ ("list what needs a decision") },
  { "check", torg_ctl_check, "", N_ ("compare counters, search and references with the rows themselves") },
};

static void
print_help (void)
{
  g_print ("%s\n\n  torgctl [--account ACCOUNT | --replica FILE] [--json] COMMAND …\n\n%s\n", _ ("Usage:"),
           _ ("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %s %s\n      %s\n", commands[i].name, commands[i].usage, _ (commands[i].help));
  g_print (
    "\n%s\n  --account ACCOUNT  %s\n  --replica FILE     %s\n  --json             %s\n  --help             %s\n\n%s\n",
    _ ("Options:"), _ ("one of your accounts: its number, its name or its file; the first one without this"),
    _ ("any data file instead"), _ ("write JSON"), _ ("show this"),
    _ ("A VALUE is an id or an exact name. Exit codes: 0 done, 1 failed or problems found, 2 wrong usage, 3 not "
       "found."));
}

static void
print_error (TorgCtl *self, const GError *error)
{
  if (self->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) root = NULL;
      g_autofree char *text = NULL;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "error");
      json_builder_add_string_value (builder, error->message);
      json_builder_end_object (builder);
      root = json_builder_get_root (builder);
      text = json_to_string (root, FALSE);
      g_printerr ("%s\n", text);
    }
  else
    g_printerr ("torgctl: %s\n", error->message);
}

static int
get_exit_code (const GError *error)
{
  if (error->domain == G_OPTION_ERROR)
    return TORG_CTL_USAGE;
  if (g_error_matches (error, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    return TORG_CTL_MISSING;
  return TORG_CTL_FAILED;
}

/**
 * torg_ctl_open:
 * @must_exist: whether a missing file is an error
 * @error: place for an error
 *
 * Opens the replica.
 *
 * Returns: whether it is open
 */
gboolean
torg_ctl_open (TorgCtl *self, gboolean must_exist, GError **error)
{
  if (self->store != NULL)
    return TRUE;
  if (must_exist && !g_file_test (self->path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                   _ ("There is no data at “%s”. Make a company with “torgctl demo”, import a file, or start Torg."),
                   self->path);
      return FALSE;
    }
  if (!must_exist)
    {
      g_autofree char *folder = g_path_get_dirname (self->path);

      g_mkdir_with_parents (folder, 0700);
    }
  self->store = torg_store_open (self->env, self->path, TORG_STORE_NONE, error);
  return self->store != NULL && (self->may_be_stale || torg_store_check_lock (self->store, error));
}

/**
 * torg_ctl_parse:
 * @argc: (inout): how many arguments, the command's name first
 * @argv: (inout): the arguments
 * @entries: options of the command
 * @error: place for a %G_OPTION_ERROR
 *
 * Takes a command's options out of its arguments.
 *
 * Returns: whether they are right
 */
gboolean
torg_ctl_parse (int *argc, char ***argv, GOptionEntry *entries, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

/**
 * torg_ctl_print_json:
 * @node: what to write
 *
 * Writes a line of JSON.
 */
void
torg_ctl_print_json (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  /* Not g_print: JSON is UTF-8 in every locale. */
  fputs (text, stdout);
  fputc ('\n', stdout);
}

static int
run (TorgCtl *self, int argc, char **argv)
{
  /* What brings a replica back that has not heard of its server for long, and what shows nothing of it. */
  static const char *const for_stale[] = { "connect", "sync", "check", NULL };
  g_autoptr (GError) error = NULL;
  int code;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (argv[0], commands[i].name))
        continue;
      if (argc > 1 && g_str_equal (argv[1], "--help"))
        {
          g_print ("torgctl %s %s\n  %s\n", commands[i].name, commands[i].usage, _ (commands[i].help));
          return TORG_CTL_OK;
        }
      self->may_be_stale = g_strv_contains (for_stale, argv[0]);
      code = commands[i].func (self, argc, argv, &error);
      if (error != NULL)
        {
          print_error (self, error);
          code = get_exit_code (error);
        }
      if (code == TORG_CTL_USAGE)
        g_printerr ("torgctl %s %s\n", commands[i].name, commands[i].usage);
      if (self->store != NULL)
        torg_store_close (self->store, NULL);
      g_clear_object (&self->store);
      return code;
    }
  g_printerr (_ ("torgctl: there is no command “%s”; see “torgctl --help”."), argv[0]);
  g_printerr ("\n");
  return TORG_CTL_USAGE;
}

int
main (int argc, char *argv[])
{
  g_autofree char *path = NULL;
  g_autofree char *account = NULL;
  gboolean         json = FALSE, help = FALSE, version = FALSE;
  GOptionEntry     entries[] = {
    { "account", 0, 0, G_OPTION_ARG_FILENAME, &account, NULL, NULL },
    { "replica", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgEnv) env = NULL;
  TorgCtl     self = { 0 };
  const char *locale_dir;

  setlocale (LC_ALL, "");
  locale_dir = g_getenv ("TEXTDOMAINDIR"); /* as gettext's own tools: for running from the build */
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : TORG_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  for (int i = 1; i < argc; i++)
    if (!g_utf8_validate (argv[i], -1, NULL))
      {
        g_autofree char *shown = g_utf8_make_valid (argv[i], -1);

        g_printerr (_ ("torgctl: “%s” is not in UTF-8."), shown);
        g_printerr ("\n");
        return TORG_CTL_USAGE;
      }
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("torgctl: %s\n", error->message);
      return TORG_CTL_USAGE;
    }
  if (version)
    {
      g_print ("torgctl %s\n", TORG_VERSION);
      return TORG_CTL_OK;
    }
  if (help || argc < 2)
    {
      print_help ();
      return help ? TORG_CTL_OK : TORG_CTL_USAGE;
    }
  if (path != NULL && account != NULL)
    {
      print_help ();
      return TORG_CTL_USAGE;
    }
  env = torg_env_new ();
  self.env = env;
  self.json = json;
  if (account != NULL)
    path = torg_ctl_find_account (&self, account, &error);
  else if (path == NULL)
    {
      g_autofree char *folder = torg_own_accounts_dup_folder ();

      path = torg_own_accounts_dup_path (folder, TORG_OWN_ACCOUNTS_MAIN);
    }
  if (path == NULL)
    {
      print_error (&self, error);
      return get_exit_code (error);
    }
  self.path = path;
  return run (&self, argc - 1, argv + 1);
}
