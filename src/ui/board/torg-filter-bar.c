/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-filter-bar.h"
#include "torg-choose-dialog.h"
#include "torg-filter-chips.h"
#include "torg-filter-field.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgFilterBar
{
  AdwBin parent_instance;

  AdwWrapBox      *box;
  GtkSearchEntry  *text;
  GtkButton       *owner_button;
  GtkLabel        *owner_label;
  GtkButton       *tag_button;
  GtkLabel        *tag_label;
  GtkMenuButton   *amount_button;
  GtkMenuButton   *date_button;
  GtkEntry        *amount_from;
  GtkEntry        *amount_to;
  GtkEntry        *date_from;
  GtkEntry        *date_to;
  TorgFilterChips *chips;
  GtkWidget       *reset_button;

  GPtrArray   *fields;  /* (owned) (element-type TorgFilterField): of the company's own; belong to the box */
  TorgSession *session; /* (owned) */
  char        *type;    /* (owned) */
  char        *owner;   /* (owned) (nullable): an id */
  char        *tag;     /* (owned) (nullable): an id */
};

G_DEFINE_FINAL_TYPE (TorgFilterBar, torg_filter_bar, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LEFT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const TorgField *
find_field (TorgFilterBar *self, const char *name)
{
  return torg_type_find_field (torg_schema_find (torg_session_get_schema (self->session), self->type), name);
}

/* Reads an entry; what cannot be read is marked and does not count. */
static gboolean
read_entry (TorgFilterBar *self, GtkEntry *entry, const char *field, TorgValue *value)
{
  const TorgField *found = find_field (self, field);
  gboolean         good = found != NULL && torg_value_text_parse (self->session, found,
                                                                  gtk_editable_get_text (GTK_EDITABLE (entry)), value, NULL);

  if (good || found == NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  return good && !torg_value_is_null (value);
}

static char *
make_range_label (TorgFilterBar *self, const char *name, const char *field, GtkEntry *from, GtkEntry *to)
{
  g_auto (TorgValue) low = TORG_VALUE_INIT;
  g_auto (TorgValue) high = TORG_VALUE_INIT;
  gboolean         has_low = read_entry (self, from, field, &low);
  gboolean         has_high = read_entry (self, to, field, &high);
  const TorgField *found = find_field (self, field);
  g_autofree char *low_text = has_low ? torg_words_value (self->session, found, &low, NULL) : NULL;
  g_autofree char *high_text = has_high ? torg_words_value (self->session, found, &high, NULL) : NULL;

  if (has_low && has_high)
    return g_strdup_printf ("%s – %s", low_text, high_text);
  if (has_low)
    /* Translators: a filter, such as “from 100 000 ₽” */
    return g_strdup_printf (C_ ("filter", "from %s"), low_text);
  if (has_high)
    return g_strdup_printf (C_ ("filter", "up to %s"), high_text);
  return g_strdup (name);
}

static void
set_active_look (GtkWidget *button, gboolean active)
{
  if (active)
    gtk_widget_add_css_class (button, "accent");
  else
    gtk_widget_remove_css_class (button, "accent");
}

static void
update (TorgFilterBar *self)
{
  TorgLookup      *lookup = torg_session_get_lookup (self->session);
  g_autofree char *owner = torg_lookup_dup_title (lookup, self->owner);
  g_autofree char *tag = torg_lookup_dup_title (lookup, self->tag);
  g_autofree char *amount = make_range_label (self, _ ("Amount"), "amount", self->amount_from, self->amount_to);
  g_autofree char *date = make_range_label (self, _ ("Expected closing"), "expected", self->date_from, self->date_to);

  gtk_label_set_label (self->owner_label, owner != NULL ? owner : _ ("Responsible"));
  gtk_label_set_label (self->tag_label, tag != NULL ? tag : _ ("Tag"));
  gtk_menu_button_set_label (self->amount_button, amount);
  gtk_menu_button_set_label (self->date_button, date);
  set_active_look (GTK_WIDGET (self->owner_button), owner != NULL);
  set_active_look (GTK_WIDGET (self->tag_button), tag != NULL);
  set_active_look (GTK_WIDGET (self->amount_button), !g_str_equal (amount, _ ("Amount")));
  set_active_look (GTK_WIDGET (self->date_button), !g_str_equal (date, _ ("Expected closing")));
  gtk_widget_set_visible (self->reset_button, torg_filter_bar_is_active (self));
}

static void
changed_cb (TorgFilterBar *self)
{
  if (self->session == NULL)
    return;
  update (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
owner_chosen_cb (TorgFilterBar *self, const char *id)
{
  g_set_str (&self->owner, id);
  changed_cb (self);
}

static void
tag_chosen_cb (TorgFilterBar *self, const char *id)
{
  g_set_str (&self->tag, id);
  changed_cb (self);
}

static void
choose (TorgFilterBar *self, const char *title, const char *any, const char *type, GCallback callback)
{
  AdwDialog *dialog = torg_choose_dialog_new (self->session, title);

  torg_choose_dialog_allow_none (TORG_CHOOSE_DIALOG (dialog), any);
  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog),
                                  torg_lookup_list (torg_session_get_lookup (self->session), type));
  g_signal_connect_object (dialog, "chosen", callback, self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
owner_cb (TorgFilterBar *self)
{
  choose (self, _ ("Responsible"), _ ("Anybody"), "user", G_CALLBACK (owner_chosen_cb));
}

static void
tag_cb (TorgFilterBar *self)
{
  choose (self, _ ("Tag"), _ ("Any tag"), "tag", G_CALLBACK (tag_chosen_cb));
}

static void
reset_cb (TorgFilterBar *self)
{
  torg_filter_bar_reset (self);
}

/* A filter for each of the company's own fields that says so. */
static void
build_fields (TorgFilterBar *self)
{
  const TorgType *type;

  if (self->session == NULL || torg_session_get_schema (self->session) == NULL)
    return;
  type = torg_schema_find (torg_session_get_schema (self->session), self->type);
  for (guint i = 0; i < self->fields->len; i++)
    adw_wrap_box_remove (self->box, g_ptr_array_index (self->fields, i));
  g_ptr_array_set_size (self->fields, 0);
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & TORG_FIELD_CUSTOM) != 0 && (type->fields[i].flags & TORG_FIELD_FILTERABLE) != 0)
      {
        GtkWidget *field = torg_filter_field_new (self->session, self->type, &type->fields[i]);

        g_signal_connect_object (field, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
        adw_wrap_box_insert_child_after (self->box, field, gtk_widget_get_prev_sibling (self->reset_button));
        g_ptr_array_add (self->fields, field);
      }
}

/* Escape takes the text away, and leaves the bar when there is none. */
static gboolean
key_pressed_cb (TorgFilterBar *self, guint keyval)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  if (*gtk_editable_get_text (GTK_EDITABLE (self->text)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->text), "");
  else
    g_signal_emit (self, signals[SIGNAL_LEFT], 0);
  return GDK_EVENT_STOP;
}

static void
torg_filter_bar_dispose (GObject *object)
{
  TorgFilterBar *self = TORG_FILTER_BAR (object);

  g_clear_object (&self->session);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FILTER_BAR);
  G_OBJECT_CLASS (torg_filter_bar_parent_class)->dispose (object);
}

static void
torg_filter_bar_finalize (GObject *object)
{
  TorgFilterBar *self = TORG_FILTER_BAR (object);

  g_ptr_array_unref (self->fields);
  g_free (self->type);
  g_free (self->owner);
  g_free (self->tag);
  G_OBJECT_CLASS (torg_filter_bar_parent_class)->finalize (object);
}

static void
torg_filter_bar_class_init (TorgFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_filter_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_filter_bar_finalize;
  g_type_ensure (TORG_TYPE_FILTER_CHIPS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, box);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, text);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, owner_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, owner_label);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, tag_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, tag_label);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, amount_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, date_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, amount_from);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, amount_to);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, date_from);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, date_to);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, chips);
  gtk_widget_class_bind_template_child (widget_class, TorgFilterBar, reset_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, owner_cb);
  gtk_widget_class_bind_template_callback (widget_class, tag_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);

  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", TORG_TYPE_FILTER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LEFT] =
    g_signal_new ("left", TORG_TYPE_FILTER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_filter_bar_init (TorgFilterBar *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->fields = g_ptr_array_new ();
  self->type = g_strdup ("deal");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
}

/**
 * torg_filter_bar_new:
 * @session: the session
 * @type: `deal` or `lead`
 *
 * Makes a bar that lets everything pass.
 *
 * Returns: a new bar
 */
GtkWidget *
torg_filter_bar_new (TorgSession *session, const char *type)
{
  TorgFilterBar *self = g_object_new (TORG_TYPE_FILTER_BAR, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (torg_session_get_replica (session), "schema-changed", G_CALLBACK (build_fields), self,
                           G_CONNECT_SWAPPED);
  build_fields (self);
  torg_filter_bar_set_type (self, type);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * torg_filter_bar_set_type:
 * @type: `deal` or `lead`
 *
 * Sets what is filtered.
 */
void
torg_filter_bar_set_type (TorgFilterBar *self, const char *type)
{
  if (g_set_str (&self->type, type))
    build_fields (self);
  torg_filter_chips_set_type (self->chips, self->session, type);
  gtk_widget_set_visible (GTK_WIDGET (self->amount_button), find_field (self, "amount") != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->date_button), find_field (self, "expected") != NULL);
}

static void
add_range (TorgFilterBar *self, TorgQuery *query, const char *field, GtkEntry *from, GtkEntry *to)
{
  g_auto (TorgValue) low = TORG_VALUE_INIT;
  g_auto (TorgValue) high = TORG_VALUE_INIT;

  if (read_entry (self, from, field, &low))
    torg_query_add (query, field, TORG_MATCH_AT_LEAST, &low);
  if (read_entry (self, to, field, &high))
    torg_query_add (query, field, TORG_MATCH_AT_MOST, &high);
}

/**
 * torg_filter_bar_make_query:
 *
 * Makes a query of what was chosen.
 *
 * Returns: (transfer full): a query
 */
TorgQuery *
torg_filter_bar_make_query (TorgFilterBar *self)
{
  TorgQuery       *query = torg_query_new (self->type);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->text))));

  if (self->owner != NULL)
    torg_query_add_text (query, "owner", TORG_MATCH_IS, self->owner);
  if (self->tag != NULL)
    torg_query_add_text (query, "tags", TORG_MATCH_IS, self->tag);
  if (find_field (self, "amount") != NULL)
    {
      add_range (self, query, "amount", self->amount_from, self->amount_to);
      add_range (self, query, "expected", self->date_from, self->date_to);
    }
  for (guint i = 0; i < self->fields->len; i++)
    torg_filter_field_add_to (g_ptr_array_index (self->fields, i), query);
  torg_filter_chips_add_to (self->chips, query);
  if (*text != '\0')
    torg_query_add_text (query, "title", TORG_MATCH_CONTAINS, text);
  return query;
}

/**
 * torg_filter_bar_is_active:
 *
 * Tells whether anything is filtered.
 *
 * Returns: whether it is
 */
gboolean
torg_filter_bar_is_active (TorgFilterBar *self)
{
  g_autoptr (TorgQuery) query = torg_filter_bar_make_query (self);

  return torg_query_get_n (query) > 0;
}

/**
 * torg_filter_bar_reset:
 *
 * Shows everything again.
 */
void
torg_filter_bar_reset (TorgFilterBar *self)
{
  GtkEntry *entries[] = { self->amount_from, self->amount_to, self->date_from, self->date_to };

  g_clear_pointer (&self->owner, g_free);
  g_clear_pointer (&self->tag, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    gtk_editable_set_text (GTK_EDITABLE (entries[i]), "");
  for (guint i = 0; i < self->fields->len; i++)
    torg_filter_field_reset (g_ptr_array_index (self->fields, i));
  torg_filter_chips_clear (self->chips);
  gtk_editable_set_text (GTK_EDITABLE (self->text), "");
  changed_cb (self);
}

/**
 * torg_filter_bar_begin_add:
 *
 * Lets the user filter by another field.
 */
void
torg_filter_bar_begin_add (TorgFilterBar *self)
{
  torg_filter_chips_begin_add (self->chips);
}

/**
 * torg_filter_bar_focus:
 *
 * Lets the user type.
 */
void
torg_filter_bar_focus (TorgFilterBar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}
