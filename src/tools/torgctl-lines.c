/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-deal-lines.h"
#include "torg-field-text.h"
#include "torg-json.h"
#include "torg-money.h"
#include "torgctl.h"

#include <glib/gi18n.h>

/* The lines of a deal and their totals, below the deal that `show` shows. */

static char *
format_field (TorgRow *row, const char *name)
{
  TorgRecord      *record = torg_row_get_record (row);
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);

  if (torg_value_is_null (torg_record_get (record, name)))
    return g_strdup ("");
  return torg_field_format (field, torg_record_get (record, name), torg_row_get_ref_title (row, name));
}

static void
print_line (guint number, TorgDealLine *line)
{
  static const char *const fields[] = { "quantity", "unit", "price", "discount", "vat_rate" };
  g_autofree char         *title = torg_record_dup_title (torg_row_get_record (line->row));
  const char              *product = torg_row_get_ref_title (line->row, "product");
  g_autofree char         *sum = line->sum.is_counted
                                   ? torg_money_format (line->sum.amount, line->sum.currency, TORG_NUMBER_STYLE_LOCALE)
                                   : g_strdup (line->trouble != NULL ? line->trouble : "");

  if (torg_record_get_text (torg_row_get_record (line->row), "name") == NULL && product != NULL)
    g_set_str (&title, product);
  g_print ("    %u\t%s", number, title);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *text = format_field (line->row, fields[i]);

      g_print ("\t%s%s", text, *text != '\0' && g_str_equal (fields[i], "discount") ? " %" : "");
    }
  g_print ("\t%s\n", sum);
}

/**
 * torg_ctl_print_lines:
 * @deal: the id of a deal
 * @error: place for an error
 *
 * Prints the lines of a deal and what they come to; nothing where it has none.
 *
 * Returns: whether that worked
 */
gboolean
torg_ctl_print_lines (TorgCtl *self, const char *deal, GError **error)
{
  g_autoptr (TorgDealLines) lines = torg_store_read_lines (self->store, deal, NULL, error);

  if (lines == NULL)
    return FALSE;
  if (lines->lines->len == 0)
    return TRUE;
  g_print ("  %s:\n", _ ("Products"));
  for (guint i = 0; i < lines->lines->len; i++)
    print_line (i + 1, g_ptr_array_index (lines->lines, i));
  if (lines->trouble != NULL)
    g_print ("  %s\n", lines->trouble);
  for (guint i = 0; i < lines->totals->len; i++)
    {
      TorgCurrencyTotal *total = g_ptr_array_index (lines->totals, i);
      g_autofree char   *amount = torg_money_format (total->amount, total->currency, TORG_NUMBER_STYLE_LOCALE);

      g_print ("  %s: %s\n", _ ("Total"), amount);
      for (guint j = 0; j < total->rates->len; j++)
        {
          TorgRateTotal   *rate = &g_array_index (total->rates, TorgRateTotal, j);
          g_autofree char *label = torg_rate_total_dup_label (rate);
          g_autofree char *value =
            torg_money_format (torg_rate_total_get_value (rate), total->currency, TORG_NUMBER_STYLE_LOCALE);

          g_print ("    %s: %s\n", label, value);
        }
    }
  return TRUE;
}

static JsonArray *
totals_to_json (GPtrArray *totals)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < totals->len; i++)
    {
      TorgCurrencyTotal *total = g_ptr_array_index (totals, i);
      JsonObject        *object = json_object_new ();
      JsonArray         *rates = json_array_new ();

      json_object_set_string_member (object, "currency", total->currency);
      json_object_set_int_member (object, "minor", total->amount);
      for (guint j = 0; j < total->rates->len; j++)
        {
          TorgRateTotal   *rate = &g_array_index (total->rates, TorgRateTotal, j);
          JsonObject      *part = json_object_new ();
          g_autofree char *percent = torg_decimal_to_plain (rate->rate, 4);

          if (rate->has_vat)
            json_object_set_string_member (part, "rate", percent);
          else
            json_object_set_null_member (part, "rate");
          json_object_set_int_member (part, "minor", rate->amount);
          json_object_set_int_member (part, "vat_minor", rate->vat);
          json_array_add_object_element (rates, part);
        }
      json_object_set_array_member (object, "rates", rates);
      json_array_add_object_element (array, object);
    }
  return array;
}

/**
 * torg_ctl_add_lines:
 * @deal: the id of a deal
 * @object: the deal as JSON
 * @error: place for an error
 *
 * Adds the lines of a deal to it, each with its `sum` where it can be worked out, and the totals: by currency, in minor
 * units, each with its `rates`, whose `rate` is null where there is no VAT.
 *
 * Returns: whether that worked
 */
gboolean
torg_ctl_add_lines (TorgCtl *self, const char *deal, JsonObject *object, GError **error)
{
  g_autoptr (TorgDealLines) lines = torg_store_read_lines (self->store, deal, NULL, error);
  JsonArray *array;

  if (lines == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < lines->lines->len; i++)
    {
      TorgDealLine *line = g_ptr_array_index (lines->lines, i);
      JsonNode     *node = torg_ctl_row_to_json (line->row);

      if (line->sum.is_counted)
        {
          JsonObject *sum = json_object_new ();

          json_object_set_int_member (sum, "minor", line->sum.amount);
          json_object_set_string_member (sum, "currency", line->sum.currency);
          json_object_set_int_member (sum, "vat_minor", line->sum.vat);
          json_object_set_object_member (json_node_get_object (node), "sum", sum);
        }
      if (line->trouble != NULL)
        json_object_set_string_member (json_node_get_object (node), "trouble", line->trouble);
      json_array_add_element (array, node);
    }
  json_object_set_array_member (object, "lines", array);
  json_object_set_array_member (object, "totals", totals_to_json (lines->totals));
  return TRUE;
}
