/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-sight.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <string.h>

/* Whether the bytes of a replica's files, free pages, the words of its search and its journal too, tell titles of
 * records that are out of view, or what is in fields that are hidden. Each holds a mark: letters that no other text has
 * in such a row. */

#define FIRST 'g'
#define LETTERS 12
/* An index of words leaves out how a word begins where the one before begins alike. */
#define TAIL 8

typedef struct
{
  char *type;   /* (owned) */
  char *record; /* (owned) */
  char *field;  /* (owned) (nullable): %NULL for a title */
  guint client; /* who wrote it */
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_free (mark->type);
  g_free (mark->record);
  g_free (mark->field);
  g_free (mark);
}

/* The mark of a new record, for its title; or one more for a @field. */
char *
sim_make_mark (SimClient *client, const char *type, const char *record, const char *field)
{
  SimWorld        *self = client->world;
  g_autofree char *source =
    field != NULL ? g_strdup_printf ("%s %s %u", record, field, g_hash_table_size (self->marks)) : g_strdup (record);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, source, -1);
  char            *text = g_strndup (digest, LETTERS);
  Mark            *mark = g_new0 (Mark, 1);

  for (guint i = 0; i < LETTERS; i++)
    text[i] = (char) (FIRST + g_ascii_xdigit_value (text[i]));
  mark->type = g_strdup (type);
  mark->record = g_strdup (record);
  mark->field = g_strdup (field);
  mark->client = client->number;
  g_hash_table_insert (self->marks, g_strdup (text), mark);
  return text;
}

static gboolean
is_of (gpointer text, gpointer mark, gpointer record)
{
  return g_str_equal (((Mark *) mark)->record, record);
}

/* What a record says is in others from now on, which may be seen. */
void
sim_forget_marks (SimWorld *self, const char *record)
{
  g_hash_table_foreach_remove (self->marks, is_of, (gpointer) record);
}

/* Makes a world know its marks. */
void
sim_begin_marks (SimWorld *self)
{
  self->marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, mark_free);
}

/* A title may be in several fields. */
static gboolean
hides_field (TorgSight *sight, const TorgType *type, const char *field)
{
  if (field != NULL)
    return torg_sight_hides (sight, type->info->name, field);
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_TITLE) != 0 &&
        !torg_sight_hides (sight, type->info->name, type->fields[i].name))
      return FALSE;
  return TRUE;
}

/* Whether the server has the record, and does not show it, or not that field of it. */
static gboolean
is_hidden (SimWorld *self, TorgSight *sight, const Mark *mark)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (self->server), mark->type);
  g_autoptr (TorgRecord) record = NULL;
  g_autofree char *keys = NULL;

  return torg_server_store_load (self->server, type, mark->record, FALSE, &record, &keys, NULL) && record != NULL &&
         (!torg_sight_sees (sight, keys) || hides_field (sight, type, mark->field));
}

/* The tails of the marks that somebody else wrote into what is not to be seen: tail → mark. */
static GHashTable *
list_hidden (SimClient *client)
{
  SimWorld *self = client->world;
  g_autoptr (TorgSight) sight = torg_sight_new (self->server, client->user, NULL);
  GHashTable    *tails = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer       text, mark;

  g_hash_table_iter_init (&iter, self->marks);
  while (g_hash_table_iter_next (&iter, &text, &mark))
    if (((Mark *) mark)->client != client->number && is_hidden (self, sight, mark))
      g_hash_table_insert (tails, g_memdup2 ((const char *) text + LETTERS - TAIL, TAIL), text);
  return tails;
}

/* What was not taken is there as a whole, and so is what one wrote oneself, as when one takes a proposal; differences
 * that one sees are. What of it may not be there is looked at by sim_check_sight(). */
static gboolean
may_be_there (SimClient *client, const char *text)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (client->store->db,
                     "SELECT 1 FROM attention WHERE instr (mutation, ?1) UNION ALL "
                     "SELECT 1 FROM sent WHERE instr (CAST (body AS TEXT), ?1) UNION ALL "
                     "SELECT 1 FROM undo_op WHERE instr (fields, ?1) UNION ALL "
                     "SELECT 1 FROM conflict WHERE instr (coalesce (before, '') || coalesce (proposed, '') || "
                     "coalesce (stayed, '') || coalesce (along, ''), ?1)",
                     NULL);
  gboolean row;

  torg_statement_bind_text (statement, 1, text);
  return torg_statement_step (statement, &row, NULL) && row;
}

static char *
find (SimClient *client, GHashTable *tails, const char *data, gsize length, const char *where)
{
  gsize run = 0;

  for (gsize i = 0; i < length; i++)
    {
      const char *text;
      gint64      tail;

      run = data[i] >= FIRST && data[i] < FIRST + 16 ? run + 1 : 0;
      if (run < TAIL)
        continue;
      memcpy (&tail, data + i + 1 - TAIL, TAIL);
      text = g_hash_table_lookup (tails, &tail);
      if (text != NULL && !may_be_there (client, text))
        {
          const Mark *mark = g_hash_table_lookup (client->world->marks, text);

          return g_strdup_printf ("client %u has the %s of the %s %s in its %s, “%s”, which it must not see",
                                  client->number, mark->field != NULL ? mark->field : "title", mark->type, mark->record,
                                  where, text);
        }
    }
  return NULL;
}

static guint
get_two (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

/* Where SQLite divides a page of a tree, it leaves copies of the cells that it moves in the space between the pointers
 * and the cells (rebuildPage() in btree.c), in spite of `secure_delete`: only VACUUM would clear that. */
static void
blank_gap (guint8 *page, guint size, gboolean is_first)
{
  guint header = is_first ? 100 : 0, kind = page[header];
  guint from = header + (kind == 2 || kind == 5 ? 12 : 8) + 2 * get_two (page + header + 3);
  guint to = get_two (page + header + 5);

  if ((kind == 2 || kind == 5 || kind == 10 || kind == 13) && from < to && to <= size)
    memset (page + from, 0, to - from);
}

/* Of a database, or of a log with pages (https://www.sqlite.org/fileformat.html). */
static void
blank_gaps (char *data, gsize length, guint size, gboolean is_log)
{
  gsize first = is_log ? 32 : 0, head = is_log ? 24 : 0;

  for (gsize at = first, i = 0; at + head + size <= length; at += head + size, i++)
    blank_gap ((guint8 *) data + at + head, size, is_log ? memcmp (data + at, "\0\0\0\1", 4) == 0 : i == 0);
}

char *
sim_check_bytes (SimClient *client)
{
  g_autoptr (GHashTable) tails = list_hidden (client);
  g_autoptr (GError) error = NULL;
  g_autofree char *journal = g_strconcat (client->path, "-wal", NULL);
  const char      *files[] = { client->path, journal };
  char            *problem = NULL;
  guint            page_size = 0;

  if (g_hash_table_size (tails) == 0)
    return NULL;
  /* Words go a quarter of an hour after single records; here nobody waits. */
  if (!torg_state_set (client->store->db, "search_cleaned", NULL, &error) ||
      !torg_store_clean_search (client->store, NULL, &error))
    g_error ("client %u: %s", client->number, error->message);
  for (guint i = 0; i < G_N_ELEMENTS (files) && problem == NULL; i++)
    {
      g_autofree char *data = NULL;
      gsize            length;

      if (!g_file_get_contents (files[i], &data, &length, &error))
        g_error ("client %u: %s", client->number, error->message);
      if (i == 0)
        page_size = get_two ((guint8 *) data + 16);
      blank_gaps (data, length, page_size, i == 1);
      problem = find (client, tails, data, length, i == 0 ? "file" : "journal");
    }
  return problem;
}
