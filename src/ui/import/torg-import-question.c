/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-import-question.h"

#include <glib/gi18n-lib.h>

/* What the file does not say by itself: which way round its dates are, and whether a name is one that is known. */
struct _TorgImportQuestion
{
  AdwComboRow parent_instance;

  TorgImportPlan *plan;   /* (owned): the one that the user changes */
  TorgImportNear *near;   /* (owned) (nullable): of a name */
  guint           column; /* of dates */
};

G_DEFINE_FINAL_TYPE (TorgImportQuestion, torg_import_question, ADW_TYPE_COMBO_ROW)

enum
{
  SIGNAL_ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The answers, in their order. */
enum
{
  DATES_UNKNOWN,
  DATES_DAY_FIRST,
  DATES_MONTH_FIRST,
};

enum
{
  NEAR_SAME,
  NEAR_NEW,
};

static void
answer_near (TorgImportQuestion *self, guint selected)
{
  for (guint i = 0; i < torg_import_plan_get_n_columns (self->plan); i++)
    {
      const TorgField *field =
        torg_import_plan_find_field (self->plan, torg_import_plan_get_column (self->plan, i)->target, NULL);

      if (field != NULL && g_strcmp0 (field->target, self->near->target) == 0)
        torg_import_plan_set_value (self->plan, i, self->near->text,
                                    selected == NEAR_SAME ? self->near->id : TORG_IMPORT_NEW);
    }
}

static void
selected_cb (TorgImportQuestion *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));

  if (self->near != NULL)
    answer_near (self, selected);
  else if (selected == DATES_DAY_FIRST || selected == DATES_MONTH_FIRST)
    torg_import_plan_set_date_order (self->plan, self->column,
                                     selected == DATES_DAY_FIRST ? TORG_DATE_ORDER_DMY : TORG_DATE_ORDER_MDY);
  else
    return;
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0);
}

static void
torg_import_question_finalize (GObject *object)
{
  TorgImportQuestion *self = TORG_IMPORT_QUESTION (object);

  torg_import_plan_unref (self->plan);
  g_clear_pointer (&self->near, torg_import_near_free);
  G_OBJECT_CLASS (torg_import_question_parent_class)->finalize (object);
}

static void
torg_import_question_class_init (TorgImportQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_import_question_finalize;

  signals[SIGNAL_ANSWERED] =
    g_signal_new ("answered", TORG_TYPE_IMPORT_QUESTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_import_question_init (TorgImportQuestion *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

static TorgImportQuestion *
new_question (TorgImportPlan *plan, const char *title, const char *subtitle)
{
  TorgImportQuestion *self = g_object_new (TORG_TYPE_IMPORT_QUESTION, NULL);

  self->plan = torg_import_plan_ref (plan);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  return self;
}

static GtkWidget *
begin (TorgImportQuestion *self, GtkStringList *answers, guint selected)
{
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (answers));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), selected);
  g_signal_connect (self, "notify::selected", G_CALLBACK (selected_cb), NULL);
  return GTK_WIDGET (self);
}

/* “3 April 2026”; words where the text is no date that way. */
static void
add_order (GtkStringList *answers, const char *label, const char *sample, TorgDateOrder order)
{
  TorgDateParts    parts;
  g_autofree char *day = NULL;

  if (sample != NULL && torg_date_parse_parts (sample, order, &parts, NULL))
    {
      g_autoptr (GDateTime) date = g_date_time_new_utc (parts.year, parts.month, parts.day, 0, 0, 0);

      /* Translators: a date, as “3 April 2026” */
      day = date != NULL ? g_date_time_format (date, _ ("%-e %B %Y")) : NULL;
    }
  gtk_string_list_append (answers, day != NULL ? day : label);
}

/**
 * torg_import_question_new_dates:
 * @plan: the plan that the user changes
 * @column: a column whose dates could be read either way
 *
 * Asks which way round they are. Emits `answered` when the plan knows.
 *
 * Returns: a new row
 */
GtkWidget *
torg_import_question_new_dates (TorgImportPlan *plan, guint column)
{
  TorgImportColumn   *planned = torg_import_plan_get_column (plan, column);
  const char         *sample = torg_import_plan_get_sample (plan, column);
  TorgImportQuestion *self = new_question (plan, planned->header, sample != NULL ? sample : "");
  g_autoptr (GtkStringList) answers = gtk_string_list_new (NULL);

  self->column = column;
  gtk_string_list_append (answers, _ ("Choose…"));
  add_order (answers, _ ("Day first"), sample, TORG_DATE_ORDER_DMY);
  add_order (answers, _ ("Month first"), sample, TORG_DATE_ORDER_MDY);
  return begin (self, answers,
                !planned->told                                     ? DATES_UNKNOWN
                : planned->hints.date_order == TORG_DATE_ORDER_MDY ? DATES_MONTH_FIRST
                                                                   : DATES_DAY_FIRST);
}

/**
 * torg_import_question_new_near:
 * @plan: the plan that the user changes
 * @near: a name that is nearly one that is known
 *
 * Asks whether it is the same. Emits `answered` when the plan knows.
 *
 * Returns: a new row
 */
GtkWidget *
torg_import_question_new_near (TorgImportPlan *plan, const TorgImportNear *near)
{
  TorgImportQuestion *self = new_question (plan, near->text, near->sentence);
  g_autoptr (GtkStringList) answers = gtk_string_list_new (NULL);

  self->near = torg_import_near_copy (near);
  /* Translators: a text of a file means the record that is called so */
  gtk_string_list_take (answers, g_strdup_printf (_ ("It is “%s”"), near->title));
  gtk_string_list_append (answers, _ ("It is another one"));
  return begin (self, answers, near->taken ? NEAR_SAME : NEAR_NEW);
}
