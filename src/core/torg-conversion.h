/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

/* The field of a lead that says when it was converted; it is, where it has a value. */
#define TORG_CONVERSION_FIELD "converted"

/**
 * TorgConversionPart:
 * @TORG_CONVERSION_COMPANY: the company
 * @TORG_CONVERSION_PERSON: the person
 * @TORG_CONVERSION_LEGAL_ENTITY: the legal entity of either
 * @TORG_CONVERSION_DEAL: the deal with them
 * @TORG_CONVERSION_N_PARTS: how many there are
 *
 * What a lead becomes, those that others refer to first.
 */
typedef enum {
  TORG_CONVERSION_COMPANY,
  TORG_CONVERSION_PERSON,
  TORG_CONVERSION_LEGAL_ENTITY,
  TORG_CONVERSION_DEAL,
  TORG_CONVERSION_N_PARTS,
} TorgConversionPart;

const char *torg_conversion_get_type  (TorgConversionPart  part);
const char *torg_conversion_get_field (TorgConversionPart  part);
gboolean    torg_conversion_wants     (TorgRecord         *lead,
                                       TorgConversionPart  part);
TorgRecord *torg_conversion_make      (TorgRecord         *lead,
                                       TorgConversionPart  part,
                                       const char         *id);

G_END_DECLS
