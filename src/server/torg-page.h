/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-db.h"
#include "torg-record.h"

G_BEGIN_DECLS

/**
 * TorgPage:
 *
 * Which records of a type are wanted, in what order, and from where on: a question by REST, as SQL.
 */
typedef struct _TorgPage TorgPage;

TorgPage        *torg_page_new        (const TorgType *type);
void             torg_page_free       (TorgPage       *self);
gboolean         torg_page_add        (TorgPage       *self,
                                       const char     *name,
                                       const char     *text);
const TorgField *torg_page_find_field (TorgPage       *self,
                                       const char     *name);
gboolean         torg_page_set_sort   (TorgPage       *self,
                                       const char     *text);
gboolean         torg_page_set_after  (TorgPage       *self,
                                       const char     *text);
char            *torg_page_make_next  (TorgPage       *self,
                                       TorgDb         *db,
                                       gint64          workspace,
                                       const char     *id,
                                       GError        **error);
int              torg_page_append     (TorgPage       *self,
                                       TorgDialect     dialect,
                                       GString        *sql,
                                       int             index);
int              torg_page_bind       (TorgPage       *self,
                                       TorgStatement  *statement,
                                       int             index);
void             torg_page_append_order (TorgPage     *self,
                                       TorgDialect     dialect,
                                       GString        *sql);
gboolean         torg_page_holds_values (const TorgType *type,
                                       const char     *field);
gboolean         torg_page_has_bounds (const TorgField *field);
char            *torg_page_make_column (const TorgField *field,
                                       TorgDialect     dialect);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgPage, torg_page_free)

G_END_DECLS
