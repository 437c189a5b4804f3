/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-schema.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_TABLE_COLUMNS (torg_table_columns_get_type ())

/*
 * Which fields a table shows, in which order, how wide, and by which it is sorted; kept in the settings.
 *
 * Signals: `changed`; `sorted`, when only the order of the rows is another.
 */
G_DECLARE_FINAL_TYPE (TorgTableColumns, torg_table_columns, TORG, TABLE_COLUMNS, GObject)

TorgTableColumns *torg_table_columns_new         (GSettings        *settings,
                                                  TorgSchema       *schema,
                                                  const char       *type);
const TorgType   *torg_table_columns_get_kind    (TorgTableColumns *self);
guint             torg_table_columns_get_n       (TorgTableColumns *self);
const TorgField  *torg_table_columns_get_field   (TorgTableColumns *self,
                                                  guint             index);
int               torg_table_columns_get_width   (TorgTableColumns *self,
                                                  guint             index,
                                                  int               total);
void              torg_table_columns_set_width   (TorgTableColumns *self,
                                                  guint             index,
                                                  int               width);
int               torg_table_columns_get_total   (TorgTableColumns *self);
void              torg_table_columns_set_fields  (TorgTableColumns *self,
                                                  const char *const *names);
const char       *torg_table_columns_get_sort    (TorgTableColumns *self,
                                                  gboolean         *descending);
void              torg_table_columns_sort        (TorgTableColumns *self,
                                                  const char       *field,
                                                  gboolean          descending);
GPtrArray        *torg_table_columns_list_all    (TorgTableColumns *self);
const char       *torg_table_columns_get_label   (const TorgField  *field);
gboolean          torg_table_columns_is_numeric  (const TorgField  *field);

G_END_DECLS
