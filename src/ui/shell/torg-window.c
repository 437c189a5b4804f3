/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-window.h"
#include "torg-attention-dialog.h"
#include "torg-catalog-pane.h"
#include "torg-reports-pane.h"
#include "torg-clients-pane.h"
#include "torg-connect-dialog.h"
#include "torg-deals-pane.h"
#include "torg-duplicates-dialog.h"
#include "torg-import-dialog.h"
#include "torg-lead-dialog.h"
#include "torg-lazy-menu.h"
#include "torg-pane-row.h"
#include "torg-pane.h"
#include "torg-people-dialog.h"
#include "torg-preferences-dialog.h"
#include "torg-record-page.h"
#include "torg-record-window.h"
#include "torg-search-dialog.h"
#include "torg-shortcuts-dialog.h"
#include "torg-state-button.h"
#include "torg-sync-actions.h"
#include "torg-toast.h"
#include "torg-leaving-page.h"
#include "torg-trouble-page.h"
#include "torg-unsent-dialog.h"
#include "torg-welcome-page.h"

#include <glib/gi18n-lib.h>

struct _TorgWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay        *toasts;
  GtkStack               *places;
  AdwNavigationSplitView *split_view;
  AdwNavigationPage      *content_page;
  GtkListBox             *pane_list;
  GtkStack               *pane_stack;
  TorgStateButton        *state_button;
  GtkMenuButton          *menu_button;
  GMenuModel             *main_menu;
  GtkWidget              *account_button;
  GtkLabel               *account_title;
  GtkLabel               *account_user;

  TorgSession *session;    /* (owned) */
  AdwToast    *last_toast; /* (owned) (nullable): the one that can be undone */
  const char  *before;     /* (nullable): the place that was shown before the session began to end */
};

G_DEFINE_FINAL_TYPE (TorgWindow, torg_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  SIGNAL_BEGIN,
  SIGNAL_RETRY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  const char *name;
  const char *label;
  const char *icon_name;
  GType (*get_type) (void);
} PaneInfo;

static const PaneInfo panes[] = {
  { "deals", N_ ("Deals"), "torg-board-symbolic", torg_deals_pane_get_type },
  { "clients", N_ ("Clients"), "torg-clients-symbolic", torg_clients_pane_get_type },
  { "catalog", N_ ("Catalogue"), "torg-catalog-symbolic", torg_catalog_pane_get_type },
  { "reports", N_ ("Reports"), "torg-report-symbolic", torg_reports_pane_get_type },
};

static TorgPane *
get_pane (TorgWindow *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->pane_stack);

  return self->before == NULL && TORG_IS_PANE (child) ? TORG_PANE (child) : NULL;
}

/* A pane is made when it is shown first. */
static void
show_pane (TorgWindow *self, guint index)
{
  const PaneInfo *info = &panes[index];

  if (gtk_stack_get_child_by_name (self->pane_stack, info->name) == NULL)
    gtk_stack_add_named (self->pane_stack, g_object_new (info->get_type (), "session", self->session, NULL),
                         info->name);
  gtk_stack_set_visible_child_name (self->pane_stack, info->name);
  gtk_list_box_select_row (self->pane_list, gtk_list_box_get_row_at_index (self->pane_list, (int) index));
  adw_navigation_page_set_title (self->content_page, _ (info->label));
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
  g_settings_set_string (torg_session_get_settings (self->session), "pane", info->name);
}

static void
pane_activated_cb (TorgWindow *self, GtkListBoxRow *row)
{
  show_pane (self, (guint) gtk_list_box_row_get_index (row));
}

/* Among the windows of this account; another account's may be in front. */
static GtkWindow *
get_active (TorgWindow *self)
{
  GtkWindow *active = gtk_application_get_active_window (gtk_window_get_application (GTK_WINDOW (self)));

  return active != NULL && gtk_window_get_group (active) == gtk_window_get_group (GTK_WINDOW (self))
           ? active
           : GTK_WINDOW (self);
}

static void
said_cb (TorgWindow *self, const char *text, gint64 step)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self));
  AdwToast  *toast;

  /* A window of a record, and the dialogs where edits are made, taken back or settled, show what happened there. */
  if (TORG_IS_ATTENTION_DIALOG (dialog) || TORG_IS_UNSENT_DIALOG (dialog) || TORG_IS_PEOPLE_DIALOG (dialog) ||
      TORG_IS_DUPLICATES_DIALOG (dialog) || TORG_IS_RECORD_WINDOW (get_active (self)))
    return;
  toast = torg_toast_new (self->session, text, step);
  if (self->last_toast != NULL)
    adw_toast_dismiss (self->last_toast);
  g_clear_object (&self->last_toast);
  self->last_toast = g_object_ref (toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* The card has something to show. */
static void
card_ready_cb (TorgWindow *self, TorgRecordPage *page)
{
  TorgPane *pane = TORG_PANE (gtk_widget_get_ancestor (GTK_WIDGET (page), TORG_TYPE_PANE));

  if (!torg_pane_is_open (pane, ADW_NAVIGATION_PAGE (page)))
    torg_pane_push (pane, ADW_NAVIGATION_PAGE (page));
}

/* A card of each type is kept and shows one record after the other; one opened above another is made for it. */
static void
open_card (TorgWindow *self, TorgPane *pane, const char *type, const char *id, GListModel *rows, guint position)
{
  AdwNavigationPage *page = torg_pane_find_page (pane, type);

  if (page != NULL && torg_pane_is_open (pane, page))
    {
      page = torg_record_page_new (self->session, type);
      torg_record_page_show (TORG_RECORD_PAGE (page), id, rows, position);
      torg_pane_push (pane, page);
      return;
    }
  if (page == NULL)
    {
      page = torg_record_page_new (self->session, type);
      torg_pane_keep_page (pane, type, page);
      /* Only once it has a size it knows what it has room for; then it waits until it is complete. */
      torg_pane_push (pane, page);
      g_signal_connect_object (page, "ready", G_CALLBACK (card_ready_cb), self, G_CONNECT_SWAPPED);
    }
  torg_record_page_show (TORG_RECORD_PAGE (page), id, rows, position);
}

static void
open_record_cb (TorgWindow *self,
                const char *type,
                const char *id,
                GListModel *rows,
                guint       position,
                gboolean    in_window)
{
  GtkApplication   *application = gtk_window_get_application (GTK_WINDOW (self));
  GtkWindow        *active = get_active (self);
  TorgRecordWindow *window;
  TorgPane         *pane;

  if (in_window)
    {
      window = torg_record_window_new (application, self->session, type, id, rows, position);
      gtk_window_group_add_window (gtk_window_get_group (GTK_WINDOW (self)), GTK_WINDOW (window));
      gtk_window_present (GTK_WINDOW (window));
      return;
    }
  if (TORG_IS_RECORD_WINDOW (active))
    {
      torg_record_window_push (TORG_RECORD_WINDOW (active), type, id, rows, position);
      return;
    }
  pane = get_pane (self);
  if (pane != NULL)
    open_card (self, pane, type, id, rows, position);
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

static void
connected_cb (TorgWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_BEGIN], 0, "connected");
}

static void
connect_to_server (TorgWindow *self)
{
  AdwDialog *dialog = torg_connect_dialog_new (torg_session_get_syncer (self->session));

  g_signal_connect_object (dialog, "connected", G_CALLBACK (connected_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
begin_cb (TorgWindow *self, const char *how)
{
  if (g_str_equal (how, "connect"))
    {
      connect_to_server (self);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_BEGIN], 0, how);
}

static void
retry_cb (TorgWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

static void
answered_cb (TorgWindow *self, const char *response)
{
  torg_session_answer (self->session, g_str_equal (response, "again"));
}

/* The disk refused an edit: what was typed waits until the user says what to do. */
static void
refused_cb (TorgWindow *self, const GError *error)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Not saved"), NULL);

  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog), "%s\n\n%s", error->message,
                                _ ("What you wrote is still there."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "leave", _ ("_Not Now"), "again", _ ("_Try Again"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "again", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "again");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "leave");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (get_active (self)));
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgWindow *self = TORG_WINDOW (widget);

  if (get_pane (self) != NULL)
    adw_dialog_present (torg_search_dialog_new (self->session), widget);
}

static void
find_here_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgPane *pane = get_pane (TORG_WINDOW (widget));

  if (pane != NULL)
    torg_pane_find (pane);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgPane *pane = get_pane (TORG_WINDOW (widget));

  if (pane != NULL)
    torg_pane_add (pane);
}

static void
lead_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgWindow *self = TORG_WINDOW (widget);

  if (get_pane (self) != NULL && adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self)) == NULL)
    adw_dialog_present (torg_lead_dialog_new (self->session), widget);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_session_undo (TORG_WINDOW (widget)->session, 0);
}

static void
pane_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  int index = g_variant_get_int32 (parameter);

  if (get_pane (TORG_WINDOW (widget)) == NULL || index < 0 || index >= (int) G_N_ELEMENTS (panes))
    return;
  show_pane (TORG_WINDOW (widget), (guint) index);
  torg_pane_focus (get_pane (TORG_WINDOW (widget)));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgWindow *self = TORG_WINDOW (widget);
  TorgPane   *pane = get_pane (self);

  if (pane == NULL || adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self)) != NULL)
    return;
  torg_pane_go_back (pane);
  torg_pane_focus (pane);
}

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_dialog_present (torg_preferences_dialog_new (TORG_WINDOW (widget)->session), widget);
}

static void
import_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_window_import (TORG_WINDOW (widget), NULL);
}

static void
duplicates_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgWindow *self = TORG_WINDOW (widget);

  if (get_pane (self) != NULL && adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self)) == NULL)
    adw_dialog_present (torg_duplicates_dialog_new (self->session, "company", NULL), widget);
}

static void
shortcuts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_dialog_present (torg_shortcuts_dialog_new (), widget);
}

static gboolean
torg_window_close_request (GtkWindow *window)
{
  TorgWindow *self = TORG_WINDOW (window);
  GSettings  *settings = torg_session_get_settings (self->session);
  int         width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
  if (!gtk_window_is_maximized (window) && width >= 360 && height >= 294)
    {
      g_settings_set_int (settings, "window-width", width);
      g_settings_set_int (settings, "window-height", height);
    }
  return GTK_WINDOW_CLASS (torg_window_parent_class)->close_request (window);
}

static void
torg_window_dispose (GObject *object)
{
  TorgWindow *self = TORG_WINDOW (object);

  g_clear_object (&self->last_toast);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_WINDOW);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_window_parent_class)->dispose (object);
}

static void
torg_window_class_init (TorgWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = torg_window_close_request;

  g_type_ensure (TORG_TYPE_STATE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/shell/torg-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, places);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, split_view);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, content_page);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, pane_list);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, pane_stack);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, state_button);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, main_menu);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, account_button);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, account_title);
  gtk_widget_class_bind_template_child (widget_class, TorgWindow, account_user);
  gtk_widget_class_bind_template_callback (widget_class, pane_activated_cb);

  gtk_widget_class_install_action (widget_class, "win.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "win.find-here", NULL, find_here_action);
  gtk_widget_class_install_action (widget_class, "win.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "win.lead", NULL, lead_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.pane", "i", pane_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.import", NULL, import_action);
  gtk_widget_class_install_action (widget_class, "win.duplicates", NULL, duplicates_action);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, shortcuts_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK, "win.find", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.find-here", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "win.add", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.lead", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_i, GDK_CONTROL_MASK, "win.import", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.duplicates",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_y, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.sync", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.unsent", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.attention",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_comma, GDK_CONTROL_MASK, "win.preferences", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_question, GDK_CONTROL_MASK, "win.shortcuts", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK, "win.pane", "i", (int) i);

  signals[SIGNAL_BEGIN] =
    g_signal_new ("begin", TORG_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RETRY] =
    g_signal_new ("retry", TORG_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_window_init (TorgWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  torg_lazy_menu_set (self->menu_button, self->main_menu);
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    gtk_list_box_append (self->pane_list, torg_pane_row_new (panes[i].name, _ (panes[i].label), panes[i].icon_name));
}

/* Replaces what a place of the window shows. */
static void
set_place (TorgWindow *self, const char *name, GtkWidget *widget)
{
  GtkWidget *old = gtk_stack_get_child_by_name (self->places, name);

  if (old != NULL)
    gtk_stack_remove (self->places, old);
  gtk_stack_add_named (self->places, widget, name);
  gtk_stack_set_visible_child_name (self->places, name);
}

/**
 * torg_window_new:
 * @application: the application
 * @session: the session, whose replica may still be opening
 *
 * Makes the window, still empty.
 *
 * Returns: (transfer none): a new window
 */
TorgWindow *
torg_window_new (GtkApplication *application, TorgSession *session)
{
  TorgWindow *self = g_object_new (TORG_TYPE_WINDOW, "application", application, NULL);
  GSettings  *settings = torg_session_get_settings (session);

  self->session = g_object_ref (session);
  torg_sync_actions_add (GTK_APPLICATION_WINDOW (self), session);
  torg_state_button_set_session (self->state_button, session);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_signal_connect_object (session, "said", G_CALLBACK (said_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "refused", G_CALLBACK (refused_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "open-record", G_CALLBACK (open_record_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * torg_window_show_work:
 *
 * Shows the panes: the replica is open.
 */
void
torg_window_show_work (TorgWindow *self)
{
  g_autofree char *name = g_settings_get_string (torg_session_get_settings (self->session), "pane");
  guint            index = 0;

  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    if (g_str_equal (panes[i].name, name))
      index = i;
  gtk_stack_set_visible_child_name (self->places, "work");
  show_pane (self, index);
  torg_pane_focus (get_pane (self));
}

/**
 * torg_window_is_working:
 *
 * Tells whether the panes are shown.
 *
 * Returns: whether they are
 */
gboolean
torg_window_is_working (TorgWindow *self)
{
  return get_pane (self) != NULL;
}

/**
 * torg_window_import:
 * @file: (nullable): what to import; chosen in the dialog without one
 *
 * Begins an import, once the panes are shown.
 */
void
torg_window_import (TorgWindow *self, GFile *file)
{
  if (get_pane (self) != NULL)
    adw_dialog_present (torg_import_dialog_new (self->session, file), GTK_WIDGET (self));
}

/**
 * torg_window_show_welcome:
 *
 * Shows the choices of the first run.
 */
void
torg_window_show_welcome (TorgWindow *self)
{
  GtkWidget *page = torg_welcome_page_new ();

  g_signal_connect_object (page, "begin", G_CALLBACK (begin_cb), self, G_CONNECT_SWAPPED);
  set_place (self, "welcome", page);
}

/**
 * torg_window_show_trouble:
 * @error: why the replica could not be opened
 *
 * Shows what is wrong and what can be done.
 */
void
torg_window_show_trouble (TorgWindow *self, const GError *error)
{
  GtkWidget *page = torg_trouble_page_new (error, torg_replica_get_path (torg_session_get_replica (self->session)));

  g_signal_connect_object (page, "retry", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  set_place (self, "trouble", page);
}

/**
 * torg_window_show_leaving:
 * @cancellable: (nullable): by which the user can stop it; %NULL to show again what was shown before
 *
 * Shows that the session ends. Nothing can be edited meanwhile.
 */
void
torg_window_show_leaving (TorgWindow *self, GCancellable *cancellable)
{
  if (cancellable != NULL)
    {
      const char *shown = gtk_stack_get_visible_child_name (self->places);

      self->before = self->before != NULL ? self->before : g_intern_string (shown != NULL ? shown : "work");
      set_place (self, "leaving", torg_leaving_page_new (cancellable));
      gtk_widget_child_focus (GTK_WIDGET (self->places), GTK_DIR_TAB_FORWARD);
    }
  else if (self->before != NULL)
    {
      gtk_stack_set_visible_child_name (self->places, self->before);
      self->before = NULL;
      if (get_pane (self) != NULL)
        torg_pane_focus (get_pane (self));
    }
}

/**
 * torg_window_set_first_job:
 * @job: (nullable): what is under way
 *
 * Shows on the page of the first run that the choice is being made true.
 */
void
torg_window_set_first_job (TorgWindow *self, TorgJob *job)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->places, "welcome");

  if (page != NULL)
    torg_welcome_page_set_job (TORG_WELCOME_PAGE (page), job);
}

/**
 * torg_window_set_account:
 * @title: (nullable): what the account is called; %NULL while it is the only one
 * @user: (nullable): the user's name
 *
 * Says which account the window shows, where there are several.
 */
void
torg_window_set_account (TorgWindow *self, const char *title, const char *user)
{
  g_autofree char *whole = NULL;
  g_autofree char *label = NULL;

  gtk_widget_set_visible (self->account_button, title != NULL);
  if (title == NULL)
    {
      gtk_window_set_title (GTK_WINDOW (self), "Torg");
      return;
    }
  /* Translators: the title of a window; %s is what an account is called */
  whole = g_strdup_printf (_ ("%s – Torg"), title);
  /* Translators: the button that shows the accounts; %s is what the account of this window is called */
  label = g_strdup_printf (_ ("Account: %s"), title);
  gtk_window_set_title (GTK_WINDOW (self), whole);
  gtk_label_set_label (self->account_title, title);
  gtk_label_set_label (self->account_user, user != NULL ? user : "");
  gtk_widget_set_visible (GTK_WIDGET (self->account_user), user != NULL && *user != '\0');
  gtk_widget_set_tooltip_text (self->account_button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->account_button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}
