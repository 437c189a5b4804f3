/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"

G_BEGIN_DECLS

/* What is read and ranked of all that words find. */
#define TORG_SERVER_SEARCH_CANDIDATES 200

/**
 * TorgCandidate:
 * @type: (owned): a type's name
 * @id: (owned): a record's id
 *
 * A record that words may have found.
 */
typedef struct {
  char *type;
  char *id;
} TorgCandidate;

gboolean   torg_server_search_migrate (TorgServerStore    *store,
                                       GError            **error);
gboolean   torg_server_search_note    (TorgServerStore    *store,
                                       TorgRecord         *before,
                                       TorgRecord         *after,
                                       const char         *keys,
                                       gboolean            keys_changed,
                                       GError            **error);
GPtrArray *torg_server_search_find    (TorgServerStore    *store,
                                       char              **words,
                                       const char *const  *types,
                                       GPtrArray          *keys,
                                       GError            **error); /* TorgCandidate */

G_END_DECLS
