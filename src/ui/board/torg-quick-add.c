/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-quick-add.h"

struct _TorgQuickAdd
{
  AdwBin parent_instance;

  GtkEntry *title;
  GtkEntry *amount;
  GtkEntry *client;
  GtkLabel *message;

  gboolean saving;
};

G_DEFINE_FINAL_TYPE (TorgQuickAdd, torg_quick_add, ADW_TYPE_BIN)

enum
{
  SIGNAL_ADDED,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Until it is saved, what was typed stays and is not to be changed. */
static void
set_saving (TorgQuickAdd *self, gboolean saving)
{
  GtkEntry *entries[] = { self->title, self->amount, self->client };

  self->saving = saving;
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    gtk_editable_set_editable (GTK_EDITABLE (entries[i]), !saving);
}

static void
show_bad_amount (TorgQuickAdd *self, gboolean bad)
{
  if (bad)
    gtk_widget_add_css_class (GTK_WIDGET (self->amount), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->amount), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->amount), GTK_ACCESSIBLE_STATE_INVALID,
                               bad ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->message), bad);
  if (bad)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), gtk_label_get_label (self->message),
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
amount_changed_cb (TorgQuickAdd *self)
{
  show_bad_amount (self, FALSE);
}

static void
activate_cb (TorgQuickAdd *self)
{
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->title))));
  const char      *amount = gtk_editable_get_text (GTK_EDITABLE (self->amount));
  const char      *client = gtk_editable_get_text (GTK_EDITABLE (self->client));
  gboolean         accepted = FALSE;

  if (self->saving)
    return;
  if (*title == '\0')
    {
      torg_quick_add_focus (self);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, title, amount, client, &accepted);
  if (!accepted)
    {
      show_bad_amount (self, TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (self->amount));
      return;
    }
  set_saving (self, TRUE);
}

static void
close_cb (TorgQuickAdd *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  close_cb (TORG_QUICK_ADD (widget));
  return GDK_EVENT_STOP;
}

static void
torg_quick_add_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_QUICK_ADD);
  G_OBJECT_CLASS (torg_quick_add_parent_class)->dispose (object);
}

static void
torg_quick_add_class_init (TorgQuickAddClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_quick_add_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-quick-add.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgQuickAdd, title);
  gtk_widget_class_bind_template_child (widget_class, TorgQuickAdd, amount);
  gtk_widget_class_bind_template_child (widget_class, TorgQuickAdd, client);
  gtk_widget_class_bind_template_child (widget_class, TorgQuickAdd, message);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, amount_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);

  signals[SIGNAL_ADDED] =
    g_signal_new ("added", TORG_TYPE_QUICK_ADD, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", TORG_TYPE_QUICK_ADD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_quick_add_init (TorgQuickAdd *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_quick_add_new:
 *
 * Makes an empty entry.
 *
 * Returns: a new widget
 */
GtkWidget *
torg_quick_add_new (void)
{
  return g_object_new (TORG_TYPE_QUICK_ADD, NULL);
}

/**
 * torg_quick_add_set_leads:
 * @leads: whether leads are added, which have no amount
 *
 * Sets what is added.
 */
void
torg_quick_add_set_leads (TorgQuickAdd *self, gboolean leads)
{
  gtk_widget_set_visible (GTK_WIDGET (self->amount), !leads);
}

/**
 * torg_quick_add_focus:
 *
 * Lets the user type.
 */
void
torg_quick_add_focus (TorgQuickAdd *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->title));
}

/**
 * torg_quick_add_end:
 * @saved: whether what was typed is saved
 *
 * Makes it ready for the next deal, or for another try with the same text.
 */
void
torg_quick_add_end (TorgQuickAdd *self, gboolean saved)
{
  GtkEntry *entries[] = { self->title, self->amount, self->client };

  if (self->title == NULL)
    return;
  set_saving (self, FALSE);
  for (guint i = 0; saved && i < G_N_ELEMENTS (entries); i++)
    gtk_editable_set_text (GTK_EDITABLE (entries[i]), "");
}
