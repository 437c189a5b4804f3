/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-wire.h"

#include "torg-env.h"
#include "torg-error.h"

#define ID "019c6b2e-7a00-7b6c-8f00-0123456789ab"

static TorgWireMutation *
read_mutation (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  g_autoptr (GError) error = NULL;
  TorgWireMutation *mutation = torg_wire_mutation_from_json (node, &error);

  g_assert_true ((mutation == NULL) == g_error_matches (error, TORG_ERROR, TORG_ERROR_INVALID));
  return mutation;
}

#define MUTATION(op, rest)                                                                                             \
  "{\"mutation_id\":\"" ID "\",\"client_seq\":3,\"group_id\":\"" ID "\",\"op\":\"" op                                  \
  "\",\"type\":\"deal\",\"id\":\"" ID "\",\"base_seq\":7,\"edited_at\":5,\"schema\":2" rest "}"

static void
test_mutation (void)
{
  g_autoptr (TorgWireMutation) mutation =
    read_mutation (MUTATION ("patch", ",\"fields\":{\"title\":{\"base\":\"a\",\"new\":\"б\"}}"));
  g_autoptr (TorgWireMutation) again = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *hash = NULL, *same = NULL;

  g_assert_nonnull (mutation);
  g_assert_cmpint (mutation->op, ==, TORG_OP_PATCH);
  g_assert_cmpint (mutation->client_seq, ==, 3);
  node = torg_wire_mutation_to_json (mutation);
  again = torg_wire_mutation_from_json (node, NULL);
  hash = torg_wire_mutation_hash (mutation);
  same = torg_wire_mutation_hash (again);
  g_assert_cmpstr (hash, ==, same);
  again->base_seq++;
  g_free (same);
  same = torg_wire_mutation_hash (again);
  g_assert_cmpstr (hash, !=, same);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "[]",
    "{}",
    MUTATION ("patch", ""),
    MUTATION ("patch", ",\"fields\":[]"),
    MUTATION ("patch", ",\"fields\":{\"a\":1}"),
    MUTATION ("patch", ",\"fields\":{\"a\":{\"base\":1}}"),
    MUTATION ("explode", ",\"fields\":{}"),
    MUTATION ("command", ",\"fields\":{}"),
    MUTATION ("patch", ",\"fields\":{},\"command\":\"move\""),
    MUTATION ("patch", ",\"fields\":{},\"import\":1"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (read_mutation (bad[i]));
}

static void
test_cursor (void)
{
  TorgWireCursor   cursor = { (char *) "e",    12,          (char *) "t", (char *) "new", (char *) "old",
                              (char *) "deal", (char *) ID, 15,           (char *) "h" };
  g_autofree char *text = torg_wire_cursor_to_text (&cursor);
  g_autoptr (TorgWireCursor) read_back = torg_wire_cursor_from_text (text, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (read_back);
  g_assert_cmpint (read_back->seq, ==, 12);
  g_assert_cmpstr (read_back->old_scopes, ==, "old");
  g_assert_cmpint (read_back->read_seq, ==, 15);
  g_assert_cmpstr (read_back->id, ==, ID);
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true (g_ascii_isalnum (*at) || *at == '-' || *at == '_' || *at == '.');
  g_assert_null (torg_wire_cursor_from_text ("", &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  /* Nothing that is cut or changed crashes. */
  for (gsize i = 0; text[i] != '\0'; i++)
    {
      g_autofree char *cut = g_strndup (text, i);
      g_autofree char *changed = g_strdup (text);
      TorgWireCursor  *one = torg_wire_cursor_from_text (cut, NULL), *two;

      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      two = torg_wire_cursor_from_text (changed, NULL);
      g_clear_pointer (&one, torg_wire_cursor_free);
      g_clear_pointer (&two, torg_wire_cursor_free);
    }
}

static void
test_derived (void)
{
  g_autofree char *one = torg_id_derive (ID, "title"), *same = torg_id_derive (ID, "title");
  g_autofree char *other = torg_id_derive (ID, "note");

  g_assert_true (torg_id_is_valid (one));
  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpint (one[14], ==, '8');
}

/* What was there before goes; of a set it stays what was put in and what was taken out. */
static void
test_stripped (void)
{
#define A "019c6b2e-7a00-7b6c-8f00-0123456789aa"
#define B "019c6b2e-7a00-7b6c-8f00-0123456789bb"
  g_autoptr (JsonNode) node =
    json_from_string ("{\"city\":{\"base\":\"a\",\"new\":\"b\"},\"tags\":{\"base\":[\"" A "\",\"" B "\"],\"new\":[\"" B
                      "\"]},\"emails\":{\"base\":[\"a@example.ru\"],\"new\":[\"a@example.ru\",\"b@example.ru\"]}}",
                      NULL);
  g_autoptr (JsonNode) more =
    json_from_string ("{\"tags\":{\"base\":[\"" A "\"],\"new\":[\"" A "\",\"" B "\"]},\"city\":{\"new\":\"b\"}}", NULL);
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  const TorgType  *company = torg_schema_find (schema, "company");
  g_autofree char *text = NULL;

  torg_wire_strip_bases (json_node_get_object (node), company);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==,
                   "{\"city\":{\"new\":\"b\"},\"tags\":{\"base\":[\"" A
                   "\"],\"new\":[]},\"emails\":{\"new\":[\"a@example.ru\",\"b@example.ru\"]}}");
  g_clear_pointer (&text, g_free);
  /* Once more it is the same. */
  for (guint i = 0; i < 2; i++)
    torg_wire_strip_bases (json_node_get_object (more), company);
  text = json_to_string (more, FALSE);
  g_assert_cmpstr (text, ==, "{\"tags\":{\"base\":[],\"new\":[\"" B "\"]},\"city\":{\"new\":\"b\"}}");
  g_clear_pointer (&text, g_free);
  /* Of a type that is not known nothing is known to be a set. */
  torg_wire_strip_bases (json_node_get_object (more), NULL);
  text = json_to_string (more, FALSE);
  g_assert_cmpstr (text, ==, "{\"tags\":{\"new\":[\"" B "\"]},\"city\":{\"new\":\"b\"}}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/mutation", test_mutation);
  g_test_add_func ("/wire/refused", test_refused);
  g_test_add_func ("/wire/cursor", test_cursor);
  g_test_add_func ("/wire/derived", test_derived);
  g_test_add_func ("/wire/stripped", test_stripped);
  return g_test_run ();
}
