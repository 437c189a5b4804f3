/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-plan-dialog.h"
#include "torg-period.h"
#include "torg-plan.h"
#include "torg-toast.h"
#include "torg-value-text.h"

#include <glib/gi18n-lib.h>

struct _TorgPlanDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay     *toasts;
  AdwWindowTitle      *title;
  AdwPreferencesGroup *group;

  TorgSession *session; /* (owned) */
  char        *month;   /* (owned): its first day */
  GPtrArray   *plans;   /* (owned) (nullable) (element-type TorgRecord): of the month and the one before */
  GPtrArray   *entries; /* (owned) (element-type AdwEntryRow) */
};

G_DEFINE_FINAL_TYPE (TorgPlanDialog, torg_plan_dialog, ADW_TYPE_DIALOG)

static const TorgField *
get_field (TorgPlanDialog *self)
{
  return torg_type_find_field (torg_schema_find (torg_session_get_schema (self->session), TORG_PLAN_TYPE), "amount");
}

static TorgRecord *
find_plan (TorgPlanDialog *self, const char *owner, const char *month)
{
  for (guint i = 0; self->plans != NULL && i < self->plans->len; i++)
    if (torg_plan_is_for (self->plans->pdata[i], owner, month))
      return self->plans->pdata[i];
  return NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void load (TorgPlanDialog *self);

static void
show (TorgPlanDialog *self)
{
  g_autofree char *text = g_strdup_printf ("%sT00:00:00Z", self->month);
  g_autoptr (GDateTime) month = g_date_time_new_from_iso8601 (text, NULL);
  /* Translators: a month as a heading, such as “November 2026” */
  g_autofree char *name = g_date_time_format (month, _ ("%OB %Y"));

  adw_window_title_set_subtitle (self->title, name);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const char      *owner = g_object_get_data (self->entries->pdata[i], "torg-user");
      TorgRecord      *plan = find_plan (self, owner, self->month);
      g_autofree char *amount =
        plan != NULL ? torg_value_text_edit (get_field (self), torg_record_get (plan, "amount")) : NULL;

      gtk_editable_set_text (GTK_EDITABLE (self->entries->pdata[i]), amount != NULL ? amount : "");
    }
}

static gpointer
read_plans (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (TORG_PLAN_TYPE);
  g_autofree char *before = torg_month_shift (data, -1), *last = torg_month_get_last_day (data);
  g_autoptr (GPtrArray) plans = NULL;

  torg_query_add_text (query, "month", TORG_MATCH_AT_LEAST, before);
  torg_query_add_text (query, "month", TORG_MATCH_AT_MOST, last);
  plans = torg_store_list (store, query, 0, cancellable, error);
  return plans != NULL ? torg_plan_pick (plans) : NULL;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgPlanDialog) self = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *plans = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (plans == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  self->plans = plans;
  if (self->group != NULL)
    show (self);
}

static void
load (TorgPlanDialog *self)
{
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_plans, g_strdup (self->month),
                           g_free, (GDestroyNotify) g_ptr_array_unref, NULL, read_cb, g_object_ref (self));
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgPlanDialog) self = data;

  torg_session_apply_finish (TORG_SESSION (source), result, NULL);
  load (self);
}

static void
apply (TorgPlanDialog *self, TorgEdit *edit)
{
  if (torg_edit_get_length (edit) > 0)
    torg_session_apply_async (self->session, edit, applied_cb, g_object_ref (self));
}

static void
set_plan (TorgPlanDialog *self, TorgEdit *edit, const char *owner, const TorgValue *amount)
{
  TorgRecord      *plan = find_plan (self, owner, self->month);
  g_autofree char *id = NULL;
  g_autoptr (TorgRecord) record = NULL;

  if (plan != NULL && torg_value_equal (torg_record_get (plan, "amount"), amount))
    return;
  if (plan != NULL && torg_value_is_null (amount))
    torg_edit_delete (edit, TORG_PLAN_TYPE, torg_record_get_id (plan));
  else if (plan != NULL)
    torg_edit_set (edit, TORG_PLAN_TYPE, torg_record_get_id (plan), "amount", amount);
  if (plan != NULL || torg_value_is_null (amount))
    return;
  id = torg_session_make_id (self->session);
  record = torg_record_new (torg_session_get_schema (self->session),
                            torg_schema_find (torg_session_get_schema (self->session), TORG_PLAN_TYPE), id);
  torg_record_set_text (record, "owner", owner);
  torg_record_set_text (record, "month", self->month);
  torg_record_set (record, "amount", amount);
  torg_edit_create (edit, record);
}

static void
apply_cb (TorgPlanDialog *self, AdwEntryRow *entry)
{
  const char      *owner = g_object_get_data (G_OBJECT (entry), "torg-user");
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  g_autofree char *label =
    g_strdup_printf (_ ("Plan of %s"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (entry)));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);
  g_autoptr (GError) error = NULL;
  g_auto (TorgValue) amount = TORG_VALUE_INIT;

  if (*typed != '\0' && !torg_value_text_parse (self->session, get_field (self), typed, &amount, &error))
    {
      gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
      adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, error->message, 0));
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  set_plan (self, edit, owner, &amount);
  apply (self, edit);
}

/* Those who have a plan for this month keep it. */
static void
take_over_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgPlanDialog  *self = TORG_PLAN_DIALOG (widget);
  g_autofree char *before = torg_month_shift (self->month, -1);
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Plan as in the month before"));

  for (guint i = 0; i < self->entries->len; i++)
    {
      const char *owner = g_object_get_data (self->entries->pdata[i], "torg-user");
      TorgRecord *plan = find_plan (self, owner, before);

      if (plan != NULL && find_plan (self, owner, self->month) == NULL)
        set_plan (self, edit, owner, torg_record_get (plan, "amount"));
    }
  apply (self, edit);
}

static void
go (TorgPlanDialog *self, int by)
{
  char *month = torg_month_shift (self->month, by);

  if (month == NULL)
    return;
  g_free (self->month);
  self->month = month;
  load (self);
}

static void
before_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  go (TORG_PLAN_DIALOG (widget), -1);
}

static void
after_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  go (TORG_PLAN_DIALOG (widget), 1);
}

/* The window's own toasts are behind the dialog. */
static void
said_cb (TorgPlanDialog *self, const char *text, gint64 step)
{
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, torg_toast_new (self->session, text, step));
}

/* What was undone elsewhere is undone here. */
static void
changed_cb (TorgPlanDialog *self)
{
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->group));

  if (focus == NULL)
    load (self);
}

static void
add_entries (TorgPlanDialog *self)
{
  GPtrArray *users = torg_lookup_list_colleagues (torg_session_get_lookup (self->session));

  for (guint i = 0; users != NULL && i < users->len; i++)
    {
      GtkWidget       *entry = adw_entry_row_new ();
      g_autofree char *title = torg_record_dup_title (users->pdata[i]);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (entry), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), title != NULL ? title : "");
      adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (entry), TRUE);
      g_object_set_data_full (G_OBJECT (entry), "torg-user", g_strdup (torg_record_get_id (users->pdata[i])), g_free);
      g_signal_connect_object (entry, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
      adw_preferences_group_add (self->group, entry);
      g_ptr_array_add (self->entries, entry);
    }
}

static void
torg_plan_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_PLAN_DIALOG);
  g_clear_object (&TORG_PLAN_DIALOG (object)->session);
  G_OBJECT_CLASS (torg_plan_dialog_parent_class)->dispose (object);
}

static void
torg_plan_dialog_finalize (GObject *object)
{
  TorgPlanDialog *self = TORG_PLAN_DIALOG (object);

  g_free (self->month);
  g_clear_pointer (&self->plans, g_ptr_array_unref);
  g_ptr_array_unref (self->entries);
  G_OBJECT_CLASS (torg_plan_dialog_parent_class)->finalize (object);
}

static void
torg_plan_dialog_class_init (TorgPlanDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_plan_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_plan_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/report/torg-plan-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPlanDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgPlanDialog, title);
  gtk_widget_class_bind_template_child (widget_class, TorgPlanDialog, group);
  gtk_widget_class_install_action (widget_class, "plan.before", NULL, before_action);
  gtk_widget_class_install_action (widget_class, "plan.after", NULL, after_action);
  gtk_widget_class_install_action (widget_class, "plan.take-over", NULL, take_over_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Up, GDK_CONTROL_MASK, "plan.before", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Down, GDK_CONTROL_MASK, "plan.after", NULL);
}

static void
torg_plan_dialog_init (TorgPlanDialog *self)
{
  self->entries = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_plan_dialog_new:
 * @session: the session
 * @month: any day of the month to begin with
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_plan_dialog_new (TorgSession *session, const char *month)
{
  TorgPlanDialog *self = g_object_new (TORG_TYPE_PLAN_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->month = torg_month_shift (month, 0);
  add_entries (self);
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  load (self);
  return ADW_DIALOG (self);
}
