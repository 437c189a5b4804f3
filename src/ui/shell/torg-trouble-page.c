/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-trouble-page.h"
#include "torg-store.h"

#include <glib/gi18n-lib.h>

struct _TorgTroublePage
{
  AdwBin parent_instance;

  AdwStatusPage *status;
  GtkWidget     *sign_in_button;
  GtkWidget     *folder_button;

  char *path; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgTroublePage, torg_trouble_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_RETRY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *
title_for (const GError *error)
{
  if (error->domain != TORG_STORE_ERROR)
    return _ ("Your Data Could Not Be Opened");
  switch (error->code)
    {
      case TORG_STORE_ERROR_NEWER:
        return _ ("A Newer Torg Is Needed");
      case TORG_STORE_ERROR_CORRUPT:
        return _ ("The Data File Is Damaged");
      case TORG_STORE_ERROR_READ_ONLY:
        return _ ("The Data File Cannot Be Written To");
      case TORG_STORE_ERROR_LOCKED:
        return _ ("Another Program Uses the Data File");
      case TORG_STORE_ERROR_FULL:
        return _ ("The Disk Is Full");
      case TORG_STORE_ERROR_STALE:
        return _ ("No Contact for Too Long");
      default:
        return _ ("Your Data Could Not Be Opened");
    }
}

static void
retry_cb (TorgTroublePage *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

static void
folder_cb (TorgTroublePage *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL,
                                            NULL);
}

static void
torg_trouble_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_TROUBLE_PAGE);
  G_OBJECT_CLASS (torg_trouble_page_parent_class)->dispose (object);
}

static void
torg_trouble_page_finalize (GObject *object)
{
  g_free (TORG_TROUBLE_PAGE (object)->path);
  G_OBJECT_CLASS (torg_trouble_page_parent_class)->finalize (object);
}

static void
torg_trouble_page_class_init (TorgTroublePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_trouble_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_trouble_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-trouble-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgTroublePage, status);
  gtk_widget_class_bind_template_child (widget_class, TorgTroublePage, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, TorgTroublePage, folder_button);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_cb);

  signals[SIGNAL_RETRY] =
    g_signal_new ("retry", TORG_TYPE_TROUBLE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_trouble_page_init (TorgTroublePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_trouble_page_new:
 * @error: why the replica could not be opened
 * @path: its file
 *
 * Makes a page that explains it.
 *
 * Returns: a new page
 */
GtkWidget *
torg_trouble_page_new (const GError *error, const char *path)
{
  TorgTroublePage *self = g_object_new (TORG_TYPE_TROUBLE_PAGE, NULL);
  g_autofree char *description = g_markup_printf_escaped ("%s\n\n<small>%s</small>", error->message, path);

  self->path = g_strdup (path);
  /* Where the data lies is of no use then. */
  if (g_error_matches (error, TORG_STORE_ERROR, TORG_STORE_ERROR_STALE))
    {
      g_set_str (&description, error->message);
      gtk_widget_set_visible (self->folder_button, FALSE);
      /* Only where the server asks for it. */
      g_object_bind_property (self->sign_in_button, "sensitive", self->sign_in_button, "visible",
                              G_BINDING_SYNC_CREATE);
    }
  adw_status_page_set_title (self->status, title_for (error));
  adw_status_page_set_description (self->status, description);
  return GTK_WIDGET (self);
}
