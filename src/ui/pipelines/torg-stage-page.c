/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-stage-page.h"
#include "torg-choose-dialog.h"
#include "torg-set-row.h"
#include "torg-stage-removal.h"
#include "torg-value-text.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgStagePage
{
  AdwNavigationPage parent_instance;

  AdwEntryRow          *name;
  AdwComboRow          *kind;
  GtkColorDialogButton *color;
  AdwEntryRow          *probability;
  AdwEntryRow          *rot_days;
  TorgSetRow           *required;
  TorgSetRow           *next;
  TorgSetRow           *movers;
  TorgSetRow           *approvers;

  TorgSession *session; /* (owned) */
  char        *id;      /* (owned) */
  TorgRecord  *shown;   /* (owned) (nullable): the stage as it was shown last */
  gboolean     filling;
};

G_DEFINE_FINAL_TYPE (TorgStagePage, torg_stage_page, ADW_TYPE_NAVIGATION_PAGE)

static const TorgField *
get_field (TorgStagePage *self, const char *name)
{
  return torg_type_find_field (torg_schema_find (torg_session_get_schema (self->session), "stage"), name);
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

static gboolean
is_other (TorgStagePage *self, TorgRecord *stage, const char *field)
{
  return self->shown == NULL ||
         !torg_value_equal (torg_record_get (self->shown, field), torg_record_get (stage, field));
}

/* What the user types is left alone while nobody has changed the field. */
static void
show_text (TorgStagePage *self, TorgRecord *stage, const char *field, AdwEntryRow *row)
{
  g_autofree char *text = torg_value_text_edit (get_field (self, field), torg_record_get (stage, field));

  if (is_other (self, stage, field) && g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (row)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

static void
show_kind (TorgStagePage *self, TorgRecord *stage)
{
  const TorgField *field = get_field (self, "kind");

  for (guint i = 0; field->choices[i].key != NULL; i++)
    if (g_strcmp0 (field->choices[i].key, torg_record_get_text (stage, "kind")) == 0)
      adw_combo_row_set_selected (self->kind, i);
}

static void
show_color (TorgStagePage *self, TorgRecord *stage)
{
  const char *text = torg_record_get_text (stage, "color");
  GdkRGBA     color = { 0.6f, 0.6f, 0.6f, 1 };

  if (text != NULL)
    gdk_rgba_parse (&color, text);
  if (is_other (self, stage, "color"))
    gtk_color_dialog_button_set_rgba (self->color, &color);
}

/* The fields of the cards that people fill in. */
static void
show_required (TorgStagePage *self, TorgRecord *stage)
{
  TorgRecord *pipeline =
    torg_lookup_get (torg_session_get_lookup (self->session), torg_record_get_text (stage, "pipeline"));
  gboolean        leads = pipeline != NULL && g_strcmp0 (torg_record_get_text (pipeline, "kind"), "leads") == 0;
  const TorgType *type = torg_schema_find (torg_session_get_schema (self->session), leads ? "lead" : "deal");
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  for (guint i = 0; i < type->n_fields; i++)
    {
      static const char *const own[] = { "pipeline",         "stage",  "created", "postponed",
                                         "postponed_reason", "closed", "rank",    NULL };
      const TorgField         *field = &type->fields[i];

      if ((field->flags & (TORG_FIELD_HIDDEN | TORG_FIELD_REQUIRED)) != 0 || field->merge == TORG_MERGE_DERIVED ||
          field->kind == TORG_KIND_FILE || field->kind == TORG_KIND_MOMENT || g_strv_contains (own, field->name) ||
          (field->kind == TORG_KIND_SET && field->target == NULL))
        continue;
      g_ptr_array_add (keys, (gpointer) field->name);
      g_ptr_array_add (titles, (gpointer) torg_field_get_label (field));
    }
  torg_set_row_set_choices (self->required, keys, titles, _ ("None"), torg_record_get (stage, "required"));
}

static void
show_records (TorgStagePage *self,
              TorgRecord    *stage,
              GPtrArray     *records,
              const char    *field,
              TorgSetRow    *row,
              const char    *none)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      if (g_str_equal (torg_record_get_id (records->pdata[i]), self->id))
        continue;
      g_ptr_array_add (keys, (gpointer) torg_record_get_id (records->pdata[i]));
      g_ptr_array_add (titles, torg_words_title (records->pdata[i]));
    }
  gtk_widget_set_visible (GTK_WIDGET (row), keys->len > 0);
  torg_set_row_set_choices (row, keys, titles, none, torg_record_get (stage, field));
}

static void
show (TorgStagePage *self)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);
  TorgRecord *stage = torg_lookup_get (lookup, self->id);
  g_autoptr (GPtrArray) stages = NULL;
  g_autofree char *title = NULL;

  /* It was removed, here or elsewhere. */
  if (stage == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
      return;
    }
  self->filling = TRUE;
  title = torg_words_title (stage);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  show_text (self, stage, "name", self->name);
  show_text (self, stage, "probability", self->probability);
  show_text (self, stage, "rot_days", self->rot_days);
  show_kind (self, stage);
  show_color (self, stage);
  show_required (self, stage);
  stages = torg_lookup_list_stages (lookup, torg_record_get_text (stage, "pipeline"));
  show_records (self, stage, stages, "next", self->next, _ ("Any stage"));
  show_records (self, stage, torg_lookup_list (lookup, "role"), "movers", self->movers, _ ("Everybody"));
  show_records (self, stage, torg_lookup_list (lookup, "role"), "approvers", self->approvers, _ ("Nobody’s"));
  g_clear_pointer (&self->shown, torg_record_unref);
  self->shown = torg_record_ref (stage);
  self->filling = FALSE;
}

/* --- editing ------------------------------------------------------------------------------------------------------ */

static void
save (TorgStagePage *self, const char *field, TorgValue value)
{
  g_auto (TorgValue) taken = value;
  g_autofree char *label = g_strdup_printf (_ ("“%s” changed"), torg_field_get_label (get_field (self, field)));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (self->filling || self->shown == NULL || torg_value_equal (torg_record_get (self->shown, field), &taken))
    return;
  torg_edit_set (edit, "stage", self->id, field, &taken);
  torg_session_apply (self->session, edit);
}

static void
save_text (TorgStagePage *self, const char *field, AdwEntryRow *row)
{
  g_autoptr (GError) error = NULL;
  TorgValue value = TORG_VALUE_INIT;

  if (!torg_value_text_parse (self->session, get_field (self, field), gtk_editable_get_text (GTK_EDITABLE (row)),
                              &value, &error))
    torg_session_say (self->session, error->message, 0);
  else
    save (self, field, value);
}

static void
name_cb (TorgStagePage *self)
{
  save_text (self, "name", self->name);
}

static void
probability_cb (TorgStagePage *self)
{
  save_text (self, "probability", self->probability);
}

static void
rot_days_cb (TorgStagePage *self)
{
  save_text (self, "rot_days", self->rot_days);
}

static void
kind_cb (TorgStagePage *self)
{
  guint selected = adw_combo_row_get_selected (self->kind);

  if (self->session != NULL && selected != GTK_INVALID_LIST_POSITION)
    save (self, "kind", torg_value_text (get_field (self, "kind")->choices[selected].key));
}

static void
color_cb (TorgStagePage *self)
{
  const GdkRGBA   *color = gtk_color_dialog_button_get_rgba (self->color);
  g_autofree char *text = NULL;

  if (self->session == NULL || self->filling)
    return;
  text = g_strdup_printf ("#%02x%02x%02x", (guint) (color->red * 255 + 0.5f), (guint) (color->green * 255 + 0.5f),
                          (guint) (color->blue * 255 + 0.5f));
  save (self, "color", torg_value_text (text));
}

static void
required_cb (TorgStagePage *self)
{
  save (self, "required", torg_set_row_dup_value (self->required));
}

static void
next_cb (TorgStagePage *self)
{
  save (self, "next", torg_set_row_dup_value (self->next));
}

static void
movers_cb (TorgStagePage *self)
{
  save (self, "movers", torg_set_row_dup_value (self->movers));
}

static void
approvers_cb (TorgStagePage *self)
{
  save (self, "approvers", torg_set_row_dup_value (self->approvers));
}

/* --- removing ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgSession *session; /* (owned) */
  TorgJob     *job;     /* (owned) */
  char        *title;   /* (owned) */
} Removal;

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgStageRemoval) done = torg_stage_removal_run_finish (result, &error);
  g_autofree char *text = NULL;

  torg_job_finish (removal->job);
  if (done == NULL)
    torg_session_fail (removal->session, error);
  else
    {
      text = torg_stage_removal_is_ended (done)
               ? g_strdup_printf (_ ("Stage “%s” removed"), removal->title)
               : g_strdup_printf (_ ("Removing “%s” was stopped: a part of its cards was moved"), removal->title);
      torg_session_say (removal->session, text, torg_stage_removal_get_undo (done));
    }
  g_object_unref (removal->session);
  g_object_unref (removal->job);
  g_free (removal->title);
  g_free (removal);
}

static void
successor_chosen_cb (TorgStagePage *self, const char *id)
{
  Removal         *removal;
  g_autofree char *title = NULL;

  if (id == NULL || *id == '\0' || self->session == NULL)
    return;
  removal = g_new0 (Removal, 1);
  removal->session = g_object_ref (self->session);
  removal->title = g_strdup (adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));
  /* Translators: a job that is under way; %s is a stage */
  title = g_strdup_printf (_ ("Removing the stage “%s”"), removal->title);
  removal->job = torg_job_new (title);
  torg_session_add_job (self->session, removal->job);
  torg_stage_removal_run_async (torg_session_get_replica (self->session), self->id, id, removal->job, removed_cb,
                                removal);
}

/* Where its cards can go: to open stages, and to those of the same kind. */
static void
remove_cb (TorgStagePage *self)
{
  g_autoptr (GPtrArray) stages = NULL;
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  AdwDialog *dialog;

  if (self->shown == NULL)
    return;
  stages =
    torg_lookup_list_stages (torg_session_get_lookup (self->session), torg_record_get_text (self->shown, "pipeline"));
  for (guint i = 0; i < stages->len; i++)
    {
      const char *kind = torg_record_get_text (stages->pdata[i], "kind");

      if (!g_str_equal (torg_record_get_id (stages->pdata[i]), self->id) &&
          (g_strcmp0 (kind, "open") == 0 || g_strcmp0 (kind, torg_record_get_text (self->shown, "kind")) == 0))
        g_ptr_array_add (others, torg_record_ref (stages->pdata[i]));
    }
  if (others->len == 0)
    {
      torg_session_say (self->session, _ ("There is no other stage that could take its cards. Add one first."), 0);
      return;
    }
  dialog = torg_choose_dialog_new (self->session, _ ("Move the Cards To"));
  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), others);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (successor_chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_stage_page_dispose (GObject *object)
{
  TorgStagePage *self = TORG_STAGE_PAGE (object);

  self->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_STAGE_PAGE);
  g_clear_object (&self->session);
  g_clear_pointer (&self->shown, torg_record_unref);
  G_OBJECT_CLASS (torg_stage_page_parent_class)->dispose (object);
}

static void
torg_stage_page_finalize (GObject *object)
{
  g_free (TORG_STAGE_PAGE (object)->id);
  G_OBJECT_CLASS (torg_stage_page_parent_class)->finalize (object);
}

static void
torg_stage_page_class_init (TorgStagePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_stage_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_stage_page_finalize;
  g_type_ensure (TORG_TYPE_SET_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/pipelines/torg-stage-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, name);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, kind);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, color);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, probability);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, rot_days);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, required);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, next);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, movers);
  gtk_widget_class_bind_template_child (widget_class, TorgStagePage, approvers);
  gtk_widget_class_bind_template_callback (widget_class, name_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, color_cb);
  gtk_widget_class_bind_template_callback (widget_class, probability_cb);
  gtk_widget_class_bind_template_callback (widget_class, rot_days_cb);
  gtk_widget_class_bind_template_callback (widget_class, required_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, movers_cb);
  gtk_widget_class_bind_template_callback (widget_class, approvers_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
torg_stage_page_init (TorgStagePage *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_stage_page_new:
 * @session: the session
 * @id: the id of a stage
 *
 * Makes the page of a stage.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_stage_page_new (TorgSession *session, const char *id)
{
  TorgStagePage *self = g_object_new (TORG_TYPE_STAGE_PAGE, NULL);
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);
  const TorgField *field;

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  field = get_field (self, "kind");
  for (guint i = 0; field->choices[i].key != NULL; i++)
    gtk_string_list_append (kinds, torg_field_get_choice_label (field, field->choices[i].key));
  adw_combo_row_set_model (self->kind, G_LIST_MODEL (kinds));
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return ADW_NAVIGATION_PAGE (self);
}
