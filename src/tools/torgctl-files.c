/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-connect.h"
#include "torg-file-sync.h"
#include "torg-sync-store.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* The commands of files: attach, files, fetch. */

static const char *const parents[] = { "company", "person", "deal", "activity", NULL };

static gboolean
take_content (TorgCtl *self, GFile *file, TorgRecord *record, GError **error)
{
  g_autoptr (TorgContent) content = torg_store_new_content (self->store);
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autofree char *hash = NULL;
  g_autofree char *type = NULL;
  gint64           size;

  if (!torg_content_take (content, file, NULL, &hash, &size, NULL, error) ||
      !torg_store_add_file (self->store, hash, size, error))
    return FALSE;
  torg_record_set_text (record, "file", hash);
  torg_record_take (record, "size", torg_value_int (size * TORG_NUMBER_SCALE));
  type = info != NULL ? g_content_type_get_mime_type (g_file_info_get_content_type (info)) : NULL;
  if (type != NULL)
    torg_record_set_text (record, "media_type", type);
  return TRUE;
}

int
torg_ctl_attach (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (TorgRecord) parent = NULL;
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgEdit) edit = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;
  TorgSchema      *schema;
  gint64           step;

  if (argc != 4 || !g_strv_contains (parents, argv[1]))
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  parent = torg_store_get (self->store, argv[1], argv[2], error);
  if (parent == NULL)
    return TORG_CTL_FAILED;
  schema = torg_store_get_schema (self->store);
  id = torg_env_make_id (self->env);
  record = torg_record_new (schema, torg_schema_find (schema, "attachment"), id);
  file = g_file_new_for_commandline_arg (argv[3]);
  name = g_file_get_basename (file);
  shown = g_filename_display_name (name);
  torg_record_set_text (record, "name", shown);
  torg_record_set_text (record, argv[1], argv[2]);
  torg_record_take (record, "created", torg_value_int (torg_env_get_now (self->env)));
  /* What is in it is on the disk before the record says that it is. */
  if (!take_content (self, file, record, error))
    return TORG_CTL_FAILED;
  edit = torg_edit_new (_ ("File attached"));
  torg_edit_create (edit, record);
  if (!torg_store_apply (self->store, edit, &step, error))
    return TORG_CTL_FAILED;
  g_print ("%s\n", id);
  return TORG_CTL_OK;
}

/* For a program; in words: say_state(). */
static const char *
get_state (TorgFile *file)
{
  if (file == NULL || (!file->here && file->sent))
    return file != NULL && file->wanted ? "wanted" : "there";
  if (!file->here)
    return "lost";
  return file->sent ? "here" : "unsent";
}

static char *
say_state (TorgCtl *self, TorgFile *file)
{
  g_autofree char *trouble = file != NULL ? torg_file_sync_explain (file->code) : NULL;

  if (trouble != NULL)
    return g_steal_pointer (&trouble);
  if (file == NULL || !file->here)
    return g_strdup (_ ("at the server"));
  return g_strdup (file->sent || torg_store_is_local (self->store) ? _ ("on this computer") : _ ("not sent yet"));
}

static gboolean
print_file (TorgCtl *self, TorgRecord *record, JsonArray *array, GError **error)
{
  const char *name = torg_record_get_text (record, "name");
  g_autoptr (TorgFile) file = NULL;
  g_autofree char *size = NULL;
  g_autofree char *state = NULL;
  JsonObject      *object;

  if (!torg_store_get_file (self->store, torg_record_get_text (record, "file"), &file, error))
    return FALSE;
  if (!self->json)
    {
      size = g_format_size ((guint64) (torg_record_get_number (record, "size") / TORG_NUMBER_SCALE));
      state = say_state (self, file);
      g_print ("%s  %s  %s  %s\n", torg_record_get_id (record), name, size, state);
      return TRUE;
    }
  object = json_object_new ();
  json_object_set_string_member (object, "id", torg_record_get_id (record));
  json_object_set_string_member (object, "name", name);
  json_object_set_string_member (object, "sha256", torg_record_get_text (record, "file"));
  json_object_set_int_member (object, "size", torg_record_get_number (record, "size") / TORG_NUMBER_SCALE);
  json_object_set_string_member (object, "state", get_state (file));
  if (file != NULL && file->code != NULL)
    json_object_set_string_member (object, "trouble", file->code);
  json_array_add_object_element (array, object);
  return TRUE;
}

/* Which files come by themselves. */
static gboolean
choose (TorgCtl *self, const char *keep, int limit_mb, GError **error)
{
  gint64   limit;
  gboolean always = torg_store_get_always_files (self->store, &limit);

  if (limit_mb > 0)
    limit = (gint64) limit_mb * 1000 * 1000;
  return torg_store_set_always_files (self->store, keep != NULL ? g_str_equal (keep, "all") : always, limit, error);
}

int
torg_ctl_files (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *keep = NULL;
  int              limit = 0;
  GOptionEntry     entries[] = {
    { "keep", 0, 0, G_OPTION_ARG_STRING, &keep, NULL, NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (TorgQuery) query = torg_query_new ("attachment");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *array;

  if (!torg_ctl_parse (&argc, &argv, entries, error) || (argc != 1 && argc != 3) ||
      (argc == 3 && !g_strv_contains (parents, argv[1])) || limit < 0 ||
      (keep != NULL && !g_str_equal (keep, "all") && !g_str_equal (keep, "asked")))
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  if (keep != NULL || limit > 0)
    return choose (self, keep, limit, error) ? TORG_CTL_OK : TORG_CTL_FAILED;
  if (argc == 3)
    torg_query_add_text (query, argv[1], TORG_MATCH_IS, argv[2]);
  torg_query_sort (query, "created", TRUE);
  records = torg_store_list (self->store, query, 0, NULL, error);
  node = json_node_new (JSON_NODE_ARRAY);
  array = json_array_new ();
  json_node_take_array (node, array);
  for (guint i = 0; records != NULL && i < records->len; i++)
    if (!print_file (self, records->pdata[i], array, error))
      return TORG_CTL_FAILED;
  if (self->json && records != NULL)
    torg_ctl_print_json (node);
  return records != NULL ? TORG_CTL_OK : TORG_CTL_FAILED;
}

/* Whether the content is here, by now; else why not. */
static gboolean
fetch_content (TorgCtl *self, const char *hash, GError **error)
{
  g_autoptr (TorgTransport) transport = NULL;
  g_autoptr (TorgFile) file = NULL;
  g_autofree char *sentence = NULL;

  if (!torg_store_want_file (self->store, hash, TRUE, error) || !torg_store_get_file (self->store, hash, &file, error))
    return FALSE;
  if (file != NULL && file->here)
    return TRUE;
  transport = torg_connect_transport (self->store, NULL, error);
  if (transport == NULL || !torg_file_sync_run (self->store, transport, NULL, error))
    return FALSE;
  g_clear_pointer (&file, torg_file_free);
  if (!torg_store_get_file (self->store, hash, &file, error))
    return FALSE;
  if (file != NULL && file->here)
    return TRUE;
  sentence = file != NULL ? torg_file_sync_explain (file->code) : NULL;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_NOT_FOUND,
                       sentence != NULL ? sentence : _ ("Another window is fetching files. It comes by itself."));
  return FALSE;
}

int
torg_ctl_fetch (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgContent) content = NULL;
  g_autoptr (GFile) from = NULL;
  g_autoptr (GFile) to = NULL;
  g_autofree char *path = NULL;
  const char      *hash;

  if (argc != 2 && argc != 3)
    return TORG_CTL_USAGE;
  if (!torg_ctl_open (self, TRUE, error))
    return TORG_CTL_FAILED;
  record = torg_store_get (self->store, "attachment", argv[1], error);
  if (record == NULL)
    return TORG_CTL_FAILED;
  hash = torg_record_get_text (record, "file");
  if (!torg_content_is_hash (hash))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_NOT_FOUND, _ ("“%s” has no content."), argv[1]);
      return TORG_CTL_MISSING;
    }
  if (!fetch_content (self, hash, error))
    return TORG_CTL_FAILED;
  content = torg_store_new_content (self->store);
  path = torg_content_dup_path (content, hash);
  if (argc == 2)
    {
      g_print ("%s\n", path);
      return TORG_CTL_OK;
    }
  from = g_file_new_for_path (path);
  to = g_file_new_for_commandline_arg (argv[2]);
  return g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error) ? TORG_CTL_OK : TORG_CTL_FAILED;
}
