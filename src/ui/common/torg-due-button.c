/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-due-button.h"
#include "torg-value-text.h"
#include "torg-words.h"

struct _TorgDueButton
{
  AdwBin parent_instance;

  GtkMenuButton  *button;
  GtkCalendar    *calendar;
  GtkSpinButton  *hour;
  GtkSpinButton  *minute;
  GtkCheckButton *all_day;

  gboolean setting; /* several parts are being set */
};

G_DEFINE_FINAL_TYPE (TorgDueButton, torg_due_button, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update (TorgDueButton *self)
{
  gboolean all_day;
  g_autoptr (GDateTime) due = NULL;
  g_autofree char *label = NULL;

  if (self->setting)
    return;
  due = torg_due_button_make_due (self, &all_day);
  label = torg_words_moment (g_date_time_to_unix (due) * G_USEC_PER_SEC, all_day, g_get_real_time ());
  gtk_menu_button_set_label (self->button, label);
  gtk_widget_set_sensitive (GTK_WIDGET (self->hour), !all_day);
  gtk_widget_set_sensitive (GTK_WIDGET (self->minute), !all_day);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
in_two_hours_cb (TorgDueButton *self)
{
  torg_due_button_set_in (self, 0, 2);
  gtk_menu_button_popdown (self->button);
}

static void
tomorrow_cb (TorgDueButton *self)
{
  torg_due_button_set_in (self, 1, 0);
  gtk_menu_button_popdown (self->button);
}

static void
in_a_week_cb (TorgDueButton *self)
{
  torg_due_button_set_in (self, 7, 0);
  gtk_menu_button_popdown (self->button);
}

static gboolean
show_two_digits (GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
torg_due_button_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_DUE_BUTTON);
  G_OBJECT_CLASS (torg_due_button_parent_class)->dispose (object);
}

static void
torg_due_button_class_init (TorgDueButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_due_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-due-button.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgDueButton, button);
  gtk_widget_class_bind_template_child (widget_class, TorgDueButton, calendar);
  gtk_widget_class_bind_template_child (widget_class, TorgDueButton, hour);
  gtk_widget_class_bind_template_child (widget_class, TorgDueButton, minute);
  gtk_widget_class_bind_template_child (widget_class, TorgDueButton, all_day);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, in_two_hours_cb);
  gtk_widget_class_bind_template_callback (widget_class, tomorrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, in_a_week_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_two_digits);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_DUE_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_due_button_init (TorgDueButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_due_button_set:
 * @due: when, in local time
 * @all_day: whether its time of day does not count
 *
 * Sets when something is to be done.
 */
void
torg_due_button_set (TorgDueButton *self, GDateTime *due, gboolean all_day)
{
  self->setting = TRUE;
  gtk_calendar_select_day (self->calendar, due);
  gtk_check_button_set_active (self->all_day, all_day);
  if (!all_day)
    {
      gtk_spin_button_set_value (self->hour, g_date_time_get_hour (due));
      gtk_spin_button_set_value (self->minute, g_date_time_get_minute (due) / 5 * 5);
    }
  self->setting = FALSE;
  update (self);
}

/**
 * torg_due_button_set_in:
 * @days: days from now
 * @hours: hours from then; 0 for some time on that day
 *
 * Sets how far off it is.
 */
void
torg_due_button_set_in (TorgDueButton *self, int days, int hours)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) later = g_date_time_add_hours (now, hours);
  g_autoptr (GDateTime) due = g_date_time_add_days (later, days);

  torg_due_button_set (self, due, hours == 0);
}

/**
 * torg_due_button_make_due:
 * @all_day: (out): whether the time of day does not count
 *
 * Gives when it is to be done.
 *
 * Returns: (transfer full): a local time
 */
GDateTime *
torg_due_button_make_due (TorgDueButton *self, gboolean *all_day)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);

  *all_day = gtk_check_button_get_active (self->all_day);
  return g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                g_date_time_get_day_of_month (day), gtk_spin_button_get_value_as_int (self->hour),
                                gtk_spin_button_get_value_as_int (self->minute), 0);
}

/**
 * torg_due_button_dup_zoned:
 *
 * Gives when it is to be done, as a field keeps it.
 *
 * Returns: (transfer full): a planned time
 */
char *
torg_due_button_dup_zoned (TorgDueButton *self)
{
  gboolean all_day;
  g_autoptr (GDateTime) due = torg_due_button_make_due (self, &all_day);

  return torg_value_text_zoned (due, all_day);
}
