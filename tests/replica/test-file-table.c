/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-file-table.h"
#include "torg-incoming.h"
#include "torg-json.h"
#include "torg-sync-store.h"
#include "torg-test-store.h"
#include "torg-wire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* Which files are sent, and which stay: what becomes of them when their attachments go, by whomever. */

typedef struct
{
  char  *hash;       /* (owned) */
  char  *attachment; /* (owned) */
  gint64 step;
} Attached;

static void
attached_free (Attached *attached)
{
  g_free (attached->hash);
  g_free (attached->attachment);
  g_free (attached);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attached, attached_free)

static TestStore *
new_test (guint64 seed)
{
  TestStore *test = test_store_new (seed);

  test_store_to_server (test);
  return test;
}

static Attached *
attach (TestStore *test, const char *text)
{
  Attached *attached = g_new0 (Attached, 1);
  g_autoptr (TorgContent) content = torg_store_new_content (test->store);
  g_autofree char *path = g_build_filename (test->dir, "attached", NULL);
  g_autofree char *company = test_create (test->store, "company", "name", "Ромашка", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (TorgEdit) edit = torg_edit_new ("attach");
  g_autoptr (TorgRecord) record = NULL;
  gint64 size;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (torg_content_take (content, file, NULL, &attached->hash, &size, NULL, NULL));
  g_assert_true (torg_store_add_file (test->store, attached->hash, size, NULL));
  record = test_new_record (test->store, "attachment", "name", "Договор.txt", "file", attached->hash, "company",
                            company, NULL);
  attached->attachment = g_strdup (torg_record_get_id (record));
  torg_edit_create (edit, record);
  attached->step = test_apply (test->store, edit);
  return attached;
}

/* --- the server's side -------------------------------------------------------------------------------------------- */

static void
take_line (TestStore *test, TorgIncoming *incoming, const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autoptr (TorgIncomingLine) line = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (node);
  line = torg_incoming_line_read (node, torg_store_get_schema (test->store));
  torg_incoming_take (incoming, line, &error);
  g_assert_no_error (error);
}

static void
take_end (TestStore *test, TorgIncoming *incoming)
{
  g_autoptr (GError) error = NULL;

  take_line (test, incoming, "{\"end\":{\"cursor\":\"c\",\"epoch\":\"e\",\"acked\":0,\"more\":false}}");
  torg_incoming_commit (incoming, &error);
  g_assert_no_error (error);
  torg_store_settle_files (test->store, &error);
  g_assert_no_error (error);
}

/* A record as it is here, with a number of the server's. */
static void
take_record (TestStore *test, TorgIncoming *incoming, TorgRecord *found)
{
  static gint64 seq = 100;
  g_autoptr (TorgRecord) record = torg_record_copy (found);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;
  g_autofree char *line = NULL;

  torg_record_set_seq (record, ++seq);
  node = torg_record_to_json (record);
  json = json_to_string (node, FALSE);
  line = g_strdup_printf ("{\"record\":%s}", json);
  take_line (test, incoming, line);
}

/* Sends all that waits: applied, or rejected. */
static void
exchange (TestStore *test, gboolean applied)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) batch = torg_store_build_batch (test->store, &error);
  g_autoptr (TorgIncoming) incoming = torg_incoming_new (test->store, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < batch->len; i++)
    {
      TorgWireMutation *mutation = batch->pdata[i];
      g_autoptr (TorgRecord) record = torg_store_get (test->store, mutation->type, mutation->record, NULL);
      g_autoptr (TorgQuery) query = torg_query_new ("history");
      g_autoptr (GPtrArray) lines = NULL;
      g_autofree char *line = g_strdup_printf (
        "{\"result\":{\"mutation_id\":\"%s\",\"client_seq\":%" G_GINT64_FORMAT ",\"status\":\"%s\"%s}}", mutation->id,
        mutation->client_seq, applied ? "applied" : "rejected", applied ? "" : ",\"code\":\"forbidden\"");

      torg_query_add_text (query, "record", TORG_MATCH_IS, mutation->record);
      lines = torg_store_list (test->store, query, 0, NULL, NULL);
      take_line (test, incoming, line);
      if (!applied)
        continue;
      take_record (test, incoming, record);
      for (guint j = 0; j < lines->len; j++)
        take_record (test, incoming, lines->pdata[j]);
    }
  take_end (test, incoming);
}

static void
take_away (TestStore *test, const char *attachment)
{
  g_autoptr (TorgIncoming) incoming = torg_incoming_new (test->store, NULL);
  g_autofree char *line = g_strdup_printf ("{\"gone\":{\"type\":\"attachment\",\"id\":\"%s\"}}", attachment);

  take_line (test, incoming, line);
  take_end (test, incoming);
}

/* --- what is asked ------------------------------------------------------------------------------------------------ */

static guint
count_to_send (TestStore *test)
{
  TorgFileCounts counts;
  g_autoptr (GError) error = NULL;

  torg_store_count_files (test->store, &counts, &error);
  g_assert_no_error (error);
  return counts.n_to_send;
}

static TorgFile *
next (TestStore *test)
{
  TorgFile *file;
  gint64    later;
  g_autoptr (GError) error = NULL;

  torg_store_next_file (test->store, &file, &later, &error);
  g_assert_no_error (error);
  return file;
}

static gint64
get_size (TestStore *test, const char *hash)
{
  g_autoptr (TorgContent) content = torg_store_new_content (test->store);

  return torg_content_get_size (content, hash);
}

/* What would be lost with the replica, and what it is called. */
static void
assert_unsent (TestStore *test, const char *hash)
{
  g_autoptr (GPtrArray) files = torg_store_list_unsent_files (test->store, NULL);
  TorgFile *file;

  g_assert_cmpuint (files->len, ==, hash != NULL ? 1 : 0);
  if (hash == NULL)
    return;
  file = files->pdata[0];
  g_assert_cmpstr (file->hash, ==, hash);
  g_assert_cmpstr (file->code, ==, "Договор.txt");
}

static void
assert_sent_to_the_end (TestStore *test, Attached *attached)
{
  g_autoptr (TorgFile) file = next (test);

  g_assert_cmpuint (count_to_send (test), ==, 1);
  assert_unsent (test, attached->hash);
  g_assert_nonnull (file);
  g_assert_cmpstr (file->hash, ==, attached->hash);
  g_assert_cmpint (file->work, ==, TORG_FILE_SEND);
  /* Not even a long time without a network changes that. */
  test_store_pass (test, 40 * 24 * 3600);
  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_cmpint (get_size (test, attached->hash), >=, 0);
  g_assert_cmpuint (count_to_send (test), ==, 1);
  file->sent = TRUE;
  g_assert_true (torg_store_note_file (test->store, file, 0, NULL));
  g_assert_cmpuint (count_to_send (test), ==, 0);
  assert_unsent (test, NULL);
  /* It was nobody's here any more. */
  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_cmpint (get_size (test, attached->hash), ==, -1);
}

static void
test_gone (void)
{
  g_autoptr (TestStore) test = new_test (1);
  g_autoptr (Attached) attached = attach (test, "what only this computer has");

  exchange (test, TRUE);
  g_assert_cmpuint (count_to_send (test), ==, 1);
  take_away (test, attached->attachment);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM attachment"), ==, 0);
  assert_sent_to_the_end (test, attached);
}

/* What the server refuses once and for all is not offered for ever. */
static void
test_refused (void)
{
  static const char *const codes[] = { "server", "forbidden", "too-large:max-size=1000", "no-files" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (TestStore) test = new_test (20 + i);
      g_autoptr (Attached) attached = attach (test, "refused");
      g_autoptr (TorgFile) file = NULL;
      g_autoptr (GPtrArray) attention = NULL;
      TorgAttention *item;

      exchange (test, TRUE);
      /* While it is attached it waits: the right may come, or the room. */
      file = next (test);
      file->code = g_strdup (codes[i]);
      g_assert_true (torg_store_note_file (test->store, file, 0, NULL));
      g_assert_cmpuint (count_to_send (test), ==, 1);
      g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM attention"), ==, 0);
      take_away (test, attached->attachment);
      g_assert_cmpuint (count_to_send (test), ==, 1);
      test_store_pass (test, 40 * 24 * 3600);
      g_assert_true (torg_store_note_file (test->store, file, 0, NULL));
      attention = torg_store_list_attention (test->store, NULL);
      /* That passes. */
      g_assert_cmpuint (count_to_send (test), ==, i == 0 ? 1 : 0);
      g_assert_cmpuint (attention->len, ==, i == 0 ? 0 : 1);
      if (i == 0)
        continue;
      item = attention->pdata[0];
      g_assert_cmpstr (item->code, ==, "file");
      g_assert_cmpstr (item->detail, ==, codes[i]);
      g_assert_cmpstr (torg_json_get_text (
                         json_object_get_object_member (json_node_get_object (item->mutation->fields), "name"), "new"),
                       ==, "Договор.txt");
      g_assert_null (next (test));
      test_store_pass (test, 29 * 24 * 3600);
      g_assert_true (torg_store_settle_files (test->store, NULL));
      g_assert_cmpint (get_size (test, attached->hash), >=, 0);
      test_store_pass (test, 2 * 24 * 3600);
      g_assert_true (torg_store_settle_files (test->store, NULL));
      g_assert_cmpint (get_size (test, attached->hash), ==, -1);
      /* Once is enough. */
      g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM attention"), ==, 1);
    }
}

static void
test_gone_by_rebuild (void)
{
  g_autoptr (TestStore) test = new_test (2);
  g_autoptr (Attached) attached = attach (test, "what only this computer has");
  g_autoptr (TorgIncoming) incoming = NULL;

  exchange (test, TRUE);
  g_assert_true (torg_store_begin_rebuild (test->store, NULL));
  incoming = torg_incoming_new (test->store, NULL);
  take_end (test, incoming);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM attachment"), ==, 0);
  assert_sent_to_the_end (test, attached);
}

static void
test_seen_again (void)
{
  g_autoptr (TestStore) test = new_test (3);
  g_autoptr (Attached) attached = attach (test, "seen again");
  g_autoptr (TorgRecord) record = NULL;
  g_autoptr (TorgIncoming) incoming = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;
  g_autofree char *line = NULL;

  exchange (test, TRUE);
  record = torg_store_get (test->store, "attachment", attached->attachment, NULL);
  node = torg_record_to_json (record);
  json = json_to_string (node, FALSE);
  line = g_strdup_printf ("{\"record\":%s}", json);
  take_away (test, attached->attachment);
  incoming = torg_incoming_new (test->store, NULL);
  take_line (test, incoming, line);
  take_end (test, incoming);
  g_assert_cmpuint (count_to_send (test), ==, 1);
  /* Now it is the user who takes it away. */
  test_delete (test->store, "attachment", attached->attachment);
  exchange (test, TRUE);
  g_assert_cmpuint (count_to_send (test), ==, 0);
}

static void
test_undone (void)
{
  g_autoptr (TestStore) test = new_test (4);
  g_autoptr (Attached) attached = attach (test, "undone");

  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_cmpuint (count_to_send (test), ==, 1);
  test_undo (test->store, attached->step, 0);
  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_cmpuint (count_to_send (test), ==, 0);
  assert_unsent (test, NULL);
  g_assert_null (next (test));
}

static void
test_deleted (void)
{
  g_autoptr (TestStore) test = new_test (5);
  g_autoptr (Attached) attached = attach (test, "deleted");

  exchange (test, TRUE);
  test_delete (test->store, "attachment", attached->attachment);
  exchange (test, TRUE);
  g_assert_cmpuint (count_to_send (test), ==, 0);
  take_away (test, attached->attachment);
  g_assert_cmpuint (count_to_send (test), ==, 0);
  assert_unsent (test, NULL);
  g_assert_null (next (test));
}

static void
test_rejected (void)
{
  g_autoptr (TestStore) test = new_test (6);
  g_autoptr (Attached) attached = attach (test, "rejected");

  exchange (test, FALSE);
  g_assert_cmpint (test_int (test->store, "SELECT count(*) FROM attention"), ==, 2);
  g_assert_cmpuint (count_to_send (test), ==, 0);
  /* Until the user has decided it is kept, and told before anybody signs out. */
  test_store_pass (test, 40 * 24 * 3600);
  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_cmpint (get_size (test, attached->hash), >=, 0);
  assert_unsent (test, attached->hash);
}

/* --- what the disk says ------------------------------------------------------------------------------------------- */

static void
test_vanished (void)
{
  g_autoptr (TestStore) test = new_test (7);
  g_autoptr (Attached) attached = attach (test, "vanished");
  g_autoptr (TorgContent) content = torg_store_new_content (test->store);
  g_autoptr (TorgFile) file = next (test);
  g_autoptr (TorgFile) now = NULL;

  file->sent = TRUE;
  g_assert_true (torg_store_note_file (test->store, file, 0, NULL));
  g_assert_null (next (test));
  g_assert_true (torg_content_remove (content, attached->hash, NULL));
  g_assert_true (torg_store_want_file (test->store, attached->hash, TRUE, NULL));
  now = next (test);
  g_assert_nonnull (now);
  g_assert_false (now->here);
  g_assert_cmpint (now->work, ==, TORG_FILE_FETCH);
}

/* Attached again, it is offered again: the server may have let go of it. */
static void
test_attached_again (void)
{
  g_autoptr (TestStore) test = new_test (8);
  g_autoptr (Attached) attached = attach (test, "again");
  g_autoptr (TorgFile) file = next (test);
  g_autoptr (Attached) again = NULL;

  file->sent = TRUE;
  g_assert_true (torg_store_note_file (test->store, file, 0, NULL));
  g_assert_cmpuint (count_to_send (test), ==, 0);
  again = attach (test, "again");
  g_assert_cmpstr (again->hash, ==, attached->hash);
  g_assert_cmpuint (count_to_send (test), ==, 1);
}

/* The same where what was deleted long ago comes back. */
static void
test_restored (void)
{
  g_autoptr (TestStore) test = new_test (9);
  g_autoptr (Attached) attached = attach (test, "restored");
  g_autoptr (TorgEdit) restore = torg_edit_new ("restore");
  g_autoptr (TorgFile) file = NULL;

  exchange (test, TRUE);
  file = next (test);
  file->sent = TRUE;
  g_assert_true (torg_store_note_file (test->store, file, 0, NULL));
  test_delete (test->store, "attachment", attached->attachment);
  exchange (test, TRUE);
  torg_edit_restore (restore, "attachment", attached->attachment);
  test_apply (test->store, restore);
  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_cmpuint (count_to_send (test), ==, 1);
}

static char *
leave_part (TestStore *test, const char *name, gint64 moment)
{
  g_autofree char *folder = g_strconcat (test->path, ".files/parts", NULL);
  char            *path = g_build_filename (folder, name, NULL);
  struct utimbuf   times = { moment / G_USEC_PER_SEC, moment / G_USEC_PER_SEC };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "part", -1, NULL));
  g_assert_cmpint (g_utime (path, &times), ==, 0);
  return path;
}

static void
test_parts (void)
{
  g_autoptr (TestStore) test = new_test (10);
  g_autoptr (Attached) attached = attach (test, "parts");
  g_autoptr (TorgContent) content = torg_store_new_content (test->store);
  gint64           now = torg_env_get_now (test->env), old = now - 2 * G_TIME_SPAN_DAY;
  g_autofree char *left = leave_part (test, "0d9d5b1e-8e6a-4a53-9d6b-7d2c7d2f9f10", old);
  g_autofree char *fresh = leave_part (test, "0d9d5b1e-8e6a-4a53-9d6b-7d2c7d2f9f11", now);
  g_autofree char *unknown = leave_part (test, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", old);
  g_autofree char *lock = leave_part (test, ".lock", old);
  g_autofree char *begun = NULL;

  /* What is being fetched goes on where it was, however long that takes. */
  g_assert_true (torg_content_remove (content, attached->hash, NULL));
  g_assert_true (torg_store_want_file (test->store, attached->hash, TRUE, NULL));
  begun = leave_part (test, attached->hash, old);
  g_assert_true (torg_store_settle_files (test->store, NULL));
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (unknown, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fresh, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (lock, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (begun, G_FILE_TEST_EXISTS));
}

/* A replica that knows nothing of what is owed yet. */
static void
test_upgrade (void)
{
  g_autoptr (TestStore) test = new_test (11);
  g_autoptr (Attached) attached = attach (test, "before");

  g_assert_true (
    torg_db_exec (test->store->db, "ALTER TABLE file DROP COLUMN owed; ALTER TABLE file DROP COLUMN name", NULL));
  test_store_reopen (test);
  exchange (test, TRUE);
  take_away (test, attached->attachment);
  assert_sent_to_the_end (test, attached);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-table/gone", test_gone);
  g_test_add_func ("/file-table/refused", test_refused);
  g_test_add_func ("/file-table/gone-by-rebuild", test_gone_by_rebuild);
  g_test_add_func ("/file-table/seen-again", test_seen_again);
  g_test_add_func ("/file-table/undone", test_undone);
  g_test_add_func ("/file-table/deleted", test_deleted);
  g_test_add_func ("/file-table/rejected", test_rejected);
  g_test_add_func ("/file-table/vanished", test_vanished);
  g_test_add_func ("/file-table/attached-again", test_attached_again);
  g_test_add_func ("/file-table/restored", test_restored);
  g_test_add_func ("/file-table/parts", test_parts);
  g_test_add_func ("/file-table/upgrade", test_upgrade);
  return g_test_run ();
}
