/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-table.h"

G_BEGIN_DECLS

/**
 * TorgImportSource:
 * @program: what wrote the file
 * @type: the type of its rows
 * @columns: pairs of a header and what it becomes, see [struct@ImportColumn]; an empty text to leave it out; %NULL ends
 * @signs: headers that all have to be there; %NULL ends
 *
 * A list as a known program exports it.
 */
typedef struct {
  const char        *program;
  const char        *type;
  const char *const *columns;
  const char *const *signs;
} TorgImportSource;

const TorgImportSource *torg_import_source_recognise (TorgTable              *table,
                                                      guint                  *header_row);
gboolean                torg_import_source_find      (const TorgImportSource *self,
                                                      const char             *header,
                                                      const char            **target);

G_END_DECLS
