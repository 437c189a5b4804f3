/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-error.h"
#include "torg-listen.h"
#include "torg-peer.h"

/* Who asks, with and without proxies: what is said is believed of those that were named, and of nobody else. */

typedef struct
{
  const char *proxies;
  const char *remote;
  const char *forwarded;
  const char *peer;
} Case;

static const Case cases[] = {
  { NULL, "192.0.2.1", NULL, "192.0.2.1" },
  { NULL, "192.0.2.1", "203.0.113.1", "192.0.2.1" },
  { "127.0.0.1", "192.0.2.1", "203.0.113.1", "192.0.2.1" },
  { "127.0.0.1", "127.0.0.1", NULL, "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", "203.0.113.1", "203.0.113.1" },
  { "127.0.0.1", "127.0.0.1", "203.0.113.1, 203.0.113.2", "203.0.113.2" },
  { "127.0.0.1", "127.0.0.1", "127.0.0.1,203.0.113.2", "203.0.113.2" },
  { "127.0.0.1", "127.0.0.1", " 2001:DB8::1 ", "2001:db8::1" },
  { "127.0.0.1", "127.0.0.1", "::ffff:203.0.113.1", "203.0.113.1" },
  { "127.0.0.1", "::ffff:127.0.0.1", "203.0.113.1", "203.0.113.1" },
  { " 10.0.0.0/8 , ::1 ", "10.200.0.1", "203.0.113.1", "203.0.113.1" },
  { "10.0.0.0/8,::1", "::1", "203.0.113.1", "203.0.113.1" },
  { "10.0.0.0/8,::1", "11.0.0.1", "203.0.113.1", "11.0.0.1" },
  /* What is no address is not believed. */
  { "127.0.0.1", "127.0.0.1", "", "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", "203.0.113.1,", "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", "unknown", "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", "203.0.113.1, _hidden", "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", "203.0.113.1:80", "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", ",,,", "127.0.0.1" },
  { "127.0.0.1", NULL, "203.0.113.1", NULL },
};

static void
test_find (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) proxies = torg_peer_read_proxies (cases[i].proxies, &error);
      g_autofree char *peer = torg_peer_find (cases[i].remote, cases[i].forwarded, proxies);

      g_assert_no_error (error);
      g_assert_cmpstr (peer, ==, cases[i].peer);
    }
}

static void
test_wrong (void)
{
  static const char *const wrong[] = { "proxy", "127.0.0.1,", "127.0.0.1/40", "127.0.0.1:80", "10.0.0.1/8" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (torg_peer_read_proxies (wrong[i], &error));
      g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
    }
}

/* Who listens on an address of this machine alone needs no TLS. Bound, and not listening. */
static void
test_near (void)
{
  static const struct
  {
    const char *address;
    gboolean    is_near;
  } places[] = { { "127.0.0.1", TRUE }, { "127.3.2.1", TRUE }, { "0.0.0.0", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (places[i].address, 0);
      g_autoptr (GSocket) socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

      g_assert_true (g_socket_bind (socket, address, TRUE, &error));
      g_assert_no_error (error);
      g_assert_cmpint (torg_listen_is_near (socket), ==, places[i].is_near);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/find", test_find);
  g_test_add_func ("/peer/wrong", test_wrong);
  g_test_add_func ("/peer/near", test_near);
  return g_test_run ();
}
