/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-leaving-page.h"

#include <glib/gi18n-lib.h>

/* What the window shows while a session ends: nothing can be edited that would be lost. */

static void
cancel_cb (GtkWidget *button, GCancellable *cancellable)
{
  gtk_widget_set_sensitive (button, FALSE);
  g_cancellable_cancel (cancellable);
}

/**
 * torg_leaving_page_new:
 * @cancellable: what its button cancels
 *
 * Makes a page that says that the session ends.
 *
 * Returns: a new page
 */
GtkWidget *
torg_leaving_page_new (GCancellable *cancellable)
{
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *status = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  g_autoptr (GdkPaintable) spinner = GDK_PAINTABLE (adw_spinner_paintable_new (status));

  gtk_widget_add_css_class (button, "pill");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (cancel_cb), cancellable, G_CONNECT_DEFAULT);
  adw_status_page_set_paintable (ADW_STATUS_PAGE (status), spinner);
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Signing Out…"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status),
                                   _ ("The server is told that the session has ended. Without "
                                      "a connection this may take a minute."));
  adw_status_page_set_child (ADW_STATUS_PAGE (status), button);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), status);
  return view;
}
