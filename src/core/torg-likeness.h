/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/* What is likely enough to be shown to somebody. */
#define TORG_LIKENESS_LIKELY 0.6

/**
 * TorgLikenessReasons:
 * @TORG_LIKENESS_REQUISITES: the same INN and KPP
 * @TORG_LIKENESS_INN: the same INN, with another KPP or none: a branch, or the same
 * @TORG_LIKENESS_PHONE: a phone number in common
 * @TORG_LIKENESS_EMAIL: an e-mail address in common
 * @TORG_LIKENESS_SITE: the same web site
 * @TORG_LIKENESS_NAME: the same name, but for its legal form, alphabet and order of words
 * @TORG_LIKENESS_NEAR_NAME: nearly the same name
 * @TORG_LIKENESS_PLACE: the same city
 * @TORG_LIKENESS_OTHER_INN: another INN, which speaks against it
 * @TORG_LIKENESS_OTHER_PLACE: another city, likewise
 * @TORG_LIKENESS_OTHER_PERSON: another patronymic or birthday, likewise
 * @TORG_LIKENESS_OTHER_CONTACTS: both have phones or e-mail addresses, and none in common, likewise
 *
 * What speaks for and against two records being one.
 */
typedef enum {
  TORG_LIKENESS_REQUISITES   = 1 << 0,
  TORG_LIKENESS_INN          = 1 << 1,
  TORG_LIKENESS_PHONE        = 1 << 2,
  TORG_LIKENESS_EMAIL        = 1 << 3,
  TORG_LIKENESS_SITE         = 1 << 4,
  TORG_LIKENESS_NAME         = 1 << 5,
  TORG_LIKENESS_NEAR_NAME    = 1 << 6,
  TORG_LIKENESS_PLACE        = 1 << 7,
  TORG_LIKENESS_OTHER_INN    = 1 << 8,
  TORG_LIKENESS_OTHER_PLACE  = 1 << 9,
  TORG_LIKENESS_OTHER_PERSON = 1 << 10,
  TORG_LIKENESS_OTHER_CONTACTS = 1 << 11,
} TorgLikenessReasons;

/**
 * TorgLikenessCard:
 * @words: (owned): of the name, see [func@spelling_make_words]
 * @key: (owned): of these, see [func@spelling_make_key]
 * @phones: (owned): E.164
 * @emails: (owned): in one spelling
 * @requisites: (owned): `INN/KPP`, of legal entities too
 * @site: (owned) (nullable): the host
 * @city: (owned) (nullable): folded
 * @patronymic: (owned) (nullable): folded
 * @birthday: (owned) (nullable): a date
 * @is_person: whether it is one
 *
 * What a record is compared by.
 */
typedef struct {
  char   **words;
  char    *key;
  char   **phones;
  char   **emails;
  char   **requisites;
  char    *site;
  char    *city;
  char    *patronymic;
  char    *birthday;
  gboolean is_person;
} TorgLikenessCard;

TorgLikenessCard *torg_likeness_card_new  (TorgRecord             *record);
void              torg_likeness_card_free (TorgLikenessCard       *self);
void              torg_likeness_card_add_requisites (TorgLikenessCard *self,
                                           const char             *inn,
                                           const char             *kpp);
double            torg_likeness_compare   (const TorgLikenessCard *a,
                                           const TorgLikenessCard *b,
                                           TorgLikenessReasons    *reasons);
char             *torg_likeness_say       (TorgLikenessReasons     reasons);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgLikenessCard, torg_likeness_card_free)

G_END_DECLS
