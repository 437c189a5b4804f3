/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Read where no other file is named, and it is there. */
#define TORG_SERVER_CONFIG_FILE TORG_SYSCONF_DIR "/torg/torg-server.conf"

/**
 * TorgServerConfig:
 * @file: (owned) (nullable): the file that was read
 * @store: (owned) (nullable): the database, see [func@server_store_open]
 * @listen: (owned): `ADDRESS:PORT`
 * @tls_cert: (owned) (nullable): the certificate's file
 * @tls_key: (owned) (nullable): its key's file
 * @trusted_proxy: (owned) (nullable): addresses, split by commas
 * @metrics_from: (owned) (nullable): addresses, split by commas, that may read metrics besides this machine
 * @files: (owned) (nullable): the folder of files
 * @file_limit: how long a file may be, in millions of bytes
 * @threads: questions handled at once in a process, 1 to 256
 * @workers: processes that answer, 1 to 64
 * @oldest_schema: programs that know only an earlier version of the data have to be updated; 1 for none
 *
 * How the server is to run: what stands in a file, over it what the environment says, over that the flags.
 */
typedef struct {
  char  *file;
  char  *store;
  char  *listen;
  char  *tls_cert;
  char  *tls_key;
  char  *trusted_proxy;
  char  *metrics_from;
  char  *files;
  guint  file_limit;
  guint  threads;
  guint  workers;
  guint  oldest_schema;
} TorgServerConfig;

TorgServerConfig *torg_server_config_load (const char        *path,
                                           const char        *store,
                                           GError           **error);
gboolean          torg_server_config_set  (TorgServerConfig  *self,
                                           const char        *key,
                                           const char        *text,
                                           GError           **error);
void              torg_server_config_free (TorgServerConfig  *self);
char            **torg_server_config_to_environment
                                          (TorgServerConfig  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgServerConfig, torg_server_config_free)

G_END_DECLS
