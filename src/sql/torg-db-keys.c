/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sql"

#include "config.h"

#include "torg-db-private.h"

#include <string.h>

/*
 * `has_key(KEYS, WANTED)` tells whether two lists `|KEY|KEY|` have a key in common. A user has some thirty keys and a
 * record four, so that looking for each of the user's in a record's text was half of what a page of records cost.
 */

typedef struct
{
  const char *text; /* (unowned) */
  gsize       length;
} Key;

typedef struct
{
  char       *text; /* (owned): what the keys point into */
  GArray     *keys; /* (owned) (element-type Key) */
  GHashTable *set;  /* (owned) (element-type Key) */
} Wanted;

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;
  guint      hash = 2166136261u;

  /* FNV-1a (Fowler, Noll, Vo). Keys differ in their ends. */
  for (gsize i = key->length > 16 ? key->length - 16 : 0; i < key->length; i++)
    hash = (hash ^ (guchar) key->text[i]) * 16777619u;
  return hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *one = a, *two = b;

  return one->length == two->length && memcmp (one->text, two->text, one->length) == 0;
}

/* The next key of a list that begins at @from. */
static gboolean
next_key (const char **from, const char *end, Key *key)
{
  while (*from < end)
    {
      const char *bar = memchr (*from, '|', (gsize) (end - *from));

      *key = (Key) { *from, (gsize) ((bar != NULL ? bar : end) - *from) };
      *from = bar != NULL ? bar + 1 : end;
      if (key->length > 0)
        return TRUE;
    }
  return FALSE;
}

static void
wanted_free (gpointer data)
{
  Wanted *self = data;

  g_hash_table_unref (self->set);
  g_array_unref (self->keys);
  g_free (self->text);
  g_free (self);
}

static Wanted *
wanted_new (const char *text, gsize length)
{
  Wanted     *self = g_new0 (Wanted, 1);
  const char *from;
  Key         key;

  self->text = g_strndup (text, length);
  self->keys = g_array_new (FALSE, FALSE, sizeof (Key));
  self->set = g_hash_table_new (key_hash, key_equal);
  from = self->text;
  while (next_key (&from, self->text + length, &key))
    g_array_append_val (self->keys, key);
  for (guint i = 0; i < self->keys->len; i++)
    g_hash_table_add (self->set, &g_array_index (self->keys, Key, i));
  return self;
}

static void
has_key (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *keys = (const char *) sqlite3_value_text (values[0]);
  Wanted     *wanted = sqlite3_get_auxdata (context, 1);
  gboolean    found = FALSE;
  const char *end;
  Key         key;

  g_assert (n == 2);
  if (wanted == NULL)
    {
      const char *text = (const char *) sqlite3_value_text (values[1]);

      wanted = wanted_new (text != NULL ? text : "", (gsize) sqlite3_value_bytes (values[1]));
      sqlite3_set_auxdata (context, 1, wanted, wanted_free);
      /* It may have been freed at once. */
      wanted = sqlite3_get_auxdata (context, 1);
      if (wanted == NULL)
        {
          sqlite3_result_error_nomem (context);
          return;
        }
    }
  end = keys != NULL ? keys + sqlite3_value_bytes (values[0]) : NULL;
  while (keys != NULL && !found && next_key (&keys, end, &key))
    found = g_hash_table_contains (wanted->set, &key);
  sqlite3_result_int (context, found);
}

int
torg_db_add_has_key (sqlite3 *db)
{
  return sqlite3_create_function_v2 (db, "has_key", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                     has_key, NULL, NULL, NULL);
}
