/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_TRANSPORT (torg_transport_get_type ())

/* The way to a server: HTTP in the program, a seeded network in the simulator. Blocking. */
G_DECLARE_INTERFACE (TorgTransport, torg_transport, TORG, TRANSPORT, GObject)

/**
 * TorgExchange:
 * @method: `GET`, `POST`, `HEAD` or `PATCH`
 * @path: with its query
 * @body: (nullable): what is sent
 * @type: (nullable): what that is
 * @offset: where a part that is sent begins, in bytes; -1 for none
 * @first: which part is wanted: from this byte; -1 for all
 * @last: to this byte
 * @status: of HTTP
 * @answer: (owned) (nullable): what came back
 * @upload_offset: how much of an upload the server has, in bytes; -1 where it says nothing
 * @total: how long the file is that a part came of, in bytes; -1 where that is not said
 * @location: (owned) (nullable): the address of an upload
 * @limit: (owned) (nullable): how large a file may be
 * @retry_after: in how many seconds a server that is busy (429, 503) wants to be asked again, at most an hour; 0 where
 *   it says nothing
 *
 * A question about a part of a file, and its answer.
 */
typedef struct {
  const char *method;
  const char *path;
  GBytes     *body;
  const char *type;
  gint64      offset;
  gint64      first;
  gint64      last;

  guint       status;
  GBytes     *answer;
  gint64      upload_offset;
  gint64      total;
  char       *location;
  char       *limit;
  guint       retry_after;
} TorgExchange;

/**
 * TorgTransportInterface:
 * @send: asks the server
 * @exchange: (nullable): sends or fetches a part of a file; none where there are no files
 * @expect: (nullable): asks for what will be asked for next
 * @get_retry_after: (nullable): tells when a busy server wants to be asked again
 *
 * What a transport does.
 */
struct _TorgTransportInterface {
  GTypeInterface parent;

  gboolean (*send)   (TorgTransport *self,
                      const char    *method,
                      const char    *path,
                      GBytes        *body,
                      guint         *status,
                      GBytes       **answer,
                      GCancellable  *cancellable,
                      GError       **error);
  void     (*expect) (TorgTransport *self,
                      const char    *path);
  gboolean (*exchange) (TorgTransport *self,
                        TorgExchange  *exchange,
                        GCancellable  *cancellable,
                        GError       **error);
  guint    (*get_retry_after) (TorgTransport *self);
};

gboolean torg_transport_send   (TorgTransport *self,
                                const char    *method,
                                const char    *path,
                                GBytes        *body,
                                guint         *status,
                                GBytes       **answer,
                                GCancellable  *cancellable,
                                GError       **error);
void     torg_transport_expect (TorgTransport *self,
                                const char    *path);
gboolean torg_transport_exchange (TorgTransport *self,
                              TorgExchange  *exchange,
                              GCancellable  *cancellable,
                              GError       **error);
guint    torg_transport_get_retry_after (TorgTransport *self);
void     torg_exchange_clear (TorgExchange  *self);

G_END_DECLS
