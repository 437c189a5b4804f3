/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-choose-dialog.h"
#include "torg-input.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define MOST_HITS 30

struct _TorgChooseDialog
{
  AdwDialog parent_instance;

  GtkSearchEntry *entry;
  GtkListBox     *list;
  GtkStack       *stack;

  TorgSession     *session;     /* (owned) */
  GPtrArray       *records;     /* (owned) (nullable) (element-type TorgRecord) */
  char            *type;        /* (owned) (nullable) */
  const TorgField *choices;     /* (nullable): a field with choices */
  char            *none_label;  /* (owned) (nullable) */
  GCancellable    *cancellable; /* (owned) (nullable) */
  gboolean         allow_new;
  gboolean         allow_text;
};

G_DEFINE_FINAL_TYPE (TorgChooseDialog, torg_choose_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
append (TorgChooseDialog *self,
        const char       *id,
        const char       *title,
        const char       *label,
        const char       *subtitle,
        const char       *icon_name)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (icon_name != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icon_name));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "torg-id", g_strdup (id), g_free);
  g_object_set_data_full (G_OBJECT (row), "torg-title", g_strdup (title), g_free);
  gtk_list_box_append (self->list, row);
}

static gboolean
contains_folded (const char *text, const char *part)
{
  g_autofree char *folded_text = g_utf8_casefold (text, -1);
  g_autofree char *folded_part = g_utf8_casefold (part, -1);

  return strstr (folded_text, folded_part) != NULL;
}

static void
finish_list (TorgChooseDialog *self, const char *text, gboolean exact)
{
  if ((self->allow_new || self->allow_text) && *text != '\0' && !exact)
    {
      /* Translators: a row that makes a new record with the name that was typed */
      g_autofree char *label = g_strdup_printf (_ ("Create “%s”"), text);

      append (self, "", text, self->allow_new ? label : text, self->allow_new ? NULL : _ ("In your own words"),
              "list-add-symbolic");
    }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_stack_set_visible_child_name (self->stack,
                                    gtk_list_box_get_row_at_index (self->list, 0) != NULL ? "list" : "nothing");
}

static void
list_records (TorgChooseDialog *self, const char *text)
{
  gboolean exact = FALSE;

  gtk_list_box_remove_all (self->list);
  if (self->none_label != NULL && *text == '\0')
    append (self, NULL, NULL, self->none_label, NULL, "torg-none-symbolic");
  for (const TorgChoice *choice = self->choices != NULL ? self->choices->choices : NULL;
       choice != NULL && choice->key != NULL; choice++)
    {
      const char *label = torg_field_get_choice_label (self->choices, choice->key);

      if (*text == '\0' || contains_folded (label, text))
        append (self, choice->key, label, label, NULL, NULL);
    }
  for (guint i = 0; self->records != NULL && i < self->records->len; i++)
    {
      TorgRecord      *record = g_ptr_array_index (self->records, i);
      g_autofree char *title = torg_words_title (record);

      if (*text != '\0' && !contains_folded (title, text))
        continue;
      exact |= g_utf8_collate (title, text) == 0;
      append (self, torg_record_get_id (record), title, title, NULL, NULL);
    }
  finish_list (self, text, exact);
}

static gpointer
search (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  char **text_and_type = data;
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) records = NULL;
  GPtrArray *hits;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (*text_and_type[0] != '\0')
    return torg_store_search (store, text_and_type[0], text_and_type[1], MOST_HITS, error);

  query = torg_query_new (text_and_type[1]);
  records = torg_store_list (store, query, MOST_HITS, cancellable, error);
  if (records == NULL)
    return NULL;
  hits = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_hit_free);
  for (guint i = 0; i < records->len; i++)
    {
      TorgHit *hit = g_new0 (TorgHit, 1);

      hit->row = torg_store_make_row (store, g_ptr_array_index (records, i));
      g_ptr_array_add (hits, hit);
    }
  return hits;
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgChooseDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  g_autofree char *text = NULL;
  gboolean         exact = FALSE;

  if (hits == NULL)
    {
      if (self->session != NULL)
        torg_session_fail (self->session, error);
      return;
    }
  if (self->list == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  gtk_list_box_remove_all (self->list);
  if (self->none_label != NULL && *text == '\0')
    append (self, NULL, NULL, self->none_label, NULL, "torg-none-symbolic");
  for (guint i = 0; i < hits->len; i++)
    {
      TorgRow         *row = ((TorgHit *) g_ptr_array_index (hits, i))->row;
      g_autofree char *title = torg_words_title (torg_row_get_record (row));
      g_autofree char *details = torg_words_details (self->session, row, NULL);

      exact |= g_utf8_collate (title, text) == 0;
      append (self, torg_record_get_id (torg_row_get_record (row)), title, title, details, NULL);
    }
  finish_list (self, text, exact);
}

static void
search_changed_cb (TorgChooseDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (self->records != NULL || self->choices != NULL)
    {
      list_records (self, text);
      return;
    }
  if (self->type == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_COUNT, search,
                           g_strdupv ((char *[]) { text, self->type, NULL }), (GDestroyNotify) g_strfreev,
                           (GDestroyNotify) g_ptr_array_unref, self->cancellable, found_cb, g_object_ref (self));
}

static void
row_activated_cb (TorgChooseDialog *self, GtkListBoxRow *row)
{
  g_autofree char *id = g_strdup (g_object_get_data (G_OBJECT (row), "torg-id"));
  g_autofree char *title = g_strdup (g_object_get_data (G_OBJECT (row), "torg-title"));

  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, id, title);
  g_object_unref (self);
}

static void
entry_activated_cb (TorgChooseDialog *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row != NULL)
    row_activated_cb (self, row);
}

static void
torg_choose_dialog_dispose (GObject *object)
{
  TorgChooseDialog *self = TORG_CHOOSE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_CHOOSE_DIALOG);
  G_OBJECT_CLASS (torg_choose_dialog_parent_class)->dispose (object);
}

static void
torg_choose_dialog_finalize (GObject *object)
{
  TorgChooseDialog *self = TORG_CHOOSE_DIALOG (object);

  g_free (self->type);
  g_free (self->none_label);
  G_OBJECT_CLASS (torg_choose_dialog_parent_class)->finalize (object);
}

static void
torg_choose_dialog_class_init (TorgChooseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_choose_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_choose_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-choose-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgChooseDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, TorgChooseDialog, list);
  gtk_widget_class_bind_template_child (widget_class, TorgChooseDialog, stack);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", TORG_TYPE_CHOOSE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
torg_choose_dialog_init (TorgChooseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  torg_input_add_arrows (GTK_WIDGET (self->entry), self->list);
}

/**
 * torg_choose_dialog_new:
 * @session: the session
 * @title: what is chosen, in the user's language
 *
 * Makes a dialog, to be given records or a type.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_choose_dialog_new (TorgSession *session, const char *title)
{
  TorgChooseDialog *self = g_object_new (TORG_TYPE_CHOOSE_DIALOG, "title", title, NULL);

  self->session = g_object_ref (session);
  return ADW_DIALOG (self);
}

/**
 * torg_choose_dialog_allow_none:
 * @label: what choosing nothing is called, in the user's language
 *
 * Lets the user choose nothing. To be called before the records are set.
 */
void
torg_choose_dialog_allow_none (TorgChooseDialog *self, const char *label)
{
  g_set_str (&self->none_label, label);
}

/**
 * torg_choose_dialog_allow_new:
 *
 * Lets the user make a record with the typed name. To be called before the records are set.
 */
void
torg_choose_dialog_allow_new (TorgChooseDialog *self)
{
  self->allow_new = TRUE;
}

/**
 * torg_choose_dialog_allow_text:
 *
 * Lets the user choose what was typed instead of a record. To be called before the type is set.
 */
void
torg_choose_dialog_allow_text (TorgChooseDialog *self)
{
  self->allow_text = TRUE;
}

/**
 * torg_choose_dialog_set_records:
 * @records: (element-type TorgRecord): the choices
 *
 * Gives the choices.
 */
void
torg_choose_dialog_set_records (TorgChooseDialog *self, GPtrArray *records)
{
  self->records = g_ptr_array_ref (records);
  search_changed_cb (self);
}

/**
 * torg_choose_dialog_set_choices:
 * @field: a field with choices
 *
 * Gives the choices of a field; what is chosen is a key.
 */
void
torg_choose_dialog_set_choices (TorgChooseDialog *self, const TorgField *field)
{
  self->choices = field;
  search_changed_cb (self);
}

/**
 * torg_choose_dialog_set_type:
 * @type: the name of a type
 *
 * Lets the user search among all records of a type.
 */
void
torg_choose_dialog_set_type (TorgChooseDialog *self, const char *type)
{
  g_set_str (&self->type, type);
  search_changed_cb (self);
}

/* The pipelines that a record of this type can stand in. */
static GPtrArray *
list_pipelines (TorgSession *session, const char *type)
{
  GPtrArray  *all = torg_lookup_list (torg_session_get_lookup (session), "pipeline");
  GPtrArray  *pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  const char *kind = g_str_equal (type, "lead") ? "leads" : "deals";

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (g_strcmp0 (torg_record_get_text (g_ptr_array_index (all, i), "kind"), kind) == 0)
      g_ptr_array_add (pipelines, torg_record_ref (g_ptr_array_index (all, i)));
  return pipelines;
}

/**
 * torg_choose_dialog_new_for_field:
 * @session: the session
 * @field: a field whose value is chosen: a choice, or a reference
 * @type: the name of the type that it is of
 *
 * Makes a dialog that offers what a field can hold, and nothing where it may be empty.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_choose_dialog_new_for_field (TorgSession *session, const TorgField *field, const char *type)
{
  AdwDialog        *dialog = torg_choose_dialog_new (session, torg_field_get_label (field));
  TorgChooseDialog *self = TORG_CHOOSE_DIALOG (dialog);
  TorgLookup       *lookup = torg_session_get_lookup (session);
  g_autofree char  *target = torg_field_dup_target_type (field);
  const char       *dictionary = torg_field_get_dictionary (field);

  if ((field->flags & TORG_FIELD_REQUIRED) == 0)
    torg_choose_dialog_allow_none (self, _ ("Nothing"));
  if (field->kind == TORG_KIND_CHOICE)
    torg_choose_dialog_set_choices (self, field);
  else if (dictionary != NULL)
    {
      g_autoptr (GPtrArray) entries = torg_lookup_list_dictionary (lookup, dictionary);

      torg_choose_dialog_set_records (self, entries);
    }
  else if (g_strcmp0 (target, "pipeline") == 0)
    {
      g_autoptr (GPtrArray) pipelines = list_pipelines (session, type);

      torg_choose_dialog_set_records (self, pipelines);
    }
  else if (target != NULL && torg_lookup_list (lookup, target) != NULL)
    torg_choose_dialog_set_records (self, torg_lookup_list (lookup, target));
  else
    torg_choose_dialog_set_type (self, target);
  return dialog;
}
