/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-error.h"
#include "torg-export-log.h"
#include "torg-own-right.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/*
 * Who took data along: a record `export` of each, which goes to the server as any edit does, and is there for whoever
 * sees it. Nobody changes, deletes or undoes it.
 */

static TorgEdit *
make_edit (TorgStore *self, const char *what, gint64 n_records, const char *filter)
{
  g_autofree char *id = torg_env_make_id (self->env);
  g_autoptr (TorgRecord) record = torg_record_new (self->schema, torg_schema_find (self->schema, "export"), id);
  TorgEdit *edit = torg_edit_new (NULL);

  torg_record_set_text (record, "what", what);
  torg_record_take (record, "records", torg_value_int (n_records * TORG_NUMBER_SCALE));
  torg_record_set_text (record, "filter", filter);
  torg_record_take (record, "at", torg_value_int (torg_env_get_now (self->env)));
  torg_record_set_text (record, "owner", self->user);
  torg_edit_create (edit, record);
  return edit;
}

/**
 * torg_store_note_export:
 * @what: the name of a type, or %TORG_EXPORT_UNSENT
 * @n_records: how many
 * @filter: (nullable): which of them; %NULL for all
 * @error: place for a %TORG_STORE_ERROR
 *
 * Notes that the replica's user writes records into a file; before that is done. A replica that nobody has begun to use
 * has nobody to note.
 *
 * Returns: whether it is noted, on the disk
 */
gboolean
torg_store_note_export (TorgStore *self, const char *what, gint64 n_records, const char *filter, GError **error)
{
  g_autoptr (TorgEdit) edit = NULL;
  gint64 step;

  if (self->user == NULL)
    return TRUE;
  edit = make_edit (self, what, n_records, filter);
  if (!torg_store_begin (self, error))
    return FALSE;
  if (!torg_undo_begin_step (self, NULL, NULL, &step, error) ||
      !torg_apply_edit (self, edit, step, NULL, FALSE, error) || !torg_undo_end_for_good (self, step, error))
    {
      torg_store_rollback (self);
      return FALSE;
    }
  return torg_store_commit (self, error);
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                       _ ("Your role does not allow to write such records into files. Ask your administrator."));
  return FALSE;
}

/**
 * torg_store_limit_export:
 * @type: the name of the records' type
 * @records: (element-type TorgRecord): records of the store; those that may not be written into files are taken out
 * @n_left: (out): how many these were
 * @error: place for a %TORG_ERROR_RULE: none may be
 *
 * Leaves what the role of whoever works here allows to write into a file.
 *
 * Returns: whether there is anything, or was nothing from the beginning and such records may be written
 */
gboolean
torg_store_limit_export (TorgStore *self, const char *type, GPtrArray *records, guint *n_left, GError **error)
{
  g_autoptr (TorgOwnRight) right = torg_own_right_new (self, "export", error);
  guint n = records->len;

  *n_left = 0;
  if (right == NULL)
    return FALSE;
  if (!torg_own_right_has_kind (right, type))
    return refuse (error);
  for (guint i = n; i > 0; i--)
    if (!torg_own_right_allows (right, records->pdata[i - 1]))
      g_ptr_array_remove_index (records, i - 1);
  *n_left = n - records->len;
  return n == 0 || records->len > 0 || refuse (error);
}

/**
 * torg_store_list_exports:
 * @limit: how many at most; 0 for all
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists what was exported, as far as the user may see it.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): the latest first
 */
GPtrArray *
torg_store_list_exports (TorgStore *self, guint limit, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("export");

  torg_query_sort (query, "at", TRUE);
  return torg_store_list (self, query, limit, NULL, error);
}
