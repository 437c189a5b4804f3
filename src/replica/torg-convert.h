/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-conversion.h"
#include "torg-likeness.h"
#include "torg-store.h"

G_BEGIN_DECLS

/**
 * TorgConvertWay:
 * @TORG_CONVERT_NONE: there is to be none
 * @TORG_CONVERT_NEW: a new one is made
 * @TORG_CONVERT_JOIN: it is one that is there
 *
 * How a lead comes to a part of what it becomes.
 */
typedef enum {
  TORG_CONVERT_NONE,
  TORG_CONVERT_NEW,
  TORG_CONVERT_JOIN,
} TorgConvertWay;

/**
 * TorgConvertMatch:
 * @record: (owned): a company or a person
 * @score: how likely it is the lead's, from 0 to 1
 * @reasons: what speaks for it and against it
 *
 * What a lead may be about already.
 */
typedef struct {
  TorgRecord         *record;
  double              score;
  TorgLikenessReasons reasons;
} TorgConvertMatch;

/**
 * TorgConvert:
 *
 * A lead that is to be converted, and what it is to become.
 */
typedef struct _TorgConvert TorgConvert;

TorgConvert   *torg_convert_new         (TorgStore          *store,
                                         const char         *lead,
                                         GError            **error);
void           torg_convert_free        (TorgConvert        *self);
TorgRecord    *torg_convert_get_lead    (TorgConvert        *self);
GPtrArray     *torg_convert_get_matches (TorgConvert        *self,
                                         TorgConversionPart  part); /* TorgConvertMatch */
TorgConvertWay torg_convert_get_way     (TorgConvert        *self,
                                         TorgConversionPart  part);
const char    *torg_convert_get_joined  (TorgConvert        *self,
                                         TorgConversionPart  part);
TorgRecord    *torg_convert_get_made    (TorgConvert        *self,
                                         TorgConversionPart  part);
void           torg_convert_choose      (TorgConvert        *self,
                                         TorgConversionPart  part,
                                         TorgConvertWay      way,
                                         const char         *joined);
const char    *torg_convert_get_result  (TorgConvert        *self,
                                         TorgConversionPart  part);
TorgEdit      *torg_convert_make_edit   (TorgConvert        *self,
                                         GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgConvert, torg_convert_free)

G_END_DECLS
