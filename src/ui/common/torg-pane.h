/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_PANE (torg_pane_get_type ())

/* A section of the window: a root page, and the pages of records that were opened from it. */
G_DECLARE_DERIVABLE_TYPE (TorgPane, torg_pane, TORG, PANE, AdwBin)

/**
 * TorgPaneClass:
 * @ready: the session is there
 * @find: the user wants to search in the pane
 * @add: the user wants to make a record
 * @focus: the pane is shown: the keyboard works on its content
 * @reveal: the pane is to show records of this type first
 *
 * What a pane does.
 */
struct _TorgPaneClass {
  AdwBinClass parent_class;

  void (*ready)  (TorgPane   *self);
  void (*find)   (TorgPane   *self);
  void (*add)    (TorgPane   *self);
  void (*focus)  (TorgPane   *self);
  void (*reveal) (TorgPane   *self,
                  const char *type);
};

TorgSession       *torg_pane_get_session (TorgPane          *self);
void               torg_pane_set_root    (TorgPane          *self,
                                          AdwNavigationPage *page);
void               torg_pane_push        (TorgPane          *self,
                                          AdwNavigationPage *page);
gboolean           torg_pane_is_open     (TorgPane          *self,
                                          AdwNavigationPage *page);
void               torg_pane_keep_page   (TorgPane          *self,
                                          const char        *name,
                                          AdwNavigationPage *page);
AdwNavigationPage *torg_pane_find_page   (TorgPane          *self,
                                          const char        *name);
gboolean           torg_pane_at_root     (TorgPane          *self);
void               torg_pane_go_back     (TorgPane          *self);
void               torg_pane_find        (TorgPane          *self);
void               torg_pane_add         (TorgPane          *self);
void               torg_pane_focus       (TorgPane          *self);
void               torg_pane_reveal      (TorgPane          *self,
                                          const char        *type);

G_END_DECLS
