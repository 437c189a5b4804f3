/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-card-layout.h"

#include <string.h>

/**
 * torg_card_layout_pick:
 * @layouts: (nullable) (element-type TorgRecord): records of the type `card_layout`
 * @type: the name of a type
 *
 * Picks the layout of a type's cards. Two administrators without a network may both make one, and then the later one
 * holds, by its id, which is the same everywhere.
 *
 * Returns: (transfer none) (nullable): a record; %NULL where cards are as they come
 */
TorgRecord *
torg_card_layout_pick (GPtrArray *layouts, const char *type)
{
  TorgRecord *picked = NULL;

  for (guint i = 0; layouts != NULL && i < layouts->len; i++)
    if (g_strcmp0 (torg_record_get_text (layouts->pdata[i], "record_type"), type) == 0 &&
        (picked == NULL || strcmp (torg_record_get_id (layouts->pdata[i]), torg_record_get_id (picked)) > 0))
      picked = layouts->pdata[i];
  return picked;
}

/**
 * torg_card_layout_shows:
 * @type: a type
 * @field: one of its fields
 *
 * Tells whether a field is for cards at all.
 *
 * Returns: whether it is
 */
gboolean
torg_card_layout_shows (const TorgType *type, const TorgField *field)
{
  /* An entry stays in its dictionary. */
  if (g_str_equal (type->info->name, "dictionary") && g_str_equal (field->name, "dictionary"))
    return FALSE;
  return (field->flags & TORG_FIELD_HIDDEN) == 0 && field->kind != TORG_KIND_FILE;
}

/**
 * torg_card_layout_can_hide:
 * @field: a field
 *
 * Tells whether a card can do without a field: what names it and what must be filled in is always there.
 *
 * Returns: whether it can
 */
gboolean
torg_card_layout_can_hide (const TorgField *field)
{
  return (field->flags & (TORG_FIELD_REQUIRED | TORG_FIELD_TITLE)) == 0;
}

static gboolean
has_item (TorgRecord *layout, const char *set, const char *name)
{
  const TorgValue *value = layout != NULL ? torg_record_get (layout, set) : NULL;
  g_auto (GStrv) items = value != NULL && !torg_value_is_null (value) ? torg_value_dup_items (value) : NULL;

  return items != NULL && g_strv_contains ((const char *const *) items, name);
}

static void
set_item (TorgRecord *layout, const char *set, const char *name, gboolean in)
{
  const TorgValue *value = torg_record_get (layout, set);
  g_auto (GStrv) items = torg_value_is_null (value) ? g_new0 (char *, 1) : torg_value_dup_items (value);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; items[i] != NULL; i++)
    if (!g_str_equal (items[i], name))
      g_strv_builder_add (builder, items[i]);
  if (in)
    g_strv_builder_add (builder, name);
  list = g_strv_builder_end (builder);
  torg_record_take (layout, set,
                    list[0] != NULL ? torg_value_from_items ((const char *const *) list, TRUE)
                                    : (TorgValue) TORG_VALUE_INIT);
}

/**
 * torg_card_layout_get_place:
 * @layout: (nullable): a layout
 * @field: a field
 *
 * Tells whether a field is on the card.
 *
 * Returns: whether, and when
 */
TorgCardPlace
torg_card_layout_get_place (TorgRecord *layout, const TorgField *field)
{
  if (has_item (layout, "hidden", field->name) && torg_card_layout_can_hide (field))
    return TORG_CARD_HIDDEN;
  return has_item (layout, "always", field->name) ? TORG_CARD_ALWAYS : TORG_CARD_USUAL;
}

/**
 * torg_card_layout_set_place:
 * @layout: a layout, which is changed
 * @field: a field
 * @place: whether it is on the card
 *
 * Says whether a field is on the card.
 */
void
torg_card_layout_set_place (TorgRecord *layout, const TorgField *field, TorgCardPlace place)
{
  set_item (layout, "hidden", field->name, place == TORG_CARD_HIDDEN && torg_card_layout_can_hide (field));
  set_item (layout, "always", field->name, place == TORG_CARD_ALWAYS);
}

/**
 * torg_card_layout_list:
 * @layout: (nullable): a layout
 * @type: a type
 *
 * Lists the fields that are for cards in their order, hidden ones too: those that the layout names, then the others as
 * they come.
 *
 * Returns: (transfer full) (element-type guint): indexes of fields
 */
GArray *
torg_card_layout_list (TorgRecord *layout, const TorgType *type)
{
  GArray     *list = g_array_new (FALSE, FALSE, sizeof (guint));
  const char *order = layout != NULL ? torg_record_get_text (layout, "order") : NULL;
  g_auto (GStrv) names = g_strsplit (order != NULL ? order : "", " ", -1);
  g_autofree gboolean *listed = g_new0 (gboolean, type->n_fields + 1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const TorgField *field = torg_type_find_field (type, names[i]);

      if (field == NULL || listed[field->index] || !torg_card_layout_shows (type, field))
        continue;
      listed[field->index] = TRUE;
      g_array_append_val (list, field->index);
    }
  for (guint i = 0; i < type->n_fields; i++)
    if (!listed[i] && torg_card_layout_shows (type, &type->fields[i]))
      g_array_append_val (list, i);
  return list;
}

/**
 * torg_card_layout_move:
 * @layout: a layout, which is changed
 * @type: the type whose cards it is of
 * @field: one of its fields
 * @by: -1 to go up, 1 to go down
 *
 * Moves a field past the next one of its group.
 *
 * Returns: whether there was one
 */
gboolean
torg_card_layout_move (TorgRecord *layout, const TorgType *type, const TorgField *field, int by)
{
  g_autoptr (GArray) list = torg_card_layout_list (layout, type);
  g_autoptr (GString) order = g_string_new (NULL);
  int at = -1, other = -1;

  for (guint i = 0; i < list->len; i++)
    if (g_array_index (list, guint, i) == field->index)
      at = (int) i;
  for (int i = at + by; at >= 0 && other < 0 && i >= 0 && i < (int) list->len; i += by)
    if (g_strcmp0 (torg_field_get_group (&type->fields[g_array_index (list, guint, i)]),
                   torg_field_get_group (field)) == 0)
      other = i;
  if (other < 0)
    return FALSE;
  g_array_index (list, guint, at) = g_array_index (list, guint, other);
  g_array_index (list, guint, other) = field->index;
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (order, "%s%s", i > 0 ? " " : "", type->fields[g_array_index (list, guint, i)].name);
  torg_record_set_text (layout, "order", order->str);
  return TRUE;
}
