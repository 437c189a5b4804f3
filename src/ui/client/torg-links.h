/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_LINKS (torg_links_get_type ())

/* The records that refer to a record. */
G_DECLARE_FINAL_TYPE (TorgLinks, torg_links, TORG, LINKS, AdwBin)

GtkWidget *torg_links_new        (TorgSession *session,
                                  const char  *title,
                                  const char  *type,
                                  const char  *field);
void       torg_links_set_record (TorgLinks   *self,
                                  const char  *id);

G_END_DECLS
