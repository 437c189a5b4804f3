/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-import-preview-grid.h"
#include "torg-import-preview.h"

#include <glib/gi18n-lib.h>

/* How many rows show what all of them will be like. */
#define N_ROWS 5
/* What is longer is cut. */
#define MAX_CHARS 28

/* The first rows as they would become records: a column for each field that is filled. */
struct _TorgImportPreviewGrid
{
  AdwBin parent_instance;

  GtkGrid *grid;
};

G_DEFINE_FINAL_TYPE (TorgImportPreviewGrid, torg_import_preview_grid, ADW_TYPE_BIN)

static void
torg_import_preview_grid_class_init (TorgImportPreviewGridClass *klass)
{
}

static void
torg_import_preview_grid_init (TorgImportPreviewGrid *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_widget_set_margin_top (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_start (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self->grid), 12);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->grid));
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  adw_bin_set_child (ADW_BIN (self), scroller);
}

static void
add_label (TorgImportPreviewGrid *self, const char *text, const char *css_class, int column, int row)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n\t", ' ');
  GtkWidget       *label = gtk_label_new (line);
  glong            length = g_utf8_strlen (line, -1);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* An ellipsis is wider than a letter: what is short needs none. */
  if (length > MAX_CHARS)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
      gtk_label_set_width_chars (GTK_LABEL (label), MAX_CHARS);
      gtk_widget_set_tooltip_text (label, text);
    }
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
}

static void
add_column (TorgImportPreviewGrid *self, TorgImportPlan *plan, guint index, int column)
{
  g_autofree char *label = torg_import_plan_dup_target_label (plan, torg_import_plan_get_column (plan, index)->target);
  TorgTable       *table = torg_import_plan_get_table (plan);
  guint            row = torg_import_plan_get_first_row (plan);

  add_label (self, label, "heading", column, 0);
  for (int n = 1; n <= N_ROWS && row < torg_table_get_n_rows (table); row++)
    {
      gboolean         wrong;
      g_autofree char *text = NULL;

      if (torg_table_row_is_empty (table, row))
        continue;
      text = torg_import_preview_cell (plan, row, index, &wrong);
      add_label (self, text, wrong ? "error" : NULL, column, n++);
    }
}

/**
 * torg_import_preview_grid_new:
 *
 * Makes a preview of nothing.
 *
 * Returns: a new widget
 */
GtkWidget *
torg_import_preview_grid_new (void)
{
  return g_object_new (TORG_TYPE_IMPORT_PREVIEW_GRID, NULL);
}

/**
 * torg_import_preview_grid_show:
 * @plan: how a table becomes records
 *
 * Shows the first rows as they would become records.
 */
void
torg_import_preview_grid_show (TorgImportPreviewGrid *self, TorgImportPlan *plan)
{
  GtkWidget *child;
  int        column = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  for (guint i = 0; i < torg_import_plan_get_n_columns (plan); i++)
    if (torg_import_plan_get_column (plan, i)->target != NULL)
      add_column (self, plan, i, column++);
  if (column == 0)
    add_label (self, _ ("No column becomes anything yet."), "dim-label", 0, 0);
}
