/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-deal-lines.h"
#include "torg-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The lines of a deal with their sums, as the window and torgctl show them. */

static void
deal_line_free (gpointer data)
{
  TorgDealLine *line = data;

  g_object_unref (line->row);
  g_free (line->trouble);
  g_free (line);
}

/* Lines without a place, as imports bring them, stand as they were made. */
static int
compare_lines (gconstpointer a, gconstpointer b)
{
  TorgRecord *one = *(TorgRecord *const *) a;
  TorgRecord *other = *(TorgRecord *const *) b;
  gint64      position = torg_record_get_number (one, "position");
  gint64      other_position = torg_record_get_number (other, "position");

  if (position != other_position)
    return position < other_position ? -1 : 1;
  return strcmp (torg_record_get_id (one), torg_record_get_id (other));
}

/* Few rates serve many lines; one that was removed still serves those that have it. */
static gboolean
find_rate (TorgStore *store, GHashTable *rates, TorgRecord *line, TorgRecord **rate, GError **error)
{
  const char *id = torg_record_get_text (line, "vat_rate");

  *rate = id != NULL ? g_hash_table_lookup (rates, id) : NULL;
  if (id == NULL || *rate != NULL)
    return TRUE;
  *rate = torg_store_get (store, "vat_rate", id, error);
  if (*rate == NULL)
    return FALSE;
  g_hash_table_insert (rates, g_strdup (id), *rate);
  return TRUE;
}

static void
add_line (TorgDealLines *self, TorgStore *store, GHashTable *rates, TorgRecord *record)
{
  TorgDealLine *line = g_new0 (TorgDealLine, 1);
  TorgRecord   *rate = NULL;
  g_autoptr (GError) error = NULL;

  line->row = torg_store_make_row (store, record);
  g_ptr_array_add (self->lines, line);
  if (!find_rate (store, rates, record, &rate, &error))
    {
      g_clear_error (&error);
      line->trouble = g_strdup (_ ("Its rate of VAT is not known here. Choose another one."));
    }
  else if (!torg_line_sum (record, rate, &line->sum, &error))
    line->trouble = g_strdup (error->message);
  line->vat_is_valid = rate == NULL || torg_vat_rate_is_valid (rate, self->date);
  line->vat_fits = rate == NULL || torg_vat_rate_fits (rate, self->seller);
  if (self->trouble != NULL)
    return;
  if (line->trouble != NULL || !torg_line_totals_add (self->totals, &line->sum, &error))
    self->trouble = g_strdup (line->trouble != NULL ? line->trouble : error->message);
  else if (!line->sum.is_counted)
    self->n_left_out++;
}

/* One that is not to be seen here says nothing about VAT. */
static gboolean
find_seller (TorgDealLines *self, TorgStore *store, GError **error)
{
  const char *id = torg_record_get_text (self->deal, "own_entity");
  g_autoptr (GError) local = NULL;

  if (id == NULL)
    return TRUE;
  self->seller = torg_store_get (store, "own_entity", id, &local);
  if (self->seller != NULL || g_error_matches (local, TORG_ERROR, TORG_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * torg_store_read_lines:
 * @store: a store
 * @deal: the id of a deal
 * @cancellable: (nullable): to stop it
 * @error: place for an error; %TORG_ERROR_NOT_FOUND where there is no such deal
 *
 * Reads the lines of a deal and works out what they come to. A line that cannot be worked out is no error: it says why,
 * and there are no totals then, rather than wrong ones.
 *
 * Returns: (transfer full) (nullable): the lines
 */
TorgDealLines *
torg_store_read_lines (TorgStore *store, const char *deal, GCancellable *cancellable, GError **error)
{
  g_autoptr (TorgDealLines) self = g_new0 (TorgDealLines, 1);
  g_autoptr (TorgQuery) query = torg_query_new ("deal_line");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GHashTable) rates =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) torg_record_unref);

  self->lines = g_ptr_array_new_with_free_func (deal_line_free);
  self->totals = torg_line_totals_new ();
  self->deal = torg_store_get (store, "deal", deal, error);
  if (self->deal == NULL)
    return NULL;
  if (!find_seller (self, store, error))
    return NULL;
  torg_query_add_text (query, "deal", TORG_MATCH_IS, deal);
  records = torg_store_list (store, query, 0, cancellable, error);
  if (records == NULL)
    return NULL;
  g_ptr_array_sort (records, compare_lines);
  self->date = torg_vat_dup_date (self->deal, torg_env_get_now (torg_store_get_env (store)));
  for (guint i = 0; i < records->len; i++)
    add_line (self, store, rates, g_ptr_array_index (records, i));
  if (self->trouble != NULL)
    g_ptr_array_set_size (self->totals, 0);
  return g_steal_pointer (&self);
}

/**
 * torg_deal_lines_get_other:
 *
 * Tells what the deal's amount could be instead of what it is: the total, where there is one in one currency.
 *
 * Returns: (transfer none) (nullable): the total, %NULL where the amount is that already or there is not just one
 */
const TorgCurrencyTotal *
torg_deal_lines_get_other (TorgDealLines *self)
{
  const TorgValue         *amount = torg_record_get (self->deal, "amount");
  const TorgCurrencyTotal *total = self->totals->len == 1 ? g_ptr_array_index (self->totals, 0) : NULL;

  if (total == NULL || (!torg_value_is_null (amount) && amount->number == total->amount &&
                        g_str_equal (amount->currency, total->currency)))
    return NULL;
  return total;
}

/**
 * torg_deal_lines_free:
 *
 * Frees what [func@store_read_lines] gave.
 */
void
torg_deal_lines_free (TorgDealLines *self)
{
  g_clear_pointer (&self->deal, torg_record_unref);
  g_clear_pointer (&self->seller, torg_record_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->totals, g_ptr_array_unref);
  g_free (self->date);
  g_free (self->trouble);
  g_free (self);
}
