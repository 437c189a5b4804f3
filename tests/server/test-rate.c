/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-rate.h"

#define START G_GINT64_CONSTANT (1772701200000000)

/* How fast each may ask. */

static void
test_bucket (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, START, NULL);
  g_autoptr (TorgRate) rate = torg_rate_new (env);

  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 0);
  g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 2);
  g_assert_cmpuint (torg_rate_take (rate, "b", 5, 0.5), ==, 0);
  torg_env_set_now (env, START + 1500 * 1000);
  g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 1);
  torg_env_set_now (env, START + 2000 * 1000);
  g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 0);
  g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 2);
  /* Full again, and no fuller; a clock that is put back changes nothing. */
  torg_env_set_now (env, START + G_TIME_SPAN_DAY);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 0);
  torg_env_set_now (env, START);
  g_assert_cmpuint (torg_rate_take (rate, "a", 5, 0.5), ==, 2);
}

/* Those who have asked lately are not forgotten for those who have not. */
static void
test_many (void)
{
  g_autoptr (TorgEnv) env = torg_env_new_seeded (1, START, NULL);
  g_autoptr (TorgRate) rate = torg_rate_new (env);

  for (guint i = 0; i < 9999; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      torg_rate_take (rate, name, 5, 5);
    }
  torg_env_set_now (env, START + G_TIME_SPAN_MINUTE);
  for (guint i = 0; i < 2; i++)
    torg_rate_take (rate, "last", 2, 0.001);
  for (guint i = 0; i < 9999; i++)
    {
      g_autofree char *name = g_strdup_printf ("x%u", i);

      torg_rate_take (rate, name, 5, 5);
    }
  g_assert_cmpuint (torg_rate_take (rate, "last", 2, 0.001), ==, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/bucket", test_bucket);
  g_test_add_func ("/rate/many", test_many);
  return g_test_run ();
}
