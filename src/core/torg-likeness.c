/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-email.h"
#include "torg-likeness.h"
#include "torg-phone.h"
#include "torg-spelling.h"
#include "torg-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * How likely two cards are one. Each thing that they have in common leaves so much less doubt, as if these were
 * independent: 1 - (1 - a) (1 - b) …; what speaks against it takes a part of that away.
 */

/* How sure each is alone. */
#define SURE_REQUISITES 0.96
#define SURE_INN 0.7
#define SURE_PHONE 0.5
#define SURE_EMAIL 0.6
#define SURE_SITE 0.45
#define SURE_NAME 0.8
#define SURE_PERSON 0.5
#define SURE_PLACE 0.3
/* A name that is less alike says nothing. */
#define LEAST_NAME 0.7
/* What is left where something speaks against it. */
#define LEFT_OTHER_INN 0.3
#define LEFT_OTHER_PLACE 0.7
#define LEFT_OTHER_PERSON 0.3
#define LEFT_OTHER_CONTACTS 0.85
/* Another name beside the same phone: two who share it. */
#define LEFT_OTHER_NAME 0.9

static char **
list_phones (TorgRecord *record)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  const char *text = torg_record_get_text (record, "phones");
  g_autoptr (GPtrArray) phones = text != NULL ? torg_phone_from_json (text, NULL) : NULL;

  for (guint i = 0; phones != NULL && i < phones->len; i++)
    if (*((TorgPhone *) phones->pdata[i])->e164 != '\0')
      g_strv_builder_add (list, ((TorgPhone *) phones->pdata[i])->e164);
  return g_strv_builder_end (list);
}

static char **
list_emails (TorgRecord *record)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_auto (GStrv) items = torg_value_dup_items (torg_record_get (record, "emails"));

  for (guint i = 0; items[i] != NULL; i++)
    {
      g_autofree char *key = torg_email_make_key (items[i]);

      g_strv_builder_take (list, g_utf8_strdown (key, -1));
    }
  return g_strv_builder_end (list);
}

static gboolean
has_field (TorgRecord *record, const char *name)
{
  return torg_type_find_field (torg_record_get_kind (record), name) != NULL;
}

static char *
dup_folded (TorgRecord *record, const char *name)
{
  const char *text = has_field (record, name) ? torg_record_get_text (record, name) : NULL;

  return text != NULL ? torg_text_fold (text) : NULL;
}

/* «г. Тверь» is «Тверь». */
static char *
dup_city (TorgRecord *record)
{
  static const char *const prefixes[] = { "город ", "г.", "г " };
  g_autofree char         *text = dup_folded (record, "city");

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (text, prefixes[i]))
      return g_strstrip (g_strdup (text + strlen (prefixes[i])));
  return g_steal_pointer (&text);
}

/* The host without what many of them begin with. */
static char *
dup_site (TorgRecord *record)
{
  g_autofree char *text = dup_folded (record, "site");
  const char      *host = text;

  if (host == NULL)
    return NULL;
  if (strstr (host, "://") != NULL)
    host = strstr (host, "://") + 3;
  if (g_str_has_prefix (host, "www."))
    host += 4;
  return strcspn (host, "/?#") > 3 ? g_strndup (host, strcspn (host, "/?#")) : NULL;
}

/* A patronymic is compared by itself: many a card has none. */
static char *
dup_name (TorgRecord *record)
{
  const char *surname = has_field (record, "surname") ? torg_record_get_text (record, "surname") : NULL;
  const char *name = torg_record_get_text (record, "name");

  return g_strconcat (name != NULL ? name : "", " ", surname, NULL);
}

/**
 * torg_likeness_card_new:
 * @record: a company, a person or a legal entity
 *
 * Takes out of a record what it is compared by.
 *
 * Returns: (transfer full): a card
 */
TorgLikenessCard *
torg_likeness_card_new (TorgRecord *record)
{
  TorgLikenessCard *self = g_new0 (TorgLikenessCard, 1);
  g_autofree char  *name = dup_name (record);

  self->is_person = has_field (record, "surname");
  self->words = torg_spelling_make_words (name);
  self->key = torg_spelling_make_key ((const char *const *) self->words);
  self->phones = has_field (record, "phones") ? list_phones (record) : g_new0 (char *, 1);
  self->emails = has_field (record, "emails") ? list_emails (record) : g_new0 (char *, 1);
  self->requisites = g_new0 (char *, 1);
  self->site = dup_site (record);
  self->city = dup_city (record);
  self->patronymic = dup_folded (record, "patronymic");
  self->birthday = dup_folded (record, "birthday");
  if (has_field (record, "inn"))
    torg_likeness_card_add_requisites (self, torg_record_get_text (record, "inn"),
                                       torg_record_get_text (record, "kpp"));
  return self;
}

/**
 * torg_likeness_card_free:
 * @self: (transfer full): a card
 *
 * Frees a card.
 */
void
torg_likeness_card_free (TorgLikenessCard *self)
{
  g_strfreev (self->words);
  g_free (self->key);
  g_strfreev (self->phones);
  g_strfreev (self->emails);
  g_strfreev (self->requisites);
  g_free (self->site);
  g_free (self->city);
  g_free (self->patronymic);
  g_free (self->birthday);
  g_free (self);
}

/**
 * torg_likeness_card_add_requisites:
 * @inn: (nullable): an INN
 * @kpp: (nullable): the KPP with it
 *
 * Adds what one of the legal entities of a company or a person has.
 */
void
torg_likeness_card_add_requisites (TorgLikenessCard *self, const char *inn, const char *kpp)
{
  guint n = g_strv_length (self->requisites);

  if (inn == NULL || *inn == '\0')
    return;
  self->requisites = g_renew (char *, self->requisites, n + 2);
  self->requisites[n] = g_strconcat (inn, "/", kpp, NULL);
  self->requisites[n + 1] = NULL;
}

static gboolean
have_common (char **a, char **b)
{
  for (guint i = 0; a[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) b, a[i]))
      return TRUE;
  return FALSE;
}

static gboolean
have_common_inn (char **a, char **b)
{
  for (guint i = 0; a[i] != NULL; i++)
    for (guint j = 0; b[j] != NULL; j++)
      {
        gsize n = strcspn (a[i], "/");

        if (n == strcspn (b[j], "/") && strncmp (a[i], b[j], n) == 0)
          return TRUE;
      }
  return FALSE;
}

/* Both have it, and it is another. An initial stands for the whole. */
static gboolean
differs (const char *a, const char *b)
{
  if (a == NULL || b == NULL || *a == '\0' || *b == '\0')
    return FALSE;
  if (g_utf8_strlen (a, 3) <= 2 || g_utf8_strlen (b, 3) <= 2)
    return g_utf8_get_char (a) != g_utf8_get_char (b);
  return !g_str_equal (a, b);
}

static TorgLikenessReasons
compare_requisites (const TorgLikenessCard *a, const TorgLikenessCard *b)
{
  if (a->requisites[0] == NULL || b->requisites[0] == NULL)
    return 0;
  if (have_common (a->requisites, b->requisites))
    return TORG_LIKENESS_REQUISITES;
  return have_common_inn (a->requisites, b->requisites) ? TORG_LIKENESS_INN : TORG_LIKENESS_OTHER_INN;
}

static TorgLikenessReasons
compare_contacts (const TorgLikenessCard *a, const TorgLikenessCard *b)
{
  gboolean could = (a->phones[0] != NULL && b->phones[0] != NULL) || (a->emails[0] != NULL && b->emails[0] != NULL);
  TorgLikenessReasons found = (have_common (a->phones, b->phones) ? TORG_LIKENESS_PHONE : 0) |
                              (have_common (a->emails, b->emails) ? TORG_LIKENESS_EMAIL : 0);

  return found == 0 && could ? TORG_LIKENESS_OTHER_CONTACTS : found;
}

static double
leave_doubt (TorgLikenessReasons reasons, double name, gboolean is_person)
{
  static const struct
  {
    TorgLikenessReasons reason;
    double              sure;
  } sure[] = {
    { TORG_LIKENESS_REQUISITES, SURE_REQUISITES },
    { TORG_LIKENESS_INN, SURE_INN },
    { TORG_LIKENESS_PHONE, SURE_PHONE },
    { TORG_LIKENESS_EMAIL, SURE_EMAIL },
    { TORG_LIKENESS_SITE, SURE_SITE },
  };
  double doubt = 1;

  for (guint i = 0; i < G_N_ELEMENTS (sure); i++)
    if ((reasons & sure[i].reason) != 0)
      doubt *= 1 - sure[i].sure;
  if (name > LEAST_NAME)
    doubt *= 1 - (is_person ? SURE_PERSON : SURE_NAME) * (name - LEAST_NAME) / (1 - LEAST_NAME);
  /* A place alone says nothing, but many companies of one name are in many places. */
  if (name > LEAST_NAME && (reasons & TORG_LIKENESS_PLACE) != 0)
    doubt *= 1 - SURE_PLACE;
  return doubt;
}

/**
 * torg_likeness_compare:
 * @a: a card
 * @b: another one of the same type
 * @reasons: (out) (optional): what speaks for it and against it
 *
 * Tells how likely two cards are of one company or person.
 *
 * Returns: from 0 to 1; from %TORG_LIKENESS_LIKELY on it is worth a look
 */
double
torg_likeness_compare (const TorgLikenessCard *a, const TorgLikenessCard *b, TorgLikenessReasons *reasons)
{
  double              name = torg_spelling_compare ((const char *const *) a->words, (const char *const *) b->words);
  TorgLikenessReasons found = compare_requisites (a, b);
  double              score;

  found |= compare_contacts (a, b);
  found |= a->site != NULL && g_strcmp0 (a->site, b->site) == 0 ? TORG_LIKENESS_SITE : 0;
  found |= name >= 0.98 ? TORG_LIKENESS_NAME : name > LEAST_NAME ? TORG_LIKENESS_NEAR_NAME : 0;
  found |= a->city != NULL && g_strcmp0 (a->city, b->city) == 0 ? TORG_LIKENESS_PLACE : 0;
  found |= differs (a->city, b->city) ? TORG_LIKENESS_OTHER_PLACE : 0;
  found |=
    differs (a->patronymic, b->patronymic) || differs (a->birthday, b->birthday) ? TORG_LIKENESS_OTHER_PERSON : 0;
  score = 1 - leave_doubt (found, name, a->is_person);
  score *= (found & TORG_LIKENESS_OTHER_INN) != 0 ? LEFT_OTHER_INN : 1;
  score *= (found & TORG_LIKENESS_OTHER_PLACE) != 0 ? LEFT_OTHER_PLACE : 1;
  score *= (found & TORG_LIKENESS_OTHER_PERSON) != 0 ? LEFT_OTHER_PERSON : 1;
  score *= (found & TORG_LIKENESS_OTHER_CONTACTS) != 0 ? LEFT_OTHER_CONTACTS : 1;
  score *= name <= LEAST_NAME && (found & TORG_LIKENESS_REQUISITES) == 0 ? LEFT_OTHER_NAME : 1;
  if (reasons != NULL)
    *reasons = found;
  return score;
}

/**
 * torg_likeness_say:
 * @reasons: what speaks for two records being one, and against it
 *
 * Says it in words.
 *
 * Returns: (transfer full): words
 */
char *
torg_likeness_say (TorgLikenessReasons reasons)
{
  static const struct
  {
    TorgLikenessReasons reason;
    const char         *words;
  } words[] = {
    { TORG_LIKENESS_REQUISITES, NC_ ("likeness", "same INN and KPP") },
    { TORG_LIKENESS_INN, NC_ ("likeness", "same INN") },
    { TORG_LIKENESS_PHONE, NC_ ("likeness", "same phone") },
    { TORG_LIKENESS_EMAIL, NC_ ("likeness", "same e-mail") },
    { TORG_LIKENESS_SITE, NC_ ("likeness", "same web site") },
    { TORG_LIKENESS_NAME, NC_ ("likeness", "same name") },
    { TORG_LIKENESS_NEAR_NAME, NC_ ("likeness", "similar name") },
    { TORG_LIKENESS_PLACE, NC_ ("likeness", "same city") },
    { TORG_LIKENESS_OTHER_INN, NC_ ("likeness", "but another INN") },
    { TORG_LIKENESS_OTHER_PLACE, NC_ ("likeness", "but another city") },
    { TORG_LIKENESS_OTHER_CONTACTS, NC_ ("likeness", "but other phones and addresses") },
    { TORG_LIKENESS_OTHER_PERSON, NC_ ("likeness", "but another patronymic or birthday") },
  };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((reasons & words[i].reason) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              g_dpgettext2 (GETTEXT_PACKAGE, "likeness", words[i].words));
  return g_string_free_and_steal (text);
}
