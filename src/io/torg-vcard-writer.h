/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

char *torg_vcard_write (TorgRecord  *person,
                        const char  *company,
                        GError     **error);

G_END_DECLS
