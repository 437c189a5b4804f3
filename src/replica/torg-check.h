/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"

G_BEGIN_DECLS

/* What some records refer to by a field, and what is not there. */
typedef struct {
  const TorgType  *type;
  const TorgField *field;
  char            *target; /* (owned): the type of what is not there */
  char            *id;     /* (owned) */
  gint64           n;      /* how many records refer to it */
} TorgCheckMissing;

gboolean   torg_check_store        (TorgStore        *store,
                                    GPtrArray        *problems,
                                    GCancellable     *cancellable,
                                    GError          **error);
GPtrArray *torg_check_list_missing (TorgStore        *store,
                                    GError          **error);
void       torg_check_missing_free (TorgCheckMissing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgCheckMissing, torg_check_missing_free)

G_END_DECLS
