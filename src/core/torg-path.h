/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-schema.h"

G_BEGIN_DECLS

/**
 * TorgPath:
 * @via: (nullable): the reference that leads to another record
 * @type: the type that has the field
 * @field: the field
 *
 * A field of a record, `city`, or of one that it refers to, `company.city`. Lives as long as its schema.
 */
typedef struct {
  const TorgField *via;
  const TorgType  *type;
  const TorgField *field;
} TorgPath;

gboolean torg_path_find      (TorgSchema      *schema,
                              const TorgType  *type,
                              const char      *text,
                              TorgPath        *path);
char    *torg_path_dup_text  (const TorgPath  *self);
char    *torg_path_dup_label (const TorgPath  *self);
GArray  *torg_path_list      (TorgSchema      *schema,
                              const TorgType  *type);

G_END_DECLS
