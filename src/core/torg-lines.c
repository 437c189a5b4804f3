/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-lines.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Shorter texts are parsed as they are taken. */
#define MIN_LENGTH (64 * 1024)
/* Lines that change hands at once, and how often that is done ahead, so that memory stays small. */
#define N_LINES 8
#define N_AHEAD 8

struct _TorgLines
{
  GBytes     *text;   /* (owned) */
  const char *at;     /* what is not parsed yet */
  JsonParser *parser; /* (owned): of one thread, as @at */

  TorgLineReader reader;
  gpointer       data;
  GDestroyNotify free_item;

  GThread   *thread; /* (owned) (nullable) */
  GMutex     lock;   /* of what follows */
  GCond      cond;
  GPtrArray *blocks[N_AHEAD]; /* (owned) of items: a ring */
  guint      n_parsed;
  guint      n_taken;
  gboolean   ended; /* nothing is parsed any more */

  GPtrArray *block; /* (owned) (nullable) of items: what is being taken */
  guint      place;
};

static GPtrArray *
new_block (TorgLines *self)
{
  GPtrArray *block = g_ptr_array_new_full (N_LINES, NULL);

  g_ptr_array_set_free_func (block, self->free_item);
  return block;
}

/* Reads some lines; one that is no JSON ends them as a NULL. */
static GPtrArray *
parse_block (TorgLines *self)
{
  gsize       length;
  const char *end = (const char *) g_bytes_get_data (self->text, &length) + length;
  GPtrArray  *block = new_block (self);

  while (block->len < N_LINES && self->at < end)
    {
      const char *stop = memchr (self->at, '\n', (gsize) (end - self->at));
      JsonNode   *line = NULL;

      /* A line without its end was cut off. */
      if (stop != NULL && json_parser_load_from_data (self->parser, self->at, (gssize) (stop - self->at), NULL))
        line = json_parser_get_root (self->parser);
      if (stop != NULL)
        g_ptr_array_add (block, line != NULL ? self->reader (line, self->data) : NULL);
      self->at = line != NULL ? stop + 1 : end;
    }
  return block;
}

static gpointer
parse_ahead (gpointer data)
{
  TorgLines *self = data;
  gboolean   ended = FALSE;

  while (!ended)
    {
      GPtrArray *block = parse_block (self);

      g_mutex_lock (&self->lock);
      while (self->n_parsed - self->n_taken == N_AHEAD && !self->ended)
        g_cond_wait (&self->cond, &self->lock);
      self->ended |= block->len == 0;
      ended = self->ended;
      if (ended)
        g_ptr_array_unref (block);
      else
        self->blocks[self->n_parsed++ % N_AHEAD] = block;
      g_cond_signal (&self->cond);
      g_mutex_unlock (&self->lock);
    }
  return NULL;
}

/* The next lines; empty after the last. */
static GPtrArray *
next_block (TorgLines *self)
{
  GPtrArray *block;

  if (self->thread == NULL)
    return parse_block (self);
  g_mutex_lock (&self->lock);
  while (self->n_parsed == self->n_taken && !self->ended)
    g_cond_wait (&self->cond, &self->lock);
  block =
    self->n_parsed > self->n_taken ? g_steal_pointer (&self->blocks[self->n_taken++ % N_AHEAD]) : new_block (self);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return block;
}

/**
 * torg_lines_new:
 * @text: lines of JSON, each with its end; what comes behind the last end is left out
 * @reader: makes items of them
 * @data: for @reader; outlives the lines
 * @free_item: frees an item; %NULL is one
 *
 * Begins to read lines.
 *
 * Returns: (transfer full): before the first line
 */
TorgLines *
torg_lines_new (GBytes *text, TorgLineReader reader, gpointer data, GDestroyNotify free_item)
{
  TorgLines *self = g_new0 (TorgLines, 1);
  gsize      length;

  self->text = g_bytes_ref (text);
  self->at = g_bytes_get_data (text, &length);
  self->parser = json_parser_new ();
  self->reader = reader;
  self->data = data;
  self->free_item = free_item;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  if (length >= MIN_LENGTH)
    self->thread = g_thread_new ("torg-lines", parse_ahead, self);
  return self;
}

/**
 * torg_lines_free:
 * @self: (transfer full): lines, all taken or not
 *
 * Stops reading.
 */
void
torg_lines_free (TorgLines *self)
{
  if (self->thread != NULL)
    {
      g_mutex_lock (&self->lock);
      self->ended = TRUE;
      g_cond_signal (&self->cond);
      g_mutex_unlock (&self->lock);
      g_thread_join (self->thread);
    }
  while (self->n_taken < self->n_parsed)
    g_ptr_array_unref (self->blocks[self->n_taken++ % N_AHEAD]);
  g_clear_pointer (&self->block, g_ptr_array_unref);
  g_object_unref (self->parser);
  g_bytes_unref (self->text);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/**
 * torg_lines_next:
 * @item: (out) (transfer full) (nullable): what became of the next line; %NULL after the last
 * @error: place for a %TORG_ERROR_INVALID: the line is no JSON
 *
 * Takes the next line.
 *
 * Returns: whether it could be read; otherwise the lines are to be freed
 */
gboolean
torg_lines_next (TorgLines *self, gpointer *item, GError **error)
{
  if (self->block == NULL || self->place == self->block->len)
    {
      g_clear_pointer (&self->block, g_ptr_array_unref);
      self->block = next_block (self);
      self->place = 0;
    }
  if (self->block->len == 0)
    {
      *item = NULL;
      return TRUE;
    }
  *item = g_steal_pointer (&self->block->pdata[self->place++]);
  if (*item != NULL)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                       _ ("The server’s answer cannot be read. Check its address, or ask your administrator."));
  return FALSE;
}
