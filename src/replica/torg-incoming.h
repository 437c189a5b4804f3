/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"
#include "torg-wire.h"

G_BEGIN_DECLS

/**
 * TorgIncoming:
 *
 * An answer of the server on its way into a replica: one transaction of records, results of mutations and a cursor.
 * What the user changed meanwhile stays on top of it.
 */
typedef struct _TorgIncoming TorgIncoming;

/**
 * TorgIncomingLine:
 *
 * A line of an answer, read, but not taken.
 */
typedef struct _TorgIncomingLine TorgIncomingLine;

TorgIncomingLine *torg_incoming_line_read (JsonNode         *node,
                                           TorgSchema       *schema);
void              torg_incoming_line_free (TorgIncomingLine *self);

TorgIncoming *torg_incoming_new       (TorgStore    *store,
                                       GError      **error);
void          torg_incoming_free      (TorgIncoming *self);
gboolean      torg_incoming_take      (TorgIncoming      *self,
                                       TorgIncomingLine  *line,
                                       GError           **error);
gboolean      torg_incoming_replace   (TorgIncoming   *self,
                                       const gboolean *buckets,
                                       GError        **error);
gboolean      torg_incoming_is_ended  (TorgIncoming *self);
gboolean      torg_incoming_has_more  (TorgIncoming *self);
gboolean      torg_incoming_commit    (TorgIncoming *self,
                                       GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgIncoming, torg_incoming_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgIncomingLine, torg_incoming_line_free)

G_END_DECLS
