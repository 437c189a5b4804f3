/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-world.h"

#include "torg-routes.h"
#include "torg-sync.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* A network that loses, doubles, delays and cuts, between the real engine and the real handlers. */

#define SIM_TYPE_TRANSPORT (sim_transport_get_type ())
G_DECLARE_FINAL_TYPE (SimTransport, sim_transport, SIM, TRANSPORT, GObject)

struct _SimTransport
{
  GObject    parent_instance;
  SimClient *client;
};

typedef struct
{
  guint   client;
  char   *method;
  char   *path;
  GBytes *body;  /* (nullable) */
  char   *token; /* (nullable): what it was asked with; of one that only comes once more, what its client has now */
} Late;

static void sim_transport_iface_init (TorgTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SimTransport,
                               sim_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TORG_TYPE_TRANSPORT, sim_transport_iface_init))

static void
late_free (gpointer data)
{
  Late *late = data;

  g_free (late->method);
  g_free (late->path);
  g_clear_pointer (&late->body, g_bytes_unref);
  g_free (late->token);
  g_free (late);
}

/* NULL where the server died over the question: nobody answers. */
static TorgResponse *
ask_with (SimClient *client, const char *token, const char *method, const char *path, GBytes *body)
{
  SimWorld *world = client->world;
  g_auto (GStrv) parts = g_strsplit (path, "?", 2);
  g_autoptr (GHashTable) query = parts[1] != NULL ? g_uri_parse_params (parts[1], -1, "&", 0, NULL) : NULL;
  TorgResponse *response;
  TorgRequest   request = {
      .method = method,
      .path = parts[0],
      .query = query,
      .token = token,
      .oldest_schema = client->is_old ? TORG_SCHEMA_VERSION + 1 : 0,
  };

  if (body != NULL)
    request.body = g_bytes_get_data (body, &request.length);
  response = torg_routes_handle (world->server, &request);
  if (!sim_disk_has_failed (world->server_path, SIM_FAULT_WRITE))
    return response;
  g_clear_pointer (&response, torg_response_free);
  g_clear_pointer (&world->server, torg_server_store_free);
  sim_disk_mend ();
  sim_open_server (world);
  sim_note (world, "server: died, and started again");
  return NULL;
}

static TorgResponse *
ask (SimClient *client, const char *method, const char *path, GBytes *body)
{
  return ask_with (client, client->token, method, path, body);
}

static JsonArray *
get_array (JsonNode *root, const char *name)
{
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
           ? json_object_get_array_member (json_node_get_object (root), name)
           : NULL;
}

/* Whether it was answered under another id of the replica too: with others of its group, that are not there any more.
 */
static gboolean
was_known (SimWorld *world, const char *mutation)
{
  g_autoptr (TorgStatement) statement =
    torg_db_prepare (torg_server_store_get_db (world->server),
                     "SELECT count(*) FROM applied WHERE workspace = 1 AND mutation = ?1", NULL);
  gboolean row;

  torg_statement_bind_id (statement, 1, mutation);
  return torg_statement_step (statement, &row, NULL) && row && torg_statement_get_int (statement, 0) > 1;
}

/* What belongs together is taken or refused as one: of each group that was sent, all were rejected, or none. */
static void
check_groups (SimWorld *world, GBytes *body, TorgResponse *response)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (JsonNode) question = json_from_string (text, NULL);
  g_autoptr (JsonNode) answer = json_from_string (response->body->str, NULL);
  g_autoptr (GHashTable) statuses = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *mutations = get_array (question, "mutations"), *results = get_array (answer, "results");

  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonObject *result = json_array_get_object_element (results, i);

      g_hash_table_insert (statuses, (gpointer) json_object_get_string_member (result, "mutation_id"),
                           (gpointer) json_object_get_string_member (result, "status"));
    }
  for (guint i = 0; i < json_array_get_length (mutations); i++)
    {
      JsonObject *mutation = json_array_get_object_element (mutations, i);
      const char *group = json_object_get_string_member (mutation, "group_id");
      const char *status = g_hash_table_lookup (statuses, json_object_get_string_member (mutation, "mutation_id"));
      gboolean    rejected = g_strcmp0 (status, "rejected") == 0;
      gpointer    before;

      if (!rejected && was_known (world, json_object_get_string_member (mutation, "mutation_id")))
        continue;
      if (!g_hash_table_lookup_extended (groups, group, NULL, &before))
        g_hash_table_insert (groups, (gpointer) group, GINT_TO_POINTER (rejected));
      else if (GPOINTER_TO_INT (before) != rejected)
        g_set_str (&world->problem, "half of a group was taken");
    }
}

static char *
dup_replica (const char *path, GBytes *body)
{
  static const char in_body[] = "\"client\":\"", in_path[] = "client=";
  const char       *text = body != NULL ? g_bytes_get_data (body, NULL) : path;
  const char       *name = body != NULL ? in_body : in_path;
  gsize             length = body != NULL ? g_bytes_get_size (body) : strlen (path);
  const char       *found = memmem (text, length, name, strlen (name));

  if (found == NULL)
    return NULL;
  found += strlen (name);
  length -= (gsize) (found - text);
  return g_strndup (found, MIN (length, 36));
}

/* What comes from a device that was shut out, under the id of its replica, has no effect and learns nothing. */
static void
check_answer (SimWorld *self, const char *path, GBytes *body, TorgResponse *response)
{
  g_autofree char *replica = NULL;

  if (response == NULL || response->status != 200 || !g_str_has_prefix (path, "/v1/sync/"))
    return;
  if (g_str_equal (path, "/v1/sync/push"))
    check_groups (self, body, response);
  replica = dup_replica (path, body);
  if (replica != NULL && g_hash_table_contains (self->shut_out, replica))
    g_set_str (&self->problem, "a device that was shut out is answered");
}

/* --- late ones ---------------------------------------------------------------------------------------------------- */

static void
deliver (SimWorld *self, guint nth)
{
  Late      *late = g_ptr_array_steal_index (self->late, nth);
  SimClient *client = &self->clients[late->client];
  g_autoptr (TorgResponse) response =
    ask_with (client, late->token != NULL ? late->token : client->token, late->method, late->path, late->body);

  check_answer (self, late->path, late->body, response);
  sim_note (self, "late%s: %s %.24s -> %u", late->token != NULL ? ", for the first time" : "", late->method, late->path,
            response != NULL ? response->status : 0);
  late_free (late);
}

static guint
pick_late (SimWorld *self)
{
  return (self->faults & SIM_FAULT_REORDER) != 0 ? (guint) sim_pick_on_way (self, (int) self->late->len) : 0;
}

/* Questions that stayed somewhere on the way. */
void
sim_deliver_late (SimWorld *self)
{
  if (self->late->len > 0 && sim_pick (self, 4) == 0)
    deliver (self, pick_late (self));
}

/* What does not come when all is whole again, never comes: all but @n_left of them. */
void
sim_deliver_rest (SimWorld *self, guint n_left)
{
  if ((self->faults & SIM_FAULT_DELAY) == 0)
    return;
  while (self->late->len > n_left)
    deliver (self, pick_late (self));
}

/* @first: whether it was not asked before */
static void
put_off (SimClient *client, const char *method, const char *path, GBytes *body, gboolean first)
{
  Late *late = g_new0 (Late, 1);

  late->client = client->number;
  late->method = g_strdup (method);
  late->path = g_strdup (path);
  late->body = body != NULL ? g_bytes_ref (body) : NULL;
  late->token = first ? g_strdup (client->token) : NULL;
  g_ptr_array_add (client->world->late, late);
}

/* --- the way ------------------------------------------------------------------------------------------------------ */

static gboolean
fail (GError **error)
{
  g_set_error_literal (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE, "the network");
  return FALSE;
}

/* Of what is late, half was asked before, where both may be. */
static gboolean
is_put_off (SimWorld *world)
{
  if ((world->faults & SIM_FAULT_DELAY) == 0)
    return FALSE;
  return (world->faults & SIM_FAULT_LATE) == 0 || sim_pick_on_way (world, 2) == 0;
}

static gboolean
send_once (SimClient  *client,
           const char *method,
           const char *path,
           GBytes     *body,
           guint      *status,
           GBytes    **answer,
           GError    **error)
{
  SimWorld *world = client->world;
  g_autoptr (TorgResponse) response = NULL;
  gsize length;

  if (sim_happens (world, SIM_FAULT_DROP, 80))
    return fail (error);
  if (sim_happens_on_way (world, SIM_FAULT_REORDER, 60) && world->late->len > 0)
    deliver (world, pick_late (world));
  if (sim_happens (world, SIM_FAULT_DUPLICATE, 60))
    {
      g_autoptr (TorgResponse) first = ask (client, method, path, body);
    }
  if (sim_happens (world, SIM_FAULT_LATE | SIM_FAULT_DELAY, 60))
    {
      gboolean first = is_put_off (world);

      put_off (client, method, path, body, first);
      if (first)
        {
          sim_note (world, "client %u: %s %.24s is late", client->number, method, path);
          return fail (error);
        }
    }
  response = ask (client, method, path, body);
  if (response == NULL)
    return fail (error);
  check_answer (world, path, body, response);
  sim_note (world, "client %u: %s %.24s -> %u, %" G_GSIZE_FORMAT " bytes", client->number, method, path,
            response->status, response->body->len);
  if (sim_happens (world, SIM_FAULT_LOST, 80))
    return fail (error);
  length = response->body->len;
  if (length > 0 && sim_happens (world, SIM_FAULT_CUT, 60))
    length = (gsize) sim_pick (world, (int) length);
  if (response->status == 200 && g_str_has_prefix (path, "/v1/sync/changes"))
    client->was_told = TRUE;
  *status = response->status;
  *answer = g_bytes_new (response->body->str, length);
  return TRUE;
}

/* A server says to a program that is older than what it can still speak to: send, but take no more. */
static gboolean
send_old (SimClient *client, const char *path, guint *status, GBytes **answer, GError **error)
{
  SimWorld *world = client->world;
  g_autoptr (TorgResponse) response = ask (client, "GET", path, NULL);

  if (response == NULL)
    return fail (error);
  if (response->status == 200)
    g_set_str (&world->problem, "a program that is too old is given changes");
  *status = response->status;
  *answer = g_bytes_new (response->body->str, response->body->len);
  sim_note (world, "client %u: is too old -> %u", client->number, response->status);
  return TRUE;
}

/* What a replica has is never other than what its server says, unless its disk made it so. */
static gboolean
send_verify (SimClient *client, const char *path, guint *status, GBytes **answer, GError **error)
{
  SimWorld *world = client->world;
  g_autoptr (TorgResponse) response = NULL;

  if (strstr (path, "buckets=") != NULL && !world->rotten)
    g_set_str (&world->problem, "a replica was not what its server has");
  if (sim_happens_beside (world, SIM_FAULT_DROP, 80))
    return fail (error);
  response = ask (client, "GET", path, NULL);
  if (response == NULL || sim_happens_beside (world, SIM_FAULT_LOST, 80))
    return fail (error);
  *status = response->status;
  *answer = g_bytes_new (response->body->str,
                         sim_happens_beside (world, SIM_FAULT_CUT, 60) ? response->body->len / 2 : response->body->len);
  sim_note (world, "client %u: verify -> %u", client->number, response->status);
  return TRUE;
}

static gboolean
renew (SimClient *client, gboolean *renewed, GError **error)
{
  g_autoptr (GBytes) question = sim_session_ask (client);
  g_autoptr (GBytes) answer = NULL;
  guint status;

  *renewed = FALSE;
  if (!send_once (client, "POST", "/oauth/token", question, &status, &answer, error))
    return FALSE;
  *renewed = status == 200 && sim_session_take (client, answer);
  return TRUE;
}

static gboolean
sim_transport_send (TorgTransport *transport,
                    const char    *method,
                    const char    *path,
                    GBytes        *body,
                    guint         *status,
                    GBytes       **answer,
                    GCancellable  *cancellable,
                    GError       **error)
{
  SimClient *client = SIM_TRANSPORT (transport)->client;
  gboolean   is_refused = client->is_old && g_str_has_prefix (path, "/v1/sync/changes");
  gboolean   renewed = FALSE;

  if (g_str_has_prefix (path, "/v1/sync/verify"))
    return send_verify (client, path, status, answer, error);
  if (is_refused ? !send_old (client, path, status, answer, error)
                 : !send_once (client, method, path, body, status, answer, error))
    return FALSE;
  if (*status != 401 || client->refresh == NULL)
    return TRUE;
  if (!renew (client, &renewed, error))
    {
      g_clear_pointer (answer, g_bytes_unref);
      return FALSE;
    }
  if (!renewed)
    return TRUE;
  g_clear_pointer (answer, g_bytes_unref);
  return is_refused ? send_old (client, path, status, answer, error)
                    : send_once (client, method, path, body, status, answer, error);
}

static void
sim_transport_iface_init (TorgTransportInterface *iface)
{
  iface->send = sim_transport_send;
}

static void
sim_transport_class_init (SimTransportClass *klass)
{
}

static void
sim_transport_init (SimTransport *self)
{
}

TorgTransport *
sim_transport_new (SimClient *client)
{
  SimTransport *self = g_object_new (SIM_TYPE_TRANSPORT, NULL);

  self->client = client;
  if (client->world->late == NULL)
    client->world->late = g_ptr_array_new_with_free_func (late_free);
  return TORG_TRANSPORT (self);
}
