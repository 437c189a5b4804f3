/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-new-dialog.h"
#include "torg-bank-fill.h"
#include "torg-dialog-focus.h"
#include "torg-legal-form.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgNewDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *group;
  GtkLabel            *message;
  GtkWidget           *content;
  GtkWidget           *add_button;

  TorgSession    *session; /* (owned) */
  const TorgType *type;
  char           *field; /* (owned) (nullable): what refers to another record */
  char           *id;    /* (owned) (nullable): that record */
  GPtrArray      *rows;  /* (owned) (element-type AdwPreferencesRow): for a text or a choice; belong to the group */
};

G_DEFINE_FINAL_TYPE (TorgNewDialog, torg_new_dialog, ADW_TYPE_DIALOG)

static gboolean
is_typed (const TorgField *field)
{
  switch (field->kind)
    {
      case TORG_KIND_TEXT:
      case TORG_KIND_NUMBER:
      case TORG_KIND_MONEY:
      case TORG_KIND_DATE:
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
      case TORG_KIND_REQUISITE:
        return (field->flags & TORG_FIELD_HIDDEN) == 0 &&
               (field->flags & (TORG_FIELD_LIST | TORG_FIELD_REQUIRED | TORG_FIELD_TITLE)) != 0;
      default:
        return FALSE;
    }
}

/* What is chosen among the few entries of a dictionary, such as the unit of a product. */
static gboolean
is_chosen (const TorgField *field)
{
  g_autofree char *type = torg_field_dup_target_type (field);

  return field->kind == TORG_KIND_REF && (field->flags & TORG_FIELD_HIDDEN) == 0 &&
         (field->flags & TORG_FIELD_LIST) != 0 &&
         (torg_field_get_dictionary (field) != NULL || g_strcmp0 (type, "vat_rate") == 0);
}

static GPtrArray *
list_choices (TorgNewDialog *self, const TorgField *field)
{
  TorgLookup      *lookup = torg_session_get_lookup (self->session);
  g_autofree char *type = torg_field_dup_target_type (field);
  GPtrArray       *all;

  if (torg_field_get_dictionary (field) != NULL)
    return torg_lookup_list_dictionary (lookup, torg_field_get_dictionary (field));
  all = torg_lookup_list (lookup, type);
  return all != NULL ? g_ptr_array_ref (all) : g_ptr_array_new ();
}

/* The first choice is none. */
static GtkWidget *
make_choice_row (TorgNewDialog *self, const TorgField *field)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GPtrArray) choices = list_choices (self, field);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, "—");
  for (guint i = 0; i < choices->len; i++)
    {
      g_autofree char *title = torg_words_title (g_ptr_array_index (choices, i));

      gtk_string_list_append (names, title);
    }
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  g_object_set_data_full (G_OBJECT (row), "torg-choices", g_steal_pointer (&choices),
                          (GDestroyNotify) g_ptr_array_unref);
  return row;
}

static GtkWidget *
make_row (TorgNewDialog *self, const TorgField *field)
{
  GtkWidget *row = is_chosen (field) ? make_choice_row (self, field) : adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), torg_field_get_label (field));
  g_object_set_data (G_OBJECT (row), "torg-field", (gpointer) field);
  return row;
}

static gboolean
read_row (TorgNewDialog *self, GtkWidget *row, TorgRecord *record, GError **error)
{
  const TorgField *field = g_object_get_data (G_OBJECT (row), "torg-field");
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (ADW_IS_COMBO_ROW (row))
    {
      GPtrArray *choices = g_object_get_data (G_OBJECT (row), "torg-choices");
      guint      selected = adw_combo_row_get_selected (ADW_COMBO_ROW (row));

      if (selected > 0 && selected <= choices->len)
        torg_record_set_text (record, field->name, torg_record_get_id (g_ptr_array_index (choices, selected - 1)));
      return TRUE;
    }
  if (!torg_value_text_parse (self->session, field, gtk_editable_get_text (GTK_EDITABLE (row)), &value, error))
    return FALSE;
  torg_record_set (record, field->name, &value);
  return TRUE;
}

static void
set_if_there (TorgRecord *record, const char *field, const char *text)
{
  if (text != NULL && torg_type_find_field (torg_record_get_kind (record), field) != NULL)
    torg_record_set_text (record, field, text);
}

/* A new deal begins in the first stage of the first pipeline of deals. */
static void
set_stage (TorgNewDialog *self, TorgRecord *record)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);
  GPtrArray  *pipelines = torg_lookup_list (lookup, "pipeline");

  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++)
    {
      TorgRecord *pipeline = g_ptr_array_index (pipelines, i);
      g_autoptr (GPtrArray) stages = NULL;

      if (g_strcmp0 (torg_record_get_text (pipeline, "kind"), "deals") != 0)
        continue;
      stages = torg_lookup_list_stages (lookup, torg_record_get_id (pipeline));
      if (stages->len == 0)
        continue;
      torg_record_set_text (record, "pipeline", torg_record_get_id (pipeline));
      torg_record_set_text (record, "stage", torg_record_get_id (g_ptr_array_index (stages, 0)));
      return;
    }
}

/* Requisites are checked against each other: an account against its BIK. */
static gboolean
fits_together (TorgNewDialog *self, TorgRecord *record, GError **error)
{
  for (guint i = 0; i < self->type->n_fields; i++)
    if (self->type->fields[i].kind == TORG_KIND_REQUISITE &&
        !torg_legal_form_check (record, self->type->fields[i].name, torg_record_nth (record, i)->text, error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  TorgNewDialog *self;   /* (owned) */
  TorgRecord    *record; /* (owned) */
} Creation;

static void
created_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Creation   *creation = data;
  const char *type = torg_record_get_kind (creation->record)->info->name;
  gboolean    saved = torg_session_apply_finish (TORG_SESSION (source), result, NULL) >= 0;

  if (creation->self->content != NULL)
    {
      gtk_widget_set_sensitive (creation->self->content, TRUE);
      gtk_widget_set_sensitive (creation->self->add_button, TRUE);
    }
  if (saved)
    {
      adw_dialog_force_close (ADW_DIALOG (creation->self));
      if (!g_str_equal (type, "legal_entity") && !g_str_equal (type, "bank_account"))
        torg_session_open_record (TORG_SESSION (source), type, torg_record_get_id (creation->record), NULL,
                                  GTK_INVALID_LIST_POSITION, FALSE);
    }
  else if (creation->self->rows != NULL && creation->self->rows->len > 0)
    gtk_widget_grab_focus (g_ptr_array_index (creation->self->rows, 0));
  g_object_unref (creation->self);
  torg_record_unref (creation->record);
  g_free (creation);
}

static void
add_cb (TorgNewDialog *self)
{
  g_autofree char *id = torg_session_make_id (self->session);
  g_autoptr (TorgRecord) record = torg_record_new (torg_session_get_schema (self->session), self->type, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  g_autofree char *title = NULL;
  g_autofree char *label = NULL;
  Creation        *creation;

  if (!gtk_widget_get_sensitive (self->content))
    return;
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      if (read_row (self, row, record, &error))
        {
          gtk_widget_remove_css_class (row, "error");
          continue;
        }
      gtk_widget_add_css_class (row, "error");
      gtk_widget_grab_focus (row);
      gtk_label_set_label (self->message, error->message);
      return;
    }
  if (self->field != NULL)
    torg_record_set_text (record, self->field, self->id);
  if (g_str_equal (self->type->info->name, "deal"))
    set_stage (self, record);
  set_if_there (record, "owner", torg_session_get_user (self->session));
  if (!torg_record_validate (record, &error) || !fits_together (self, record, &error))
    {
      gtk_label_set_label (self->message, error->message);
      return;
    }
  title = torg_words_title (record);
  label = g_strdup_printf (_ ("“%s” added"), title);
  edit = torg_edit_new (label);
  torg_edit_create (edit, record);
  creation = g_new0 (Creation, 1);
  creation->self = g_object_ref (self);
  creation->record = torg_record_ref (record);
  gtk_label_set_label (self->message, "");
  gtk_widget_set_sensitive (self->content, FALSE);
  gtk_widget_set_sensitive (self->add_button, FALSE);
  torg_bank_fill_apply_async (self->session, edit, created_cb, creation);
}

static void
torg_new_dialog_dispose (GObject *object)
{
  TorgNewDialog *self = TORG_NEW_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_NEW_DIALOG);
  G_OBJECT_CLASS (torg_new_dialog_parent_class)->dispose (object);
}

static void
torg_new_dialog_finalize (GObject *object)
{
  TorgNewDialog *self = TORG_NEW_DIALOG (object);

  g_free (self->field);
  g_free (self->id);
  G_OBJECT_CLASS (torg_new_dialog_parent_class)->finalize (object);
}

static void
torg_new_dialog_class_init (TorgNewDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_new_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_new_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-new-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgNewDialog, group);
  gtk_widget_class_bind_template_child (widget_class, TorgNewDialog, message);
  gtk_widget_class_bind_template_child (widget_class, TorgNewDialog, content);
  gtk_widget_class_bind_template_child (widget_class, TorgNewDialog, add_button);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
torg_new_dialog_init (TorgNewDialog *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Whole sentences, as words of different gender have different endings. */
static const char *
get_title (const TorgType *type)
{
  static const struct
  {
    const char *type;
    const char *title;
  } titles[] = {
    { "deal", N_ ("New Deal") },
    { "lead", N_ ("New Lead") },
    { "company", N_ ("New Company") },
    { "person", N_ ("New Person") },
    { "product", N_ ("New Product") },
    { "legal_entity", N_ ("New Legal Entity") },
    { "bank_account", N_ ("New Bank Account") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].type, type->info->name))
      return _ (titles[i].title);
  return torg_type_get_label (type);
}

/**
 * torg_new_dialog_new:
 * @session: the session
 * @type: the type of the new record
 * @field: (nullable): a field that refers to another record
 * @id: (nullable): that record
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_new_dialog_new (TorgSession *session, const char *type, const char *field, const char *id)
{
  TorgNewDialog *self = g_object_new (TORG_TYPE_NEW_DIALOG, NULL);

  self->session = g_object_ref (session);
  self->type = torg_schema_find (torg_session_get_schema (session), type);
  self->field = g_strdup (field);
  self->id = g_strdup (id);
  adw_dialog_set_title (ADW_DIALOG (self), get_title (self->type));
  for (guint i = 0; i < self->type->n_fields; i++)
    if (is_typed (&self->type->fields[i]) || is_chosen (&self->type->fields[i]))
      {
        GtkWidget *row = make_row (self, &self->type->fields[i]);

        if (ADW_IS_ENTRY_ROW (row))
          g_signal_connect_object (row, "entry-activated", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
        adw_preferences_group_add (self->group, row);
        g_ptr_array_add (self->rows, row);
      }
  if (self->rows->len > 0)
    torg_dialog_focus_set (ADW_DIALOG (self), g_ptr_array_index (self->rows, 0));
  return ADW_DIALOG (self);
}
