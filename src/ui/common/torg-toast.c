/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-toast.h"

#include <glib/gi18n-lib.h>

/* Long enough to notice, to think and to go there with the keyboard. */
#define UNDO_SECONDS 10

static void
undo_cb (TorgSession *session, AdwToast *toast)
{
  gint64 *step = g_object_get_data (G_OBJECT (toast), "torg-step");

  torg_session_undo (session, *step);
}

/**
 * torg_toast_new:
 * @session: whose edits can be undone
 * @text: what was done, not markup
 * @step: the number of the undo step, or 0
 *
 * Makes a toast, with a button to undo where there is a step.
 *
 * Returns: (transfer full): a toast
 */
AdwToast *
torg_toast_new (TorgSession *session, const char *text, gint64 step)
{
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast        *toast = adw_toast_new (title);

  if (step <= 0)
    return toast;
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  g_object_set_data_full (G_OBJECT (toast), "torg-step", g_memdup2 (&step, sizeof step), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_cb), session, G_CONNECT_SWAPPED);
  return toast;
}
