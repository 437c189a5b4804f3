/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-digest.h"

#include <string.h>

/*
 * A digest finds what a fault has made different, and withstands no attacker: 64 bits of a mixing function, added up,
 * so that the order of records does not count.
 */

/* The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
static guint64
mix (guint64 value)
{
  value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

/**
 * torg_digest_get_bucket:
 * @id: (array fixed-size=16): a record's id
 *
 * Tells in which bucket a record is: by the last byte of its id, which is random.
 *
 * Returns: a number below %TORG_DIGEST_BUCKETS
 */
guint
torg_digest_get_bucket (const guint8 id[16])
{
  return id[15];
}

/**
 * torg_digest_add:
 * @id: (array fixed-size=16): a record's id
 * @seq: the sequence number of its last change
 *
 * Adds a record.
 */
void
torg_digest_add (TorgDigest *self, const guint8 id[16], gint64 seq)
{
  guint64 halves[2];

  memcpy (halves, id, sizeof halves);
  self->sums[torg_digest_get_bucket (id)] +=
    mix (GUINT64_FROM_BE (halves[0]) ^ mix (GUINT64_FROM_BE (halves[1]) ^ mix ((guint64) seq)));
}

/**
 * torg_digest_to_json:
 *
 * Writes a digest: an array of hexadecimal numbers, since numbers of JSON are not as long.
 *
 * Returns: (transfer full): a node
 */
JsonNode *
torg_digest_to_json (const TorgDigest *self)
{
  JsonArray *array = json_array_sized_new (TORG_DIGEST_BUCKETS);
  JsonNode  *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < TORG_DIGEST_BUCKETS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", self->sums[i]);

      json_array_add_string_element (array, text);
    }
  json_node_take_array (node, array);
  return node;
}

/**
 * torg_digest_from_json:
 * @node: JSON from anywhere
 * @self: (out caller-allocates): a digest
 *
 * Reads a digest.
 *
 * Returns: whether @node is one
 */
gboolean
torg_digest_from_json (JsonNode *node, TorgDigest *self)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) != TORG_DIGEST_BUCKETS)
    return FALSE;
  for (guint i = 0; i < TORG_DIGEST_BUCKETS; i++)
    {
      JsonNode *text = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (text) || json_node_get_value_type (text) != G_TYPE_STRING ||
          !g_ascii_string_to_unsigned (json_node_get_string (text), 16, 0, G_MAXUINT64, &self->sums[i], NULL))
        return FALSE;
    }
  return TRUE;
}
