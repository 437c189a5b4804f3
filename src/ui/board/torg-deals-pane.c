/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "torg-deals-pane.h"
#include "torg-deals-page.h"

struct _TorgDealsPane
{
  TorgPane parent_instance;

  TorgDealsPage *page;
};

G_DEFINE_FINAL_TYPE (TorgDealsPane, torg_deals_pane, TORG_TYPE_PANE)

static void
torg_deals_pane_ready (TorgPane *pane)
{
  TorgDealsPane *self = TORG_DEALS_PANE (pane);

  self->page = TORG_DEALS_PAGE (torg_deals_page_new (torg_pane_get_session (pane)));
  torg_pane_set_root (pane, ADW_NAVIGATION_PAGE (self->page));
}

static void
torg_deals_pane_find (TorgPane *pane)
{
  torg_deals_page_find (TORG_DEALS_PANE (pane)->page);
}

static void
torg_deals_pane_focus (TorgPane *pane)
{
  torg_deals_page_focus (TORG_DEALS_PANE (pane)->page);
}

static void
torg_deals_pane_add (TorgPane *pane)
{
  torg_deals_page_add (TORG_DEALS_PANE (pane)->page);
}

static void
torg_deals_pane_class_init (TorgDealsPaneClass *klass)
{
  TorgPaneClass *pane_class = TORG_PANE_CLASS (klass);

  pane_class->ready = torg_deals_pane_ready;
  pane_class->find = torg_deals_pane_find;
  pane_class->add = torg_deals_pane_add;
  pane_class->focus = torg_deals_pane_focus;
}

static void
torg_deals_pane_init (TorgDealsPane *self)
{
}
