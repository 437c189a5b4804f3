/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-ed807.h"

#include "torg-error.h"
#include "torg-reader.h"

#include <glib/gstdio.h>
#include <string.h>

/* As the Bank of Russia gives it out, but shorter. */
#define HEAD                                                                                                           \
  "<?xml version=\"1.0\" encoding=\"WINDOWS-1251\"?>\n"                                                                \
  "<ED807 xmlns=\"urn:cbr-ru:ed:v2.0\" EDNo=\"1\" EDDate=\"2026-11-20\" CreationReason=\"RQST\">\n"
#define SBERBANK                                                                                                       \
  "<BICDirectoryEntry BIC=\"044525225\"><ParticipantInfo NameP=\"ПАО Сбербанк\" CntrCd=\"RU\" Rgn=\"45\" "             \
  "Ind=\"117997\" Tnp=\"г\" Nnp=\"Москва\" Adr=\"ул Вавилова, 19\" DateIn=\"1991-06-20\" PtType=\"20\" "               \
  "ParticipantStatus=\"PSAC\"/><Accounts Account=\"30101810400000000225\" RegulationAccountType=\"CRSA\" "             \
  "CK=\"99\" AccountCBRBIC=\"044525000\" DateIn=\"2013-01-09\" AccountStatus=\"ACAC\"/></BICDirectoryEntry>\n"
#define TREASURY                                                                                                       \
  "<BICDirectoryEntry BIC=\"041280103\"><ParticipantInfo NameP=\"УФК по Астраханской области\" Tnp=\"пгт\" "           \
  "Nnp=\"Лиман\" DateIn=\"2021-01-01\" DateOut=\"2026-10-01\" PtType=\"52\"/><Accounts "                               \
  "Account=\"03100643000000012500\" RegulationAccountType=\"UTRA\" AccountStatus=\"ACAC\"/></BICDirectoryEntry>\n"

static GBytes *
make_file (const char *text)
{
  gsize length;
  char *bytes = g_convert (text, -1, "windows-1251", "UTF-8", NULL, &length, NULL);

  g_assert_nonnull (bytes);
  return g_bytes_new_take (bytes, length);
}

static void
test_read (void)
{
  g_autoptr (GBytes) bytes = make_file (HEAD SBERBANK TREASURY "</ED807>\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgTable) table = NULL;
  g_autofree char *path = NULL;
  int              file = g_file_open_tmp ("torg-ed807-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error));
  g_assert_true (g_close (file, NULL));
  /* It is told by its content. */
  table = torg_read_table (path, NULL, NULL, &error);
  g_unlink (path);
  g_assert_no_error (error);
  g_assert_cmpuint (torg_table_get_n_rows (table), ==, 3);
  g_assert_cmpstr (torg_table_get_text (table, 0, 0), ==, "bik");
  g_assert_cmpstr (torg_table_get_text (table, 1, 0), ==, "044525225");
  g_assert_cmpstr (torg_table_get_text (table, 1, 1), ==, "ПАО Сбербанк");
  g_assert_cmpstr (torg_table_get_text (table, 1, 2), ==, "30101810400000000225");
  g_assert_cmpstr (torg_table_get_text (table, 1, 3), ==, "Москва");
  g_assert_cmpstr (torg_table_get_text (table, 1, 4), ==, "");
  g_assert_cmpstr (torg_table_get_text (table, 2, 2), ==, "");
  g_assert_cmpstr (torg_table_get_text (table, 2, 3), ==, "пгт Лиман");
  g_assert_cmpstr (torg_table_get_text (table, 2, 4), ==, "2026-10-01");
}

static void
test_damaged (void)
{
  g_autoptr (GBytes) bytes = make_file (HEAD SBERBANK "<BICDirectoryEntry BIC=\"1\"><Part");
  g_autoptr (GBytes) other = g_bytes_new_static ("<?xml version=\"1.0\"?><a/>", 25);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (torg_ed807_is (bytes));
  g_assert_false (torg_ed807_is (other));
  g_assert_false (torg_ed807_is (none));
  g_assert_null (torg_ed807_read (bytes, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ed807/read", test_read);
  g_test_add_func ("/ed807/damaged", test_damaged);
  return g_test_run ();
}
