/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"

G_BEGIN_DECLS

/**
 * TorgOwnEdit:
 * @store: a connection
 * @commit: (owned): the changes
 * @author: (nullable): the id of the `user` who asked for them; %NULL for whoever runs the server
 * @administered: whether somebody could edit roles before
 *
 * A transaction in which the server itself changes records, besides what it keeps of its own.
 */
typedef struct {
  TorgServerStore *store;
  TorgCommit      *commit;
  const char      *author;
  gboolean         administered;
} TorgOwnEdit;

gboolean torg_own_edit_begin    (TorgOwnEdit     *self,
                                 TorgServerStore *store,
                                 const char      *author,
                                 GError         **error);
void     torg_own_edit_note     (TorgOwnEdit     *self,
                                 TorgRecord      *record,
                                 const char      *field,
                                 const char      *before,
                                 const char      *after);
void     torg_own_edit_set      (TorgOwnEdit     *self,
                                 TorgEntry       *entry,
                                 const char      *field,
                                 TorgValue        value);
void     torg_own_edit_set_text (TorgOwnEdit     *self,
                                 TorgEntry       *entry,
                                 const char      *field,
                                 const char      *text);
gboolean torg_own_edit_finish   (TorgOwnEdit     *self,
                                 gboolean         ok,
                                 GError         **error);

G_END_DECLS
