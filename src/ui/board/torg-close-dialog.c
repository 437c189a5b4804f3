/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-close-dialog.h"
#include "torg-date-row.h"
#include "torg-dialog-focus.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgCloseDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  AdwPreferencesGroup *reasons;
  AdwPreferencesGroup *missing;
  AdwEntryRow         *amount;
  TorgDateRow         *date;
  AdwEntryRow         *comment;
  GtkWidget           *accept_button;
  GtkLabel            *message;

  TorgSession *session; /* (owned) */
  GHashTable  *amounts; /* (owned): AdwEntryRow by the id of a deal */
  char        *reason;  /* (owned) (nullable): an id */
  gboolean     won;
  gboolean     needs_words;
};

G_DEFINE_FINAL_TYPE (TorgCloseDialog, torg_close_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const TorgField *
get_amount_field (TorgCloseDialog *self)
{
  return torg_type_find_field (torg_schema_find (torg_session_get_schema (self->session), "deal"), "amount");
}

/* What is wrong with the amounts, if anything is. */
static const char *
check_amounts (TorgCloseDialog *self)
{
  GHashTableIter iter;
  gpointer       row;

  g_hash_table_iter_init (&iter, self->amounts);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      g_auto (TorgValue) amount = TORG_VALUE_INIT;

      if (!torg_value_text_parse (self->session, get_amount_field (self), gtk_editable_get_text (GTK_EDITABLE (row)),
                                  &amount, NULL))
        return _ ("The amount is no sum of money.");
      if (torg_value_is_null (&amount))
        return g_hash_table_size (self->amounts) == 1 ? _ ("Fill in the amount of the deal.")
                                                      : _ ("Fill in the amount of each deal.");
    }
  return NULL;
}

static void
update (TorgCloseDialog *self)
{
  const char *message = NULL;

  if (self->won)
    message = check_amounts (self);
  else
    {
      g_autofree char *comment = torg_close_dialog_dup_comment (self);

      if (self->reason == NULL)
        message = _ ("Choose a reason.");
      else if (self->needs_words && comment == NULL)
        message = _ ("Say in words why.");
    }
  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_sensitive (self->accept_button, message == NULL);
}

static void
reason_toggled_cb (TorgCloseDialog *self, GParamSpec *pspec, GtkCheckButton *button)
{
  const char *id = g_object_get_data (G_OBJECT (button), "torg-id");
  TorgRecord *reason = torg_lookup_get (torg_session_get_lookup (self->session), id);

  if (!gtk_check_button_get_active (button))
    return;
  g_set_str (&self->reason, id);
  self->needs_words = reason != NULL && g_strcmp0 (torg_record_get_text (reason, "code"), "other") == 0;
  if (self->needs_words)
    gtk_widget_grab_focus (GTK_WIDGET (self->comment));
  update (self);
}

static void
accept_cb (TorgCloseDialog *self)
{
  if (!gtk_widget_get_sensitive (self->accept_button))
    return;
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0);
  adw_dialog_close (ADW_DIALOG (self));
  g_object_unref (self);
}

static void
add_reasons (TorgCloseDialog *self)
{
  g_autoptr (GPtrArray) entries = torg_lookup_list_dictionary (torg_session_get_lookup (self->session), "lost_reason");
  GtkCheckButton *first = NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      TorgRecord      *entry = g_ptr_array_index (entries, i);
      g_autofree char *title = torg_words_title (entry);
      GtkWidget       *row = adw_action_row_new ();
      GtkWidget       *button = gtk_check_button_new ();

      g_object_set_data_full (G_OBJECT (button), "torg-id", g_strdup (torg_record_get_id (entry)), g_free);
      gtk_check_button_set_group (GTK_CHECK_BUTTON (button), first);
      if (first == NULL)
        {
          first = GTK_CHECK_BUTTON (button);
          torg_dialog_focus_set (ADW_DIALOG (self), button);
        }
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
      g_signal_connect_object (button, "notify::active", G_CALLBACK (reason_toggled_cb), self, G_CONNECT_SWAPPED);
      adw_preferences_group_add (self->reasons, row);
    }
}

/* Several deals keep their amounts; of those that have none each is asked for. */
static void
add_missing (TorgCloseDialog *self, TorgRecord *deal)
{
  g_autofree char *title = torg_words_title (deal);
  GtkWidget       *row = adw_entry_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  g_signal_connect_object (row, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (accept_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->missing, row);
  g_hash_table_insert (self->amounts, g_strdup (torg_record_get_id (deal)), row);
}

static void
torg_close_dialog_dispose (GObject *object)
{
  g_clear_object (&TORG_CLOSE_DIALOG (object)->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_CLOSE_DIALOG);
  G_OBJECT_CLASS (torg_close_dialog_parent_class)->dispose (object);
}

static void
torg_close_dialog_finalize (GObject *object)
{
  g_hash_table_unref (TORG_CLOSE_DIALOG (object)->amounts);
  g_free (TORG_CLOSE_DIALOG (object)->reason);
  G_OBJECT_CLASS (torg_close_dialog_parent_class)->finalize (object);
}

static void
torg_close_dialog_class_init (TorgCloseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_close_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_close_dialog_finalize;
  g_type_ensure (TORG_TYPE_DATE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-close-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, reasons);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, missing);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, amount);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, date);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, comment);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, TorgCloseDialog, message);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_bind_template_callback (widget_class, update);

  signals[SIGNAL_ACCEPTED] =
    g_signal_new ("accepted", TORG_TYPE_CLOSE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_close_dialog_init (TorgCloseDialog *self)
{
  self->amounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_close_dialog_new:
 * @session: the session
 * @stage: the stage that the deals come to, for won or for lost deals
 * @deals: (element-type TorgRecord): the deals, or leads that are disqualified
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_close_dialog_new (TorgSession *session, TorgRecord *stage, GPtrArray *deals)
{
  TorgCloseDialog *self = g_object_new (TORG_TYPE_CLOSE_DIALOG, NULL);
  g_autoptr (GDateTime) today = g_date_time_new_now_local ();
  gboolean leads = g_str_equal (torg_record_get_kind (deals->pdata[0])->info->name, "lead");

  self->session = g_object_ref (session);
  self->won = g_strcmp0 (torg_record_get_text (stage, "kind"), "won") == 0;
  if (leads)
    adw_dialog_set_title (ADW_DIALOG (self),
                          ngettext ("Why Is the Lead Disqualified?", "Why Are the Leads Disqualified?", deals->len));
  else
    adw_dialog_set_title (ADW_DIALOG (self),
                          self->won ? ngettext ("The Deal Is Won", "The Deals Are Won", deals->len)
                                    : ngettext ("Why Was the Deal Lost?", "Why Were the Deals Lost?", deals->len));
  if (deals->len == 1)
    {
      TorgRecord      *deal = g_ptr_array_index (deals, 0);
      g_autofree char *title = torg_words_title (deal);
      g_autofree char *escaped = g_markup_escape_text (title, -1);
      g_autofree char *amount =
        self->won ? torg_value_text_edit (get_amount_field (self), torg_record_get (deal, "amount")) : g_strdup ("");

      adw_preferences_group_set_description (self->won ? self->group : self->reasons, escaped);
      gtk_editable_set_text (GTK_EDITABLE (self->amount), amount);
      if (self->won)
        g_hash_table_insert (self->amounts, g_strdup (torg_record_get_id (deal)), self->amount);
    }
  else
    {
      g_autofree char *description = g_strdup_printf (leads ? ngettext ("%u lead", "%u leads", deals->len)
                                                            : ngettext ("%u deal", "%u deals", deals->len),
                                                      deals->len);

      for (guint i = 0; i < deals->len && self->won; i++)
        if (torg_value_is_null (torg_record_get (g_ptr_array_index (deals, i), "amount")))
          add_missing (self, g_ptr_array_index (deals, i));
      adw_preferences_group_set_description (self->won ? self->group : self->reasons, description);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->amount), self->won && deals->len == 1);
  gtk_widget_set_visible (GTK_WIDGET (self->missing), deals->len > 1 && g_hash_table_size (self->amounts) > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->date), self->won);
  gtk_widget_set_visible (GTK_WIDGET (self->comment), !self->won);
  gtk_widget_set_visible (GTK_WIDGET (self->reasons), !self->won);
  torg_date_row_set_date (self->date, today);
  if (!self->won)
    add_reasons (self);
  else
    torg_dialog_focus_set (ADW_DIALOG (self), deals->len == 1 ? GTK_WIDGET (self->amount) : GTK_WIDGET (self->date));
  gtk_button_set_label (GTK_BUTTON (self->accept_button), self->won ? _ ("_Won")
                                                          : leads   ? _ ("_Disqualify")
                                                                    : _ ("_Lost"));
  gtk_widget_add_css_class (self->accept_button, self->won ? "suggested-action" : "destructive-action");
  update (self);
  return ADW_DIALOG (self);
}

/**
 * torg_close_dialog_get_reason:
 *
 * Tells why the deals were lost.
 *
 * Returns: (transfer none) (nullable): the id of a dictionary entry
 */
const char *
torg_close_dialog_get_reason (TorgCloseDialog *self)
{
  return self->won ? NULL : self->reason;
}

/**
 * torg_close_dialog_dup_comment:
 *
 * Tells in words why the deals were lost.
 *
 * Returns: (transfer full) (nullable): what was typed
 */
char *
torg_close_dialog_dup_comment (TorgCloseDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->comment))));

  return self->won || *text == '\0' ? NULL : g_steal_pointer (&text);
}

/**
 * torg_close_dialog_dup_date:
 *
 * Tells when the deals were won.
 *
 * Returns: (transfer full) (nullable): `YYYY-MM-DD`
 */
char *
torg_close_dialog_dup_date (TorgCloseDialog *self)
{
  return self->won ? torg_date_row_dup_iso (self->date) : NULL;
}

static void
value_free (gpointer data)
{
  torg_value_clear (data);
  g_free (data);
}

/**
 * torg_close_dialog_dup_amounts:
 *
 * Tells for how much the deals were won; deals that are not in it keep their amounts.
 *
 * Returns: (transfer full) (element-type utf8 TorgValue): amounts by the ids of deals
 */
GHashTable *
torg_close_dialog_dup_amounts (TorgCloseDialog *self)
{
  GHashTable    *amounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, value_free);
  GHashTableIter iter;
  gpointer       id, row;

  g_hash_table_iter_init (&iter, self->amounts);
  while (g_hash_table_iter_next (&iter, &id, &row))
    {
      TorgValue *amount = g_new0 (TorgValue, 1);

      torg_value_text_parse (self->session, get_amount_field (self), gtk_editable_get_text (GTK_EDITABLE (row)), amount,
                             NULL);
      g_hash_table_insert (amounts, g_strdup (id), amount);
    }
  return amounts;
}
