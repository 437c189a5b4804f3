/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-clients-pane.h"
#include "torg-records-page.h"

#include <glib/gi18n-lib.h>

struct _TorgClientsPane
{
  TorgPane parent_instance;

  TorgRecordsPage *page;
};

G_DEFINE_FINAL_TYPE (TorgClientsPane, torg_clients_pane, TORG_TYPE_PANE)

static void
torg_clients_pane_ready (TorgPane *pane)
{
  static const char *const types[] = { "company", "person", NULL };
  TorgClientsPane         *self = TORG_CLIENTS_PANE (pane);

  self->page =
    TORG_RECORDS_PAGE (torg_records_page_new (torg_pane_get_session (pane), _ ("Clients"), types, "clients-kind"));
  torg_pane_set_root (pane, ADW_NAVIGATION_PAGE (self->page));
}

static void
torg_clients_pane_find (TorgPane *pane)
{
  torg_records_page_find (TORG_CLIENTS_PANE (pane)->page);
}

static void
torg_clients_pane_focus (TorgPane *pane)
{
  torg_records_page_focus (TORG_CLIENTS_PANE (pane)->page);
}

static void
torg_clients_pane_add (TorgPane *pane)
{
  torg_records_page_add (TORG_CLIENTS_PANE (pane)->page);
}

static void
torg_clients_pane_reveal (TorgPane *pane, const char *type)
{
  torg_records_page_reveal (TORG_CLIENTS_PANE (pane)->page, type);
}

static void
torg_clients_pane_class_init (TorgClientsPaneClass *klass)
{
  TorgPaneClass *pane_class = TORG_PANE_CLASS (klass);

  pane_class->ready = torg_clients_pane_ready;
  pane_class->find = torg_clients_pane_find;
  pane_class->add = torg_clients_pane_add;
  pane_class->focus = torg_clients_pane_focus;
  pane_class->reveal = torg_clients_pane_reveal;
}

static void
torg_clients_pane_init (TorgClientsPane *self)
{
}
