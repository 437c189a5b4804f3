/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "torg-completeness.h"
#include "torg-legal-form.h"

#include <string.h>

/* How much of what a card should say it says. */

static const struct
{
  const char *type;
  const char *wanted[10]; /* fields; of several split by `|` one is enough */
} rules[] = {
  { "company", { "name", "phones", "emails", "industry", "city", "source", "owner" } },
  { "person", { "surname", "name", "phones", "emails", "source", "owner" } },
  { "lead", { "title|name|company_name", "phones|emails", "need", "source", "owner" } },
  { "deal", { "title", "company|person", "amount", "expected|closed", "source", "owner" } },
  { "legal_entity", { "name", "form", "inn", "kpp", "ogrn", "address", "head", "bik", "account" } },
};

static const char *const *
find_wanted (const TorgType *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].type, type->info->name))
      return rules[i].wanted;
  return NULL;
}

/* The form of a legal entity decides which requisites there are. */
static gboolean
is_wanted (TorgRecord *record, const char *names)
{
  return !g_str_equal (torg_record_get_kind (record)->info->name, "legal_entity") || g_str_equal (names, "form") ||
         torg_legal_form_uses (torg_record_get_text (record, "form"), names);
}

/* The first of the fields where none of them is filled in; %NULL where one is. */
static const TorgField *
find_missing (TorgRecord *record, const char *names)
{
  const TorgType *type = torg_record_get_kind (record);
  g_auto (GStrv) fields = g_strsplit (names, "|", -1);
  const TorgField *first = NULL;

  for (guint i = 0; fields[i] != NULL; i++)
    {
      const TorgField *field = torg_type_find_field (type, fields[i]);

      if (field != NULL && !torg_value_is_null (torg_record_nth (record, field->index)))
        return NULL;
      if (first == NULL)
        first = field;
    }
  return first;
}

/**
 * torg_completeness_has:
 * @type: a type
 *
 * Tells whether it is known what a card of a type should say.
 *
 * Returns: whether it is
 */
gboolean
torg_completeness_has (const TorgType *type)
{
  return find_wanted (type) != NULL;
}

/**
 * torg_completeness_measure:
 * @record: a record
 * @missing: (nullable) (element-type TorgField): takes the fields that should be filled in, in their order
 *
 * Tells how much of what a card should say it says.
 *
 * Returns: per cent; 100 where nothing is wanted
 */
guint
torg_completeness_measure (TorgRecord *record, GPtrArray *missing)
{
  const char *const *wanted = find_wanted (torg_record_get_kind (record));
  guint              n = 0, n_missing = 0;

  for (guint i = 0; wanted != NULL && i < G_N_ELEMENTS (rules[0].wanted) && wanted[i] != NULL; i++)
    {
      const TorgField *field = find_missing (record, wanted[i]);

      if (!is_wanted (record, wanted[i]))
        continue;
      n++;
      n_missing += field != NULL ? 1 : 0;
      if (field != NULL && missing != NULL)
        g_ptr_array_add (missing, (gpointer) field);
    }
  return n > 0 ? 100 * (n - n_missing) / n : 100;
}
