/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

G_BEGIN_DECLS

gboolean    torg_legal_form_uses  (const char  *form,
                                   const char  *field);
gboolean    torg_legal_form_wants (const char  *form,
                                   const char  *field);
gboolean    torg_legal_form_is_branch (const char *kpp);
const char *torg_legal_form_guess (const char  *name);
gboolean    torg_legal_form_check (TorgRecord  *record,
                                   const char  *field,
                                   const char  *value,
                                   GError     **error);
char       *torg_legal_form_write (TorgRecord  *record,
                                   GPtrArray   *accounts);

G_END_DECLS
