/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-card-layout.h"

#include <string.h>

/* How cards look: which fields, in which order, whatever the schema has by now. */

static TorgRecord *
make_layout (TorgSchema *schema, guint nth, const char *type)
{
  g_autofree char *id = g_strdup_printf ("01900000-0000-7000-8000-%012x", nth);
  TorgRecord      *layout = torg_record_new (schema, torg_schema_find (schema, TORG_CARD_LAYOUT_TYPE), id);

  torg_record_set_text (layout, "record_type", type);
  return layout;
}

static char *
list (TorgRecord *layout, const TorgType *type)
{
  g_autoptr (GArray) fields = torg_card_layout_list (layout, type);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < fields->len; i++)
    g_string_append_printf (names, "%s ", type->fields[g_array_index (fields, guint, i)].name);
  return g_string_free_and_steal (g_steal_pointer (&names));
}

static void
test_order (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const TorgType  *type = torg_schema_find (schema, "company");
  const TorgField *city = torg_type_find_field (type, "city"), *country = torg_type_find_field (type, "country");
  g_autoptr (TorgRecord) layout = make_layout (schema, 1, "company");
  g_autofree char *usual = list (NULL, type), *same = list (layout, type), *moved = NULL, *back = NULL, *odd = NULL;

  g_assert_cmpstr (usual, ==, same);
  g_assert_true (strstr (usual, "country region city address ") != NULL);
  g_assert_null (strstr (usual, "merged_into"));
  g_assert_true (torg_card_layout_move (layout, type, city, -1));
  g_assert_true (torg_card_layout_move (layout, type, city, -1));
  moved = list (layout, type);
  g_assert_true (strstr (moved, "city country region address ") != NULL);
  /* Not out of its group. */
  g_assert_false (torg_card_layout_move (layout, type, city, -1));
  g_assert_true (torg_card_layout_move (layout, type, country, -1));
  g_assert_true (torg_card_layout_move (layout, type, city, 1));
  back = list (layout, type);
  g_assert_cmpint (strlen (back), ==, strlen (usual));
  g_assert_true (strstr (back, "country region city address ") != NULL);
  /* What is not there any more is left out, what is new comes at the end. */
  torg_record_set_text (layout, "order", "nothing city  city note");
  odd = list (layout, type);
  g_assert_true (g_str_has_prefix (odd, "city note name "));
  g_assert_cmpint (strlen (odd), ==, strlen (usual));
}

static void
test_place (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const TorgType  *type = torg_schema_find (schema, "company");
  const TorgField *city = torg_type_find_field (type, "city"), *name = torg_type_find_field (type, "name");
  const TorgField *site = torg_type_find_field (type, "site");
  g_autoptr (TorgRecord) layout = make_layout (schema, 1, "company");

  g_assert_cmpint (torg_card_layout_get_place (NULL, city), ==, TORG_CARD_USUAL);
  g_assert_cmpint (torg_card_layout_get_place (layout, city), ==, TORG_CARD_USUAL);
  torg_card_layout_set_place (layout, city, TORG_CARD_HIDDEN);
  torg_card_layout_set_place (layout, site, TORG_CARD_ALWAYS);
  g_assert_cmpint (torg_card_layout_get_place (layout, city), ==, TORG_CARD_HIDDEN);
  g_assert_cmpint (torg_card_layout_get_place (layout, site), ==, TORG_CARD_ALWAYS);
  torg_card_layout_set_place (layout, city, TORG_CARD_ALWAYS);
  g_assert_cmpint (torg_card_layout_get_place (layout, city), ==, TORG_CARD_ALWAYS);
  torg_card_layout_set_place (layout, city, TORG_CARD_USUAL);
  torg_card_layout_set_place (layout, site, TORG_CARD_USUAL);
  g_assert_true (torg_value_is_null (torg_record_get (layout, "hidden")));
  g_assert_true (torg_value_is_null (torg_record_get (layout, "always")));
  /* A card without a name is none. */
  torg_card_layout_set_place (layout, name, TORG_CARD_HIDDEN);
  g_assert_cmpint (torg_card_layout_get_place (layout, name), ==, TORG_CARD_USUAL);
}

static void
test_pick (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (GPtrArray) layouts = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);

  g_assert_null (torg_card_layout_pick (NULL, "company"));
  g_ptr_array_add (layouts, make_layout (schema, 2, "company"));
  g_ptr_array_add (layouts, make_layout (schema, 5, "company"));
  g_ptr_array_add (layouts, make_layout (schema, 3, "company"));
  g_ptr_array_add (layouts, make_layout (schema, 9, "deal"));
  g_assert_true (torg_card_layout_pick (layouts, "company") == layouts->pdata[1]);
  g_assert_true (torg_card_layout_pick (layouts, "deal") == layouts->pdata[3]);
  g_assert_null (torg_card_layout_pick (layouts, "person"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/card-layout/order", test_order);
  g_test_add_func ("/card-layout/place", test_place);
  g_test_add_func ("/card-layout/pick", test_pick);
  return g_test_run ();
}
