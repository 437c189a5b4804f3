/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-file-table.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * TorgFileItem:
 * @record: (owned): the attachment
 * @file: (owned) (nullable): what the replica knows of its content
 * @author: (owned) (nullable): the name of who attached it
 * @local: whether the replica belongs to no server
 *
 * What a row of a file shows.
 */
typedef struct {
  TorgRecord *record;
  TorgFile   *file;
  char       *author;
  gboolean    local;
} TorgFileItem;

#define TORG_TYPE_FILE_ROW (torg_file_row_get_type ())

/* A file that is attached: what it is, where it is, and what can be done with it. */
G_DECLARE_FINAL_TYPE (TorgFileRow, torg_file_row, TORG, FILE_ROW, AdwActionRow)

GtkWidget *torg_file_row_new     (TorgSession   *session);
void       torg_file_row_set     (TorgFileRow   *self,
                                  TorgFileItem  *item);
void       torg_file_row_update  (TorgFileRow   *self);
void       torg_file_item_free   (TorgFileItem  *self);

G_END_DECLS
