/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TORG_TYPE_TRANSPORT (torg_transport_get_type ())

/* The way to a server: HTTP in the program, a seeded network in the simulator. Blocking. */
G_DECLARE_INTERFACE (TorgTransport, torg_transport, TORG, TRANSPORT, GObject)

/**
 * TorgTransportInterface:
 * @send: asks the server
 * @expect: (nullable): asks for what will be asked for next
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

G_END_DECLS
