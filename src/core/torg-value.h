/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgKind:
 * @TORG_KIND_TEXT: NFC text
 * @TORG_KIND_NUMBER: a decimal, an integer of 1/10,000
 * @TORG_KIND_MONEY: an integer of minor units with its ISO 4217 currency, one value
 * @TORG_KIND_DATE: `YYYY-MM-DD`
 * @TORG_KIND_MOMENT: microseconds UTC
 * @TORG_KIND_ZONED: planned time: `YYYY-MM-DDTHH:MM Area/City`, or `YYYY-MM-DD` for all day; with its instant
 * @TORG_KIND_CHOICE: a key out of the field's choices
 * @TORG_KIND_REF: the id of another record
 * @TORG_KIND_SET: a sorted JSON array of texts
 * @TORG_KIND_PHONE: a JSON array of `{"raw", "e164", "ext"}`, the first is the main one
 * @TORG_KIND_EMAIL: a JSON array of addresses, the first is the main one
 * @TORG_KIND_REQUISITE: digits of an INN, KPP, OGRN, BIK or account
 * @TORG_KIND_FILE: the SHA-256 of a file's content, in lower case hexadecimal
 *
 * What a field holds.
 */
typedef enum {
  TORG_KIND_TEXT,
  TORG_KIND_NUMBER,
  TORG_KIND_MONEY,
  TORG_KIND_DATE,
  TORG_KIND_MOMENT,
  TORG_KIND_ZONED,
  TORG_KIND_CHOICE,
  TORG_KIND_REF,
  TORG_KIND_SET,
  TORG_KIND_PHONE,
  TORG_KIND_EMAIL,
  TORG_KIND_REQUISITE,
  TORG_KIND_FILE,
} TorgKind;

#define TORG_NUMBER_SCALE G_GINT64_CONSTANT (10000)

/* The largest amount, in minor units: what JSON's numbers hold exactly. */
#define TORG_MONEY_MAX G_GINT64_CONSTANT (9000000000000000)
/* The largest amount of a deal: a million of them can be added up. */
#define TORG_MONEY_MAX_SUMMED G_GINT64_CONSTANT (9000000000000)

/**
 * TorgValueTag:
 * @TORG_VALUE_NULL: nothing
 * @TORG_VALUE_INT: `number` counts: numbers and moments
 * @TORG_VALUE_TEXT: `text` counts
 * @TORG_VALUE_MONEY: `number` and `currency` count
 * @TORG_VALUE_ZONED: `text` counts, and `number` is its instant in microseconds UTC
 *
 * Which members of a value count.
 */
typedef enum {
  TORG_VALUE_NULL,
  TORG_VALUE_INT,
  TORG_VALUE_TEXT,
  TORG_VALUE_MONEY,
  TORG_VALUE_ZONED,
} TorgValueTag;

/**
 * TorgValue:
 * @tag: which members count
 * @currency: three letters of ISO 4217 and a NUL
 * @number: see the tag
 * @text: (owned) (nullable): see the tag; shared by copies
 *
 * One field's value. All zero is null. Clear it when done.
 */
typedef struct {
  TorgValueTag tag;
  char         currency[4];
  gint64       number;
  GRefString  *text;
} TorgValue;

#define TORG_VALUE_INIT { TORG_VALUE_NULL, "", 0, NULL }

TorgValue torg_value_int        (gint64           number);
TorgValue torg_value_text       (const char      *text);
TorgValue torg_value_money      (gint64           minor,
                                 const char      *currency);
TorgValue torg_value_zoned      (const char      *text);
TorgValue torg_value_copy       (const TorgValue *self);
void      torg_value_clear      (TorgValue       *self);
gboolean  torg_value_equal      (const TorgValue *a,
                                 const TorgValue *b);
gboolean  torg_value_is_null    (const TorgValue *self);
const char *torg_value_get_text (const TorgValue *self);

gboolean  torg_zoned_to_instant (const char      *text,
                                 gint64          *instant,
                                 gboolean        *all_day);

char    **torg_value_dup_items  (const TorgValue *self);
TorgValue torg_value_from_items (const char *const *items,
                                 gboolean         sorted);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TorgValue, torg_value_clear)

G_END_DECLS
