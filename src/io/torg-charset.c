/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-io"

#include "config.h"

#include "torg-charset.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include "torg-error.h"

/* Beyond this much text the answer does not change. */
#define SAMPLE_BYTES 65536
#define REPLACEMENT "\357\277\275"

/* The single-byte encodings of Russian, the likelier ones first. */
static const char *const cyrillic[] = { "WINDOWS-1251", "KOI8-R", "IBM866", "ISO-8859-5", "MAC-CYRILLIC", "IBM855" };

/* What a person may choose where the guess is wrong. */
static const char *const offered[] = { "UTF-8",        "WINDOWS-1251", "KOI8-R",       "KOI8-U",       "IBM866",
                                       "ISO-8859-5",   "MAC-CYRILLIC", "IBM855",       "WINDOWS-1252", "ISO-8859-1",
                                       "WINDOWS-1250", "WINDOWS-1254", "WINDOWS-1257", "UTF-16LE",     "UTF-16BE",
                                       "GB18030",      "BIG5",         "SHIFT_JIS",    "EUC-KR",       NULL };

/*
 * How often one Russian letter follows another, from 0 (hardly ever) to 5 (more than 3 in 1,000 pairs): rows and
 * columns from а to я, ё counted as е. Counted over the 2.4 million pairs of the Russian messages of a GNOME system.
 */
static const char pairs[32][33] = {
  "14544545255555145453234433000035", "41102301304413404214022003341102", "50312501404434524334030022052002",
  "31122300401323504113010100000000", "51313521403524534314021220031112", "23445344345555445552223334000122",
  "32004500402014100102000000001000", "52404211302244503204001100031003", "34444525444455345551434432000045",
  "01113101102512211340001210000001", "51200421501413504444014010000210", "52121530503214510214100300035045",
  "52401500402233530203000000041104", "51234512503115500454322210053023", "15555454355555355552233442000113",
  "50000500402302535224002000031012", "52332541503244523444231131042013", "43322420505533553454132230034015",
  "52402501504224525514110200045112", "23235433134343144440211323000141", "50010200400211402123200000001000",
  "21200200300012403111010000000100", "30200400502000220102000000030000", "40000510403204201141000110002000",
  "30100400403202202121000000001000", "30000400400001000002000000002000", "00000300000000000000000000000001",
  "03412412053341033240040220000001", "01111204103024100330102130000032", "00111000012311011140100020000000",
  "02001011001011001130000404000010", "01312413011133012240022102000032",
};

/* What a byte of an encoding stands for. */
typedef enum
{
  CLASS_NONE,  /* nothing, or a control character */
  CLASS_SIGN,  /* quotes, dashes, №: seen in any text */
  CLASS_ODD,   /* box drawing, rare signs and letters of other scripts */
  CLASS_OTHER, /* a Cyrillic letter that Russian lacks */
  CLASS_LOWER,
  CLASS_UPPER,
} ByteClass;

typedef struct
{
  gboolean usable;
  guint8 class[128];
  gint8 letter[128]; /* 0 to 31 */
} Encoding;

static Encoding encodings[G_N_ELEMENTS (cyrillic)];

static void
classify (Encoding *encoding, guint i, gunichar c)
{
  encoding->letter[i] = -1;
  if (c == 0x451 || c == 0x401)
    {
      encoding->class[i] = c == 0x451 ? CLASS_LOWER : CLASS_UPPER;
      encoding->letter[i] = 5;
    }
  else if (c >= 0x430 && c <= 0x44f)
    {
      encoding->class[i] = CLASS_LOWER;
      encoding->letter[i] = (gint8) (c - 0x430);
    }
  else if (c >= 0x410 && c <= 0x42f)
    {
      encoding->class[i] = CLASS_UPPER;
      encoding->letter[i] = (gint8) (c - 0x410);
    }
  else if (c >= 0x400 && c < 0x530)
    encoding->class[i] = CLASS_OTHER;
  else if (c == 0xa0 || c == 0xab || c == 0xbb || c == 0x2116 || c == 0xa7 || c == 0xb0 || c == 0xa9 || c == 0xae ||
           (c >= 0x2010 && c <= 0x2044) || c == 0x2122 || c == 0x20ac || c == 0xad)
    encoding->class[i] = CLASS_SIGN;
  else
    encoding->class[i] = c < 0xa0 ? CLASS_NONE : CLASS_ODD;
}

static void
load_encodings (void)
{
  static gsize loaded = 0;

  if (!g_once_init_enter (&loaded))
    return;
  for (gsize e = 0; e < G_N_ELEMENTS (cyrillic); e++)
    {
      GIConv conv = g_iconv_open ("UTF-8", cyrillic[e]);

      if (conv == (GIConv) -1)
        continue;
      encodings[e].usable = TRUE;
      for (guint i = 0; i < 128; i++)
        {
          char  in = (char) (i + 128), out[8] = { 0 };
          char *from = &in, *to = out;
          gsize n_in = 1, n_out = sizeof out - 1;

          g_iconv (conv, NULL, NULL, NULL, NULL);
          if (g_iconv (conv, &from, &n_in, &to, &n_out) == (gsize) -1)
            classify (&encodings[e], i, 0);
          else
            classify (&encodings[e], i, g_utf8_get_char (out));
        }
      g_iconv_close (conv);
    }
  g_once_init_leave (&loaded, 1);
}

/* How much like Russian the bytes are in an encoding, a letter on average: 4 and more for real text. */
static double
score_cyrillic (const Encoding *encoding, const guint8 *bytes, gsize length)
{
  gint64 score = 0;
  gsize  n = 0;
  int    letter = -1, class = -1;

  for (gsize i = 0; i < length; i++)
    {
      if (bytes[i] < 0x80)
        {
          /* A Cyrillic letter beside a Latin one is odd, but happens. */
          if (class >= CLASS_OTHER && g_ascii_isalpha (bytes[i]))
            score -= 4;
          letter = -1;
          class = -1;
          continue;
        }
      int now = encoding->class[bytes[i] - 128], next = encoding->letter[bytes[i] - 128];

      n++;
      switch (now)
        {
          case CLASS_NONE:
            score -= 40;
            break;
          case CLASS_ODD:
            score -= 12;
            break;
          case CLASS_SIGN:
            score += class >= CLASS_OTHER ? -1 : 1;
            break;
          case CLASS_OTHER:
            score += 1;
            break;
          case CLASS_LOWER:
          case CLASS_UPPER:
          default:
            if (letter >= 0)
              {
                int level = pairs[letter][next] - '0';

                score += level == 0 ? -8 : level + 1;
              }
            else
              score += 3;
            if (class == CLASS_LOWER && now == CLASS_UPPER)
              score -= 12;
            break;
        }
      class = now;
      letter = next;
    }
  return n > 0 ? (double) score / (double) n : 0;
}

/* How many of the high bytes stand beside another one: nearly all in Cyrillic text, few in Latin text with accents. */
static double
share_of_neighbours (const guint8 *bytes, gsize length)
{
  gsize n = 0, beside = 0;

  for (gsize i = 0; i < length; i++)
    if (bytes[i] >= 0x80)
      {
        n++;
        if ((i > 0 && bytes[i - 1] >= 0x80) || (i + 1 < length && bytes[i + 1] >= 0x80))
          beside++;
      }
  return n > 0 ? (double) beside / (double) n : 0;
}

/* UTF-16 and UTF-32 without a mark: one side of each unit is a zero or the number of an alphabet's page. */
static const char *
detect_wide (const guint8 *bytes, gsize length)
{
  gsize zeros[4] = { 0 }, low[4] = { 0 }, n = length / 4;

  if (length < 8)
    return NULL;
  for (gsize i = 0; i < n * 4; i++)
    {
      zeros[i % 4] += bytes[i] == 0 ? 1 : 0;
      low[i % 4] += bytes[i] <= 0x06 ? 1 : 0;
    }
  if (zeros[2] + zeros[3] > n * 9 / 5 && zeros[0] < n / 20)
    return "UTF-32LE";
  if (zeros[0] + zeros[1] > n * 9 / 5 && zeros[3] < n / 20)
    return "UTF-32BE";
  /* In Russian text the zeros are those of spaces, digits and separators alone. */
  if (zeros[1] + zeros[3] > n / 10 && zeros[0] + zeros[2] <= n / 100 && low[1] + low[3] > n * 8 / 5)
    return "UTF-16LE";
  if (zeros[0] + zeros[2] > n / 10 && zeros[1] + zeros[3] <= n / 100 && low[0] + low[2] > n * 8 / 5)
    return "UTF-16BE";
  return NULL;
}

/* Valid, but for a last character that the sample cuts. Zeros are no part of a table, but no sign of another encoding.
 */
static gboolean
is_utf8 (const char *bytes, gsize length)
{
  const char *p = bytes, *limit = bytes + length, *end;

  while (!g_utf8_validate_len (p, (gsize) (limit - p), &end))
    {
      if (*end != '\0')
        return length == SAMPLE_BYTES && end + 4 > limit;
      p = end + 1;
    }
  return TRUE;
}

/* uchardet's answer, if g_iconv knows it. */
static const char *
ask_uchardet (const char *bytes, gsize length)
{
  uchardet_t  detector = uchardet_new ();
  const char *name = NULL;

  if (uchardet_handle_data (detector, bytes, length) == 0)
    {
      uchardet_data_end (detector);
      name = g_intern_string (uchardet_get_charset (detector));
    }
  uchardet_delete (detector);
  if (name == NULL || *name == '\0' || strcmp (name, "ASCII") == 0)
    return NULL;
  /* With few letters to go by it names code pages of old systems, which nobody exports. */
  if (g_str_has_prefix (name, "MAC-") || g_str_has_prefix (name, "IBM8"))
    return NULL;
  GIConv conv = g_iconv_open ("UTF-8", name);
  if (conv == (GIConv) -1)
    return NULL;
  g_iconv_close (conv);
  return name;
}

/**
 * torg_charset_detect:
 * @bytes: (array length=length): the beginning of a text, or all of it
 * @length: its length
 * @bom_length: (out) (optional): how many bytes of a byte order mark come first
 *
 * Finds a text's encoding: a byte order mark, wide characters, valid UTF-8, then the Russian encoding whose letter
 * pairs are the likeliest, otherwise what uchardet says, and at last windows-1252, in which every text has a reading.
 *
 * Returns: (transfer none): a name that g_iconv knows
 */
const char *
torg_charset_detect (const char *bytes, gsize length, gsize *bom_length)
{
  static const struct
  {
    const char *mark;
    gsize       length;
    const char *charset;
  } marks[] = {
    { "\xef\xbb\xbf", 3, "UTF-8" }, { "\xff\xfe\0\0", 4, "UTF-32LE" }, { "\0\0\xfe\xff", 4, "UTF-32BE" },
    { "\xff\xfe", 2, "UTF-16LE" },  { "\xfe\xff", 2, "UTF-16BE" },
  };
  const guint8 *data = (const guint8 *) bytes;
  const char   *name;
  gsize         n = MIN (length, SAMPLE_BYTES);
  double        best_score = 0;
  int           best = -1;

  if (bom_length != NULL)
    *bom_length = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (length >= marks[i].length && memcmp (bytes, marks[i].mark, marks[i].length) == 0)
      {
        if (bom_length != NULL)
          *bom_length = marks[i].length;
        return marks[i].charset;
      }

  name = detect_wide (data, n);
  if (name != NULL)
    return name;
  if (is_utf8 (bytes, n))
    {
      /* A file that is ASCII for long and then is not. */
      if (n == length || g_utf8_validate_len (bytes + n - MIN (n, 8), length - n + MIN (n, 8), NULL))
        return "UTF-8";
      gsize first = 0;
      while (first < length && data[first] < 0x80)
        first++;
      if (first < n)
        return "UTF-8";
      /* Look where the other bytes are. */
      bytes += first > 256 ? first - 256 : 0;
      length -= first > 256 ? first - 256 : 0;
      data = (const guint8 *) bytes;
      n = MIN (length, SAMPLE_BYTES);
      if (is_utf8 (bytes, n))
        return "UTF-8";
    }

  load_encodings ();
  if (share_of_neighbours (data, n) > 0.7)
    for (gsize e = 0; e < G_N_ELEMENTS (cyrillic); e++)
      {
        double score;

        if (!encodings[e].usable)
          continue;
        score = score_cyrillic (&encodings[e], data, n);
        if (best < 0 || score > best_score)
          {
            best = (int) e;
            best_score = score;
          }
      }
  if (best >= 0 && best_score > 2)
    return cyrillic[best];

  name = ask_uchardet (bytes, n);
  return name != NULL ? name : "WINDOWS-1252";
}

/* Makes room for more output. */
static void
grow (char **out, gsize *size, gsize used)
{
  if (*size - used >= 64)
    return;
  *size += *size / 2 + 64;
  *out = g_realloc (*out, *size);
}

/**
 * torg_charset_to_utf8:
 * @bytes: (array length=length): a text, without its byte order mark
 * @length: its length
 * @charset: its encoding
 * @n_utf8: (out) (optional): the length of the result
 * @n_bad: (out) (optional): how many bytes could not be read
 * @error: return location
 *
 * Converts a text to UTF-8. Bytes that the encoding does not have, and zeros, become U+FFFD and are counted.
 *
 * Returns: (transfer full): UTF-8 with a NUL behind it, or %NULL with %TORG_ERROR_UNSUPPORTED
 */
char *
torg_charset_to_utf8 (const char *bytes, gsize length, const char *charset, gsize *n_utf8, gsize *n_bad, GError **error)
{
  GIConv conv = g_iconv_open ("UTF-8", charset);
  char  *from = (char *) bytes, *out;
  gsize  left = length, size = length + length / 2 + 64, used = 0, bad = 0;

  if (conv == (GIConv) -1)
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_UNSUPPORTED,
                   _ ("The encoding “%s” is not known here. Choose another one."), charset);
      return NULL;
    }

  out = g_malloc (size);
  while (left > 0)
    {
      char *to;
      gsize room;

      grow (&out, &size, used);
      to = out + used;
      room = size - used - 16;
      gsize result = g_iconv (conv, &from, &left, &to, &room);
      used = (gsize) (to - out);
      if (result != (gsize) -1 || errno == E2BIG)
        {
          if (result != (gsize) -1)
            break;
          continue;
        }
      /* EILSEQ, or EINVAL at the end: one byte is not what it should be. */
      memcpy (out + used, REPLACEMENT, strlen (REPLACEMENT));
      used += strlen (REPLACEMENT);
      from++;
      left--;
      bad++;
      g_iconv (conv, NULL, NULL, NULL, NULL);
    }
  g_iconv_close (conv);
  out[used] = '\0';

  if (memchr (out, '\0', used) != NULL)
    {
      GString *clean = g_string_sized_new (used);

      for (gsize i = 0; i < used; i++)
        if (out[i] != '\0')
          g_string_append_c (clean, out[i]);
        else
          {
            g_string_append (clean, REPLACEMENT);
            bad++;
          }
      g_free (out);
      used = clean->len;
      out = g_string_free_and_steal (clean);
    }
  /* Some converters let surrogates pass. */
  if (!g_utf8_validate_len (out, used, NULL))
    {
      char *valid = g_utf8_make_valid (out, (gssize) used);

      g_free (out);
      out = valid;
      used = strlen (out);
      bad++;
    }

  if (n_utf8 != NULL)
    *n_utf8 = used;
  if (n_bad != NULL)
    *n_bad = bad;
  return out;
}

/**
 * torg_charset_list:
 *
 * Lists the encodings to offer where the guess is wrong.
 *
 * Returns: (transfer none) (array zero-terminated=1): names
 */
const char *const *
torg_charset_list (void)
{
  return offered;
}
