/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/* Lines follow from the mutation that they tell of, so that the server's line of it is the same one. */
char *
torg_history_make_id (const char *mutation, const char *record, const char *field)
{
  g_autofree char *name = g_strconcat (record, "/", field, NULL);

  return torg_id_derive (mutation, name);
}

/* The line that says that a record was made; @line_id is %NULL where it is not known yet. */
gboolean
torg_history_add_creation (TorgStore *self, TorgRecord *record, const char *line_id, const char *import, GError **error)
{
  g_autofree char *id =
    line_id == NULL ? torg_history_make_id (self->mutation, torg_record_get_id (record), NULL) : NULL;
  TorgStatement *statement = torg_held_begin_row (self, TORG_HELD_HISTORY);

  torg_statement_bind_id (statement, 1, id != NULL ? id : line_id);
  torg_statement_bind_text (statement, 2, torg_record_get_kind (record)->info->name);
  torg_statement_bind_id (statement, 3, torg_record_get_id (record));
  torg_statement_bind_int (statement, 4, torg_env_get_now (self->env));
  torg_statement_bind_id (statement, 5, self->user);
  torg_statement_bind_text (statement, 6, import);
  return torg_held_end_row (self, TORG_HELD_HISTORY, error);
}

/* One line of history: a field's value before and after as JSON. */
gboolean
torg_history_add (TorgStore  *self,
                  TorgRecord *record,
                  const char *field,
                  const char *before,
                  const char *after,
                  const char *import,
                  GError    **error)
{
  const TorgType  *type = torg_schema_find (self->schema, "history");
  g_autofree char *id = torg_history_make_id (self->mutation, torg_record_get_id (record), field);
  g_autoptr (TorgRecord) line = torg_record_new (self->schema, type, id);

  torg_record_set_text (line, "record_type", torg_record_get_kind (record)->info->name);
  torg_record_set_text (line, "record", torg_record_get_id (record));
  torg_record_set_text (line, "field", field);
  torg_record_set_text (line, "old", before);
  torg_record_set_text (line, "new", after);
  torg_record_take (line, "at", torg_value_int (torg_env_get_now (self->env)));
  torg_record_set_text (line, "author", self->user);
  torg_record_set_text (line, "import", import);
  return torg_record_table_insert (torg_store_get_table (self, type), self->db, line, error);
}

/**
 * torg_store_list_history:
 * @id: a record's id
 * @field: (nullable): only that field
 * @limit: how many at most
 * @error: place for an error
 *
 * Lists what changed in a record.
 *
 * Returns: (transfer full) (element-type TorgRecord) (nullable): records of the type `history`, the newest first
 */
GPtrArray *
torg_store_list_history (TorgStore *self, const char *id, const char *field, guint limit, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("history");

  torg_query_add_text (query, "record", TORG_MATCH_IS, id);
  if (field != NULL)
    torg_query_add_text (query, "field", TORG_MATCH_IS, field);
  torg_query_sort (query, "at", TRUE);
  return torg_store_list (self, query, limit, NULL, error);
}
