/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-deal-actions.h"
#include "torg-choose-dialog.h"
#include "torg-close-dialog.h"
#include "torg-conversion.h"
#include "torg-convert-dialog.h"
#include "torg-postpone-dialog.h"
#include "torg-stage-dialog.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

#define RANK_GAP 1024 /* between cards that come to the top together */

struct _TorgDealActions
{
  GObject parent_instance;

  TorgSession *session; /* (owned) */
  GtkWidget   *parent;  /* (weak) (nullable): an edit under way outlives it */
  char        *type;    /* (owned): `deal` or `lead` */
  GArray      *rowids;  /* (owned) (nullable): of the dialog that is open */
};

G_DEFINE_FINAL_TYPE (TorgDealActions, torg_deal_actions, G_TYPE_OBJECT)

enum
{
  SIGNAL_DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- reading the records, on a thread of the replica -------------------------------------------------------------- */

typedef struct
{
  TorgDealActions *self; /* (owned) */
  char            *type;
  GArray          *rowids;
  char            *stage;
  char            *after;
  char            *before;
  char            *field;    /* what is set where it is no move */
  TorgValue        value;    /* its value; of a set, an item that is added */
  GHashTable      *amounts;  /* (owned) (nullable): of won deals, by their ids */
  char            *date;     /* when it was won */
  char            *reason;   /* why it was lost */
  char            *comment;  /* the same in words */
  TorgRecord      *new_tag;  /* (nullable) */
  TorgRecord      *values;   /* (nullable): what cards lacked that come to a stage */
  char            *approval; /* (nullable): what is approved by the move */
  char            *plea;     /* (nullable): what is said to those who approve */
  gboolean         asks;     /* for approval, where that is needed */
  gboolean         closes;   /* what a closed stage asks for was asked */
  gboolean         deletes;
} Task;

typedef struct
{
  GPtrArray   *records;    /* (element-type TorgRecord) */
  GArray      *ranks;      /* (element-type gint64) */
  TorgStageBar bar;        /* what stands against the move of one of them */
  char        *words;      /* (nullable): the same in a sentence */
  GPtrArray   *missing;    /* (element-type TorgField): what any of them lacks */
  GPtrArray   *unapproved; /* (element-type TorgRecord): those that take an approval */
} Found;

static void
task_free (Task *task)
{
  g_clear_object (&task->self);
  g_free (task->type);
  g_array_unref (task->rowids);
  g_free (task->stage);
  g_free (task->after);
  g_free (task->before);
  g_free (task->field);
  g_free (task->date);
  g_free (task->reason);
  g_free (task->comment);
  torg_value_clear (&task->value);
  g_clear_pointer (&task->amounts, g_hash_table_unref);
  g_clear_pointer (&task->new_tag, torg_record_unref);
  g_clear_pointer (&task->values, torg_record_unref);
  g_free (task->approval);
  g_free (task->plea);
  g_free (task);
}

static Task *
task_new (TorgDealActions *self, GArray *rowids)
{
  Task *task = g_new0 (Task, 1);

  task->self = g_object_ref (self);
  task->type = g_strdup (self->type);
  task->rowids = g_array_ref (rowids);
  return task;
}

static void
found_free (Found *found)
{
  g_ptr_array_unref (found->records);
  g_array_unref (found->ranks);
  g_ptr_array_unref (found->missing);
  g_ptr_array_unref (found->unapproved);
  g_free (found->words);
  g_free (found);
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  gint64 one = torg_record_get_number (*(TorgRecord *const *) a, "rank");
  gint64 other = torg_record_get_number (*(TorgRecord *const *) b, "rank");

  return (one > other) - (one < other);
}

/* Finds a place for each of the records between two others. */
static gboolean
make_ranks (TorgStore *store, Task *task, const TorgType *type, Found *found, GError **error)
{
  GError *local_error = NULL;
  gint64  n = found->records->len;
  gint64  first = torg_store_rank_between (store, type, task->stage, task->after, task->before, &local_error);
  g_autoptr (TorgRecord) above = NULL;
  g_autoptr (TorgRecord) below = NULL;
  gint64 step = RANK_GAP;
  gint64 start = first - (n - 1) * step;

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  above = task->after != NULL ? torg_store_get (store, task->type, task->after, NULL) : NULL;
  below = task->before != NULL ? torg_store_get (store, task->type, task->before, NULL) : NULL;
  if (n == 1)
    start = first;
  else if (above != NULL && below != NULL)
    {
      step = MAX (1, (torg_record_get_number (below, "rank") - torg_record_get_number (above, "rank")) / (n + 1));
      start = torg_record_get_number (above, "rank") + step;
    }
  else if (above != NULL)
    {
      step = MAX (1, first - torg_record_get_number (above, "rank"));
      start = first;
    }
  else if (below != NULL)
    {
      step = MAX (1, torg_record_get_number (below, "rank") - first);
      start = torg_record_get_number (below, "rank") - n * step;
    }
  for (gint64 i = 0; i < n; i++)
    g_array_append_vals (found->ranks, &(gint64) { start + i * step }, 1);
  return TRUE;
}

/* What the dialog of a closed stage asks for by itself: any value stands for the one that it brings. */
static void
fill_closing (TorgRecord *card, const char *kind)
{
  static const char *const won[] = { "amount", "closed", NULL };
  static const char *const lost[] = { "lost_reason", "lost_comment", NULL };
  const char *const       *fields = g_strcmp0 (kind, "won") == 0 ? won : g_strcmp0 (kind, "lost") == 0 ? lost : NULL;

  /* A lead is converted by a dialog of its own. */
  if (fields == won && !g_str_equal (torg_record_get_kind (card)->info->name, "deal"))
    return;
  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    if (torg_value_is_null (torg_record_get (card, fields[i])))
      torg_record_set_text (card, fields[i], "-");
}

/* What is filled in goes to the cards that lack it. */
static void
fill_values (TorgRecord *card, TorgRecord *values)
{
  const TorgType *type = torg_record_get_kind (card);

  for (guint i = 0; values != NULL && i < type->n_fields; i++)
    if (torg_value_is_null (torg_record_nth (card, i)) && i < torg_record_get_kind (values)->n_fields)
      torg_record_set_nth (card, i, torg_record_nth (values, i));
}

static void
add_missing (Found *found, GPtrArray *missing)
{
  for (guint i = 0; i < missing->len; i++)
    if (!g_ptr_array_find (found->missing, missing->pdata[i], NULL))
      g_ptr_array_add (found->missing, missing->pdata[i]);
}

/* What the rules of the stage say of each: of all that stands against it, what comes first is said. */
static gboolean
find_bars (TorgStore *store, Task *task, Found *found, GError **error)
{
  g_autoptr (TorgRecord) stage = torg_store_get (store, "stage", task->stage, error);

  if (stage == NULL)
    return FALSE;
  for (guint i = 0; i < found->records->len; i++)
    {
      TorgRecord *record = found->records->pdata[i];
      g_autoptr (TorgRecord) after = torg_record_copy (record);
      g_autoptr (GPtrArray) missing = g_ptr_array_new ();
      g_autofree char *words = NULL;
      TorgStageBar     bar;

      fill_values (after, task->values);
      fill_closing (after, torg_record_get_text (stage, "kind"));
      if (!torg_store_find_bar (store, record, after, task->stage, &bar, missing, &words, error))
        return FALSE;
      add_missing (found, missing);
      if (bar == TORG_STAGE_BAR_APPROVAL)
        g_ptr_array_add (found->unapproved, torg_record_ref (record));
      if (bar == TORG_STAGE_BAR_NONE || (found->bar != TORG_STAGE_BAR_NONE && found->bar <= bar))
        continue;
      found->bar = bar;
      g_set_str (&found->words, words);
    }
  return TRUE;
}

static gpointer
find_records (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Task           *task = data;
  const TorgType *type = torg_schema_find (torg_store_get_schema (store), task->type);
  Found          *found = g_new0 (Found, 1);

  found->records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  found->ranks = g_array_new (FALSE, FALSE, sizeof (gint64));
  found->missing = g_ptr_array_new ();
  found->unapproved = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  for (guint i = 0; i < task->rowids->len; i++)
    {
      TorgRecord *record = torg_store_get_nth (store, type, g_array_index (task->rowids, gint64, i), NULL);

      if (record != NULL)
        g_ptr_array_add (found->records, record);
    }
  g_ptr_array_sort (found->records, compare_ranks);
  if (task->stage != NULL && (!make_ranks (store, task, type, found, error) || !find_bars (store, task, found, error)))
    g_clear_pointer (&found, found_free);
  return found;
}

/* --- making the edit ---------------------------------------------------------------------------------------------- */

static char *
make_label (Task *task, guint n, Found *found)
{
  gboolean     leads = g_str_equal (task->type, "lead");
  TorgSession *session = task->self->session;

  if (task->stage != NULL)
    {
      g_autofree char *stage = torg_lookup_dup_title (torg_session_get_lookup (session), task->stage);

      if (task->approval != NULL)
        return g_strdup_printf (_ ("Approved: moved to “%s”"), stage);
      if (task->asks && found->unapproved->len == n)
        return g_strdup_printf (_ ("Approval asked for: “%s”"), stage);
      if (n == 1)
        return g_strdup_printf (leads ? _ ("Lead moved to “%s”") : _ ("Deal moved to “%s”"), stage);
      return g_strdup_printf (leads ? ngettext ("%u lead moved to “%s”", "%u leads moved to “%s”", n)
                                    : ngettext ("%u deal moved to “%s”", "%u deals moved to “%s”", n),
                              n, stage);
    }
  if (task->deletes)
    {
      if (n == 1)
        {
          g_autofree char *title = torg_words_title (g_ptr_array_index (found->records, 0));

          return g_strdup_printf (_ ("“%s” deleted"), title);
        }
      return g_strdup_printf (leads ? ngettext ("%u lead deleted", "%u leads deleted", n)
                                    : ngettext ("%u deal deleted", "%u deals deleted", n),
                              n);
    }
  if (g_str_equal (task->field, "owner"))
    {
      g_autofree char *owner =
        torg_lookup_dup_title (torg_session_get_lookup (session), torg_value_get_text (&task->value));

      if (n == 1)
        return g_strdup_printf (_ ("%s is now responsible"), owner);
      /* Translators: %s is the new owner of several deals */
      return g_strdup_printf (leads ? ngettext ("%u lead given to %s", "%u leads given to %s", n)
                                    : ngettext ("%u deal given to %s", "%u deals given to %s", n),
                              n, owner);
    }
  if (g_str_equal (task->field, "tags"))
    {
      g_autofree char *tag = task->new_tag != NULL ? torg_words_title (task->new_tag)
                                                   : torg_lookup_dup_title (torg_session_get_lookup (session),
                                                                            torg_value_get_text (&task->value));

      return g_strdup_printf (_ ("Tag “%s” added"), tag);
    }
  if (torg_value_is_null (&task->value))
    return g_strdup (_ ("No longer postponed"));
  {
    g_autofree char *date = torg_words_date (torg_value_get_text (&task->value), torg_session_get_now (session));

    return g_strdup_printf (_ ("Postponed until %s"), date);
  }
}

static void
add_item (TorgEdit *edit, TorgRecord *record, const char *field, const TorgValue *item)
{
  g_auto (GStrv) items = torg_value_dup_items (torg_record_get (record, field));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (items != NULL && g_strv_contains ((const char *const *) items, torg_value_get_text (item)))
    return;
  if (items != NULL)
    g_strv_builder_addv (builder, (const char **) items);
  g_strv_builder_add (builder, torg_value_get_text (item));
  all = g_strv_builder_end (builder);
  torg_edit_take (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record), field,
                  torg_value_from_items ((const char *const *) all, TRUE));
}

static void
set_text (TorgMutation *mutation, const char *field, const char *text)
{
  g_auto (TorgValue) value = torg_value_text (text);

  torg_mutation_set (mutation, field, &value);
}

static gboolean
is_unapproved (Found *found, const char *id)
{
  for (guint i = 0; i < found->unapproved->len; i++)
    if (g_str_equal (torg_record_get_id (found->unapproved->pdata[i]), id))
      return TRUE;
  return FALSE;
}

/* Asks for the approval of a card, which stays where it is, with what was filled in. */
static void
add_plea (Task *task, TorgEdit *edit, TorgRecord *card)
{
  TorgSession     *session = task->self->session;
  TorgSchema      *schema = torg_session_get_schema (session);
  const TorgType  *type = torg_record_get_kind (card);
  g_autofree char *id = torg_session_make_id (session);
  g_autoptr (TorgRecord) approval = torg_record_new (schema, torg_schema_find (schema, "approval"), id);
  g_autoptr (TorgRecord) filled = torg_record_copy (card);

  fill_values (filled, task->values);
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_value_equal (torg_record_nth (card, i), torg_record_nth (filled, i)))
      torg_edit_set (edit, task->type, torg_record_get_id (card), type->fields[i].name, torg_record_nth (filled, i));
  torg_record_set_text (approval, task->type, torg_record_get_id (card));
  torg_record_set_text (approval, "stage", task->stage);
  torg_record_set_text (approval, "comment", task->plea);
  torg_edit_create (edit, approval);
}

static void
add_move (Task *task, TorgEdit *edit, TorgRecord *record, gint64 rank)
{
  const char     *id = torg_record_get_id (record);
  const TorgType *type = torg_record_get_kind (record);
  TorgMutation   *mutation = torg_edit_move (edit, task->type, id, task->stage, rank);
  g_autoptr (TorgRecord) filled = torg_record_copy (record);

  fill_values (filled, task->values);
  for (guint i = 0; i < type->n_fields; i++)
    if (!torg_value_equal (torg_record_nth (record, i), torg_record_nth (filled, i)))
      torg_mutation_set (mutation, type->fields[i].name, torg_record_nth (filled, i));
  if (task->date != NULL)
    set_text (mutation, "closed", task->date);
  if (task->amounts != NULL && g_hash_table_contains (task->amounts, id))
    torg_mutation_set (mutation, "amount", g_hash_table_lookup (task->amounts, id));
  if (task->reason != NULL)
    set_text (mutation, "lost_reason", task->reason);
  if (task->comment != NULL)
    set_text (mutation, "lost_comment", task->comment);
}

static TorgEdit *
make_edit (Task *task, Found *found)
{
  g_autofree char *label = make_label (task, found->records->len, found);
  TorgEdit        *edit = torg_edit_new (label);

  if (task->new_tag != NULL)
    torg_edit_create (edit, task->new_tag);
  if (task->approval != NULL)
    torg_edit_take (edit, "approval", task->approval, "decision", torg_value_text ("approved"));
  for (guint i = 0; i < found->records->len; i++)
    {
      TorgRecord *record = g_ptr_array_index (found->records, i);
      const char *id = torg_record_get_id (record);

      if (task->deletes)
        torg_edit_delete (edit, task->type, id);
      else if (task->stage != NULL)
        {
          if (task->asks && is_unapproved (found, id))
            add_plea (task, edit, record);
          else
            add_move (task, edit, record, g_array_index (found->ranks, gint64, i));
        }
      else if (g_str_equal (task->field, "tags"))
        add_item (edit, record, "tags", &task->value);
      else
        {
          torg_edit_set (edit, task->type, id, task->field, &task->value);
          if (task->comment != NULL)
            torg_edit_take (edit, task->type, id, "postponed_reason", torg_value_text (task->comment));
        }
    }
  return edit;
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgDealActions) self = data;

  if (torg_session_apply_finish (TORG_SESSION (source), result, NULL) >= 0)
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
apply (Task *task, Found *found)
{
  g_autoptr (TorgEdit) edit = make_edit (task, found);

  if (torg_edit_get_length (edit) > 0)
    torg_session_apply_async (task->self->session, edit, applied_cb, g_object_ref (task->self));
}

static gboolean ask (Task *task, Found *found);

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Task *task = data;
  g_autoptr (GError) error = NULL;
  Found *found = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (found == NULL)
    torg_session_fail (task->self->session, error);
  else if (found->records->len > 0)
    {
      if (task->stage != NULL && ask (task, found))
        {
          found_free (found);
          return;
        }
      apply (task, found);
    }
  g_clear_pointer (&found, found_free);
  task_free (task);
}

static void
run (Task *task)
{
  torg_replica_call_async (torg_session_get_replica (task->self->session),
                           task->stage != NULL ? TORG_LANE_WRITE : TORG_LANE_READ, find_records, task, NULL,
                           (GDestroyNotify) found_free, NULL, found_cb, task);
}

/* --- what is asked first ------------------------------------------------------------------------------------------ */

/* A dialog that was accepted goes on with the task, another one ends it. */
static Task *
take_task (gpointer dialog)
{
  return g_object_steal_data (G_OBJECT (dialog), "torg-task");
}

static void
cancelled_cb (GObject *dialog)
{
  Task *task = take_task (dialog);

  g_clear_pointer (&task, task_free);
}

static void
closed_cb (TorgCloseDialog *dialog, Task *task)
{
  take_task (dialog);
  task->closes = TRUE;
  task->reason = g_strdup (torg_close_dialog_get_reason (dialog));
  task->comment = torg_close_dialog_dup_comment (dialog);
  task->date = torg_close_dialog_dup_date (dialog);
  task->amounts = torg_close_dialog_dup_amounts (dialog);
  run (task);
}

static void
filled_cb (TorgStageDialog *dialog, Task *task)
{
  take_task (dialog);
  g_clear_pointer (&task->values, torg_record_unref);
  task->values = torg_record_ref (torg_stage_dialog_get_values (dialog));
  run (task);
}

static void
plea_cb (TorgStageDialog *dialog, Task *task)
{
  take_task (dialog);
  task->asks = TRUE;
  task->plea = torg_stage_dialog_dup_comment (dialog);
  run (task);
}

static void
present (Task *task, AdwDialog *dialog, GCallback accepted)
{
  g_object_set_data (G_OBJECT (dialog), "torg-task", task);
  g_signal_connect (dialog, "accepted", accepted, task);
  g_signal_connect (dialog, "closed", G_CALLBACK (cancelled_cb), NULL);
  adw_dialog_present (dialog, task->self->parent);
}

static gboolean
is_lead (Task *task)
{
  return g_str_equal (task->type, "lead");
}

/* A lead comes to the stage of what was won by being converted; several at once, or one that was, are just moved. */
static gboolean
converts (Task *task, Found *found, TorgRecord *stage)
{
  return is_lead (task) && stage != NULL && g_strcmp0 (torg_record_get_text (stage, "kind"), "won") == 0 &&
         found->records->len == 1 &&
         torg_value_is_null (torg_record_get (found->records->pdata[0], TORG_CONVERSION_FIELD)) &&
         torg_record_get_text (found->records->pdata[0], "pipeline") != NULL &&
         g_strcmp0 (torg_record_get_text (found->records->pdata[0], "pipeline"),
                    torg_record_get_text (stage, "pipeline")) == 0;
}

/* What is asked before cards come to a stage: first what the stage's own rules want, then what closing one takes. Gives
 * FALSE where nothing is asked any more; else the task has gone on with a dialog, or ended with a sentence. */
static gboolean
ask (Task *task, Found *found)
{
  TorgSession *session = task->self->session;
  TorgRecord  *stage = torg_lookup_get (torg_session_get_lookup (session), task->stage);
  const char  *kind = stage != NULL ? torg_record_get_text (stage, "kind") : NULL;
  gboolean     closes =
    (g_strcmp0 (kind, "lost") == 0 || (g_strcmp0 (kind, "won") == 0 && !is_lead (task))) && !task->closes;
  gboolean pleads = found->bar == TORG_STAGE_BAR_APPROVAL && !task->asks;
  gboolean all_wait = task->asks && found->unapproved->len == found->records->len;

  if (found->bar == TORG_STAGE_BAR_NEXT || found->bar == TORG_STAGE_BAR_MOVERS)
    torg_session_say (session, found->words, 0);
  else if (found->bar != TORG_STAGE_BAR_REQUIRED && !pleads && (!closes || all_wait) && !converts (task, found, stage))
    return FALSE;
  /* Nobody can be asked where the card was left meanwhile. */
  else if (stage != NULL && task->self->parent != NULL)
    {
      if (found->bar == TORG_STAGE_BAR_REQUIRED)
        present (task, torg_stage_dialog_new_for_fields (session, stage, found->records, found->missing),
                 G_CALLBACK (filled_cb));
      else if (pleads)
        present (task, torg_stage_dialog_new_for_approval (session, stage, found->unapproved, found->words),
                 G_CALLBACK (plea_cb));
      else if (converts (task, found, stage))
        {
          adw_dialog_present (torg_convert_dialog_new (session, torg_record_get_id (found->records->pdata[0])),
                              task->self->parent);
          task_free (task);
        }
      else
        present (task, torg_close_dialog_new (session, stage, found->records), G_CALLBACK (closed_cb));
      return TRUE;
    }
  task_free (task);
  return TRUE;
}

static void
stage_chosen_cb (TorgDealActions *self, const char *id)
{
  torg_deal_actions_move (self, self->rowids, id, NULL, NULL);
}

static void
owner_chosen_cb (TorgDealActions *self, const char *id)
{
  Task *task = task_new (self, self->rowids);

  task->field = g_strdup ("owner");
  task->value = torg_value_text (id);
  run (task);
}

static void
tag_chosen_cb (TorgDealActions *self, const char *id, const char *title)
{
  Task *task = task_new (self, self->rowids);

  task->field = g_strdup ("tags");
  if (*id == '\0')
    {
      TorgSchema      *schema = torg_session_get_schema (self->session);
      g_autofree char *new_id = torg_session_make_id (self->session);

      task->new_tag = torg_record_new (schema, torg_schema_find (schema, "tag"), new_id);
      torg_record_set_text (task->new_tag, "name", title);
      task->value = torg_value_text (new_id);
    }
  else
    task->value = torg_value_text (id);
  run (task);
}

static void
postponed_cb (TorgDealActions *self, const char *date, const char *reason)
{
  Task *task = task_new (self, self->rowids);

  task->field = g_strdup ("postponed");
  if (date != NULL)
    {
      task->value = torg_value_text (date);
      task->comment = g_strdup (reason);
    }
  run (task);
}

static void
postpone_found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Task *task = data;
  g_autoptr (GError) error = NULL;
  Found *found = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  if (found == NULL)
    torg_session_fail (task->self->session, error);
  else if (found->records->len > 0 && task->self->parent != NULL)
    {
      AdwDialog *dialog = torg_postpone_dialog_new (found->records);

      g_signal_connect_object (dialog, "accepted", G_CALLBACK (postponed_cb), task->self, G_CONNECT_SWAPPED);
      adw_dialog_present (dialog, task->self->parent);
    }
  g_clear_pointer (&found, found_free);
  task_free (task);
}

static void
keep_rowids (TorgDealActions *self, GArray *rowids)
{
  g_array_ref (rowids);
  g_clear_pointer (&self->rowids, g_array_unref);
  self->rowids = rowids;
}

static void
torg_deal_actions_finalize (GObject *object)
{
  TorgDealActions *self = TORG_DEAL_ACTIONS (object);

  g_clear_weak_pointer (&self->parent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->rowids, g_array_unref);
  g_free (self->type);
  G_OBJECT_CLASS (torg_deal_actions_parent_class)->finalize (object);
}

static void
torg_deal_actions_class_init (TorgDealActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = torg_deal_actions_finalize;

  signals[SIGNAL_DONE] =
    g_signal_new ("done", TORG_TYPE_DEAL_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
torg_deal_actions_init (TorgDealActions *self)
{
  self->type = g_strdup ("deal");
}

/**
 * torg_deal_actions_new:
 * @session: the session
 * @parent: the widget that dialogs belong to
 *
 * Makes the actions.
 *
 * Returns: (transfer full): new actions
 */
TorgDealActions *
torg_deal_actions_new (TorgSession *session, GtkWidget *parent)
{
  TorgDealActions *self = g_object_new (TORG_TYPE_DEAL_ACTIONS, NULL);

  self->session = g_object_ref (session);
  g_set_weak_pointer (&self->parent, parent);
  return self;
}

/**
 * torg_deal_actions_set_type:
 * @type: `deal` or `lead`
 *
 * Sets what the rows are.
 */
void
torg_deal_actions_set_type (TorgDealActions *self, const char *type)
{
  g_set_str (&self->type, type);
}

/**
 * torg_deal_actions_get_type_name:
 *
 * Tells what the rows are.
 *
 * Returns: (transfer none): `deal` or `lead`
 */
const char *
torg_deal_actions_get_type_name (TorgDealActions *self)
{
  return self->type;
}

/**
 * torg_deal_actions_move:
 * @rowids: (element-type gint64): deals
 * @stage: the id of a stage
 * @after: (nullable): the id of the deal that they come under
 * @before: (nullable): the id of the deal that they come above
 *
 * Moves deals to a place in a stage. What the stage's rules want is asked first; then a stage for lost deals asks the
 * reason, also of leads, one for won deals the amount and the date; cancelling leaves the deals where they were.
 */
void
torg_deal_actions_move (TorgDealActions *self, GArray *rowids, const char *stage, const char *after, const char *before)
{
  Task *task;

  if (rowids->len == 0)
    return;
  task = task_new (self, rowids);
  task->stage = g_strdup (stage);
  task->after = g_strdup (after);
  task->before = g_strdup (before);
  run (task);
}

/**
 * torg_deal_actions_approve:
 * @rowid: a deal
 * @approval: what was asked of it
 *
 * Approves that a deal comes to a stage, and moves it there.
 */
void
torg_deal_actions_approve (TorgDealActions *self, gint64 rowid, TorgRecord *approval)
{
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Task *task;

  g_array_append_val (rowids, rowid);
  task = task_new (self, rowids);
  task->stage = g_strdup (torg_record_get_text (approval, "stage"));
  task->approval = g_strdup (torg_record_get_id (approval));
  run (task);
}

static void
present_choice (TorgDealActions *self, GArray *rowids, AdwDialog *dialog, GCallback callback)
{
  keep_rowids (self, rowids);
  g_signal_connect_object (dialog, "chosen", callback, self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, self->parent);
}

/**
 * torg_deal_actions_choose_stage:
 * @rowids: (element-type gint64): deals
 * @pipeline: the id of their pipeline
 *
 * Asks for a stage and moves the deals there.
 */
void
torg_deal_actions_choose_stage (TorgDealActions *self, GArray *rowids, const char *pipeline)
{
  g_autoptr (GPtrArray) stages = torg_lookup_list_stages (torg_session_get_lookup (self->session), pipeline);
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("Move to Stage"));

  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), stages);
  present_choice (self, rowids, dialog, G_CALLBACK (stage_chosen_cb));
}

/**
 * torg_deal_actions_choose_owner:
 * @rowids: (element-type gint64): deals
 *
 * Asks who is to be responsible.
 */
void
torg_deal_actions_choose_owner (TorgDealActions *self, GArray *rowids)
{
  g_autoptr (GPtrArray) users = torg_lookup_list_colleagues (torg_session_get_lookup (self->session));
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("Who Is Responsible"));

  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), users);
  present_choice (self, rowids, dialog, G_CALLBACK (owner_chosen_cb));
}

/**
 * torg_deal_actions_choose_tag:
 * @rowids: (element-type gint64): deals
 *
 * Asks for a tag, or a new one, and adds it.
 */
void
torg_deal_actions_choose_tag (TorgDealActions *self, GArray *rowids)
{
  AdwDialog *dialog = torg_choose_dialog_new (self->session, _ ("Add Tag"));

  torg_choose_dialog_allow_new (TORG_CHOOSE_DIALOG (dialog));
  torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog),
                                  torg_lookup_list (torg_session_get_lookup (self->session), "tag"));
  present_choice (self, rowids, dialog, G_CALLBACK (tag_chosen_cb));
}

/**
 * torg_deal_actions_postpone:
 * @rowids: (element-type gint64): deals
 *
 * Asks until when the deals may rest, and why.
 */
void
torg_deal_actions_postpone (TorgDealActions *self, GArray *rowids)
{
  Task *task = task_new (self, rowids);

  keep_rowids (self, rowids);
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, find_records, task, NULL,
                           (GDestroyNotify) found_free, NULL, postpone_found_cb, task);
}

/**
 * torg_deal_actions_delete:
 * @rowids: (element-type gint64): deals
 *
 * Deletes deals; the toast can undo it.
 */
void
torg_deal_actions_delete (TorgDealActions *self, GArray *rowids)
{
  Task *task;

  if (rowids->len == 0)
    return;
  task = task_new (self, rowids);
  task->deletes = TRUE;
  run (task);
}
