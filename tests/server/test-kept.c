/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-purge.h"
#include "torg-server-files.h"
#include "torg-test-server.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* What time does to files: those that nothing is attached by go, and what was never sent to its end. */

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

typedef struct
{
  char            *dir;
  TorgServerFiles *files;
} Place;

static Place
place_new (void)
{
  g_autoptr (GError) error = NULL;
  Place            place = { g_dir_make_tmp ("torg-kept-XXXXXX", &error), NULL };
  g_autofree char *folder = NULL;

  g_assert_no_error (error);
  folder = g_build_filename (place.dir, "files", NULL);
  place.files = torg_server_files_new ("postgresql://nowhere", folder, 1);
  return place;
}

static void
place_clear (Place *place)
{
  g_autoptr (TorgContent) all = torg_content_new (place->dir);

  g_assert_true (torg_content_remove_all (all, NULL));
  torg_server_files_free (place->files);
  g_free (place->dir);
}

static void
keep_abc (TestServer *server, Place *place, const char *user)
{
  g_autoptr (GError) error = NULL;
  gint64 size;

  g_assert_true (torg_content_append (place->files->content, "part", 0, "abc", 3, &size, &error));
  g_assert_true (torg_content_finish (place->files->content, "part", ABC, &error));
  g_assert_true (torg_server_files_add (server->store, ABC, size, user, &error));
  g_assert_no_error (error);
}

static void
purge_after (TestServer *server, Place *place, int days)
{
  g_autoptr (GError) error = NULL;

  torg_env_set_now (server->env, torg_env_get_now (server->env) + days * G_TIME_SPAN_DAY);
  torg_purge (server->store, place->files, &error);
  g_assert_no_error (error);
}

static gboolean
is_kept (Place *place)
{
  return torg_content_get_size (place->files->content, ABC) >= 0;
}

static gboolean
may_read (TestServer *server, const char *user)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgSight) sight = torg_sight_new (server->store, user, &error);
  gboolean may;

  g_assert_true (torg_server_files_may_read (server->store, sight, ABC, &may, &error));
  g_assert_no_error (error);
  return may;
}

static void
test_orphans (TestServer *server)
{
  Place       place = place_new ();
  const char *user = test_add_user (server, "Анна", NULL, NULL);

  purge_after (server, &place, 0);
  g_assert_false (g_file_test (torg_content_get_folder (place.files->content), G_FILE_TEST_EXISTS));
  keep_abc (server, &place, user);
  purge_after (server, &place, 0);
  purge_after (server, &place, 29);
  g_assert_true (is_kept (&place));
  /* Attached meanwhile: it stays, however long ago that was. */
  test_add (server, "attachment", "{'name':'а','file':'" ABC "'}");
  purge_after (server, &place, 100);
  purge_after (server, &place, 100);
  g_assert_true (is_kept (&place));
  torg_db_exec (torg_server_store_get_db (server->store), "UPDATE attachment SET deleted = 1", NULL);
  purge_after (server, &place, 1);
  purge_after (server, &place, 29);
  g_assert_true (is_kept (&place));
  purge_after (server, &place, 2);
  g_assert_false (is_kept (&place));
  g_assert_false (may_read (server, user));
  place_clear (&place);
}

static void
test_uploads (TestServer *server)
{
  Place       place = place_new ();
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgUpload) upload = torg_upload_begin (server->store, user, ABC, 3, &error);
  TorgUpload *found;
  gint64      size;

  g_assert_no_error (error);
  g_assert_true (torg_content_append (place.files->content, upload->id, 0, "ab", 2, &size, &error));
  purge_after (server, &place, 0);
  g_assert_true (torg_upload_find (server->store, user, upload->id, NULL, &found, &error));
  g_assert_nonnull (found);
  g_clear_pointer (&found, torg_upload_free);
  /* The day begins with the last part. */
  for (int i = 0; i < 3; i++)
    {
      torg_env_set_now (server->env, torg_env_get_now (server->env) + 20 * G_TIME_SPAN_HOUR);
      g_assert_true (torg_upload_touch (server->store, upload, &error));
      purge_after (server, &place, 0);
      g_assert_true (torg_upload_find (server->store, user, NULL, ABC, &found, &error));
      g_assert_nonnull (found);
      g_assert_cmpint (found->touched, ==, torg_env_get_now (server->env));
      g_clear_pointer (&found, torg_upload_free);
    }
  purge_after (server, &place, 2);
  g_assert_true (torg_upload_find (server->store, user, upload->id, NULL, &found, &error));
  g_assert_null (found);
  g_assert_cmpint (torg_content_get_part_size (place.files->content, upload->id), ==, 0);
  place_clear (&place);
}

/* What a crash left behind; the upload that is under way keeps its own. */
static void
test_parts (TestServer *server)
{
  static const char *const names[] = { "0d9d5b1e-8e6a-4a53-9d6b-7d2c7d2f9f10", NULL, ".lock" };
  Place                    place = place_new ();
  const char              *user = test_add_user (server, "Анна", NULL, NULL);
  gint64                   old = torg_env_get_now (server->env) / G_USEC_PER_SEC - 2 * 24 * 3600, size;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgUpload) upload = torg_upload_begin (server->store, user, ABC, 3, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char      *name = names[i] != NULL ? names[i] : upload->id;
      g_autofree char *path = g_build_filename (torg_content_get_folder (place.files->content), "parts", name, NULL);
      struct utimbuf   times = { old, old };

      g_assert_true (torg_content_append (place.files->content, name, 0, "ab", 2, &size, &error));
      g_assert_cmpint (g_utime (path, &times), ==, 0);
    }
  purge_after (server, &place, 0);
  g_assert_cmpint (torg_content_get_part_size (place.files->content, names[0]), ==, 0);
  g_assert_cmpint (torg_content_get_part_size (place.files->content, upload->id), ==, 2);
  g_assert_cmpint (torg_content_get_part_size (place.files->content, names[2]), ==, 2);
  place_clear (&place);
}

static void
import_files (TestServer *server, Place *replica, Place *place)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (torg_db_begin (torg_server_store_get_db (server->store), &error));
  g_assert_true (torg_server_files_import (server->store, replica->files->content, place->files->content, &error));
  g_assert_true (torg_server_store_end (server->store, TRUE, &error));
  g_assert_no_error (error);
}

/* What a replica brought to an empty server, nobody has sent. */
static void
test_imported (TestServer *server)
{
  Place       place = place_new (), replica = place_new ();
  const char *user = test_add_user (server, "Анна", NULL, NULL);
  g_autoptr (GError) error = NULL;
  gint64 size;

  test_add (server, "attachment", "{'name':'а','file':'" ABC "'}");
  import_files (server, &replica, &place);
  g_assert_false (may_read (server, user));
  g_assert_true (torg_content_append (replica.files->content, "part", 0, "abc", 3, &size, &error));
  g_assert_true (torg_content_finish (replica.files->content, "part", ABC, &error));
  g_assert_no_error (error);
  import_files (server, &replica, &place);
  g_assert_true (is_kept (&place));
  g_assert_true (may_read (server, user));
  place_clear (&place);
  place_clear (&replica);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  test_case ("/kept/orphans", test_orphans);
  test_case ("/kept/uploads", test_uploads);
  test_case ("/kept/parts", test_parts);
  test_case ("/kept/imported", test_imported);
  return g_test_run ();
}
