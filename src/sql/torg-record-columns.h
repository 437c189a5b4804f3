/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"
#include "torg-record.h"

G_BEGIN_DECLS

const char *torg_columns_get_sql_type (TorgKind         kind);
const char *torg_columns_get_second   (TorgKind         kind);
void        torg_columns_append_names (GString         *sql,
                                       const TorgType  *type);
int         torg_columns_count        (const TorgType  *type);
int         torg_columns_bind_field   (TorgStatement   *statement,
                                       int              index,
                                       const TorgField *field,
                                       const TorgValue *value);
int         torg_columns_bind         (TorgStatement   *statement,
                                       int              index,
                                       TorgRecord      *record);
char       *torg_columns_build_extra  (TorgRecord      *record);
void        torg_columns_read         (TorgStatement   *statement,
                                       int              extra,
                                       int              first,
                                       TorgRecord      *record);

G_END_DECLS
