/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TorgLines:
 *
 * Lines of JSON (NDJSON). Those of a long text are read on a thread of its own, ahead of who takes them.
 */
typedef struct _TorgLines TorgLines;

/**
 * TorgLineReader:
 * @line: (transfer none): a line, from anywhere
 * @data: what [func@Lines.new] was given
 *
 * Makes of a line what is to be taken. Runs on a thread of its own, one line after the other.
 *
 * Returns: (transfer full): an item, never %NULL
 */
typedef gpointer (*TorgLineReader) (JsonNode *line,
                                    gpointer  data);

TorgLines *torg_lines_new  (GBytes         *text,
                            TorgLineReader  reader,
                            gpointer        data,
                            GDestroyNotify  free_item);
void       torg_lines_free (TorgLines      *self);
gboolean   torg_lines_next (TorgLines      *self,
                            gpointer       *item,
                            GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgLines, torg_lines_free)

G_END_DECLS
