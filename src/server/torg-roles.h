/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

gboolean torg_roles_find      (TorgServerStore *store,
                               const char      *name,
                               TorgRecord     **role,
                               GError         **error);
gboolean torg_roles_add       (TorgServerStore *store,
                               const char      *name,
                               GError         **error);
gboolean torg_roles_set_right (TorgServerStore *store,
                               const char      *name,
                               const char      *type,
                               const char      *action,
                               const char      *reach,
                               GError         **error);
gboolean torg_roles_hide      (TorgServerStore *store,
                               const char      *name,
                               const char      *field,
                               gboolean         hidden,
                               GError         **error);
gboolean torg_roles_give      (TorgServerStore *store,
                               const char      *user,
                               const char      *name,
                               gboolean        *first,
                               GError         **error);
gboolean torg_roles_take      (TorgServerStore *store,
                               const char      *user,
                               const char      *name,
                               GError         **error);
gboolean torg_roles_remove    (TorgServerStore *store,
                               const char      *name,
                               GError         **error);
char   **torg_roles_describe  (TorgRecord      *role);
char    *torg_roles_find_fault
                              (TorgServerStore *store,
                               TorgRecord      *role);

G_END_DECLS
