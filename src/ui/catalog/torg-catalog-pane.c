/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-ui"

#include "config.h"

#include "torg-catalog-pane.h"
#include "torg-records-page.h"

#include <glib/gi18n-lib.h>

struct _TorgCatalogPane
{
  TorgPane parent_instance;

  TorgRecordsPage *page;
};

G_DEFINE_FINAL_TYPE (TorgCatalogPane, torg_catalog_pane, TORG_TYPE_PANE)

static void
torg_catalog_pane_ready (TorgPane *pane)
{
  static const char *const types[] = { "product", NULL };
  TorgCatalogPane         *self = TORG_CATALOG_PANE (pane);

  self->page = TORG_RECORDS_PAGE (torg_records_page_new (torg_pane_get_session (pane), _ ("Catalogue"), types, NULL));
  torg_pane_set_root (pane, ADW_NAVIGATION_PAGE (self->page));
}

static void
torg_catalog_pane_find (TorgPane *pane)
{
  torg_records_page_find (TORG_CATALOG_PANE (pane)->page);
}

static void
torg_catalog_pane_focus (TorgPane *pane)
{
  torg_records_page_focus (TORG_CATALOG_PANE (pane)->page);
}

static void
torg_catalog_pane_add (TorgPane *pane)
{
  torg_records_page_add (TORG_CATALOG_PANE (pane)->page);
}

static void
torg_catalog_pane_reveal (TorgPane *pane, const char *type)
{
  torg_records_page_reveal (TORG_CATALOG_PANE (pane)->page, type);
}

static void
torg_catalog_pane_class_init (TorgCatalogPaneClass *klass)
{
  TorgPaneClass *pane_class = TORG_PANE_CLASS (klass);

  pane_class->ready = torg_catalog_pane_ready;
  pane_class->find = torg_catalog_pane_find;
  pane_class->add = torg_catalog_pane_add;
  pane_class->focus = torg_catalog_pane_focus;
  pane_class->reveal = torg_catalog_pane_reveal;
}

static void
torg_catalog_pane_init (TorgCatalogPane *self)
{
}
