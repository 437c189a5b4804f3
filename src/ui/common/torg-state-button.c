/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-state-button.h"
#include "torg-state-popover.h"
#include "torg-sync-words.h"

#include <glib/gi18n-lib.h>

struct _TorgStateButton
{
  AdwBin parent_instance;

  GtkMenuButton *button;
  GtkWidget     *look; /* its icon and words */
  GtkStack      *icons;
  GtkImage      *icon;
  GtkLabel      *label;
  GtkLabel      *waiting; /* how many changes, where the words say something else */

  TorgSession      *session; /* (owned) (nullable) */
  TorgStatePopover *popover; /* (nullable): made when it is opened first */
  gboolean          compact;
  guint             tick_source;  /* while the popover is open: how long ago something was goes on */
  guint             brief_source; /* until a sync that has just begun is worth a word */
  char             *words;        /* (owned) (nullable): all that the button says */
};

G_DEFINE_FINAL_TYPE (TorgStateButton, torg_state_button, ADW_TYPE_BIN)

enum
{
  PROP_COMPACT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void update (TorgStateButton *self);

static void
brief_cb (gpointer data)
{
  TORG_STATE_BUTTON (data)->brief_source = 0;
  update (data);
}

/* Offline is a state of its own, in which changes wait. */
static void
show_waiting (TorgStateButton *self, const char *text, gboolean exchange)
{
  TorgSyncer *syncer = torg_session_get_syncer (self->session);
  guint       n = torg_syncer_get_n_unsent (syncer);
  gboolean    shown = exchange && n > 0 && torg_syncer_get_state (syncer) == TORG_SYNC_STATE_OFFLINE &&
                   torg_syncer_get_n_attention (syncer) == 0;
  g_autofree char *number = g_strdup_printf ("%u", n);
  g_autofree char *words = g_strdup_printf (ngettext ("%u not sent", "%u not sent", n), n);

  gtk_label_set_label (self->waiting, number);
  gtk_widget_set_visible (GTK_WIDGET (self->waiting), shown && !self->compact);
  g_free (self->words);
  self->words = shown ? g_strdup_printf ("%s · %s", text, words) : g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
}

/* How long ago it was brought up to date goes on, so that it is said when it is asked for. */
static gboolean
query_tooltip_cb (TorgStateButton *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  TorgSyncer      *syncer = self->session != NULL ? torg_session_get_syncer (self->session) : NULL;
  g_autofree char *details = NULL;
  g_autofree char *text = NULL;

  if (self->words == NULL)
    return FALSE;
  if (syncer != NULL && torg_syncer_get_state (syncer) != TORG_SYNC_STATE_LOCAL)
    details = torg_sync_words_details (syncer, torg_session_get_now (self->session));
  text = details != NULL ? g_strdup_printf ("%s\n%s", self->words, details) : g_strdup (self->words);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
update (TorgStateButton *self)
{
  GListModel   *jobs = G_LIST_MODEL (torg_session_get_jobs (self->session));
  TorgSyncer   *syncer = torg_session_get_syncer (self->session);
  const GError *trouble = torg_session_get_trouble (self->session);
  gboolean      local = torg_syncer_get_state (syncer) == TORG_SYNC_STATE_LOCAL;
  gint64        now = torg_session_get_now (self->session);
  guint         n = g_list_model_get_n_items (jobs);
  g_autoptr (TorgJob) first = g_list_model_get_item (jobs, 0);
  g_autofree char *text = NULL;
  g_autofree char *details = NULL;
  const char      *icon_name = "object-select-symbolic"; /* NULL for what is under way */
  gboolean         warns = FALSE;

  if (torg_session_is_saving (self->session))
    {
      text = g_strdup (_ ("Saving…"));
      icon_name = NULL;
    }
  else if (trouble != NULL)
    {
      text = g_strdup (_ ("Not saved"));
      icon_name = "dialog-warning-symbolic";
    }
  else if (n > 0)
    {
      text = n == 1 ? g_strdup (torg_job_get_title (first)) : g_strdup_printf (ngettext ("%u task", "%u tasks", n), n);
      icon_name = NULL;
    }
  else if (!local)
    text = torg_sync_words_state (syncer, now, &icon_name, &warns);
  else
    text = g_strdup (_ ("Everything is saved"));
  if (trouble == NULL && n == 0 && !local)
    details = torg_sync_words_details (syncer, now);
  else
    details = g_strdup (trouble != NULL ? trouble->message
                        : n > 0         ? _ ("You can go on working meanwhile.")
                                        : _ ("Your data lies on this computer. No network is needed."));
  gtk_label_set_label (self->label, text);
  show_waiting (self, text, trouble == NULL && n == 0 && !local && !torg_session_is_saving (self->session));
  gtk_stack_set_visible_child_name (self->icons, icon_name != NULL ? "icon" : "busy");
  if (icon_name != NULL)
    gtk_image_set_from_icon_name (self->icon, icon_name);
  if (trouble != NULL)
    gtk_widget_add_css_class (self->look, "error");
  else
    gtk_widget_remove_css_class (self->look, "error");
  if (warns)
    gtk_widget_add_css_class (self->look, "warning");
  else
    gtk_widget_remove_css_class (self->look, "warning");
  if (self->popover != NULL)
    torg_state_popover_update (self->popover, text, details);
  if (torg_sync_words_is_brief (syncer, now) && self->brief_source == 0)
    self->brief_source = g_timeout_add_once (TORG_SYNC_WORDS_BRIEF_MS, brief_cb, self);
}

static gboolean
tick_cb (gpointer data)
{
  update (data);
  return G_SOURCE_CONTINUE;
}

static void
popover_map_cb (TorgStateButton *self)
{
  if (self->tick_source != 0)
    return;
  update (self);
  self->tick_source = g_timeout_add_seconds (1, tick_cb, self);
}

static void
popover_unmap_cb (TorgStateButton *self)
{
  g_clear_handle_id (&self->tick_source, g_source_remove);
}

static void
create_popover_cb (GtkMenuButton *button, gpointer data)
{
  TorgStateButton *self = data;

  if (self->popover != NULL || self->session == NULL)
    return;
  self->popover = TORG_STATE_POPOVER (torg_state_popover_new (self->session));
  g_signal_connect_object (self->popover, "map", G_CALLBACK (popover_map_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->popover, "unmap", G_CALLBACK (popover_unmap_cb), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (button, GTK_WIDGET (self->popover));
}

/* In a header, the button stands for the one in the sidebar while that is out of sight. */
static void
torg_state_button_root (GtkWidget *widget)
{
  GtkWidget *split_view;

  GTK_WIDGET_CLASS (torg_state_button_parent_class)->root (widget);
  if (!TORG_STATE_BUTTON (widget)->compact)
    return;
  split_view = gtk_widget_get_ancestor (widget, ADW_TYPE_NAVIGATION_SPLIT_VIEW);
  if (split_view != NULL)
    g_object_bind_property (split_view, "collapsed", widget, "visible", G_BINDING_SYNC_CREATE);
  else
    gtk_widget_set_visible (widget, FALSE);
}

static void
torg_state_button_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
      case PROP_COMPACT:
        g_value_set_boolean (value, TORG_STATE_BUTTON (object)->compact);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
torg_state_button_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  TorgStateButton *self = TORG_STATE_BUTTON (object);

  switch (prop_id)
    {
      case PROP_COMPACT:
        self->compact = g_value_get_boolean (value);
        gtk_widget_set_visible (GTK_WIDGET (self->label), !self->compact);
        if (self->compact)
          gtk_widget_remove_css_class (GTK_WIDGET (self->button), "state-button");
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
torg_state_button_dispose (GObject *object)
{
  g_clear_handle_id (&TORG_STATE_BUTTON (object)->brief_source, g_source_remove);
  popover_unmap_cb (TORG_STATE_BUTTON (object));
  TORG_STATE_BUTTON (object)->popover = NULL;
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_STATE_BUTTON);
  g_clear_object (&TORG_STATE_BUTTON (object)->session);
  g_clear_pointer (&TORG_STATE_BUTTON (object)->words, g_free);
  G_OBJECT_CLASS (torg_state_button_parent_class)->dispose (object);
}

static void
torg_state_button_class_init (TorgStateButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_state_button_dispose;
  G_OBJECT_CLASS (klass)->get_property = torg_state_button_get_property;
  G_OBJECT_CLASS (klass)->set_property = torg_state_button_set_property;
  widget_class->root = torg_state_button_root;

  /**
   * TorgStateButton:compact:
   *
   * Whether it is an icon in a header, to be seen while the sidebar is not.
   */
  props[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                              G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/common/torg-state-button.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, button);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, look);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, icons);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, icon);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, label);
  gtk_widget_class_bind_template_child (widget_class, TorgStateButton, waiting);
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
}

static void
torg_state_button_init (TorgStateButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->button, create_popover_cb, self, NULL);
}

/**
 * torg_state_button_set_session:
 * @session: whose jobs and edits to show
 *
 * Sets what the button tells about.
 */
void
torg_state_button_set_session (TorgStateButton *self, TorgSession *session)
{
  GListModel *jobs = G_LIST_MODEL (torg_session_get_jobs (session));

  g_set_object (&self->session, session);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_session_get_syncer (session), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torg_syncer_get_files (torg_session_get_syncer (session)), "changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);
}
