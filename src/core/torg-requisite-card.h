/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So much text is looked at, in characters. */
#define TORG_REQUISITE_CARD_MAX 20000

/**
 * TorgCardItem:
 * @field: the field of a legal entity that it is for
 * @value: (owned): what was found, in the form that the field holds
 * @trouble: (owned) (nullable): what its check says against it
 *
 * One requisite that was found in a text.
 */
typedef struct {
  const char *field;
  char       *value;
  char       *trouble;
} TorgCardItem;

/**
 * TorgRequisiteCard:
 * @items: (owned) (element-type TorgCardItem): what was found, in the order of a legal entity's fields
 * @rest: (owned) (element-type utf8): what was not understood, or has no field
 *
 * What a pasted «карточка предприятия» says.
 */
typedef struct {
  GPtrArray *items;
  GPtrArray *rest;
} TorgRequisiteCard;

TorgRequisiteCard *torg_requisite_card_parse (const char              *text);
void               torg_requisite_card_free  (TorgRequisiteCard       *self);
const char        *torg_requisite_card_get   (const TorgRequisiteCard *self,
                                              const char              *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgRequisiteCard, torg_requisite_card_free)

G_END_DECLS
