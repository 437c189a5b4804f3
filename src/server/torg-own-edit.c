/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-error.h"
#include "torg-json.h"
#include "torg-administrator.h"
#include "torg-own-edit.h"

#include <glib/gi18n-lib.h>

/*
 * Records that the server changes itself, for whoever runs it or for an administrator: a commit with its history like
 * any other, which replicas follow. One rule is kept by all: where somebody may edit roles, somebody may do so
 * afterwards, since otherwise everybody could do everything again.
 */

/**
 * torg_own_edit_begin:
 * @self: all zero
 * @store: a connection, in no transaction
 * @author: (nullable): the id of the `user` who asks; it must outlive @self
 * @error: place for a %TORG_STORE_ERROR
 *
 * Begins a transaction. It is ended by [method@OwnEdit.finish], unless this fails.
 *
 * Returns: whether that worked
 */
gboolean
torg_own_edit_begin (TorgOwnEdit *self, TorgServerStore *store, const char *author, GError **error)
{
  TorgDb *db = torg_server_store_get_db (store);

  self->store = store;
  self->author = author;
  if (!torg_db_begin (db, error))
    return FALSE;
  self->commit = torg_commit_new (store, NULL);
  if (torg_server_store_load_schema (store, error) && torg_administrator_exists (store, &self->administered, error))
    return TRUE;
  g_clear_pointer (&self->commit, torg_commit_free);
  torg_db_rollback (db);
  return FALSE;
}

/**
 * torg_own_edit_note:
 * @record: a record
 * @field: (nullable): one of its fields; %NULL for its creation
 * @before: (nullable): its value before, as JSON
 * @after: (nullable): its value now, as JSON
 *
 * Adds a line of history.
 */
void
torg_own_edit_note (TorgOwnEdit *self, TorgRecord *record, const char *field, const char *before, const char *after)
{
  TorgSchema      *schema = torg_server_store_get_schema (self->store);
  TorgEnv         *env = torg_server_store_get_env (self->store);
  g_autofree char *id = torg_env_make_id (env);
  g_autoptr (TorgRecord) line = torg_record_new (schema, torg_schema_find (schema, "history"), id);

  torg_record_set_text (line, "record_type", torg_record_get_kind (record)->info->name);
  torg_record_set_text (line, "record", torg_record_get_id (record));
  torg_record_set_text (line, "field", field);
  torg_record_set_text (line, "old", before);
  torg_record_set_text (line, "new", after);
  torg_record_set_text (line, "author", self->author);
  torg_record_take (line, "at", torg_value_int (torg_env_get_now (env)));
  torg_commit_create (self->commit, line);
}

/**
 * torg_own_edit_set:
 * @entry: a record of the transaction
 * @field: one of its fields, historical
 * @value: (transfer full): what it is to be
 *
 * Changes a field, with a line of history; nothing where it is so already.
 */
void
torg_own_edit_set (TorgOwnEdit *self, TorgEntry *entry, const char *field, TorgValue value)
{
  const TorgField *info = torg_type_find_field (torg_record_get_kind (entry->after), field);
  g_autofree char *before = torg_value_to_json_text (torg_record_get (entry->after, field), info->kind);
  g_autofree char *after = torg_value_to_json_text (&value, info->kind);

  if (torg_value_equal (torg_record_get (entry->after, field), &value))
    {
      torg_value_clear (&value);
      return;
    }
  torg_record_take (torg_commit_edit (self->commit, entry), field, value);
  torg_own_edit_note (self, entry->after, field, before, after);
}

/**
 * torg_own_edit_set_text:
 * @entry: a record of the transaction
 * @field: one of its fields, historical
 * @text: (nullable): what it is to be
 *
 * Changes a field that holds a text or the id of a record, as [method@OwnEdit.set] does.
 */
void
torg_own_edit_set_text (TorgOwnEdit *self, TorgEntry *entry, const char *field, const char *text)
{
  torg_own_edit_set (self, entry, field, torg_value_text (text));
}

static gboolean
check (TorgOwnEdit *self, GError **error)
{
  gboolean has;

  if (!torg_administrator_exists (self->store, &has, error))
    return FALSE;
  if (has || !self->administered)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                       _ ("Nobody could edit roles any more. Give somebody else a role that may do so first."));
  return FALSE;
}

/**
 * torg_own_edit_finish:
 * @ok: whether all is done; if not, nothing is
 * @error: place for an error, a %TORG_ERROR_RULE where nobody could edit roles any more
 *
 * Ends the transaction.
 *
 * Returns: whether it is committed
 */
gboolean
torg_own_edit_finish (TorgOwnEdit *self, gboolean ok, GError **error)
{
  TorgDb *db = torg_server_store_get_db (self->store);
  gint64  seq;

  /* With the number of the commit it holds the last lock: what it checks then stays so. */
  ok = ok && torg_commit_write (self->commit, &seq, error) && check (self, error) && torg_db_commit (db, error);
  if (!ok)
    torg_db_rollback (db);
  g_clear_pointer (&self->commit, torg_commit_free);
  return ok;
}
