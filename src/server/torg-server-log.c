/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-server-log.h"

#include <json-glib/json-glib.h>

/* What a process that serves says besides its answers: one JSON object a line on stderr as well. */

static const char *
get_level (GLogLevelFlags level)
{
  switch (level & G_LOG_LEVEL_MASK)
    {
      case G_LOG_LEVEL_ERROR:
      case G_LOG_LEVEL_CRITICAL:
        return "error";
      case G_LOG_LEVEL_WARNING:
        return "warning";
      case G_LOG_LEVEL_DEBUG:
        return "debug";
      default:
        return "info";
    }
}

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *at = g_date_time_format_iso8601 (now);
  g_autofree char *line = NULL;
  JsonObject      *object = json_object_new ();
  const char      *domain = NULL;

  json_object_set_string_member (object, "at", at);
  json_object_set_string_member (object, "level", get_level (level));
  for (gsize i = 0; i < n_fields; i++)
    {
      g_autofree char *text =
        fields[i].length < 0 ? g_strdup (fields[i].value) : g_strndup (fields[i].value, (gsize) fields[i].length);

      if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = fields[i].value;
      if (!g_str_equal (fields[i].key, "MESSAGE"))
        continue;
      json_object_set_string_member (object, "message", text);
    }
  json_node_take_object (node, object);
  if (g_log_writer_default_would_drop (level, domain))
    return G_LOG_WRITER_HANDLED;
  line = json_to_string (node, FALSE);
  g_printerr ("%s\n", line);
  return G_LOG_WRITER_HANDLED;
}

/**
 * torg_server_log_install:
 *
 * Makes lines of JSON of all messages; once, before the first thread.
 */
void
torg_server_log_install (void)
{
  g_log_set_writer_func (write_cb, NULL, NULL);
}
