/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-period.h"
#include "torg-plan.h"
#include "torg-report.h"
#include "torg-store-private.h"

#include <string.h>

/*
 * Reports are counted over all records that are here, which are those that the user may see. Each figure keeps which
 * records it is made of, so that what opens from it is what was counted.
 */

/* More months than anybody looks at. */
#define MOST_MONTHS 120

typedef struct
{
  TorgStore              *store;
  const TorgReportFilter *filter;
  GCancellable           *cancellable; /* (nullable) */
  char                   *owners;      /* (owned) (nullable): JSON */
  gint64                  begin, end;  /* of the period: the moments, the second one not in it */
  GPtrArray              *rows;        /* (owned) (element-type TorgReportRow) */
  GHashTable             *places;      /* (owned): key → its row */
} Report;

/**
 * torg_report_filter_new:
 *
 * Makes a filter that lets nothing through until its days are set.
 *
 * Returns: (transfer full): a filter
 */
TorgReportFilter *
torg_report_filter_new (void)
{
  return g_new0 (TorgReportFilter, 1);
}

/**
 * torg_report_filter_free:
 * @self: (transfer full): a filter
 *
 * Frees it.
 */
void
torg_report_filter_free (TorgReportFilter *self)
{
  g_free (self->first);
  g_free (self->last);
  g_strfreev (self->owners);
  g_free (self->pipeline);
  g_free (self);
}

/**
 * torg_report_row_free:
 * @self: (transfer full): a line
 *
 * Frees it.
 */
void
torg_report_row_free (TorgReportRow *self)
{
  for (guint i = 0; i < TORG_N_FIGURES; i++)
    {
      g_array_unref (self->records[i]);
      g_array_unref (self->sums[i]);
    }
  g_array_unref (self->plan);
  g_free (self->key);
  g_free (self);
}

/**
 * torg_report_figure_get_type:
 * @figure: what is counted
 *
 * Tells records of which type a figure counts.
 *
 * Returns: (transfer none): the name of a type
 */
const char *
torg_report_figure_get_type (TorgReportFigure figure)
{
  switch (figure)
    {
      case TORG_FIGURE_CALLS:
      case TORG_FIGURE_MEETINGS:
      case TORG_FIGURE_LETTERS:
      case TORG_FIGURE_TASKS:
      case TORG_FIGURE_OVERDUE:
        return "activity";
      case TORG_FIGURE_REACHED:
      case TORG_FIGURE_LOST:
      case TORG_FIGURE_WON:
      case TORG_FIGURE_CREATED:
      case TORG_N_FIGURES:
      default:
        return "deal";
    }
}

/* --- sums --------------------------------------------------------------------------------------------------------- */

static void
add_sum (GArray *sums, const char *currency, gint64 minor)
{
  TorgSum sum = { .minor = minor };

  for (guint i = 0; i < sums->len; i++)
    if (g_str_equal (g_array_index (sums, TorgSum, i).currency, currency))
      {
        g_array_index (sums, TorgSum, i).minor += minor;
        return;
      }
  g_strlcpy (sum.currency, currency, sizeof sum.currency);
  g_array_append_val (sums, sum);
}

/**
 * torg_sum_find:
 * @sums: (element-type TorgSum): amounts
 * @currency: a currency's code
 *
 * Finds the amount in a currency.
 *
 * Returns: how much, in its smallest unit; 0 where there is none
 */
gint64
torg_sum_find (GArray *sums, const char *currency)
{
  for (guint i = 0; i < sums->len; i++)
    if (g_str_equal (g_array_index (sums, TorgSum, i).currency, currency))
      return g_array_index (sums, TorgSum, i).minor;
  return 0;
}

static GArray *
new_sums (void)
{
  return g_array_new (FALSE, TRUE, sizeof (TorgSum));
}

static TorgReportRow *
new_row (const char *key)
{
  TorgReportRow *row = g_new0 (TorgReportRow, 1);

  row->key = g_strdup (key);
  for (guint i = 0; i < TORG_N_FIGURES; i++)
    {
      row->records[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
      row->sums[i] = new_sums ();
    }
  row->plan = new_sums ();
  return row;
}

static void
add_sums (GArray *sums, GArray *others)
{
  for (guint i = 0; i < others->len; i++)
    add_sum (sums, g_array_index (others, TorgSum, i).currency, g_array_index (others, TorgSum, i).minor);
}

/**
 * torg_report_add_up:
 * @rows: (element-type TorgReportRow): lines whose records are different ones, or, of a funnel, of which it does not
 *   matter that a deal is in several
 *
 * Adds lines up.
 *
 * Returns: (transfer full): a line without a key
 */
TorgReportRow *
torg_report_add_up (GPtrArray *rows)
{
  TorgReportRow *total = new_row (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      TorgReportRow *row = rows->pdata[i];

      for (guint j = 0; j < TORG_N_FIGURES; j++)
        {
          if (row->records[j]->len > 0)
            g_array_append_vals (total->records[j], row->records[j]->data, row->records[j]->len);
          add_sums (total->sums[j], row->sums[j]);
        }
      add_sums (total->plan, row->plan);
    }
  return total;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static TorgReportRow *
add_row (Report *self, const char *key)
{
  TorgReportRow *row = new_row (key);

  g_ptr_array_add (self->rows, row);
  g_hash_table_insert (self->places, row->key, row);
  return row;
}

static void
count (TorgReportRow *row, TorgReportFigure figure, gint64 rowid, const char *currency, gint64 minor)
{
  g_array_append_val (row->records[figure], rowid);
  if (currency != NULL)
    add_sum (row->sums[figure], currency, minor);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

#define OWNERS " AND (?1 IS NULL OR owner IN (SELECT unhex(value, '-') FROM json_each(?1)))"

/* ?1: the owners. */
static TorgStatement *
prepare (Report *self, const char *sql, GError **error)
{
  TorgStatement *statement = torg_db_prepare (self->store->db, sql, error);

  if (statement == NULL)
    return NULL;
  if (self->owners != NULL)
    torg_statement_bind_text (statement, 1, self->owners);
  else
    torg_statement_bind_null (statement, 1);
  return statement;
}

/* Goes to the next line of an answer; FALSE at its end, with an error or without. */
static gboolean
next (Report *self, TorgStatement *statement, GError **error)
{
  gboolean row;

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error) &&
         torg_statement_step (statement, &row, error) && row;
}

/* --- the funnel --------------------------------------------------------------------------------------------------- */

/* The stages that a deal goes through, the won one last. */
static gboolean
add_stages (Report *self, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("stage");
  g_autoptr (GPtrArray) stages = NULL;

  torg_query_add_text (query, "pipeline", TORG_MATCH_IS, self->filter->pipeline);
  torg_query_sort (query, "position", FALSE);
  stages = torg_store_list (self->store, query, 0, NULL, error);
  for (guint pass = 0; stages != NULL && pass < 2; pass++)
    for (guint i = 0; i < stages->len; i++)
      if (g_strcmp0 (torg_record_get_text (stages->pdata[i], "kind"), pass == 0 ? "open" : "won") == 0)
        add_row (self, torg_record_get_id (stages->pdata[i]));
  return stages != NULL;
}

/* The place of a stage among the lines; of any other one the first. */
static guint
find_stage (Report *self, const char *stage)
{
  TorgReportRow *row = stage != NULL ? g_hash_table_lookup (self->places, stage) : NULL;
  guint          place = 0;

  if (row != NULL)
    g_ptr_array_find (self->rows, row, &place);
  return place;
}

/* How far a deal came that was lost: the furthest stage that its history knows. */
static gboolean
find_furthest (Report *self, TorgStatement *history, const char *deal, guint *place, GError **error)
{
  g_autoptr (GError) local = NULL;

  *place = 0;
  torg_statement_bind_id (history, 1, deal);
  while (next (self, history, &local))
    {
      g_auto (TorgValue) stage = TORG_VALUE_INIT;

      if (torg_value_from_json_text (torg_statement_get_text (history, 0), TORG_KIND_REF, &stage))
        *place = MAX (*place, find_stage (self, stage.text));
    }
  torg_statement_reset (history);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
count_deal (Report *self, TorgStatement *deal, TorgStatement *history, GError **error)
{
  g_autofree char *id = torg_statement_dup_id (deal, 1), *stage = torg_statement_dup_id (deal, 2);
  gint64           rowid = torg_statement_get_int (deal, 0), minor = torg_statement_get_int (deal, 3);
  const char      *currency = torg_statement_is_null (deal, 3) ? NULL : torg_statement_get_text (deal, 4);
  gboolean         lost = g_strcmp0 (torg_statement_get_text (deal, 5), "lost") == 0;
  guint            place;

  if (!lost)
    place = find_stage (self, stage);
  else if (!find_furthest (self, history, id, &place, error))
    return FALSE;
  for (guint i = 0; i <= place; i++)
    count (self->rows->pdata[i], TORG_FIGURE_REACHED, rowid, currency, minor);
  if (lost)
    count (self->rows->pdata[place], TORG_FIGURE_LOST, rowid, currency, minor);
  return TRUE;
}

static gboolean
make_funnel (Report *self, GError **error)
{
  g_autoptr (TorgStatement) deals = NULL;
  g_autoptr (TorgStatement) history = NULL;
  g_autoptr (GError) local = NULL;

  if (self->filter->pipeline == NULL || !add_stages (self, error))
    return self->filter->pipeline == NULL;
  if (self->rows->len == 0)
    return TRUE;
  deals = prepare (self,
                   "SELECT rid, id, stage, amount, amount_currency, (SELECT kind FROM stage AS s WHERE s.id = "
                   "deal.stage) FROM deal WHERE deleted IS NULL AND pipeline = ?2 AND created >= ?3 AND created < "
                   "?4" OWNERS,
                   error);
  history = deals != NULL ? torg_db_prepare (self->store->db,
                                             "SELECT old FROM history WHERE record = ?1 AND field = 'stage' AND "
                                             "old IS NOT NULL",
                                             error)
                          : NULL;
  if (history == NULL)
    return FALSE;
  torg_statement_bind_id (deals, 2, self->filter->pipeline);
  torg_statement_bind_int (deals, 3, self->begin);
  torg_statement_bind_int (deals, 4, self->end);
  while (next (self, deals, &local))
    if (!count_deal (self, deals, history, &local))
      break;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* --- what was won ------------------------------------------------------------------------------------------------- */

#define WON " AND stage IN (SELECT id FROM stage WHERE kind = 'won')"

static gboolean
add_months (Report *self)
{
  g_autofree char *month = torg_month_shift (self->filter->first, 0);

  for (guint i = 0; month != NULL && strcmp (month, self->filter->last) <= 0 && i < MOST_MONTHS; i++)
    {
      g_autofree char *key = g_strndup (month, strlen ("2026-01"));
      g_autofree char *next_month = torg_month_shift (month, 1);

      add_row (self, key);
      g_free (month);
      month = g_steal_pointer (&next_month);
    }
  return TRUE;
}

/* The won deals of the period, told to @rows by month or by owner. */
static gboolean
count_won (Report *self, gboolean by_owner, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (TorgStatement) deals = prepare (
    self,
    "SELECT rid, owner, substr(closed, 1, 7), amount, amount_currency FROM deal WHERE deleted IS NULL AND closed >= "
    "?2 AND closed <= ?3" WON OWNERS,
    error);

  if (deals == NULL)
    return FALSE;
  torg_statement_bind_text (deals, 2, self->filter->first);
  torg_statement_bind_text (deals, 3, self->filter->last);
  while (next (self, deals, &local))
    {
      g_autofree char *owner = by_owner ? torg_statement_dup_id (deals, 1) : NULL;
      const char      *key = by_owner ? owner : torg_statement_get_text (deals, 2);
      TorgReportRow   *row = key != NULL ? g_hash_table_lookup (self->places, key) : NULL;

      if (row != NULL)
        count (row, TORG_FIGURE_WON, torg_statement_get_int (deals, 0),
               torg_statement_is_null (deals, 3) ? NULL : torg_statement_get_text (deals, 4),
               torg_statement_get_int (deals, 3));
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
add_plans (Report *self, gboolean by_owner, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (TORG_PLAN_TYPE);
  g_autofree char *begin = torg_month_shift (self->filter->first, 0);
  g_autoptr (GPtrArray) plans = NULL;
  g_autoptr (GPtrArray) picked = NULL;

  torg_query_add_text (query, "month", TORG_MATCH_AT_LEAST, begin);
  torg_query_add_text (query, "month", TORG_MATCH_AT_MOST, self->filter->last);
  if (self->owners != NULL)
    torg_query_add_text (query, "owner", TORG_MATCH_ANY_OF, self->owners);
  plans = torg_store_list (self->store, query, 0, self->cancellable, error);
  if (plans == NULL)
    return FALSE;
  picked = torg_plan_pick (plans);
  for (guint i = 0; i < picked->len; i++)
    {
      const TorgValue *amount = torg_record_get (picked->pdata[i], "amount");
      g_autofree char *month = g_strndup (torg_record_get_text (picked->pdata[i], "month"), strlen ("2026-01"));
      const char      *key = by_owner ? torg_record_get_text (picked->pdata[i], "owner") : month;
      TorgReportRow   *row = g_hash_table_lookup (self->places, key);

      if (row != NULL && !torg_value_is_null (amount))
        add_sum (row->plan, amount->currency, amount->number);
    }
  return TRUE;
}

static gboolean
make_won (Report *self, GError **error)
{
  return add_months (self) && count_won (self, FALSE, error) && add_plans (self, FALSE, error);
}

/* --- the staff ---------------------------------------------------------------------------------------------------- */

/* Those who work here, and those who left but did something in the period, which nobody else would show. */
static gboolean
add_users (Report *self, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("user");
  g_autoptr (GPtrArray) users = NULL;

  torg_query_sort (query, "name", FALSE);
  users = torg_store_list (self->store, query, 0, NULL, error);
  for (guint i = 0; users != NULL && i < users->len; i++)
    {
      const char *id = torg_record_get_id (users->pdata[i]);

      if (self->filter->owners == NULL || g_strv_contains ((const char *const *) self->filter->owners, id))
        add_row (self, id);
    }
  return users != NULL;
}

static TorgReportFigure
find_figure (const char *kind)
{
  static const struct
  {
    const char      *kind;
    TorgReportFigure figure;
  } kinds[] = {
    { "call", TORG_FIGURE_CALLS },
    { "meeting", TORG_FIGURE_MEETINGS },
    { "mail", TORG_FIGURE_LETTERS },
    { "task", TORG_FIGURE_TASKS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].kind, kind) == 0)
      return kinds[i].figure;
  return TORG_N_FIGURES;
}

/* Counts the lines of an answer for an employee: the place, and the kind of an activity where @figure says none. */
static gboolean
count_lines (Report *self, TorgReportRow *row, TorgStatement *statement, TorgReportFigure figure, GError **error)
{
  g_autoptr (GError) local = NULL;

  torg_statement_bind_id (statement, 1, row->key);
  while (next (self, statement, &local))
    {
      TorgReportFigure found = figure != TORG_N_FIGURES ? figure : find_figure (torg_statement_get_text (statement, 1));

      if (found != TORG_N_FIGURES)
        count (row, found, torg_statement_get_int (statement, 0), NULL, 0);
    }
  torg_statement_reset (statement);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
count_work (Report *self, GError **error)
{
  gint64           now = torg_env_get_now (self->store->env);
  g_autofree char *today = torg_env_make_day (self->store->env, now);
  g_autoptr (TorgStatement) done = torg_db_prepare (
    self->store->db, "SELECT rid, kind FROM activity WHERE owner = ?1 AND done >= ?2 AND done < ?3 AND deleted IS NULL",
    error);
  g_autoptr (TorgStatement) overdue =
    done != NULL ? torg_db_prepare (self->store->db,
                                    "SELECT rid FROM activity WHERE owner = ?1 AND done IS NULL AND deleted IS NULL "
                                    "AND due_utc < ?2 AND (length(due) > 10 OR due < ?3)",
                                    error)
                 : NULL;
  g_autoptr (TorgStatement) made =
    overdue != NULL
      ? torg_db_prepare (self->store->db,
                         "SELECT rid FROM deal WHERE owner = ?1 AND created >= ?2 AND created < ?3 AND deleted IS NULL",
                         error)
      : NULL;

  if (made == NULL)
    return FALSE;
  torg_statement_bind_int (done, 2, self->begin);
  torg_statement_bind_int (done, 3, self->end);
  torg_statement_bind_int (overdue, 2, now);
  torg_statement_bind_text (overdue, 3, today);
  torg_statement_bind_int (made, 2, self->begin);
  torg_statement_bind_int (made, 3, self->end);
  for (guint i = 0; i < self->rows->len; i++)
    if (!count_lines (self, self->rows->pdata[i], done, TORG_N_FIGURES, error) ||
        !count_lines (self, self->rows->pdata[i], overdue, TORG_FIGURE_OVERDUE, error) ||
        !count_lines (self, self->rows->pdata[i], made, TORG_FIGURE_CREATED, error))
      return FALSE;
  return TRUE;
}

/* Who has left and did nothing in the period is nobody's business. */
static void
drop_idle (Report *self)
{
  for (guint i = self->rows->len; i > 0; i--)
    {
      TorgReportRow *row = self->rows->pdata[i - 1];
      g_autoptr (TorgRecord) user = torg_store_get (self->store, "user", row->key, NULL);
      gboolean idle = row->plan->len == 0;

      for (guint j = 0; j < TORG_N_FIGURES; j++)
        idle = idle && row->records[j]->len == 0;
      if (idle && user != NULL && !torg_value_is_null (torg_record_get (user, "disabled")))
        g_ptr_array_remove_index (self->rows, i - 1);
    }
}

static gboolean
make_staff (Report *self, GError **error)
{
  if (!add_users (self, error) || !count_work (self, error) || !count_won (self, TRUE, error) ||
      !add_plans (self, TRUE, error))
    return FALSE;
  drop_idle (self);
  return TRUE;
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static char *
make_items (char **items)
{
  g_auto (TorgValue) value = torg_value_from_items ((const char *const *) items, FALSE);

  return g_strdup (value.text != NULL ? value.text : "[]");
}

/**
 * torg_report_make:
 * @store: a store, for reading
 * @kind: which report
 * @filter: of what
 * @cancellable: (nullable): stops it
 * @error: place for an error
 *
 * Makes a report. What is in the future of a period counts as nothing yet, but has its plan.
 *
 * Returns: (transfer full) (element-type TorgReportRow) (nullable): its lines: stages in their order, months or
 * employees by name
 */
GPtrArray *
torg_report_make (TorgStore              *store,
                  TorgReportKind          kind,
                  const TorgReportFilter *filter,
                  GCancellable           *cancellable,
                  GError                **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_report_row_free);
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *owners = filter->owners != NULL ? make_items (filter->owners) : NULL;
  Report           self = { .store = store,
                            .filter = filter,
                            .cancellable = cancellable,
                            .owners = owners,
                            .begin = torg_env_make_moment (torg_store_get_env (store), filter->first, 0),
                            .end = torg_env_make_moment (torg_store_get_env (store), filter->last, 1),
                            .rows = rows,
                            .places = places };
  gboolean         made;

  switch (kind)
    {
      case TORG_REPORT_WON:
        made = make_won (&self, error);
        break;
      case TORG_REPORT_STAFF:
        made = make_staff (&self, error);
        break;
      case TORG_REPORT_FUNNEL:
      default:
        made = make_funnel (&self, error);
        break;
    }
  return made ? g_steal_pointer (&rows) : NULL;
}

typedef struct
{
  TorgReportKind    kind;
  TorgReportFilter *filter; /* (owned) */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  torg_report_filter_free (run->filter);
  g_free (run);
}

static gpointer
make_in_store (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = data;

  return torg_report_make (store, run->kind, run->filter, cancellable, error);
}

/**
 * torg_report_make_async:
 * @replica: a replica
 * @kind: which report
 * @filter: (transfer full): of what
 * @cancellable: (nullable): stops it
 * @callback: called when it is made
 * @data: for @callback
 *
 * Makes a report, see [func@report_make], on the thread that counts.
 */
void
torg_report_make_async (TorgReplica        *replica,
                        TorgReportKind      kind,
                        TorgReportFilter   *filter,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            data)
{
  Run *run = g_new0 (Run, 1);

  run->kind = kind;
  run->filter = filter;
  torg_replica_call_async (replica, TORG_LANE_COUNT, make_in_store, run, run_free, (GDestroyNotify) g_ptr_array_unref,
                           cancellable, callback, data);
}

/**
 * torg_report_make_finish:
 * @replica: a replica
 * @result: as the callback got it
 * @error: place for an error
 *
 * Ends [func@report_make_async].
 *
 * Returns: (transfer full) (element-type TorgReportRow) (nullable): the lines
 */
GPtrArray *
torg_report_make_finish (TorgReplica *replica, GAsyncResult *result, GError **error)
{
  return torg_replica_call_finish (replica, result, error);
}
