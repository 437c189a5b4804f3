/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-env.h"
#include "torg-error.h"
#include "torg-field-text.h"
#include "torg-json.h"
#include "torg-text.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define ID "019cadc6-9a80-72fd-8f9a-50d54f1ae9ce"

/* Records as JSON, and what is no record. */

static void
test_values (void)
{
  static const struct
  {
    TorgKind    kind;
    const char *json;
    gboolean    valid;
  } cases[] = {
    { TORG_KIND_TEXT, "\"текст\"", TRUE },
    { TORG_KIND_TEXT, "null", TRUE },
    { TORG_KIND_TEXT, "5", FALSE },
    { TORG_KIND_TEXT, "[]", FALSE },
    { TORG_KIND_NUMBER, "5", TRUE },
    { TORG_KIND_NUMBER, "-0.0001", TRUE },
    { TORG_KIND_NUMBER, "1234567890.1234", TRUE },
    { TORG_KIND_NUMBER, "922337203685477", TRUE },
    { TORG_KIND_NUMBER, "9223372036854775807", FALSE },
    { TORG_KIND_NUMBER, "1e300", FALSE },
    { TORG_KIND_NUMBER, "\"5\"", FALSE },
    { TORG_KIND_MOMENT, "1772442000000000", TRUE },
    { TORG_KIND_MOMENT, "1.5", FALSE },
    { TORG_KIND_MONEY, "{\"minor\":123450,\"currency\":\"RUB\"}", TRUE },
    { TORG_KIND_MONEY, "{\"minor\":1.5,\"currency\":\"RUB\"}", FALSE },
    { TORG_KIND_MONEY, "{\"minor\":1,\"currency\":\"ROUBLE\"}", FALSE },
    { TORG_KIND_MONEY, "{\"minor\":1}", FALSE },
    { TORG_KIND_MONEY, "{}", FALSE },
    { TORG_KIND_MONEY, "5", FALSE },
    { TORG_KIND_ZONED, "\"2026-03-02T15:00 Europe/Moscow\"", TRUE },
    { TORG_KIND_ZONED, "\"tomorrow\"", FALSE },
    { TORG_KIND_SET, "[\"а\",\"б\"]", TRUE },
    { TORG_KIND_SET, "\"а\"", FALSE },
    { TORG_KIND_PHONE, "[{\"raw\":\"1\",\"e164\":\"+71\",\"ext\":\"2\"}]", TRUE },
    { TORG_KIND_EMAIL, "{}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (TorgValue) value = TORG_VALUE_INIT;
      g_auto (TorgValue) again = TORG_VALUE_INIT;
      g_autofree char *text = NULL;

      if (torg_value_from_json_text (cases[i].json, cases[i].kind, &value) != cases[i].valid)
        g_error ("%s as %s", cases[i].json, torg_kind_to_string (cases[i].kind));
      if (!cases[i].valid)
        continue;
      text = torg_value_to_json_text (&value, cases[i].kind);
      g_assert_true (torg_value_from_json_text (text, cases[i].kind, &again));
      if (!torg_value_equal (&value, &again))
        g_error ("%s became %s", cases[i].json, text);
    }
  {
    g_auto (TorgValue) value = TORG_VALUE_INIT;

    g_assert_false (torg_value_from_json_text ("{", TORG_KIND_TEXT, &value));
    g_assert_true (torg_value_from_json_text (NULL, TORG_KIND_TEXT, &value));
  }
}

/* Fields that this version does not know go through it unchanged. */
static void
test_unknown (void)
{
  static const char json[] = "{\"type\":\"tag\",\"id\":\"" ID "\",\"seq\":7,\"fields\":{\"name\":\"Важный\","
                             "\"later\":{\"a\":[1,null,\"б\"]},\"other\":5}}";
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TorgRecord) record = torg_record_from_json (schema, node, &error);
  g_autoptr (JsonNode) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (torg_record_get_seq (record), ==, 7);
  torg_record_set_text (record, "name", "Неважный");
  torg_record_set_text (record, "name", "Важный");
  again = torg_record_to_json (record);
  g_assert_true (json_node_equal (node, again));
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "[]",
    "5",
    "{}",
    "{\"type\":\"tag\"}",
    "{\"type\":\"tag\",\"id\":\"x\"}",
    "{\"type\":\"nothing\",\"id\":\"" ID "\"}",
    "{\"type\":5,\"id\":\"" ID "\"}",
    "{\"type\":\"tag\",\"id\":\"" ID "\",\"fields\":[]}",
    "{\"type\":\"tag\",\"id\":\"" ID "\",\"fields\":{\"name\":5}}",
  };
  g_autoptr (TorgSchema) schema = torg_schema_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (bad[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (torg_record_from_json (schema, node, &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
}

/* Every file of JSONTestSuite, as a record, as fields of one, as each kind of value: no crash. */
static void
try_text (TorgSchema *schema, const char *text)
{
  g_autofree char *wrapped =
    g_strdup_printf ("{\"type\":\"tag\",\"id\":\"" ID "\",\"fields\":{\"name\":\"x\",\"more\":%s}}", text);
  const char *const texts[] = { text, wrapped };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);
      g_autoptr (TorgRecord) record = node != NULL ? torg_record_from_json (schema, node, NULL) : NULL;
      g_autoptr (JsonNode) again = record != NULL ? torg_record_to_json (record) : NULL;
      g_autofree char *written = again != NULL ? json_to_string (again, FALSE) : NULL;
    }
  for (TorgKind kind = TORG_KIND_TEXT; kind <= TORG_KIND_FILE; kind++)
    {
      g_auto (TorgValue) value = TORG_VALUE_INIT;
      g_autofree char *written = NULL;

      if (torg_value_from_json_text (text, kind, &value))
        written = torg_value_to_json_text (&value, kind);
    }
}

static void
test_suite (void)
{
  g_autofree char *archive = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "json.tar.gz", NULL);
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (GSubprocess) tar = NULL;
  g_autofree char *dir = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GDir) files = NULL;
  const char *name;
  guint       n = 0;

  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("left out: ../shared/data/json.tar.gz is missing");
      return;
    }
  dir = g_dir_make_tmp ("torg-test-XXXXXX", NULL);
  tar = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "tar", "xzf", archive, "-C", dir, NULL);
  g_assert_true (g_subprocess_wait_check (tar, NULL, NULL));
  folder = g_build_filename (dir, "peer", "JSONTestSuite", NULL);
  files = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (files);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      try_text (schema, text);
      n++;
      g_unlink (path);
    }
  g_assert_cmpuint (n, >, 300);
  g_clear_pointer (&tar, g_object_unref);
  tar = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-r", dir, NULL);
  g_subprocess_wait (tar, NULL, NULL);
}

/* --- texts of fields -------------------------------------------------------------------------------------------- */

static void
test_field_text (void)
{
  static const struct
  {
    const char *type, *field, *text, *plain; /* NULL: refused */
  } cases[] = {
    { "deal", "amount", "1 234,50 ₽", "1234.5 RUB" },
    { "deal", "amount", "$ 1,234.50", "1234.5 USD" },
    { "deal", "amount", "много", NULL },
    { "deal", "expected", "2.3.2026", "2026-03-02" },
    { "deal", "expected", "2026-03-02", "2026-03-02" },
    { "deal", "expected", "31.02.2026", NULL },
    { "deal", "title", "  Поставка  ", "Поставка" },
    { "deal", "created", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z" },
    { "company", "employees", "1 500", "1500" },
    { "company", "employees", "1,5", NULL },
    { "company", "employees", "-3", NULL },
    { "company", "founded", "99999", NULL },
    { "company", "founded", "1996", "1996" },
    { "deal_line", "quantity", "12,5", "12.5" },
    { "company", "emails", "A@Example.org; b@example.org", "A@Example.org, b@example.org" },
    { "company", "emails", "nothing", NULL },
    { "company", "phones", "8 (495) 123-45-67 доб. 12", "+7 495 123-45-67 доб. 12" },
    { "company", "phones", "ой", NULL },
    { "stage", "kind", "Won", "won" },
    { "stage", "kind", "LOST", "lost" },
    { "stage", "kind", "maybe", NULL },
    { "legal_entity", "inn", "7707083893", "7707083893" },
    { "legal_entity", "inn", "77-07 083893", "7707083893" },
    { "legal_entity", "inn", "7707083894", NULL },
    { "activity", "due", "2026-03-05T15:00 Asia/Omsk", "2026-03-05T15:00 Asia/Omsk" },
    { "activity", "due", "05.03.2026", "2026-03-05" },
    { "deal", "company", ID, ID },
    { "deal", "company", "Ромашка", NULL },
    { "deal", "amount", "   ", "" },
  };
  g_autoptr (TorgSchema) schema = torg_schema_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TorgField *field = torg_type_find_field (torg_schema_find (schema, cases[i].type), cases[i].field);
      g_auto (TorgValue) value = TORG_VALUE_INIT;
      g_auto (TorgValue) again = TORG_VALUE_INIT;
      g_autoptr (GError) error = NULL;
      g_autofree char *plain = NULL;
      g_autofree char *shown = NULL;

      if (torg_field_parse (field, cases[i].text, NULL, &value, &error) != (cases[i].plain != NULL))
        g_error ("%s = %s", cases[i].field, cases[i].text);
      if (cases[i].plain == NULL)
        {
          g_assert_nonnull (error);
          g_assert_true (torg_value_is_null (&value));
          continue;
        }
      plain = torg_field_to_plain (field, &value, NULL);
      shown = torg_field_format (field, &value, "title");
      if (field->kind != TORG_KIND_PHONE)
        g_assert_cmpstr (plain, ==, cases[i].plain);
      g_assert_nonnull (shown);
      g_assert_true (torg_field_validate (field, &value, NULL));
      /* What is written can be read. */
      g_assert_true (torg_field_parse (field, plain, NULL, &again, NULL));
      if (!torg_value_equal (&value, &again) && field->kind != TORG_KIND_PHONE)
        g_error ("%s = %s became %s", cases[i].field, cases[i].text, plain);
    }
}

static void
test_folding (void)
{
  static const struct
  {
    const char *text, *folded, *terms;
  } cases[] = {
    { "Ёлка", "елка", "елка" },
    { "ЁЛКА ё", "елка е", "елка|е" },
    { "Е\xcc\x88лка", "елка", "елка" },
    { "И\xcc\x86од", "йод", "йод" },
    { "Straße", "strasse", "strasse" },
    { "ﬁne №5", "fine no5", "fine|no5" },
    { "a-b_c.d", "a-b_c.d", "a|b|c|d" },
    { "", "", "" },
    { "…«»", "...«»", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folded = torg_text_fold (cases[i].text);
      g_autofree char *twice = torg_text_fold (folded);
      g_auto (GStrv) terms = torg_text_split_terms (cases[i].text);
      g_autofree char *joined = g_strjoinv ("|", terms);

      g_assert_cmpstr (folded, ==, cases[i].folded);
      g_assert_cmpstr (twice, ==, folded);
      g_assert_cmpstr (joined, ==, cases[i].terms);
    }
  {
    g_autofree char *none = torg_text_fold (NULL);
    g_autofree char *broken = torg_text_fold ("a\xff\xd0");

    g_assert_cmpstr (none, ==, "");
    g_assert_true (g_utf8_validate (broken, -1, NULL));
  }
}

static void
test_depth (void)
{
  static const struct
  {
    const char *text;
    guint       depth;
  } cases[] = {
    { "", 0 },           { "1", 0 },          { "[]", 1 },         { "[[],[],{}]", 2 },
    { "[\"[[[[\"]", 1 }, { "\"\\\"[[\"", 0 }, { "\"\\\\\"[[", 2 }, { "[{\"[\":[1]}]", 3 },
    { "]]][", 1 },       { "\"[\\", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].text);

      g_assert_true (torg_json_is_shallow (cases[i].text, length, cases[i].depth));
      g_assert_true (cases[i].depth == 0 || !torg_json_is_shallow (cases[i].text, length, cases[i].depth - 1));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/unknown", test_unknown);
  g_test_add_func ("/json/bad", test_bad);
  g_test_add_func ("/json/suite", test_suite);
  g_test_add_func ("/json/field-text", test_field_text);
  g_test_add_func ("/json/folding", test_folding);
  g_test_add_func ("/json/depth", test_depth);
  return g_test_run ();
}
