/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-row.h"
#include "torg-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TORG_TYPE_FACTS (torg_facts_get_type ())

/* The fields of a record in groups, generated from its type, and the records that refer to it. */
G_DECLARE_FINAL_TYPE (TorgFacts, torg_facts, TORG, FACTS, AdwBin)

void torg_facts_set_row (TorgFacts   *self,
                         TorgSession *session,
                         TorgRow     *row);
void torg_facts_clear   (TorgFacts   *self);

G_END_DECLS
