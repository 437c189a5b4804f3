/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-merge.h"

#include <string.h>

/*
 * The one merge of Torg, which replicas and the server share (DESIGN.md §3): of a field's base, the value that a change
 * was made from, its current value and the changed one. No clock decides.
 */

/* Comparing two texts line by line takes room for the product of their lengths: longer ones are a matter for people. */
#define MAX_CELLS (4 * 1024 * 1024)

/* --- text --------------------------------------------------------------------------------------------------------- */

/*
 * The lines of a longest common subsequence: for each line of @a, its partner in @b, or −1. The usual table of lengths
 * (Wagner and Fischer 1974). NULL where it would be too large.
 */
static int *
match_lines (char **a, guint n_a, char **b, guint n_b)
{
  g_autofree guint32 *table = NULL;
  gsize               width = (gsize) n_b + 1;
  int                *partners;
  guint               i = 0, j = 0;

  if ((gsize) (n_a + 1) * width > MAX_CELLS)
    return NULL;
  table = g_new0 (guint32, (n_a + 1) * width);
  for (guint x = n_a; x-- > 0;)
    for (guint y = n_b; y-- > 0;)
      table[x * width + y] = strcmp (a[x], b[y]) == 0 ? table[(x + 1) * width + y + 1] + 1
                                                      : MAX (table[(x + 1) * width + y], table[x * width + y + 1]);
  partners = g_new (int, n_a + 1);
  for (guint x = 0; x <= n_a; x++)
    partners[x] = -1;
  while (i < n_a && j < n_b)
    if (strcmp (a[i], b[j]) == 0)
      partners[i++] = (int) j++;
    else if (table[(i + 1) * width + j] >= table[i * width + j + 1])
      i++;
    else
      j++;
  return partners;
}

static gboolean
same_lines (char **a, guint from_a, guint to_a, char **b, guint from_b, guint to_b)
{
  if (to_a - from_a != to_b - from_b)
    return FALSE;
  for (guint i = 0; i < to_a - from_a; i++)
    if (strcmp (a[from_a + i], b[from_b + i]) != 0)
      return FALSE;
  return TRUE;
}

static void
take_lines (GPtrArray *lines, char **from, guint first, guint end)
{
  for (guint i = first; i < end; i++)
    g_ptr_array_add (lines, from[i]);
}

/* Between two lines that all three have: the side that changed anything, if only one did or both did the same. */
static gboolean
merge_stretch (GPtrArray *lines,
               char     **base,
               guint      base_from,
               guint      base_to,
               char     **mine,
               guint      mine_from,
               guint      mine_to,
               char     **theirs,
               guint      theirs_from,
               guint      theirs_to)
{
  if (same_lines (base, base_from, base_to, mine, mine_from, mine_to))
    take_lines (lines, theirs, theirs_from, theirs_to);
  else if (same_lines (base, base_from, base_to, theirs, theirs_from, theirs_to) ||
           same_lines (mine, mine_from, mine_to, theirs, theirs_from, theirs_to))
    take_lines (lines, mine, mine_from, mine_to);
  else
    return FALSE;
  return TRUE;
}

/**
 * torg_merge_text:
 * @base: (nullable): the text that both changes were made from
 * @current: (nullable): one changed text
 * @changed: (nullable): the other
 *
 * Merges two changes of a text line by line (diff3: Khanna, Kunal and Pierce, A Formal Investigation of Diff3, 2007).
 *
 * Returns: (transfer full) (nullable): the text with both changes; %NULL where they touch the same lines
 */
char *
torg_merge_text (const char *base, const char *current, const char *changed)
{
  g_auto (GStrv) o = g_strsplit (base != NULL ? base : "", "\n", -1);
  g_auto (GStrv) a = g_strsplit (current != NULL ? current : "", "\n", -1);
  g_auto (GStrv) b = g_strsplit (changed != NULL ? changed : "", "\n", -1);
  guint           n_o = g_strv_length (o), n_a = g_strv_length (a), n_b = g_strv_length (b);
  g_autofree int *in_a = match_lines (o, n_o, a, n_a);
  g_autofree int *in_b = match_lines (o, n_o, b, n_b);
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  guint from_o = 0, from_a = 0, from_b = 0;

  if (in_a == NULL || in_b == NULL)
    return NULL;
  for (guint i = 0; i <= n_o; i++)
    {
      gboolean end = i == n_o;
      guint    to_a = end ? n_a : (guint) in_a[i], to_b = end ? n_b : (guint) in_b[i];

      if (!end && (in_a[i] < 0 || in_b[i] < 0))
        continue;
      if (!merge_stretch (lines, o, from_o, i, a, from_a, to_a, b, from_b, to_b))
        return NULL;
      if (end)
        break;
      g_ptr_array_add (lines, o[i]);
      from_o = i + 1;
      from_a = to_a + 1;
      from_b = to_b + 1;
    }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* --- sets --------------------------------------------------------------------------------------------------------- */

static gboolean
has_item (char **items, const char *item)
{
  return g_strv_contains ((const char *const *) items, item);
}

/* What was added to the base is added, what was taken out of it is taken out. */
static TorgValue
merge_sets (const TorgValue *base, const TorgValue *current, const TorgValue *changed)
{
  g_auto (GStrv) before = torg_value_dup_items (base);
  g_auto (GStrv) now = torg_value_dup_items (current);
  g_auto (GStrv) wanted = torg_value_dup_items (changed);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint i = 0; now[i] != NULL; i++)
    if (!has_item (before, now[i]) || has_item (wanted, now[i]))
      g_ptr_array_add (items, now[i]);
  for (guint i = 0; wanted[i] != NULL; i++)
    if (!has_item (before, wanted[i]) && !has_item (now, wanted[i]))
      g_ptr_array_add (items, wanted[i]);
  g_ptr_array_add (items, NULL);
  return torg_value_from_items ((const char *const *) items->pdata, TRUE);
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

static gboolean
is_larger (const TorgValue *value, const TorgValue *other)
{
  if (torg_value_is_null (other) || torg_value_is_null (value))
    return torg_value_is_null (other);
  if (value->text != NULL && other->text != NULL)
    return strcmp (value->text, other->text) > 0;
  return value->number > other->number;
}

/* Values that have no common line of descent any more. */
static TorgMerged
merge_apart (const TorgField *field,
             const TorgValue *base,
             const TorgValue *current,
             const TorgValue *changed,
             TorgValue       *merged)
{
  g_autofree char *text = NULL;

  switch (field->merge)
    {
      case TORG_MERGE_SET:
        *merged = merge_sets (base, current, changed);
        return TORG_MERGED_BOTH;
      case TORG_MERGE_MAX:
        *merged = torg_value_copy (is_larger (changed, current) ? changed : current);
        return is_larger (changed, current) ? TORG_MERGED_NEW : TORG_MERGED_SAME;
      case TORG_MERGE_LAST:
        *merged = torg_value_copy (changed);
        return TORG_MERGED_NEW;
      case TORG_MERGE_TEXT:
        text = torg_merge_text (base->text, current->text, changed->text);
        if (text == NULL)
          break;
        *merged = torg_value_text (text);
        return TORG_MERGED_BOTH;
      case TORG_MERGE_DERIVED:
        *merged = torg_value_copy (current);
        return TORG_MERGED_SAME;
      case TORG_MERGE_NORMAL:
      default:
        break;
    }
  *merged = torg_value_copy (current);
  return TORG_MERGED_CONFLICT;
}

/**
 * torg_merge_field:
 * @field: a field
 * @base: the value that the change was made from
 * @current: the value that is there
 * @changed: the value that is wanted
 * @merged: (out): what is to be there, to be cleared
 *
 * Merges a change into a field: the base is still there → the change; the change is there already → nothing; otherwise
 * as the field's kind of merge says.
 *
 * Returns: what became of the change
 */
TorgMerged
torg_merge_field (const TorgField *field,
                  const TorgValue *base,
                  const TorgValue *current,
                  const TorgValue *changed,
                  TorgValue       *merged)
{
  if (torg_value_equal (current, changed))
    {
      *merged = torg_value_copy (current);
      return TORG_MERGED_SAME;
    }
  if (torg_value_equal (current, base) && field->merge != TORG_MERGE_MAX && field->merge != TORG_MERGE_DERIVED)
    {
      *merged = torg_value_copy (changed);
      return TORG_MERGED_NEW;
    }
  return merge_apart (field, base, current, changed, merged);
}
