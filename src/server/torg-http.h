/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-env.h"
#include "torg-hub.h"
#include "torg-metrics.h"
#include "torg-server-files.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_HTTP (torg_http_get_type ())

/* The server's ear: HTTP by SoupServer, the handlers on a pool of threads, each with a connection of its own. */
G_DECLARE_FINAL_TYPE (TorgHttp, torg_http, TORG, HTTP, GObject)

TorgHttp *torg_http_new    (TorgEnv     *env,
                            const char  *store_uri,
                            guint        n_threads,
                            TorgMetrics *metrics);
void      torg_http_set_files (TorgHttp  *self,
                            TorgServerFiles *files);
void      torg_http_set_proxies (TorgHttp *self,
                            GPtrArray   *proxies);
void      torg_http_set_readers (TorgHttp *self,
                            GPtrArray   *readers);
TorgHub  *torg_http_get_hub (TorgHttp   *self);
void      torg_http_set_oldest_schema (TorgHttp *self,
                            guint        schema);
gboolean  torg_http_listen (TorgHttp    *self,
                            GSocket     *socket,
                            const char  *certificate,
                            const char  *key,
                            GError     **error);
void      torg_http_stop   (TorgHttp    *self);

G_END_DECLS
