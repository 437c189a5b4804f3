/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-test-store.h"

/* What a salesperson types, and what should come. */

static void
assert_hits (TorgStore *store, const char *text, const char *type, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = torg_store_search (store, text, type, 50, &error);
  guint       n = 0;
  const char *id;
  va_list     args;

  g_assert_no_error (error);
  va_start (args, type);
  while ((id = va_arg (args, const char *)) != NULL)
    {
      gboolean found = FALSE;

      for (guint i = 0; i < hits->len; i++)
        found = found || g_str_equal (torg_record_get_id (torg_row_get_record (((TorgHit *) hits->pdata[i])->row)), id);
      if (!found)
        g_error ("“%s” does not find %s", text, id);
      n++;
    }
  va_end (args);
  if (hits->len != n)
    g_error ("“%s” finds %u, not %u", text, hits->len, n);
}

static void
test_words (void)
{
  g_autoptr (TestStore) test = test_store_new (1);
  TorgStore       *store = test->store;
  g_autofree char *flower =
    test_create (store, "company", "name", "ООО «Ромашка-Сервис»", "phones", "+7 495 123-45-67", NULL);
  g_autofree char *fir = test_create (store, "company", "name", "Ёлки зелёные", "site", "elki.example", NULL);
  g_autofree char *person = test_create (store, "person", "name", "Фёдор", "surname", "Семёнов", "phones",
                                         "8 (916) 765-43-21 доб. 203", "emails", "fedor@elki.example", NULL);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка ёлок 2026", "company", fir, NULL);
  g_autofree char *entity =
    test_create (store, "legal_entity", "name", "ООО Ромашка", "inn", "7707083893", "company", flower, NULL);

  /* Beginnings of words, in any order and case. */
  assert_hits (store, "ром", NULL, flower, entity, NULL);
  assert_hits (store, "СЕРВ рома", NULL, flower, NULL);
  assert_hits (store, "ромашка-сервис", NULL, flower, NULL);
  assert_hits (store, "машка", NULL, NULL);
  assert_hits (store, "ром", "company", flower, NULL);
  /* ё is е. */
  assert_hits (store, "елки", NULL, fir, NULL);
  assert_hits (store, "Ёлки", "company", fir, NULL);
  assert_hits (store, "федор семенов", NULL, person, NULL);
  assert_hits (store, "ФЁДОР", NULL, person, NULL);
  /* Decomposed as some systems have it: е and a diaeresis. */
  assert_hits (store, "Фе\xcc\x88дор", NULL, person, NULL);
  /* The tail of a number, and a number however it is written. */
  assert_hits (store, "4567", NULL, flower, NULL);
  assert_hits (store, "5-67", NULL, flower, NULL);
  assert_hits (store, "45-67", NULL, flower, NULL);
  assert_hits (store, "123-45-67", NULL, flower, NULL);
  assert_hits (store, "+7 (495) 123-45-67", NULL, flower, NULL);
  assert_hits (store, "8 495 123 45 67", NULL, flower, NULL);
  assert_hits (store, "84951234567", NULL, flower, NULL);
  assert_hits (store, "+7 916 7", NULL, person, NULL);
  assert_hits (store, "8916", NULL, person, NULL);
  /* INN, site, e-mail. */
  assert_hits (store, "7707083893", NULL, entity, NULL);
  assert_hits (store, "770708", NULL, entity, NULL);
  assert_hits (store, "fedor@elki.example", NULL, person, NULL);
  assert_hits (store, "2026", "deal", deal, NULL);
  /* Nothing, and what looks like the syntax of FTS5. */
  assert_hits (store, "", NULL, NULL);
  assert_hits (store, "  -- «» ", NULL, NULL);
  assert_hits (store, "\" OR NEAR( AND *", NULL, NULL);
  assert_hits (store, "terms:ром", NULL, NULL);
}

static void
test_following (void)
{
  g_autoptr (TestStore) test = test_store_new (2);
  TorgStore       *store = test->store;
  g_autofree char *id = test_create (store, "company", "name", "Ромашка", NULL);

  test_patch (store, "company", id, "name", "Лютик");
  assert_hits (store, "ромашка", NULL, NULL);
  assert_hits (store, "лютик", NULL, id, NULL);
  test_undo (store, 0, 0);
  assert_hits (store, "ромашка", NULL, id, NULL);
  assert_hits (store, "лютик", NULL, NULL);
  test_delete (store, "company", id);
  assert_hits (store, "ромашка", NULL, NULL);
  test_undo (store, 0, 0);
  assert_hits (store, "ромашка", NULL, id, NULL);
  test_check (store);
}

/* Of those that fit as well, what changed last comes first; a name before a note. */
static void
test_order (void)
{
  g_autoptr (TestStore) test = test_store_new (3);
  TorgStore       *store = test->store;
  g_autofree char *first = test_create (store, "company", "name", "Альфа Один", NULL);
  g_autofree char *second = test_create (store, "company", "name", "Альфа Два", NULL);
  g_autofree char *note = test_create (store, "activity", "kind", "note", "body", "альфа", NULL);
  g_autoptr (GPtrArray) hits = torg_store_search (store, "альфа", NULL, 10, NULL);

  g_assert_cmpuint (hits->len, ==, 3);
  g_assert_cmpstr (torg_record_get_id (torg_row_get_record (((TorgHit *) hits->pdata[0])->row)), ==, second);
  g_assert_cmpstr (torg_record_get_id (torg_row_get_record (((TorgHit *) hits->pdata[2])->row)), ==, note);
  test_patch (store, "company", first, "name", "Альфа Три");
  g_ptr_array_unref (hits);
  hits = torg_store_search (store, "альфа", NULL, 1, NULL);
  g_assert_cmpuint (hits->len, ==, 1);
  g_assert_cmpstr (torg_record_get_id (torg_row_get_record (((TorgHit *) hits->pdata[0])->row)), ==, first);
}

/* A condition of words finds deals by their own words and by their client's; two hold at once. */
static void
test_contains (void)
{
  g_autoptr (TestStore) test = test_store_new (4);
  TorgStore       *store = test->store;
  g_autofree char *company = test_create (store, "company", "name", "Ромашка", NULL);
  g_autofree char *deal = test_create (store, "deal", "title", "Поставка насосов", "company", company, NULL);
  g_autofree char *other = test_create (store, "deal", "title", "Поставка труб", NULL);
  const struct
  {
    const char *first, *second;
    gint64      n;
  } cases[] = { { "поставка", "", 2 },     { "ромашка", "", 1 },     { "поставка", "ромашка", 1 },
                { "ромашка", "трубы", 0 }, { "труб", "насосов", 0 }, { "", "", 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgQuery) query = torg_query_new ("deal");
      gint64 n = -1;

      torg_query_add_text (query, NULL, TORG_MATCH_CONTAINS, cases[i].first);
      torg_query_add_text (query, NULL, TORG_MATCH_CONTAINS, cases[i].second);
      g_assert_true (torg_store_count (store, query, NULL, &n, NULL));
      if (n != cases[i].n)
        g_error ("“%s” and “%s”: %" G_GINT64_FORMAT, cases[i].first, cases[i].second, n);
    }
}

/* FTS5 cuts a term of 100,000 letters: it is indexed and looked for by its beginning. */
static void
test_long (void)
{
  g_autoptr (TestStore) test = test_store_new (5);
  g_autofree char *letters = g_strnfill (TORG_TEXT_MAX - 8, 'x');
  g_autofree char *address = g_strconcat (letters, "@example.org", NULL);
  g_autofree char *name = g_strconcat (letters, " Ромашка", NULL);
  g_autofree char *id = test_create (test->store, "company", "name", name, NULL);

  assert_hits (test->store, letters, NULL, id, NULL);
  assert_hits (test->store, "xxxxxxx ромашка", NULL, id, NULL);
  assert_hits (test->store, address, NULL, NULL);
  test_check (test->store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/words", test_words);
  g_test_add_func ("/search/following", test_following);
  g_test_add_func ("/search/order", test_order);
  g_test_add_func ("/search/contains", test_contains);
  g_test_add_func ("/search/long", test_long);
  return g_test_run ();
}
