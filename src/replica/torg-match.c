/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-email.h"
#include "torg-name.h"
#include "torg-phone.h"
#include "torg-store-private.h"

#include <string.h>

/*
 * Keys by which two records are likely the same: phones, e-mails, INN with KPP, and the name without its legal form.
 * Kept with each edit, so that quick entry and import find duplicates by one look-up.
 */

gboolean
torg_match_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "CREATE TABLE IF NOT EXISTS match_key (key TEXT NOT NULL, type TEXT NOT NULL, "
                       "record INTEGER NOT NULL, PRIMARY KEY (key, type, record)) STRICT, WITHOUT ROWID;"
                       "DROP INDEX IF EXISTS match_key_record;",
                       error);
}

static void
add_phones (GStrvBuilder *keys, const TorgValue *value)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (value->text, NULL);

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    {
      TorgPhone *phone = g_ptr_array_index (phones, i);

      if (*phone->e164 != '\0')
        g_strv_builder_take (keys, g_strconcat ("p:", phone->e164, NULL));
    }
}

static void
add_emails (GStrvBuilder *keys, const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_autofree char *key = torg_email_make_key (items[i]);

      g_strv_builder_take (keys, g_strconcat ("e:", key, NULL));
    }
}

/**
 * torg_record_dup_match_keys:
 * @record: a record
 *
 * Builds the keys that a record is known by: `p:` and a phone, `e:` and an e-mail, `i:` and INN/KPP, `n:` and a name
 * or number.
 *
 * Returns: (transfer full): the keys
 */
char **
torg_record_dup_match_keys (TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  g_autoptr (GString) name = g_string_new (NULL);
  const char *inn = NULL, *kpp = NULL;

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);

      if ((field->flags & TORG_FIELD_MATCH) == 0 || value->text == NULL)
        continue;
      if (field->kind == TORG_KIND_PHONE)
        add_phones (keys, value);
      else if (field->kind == TORG_KIND_EMAIL)
        add_emails (keys, value);
      else if (field->kind == TORG_KIND_REQUISITE)
        {
          if (g_str_equal (field->name, "bik"))
            g_strv_builder_take (keys, g_strconcat ("i:bik/", value->text, NULL));
          else if (g_str_equal (field->name, "inn"))
            inn = value->text;
          else
            kpp = value->text;
        }
      else
        g_string_append_printf (name, "%s%s", name->len > 0 ? " " : "", value->text);
    }
  if (name->len > 0)
    {
      g_autofree char *key = torg_name_make_key (name->str);

      g_strv_builder_take (keys, g_strconcat ("n:", key, NULL));
    }
  if (inn != NULL)
    g_strv_builder_take (keys, g_strconcat ("i:", inn, "/", kpp != NULL ? kpp : "", NULL));
  return g_strv_builder_end (keys);
}

/* Removes the keys of a record as it is stored up to now. */
gboolean
torg_match_remove (TorgStore *self, TorgRecord *record, GError **error)
{
  g_auto (GStrv) keys = NULL;
  g_autoptr (TorgStatement) statement = NULL;

  if (torg_record_get_deleted (record) != 0)
    return TRUE;
  statement = torg_db_prepare (self->db, "DELETE FROM match_key WHERE key = ?1 AND type = ?2 AND record = ?3", error);
  if (statement == NULL || !torg_held_flush_rows (self, TORG_HELD_KEYS, error))
    return FALSE;
  keys = torg_record_dup_match_keys (record);
  torg_statement_bind_text (statement, 2, torg_record_get_kind (record)->info->name);
  torg_statement_bind_int (statement, 3, torg_record_get_rowid (record));
  for (guint i = 0; keys[i] != NULL; i++)
    {
      torg_statement_bind_text (statement, 1, keys[i]);
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds keys of a record. */
gboolean
torg_match_add (TorgStore *self, TorgRecord *record, char **keys, GError **error)
{
  for (guint i = 0; keys[i] != NULL; i++)
    {
      TorgStatement *statement = torg_held_begin_row (self, TORG_HELD_KEYS);

      torg_statement_bind_text (statement, 1, keys[i]);
      torg_statement_bind_text (statement, 2, torg_record_get_kind (record)->info->name);
      torg_statement_bind_int (statement, 3, torg_record_get_rowid (record));
      if (!torg_held_end_row (self, TORG_HELD_KEYS, error))
        return FALSE;
    }
  return TRUE;
}

/* Adds the keys of a record, instead of those that it had before, if it was there. */
gboolean
torg_match_put (TorgStore *self, TorgRecord *before, TorgRecord *after, GError **error)
{
  g_auto (GStrv) keys = NULL;

  if (before != NULL && !torg_match_remove (self, before, error))
    return FALSE;
  if (torg_record_get_deleted (after) != 0)
    return TRUE;
  keys = torg_record_dup_match_keys (after);
  return torg_match_add (self, after, keys, error);
}

static gboolean
is_known (GPtrArray *records, TorgRecord *record)
{
  for (guint i = 0; i < records->len; i++)
    if (g_str_equal (torg_record_get_id (g_ptr_array_index (records, i)), torg_record_get_id (record)))
      return TRUE;
  return FALSE;
}

/**
 * torg_store_find_by_keys:
 * @type_name: a type's name
 * @keys: keys of a record, see [func@record_dup_match_keys]
 * @but: (nullable): the id of a record that is not meant
 * @kinds: (nullable): which keys to look for, the surest first, out of `i`, `p`, `e`, `n`; all where it is %NULL
 * @limit: how many at most
 * @error: place for an error
 *
 * Finds the records of a type that have one of some keys.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): those found by the surest key first
 */
GPtrArray *
torg_store_find_by_keys (TorgStore         *self,
                         const char        *type_name,
                         const char *const *keys,
                         const char        *but,
                         const char        *kinds,
                         guint              limit,
                         GError           **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  const TorgType *type = torg_schema_find (self->schema, type_name);
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  statement = torg_db_prepare (self->db, "SELECT record FROM match_key WHERE key = ?1 AND type = ?2 LIMIT 20", error);
  if (statement == NULL)
    return NULL;
  for (const char *kind = kinds != NULL ? kinds : "ipen"; *kind != '\0'; kind++)
    for (guint i = 0; keys[i] != NULL && records->len < limit; i++)
      {
        if (keys[i][0] != *kind)
          continue;
        torg_statement_bind_text (statement, 1, keys[i]);
        torg_statement_bind_text (statement, 2, type->info->name);
        for (;;)
          {
            g_autoptr (TorgRecord) found = NULL;

            if (!torg_statement_step (statement, &row, error))
              return NULL;
            if (!row)
              break;
            found = torg_store_get_nth (self, type, torg_statement_get_int (statement, 0), error);
            if (found == NULL)
              return NULL;
            if (records->len < limit && !is_known (records, found) && g_strcmp0 (torg_record_get_id (found), but) != 0)
              g_ptr_array_add (records, g_steal_pointer (&found));
          }
        torg_statement_reset (statement);
      }
  return g_steal_pointer (&records);
}

/**
 * torg_store_find_matches:
 * @record: a record, stored or not
 * @limit: how many at most
 * @error: place for an error
 *
 * Finds the records of the same type that are likely the same as one: by INN with KPP, phone, e-mail, or name.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): those found by the surest key first
 */
GPtrArray *
torg_store_find_matches (TorgStore *self, TorgRecord *record, guint limit, GError **error)
{
  g_auto (GStrv) keys = torg_record_dup_match_keys (record);

  return torg_store_find_by_keys (self, torg_record_get_kind (record)->info->name, (const char *const *) keys,
                                  torg_record_get_id (record), NULL, limit, error);
}
