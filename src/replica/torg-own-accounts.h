/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/* The account that is always there; its files lie in the folder itself. */
#define TORG_OWN_ACCOUNTS_MAIN "1"

/**
 * TorgAccountInfo:
 * @name: (owned): its number, which stays while it is here
 * @path: (owned): its replica
 * @label: (owned) (nullable): what the user calls it
 * @server: (owned) (nullable): the address of its server; %NULL where it has none
 * @server_user: (owned) (nullable): the id by which the server knows the user
 * @user: (owned) (nullable): the user's name
 * @n_unsent: changes that the server does not have
 * @n_attention: what needs a decision
 * @is_empty: nothing was begun in it
 * @is_stale: it shows nothing until its server was heard of
 * @trouble: (owned) (nullable): why it cannot be read, a sentence for the user
 *
 * An account of this computer, as its files tell of it.
 */
typedef struct {
  char    *name;
  char    *path;
  char    *label;
  char    *server;
  char    *server_user;
  char    *user;
  guint    n_unsent;
  guint    n_attention;
  gboolean is_empty;
  gboolean is_stale;
  char    *trouble;
} TorgAccountInfo;

char            *torg_own_accounts_dup_folder (void);
char            *torg_own_accounts_dup_folder_of (const char *path);
char            *torg_own_accounts_dup_path   (const char            *folder,
                                               const char            *name);
char           **torg_own_accounts_list_names (const char            *folder);
GPtrArray       *torg_own_accounts_list       (TorgEnv               *env,
                                               const char            *folder);
TorgAccountInfo *torg_own_accounts_find       (GPtrArray             *infos,
                                               const char            *text,
                                               gboolean              *several);
char            *torg_own_accounts_add        (const char            *folder,
                                               GError               **error);
gboolean         torg_own_accounts_remove     (const char            *path,
                                               GError               **error);
gboolean         torg_own_accounts_set_leaving (const char           *path,
                                               gint64                 mark,
                                               GError               **error);
gboolean         torg_own_accounts_is_leaving (const char            *path,
                                               gint64                *mark);
void             torg_own_accounts_stay       (const char            *path);
gboolean         torg_own_accounts_set_label  (TorgEnv               *env,
                                               const char            *path,
                                               const char            *label,
                                               GError               **error);
gboolean         torg_own_accounts_is_twin    (TorgEnv               *env,
                                               const char            *path,
                                               const char            *server,
                                               const char            *server_user);

char            *torg_account_info_dup_title  (const TorgAccountInfo *self);
void             torg_account_info_free       (TorgAccountInfo       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgAccountInfo, torg_account_info_free)

G_END_DECLS
