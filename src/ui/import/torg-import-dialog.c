/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-import-dialog.h"
#include "torg-bitrix-dialog.h"
#include "torg-csv.h"
#include "torg-import-memory.h"
#include "torg-import-preview-grid.h"
#include "torg-import-question.h"
#include "torg-import-source.h"
#include "torg-import-task.h"
#include "torg-import-values-row.h"
#include "torg-number.h"
#include "torg-reader.h"

#include <glib/gi18n-lib.h>

/* How long the user may go on changing the mapping before it is tried. */
#define TRY_DELAY_MS 300
/* How many failures are shown; all are counted. */
#define MAX_SHOWN 100
/* Of how many of the first rows one may be chosen as the headers, and how many of its cells are shown. */
#define HEADER_ROWS 10
#define HEADER_CELLS 4

struct _TorgImportDialog
{
  AdwDialog parent_instance;

  GtkStack            *pages;
  GtkWidget           *choose_button;
  GtkLabel            *trouble_label;
  GtkLabel            *busy_label;
  GtkProgressBar      *progress_bar;
  AdwComboRow         *type_row;
  AdwComboRow         *sheet_row;
  AdwComboRow         *header_row;
  GtkWidget           *recalled_row;
  AdwComboRow         *duplicates_row;
  AdwPreferencesGroup *columns_group;
  AdwPreferencesGroup *dates_group;
  AdwPreferencesGroup *values_group;
  AdwPreferencesGroup *preview_group;
  AdwPreferencesGroup *near_group;
  AdwPreferencesGroup *troubles_group;
  GtkWidget           *try_spinner;
  GtkLabel            *summary_label;
  GtkWidget           *import_button;
  AdwPreferencesGroup *done_group;
  AdwPreferencesGroup *failures_group;
  GtkWidget           *save_button;
  GtkWidget           *undo_button;
  GtkWidget           *done_button;

  TorgSession           *session;     /* (owned) */
  GCancellable          *cancellable; /* (owned): of the reading */
  GCancellable          *looking;     /* (owned): of the look at the values */
  GCancellable          *recalling;   /* (owned) (nullable): of the look for the last mapping */
  char                  *path;        /* (owned) (nullable): NULL for a table that was pasted */
  char                  *name;        /* (owned) (nullable): of the file */
  TorgImportFile        *file;        /* (owned) (nullable) */
  TorgImportPlan        *plan;        /* (owned) (nullable): as the user sees it; copies of it are tried */
  char                 **targets;     /* (owned) (nullable): what a column can become */
  TorgJob               *job;         /* (owned) (nullable): the try or the import that is under way */
  char                  *import_id;   /* (owned) (nullable): of what was imported */
  TorgImportPlan        *carried_out; /* (owned) (nullable): what was or is being imported */
  TorgImportResult      *done;        /* (owned) (nullable) */
  GHashTable            *asked;       /* (owned): names that were asked about */
  TorgImportPreviewGrid *preview;
  GPtrArray             *rows; /* (owned) (element-type GtkWidget): of the groups, to be removed */
  guint                  try_source;
  gboolean               filling; /* the rows are being made, so their changes are not the user's */
};

G_DEFINE_FINAL_TYPE (TorgImportDialog, torg_import_dialog, ADW_TYPE_DIALOG)

static const char *const types[] = { "company", "person", "lead", "deal", "product", "activity" };

static void queue_try (TorgImportDialog *self);
static void plan_changed (TorgImportDialog *self);

/* --- small things ----------------------------------------------------------------------------------------------- */

static void
show_trouble (TorgImportDialog *self, const GError *error)
{
  gtk_stack_set_visible_child_name (self->pages, "choose");
  gtk_label_set_label (self->trouble_label, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_label), TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), error->message, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
remember_row (TorgImportDialog *self, AdwPreferencesGroup *group, GtkWidget *row)
{
  g_object_set_data (G_OBJECT (row), "torg-group", group);
  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (group, row);
}

static void
remove_rows (TorgImportDialog *self, AdwPreferencesGroup *group)
{
  for (guint i = self->rows->len; i > 0; i--)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i - 1);

      if (g_object_get_data (G_OBJECT (row), "torg-group") != group)
        continue;
      adw_preferences_group_remove (group, row);
      g_ptr_array_remove_index (self->rows, i - 1);
    }
}

static void
add_text_row (TorgImportDialog *self, AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  remember_row (self, group, row);
}

static char *
say_count (gint64 n)
{
  return torg_number_format (n * TORG_NUMBER_SCALE, TORG_NUMBER_STYLE_LOCALE);
}

static void
add_count_row (TorgImportDialog *self, const char *title, gint64 n)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *text = say_count (n);
  GtkWidget       *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "numeric");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  remember_row (self, self->done_group, row);
}

static void
add_failures (TorgImportDialog *self, AdwPreferencesGroup *group, TorgImportResult *result)
{
  for (guint i = 0; i < MIN (result->failures->len, MAX_SHOWN); i++)
    {
      TorgImportFailure *failure = g_ptr_array_index (result->failures, i);
      g_autofree char   *where = failure->column != NULL
                                   ? g_strdup_printf (_ ("Line %u, %s"), failure->line, failure->column)
                                   : g_strdup_printf (_ ("Line %u"), failure->line);

      add_text_row (self, group, failure->reason, where);
    }
}

/* --- trying ----------------------------------------------------------------------------------------------------- */

/* A question that was asked stays, so that its answer can be seen and changed. */
static void
ask_about_names (TorgImportDialog *self, GPtrArray *near)
{
  for (guint i = 0; i < near->len && g_hash_table_size (self->asked) < MAX_SHOWN; i++)
    {
      const TorgImportNear *name = near->pdata[i];
      GtkWidget            *row;

      if (name->id == NULL || !g_hash_table_add (self->asked, g_strconcat (name->target, "\n", name->text, NULL)))
        continue;
      row = torg_import_question_new_near (self->plan, name);
      g_signal_connect_object (row, "answered", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
      remember_row (self, self->near_group, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->near_group), g_hash_table_size (self->asked) > 0);
}

static void
show_summary (TorgImportDialog *self, TorgImportResult *result)
{
  guint ambiguous = torg_import_plan_find_ambiguous (self->plan);
  guint n_told = 0;

  g_autofree char *created = say_count (result->created);
  g_autofree char *updated = say_count (result->updated);
  g_autofree char *skipped = say_count (result->skipped);
  g_autofree char *failed = say_count (result->failed);
  g_autofree char *text = NULL;

  text = g_strdup_printf (_ ("%s will be created, %s updated, %s left out; %s cannot be imported"), created, updated,
                          skipped, failed);
  if (ambiguous != G_MAXUINT)
    {
      g_free (text);
      text = g_strdup_printf (_ ("Say how the dates in “%s” are written."),
                              torg_import_plan_get_column (self->plan, ambiguous)->header);
    }
  gtk_label_set_label (self->summary_label, text);
  gtk_widget_set_sensitive (self->import_button, ambiguous == G_MAXUINT && result->created + result->updated > 0);
  ask_about_names (self, result->near);
  remove_rows (self, self->troubles_group);
  for (guint i = 0; i < MIN (result->near->len, MAX_SHOWN); i++)
    {
      const TorgImportNear *near = result->near->pdata[i];

      if (near->id != NULL)
        continue;
      add_text_row (self, self->troubles_group, near->sentence, NULL);
      n_told++;
    }
  add_failures (self, self->troubles_group, result);
  gtk_widget_set_visible (GTK_WIDGET (self->troubles_group), n_told + result->failures->len > 0);
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgImportResult) tried = torg_import_try_finish (TORG_REPLICA (source), result, &error);

  /* A later change has cancelled this try and queued another. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;
  gtk_widget_set_visible (self->try_spinner, FALSE);
  g_clear_object (&self->job);
  if (error != NULL)
    gtk_label_set_label (self->summary_label, error->message);
  else
    show_summary (self, tried);
}

static gboolean
try_cb (gpointer data)
{
  TorgImportDialog *self = data;
  g_autoptr (TorgImportPlan) plan = torg_import_plan_copy (self->plan);

  self->try_source = 0;
  g_clear_object (&self->job);
  self->job = torg_job_new (_ ("Trying the import"));
  torg_import_try_async (torg_session_get_replica (self->session), plan, self->job, tried_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
queue_try (TorgImportDialog *self)
{
  if (self->job != NULL)
    torg_job_cancel (self->job);
  g_clear_handle_id (&self->try_source, g_source_remove);
  gtk_widget_set_sensitive (self->import_button, FALSE);
  gtk_widget_set_visible (self->try_spinner, TRUE);
  gtk_label_set_label (self->summary_label, _ ("Looking at what would happen…"));
  self->try_source = g_timeout_add (TRY_DELAY_MS, try_cb, self);
}

/* --- the values ------------------------------------------------------------------------------------------------- */

static void
values_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) columns = torg_import_values_finish (TORG_REPLICA (source), result, &error);

  /* A later change has cancelled this look and begun another. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;
  remove_rows (self, self->values_group);
  gtk_widget_set_visible (GTK_WIDGET (self->values_group), columns != NULL && columns->len > 0);
  if (columns == NULL)
    gtk_label_set_label (self->summary_label, error->message);
  while (columns != NULL && columns->len > 0)
    {
      GtkWidget *row = torg_import_values_row_new (self->plan, g_ptr_array_steal_index (columns, 0));

      g_signal_connect_object (row, "changed", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
      remember_row (self, self->values_group, row);
    }
}

static void
look_at_values (TorgImportDialog *self)
{
  g_autoptr (TorgImportPlan) plan = torg_import_plan_copy (self->plan);

  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  self->looking = g_cancellable_new ();
  torg_import_values_async (torg_session_get_replica (self->session), plan, self->looking, values_cb,
                            g_object_ref (self));
}

static void
plan_changed (TorgImportDialog *self)
{
  torg_import_preview_grid_show (self->preview, self->plan);
  queue_try (self);
}

/* --- the mapping ------------------------------------------------------------------------------------------------ */

static void
show_dates (TorgImportDialog *self)
{
  guint n = 0;

  remove_rows (self, self->dates_group);
  for (guint i = 0; i < torg_import_plan_get_n_columns (self->plan); i++)
    {
      TorgImportColumn *column = torg_import_plan_get_column (self->plan, i);
      GtkWidget        *row;

      if (!column->ambiguous && !column->told)
        continue;
      row = torg_import_question_new_dates (self->plan, i);
      g_signal_connect_object (row, "answered", G_CALLBACK (plan_changed), self, G_CONNECT_SWAPPED);
      remember_row (self, self->dates_group, row);
      n++;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->dates_group), n > 0);
}

static void
target_changed_cb (TorgImportDialog *self, GParamSpec *pspec, AdwComboRow *row)
{
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "torg-column"));
  guint selected = adw_combo_row_get_selected (row);

  if (self->filling)
    return;
  torg_import_plan_set_target (self->plan, column, selected == 0 ? NULL : self->targets[selected - 1]);
  show_dates (self);
  look_at_values (self);
  plan_changed (self);
}

static guint
find_target (TorgImportDialog *self, const char *target)
{
  for (guint i = 0; target != NULL && self->targets[i] != NULL; i++)
    if (g_str_equal (self->targets[i], target))
      return i + 1;
  return 0;
}

static void
add_column_row (TorgImportDialog *self, GtkStringList *labels, guint index)
{
  TorgImportColumn *column = torg_import_plan_get_column (self->plan, index);
  const char       *sample = torg_import_plan_get_sample (self->plan, index);
  GtkWidget        *row = adw_combo_row_new ();
  g_autoptr (GtkExpression) words = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  g_autofree char *subtitle = NULL;

  if (column->ambiguous)
    subtitle = g_strdup_printf (_ ("%s — day and month could be either way round"), sample != NULL ? sample : "");
  else
    subtitle = g_strdup (sample != NULL ? sample : _ ("Empty"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 *column->header != '\0' ? column->header : _ ("Without a name"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  /* An ellipsis is wider than “No”, and GTK complains of a label that could become wider by being cut. */
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), g_utf8_strlen (subtitle, -1) > 3 ? 1 : 0);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (labels));
  adw_combo_row_set_expression (ADW_COMBO_ROW (row), words); /* the search looks there */
  adw_combo_row_set_search_match_mode (ADW_COMBO_ROW (row), GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
  adw_combo_row_set_enable_search (ADW_COMBO_ROW (row), TRUE);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), find_target (self, column->target));
  g_object_set_data (G_OBJECT (row), "torg-column", GUINT_TO_POINTER (index));
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (target_changed_cb), self, G_CONNECT_SWAPPED);
  remember_row (self, self->columns_group, row);
}

/* “2: Name · Phone · City” */
static char *
say_header (TorgTable *table, guint row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < torg_table_get_width (table, row) && n < HEADER_CELLS; i++)
    if (*torg_table_get_text (table, row, i) != '\0')
      g_string_append_printf (text, "%s%s", n++ > 0 ? " · " : "", torg_table_get_text (table, row, i));
  return g_strdup_printf ("%u: %s", row + 1, text->str);
}

static void
show_headers (TorgImportDialog *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  TorgTable *table = self->file->table;
  guint      row = torg_import_plan_get_header_row (self->plan);

  gtk_string_list_append (labels, _ ("There are none"));
  for (guint i = 0; i < MIN (torg_table_get_n_rows (table), HEADER_ROWS); i++)
    gtk_string_list_take (labels, say_header (table, i));
  adw_combo_row_set_model (self->header_row, G_LIST_MODEL (labels));
  adw_combo_row_set_selected (self->header_row, row == TORG_IMPORT_NO_HEADER ? 0 : row + 1);
}

static void
show_source (TorgImportDialog *self)
{
  const TorgImportSource *source = torg_import_source_recognise (self->file->table, NULL);
  g_autofree char        *text = NULL;

  if (source != NULL && g_str_equal (source->type, torg_import_plan_get_kind (self->plan)))
    /* Translators: %s is a program */
    text = g_strdup_printf (_ ("An export of %s"), source->program);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->type_row), text != NULL ? text : "");
}

static void
show_plan (TorgImportDialog *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  g_autofree char *nothing = torg_import_plan_dup_target_label (self->plan, NULL);

  self->filling = TRUE;
  g_clear_pointer (&self->targets, g_strfreev);
  self->targets = torg_import_plan_list_targets (self->plan);
  gtk_string_list_append (labels, nothing);
  for (guint i = 0; self->targets[i] != NULL; i++)
    gtk_string_list_take (labels, torg_import_plan_dup_target_label (self->plan, self->targets[i]));
  remove_rows (self, self->columns_group);
  for (guint i = 0; i < torg_import_plan_get_n_columns (self->plan); i++)
    add_column_row (self, labels, i);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i], torg_import_plan_get_kind (self->plan)))
      adw_combo_row_set_selected (self->type_row, i);
  adw_combo_row_set_selected (self->duplicates_row, torg_import_plan_get_duplicates (self->plan));
  show_headers (self);
  show_source (self);
  self->filling = FALSE;
  show_dates (self);
  remove_rows (self, self->near_group);
  g_hash_table_remove_all (self->asked);
  gtk_widget_set_visible (GTK_WIDGET (self->near_group), FALSE);
  gtk_stack_set_visible_child_name (self->pages, "mapping");
  remove_rows (self, self->values_group);
  gtk_widget_set_visible (GTK_WIDGET (self->values_group), FALSE);
  look_at_values (self);
  plan_changed (self);
}

static void
guess_plan (TorgImportDialog *self, const char *type)
{
  TorgDuplicates duplicates = self->plan != NULL ? torg_import_plan_get_duplicates (self->plan) : TORG_DUPLICATES_SKIP;

  g_clear_pointer (&self->plan, torg_import_plan_unref);
  self->plan = torg_import_plan_guess (torg_session_get_schema (self->session), type, self->file->table);
  torg_import_plan_set_duplicates (self->plan, duplicates);
  torg_import_plan_set_currency (self->plan, torg_session_get_currency (self->session));
}

static void
recalled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *map = torg_import_recall_finish (TORG_REPLICA (source), result, &error);
  gboolean         recalled = FALSE;

  /* Another table has been chosen meanwhile. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;
  if (map != NULL && *map != '\0')
    {
      g_autofree char *type = g_strdup (torg_import_plan_get_kind (self->plan));

      recalled = torg_import_plan_load_map (self->plan, map, NULL);
      /* A field of that time is gone: what was half taken is guessed. */
      if (!recalled)
        guess_plan (self, type);
    }
  gtk_widget_set_visible (self->recalled_row, recalled);
  show_plan (self);
}

/* As such a table was taken the last time, or as it looks. */
static void
make_plan (TorgImportDialog *self, const char *type)
{
  guess_plan (self, type);
  g_cancellable_cancel (self->recalling);
  g_clear_object (&self->recalling);
  self->recalling = g_cancellable_new ();
  torg_import_recall_async (torg_session_get_replica (self->session), self->plan, self->recalling, recalled_cb,
                            g_object_ref (self));
}

static void
forget_cb (TorgImportDialog *self)
{
  g_autofree char *type = g_strdup (torg_import_plan_get_kind (self->plan));

  guess_plan (self, type);
  gtk_widget_set_visible (self->recalled_row, FALSE);
  show_plan (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->header_row));
}

static void
header_changed_cb (TorgImportDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->header_row);

  if (self->filling || self->plan == NULL)
    return;
  torg_import_plan_set_header_row (self->plan, selected == 0 ? TORG_IMPORT_NO_HEADER : selected - 1);
  gtk_widget_set_visible (self->recalled_row, FALSE);
  show_plan (self);
}

static void
type_changed_cb (TorgImportDialog *self)
{
  if (!self->filling && self->file != NULL)
    make_plan (self, types[adw_combo_row_get_selected (self->type_row)]);
}

static void
duplicates_changed_cb (TorgImportDialog *self)
{
  if (self->filling || self->plan == NULL)
    return;
  torg_import_plan_set_duplicates (self->plan, adw_combo_row_get_selected (self->duplicates_row));
  queue_try (self);
}

/* --- the file --------------------------------------------------------------------------------------------------- */

static void
show_sheets (TorgImportDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const *) self->file->sheets);
  gboolean several = g_strv_length (self->file->sheets) > 1;

  gtk_widget_set_visible (GTK_WIDGET (self->sheet_row), several);
  if (!several || adw_combo_row_get_model (self->sheet_row) != NULL)
    return;
  self->filling = TRUE;
  adw_combo_row_set_model (self->sheet_row, G_LIST_MODEL (names));
  for (guint i = 0; self->file->sheets[i] != NULL; i++)
    if (g_strcmp0 (self->file->sheets[i], torg_table_get_name (self->file->table)) == 0)
      adw_combo_row_set_selected (self->sheet_row, i);
  self->filling = FALSE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  TorgImportFile  *file = torg_import_read_finish (result, &error);
  g_autofree char *type = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    {
      g_clear_pointer (&file, torg_import_file_free);
      return;
    }
  if (file == NULL)
    {
      show_trouble (self, error);
      return;
    }
  g_clear_pointer (&self->file, torg_import_file_free);
  self->file = file;
  show_sheets (self);
  type = torg_import_guess_type (torg_session_get_schema (self->session), file->table);
  make_plan (self, type);
}

static void
begin_reading (TorgImportDialog *self)
{
  g_autofree char *title = g_strdup_printf (_ ("Reading “%s”…"), self->name);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  gtk_label_set_label (self->busy_label, title);
  gtk_progress_bar_pulse (self->progress_bar);
  gtk_stack_set_visible_child_name (self->pages, "busy");
}

static void
read_file (TorgImportDialog *self, guint sheet)
{
  begin_reading (self);
  torg_import_read_async (self->path, sheet, self->cancellable, read_cb, g_object_ref (self));
}

static void
sheet_changed_cb (TorgImportDialog *self)
{
  if (!self->filling && self->file != NULL)
    read_file (self, adw_combo_row_get_selected (self->sheet_row));
}

static void
forget_file (TorgImportDialog *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->name, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_label), FALSE);
  self->filling = TRUE;
  adw_combo_row_set_model (self->sheet_row, NULL);
  self->filling = FALSE;
}

static void
take_file (TorgImportDialog *self, GFile *file)
{
  forget_file (self);
  self->path = g_file_get_path (file);
  self->name = g_file_get_basename (file);
  if (self->path != NULL)
    read_file (self, TORG_SHEET_FILLED);
}

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  if (text == NULL || *text == '\0')
    {
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _ ("No table is on the clipboard. Select its cells in the spreadsheet and copy them."));
      show_trouble (self, error);
      return;
    }
  forget_file (self);
  self->name = g_strdup (_ ("Pasted table"));
  begin_reading (self);
  torg_import_read_text_async (text, self->cancellable, read_cb, g_object_ref (self));
}

static void
paste_cb (TorgImportDialog *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, pasted_cb, g_object_ref (self));
}

static void
bitrix_cb (TorgImportDialog *self)
{
  GtkWidget *parent = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  AdwDialog *dialog = torg_bitrix_dialog_new (self->session);

  adw_dialog_close (ADW_DIALOG (self));
  adw_dialog_present (dialog, parent);
}

/* Elsewhere the key belongs to the entries. */
static gboolean
paste_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  TorgImportDialog *self = TORG_IMPORT_DIALOG (widget);

  if (!g_str_equal (gtk_stack_get_visible_child_name (self->pages), "choose"))
    return GDK_EVENT_PROPAGATE;
  paste_cb (self);
  return GDK_EVENT_STOP;
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file != NULL && self->session != NULL)
    take_file (self, file);
}

static void
choose_cb (TorgImportDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) tables = gtk_file_filter_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);

  gtk_file_filter_set_name (tables, _ ("Tables"));
  for (const char *const *suffix =
         (const char *const[]) { "csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods", "vcf", NULL };
       *suffix != NULL; suffix++)
    gtk_file_filter_add_suffix (tables, *suffix);
  g_list_store_append (filters, tables);
  gtk_file_dialog_set_title (dialog, _ ("Choose a File to Import"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, chosen_cb,
                        g_object_ref (self));
}

static gboolean
drop_cb (TorgImportDialog *self, const GValue *value)
{
  take_file (self, g_value_get_object (value));
  return TRUE;
}

/* --- importing -------------------------------------------------------------------------------------------------- */

static void
cancel_cb (TorgImportDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->job != NULL)
    torg_job_cancel (self->job);
  else
    gtk_stack_set_visible_child_name (self->pages, "choose");
}

static void
progress_cb (TorgImportDialog *self)
{
  if (self->job != NULL && torg_job_get_fraction (self->job) >= 0)
    gtk_progress_bar_set_fraction (self->progress_bar, torg_job_get_fraction (self->job));
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  TorgImportResult *done = torg_import_run_finish (TORG_REPLICA (source), result, &error);

  g_clear_pointer (&self->done, torg_import_result_free);
  self->done = done;
  if (self->session == NULL)
    return;
  g_clear_object (&self->job);
  if (error != NULL)
    {
      show_trouble (self, error);
      return;
    }
  g_set_str (&self->import_id, done->import_id);
  remove_rows (self, self->done_group);
  remove_rows (self, self->failures_group);
  add_count_row (self, _ ("Records created"), done->created);
  add_count_row (self, _ ("Updated"), done->updated);
  add_count_row (self, _ ("Left out: known already"), done->skipped);
  add_count_row (self, _ ("Could not be imported"), done->failed);
  if (done->made > 0)
    add_count_row (self, _ ("Made, since rows refer to them"), done->made);
  add_failures (self, self->failures_group, done);
  gtk_widget_set_visible (GTK_WIDGET (self->failures_group), done->failures->len > 0);
  gtk_widget_set_visible (self->save_button, done->failures->len > 0);
  gtk_widget_set_sensitive (self->undo_button, done->created + done->updated > 0);
  gtk_stack_set_visible_child_name (self->pages, "done");
  gtk_widget_grab_focus (self->done_button);
}

static void
import_cb (TorgImportDialog *self)
{
  g_autofree char *title = g_strdup_printf (_ ("Importing “%s”…"), self->name);

  g_clear_pointer (&self->carried_out, torg_import_plan_unref);
  self->carried_out = torg_import_plan_copy (self->plan);
  g_clear_object (&self->job);
  self->job = torg_job_new (title);
  g_signal_connect_object (self->job, "notify::fraction", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  torg_session_add_job (self->session, self->job);
  gtk_label_set_label (self->busy_label, title);
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_stack_set_visible_child_name (self->pages, "busy");
  torg_import_run_async (torg_session_get_replica (self->session), self->carried_out, self->job, imported_cb,
                         g_object_ref (self));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *text =
    g_strdup_printf (_ ("The rows are saved in “%s”. Put them right there and import them."), name);

  if (self->session == NULL)
    return;
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    torg_session_fail (self->session, error);
  else
    {
      adw_preferences_group_set_description (self->failures_group, text);
      gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
    }
}

static void
save_chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgTable) rows = NULL;
  g_autoptr (GBytes) csv = NULL;

  if (file == NULL || self->session == NULL)
    return;
  rows = torg_import_result_list_failed (self->done, self->carried_out, &error);
  if (rows == NULL)
    {
      torg_session_fail (self->session, error);
      return;
    }
  csv = torg_csv_write (rows, ';', TORG_CSV_BOM);
  g_file_replace_contents_bytes_async (file, csv, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, saved_cb,
                                       g_object_ref (self));
}

static void
save_cb (TorgImportDialog *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Save the Rows That Were Not Imported"));
  gtk_file_dialog_set_initial_name (dialog, _ ("Not imported.csv"));
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, save_chosen_cb,
                        g_object_ref (self));
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgImportDialog) self = data;
  g_autoptr (GError) error = NULL;
  guint n_left = 0;

  if (!torg_import_undo_finish (TORG_REPLICA (source), result, &n_left, &error))
    {
      if (self->session != NULL)
        torg_session_fail (self->session, error);
    }
  else if (self->session != NULL)
    {
      g_autofree char *text = NULL;

      if (n_left > 0)
        text =
          g_strdup_printf (ngettext ("The import is undone; %u record that changed since was left alone",
                                     "The import is undone; %u records that changed since were left alone", n_left),
                           n_left);
      torg_session_say (self->session, text != NULL ? text : _ ("The import is undone"), 0);
    }
  adw_dialog_close (ADW_DIALOG (self));
}

static void
undo_cb (TorgImportDialog *self)
{
  gtk_widget_set_sensitive (self->undo_button, FALSE);
  torg_import_undo_async (torg_session_get_replica (self->session), self->import_id, undone_cb, g_object_ref (self));
}

/* --- the object ------------------------------------------------------------------------------------------------- */

static void
torg_import_dialog_closed (AdwDialog *dialog)
{
  TorgImportDialog *self = TORG_IMPORT_DIALOG (dialog);

  /* A try ends with its dialog; an import goes on, and is shown among the jobs. */
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->looking);
  g_cancellable_cancel (self->recalling);
  g_clear_handle_id (&self->try_source, g_source_remove);
  if (self->job != NULL && !g_str_equal (gtk_stack_get_visible_child_name (self->pages), "busy"))
    torg_job_cancel (self->job);
}

static void
torg_import_dialog_dispose (GObject *object)
{
  TorgImportDialog *self = TORG_IMPORT_DIALOG (object);

  g_clear_handle_id (&self->try_source, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->looking);
  g_clear_object (&self->recalling);
  g_clear_object (&self->job);
  g_clear_object (&self->session);
  g_clear_pointer (&self->file, torg_import_file_free);
  g_clear_pointer (&self->plan, torg_import_plan_unref);
  g_clear_pointer (&self->targets, g_strfreev);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->import_id, g_free);
  g_clear_pointer (&self->carried_out, torg_import_plan_unref);
  g_clear_pointer (&self->done, torg_import_result_free);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_IMPORT_DIALOG);
  G_OBJECT_CLASS (torg_import_dialog_parent_class)->dispose (object);
}

static void
torg_import_dialog_class_init (TorgImportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_import_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = torg_import_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/import/torg-import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, pages);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, choose_button);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, trouble_label);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, busy_label);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, type_row);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, sheet_row);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, header_row);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, recalled_row);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, duplicates_row);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, columns_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, dates_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, values_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, preview_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, near_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, troubles_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, try_spinner);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, summary_label);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, import_button);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, done_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, failures_group);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TorgImportDialog, done_button);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, paste_cb);
  gtk_widget_class_bind_template_callback (widget_class, bitrix_cb);
  gtk_widget_class_bind_template_callback (widget_class, header_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, forget_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, type_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sheet_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, duplicates_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, paste_key_cb, NULL);
}

static void
torg_import_dialog_init (TorgImportDialog *self)
{
  GtkDropTarget *target;

  self->rows = g_ptr_array_new ();
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->preview = TORG_IMPORT_PREVIEW_GRID (torg_import_preview_grid_new ());
  adw_preferences_group_add (self->preview_group, GTK_WIDGET (self->preview));
  self->filling = FALSE;
  target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->pages), GTK_EVENT_CONTROLLER (target));
}

/**
 * torg_import_dialog_new:
 * @session: what a pane works with
 * @file: (nullable): a file that was chosen already
 *
 * Makes the dialog.
 *
 * Returns: a new dialog
 */
AdwDialog *
torg_import_dialog_new (TorgSession *session, GFile *file)
{
  TorgImportDialog *self = g_object_new (TORG_TYPE_IMPORT_DIALOG, NULL);
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  self->session = g_object_ref (session);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    gtk_string_list_append (
      labels, torg_type_get_label_plural (torg_schema_find (torg_session_get_schema (session), types[i])));
  self->filling = TRUE;
  adw_combo_row_set_model (self->type_row, G_LIST_MODEL (labels));
  self->filling = FALSE;
  if (file != NULL)
    take_file (self, file);
  return ADW_DIALOG (self);
}
