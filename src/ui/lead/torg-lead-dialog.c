/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-lead-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-input.h"
#include "torg-step-choice.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* So many digits of a number begin to tell somebody. */
#define LEAST_DIGITS 4
#define MOST_HITS 40
#define MOST_SHOWN 4

struct _TorgLeadDialog
{
  AdwDialog parent_instance;

  GtkLabel       *message;
  AdwEntryRow    *phone_row;
  GtkWidget      *matches_box;
  GtkListBox     *matches;
  AdwEntryRow    *name_row;
  AdwEntryRow    *company_row;
  AdwEntryRow    *need_row;
  AdwComboRow    *source_row;
  AdwComboRow    *channel_row;
  AdwSwitchRow   *distribute_row;
  TorgStepChoice *step;

  TorgSession    *session;     /* (owned) */
  const TorgType *type;        /* of leads */
  GPtrArray      *sources;     /* (owned) (element-type TorgRecord) */
  GCancellable   *cancellable; /* (owned) (nullable): of the look-up under way */
};

G_DEFINE_FINAL_TYPE (TorgLeadDialog, torg_lead_dialog, ADW_TYPE_DIALOG)

static void
set_message (TorgLeadDialog *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  if (message != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* --- who is known already ----------------------------------------------------------------------------------------- */

static gpointer
search (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return torg_store_search (store, data, NULL, MOST_HITS, error);
}

static gboolean
is_somebody (const TorgHit *hit)
{
  const char *type = torg_record_get_kind (torg_row_get_record (hit->row))->info->name;

  return g_str_equal (type, "person") || g_str_equal (type, "company") || g_str_equal (type, "lead");
}

/* Who it is, and whose. */
static void
add_match (TorgLeadDialog *self, TorgRow *row)
{
  TorgRecord      *record = torg_row_get_record (row);
  const TorgType  *type = torg_record_get_kind (record);
  GtkWidget       *widget = adw_action_row_new ();
  const char      *owner = torg_row_get_ref_title (row, "owner");
  g_autofree char *title = torg_words_title (record);
  g_autofree char *details = NULL;

  if (owner != NULL)
    /* Translators: what it is, such as “Lead”, and whose it is */
    details = g_strdup_printf (_ ("%s · responsible: %s"), torg_type_get_label (type), owner);
  else
    details = g_strdup_printf (_ ("%s · nobody is responsible"), torg_type_get_label (type));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (widget), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), details);
  adw_action_row_add_prefix (ADW_ACTION_ROW (widget),
                             gtk_image_new_from_icon_name (torg_words_type_icon (type->info->name)));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), TRUE);
  g_object_set_data_full (G_OBJECT (widget), "torg-row", g_object_ref (row), g_object_unref);
  gtk_list_box_append (self->matches, widget);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgLeadDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  guint n = 0;

  if (self->matches == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (hits == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  gtk_list_box_remove_all (self->matches);
  for (guint i = 0; i < hits->len && n < MOST_SHOWN; i++)
    if (is_somebody (hits->pdata[i]))
      {
        add_match (self, ((TorgHit *) hits->pdata[i])->row);
        n++;
      }
  gtk_widget_set_visible (self->matches_box, n > 0);
}

static guint
count_digits (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += g_ascii_isdigit (*text) ? 1 : 0;
  return n;
}

static void
phone_changed_cb (TorgLeadDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->phone_row));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_remove_css_class (GTK_WIDGET (self->phone_row), "error");
  if (count_digits (text) < LEAST_DIGITS)
    {
      gtk_list_box_remove_all (self->matches);
      gtk_widget_set_visible (self->matches_box, FALSE);
      return;
    }
  self->cancellable = g_cancellable_new ();
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_COUNT, search, g_strdup (text), g_free,
                           (GDestroyNotify) g_ptr_array_unref, self->cancellable, found_cb, g_object_ref (self));
}

static void
match_activated_cb (TorgLeadDialog *self, GtkListBoxRow *widget)
{
  g_autoptr (TorgLeadDialog) dialog = g_object_ref (self);
  g_autoptr (TorgRow) row = g_object_ref (g_object_get_data (G_OBJECT (widget), "torg-row"));
  TorgRecord *record = torg_row_get_record (row);

  adw_dialog_close (ADW_DIALOG (self));
  torg_session_open_record (dialog->session, torg_record_get_kind (record)->info->name, torg_record_get_id (record),
                            NULL, GTK_INVALID_LIST_POSITION, FALSE);
}

/* Who was chosen by the arrows is opened; without that the name comes next. */
static void
phone_activated_cb (TorgLeadDialog *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->matches);

  if (row != NULL)
    match_activated_cb (self, row);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

/* --- the lead ----------------------------------------------------------------------------------------------------- */

static void
set_text (TorgRecord *lead, const char *field, AdwEntryRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  torg_record_set_text (lead, field, *text != '\0' ? text : NULL);
}

/* The first choice is none. */
static void
set_choices (TorgLeadDialog *self, TorgRecord *lead)
{
  const TorgField *channel = torg_type_find_field (self->type, "channel");
  guint            source = adw_combo_row_get_selected (self->source_row);
  guint            nth = adw_combo_row_get_selected (self->channel_row);

  if (source > 0 && source <= self->sources->len)
    torg_record_set_text (lead, "source", torg_record_get_id (self->sources->pdata[source - 1]));
  if (nth > 0 && nth != GTK_INVALID_LIST_POSITION)
    torg_record_set_text (lead, "channel", channel->choices[nth - 1].key);
}

static TorgRecord *
make_lead (TorgLeadDialog *self)
{
  g_autofree char *id = torg_session_make_id (self->session);
  g_autoptr (TorgRecord) lead = torg_record_new (torg_session_get_schema (self->session), self->type, id);
  g_auto (TorgValue) phones = TORG_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  if (!torg_value_text_parse (self->session, torg_type_find_field (self->type, "phones"),
                              gtk_editable_get_text (GTK_EDITABLE (self->phone_row)), &phones, &error))
    {
      set_message (self, error->message);
      gtk_widget_add_css_class (GTK_WIDGET (self->phone_row), "error");
      gtk_widget_grab_focus (GTK_WIDGET (self->phone_row));
      return NULL;
    }
  torg_record_set (lead, "phones", &phones);
  set_text (lead, "name", self->name_row);
  set_text (lead, "company_name", self->company_row);
  set_text (lead, "need", self->need_row);
  set_choices (self, lead);
  torg_record_set_text (lead, "owner", torg_session_get_user (self->session));
  /* Until the server has given it away it is one's own. */
  if (gtk_widget_get_visible (GTK_WIDGET (self->distribute_row)) && adw_switch_row_get_active (self->distribute_row))
    torg_record_set_text (lead, "distribute", "yes");
  if (torg_value_is_null (&phones) && torg_record_get_text (lead, "name") == NULL &&
      torg_record_get_text (lead, "company_name") == NULL)
    {
      set_message (self, _ ("Fill in a phone, a name or a company."));
      gtk_widget_grab_focus (GTK_WIDGET (self->phone_row));
      return NULL;
    }
  return g_steal_pointer (&lead);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgLeadDialog) self = data;
  g_autoptr (GError) error = NULL;

  if (torg_session_apply_finish (TORG_SESSION (source), result, &error) >= 0)
    adw_dialog_force_close (ADW_DIALOG (self));
  else if (self->message != NULL)
    {
      set_message (self, error != NULL ? error->message : NULL);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "lead.save", TRUE);
    }
}

/* The lead and what is done next with it are one step. */
static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgLeadDialog *self = TORG_LEAD_DIALOG (widget);
  TorgSchema     *schema = torg_session_get_schema (self->session);
  g_autoptr (TorgRecord) lead = make_lead (self);
  g_autoptr (TorgRecord) contact = NULL;
  g_autoptr (TorgRecord) step = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  g_autofree char *title = NULL, *label = NULL;

  if (lead == NULL)
    return;
  contact = torg_record_new (schema, torg_schema_find (schema, "activity"), torg_record_get_id (lead));
  torg_record_set_text (contact, "lead", torg_record_get_id (lead));
  torg_record_set (contact, "owner", torg_record_get (lead, "owner"));
  step = torg_step_choice_make (self->step, self->session, contact);
  title = torg_words_title (lead);
  label = g_strdup_printf (_ ("Lead “%s” added"), title);
  edit = torg_edit_new (label);
  torg_edit_create (edit, lead);
  if (step != NULL)
    torg_edit_create (edit, step);
  gtk_widget_action_set_enabled (widget, "lead.save", FALSE);
  torg_session_apply_async (self->session, edit, saved_cb, g_object_ref (self));
}

static void
save_cb (TorgLeadDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "lead.save", NULL);
}

/* --- the choices -------------------------------------------------------------------------------------------------- */

static void
fill_sources (TorgLeadDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const[]) { "—", NULL });

  self->sources = torg_lookup_list_dictionary (torg_session_get_lookup (self->session), "source");
  for (guint i = 0; i < self->sources->len; i++)
    gtk_string_list_append (names, torg_record_get_text (self->sources->pdata[i], "name"));
  adw_combo_row_set_model (self->source_row, G_LIST_MODEL (names));
}

/* Who fills it in while talking has been called. */
static void
fill_channels (TorgLeadDialog *self)
{
  const TorgChoice *choices = torg_type_find_field (self->type, "channel")->choices;
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const[]) { "—", NULL });

  for (guint i = 0; choices[i].key != NULL; i++)
    gtk_string_list_append (names, _ (choices[i].label));
  adw_combo_row_set_model (self->channel_row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->channel_row, 1);
}

/* The first pipeline of leads takes it. */
static void
show_distribution (TorgLeadDialog *self)
{
  GPtrArray  *pipelines = torg_lookup_list (torg_session_get_lookup (self->session), "pipeline");
  const char *way = NULL;

  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++)
    if (g_strcmp0 (torg_record_get_text (pipelines->pdata[i], "kind"), "leads") == 0)
      {
        way = torg_record_get_text (pipelines->pdata[i], "distribution");
        break;
      }
  /* The server does it. */
  gtk_widget_set_visible (GTK_WIDGET (self->distribute_row),
                          way != NULL && !g_str_equal (way, "manual") &&
                            torg_syncer_get_address (torg_session_get_syncer (self->session)) != NULL);
}

static void
torg_lead_dialog_dispose (GObject *object)
{
  TorgLeadDialog *self = TORG_LEAD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_LEAD_DIALOG);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_lead_dialog_parent_class)->dispose (object);
}

static gboolean
key_pressed_cb (TorgLeadDialog *self, guint keyval, guint keycode, GdkModifierType state)
{
  if ((keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter) || (state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  save_cb (self);
  return GDK_EVENT_STOP;
}

static void
torg_lead_dialog_class_init (TorgLeadDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_lead_dialog_dispose;
  g_type_ensure (TORG_TYPE_STEP_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/lead/torg-lead-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, message);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, phone_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, matches_box);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, matches);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, company_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, need_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, source_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, channel_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, distribute_row);
  gtk_widget_class_bind_template_child (widget_class, TorgLeadDialog, step);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_callback (widget_class, phone_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, phone_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, match_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_install_action (widget_class, "lead.save", NULL, save_action);
}

static void
torg_lead_dialog_init (TorgLeadDialog *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  torg_input_add_arrows (GTK_WIDGET (self->phone_row), self->matches);
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->phone_row));
}

/**
 * torg_lead_dialog_new:
 * @session: the session
 *
 * Makes the dialog. The phone comes first: who has it already is shown while it is typed.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_lead_dialog_new (TorgSession *session)
{
  TorgLeadDialog *self = g_object_new (TORG_TYPE_LEAD_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->type = torg_schema_find (torg_session_get_schema (session), "lead");
  fill_sources (self);
  fill_channels (self);
  show_distribution (self);
  return ADW_DIALOG (self);
}
