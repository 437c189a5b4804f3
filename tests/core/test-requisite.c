/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-requisite.h"

#include <string.h>

#include "torg-error.h"

typedef struct
{
  const char   *name;
  TorgRequisite kind;
} Kind;

static const Kind kinds[] = {
  { "inn", TORG_REQUISITE_INN },
  { "kpp", TORG_REQUISITE_KPP },
  { "ogrn", TORG_REQUISITE_OGRN },
  { "ogrnip", TORG_REQUISITE_OGRNIP },
  { "bik", TORG_REQUISITE_BIK },
  { "rs", TORG_REQUISITE_SETTLEMENT_ACCOUNT },
  { "ks", TORG_REQUISITE_CORRESPONDENT_ACCOUNT },
};

/* The values here hold neither quotes nor commas. */
static void
test_shared (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TORG_SHARED_DATA"), "ru-requisites", "cases.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint checked = 0, left_out = 0, different = 0, explained_count = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("left out: ../shared/data/ru-requisites is missing");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (g_strchomp (lines[i]), ",", -1);
      const Kind *kind = NULL;

      if (g_strv_length (cells) < 8)
        continue;
      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        if (strcmp (kinds[k].name, cells[0]) == 0)
          kind = &kinds[k];
      if (kind == NULL)
        {
          left_out++;
          continue;
        }

      g_autoptr (GError) error = NULL;
      gboolean expected = strcmp (cells[3], "valid") == 0;
      gboolean ours = torg_requisite_check (kind->kind, cells[1], *cells[2] != '\0' ? cells[2] : NULL, &error);

      checked++;
      g_assert_true (ours == (error == NULL));
      if (ours != expected)
        {
          /* One source calls the entrepreneurs' OGRNIP an OGRN; here it is a requisite of its own. */
          gboolean explained = expected && kind->kind == TORG_REQUISITE_OGRN &&
                               torg_requisite_check (TORG_REQUISITE_OGRNIP, cells[1], NULL, NULL);

          if (explained)
            explained_count++;
          else
            different++;
          g_test_message ("%s: line %u of cases.csv, %s '%s' (BIK '%s'): %s says %s, Torg says %s%s",
                          explained ? "explained" : "DIFFERENT", (guint) i + 1, cells[0], cells[1], cells[2], cells[7],
                          cells[3], ours ? "valid" : error->message, explained ? " It is a valid OGRNIP." : "");
        }
    }
  g_test_message (
    "%u cases checked, %u different, %u more explained; %u of kinds that Torg does not know (SNILS, OKATO) left out",
    checked, different, explained_count, left_out);
  g_assert_cmpuint (checked, >=, 170);
  g_assert_cmpuint (different, ==, 0);
}

static void
test_rules (void)
{
  static const struct
  {
    TorgRequisite kind;
    const char   *value;
    const char   *bik;
    gboolean      right;
  } cases[] = {
    { TORG_REQUISITE_INN, "7707083893", NULL, TRUE },
    { TORG_REQUISITE_INN, "7707083894", NULL, FALSE },
    { TORG_REQUISITE_INN, "500100732259", NULL, TRUE },
    { TORG_REQUISITE_INN, "500100732295", NULL, FALSE },
    { TORG_REQUISITE_OGRN, "1027700132195", NULL, TRUE },
    { TORG_REQUISITE_OGRN, "1027700132194", NULL, FALSE },
    { TORG_REQUISITE_OGRNIP, "304500116000157", NULL, TRUE },
    { TORG_REQUISITE_OKPO, "00032537", NULL, TRUE },
    { TORG_REQUISITE_OKPO, "00032538", NULL, FALSE },
    { TORG_REQUISITE_CORRESPONDENT_ACCOUNT, "30101810400000000225", "044525225", TRUE },
    { TORG_REQUISITE_CORRESPONDENT_ACCOUNT, "30101810400000000226", "044525225", FALSE },
    { TORG_REQUISITE_SETTLEMENT_ACCOUNT, "40702810900000002851", "044030827", TRUE },
    { TORG_REQUISITE_SETTLEMENT_ACCOUNT, "40702810900000002851", "044525225", FALSE },
    { TORG_REQUISITE_SETTLEMENT_ACCOUNT, "40702810900000002851", NULL, TRUE },
    { TORG_REQUISITE_SETTLEMENT_ACCOUNT, "40702810900000002851", "4", FALSE },
    { TORG_REQUISITE_KPP, "7733AZ001", NULL, TRUE },
    { TORG_REQUISITE_KPP, "77330A00A", NULL, FALSE },
    { TORG_REQUISITE_KPP, "", NULL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].value);
      g_assert_true (torg_requisite_check (cases[i].kind, cases[i].value, cases[i].bik, &error) == cases[i].right);
      if (!cases[i].right)
        g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
}

static void
test_normalise (void)
{
  g_autofree char *inn = torg_requisite_normalise (TORG_REQUISITE_INN, " ИНН: 7707\302\240083-893 ");
  g_autofree char *number = torg_requisite_normalise (TORG_REQUISITE_INN, "'7707083893.0");
  g_autofree char *kpp = torg_requisite_normalise (TORG_REQUISITE_KPP, "7733az001");
  g_autofree char *words = torg_requisite_normalise (TORG_REQUISITE_INN, "нет\xff");

  g_assert_cmpstr (inn, ==, "7707083893");
  g_assert_cmpstr (number, ==, "7707083893");
  g_assert_cmpstr (kpp, ==, "7733AZ001");
  g_assert_false (torg_requisite_check (TORG_REQUISITE_INN, words, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requisite/rules", test_rules);
  g_test_add_func ("/requisite/normalise", test_normalise);
  g_test_add_func ("/requisite/shared", test_shared);
  return g_test_run ();
}
