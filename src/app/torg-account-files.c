/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg"

#include "config.h"

#include "torg-account-files.h"
#include "torg-connect.h"
#include "torg-sync-store.h"
#include "torg-worker.h"

struct _TorgAccountFiles
{
  GObject parent_instance;

  TorgEnv    *env;    /* (owned) */
  char       *folder; /* (owned) */
  TorgWorker *worker; /* (owned) (nullable): once it is needed */
};

G_DEFINE_FINAL_TYPE (TorgAccountFiles, torg_account_files, G_TYPE_OBJECT)

/* --- in the thread ------------------------------------------------------------------------------------------------ */

/* What an account is to be called. */
typedef struct
{
  char *path;  /* (owned) */
  char *label; /* (owned) (nullable) */
} Naming;

static void
naming_free (gpointer data)
{
  Naming *naming = data;

  g_free (naming->path);
  g_free (naming->label);
  g_free (naming);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TorgAccountFiles *self = source;

  g_task_return_pointer (task, torg_own_accounts_list (self->env, self->folder), (GDestroyNotify) g_ptr_array_unref);
}

/* One in which nothing was begun is there already, more often than not. */
static void
add_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TorgAccountFiles *self = source;
  g_autoptr (GPtrArray) infos = torg_own_accounts_list (self->env, self->folder);
  GError *error = NULL;
  char   *name = NULL;

  for (guint i = 0; i < infos->len && name == NULL; i++)
    {
      TorgAccountInfo *info = g_ptr_array_index (infos, i);

      if (info->is_empty)
        name = g_strdup (info->name);
    }
  if (name == NULL)
    name = torg_own_accounts_add (self->folder, &error);
  if (name != NULL)
    g_task_return_pointer (task, name, g_free);
  else
    g_task_return_error (task, error);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (torg_own_accounts_remove (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Whether anything was edited of which the user did not know that it would be lost. */
static gboolean
may_go (TorgAccountFiles *self, const char *path, gint64 mark, GError **error)
{
  g_autoptr (TorgStore) store = NULL;
  gboolean ok;

  /* Most of it is removed already. */
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  store = torg_store_open (self->env, path, TORG_STORE_READER, error);
  ok = store != NULL && torg_store_get_edit_mark (store) <= mark && torg_connect_drop (store, NULL, error);
  if (store != NULL)
    torg_store_close (store, NULL);
  return ok;
}

static void
finish_leaving_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const char *path = data;
  GError     *error = NULL;
  gint64      mark;

  if (!torg_own_accounts_is_leaving (path, &mark))
    g_task_return_boolean (task, FALSE);
  else if (may_go (source, path, mark, &error) && torg_own_accounts_remove (path, &error))
    g_task_return_boolean (task, TRUE);
  else
    {
      torg_own_accounts_stay (path);
      if (error != NULL)
        g_task_return_error (task, error);
      else
        g_task_return_boolean (task, FALSE);
    }
}

static void
set_label_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TorgAccountFiles *self = source;
  Naming           *naming = data;
  GError           *error = NULL;

  if (torg_own_accounts_set_label (self->env, naming->path, naming->label, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
queue (TorgAccountFiles *self, GTask *task, GTaskThreadFunc func)
{
  if (self->worker == NULL)
    self->worker = torg_worker_new ("torg-accounts");
  torg_worker_queue (self->worker, G_PRIORITY_DEFAULT, task, func);
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_account_files_finalize (GObject *object)
{
  TorgAccountFiles *self = TORG_ACCOUNT_FILES (object);

  g_clear_object (&self->worker);
  g_clear_pointer (&self->env, torg_env_unref);
  g_free (self->folder);
  G_OBJECT_CLASS (torg_account_files_parent_class)->finalize (object);
}

static void
torg_account_files_class_init (TorgAccountFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_account_files_finalize;
}

static void
torg_account_files_init (TorgAccountFiles *self)
{
  self->folder = torg_own_accounts_dup_folder ();
}

/**
 * torg_account_files_new:
 * @env: clock, randomness and file system
 *
 * Makes what looks after the user's accounts; their folder is made where it is missing.
 *
 * Returns: (transfer full): a new object
 */
TorgAccountFiles *
torg_account_files_new (TorgEnv *env)
{
  TorgAccountFiles *self = g_object_new (TORG_TYPE_ACCOUNT_FILES, NULL);

  self->env = torg_env_ref (env);
  g_mkdir_with_parents (self->folder, 0700);
  return self;
}

/**
 * torg_account_files_dup_path:
 * @name: the number of an account
 *
 * Tells where an account's replica lies.
 *
 * Returns: (transfer full): a path
 */
char *
torg_account_files_dup_path (TorgAccountFiles *self, const char *name)
{
  return torg_own_accounts_dup_path (self->folder, name);
}

/**
 * torg_account_files_has:
 * @name: the number of an account
 *
 * Tells whether an account is on this computer; at the start, when no window waits for the disk.
 *
 * Returns: whether it is; the first one always is
 */
gboolean
torg_account_files_has (TorgAccountFiles *self, const char *name)
{
  g_auto (GStrv) names = torg_own_accounts_list_names (self->folder);

  return g_strv_contains ((const char *const *) names, name);
}

/**
 * torg_account_files_has_several:
 *
 * Tells whether there is more than one account; at the start, when no window waits for the disk.
 *
 * Returns: whether there is
 */
gboolean
torg_account_files_has_several (TorgAccountFiles *self)
{
  g_auto (GStrv) names = torg_own_accounts_list_names (self->folder);

  return g_strv_length (names) > 1;
}

/**
 * torg_account_files_list_async:
 * @callback: called when they are read
 * @data: for @callback
 *
 * Reads what is to be known of all accounts.
 */
void
torg_account_files_list_async (TorgAccountFiles *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, torg_account_files_list_async);
  queue (self, task, list_in_thread);
}

/**
 * torg_account_files_list_finish:
 * @result: as the callback got it
 *
 * Finishes [method@AccountFiles.list_async].
 *
 * Returns: (transfer full) (element-type TorgAccountInfo): see [func@own_accounts_list]
 */
GPtrArray *
torg_account_files_list_finish (TorgAccountFiles *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/**
 * torg_account_files_add_async:
 * @callback: called when there is one
 * @data: for @callback
 *
 * Finds an account in which nothing was begun, or makes place for another one.
 */
void
torg_account_files_add_async (TorgAccountFiles *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, torg_account_files_add_async);
  queue (self, task, add_in_thread);
}

/**
 * torg_account_files_add_finish:
 * @error: place for an error
 *
 * Finishes [method@AccountFiles.add_async].
 *
 * Returns: (transfer full) (nullable): its number
 */
char *
torg_account_files_add_finish (TorgAccountFiles *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * torg_account_files_remove_async:
 * @path: a replica that nobody has open
 * @callback: called when it is removed
 * @data: for @callback
 *
 * Removes an account with its files.
 */
void
torg_account_files_remove_async (TorgAccountFiles *self, const char *path, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, torg_account_files_remove_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  queue (self, task, remove_in_thread);
}

/**
 * torg_account_files_remove_finish:
 * @error: place for an error: something of it is left
 *
 * Finishes [method@AccountFiles.remove_async].
 *
 * Returns: whether nothing of it is left
 */
gboolean
torg_account_files_remove_finish (TorgAccountFiles *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * torg_account_files_is_leaving:
 * @path: a replica, which may be missing
 *
 * Tells whether a replica was still to be removed when the program ended; at the start, when no window waits for the
 * disk.
 *
 * Returns: whether it was
 */
gboolean
torg_account_files_is_leaving (TorgAccountFiles *self, const char *path)
{
  gint64 mark;

  return torg_own_accounts_is_leaving (path, &mark);
}

/**
 * torg_account_files_dup_names:
 *
 * Lists the accounts; at the start, when no window waits for the disk.
 *
 * Returns: (transfer full): their numbers
 */
char **
torg_account_files_dup_names (TorgAccountFiles *self)
{
  return torg_own_accounts_list_names (self->folder);
}

/**
 * torg_account_files_finish_leaving_async:
 * @path: a replica that nobody has open
 * @callback: called when it is removed, or stays
 * @data: for @callback
 *
 * Removes an account that the user wanted removed when the program ended, with its token. It stays where something was
 * edited since that they have not been told of.
 */
void
torg_account_files_finish_leaving_async (TorgAccountFiles   *self,
                                         const char         *path,
                                         GAsyncReadyCallback callback,
                                         gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);

  g_task_set_source_tag (task, torg_account_files_finish_leaving_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  queue (self, task, finish_leaving_in_thread);
}

/**
 * torg_account_files_finish_leaving_finish:
 * @error: place for an error: something of it is left
 *
 * Finishes [method@AccountFiles.finish_leaving_async].
 *
 * Returns: whether it is removed
 */
gboolean
torg_account_files_finish_leaving_finish (TorgAccountFiles *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * torg_account_files_set_label_async:
 * @name: the number of an account
 * @label: (nullable): what it is to be called; %NULL for the name of its server
 * @callback: called when that is saved
 * @data: for @callback
 *
 * Names an account.
 */
void
torg_account_files_set_label_async (TorgAccountFiles   *self,
                                    const char         *name,
                                    const char         *label,
                                    GAsyncReadyCallback callback,
                                    gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  Naming *naming = g_new0 (Naming, 1);

  g_task_set_source_tag (task, torg_account_files_set_label_async);
  naming->path = torg_own_accounts_dup_path (self->folder, name);
  naming->label = g_strdup (label);
  g_task_set_task_data (task, naming, naming_free);
  queue (self, task, set_label_in_thread);
}

/**
 * torg_account_files_set_label_finish:
 * @error: place for an error
 *
 * Finishes [method@AccountFiles.set_label_async].
 *
 * Returns: whether it is saved
 */
gboolean
torg_account_files_set_label_finish (TorgAccountFiles *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
