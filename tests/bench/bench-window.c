/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-bench"

#include "config.h"

#include "torg-application.h"
#include "torg-card.h"

#include <stdio.h>
#include <string.h>

/*
 * Measures a window's start: milliseconds from the parent's clock (TORG_BENCH_T0, microseconds of the monotonic clock)
 * to the end of the first frame that shows what the user came for, and the memory then and a second later.
 *
 *   bench-window empty              an empty libadwaita window
 *   bench-window board REPLICA      Torg: a board with a card whose deal is there
 */

static gint64   began;
static gboolean is_empty;
static double   first_ms;

static gint64
read_memory (const char *what)
{
  g_autofree char *status = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL) || (line = strstr (status, what)) == NULL)
    return 0;
  return g_ascii_strtoll (line + strlen (what), NULL, 10);
}

static gboolean
finish_cb (gpointer data)
{
  printf ("{\"ms\": %.1f, \"rss_kb\": %" G_GINT64_FORMAT "}\n", first_ms, read_memory ("VmRSS:"));
  fflush (stdout);
  g_application_quit (g_application_get_default ());
  return G_SOURCE_REMOVE;
}

/* A card that is on the screen with its deal. */
static gboolean
has_card (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (TORG_IS_CARD (widget))
    return torg_card_get_row (TORG_CARD (widget)) != NULL &&
           torg_row_get_record (torg_card_get_row (TORG_CARD (widget))) != NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_card (child))
      return TRUE;
  return FALSE;
}

static void
painted_cb (GdkFrameClock *clock, GtkWidget *window)
{
  if (first_ms > 0 || (!is_empty && !has_card (window)))
    return;
  first_ms = (g_get_monotonic_time () - began) / 1000.0;
  g_timeout_add (1500, finish_cb, NULL);
}

static void
mapped_cb (GtkWidget *window)
{
  GdkFrameClock *clock = gdk_surface_get_frame_clock (gtk_native_get_surface (GTK_NATIVE (window)));

  g_signal_connect_object (clock, "after-paint", G_CALLBACK (painted_cb), window, 0);
}

static void
window_added_cb (GtkApplication *application, GtkWindow *window)
{
  g_signal_connect_object (window, "map", G_CALLBACK (mapped_cb), window, 0);
}

static void
activate_empty_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *view = adw_toolbar_view_new ();

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), view);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (GApplication) application = NULL;
  const char *t0 = g_getenv ("TORG_BENCH_T0");
  char       *arguments[] = { argv[0], (char *) "--replica", argc > 2 ? argv[2] : NULL, NULL };

  began = t0 != NULL ? g_ascii_strtoll (t0, NULL, 10) : g_get_monotonic_time ();
  is_empty = argc < 3;
  if (is_empty)
    {
      application = G_APPLICATION (adw_application_new ("org.torgcrm.Bench", G_APPLICATION_NON_UNIQUE));
      g_signal_connect (application, "activate", G_CALLBACK (activate_empty_cb), NULL);
    }
  else
    application = G_APPLICATION (torg_application_new ());
  g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), NULL);
  g_application_set_default (application);
  return g_application_run (application, is_empty ? 1 : 3, arguments);
}
