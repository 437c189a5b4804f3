/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-record-window.h"
#include "torg-record-page.h"
#include "torg-toast.h"

struct _TorgRecordWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay   *toasts;
  AdwNavigationView *view;

  TorgSession *session; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgRecordWindow, torg_record_window, ADW_TYPE_APPLICATION_WINDOW)

static void
said_cb (TorgRecordWindow *self, const char *text, gint64 step)
{
  if (gtk_application_get_active_window (gtk_window_get_application (GTK_WINDOW (self))) != GTK_WINDOW (self))
    return;
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_session_undo (TORG_RECORD_WINDOW (widget)->session, 0);
}

static void
torg_record_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_RECORD_WINDOW);
  g_clear_object (&TORG_RECORD_WINDOW (object)->session);
  G_OBJECT_CLASS (torg_record_window_parent_class)->dispose (object);
}

static void
torg_record_window_class_init (TorgRecordWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_record_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-record-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgRecordWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgRecordWindow, view);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
torg_record_window_init (TorgRecordWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_record_window_new:
 * @application: the application
 * @session: the session
 * @type: the record's type
 * @id: its id
 * @rows: (nullable): the list that it stands in, of TorgRow
 * @position: its position there
 *
 * Makes a window for a record.
 *
 * Returns: (transfer none): a new window
 */
TorgRecordWindow *
torg_record_window_new (GtkApplication *application,
                        TorgSession    *session,
                        const char     *type,
                        const char     *id,
                        GListModel     *rows,
                        guint           position)
{
  TorgRecordWindow *self = g_object_new (TORG_TYPE_RECORD_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  torg_record_window_push (self, type, id, rows, position);
  return self;
}

/**
 * torg_record_window_push:
 * @type: the type of another record
 * @id: its id
 * @rows: (nullable): the list that it stands in, of TorgRow
 * @position: its position there
 *
 * Opens a record above the one that is shown.
 */
void
torg_record_window_push (TorgRecordWindow *self, const char *type, const char *id, GListModel *rows, guint position)
{
  AdwNavigationPage *page = torg_record_page_new (self->session, type);

  torg_record_page_show (TORG_RECORD_PAGE (page), id, rows, position);
  adw_navigation_view_push (self->view, page);
}
