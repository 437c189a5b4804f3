/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-timeline.h"
#include "torg-change-words.h"
#include "torg-composer.h"
#include "torg-deal-actions.h"
#include "torg-list.h"
#include "torg-timeline-row.h"

#include <glib/gi18n-lib.h>

/* What the history shows. */
typedef enum
{
  WHAT_ALL,
  WHAT_DONE,
  WHAT_CHANGES,
} What;
#define N_WHATS (WHAT_CHANGES + 1)

struct _TorgTimeline
{
  AdwBin parent_instance;

  TorgComposer   *composer;
  GtkWidget      *planned_box;
  GtkListBox     *planned;
  AdwToggleGroup *what;
  GtkStack       *stack;
  GtkGridView    *entries;
  AdwStatusPage  *empty;

  TorgSession     *session;        /* (owned) (nullable) */
  TorgDealActions *actions;        /* (owned) (nullable): made when a stage is restored */
  TorgList        *plans;          /* (owned) (nullable) */
  TorgList        *lists[N_WHATS]; /* (owned) (nullable): each made when it is shown first */
  char            *type;           /* (owned) (nullable) */
  char            *id;             /* (owned) (nullable) */
  gint64           rowid;
};

G_DEFINE_FINAL_TYPE (TorgTimeline, torg_timeline, ADW_TYPE_BIN)

static What
get_what (TorgTimeline *self)
{
  const char *name = adw_toggle_group_get_active_name (self->what);

  if (g_strcmp0 (name, "changes") == 0)
    return WHAT_CHANGES;
  return g_strcmp0 (name, "done") == 0 ? WHAT_DONE : WHAT_ALL;
}

static void
update (TorgTimeline *self)
{
  TorgList *list = self->lists[get_what (self)];
  gboolean  empty =
    list == NULL || (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0 && !torg_list_is_loading (list));

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "entries");
  gtk_widget_set_visible (self->planned_box,
                          self->plans != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->plans)) > 0);
}

/* A stage is restored like a card is moved: what has to be asked is asked. */
static void
restore_stage (TorgTimeline *self, const char *stage)
{
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (self->actions == NULL)
    {
      self->actions = torg_deal_actions_new (self->session, GTK_WIDGET (self));
      torg_deal_actions_set_type (self->actions, self->type);
    }
  g_array_append_val (rowids, self->rowid);
  torg_deal_actions_move (self->actions, rowids, stage, NULL, NULL);
}

static void
restore_cb (TorgTimeline *self, TorgRecord *change)
{
  const TorgField *field = torg_change_words_find_field (self->session, change);
  g_auto (TorgValue) value = TORG_VALUE_INIT;
  g_autofree char *label = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (field == NULL || !torg_change_words_get_old (change, field, &value))
    return;
  if (g_str_equal (field->name, "stage") && value.text != NULL)
    {
      restore_stage (self, value.text);
      return;
    }
  label = g_strdup_printf (_ ("“%s” is as it was before"), torg_field_get_label (field));
  edit = torg_edit_new (label);
  torg_edit_set (edit, self->type, self->id, field->name, &value);
  torg_session_apply (self->session, edit);
}

static GtkWidget *
make_row (TorgTimeline *self)
{
  GtkWidget *row = torg_timeline_row_new (self->session);

  g_signal_connect_object (row, "restore", G_CALLBACK (restore_cb), self, G_CONNECT_SWAPPED);
  return row;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, make_row (TORG_TIMELINE (data)));
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  torg_timeline_row_bind (TORG_TIMELINE_ROW (gtk_list_item_get_child (item)), TORG_ROW (gtk_list_item_get_item (item)));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  torg_timeline_row_bind (TORG_TIMELINE_ROW (gtk_list_item_get_child (item)), NULL);
}

static GtkWidget *
create_plan_row (gpointer item, gpointer data)
{
  GtkWidget *row = make_row (TORG_TIMELINE (data));

  torg_timeline_row_bind (TORG_TIMELINE_ROW (row), TORG_ROW (item));
  return row;
}

static TorgList *
make_list (TorgTimeline *self)
{
  TorgList *list = torg_list_new (torg_session_get_replica (self->session), NULL);

  g_signal_connect_object (list, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::loading", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return list;
}

static TorgQuery *
make_query (TorgTimeline *self, What what)
{
  TorgQuery      *query = torg_query_new (what == WHAT_CHANGES ? "history" : "activity");
  const TorgValue null = TORG_VALUE_INIT;

  torg_query_add_text (query, what == WHAT_CHANGES ? "record" : self->type, TORG_MATCH_IS, self->id);
  if (what == WHAT_DONE)
    torg_query_add (query, "done", TORG_MATCH_IS_NOT, &null);
  torg_query_sort (query, "at", TRUE);
  return query;
}

static void
show_list (TorgTimeline *self)
{
  static const char *const nothing[] = { N_ ("Nothing Here Yet"), N_ ("Nothing Done Yet"), N_ ("No Changes") };
  What                     what = get_what (self);
  g_autoptr (GtkNoSelection) selection = NULL;

  if (self->session == NULL)
    return;
  if (self->lists[what] == NULL)
    {
      g_autoptr (TorgQuery) done = make_query (self, WHAT_DONE);
      g_autoptr (TorgQuery) changes = make_query (self, WHAT_CHANGES);

      self->lists[what] = make_list (self);
      if (what == WHAT_ALL)
        torg_list_set_merged (self->lists[what], done, changes);
      else
        torg_list_set_query (self->lists[what], what == WHAT_DONE ? done : changes);
    }
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->lists[what])));
  gtk_grid_view_set_model (self->entries, GTK_SELECTION_MODEL (selection));
  adw_status_page_set_title (self->empty, _ (nothing[what]));
  adw_status_page_set_description (self->empty,
                                   what == WHAT_CHANGES ? NULL : _ ("Write a note or plan the next step above."));
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
    {
      gtk_grid_view_set_model (self->entries, NULL);
      gtk_list_box_bind_model (self->planned, NULL, NULL, NULL, NULL);
    }
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_TIMELINE);
  g_clear_object (&self->plans);
  for (guint i = 0; i < N_WHATS; i++)
    g_clear_object (&self->lists[i]);
  g_clear_object (&self->actions);
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
torg_timeline_set_record (TorgTimeline *self, TorgSession *session, TorgRecord *record)
{
  const char *type = torg_record_get_kind (record)->info->name;
  g_autoptr (TorgQuery) plans = NULL;
  const TorgValue null = TORG_VALUE_INIT;

  torg_composer_set_record (self->composer, session, record);
  if (self->session != NULL)
    return;
  self->session = g_object_ref (session);
  self->type = g_strdup (type);
  self->id = g_strdup (torg_record_get_id (record));
  self->rowid = torg_record_get_rowid (record);

  plans = torg_query_new ("activity");
  torg_query_add_text (plans, type, TORG_MATCH_IS, self->id);
  torg_query_add (plans, "done", TORG_MATCH_IS, &null);
  torg_query_add (plans, "due", TORG_MATCH_IS_NOT, &null);
  torg_query_sort (plans, "due", FALSE);
  self->plans = make_list (self);
  torg_list_set_query (self->plans, plans);
  gtk_list_box_bind_model (self->planned, G_LIST_MODEL (self->plans), create_plan_row, self, NULL);
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
