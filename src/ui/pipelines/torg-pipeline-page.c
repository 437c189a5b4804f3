/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-pipeline-page.h"
#include "torg-number.h"
#include "torg-order.h"
#include "torg-set-row.h"
#include "torg-stage-page.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgPipelinePage
{
  AdwNavigationPage parent_instance;

  AdwEntryRow *name;
  AdwComboRow *next_step;
  TorgSetRow  *departments;
  GtkWidget   *leads_group;
  AdwComboRow *distribution;
  TorgSetRow  *receivers;
  GtkListBox  *list;
  AdwEntryRow *entry;

  TorgSession *session; /* (owned) */
  char        *id;      /* (owned) */
};

G_DEFINE_FINAL_TYPE (TorgPipelinePage, torg_pipeline_page, ADW_TYPE_NAVIGATION_PAGE)

/* “In work · 40 % · by rules” */
static char *
describe (TorgRecord *stage)
{
  static const char *const rules[] = { "required", "next", "movers", "approvers" };
  const TorgField         *kind = torg_type_find_field (torg_record_get_kind (stage), "kind");
  const char              *label = torg_field_get_choice_label (kind, torg_record_get_text (stage, "kind"));
  GString                 *text = g_string_new (label);
  const TorgValue         *probability = torg_record_get (stage, "probability");
  gboolean                 any = FALSE;

  if (!torg_value_is_null (probability))
    {
      g_autofree char *number = torg_number_format (probability->number, TORG_NUMBER_STYLE_LOCALE);

      g_string_append_printf (text, " · %s %%", number);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    any |= !torg_value_is_null (torg_record_get (stage, rules[i]));
  if (any)
    g_string_append_printf (text, " · %s", _ ("by rules"));
  return g_string_free_and_steal (text);
}

static void
add_row (TorgPipelinePage *self, TorgRecord *stage, const char *focused)
{
  g_autofree char *title = torg_words_title (stage);
  g_autofree char *subtitle = describe (stage);
  GtkWidget       *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  torg_order_add_row (self->session, self->list, row, stage);
  if (g_strcmp0 (focused, torg_record_get_id (stage)) == 0)
    gtk_widget_grab_focus (row);
}

static void
show_departments (TorgPipelinePage *self, TorgRecord *pipeline)
{
  GPtrArray *all = torg_lookup_list (torg_session_get_lookup (self->session), "department");
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      g_ptr_array_add (keys, (gpointer) torg_record_get_id (all->pdata[i]));
      g_ptr_array_add (titles, torg_words_title (all->pdata[i]));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->departments), keys->len > 0);
  torg_set_row_set_choices (self->departments, keys, titles, _ ("On the boards of all"),
                            torg_record_get (pipeline, "departments"));
}

static const TorgChoice *
get_choices (TorgPipelinePage *self, const char *field)
{
  const TorgType *type = torg_schema_find (torg_session_get_schema (self->session), "pipeline");

  return torg_type_find_field (type, field)->choices;
}

/* @usual: what it is without a value */
static void
show_choice (TorgPipelinePage *self, AdwComboRow *row, TorgRecord *pipeline, const char *field, const char *usual)
{
  const TorgChoice *choices = get_choices (self, field);
  const char       *rule = torg_record_get_text (pipeline, field);
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; choices[i].key != NULL; i++)
    {
      gtk_string_list_append (labels, _ (choices[i].label));
      if (g_strcmp0 (choices[i].key, rule != NULL ? rule : usual) == 0)
        selected = i;
    }
  g_signal_handlers_block_matched (row, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
  adw_combo_row_set_model (row, G_LIST_MODEL (labels));
  adw_combo_row_set_selected (row, selected);
  g_signal_handlers_unblock_matched (row, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
}

/* Those of leads are given to people by the server. */
static void
show_distribution (TorgPipelinePage *self, TorgRecord *pipeline)
{
  g_autoptr (GPtrArray) all = torg_lookup_list_colleagues (torg_session_get_lookup (self->session));
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  const char *way = torg_record_get_text (pipeline, "distribution");

  gtk_widget_set_visible (self->leads_group, g_strcmp0 (torg_record_get_text (pipeline, "kind"), "leads") == 0);
  for (guint i = 0; i < all->len; i++)
    {
      g_ptr_array_add (keys, (gpointer) torg_record_get_id (all->pdata[i]));
      g_ptr_array_add (titles, torg_words_title (all->pdata[i]));
    }
  show_choice (self, self->distribution, pipeline, "distribution", "manual");
  gtk_widget_set_visible (GTK_WIDGET (self->receivers), way != NULL && !g_str_equal (way, "manual"));
  torg_set_row_set_choices (self->receivers, keys, titles, _ ("Nobody"), torg_record_get (pipeline, "receivers"));
}

static void
show (TorgPipelinePage *self)
{
  TorgLookup      *lookup = torg_session_get_lookup (self->session);
  TorgRecord      *pipeline = torg_lookup_get (lookup, self->id);
  GtkWidget       *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list));
  TorgRecord      *record = focus != NULL ? g_object_get_data (G_OBJECT (focus), "torg-record") : NULL;
  g_autofree char *focused = record != NULL ? g_strdup (torg_record_get_id (record)) : NULL;
  g_autoptr (GPtrArray) stages = NULL;
  g_autofree char *title = NULL;

  /* It was removed, here or elsewhere. */
  if (pipeline == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
      return;
    }
  title = torg_words_title (pipeline);
  if (g_strcmp0 (adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)), title) != 0)
    {
      adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
      if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->name)), title))
        gtk_editable_set_text (GTK_EDITABLE (self->name), title);
    }
  show_choice (self, self->next_step, pipeline, "next_step", "may");
  show_distribution (self, pipeline);
  show_departments (self, pipeline);
  stages = torg_lookup_list_stages (lookup, self->id);
  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < stages->len; i++)
    add_row (self, stages->pdata[i], focused);
}

static void
rename_cb (TorgPipelinePage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Pipeline renamed"));

  if (*name == '\0')
    return;
  torg_edit_take (edit, "pipeline", self->id, "name", torg_value_text (name));
  torg_session_apply (self->session, edit);
}

static void
next_step_cb (TorgPipelinePage *self)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Next step of the pipeline changed"));
  guint selected = adw_combo_row_get_selected (self->next_step);

  if (self->session == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;
  torg_edit_take (edit, "pipeline", self->id, "next_step",
                  torg_value_text (get_choices (self, "next_step")[selected].key));
  torg_session_apply (self->session, edit);
}

static void
departments_cb (TorgPipelinePage *self)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Departments of the pipeline changed"));

  torg_edit_take (edit, "pipeline", self->id, "departments", torg_set_row_dup_value (self->departments));
  torg_session_apply (self->session, edit);
}

static void
distribution_cb (TorgPipelinePage *self)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Distribution of leads changed"));
  guint selected = adw_combo_row_get_selected (self->distribution);

  if (self->session == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;
  torg_edit_take (edit, "pipeline", self->id, "distribution",
                  torg_value_text (get_choices (self, "distribution")[selected].key));
  torg_session_apply (self->session, edit);
}

static void
receivers_cb (TorgPipelinePage *self)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Distribution of leads changed"));

  torg_edit_take (edit, "pipeline", self->id, "receivers", torg_set_row_dup_value (self->receivers));
  torg_session_apply (self->session, edit);
}

static void
row_activated_cb (TorgPipelinePage *self, GtkListBoxRow *row)
{
  TorgRecord *record = g_object_get_data (G_OBJECT (row), "torg-record");
  GtkWidget  *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (record != NULL && view != NULL)
    adw_navigation_view_push (ADW_NAVIGATION_VIEW (view),
                              torg_stage_page_new (self->session, torg_record_get_id (record)));
}

/* A new stage comes after the open ones, before those for what is closed. */
static gint64
find_position (TorgPipelinePage *self, TorgEdit *edit)
{
  g_autoptr (GPtrArray) stages = torg_lookup_list_stages (torg_session_get_lookup (self->session), self->id);
  guint place = 0;

  for (guint i = 0; i < stages->len; i++)
    if (g_strcmp0 (torg_record_get_text (stages->pdata[i], "kind"), "open") == 0)
      place = i + 1;
  for (guint i = 0; i < stages->len; i++)
    {
      gint64 position = (gint64) (i < place ? i + 1 : i + 2) * TORG_NUMBER_SCALE;

      if (torg_record_get_number (stages->pdata[i], "position") != position)
        torg_edit_take (edit, "stage", torg_record_get_id (stages->pdata[i]), "position", torg_value_int (position));
    }
  return (gint64) (place + 1) * TORG_NUMBER_SCALE;
}

static void
add_cb (TorgPipelinePage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autofree char *id = torg_session_make_id (self->session);
  g_autofree char *label = g_strdup_printf (_ ("“%s” added"), name);
  TorgSchema      *schema = torg_session_get_schema (self->session);
  g_autoptr (TorgRecord) stage = torg_record_new (schema, torg_schema_find (schema, "stage"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (*name == '\0')
    return;
  torg_record_set_text (stage, "name", name);
  torg_record_set_text (stage, "pipeline", self->id);
  torg_record_set_text (stage, "kind", "open");
  torg_record_take (stage, "position", torg_value_int (find_position (self, edit)));
  torg_edit_create (edit, stage);
  torg_session_apply (self->session, edit);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

/* --- removing ----------------------------------------------------------------------------------------------------- */

static gpointer
count_cards (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  static const char *const types[] = { "deal", "lead" };
  gint64                   all = 0;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new (types[i]);
      gint64 n;

      torg_query_add_text (query, "pipeline", TORG_MATCH_IS, data);
      if (!torg_store_count (store, query, cancellable, &n, error))
        return NULL;
      all += n;
    }
  return g_memdup2 (&all, sizeof all);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgPipelinePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *n = torg_replica_call_finish (TORG_REPLICA (source), result, &error);
  g_autofree char   *label = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (self->session == NULL)
    return;
  if (n == NULL)
    torg_session_fail (self->session, error);
  else if (*n > 0)
    torg_session_say (self->session, _ ("There are cards in this pipeline. Move them to another one first."), 0);
  else
    {
      label = g_strdup_printf (_ ("“%s” deleted"), adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));
      edit = torg_edit_new (label);
      torg_edit_delete (edit, "pipeline", self->id);
      torg_session_apply (self->session, edit);
    }
}

static void
remove_cb (TorgPipelinePage *self)
{
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, count_cards, g_strdup (self->id),
                           g_free, g_free, NULL, counted_cb, g_object_ref (self));
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_pipeline_page_dispose (GObject *object)
{
  TorgPipelinePage *self = TORG_PIPELINE_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_PIPELINE_PAGE);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_pipeline_page_parent_class)->dispose (object);
}

static void
torg_pipeline_page_finalize (GObject *object)
{
  g_free (TORG_PIPELINE_PAGE (object)->id);
  G_OBJECT_CLASS (torg_pipeline_page_parent_class)->finalize (object);
}

static void
torg_pipeline_page_class_init (TorgPipelinePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_pipeline_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_pipeline_page_finalize;
  g_type_ensure (TORG_TYPE_SET_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/pipelines/torg-pipeline-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, name);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, departments);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, next_step);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, leads_group);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, distribution);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, receivers);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, list);
  gtk_widget_class_bind_template_child (widget_class, TorgPipelinePage, entry);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
  gtk_widget_class_bind_template_callback (widget_class, departments_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_step_cb);
  gtk_widget_class_bind_template_callback (widget_class, distribution_cb);
  gtk_widget_class_bind_template_callback (widget_class, receivers_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
torg_pipeline_page_init (TorgPipelinePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_pipeline_page_new:
 * @session: the session
 * @id: the id of a pipeline
 *
 * Makes the page of a pipeline.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_pipeline_page_new (TorgSession *session, const char *id)
{
  TorgPipelinePage *self = g_object_new (TORG_TYPE_PIPELINE_PAGE, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return ADW_NAVIGATION_PAGE (self);
}
