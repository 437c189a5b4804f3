/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-shortcuts-dialog.h"

#include <glib/gi18n-lib.h>

struct _TorgShortcutsDialog
{
  AdwDialog parent_instance;

  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (TorgShortcutsDialog, torg_shortcuts_dialog, ADW_TYPE_DIALOG)

typedef struct
{
  const char *title; /* a heading where there are no keys */
  const char *keys;
} Shortcut;

static const Shortcut shortcuts[] = {
  { N_ ("General"), NULL },
  { N_ ("Find everything"), "<Control>k" },
  { N_ ("Search in the section"), "<Control>f" },
  { N_ ("New record"), "<Control>n" },
  { N_ ("New lead, from anywhere"), "<Control><Shift>n" },
  { N_ ("Undo"), "<Control>z" },
  { N_ ("Import a file"), "<Control>i" },
  { N_ ("Duplicates"), "<Control><Shift>m" },
  { N_ ("Exchange with the server"), "<Control><Shift>y" },
  { N_ ("What is not sent yet"), "<Control><Shift>o" },
  { N_ ("What needs a decision"), "<Control><Shift>r" },
  { N_ ("Deals, clients, catalogue, reports"), "<Alt>1" },
  { N_ ("Accounts"), "<Control>u" },
  { N_ ("Preferences"), "<Control>comma" },
  { N_ ("Keyboard shortcuts"), "<Control>question" },
  { N_ ("Quit"), "<Control>q" },
  { N_ ("Board"), NULL },
  { N_ ("Choose the pipeline"), "<Control>p" },
  { N_ ("Show as a board"), "<Control>b" },
  { N_ ("Show as a list"), "<Control>l" },
  { N_ ("Columns of the list"), "<Control><Shift>c" },
  { N_ ("Export the list"), "<Control><Shift>e" },
  { N_ ("Filter by any field"), "<Control><Shift>f" },
  { N_ ("Go to another card or stage"), "Left" },
  { N_ ("Move the deal"), "<Control><Shift>Right" },
  { N_ ("Move to a stage"), "<Control>m" },
  { N_ ("Choose who is responsible"), "<Control>o" },
  { N_ ("Add a tag"), "<Control>t" },
  { N_ ("Postpone"), "<Control>d" },
  { N_ ("Select a card"), "space" },
  { N_ ("Select all cards of the stage"), "<Control>a" },
  { N_ ("Open the deal"), "Return" },
  { N_ ("Open in a window"), "<Control>Return" },
  { N_ ("Menu of the card"), "<Shift>F10" },
  { N_ ("Delete"), "Delete" },
  { N_ ("Reports"), NULL },
  { N_ ("Count again"), "F5" },
  { N_ ("Plans of sales"), "<Control><Shift>g" },
  { N_ ("Card of a client or deal"), NULL },
  { N_ ("Next in the list"), "<Alt>Down" },
  { N_ ("Previous in the list"), "<Alt>Up" },
  { N_ ("Paste a file onto the card"), "<Control>v" },
  { N_ ("Back"), "<Alt>Left" },
  { N_ ("Requisites of the client from a text"), "<Control><Shift>k" },
  { N_ ("Copy the requisites of a legal entity"), "<Control><Shift>c" },
  { N_ ("Save a person as a card"), "<Control><Shift>s" },
  { N_ ("Plan the next step"), "<Control><Shift>t" },
  { N_ ("Convert the lead"), "<Control><Shift>j" },
  { N_ ("Take a lost deal or lead back into work"), "<Control><Shift>w" },
  { N_ ("Products of the deal"), "<Control><Shift>l" },
  { N_ ("Add a product to the deal"), "<Alt>Insert" },
  { N_ ("Move the product up or down"), "<Alt><Shift>Up" },
  { N_ ("Remove the product from the deal"), "<Alt>Delete" },
};

static void
torg_shortcuts_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_SHORTCUTS_DIALOG);
  G_OBJECT_CLASS (torg_shortcuts_dialog_parent_class)->dispose (object);
}

static void
torg_shortcuts_dialog_class_init (TorgShortcutsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_shortcuts_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-shortcuts-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgShortcutsDialog, page);
}

static void
torg_shortcuts_dialog_init (TorgShortcutsDialog *self)
{
  AdwPreferencesGroup *group = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      GtkWidget       *row;
      GtkWidget       *keys;
      g_autofree char *label = NULL;
      GdkModifierType  modifiers;
      guint            keyval;

      if (shortcuts[i].keys == NULL)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _ (shortcuts[i].title));
          adw_preferences_page_add (self->page, group);
          continue;
        }
      gtk_accelerator_parse (shortcuts[i].keys, &keyval, &modifiers);
      label = gtk_accelerator_get_label (keyval, modifiers);
      row = adw_action_row_new ();
      keys = gtk_label_new (label);
      gtk_widget_add_css_class (keys, "dim-label");
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (shortcuts[i].title));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), keys);
      adw_preferences_group_add (group, row);
    }
}

/**
 * torg_shortcuts_dialog_new:
 *
 * Makes the list of keys.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_shortcuts_dialog_new (void)
{
  return g_object_new (TORG_TYPE_SHORTCUTS_DIALOG, NULL);
}
