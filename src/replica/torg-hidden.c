/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-hidden.h"
#include "torg-role.h"
#include "torg-seeded-bug.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"

#include <string.h>

/*
 * Fields that one's role hides (DESIGN.md §3, Visibility). The server sends each record anew without them, shadows too;
 * what else the replica keeps of their values goes here: of undo and its words, of what was sent or not taken, and
 * lines of history that only this replica has. What one has not sent yet stays as it is until it is answered, and what
 * one wrote oneself stays in what may have to be sent again.
 */

static const struct
{
  const char *sql;
  const char *of_record; /* (nullable): where all of it is looked at in any case */
} strips[] = {
  { "UPDATE undo_op SET fields = json_remove(fields, ?3) WHERE type = ?1 AND json_type(fields, ?3) IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM undo_step s JOIN outbox o ON o.rid BETWEEN s.outbox_from AND s.outbox_to "
    "WHERE s.step = undo_op.step AND o.id = undo_op.id)",
    " AND id = ?5" },
  { "UPDATE sent SET body = json_remove(body, ?4) WHERE json_extract(body, '$.type') = ?1 "
    "AND json_type(body, ?4) IS NOT NULL",
    " AND record = ?5" },
  { "UPDATE attention SET mutation = json_remove(mutation, ?4) WHERE json_extract(mutation, '$.type') = ?1 "
    "AND json_type(mutation, ?4) IS NOT NULL",
    NULL },
  { "DELETE FROM history WHERE record_type = ?1 AND field = ?2 AND seq = 0 "
    "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = history.record AND json_type(o.fields, ?3) IS NOT NULL)",
    " AND record = ?5" },
};

/* @name: `TYPE.FIELD`; @record: (nullable): only what is kept of this one */
static gboolean
strip_field (TorgStore *store, const char *name, const char *record, GError **error)
{
  const char      *field = strchr (name, '.') + 1;
  g_autofree char *type = g_strndup (name, (gsize) (field - name - 1));
  g_autofree char *path = g_strdup_printf ("$.\"%s\"", field);
  g_autofree char *base = g_strdup_printf ("$.fields.\"%s\".base", field);

  /* A name with a quotation mark is no field's. */
  if (strchr (field, '"') != NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (strips); i++)
    {
      gboolean         alone = record != NULL && strips[i].of_record != NULL;
      g_autofree char *sql = g_strconcat (strips[i].sql, alone ? strips[i].of_record : "", NULL);
      g_autoptr (TorgStatement) statement = torg_db_prepare (store->db, sql, error);

      if (statement == NULL)
        return FALSE;
      torg_statement_bind_text (statement, 1, type);
      if (strstr (sql, "?2") != NULL)
        torg_statement_bind_text (statement, 2, field);
      if (strstr (sql, "?3") != NULL)
        torg_statement_bind_text (statement, 3, path);
      if (strstr (sql, "?4") != NULL)
        torg_statement_bind_text (statement, 4, base);
      if (alone)
        torg_statement_bind_id (statement, 5, record);
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return torg_undo_forget_labels (store, type, record, error);
}

static gboolean
strip (TorgStore *store, GHashTable *hidden, const char *record, GError **error)
{
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, hidden);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!strip_field (store, name, record, error))
      return FALSE;
  return TRUE;
}

/* Whether something was left as it is, since it waits; it may be discarded without ever being answered. */
static gboolean
find_spared (TorgStore *store, GHashTable *hidden, gboolean *spared, GError **error)
{
  GHashTableIter iter;
  gpointer       name;

  *spared = FALSE;
  g_hash_table_iter_init (&iter, hidden);
  while (!*spared && g_hash_table_iter_next (&iter, &name, NULL))
    {
      const char      *field = strchr (name, '.') + 1;
      g_autofree char *type = g_strndup (name, (gsize) (field - (char *) name - 1));
      g_autofree char *path = g_strdup_printf ("$.\"%s\"", field);
      g_autoptr (TorgStatement) statement = torg_db_prepare (
        store->db, "SELECT 1 FROM outbox WHERE type = ?1 AND json_type(fields, ?2) IS NOT NULL LIMIT 1", error);

      if (statement == NULL)
        return FALSE;
      torg_statement_bind_text (statement, 1, type);
      torg_statement_bind_text (statement, 2, strchr (field, '"') == NULL ? path : "$");
      if (!torg_statement_step (statement, spared, error))
        return FALSE;
    }
  return TRUE;
}

/* All of it, as far as it does not wait. */
static gboolean
strip_all (TorgStore *store, GHashTable *hidden, GError **error)
{
  gboolean spared;

  return strip (store, hidden, NULL, error) && find_spared (store, hidden, &spared, error) &&
         torg_state_set (store->db, "hidden_spared", spared ? "1" : NULL, error);
}

/* By the role of whoever signs in at the server. */
static GHashTable *
list_hidden (TorgStore *store)
{
  g_autofree char *id = torg_store_dup_server_user (store);
  g_autoptr (TorgRecord) user = id != NULL ? torg_store_get (store, "user", id, NULL) : NULL;
  const char *role_id = user != NULL ? torg_record_get_text (user, "role") : NULL;
  g_autoptr (TorgRecord) role = role_id != NULL ? torg_store_get (store, "role", role_id, NULL) : NULL;

  return torg_role_list_hidden (role != NULL ? torg_record_get_text (role, "hidden") : NULL);
}

static char *
to_text (GHashTable *hidden)
{
  g_autoptr (GPtrArray) names = g_hash_table_get_keys_as_ptr_array (hidden);

  g_ptr_array_sort_values (names, (GCompareFunc) strcmp);
  g_ptr_array_add (names, NULL);
  return names->len > 1 ? g_strjoinv ("|", (char **) names->pdata) : NULL;
}

static gboolean
has_grown (GHashTable *hidden, const char *known)
{
  g_auto (GStrv) names = g_strsplit (known != NULL ? known : "", "|", -1);
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, hidden);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_strv_contains ((const char *const *) names, name))
      return TRUE;
  return FALSE;
}

/**
 * torg_hidden_update:
 * @store: a replica's store, in the transaction of an answer whose records are written
 * @answered: (element-type utf8 utf8): ids of records of which mutations were answered
 * @backfill: whether the server has still to send records anew
 * @page: whether the answer was a part of that
 * @error: place for a %TORG_STORE_ERROR
 *
 * Takes the values of fields that are hidden now from all that the replica keeps beside the records themselves.
 *
 * Returns: whether that worked
 */
gboolean
torg_hidden_update (TorgStore *store, GHashTable *answered, gboolean backfill, gboolean page, GError **error)
{
  g_autoptr (GHashTable) hidden = list_hidden (store);
  g_autofree char *now = to_text (hidden);
  g_autofree char *known = torg_state_get (store->db, "hidden");
  g_autofree char *spared = torg_state_get (store->db, "hidden_spared");
  gboolean         grown = has_grown (hidden, known);
  GHashTableIter   iter;
  gpointer         id;

  if (torg_seeded_bug ("hidden-kept"))
    return TRUE;
  if (grown && !torg_search_note_stale (store, TRUE, error))
    return FALSE;
  /* Until all records have come without them, an edit finds the old values and keeps them again. */
  if (now != NULL && (grown || spared != NULL || (page && !backfill)))
    {
      if (!torg_search_note_log (store, error) || !strip_all (store, hidden, error))
        return FALSE;
    }
  else if (now != NULL && g_hash_table_size (answered) > 0)
    {
      if (!torg_search_note_log (store, error))
        return FALSE;
      g_hash_table_iter_init (&iter, answered);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        if (!strip (store, hidden, id, error))
          return FALSE;
    }
  return backfill || g_strcmp0 (now, known) == 0 || torg_state_set (store->db, "hidden", now, error);
}
