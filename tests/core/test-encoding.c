/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-encoding.h"

#include "torg-error.h"

#include <string.h>

/* Content of HTTP, made shorter and restored; what is broken, cut off or too long is refused. */

#define LIMIT (64 * 1024 * 1024)

static GBytes *
make_content (gsize length)
{
  char *text = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    text[i] = "Ромашка и Василёк, "[(i * i / 7) % 34];
  return g_bytes_new_take (text, length);
}

static void
test_round (void)
{
  static const gsize lengths[] = { 0, 1, 1000, 300000, 5000000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GBytes) content = make_content (lengths[i]);
      g_autoptr (GBytes) encoded = torg_encode (content, "zstd");
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) again = torg_decode (encoded, "zstd", LIMIT, &error);

      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (content, again));
      if (lengths[i] > 10000)
        g_assert_cmpuint (g_bytes_get_size (encoded), <, lengths[i] / 2);
    }
}

static void
test_gzip (void)
{
  g_autoptr (GBytes) content = make_content (300000);
  g_autoptr (GBytes) encoded = torg_encode (content, "gzip");
  g_autoptr (GZlibDecompressor) gzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GBytes) again = g_converter_convert_bytes (G_CONVERTER (gzip), encoded, NULL);

  g_assert_true (g_bytes_equal (content, again));
  g_assert_null (torg_encode (content, "br"));
}

static void
refuse (GBytes *bytes, const char *encoding, gsize limit)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (torg_decode (bytes, encoding, limit, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

static void
test_refused (void)
{
  g_autoptr (GBytes) content = make_content (300000);
  g_autoptr (GBytes) encoded = torg_encode (content, "zstd");
  gsize length = g_bytes_get_size (encoded);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (encoded, 0, length - 5);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autofree guint8 *twice = g_malloc (2 * length);
  g_autoptr (GBytes) more = NULL;

  memcpy (twice, g_bytes_get_data (encoded, NULL), length);
  memcpy (twice + length, g_bytes_get_data (encoded, NULL), length);
  more = g_bytes_new (twice, 2 * length);
  refuse (cut, "zstd", LIMIT);
  refuse (empty, "zstd", LIMIT);
  refuse (content, "zstd", LIMIT);
  refuse (more, "zstd", LIMIT);
  refuse (encoded, "br", LIMIT);
  /* A short content that becomes a very long one. */
  refuse (encoded, "zstd", 299999);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoding/round", test_round);
  g_test_add_func ("/encoding/gzip", test_gzip);
  g_test_add_func ("/encoding/refused", test_refused);
  return g_test_run ();
}
