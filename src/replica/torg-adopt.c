/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-json.h"
#include "torg-store-private.h"
#include "torg-sync-store.h"
#include "torg-text.h"

#include <string.h>

/*
 * What was here before the replica was connected (DESIGN.md §3). Nothing is sent until the server's own records are
 * there; then every record of this computer (those with the number 0) becomes a creation in the outbox. Who works here,
 * pipelines, stages, dictionaries, tags, rates and custom fields that the server has under the same name are the
 * server's from then on, and what refers to them follows.
 *
 * `adopting` is the place that was reached, TYPE:ROWID; a step that breaks off is done again from there.
 */

/* Records of one transaction. */
#define CHUNK 500

/* What is the same under the same name; those that others refer to come first. */
static const char *const shared[] = {
  "user",       "department",          "role",        "tag", "dictionary", "vat_rate", "field_def", "pipeline", "stage",
  "own_entity", "production_calendar", "card_layout", NULL
};

typedef struct
{
  TorgStore  *store;
  GHashTable *same;    /* (owned) id here → id at the server */
  GHashTable *renamed; /* (owned) type/name of a custom field here → its name at the server */
  char       *import;  /* (owned) */
} Adoption;

static void
adoption_free (Adoption *self)
{
  g_hash_table_unref (self->same);
  g_hash_table_unref (self->renamed);
  g_free (self->import);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Adoption, adoption_free)

/* --- what is the same --------------------------------------------------------------------------------------------- */

static const char *
get_same (Adoption *self, const char *id)
{
  const char *same = id != NULL ? g_hash_table_lookup (self->same, id) : NULL;

  return same != NULL ? same : id;
}

static const char *
get_text (TorgRecord *record, const char *field)
{
  const char *text = torg_record_get_text (record, field);

  return text != NULL ? text : "";
}

/* By which a record is known beside its id. */
static char *
make_identity (Adoption *self, TorgRecord *record)
{
  const char      *type = torg_record_get_kind (record)->info->name;
  gboolean         is_field = g_str_equal (type, "field_def");
  gboolean         is_day = g_str_equal (type, "production_calendar");
  g_autofree char *name = torg_text_fold (get_text (record, is_field ? "label" : is_day ? "date" : "name"));

  if (g_str_equal (type, "card_layout"))
    return g_strdup (get_text (record, "record_type"));

  if (g_str_equal (type, "stage"))
    return g_strconcat (get_same (self, get_text (record, "pipeline")), "/", name, NULL);
  if (g_str_equal (type, "dictionary"))
    return g_strconcat (get_text (record, "dictionary"), "/", name, NULL);
  if (g_str_equal (type, "pipeline"))
    return g_strconcat (get_text (record, "kind"), "/", name, NULL);
  if (is_field)
    return g_strconcat (get_text (record, "record_type"), "/", get_text (record, "kind"), "/", name, NULL);
  return g_steal_pointer (&name);
}

static void
note_renamed (Adoption *self, TorgRecord *here, TorgRecord *there)
{
  if (g_strcmp0 (get_text (here, "name"), get_text (there, "name")) != 0)
    g_hash_table_insert (self->renamed,
                         g_strconcat (get_text (here, "record_type"), "/", get_text (here, "name"), NULL),
                         g_strdup (get_text (there, "name")));
}

static gboolean
find_same (Adoption *self, const char *type, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new (type);
  g_autoptr (GPtrArray) records = torg_store_list (self->store, query, 0, NULL, error);
  g_autoptr (GHashTable) there = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    if (torg_record_get_seq (records->pdata[i]) > 0)
      g_hash_table_insert (there, make_identity (self, records->pdata[i]), records->pdata[i]);
  for (guint i = 0; i < records->len; i++)
    {
      TorgRecord      *record = records->pdata[i];
      g_autofree char *identity = torg_record_get_seq (record) == 0 ? make_identity (self, record) : NULL;
      TorgRecord      *same = identity != NULL ? g_hash_table_lookup (there, identity) : NULL;

      if (same == NULL)
        continue;
      g_hash_table_insert (self->same, g_strdup (torg_record_get_id (record)), g_strdup (torg_record_get_id (same)));
      if (g_str_equal (type, "field_def"))
        note_renamed (self, record, same);
    }
  return TRUE;
}

/* Whoever worked here works there as the one who signed in, whatever the two are called; unless the server knows both.
 */
static void
find_me (Adoption *self)
{
  const char *me = torg_store_get_user (self->store);
  g_autoptr (TorgRecord) here = me != NULL ? torg_store_get (self->store, "user", me, NULL) : NULL;

  if (here != NULL && torg_record_get_seq (here) == 0)
    g_hash_table_insert (self->same, g_strdup (me), torg_store_dup_server_user (self->store));
}

static Adoption *
adoption_new (TorgStore *store, GError **error)
{
  g_autoptr (Adoption) self = g_new0 (Adoption, 1);

  self->store = store;
  self->same = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->renamed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->import = torg_state_get (store->db, "adopting_import");
  for (guint i = 0; shared[i] != NULL; i++)
    if (!find_same (self, shared[i], error))
      return NULL;
  find_me (self);
  return g_steal_pointer (&self);
}

/* --- a record ----------------------------------------------------------------------------------------------------- */

/* In a group of its own: what the server does not take leaves the others alone. */
static gboolean
queue (TorgStore *store, TorgOp op, TorgRecord *record, const char *import, GError **error)
{
  g_autoptr (TorgEdit) edit = torg_edit_new (NULL);
  g_autofree char *id = torg_env_make_id (store->env);

  if (op == TORG_OP_CREATE)
    torg_edit_create (edit, record);
  else
    torg_edit_delete (edit, torg_record_get_kind (record)->info->name, torg_record_get_id (record));
  g_strlcpy (store->mutation, id, sizeof store->mutation);
  store->n_sent = 0;
  return torg_outbox_add (store, torg_edit_nth (edit, 0), op == TORG_OP_CREATE ? NULL : record, record, import, FALSE,
                          error);
}

typedef struct
{
  char *type;
  char *id;
} Follower;

static void
follower_clear (gpointer data)
{
  Follower *follower = data;

  g_free (follower->type);
  g_free (follower->id);
}

static GArray *
list_followers (TorgStore *store, const char *id, GError **error)
{
  g_autoptr (GArray) followers = g_array_new (FALSE, FALSE, sizeof (Follower));
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    store->db, "SELECT type, id FROM outbox WHERE cascade IN (SELECT mutation FROM outbox WHERE id = ?1)", error);
  gboolean row;

  if (statement == NULL)
    return NULL;
  g_array_set_clear_func (followers, follower_clear);
  torg_statement_bind_id (statement, 1, id);
  for (;;)
    {
      Follower follower;

      if (!torg_statement_step (statement, &row, error))
        return NULL;
      if (!row)
        return g_steal_pointer (&followers);
      follower.type = g_strdup (torg_statement_get_text (statement, 0));
      follower.id = torg_statement_dup_id (statement, 1);
      g_array_append_val (followers, follower);
    }
}

/* Drops what is unsent of a record, and what was deleted or came back along with it. */
static gboolean
drop_unsent (TorgStore *store, const char *id, GError **error)
{
  g_autoptr (GArray) followers = list_followers (store, id, error);

  if (followers == NULL ||
      !torg_store_run_for_id (store, "DELETE FROM outbox WHERE cascade IN (SELECT mutation FROM outbox WHERE id = ?1)",
                              id, error) ||
      !torg_store_run_for_id (store, "DELETE FROM outbox WHERE id = ?1", id, error))
    return FALSE;
  for (guint i = 0; i < followers->len; i++)
    {
      const Follower *follower = &g_array_index (followers, Follower, i);

      if (!torg_incoming_settle (store, follower->type, follower->id, error))
        return FALSE;
    }
  return TRUE;
}

/* What was deleted along with a record goes on being so, with its new deletion. */
static gboolean
queue_deletion (TorgStore *store, TorgRecord *record, GArray *followers, const char *import, GError **error)
{
  if (!queue (store, TORG_OP_DELETE, record, import, error))
    return FALSE;
  for (guint i = 0; i < followers->len; i++)
    {
      g_autoptr (TorgStatement) statement =
        torg_db_prepare (store->db, "UPDATE outbox SET cascade = ?2 WHERE id = ?1 AND cascade IS NOT NULL", error);

      if (statement == NULL)
        return FALSE;
      torg_statement_bind_id (statement, 1, g_array_index (followers, Follower, i).id);
      torg_statement_bind_id (statement, 2, store->mutation);
      if (!torg_statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

/* Instead of what is unsent of it there is its creation, as it is now. */
static gboolean
queue_whole (TorgStore *store, TorgRecord *record, const char *import, GError **error)
{
  const char *id = torg_record_get_id (record);
  g_autoptr (GArray) followers = NULL;

  if (torg_record_get_deleted (record) == 0)
    return drop_unsent (store, id, error) && queue (store, TORG_OP_CREATE, record, import, error);
  followers = list_followers (store, id, error);
  return followers != NULL && torg_store_run_for_id (store, "DELETE FROM outbox WHERE id = ?1", id, error) &&
         queue (store, TORG_OP_CREATE, record, import, error) &&
         queue_deletion (store, record, followers, import, error);
}

static TorgValue
map_set (Adoption *self, const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);

  for (guint i = 0; items[i] != NULL; i++)
    g_set_str (&items[i], get_same (self, items[i]));
  return torg_value_from_items ((const char *const *) items, TRUE);
}

static void
map_references (Adoption *self, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *value = torg_record_nth (record, i);

      if (field->target == NULL || torg_value_is_null (value))
        continue;
      if (field->kind == TORG_KIND_REF && g_hash_table_contains (self->same, value->text))
        torg_record_take_nth (record, i, torg_value_text (get_same (self, value->text)));
      else if (field->kind == TORG_KIND_SET)
        torg_record_take_nth (record, i, map_set (self, value));
    }
}

static void
map_custom_fields (Adoption *self, TorgRecord *record)
{
  const TorgType *type = torg_record_get_kind (record);

  for (guint i = type->info->n_fields; i < type->n_fields; i++)
    {
      g_autofree char *key = g_strconcat (type->info->name, "/", type->fields[i].name, NULL);
      const char      *name = g_hash_table_lookup (self->renamed, key);
      const TorgField *field = name != NULL ? torg_type_find_field (type, name) : NULL;

      if (field == NULL || torg_value_is_null (torg_record_nth (record, i)))
        continue;
      torg_record_set_nth (record, field->index, torg_record_nth (record, i));
      torg_record_take_nth (record, i, (TorgValue) TORG_VALUE_INIT);
    }
}

static gboolean
adopt (Adoption *self, TorgRecord *record, GError **error)
{
  TorgStore      *store = self->store;
  const TorgType *type = torg_record_get_kind (record);
  g_autoptr (TorgRecord) after = torg_record_copy (record);
  gboolean *changed = g_newa0 (gboolean, type->n_fields);
  gboolean  any = FALSE;

  /* It makes way for the server's. */
  if (g_hash_table_contains (self->same, torg_record_get_id (record)))
    return TRUE;
  map_references (self, after);
  map_custom_fields (self, after);
  for (guint i = 0; i < type->n_fields; i++)
    {
      changed[i] = !torg_value_equal (torg_record_nth (record, i), torg_record_nth (after, i));
      any = any || changed[i];
    }
  if (any)
    {
      if (!torg_record_table_update (torg_store_get_table (store, type), store->db, after, changed, error))
        return FALSE;
      torg_store_note_change (store, after, TORG_OP_PATCH);
    }
  /* The server writes that line anew. */
  return torg_store_run_for_id (store, "DELETE FROM history WHERE record = ?1 AND field IS NULL AND seq = 0",
                                torg_record_get_id (record), error) &&
         queue_whole (store, after, self->import, error);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

static gboolean
is_adopted (const TorgType *type)
{
  return !g_str_equal (type->info->name, "history") && !g_str_equal (type->info->name, "conflict");
}

/* @rowid is the last one of the chunk; @n counts it. */
static gboolean
adopt_chunk (Adoption *self, const TorgType *type, gint64 *rowid, guint *n, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT rid FROM \"");
  g_autoptr (GArray) rowids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (TorgStatement) statement = NULL;
  gboolean row;

  g_string_append_printf (sql, "%s\" WHERE seq = 0 AND rid > ?1 ORDER BY rid LIMIT ?2", type->info->name);
  statement = torg_db_prepare (self->store->db, sql->str, error);
  if (statement == NULL)
    return FALSE;
  torg_statement_bind_int (statement, 1, *rowid);
  torg_statement_bind_int (statement, 2, CHUNK);
  for (;;)
    {
      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      *rowid = torg_statement_get_int (statement, 0);
      g_array_append_val (rowids, *rowid);
    }
  *n = rowids->len;
  for (guint i = 0; i < rowids->len; i++)
    {
      g_autoptr (TorgRecord) record = torg_store_get_nth (self->store, type, g_array_index (rowids, gint64, i), error);

      if (record == NULL || !adopt (self, record, error))
        return FALSE;
    }
  return TRUE;
}

/* What the user has made or changed meanwhile may refer to what makes way. */
static gboolean
adopt_referents (Adoption *self, const char *id, GError **error)
{
  TorgSchema *schema = self->store->schema;

  for (guint i = 0; i < torg_schema_get_n_types (schema); i++)
    {
      const TorgType *type = torg_schema_nth (schema, i);

      for (guint j = 0; j < type->n_fields && is_adopted (type); j++)
        {
          const TorgField *field = &type->fields[j];
          g_autoptr (TorgQuery) query = NULL;
          g_autoptr (GPtrArray) records = NULL;

          if (field->target == NULL || (field->kind != TORG_KIND_REF && field->kind != TORG_KIND_SET))
            continue;
          query = torg_query_new (type->info->name);
          torg_query_add_text (query, field->name, TORG_MATCH_IS, id);
          records = torg_store_list (self->store, query, 0, NULL, error);
          if (records == NULL)
            return FALSE;
          for (guint k = 0; k < records->len; k++)
            if (!adopt (self, records->pdata[k], error))
              return FALSE;
        }
    }
  return TRUE;
}

/* The lines of history that were written here tell the same of what is there. */
static gboolean
map_history (TorgStore *store, const char *here, const char *there, GError **error)
{
  g_autofree char *before = g_strconcat ("\"", here, "\"", NULL);
  g_autofree char *after = g_strconcat ("\"", there, "\"", NULL);
  g_autoptr (TorgStatement) author =
    torg_db_prepare (store->db, "UPDATE history SET author = ?2 WHERE author = ?1 AND seq = 0", error);
  g_autoptr (TorgStatement) values =
    torg_db_prepare (store->db,
                     "UPDATE history SET old = iif(old = ?1, ?2, old), new = iif(new = ?1, ?2, new) "
                     "WHERE seq = 0 AND (old = ?1 OR new = ?1)",
                     error);

  if (author == NULL || values == NULL)
    return FALSE;
  torg_statement_bind_id (author, 1, here);
  torg_statement_bind_id (author, 2, there);
  torg_statement_bind_text (values, 1, before);
  torg_statement_bind_text (values, 2, after);
  return torg_statement_run (author, error) && torg_statement_run (values, error);
}

static gboolean
make_way (Adoption *self, const char *type, GError **error)
{
  GHashTableIter iter;
  gpointer       id, there;

  g_hash_table_iter_init (&iter, self->same);
  while (g_hash_table_iter_next (&iter, &id, &there))
    {
      g_autoptr (TorgRecord) record = torg_store_get (self->store, type, id, NULL);

      if (record == NULL)
        continue;
      if (!adopt_referents (self, id, error) || !map_history (self->store, id, there, error) ||
          !torg_undo_forget_labels (self->store, type, id, error) ||
          !torg_store_run_for_id (self->store, "DELETE FROM undo_op WHERE id = ?1", id, error) ||
          !drop_unsent (self->store, id, error) ||
          !torg_store_run_for_id (self->store, "DELETE FROM history WHERE record = ?1", id, error) ||
          !torg_apply_purge (self->store, record, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
finish (Adoption *self, GError **error)
{
  TorgDb          *db = self->store->db;
  g_autofree char *user = torg_store_dup_server_user (self->store);

  for (guint i = 0; shared[i] != NULL; i++)
    if (!make_way (self, shared[i], error))
      return FALSE;
  return torg_store_set_user (self->store, user, error) && torg_state_set (db, "adopting", NULL, error) &&
         torg_state_set (db, "adopting_to", NULL, error) && torg_state_set (db, "adopting_import", NULL, error);
}

static const TorgType *
find_place (TorgStore *store, const char *place, gint64 *rowid)
{
  const char      *colon = strchr (place, ':');
  g_autofree char *name = colon != NULL ? g_strndup (place, (gsize) (colon - place)) : NULL;
  const TorgType  *type = name != NULL ? torg_schema_find (store->schema, name) : NULL;

  *rowid = type != NULL ? g_ascii_strtoll (colon + 1, NULL, 10) : 0;
  return type != NULL ? type : torg_schema_nth (store->schema, 0);
}

static gboolean
adopt_step (TorgStore *store, const char *place, GError **error)
{
  g_autoptr (Adoption) self = adoption_new (store, error);
  gint64          rowid = 0;
  const TorgType *type = find_place (store, place, &rowid);

  if (self == NULL)
    return FALSE;
  for (guint i = type->index; i < torg_schema_get_n_types (store->schema); i++)
    {
      const TorgType  *next = torg_schema_nth (store->schema, i);
      g_autofree char *reached = NULL;
      guint            n = 0;

      if (is_adopted (next) && !adopt_chunk (self, next, &rowid, &n, error))
        return FALSE;
      reached = g_strdup_printf ("%s:%" G_GINT64_FORMAT, next->info->name, rowid);
      if (n == CHUNK)
        return torg_state_set (store->db, "adopting", reached, error);
      rowid = 0;
    }
  return finish (self, error);
}

/**
 * torg_store_is_adopting:
 *
 * Tells whether what was here before the replica was connected is still to be sent. Until then nothing else is.
 *
 * Returns: whether it is
 */
gboolean
torg_store_is_adopting (TorgStore *self)
{
  g_autofree char *place = torg_state_get (self->db, "adopting");

  return place != NULL;
}

/* The records of a type that only this computer has. */
static TorgStatement *
prepare_own (TorgStore *store, const TorgType *type, const char *columns, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_append_printf (sql, "SELECT %s FROM \"%s\" WHERE seq = 0", columns, type->info->name);
  return torg_db_prepare (store->db, sql->str, error);
}

/*
 * While it is adopted: the records that the server does not have, each once, be its creation in the outbox already or
 * not.
 */
gint64
torg_adopt_count (TorgStore *self)
{
  gint64 n = 0;

  for (guint i = 0; i < torg_schema_get_n_types (self->schema); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);
      g_autoptr (TorgStatement) statement = is_adopted (type) ? prepare_own (self, type, "count(*)", NULL) : NULL;
      gboolean row;

      if (statement != NULL && torg_statement_step (statement, &row, NULL) && row)
        n += torg_statement_get_int (statement, 0);
    }
  return n;
}

static gboolean
list_own (TorgStore *self, const TorgType *type, GPtrArray *mutations, GError **error)
{
  g_autoptr (TorgStatement) statement = prepare_own (self, type, "rid", error);
  gboolean row;

  for (;;)
    {
      g_autoptr (TorgRecord) record = NULL;

      if (statement == NULL || !torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      record = torg_store_get_nth (self, type, torg_statement_get_int (statement, 0), error);
      if (record == NULL)
        return FALSE;
      g_ptr_array_add (mutations, torg_outbox_describe (self, record));
    }
}

/**
 * torg_store_list_content:
 * @error: place for a %TORG_STORE_ERROR
 *
 * Lists what was here before the replica was connected and is still to be sent: of each record its creation, as it
 * would be sent now. There is none once [method@Store.is_adopting] says no.
 *
 * Returns: (transfer full) (element-type TorgWireMutation) (nullable): the creations, by types
 */
GPtrArray *
torg_store_list_content (TorgStore *self, GError **error)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_wire_mutation_free);

  for (guint i = 0; i < torg_schema_get_n_types (self->schema) && torg_store_is_adopting (self); i++)
    {
      const TorgType *type = torg_schema_nth (self->schema, i);

      if (is_adopted (type) && !list_own (self, type, mutations, error))
        return NULL;
    }
  return g_steal_pointer (&mutations);
}

/*
 * In the transaction that connects. Until all is adopted the replica's user stays who it was: who they are at the
 * server is not known here before the server's records are.
 */
gboolean
torg_adopt_begin (TorgStore *self, const char *client, const char *user, GError **error)
{
  return torg_state_set (self->db, "adopting", "", error) && torg_state_set (self->db, "adopting_to", user, error) &&
         torg_state_set (self->db, "adopting_import", client, error);
}

/*
 * The server has sent a record that is here under the same id, since the server's first content came from here. Where
 * the two differ, what is here becomes a proposal: nobody knows which one is newer.
 */
gboolean
torg_adopt_meet (TorgStore *self, TorgRecord *server, GError **error)
{
  const TorgType *type = torg_record_get_kind (server);
  g_autoptr (TorgRecord) here = torg_store_get (self, type->info->name, torg_record_get_id (server), NULL);
  g_autofree char *import = NULL;
  gboolean         differs;

  if (here == NULL || torg_record_get_seq (here) != 0 || !is_adopted (type))
    return TRUE;
  differs = torg_record_get_deleted (here) != 0 && torg_record_get_deleted (server) == 0;
  for (guint i = 0; i < type->n_fields && !differs; i++)
    differs = type->fields[i].merge != TORG_MERGE_DERIVED && !torg_value_is_null (torg_record_nth (here, i)) &&
              !torg_value_equal (torg_record_nth (here, i), torg_record_nth (server, i));
  if (!differs)
    return drop_unsent (self, torg_record_get_id (here), error);
  import = torg_state_get (self->db, "adopting_import");
  return queue_whole (self, here, import, error);
}

/**
 * torg_store_adopt_step:
 * @error: place for a %TORG_STORE_ERROR; then nothing of the step was done
 *
 * Makes some of what was here before the replica was connected wait for being sent, once the server's records are
 * there. To be called until [method@Store.is_adopting] says no.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_adopt_step (TorgStore *self, GError **error)
{
  g_autofree char *place = torg_state_get (self->db, "adopting");
  g_autofree char *user = g_strdup (self->user);
  gboolean         ok;

  if (place == NULL)
    return TRUE;
  if (!torg_store_begin (self, error))
    return FALSE;
  ok = adopt_step (self, place, error);
  if (!ok)
    torg_store_rollback (self);
  ok = ok && torg_store_commit (self, error);
  /* The last step has made it another one's. */
  if (!ok)
    g_set_str (&self->user, user);
  return ok;
}
