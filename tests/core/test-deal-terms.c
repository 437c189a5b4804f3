/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-deal-terms.h"

#include "torg-env.h"

/* When the money of a deal comes, by its terms. */

static const struct
{
  const char *shipment;
  int         prepayment; /* -1: none said */
  int         deferral;   /* likewise */
  const char *kind;
  const char *payment;
} terms[] = {
  { NULL, 50, 10, "calendar", NULL },
  { "2026-04-10", -1, -1, NULL, NULL },
  { "2026-04-10", 100, -1, NULL, "2026-04-10" },
  { "2026-04-10", 100, 30, "calendar", "2026-04-10" },
  { "2026-04-10", 30, -1, NULL, "2026-04-10" },
  { "2026-04-10", -1, 0, NULL, "2026-04-10" },
  { "2026-04-10", -1, 5, NULL, "2026-04-15" },
  { "2026-04-10", 30, 5, "calendar", "2026-04-15" },
  { "2026-04-10", 30, 5, "working", "2026-04-17" },
  { "2026-04-29", -1, 10, "calendar", "2026-05-12" }, /* the 9th, a Saturday and a holiday */
  { "2026-04-29", -1, 3, "working", "2026-05-05" },
};

static void
test_payment (void)
{
  g_autoptr (TorgSchema) schema = torg_schema_new ();
  g_autoptr (TorgEnv) env = torg_env_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (terms); i++)
    {
      g_autofree char *id = torg_env_make_id (env);
      g_autoptr (TorgRecord) deal = torg_record_new (schema, torg_schema_find (schema, "deal"), id);
      g_autofree char *payment = NULL;

      torg_record_set_text (deal, "shipment", terms[i].shipment);
      if (terms[i].prepayment >= 0)
        torg_record_take (deal, "prepayment", torg_value_int (terms[i].prepayment * TORG_NUMBER_SCALE));
      if (terms[i].deferral >= 0)
        torg_record_take (deal, "deferral", torg_value_int (terms[i].deferral * TORG_NUMBER_SCALE));
      torg_record_set_text (deal, "deferral_kind", terms[i].kind);
      payment = torg_deal_terms_dup_payment (deal, NULL);
      g_assert_cmpstr (payment, ==, terms[i].payment);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deal-terms/payment", test_payment);
  return g_test_run ();
}
