/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-connect.h"
#include "torg-differences.h"
#include "torg-export-log.h"
#include "torg-file-sync.h"
#include "torg-json.h"
#include "torg-live.h"
#include "torg-retry.h"
#include "torg-sign-in.h"
#include "torg-sync-lock.h"
#include "torg-sync-store.h"
#include "torg-sync.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Commands of sync. */

/* Between two looks with --watch, beside what the server tells by itself; and of own edits. */
#define WATCH_SECONDS 5
/* After failures one after the other, at most. */
#define WATCH_MAX_SECONDS 300

/**
 * torg_ctl_read_secret:
 * @variable: of the environment
 * @prompt: what is asked for
 *
 * Reads a secret from the environment, the terminal or a pipe: never from the command line, which others can read.
 *
 * Returns: (transfer full): a text; empty where there is none
 */
char *
torg_ctl_read_secret (const char *variable, const char *prompt)
{
  const char *given = g_getenv (variable);
  char        line[1024];

  if (given != NULL && *given != '\0')
    return g_strdup (given);
  if (isatty (STDIN_FILENO))
    g_printerr ("%s", prompt);
  if (fgets (line, sizeof line, stdin) == NULL)
    return g_strdup ("");
  return g_strdup (g_strstrip (line));
}

typedef struct
{
  GMainLoop *loop;  /* (owned) */
  char      *token; /* (owned) (nullable) */
  GError   **error;
} Waiting;

static void
print_page (const char *uri, gpointer data)
{
  g_print (_ ("Open this page in the browser and sign in:\n%s\n"), uri);
  fflush (stdout);
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Waiting *waiting = data;

  waiting->token = torg_sign_in_finish (result, waiting->error);
  g_main_loop_quit (waiting->loop);
}

static char *
sign_in (TorgCtl *self, const char *address, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Waiting waiting = { loop, NULL, error };

  torg_sign_in_async (torg_store_get_env (self->store), address, print_page, NULL, NULL, signed_in_cb, &waiting);
  g_main_loop_run (loop);
  return waiting.token;
}

int
torg_ctl_connect (TorgCtl *self, int argc, char **argv, GError **error)
{
  gboolean     browser = FALSE, with_content = FALSE, done;
  GOptionEntry entries[] = {
    { "browser", 0, 0, G_OPTION_ARG_NONE, &browser, NULL, NULL },
    { "with-content", 0, 0, G_OPTION_ARG_NONE, &with_content, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *address = NULL;
  g_autofree char *token = NULL;
  gboolean         again;

  if (!torg_ctl_parse (&argc, &argv, entries, error) || argc > 2)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, FALSE, error))
    return TORG_CTL_FAILED;
  again = argc == 1;
  address = again ? torg_store_get_state (self->store, "server") : g_strdup (argv[1]);
  if (address == NULL)
    return TORG_CTL_USAGE;
  token = browser ? sign_in (self, address, error) : torg_ctl_read_secret ("TORG_TOKEN", _ ("Key: "));
  if (token == NULL)
    return TORG_CTL_FAILED;
  if (again)
    {
      g_autoptr (TorgTransport) transport = torg_connect_again (self->store, token, NULL, error);

      done = transport != NULL;
    }
  else
    done = torg_connect (self->store, address, token, with_content, NULL, error);
  return done ? TORG_CTL_OK : TORG_CTL_FAILED;
}

static void
print_state (TorgCtl *self, gint64 n_attention)
{
  gint64 n_unsent = torg_store_count_unsent (self->store);

  if (self->json)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "unsent", n_unsent);
      json_object_set_int_member (object, "attention", n_attention);
      json_node_take_object (node, object);
      torg_ctl_print_json (node);
    }
  else
    g_print (_ ("Everything is sent and taken. Needs a decision: %d\n"), (int) n_attention);
}

static gboolean
sync_once (TorgCtl *self, TorgTransport *transport, GError **error)
{
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GPtrArray) attention = NULL;

  int      lock;
  gboolean done, owed = FALSE;

  if (!torg_sync_lock (self->path, TRUE, &lock, error))
    return FALSE;
  done = torg_sync_run (self->store, transport, NULL, error) && torg_store_tell_exports (self->store, &owed, error) &&
         (!owed || torg_sync_run (self->store, transport, NULL, error));
  torg_sync_unlock (lock);
  if (!done)
    return FALSE;
  conflicts = torg_store_list_differences (self->store, error);
  attention = torg_store_list_attention (self->store, error);
  if (conflicts == NULL || attention == NULL)
    return FALSE;
  print_state (self, (gint64) conflicts->len + attention->len);
  /* Records wait for no file. */
  return torg_file_sync_run (self->store, transport, NULL, error);
}

typedef struct
{
  TorgCtl       *ctl;
  TorgTransport *transport;
  TorgLive      *live; /* (owned) (nullable): since the first sync that came to its end */
  GMainLoop     *loop;
  GError        *error; /* (owned) (nullable): why it ended */
  TorgRetry      retry;
  gint64         quiet; /* monotonic: until then the server is left alone */
} Watch;

/* A server that fails, and a network that does, come back by themselves; anything else needs somebody. */
static gboolean
passes (const GError *error)
{
  return g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_OFFLINE) ||
         g_error_matches (error, TORG_SYNC_ERROR, TORG_SYNC_ERROR_SERVER);
}

static void
back_off (Watch *self)
{
  guint ms = torg_retry_fail (&self->retry, WATCH_MAX_SECONDS, torg_transport_get_retry_after (self->transport));

  self->quiet = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
}

static void
watch_once (Watch *self)
{
  g_autoptr (GError) error = NULL;

  if (g_get_monotonic_time () < self->quiet)
    return;
  if (sync_once (self->ctl, self->transport, &error))
    {
      torg_retry_succeed (&self->retry);
      fflush (stdout);
      if (self->live == NULL)
        {
          self->live = torg_live_new (self->transport);
          g_signal_connect_swapped (self->live, "poked", G_CALLBACK (watch_once), self);
        }
    }
  else if (passes (error))
    {
      g_printerr ("torgctl: %s\n", error->message);
      back_off (self);
    }
  else
    {
      self->error = g_steal_pointer (&error);
      g_main_loop_quit (self->loop);
    }
}

static gboolean
look_cb (gpointer data)
{
  watch_once (data);
  return G_SOURCE_CONTINUE;
}

static int
watch (TorgCtl *ctl, TorgTransport *transport, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch self = { .ctl = ctl, .transport = transport, .loop = loop };
  guint look = g_timeout_add_seconds (WATCH_SECONDS, look_cb, &self);

  watch_once (&self);
  if (self.error == NULL)
    g_main_loop_run (loop);
  g_source_remove (look);
  if (self.live != NULL)
    torg_live_stop (self.live);
  g_clear_object (&self.live);
  g_propagate_error (error, self.error);
  return TORG_CTL_FAILED;
}

int
torg_ctl_sync (TorgCtl *self, int argc, char **argv, GError **error)
{
  gboolean     watching = FALSE;
  GOptionEntry entries[] = {
    { "watch", 0, 0, G_OPTION_ARG_NONE, &watching, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TorgTransport) transport = NULL;

  if (!torg_ctl_parse (&argc, &argv, entries, error))
    return TORG_CTL_USAGE;
  if (argc != 1)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  transport = torg_connect_transport (self->store, NULL, error);
  if (transport == NULL)
    return TORG_CTL_FAILED;
  if (watching)
    return watch (self, transport, error);
  return sync_once (self, transport, error) ? TORG_CTL_OK : TORG_CTL_FAILED;
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

static void
print_mutation (TorgCtl *self, TorgWireMutation *mutation)
{
  g_autofree char *words = torg_ctl_say_mutation (self, mutation);

  g_print ("%s\n", words);
}

static JsonNode *
make_array (JsonArray **array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  *array = json_array_new ();
  json_node_take_array (node, *array);
  return node;
}

int
torg_ctl_outbox (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) mutations = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  if (argc != 1)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error) || (mutations = torg_store_list_unsent (self->store, NULL, error)) == NULL)
    return TORG_CTL_FAILED;
  node = make_array (&array);
  for (guint i = 0; i < mutations->len; i++)
    if (self->json)
      json_array_add_element (array, torg_wire_mutation_to_json (mutations->pdata[i]));
    else
      print_mutation (self, mutations->pdata[i]);
  if (self->json)
    torg_ctl_print_json (node);
  return TORG_CTL_OK;
}

/* One deleted and the other changed, or added to it. */
static char *
say_deleted (TorgRecord *conflict, gboolean is_own, const char *name)
{
  const char      *proposed = torg_record_get_text (conflict, "proposed");
  g_autofree char *at = torg_ctl_say_time (torg_record_get_number (conflict, "edited_at"));
  gboolean         deletes = g_strcmp0 (proposed, "true") == 0;

  if (!is_own)
    return g_strdup_printf (
      deletes
        ? _ ("%s proposes to delete it, but it was changed meanwhile: it stayed. You are responsible for the record.")
        : _ ("It was deleted, and %s proposes to bring it back with this change. You are responsible for the record."),
      name);
  return g_strdup_printf (deletes
                            ? _ ("You deleted it (%s), but somebody else had changed it or added to it: it stayed.")
                            : _ ("Somebody else deleted it before your change (%s) arrived."),
                          at);
}

static void
print_conflict (TorgCtl *self, TorgRecord *conflict)
{
  const char      *type_name = torg_record_get_text (conflict, "record_type"), *author, *name, *label;
  g_autofree char *title = torg_store_dup_title (self->store, type_name, torg_record_get_text (conflict, "record"));
  const TorgType  *type = torg_schema_find (torg_store_get_schema (self->store), type_name);
  const TorgField *field;
  g_autofree char *who = NULL, *before = NULL, *proposed = NULL, *stayed = NULL, *at = NULL, *other = NULL;
  gboolean         is_own = torg_store_is_own_difference (self->store, conflict);

  author = torg_record_get_text (conflict, "author");
  name = torg_record_get_text (conflict, "field");
  who = author != NULL ? torg_store_dup_title (self->store, "user", author) : g_strdup ("");
  author = torg_record_get_text (conflict, "other");
  other = author != NULL ? torg_store_dup_title (self->store, "user", author) : NULL;
  if (g_strcmp0 (name, "deleted") == 0)
    {
      g_autofree char *words = say_deleted (conflict, is_own, who);

      g_print ("%s: %s\n", title != NULL ? title : "", words);
      return;
    }
  field = type != NULL && name != NULL ? torg_type_find_field (type, name) : NULL;
  label = field != NULL ? torg_field_get_label (field) : name;
  before = torg_ctl_say_value (self, field, torg_record_get_text (conflict, "before"));
  proposed = torg_ctl_say_value (self, field, torg_record_get_text (conflict, "proposed"));
  stayed = torg_ctl_say_value (self, field, torg_record_get_text (conflict, "stayed"));
  at = torg_ctl_say_time (torg_record_get_number (conflict, "edited_at"));
  if (is_own)
    /* Translators: a record, a field, what it was, when the user wrote what, what it stayed and who wrote that */
    g_print (_ ("%s: “%s” was %s; on %s you wrote %s, it stayed %s (%s).\n"), title != NULL ? title : "", label, before,
             at, proposed, stayed, other != NULL ? other : _ ("somebody else"));
  else
    /* Translators: a record, who proposed something for it and when, a field, and its values */
    g_print (_ ("%s: %s (%s) proposes for “%s”: %s instead of %s; it stayed %s.\n"), title != NULL ? title : "", who,
             at, label, proposed, before, stayed);
  /* What was to change with a move. */
  if (torg_record_get_text (conflict, "along") != NULL)
    {
      g_autoptr (TorgWireMutation) mutation = torg_difference_make_mutation (conflict);
      g_autofree char *changes = torg_ctl_say_changes (self, mutation);

      g_print ("  %s\n", changes);
    }
}

static JsonNode *
attention_to_json (TorgAttention *item)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "code", item->code);
  if (item->detail != NULL)
    json_object_set_string_member (object, "detail", item->detail);
  json_object_set_member (object, "mutation", torg_wire_mutation_to_json (item->mutation));
  json_node_take_object (node, object);
  return node;
}

/* The codes are those of [struct@WireResult]; what a code alone does not say is said in words. */
static const char *
say_code (TorgAttention *item)
{
  if (g_str_equal (item->code, "administrator"))
    return _ ("Nobody could edit roles any more. Give somebody else a role that may do so first.");
  if (g_str_equal (item->code, "file"))
    return _ ("The server did not take this file. It stays on this computer for 30 days.");
  if (g_str_equal (item->code, "forbidden"))
    return _ ("You may not do this. Ask your administrator for the right to.");
  if (g_str_equal (item->code, "not_found"))
    return _ ("The server has no such record, or you may not see it any more.");
  if (g_str_equal (item->code, "rule") && item->mutation->op == TORG_OP_DELETE)
    return _ ("It cannot be deleted: other records refer to it.");
  if (g_str_equal (item->code, "rule"))
    return _ ("A rule of your company does not allow it.");
  return NULL;
}

int
torg_ctl_attention (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GPtrArray) attention = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  if (argc != 1)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error) || (conflicts = torg_store_list_differences (self->store, error)) == NULL ||
      (attention = torg_store_list_attention (self->store, error)) == NULL)
    return TORG_CTL_FAILED;
  node = make_array (&array);
  for (guint i = 0; i < conflicts->len; i++)
    if (self->json)
      json_array_add_element (array, torg_record_to_json (conflicts->pdata[i]));
    else
      print_conflict (self, conflicts->pdata[i]);
  for (guint i = 0; i < attention->len; i++)
    {
      TorgAttention *item = attention->pdata[i];

      if (self->json)
        json_array_add_element (array, attention_to_json (item));
      else
        {
          g_print (_ ("Not taken (%s): "), item->code);
          print_mutation (self, item->mutation);
          if (say_code (item) != NULL)
            g_print ("  %s\n", say_code (item));
        }
    }
  if (self->json)
    torg_ctl_print_json (node);
  return TORG_CTL_OK;
}
