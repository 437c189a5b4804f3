/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-pairs.h"
#include "torg-unite.h"
#include "torgctl.h"

#include <glib/gi18n.h>

/* The commands about records that are there twice: duplicates, merge. */

static void
print_pairs (GPtrArray *pairs, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const TorgPair  *pair = pairs->pdata[i];
      g_autofree char *words = torg_likeness_say (pair->reasons);

      g_print ("%3.0f %%  %s  %s\n       %s  %s\n       %s\n", pair->score * 100, pair->one, pair->title, pair->other,
               pair->other_title, words);
    }
  if (n == 0)
    g_print ("%s\n", _ ("There are no likely duplicates."));
}

static void
print_json (GPtrArray *pairs, guint n)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_node_take_array (node, array);
  for (guint i = 0; i < n; i++)
    {
      const TorgPair  *pair = pairs->pdata[i];
      g_autofree char *words = torg_likeness_say (pair->reasons);
      JsonObject      *object = json_object_new ();

      json_object_set_string_member (object, "one", pair->one);
      json_object_set_string_member (object, "other", pair->other);
      json_object_set_string_member (object, "title", pair->title);
      json_object_set_string_member (object, "other_title", pair->other_title);
      json_object_set_double_member (object, "score", pair->score);
      json_object_set_string_member (object, "reasons", words);
      json_array_add_object_element (array, object);
    }
  torg_ctl_print_json (node);
}

int
torg_ctl_duplicates (TorgCtl *self, int argc, char **argv, GError **error)
{
  int              limit = 0;
  guint            n;
  g_autofree char *of = NULL;
  const TorgType  *type;
  g_autoptr (GPtrArray) pairs = NULL;
  GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL },
    { "of", 0, 0, G_OPTION_ARG_STRING, &of, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc > 2 || limit < 0)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  type = torg_ctl_find_type (self, argc == 2 ? argv[1] : "company", error);
  if (type == NULL)
    return TORG_CTL_MISSING;
  pairs = torg_pairs_find (self->store, type->info->name, of, NULL, NULL, error);
  if (pairs == NULL)
    return TORG_CTL_FAILED;
  n = limit > 0 ? MIN ((guint) limit, pairs->len) : pairs->len;
  if (self->json)
    print_json (pairs, n);
  else
    print_pairs (pairs, n);
  return TORG_CTL_OK;
}

int
torg_ctl_merge (TorgCtl *self, int argc, char **argv, GError **error)
{
  const TorgType *type;
  g_autoptr (TorgUnite) unite = NULL;
  g_autoptr (TorgEdit) edit = NULL;

  if (argc != 3)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  type = torg_store_find_type (self->store, argv[1], error);
  if (type == NULL)
    return TORG_CTL_MISSING;
  unite = torg_unite_new (self->store, type->info->name, argv[1], argv[2], error);
  if (unite == NULL)
    return TORG_CTL_FAILED;
  edit = torg_unite_make_edit (unite);
  if (!torg_store_apply (self->store, edit, NULL, error))
    return TORG_CTL_FAILED;
  if (self->json)
    g_print ("{\"kept\": \"%s\", \"merged\": \"%s\"}\n", argv[1], argv[2]);
  else
    g_print ("%s\n", torg_edit_get_label (edit));
  return TORG_CTL_OK;
}
