/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/**
 * TorgExportFormat:
 * @TORG_EXPORT_NDJSON: a record a line, as in the REST interface, with nothing left out
 * @TORG_EXPORT_CSV: a record a row, for spreadsheets
 *
 * How records are written.
 */
typedef enum {
  TORG_EXPORT_NDJSON,
  TORG_EXPORT_CSV,
} TorgExportFormat;

/**
 * TorgExportNote:
 * @at: when it began, microseconds since 1970
 * @who: (owned): who
 * @what: (owned): where to, and how
 * @records: how many; -1 where it did not come to its end
 *
 * That everything was once written out.
 */
typedef struct {
  gint64  at;
  char   *who;
  char   *what;
  gint64  records;
} TorgExportNote;

gboolean   torg_export       (TorgServerStore  *store,
                              const char       *who,
                              const char       *folder,
                              TorgExportFormat  format,
                              gint64           *n_records,
                              GError          **error);
GPtrArray *torg_export_list  (TorgServerStore  *store,
                              GError          **error); /* TorgExportNote */
gboolean   torg_export_say   (TorgServerStore  *store,
                              GError          **error);

G_END_DECLS
