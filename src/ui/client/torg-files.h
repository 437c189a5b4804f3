/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FILES (torg_files_get_type ())

/* The files of a card: with where each of them is, and how far it is on its way. */
G_DECLARE_FINAL_TYPE (TorgFiles, torg_files, TORG, FILES, AdwBin)

GtkWidget *torg_files_new        (TorgSession  *session,
                                  const char   *field);
void       torg_files_set_record (TorgFiles    *self,
                                  const char   *id);

G_END_DECLS
