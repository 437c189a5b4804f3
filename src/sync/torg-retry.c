/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-sync"

#include "config.h"

#include "torg-retry.h"

/**
 * torg_retry_fail:
 * @most: the longest that the server is left alone by itself, in seconds
 * @retry_after: seconds that it asked for; 0 where it did not say
 *
 * Notes down that the server failed, or was not reached. After a failure it is asked again after about a second, then
 * after twice as long, up to @most; and not sooner than it asked for.
 *
 * Returns: after how many milliseconds to ask again
 */
guint
torg_retry_fail (TorgRetry *self, guint most, guint retry_after)
{
  guint seconds = self->n_failures < 16 ? 1u << self->n_failures : most;
  /* Not all laptops of a company at once, when its server is back. */
  guint own = (guint) (MIN (seconds, most) * g_random_double_range (500, 1500));
  guint held = (guint) (retry_after * g_random_double_range (1000, 1250));

  self->n_failures++;
  self->held_until = held > 0 ? g_get_monotonic_time () + held * G_TIME_SPAN_MILLISECOND : 0;
  return MAX (own, held);
}

/**
 * torg_retry_succeed:
 *
 * Notes down that the server answered, or may be back: what fails next is the first failure again.
 */
void
torg_retry_succeed (TorgRetry *self)
{
  *self = (TorgRetry) { 0 };
}

/**
 * torg_retry_is_held:
 *
 * Tells whether the server asked to be left alone still, whatever there is to tell it.
 *
 * Returns: whether it did
 */
gboolean
torg_retry_is_held (TorgRetry *self)
{
  return g_get_monotonic_time () < self->held_until;
}
