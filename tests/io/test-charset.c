/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-charset.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "torg-error.h"

/* A folder of the collection, what may be answered for it, and whether Torg claims to tell it. */
typedef struct
{
  const char *folder;
  const char *accepted;
  gboolean    claimed;
  guint       n;
  guint       right;
} Folder;

static Folder folders[] = {
  { "windows-1251-russian", "WINDOWS-1251", TRUE, 0, 0 },
  { "KOI8-R", "KOI8-R KOI8-U", TRUE, 0, 0 },
  { "IBM866", "IBM866", TRUE, 0, 0 },
  { "IBM855", "IBM855", TRUE, 0, 0 },
  { "MacCyrillic", "MAC-CYRILLIC", TRUE, 0, 0 },
  { "iso-8859-5-russian", "ISO-8859-5", TRUE, 0, 0 },
  { "windows-1251-bulgarian", "WINDOWS-1251", TRUE, 0, 0 },
  { "iso-8859-5-bulgarian", "ISO-8859-5", TRUE, 0, 0 },
  { "utf-8", "UTF-8", TRUE, 0, 0 },
  { "utf-8-sig", "UTF-8", TRUE, 0, 0 },
  { "ascii", "UTF-8", TRUE, 0, 0 },
  { "UTF-16", "UTF-16LE UTF-16BE", TRUE, 0, 0 },
  { "UTF-16LE", "UTF-16LE", TRUE, 0, 0 },
  { "UTF-16BE", "UTF-16BE", TRUE, 0, 0 },
  { "UTF-32", "UTF-32LE UTF-32BE", TRUE, 0, 0 },
  { "UTF-32LE", "UTF-32LE", TRUE, 0, 0 },
  { "UTF-32BE", "UTF-32BE", TRUE, 0, 0 },
  { "iso-8859-1", "WINDOWS-1252 ISO-8859-1 ISO-8859-15", TRUE, 0, 0 },
  { "windows-1252", "WINDOWS-1252 ISO-8859-1 ISO-8859-15", TRUE, 0, 0 },
  { "windows-1250-hungarian", "WINDOWS-1250 ISO-8859-2", FALSE, 0, 0 },
  { "windows-1250-slovak", "WINDOWS-1250 ISO-8859-2", FALSE, 0, 0 },
  { "windows-1250-czech", "WINDOWS-1250 ISO-8859-2", FALSE, 0, 0 },
  { "windows-1250-slovene", "WINDOWS-1250 ISO-8859-2", FALSE, 0, 0 },
  { "windows-1250-romanian", "WINDOWS-1250 ISO-8859-2 ISO-8859-16", FALSE, 0, 0 },
  { "windows-1250-polish", "WINDOWS-1250 ISO-8859-2", FALSE, 0, 0 },
  { "windows-1250-croatian", "WINDOWS-1250 ISO-8859-2", FALSE, 0, 0 },
  { "TIS-620", "TIS-620", FALSE, 0, 0 },
  { "Johab", "JOHAB", FALSE, 0, 0 },
};

static char *
unpack (void)
{
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "charsets.tar.gz", NULL);
  g_autofree char *dir = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    return NULL;
  dir = g_dir_make_tmp ("torg-charset-XXXXXX", &error);
  g_assert_no_error (error);
  const char *argv[] = { "tar", "xzf", archive, "-C", dir, NULL };
  g_autoptr (GSubprocess) tar = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (tar, NULL, &error));
  return g_steal_pointer (&dir);
}

static void
delete_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  g_remove (path);
}

static void
check_folder (const char *dir, Folder *folder)
{
  g_autofree char *path = g_build_filename (dir, "csv", "chardet", folder->folder, NULL);
  g_autoptr (GDir) files = g_dir_open (path, 0, NULL);
  g_auto (GStrv) accepted = g_strsplit (folder->accepted, " ", -1);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *bytes = NULL;
      g_autofree char *text = NULL;
      gsize            length, bom, n;
      const char      *charset;

      if (!g_file_get_contents (file, &bytes, &length, NULL))
        continue;
      charset = torg_charset_detect (bytes, length, &bom);
      folder->n++;
      if (g_strv_contains ((const char *const *) accepted, charset))
        folder->right++;
      else
        g_test_message ("%s/%s: taken for %s", folder->folder, name, charset);
      text = torg_charset_to_utf8 (bytes + bom, length - bom, charset, &n, NULL, NULL);
      g_assert_nonnull (text);
      g_assert_true (g_utf8_validate_len (text, n, NULL));
    }
}

static void
test_shared (void)
{
  g_autofree char *dir = unpack ();
  guint            n = 0, right = 0, n_claimed = 0, right_claimed = 0;

  if (dir == NULL)
    {
      g_test_skip ("left out: ../shared/data/charsets.tar.gz is missing");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      check_folder (dir, &folders[i]);
      g_test_message ("%s: %u of %u", folders[i].folder, folders[i].right, folders[i].n);
      n += folders[i].n;
      right += folders[i].right;
      if (folders[i].claimed)
        {
          n_claimed += folders[i].n;
          right_claimed += folders[i].right;
        }
    }
  delete_tree (dir);
  g_test_message ("all: %u of %u; of those that Torg claims to tell: %u of %u", right, n, right_claimed, n_claimed);
  g_assert_cmpuint (n, >=, 212);
  g_assert_cmpuint (right_claimed * 100, >=, n_claimed * 97);
}

static void
test_detect (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
    const char *charset;
    gsize       bom;
  } cases[] = {
    { "", 0, "UTF-8", 0 },
    { "abc;def", 7, "UTF-8", 0 },
    { "\xef\xbb\xbf"
      "a",
      4, "UTF-8", 3 },
    { "\xff\xfe"
      "a\0",
      4, "UTF-16LE", 2 },
    { "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", 8, "UTF-8", 0 },
    { "\xcd\xe0\xe7\xe2\xe0\xed\xe8\xe5;\xd1\xf3\xec\xec\xe0", 14, "WINDOWS-1251", 0 },
    { "\xee\xc1\xda\xd7\xc1\xce\xc9\xc5;\xf3\xd5\xcd\xcd\xc1", 14, "KOI8-R", 0 },
    { "\x8d\xa0\xa7\xa2\xa0\xad\xa8\xa5;\x91\xe3\xac\xac\xa0", 14, "IBM866", 0 },
    { "\x1d\x04\x30\x04\x37\x04\x32\x04;\0\x21\x04\x43\x04\x3c\x04\n\0", 18, "UTF-16LE", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize bom;

      g_test_message ("case %u", (guint) i);
      g_assert_cmpstr (torg_charset_detect (cases[i].bytes, cases[i].length, &bom), ==, cases[i].charset);
      g_assert_cmpuint (bom, ==, cases[i].bom);
    }
}

/* A long table whose first Russian word comes late. */
static void
test_late (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (text->len < 200000)
    g_string_append (text, "1;2;3\n");
  g_string_append (text, "\xcd\xe0\xe7\xe2\xe0\xed\xe8\xe5 \xea\xee\xec\xef\xe0\xed\xe8\xe8\n");
  g_assert_cmpstr (torg_charset_detect (text->str, text->len, NULL), ==, "WINDOWS-1251");
}

static void
test_convert (void)
{
  g_autoptr (GError) error = NULL;
  gsize            n, bad;
  g_autofree char *text = torg_charset_to_utf8 ("a\xff\0z", 4, "UTF-8", &n, &bad, &error);
  g_autofree char *cut = torg_charset_to_utf8 ("a\0b", 3, "UTF-16LE", &n, &bad, &error);

  g_assert_cmpstr (text, ==, "a\357\277\275\357\277\275z");
  g_assert_cmpstr (cut, ==, "a\357\277\275");
  g_assert_cmpuint (bad, ==, 1);
  g_assert_null (torg_charset_to_utf8 ("a", 1, "no-such-charset", NULL, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/charset/detect", test_detect);
  g_test_add_func ("/charset/late", test_late);
  g_test_add_func ("/charset/convert", test_convert);
  g_test_add_func ("/charset/shared", test_shared);
  return g_test_run ();
}
