/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-requisite.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "torg-error.h"

static const char *
kind_to_label (TorgRequisite kind)
{
  switch (kind)
    {
      case TORG_REQUISITE_INN:
        return _ ("INN");
      case TORG_REQUISITE_KPP:
        return _ ("KPP");
      case TORG_REQUISITE_OGRN:
        return _ ("OGRN");
      case TORG_REQUISITE_OGRNIP:
        return _ ("OGRNIP");
      case TORG_REQUISITE_BIK:
        return _ ("BIK");
      case TORG_REQUISITE_SETTLEMENT_ACCOUNT:
        return _ ("account");
      case TORG_REQUISITE_CORRESPONDENT_ACCOUNT:
        return _ ("correspondent account");
      case TORG_REQUISITE_OKPO:
        return _ ("OKPO");
      default:
        return "";
    }
}

/* The weighted sum of the first @n digits. */
static guint
weigh (const char *digits, const guint *weights, gsize n)
{
  guint sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += weights[i] * (guint) (digits[i] - '0');
  return sum;
}

static gboolean
inn_is_right (const char *digits)
{
  static const guint weights[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };

  if (strlen (digits) == 10)
    return weigh (digits, weights + 2, 9) % 11 % 10 == (guint) (digits[9] - '0');
  return weigh (digits, weights + 1, 10) % 11 % 10 == (guint) (digits[10] - '0') &&
         weigh (digits, weights, 11) % 11 % 10 == (guint) (digits[11] - '0');
}

/* The last digit is the remainder of the others by two less than their number. */
static gboolean
ogrn_is_right (const char *digits)
{
  gsize   n = strlen (digits) - 1;
  guint64 number = 0;

  for (gsize i = 0; i < n; i++)
    number = number * 10 + (guint64) (digits[i] - '0');
  return number % (n - 1) % 10 == (guint64) (digits[n] - '0');
}

static gboolean
okpo_is_right (const char *digits)
{
  gsize n = strlen (digits) - 1;
  guint rest = 0;

  for (guint shift = 0; shift <= 2; shift += 2)
    {
      guint sum = 0;

      for (gsize i = 0; i < n; i++)
        sum += (guint) (digits[i] - '0') * ((i + shift) % 10 + 1);
      rest = sum % 11;
      if (rest < 10)
        break;
    }
  return rest % 10 == (guint) (digits[n] - '0');
}

/* The key of an account counts three digits that stand for its bank before the account's own. */
static gboolean
account_is_right (const char *digits, const char bank[3])
{
  static const guint weights[] = { 7, 1, 3 };
  char               all[23];
  guint              sum = 0;

  memcpy (all, bank, 3);
  memcpy (all + 3, digits, 20);
  for (gsize i = 0; i < sizeof all; i++)
    sum += weights[i % 3] * (guint) (all[i] - '0') % 10;
  return sum % 10 == 0;
}

static gboolean
all_digits (const char *text)
{
  return strspn (text, "0123456789") == strlen (text);
}

static gboolean
length_is_right (TorgRequisite kind, gsize length)
{
  switch (kind)
    {
      case TORG_REQUISITE_INN:
        return length == 10 || length == 12;
      case TORG_REQUISITE_KPP:
      case TORG_REQUISITE_BIK:
        return length == 9;
      case TORG_REQUISITE_OGRN:
        return length == 13;
      case TORG_REQUISITE_OGRNIP:
        return length == 15;
      case TORG_REQUISITE_SETTLEMENT_ACCOUNT:
      case TORG_REQUISITE_CORRESPONDENT_ACCOUNT:
        return length == 20;
      case TORG_REQUISITE_OKPO:
        return length == 8 || length == 10;
      default:
        return FALSE;
    }
}

static const char *
kind_to_length (TorgRequisite kind)
{
  switch (kind)
    {
      case TORG_REQUISITE_INN:
        return _ ("10 digits (an organisation) or 12 (a person)");
      case TORG_REQUISITE_KPP:
      case TORG_REQUISITE_BIK:
        return _ ("9 digits");
      case TORG_REQUISITE_OGRN:
        return _ ("13 digits");
      case TORG_REQUISITE_OGRNIP:
        return _ ("15 digits");
      case TORG_REQUISITE_OKPO:
        return _ ("8 digits (an organisation) or 10 (an entrepreneur)");
      default:
        return _ ("20 digits");
    }
}

/**
 * torg_requisite_normalise:
 * @kind: which requisite
 * @text: as typed or exported
 *
 * Drops what people put around the digits: spaces, hyphens, an apostrophe that keeps a spreadsheet from counting, a
 * label such as «ИНН», the `.0` of a number. Letters of a KPP become capitals. What cannot belong to a requisite stays,
 * for [func@requisite_check] to refuse.
 *
 * Returns: (transfer full): text
 */
char *
torg_requisite_normalise (TorgRequisite kind, const char *text)
{
  static const char *const labels[] = { "ИНН", "КПП", "ОГРНИП", "ОГРН", "БИК", "ОКПО", "р/с", "Р/с", "к/с", "К/с" };
  g_autofree char         *valid = g_utf8_make_valid (text, -1);
  GString                 *out = g_string_new (NULL);
  const char              *p = valid;

  while (g_ascii_isspace (*p) || *p == '\'')
    p++;
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_has_prefix (p, labels[i]))
      {
        p += strlen (labels[i]);
        while (*p == ':' || *p == ' ')
          p++;
        break;
      }
  for (; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || c == 0xa0 || c == 0x202f || c == '-' || c == 0x2010 || c == 0x2011 || c == 0x200b ||
          c == 0xfeff)
        continue;
      g_string_append_unichar (out, kind == TORG_REQUISITE_KPP && c < 0x80 ? (gunichar) g_ascii_toupper ((char) c) : c);
    }
  if (out->len > 2 && g_str_has_suffix (out->str, ".0"))
    g_string_truncate (out, out->len - 2);
  return g_string_free_and_steal (out);
}

/**
 * torg_requisite_check:
 * @kind: which requisite
 * @value: its digits, without anything around them
 * @bik: (nullable): for an account, the BIK of its bank; without it only the length is checked
 * @error: return location
 *
 * Checks a requisite by the official rules: INN and OGRN by their control digits, accounts by their key against the
 * BIK.
 *
 * A KPP has no control digit: 4 digits of the tax office, 2 digits or Latin capitals of the reason, 3 digits.
 *
 * Returns: whether it can be right; otherwise %TORG_ERROR_INVALID, which says what is wrong
 */
gboolean
torg_requisite_check (TorgRequisite kind, const char *value, const char *bik, GError **error)
{
  const char *label = kind_to_label (kind);
  gsize       length;
  gboolean    right = TRUE;

  g_return_val_if_fail (value != NULL, FALSE);

  length = strlen (value);
  if (kind == TORG_REQUISITE_KPP && length == 9)
    {
      for (gsize i = 0; i < 9; i++)
        if (!g_ascii_isdigit (value[i]) && !((i == 4 || i == 5) && g_ascii_isupper (value[i])))
          right = FALSE;
      if (!right)
        g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                             _ ("The KPP is digits; only its 5th and 6th places may be Latin capitals. Check it."));
      return right;
    }
  if (!all_digits (value))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("The %s may hold digits only. Check it."), label);
      return FALSE;
    }
  if (!length_is_right (kind, length))
    {
      g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                   g_dngettext (GETTEXT_PACKAGE, "The %s has %u digit, but it must have %s. Check it.",
                                "The %s has %u digits, but it must have %s. Check it.", length),
                   label, (guint) length, kind_to_length (kind));
      return FALSE;
    }

  switch (kind)
    {
      case TORG_REQUISITE_INN:
        right = inn_is_right (value);
        break;
      case TORG_REQUISITE_OGRN:
      case TORG_REQUISITE_OGRNIP:
        right = ogrn_is_right (value);
        break;
      case TORG_REQUISITE_OKPO:
        right = okpo_is_right (value);
        break;
      case TORG_REQUISITE_SETTLEMENT_ACCOUNT:
      case TORG_REQUISITE_CORRESPONDENT_ACCOUNT:
        {
          if (bik == NULL)
            return TRUE;
          if (!torg_requisite_check (TORG_REQUISITE_BIK, bik, NULL, error))
            return FALSE;
          char bank[3] = { '0', bik[4], bik[5] };
          /* The Bank of Russia's own offices, whose BIK ends in 000 to 002, keep accounts as correspondent ones do. */
          gboolean by_region =
            kind == TORG_REQUISITE_CORRESPONDENT_ACCOUNT || (bik[6] == '0' && bik[7] == '0' && bik[8] <= '2');
          if (!account_is_right (value, by_region ? bank : bik + 6))
            {
              g_set_error (
                error, TORG_ERROR, TORG_ERROR_INVALID,
                _ ("The %s does not belong to the bank with the BIK %s: the control digit is wrong. Check both."),
                label, bik);
              return FALSE;
            }
          return TRUE;
        }
      case TORG_REQUISITE_BIK:
      case TORG_REQUISITE_KPP:
      default:
        break;
    }
  if (!right)
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
                 _ ("The %s's control digit is wrong: a digit is mistyped or two are swapped. Check it."), label);
  return right;
}
