/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-own-accounts.h"
#include "torg-sync-store.h"
#include "torg-test-store.h"

#include <glib/gstdio.h>

/* Which accounts there are on a computer is what lies on its disk. */

typedef struct
{
  TorgEnv *env;
  char    *folder;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
  place->env = torg_env_new_seeded (1, TEST_NOW, NULL);
  place->folder = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
  test_remove_dir (place->folder);
  torg_env_unref (place->env);
  g_free (place->folder);
}

/* A company of one's own; one of a server where there is an address. */
static void
begin (Place *place, const char *name, const char *server, const char *user)
{
  g_autofree char *path = torg_own_accounts_dup_path (place->folder, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStore) store = torg_store_open (place->env, path, TORG_STORE_NONE, &error);
  g_autofree char *client = torg_env_make_id (place->env);

  g_assert_no_error (error);
  if (server == NULL)
    torg_store_begin_company (store, "ru", "Анна Петрова", &error);
  else if (torg_store_set_state (store, "server", server, &error))
    torg_store_connect (store, client, user, &error);
  g_assert_no_error (error);
  torg_store_close (store, NULL);
}

static char *
add (Place *place)
{
  g_autoptr (GError) error = NULL;
  char *name = torg_own_accounts_add (place->folder, &error);

  g_assert_no_error (error);
  return name;
}

static void
test_none (Place *place, gconstpointer data)
{
  g_autoptr (GPtrArray) infos = torg_own_accounts_list (place->env, place->folder);
  TorgAccountInfo *info = infos->pdata[0];

  g_assert_cmpuint (infos->len, ==, 1);
  g_assert_cmpstr (info->name, ==, TORG_OWN_ACCOUNTS_MAIN);
  g_assert_true (info->is_empty);
  g_assert_null (info->trouble);
}

static void
test_numbers (Place *place, gconstpointer data)
{
  g_autofree char *second = add (place), *third = add (place), *again = NULL;
  g_autofree char *path = torg_own_accounts_dup_path (place->folder, second);
  g_autofree char *foreign = g_build_filename (place->folder, "accounts", "notes", NULL);
  g_autofree char *padded = g_build_filename (place->folder, "accounts", "007", NULL);
  g_autofree char *listed = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (second, ==, "2");
  g_assert_cmpstr (third, ==, "3");
  g_mkdir (foreign, 0700);
  g_mkdir (padded, 0700);
  for (guint i = 4; i < 12; i++)
    g_free (add (place));
  names = torg_own_accounts_list_names (place->folder);
  listed = g_strjoinv (" ", names);
  g_assert_cmpstr (listed, ==, "1 2 3 4 5 6 7 8 9 10 11");
  g_assert_true (torg_own_accounts_remove (path, &error));
  g_assert_no_error (error);
  again = add (place);
  g_assert_cmpstr (again, ==, "2");
}

static void
test_read (Place *place, gconstpointer data)
{
  g_autofree char *second = add (place), *third = add (place), *path = NULL;
  g_autofree char *user = torg_env_make_id (place->env);
  g_autofree char *one = NULL, *other = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GError) error = NULL;
  TorgAccountInfo *info;

  begin (place, TORG_OWN_ACCOUNTS_MAIN, NULL, NULL);
  begin (place, second, "https://crm.example.ru", user);
  path = torg_own_accounts_dup_path (place->folder, third);
  g_assert_true (g_file_set_contents (path, "This is no database, but it is longer than a header of one.", -1, NULL));
  infos = torg_own_accounts_list (place->env, place->folder);
  g_assert_cmpuint (infos->len, ==, 3);
  info = infos->pdata[0];
  g_assert_cmpstr (info->user, ==, "Анна Петрова");
  g_assert_null (info->server);
  g_assert_false (info->is_empty);
  info = infos->pdata[1];
  one = torg_account_info_dup_title (info);
  g_assert_cmpstr (one, ==, "crm.example.ru");
  g_assert_cmpstr (info->server_user, ==, user);
  /* It has not come yet, but it is somebody's. */
  g_assert_false (info->is_empty);
  info = infos->pdata[2];
  g_assert_nonnull (info->trouble);
  g_assert_false (info->is_empty);

  info = infos->pdata[1];
  g_assert_true (torg_own_accounts_set_label (place->env, info->path, "Ромашка", &error));
  g_assert_no_error (error);
  g_clear_pointer (&infos, g_ptr_array_unref);
  infos = torg_own_accounts_list (place->env, place->folder);
  other = torg_account_info_dup_title (infos->pdata[1]);
  g_assert_cmpstr (other, ==, "Ромашка");
}

static void
test_lookup (Place *place, gconstpointer data)
{
  g_autofree char *second = add (place);
  g_autofree char *path = torg_own_accounts_dup_path (place->folder, second);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) infos = NULL;
  const char *const ways[] = { "2", path, folder, "Ромашка" };
  gboolean          several;

  begin (place, second, NULL, NULL);
  g_assert_true (torg_own_accounts_set_label (place->env, path, "Ромашка", NULL));
  infos = torg_own_accounts_list (place->env, place->folder);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    g_assert_true (torg_own_accounts_find (infos, ways[i], &several) == infos->pdata[1]);
  g_assert_null (torg_own_accounts_find (infos, "3", &several));
  g_assert_false (several);
  g_assert_null (torg_own_accounts_find (infos, place->folder, &several));
}

/* A name that looks like another one's number or path never stands for it, and one that two have stands for neither. */
static void
test_lookup_order (Place *place, gconstpointer data)
{
  g_autofree char *second = add (place), *third = add (place), *fourth = add (place);
  g_autofree char *path = torg_own_accounts_dup_path (place->folder, second);
  g_autofree char *other = torg_own_accounts_dup_path (place->folder, third);
  g_autofree char *last = torg_own_accounts_dup_path (place->folder, fourth);
  g_autoptr (GPtrArray) infos = NULL;
  gboolean several;

  begin (place, TORG_OWN_ACCOUNTS_MAIN, NULL, NULL);
  begin (place, second, NULL, NULL);
  begin (place, third, NULL, NULL);
  begin (place, fourth, NULL, NULL);
  g_assert_true (torg_own_accounts_set_label (place->env, path, "3", NULL));
  g_assert_true (torg_own_accounts_set_label (place->env, other, last, NULL));
  infos = torg_own_accounts_list (place->env, place->folder);
  g_assert_true (torg_own_accounts_find (infos, "3", &several) == infos->pdata[2]);
  g_assert_true (torg_own_accounts_find (infos, last, &several) == infos->pdata[3]);
  g_clear_pointer (&infos, g_ptr_array_unref);

  g_assert_true (torg_own_accounts_set_label (place->env, path, "Ромашка", NULL));
  g_assert_true (torg_own_accounts_set_label (place->env, other, "Ромашка", NULL));
  infos = torg_own_accounts_list (place->env, place->folder);
  g_assert_null (torg_own_accounts_find (infos, "Ромашка", &several));
  g_assert_true (several);
  g_assert_true (torg_own_accounts_find (infos, "2", &several) == infos->pdata[1]);
  g_assert_false (several);
}

static void
test_remove (Place *place, gconstpointer data)
{
  g_autofree char *second = add (place);
  g_autofree char *path = torg_own_accounts_dup_path (place->folder, second);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *content = g_strconcat (path, ".files", NULL);
  g_autofree char *kept = g_build_filename (content, "kept", NULL);
  g_autofree char *other = torg_own_accounts_dup_path (place->folder, TORG_OWN_ACCOUNTS_MAIN);
  g_autoptr (GError) error = NULL;

  begin (place, TORG_OWN_ACCOUNTS_MAIN, NULL, NULL);
  begin (place, second, NULL, NULL);
  g_mkdir (content, 0700);
  g_assert_true (g_file_set_contents (kept, "content", -1, NULL));
  g_assert_true (torg_own_accounts_remove (path, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
  /* The folder of all of them stays. */
  g_assert_true (torg_own_accounts_remove (other, &error));
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (place->folder, G_FILE_TEST_IS_DIR));
}

/* One user at one server is here once; a replica that is no account is nobody's twin. */
static void
test_twins (Place *place, gconstpointer data)
{
  const char      *server = "https://crm.example.ru";
  g_autofree char *second = add (place), *third = add (place);
  g_autofree char *anna = torg_env_make_id (place->env), *boris = torg_env_make_id (place->env);
  g_autofree char *main_path = torg_own_accounts_dup_path (place->folder, TORG_OWN_ACCOUNTS_MAIN);
  g_autofree char *path = torg_own_accounts_dup_path (place->folder, second);
  g_autofree char *other = torg_own_accounts_dup_path (place->folder, third);
  g_autofree char *elsewhere = g_build_filename (place->folder, "mine.db", NULL);

  begin (place, second, server, anna);
  g_assert_true (torg_own_accounts_is_twin (place->env, other, server, anna));
  g_assert_true (torg_own_accounts_is_twin (place->env, main_path, server, anna));
  g_assert_false (torg_own_accounts_is_twin (place->env, path, server, anna));
  g_assert_false (torg_own_accounts_is_twin (place->env, other, server, boris));
  g_assert_false (torg_own_accounts_is_twin (place->env, other, "https://other.example.ru", anna));
  g_assert_false (torg_own_accounts_is_twin (place->env, elsewhere, server, anna));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/own-accounts/none", Place, NULL, set_up, test_none, tear_down);
  g_test_add ("/own-accounts/numbers", Place, NULL, set_up, test_numbers, tear_down);
  g_test_add ("/own-accounts/read", Place, NULL, set_up, test_read, tear_down);
  g_test_add ("/own-accounts/find", Place, NULL, set_up, test_lookup, tear_down);
  g_test_add ("/own-accounts/order", Place, NULL, set_up, test_lookup_order, tear_down);
  g_test_add ("/own-accounts/remove", Place, NULL, set_up, test_remove, tear_down);
  g_test_add ("/own-accounts/twins", Place, NULL, set_up, test_twins, tear_down);
  return g_test_run ();
}
