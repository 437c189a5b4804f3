/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-date-row.h"
#include "torg-words.h"

struct _TorgDateRow
{
  AdwActionRow parent_instance;

  GtkMenuButton *button;
  GtkCalendar   *calendar;
};

G_DEFINE_FINAL_TYPE (TorgDateRow, torg_date_row, ADW_TYPE_ACTION_ROW)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update (TorgDateRow *self)
{
  g_autofree char *iso = torg_date_row_dup_iso (self);
  g_autofree char *words = torg_words_date (iso, g_get_real_time ());

  gtk_menu_button_set_label (self->button, words);
}

static void
day_selected_cb (TorgDateRow *self)
{
  update (self);
  gtk_menu_button_popdown (self->button);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
torg_date_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_DATE_ROW);
  G_OBJECT_CLASS (torg_date_row_parent_class)->dispose (object);
}

static void
torg_date_row_class_init (TorgDateRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_date_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-date-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgDateRow, button);
  gtk_widget_class_bind_template_child (widget_class, TorgDateRow, calendar);
  gtk_widget_class_bind_template_callback (widget_class, day_selected_cb);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_DATE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_date_row_init (TorgDateRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_date_row_set_date:
 * @date: a day
 *
 * Sets the date.
 */
void
torg_date_row_set_date (TorgDateRow *self, GDateTime *date)
{
  g_signal_handlers_block_matched (self->calendar, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  gtk_calendar_select_day (self->calendar, date);
  g_signal_handlers_unblock_matched (self->calendar, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  update (self);
}

/**
 * torg_date_row_dup_iso:
 *
 * Gives the date.
 *
 * Returns: (transfer full): `YYYY-MM-DD`
 */
char *
torg_date_row_dup_iso (TorgDateRow *self)
{
  g_autoptr (GDateTime) date = gtk_calendar_get_date (self->calendar);

  return g_date_time_format (date, "%Y-%m-%d");
}
