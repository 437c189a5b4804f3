/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"

G_BEGIN_DECLS

/* An import of more records than this raises no tasks: it has a list of its duplicates itself. */
#define TORG_DUPLICATES_MAX_IMPORT 100

gboolean torg_duplicates_migrate (TorgServerStore *store,
                                  GError         **error);
gboolean torg_duplicates_note    (TorgServerStore *store,
                                  TorgRecord      *before,
                                  TorgRecord      *after,
                                  GError         **error);
gboolean torg_duplicates_raise   (TorgCommit      *commit,
                                  const char      *author,
                                  GError         **error);

G_END_DECLS
