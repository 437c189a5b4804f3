/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-own-accounts.h"
#include "torg-content.h"
#include "torg-sync-store.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The accounts of this computer. The first one is FOLDER/replica.db, each of the others
 * FOLDER/accounts/NUMBER/replica.db with its files beside it. Nothing else says which ones there are: what is on the
 * disk counts.
 */

#define FILE_NAME "replica.db"
#define OTHERS "accounts"
#define LEAVING "-leaving"
#define MAX_NAME 6

static gboolean
is_name (const char *text)
{
  gsize length = strspn (text, "0123456789");

  return text[length] == '\0' && length > 0 && length <= MAX_NAME && text[0] != '0' &&
         !g_str_equal (text, TORG_OWN_ACCOUNTS_MAIN);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return atoi (*(const char *const *) a) - atoi (*(const char *const *) b);
}

/**
 * torg_own_accounts_dup_folder_of:
 * @path: where a replica lies
 *
 * Tells where the accounts lie that a replica is one of.
 *
 * Returns: (transfer full) (nullable): a folder; %NULL for a replica that is none of them
 */
char *
torg_own_accounts_dup_folder_of (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autofree char *others = g_path_get_basename (above);

  if (!g_str_equal (base, FILE_NAME))
    return NULL;
  if (is_name (name) && g_str_equal (others, OTHERS))
    return g_path_get_dirname (above);
  return g_steal_pointer (&folder);
}

/**
 * torg_account_info_free:
 * @self: (transfer full): what is known of an account
 *
 * Frees what is known of an account.
 */
void
torg_account_info_free (TorgAccountInfo *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->label);
  g_free (self->server);
  g_free (self->server_user);
  g_free (self->user);
  g_free (self->trouble);
  g_free (self);
}

/**
 * torg_account_info_dup_title:
 *
 * Says what an account is called: as the user says, else by its server.
 *
 * Returns: (transfer full): a few words
 */
char *
torg_account_info_dup_title (const TorgAccountInfo *self)
{
  const char *host;

  if (self->label != NULL)
    return g_strdup (self->label);
  if (self->server == NULL)
    return g_strdup (self->is_empty ? _ ("New Account") : _ ("This Computer"));
  host = strstr (self->server, "://");
  return g_strdup (host != NULL ? host + strlen ("://") : self->server);
}

/**
 * torg_own_accounts_dup_folder:
 *
 * Tells where the user's accounts lie.
 *
 * Returns: (transfer full): a folder, which may be missing
 */
char *
torg_own_accounts_dup_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "torg", NULL);
}

/**
 * torg_own_accounts_dup_path:
 * @folder: where the accounts lie
 * @name: the number of one
 *
 * Tells where an account's replica lies.
 *
 * Returns: (transfer full): a path
 */
char *
torg_own_accounts_dup_path (const char *folder, const char *name)
{
  if (g_str_equal (name, TORG_OWN_ACCOUNTS_MAIN))
    return g_build_filename (folder, FILE_NAME, NULL);
  return g_build_filename (folder, OTHERS, name, FILE_NAME, NULL);
}

/**
 * torg_own_accounts_list_names:
 * @folder: where the accounts lie
 *
 * Lists the accounts, the first of which need not have files yet.
 *
 * Returns: (transfer full): their numbers, rising
 */
char **
torg_own_accounts_list_names (const char *folder)
{
  g_autofree char *others = g_build_filename (folder, OTHERS, NULL);
  g_autoptr (GDir) dir = g_dir_open (others, 0, NULL);
  GPtrArray  *names = g_ptr_array_new ();
  const char *name;

  g_ptr_array_add (names, g_strdup (TORG_OWN_ACCOUNTS_MAIN));
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_name (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

static void
read_store (TorgStore *store, TorgAccountInfo *info)
{
  const char *user = torg_store_get_user (store);

  info->label = torg_store_get_state (store, "label");
  info->user = user != NULL ? torg_store_dup_title (store, "user", user) : NULL;
  if (torg_store_is_local (store))
    {
      info->is_empty = torg_store_is_empty (store);
      return;
    }
  info->server = torg_store_get_state (store, "server");
  info->server_user = torg_store_dup_server_user (store);
  info->n_unsent = (guint) torg_store_count_unsent (store);
  info->n_attention = torg_store_count_attention (store);
  info->is_stale = !torg_store_check_lock (store, NULL);
}

static TorgAccountInfo *
read_info (TorgEnv *env, const char *folder, const char *name)
{
  TorgAccountInfo *info = g_new0 (TorgAccountInfo, 1);
  g_autoptr (TorgStore) store = NULL;
  g_autoptr (GError) error = NULL;

  info->name = g_strdup (name);
  info->path = torg_own_accounts_dup_path (folder, name);
  info->is_empty = !g_file_test (info->path, G_FILE_TEST_EXISTS);
  if (info->is_empty)
    return info;
  store = torg_store_open (env, info->path, TORG_STORE_READER, &error);
  if (store == NULL)
    info->trouble = g_strdup (error->message);
  else
    {
      read_store (store, info);
      torg_store_close (store, NULL);
    }
  return info;
}

/**
 * torg_own_accounts_list:
 * @env: clock, randomness and file system
 * @folder: where the accounts lie
 *
 * Reads what is to be known of all accounts, those included that nothing was begun in.
 *
 * Returns: (transfer full) (element-type TorgAccountInfo): in the order of their numbers
 */
GPtrArray *
torg_own_accounts_list (TorgEnv *env, const char *folder)
{
  g_auto (GStrv) names = torg_own_accounts_list_names (folder);
  GPtrArray *infos = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_account_info_free);

  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (infos, read_info (env, folder, names[i]));
  return infos;
}

static gboolean
has_number (const TorgAccountInfo *info, const char *text)
{
  return g_str_equal (info->name, text);
}

/* The folder of the first one is that of all. */
static gboolean
lies_at (const TorgAccountInfo *info, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (info->path);

  return g_str_equal (info->path, path) ||
         (g_str_equal (folder, path) && !g_str_equal (info->name, TORG_OWN_ACCOUNTS_MAIN));
}

static gboolean
is_called (const TorgAccountInfo *info, const char *text)
{
  g_autofree char *title = torg_account_info_dup_title (info);

  return g_str_equal (title, text);
}

static TorgAccountInfo *
find_by (GPtrArray *infos, gboolean (*fits) (const TorgAccountInfo *, const char *), const char *text, guint *n)
{
  TorgAccountInfo *found = NULL;

  *n = 0;
  for (guint i = 0; i < infos->len; i++)
    if (fits (infos->pdata[i], text))
      {
        found = infos->pdata[i];
        ++*n;
      }
  return *n == 1 ? found : NULL;
}

/**
 * torg_own_accounts_find:
 * @infos: (element-type TorgAccountInfo): the accounts
 * @text: a number, a path, or what one is called, in this order
 * @several: (out): whether there is none for the reason that several are called so
 *
 * Finds an account as a user names it.
 *
 * Returns: (transfer none) (nullable): what is known of it
 */
TorgAccountInfo *
torg_own_accounts_find (GPtrArray *infos, const char *text, gboolean *several)
{
  g_autofree char *path = g_canonicalize_filename (text, NULL);
  guint            n;
  TorgAccountInfo *info = find_by (infos, has_number, text, &n);

  if (info == NULL)
    info = find_by (infos, lies_at, path, &n);
  if (info == NULL)
    info = find_by (infos, is_called, text, &n);
  *several = info == NULL && n > 1;
  return info;
}

/**
 * torg_own_accounts_add:
 * @folder: where the accounts lie
 * @error: place for a %G_FILE_ERROR
 *
 * Makes place for another account.
 *
 * Returns: (transfer full) (nullable): its number, the first one that is free
 */
char *
torg_own_accounts_add (const char *folder, GError **error)
{
  g_autofree char *others = g_build_filename (folder, OTHERS, NULL);

  g_mkdir_with_parents (others, 0700);
  for (guint i = 2;; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *path = g_build_filename (others, name, NULL);
      int              code;

      if (g_mkdir (path, 0700) == 0)
        return g_steal_pointer (&name);
      code = errno;
      if (code == EEXIST && strlen (name) <= MAX_NAME)
        continue;
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), "%s: %s", path, g_strerror (code));
      return NULL;
    }
}

/* Beside the replica: that it is to be removed. */
static char *
dup_leaving_path (const char *path)
{
  return g_strconcat (path, LEAVING, NULL);
}

/**
 * torg_own_accounts_set_leaving:
 * @path: a replica
 * @mark: up to which edit the user knows what is lost, see [method@Store.get_edit_mark]
 * @error: place for a %G_FILE_ERROR
 *
 * Notes on the disk that the user wants a replica removed, whatever happens to the program meanwhile.
 *
 * Returns: whether that is noted
 */
gboolean
torg_own_accounts_set_leaving (const char *path, gint64 mark, GError **error)
{
  g_autofree char *name = dup_leaving_path (path);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", mark);

  return g_file_set_contents (name, text, -1, error);
}

/**
 * torg_own_accounts_is_leaving:
 * @path: a replica, which may be missing
 * @mark: (out): as it was noted
 *
 * Tells whether a replica was still to be removed when the program ended.
 *
 * Returns: whether it is
 */
gboolean
torg_own_accounts_is_leaving (const char *path, gint64 *mark)
{
  g_autofree char *name = dup_leaving_path (path);
  g_autofree char *text = NULL;

  *mark = 0;
  if (!g_file_get_contents (name, &text, NULL, NULL))
    return FALSE;
  *mark = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

/**
 * torg_own_accounts_stay:
 * @path: a replica
 *
 * Takes that back: it is not to be removed.
 */
void
torg_own_accounts_stay (const char *path)
{
  g_autofree char *name = dup_leaving_path (path);

  g_unlink (name);
}

static void
keep_first (GError **first, GError *error)
{
  if (*first == NULL)
    *first = error;
  else
    g_error_free (error);
}

/**
 * torg_own_accounts_remove:
 * @path: a replica that nobody has open
 * @error: place for a %G_IO_ERROR: a sentence for the user that says what is still there
 *
 * Removes a replica with its files, and the folder that was made for it. All of it is tried.
 *
 * Returns: whether nothing of it is left
 */
gboolean
torg_own_accounts_remove (const char *path, GError **error)
{
  g_autofree char *files = g_strconcat (path, ".files", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *all = torg_own_accounts_dup_folder_of (path);
  g_autoptr (TorgContent) content = torg_content_new (files);
  GError *first = NULL;
  GError *local = NULL;

  if (!torg_content_remove_all (content, &local))
    keep_first (&first, g_steal_pointer (&local));
  for (const char *const *suffix = (const char *const[]) { "", "-wal", "-shm", "-sync", LEAVING, NULL };
       *suffix != NULL; suffix++)
    {
      g_autofree char *name = g_strconcat (path, *suffix, NULL);

      /* Where something is left, that it is to be removed stays noted. */
      if (first != NULL && g_str_equal (*suffix, LEAVING))
        continue;
      if (g_unlink (name) != 0 && errno != ENOENT)
        keep_first (&first, g_error_new (G_IO_ERROR, g_io_error_from_errno (errno),
                                         _ ("“%s” could not be removed and is still on this computer: %s"), name,
                                         g_strerror (errno)));
    }
  /* What else somebody put there is theirs. */
  if (all != NULL && !g_str_equal (all, folder))
    g_rmdir (folder);
  if (first != NULL)
    g_propagate_error (error, first);
  return first == NULL;
}

/**
 * torg_own_accounts_set_label:
 * @env: clock, randomness and file system
 * @path: a replica
 * @label: (nullable): what the user calls it; %NULL to call it by its server again
 * @error: place for an error
 *
 * Names an account. The name stays on this computer.
 *
 * Returns: whether that was saved
 */
gboolean
torg_own_accounts_set_label (TorgEnv *env, const char *path, const char *label, GError **error)
{
  g_autoptr (TorgStore) store = torg_store_open (env, path, TORG_STORE_NONE, error);

  return store != NULL && torg_store_set_state (store, "label", label, error) && torg_store_close (store, error);
}

/**
 * torg_own_accounts_is_twin:
 * @env: clock, randomness and file system
 * @path: a replica
 * @server: the address of a server
 * @server_user: a user there
 *
 * Finds out whether another account of this computer is that user's at that server: the two would share what the
 * keyring keeps, and signing out of one would sign out of both.
 *
 * Returns: whether there is one
 */
gboolean
torg_own_accounts_is_twin (TorgEnv *env, const char *path, const char *server, const char *server_user)
{
  g_autofree char *folder = torg_own_accounts_dup_folder_of (path);
  g_auto (GStrv) names = folder != NULL ? torg_own_accounts_list_names (folder) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (TorgAccountInfo) info = read_info (env, folder, names[i]);

      if (!g_str_equal (info->path, path) && g_strcmp0 (info->server, server) == 0 &&
          g_strcmp0 (info->server_user, server_user) == 0)
        return TRUE;
    }
  return FALSE;
}
