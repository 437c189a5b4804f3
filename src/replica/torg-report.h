/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-replica.h"

G_BEGIN_DECLS

/**
 * TorgReportKind:
 * @TORG_REPORT_FUNNEL: how far the deals came that were made in the period; a row for each stage
 * @TORG_REPORT_WON: what was won, against the plan; a row for each month
 * @TORG_REPORT_STAFF: what was done; a row for each employee
 *
 * What is reported on.
 */
typedef enum {
  TORG_REPORT_FUNNEL,
  TORG_REPORT_WON,
  TORG_REPORT_STAFF,
} TorgReportKind;

/**
 * TorgReportFigure:
 * @TORG_FIGURE_REACHED: of the funnel: deals that came to the stage or beyond it
 * @TORG_FIGURE_LOST: of the funnel: deals that were lost from it
 * @TORG_FIGURE_WON: deals that were won
 * @TORG_FIGURE_CALLS: calls that took place
 * @TORG_FIGURE_MEETINGS: meetings that took place
 * @TORG_FIGURE_LETTERS: letters
 * @TORG_FIGURE_TASKS: tasks that were done
 * @TORG_FIGURE_OVERDUE: what should be done by now
 * @TORG_FIGURE_CREATED: deals that were made
 * @TORG_N_FIGURES: how many there are
 *
 * What is counted. Each kind of report has some of these.
 */
typedef enum {
  TORG_FIGURE_REACHED,
  TORG_FIGURE_LOST,
  TORG_FIGURE_WON,
  TORG_FIGURE_CALLS,
  TORG_FIGURE_MEETINGS,
  TORG_FIGURE_LETTERS,
  TORG_FIGURE_TASKS,
  TORG_FIGURE_OVERDUE,
  TORG_FIGURE_CREATED,
  TORG_N_FIGURES,
} TorgReportFigure;

/**
 * TorgReportFilter:
 * @first: (owned): the first day, YYYY-MM-DD
 * @last: (owned): the last day
 * @owners: (owned) (nullable): whose records; %NULL for all
 * @pipeline: (owned) (nullable): of the funnel: which one
 *
 * What of the company is reported on.
 */
typedef struct {
  char  *first;
  char  *last;
  char **owners;
  char  *pipeline;
} TorgReportFilter;

/**
 * TorgSum:
 * @currency: its code
 * @minor: how much, in its smallest unit
 *
 * An amount. Different currencies are never added up.
 */
typedef struct {
  char   currency[4];
  gint64 minor;
} TorgSum;

/**
 * TorgReportRow:
 * @key: (owned): the id of a stage or of a user, or a month as YYYY-MM
 * @records: (owned) (element-type gint64): of each figure the places of its records in their table
 * @sums: (owned) (element-type TorgSum): of each figure the amounts of its deals
 * @plan: (owned) (element-type TorgSum): what was to be won
 *
 * A line of a report.
 */
typedef struct {
  char   *key;
  GArray *records[TORG_N_FIGURES];
  GArray *sums[TORG_N_FIGURES];
  GArray *plan;
} TorgReportRow;

TorgReportFilter *torg_report_filter_new      (void);
void              torg_report_filter_free     (TorgReportFilter       *self);
void              torg_report_row_free        (TorgReportRow          *self);
const char       *torg_report_figure_get_type (TorgReportFigure        figure);
TorgReportRow    *torg_report_add_up           (GPtrArray              *rows);
gint64            torg_sum_find               (GArray                 *sums,
                                               const char             *currency);

GPtrArray        *torg_report_make            (TorgStore              *store,
                                               TorgReportKind          kind,
                                               const TorgReportFilter *filter,
                                               GCancellable           *cancellable,
                                               GError                **error);
void              torg_report_make_async      (TorgReplica            *replica,
                                               TorgReportKind          kind,
                                               TorgReportFilter       *filter,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                data);
GPtrArray        *torg_report_make_finish     (TorgReplica            *replica,
                                               GAsyncResult           *result,
                                               GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgReportFilter, torg_report_filter_free)

G_END_DECLS
