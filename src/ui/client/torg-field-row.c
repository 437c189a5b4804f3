/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-field-row.h"
#include "torg-choose-dialog.h"
#include "torg-client-time.h"
#include "torg-history-dialog.h"
#include "torg-legal-form.h"
#include "torg-phone.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgFieldRow
{
  GtkListBoxRow parent_instance;

  GtkStack    *stack;
  GtkLabel    *name;
  GtkLabel    *value;
  GtkLabel    *time;
  GtkLabel    *message;
  GtkLabel    *edit_name;
  GtkEntry    *entry;
  GtkTextView *text;
  GtkWidget   *text_frame;
  GtkWidget   *link_button;
  GtkWidget   *history_button;

  TorgSession     *session; /* (owned) */
  const TorgField *field;
  TorgRow         *row;         /* (owned) (nullable) */
  char            *proposal;    /* (owned) (nullable): what could stand there, while it is empty */
  guint            time_source; /* of the clock at the client, while a phone is shown */
};

G_DEFINE_FINAL_TYPE (TorgFieldRow, torg_field_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  SIGNAL_EDITED,
  SIGNAL_CHOOSE_STAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const TorgValue *
get_value (TorgFieldRow *self)
{
  return torg_record_nth (torg_row_get_record (self->row), self->field->index);
}

static gboolean
is_multiline (TorgFieldRow *self)
{
  return self->field->kind == TORG_KIND_TEXT && (self->field->flags & TORG_FIELD_MULTILINE) != 0;
}

static gboolean
is_editing (TorgFieldRow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "edit") == 0;
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

static char *
make_mail_uri (const char *address)
{
  g_autofree char *escaped = g_uri_escape_string (address, "@", TRUE);

  return g_strconcat ("mailto:", escaped, NULL);
}

static char *
dup_uri (TorgFieldRow *self)
{
  const TorgValue *value = get_value (self);

  if (torg_value_is_null (value))
    return NULL;
  if (self->field->kind == TORG_KIND_PHONE)
    {
      g_autoptr (GPtrArray) phones = torg_phone_from_json (torg_value_get_text (value), NULL);

      return phones != NULL && phones->len > 0 ? torg_phone_make_uri (g_ptr_array_index (phones, 0)) : NULL;
    }
  if (self->field->kind == TORG_KIND_EMAIL)
    {
      g_auto (GStrv) items = torg_value_dup_items (value);

      return items != NULL && items[0] != NULL ? make_mail_uri (items[0]) : NULL;
    }
  if (g_str_equal (self->field->name, "site"))
    {
      const char *text = torg_value_get_text (value);

      return strstr (text, "://") != NULL ? g_strdup (text) : g_strdup_printf ("https://%s", text);
    }
  return NULL;
}

static void
append_link (GString *markup, const char *uri, const char *text)
{
  g_autofree char *link =
    uri != NULL ? g_markup_printf_escaped ("<a href=\"%s\">%s</a>", uri, text) : g_markup_escape_text (text, -1);

  g_string_append_printf (markup, "%s<span allow_breaks=\"false\">%s</span>", markup->len > 0 ? "\n" : "", link);
}

/* Each phone and each address is a link of its own, a line each; NULL for what has no links in its text. */
static char *
dup_markup (TorgFieldRow *self)
{
  const TorgValue *value = get_value (self);
  g_autoptr (GString) markup = g_string_new (NULL);

  if (torg_value_is_null (value))
    return NULL;
  if (self->field->kind == TORG_KIND_PHONE)
    {
      g_autoptr (GPtrArray) phones = torg_phone_from_json (torg_value_get_text (value), NULL);

      for (guint i = 0; phones != NULL && i < phones->len; i++)
        {
          g_autofree char *uri = torg_phone_make_uri (phones->pdata[i]);
          g_autofree char *text = torg_phone_format (phones->pdata[i]);

          append_link (markup, uri, text);
        }
    }
  else if (self->field->kind == TORG_KIND_EMAIL)
    {
      g_auto (GStrv) items = torg_value_dup_items (value);

      for (guint i = 0; items != NULL && items[i] != NULL; i++)
        {
          g_autofree char *uri = make_mail_uri (items[i]);

          append_link (markup, uri, items[i]);
        }
    }
  return markup->len > 0 ? g_string_free_and_steal (g_steal_pointer (&markup)) : NULL;
}

static gboolean
refers_to_card (TorgFieldRow *self)
{
  static const char *const cards[] = { "company", "person", "deal", "product", "lead", NULL };
  g_autofree char         *type = torg_field_dup_target_type (self->field);

  return self->field->kind == TORG_KIND_REF && type != NULL && g_strv_contains (cards, type);
}

/* What time it is where the phone rings: a quiet word, and one of warning when nobody should be called. */
static void
update_time (TorgFieldRow *self)
{
  gboolean         is_late = FALSE;
  g_autofree char *words =
    self->field->kind == TORG_KIND_PHONE && self->row != NULL && !torg_value_is_null (get_value (self))
      ? torg_client_time_dup_words (self->session, torg_row_get_record (self->row), &is_late)
      : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->time), words != NULL);
  if (words == NULL)
    return;
  gtk_label_set_label (self->time, words);
  if (is_late)
    {
      g_autofree char *call = g_strdup_printf ("%s (%s)", _ ("Call"), words);

      gtk_widget_add_css_class (GTK_WIDGET (self->time), "warning");
      gtk_widget_remove_css_class (GTK_WIDGET (self->time), "dim-label");
      gtk_widget_set_tooltip_text (self->link_button, call);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->link_button), GTK_ACCESSIBLE_PROPERTY_LABEL, call, -1);
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->time), "warning");
      gtk_widget_add_css_class (GTK_WIDGET (self->time), "dim-label");
    }
}

static gboolean
minute_cb (gpointer data)
{
  update_time (data);
  return G_SOURCE_CONTINUE;
}

/* What is proposed, as a value would be shown. */
static char *
dup_proposal (TorgFieldRow *self)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (self->proposal == NULL)
    return NULL;
  value = torg_value_text (self->proposal);
  return torg_words_value (self->session, self->field, &value, NULL);
}

static void
update (TorgFieldRow *self)
{
  g_autofree char *text = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *markup = NULL;
  g_autofree char *proposal = dup_proposal (self);
  gboolean         empty;
  const char      *label = NULL;
  g_autofree char *description = NULL;

  if (self->row == NULL || torg_row_get_record (self->row) == NULL)
    return;
  if (is_multiline (self))
    text = g_strdup (torg_value_get_text (get_value (self)));
  else
    text = torg_words_field (self->session, self->row, self->field);
  empty = text == NULL || *text == '\0';
  markup = dup_markup (self);
  if (markup != NULL)
    gtk_label_set_markup (self->value, markup);
  else
    gtk_label_set_text (self->value, !empty ? text : proposal != NULL ? proposal : "—");
  if (empty)
    gtk_widget_add_css_class (GTK_WIDGET (self->value), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->value), "dim-label");

  uri = dup_uri (self);
  if (uri != NULL)
    {
      label = self->field->kind == TORG_KIND_PHONE   ? _ ("Call")
              : self->field->kind == TORG_KIND_EMAIL ? _ ("Write a Letter")
                                                     : _ ("Open the Site");
      gtk_button_set_icon_name (GTK_BUTTON (self->link_button),
                                self->field->kind == TORG_KIND_PHONE   ? "torg-call-symbolic"
                                : self->field->kind == TORG_KIND_EMAIL ? "torg-letter-symbolic"
                                                                       : "adw-external-link-symbolic");
    }
  else if (refers_to_card (self) && !empty)
    {
      label = _ ("Open");
      gtk_button_set_icon_name (GTK_BUTTON (self->link_button), "go-next-symbolic");
    }
  else if (empty && self->proposal != NULL)
    {
      label = _ ("Take What Is Proposed");
      gtk_button_set_icon_name (GTK_BUTTON (self->link_button), "object-select-symbolic");
    }
  gtk_widget_set_visible (self->link_button, label != NULL);
  if (label != NULL)
    {
      gtk_widget_set_tooltip_text (self->link_button, uri != NULL ? uri : label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->link_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }
  update_time (self);
  description = g_strdup_printf ("%s: %s", torg_field_get_label (self->field), empty ? _ ("empty") : text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

/* --- editing ------------------------------------------------------------------------------------------------------ */

static void
set_message (TorgFieldRow *self, const char *message)
{
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static void
end_edit (TorgFieldRow *self)
{
  gboolean had_focus = gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_WITHIN;

  set_message (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, "view");
  if (had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
take_value (TorgFieldRow *self, const TorgValue *value, const char *typed)
{
  if (!torg_value_equal (value, get_value (self)))
    g_signal_emit (self, signals[SIGNAL_EDITED], 0, value, typed);
}

static char *
dup_typed (TorgFieldRow *self)
{
  if (is_multiline (self))
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
      GtkTextIter    start, end;

      gtk_text_buffer_get_bounds (buffer, &start, &end);
      return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
    }
  return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static gboolean
accept_edit (TorgFieldRow *self)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *typed = dup_typed (self);

  if (!torg_value_text_parse (self->session, self->field, typed, &value, &error))
    {
      set_message (self, error->message);
      return FALSE;
    }
  if (torg_value_is_null (&value) && (self->field->flags & TORG_FIELD_REQUIRED) != 0)
    {
      set_message (self, _ ("This cannot be empty."));
      return FALSE;
    }
  if (!torg_value_equal (&value, get_value (self)) &&
      !torg_legal_form_check (torg_row_get_record (self->row), self->field->name, torg_value_get_text (&value), &error))
    {
      set_message (self, error->message);
      return FALSE;
    }
  end_edit (self);
  take_value (self, &value, typed);
  return TRUE;
}

static void
entry_activate_cb (TorgFieldRow *self)
{
  accept_edit (self);
}

static void
focus_left_cb (TorgFieldRow *self)
{
  /* It also leaves while the card goes away. */
  if (self->row != NULL && is_editing (self))
    accept_edit (self);
}

static gboolean
key_pressed_cb (TorgFieldRow *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (!is_editing (self))
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Escape)
    {
      end_edit (self);
      return GDK_EVENT_STOP;
    }
  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && (state & GDK_CONTROL_MASK) != 0)
    {
      accept_edit (self);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
begin_edit (TorgFieldRow *self, const char *text)
{
  gtk_widget_set_visible (self->text_frame, is_multiline (self));
  gtk_widget_set_visible (GTK_WIDGET (self->entry), !is_multiline (self));
  if (is_multiline (self))
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text != NULL ? text : "", -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text != NULL ? text : "");
  set_message (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, "edit");
  gtk_widget_grab_focus (is_multiline (self) ? GTK_WIDGET (self->text) : GTK_WIDGET (self->entry));
}

static void
chosen_cb (TorgFieldRow *self, const char *id, const char *title)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (self->field->kind == TORG_KIND_SET)
    {
      g_auto (GStrv) items = torg_value_dup_items (get_value (self));
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) all = NULL;
      gboolean had = FALSE;

      /* What is in the set goes out of it, anything else goes in. */
      for (guint i = 0; items != NULL && items[i] != NULL; i++)
        if (g_strcmp0 (items[i], id) == 0)
          had = TRUE;
        else
          g_strv_builder_add (builder, items[i]);
      if (!had && id != NULL)
        g_strv_builder_add (builder, id);
      all = g_strv_builder_end (builder);
      if (id != NULL && all[0] != NULL)
        value = torg_value_from_items ((const char *const *) all, TRUE);
    }
  else if (id != NULL)
    value = torg_value_text (id);
  take_value (self, &value, NULL);
}

static void
choose (TorgFieldRow *self)
{
  const char *type = torg_record_get_kind (torg_row_get_record (self->row))->info->name;
  AdwDialog  *dialog = torg_choose_dialog_new_for_field (self->session, self->field, type);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
link_cb (TorgFieldRow *self)
{
  g_autofree char *uri = dup_uri (self);

  if (torg_field_row_has_proposal (self))
    {
      g_auto (TorgValue) value = torg_value_text (self->proposal);

      take_value (self, &value, NULL);
    }
  else if (uri != NULL)
    {
      g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

      gtk_uri_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL, NULL);
    }
  else
    {
      g_autofree char *type = torg_field_dup_target_type (self->field);

      torg_session_open_record (self->session, type, torg_value_get_text (get_value (self)), NULL,
                                GTK_INVALID_LIST_POSITION, FALSE);
    }
}

static void
restored_cb (TorgFieldRow *self, const TorgValue *value)
{
  take_value (self, value, NULL);
}

static void
history_cb (TorgFieldRow *self)
{
  AdwDialog *dialog =
    torg_history_dialog_new (self->session, torg_record_get_id (torg_row_get_record (self->row)), self->field);

  g_signal_connect_object (dialog, "restored", G_CALLBACK (restored_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_field_row_dispose (GObject *object)
{
  TorgFieldRow *self = TORG_FIELD_ROW (object);

  g_clear_handle_id (&self->time_source, g_source_remove);
  g_clear_object (&self->row);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FIELD_ROW);
  g_clear_pointer (&self->proposal, g_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_field_row_parent_class)->dispose (object);
}

static void
torg_field_row_class_init (TorgFieldRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_field_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, name);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, value);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, time);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, message);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, edit_name);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, text);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, text_frame);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, link_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFieldRow, history_button);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, link_cb);
  gtk_widget_class_bind_template_callback (widget_class, history_cb);

  signals[SIGNAL_EDITED] = g_signal_new ("edited", TORG_TYPE_FIELD_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  signals[SIGNAL_CHOOSE_STAGE] =
    g_signal_new ("choose-stage", TORG_TYPE_FIELD_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_field_row_init (TorgFieldRow *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/**
 * torg_field_row_new:
 * @session: the session
 * @field: a field
 *
 * Makes a row, to be given a record.
 *
 * Returns: a new row
 */
GtkWidget *
torg_field_row_new (TorgSession *session, const TorgField *field)
{
  TorgFieldRow *self = g_object_new (TORG_TYPE_FIELD_ROW, NULL);
  const char   *label = torg_field_get_label (field);

  self->session = g_object_ref (session);
  self->field = field;
  if (field->kind == TORG_KIND_PHONE)
    self->time_source = g_timeout_add_seconds (30, minute_cb, self);
  gtk_label_set_label (self->name, label);
  gtk_label_set_label (self->edit_name, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_visible (self->history_button, (field->flags & TORG_FIELD_HISTORICAL) != 0);
  return GTK_WIDGET (self);
}

/**
 * torg_field_row_set_row:
 * @row: a filled row
 *
 * Shows the field of a record; while it is being edited, the typed text stays.
 */
void
torg_field_row_set_row (TorgFieldRow *self, TorgRow *row)
{
  g_set_object (&self->row, row);
  update (self);
}

/**
 * torg_field_row_get_field:
 *
 * Tells which field it is.
 *
 * Returns: (transfer none): the field
 */
const TorgField *
torg_field_row_get_field (TorgFieldRow *self)
{
  return self->field;
}

/**
 * torg_field_row_is_empty:
 *
 * Tells whether the field has no value.
 *
 * Returns: whether it is empty
 */
gboolean
torg_field_row_is_empty (TorgFieldRow *self)
{
  return self->row == NULL || torg_value_is_null (get_value (self));
}

/**
 * torg_field_row_propose:
 * @text: (nullable): what a text field, or a date as `YYYY-MM-DD`, could hold
 *
 * Shows a proposal while the field is empty, to be taken by a button; it is no value until then.
 */
void
torg_field_row_propose (TorgFieldRow *self, const char *text)
{
  if (g_set_str (&self->proposal, text))
    update (self);
}

/**
 * torg_field_row_has_proposal:
 *
 * Tells whether the field is empty and something is proposed for it.
 *
 * Returns: whether it is
 */
gboolean
torg_field_row_has_proposal (TorgFieldRow *self)
{
  return self->proposal != NULL && torg_field_row_is_empty (self);
}

/**
 * torg_field_row_activate:
 *
 * Begins to edit.
 */
void
torg_field_row_activate (TorgFieldRow *self)
{
  if (self->row == NULL || is_editing (self))
    return;
  switch (self->field->kind)
    {
      case TORG_KIND_REF:
        if (g_str_equal (self->field->name, "stage"))
          {
            g_signal_emit (self, signals[SIGNAL_CHOOSE_STAGE], 0);
            break;
          }
        choose (self);
        break;
      case TORG_KIND_CHOICE:
        choose (self);
        break;
      case TORG_KIND_SET:
        if (self->field->target != NULL)
          choose (self);
        break;
      case TORG_KIND_MOMENT:
      case TORG_KIND_ZONED:
      case TORG_KIND_FILE:
        break;
      default:
        {
          g_autofree char *text = is_multiline (self) ? g_strdup (torg_value_get_text (get_value (self)))
                                                      : torg_value_text_edit (self->field, get_value (self));

          begin_edit (self, text);
        }
    }
}

/**
 * torg_field_row_leave:
 *
 * Ends an edit before another record is shown: what can be saved is.
 */
void
torg_field_row_leave (TorgFieldRow *self)
{
  if (self->row == NULL || !is_editing (self))
    return;
  if (!accept_edit (self))
    end_edit (self);
}

/**
 * torg_field_row_resume:
 * @row: the record that was edited
 * @text: what was typed
 * @message: why it could not be saved
 *
 * Goes on with an edit that could not be saved, while the same record is shown.
 */
void
torg_field_row_resume (TorgFieldRow *self, TorgRow *row, const char *text, const char *message)
{
  if (self->row == NULL || is_editing (self) ||
      g_strcmp0 (torg_record_get_id (torg_row_get_record (row)),
                 torg_record_get_id (torg_row_get_record (self->row))) != 0)
    return;
  begin_edit (self, text);
  set_message (self, message);
}
