/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-stage-dialog.h"
#include "torg-choose-dialog.h"
#include "torg-dialog-focus.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgStageDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  AdwEntryRow         *comment;
  GtkWidget           *accept_button;
  GtkLabel            *message;

  TorgSession *session; /* (owned) */
  TorgRecord  *values;  /* (owned) (nullable): what is filled in */
  GPtrArray   *rows;    /* (owned) (element-type GtkWidget): one a field; belong to the group */
};

G_DEFINE_FINAL_TYPE (TorgStageDialog, torg_stage_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- a field ------------------------------------------------------------------------------------------------------ */

static const TorgField *
get_field (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "torg-field");
}

/* What is not typed is chosen out of a list. */
static gboolean
is_typed (const TorgField *field)
{
  return field->kind != TORG_KIND_REF && field->kind != TORG_KIND_SET && field->kind != TORG_KIND_CHOICE;
}

static gboolean
read_row (TorgStageDialog *self, GtkWidget *row, GError **error)
{
  const TorgField *field = get_field (row);
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (!is_typed (field))
    return TRUE;
  if (!torg_value_text_parse (self->session, field, gtk_editable_get_text (GTK_EDITABLE (row)), &value, error))
    return FALSE;
  torg_record_set_nth (self->values, field->index, &value);
  return TRUE;
}

/* The first row that lacks something gets the focus. */
static gboolean
read_rows (TorgStageDialog *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];
      g_autoptr (GError) error = NULL;
      g_autofree char *empty = NULL;

      if (read_row (self, row, &error) && !torg_value_is_null (torg_record_nth (self->values, get_field (row)->index)))
        {
          gtk_widget_remove_css_class (row, "error");
          continue;
        }
      empty = g_strdup_printf (_ ("Fill in the field “%s”."), torg_field_get_label (get_field (row)));
      gtk_widget_add_css_class (row, "error");
      gtk_label_set_label (self->message, error != NULL ? error->message : empty);
      gtk_widget_grab_focus (row);
      return FALSE;
    }
  return TRUE;
}

static void
accept_cb (TorgStageDialog *self)
{
  if (!read_rows (self))
    return;
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0);
  adw_dialog_close (ADW_DIALOG (self));
  g_object_unref (self);
}

static void
chosen_cb (GtkWidget *row, const char *id, const char *title)
{
  TorgStageDialog *self = TORG_STAGE_DIALOG (gtk_widget_get_ancestor (row, TORG_TYPE_STAGE_DIALOG));
  const TorgField *field = get_field (row);

  /* A new name has no record yet. */
  if (self == NULL || (id != NULL && *id == '\0'))
    return;
  torg_record_take_nth (self->values, field->index,
                        id == NULL ? (TorgValue) TORG_VALUE_INIT
                        : field->kind == TORG_KIND_SET
                          ? torg_value_from_items ((const char *const[]) { id, NULL }, TRUE)
                          : torg_value_text (id));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), id != NULL && title != NULL ? title : "");
  gtk_widget_remove_css_class (row, "error");
  gtk_label_set_label (self->message, "");
  gtk_widget_grab_focus (row);
}

static void
row_activated_cb (TorgStageDialog *self, GtkWidget *row)
{
  AdwDialog *dialog =
    torg_choose_dialog_new_for_field (self->session, get_field (row), torg_record_get_kind (self->values)->info->name);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), row, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static GtkWidget *
make_row (TorgStageDialog *self, const TorgField *field)
{
  GtkWidget *row = is_typed (field) ? adw_entry_row_new () : adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), torg_field_get_label (field));
  g_object_set_data (G_OBJECT (row), "torg-field", (gpointer) field);
  if (is_typed (field))
    g_signal_connect_object (row, "entry-activated", G_CALLBACK (accept_cb), self, G_CONNECT_SWAPPED);
  else
    {
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
      g_signal_connect_object (row, "activated", G_CALLBACK (row_activated_cb), self, G_CONNECT_SWAPPED);
    }
  return row;
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_stage_dialog_dispose (GObject *object)
{
  TorgStageDialog *self = TORG_STAGE_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->values, torg_record_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_STAGE_DIALOG);
  G_OBJECT_CLASS (torg_stage_dialog_parent_class)->dispose (object);
}

static void
torg_stage_dialog_class_init (TorgStageDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_stage_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-stage-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgStageDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgStageDialog, comment);
  gtk_widget_class_bind_template_child (widget_class, TorgStageDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TorgStageDialog, message);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);

  signals[SIGNAL_ACCEPTED] =
    g_signal_new ("accepted", TORG_TYPE_STAGE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_stage_dialog_init (TorgStageDialog *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static TorgStageDialog *
make (TorgSession *session, TorgRecord *stage)
{
  TorgStageDialog *self = g_object_new (TORG_TYPE_STAGE_DIALOG, NULL);
  g_autofree char *title = torg_words_title (stage);

  self->session = g_object_ref (session);
  adw_dialog_set_title (ADW_DIALOG (self), title);
  return self;
}

/* “Pumps”, or how many there are. */
static char *
say_cards (GPtrArray *cards)
{
  gboolean leads = g_str_equal (torg_record_get_kind (cards->pdata[0])->info->name, "lead");

  if (cards->len == 1)
    return torg_words_title (cards->pdata[0]);
  return leads ? g_strdup_printf (ngettext ("%u lead", "%u leads", cards->len), cards->len)
               : g_strdup_printf (ngettext ("%u deal", "%u deals", cards->len), cards->len);
}

/**
 * torg_stage_dialog_new_for_fields:
 * @session: the session
 * @stage: the stage that the cards come to
 * @cards: (element-type TorgRecord): deals or leads
 * @fields: (element-type TorgField): what some of them lack
 *
 * Makes a dialog that asks for fields, once for all cards.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_stage_dialog_new_for_fields (TorgSession *session, TorgRecord *stage, GPtrArray *cards, GPtrArray *fields)
{
  TorgStageDialog *self = make (session, stage);
  const TorgType  *type = torg_record_get_kind (cards->pdata[0]);
  g_autofree char *words = say_cards (cards);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  self->values = torg_record_new (torg_record_get_schema (cards->pdata[0]), type, torg_record_get_id (cards->pdata[0]));
  adw_preferences_group_set_description (self->group, escaped);
  for (guint i = 0; i < fields->len; i++)
    {
      GtkWidget *row = make_row (self, fields->pdata[i]);

      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_button_set_label (GTK_BUTTON (self->accept_button), _ ("_Move"));
  torg_dialog_focus_set (ADW_DIALOG (self), self->rows->pdata[0]);
  return ADW_DIALOG (self);
}

/**
 * torg_stage_dialog_new_for_approval:
 * @session: the session
 * @stage: the stage that the cards are to come to
 * @cards: (element-type TorgRecord): those that take an approval
 * @words: who approves that, in a sentence
 *
 * Makes a dialog that offers to ask for an approval.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_stage_dialog_new_for_approval (TorgSession *session, TorgRecord *stage, GPtrArray *cards, const char *words)
{
  TorgStageDialog *self = make (session, stage);
  g_autofree char *title = say_cards (cards);
  g_autofree char *text = g_strdup_printf ("%s\n%s", title, words);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_preferences_group_set_description (self->group, escaped);
  gtk_widget_set_visible (GTK_WIDGET (self->comment), TRUE);
  gtk_button_set_label (GTK_BUTTON (self->accept_button), _ ("_Ask for Approval"));
  torg_dialog_focus_set (ADW_DIALOG (self), GTK_WIDGET (self->comment));
  return ADW_DIALOG (self);
}

/**
 * torg_stage_dialog_get_values:
 *
 * Gives what was filled in.
 *
 * Returns: (transfer none) (nullable): a record with these fields; %NULL where an approval was asked for
 */
TorgRecord *
torg_stage_dialog_get_values (TorgStageDialog *self)
{
  return self->values;
}

/**
 * torg_stage_dialog_dup_comment:
 *
 * Gives what was said to those who approve.
 *
 * Returns: (transfer full) (nullable): what was typed
 */
char *
torg_stage_dialog_dup_comment (TorgStageDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->comment))));

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}
