/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs a fuzz target over the files of the folders named, as a plain test without libFuzzer. */

#include <glib.h>
#include <stdint.h>

#include "fuzz.h"

static guint
run_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;
  guint       n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *content = NULL;
      gsize            length;

      if (!g_file_get_contents (file, &content, &length, NULL))
        continue;
      LLVMFuzzerTestOneInput ((const uint8_t *) content, length);
      n++;
    }
  return n;
}

int
main (int argc, char *argv[])
{
  for (int i = 1; i < argc; i++)
    {
      guint n = run_folder (argv[i]);

      g_print ("ok %d - %u inputs\n", i, n);
      g_assert_cmpuint (n, >, 0);
    }
  g_print ("1..%d\n", argc - 1);
  return 0;
}
