/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-legal-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "torg-error.h"
#include "torg-requisite.h"

/* What the legal form of a client decides: which requisites it has, and how long they are. */

static gboolean
is_person (const char *form)
{
  return g_strcmp0 (form, "ip") == 0 || g_strcmp0 (form, "selfemployed") == 0;
}

/**
 * torg_legal_form_uses:
 * @form: (nullable): a legal form, as of the field `form`
 * @field: a field of a legal entity
 *
 * Tells whether a legal entity of a form has such a requisite at all: an entrepreneur has no KPP, a self-employed
 * person neither that nor an OGRN, and a foreign company has a number of its own register instead.
 *
 * Returns: whether it has; all do while the form is not known
 */
gboolean
torg_legal_form_uses (const char *form, const char *field)
{
  if (g_str_equal (field, "registration_number"))
    return g_strcmp0 (form, "foreign") == 0;
  if (g_str_equal (field, "kpp"))
    return !is_person (form);
  if (g_str_equal (field, "ogrn"))
    return g_strcmp0 (form, "selfemployed") != 0 && g_strcmp0 (form, "foreign") != 0;
  if (g_str_equal (field, "head"))
    return !is_person (form);
  return TRUE;
}

/**
 * torg_legal_form_wants:
 * @form: (nullable): a legal form
 * @field: a field of a legal entity
 *
 * Tells whether a contract with a legal entity of a form asks for a requisite, so that it is shown while it is empty.
 *
 * Returns: whether it is wanted
 */
gboolean
torg_legal_form_wants (const char *form, const char *field)
{
  static const char *const wanted[] = { "name", "form", "inn",     "kpp",     "ogrn", "registration_number",
                                        "head", "bik",  "account", "address", NULL };

  return form != NULL && g_strv_contains (wanted, field) && torg_legal_form_uses (form, field);
}

/**
 * torg_legal_form_is_branch:
 * @kpp: (nullable): a KPP
 *
 * Tells whether a KPP is that of a branch or another separate part of an organisation, by the reason for which it was
 * given: its 5th and 6th place. The INN is that of the whole organisation.
 *
 * Returns: whether it is
 */
gboolean
torg_legal_form_is_branch (const char *kpp)
{
  static const char *const reasons[] = { "02", "03", "04", "05", "31", "32", "43", "44", "45", NULL };
  g_autofree char         *reason = kpp != NULL && strlen (kpp) == 9 ? g_strndup (kpp + 4, 2) : NULL;

  return reason != NULL && g_strv_contains (reasons, reason);
}

/**
 * torg_legal_form_guess:
 * @name: what a legal entity is called: «ООО „Ромашка“», «Индивидуальный предприниматель Иванов И. И.»
 *
 * Finds the legal form in a name.
 *
 * Returns: (nullable): a legal form, as of the field `form`, or %NULL when the name does not say it
 */
const char *
torg_legal_form_guess (const char *name)
{
  static const char *const forms[][2] = {
    { "общество с ограниченной ответственностью", "ooo" },
    { "ооо", "ooo" },
    { "публичное акционерное общество", "pao" },
    { "пао", "pao" },
    { "непубличное акционерное общество", "ao" },
    { "закрытое акционерное общество", "ao" },
    { "открытое акционерное общество", "ao" },
    { "акционерное общество", "ao" },
    { "ао", "ao" },
    { "зао", "ao" },
    { "оао", "ao" },
    { "индивидуальный предприниматель", "ip" },
    { "ип", "ip" },
    { "самозанятый", "selfemployed" },
    { "самозанятая", "selfemployed" },
    { "государственное бюджетное", "gbu" },
    { "муниципальное бюджетное", "gbu" },
    { "федеральное государственное", "gbu" },
    { "гбу", "gbu" },
    { "гбуз", "gbu" },
    { "мбу", "gbu" },
    { "мбоу", "gbu" },
    { "фгбу", "gbu" },
    { "фгбоу", "gbu" },
    { "автономная некоммерческая организация", "nko" },
    { "некоммерческая организация", "nko" },
    { "ано", "nko" },
    { "нко", "nko" },
    { "благотворительный фонд", "nko" },
  };
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *lower = g_utf8_strdown (valid, -1);
  const char      *text = lower;

  while (*text != '\0' && !g_unichar_isalnum (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_has_prefix (text, forms[i][0]) && !g_unichar_isalnum (g_utf8_get_char (text + strlen (forms[i][0]))))
      return forms[i][1];
  return NULL;
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID, sentence);
  return FALSE;
}

/**
 * torg_legal_form_check:
 * @record: a legal entity or an account of one, as it is
 * @field: one of its fields
 * @value: (nullable): a new value for it, checked for itself already
 * @error: place for a %TORG_ERROR_INVALID
 *
 * Tells whether a requisite fits the others of its record: an INN and an OGRN the legal form, an account the BIK of its
 * bank.
 *
 * Returns: whether it fits
 */
gboolean
torg_legal_form_check (TorgRecord *record, const char *field, const char *value, GError **error)
{
  const char *type = torg_record_get_kind (record)->info->name;
  gboolean    is_entity = g_str_equal (type, "legal_entity") || g_str_equal (type, "own_entity");
  const char *form = is_entity ? torg_record_get_text (record, "form") : NULL;

  if (value == NULL || (!is_entity && !g_str_equal (type, "bank_account")))
    return TRUE;
  if (g_str_equal (field, "inn") && form != NULL && !g_str_equal (form, "foreign"))
    {
      if (is_person (form) && strlen (value) != 12)
        return refuse (error, _ ("The INN of a person has 12 digits. Check it, or the form."));
      if (!is_person (form) && strlen (value) != 10)
        return refuse (error, _ ("The INN of an organisation has 10 digits. Check it, or the form."));
    }
  if (g_str_equal (field, "ogrn") && form != NULL)
    {
      if (g_str_equal (form, "ip") && strlen (value) != 15)
        return refuse (error, _ ("The OGRNIP of an entrepreneur has 15 digits. Check it, or the form."));
      if (!is_person (form) && strlen (value) != 13)
        return refuse (error, _ ("The OGRN of an organisation has 13 digits. Check it, or the form."));
    }
  if (g_str_equal (field, "account"))
    return torg_requisite_check (TORG_REQUISITE_SETTLEMENT_ACCOUNT, value, torg_record_get_text (record, "bik"), error);
  if (g_str_equal (field, "corr_account"))
    return torg_requisite_check (TORG_REQUISITE_CORRESPONDENT_ACCOUNT, value, torg_record_get_text (record, "bik"),
                                 error);
  return TRUE;
}

static void
append_line (GString *text, const char *label, const char *value)
{
  if (value != NULL)
    g_string_append_printf (text, "%s%s %s\n", label, *label != '\0' ? ":" : "", value);
}

static void
append_account (GString *text, TorgRecord *record)
{
  append_line (text, "Р/с", torg_record_get_text (record, "account"));
  append_line (text, "Банк", torg_record_get_text (record, "bank"));
  append_line (text, "БИК", torg_record_get_text (record, "bik"));
  append_line (text, "К/с", torg_record_get_text (record, "corr_account"));
}

/**
 * torg_legal_form_write:
 * @record: a legal entity
 * @accounts: (nullable) (element-type TorgRecord): its bank accounts
 *
 * Writes the requisites as a contract has them, a line each, in Russian as contracts are: what
 * [func@requisite_card_parse] reads back.
 *
 * Returns: (transfer full): text
 */
char *
torg_legal_form_write (TorgRecord *record, GPtrArray *accounts)
{
  GString    *text = g_string_new (NULL);
  const char *full = torg_record_get_text (record, "full_name");
  const char *name = torg_record_get_text (record, "name");
  const char *inn = torg_record_get_text (record, "inn");
  const char *kpp = torg_record_get_text (record, "kpp");
  const char *ogrn = torg_record_get_text (record, "ogrn");

  append_line (text, "Полное наименование", full);
  append_line (text, full != NULL ? "Краткое наименование" : "Наименование", name);
  append_line (text, "Юридический адрес", torg_record_get_text (record, "address"));
  if (inn != NULL && kpp != NULL)
    g_string_append_printf (text, "ИНН/КПП: %s/%s\n", inn, kpp);
  else
    {
      append_line (text, "ИНН", inn);
      append_line (text, "КПП", kpp);
    }
  append_line (text, ogrn != NULL && strlen (ogrn) == 15 ? "ОГРНИП" : "ОГРН", ogrn);
  append_line (text, "Регистрационный номер", torg_record_get_text (record, "registration_number"));
  append_account (text, record);
  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    append_account (text, g_ptr_array_index (accounts, i));
  append_line (text, "Руководитель", torg_record_get_text (record, "head"));
  return g_string_free_and_steal (text);
}
