/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-preview.h"

/**
 * torg_import_preview_cell:
 * @plan: how a table becomes records
 * @row: an index of the table's rows
 * @column: a column of the plan
 * @wrong: (out): whether its text cannot be a value of the column's field
 *
 * Tells what a cell would become, without looking at the data: numbers, dates and phones as they are understood, names
 * as they stand there.
 *
 * Returns: (transfer full): words in the user's language; the cell's own text where it is @wrong
 */
char *
torg_import_preview_cell (TorgImportPlan *plan, guint row, guint column, gboolean *wrong)
{
  TorgImportColumn *planned = torg_import_plan_get_column (plan, column);
  const TorgField  *field = torg_import_plan_find_field (plan, planned->target, NULL);
  const char       *text = torg_table_get_text (torg_import_plan_get_table (plan), row, column);
  const char       *mapped = torg_import_plan_get_value (plan, column, text);
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  *wrong = FALSE;
  if (g_strcmp0 (mapped, TORG_IMPORT_NOTHING) == 0)
    return g_strdup ("");
  /* What stands for another name is shown in the list of values. */
  if (field == NULL || *text == '\0' || mapped != NULL || field->kind == TORG_KIND_REF ||
      field->kind == TORG_KIND_SET || field->kind == TORG_KIND_TEXT)
    return g_strdup (text);
  if (torg_field_parse (field, text, &planned->hints, &value, NULL))
    return torg_field_format (field, &value, NULL);
  /* A word that is no choice is left out, which is told apart. */
  *wrong = field->kind != TORG_KIND_CHOICE;
  return g_strdup (text);
}
