/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-session.h"
#include "torg-sync-store.h"

G_BEGIN_DECLS

/**
 * TorgEditWords:
 * @mutation: (owned): what was done
 * @title: (owned) (nullable): what its record is called
 * @row: (owned) (nullable): a record of its type with the new values alone, and the titles of what they refer to
 * @now: (owned) (nullable): the record as it is, where that is said too
 * @open_type: (owned) (nullable): the type of the record to open: its own one, or the one that it belongs to
 * @open_id: (owned) (nullable): that record's id; %NULL where there is nothing to open
 *
 * A change of the user with what is needed to say it in words.
 */
typedef struct {
  TorgWireMutation *mutation;
  char             *title;
  TorgRow          *row;
  TorgRow          *now;
  char             *open_type;
  char             *open_id;
} TorgEditWords;

TorgEditWords *torg_edit_words_read        (TorgStore        *store,
                                            TorgWireMutation *mutation);
void           torg_edit_words_free        (TorgEditWords    *self);
void           torg_edit_words_compare     (TorgEditWords    *self,
                                            TorgStore        *store);
const char    *torg_edit_words_get_icon    (TorgEditWords    *self);
char          *torg_edit_words_dup_title   (TorgEditWords    *self,
                                            TorgSession      *session);
char          *torg_edit_words_say_type    (TorgEditWords    *self,
                                            TorgSession      *session);
char          *torg_edit_words_say         (TorgEditWords    *self,
                                            TorgSession      *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgEditWords, torg_edit_words_free)

G_END_DECLS
