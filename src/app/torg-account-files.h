/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-own-accounts.h"

G_BEGIN_DECLS

#define TORG_TYPE_ACCOUNT_FILES (torg_account_files_get_type ())

/* The accounts that lie on this computer, open or not: looked at and changed on a thread of its own. */
G_DECLARE_FINAL_TYPE (TorgAccountFiles, torg_account_files, TORG, ACCOUNT_FILES, GObject)

TorgAccountFiles *torg_account_files_new              (TorgEnv             *env);
char             *torg_account_files_dup_path         (TorgAccountFiles    *self,
                                                       const char          *name);
gboolean          torg_account_files_has              (TorgAccountFiles    *self,
                                                       const char          *name);
gboolean          torg_account_files_has_several      (TorgAccountFiles    *self);
void              torg_account_files_list_async       (TorgAccountFiles    *self,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             data);
GPtrArray        *torg_account_files_list_finish      (TorgAccountFiles    *self,
                                                       GAsyncResult        *result);
void              torg_account_files_add_async        (TorgAccountFiles    *self,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             data);
char             *torg_account_files_add_finish       (TorgAccountFiles    *self,
                                                       GAsyncResult        *result,
                                                       GError             **error);
void              torg_account_files_remove_async     (TorgAccountFiles    *self,
                                                       const char          *path,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             data);
gboolean          torg_account_files_remove_finish    (TorgAccountFiles    *self,
                                                       GAsyncResult        *result,
                                                       GError             **error);
gboolean          torg_account_files_is_leaving       (TorgAccountFiles    *self,
                                                       const char          *path);
char            **torg_account_files_dup_names        (TorgAccountFiles    *self);
void              torg_account_files_finish_leaving_async (TorgAccountFiles *self,
                                                       const char          *path,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             data);
gboolean          torg_account_files_finish_leaving_finish (TorgAccountFiles *self,
                                                       GAsyncResult        *result,
                                                       GError             **error);
void              torg_account_files_set_label_async  (TorgAccountFiles    *self,
                                                       const char          *name,
                                                       const char          *label,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             data);
gboolean          torg_account_files_set_label_finish (TorgAccountFiles    *self,
                                                       GAsyncResult        *result,
                                                       GError             **error);

G_END_DECLS
