/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-deals-page.h"
#include "torg-board.h"
#include "torg-bulk-bar.h"
#include "torg-filter-bar.h"
#include "torg-lazy-menu.h"
#include "torg-records-table.h"
#include "torg-state-button.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

struct _TorgDealsPage
{
  AdwNavigationPage parent_instance;

  TorgStateButton *state_button;
  GtkMenuButton   *pipeline_button;
  GtkLabel        *pipeline_label;
  GtkToggleButton *filter_button;
  GtkMenuButton   *menu_button;
  GtkMenuButton   *narrow_menu_button;
  GMenuModel      *view_menu;
  AdwToggleGroup  *view_toggle;
  GtkRevealer     *filter_revealer;
  AdwToolbarView  *toolbar_view;
  GtkStack        *stack;

  TorgSession      *session;    /* (owned) */
  TorgPicks        *picks;      /* (owned) */
  TorgDealActions  *actions;    /* (owned) */
  char             *pipeline;   /* (owned) (nullable) */
  char             *pipelines;  /* (owned) (nullable): what the menu has */
  TorgFilterBar    *filter_bar; /* (nullable): made when it is wanted first */
  TorgBulkBar      *bulk_bar;   /* (nullable): made when something is selected first */
  TorgBoard        *board;      /* (nullable): made when it is shown first */
  TorgRecordsTable *table;      /* (nullable): made when it is shown first */
  gboolean          focus_wanted;
  gboolean          compact;
};

G_DEFINE_FINAL_TYPE (TorgDealsPage, torg_deals_page, ADW_TYPE_NAVIGATION_PAGE)

/* The menus mark what is shown. */
enum
{
  PROP_PIPELINE = 1,
  PROP_VIEW,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const char *
get_type_name (TorgDealsPage *self)
{
  return torg_deal_actions_get_type_name (self->actions);
}

static gboolean
is_list (TorgDealsPage *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->view_toggle), "list") == 0;
}

static void
apply_filter (TorgDealsPage *self)
{
  g_autoptr (TorgQuery) query = NULL;

  if (self->pipeline == NULL)
    return;
  query =
    self->filter_bar != NULL ? torg_filter_bar_make_query (self->filter_bar) : torg_query_new (get_type_name (self));
  if (is_list (self) && self->table != NULL)
    {
      torg_query_add_text (query, "pipeline", TORG_MATCH_IS, self->pipeline);
      torg_records_table_set_query (self->table, query);
    }
  else if (!is_list (self) && self->board != NULL)
    torg_board_set_query (self->board, query);
}

static void
show_view (TorgDealsPage *self)
{
  if (self->pipeline == NULL)
    return;
  if (is_list (self) && self->table == NULL)
    {
      self->table = TORG_RECORDS_TABLE (torg_records_table_new (self->session, get_type_name (self), self->picks));
      torg_records_table_set_empty (self->table, "torg-deal-symbolic", _ ("No Deals"),
                                    _ ("Add the first one with “+”, or let more pass the filter."));
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->table), "list");
    }
  else if (!is_list (self) && self->board == NULL)
    {
      self->board = TORG_BOARD (torg_board_new (self->session, self->actions, self->picks));
      torg_board_set_pipeline (self->board, self->pipeline);
      torg_board_set_compact (self->board, self->compact);
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->board), "board");
    }
  gtk_stack_set_visible_child_name (self->stack, is_list (self) ? "list" : "board");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deals.columns", is_list (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deals.export", is_list (self));
  apply_filter (self);
  if (self->focus_wanted)
    torg_deals_page_focus (self);
}

static void
set_compact (TorgDealsPage *self, gboolean compact)
{
  self->compact = compact;
  if (self->board != NULL)
    torg_board_set_compact (self->board, compact);
  if (self->bulk_bar != NULL)
    torg_bulk_bar_set_compact (self->bulk_bar, compact);
}

static void
compact_cb (TorgDealsPage *self)
{
  set_compact (self, TRUE);
}

static void
roomy_cb (TorgDealsPage *self)
{
  set_compact (self, FALSE);
}

static void
view_changed_cb (TorgDealsPage *self)
{
  if (self->session == NULL)
    return;
  g_settings_set_boolean (torg_session_get_settings (self->session), "deals-as-list", is_list (self));
  torg_picks_clear (self->picks);
  show_view (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VIEW]);
}

static void
show_pipeline (TorgDealsPage *self, TorgRecord *pipeline)
{
  g_autofree char *title = torg_words_title (pipeline);
  const char      *type = g_strcmp0 (torg_record_get_text (pipeline, "kind"), "leads") == 0 ? "lead" : "deal";
  gboolean         other_type = !g_str_equal (type, get_type_name (self));

  g_set_str (&self->pipeline, torg_record_get_id (pipeline));
  gtk_label_set_label (self->pipeline_label, title);
  g_settings_set_string (torg_session_get_settings (self->session), "pipeline", self->pipeline);
  torg_picks_clear (self->picks);
  torg_deal_actions_set_type (self->actions, type);
  if (self->filter_bar != NULL)
    torg_filter_bar_set_type (self->filter_bar, type);
  if (self->bulk_bar != NULL)
    torg_bulk_bar_set_leads (self->bulk_bar, g_str_equal (type, "lead"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deals.postpone", g_str_equal (type, "deal"));
  if (other_type && self->table != NULL)
    {
      gtk_stack_remove (self->stack, GTK_WIDGET (self->table));
      self->table = NULL;
    }
  if (self->board != NULL)
    torg_board_set_pipeline (self->board, self->pipeline);
  show_view (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PIPELINE]);
}

/* Of which departments one is: one's own and those above it. */
static gboolean
is_within (TorgLookup *lookup, const char *department, const char *const *wanted)
{
  for (guint i = 0; department != NULL && i < 100; i++)
    {
      TorgRecord *record = torg_lookup_get (lookup, department);

      if (g_strv_contains (wanted, department))
        return TRUE;
      department = record != NULL ? torg_record_get_text (record, "parent") : NULL;
    }
  return FALSE;
}

/* A pipeline of some departments is shown in these; whoever is in none sees all. */
static gboolean
is_ours (TorgDealsPage *self, TorgRecord *pipeline)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);
  TorgRecord *user = torg_lookup_get (lookup, torg_session_get_user (self->session));
  const char *department = user != NULL ? torg_record_get_text (user, "department") : NULL;
  g_auto (GStrv) departments = torg_value_dup_items (torg_record_get (pipeline, "departments"));

  return departments[0] == NULL || department == NULL ||
         is_within (lookup, department, (const char *const *) departments);
}

static void
update_pipelines (TorgDealsPage *self)
{
  GPtrArray       *pipelines = torg_lookup_list (torg_session_get_lookup (self->session), "pipeline");
  g_autofree char *wanted = g_settings_get_string (torg_session_get_settings (self->session), "pipeline");
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GString) names = g_string_new (NULL);
  TorgRecord *shown = NULL;
  TorgRecord *first = NULL;

  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++)
    {
      TorgRecord      *pipeline = g_ptr_array_index (pipelines, i);
      g_autofree char *title = torg_words_title (pipeline);
      g_autoptr (GMenuItem) item = NULL;

      if (!is_ours (self, pipeline))
        continue;
      item = g_menu_item_new (title, NULL);
      g_menu_item_set_action_and_target (item, "deals.pipeline", "s", torg_record_get_id (pipeline));
      g_menu_append_item (menu, item);
      g_string_append_printf (names, "%s %s\n", torg_record_get_id (pipeline), title);
      if (g_strcmp0 (torg_record_get_text (pipeline, "kind"), "deals") == 0 && first == NULL)
        first = pipeline;
      if (g_strcmp0 (torg_record_get_id (pipeline), self->pipeline != NULL ? self->pipeline : wanted) == 0)
        shown = pipeline;
    }
  /* Another menu closes the one that is open. */
  if (g_set_str (&self->pipelines, names->str))
    torg_lazy_menu_set (self->pipeline_button, G_MENU_MODEL (menu));
  if (shown == NULL)
    shown = first;
  if (shown != NULL)
    {
      g_autofree char *title = torg_words_title (shown);

      gtk_label_set_label (self->pipeline_label, title);
    }
  if (shown != NULL && g_strcmp0 (self->pipeline, torg_record_get_id (shown)) != 0)
    show_pipeline (self, shown);
}

static void
lookup_changed_cb (TorgDealsPage *self)
{
  update_pipelines (self);
}

static void
filter_changed_cb (TorgDealsPage *self)
{
  /* What is done to several deals is done to those that are seen. */
  torg_picks_clear (self->picks);
  apply_filter (self);
  if (torg_filter_bar_is_active (self->filter_bar))
    gtk_widget_add_css_class (GTK_WIDGET (self->filter_button), "accent");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->filter_button), "accent");
}

static void
filter_left_cb (TorgDealsPage *self)
{
  if (!torg_filter_bar_is_active (self->filter_bar))
    gtk_toggle_button_set_active (self->filter_button, FALSE);
  torg_deals_page_focus (self);
}

static TorgFilterBar *
ensure_filter_bar (TorgDealsPage *self)
{
  if (self->filter_bar != NULL)
    return self->filter_bar;
  self->filter_bar = TORG_FILTER_BAR (torg_filter_bar_new (self->session, get_type_name (self)));
  g_signal_connect_object (self->filter_bar, "changed", G_CALLBACK (filter_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filter_bar, "left", G_CALLBACK (filter_left_cb), self, G_CONNECT_SWAPPED);
  gtk_revealer_set_child (self->filter_revealer, GTK_WIDGET (self->filter_bar));
  return self->filter_bar;
}

static void
filter_toggled_cb (TorgDealsPage *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->filter_button);

  if (self->session == NULL)
    return;
  if (shown)
    ensure_filter_bar (self);
  gtk_revealer_set_reveal_child (self->filter_revealer, shown);
  if (shown)
    torg_filter_bar_focus (self->filter_bar);
  else if (torg_filter_bar_is_active (self->filter_bar))
    torg_filter_bar_reset (self->filter_bar);
}

static void
picks_changed_cb (TorgDealsPage *self)
{
  guint n = torg_picks_get_n (self->picks);

  if (self->bulk_bar == NULL && n > 0)
    {
      self->bulk_bar = TORG_BULK_BAR (torg_bulk_bar_new ());
      torg_bulk_bar_set_leads (self->bulk_bar, g_str_equal (get_type_name (self), "lead"));
      torg_bulk_bar_set_compact (self->bulk_bar, self->compact);
      adw_toolbar_view_add_bottom_bar (self->toolbar_view, GTK_WIDGET (self->bulk_bar));
    }
  if (self->bulk_bar != NULL)
    torg_bulk_bar_set_n (self->bulk_bar, n);
}

static void
done_cb (TorgDealsPage *self)
{
  torg_picks_clear (self->picks);
}

static void
choose_pipeline (TorgDealsPage *self, const char *id)
{
  TorgRecord *pipeline = torg_lookup_get (torg_session_get_lookup (self->session), id);

  if (pipeline == NULL)
    return;
  show_pipeline (self, pipeline);
  torg_deals_page_focus (self);
}

static void
pipelines_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (gtk_widget_get_mapped (widget))
    gtk_menu_button_popup (TORG_DEALS_PAGE (widget)->pipeline_button);
}

static void
bulk_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgDealsPage *self = TORG_DEALS_PAGE (widget);
  g_autoptr (GArray) rowids = torg_picks_list (self->picks);

  if (rowids->len == 0)
    {
      /* Nothing is selected: it is about the one that has the focus. */
      gint64 rowid = is_list (self)        ? torg_records_table_get_focused (self->table)
                     : self->board != NULL ? torg_board_get_focused (self->board)
                                           : 0;

      if (rowid == 0)
        return;
      g_array_append_val (rowids, rowid);
    }
  if (g_str_equal (name, "deals.move"))
    torg_deal_actions_choose_stage (self->actions, rowids, self->pipeline);
  else if (g_str_equal (name, "deals.owner"))
    torg_deal_actions_choose_owner (self->actions, rowids);
  else if (g_str_equal (name, "deals.tag"))
    torg_deal_actions_choose_tag (self->actions, rowids);
  else if (g_str_equal (name, "deals.postpone"))
    torg_deal_actions_postpone (self->actions, rowids);
  else
    torg_deal_actions_delete (self->actions, rowids);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  torg_picks_clear (TORG_DEALS_PAGE (widget)->picks);
}

static void
choose_view (TorgDealsPage *self, const char *name)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  adw_toggle_group_set_active_name (self->view_toggle, name);
  torg_deals_page_focus (self);
}

static void
columns_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgDealsPage *self = TORG_DEALS_PAGE (widget);

  if (self->table != NULL)
    torg_table_choose_columns (self->table);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgDealsPage *self = TORG_DEALS_PAGE (widget);

  if (self->table != NULL)
    torg_records_table_export (self->table);
}

static void
filter_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgDealsPage *self = TORG_DEALS_PAGE (widget);

  torg_deals_page_find (self);
  torg_filter_bar_begin_add (self->filter_bar);
}

static void
torg_deals_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TorgDealsPage *self = TORG_DEALS_PAGE (object);

  switch (id)
    {
      case PROP_PIPELINE:
        g_value_set_string (value, self->pipeline != NULL ? self->pipeline : "");
        break;
      case PROP_VIEW:
        g_value_set_string (value, self->view_toggle != NULL && is_list (self) ? "list" : "board");
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
torg_deals_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
      case PROP_PIPELINE:
        choose_pipeline (TORG_DEALS_PAGE (object), g_value_get_string (value));
        break;
      case PROP_VIEW:
        choose_view (TORG_DEALS_PAGE (object), g_value_get_string (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
torg_deals_page_dispose (GObject *object)
{
  TorgDealsPage *self = TORG_DEALS_PAGE (object);

  g_clear_object (&self->actions);
  g_clear_object (&self->picks);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_DEALS_PAGE);
  g_clear_object (&self->session);
  g_clear_pointer (&self->pipeline, g_free);
  g_clear_pointer (&self->pipelines, g_free);
  G_OBJECT_CLASS (torg_deals_page_parent_class)->dispose (object);
}

static void
torg_deals_page_class_init (TorgDealsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    guint           keyval;
    GdkModifierType modifiers;
    const char     *action;
  } keys[] = {
    { GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "deals.columns" },
    { GDK_KEY_e, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "deals.export" },
    { GDK_KEY_f, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "deals.filter" },
    { GDK_KEY_m, GDK_CONTROL_MASK, "deals.move" },
    { GDK_KEY_o, GDK_CONTROL_MASK, "deals.owner" },
    { GDK_KEY_t, GDK_CONTROL_MASK, "deals.tag" },
    { GDK_KEY_d, GDK_CONTROL_MASK, "deals.postpone" },
  };
  static const char *const bulk[] = { "deals.move", "deals.owner", "deals.tag", "deals.postpone", "deals.delete" };

  G_OBJECT_CLASS (klass)->dispose = torg_deals_page_dispose;
  G_OBJECT_CLASS (klass)->get_property = torg_deals_page_get_property;
  G_OBJECT_CLASS (klass)->set_property = torg_deals_page_set_property;
  props[PROP_PIPELINE] = g_param_spec_string ("pipeline", NULL, NULL, NULL,
                                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_VIEW] = g_param_spec_string ("view", NULL, NULL, NULL,
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
  g_type_ensure (TORG_TYPE_STATE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/board/torg-deals-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, state_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, pipeline_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, pipeline_label);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, narrow_menu_button);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, view_menu);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, view_toggle);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, filter_revealer);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, toolbar_view);
  gtk_widget_class_bind_template_child (widget_class, TorgDealsPage, stack);
  gtk_widget_class_bind_template_callback (widget_class, filter_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, compact_cb);
  gtk_widget_class_bind_template_callback (widget_class, roomy_cb);

  gtk_widget_class_install_property_action (widget_class, "deals.pipeline", "pipeline");
  gtk_widget_class_install_action (widget_class, "deals.clear", NULL, clear_action);
  gtk_widget_class_install_action (widget_class, "deals.columns", NULL, columns_action);
  gtk_widget_class_install_action (widget_class, "deals.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "deals.filter", NULL, filter_action);
  gtk_widget_class_install_property_action (widget_class, "deals.view", "view");
  gtk_widget_class_install_action (widget_class, "deals.pipelines", NULL, pipelines_action);
  for (guint i = 0; i < G_N_ELEMENTS (bulk); i++)
    gtk_widget_class_install_action (widget_class, bulk[i], NULL, bulk_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].keyval, keys[i].modifiers, keys[i].action, NULL);
}

/* These work from the sidebar too. */
static void
add_keys (TorgDealsPage *self)
{
  static const struct
  {
    guint       keyval;
    const char *action;
    const char *target; /* (nullable) */
  } keys[] = {
    { GDK_KEY_p, "deals.pipelines", NULL },
    { GDK_KEY_b, "deals.view", "board" },
    { GDK_KEY_l, "deals.view", "list" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller), GTK_SHORTCUT_SCOPE_GLOBAL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].keyval, GDK_CONTROL_MASK),
                                                gtk_named_action_new (keys[i].action));

      if (keys[i].target != NULL)
        gtk_shortcut_set_arguments (shortcut, g_variant_new_string (keys[i].target));
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
    }
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
torg_deals_page_init (TorgDealsPage *self)
{
  self->picks = torg_picks_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_keys (self);
  torg_lazy_menu_set (self->menu_button, self->view_menu);
  torg_lazy_menu_set (self->narrow_menu_button, self->view_menu);
  g_signal_connect_object (self->picks, "changed", G_CALLBACK (picks_changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * torg_deals_page_new:
 * @session: the session
 *
 * Makes the page of deals.
 *
 * Returns: a new page
 */
AdwNavigationPage *
torg_deals_page_new (TorgSession *session)
{
  TorgDealsPage *self = g_object_new (TORG_TYPE_DEALS_PAGE, NULL);
  TorgLookup    *lookup = torg_session_get_lookup (session);

  self->actions = torg_deal_actions_new (session, GTK_WIDGET (self));
  g_signal_connect_object (self->actions, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  if (g_settings_get_boolean (torg_session_get_settings (session), "deals-as-list"))
    adw_toggle_group_set_active_name (self->view_toggle, "list");
  self->session = g_object_ref (session);
  torg_state_button_set_session (self->state_button, session);
  g_signal_connect_object (lookup, "changed", G_CALLBACK (lookup_changed_cb), self, G_CONNECT_SWAPPED);
  if (torg_lookup_is_loaded (lookup))
    update_pipelines (self);
  return ADW_NAVIGATION_PAGE (self);
}

/**
 * torg_deals_page_find:
 *
 * Opens the filter and lets the user type.
 */
void
torg_deals_page_find (TorgDealsPage *self)
{
  gtk_toggle_button_set_active (self->filter_button, TRUE);
  torg_filter_bar_focus (ensure_filter_bar (self));
}

/**
 * torg_deals_page_focus:
 *
 * Gives the keyboard to the deals, at once or when they come.
 */
void
torg_deals_page_focus (TorgDealsPage *self)
{
  self->focus_wanted = self->pipeline == NULL;
  if (is_list (self) && self->table != NULL)
    torg_records_table_focus (self->table);
  else if (!is_list (self) && self->board != NULL)
    torg_board_focus (self->board);
}

/**
 * torg_deals_page_add:
 *
 * Opens the quick entry of a deal.
 */
void
torg_deals_page_add (TorgDealsPage *self)
{
  if (is_list (self))
    adw_toggle_group_set_active_name (self->view_toggle, "board");
  if (self->board != NULL)
    torg_board_begin_add (self->board);
}
