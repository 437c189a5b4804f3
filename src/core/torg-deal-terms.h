/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

char *torg_deal_terms_dup_payment (TorgRecord *deal,
                                   GPtrArray  *calendar);

G_END_DECLS
