/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-timeline.h"
#include "torg-change-words.h"
#include "torg-composer.h"
#include "torg-deal-actions.h"
#include "torg-list.h"
#include "torg-timeline-row.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* What the history shows. */
typedef enum
{
  WHAT_ALL,
  WHAT_DONE,
  WHAT_CHANGES,
} What;
#define N_WHATS (WHAT_CHANGES + 1)

/* More at once than anybody does next; each is a row of its own. */
#define MAX_PLANS 100

struct _TorgTimeline
{
  AdwBin parent_instance;

  TorgComposer   *composer;
  GtkWidget      *planned_box;
  GtkListBox     *planned;
  GtkWidget      *overdue_box;
  GtkLabel       *overdue;
  GtkWidget      *nothing_box;
  AdwToggleGroup *what;
  GtkStack       *stack;
  GtkGridView    *entries;
  AdwStatusPage  *empty;

  TorgSession     *session;        /* (owned) (nullable) */
  TorgDealActions *actions;        /* (owned) (nullable): made when a stage is restored */
  GtkNoSelection  *shown;          /* (owned): around the list that is shown, perhaps still of the last record */
  TorgList        *plans;          /* (owned) (nullable): what is planned with a date, the soonest first */
  TorgList        *undated;        /* (owned) (nullable): what is planned without one */
  TorgList        *lists[N_WHATS]; /* (owned) (nullable): each made when it is shown first */
  char            *type;           /* (owned) (nullable) */
  char            *id;             /* (owned) (nullable) */
  gint64           rowid;
  gboolean         wants_step; /* it is worked on, in a pipeline that asks for a next step */
  GPtrArray       *spare;      /* (owned) (element-type TorgTimelineRow): rows to be used again */
  gboolean         filled;
};

G_DEFINE_FINAL_TYPE (TorgTimeline, torg_timeline, ADW_TYPE_BIN)

enum
{
  SIGNAL_FILLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static What
get_what (TorgTimeline *self)
{
  const char *name = adw_toggle_group_get_active_name (self->what);

  if (g_strcmp0 (name, "changes") == 0)
    return WHAT_CHANGES;
  return g_strcmp0 (name, "done") == 0 ? WHAT_DONE : WHAT_ALL;
}

static guint
count_items (TorgList *list)
{
  return list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (list)) : 0;
}

/* What is late stands on top of the card; where nothing is planned, that is said. */
static void
update_plans (TorgTimeline *self)
{
  guint  n = count_items (self->plans) + count_items (self->undated);
  guint  n_overdue = 0;
  gint64 now = torg_session_get_now (self->session);

  for (guint i = 0; i < MIN (count_items (self->plans), MAX_PLANS); i++)
    {
      g_autoptr (TorgRow) row = g_list_model_get_item (G_LIST_MODEL (self->plans), i);
      TorgRecord *record = torg_row_get_record (row);

      /* The soonest come first. */
      if (record == NULL || !torg_words_is_overdue (record, now))
        break;
      n_overdue++;
    }
  gtk_widget_set_visible (self->planned_box, n > 0);
  gtk_widget_set_visible (self->overdue_box, n_overdue > 0);
  if (n_overdue > 0)
    {
      /* Translators: things to do whose time has passed */
      g_autofree char *words = g_strdup_printf (ngettext ("%u overdue", "%u overdue", n_overdue), n_overdue);

      gtk_label_set_label (self->overdue, words);
    }
  gtk_widget_set_visible (self->nothing_box, self->wants_step && n == 0 && self->plans != NULL &&
                                               !torg_list_is_loading (self->plans) &&
                                               !torg_list_is_loading (self->undated));
}

/* What is shown is replaced when the first entries are there: so their rows are used again as they are. */
static void
update (TorgTimeline *self)
{
  TorgList *list = self->lists[get_what (self)];
  gboolean  loading = list == NULL || torg_list_is_loading (list);
  guint     n = count_items (list);

  update_plans (self);
  if (n == 0 && loading)
    return;
  if (gtk_no_selection_get_model (self->shown) != G_LIST_MODEL (list))
    {
      gtk_no_selection_set_model (self->shown, G_LIST_MODEL (list));
      if (n > 0)
        gtk_grid_view_scroll_to (self->entries, 0, GTK_LIST_SCROLL_NONE, NULL);
    }
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "entries" : "empty");
  if (self->filled)
    return;
  self->filled = TRUE;
  g_signal_emit (self, signals[SIGNAL_FILLED], 0);
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
  TorgTimeline *self = TORG_TIMELINE (data);
  g_autoptr (GtkWidget) spare =
    self->spare->len > 0 ? g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1) : NULL;

  gtk_list_item_set_child (item, spare != NULL ? spare : make_row (self));
  gtk_list_item_set_activatable (item, FALSE);
}

/* The rows of one record are used for the next one. */
static void
teardown_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  TorgTimeline *self = TORG_TIMELINE (data);

  if (self->spare == NULL || gtk_list_item_get_child (item) == NULL)
    return;
  g_ptr_array_add (self->spare, g_object_ref (gtk_list_item_get_child (item)));
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
  /* It may be filled later. */
  g_signal_connect_object (item, "changed", G_CALLBACK (update_plans), data, G_CONNECT_SWAPPED);
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

static TorgList *
make_plans (TorgTimeline *self, gboolean dated)
{
  g_autoptr (TorgQuery) query = torg_query_new ("activity");
  const TorgValue null = TORG_VALUE_INIT;
  TorgList       *list = make_list (self);

  torg_query_add_text (query, self->type, TORG_MATCH_IS, self->id);
  torg_query_add (query, "done", TORG_MATCH_IS, &null);
  torg_query_add (query, "due", dated ? TORG_MATCH_IS_NOT : TORG_MATCH_IS, &null);
  torg_query_sort (query, dated ? "due" : "at", FALSE);
  torg_list_set_query (list, query);
  return list;
}

/* What has a date comes first, then what has none. */
static void
show_plans (TorgTimeline *self)
{
  g_autoptr (GListStore) both = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr (GtkSliceListModel) plans = NULL;

  g_clear_object (&self->plans);
  g_clear_object (&self->undated);
  self->plans = make_plans (self, TRUE);
  self->undated = make_plans (self, FALSE);
  g_list_store_append (both, self->plans);
  g_list_store_append (both, self->undated);
  plans = gtk_slice_list_model_new (G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (g_steal_pointer (&both)))),
                                    0, MAX_PLANS);
  gtk_list_box_bind_model (self->planned, G_LIST_MODEL (plans), create_plan_row, self, NULL);
}

static void
show_list (TorgTimeline *self)
{
  static const char *const nothing[] = { N_ ("Nothing Here Yet"), N_ ("Nothing Done Yet"), N_ ("No Changes") };
  What                     what = get_what (self);

  if (self->id == NULL)
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
  g_clear_pointer (&self->spare, g_ptr_array_unref);
  g_clear_object (&self->shown);
  g_clear_object (&self->plans);
  g_clear_object (&self->undated);
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
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, overdue_box);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, overdue);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, nothing_box);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, what);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, entries);
  gtk_widget_class_bind_template_child (widget_class, TorgTimeline, empty);
  gtk_widget_class_bind_template_callback (widget_class, what_changed_cb);

  signals[SIGNAL_FILLED] =
    g_signal_new ("filled", TORG_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_timeline_init (TorgTimeline *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->spare = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = gtk_no_selection_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "teardown", G_CALLBACK (teardown_cb), self, 0);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_grid_view_set_factory (self->entries, factory);
  gtk_grid_view_set_model (self->entries, GTK_SELECTION_MODEL (self->shown));
}

/**
 * torg_timeline_set_target:
 * @session: the session
 * @type: the type of a record
 * @id: a deal, lead, company or person
 *
 * Begins to show what is planned for a record and what was done. Its record itself may come later.
 */
void
torg_timeline_set_target (TorgTimeline *self, TorgSession *session, const char *type, const char *id)
{
  if (self->id != NULL && g_strcmp0 (id, self->id) == 0)
    return;
  g_set_object (&self->session, session);
  g_set_str (&self->type, type);
  g_set_str (&self->id, id);
  self->filled = FALSE;
  self->rowid = 0;
  self->wants_step = FALSE;
  for (guint i = 0; i < N_WHATS; i++)
    g_clear_object (&self->lists[i]);
  show_plans (self);
  show_list (self);
}

/**
 * torg_timeline_set_record:
 * @record: the record that was set by its id
 *
 * Says what is written about.
 */
void
torg_timeline_set_record (TorgTimeline *self, TorgRecord *record)
{
  TorgLookup *lookup = torg_session_get_lookup (self->session);
  const char *pipeline = torg_type_find_field (torg_record_get_kind (record), "pipeline") != NULL
                           ? torg_record_get_text (record, "pipeline")
                           : NULL;

  self->rowid = torg_record_get_rowid (record);
  self->wants_step =
    pipeline != NULL &&
    torg_next_rule_get (torg_lookup_get (lookup, pipeline),
                        torg_lookup_get (lookup, torg_record_get_text (record, "stage"))) != TORG_NEXT_OFF;
  update_plans (self);
  torg_composer_set_record (self->composer, self->session, record);
}

/**
 * torg_timeline_hide_last:
 *
 * Hides what is still shown of the last record.
 */
void
torg_timeline_hide_last (TorgTimeline *self)
{
  gtk_stack_set_visible_child_name (self->stack, "wait");
}

/**
 * torg_timeline_is_filled:
 *
 * Tells whether the first entries are there, or it is known that there are none.
 *
 * Returns: whether it is
 */
gboolean
torg_timeline_is_filled (TorgTimeline *self)
{
  return self->filled;
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

/**
 * torg_timeline_plan:
 *
 * Lets the user plan a step.
 */
void
torg_timeline_plan (TorgTimeline *self)
{
  torg_composer_plan (self->composer);
}
