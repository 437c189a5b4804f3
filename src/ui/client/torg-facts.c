/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-facts.h"
#include "torg-bank-fill.h"
#include "torg-card-layout.h"
#include "torg-client-time.h"
#include "torg-completeness-bar.h"
#include "torg-converted-bar.h"
#include "torg-approval-bar.h"
#include "torg-deal-actions.h"
#include "torg-deal-terms.h"
#include "torg-field-row.h"
#include "torg-attach.h"
#include "torg-file-table.h"
#include "torg-files.h"
#include "torg-legal-form.h"
#include "torg-links.h"

#include <glib/gi18n-lib.h>

struct _TorgFacts
{
  AdwBin parent_instance;

  GtkScrolledWindow   *scroller;
  TorgApprovalBar     *approval;
  TorgConvertedBar    *converted;
  TorgCompletenessBar *completeness;
  GtkBox              *deals;
  GtkBox              *groups;
  GtkBox              *links;
  GtkWidget           *more_button;
  GtkWidget           *offline;

  TorgSession     *session; /* (owned) (nullable) */
  TorgRow         *row;     /* (owned) (nullable) */
  TorgDealActions *actions; /* (owned) (nullable) */
  const TorgType  *type;    /* (nullable): that of the row, which the field rows were made for */
  GPtrArray       *rows;    /* (owned) (element-type TorgFieldRow): belong to the groups */
  GPtrArray       *lists;   /* (owned) (element-type TorgLinks): belong to the boxes */
  TorgFiles       *files;   /* (nullable): belongs to the box */
  TorgRecord      *layout;  /* (owned) (nullable): of its cards */
  gboolean         show_all;
};

G_DEFINE_FINAL_TYPE (TorgFacts, torg_facts, ADW_TYPE_BIN)

/* What is linked to a record of a type: another type, and the field that refers to it. */
static const struct
{
  const char *type;
  const char *other;
  const char *field;
  const char *title;
} linked[] = {
  { "company", "deal", "company", N_ ("Deals") },
  { "company", "person", "company", N_ ("People") },
  { "company", "legal_entity", "company", N_ ("Legal entities") },
  { "company", "company", "parent", N_ ("Companies of the group") },
  { "person", "legal_entity", "person", N_ ("Legal entities") },
  { "legal_entity", "bank_account", "legal_entity", N_ ("Further accounts") },
  { "deal", "deal_contact", "deal", N_ ("Further contacts") },
  { "person", "deal", "person", N_ ("Deals") },
  { "company", "lead", "converted_company", N_ ("From the leads") },
  { "person", "lead", "converted_person", N_ ("From the leads") },
  { "deal", "lead", "converted_deal", N_ ("From the lead") },
};

typedef struct
{
  TorgFieldRow *row;   /* (owned) */
  TorgRow      *shown; /* (owned): the record that it showed */
  char         *text;  /* (owned) (nullable): as it was typed */
} Edited;

static void
edit_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Edited *edited = data;
  g_autoptr (GError) error = NULL;

  if (torg_session_apply_finish (TORG_SESSION (source), result, &error) < 0 && edited->text != NULL)
    torg_field_row_resume (edited->row, edited->shown, edited->text, error->message);
  g_object_unref (edited->row);
  g_object_unref (edited->shown);
  g_free (edited->text);
  g_free (edited);
}

static void
edited_cb (TorgFacts *self, const TorgValue *value, const char *text, TorgFieldRow *field_row)
{
  Edited          *edited = g_new0 (Edited, 1);
  TorgRecord      *record = torg_row_get_record (self->row);
  const TorgField *field = torg_field_row_get_field (field_row);
  g_autofree char *label = g_strdup_printf (_ ("“%s” changed"), torg_field_get_label (field));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_set (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record), field->name, value);
  edited->row = g_object_ref (field_row);
  edited->shown = g_object_ref (self->row);
  edited->text = g_strdup (text);
  torg_bank_fill_apply_async (self->session, edit, edit_saved_cb, edited);
}

static TorgDealActions *
ensure_actions (TorgFacts *self)
{
  if (self->actions == NULL)
    self->actions = torg_deal_actions_new (self->session, GTK_WIDGET (self));
  torg_deal_actions_set_type (self->actions, torg_record_get_kind (torg_row_get_record (self->row))->info->name);
  return self->actions;
}

static void
choose_stage_cb (TorgFacts *self)
{
  TorgRecord *record = torg_row_get_record (self->row);
  gint64      rowid = torg_record_get_rowid (record);
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (rowids, rowid);
  torg_deal_actions_choose_stage (ensure_actions (self), rowids, torg_record_get_text (record, "pipeline"));
}

static void
approved_cb (TorgFacts *self, TorgRecord *approval)
{
  if (self->row != NULL)
    torg_deal_actions_approve (ensure_actions (self), torg_record_get_rowid (torg_row_get_record (self->row)),
                               approval);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row)
{
  torg_field_row_activate (TORG_FIELD_ROW (row));
}

static gboolean
has_form (TorgFacts *self)
{
  return g_str_equal (self->type->info->name, "legal_entity") || g_str_equal (self->type->info->name, "own_entity");
}

/* What is empty and rarely needed waits behind a button. */
static gboolean
is_shown (TorgFacts *self, TorgFieldRow *row)
{
  const TorgField *field = torg_field_row_get_field (row);
  TorgCardPlace    place = torg_card_layout_get_place (self->layout, field);

  if (place != TORG_CARD_USUAL)
    return place == TORG_CARD_ALWAYS;
  /* The form decides which requisites there are; what was filled in is never hidden. */
  if (has_form (self))
    {
      const char *form = torg_record_get_text (torg_row_get_record (self->row), "form");

      if (!torg_legal_form_uses (form, field->name) && torg_field_row_is_empty (row))
        return FALSE;
      if (torg_legal_form_wants (form, field->name))
        return TRUE;
    }
  return self->show_all || !torg_field_row_is_empty (row) || torg_field_row_has_proposal (row) ||
         (field->flags & TORG_FIELD_LIST) != 0 || g_str_equal (field->name, "note") ||
         g_str_equal (field->name, "tags");
}

/* Whether the button brings a row that is not shown. */
static gboolean
is_wanted (TorgFacts *self, TorgFieldRow *row)
{
  if (torg_card_layout_get_place (self->layout, torg_field_row_get_field (row)) == TORG_CARD_HIDDEN)
    return FALSE;
  return !has_form (self) || torg_legal_form_uses (torg_record_get_text (torg_row_get_record (self->row), "form"),
                                                   torg_field_row_get_field (row)->name);
}

static void
update_visible (TorgFacts *self)
{
  gboolean hidden = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    {
      gboolean shown = is_shown (self, g_ptr_array_index (self->rows, i));
      gboolean waits = !shown && is_wanted (self, g_ptr_array_index (self->rows, i));

      gtk_widget_set_visible (g_ptr_array_index (self->rows, i), shown);
      hidden |= waits;
    }
  for (GtkWidget *group = gtk_widget_get_first_child (GTK_WIDGET (self->groups)); group != NULL;
       group = gtk_widget_get_next_sibling (group))
    {
      GtkWidget *list = g_object_get_data (G_OBJECT (group), "torg-list");
      gboolean   any = FALSE;

      for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
        any |= gtk_widget_get_visible (row);
      gtk_widget_set_visible (group, any);
    }
  gtk_widget_set_visible (self->more_button, hidden);
}

static void
more_cb (TorgFacts *self)
{
  self->show_all = TRUE;
  update_visible (self);
}

/* The cursor goes to the field. */
static void
wanted_cb (TorgFacts *self, const char *field)
{
  more_cb (self);
  for (guint i = 0; i < self->rows->len; i++)
    {
      TorgFieldRow *row = g_ptr_array_index (self->rows, i);

      if (!g_str_equal (torg_field_row_get_field (row)->name, field))
        continue;
      gtk_widget_grab_focus (GTK_WIDGET (row));
      torg_field_row_activate (row);
    }
}

static GtkWidget *
ensure_group (TorgFacts *self, GHashTable *groups, const char *title)
{
  GtkWidget *list = g_hash_table_lookup (groups, title);
  GtkWidget *group;

  if (list != NULL)
    return list;
  group = adw_preferences_group_new ();
  list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  g_signal_connect_object (list, "row-activated", G_CALLBACK (row_activated_cb), self, 0);
  if (*title != '\0')
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  g_object_set_data (G_OBJECT (group), "torg-list", list);
  gtk_box_append (self->groups, group);
  g_hash_table_insert (groups, (char *) title, list);
  return list;
}

/* Done anew when the company's own fields are others. */
static void
build_groups (TorgFacts *self)
{
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) order = torg_card_layout_list (self->layout, self->type);
  GtkWidget *old;

  g_ptr_array_set_size (self->rows, 0);
  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->groups))) != NULL)
    gtk_box_remove (self->groups, old);
  for (guint i = 0; i < order->len; i++)
    {
      const TorgField *field = &self->type->fields[g_array_index (order, guint, i)];
      const char      *group = torg_field_get_group (field);
      GtkWidget       *row;

      row = torg_field_row_new (self->session, field);
      g_ptr_array_add (self->rows, row);
      g_signal_connect_object (row, "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "choose-stage", G_CALLBACK (choose_stage_cb), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (GTK_LIST_BOX (ensure_group (self, groups, group != NULL ? group : "")), row);
    }
}

static void
build_links (TorgFacts *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (linked); i++)
    if (g_str_equal (linked[i].type, self->type->info->name))
      {
        GtkWidget *links = torg_links_new (self->session, _ (linked[i].title), linked[i].other, linked[i].field);

        gtk_box_append (g_str_equal (linked[i].other, "deal") ? self->deals : self->links, links);
        g_ptr_array_add (self->lists, links);
      }
  if (!torg_attach_takes (self->type->info->name))
    return;
  self->files = TORG_FILES (torg_files_new (self->session, self->type->info->name));
  gtk_box_append (self->links, GTK_WIDGET (self->files));
}

/* --- without a network -------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *type;
  char       *id; /* (owned) */
  gboolean    ready;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->id);
  g_free (question);
}

static gpointer
read_ready (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Question *question = data;

  return torg_store_is_offline_ready (store, question->type, question->id, &question->ready, error) ? question : NULL;
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgFacts) self = data;
  Question *question = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);

  if (question == NULL)
    return;
  if (self->row != NULL && g_str_equal (torg_record_get_id (torg_row_get_record (self->row)), question->id))
    gtk_widget_set_visible (self->offline, question->ready);
  question_free (question);
}

/* Whether the client that one goes to is here with all files. */
static void
look_at_ready (TorgFacts *self)
{
  Question *question;

  if (self->row == NULL || self->files == NULL)
    {
      gtk_widget_set_visible (self->offline, FALSE);
      return;
    }
  question = g_new0 (Question, 1);
  question->type = self->type->info->name;
  question->id = g_strdup (torg_record_get_id (torg_row_get_record (self->row)));
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_ready, question, NULL,
                           question_free, NULL, ready_cb, g_object_ref (self));
}

/* --- what is proposed --------------------------------------------------------------------------------------------- */

static void
propose (TorgFacts *self, const char *name, const char *text)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      TorgFieldRow *row = g_ptr_array_index (self->rows, i);

      if (g_str_equal (torg_field_row_get_field (row)->name, name))
        torg_field_row_propose (row, text);
    }
  update_visible (self);
}

static void
propose_region (TorgFacts *self, const char *inn)
{
  propose (self, "region", torg_client_time_propose_region (torg_row_get_record (self->row), inn));
}

/* When the terms of a deal let its money be expected. */
static void
propose_payment (TorgFacts *self)
{
  TorgRecord      *record = torg_row_get_record (self->row);
  g_autofree char *date = NULL;

  if (!g_str_equal (self->type->info->name, "deal"))
    return;
  date = torg_deal_terms_dup_payment (
    record, torg_lookup_list (torg_session_get_lookup (self->session), "production_calendar"));
  propose (self, "payment", date);
}

static gpointer
read_entity (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  TorgRecord *client = data;
  g_autoptr (TorgQuery) query = torg_query_new ("legal_entity");

  torg_query_add_text (query, torg_record_get_kind (client)->info->name, TORG_MATCH_IS, torg_record_get_id (client));
  return torg_store_list (store, query, 1, cancellable, error);
}

static void
entity_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgFacts) self = data;
  g_autoptr (GPtrArray) entities = torg_replica_call_finish (TORG_REPLICA (source), result, NULL);
  TorgRecord *entity = entities != NULL && entities->len > 0 ? g_ptr_array_index (entities, 0) : NULL;
  TorgRecord *shown = self->row != NULL ? torg_row_get_record (self->row) : NULL;
  const char *type = shown != NULL ? torg_record_get_kind (shown)->info->name : NULL;

  /* Another client is shown meanwhile. */
  if (entity == NULL || type == NULL || (!g_str_equal (type, "company") && !g_str_equal (type, "person")) ||
      g_strcmp0 (torg_record_get_text (entity, type), torg_record_get_id (shown)) != 0)
    return;
  propose_region (self, torg_record_get_text (entity, "inn"));
}

/* What the client's own fields do not say, the INN of its legal entity may. */
static void
look_for_region (TorgFacts *self)
{
  TorgRecord *record = torg_row_get_record (self->row);
  const char *type = torg_record_get_kind (record)->info->name;

  if (!g_str_equal (type, "company") && !g_str_equal (type, "person"))
    return;
  propose_region (self, NULL);
  if (torg_record_get_text (record, "region") != NULL)
    return;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_entity,
                           torg_record_ref (record), (GDestroyNotify) torg_record_unref,
                           (GDestroyNotify) g_ptr_array_unref, NULL, entity_read_cb, g_object_ref (self));
}

static void
set_links (TorgFacts *self, const char *id)
{
  for (guint i = 0; i < self->lists->len; i++)
    torg_links_set_record (g_ptr_array_index (self->lists, i), id);
  if (self->files != NULL)
    torg_files_set_record (self->files, id);
  look_at_ready (self);
}

static void
torg_facts_dispose (GObject *object)
{
  TorgFacts *self = TORG_FACTS (object);

  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_FACTS);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->lists, g_ptr_array_unref);
  g_clear_object (&self->actions);
  g_clear_object (&self->session);
  g_clear_object (&self->row);
  g_clear_pointer (&self->layout, torg_record_unref);
  G_OBJECT_CLASS (torg_facts_parent_class)->dispose (object);
}

static void
torg_facts_class_init (TorgFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_facts_dispose;
  g_type_ensure (TORG_TYPE_APPROVAL_BAR);
  g_type_ensure (TORG_TYPE_COMPLETENESS_BAR);
  g_type_ensure (TORG_TYPE_CONVERTED_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, scroller);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, approval);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, converted);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, deals);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, groups);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, links);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, completeness);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, more_button);
  gtk_widget_class_bind_template_child (widget_class, TorgFacts, offline);
  gtk_widget_class_bind_template_callback (widget_class, approved_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
  gtk_widget_class_bind_template_callback (widget_class, wanted_cb);
}

static void
torg_facts_init (TorgFacts *self)
{
  self->rows = g_ptr_array_new ();
  self->lists = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
is_same_layout (TorgRecord *one, TorgRecord *other)
{
  static const char *const fields[] = { "order", "always", "hidden" };

  if (one == NULL || other == NULL)
    return one == other;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!torg_value_equal (torg_record_get (one, fields[i]), torg_record_get (other, fields[i])))
      return FALSE;
  return TRUE;
}

/* Whether cards look otherwise than before. */
static gboolean
read_layout (TorgFacts *self, const TorgType *type)
{
  GPtrArray  *layouts = torg_lookup_list (torg_session_get_lookup (self->session), TORG_CARD_LAYOUT_TYPE);
  TorgRecord *layout = torg_card_layout_pick (layouts, type->info->name);
  gboolean    same = is_same_layout (self->layout, layout);

  g_clear_pointer (&self->layout, torg_record_unref);
  self->layout = layout != NULL ? torg_record_ref (layout) : NULL;
  return !same;
}

static void
lookup_changed_cb (TorgFacts *self)
{
  if (self->row == NULL || !read_layout (self, self->type))
    return;
  build_groups (self);
  for (guint i = 0; i < self->rows->len; i++)
    torg_field_row_set_row (g_ptr_array_index (self->rows, i), self->row);
  update_visible (self);
}

/**
 * torg_facts_set_row:
 * @session: the session
 * @row: a filled row
 *
 * Shows a record; the same one anew when it has changed.
 */
void
torg_facts_set_row (TorgFacts *self, TorgSession *session, TorgRow *row)
{
  TorgRecord     *record = torg_row_get_record (row);
  const TorgType *type = torg_record_get_kind (record);
  gboolean        first = self->type == NULL;
  gboolean        other = self->row == NULL ||
                   !g_str_equal (torg_record_get_id (torg_row_get_record (self->row)), torg_record_get_id (record));

  if (other)
    {
      for (guint i = 0; i < self->rows->len; i++)
        torg_field_row_leave (g_ptr_array_index (self->rows, i));
      gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
      self->show_all = FALSE;
    }
  g_set_object (&self->session, session);
  g_set_object (&self->row, row);
  if (read_layout (self, type) || self->type != type)
    {
      self->type = type;
      build_groups (self);
      if (first)
        {
          build_links (self);
          g_signal_connect_object (torg_session_get_lookup (session), "changed", G_CALLBACK (lookup_changed_cb), self,
                                   G_CONNECT_SWAPPED);
          g_signal_connect_object (torg_syncer_get_files (torg_session_get_syncer (session)), "changed",
                                   G_CALLBACK (look_at_ready), self, G_CONNECT_SWAPPED);
        }
    }
  for (guint i = 0; i < self->rows->len; i++)
    torg_field_row_set_row (g_ptr_array_index (self->rows, i), row);
  torg_approval_bar_set_row (self->approval, session, row);
  torg_converted_bar_set_row (self->converted, session, row);
  torg_completeness_bar_set_row (self->completeness, row);
  update_visible (self);
  look_for_region (self);
  propose_payment (self);
  if (other)
    set_links (self, torg_record_get_id (record));
}

/**
 * torg_facts_clear:
 *
 * Shows no record any more, until the next one is set.
 */
void
torg_facts_clear (TorgFacts *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    torg_field_row_leave (g_ptr_array_index (self->rows, i));
  g_clear_object (&self->row);
  set_links (self, NULL);
}
