/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-unite-page.h"
#include "torg-unite.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgUnitePage
{
  AdwNavigationPage parent_instance;

  AdwWindowTitle *title;
  GtkGrid        *grid;

  TorgSession *session; /* (owned) */
  char        *type;    /* (owned) */
  char        *ids[2];  /* (owned): as they stand side by side */
  guint        kept;    /* which of the two */
  TorgUnite   *unite;   /* (owned) (nullable): until they are read */
  TorgRow     *rows[2]; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (TorgUnitePage, torg_unite_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  SIGNAL_DECIDED,
  SIGNAL_SKIPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void read_pair (TorgUnitePage *self);

/* --- reading ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  TorgUnite *unite;   /* (owned) */
  TorgRow   *rows[2]; /* (owned): the one that is kept, the other one */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->unite, torg_unite_free);
  g_clear_object (&reading->rows[0]);
  g_clear_object (&reading->rows[1]);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static gpointer
read_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  char     **names = data; /* type, the one that is kept, the other one */
  TorgUnite *unite = torg_unite_new (store, names[0], names[1], names[2], error);
  Reading   *reading;

  if (unite == NULL)
    return NULL;
  reading = g_new0 (Reading, 1);
  reading->unite = unite;
  reading->rows[0] = torg_store_make_row (store, torg_unite_get_kept (unite));
  reading->rows[1] = torg_store_make_row (store, torg_unite_get_other (unite));
  return reading;
}

/* --- side by side ------------------------------------------------------------------------------------------------- */

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

/* @name: what it is a choice of, for those who do not see the columns */
static GtkWidget *
make_choice (const char *text, const char *name, GtkCheckButton *group)
{
  GtkWidget       *button = gtk_check_button_new ();
  const char      *shown = text != NULL && *text != '\0' ? text : C_ ("no value", "—");
  g_autofree char *label = g_strdup_printf ("%s: %s", name, text != NULL && *text != '\0' ? text : _ ("empty"));

  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), make_label (shown));
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), group);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static void
kept_cb (TorgUnitePage *self, GParamSpec *pspec, GtkCheckButton *button)
{
  guint which = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "torg-which"));

  if (!gtk_check_button_get_active (button) || which == self->kept)
    return;
  self->kept = which;
  read_pair (self);
}

static void
value_cb (TorgUnitePage *self, GParamSpec *pspec, GtkCheckButton *button)
{
  const TorgField *field = g_object_get_data (G_OBJECT (button), "torg-field");
  guint            which = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "torg-which"));

  if (gtk_check_button_get_active (button) && self->unite != NULL)
    torg_unite_take (self->unite, field, which != self->kept);
}

static void
add_titles (TorgUnitePage *self)
{
  GtkWidget *group = NULL;

  gtk_grid_attach (self->grid, make_label (_ ("Kept")), 0, 0, 1, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *title = torg_words_title (torg_row_get_record (self->rows[i]));
      GtkWidget       *button = make_choice (title, _ ("Kept"), GTK_CHECK_BUTTON (group));

      gtk_widget_add_css_class (button, "heading");
      g_object_set_data (G_OBJECT (button), "torg-which", GUINT_TO_POINTER (i));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (button), i == self->kept);
      g_signal_connect_object (button, "notify::active", G_CALLBACK (kept_cb), self, G_CONNECT_SWAPPED);
      gtk_grid_attach (self->grid, button, 1 + (int) i, 0, 1, 1);
      group = button;
      if (i == self->kept)
        gtk_widget_grab_focus (button);
    }
}

static void
add_field (TorgUnitePage *self, const TorgField *field, int row)
{
  const char *name = torg_field_get_label (field);
  gboolean    taken = torg_unite_takes_other (self->unite, field);
  GtkWidget  *label = make_label (name), *group = NULL;

  gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (self->grid, label, 0, row, 1, 1);
  if (torg_unite_keeps_both (self->unite, field))
    {
      g_autofree char *text = g_strdup_printf (_ ("%s\n(both are kept)"), name);

      gtk_label_set_label (GTK_LABEL (label), text);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *value = torg_words_field (self->session, self->rows[i], field);
      GtkWidget       *button = make_choice (value, name, GTK_CHECK_BUTTON (group));

      g_object_set_data (G_OBJECT (button), "torg-which", GUINT_TO_POINTER (i));
      g_object_set_data (G_OBJECT (button), "torg-field", (gpointer) field);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (button), taken == (i != self->kept));
      g_signal_connect_object (button, "notify::active", G_CALLBACK (value_cb), self, G_CONNECT_SWAPPED);
      gtk_grid_attach (self->grid, button, 1 + (int) i, row, 1, 1);
      group = button;
    }
}

static void
show (TorgUnitePage *self)
{
  GPtrArray *fields = torg_unite_get_fields (self->unite);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  add_titles (self);
  for (guint i = 0; i < fields->len; i++)
    if ((((const TorgField *) fields->pdata[i])->flags & TORG_FIELD_HIDDEN) == 0)
      add_field (self, fields->pdata[i], (int) i + 1);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgUnitePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Reading) reading = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (self->grid == NULL)
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "unite.merge", reading != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "unite.deny", reading != NULL);
  if (reading == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  g_clear_pointer (&self->unite, torg_unite_free);
  self->unite = g_steal_pointer (&reading->unite);
  g_set_object (&self->rows[self->kept], reading->rows[0]);
  g_set_object (&self->rows[1 - self->kept], reading->rows[1]);
  show (self);
}

static void
read_pair (TorgUnitePage *self)
{
  char **names = g_strdupv ((char *[]) { self->type, self->ids[self->kept], self->ids[1 - self->kept], NULL });

  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_in_store, names,
                           (GDestroyNotify) g_strfreev, reading_free, NULL, read_cb, g_object_ref (self));
}

/* --- what becomes of them ----------------------------------------------------------------------------------------- */

static void
merge_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (TorgUnitePage) self = g_object_ref (TORG_UNITE_PAGE (widget));
  g_autoptr (TorgEdit) edit = NULL;

  if (self->unite == NULL)
    return;
  edit = torg_unite_make_edit (self->unite);
  torg_session_apply (self->session, edit);
  g_signal_emit (self, signals[SIGNAL_DECIDED], 0, self->ids[1 - self->kept]);
}

static void
deny_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (TorgUnitePage) self = g_object_ref (TORG_UNITE_PAGE (widget));
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("They are remembered as different"));

  if (self->unite == NULL)
    return;
  torg_pair_deny (edit, torg_unite_get_kept (self->unite), torg_unite_get_other (self->unite));
  torg_session_apply (self->session, edit);
  g_signal_emit (self, signals[SIGNAL_DECIDED], 0, NULL);
}

static void
skip_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_SKIPPED], 0);
}

static void
torg_unite_page_dispose (GObject *object)
{
  TorgUnitePage *self = TORG_UNITE_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_UNITE_PAGE);
  g_clear_object (&self->session);
  g_clear_object (&self->rows[0]);
  g_clear_object (&self->rows[1]);
  g_clear_pointer (&self->unite, torg_unite_free);
  G_OBJECT_CLASS (torg_unite_page_parent_class)->dispose (object);
}

static void
torg_unite_page_finalize (GObject *object)
{
  TorgUnitePage *self = TORG_UNITE_PAGE (object);

  g_free (self->type);
  g_free (self->ids[0]);
  g_free (self->ids[1]);
  G_OBJECT_CLASS (torg_unite_page_parent_class)->finalize (object);
}

static void
torg_unite_page_class_init (TorgUnitePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_unite_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_unite_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/duplicates/torg-unite-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgUnitePage, title);
  gtk_widget_class_bind_template_child (widget_class, TorgUnitePage, grid);

  gtk_widget_class_install_action (widget_class, "unite.merge", NULL, merge_action);
  gtk_widget_class_install_action (widget_class, "unite.deny", NULL, deny_action);
  gtk_widget_class_install_action (widget_class, "unite.skip", NULL, skip_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "unite.merge", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "unite.deny", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "unite.skip", NULL);

  signals[SIGNAL_DECIDED] = g_signal_new ("decided", TORG_TYPE_UNITE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SKIPPED] =
    g_signal_new ("skipped", TORG_TYPE_UNITE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_unite_page_init (TorgUnitePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "unite.merge", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "unite.deny", FALSE);
}

/**
 * torg_unite_page_new:
 * @session: the session
 * @type: the name of their type
 * @pair: which two
 *
 * Makes a comparison of two records. The one that was made first is kept until the other one is chosen.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_unite_page_new (TorgSession *session, const char *type, const TorgPair *pair)
{
  TorgUnitePage   *self = g_object_new (TORG_TYPE_UNITE_PAGE, NULL);
  g_autofree char *reasons = torg_likeness_say (pair->reasons);

  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  self->ids[0] = g_strdup (pair->one);
  self->ids[1] = g_strdup (pair->other);
  adw_window_title_set_subtitle (self->title, reasons);
  read_pair (self);
  return ADW_NAVIGATION_PAGE (self);
}
