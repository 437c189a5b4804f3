/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-filter-chips.h"
#include "torg-choose-dialog.h"
#include "torg-filter-dialog.h"
#include "torg-filter-words.h"

#include <glib/gi18n-lib.h>

struct _TorgFilterChips
{
  AdwBin parent_instance;

  AdwWrapBox *box;
  GtkWidget  *add_button;

  TorgSession *session;  /* (owned) (nullable) */
  char        *type;     /* (owned) (nullable) */
  GPtrArray   *filters;  /* (owned) (element-type TorgFilter) */
  GPtrArray   *chips;    /* (owned) (element-type GtkWidget): one for each; belong to the box */
  GHashTable  *titles;   /* (owned): ids → what the records are called */
  GPtrArray   *names;    /* (owned) (element-type char): what @choices point to */
  GArray      *choices;  /* (owned) (element-type TorgChoice): the fields, ending with a NULL key */
  TorgField    field;    /* stands for all fields, to be chosen out of @choices */
  guint        edited;   /* the chip that the dialog is about; the number of chips for a new one */
  gboolean     accepted; /* the dialog that closes */
};

G_DEFINE_FINAL_TYPE (TorgFilterChips, torg_filter_chips, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void build (TorgFilterChips *self);

static void
focus_chip (TorgFilterChips *self, guint index)
{
  if (index < self->chips->len)
    gtk_widget_grab_focus (gtk_widget_get_first_child (g_ptr_array_index (self->chips, index)));
  else
    gtk_widget_grab_focus (self->add_button);
}

static void
accepted_cb (TorgFilterChips *self, TorgFilterDialog *dialog)
{
  TorgFilter *filter = torg_filter_dialog_dup_filter (dialog);

  if (filter == NULL)
    return;
  if (self->edited < self->filters->len)
    {
      torg_filter_free (g_ptr_array_index (self->filters, self->edited));
      self->filters->pdata[self->edited] = filter;
    }
  else
    g_ptr_array_add (self->filters, filter);
  build (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  self->accepted = TRUE;
}

static gboolean
focus_cb (gpointer data)
{
  TorgFilterChips *self = data;

  if (self->session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    focus_chip (self, self->edited);
  return G_SOURCE_REMOVE;
}

/* A dialog gives the keyboard back to what had it, which may be gone. */
static void
closed_cb (TorgFilterChips *self)
{
  if (self->accepted)
    g_idle_add_full (G_PRIORITY_LOW, focus_cb, g_object_ref (self), g_object_unref);
  self->accepted = FALSE;
}

static void
edit (TorgFilterChips *self, const char *path, const TorgFilter *filter, guint index)
{
  AdwDialog *dialog = torg_filter_dialog_new (self->session, self->type, path, filter, self->titles);

  if (dialog == NULL)
    return;
  self->edited = index;
  self->accepted = FALSE;
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (accepted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "closed", G_CALLBACK (closed_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, gtk_widget_get_mapped (GTK_WIDGET (self)) ? GTK_WIDGET (self)
                                                                        : gtk_widget_get_parent (GTK_WIDGET (self)));
}

static guint
find_chip (TorgFilterChips *self, GtkWidget *button)
{
  guint index;

  return g_ptr_array_find (self->chips, gtk_widget_get_parent (button), &index) ? index : G_MAXUINT;
}

static void
clicked_cb (TorgFilterChips *self, GtkWidget *button)
{
  guint             index = find_chip (self, button);
  const TorgFilter *filter;

  if (index == G_MAXUINT)
    return;
  filter = g_ptr_array_index (self->filters, index);
  edit (self, filter->path, filter, index);
}

static void
remove_cb (TorgFilterChips *self, GtkWidget *button)
{
  guint index = find_chip (self, button);

  if (index == G_MAXUINT)
    return;
  g_ptr_array_remove_index (self->filters, index);
  build (self);
  focus_chip (self, MIN (index, self->chips->len > 0 ? self->chips->len - 1 : 0));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
key_pressed_cb (TorgFilterChips *self, guint keyval, guint keycode, GdkModifierType state, GtkEventController *keys)
{
  if ((keyval != GDK_KEY_Delete && keyval != GDK_KEY_BackSpace && keyval != GDK_KEY_KP_Delete) ||
      (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  remove_cb (self, gtk_event_controller_get_widget (keys));
  return GDK_EVENT_STOP;
}

static GtkWidget *
make_chip (TorgFilterChips *self, const TorgFilter *filter)
{
  TorgFilterSense     sense = torg_filter_words_get_sense (self->session);
  g_autofree char    *words = torg_filter_words (self->session, self->type, filter, self->titles);
  GtkWidget          *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget          *button = gtk_button_new_with_label (words);
  GtkWidget          *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_add_css_class (chip, "linked");
  gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), PANGO_ELLIPSIZE_END);
  gtk_button_set_can_shrink (GTK_BUTTON (button), TRUE);
  gtk_widget_set_tooltip_text (button, words);
  if (torg_filter_is_valid (filter, &sense, torg_schema_find (sense.schema, self->type), NULL))
    gtk_widget_add_css_class (button, "accent");
  else
    gtk_widget_add_css_class (button, "error");
  gtk_widget_set_tooltip_text (remove, _ ("Remove the Filter"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Remove the Filter"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (button, keys);
  gtk_box_append (GTK_BOX (chip), button);
  gtk_box_append (GTK_BOX (chip), remove);
  return chip;
}

static void
build (TorgFilterChips *self)
{
  for (guint i = 0; i < self->chips->len; i++)
    adw_wrap_box_remove (self->box, g_ptr_array_index (self->chips, i));
  g_ptr_array_set_size (self->chips, 0);
  for (guint i = 0; i < self->filters->len; i++)
    {
      GtkWidget *chip = make_chip (self, g_ptr_array_index (self->filters, i));

      adw_wrap_box_insert_child_after (self->box, chip, gtk_widget_get_prev_sibling (self->add_button));
      g_ptr_array_add (self->chips, chip);
    }
}

static void
field_chosen_cb (TorgFilterChips *self, const char *path)
{
  if (self->session != NULL && path != NULL)
    edit (self, path, NULL, self->filters->len);
}

static void
list_fields (TorgFilterChips *self)
{
  TorgSchema *schema = torg_session_get_schema (self->session);
  g_autoptr (GArray) paths = torg_path_list (schema, torg_schema_find (schema, self->type));

  g_ptr_array_set_size (self->names, 0);
  g_array_set_size (self->choices, 0);
  for (guint i = 0; i < paths->len; i++)
    {
      const TorgPath *path = &g_array_index (paths, TorgPath, i);
      TorgChoice      choice = { torg_path_dup_text (path), torg_path_dup_label (path) };

      g_ptr_array_add (self->names, (char *) choice.key);
      g_ptr_array_add (self->names, (char *) choice.label);
      g_array_append_val (self->choices, choice);
    }
  /* What the labels say is translated already. */
  self->field = (TorgField) { .name = "",
                              .kind = TORG_KIND_CHOICE,
                              .flags = TORG_FIELD_CUSTOM,
                              .choices = (const TorgChoice *) self->choices->data };
}

static void
torg_filter_chips_dispose (GObject *object)
{
  TorgFilterChips *self = TORG_FILTER_CHIPS (object);

  g_clear_object (&self->session);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FILTER_CHIPS);
  G_OBJECT_CLASS (torg_filter_chips_parent_class)->dispose (object);
}

static void
torg_filter_chips_finalize (GObject *object)
{
  TorgFilterChips *self = TORG_FILTER_CHIPS (object);

  g_free (self->type);
  g_ptr_array_unref (self->filters);
  g_ptr_array_unref (self->chips);
  g_hash_table_unref (self->titles);
  g_array_unref (self->choices);
  g_ptr_array_unref (self->names);
  G_OBJECT_CLASS (torg_filter_chips_parent_class)->finalize (object);
}

static void
torg_filter_chips_class_init (TorgFilterChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_filter_chips_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_filter_chips_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-filter-chips.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFilterChips, box);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterChips, add_button);
  gtk_widget_class_bind_template_callback (widget_class, torg_filter_chips_begin_add);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_FILTER_CHIPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_filter_chips_init (TorgFilterChips *self)
{
  self->filters = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_filter_free);
  self->chips = g_ptr_array_new ();
  self->titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->choices = g_array_new (TRUE, FALSE, sizeof (TorgChoice));
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_filter_chips_set_type:
 * @session: the session
 * @type: the name of a type
 *
 * Sets what is filtered. Filters of another type go, without a signal.
 */
void
torg_filter_chips_set_type (TorgFilterChips *self, TorgSession *session, const char *type)
{
  g_set_object (&self->session, session);
  if (g_set_str (&self->type, type))
    torg_filter_chips_clear (self);
}

/**
 * torg_filter_chips_get_n:
 *
 * Counts the filters.
 *
 * Returns: how many there are
 */
guint
torg_filter_chips_get_n (TorgFilterChips *self)
{
  return self->filters->len;
}

/**
 * torg_filter_chips_add_to:
 * @query: a query of the type
 *
 * Adds the filters to a query. One by a field that is no more lets nothing pass, rather than everything.
 */
void
torg_filter_chips_add_to (TorgFilterChips *self, TorgQuery *query)
{
  TorgFilterSense sense;
  const TorgType *type;

  if (self->session == NULL)
    return;
  sense = torg_filter_words_get_sense (self->session);
  type = torg_schema_find (sense.schema, torg_query_get_kind (query));
  for (guint i = 0; i < self->filters->len; i++)
    if (!torg_filter_add_to (g_ptr_array_index (self->filters, i), &sense, query, NULL))
      torg_query_add_text (query, type->fields[0].name, TORG_MATCH_ANY_OF, "[]");
}

/**
 * torg_filter_chips_clear:
 *
 * Lets everything pass again, without a signal.
 */
void
torg_filter_chips_clear (TorgFilterChips *self)
{
  g_ptr_array_set_size (self->filters, 0);
  build (self);
}

/**
 * torg_filter_chips_begin_add:
 *
 * Lets the user choose a field by typing, and what it has to be like.
 */
void
torg_filter_chips_begin_add (TorgFilterChips *self)
{
  AdwDialog *dialog;

  if (self->session == NULL || self->type == NULL)
    return;
  list_fields (self);
  dialog = torg_choose_dialog_new (self->session, _ ("Filter By"));
  torg_choose_dialog_set_choices (TORG_CHOOSE_DIALOG (dialog), &self->field);
  /* The dialog looks at the fields for as long as it is there. */
  g_object_set_data_full (G_OBJECT (dialog), "torg-fields", g_object_ref (self), g_object_unref);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (field_chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, gtk_widget_get_mapped (GTK_WIDGET (self)) ? GTK_WIDGET (self)
                                                                        : gtk_widget_get_parent (GTK_WIDGET (self)));
}
