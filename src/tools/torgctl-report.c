/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-date.h"
#include "torg-money.h"
#include "torg-period.h"
#include "torg-report.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <string.h>

/* What the head of sales asks: report. */

typedef struct
{
  TorgReportFigure figure;
  const char      *name; /* in JSON */
  const char      *title;
} Figure;

static const Figure funnel_figures[] = {
  { TORG_FIGURE_REACHED, "reached", N_ ("Reached") },
  { TORG_FIGURE_LOST, "lost", N_ ("Lost here") },
  { TORG_N_FIGURES, NULL, NULL },
};

static const Figure won_figures[] = {
  { TORG_FIGURE_WON, "won", N_ ("Deals won") },
  { TORG_N_FIGURES, NULL, NULL },
};

static const Figure staff_figures[] = {
  { TORG_FIGURE_CALLS, "calls", N_ ("Calls") },           { TORG_FIGURE_MEETINGS, "meetings", N_ ("Meetings") },
  { TORG_FIGURE_LETTERS, "letters", N_ ("Letters") },     { TORG_FIGURE_TASKS, "tasks", N_ ("Tasks done") },
  { TORG_FIGURE_OVERDUE, "overdue", N_ ("Overdue now") }, { TORG_FIGURE_CREATED, "created", N_ ("New deals") },
  { TORG_FIGURE_WON, "won", N_ ("Deals won") },           { TORG_N_FIGURES, NULL, NULL },
};

static const struct
{
  const char   *name;
  const char   *type; /* of what its lines are; NULL for months */
  const Figure *figures;
} kinds[] = {
  [TORG_REPORT_FUNNEL] = { "funnel", "stage", funnel_figures },
  [TORG_REPORT_WON] = { "won", NULL, won_figures },
  [TORG_REPORT_STAFF] = { "staff", "user", staff_figures },
};

static char *
dup_title (TorgCtl *self, TorgReportKind kind, TorgReportRow *row)
{
  char *title = kinds[kind].type != NULL ? torg_store_dup_title (self->store, kinds[kind].type, row->key) : NULL;

  return title != NULL ? title : g_strdup (row->key);
}

static void
append_sums (GString *line, GArray *sums)
{
  g_string_append_c (line, '\t');
  for (guint i = 0; i < sums->len; i++)
    {
      const TorgSum   *sum = &g_array_index (sums, TorgSum, i);
      g_autofree char *money = torg_money_format (sum->minor, sum->currency, TORG_NUMBER_STYLE_LOCALE);

      g_string_append_printf (line, "%s%s", i > 0 ? " + " : "", money);
    }
}

static gboolean
is_deals (const Figure *figure)
{
  return g_str_equal (torg_report_figure_get_type (figure->figure), "deal");
}

static void
print_rows (TorgCtl *self, TorgReportKind kind, GPtrArray *rows)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (const Figure *figure = kinds[kind].figures; figure->name != NULL; figure++)
    {
      g_string_append_printf (line, "\t%s", _ (figure->title));
      if (is_deals (figure))
        g_string_append_printf (line, "\t%s", _ ("Amount"));
    }
  if (kind != TORG_REPORT_FUNNEL)
    g_string_append_printf (line, "\t%s", _ ("Plan"));
  g_print ("%s\n", line->str);
  for (guint i = 0; i < rows->len; i++)
    {
      TorgReportRow   *row = rows->pdata[i];
      g_autofree char *title = dup_title (self, kind, row);

      g_string_assign (line, title);
      for (const Figure *figure = kinds[kind].figures; figure->name != NULL; figure++)
        {
          g_string_append_printf (line, "\t%u", row->records[figure->figure]->len);
          if (is_deals (figure))
            append_sums (line, row->sums[figure->figure]);
        }
      if (kind != TORG_REPORT_FUNNEL)
        append_sums (line, row->plan);
      g_print ("%s\n", line->str);
    }
}

static JsonObject *
sums_to_json (GArray *sums)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < sums->len; i++)
    json_object_set_int_member (object, g_array_index (sums, TorgSum, i).currency,
                                g_array_index (sums, TorgSum, i).minor);
  return object;
}

static void
print_json (TorgCtl *self, TorgReportKind kind, GPtrArray *rows)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  for (guint i = 0; i < rows->len; i++)
    {
      TorgReportRow   *row = rows->pdata[i];
      g_autofree char *title = dup_title (self, kind, row);
      JsonObject      *object = json_object_new (), *figures = json_object_new ();

      for (const Figure *figure = kinds[kind].figures; figure->name != NULL; figure++)
        {
          JsonObject *counted = json_object_new ();

          json_object_set_int_member (counted, "count", row->records[figure->figure]->len);
          if (is_deals (figure))
            json_object_set_object_member (counted, "sums", sums_to_json (row->sums[figure->figure]));
          json_object_set_object_member (figures, figure->name, counted);
        }
      json_object_set_string_member (object, "key", row->key);
      json_object_set_string_member (object, "title", title);
      json_object_set_object_member (object, "figures", figures);
      if (kind != TORG_REPORT_FUNNEL)
        json_object_set_object_member (object, "plan", sums_to_json (row->plan));
      json_array_add_object_element (array, object);
    }
  torg_ctl_print_json (node);
}

/* Either a period by its name, this year's months being the usual one, or two days. */
static gboolean
set_days (TorgCtl *self, TorgReportFilter *filter, const char *period, const char *from, const char *to)
{
  static const char *const names[TORG_N_PERIODS] = { "month", "last-month", "quarter",      "last-quarter",
                                                     "year",  "last-year",  "twelve-months" };
  g_autofree char         *today = torg_env_make_day (self->env, torg_env_get_now (self->env));

  if (from != NULL || to != NULL)
    {
      if (period != NULL || from == NULL || to == NULL || !torg_date_is_valid (from) || !torg_date_is_valid (to) ||
          strcmp (from, to) > 0)
        return FALSE;
      filter->first = g_strdup (from);
      filter->last = g_strdup (to);
      return TRUE;
    }
  for (guint i = 0; i < TORG_N_PERIODS; i++)
    if (g_str_equal (period != NULL ? period : "twelve-months", names[i]))
      {
        torg_period_get_days ((TorgPeriod) i, today, &filter->first, &filter->last);
        return TRUE;
      }
  return FALSE;
}

static gboolean
set_owners (TorgCtl *self, TorgReportFilter *filter, char **owners, GError **error)
{
  const TorgField *field =
    torg_type_find_field (torg_schema_find (torg_store_get_schema (self->store), "deal"), "owner");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; owners != NULL && owners[i] != NULL; i++)
    {
      char *id = torg_ctl_find_ref (self, NULL, field, owners[i], error);

      if (id == NULL)
        return FALSE;
      g_strv_builder_take (builder, id);
    }
  filter->owners = owners != NULL ? g_strv_builder_end (builder) : NULL;
  return TRUE;
}

/* The one that is named, or the first one. */
static gboolean
set_pipeline (TorgCtl *self, TorgReportFilter *filter, const char *pipeline, GError **error)
{
  const TorgField *field =
    torg_type_find_field (torg_schema_find (torg_store_get_schema (self->store), "deal"), "pipeline");
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) pipelines = NULL;

  if (pipeline != NULL)
    {
      filter->pipeline = torg_ctl_find_ref (self, NULL, field, pipeline, error);
      return filter->pipeline != NULL;
    }
  query = torg_query_new ("pipeline");
  torg_query_add_text (query, "kind", TORG_MATCH_IS, "deals");
  torg_query_sort (query, "position", FALSE);
  pipelines = torg_store_list (self->store, query, 1, NULL, error);
  if (pipelines != NULL && pipelines->len > 0)
    filter->pipeline = g_strdup (torg_record_get_id (pipelines->pdata[0]));
  return pipelines != NULL;
}

int
torg_ctl_report (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *period = NULL, *from = NULL, *to = NULL, *pipeline = NULL;
  g_auto (GStrv) owners = NULL;
  g_autoptr (TorgReportFilter) filter = torg_report_filter_new ();
  g_autoptr (GPtrArray) rows = NULL;
  guint        kind = 0;
  GOptionEntry entries[] = {
    { "period", 0, 0, G_OPTION_ARG_STRING, &period, NULL, NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &from, NULL, NULL },
    { "to", 0, 0, G_OPTION_ARG_STRING, &to, NULL, NULL },
    { "owner", 0, 0, G_OPTION_ARG_STRING_ARRAY, &owners, NULL, NULL },
    { "pipeline", 0, 0, G_OPTION_ARG_STRING, &pipeline, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc != 2)
    return TORG_CTL_USAGE;
  while (kind < G_N_ELEMENTS (kinds) && !g_str_equal (kinds[kind].name, argv[1]))
    kind++;
  if (kind == G_N_ELEMENTS (kinds) || !set_days (self, filter, period, from, to))
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error) || !set_owners (self, filter, owners, error) ||
      !set_pipeline (self, filter, pipeline, error))
    return TORG_CTL_FAILED;
  rows = torg_report_make (self->store, (TorgReportKind) kind, filter, NULL, error);
  if (rows == NULL)
    return TORG_CTL_FAILED;
  if (self->json)
    print_json (self, (TorgReportKind) kind, rows);
  else
    print_rows (self, (TorgReportKind) kind, rows);
  return TORG_CTL_OK;
}
