/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"
#include "torg-table.h"

G_BEGIN_DECLS

/**
 * TorgExported:
 * @n_written: records in the file
 * @n_left: records that one's role does not let be written into files
 *
 * What an export did.
 */
typedef struct {
  gint64 n_written;
  guint  n_left;
} TorgExported;

TorgTable    *torg_export_make_table (TorgStore           *store,
                                      TorgQuery           *query,
                                      const char *const   *fields,
                                      TorgJob             *job,
                                      guint               *n_left,
                                      GError             **error);
void          torg_export_async      (TorgReplica         *replica,
                                      TorgQuery           *query,
                                      const char *const   *fields,
                                      GFile               *file,
                                      TorgJob             *job,
                                      GAsyncReadyCallback  callback,
                                      gpointer             data);
TorgExported *torg_export_finish     (TorgReplica         *replica,
                                      GAsyncResult        *result,
                                      GError             **error);

G_END_DECLS
