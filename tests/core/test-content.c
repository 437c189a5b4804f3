/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-content.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A folder of files by their SHA-256: what has its name is whole. */

typedef struct
{
  char        *dir;
  TorgContent *content;
} Fixture;

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = NULL;

  fixture->dir = g_dir_make_tmp ("torg-content-XXXXXX", NULL);
  folder = g_build_filename (fixture->dir, "files", NULL);
  fixture->content = torg_content_new (folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgContent) all = torg_content_new (fixture->dir);

  g_assert_true (torg_content_remove_all (fixture->content, &error));
  g_assert_false (g_file_test (torg_content_get_folder (fixture->content), G_FILE_TEST_EXISTS));
  g_assert_true (torg_content_remove_all (all, &error));
  torg_content_free (fixture->content);
  g_free (fixture->dir);
}

static char *
take (Fixture *fixture, const char *text, gint64 *size)
{
  g_autofree char *path = g_build_filename (fixture->dir, "source", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  char *hash;

  g_assert_true (g_file_set_contents (path, text, -1, &error));
  g_assert_true (torg_content_take (fixture->content, file, NULL, &hash, size, NULL, &error));
  return hash;
}

static void
test_take (Fixture *fixture, gconstpointer data)
{
  gint64           size;
  g_autofree char *hash = take (fixture, "abc", &size);
  g_autofree char *again = take (fixture, "abc", &size);
  g_autofree char *empty = NULL;
  g_autofree char *path = torg_content_dup_path (fixture->content, ABC);
  g_autoptr (GError) error = NULL;
  GStatBuf about;
  gboolean whole;

  g_assert_cmpstr (hash, ==, ABC);
  g_assert_cmpstr (again, ==, ABC);
  g_assert_cmpint (size, ==, 3);
  g_assert_cmpint (torg_content_get_size (fixture->content, ABC), ==, 3);
  g_assert_cmpint (torg_content_get_size (fixture->content, EMPTY), ==, -1);
  g_assert_cmpint (g_stat (path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  empty = take (fixture, "", &size);
  g_assert_cmpstr (empty, ==, EMPTY);
  g_assert_true (torg_content_is_whole (fixture->content, ABC, &whole, NULL, &error));
  g_assert_true (whole);
  g_assert_true (g_file_set_contents (path, "abd", -1, &error));
  g_assert_true (torg_content_is_whole (fixture->content, ABC, &whole, NULL, &error));
  g_assert_false (whole);
  g_assert_true (torg_content_remove (fixture->content, ABC, &error));
  g_assert_true (torg_content_remove (fixture->content, ABC, &error));
  g_assert_cmpint (torg_content_get_size (fixture->content, ABC), ==, -1);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_build_filename (fixture->dir, "nothing", NULL);
  g_autoptr (GError) error = NULL;
  char  *hash;
  gint64 size;

  g_assert_false (torg_content_take (fixture->content, file, NULL, &hash, &size, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (hash);
}

static void
test_parts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64   size;
  gboolean right;

  g_assert_cmpint (torg_content_get_part_size (fixture->content, "p"), ==, 0);
  g_assert_true (torg_content_append (fixture->content, "p", 0, "ab", 2, &size, &error));
  g_assert_cmpint (size, ==, 2);
  /* At another place nothing is appended. */
  g_assert_true (torg_content_append (fixture->content, "p", 5, "xyz", 3, &size, &error));
  g_assert_cmpint (size, ==, 2);
  g_assert_true (torg_content_append (fixture->content, "p", 0, "x", 1, &size, &error));
  g_assert_cmpint (size, ==, 2);
  g_assert_true (torg_content_check_part (fixture->content, "p", ABC, &right, NULL, &error));
  g_assert_false (right);
  g_assert_true (torg_content_append (fixture->content, "p", 2, "c", 1, &size, &error));
  g_assert_cmpint (torg_content_get_part_size (fixture->content, "p"), ==, 3);
  g_assert_true (torg_content_check_part (fixture->content, "p", ABC, &right, NULL, &error));
  g_assert_true (right);
  g_assert_true (torg_content_finish (fixture->content, "p", ABC, &error));
  g_assert_cmpint (torg_content_get_part_size (fixture->content, "p"), ==, 0);
  g_assert_cmpint (torg_content_get_size (fixture->content, ABC), ==, 3);
  g_assert_true (torg_content_append (fixture->content, "q", 0, "ab", 2, &size, &error));
  torg_content_drop_part (fixture->content, "q");
  g_assert_cmpint (torg_content_get_part_size (fixture->content, "q"), ==, 0);
}

/* Reading a large file takes long: whoever ends the program does not wait for that. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64           size;
  g_autofree char *hash = take (fixture, "abc", &size);
  gboolean         right;

  g_cancellable_cancel (cancellable);
  g_assert_false (torg_content_is_whole (fixture->content, hash, &right, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (torg_content_append (fixture->content, "p", 0, "abc", 3, &size, &error));
  g_assert_false (torg_content_check_part (fixture->content, "p", ABC, &right, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (torg_content_get_part_size (fixture->content, "p"), ==, 3);
}

static void
test_hash (void)
{
  g_assert_true (torg_content_is_hash (ABC));
  g_assert_false (torg_content_is_hash (NULL));
  g_assert_false (torg_content_is_hash (""));
  g_assert_false (torg_content_is_hash ("abc"));
  g_assert_false (torg_content_is_hash (ABC "0"));
  g_assert_false (torg_content_is_hash ("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  g_assert_false (torg_content_is_hash ("../../../../../../../../../../../../../../../../../../../../../a"));
}

/* Whatever a file is called, its copy lies where it belongs, and cannot be written to. */
static void
test_copy_out (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "Договор.txt", "..", ".", "", "../../escape", "/etc/passwd", "a/b", "-rf" };
  gint64                   size;
  g_autofree char         *hash = take (fixture, "abc", &size);
  g_autofree char         *parent = g_build_filename (torg_content_get_folder (fixture->content), "opened", hash, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) copy = torg_content_copy_out (fixture->content, hash, names[i / 2], NULL, &error);
      g_autoptr (GFile) folder = NULL;
      g_autofree char *text = NULL;
      GStatBuf         about;

      g_assert_no_error (error);
      folder = g_file_get_parent (copy);
      g_assert_cmpstr (g_file_peek_path (folder), ==, parent);
      g_assert_true (g_file_get_contents (g_file_peek_path (copy), &text, NULL, &error));
      g_assert_cmpstr (text, ==, "abc");
      g_assert_cmpint (g_stat (g_file_peek_path (copy), &about), ==, 0);
      g_assert_cmpint (about.st_mode & 0777, ==, 0400);
    }
  g_assert_true (torg_content_remove (fixture->content, hash, &error));
  g_assert_false (g_file_test (parent, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/hash", test_hash);
  g_test_add ("/content/take", Fixture, NULL, set_up, test_take, tear_down);
  g_test_add ("/content/missing", Fixture, NULL, set_up, test_missing, tear_down);
  g_test_add ("/content/parts", Fixture, NULL, set_up, test_parts, tear_down);
  g_test_add ("/content/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/content/copy-out", Fixture, NULL, set_up, test_copy_out, tear_down);
  return g_test_run ();
}
