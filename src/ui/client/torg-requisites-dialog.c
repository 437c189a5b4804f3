/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-requisites-dialog.h"
#include "torg-bank-fill.h"
#include "torg-dialog-focus.h"
#include "torg-legal-form.h"
#include "torg-requisite-card.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgRequisitesDialog
{
  AdwDialog parent_instance;

  GtkTextView *text;
  GtkWidget   *fill_button;
  GtkLabel    *message;
  GtkWidget   *found_group;
  GtkListBox  *found;
  GtkWidget   *rest_group;
  GtkListBox  *rest;

  TorgSession       *session; /* (owned) */
  TorgRecord        *record;  /* (owned): a legal entity, or the client whose it is to be */
  const TorgType    *type;    /* of legal entities */
  TorgRequisiteCard *card;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (TorgRequisitesDialog, torg_requisites_dialog, ADW_TYPE_DIALOG)

static GtkWidget *
make_row (const char *title, const char *subtitle, const char *icon, const char *style)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (icon != NULL)
    {
      GtkWidget *image = gtk_image_new_from_icon_name (icon);

      gtk_widget_add_css_class (image, style);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), image);
    }
  return row;
}

static GtkWidget *
make_item_row (TorgRequisitesDialog *self, const TorgCardItem *item)
{
  const TorgField *field = torg_type_find_field (self->type, item->field);
  const char      *choice = field->kind == TORG_KIND_CHOICE ? torg_field_get_choice_label (field, item->value) : NULL;
  const char      *value = choice != NULL ? choice : item->value;
  /* Translators: a requisite and what is wrong with it */
  g_autofree char *wrong =
    item->trouble != NULL ? g_strdup_printf (_ ("%s — is not taken. %s"), value, item->trouble) : NULL;

  if (wrong != NULL)
    return make_row (torg_field_get_label (field), wrong, "dialog-warning-symbolic", "warning");
  return make_row (torg_field_get_label (field), value, "object-select-symbolic", "success");
}

static guint
count_right (TorgRequisitesDialog *self)
{
  guint n = 0;

  for (guint i = 0; self->card != NULL && i < self->card->items->len; i++)
    n += ((TorgCardItem *) g_ptr_array_index (self->card->items, i))->trouble == NULL;
  return n;
}

static void
say (TorgRequisitesDialog *self, const char *text)
{
  gtk_label_set_label (self->message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), text != NULL);
}

/* What each of them says of the others, and of what is known already: a form, the BIK of an account. */
static void
check_together (TorgRequisitesDialog *self)
{
  gboolean is_entity = torg_record_get_kind (self->record) == self->type;
  g_autoptr (TorgRecord) whole =
    is_entity ? torg_record_copy (self->record)
              : torg_record_new (torg_record_get_schema (self->record), self->type, torg_record_get_id (self->record));

  for (guint i = 0; i < self->card->items->len; i++)
    {
      const TorgCardItem *item = g_ptr_array_index (self->card->items, i);

      if (item->trouble == NULL)
        torg_record_set_text (whole, item->field, item->value);
    }
  for (guint i = 0; i < self->card->items->len; i++)
    {
      TorgCardItem *item = g_ptr_array_index (self->card->items, i);
      g_autoptr (GError) error = NULL;

      if (item->trouble == NULL && !torg_legal_form_check (whole, item->field, item->value, &error))
        item->trouble = g_strdup (error->message);
    }
}

static void
text_changed_cb (TorgRequisitesDialog *self, GtkTextBuffer *buffer)
{
  GtkTextIter      start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_clear_pointer (&self->card, torg_requisite_card_free);
  self->card = torg_requisite_card_parse (text);
  check_together (self);
  gtk_list_box_remove_all (self->found);
  gtk_list_box_remove_all (self->rest);
  for (guint i = 0; i < self->card->items->len; i++)
    gtk_list_box_append (self->found, make_item_row (self, g_ptr_array_index (self->card->items, i)));
  for (guint i = 0; i < self->card->rest->len; i++)
    gtk_list_box_append (self->rest, make_row (g_ptr_array_index (self->card->rest, i), NULL, NULL, NULL));
  gtk_widget_set_visible (self->found_group, self->card->items->len > 0);
  gtk_widget_set_visible (self->rest_group, self->card->rest->len > 0);
  say (self, *text != '\0' && self->card->items->len == 0 ? _ ("No requisites were found in this text.") : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "requisites.fill", count_right (self) > 0);
}

static gboolean
focus_cb (gpointer data)
{
  TorgRequisitesDialog *self = data;

  if (self->fill_button != NULL && count_right (self) > 0)
    gtk_widget_grab_focus (self->fill_button);
  return G_SOURCE_REMOVE;
}

/* What is pasted is there a moment later; Enter fills in then. */
static void
pasted_cb (TorgRequisitesDialog *self)
{
  g_timeout_add_full (G_PRIORITY_DEFAULT, 150, focus_cb, g_object_ref (self), g_object_unref);
}

static gboolean
take_item (TorgRequisitesDialog *self, TorgRecord *record, TorgEdit *edit, const TorgCardItem *item, GError **error)
{
  const TorgField *field = torg_type_find_field (self->type, item->field);
  g_autofree char *composed = g_utf8_normalize (item->value, -1, G_NORMALIZE_NFC);
  g_auto (TorgValue) value = torg_value_text (composed != NULL ? composed : item->value);

  if (item->trouble != NULL || torg_value_equal (&value, torg_record_nth (record, field->index)))
    return TRUE;
  if (!torg_field_validate (field, &value, error))
    return FALSE;
  torg_record_set (record, field->name, &value);
  if (edit != NULL)
    torg_edit_set (edit, self->type->info->name, torg_record_get_id (record), field->name, &value);
  return TRUE;
}

static gboolean
take_items (TorgRequisitesDialog *self, TorgRecord *record, TorgEdit *edit, GError **error)
{
  for (guint i = 0; i < self->card->items->len; i++)
    if (!take_item (self, record, edit, g_ptr_array_index (self->card->items, i), error))
      return FALSE;
  return TRUE;
}

/* A new legal entity of the client, which is called as the client where the text does not say it. */
static gboolean
add_entity (TorgRequisitesDialog *self, TorgEdit *edit, GError **error)
{
  g_autofree char *id = torg_session_make_id (self->session);
  g_autofree char *name = torg_words_title (self->record);
  g_autoptr (TorgRecord) record = torg_record_new (torg_session_get_schema (self->session), self->type, id);

  torg_record_set_text (record, torg_record_get_kind (self->record)->info->name, torg_record_get_id (self->record));
  if (!take_items (self, record, NULL, error))
    return FALSE;
  if (torg_record_get_text (record, "name") == NULL)
    torg_record_set_text (record, "name", name);
  if (!torg_record_validate (record, error))
    return FALSE;
  torg_edit_create (edit, record);
  return TRUE;
}

static void
fill_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgRequisitesDialog *self = TORG_REQUISITES_DIALOG (widget);
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Requisites filled in"));
  g_autoptr (GError) error = NULL;
  gboolean taken;

  if (count_right (self) == 0)
    return;
  if (torg_record_get_kind (self->record) == self->type)
    {
      g_autoptr (TorgRecord) copy = torg_record_copy (self->record);

      taken = take_items (self, copy, edit, &error);
    }
  else
    taken = add_entity (self, edit, &error);
  if (!taken)
    {
      say (self, error->message);
      return;
    }
  if (torg_edit_get_length (edit) > 0)
    torg_bank_fill_apply_async (self->session, edit, NULL, NULL);
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
torg_requisites_dialog_dispose (GObject *object)
{
  TorgRequisitesDialog *self = TORG_REQUISITES_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_REQUISITES_DIALOG);
  g_clear_object (&self->session);
  g_clear_pointer (&self->record, torg_record_unref);
  g_clear_pointer (&self->card, torg_requisite_card_free);
  G_OBJECT_CLASS (torg_requisites_dialog_parent_class)->dispose (object);
}

static void
torg_requisites_dialog_class_init (TorgRequisitesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_requisites_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-requisites-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, text);
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, fill_button);
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, message);
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, found_group);
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, found);
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, rest_group);
  gtk_widget_class_bind_template_child (widget_class, TorgRequisitesDialog, rest);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_install_action (widget_class, "requisites.fill", NULL, fill_action);
}

/* Before the text takes it as a line of its own. */
static void
add_shortcut (TorgRequisitesDialog *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys),
    gtk_shortcut_new (gtk_alternative_trigger_new (gtk_keyval_trigger_new (GDK_KEY_Return, GDK_CONTROL_MASK),
                                                   gtk_keyval_trigger_new (GDK_KEY_KP_Enter, GDK_CONTROL_MASK)),
                      gtk_named_action_new ("requisites.fill")));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
torg_requisites_dialog_init (TorgRequisitesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_shortcut (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "requisites.fill", FALSE);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->text, "paste-clipboard", G_CALLBACK (pasted_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

/**
 * torg_requisites_dialog_new:
 * @session: the session
 * @record: a legal entity, or a company or a person who gets a new one
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_requisites_dialog_new (TorgSession *session, TorgRecord *record)
{
  TorgRequisitesDialog *self = g_object_new (TORG_TYPE_REQUISITES_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->record = torg_record_ref (record);
  self->type = torg_schema_find (torg_record_get_schema (record), "legal_entity");
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->text));
  return ADW_DIALOG (self);
}

/**
 * torg_requisites_dialog_takes:
 * @type: a type's name
 *
 * Tells whether records of a type get requisites from a text.
 *
 * Returns: whether they do
 */
gboolean
torg_requisites_dialog_takes (const char *type)
{
  return g_str_equal (type, "legal_entity") || g_str_equal (type, "company") || g_str_equal (type, "person");
}
