/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-plan.h"

#include <string.h>

/**
 * torg_plan_is_for:
 * @self: a record of the type `plan`
 * @owner: a user's id
 * @month: YYYY-MM, or any day of it
 *
 * Tells whether a plan is somebody's for a month.
 *
 * Returns: whether it is
 */
gboolean
torg_plan_is_for (TorgRecord *self, const char *owner, const char *month)
{
  const char *date = torg_record_get_text (self, "month");

  return g_strcmp0 (torg_record_get_text (self, "owner"), owner) == 0 && date != NULL &&
         strncmp (date, month, strlen ("2026-01")) == 0;
}

/**
 * torg_plan_pick:
 * @plans: (element-type TorgRecord): records of the type `plan`
 *
 * Picks those that count: two heads without a network may both set the same plan, and then the later one holds, by its
 * id, which tells when it was made and is the same everywhere.
 *
 * Returns: (transfer full) (element-type TorgRecord): at most one for each user and month
 */
GPtrArray *
torg_plan_pick (GPtrArray *plans)
{
  GPtrArray *picked = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < plans->len; i++)
    {
      TorgRecord *plan = plans->pdata[i];
      const char *owner = torg_record_get_text (plan, "owner"), *month = torg_record_get_text (plan, "month");
      char       *key = g_strdup_printf ("%s/%.7s", owner != NULL ? owner : "", month != NULL ? month : "");
      guint       place = GPOINTER_TO_UINT (g_hash_table_lookup (places, key));
      TorgRecord *other = place > 0 ? picked->pdata[place - 1] : NULL;

      if (other == NULL)
        {
          g_ptr_array_add (picked, torg_record_ref (plan));
          g_hash_table_insert (places, key, GUINT_TO_POINTER (picked->len));
          continue;
        }
      g_free (key);
      if (strcmp (torg_record_get_id (other), torg_record_get_id (plan)) < 0)
        {
          torg_record_unref (other);
          picked->pdata[place - 1] = torg_record_ref (plan);
        }
    }
  return picked;
}
