/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-figure-page.h"
#include "torg-records-table.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgFigurePage
{
  AdwNavigationPage parent_instance;

  AdwWindowTitle *title;
  AdwBin         *bin;

  TorgRecordsTable *table;
};

G_DEFINE_FINAL_TYPE (TorgFigurePage, torg_figure_page, ADW_TYPE_NAVIGATION_PAGE)

static void
columns_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_table_choose_columns (TORG_FIGURE_PAGE (widget)->table);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_records_table_export (TORG_FIGURE_PAGE (widget)->table);
}

static void
shown_cb (TorgFigurePage *self)
{
  torg_records_table_focus (self->table);
}

static void
torg_figure_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FIGURE_PAGE);
  G_OBJECT_CLASS (torg_figure_page_parent_class)->dispose (object);
}

static void
torg_figure_page_class_init (TorgFigurePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_figure_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/report/torg-figure-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFigurePage, title);
  gtk_widget_class_bind_template_child (widget_class, TorgFigurePage, bin);
  gtk_widget_class_install_action (widget_class, "figure.columns", NULL, columns_action);
  gtk_widget_class_install_action (widget_class, "figure.export", NULL, export_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "figure.export",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "figure.columns",
                                       NULL);
}

static void
torg_figure_page_init (TorgFigurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_figure_page_new:
 * @session: the session
 * @title: what the figure counts
 * @subtitle: of what
 * @type: the name of the type of its records
 * @rowids: (element-type gint64): their places in their table
 *
 * Makes a page that lists them.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_figure_page_new (TorgSession *session, const char *title, const char *subtitle, const char *type, GArray *rowids)
{
  TorgFigurePage *self = g_object_new (TORG_TYPE_FIGURE_PAGE, "title", title, NULL);
  g_autoptr (TorgPicks) picks = torg_picks_new ();
  g_autoptr (TorgQuery) query = torg_query_new (type);

  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, subtitle);
  self->table = TORG_RECORDS_TABLE (torg_records_table_new (session, type, picks));
  adw_bin_set_child (self->bin, GTK_WIDGET (self->table));
  torg_records_table_set_empty (self->table, torg_words_type_icon (type), _ ("Nothing Here Any More"),
                                _ ("What was counted here has been deleted since."));
  torg_query_add_rowids (query, rowids);
  torg_records_table_set_query (self->table, query);
  g_signal_connect_object (self, "shown", G_CALLBACK (shown_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
