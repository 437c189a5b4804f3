/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-timeline.h"
#include "torg-composer.h"
#include "torg-list.h"
#include "torg-timeline-row.h"

#include <glib/gi18n-lib.h>

struct _TorgTimeline {
  AdwBin parent_instance;

  TorgComposer   *composer;
  GtkWidget      *planned_box;
  GtkListBox     *planned;
  AdwToggleGroup *what;
  GtkStack       *stack;
  GtkGridView    *entries;
  AdwStatusPage  *empty;

  TorgSession *session; /* (owned) (nullable) */
  TorgList    *plans;   /* (owned) (nullable) */
  TorgList    *done;    /* (owned) (nullable): activities */
  TorgList    *changes; /* (owned) (nullable): made when they are shown first */
  char        *type;    /* (owned) (nullable) */
  char        *id;      /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (TorgTimeline, torg_timeline, ADW_TYPE_BIN)

static gboolean
shows_changes (TorgTimeline *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->what), "changes") == 0;
}

static TorgList *
get_list (TorgTimeline *self)
{
  return shows_changes (self) ? self->changes : self->done;
}

static void
update (TorgTimeline *self)
{
  TorgList *list = get_list (self);
  gboolean empty =
    list == NULL || (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0 && !torg_list_is_loading (list));

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "entries");
  gtk_widget_set_visible (self->planned_box,
                          self->plans != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->plans)) > 0);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  data)
{
  gtk_list_item_set_child (item, torg_timeline_row_new (TORG_TIMELINE (data)->session));
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  data)
{
  torg_timeline_row_bind (TORG_TIMELINE_ROW (gtk_list_item_get_child (item)), TORG_ROW (gtk_list_item_get_item (item)));
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           gpointer                  data)
{
  torg_timeline_row_bind (TORG_TIMELINE_ROW (gtk_list_item_get_child (item)), NULL);
}

static GtkWidget *
create_plan_row (gpointer item,
                 gpointer data)
{
  GtkWidget *row = torg_timeline_row_new (TORG_TIMELINE (data)->session);

  torg_timeline_row_bind (TORG_TIMELINE_ROW (row), TORG_ROW (item));
  return row;
}

static TorgList *
make_list (TorgTimeline *self,
           TorgQuery    *query)
{
  TorgList *list = torg_list_new (torg_session_get_replica (self->session), query);

  g_signal_connect_object (list, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::loading", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return list;
}

static void
show_list (TorgTimeline *self)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  if (self->session == NULL)
    return;
  if (shows_changes (self) && self->changes == NULL)
    {
      g_autoptr (TorgQuery) query = torg_query_new ("history");

      torg_query_add_text (query, "record", TORG_MATCH_IS, self->id);
      torg_query_sort (query, "at", TRUE);
      self->changes = make_list (self, query);
    }
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (get_list (self))));
  gtk_grid_view_set_model (self->entries, GTK_SELECTION_MODEL (selection));
  adw_status_page_set_title (self->empty, shows_changes (self) ? _ ("No Changes") : _ ("Nothing Done Yet"));
  adw_status_page_set_description (
    self->empty, shows_changes (self) ? NULL : _ ("Write a note or plan the next step above."));
  update (self);
}

static void
what_changed_cb (TorgTimeline *self)
{
  show_list (self);
}

static void
torg_timeline_dispose (GObject *object)
{
  TorgTimeline *self = TORG_TIMELINE (object);

  if (self->entries != NULL)
    gtk_grid_view_set_model (self->entries, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_TIMELINE);
  g_clear_object (&self->plans);
  g_clear_object (&self->done);
  g_clear_object (&self->changes);
  g_clear_object (&self->session);
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (torg_timeline_parent_class)->dispose (object);
}

static void
torg_timeline_class_init (TorgTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_timeline_dispose;
  g_type_ensure (TORG_TYPE_COMPOSER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, composer);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, planned_box);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, planned);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, what);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, entries);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, empty);
  gtk_widget_class_bind_template_callback (widget_class, what_changed_cb);
}

static void
torg_timeline_init (TorgTimeline *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_grid_view_set_factory (self->entries, factory);
}

/**
 * torg_timeline_set_record:
 * @session: the session
 * @record: a deal, lead, company or person
 *
 * Shows what is planned for a record and what was done.
 */
void
torg_timeline_set_record (TorgTimeline *self,
                          TorgSession  *session,
                          TorgRecord   *record)
{
  const char *type = torg_record_get_kind (record)->info->name;
  g_autoptr (TorgQuery) plans = NULL;
  g_autoptr (TorgQuery) done = NULL;
  const TorgValue null = TORG_VALUE_INIT;

  torg_composer_set_record (self->composer, session, record);
  if (self->session != NULL)
    return;
  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  self->id = g_strdup (torg_record_get_id (record));

  plans = torg_query_new ("activity");
  torg_query_add_text (plans, type, TORG_MATCH_IS, self->id);
  torg_query_add (plans, "done", TORG_MATCH_IS, &null);
  torg_query_add (plans, "due", TORG_MATCH_IS_NOT, &null);
  torg_query_sort (plans, "due", FALSE);
  self->plans = make_list (self, plans);
  gtk_list_box_bind_model (self->planned, G_LIST_MODEL (self->plans), create_plan_row, self, NULL);

  done = torg_query_new ("activity");
  torg_query_add_text (done, type, TORG_MATCH_IS, self->id);
  torg_query_add (done, "done", TORG_MATCH_IS_NOT, &null);
  torg_query_sort (done, "at", TRUE);
  self->done = make_list (self, done);
  show_list (self);
}

/**
 * torg_timeline_focus:
 *
 * Lets the user write a note.
 */
void
torg_timeline_focus (TorgTimeline *self)
{
  torg_composer_focus (self->composer);
}
