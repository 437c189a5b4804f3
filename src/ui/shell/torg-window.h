/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_WINDOW (torg_window_get_type ())

/*
 * The window: the sidebar, the panes, toasts and the dialogs that every pane shares.
 *
 * Signals: `begin` (char *how), from the first run: `demo`, `import`, `empty`, or `connected` to a server; `retry`, after trouble.
 */
G_DECLARE_FINAL_TYPE (TorgWindow, torg_window, TORG, WINDOW, AdwApplicationWindow)

TorgWindow *torg_window_new            (GtkApplication *application,
                                        TorgSession    *session);
void        torg_window_show_work      (TorgWindow     *self);
void        torg_window_show_welcome   (TorgWindow     *self);
gboolean    torg_window_is_working    (TorgWindow     *self);
void        torg_window_import        (TorgWindow     *self,
                                       GFile          *file);
void        torg_window_show_trouble   (TorgWindow     *self,
                                        const GError   *error);
void        torg_window_show_leaving   (TorgWindow     *self,
                                        GCancellable   *cancellable);
void        torg_window_set_first_job  (TorgWindow     *self,
                                        TorgJob        *job);
void        torg_window_set_account    (TorgWindow     *self,
                                        const char     *title,
                                        const char     *user);

G_END_DECLS
