/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-card-page.h"
#include "torg-card-layout.h"
#include "torg-field-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TorgCardPage
{
  AdwNavigationPage parent_instance;

  AdwPreferencesPage  *page;
  AdwPreferencesGroup *adding;
  AdwEntryRow         *name;
  AdwComboRow         *kind;
  AdwEntryRow         *choices;
  GtkWidget           *add_button;

  TorgSession *session; /* (owned) */
  TorgSchema  *schema;  /* (owned): as it was when the rows were made */
  char        *type;    /* (owned) */
  GPtrArray   *groups;  /* (element-type AdwPreferencesGroup): belong to the page */
  char        *focused; /* (owned) (nullable): the field whose button was pressed, `FIELD/up` or `FIELD/down` */
};

G_DEFINE_FINAL_TYPE (TorgCardPage, torg_card_page, ADW_TYPE_NAVIGATION_PAGE)

/* What a company's own field can hold, in the order of the choice. */
static const struct
{
  const char *kind;
  const char *label;
} kinds[] = {
  { "text", N_ ("Text") },     { "number", N_ ("Number") }, { "money", N_ ("Amount") }, { "date", N_ ("Date") },
  { "choice", N_ ("Choice") }, { "phone", N_ ("Phone") },   { "email", N_ ("E-mail") },
};

static const TorgType *
get_type (TorgCardPage *self)
{
  return torg_schema_find (self->schema, self->type);
}

static TorgRecord *
find_layout (TorgCardPage *self)
{
  return torg_card_layout_pick (torg_lookup_list (torg_session_get_lookup (self->session), TORG_CARD_LAYOUT_TYPE),
                                self->type);
}

/* The layout that there is, or a new one, to be changed and then saved. */
static TorgRecord *
begin_layout (TorgCardPage *self)
{
  TorgRecord      *known = find_layout (self);
  g_autofree char *id = NULL;
  TorgRecord      *layout;

  if (known != NULL)
    return torg_record_copy (known);
  id = torg_session_make_id (self->session);
  layout = torg_record_new (self->schema, torg_schema_find (self->schema, TORG_CARD_LAYOUT_TYPE), id);
  torg_record_set_text (layout, "record_type", self->type);
  return layout;
}

static void
save_layout (TorgCardPage *self, TorgRecord *layout)
{
  static const char *const fields[] = { "order", "always", "hidden" };
  TorgRecord              *known = find_layout (self);
  g_autofree char *label = g_strdup_printf (_ ("Cards changed: %s"), torg_type_get_label_plural (get_type (self)));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (known == NULL)
    torg_edit_create (edit, layout);
  for (guint i = 0; known != NULL && i < G_N_ELEMENTS (fields); i++)
    if (!torg_value_equal (torg_record_get (known, fields[i]), torg_record_get (layout, fields[i])))
      torg_edit_set (edit, TORG_CARD_LAYOUT_TYPE, torg_record_get_id (layout), fields[i],
                     torg_record_get (layout, fields[i]));
  if (torg_edit_get_length (edit) > 0)
    torg_session_apply (self->session, edit);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static const TorgField *
get_field (TorgCardPage *self, GtkWidget *widget)
{
  return torg_type_find_field (get_type (self), g_object_get_data (G_OBJECT (widget), "torg-field"));
}

static void
place_cb (TorgCardPage *self, GParamSpec *pspec, AdwComboRow *row)
{
  static const TorgCardPlace usual[] = { TORG_CARD_USUAL, TORG_CARD_ALWAYS, TORG_CARD_HIDDEN };
  static const TorgCardPlace listed[] = { TORG_CARD_USUAL, TORG_CARD_HIDDEN };
  const TorgField           *field = get_field (self, GTK_WIDGET (row));
  guint                      selected = adw_combo_row_get_selected (row);
  g_autoptr (TorgRecord) layout = begin_layout (self);

  if (field == NULL)
    return;
  torg_card_layout_set_place (
    layout, field, (field->flags & TORG_FIELD_LIST) != 0 ? listed[MIN (selected, 1)] : usual[MIN (selected, 2)]);
  save_layout (self, layout);
}

static void
move_cb (TorgCardPage *self, GtkWidget *button)
{
  const TorgField *field = get_field (self, button);
  int              by = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "torg-by"));
  g_autoptr (TorgRecord) layout = begin_layout (self);

  if (field == NULL || !torg_card_layout_move (layout, get_type (self), field, by))
    return;
  g_free (self->focused);
  self->focused = g_strconcat (field->name, by < 0 ? "/up" : "/down", NULL);
  save_layout (self, layout);
}

static TorgRecord *
find_def (TorgCardPage *self, const char *name)
{
  GPtrArray *defs = torg_lookup_list (torg_session_get_lookup (self->session), "field_def");

  for (guint i = 0; defs != NULL && i < defs->len; i++)
    if (g_strcmp0 (torg_record_get_text (defs->pdata[i], "record_type"), self->type) == 0 &&
        g_strcmp0 (torg_record_get_text (defs->pdata[i], "name"), name) == 0)
      return defs->pdata[i];
  return NULL;
}

static void
edit_cb (TorgCardPage *self, GtkWidget *button)
{
  GtkWidget  *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  TorgRecord *def = find_def (self, g_object_get_data (G_OBJECT (button), "torg-field"));

  if (def != NULL && view != NULL)
    adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), torg_field_page_new (self->session, def));
}

static void
add_button (TorgCardPage *self, GtkWidget *row, const TorgField *field, const char *icon, const char *words, int by)
{
  GtkWidget       *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *name = g_strdup_printf ("%s: %s", words, torg_field_get_label (field));
  g_autofree char *key = g_strconcat (field->name, by < 0 ? "/up" : "/down", NULL);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "torg-field", g_strdup (field->name), g_free);
  g_object_set_data (G_OBJECT (button), "torg-by", GINT_TO_POINTER (by));
  g_signal_connect_object (button, "clicked", by == 0 ? G_CALLBACK (edit_cb) : G_CALLBACK (move_cb), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  if (by != 0 && g_strcmp0 (self->focused, key) == 0)
    gtk_widget_grab_focus (button);
}

static GtkWidget *
make_row (TorgCardPage *self, const TorgField *field, TorgCardPlace place)
{
  static const char *const usual[] = { N_ ("When filled in"), N_ ("Always"), N_ ("Never"), NULL };
  gboolean                 can_hide = torg_card_layout_can_hide (field);
  gboolean                 is_listed = (field->flags & TORG_FIELD_LIST) != 0;
  GtkWidget               *row = can_hide ? adw_combo_row_new () : adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), torg_field_get_label (field));
  g_object_set_data_full (G_OBJECT (row), "torg-field", g_strdup (field->name), g_free);
  if (can_hide)
    {
      g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

      for (guint i = is_listed ? 1 : 0; usual[i] != NULL; i++)
        gtk_string_list_append (labels, _ (usual[i]));
      adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (labels));
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), is_listed ? place == TORG_CARD_HIDDEN : (guint) place);
      g_signal_connect_object (row, "notify::selected", G_CALLBACK (place_cb), self, G_CONNECT_SWAPPED);
    }
  else
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("Always shown"));
  return row;
}

static void
add_row (TorgCardPage *self, GHashTable *groups, TorgRecord *layout, const TorgField *field)
{
  const char          *title = torg_field_get_group (field) != NULL ? torg_field_get_group (field) : "";
  AdwPreferencesGroup *group = g_hash_table_lookup (groups, title);
  GtkWidget           *row = make_row (self, field, torg_card_layout_get_place (layout, field));

  if (group == NULL)
    {
      group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
      adw_preferences_group_set_title (group, title);
      g_hash_table_insert (groups, (char *) title, group);
      g_ptr_array_add (self->groups, group);
      adw_preferences_page_add (self->page, group);
    }
  adw_preferences_group_add (group, row);
  if ((field->flags & TORG_FIELD_CUSTOM) != 0 && find_def (self, field->name) != NULL)
    add_button (self, row, field, "document-edit-symbolic", C_ ("a field", "Change"), 0);
  add_button (self, row, field, "go-up-symbolic", _ ("Up"), -1);
  add_button (self, row, field, "go-down-symbolic", _ ("Down"), 1);
}

typedef struct
{
  GtkAdjustment *adjustment; /* (owned) */
  double         value;
} Place;

static gboolean
place_back_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Place *place = data;

  gtk_adjustment_set_value (place->adjustment, place->value);
  return G_SOURCE_REMOVE;
}

static void
place_free (gpointer data)
{
  Place *place = data;

  g_object_unref (place->adjustment);
  g_free (place);
}

/* Rows that are made anew are to be seen where the old ones were. */
static void
keep_place (TorgCardPage *self)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self->adding), GTK_TYPE_SCROLLED_WINDOW);
  Place     *place;

  if (scroller == NULL)
    return;
  place = g_new0 (Place, 1);
  place->adjustment = g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)));
  place->value = gtk_adjustment_get_value (place->adjustment);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), place_back_cb, place, place_free);
}

static void
show (TorgCardPage *self)
{
  /* Behind another page it takes no focus away. */
  gboolean    mapped = gtk_widget_get_mapped (GTK_WIDGET (self));
  gboolean    typing = mapped && gtk_widget_get_focus_child (GTK_WIDGET (self->adding)) != NULL;
  TorgRecord *layout = find_layout (self);
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) fields = NULL;

  if (!mapped)
    g_clear_pointer (&self->focused, g_free);
  keep_place (self);
  g_clear_pointer (&self->schema, torg_schema_unref);
  self->schema = torg_schema_ref (torg_session_get_schema (self->session));
  fields = torg_card_layout_list (layout, get_type (self));
  for (guint i = 0; i < self->groups->len; i++)
    adw_preferences_page_remove (self->page, self->groups->pdata[i]);
  g_ptr_array_set_size (self->groups, 0);
  /* A new field is made at the end. */
  adw_preferences_page_remove (self->page, g_object_ref (self->adding));
  for (guint i = 0; i < fields->len; i++)
    add_row (self, groups, layout, &get_type (self)->fields[g_array_index (fields, guint, i)]);
  adw_preferences_page_add (self->page, self->adding);
  g_object_unref (self->adding);
  if (typing)
    gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

/* --- a new field -------------------------------------------------------------------------------------------------- */

static const char *
get_kind (TorgCardPage *self)
{
  return kinds[MIN (adw_combo_row_get_selected (self->kind), G_N_ELEMENTS (kinds) - 1)].kind;
}

/* What is typed with commas between. */
static char **
dup_choices (TorgCardPage *self)
{
  g_auto (GStrv) parts = g_strsplit_set (gtk_editable_get_text (GTK_EDITABLE (self->choices)), ",;", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

/* A choice needs what is chosen among. */
static void
new_changed_cb (TorgCardPage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  g_auto (GStrv) choices = dup_choices (self);
  gboolean is_choice = g_str_equal (get_kind (self), "choice");

  gtk_widget_set_visible (GTK_WIDGET (self->choices), is_choice);
  gtk_widget_set_sensitive (self->add_button, *name != '\0' && (!is_choice || choices[0] != NULL));
}

static void
add_cb (TorgCardPage *self)
{
  g_autofree char *label = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  g_autofree char *words = g_strdup_printf (_ ("“%s” added"), label), *id = torg_session_make_id (self->session);
  g_autofree char *name = g_strconcat ("cf_", id + strlen (id) - 8, NULL);
  g_auto (GStrv) choices = dup_choices (self);
  g_autoptr (TorgRecord) def = NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (words);

  if (!gtk_widget_get_sensitive (self->add_button))
    return;
  def = torg_record_new (self->schema, torg_schema_find (self->schema, "field_def"), id);
  torg_record_set_text (def, "record_type", self->type);
  torg_record_set_text (def, "name", name);
  torg_record_set_text (def, "label", label);
  torg_record_set_text (def, "kind", get_kind (self));
  if (g_str_equal (get_kind (self), "choice"))
    torg_record_take (def, "choices", torg_value_from_items ((const char *const *) choices, FALSE));
  torg_edit_create (edit, def);
  torg_session_apply (self->session, edit);
  gtk_editable_set_text (GTK_EDITABLE (self->name), "");
  gtk_editable_set_text (GTK_EDITABLE (self->choices), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

/* --- the object --------------------------------------------------------------------------------------------------- */

static void
torg_card_page_dispose (GObject *object)
{
  TorgCardPage *self = TORG_CARD_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_CARD_PAGE);
  g_clear_object (&self->session);
  g_clear_pointer (&self->schema, torg_schema_unref);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->focused, g_free);
  G_OBJECT_CLASS (torg_card_page_parent_class)->dispose (object);
}

static void
torg_card_page_class_init (TorgCardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_card_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/company/torg-card-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgCardPage, page);
  gtk_widget_class_bind_template_child (widget_class, TorgCardPage, adding);
  gtk_widget_class_bind_template_child (widget_class, TorgCardPage, name);
  gtk_widget_class_bind_template_child (widget_class, TorgCardPage, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgCardPage, choices);
  gtk_widget_class_bind_template_child (widget_class, TorgCardPage, add_button);
  gtk_widget_class_bind_template_callback (widget_class, new_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
torg_card_page_init (TorgCardPage *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->groups = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gtk_string_list_append (labels, _ (kinds[i].label));
  adw_combo_row_set_model (self->kind, G_LIST_MODEL (labels));
}

/**
 * torg_card_page_new:
 * @session: the session
 * @type: the name of a type
 *
 * Makes a page.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_card_page_new (TorgSession *session, const char *type)
{
  const TorgType *found = torg_schema_find (torg_session_get_schema (session), type);
  TorgCardPage   *self = g_object_new (TORG_TYPE_CARD_PAGE, "title", torg_type_get_label_plural (found), NULL);

  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return ADW_NAVIGATION_PAGE (self);
}
