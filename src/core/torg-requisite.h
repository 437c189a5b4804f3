/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgRequisite:
 * @TORG_REQUISITE_INN: a tax number: 10 digits of an organisation, 12 of a person
 * @TORG_REQUISITE_KPP: a reason code: 9 characters
 * @TORG_REQUISITE_OGRN: a state register number of an organisation: 13 digits
 * @TORG_REQUISITE_OGRNIP: a state register number of an entrepreneur: 15 digits
 * @TORG_REQUISITE_BIK: a bank's code: 9 digits
 * @TORG_REQUISITE_SETTLEMENT_ACCOUNT: an account in a bank: 20 digits, checked against the BIK
 * @TORG_REQUISITE_CORRESPONDENT_ACCOUNT: a bank's account in the Bank of Russia: 20 digits, checked against the BIK
 * @TORG_REQUISITE_OKPO: a statistics code: 8 digits of an organisation, 10 of an entrepreneur
 *
 * Requisites of Russian organisations, banks and entrepreneurs.
 */
typedef enum {
  TORG_REQUISITE_INN,
  TORG_REQUISITE_KPP,
  TORG_REQUISITE_OGRN,
  TORG_REQUISITE_OGRNIP,
  TORG_REQUISITE_BIK,
  TORG_REQUISITE_SETTLEMENT_ACCOUNT,
  TORG_REQUISITE_CORRESPONDENT_ACCOUNT,
  TORG_REQUISITE_OKPO,
} TorgRequisite;

char     *torg_requisite_normalise (TorgRequisite   kind,
                                    const char     *text);
gboolean  torg_requisite_check     (TorgRequisite   kind,
                                    const char     *value,
                                    const char     *bik,
                                    GError        **error);

G_END_DECLS
