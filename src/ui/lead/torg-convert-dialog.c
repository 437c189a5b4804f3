/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-convert-dialog.h"
#include "torg-convert.h"
#include "torg-dialog-focus.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgConvertDialog
{
  AdwDialog parent_instance;

  GtkLabel            *message;
  AdwPreferencesGroup *company_group;
  AdwPreferencesGroup *person_group;
  AdwSwitchRow        *entity_row;
  AdwSwitchRow        *deal_row;
  AdwEntryRow         *title_row;
  AdwEntryRow         *amount_row;
  AdwComboRow         *pipeline_row;

  TorgSession *session;   /* (owned) */
  TorgConvert *convert;   /* (owned) (nullable): until the lead is read */
  GPtrArray   *pipelines; /* (owned) (element-type TorgRecord) */
};

G_DEFINE_FINAL_TYPE (TorgConvertDialog, torg_convert_dialog, ADW_TYPE_DIALOG)

static void
set_message (TorgConvertDialog *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  if (message != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* --- a client ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgConversionPart part;
  TorgConvertWay     way;
  char              *joined; /* (owned) (nullable) */
} Choice;

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_free (choice->joined);
  g_free (choice);
}

static void
chosen_cb (TorgConvertDialog *self, GParamSpec *pspec, GtkCheckButton *button)
{
  const Choice *choice = g_object_get_data (G_OBJECT (button), "torg-choice");

  if (gtk_check_button_get_active (button) && self->convert != NULL)
    torg_convert_choose (self->convert, choice->part, choice->way, choice->joined);
}

/* @choice: (transfer full) */
static GtkWidget *
add_choice (TorgConvertDialog   *self,
            AdwPreferencesGroup *group,
            GtkWidget           *first,
            const char          *title,
            const char          *details,
            Choice              *choice)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_check_button_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (details != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), details);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), GTK_CHECK_BUTTON (first));
  g_object_set_data_full (G_OBJECT (button), "torg-choice", choice, choice_free);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button),
                               torg_convert_get_way (self->convert, choice->part) == choice->way &&
                                 g_strcmp0 (torg_convert_get_joined (self->convert, choice->part), choice->joined) ==
                                   0);
  g_signal_connect_object (button, "notify::active", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (group, row);
  return button;
}

static Choice *
choice_new (TorgConversionPart part, TorgConvertWay way, const char *joined)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->part = part;
  choice->way = way;
  choice->joined = g_strdup (joined);
  return choice;
}

/* What speaks for it, and whose it is. */
static char *
describe (TorgConvertDialog *self, const TorgConvertMatch *match)
{
  const char      *owner = torg_record_get_text (match->record, "owner");
  g_autofree char *name = owner != NULL ? torg_lookup_dup_title (torg_session_get_lookup (self->session), owner) : NULL;
  g_autofree char *reasons = torg_likeness_say (match->reasons);

  if (name == NULL)
    return g_strdup_printf (_ ("%s · nobody is responsible"), reasons);
  /* Translators: what two cards have in common, and whose the card is */
  return g_strdup_printf (_ ("%s · responsible: %s"), reasons, name);
}

static GtkWidget *
find_active (GtkWidget *first, GtkWidget *button)
{
  return gtk_check_button_get_active (GTK_CHECK_BUTTON (button)) ? button : first;
}

/* Gives the choice that is made. */
static GtkWidget *
add_choices (TorgConvertDialog *self, AdwPreferencesGroup *group, TorgConversionPart part)
{
  GPtrArray       *matches = torg_convert_get_matches (self->convert, part);
  g_autofree char *title = torg_words_title (torg_convert_get_made (self->convert, part));
  /* Translators: a new company, or a new person, of that name */
  g_autofree char *made = g_strdup_printf (_ ("New: %s"), title);
  GtkWidget       *first = NULL, *button, *active = NULL;

  for (guint i = 0; i < matches->len; i++)
    {
      const TorgConvertMatch *match = matches->pdata[i];
      g_autofree char        *name = torg_words_title (match->record);
      g_autofree char        *details = describe (self, match);

      button = add_choice (self, group, first, name, details,
                           choice_new (part, TORG_CONVERT_JOIN, torg_record_get_id (match->record)));
      active = find_active (active, button);
      first = first != NULL ? first : button;
    }
  button = add_choice (self, group, first, made, NULL, choice_new (part, TORG_CONVERT_NEW, NULL));
  active = find_active (active, button);
  first = first != NULL ? first : button;
  button = add_choice (self, group, first, _ ("None"), NULL, choice_new (part, TORG_CONVERT_NONE, NULL));
  return find_active (active, button);
}

/* --- the deal ----------------------------------------------------------------------------------------------------- */

static void
deal_toggled_cb (TorgConvertDialog *self)
{
  gboolean active = adw_switch_row_get_active (self->deal_row);

  gtk_widget_set_visible (GTK_WIDGET (self->title_row), active);
  gtk_widget_set_visible (GTK_WIDGET (self->amount_row), active);
  gtk_widget_set_visible (GTK_WIDGET (self->pipeline_row), active && self->pipelines->len > 1);
}

static void
fill_pipelines (TorgConvertDialog *self)
{
  GPtrArray *all = torg_lookup_list (torg_session_get_lookup (self->session), "pipeline");
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      TorgRecord *pipeline = all->pdata[i];

      if (g_strcmp0 (torg_record_get_text (pipeline, "kind"), "deals") != 0)
        continue;
      g_ptr_array_add (self->pipelines, torg_record_ref (pipeline));
      gtk_string_list_append (names, torg_record_get_text (pipeline, "name"));
    }
  adw_combo_row_set_model (self->pipeline_row, G_LIST_MODEL (names));
}

static void
show_deal (TorgConvertDialog *self)
{
  TorgRecord *deal = torg_convert_get_made (self->convert, TORG_CONVERSION_DEAL);
  TorgRecord *lead = torg_convert_get_lead (self->convert);
  const char *inn = torg_record_get_text (lead, "inn");

  gtk_editable_set_text (GTK_EDITABLE (self->title_row), torg_record_get_text (deal, "title"));
  gtk_widget_set_visible (GTK_WIDGET (self->entity_row), inn != NULL);
  if (inn != NULL)
    {
      g_autofree char *words = g_strdup_printf (_ ("INN %s"), inn);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->entity_row), words);
    }
  adw_switch_row_set_active (self->entity_row,
                             torg_convert_get_way (self->convert, TORG_CONVERSION_LEGAL_ENTITY) != TORG_CONVERT_NONE);
  fill_pipelines (self);
  deal_toggled_cb (self);
}

/* What was typed; a message says what does not do. */
static gboolean
read_deal (TorgConvertDialog *self)
{
  TorgRecord      *deal = torg_convert_get_made (self->convert, TORG_CONVERSION_DEAL);
  const TorgField *amount = torg_type_find_field (torg_record_get_kind (deal), "amount");
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->title_row))));
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  guint pipeline = adw_combo_row_get_selected (self->pipeline_row);

  torg_convert_choose (self->convert, TORG_CONVERSION_DEAL,
                       adw_switch_row_get_active (self->deal_row) ? TORG_CONVERT_NEW : TORG_CONVERT_NONE, NULL);
  torg_convert_choose (self->convert, TORG_CONVERSION_LEGAL_ENTITY,
                       adw_switch_row_get_active (self->entity_row) ? TORG_CONVERT_NEW : TORG_CONVERT_NONE, NULL);
  if (!adw_switch_row_get_active (self->deal_row))
    return TRUE;
  if (*title == '\0')
    {
      set_message (self, _ ("Fill in the title of the deal."));
      gtk_widget_grab_focus (GTK_WIDGET (self->title_row));
      return FALSE;
    }
  if (!torg_value_text_parse (self->session, amount, gtk_editable_get_text (GTK_EDITABLE (self->amount_row)), &value,
                              &error))
    {
      set_message (self, error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->amount_row));
      return FALSE;
    }
  torg_record_set_text (deal, "title", title);
  torg_record_set (deal, "amount", &value);
  if (pipeline < self->pipelines->len)
    torg_record_set_text (deal, "pipeline", torg_record_get_id (self->pipelines->pdata[pipeline]));
  return TRUE;
}

/* --- the lead ----------------------------------------------------------------------------------------------------- */

static gpointer
read_lead (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_convert_new (store, data, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgConvertDialog) self = data;
  g_autoptr (GError) error = NULL;
  TorgConvert *convert = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  GtkWidget   *active;

  if (self->message == NULL)
    {
      g_clear_pointer (&convert, torg_convert_free);
      return;
    }
  if (convert == NULL)
    {
      set_message (self, error->message);
      return;
    }
  self->convert = convert;
  active = add_choices (self, self->company_group, TORG_CONVERSION_COMPANY);
  add_choices (self, self->person_group, TORG_CONVERSION_PERSON);
  show_deal (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "convert.apply", TRUE);
  if (active != NULL)
    gtk_widget_grab_focus (active);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgConvertDialog) self = data;
  g_autoptr (GError) error = NULL;

  if (torg_session_apply_finish (TORG_SESSION (source), result, &error) >= 0)
    adw_dialog_force_close (ADW_DIALOG (self));
  else if (self->message != NULL)
    {
      set_message (self, error != NULL ? error->message : NULL);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "convert.apply", TRUE);
    }
}

static void
apply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgConvertDialog *self = TORG_CONVERT_DIALOG (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (self->convert == NULL || !read_deal (self))
    return;
  edit = torg_convert_make_edit (self->convert, &error);
  if (edit == NULL)
    {
      set_message (self, error->message);
      return;
    }
  gtk_widget_action_set_enabled (widget, "convert.apply", FALSE);
  torg_session_apply_async (self->session, edit, saved_cb, g_object_ref (self));
}

static void
torg_convert_dialog_dispose (GObject *object)
{
  TorgConvertDialog *self = TORG_CONVERT_DIALOG (object);

  g_clear_pointer (&self->convert, torg_convert_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_CONVERT_DIALOG);
  g_clear_pointer (&self->pipelines, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_convert_dialog_parent_class)->dispose (object);
}

static void
torg_convert_dialog_class_init (TorgConvertDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_convert_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/lead/torg-convert-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, message);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, company_group);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, person_group);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, entity_row);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, deal_row);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, title_row);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, amount_row);
  gtk_widget_class_bind_template_child (widget_class, TorgConvertDialog, pipeline_row);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_callback (widget_class, deal_toggled_cb);
  gtk_widget_class_install_action (widget_class, "convert.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "convert.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "convert.apply", NULL);
}

static void
torg_convert_dialog_init (TorgConvertDialog *self)
{
  self->pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "convert.apply", FALSE);
}

/**
 * torg_convert_dialog_new:
 * @session: the session
 * @lead: the id of a lead
 *
 * Makes the dialog. What is likely the lead's client already is joined until another choice is made.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_convert_dialog_new (TorgSession *session, const char *lead)
{
  TorgConvertDialog *self = g_object_new (TORG_TYPE_CONVERT_DIALOG, NULL);

  self->session = g_object_ref (session);
  torg_replica_call_async (torg_session_get_replica (session), TORG_LANE_READ, read_lead, g_strdup (lead), g_free,
                           (GDestroyNotify) torg_convert_free, NULL, read_cb, g_object_ref (self));
  return ADW_DIALOG (self);
}
