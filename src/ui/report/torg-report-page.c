/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-report-page.h"
#include "torg-bar-chart.h"
#include "torg-figure-page.h"
#include "torg-money.h"
#include "torg-own-right.h"
#include "torg-period.h"
#include "torg-plan-dialog.h"
#include "torg-plan.h"
#include "torg-report.h"
#include "torg-state-button.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TorgReportPage
{
  AdwNavigationPage parent_instance;

  AdwToggleGroup  *kinds;
  GtkWidget       *plan_button;
  TorgStateButton *state_button;
  GtkDropDown     *period;
  GtkDropDown     *pipeline;
  GtkDropDown     *department;
  GtkDropDown     *employee;
  GtkBox          *filters;
  GtkStack        *stack;
  AdwStatusPage   *empty;
  GtkLabel        *heading;
  GtkLabel        *legend;
  TorgBarChart    *chart;
  GtkGrid         *table;

  TorgSession  *session;     /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): while it counts */
  GPtrArray    *pipelines;   /* (owned) ids */
  GPtrArray    *departments; /* (owned) ids; the first one is NULL: all */
  GPtrArray    *employees;   /* (owned) ids; the first one is NULL: all */
  GPtrArray    *rows;        /* (owned) (nullable) (element-type TorgReportRow) */
  char         *currency;    /* (owned) (nullable): the one of the picture */
  gboolean      filling;     /* the choices are being set */
};

G_DEFINE_FINAL_TYPE (TorgReportPage, torg_report_page, ADW_TYPE_NAVIGATION_PAGE)

typedef enum
{
  CELL_FIGURE,
  CELL_SUM,
  CELL_PLAN,
  CELL_DONE,  /* of the plan, in % */
  CELL_STEP,  /* of those in the stage before, in % */
  CELL_SHARE, /* of those in the first stage, in % */
} CellKind;

typedef struct
{
  const char      *title;
  CellKind         kind;
  TorgReportFigure figure;
} Column;

static const Column funnel_columns[] = {
  { N_ ("Reached"), CELL_FIGURE, TORG_FIGURE_REACHED }, { N_ ("Of those before"), CELL_STEP, TORG_FIGURE_REACHED },
  { N_ ("Of all"), CELL_SHARE, TORG_FIGURE_REACHED },   { N_ ("Amount"), CELL_SUM, TORG_FIGURE_REACHED },
  { N_ ("Lost here"), CELL_FIGURE, TORG_FIGURE_LOST },  { NULL, CELL_SUM, TORG_N_FIGURES },
};

static const Column won_columns[] = {
  { N_ ("Deals won"), CELL_FIGURE, TORG_FIGURE_WON },
  { N_ ("Amount"), CELL_SUM, TORG_FIGURE_WON },
  { N_ ("Plan"), CELL_PLAN, TORG_FIGURE_WON },
  { N_ ("Of the plan"), CELL_DONE, TORG_FIGURE_WON },
  { NULL, CELL_SUM, TORG_N_FIGURES },
};

static const Column staff_columns[] = {
  { N_ ("Calls"), CELL_FIGURE, TORG_FIGURE_CALLS },
  { N_ ("Meetings"), CELL_FIGURE, TORG_FIGURE_MEETINGS },
  { N_ ("Letters"), CELL_FIGURE, TORG_FIGURE_LETTERS },
  { N_ ("Tasks done"), CELL_FIGURE, TORG_FIGURE_TASKS },
  { N_ ("Overdue now"), CELL_FIGURE, TORG_FIGURE_OVERDUE },
  { N_ ("New deals"), CELL_FIGURE, TORG_FIGURE_CREATED },
  { N_ ("Deals won"), CELL_FIGURE, TORG_FIGURE_WON },
  { N_ ("Amount"), CELL_SUM, TORG_FIGURE_WON },
  { N_ ("Plan"), CELL_PLAN, TORG_FIGURE_WON },
  { N_ ("Of the plan"), CELL_DONE, TORG_FIGURE_WON },
  { NULL, CELL_SUM, TORG_N_FIGURES },
};

static TorgReportKind
get_kind (TorgReportPage *self)
{
  return (TorgReportKind) MIN (adw_toggle_group_get_active (self->kinds), (guint) TORG_REPORT_STAFF);
}

static const Column *
get_columns (TorgReportPage *self)
{
  switch (get_kind (self))
    {
      case TORG_REPORT_WON:
        return won_columns;
      case TORG_REPORT_STAFF:
        return staff_columns;
      case TORG_REPORT_FUNNEL:
      default:
        return funnel_columns;
    }
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static char *
format_count (guint n)
{
  return torg_number_format ((gint64) n * TORG_NUMBER_SCALE, TORG_NUMBER_STYLE_LOCALE);
}

/* Each currency for itself. */
static char *
format_sums (GArray *sums)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sums->len; i++)
    {
      const TorgSum   *sum = &g_array_index (sums, TorgSum, i);
      g_autofree char *money = torg_money_format (sum->minor, sum->currency, TORG_NUMBER_STYLE_LOCALE);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", money);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static char *
format_percent (double part, double whole)
{
  return whole > 0 ? g_strdup_printf ("%.0f %%", part * 100 / whole) : g_strdup ("");
}

/* The title of a line: a stage, a month or an employee. */
static char *
dup_title (TorgReportPage *self, TorgReportRow *row)
{
  char *title;

  if (get_kind (self) == TORG_REPORT_WON)
    {
      g_autofree char *day = torg_month_shift (row->key, 0);
      g_autofree char *text = g_strdup_printf ("%sT00:00:00Z", day);
      g_autoptr (GDateTime) month = g_date_time_new_from_iso8601 (text, NULL);

      /* Translators: a month as a heading, such as “November 2026” */
      return g_date_time_format (month, _ ("%OB %Y"));
    }
  title = torg_lookup_dup_title (torg_session_get_lookup (self->session), row->key);
  return title != NULL ? title : g_strdup ("");
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

typedef struct
{
  char            *title;    /* (owned) */
  char            *subtitle; /* (owned) */
  TorgReportFigure figure;
  GArray          *rowids; /* (owned) (element-type gint64) */
} Figure;

static void
figure_free (gpointer data, GClosure *closure)
{
  Figure *figure = data;

  g_free (figure->title);
  g_free (figure->subtitle);
  g_array_unref (figure->rowids);
  g_free (figure);
}

static void
figure_cb (GtkButton *button, Figure *figure)
{
  GtkWidget      *view = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_NAVIGATION_VIEW);
  TorgReportPage *self = TORG_REPORT_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (button), TORG_TYPE_REPORT_PAGE));

  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view),
                            torg_figure_page_new (self->session, figure->title, figure->subtitle,
                                                  torg_report_figure_get_type (figure->figure), figure->rowids));
}

static GtkWidget *
make_label (const char *text, float xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_justify (GTK_LABEL (label), xalign > 0.5f ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT);
  if (xalign > 0.5f)
    gtk_widget_add_css_class (label, "numeric");
  return label;
}

/* A figure opens what it counts; nothing opens nothing. */
static GtkWidget *
make_figure (const Column *column, const char *row_title, GArray *rowids)
{
  g_autofree char *text = format_count (rowids->len);
  g_autofree char *name = g_strdup_printf ("%s, %s: %s", row_title, _ (column->title), text);
  GtkWidget       *button, *label;
  Figure          *figure;

  if (rowids->len == 0)
    return make_label ("–", 1);
  button = gtk_button_new ();
  label = make_label (text, 1);
  figure = g_new0 (Figure, 1);
  figure->title = g_strdup (_ (column->title));
  figure->subtitle = g_strdup (row_title);
  figure->figure = column->figure;
  figure->rowids = g_array_ref (rowids);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (figure_cb), figure, figure_free, 0);
  return button;
}

static char *
format_cell (TorgReportPage *self, const Column *column, TorgReportRow *row, guint place)
{
  guint          n = row->records[column->figure]->len;
  TorgReportRow *before = place > 0 ? self->rows->pdata[place - 1] : NULL;
  TorgReportRow *first = self->rows->pdata[0];

  switch (column->kind)
    {
      case CELL_SUM:
        return format_sums (row->sums[column->figure]);
      case CELL_PLAN:
        return format_sums (row->plan);
      case CELL_DONE:
        return self->currency == NULL
                 ? g_strdup ("")
                 : format_percent ((double) torg_sum_find (row->sums[column->figure], self->currency),
                                   (double) torg_sum_find (row->plan, self->currency));
      case CELL_STEP:
        return before != NULL ? format_percent (n, before->records[column->figure]->len) : g_strdup ("");
      case CELL_SHARE:
        return format_percent (n, first->records[column->figure]->len);
      case CELL_FIGURE:
      default:
        return format_count (n);
    }
}

static void
add_table_row (TorgReportPage *self, TorgReportRow *row, const char *title, guint place, int line)
{
  const Column *columns = get_columns (self);

  gtk_grid_attach (self->table, make_label (title, 0), 0, line, 1, 1);
  for (int i = 0; columns[i].title != NULL; i++)
    {
      g_autofree char *text = NULL;

      if (columns[i].kind == CELL_FIGURE)
        {
          gtk_grid_attach (self->table, make_figure (&columns[i], title, row->records[columns[i].figure]), i + 1, line,
                           1, 1);
          continue;
        }
      text = format_cell (self, &columns[i], row, place);
      gtk_grid_attach (self->table, make_label (text, 1), i + 1, line, 1, 1);
    }
}

static void
add_heading (TorgReportPage *self)
{
  static const char *const firsts[] = { N_ ("Stage"), N_ ("Month"), N_ ("Employee") };
  const Column            *columns = get_columns (self);

  for (int i = -1; i < 0 || columns[i].title != NULL; i++)
    {
      GtkWidget *label = make_label (i < 0 ? _ (firsts[get_kind (self)]) : _ (columns[i].title), i < 0 ? 0 : 1);

      gtk_widget_add_css_class (label, "heading");
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_set_valign (label, GTK_ALIGN_END);
      gtk_grid_attach (self->table, label, i + 1, 0, 1, 1);
    }
}

static void
fill_table (TorgReportPage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))) != NULL)
    gtk_grid_remove (self->table, child);
  add_heading (self);
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *title = dup_title (self, self->rows->pdata[i]);

      add_table_row (self, self->rows->pdata[i], title, i, (int) i + 1);
    }
  if (get_kind (self) != TORG_REPORT_FUNNEL && self->rows->len > 1)
    {
      TorgReportRow *total = torg_report_add_up (self->rows);

      add_table_row (self, total, _ ("Total"), 0, (int) self->rows->len + 1);
      torg_report_row_free (total);
    }
}

/* --- the picture -------------------------------------------------------------------------------------------------- */

/* The currency that most is in, of what was won and planned; the others stand in the table. */
static void
choose_currency (TorgReportPage *self)
{
  TorgReportRow *total = torg_report_add_up (self->rows);
  GArray        *sums =
    get_kind (self) == TORG_REPORT_FUNNEL ? total->sums[TORG_FIGURE_REACHED] : total->sums[TORG_FIGURE_WON];
  const char    *own = torg_session_get_currency (self->session);
  const TorgSum *most = NULL;

  for (guint i = 0; i < sums->len; i++)
    {
      const TorgSum *sum = &g_array_index (sums, TorgSum, i);

      if (most == NULL || g_strcmp0 (sum->currency, own) == 0)
        most = sum;
    }
  g_set_str (&self->currency, most != NULL ? most->currency : own);
  torg_report_row_free (total);
}

static void
add_bar (TorgReportPage *self, TorgReportRow *row, const char *title)
{
  static const TorgReportFigure work[TORG_BAR_MAX_PARTS] = { TORG_FIGURE_CALLS, TORG_FIGURE_MEETINGS,
                                                             TORG_FIGURE_LETTERS, TORG_FIGURE_TASKS };
  TorgReportRow                *first = self->rows->pdata[0];
  double                        parts[TORG_BAR_MAX_PARTS] = { 0 };
  guint                         n = row->records[TORG_FIGURE_REACHED]->len;
  gint64                        won = torg_sum_find (row->sums[TORG_FIGURE_WON], self->currency);
  gint64                        plan = torg_sum_find (row->plan, self->currency);
  g_autofree char              *text = NULL, *percent = NULL;

  switch (get_kind (self))
    {
      case TORG_REPORT_WON:
        parts[0] = (double) MAX (won, 0);
        text = torg_money_format_compact (won, self->currency, TORG_NUMBER_STYLE_LOCALE);
        torg_bar_chart_add (self->chart, title, parts, 1, plan > 0 ? (double) plan : -1, text);
        return;
      case TORG_REPORT_STAFF:
        n = 0;
        for (guint i = 0; i < TORG_BAR_MAX_PARTS; i++)
          {
            parts[i] = row->records[work[i]]->len;
            n += row->records[work[i]]->len;
          }
        text = format_count (n);
        torg_bar_chart_add (self->chart, title, parts, TORG_BAR_MAX_PARTS, -1, text);
        return;
      case TORG_REPORT_FUNNEL:
      default:
        parts[0] = n;
        percent = format_percent (n, first->records[TORG_FIGURE_REACHED]->len);
        text = g_strdup_printf ("%u · %s", n, percent);
        torg_bar_chart_add (self->chart, title, parts, 1, -1, text);
        return;
    }
}

static void
fill_chart (TorgReportPage *self)
{
  static const char *const headings[] = { N_ ("How far the deals came that were begun in the period"),
                                          N_ ("Won by month, against the plan"), N_ ("What was done in the period") };
  const char              *legends[] = { NULL, _ ("The line marks the plan."),
                                         _ ("From dark to light: calls, meetings, letters, tasks.") };
  TorgReportKind           kind = get_kind (self);

  gtk_label_set_label (self->heading, _ (headings[kind]));
  gtk_label_set_label (self->legend, legends[kind] != NULL ? legends[kind] : "");
  gtk_widget_set_visible (GTK_WIDGET (self->legend), legends[kind] != NULL);
  torg_bar_chart_clear (self->chart);
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *title = dup_title (self, self->rows->pdata[i]);

      add_bar (self, self->rows->pdata[i], title);
    }
  torg_bar_chart_describe (self->chart, _ (headings[kind]));
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static void
show_empty (TorgReportPage *self, const char *title, const char *description)
{
  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, description);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
show (TorgReportPage *self)
{
  if (self->rows->len == 0)
    {
      show_empty (self, _ ("Nothing to Report"),
                  _ ("There is no pipeline of deals yet, or nobody in this department."));
      return;
    }
  choose_currency (self);
  fill_chart (self);
  fill_table (self);
  gtk_stack_set_visible_child_name (self->stack, "report");
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgReportPage) self = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = torg_report_make_finish (TORG_REPLICA (source), result, &error);

  /* Another one is under way, or the page is gone. */
  if (self->stack == NULL || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    {
      g_clear_pointer (&rows, g_ptr_array_unref);
      return;
    }
  g_clear_object (&self->cancellable);
  if (rows == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        torg_session_fail (self->session, error);
      show_empty (self, _ ("Stopped"), _ ("Choose another period, or press F5 to count again."));
      return;
    }
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->rows = rows;
  show (self);
}

static char *
dup_today (TorgReportPage *self)
{
  return torg_env_make_day (torg_replica_get_env (torg_session_get_replica (self->session)),
                            torg_session_get_now (self->session));
}

static gpointer
get_chosen (GPtrArray *ids, GtkDropDown *choice)
{
  guint place = gtk_drop_down_get_selected (choice);

  return place < ids->len ? ids->pdata[place] : NULL;
}

/* A department's people are those of the ones below it too. */
static gboolean
is_below (TorgReportPage *self, const char *department, const char *above)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);

  for (guint i = 0; department != NULL && i < 32; i++)
    {
      TorgRecord *record = torg_lookup_get (lookup, department);

      if (g_str_equal (department, above))
        return TRUE;
      department = record != NULL ? torg_record_get_text (record, "parent") : NULL;
    }
  return FALSE;
}

static char **
list_owners (TorgReportPage *self)
{
  const char *employee = get_chosen (self->employees, self->employee);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (employee != NULL)
    g_strv_builder_add (builder, employee);
  else if (get_chosen (self->departments, self->department) == NULL)
    return NULL;
  else
    for (guint i = 1; i < self->employees->len; i++)
      g_strv_builder_add (builder, self->employees->pdata[i]);
  return g_strv_builder_end (builder);
}

static void
count (TorgReportPage *self)
{
  TorgReportFilter *filter = torg_report_filter_new ();
  g_autofree char  *today = dup_today (self);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  torg_period_get_days ((TorgPeriod) MIN (gtk_drop_down_get_selected (self->period), TORG_N_PERIODS - 1), today,
                        &filter->first, &filter->last);
  filter->owners = list_owners (self);
  filter->pipeline = g_strdup (get_chosen (self->pipelines, self->pipeline));
  gtk_widget_set_visible (GTK_WIDGET (self->pipeline), get_kind (self) == TORG_REPORT_FUNNEL);
  if (self->rows == NULL)
    gtk_stack_set_visible_child_name (self->stack, "counting");
  torg_report_make_async (torg_session_get_replica (self->session), get_kind (self), filter, self->cancellable, made_cb,
                          g_object_ref (self));
}

/* --- choices ------------------------------------------------------------------------------------------------------ */

static void
set_choices (GtkDropDown *choice, GPtrArray *ids, GtkStringList *names, const char *chosen)
{
  guint place = 0;

  for (guint i = 0; chosen != NULL && i < ids->len; i++)
    if (g_strcmp0 (ids->pdata[i], chosen) == 0)
      place = i;
  gtk_drop_down_set_model (choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (choice, place);
}

static GPtrArray *
new_ids (const char *all, GtkStringList **names)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  *names = gtk_string_list_new (NULL);
  if (all != NULL)
    {
      g_ptr_array_add (ids, NULL);
      gtk_string_list_append (*names, all);
    }
  return ids;
}

static void
add_choice (GPtrArray *ids, GtkStringList *names, TorgRecord *record)
{
  g_autofree char *title = torg_record_dup_title (record);

  g_ptr_array_add (ids, g_strdup (torg_record_get_id (record)));
  gtk_string_list_append (names, title != NULL ? title : "");
}

static void
fill_pipelines (TorgReportPage *self)
{
  g_autofree char *chosen = g_strdup (get_chosen (self->pipelines, self->pipeline));
  GPtrArray       *all = torg_lookup_list (torg_session_get_lookup (self->session), "pipeline");
  g_autoptr (GtkStringList) names = NULL;
  GPtrArray *ids = new_ids (NULL, &names);

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (g_strcmp0 (torg_record_get_text (all->pdata[i], "kind"), "deals") == 0)
      add_choice (ids, names, all->pdata[i]);
  set_choices (self->pipeline, ids, names, chosen);
  g_ptr_array_unref (self->pipelines);
  self->pipelines = ids;
}

static void
fill_departments (TorgReportPage *self)
{
  g_autofree char *chosen = g_strdup (get_chosen (self->departments, self->department));
  GPtrArray       *all = torg_lookup_list (torg_session_get_lookup (self->session), "department");
  g_autoptr (GtkStringList) names = NULL;
  GPtrArray *ids = new_ids (_ ("All Departments"), &names);

  for (guint i = 0; all != NULL && i < all->len; i++)
    add_choice (ids, names, all->pdata[i]);
  set_choices (self->department, ids, names, chosen);
  g_ptr_array_unref (self->departments);
  self->departments = ids;
}

/* Of the department that is chosen; those who have left as well, whose deals are still counted. */
static void
fill_employees (TorgReportPage *self)
{
  g_autofree char *chosen = g_strdup (get_chosen (self->employees, self->employee));
  const char      *department = get_chosen (self->departments, self->department);
  GPtrArray       *all = torg_lookup_list (torg_session_get_lookup (self->session), "user");
  g_autoptr (GtkStringList) names = NULL;
  GPtrArray *ids = new_ids (_ ("All Employees"), &names);

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (department == NULL || is_below (self, torg_record_get_text (all->pdata[i], "department"), department))
      add_choice (ids, names, all->pdata[i]);
  set_choices (self->employee, ids, names, chosen);
  g_ptr_array_unref (self->employees);
  self->employees = ids;
}

static void
fill_choices (TorgReportPage *self)
{
  self->filling = TRUE;
  fill_pipelines (self);
  fill_departments (self);
  fill_employees (self);
  self->filling = FALSE;
}

static void
changed_cb (TorgReportPage *self)
{
  if (self->session == NULL || self->filling)
    return;
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  count (self);
}

static void
department_cb (TorgReportPage *self)
{
  if (self->session == NULL || self->filling)
    return;
  self->filling = TRUE;
  fill_employees (self);
  self->filling = FALSE;
  changed_cb (self);
}

static void
stop_cb (TorgReportPage *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* --- the page ----------------------------------------------------------------------------------------------------- */

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_report_page_again (TORG_REPORT_PAGE (widget));
}

static void
plan_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgReportPage  *self = TORG_REPORT_PAGE (widget);
  g_autofree char *today = dup_today (self);
  AdwDialog       *dialog = torg_plan_dialog_new (self->session, today);

  g_signal_connect_object (dialog, "closed", G_CALLBACK (torg_report_page_again), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

/* Whether the user may set anybody's plan. */
static gpointer
find_right (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgOwnRight) right = torg_own_right_new (store, "edit", error);

  return right != NULL ? GINT_TO_POINTER (1 + torg_own_right_reaches_others (right, TORG_PLAN_TYPE)) : NULL;
}

static void
right_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgReportPage) self = data;
  gpointer right = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "report.plan", GPOINTER_TO_INT (right) == 2);
  if (self->plan_button != NULL)
    gtk_widget_set_visible (self->plan_button, GPOINTER_TO_INT (right) == 2);
}

static void
lookup_cb (TorgReportPage *self)
{
  gboolean empty = self->pipelines->len == 0;

  fill_choices (self);
  /* The pipelines may be read after the page is shown. */
  if (empty && self->pipelines->len > 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    count (self);
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, find_right, NULL, NULL, NULL, NULL,
                           right_cb, g_object_ref (self));
}

static void
torg_report_page_dispose (GObject *object)
{
  TorgReportPage *self = TORG_REPORT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_REPORT_PAGE);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_report_page_parent_class)->dispose (object);
}

static void
torg_report_page_finalize (GObject *object)
{
  TorgReportPage *self = TORG_REPORT_PAGE (object);

  g_ptr_array_unref (self->pipelines);
  g_ptr_array_unref (self->departments);
  g_ptr_array_unref (self->employees);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_free (self->currency);
  G_OBJECT_CLASS (torg_report_page_parent_class)->finalize (object);
}

static void
torg_report_page_class_init (TorgReportPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_report_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_report_page_finalize;
  g_type_ensure (TORG_TYPE_STATE_BUTTON);
  g_type_ensure (TORG_TYPE_BAR_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/report/torg-report-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, kinds);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, plan_button);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, state_button);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, period);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, pipeline);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, department);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, employee);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, filters);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, empty);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, heading);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, legend);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, chart);
  gtk_widget_class_bind_template_child (widget_class, TorgReportPage, table);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, department_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_install_action (widget_class, "report.again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "report.plan", NULL, plan_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "report.again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "report.plan", NULL);
}

static void
torg_report_page_init (TorgReportPage *self)
{
  self->pipelines = g_ptr_array_new_with_free_func (g_free);
  self->departments = g_ptr_array_new_with_free_func (g_free);
  self->employees = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * torg_report_page_new:
 * @session: the session
 *
 * Makes the page, which counts when it is told to, see [method@ReportPage.again].
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_report_page_new (TorgSession *session)
{
  TorgReportPage *self = g_object_new (TORG_TYPE_REPORT_PAGE, NULL);
  g_autoptr (GtkStringList) periods = gtk_string_list_new (NULL);

  for (guint i = 0; i < TORG_N_PERIODS; i++)
    gtk_string_list_append (periods, torg_period_get_label ((TorgPeriod) i));
  gtk_drop_down_set_model (self->period, G_LIST_MODEL (periods));
  gtk_drop_down_set_selected (self->period, TORG_PERIOD_TWELVE_MONTHS);
  self->session = g_object_ref (session);
  torg_state_button_set_session (self->state_button, session);
  g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (lookup_cb), self,
                           G_CONNECT_SWAPPED);
  lookup_cb (self);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * torg_report_page_again:
 *
 * Counts, and keeps showing what was counted before until it is done.
 */
void
torg_report_page_again (TorgReportPage *self)
{
  count (self);
}

/**
 * torg_report_page_focus:
 *
 * Gives the keyboard to the page.
 */
void
torg_report_page_focus (TorgReportPage *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->kinds), GTK_DIR_TAB_FORWARD);
}
