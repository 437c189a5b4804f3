/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

G_BEGIN_DECLS

/**
 * TorgDealTone:
 * @TORG_DEAL_TONE_QUIET: nothing to do today
 * @TORG_DEAL_TONE_SOON: something today
 * @TORG_DEAL_TONE_MISSING: no next step
 * @TORG_DEAL_TONE_OVERDUE: the next step is overdue
 * @TORG_DEAL_TONE_CLOSED: won or lost
 *
 * How urgent a deal is; never shown by colour alone.
 */
typedef enum {
  TORG_DEAL_TONE_QUIET,
  TORG_DEAL_TONE_SOON,
  TORG_DEAL_TONE_MISSING,
  TORG_DEAL_TONE_OVERDUE,
  TORG_DEAL_TONE_CLOSED,
} TorgDealTone;

/**
 * TorgDealLook:
 * @title: (owned): the deal's title
 * @amount: (owned): its amount, may be empty
 * @client: (owned): its company or person, may be empty
 * @next: (owned): the next step in words
 * @icon_name: the icon of the next step
 * @still: (owned) (nullable): how long it has not moved, shortly, where that is too long
 * @still_days: the same as a number, or 0
 * @initials: (owned): the owner's, may be empty
 * @owner: (owned) (nullable): the owner's name
 * @hue: a number that is the same for the same owner
 * @tone: how urgent it is
 * @asked: whether it waits for an approval
 *
 * What a card says.
 */
typedef struct {
  char        *title;
  char        *amount;
  char        *client;
  char        *next;
  const char  *icon_name;
  char        *still;
  int          still_days;
  char        *initials;
  char        *owner;
  guint        hue;
  TorgDealTone tone;
  gboolean     asked;
} TorgDealLook;

TorgDealLook *torg_deal_look_new        (TorgSession  *session,
                                         TorgRow      *row);
void          torg_deal_look_free       (TorgDealLook *self);
char         *torg_deal_look_describe   (TorgDealLook *self);
char         *torg_deal_look_dup_next   (TorgSession  *session,
                                         TorgRecord   *record,
                                         const char  **icon_name,
                                         TorgDealTone *tone);
const char   *torg_deal_tone_css_class  (TorgDealTone  tone);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgDealLook, torg_deal_look_free)

G_END_DECLS
