/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-commit.h"
#include "torg-rule.h"

G_BEGIN_DECLS

TorgRuleSource torg_server_rules_source (TorgCommit *commit);

G_END_DECLS
