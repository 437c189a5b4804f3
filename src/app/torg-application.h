/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_APPLICATION (torg_application_get_type ())

/* The program: which accounts are open, and what concerns all of them. */
G_DECLARE_FINAL_TYPE (TorgApplication, torg_application, TORG, APPLICATION, AdwApplication)

TorgApplication *torg_application_new        (void);
int              torg_application_get_status (TorgApplication *self);

G_END_DECLS
