/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-config.h"
#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgServerContext:
 * @env: clock, randomness and file system
 * @config: how it is to run
 * @store: a connection to it
 *
 * What the commands of `torg-server` work on.
 */
typedef struct {
  TorgEnv          *env;
  TorgServerConfig *config;
  TorgServerStore  *store;
} TorgServerContext;

gboolean torg_command_usage   (GError            **error,
                               const char         *text);
gboolean torg_command_find_login
                              (TorgServerStore    *store,
                               const char         *login,
                               gboolean            closed_too,
                               char              **user,
                               GError            **error);
char    *torg_command_name_login
                              (TorgServerStore    *store,
                               const char         *user,
                               GError            **error);
gboolean torg_command_serve   (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_migrate (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_import  (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_user    (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_token   (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_client  (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_role    (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_check   (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_export  (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_backup  (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_restore (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_form    (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);
gboolean torg_command_webhook (TorgServerContext  *context,
                               int                 argc,
                               char              **argv,
                               GError            **error);

G_END_DECLS
