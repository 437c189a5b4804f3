/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-bench"

#include "config.h"

#include "torg-application.h"
#include "torg-card.h"
#include "torg-pane.h"
#include "torg-timeline-row.h"

#include <stdio.h>

/*
 * Works in the window and measures what the user waits for; prints `NAME MILLISECONDS` a line.
 *
 *   bench-work REPLICA COMPANY
 *
 * switch: from another pane to the board, until the frame with its cards is painted, median; card: from opening the
 * company until the frame with its history is painted, median; loop: the longest time that the main loop was busy at
 * a stretch, without the frame clock and the making of pages.
 */

#define ROUNDS 5
/* Between two actions, so that what the first one left to do later is done. */
#define REST_MS 700

typedef enum
{
  STEP_START,
  STEP_AWAY,
  STEP_SWITCH,
  STEP_OPEN,
  STEP_BACK,
  N_STEPS,
} Step;

static GtkWindow  *window;
static const char *company;
static Step        step;
static guint       round_number;
static gint64      began;
static gboolean    waiting = TRUE;
static GArray     *switches, *cards;

/* --- the main loop ---------------------------------------------------------------------------------------------- */

static gint64   woke, painting, painted;
static gint64   longest, longest_ever;
static gboolean making; /* pages and rows are made: not counted */

static int
poll_cb (GPollFD *fds, guint n, int timeout)
{
  gint64 now = g_get_monotonic_time ();
  int    result;

  if (woke != 0 && !making)
    longest = MAX (longest, now - woke - painted);
  making = FALSE;
  result = g_poll (fds, n, timeout);
  woke = g_get_monotonic_time ();
  painted = 0;
  return result;
}

static void
before_paint_cb (void)
{
  painting = g_get_monotonic_time ();
}

/* --- what is on the screen ---------------------------------------------------------------------------------------- */

typedef gboolean (*Test) (GtkWidget *widget);

/* The first widget on the screen that is what is looked for. */
static GtkWidget *
find (GtkWidget *widget, Test is_it)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (is_it (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, is_it);
  return found;
}

static gboolean
is_filled_card (GtkWidget *widget)
{
  return TORG_IS_CARD (widget) && torg_card_get_row (TORG_CARD (widget)) != NULL &&
         torg_row_get_record (torg_card_get_row (TORG_CARD (widget))) != NULL;
}

static gboolean
is_entry (GtkWidget *widget)
{
  return TORG_IS_TIMELINE_ROW (widget);
}

static gboolean
is_pane (GtkWidget *widget)
{
  return TORG_IS_PANE (widget);
}

static GtkWidget *
find_here (Test is_it)
{
  return find (GTK_WIDGET (window), is_it);
}

/* --- the work ----------------------------------------------------------------------------------------------------- */

static int
compare (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return first < second ? -1 : first > second;
}

static double
median (GArray *times)
{
  g_array_sort (times, compare);
  return g_array_index (times, double, times->len / 2);
}

static void
finish (void)
{
  printf ("switch %.2f\ncard %.2f\nloop %.2f\n", median (switches), median (cards), longest_ever / 1000.0);
  fflush (stdout);
  g_application_quit (g_application_get_default ());
}

static void
next_cb (gpointer data)
{
  if (g_getenv ("TORG_BENCH_TRACE") != NULL)
    fprintf (stderr, "step %d: loop %.1f ms\n", step, longest / 1000.0);
  /* The first round makes pages and fills caches. */
  if (round_number > 1)
    longest_ever = MAX (longest_ever, longest);
  longest = 0;
  if (++step == N_STEPS)
    {
      step = STEP_AWAY;
      if (++round_number > ROUNDS)
        {
          finish ();
          return;
        }
    }
  waiting = TRUE;
  making = TRUE;
  began = g_get_monotonic_time ();
  switch (step)
    {
      case STEP_AWAY:
        gtk_widget_activate_action (GTK_WIDGET (window), "win.pane", "i", 1);
        break;
      case STEP_SWITCH:
        gtk_widget_activate_action (GTK_WIDGET (window), "win.pane", "i", 0);
        break;
      case STEP_OPEN:
        torg_session_open_record (torg_pane_get_session (TORG_PANE (find_here (is_pane))), "company", company, NULL, 0,
                                  FALSE);
        break;
      case STEP_BACK:
        gtk_widget_activate_action (find_here (is_entry), "navigation.pop", NULL);
        break;
      default:
        break;
    }
}

static void
after_paint_cb (void)
{
  double   ms = (g_get_monotonic_time () - began) / 1000.0;
  gboolean done = TRUE;

  painted += g_get_monotonic_time () - painting;
  if (!waiting)
    return;
  if (step == STEP_START || step == STEP_SWITCH)
    done = find_here (is_filled_card) != NULL;
  else if (step == STEP_OPEN)
    done = find_here (is_entry) != NULL;
  if (!done)
    return;
  waiting = FALSE;
  if (step == STEP_SWITCH && round_number > 0)
    g_array_append_val (switches, ms);
  if (step == STEP_OPEN && round_number > 0)
    g_array_append_val (cards, ms);
  g_timeout_add_once (REST_MS, next_cb, NULL);
}

static void
mapped_cb (GtkWidget *widget)
{
  GdkFrameClock *clock = gdk_surface_get_frame_clock (gtk_native_get_surface (GTK_NATIVE (widget)));

  g_signal_connect (clock, "flush-events", G_CALLBACK (before_paint_cb), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), NULL);
}

static void
window_added_cb (GtkApplication *application, GtkWindow *added)
{
  window = added;
  g_signal_connect (added, "map", G_CALLBACK (mapped_cb), NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GApplication) application = NULL;
  char *arguments[] = { argv[0], (char *) "--replica", argc > 2 ? argv[1] : NULL, NULL };

  if (argc < 3)
    return 2;
  company = argv[2];
  switches = g_array_new (FALSE, FALSE, sizeof (double));
  cards = g_array_new (FALSE, FALSE, sizeof (double));
  g_main_context_set_poll_func (NULL, poll_cb);
  application = G_APPLICATION (torg_application_new ());
  g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), NULL);
  g_application_set_default (application);
  return g_application_run (application, 3, arguments);
}
