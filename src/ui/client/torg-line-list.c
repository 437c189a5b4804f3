/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-line-list.h"
#include "torg-choose-dialog.h"
#include "torg-line-row.h"
#include "torg-money.h"
#include "torg-words.h"

#include <glib/gi18n-lib.h>

/* More are made when they are asked for: each has a dozen widgets. */
#define FIRST_ROWS 60

struct _TorgLineList
{
  AdwBin parent_instance;

  GtkStack   *stack;
  GtkWidget  *first_button;
  GtkWidget  *heading;
  GtkWidget  *quantity_heading;
  GtkWidget  *unit_heading;
  GtkWidget  *price_heading;
  GtkWidget  *discount_heading;
  GtkWidget  *vat_heading;
  GtkWidget  *sum_heading;
  GtkWidget  *menu_heading;
  GtkListBox *list;
  GtkButton  *more_button;
  GtkLabel   *note;
  GtkGrid    *totals;
  GtkButton  *amount_button;

  TorgSession   *session; /* (owned) (nullable) */
  char          *deal;    /* (owned) (nullable) */
  TorgDealLines *lines;   /* (owned) (nullable): none until they are read */
  GHashTable    *rows;    /* (owned) (element-type utf8 TorgLineRow): by the id of the line; belong to the list */
  GtkSizeGroup  *columns[TORG_LINE_N_COLUMNS]; /* (owned) */
  char          *wanted;                       /* (owned) (nullable): the new line that is to get the focus */
  GCancellable  *cancellable;                  /* (owned) (nullable) */
  guint          limit;
  gboolean       narrow;
  gboolean       loading;
  gboolean       again;
};

G_DEFINE_FINAL_TYPE (TorgLineList, torg_line_list, ADW_TYPE_BIN)

enum
{
  SIGNAL_COUNTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void reload (TorgLineList *self);

/* --- edits -------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TorgLineRow *row;   /* (owned) */
  char        *id;    /* (owned): the line that it showed */
  char        *field; /* (owned) */
} Edited;

static void
edit_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Edited *edited = data;
  g_autoptr (GError) error = NULL;

  if (torg_session_apply_finish (TORG_SESSION (source), result, &error) < 0 &&
      gtk_widget_get_parent (GTK_WIDGET (edited->row)) != NULL &&
      g_str_equal (torg_line_row_get_id (edited->row), edited->id))
    torg_line_row_fail (edited->row, edited->field, error->message);
  g_object_unref (edited->row);
  g_free (edited->id);
  g_free (edited->field);
  g_free (edited);
}

static void
edited_cb (TorgLineList *self, const char *field, const TorgValue *value, TorgLineRow *row)
{
  const TorgType  *type = torg_record_get_kind (torg_line_row_get_record (row));
  g_autofree char *label =
    g_strdup_printf (_ ("“%s” changed"), torg_field_get_label (torg_type_find_field (type, field)));
  g_autoptr (TorgEdit) edit = torg_edit_new (label);
  Edited *edited = g_new0 (Edited, 1);

  torg_edit_set (edit, "deal_line", torg_line_row_get_id (row), field, value);
  edited->row = g_object_ref (row);
  edited->id = g_strdup (torg_line_row_get_id (row));
  edited->field = g_strdup (field);
  torg_session_apply_async (self->session, edit, edit_saved_cb, edited);
}

static void
remove_cb (TorgLineList *self, TorgLineRow *row)
{
  g_autofree char *title = torg_line_row_dup_title (row);
  g_autofree char *label = g_strdup_printf (_ ("“%s” removed from the deal"), title);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  torg_edit_delete (edit, "deal_line", torg_line_row_get_id (row));
  torg_session_apply (self->session, edit);
}

static void
amount_cb (TorgLineList *self)
{
  const TorgCurrencyTotal *total = self->lines != NULL ? torg_deal_lines_get_other (self->lines) : NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("The amount of the deal is the total of its products"));

  if (total == NULL)
    return;
  torg_edit_take (edit, "deal", self->deal, "amount", torg_value_money (total->amount, total->currency));
  torg_session_apply (self->session, edit);
}

/* --- the order ---------------------------------------------------------------------------------------------------- */

static TorgRecord *
get_record (TorgLineList *self, guint place)
{
  return torg_row_get_record (((TorgDealLine *) g_ptr_array_index (self->lines->lines, place))->row);
}

static void
set_position (TorgEdit *edit, TorgRecord *record, gint64 position)
{
  const TorgValue *old = torg_record_get (record, "position");

  if (!torg_value_is_null (old) && old->number == position)
    return;
  torg_record_take (record, "position", torg_value_int (position));
  torg_edit_set (edit, "deal_line", torg_record_get_id (record), "position", torg_record_get (record, "position"));
}

static void
place_rows (TorgLineList *self)
{
  for (guint i = 0; i < self->lines->lines->len; i++)
    {
      TorgLineRow *row = g_hash_table_lookup (self->rows, torg_record_get_id (get_record (self, i)));

      if (row != NULL)
        torg_line_row_set_place (row, i, self->lines->lines->len);
    }
  gtk_list_box_invalidate_sort (self->list);
}

/* Shown at once: the next move may come before this one was read back. */
static void
move_line (TorgLineList *self, guint from, guint to)
{
  GPtrArray *lines = self->lines->lines;
  g_autoptr (TorgEdit) edit = torg_edit_new (_ ("Order of the products changed"));
  gpointer line;
  gint64   before, after;

  if (from == to || from >= lines->len || to >= lines->len)
    return;
  line = g_ptr_array_steal_index (lines, from);
  g_ptr_array_insert (lines, (int) to, line);
  before = to > 0 ? torg_record_get_number (get_record (self, to - 1), "position") : 0;
  after = to + 1 < lines->len ? torg_record_get_number (get_record (self, to + 1), "position") : 0;
  if (to == 0)
    set_position (edit, get_record (self, to), after - TORG_NUMBER_SCALE);
  else if (to + 1 == lines->len)
    set_position (edit, get_record (self, to), before + TORG_NUMBER_SCALE);
  else if (after - before >= 2)
    set_position (edit, get_record (self, to), before + (after - before) / 2);
  else
    for (guint i = 0; i < lines->len; i++)
      set_position (edit, get_record (self, i), (i + 1) * TORG_NUMBER_SCALE);
  place_rows (self);
  torg_session_apply (self->session, edit);
}

static void
move_cb (TorgLineList *self, int by, TorgLineRow *row)
{
  guint from = torg_line_row_get_place (row);

  if (self->lines != NULL && (by > 0 || from > 0))
    move_line (self, from, by > 0 ? from + 1 : from - 1);
}

static void
drop_cb (TorgLineList *self, TorgLineRow *dragged, TorgLineRow *row)
{
  if (self->lines != NULL)
    move_line (self, torg_line_row_get_place (dragged), torg_line_row_get_place (row));
}

static int
compare_rows (GtkListBoxRow *one, GtkListBoxRow *other, gpointer data)
{
  guint place = torg_line_row_get_place (TORG_LINE_ROW (one));
  guint other_place = torg_line_row_get_place (TORG_LINE_ROW (other));

  return place < other_place ? -1 : place > other_place;
}

static void
step_cb (TorgLineList *self, const char *field, int by, TorgLineRow *row)
{
  GtkListBoxRow *other =
    gtk_list_box_get_row_at_index (self->list, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + by);

  if (other != NULL)
    torg_line_row_focus (TORG_LINE_ROW (other), field);
}

static void
open_cb (TorgLineList *self, TorgLineRow *row)
{
  torg_session_open_record (self->session, "product", torg_record_get_text (torg_line_row_get_record (row), "product"),
                            NULL, GTK_INVALID_LIST_POSITION, FALSE);
}

/* --- choosing ----------------------------------------------------------------------------------------------------- */

/* What is to become of a chosen product. */
typedef struct
{
  TorgLineList *self; /* (owned) */
  char         *deal; /* (owned) */
  char         *line; /* (owned) (nullable): the line that is to be of it; none: a new one */
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->self);
  g_free (choice->deal);
  g_free (choice->line);
  g_free (choice);
}

static const char *
choose_rate (TorgLineList *self, const char *own)
{
  GPtrArray *rates = torg_lookup_list (torg_session_get_lookup (self->session), "vat_rate");

  return rates != NULL ? torg_vat_rate_choose (rates, own, self->lines->date, self->lines->seller) : NULL;
}

/* A product brings its name, unit, price and VAT with it. */
static void
fill_from (TorgLineList *self, TorgRecord *line, TorgRecord *product)
{
  static const char *const fields[] = { "name", "unit", "price" };

  torg_record_set_text (line, "product", torg_record_get_id (product));
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    torg_record_set (line, fields[i], torg_record_get (product, fields[i]));
  torg_record_set_text (line, "vat_rate", choose_rate (self, torg_record_get_text (product, "vat_rate")));
}

static void
add_line (TorgLineList *self, TorgRecord *product, const char *name)
{
  TorgSchema      *schema = torg_session_get_schema (self->session);
  g_autofree char *id = torg_session_make_id (self->session);
  g_autofree char *label = g_strdup_printf (_ ("“%s” added to the deal"), name);
  g_autoptr (TorgRecord) line = torg_record_new (schema, torg_schema_find (schema, "deal_line"), id);
  g_autoptr (TorgEdit) edit = torg_edit_new (label);
  guint  n = self->lines->lines->len;
  gint64 last = n > 0 ? torg_record_get_number (get_record (self, n - 1), "position") : 0;

  torg_record_set_text (line, "deal", self->deal);
  torg_record_take (line, "quantity", torg_value_int (TORG_NUMBER_SCALE));
  torg_record_take (line, "position", torg_value_int (last + TORG_NUMBER_SCALE));
  if (product != NULL)
    fill_from (self, line, product);
  else
    {
      torg_record_set_text (line, "name", name);
      torg_record_set_text (line, "vat_rate", choose_rate (self, NULL));
    }
  torg_edit_create (edit, line);
  g_set_str (&self->wanted, id);
  torg_session_apply (self->session, edit);
}

static void
change_product (TorgLineList *self, const char *id, TorgRecord *product)
{
  static const char *const fields[] = { "product", "name", "unit", "price", "vat_rate" };
  TorgLineRow             *row = g_hash_table_lookup (self->rows, id);
  g_autofree char         *title = torg_record_dup_title (product);
  g_autofree char         *label = g_strdup_printf (_ ("The line is “%s” now"), title);
  g_autoptr (TorgRecord) line = row != NULL ? torg_record_copy (torg_line_row_get_record (row)) : NULL;
  g_autoptr (TorgEdit) edit = torg_edit_new (label);

  if (line == NULL)
    return;
  fill_from (self, line, product);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!torg_value_equal (torg_record_get (line, fields[i]),
                           torg_record_get (torg_line_row_get_record (row), fields[i])))
      torg_edit_set (edit, "deal_line", id, fields[i], torg_record_get (line, fields[i]));
  if (torg_edit_get_length (edit) > 0)
    torg_session_apply (self->session, edit);
}

static void
product_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Choice *choice = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgRow) row = torg_replica_get_finish (TORG_REPLICA (source), result, &error);
  TorgLineList *self = choice->self;

  if (row == NULL || torg_row_get_record (row) == NULL)
    {
      if (error != NULL && self->session != NULL)
        torg_session_fail (self->session, error);
    }
  else if (self->lines != NULL && g_strcmp0 (self->deal, choice->deal) == 0)
    {
      g_autofree char *title = torg_words_title (torg_row_get_record (row));

      if (choice->line != NULL)
        change_product (self, choice->line, torg_row_get_record (row));
      else
        add_line (self, torg_row_get_record (row), title);
    }
  choice_free (choice);
}

static void
take_product (TorgLineList *self, const char *line, const char *id)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->self = g_object_ref (self);
  choice->deal = g_strdup (self->deal);
  choice->line = g_strdup (line);
  torg_replica_get_async (torg_session_get_replica (self->session), "product", id, NULL, product_read_cb, choice);
}

static void
product_chosen_cb (TorgLineList *self, const char *id, const char *title)
{
  if (self->lines == NULL || id == NULL)
    return;
  if (*id == '\0')
    add_line (self, NULL, title);
  else
    take_product (self, NULL, id);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TorgLineList *self = TORG_LINE_LIST (widget);
  AdwDialog    *dialog;

  if (self->lines == NULL)
    return;
  dialog = torg_choose_dialog_new (self->session, _ ("Add a Product"));
  torg_choose_dialog_allow_text (TORG_CHOOSE_DIALOG (dialog));
  torg_choose_dialog_set_type (TORG_CHOOSE_DIALOG (dialog), "product");
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (product_chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
value_chosen_cb (TorgLineRow *row, const char *id, const char *title, AdwDialog *dialog)
{
  TorgLineList *self = TORG_LINE_LIST (gtk_widget_get_ancestor (GTK_WIDGET (row), TORG_TYPE_LINE_LIST));
  const char   *field = g_object_get_data (G_OBJECT (dialog), "torg-field");
  const char   *line = g_object_get_data (G_OBJECT (dialog), "torg-line");
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (self == NULL || !g_str_equal (line, torg_line_row_get_id (row)))
    return;
  if (g_str_equal (field, "product"))
    {
      if (id != NULL)
        take_product (self, line, id);
      return;
    }
  if (id != NULL)
    value = torg_value_text (id);
  if (!torg_value_equal (&value, torg_record_get (torg_line_row_get_record (row), field)))
    edited_cb (self, field, &value, row);
}

/* Those in force when the goods are shipped, as far as who sells may ask for them. */
static GPtrArray *
list_rates (TorgLineList *self)
{
  GPtrArray *all = torg_lookup_list (torg_session_get_lookup (self->session), "vat_rate");
  GPtrArray *rates = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (torg_vat_rate_is_valid (g_ptr_array_index (all, i), self->lines->date) &&
        torg_vat_rate_fits (g_ptr_array_index (all, i), self->lines->seller))
      g_ptr_array_add (rates, torg_record_ref (g_ptr_array_index (all, i)));
  return rates;
}

static void
choose_cb (TorgLineList *self, const char *field, TorgLineRow *row)
{
  const TorgType *type = torg_record_get_kind (torg_line_row_get_record (row));
  AdwDialog      *dialog;
  g_autoptr (GPtrArray) records = NULL;

  if (self->lines == NULL)
    return;
  dialog = torg_choose_dialog_new (self->session, torg_field_get_label (torg_type_find_field (type, field)));
  if (g_str_equal (field, "product"))
    torg_choose_dialog_set_type (TORG_CHOOSE_DIALOG (dialog), "product");
  else
    {
      if (g_str_equal (field, "unit"))
        torg_choose_dialog_allow_none (TORG_CHOOSE_DIALOG (dialog), _ ("Nothing"));
      records = g_str_equal (field, "unit")
                  ? torg_lookup_list_dictionary (torg_session_get_lookup (self->session), "unit")
                  : list_rates (self);
      torg_choose_dialog_set_records (TORG_CHOOSE_DIALOG (dialog), records);
    }
  g_object_set_data_full (G_OBJECT (dialog), "torg-field", g_strdup (field), g_free);
  g_object_set_data_full (G_OBJECT (dialog), "torg-line", g_strdup (torg_line_row_get_id (row)), g_free);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (value_chosen_cb), row, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (row));
}

/* --- showing ------------------------------------------------------------------------------------------------------ */

static TorgLineRow *
ensure_row (TorgLineList *self, const char *id)
{
  TorgLineRow *row = g_hash_table_lookup (self->rows, id);

  if (row != NULL)
    return row;
  row = TORG_LINE_ROW (torg_line_row_new (self->session, self->columns));
  torg_line_row_set_narrow (row, self->narrow);
  g_signal_connect_object (row, "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "choose", G_CALLBACK (choose_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "step", G_CALLBACK (step_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "move", G_CALLBACK (move_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "open", G_CALLBACK (open_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->rows, g_strdup (id), row);
  return row;
}

/* The line below gets the focus of one that goes. */
static void
remove_row (TorgLineList *self, GtkListBoxRow *row)
{
  gboolean had_focus = gtk_widget_get_state_flags (GTK_WIDGET (row)) & GTK_STATE_FLAG_FOCUS_WITHIN;
  int      index = gtk_list_box_row_get_index (row);

  gtk_list_box_remove (self->list, GTK_WIDGET (row));
  if (!had_focus)
    return;
  row = gtk_list_box_get_row_at_index (self->list, index);
  if (row == NULL && index > 0)
    row = gtk_list_box_get_row_at_index (self->list, index - 1);
  if (row != NULL)
    torg_line_row_focus (TORG_LINE_ROW (row), "name");
  else
    gtk_widget_grab_focus (self->first_button);
}

static void
fill_rows (TorgLineList *self)
{
  GPtrArray  *lines = self->lines->lines;
  const char *currency = torg_record_get (self->lines->deal, "amount")->currency;
  g_autoptr (GHashTable) shown = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer       id, row;
  guint          n = MIN (lines->len, self->limit);

  if (*currency == '\0')
    currency = torg_session_get_currency (self->session);
  for (guint i = 0; i < n; i++)
    g_hash_table_add (shown, (gpointer) torg_record_get_id (get_record (self, i)));
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    if (!g_hash_table_contains (shown, id))
      {
        remove_row (self, row);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < n; i++)
    {
      TorgLineRow *line_row = ensure_row (self, torg_record_get_id (get_record (self, i)));

      torg_line_row_set_line (line_row, g_ptr_array_index (lines, i), currency);
      torg_line_row_set_place (line_row, i, lines->len);
      if (gtk_widget_get_parent (GTK_WIDGET (line_row)) == NULL)
        gtk_list_box_append (self->list, GTK_WIDGET (line_row));
    }
  gtk_list_box_invalidate_sort (self->list);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), n < lines->len);
  if (n < lines->len)
    {
      g_autofree char *number = g_strdup_printf ("%u", lines->len);
      g_autofree char *label = g_strdup_printf (_ ("Show All (%s)"), number);

      gtk_button_set_label (self->more_button, label);
    }
}

static void
add_total (TorgLineList *self, int *place, const char *label, gint64 minor, const char *currency, gboolean main)
{
  g_autofree char *value = torg_money_format (minor, currency, TORG_NUMBER_STYLE_LOCALE);
  g_autofree char *text = g_strdup_printf ("%s: %s", label, value);
  GtkWidget       *name = gtk_label_new (label);
  GtkWidget       *amount = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (name), 1);
  gtk_label_set_xalign (GTK_LABEL (amount), 1);
  gtk_widget_add_css_class (name, main ? "title-4" : "dim-label");
  gtk_widget_add_css_class (amount, main ? "title-4" : "dim-label");
  gtk_widget_add_css_class (amount, "numeric");
  if (main && *place > 0)
    {
      gtk_widget_set_margin_top (name, 9);
      gtk_widget_set_margin_top (amount, 9);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (amount), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_grid_attach (self->totals, name, 0, *place, 1, 1);
  gtk_grid_attach (self->totals, amount, 1, *place, 1, 1);
  ++*place;
}

static void
fill_totals (TorgLineList *self)
{
  const TorgCurrencyTotal *other = torg_deal_lines_get_other (self->lines);
  g_autofree char         *note = g_strdup (self->lines->trouble);
  guint                    n = self->lines->n_left_out;
  GtkWidget               *old;
  int                      place = 0;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->totals))) != NULL)
    gtk_grid_remove (self->totals, old);
  for (guint i = 0; i < self->lines->totals->len; i++)
    {
      TorgCurrencyTotal *total = g_ptr_array_index (self->lines->totals, i);

      add_total (self, &place, _ ("Total"), total->amount, total->currency, TRUE);
      for (guint j = 0; j < total->rates->len; j++)
        {
          TorgRateTotal   *rate = &g_array_index (total->rates, TorgRateTotal, j);
          g_autofree char *label = torg_rate_total_dup_label (rate);

          add_total (self, &place, label, torg_rate_total_get_value (rate), total->currency, FALSE);
        }
    }
  if (note == NULL && n > 0)
    note = g_strdup_printf (ngettext ("%u line without a price or a quantity is not counted.",
                                      "%u lines without a price or a quantity are not counted.", n),
                            n);
  gtk_label_set_label (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->amount_button), other != NULL);
}

static void
show_lines (TorgLineList *self)
{
  guint n = self->lines->lines->len;

  g_signal_emit (self, signals[SIGNAL_COUNTED], 0, n);
  /* Rows are for who looks. */
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  fill_rows (self);
  fill_totals (self);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "lines" : "empty");
  if (self->wanted != NULL && g_hash_table_contains (self->rows, self->wanted))
    {
      torg_line_row_focus (g_hash_table_lookup (self->rows, self->wanted), "quantity");
      g_clear_pointer (&self->wanted, g_free);
    }
}

static gpointer
read_lines (TorgStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return torg_store_read_lines (store, data, cancellable, error);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TorgLineList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgDealLines) lines = torg_replica_call_finish (TORG_REPLICA (source), result, &error);

  /* Another deal is shown meanwhile. */
  if (self->list == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      (lines != NULL && g_strcmp0 (torg_record_get_id (lines->deal), self->deal) != 0))
    return;
  self->loading = FALSE;
  if (lines != NULL && !self->again)
    {
      g_clear_pointer (&self->lines, torg_deal_lines_free);
      self->lines = g_steal_pointer (&lines);
      show_lines (self);
    }
  else if (error != NULL && !g_error_matches (error, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    torg_session_fail (self->session, error);
  if (self->again)
    reload (self);
}

static void
reload (TorgLineList *self)
{
  if (self->deal == NULL)
    return;
  if (self->loading)
    {
      self->again = TRUE;
      return;
    }
  self->loading = TRUE;
  self->again = FALSE;
  torg_replica_call_async (torg_session_get_replica (self->session), TORG_LANE_READ, read_lines, g_strdup (self->deal),
                           g_free, (GDestroyNotify) torg_deal_lines_free, self->cancellable, read_cb,
                           g_object_ref (self));
}

static void
replica_changed_cb (TorgLineList *self, GPtrArray *changes)
{
  static const char *const types[] = { "deal_line", "vat_rate", "product", "dictionary", "own_entity", NULL };
  gboolean                 concerned = changes == NULL;

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const TorgChange *change = g_ptr_array_index (changes, i);

      concerned |= g_strv_contains (types, change->type->name) || g_strcmp0 (change->id, self->deal) == 0;
    }
  if (concerned)
    reload (self);
}

static void
more_cb (TorgLineList *self)
{
  self->limit = G_MAXUINT;
  if (self->lines != NULL)
    fill_rows (self);
}

static void
set_narrow (TorgLineList *self, gboolean narrow)
{
  GHashTableIter iter;
  gpointer       row;

  self->narrow = narrow;
  gtk_widget_set_visible (self->heading, !narrow);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    torg_line_row_set_narrow (row, narrow);
}

static void
narrow_cb (TorgLineList *self)
{
  set_narrow (self, TRUE);
}

static void
wide_cb (TorgLineList *self)
{
  set_narrow (self, FALSE);
}

/* --- the widget --------------------------------------------------------------------------------------------------- */

static void
torg_line_list_map (GtkWidget *widget)
{
  TorgLineList *self = TORG_LINE_LIST (widget);

  GTK_WIDGET_CLASS (torg_line_list_parent_class)->map (widget);
  if (self->lines != NULL)
    show_lines (self);
}

static void
torg_line_list_dispose (GObject *object)
{
  TorgLineList *self = TORG_LINE_LIST (object);

  g_cancellable_cancel (self->cancellable);
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), TORG_TYPE_LINE_LIST);
  for (guint i = 0; i < TORG_LINE_N_COLUMNS; i++)
    g_clear_object (&self->columns[i]);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (torg_line_list_parent_class)->dispose (object);
}

static void
torg_line_list_finalize (GObject *object)
{
  TorgLineList *self = TORG_LINE_LIST (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->lines, torg_deal_lines_free);
  g_hash_table_unref (self->rows);
  g_free (self->deal);
  g_free (self->wanted);
  G_OBJECT_CLASS (torg_line_list_parent_class)->finalize (object);
}

static void
torg_line_list_class_init (TorgLineListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = torg_line_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = torg_line_list_finalize;
  widget_class->map = torg_line_list_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/torgcrm/Torg/ui/client/torg-line-list.ui");
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, stack);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, first_button);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, quantity_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, unit_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, price_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, discount_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, vat_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, sum_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, menu_heading);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, list);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, more_button);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, note);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, totals);
  gtk_widget_class_bind_template_child (widget_class, TorgLineList, amount_button);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
  gtk_widget_class_bind_template_callback (widget_class, amount_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);

  gtk_widget_class_install_action (widget_class, "lines.add", NULL, add_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Insert, GDK_ALT_MASK, "lines.add", NULL);

  signals[SIGNAL_COUNTED] =
    g_signal_new ("counted", TORG_TYPE_LINE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
torg_line_list_init (TorgLineList *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkWidget *headings[TORG_LINE_N_COLUMNS] = {
    self->quantity_heading, self->unit_heading, self->price_heading, self->discount_heading,
    self->vat_heading,      self->sum_heading,  self->menu_heading,
  };
  for (guint i = 0; i < TORG_LINE_N_COLUMNS; i++)
    {
      self->columns[i] = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
      gtk_size_group_add_widget (self->columns[i], headings[i]);
    }
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
}

/**
 * torg_line_list_set_deal:
 * @session: the session
 * @id: (nullable): a deal
 *
 * Shows the lines of another deal; what is being typed into one of the last is saved where it can be.
 */
void
torg_line_list_set_deal (TorgLineList *self, TorgSession *session, const char *id)
{
  GHashTableIter iter;
  gpointer       row;

  if (self->session == NULL)
    g_signal_connect_object (torg_session_get_replica (session), "changed", G_CALLBACK (replica_changed_cb), self,
                             G_CONNECT_SWAPPED);
  g_set_object (&self->session, session);
  if (g_strcmp0 (self->deal, id) == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, "wait");
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    torg_line_row_leave (row);
  g_hash_table_remove_all (self->rows);
  gtk_list_box_remove_all (self->list);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->lines, torg_deal_lines_free);
  g_clear_pointer (&self->wanted, g_free);
  g_set_str (&self->deal, id);
  self->loading = FALSE;
  self->limit = FIRST_ROWS;
  if (id == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  reload (self);
}

/**
 * torg_line_list_focus:
 *
 * Goes to the first line, or to the button that adds one.
 */
void
torg_line_list_focus (TorgLineList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, 0);

  if (row != NULL)
    torg_line_row_focus (TORG_LINE_ROW (row), "name");
  else
    gtk_widget_grab_focus (self->first_button);
}
