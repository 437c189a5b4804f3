/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/* How the cards of a type look in the whole company: a record for each type that is not as it comes. */
#define TORG_CARD_LAYOUT_TYPE "card_layout"

/**
 * TorgCardPlace:
 * @TORG_CARD_USUAL: as it comes: most fields are shown when they are filled in
 * @TORG_CARD_ALWAYS: shown when it is empty too
 * @TORG_CARD_HIDDEN: not shown
 *
 * Whether a field is on a card.
 */
typedef enum {
  TORG_CARD_USUAL,
  TORG_CARD_ALWAYS,
  TORG_CARD_HIDDEN,
} TorgCardPlace;

TorgRecord   *torg_card_layout_pick      (GPtrArray       *layouts,
                                          const char      *type);
GArray       *torg_card_layout_list      (TorgRecord      *layout,
                                          const TorgType  *type);
TorgCardPlace torg_card_layout_get_place (TorgRecord      *layout,
                                          const TorgField *field);
void          torg_card_layout_set_place (TorgRecord      *layout,
                                          const TorgField *field,
                                          TorgCardPlace    place);
gboolean      torg_card_layout_move      (TorgRecord      *layout,
                                          const TorgType  *type,
                                          const TorgField *field,
                                          int              by);
gboolean      torg_card_layout_can_hide  (const TorgField *field);
gboolean      torg_card_layout_shows     (const TorgType  *type,
                                          const TorgField *field);

G_END_DECLS
