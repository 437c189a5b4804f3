/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The most parts that a bar can have. */
#define TORG_BAR_MAX_PARTS 4

#define TORG_TYPE_BAR_CHART (torg_bar_chart_get_type ())

/* Lying bars, one below the other, each of one part or several; with a mark where it was to come to. */
G_DECLARE_FINAL_TYPE (TorgBarChart, torg_bar_chart, TORG, BAR_CHART, GtkWidget)

GtkWidget *torg_bar_chart_new     (void);
void       torg_bar_chart_clear   (TorgBarChart  *self);
void       torg_bar_chart_add     (TorgBarChart  *self,
                                   const char    *label,
                                   const double  *parts,
                                   guint          n_parts,
                                   double         mark,
                                   const char    *text);
void       torg_bar_chart_describe (TorgBarChart *self,
                                   const char    *description);

G_END_DECLS
