/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-sight.h"
#include "torg-store-private.h"
#include "torg-wire.h"

#include <json-glib/json-glib.h>

/* Whether anything that a user may not see is left in a replica beside its records: in what can be undone, what was
 * sent and what was not taken. What one wrote oneself may be there, and what waits is whole; but the words of a step
 * tell titles, and nothing of what is out of view. */

typedef struct
{
  const char *name;
  const char *sql;       /* type, id, JSON of fields */
  const char *theirs[2]; /* (nullable): of each field, what is not one's own; all of it for none */
} Place;

static const Place places[] = {
  { "undo",
    "SELECT type, id, fields FROM undo_op WHERE type <> 'retried' AND fields IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
    "undo_step s "
    "JOIN outbox o ON o.rid BETWEEN s.outbox_from AND s.outbox_to WHERE s.step = undo_op.step AND o.id = undo_op.id)",
    { "old", "new" } },
  { "sent", "SELECT json_extract(body, '$.type'), record, json_extract(body, '$.fields') FROM sent", { "base", NULL } },
};

static const Place attention = {
  "attention",
  "SELECT json_extract(mutation, '$.type'), unhex(json_extract(mutation, '$.id'), '-'), "
  "json_extract(mutation, '$.fields') FROM attention",
  { "base", NULL },
};

/* Of what the server does not have, all is one's own. */
static gboolean
is_theirs (SimWorld *self, TorgSight *sight, const char *type, const char *id, gboolean *visible)
{
  TorgSchema *schema = torg_server_store_get_schema (self->server);
  g_autoptr (TorgRecord) record = NULL;
  g_autofree char *keys = NULL;

  if (!torg_server_store_load (self->server, torg_schema_find (schema, type), id, FALSE, &record, &keys, NULL) ||
      record == NULL)
    return FALSE;
  *visible = torg_sight_sees (sight, keys);
  return TRUE;
}

/* Whether a base says no more than what was taken out of a set: that is one's own, and lost without it. */
static gboolean
is_taken_out (JsonObject *change, JsonNode *base)
{
  JsonNode  *left = json_object_get_member (change, "new");
  JsonArray *items = JSON_NODE_HOLDS_ARRAY (base) ? json_node_get_array (base) : NULL;
  JsonArray *others = left != NULL && JSON_NODE_HOLDS_ARRAY (left) ? json_node_get_array (left) : NULL;

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      JsonNode *item = json_array_get_element (items, i);

      if (!JSON_NODE_HOLDS_VALUE (item) || !torg_id_is_valid (json_node_get_string (item)))
        return FALSE;
      for (guint j = 0; others != NULL && j < json_array_get_length (others); j++)
        if (json_node_equal (item, json_array_get_element (others, j)))
          return FALSE;
    }
  return TRUE;
}

static const char *
find_theirs (const Place *place, JsonNode *fields, TorgSight *sight, const char *type, gboolean visible)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *change;

  if (fields == NULL || !JSON_NODE_HOLDS_OBJECT (fields))
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (fields));
  while (json_object_iter_next (&iter, &name, &change))
    for (guint i = 0; i < G_N_ELEMENTS (place->theirs) && place->theirs[i] != NULL; i++)
      {
        JsonNode *value = json_object_get_member (json_node_get_object (change), place->theirs[i]);

        /* What one wrote into a field that is hidden is one's own; what one found there, nothing. */
        if (value != NULL && !JSON_NODE_HOLDS_NULL (value) && !is_taken_out (json_node_get_object (change), value) &&
            (!visible || (i == 0 && torg_sight_hides (sight, type, name))))
          return name;
      }
  return NULL;
}

/* @gone_too: of records out of view as well, not of hidden fields alone */
static char *
check_place (SimWorld *self, SimClient *client, TorgSight *sight, const Place *place, gboolean gone_too)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (client->store->db, place->sql, NULL);
  gboolean row;

  while (torg_statement_step (statement, &row, NULL) && row)
    {
      const char      *type = torg_statement_get_text (statement, 0), *field;
      g_autofree char *id = torg_statement_dup_id (statement, 1);
      const char      *text = torg_statement_get_text (statement, 2);
      g_autoptr (JsonNode) fields = text != NULL ? json_from_string (text, NULL) : NULL;
      gboolean visible = TRUE;

      if (!is_theirs (self, sight, type, id, &visible))
        continue;
      field = find_theirs (place, fields, sight, type, visible || !gone_too);
      if (field != NULL)
        return g_strdup_printf ("client %u keeps the field %s of the %s %s in %s, which it must not see",
                                client->number, field, type, id, place->name);
    }
  return NULL;
}

static char *
check_lines (SimClient *client, TorgSight *sight)
{
  g_autoptr (TorgStatement) statement = torg_db_prepare (
    client->store->db, "SELECT DISTINCT record_type, field FROM history WHERE field IS NOT NULL", NULL);
  gboolean row;

  while (torg_statement_step (statement, &row, NULL) && row)
    if (torg_sight_hides (sight, torg_statement_get_text (statement, 0), torg_statement_get_text (statement, 1)))
      return g_strdup_printf ("client %u has history of the hidden field %s", client->number,
                              torg_statement_get_text (statement, 1));
  return NULL;
}

/* The words begin with what was done, a type and an id. */
static char *
check_labels (SimWorld *self, SimClient *client, TorgSight *sight)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (client->store->db, "SELECT label FROM undo_step WHERE label IS NOT NULL", NULL);
  gboolean row;

  while (torg_statement_step (statement, &row, NULL) && row)
    {
      g_auto (GStrv) words = g_strsplit (torg_statement_get_text (statement, 0), " ", 4);
      gboolean visible = TRUE;

      if (g_strv_length (words) == 4 && torg_id_is_valid (words[2]) &&
          is_theirs (self, sight, words[1], words[2], &visible) && !visible)
        return g_strdup_printf ("client %u keeps the title of the %s %s in the words of a step, which it must not see",
                                client->number, words[1], words[2]);
    }
  return NULL;
}

char *
sim_check_sight (SimClient *client)
{
  SimWorld *self = client->world;
  g_autoptr (TorgSight) sight = torg_sight_new (self->server, client->user, NULL);
  char *problem;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if ((problem = check_place (self, client, sight, &places[i], TRUE)) != NULL)
      return problem;
  if ((problem = check_labels (self, client, sight)) != NULL)
    return problem;
  problem = check_place (self, client, sight, &attention, FALSE);
  return problem != NULL ? problem : check_lines (client, sight);
}
