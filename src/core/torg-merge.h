/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-schema.h"

G_BEGIN_DECLS

/**
 * TorgMerged:
 * @TORG_MERGED_SAME: what is there is what was wanted already
 * @TORG_MERGED_NEW: the new value takes the place of the one that it was made from
 * @TORG_MERGED_BOTH: both changes are in the result
 * @TORG_MERGED_CONFLICT: what is there stays; somebody has to decide
 *
 * What became of a change.
 */
typedef enum {
  TORG_MERGED_SAME,
  TORG_MERGED_NEW,
  TORG_MERGED_BOTH,
  TORG_MERGED_CONFLICT,
} TorgMerged;

TorgMerged torg_merge_field (const TorgField *field,
                             const TorgValue *base,
                             const TorgValue *current,
                             const TorgValue *changed,
                             TorgValue       *merged);
char      *torg_merge_text  (const char      *base,
                             const char      *current,
                             const char      *changed);

G_END_DECLS
