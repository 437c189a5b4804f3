/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-conversion.h"
#include "torg-legal-form.h"
#include "torg-name.h"
#include "torg-phone.h"

#include <string.h>

/*
 * What a lead becomes: a company, a person, a legal entity where there is an INN, and a deal with them. The lead stays,
 * and says what it has become. It is converted once: who does so after somebody else, without knowing, has made cards
 * of their own, and which of the two the lead means is for people to decide.
 */

static const struct
{
  const char *type;
  const char *field; /* of the lead; of a legal entity none, as it belongs to one of the others */
} parts[TORG_CONVERSION_N_PARTS] = {
  [TORG_CONVERSION_COMPANY] = { "company", "converted_company" },
  [TORG_CONVERSION_PERSON] = { "person", "converted_person" },
  [TORG_CONVERSION_LEGAL_ENTITY] = { "legal_entity", NULL },
  [TORG_CONVERSION_DEAL] = { "deal", "converted_deal" },
};

/**
 * torg_conversion_get_type:
 * @part: a part
 *
 * Gives the type of what a part is.
 *
 * Returns: (transfer none): the name of a type
 */
const char *
torg_conversion_get_type (TorgConversionPart part)
{
  return parts[part].type;
}

/**
 * torg_conversion_get_field:
 * @part: a part
 *
 * Gives the field of a lead that says what has become of it.
 *
 * Returns: (transfer none) (nullable): the name of a field
 */
const char *
torg_conversion_get_field (TorgConversionPart part)
{
  return parts[part].field;
}

static const char *
get_text (TorgRecord *lead, const char *field)
{
  const char *text = torg_record_get_text (lead, field);

  return text != NULL && *text != '\0' ? text : NULL;
}

/**
 * torg_conversion_wants:
 * @lead: a lead
 * @part: a part
 *
 * Tells whether what a lead says asks for a part: a company where one is named, a person where one is named or no
 * company is, a legal entity where there is an INN, and a deal.
 *
 * Returns: whether it does
 */
gboolean
torg_conversion_wants (TorgRecord *lead, TorgConversionPart part)
{
  switch (part)
    {
      case TORG_CONVERSION_COMPANY:
        return get_text (lead, "company_name") != NULL;
      case TORG_CONVERSION_PERSON:
        return get_text (lead, "name") != NULL || get_text (lead, "company_name") == NULL;
      case TORG_CONVERSION_LEGAL_ENTITY:
        return get_text (lead, "inn") != NULL;
      case TORG_CONVERSION_DEAL:
        return TRUE;
      case TORG_CONVERSION_N_PARTS:
      default:
        return FALSE;
    }
}

/* --- what is made ------------------------------------------------------------------------------------------------- */

/* Who has no name yet is known by a number, an address, or what it is about. */
static char *
dup_someone (TorgRecord *lead)
{
  g_autoptr (GPtrArray) phones = torg_phone_from_json (get_text (lead, "phones"), NULL);
  g_auto (GStrv) emails = torg_value_dup_items (torg_record_get (lead, "emails"));

  if (get_text (lead, "name") != NULL)
    return g_strdup (get_text (lead, "name"));
  if (phones != NULL && phones->len > 0)
    return torg_phone_format (phones->pdata[0]);
  return emails[0] != NULL ? g_strdup (emails[0]) : torg_record_dup_title (lead);
}

static void
copy (TorgRecord *lead, TorgRecord *record, const char *field)
{
  torg_record_set (record, field, torg_record_get (lead, field));
}

static void
copy_all (TorgRecord *lead, TorgRecord *record, const char *const *fields)
{
  for (guint i = 0; fields[i] != NULL; i++)
    copy (lead, record, fields[i]);
}

static void
fill_company (TorgRecord *lead, TorgRecord *company)
{
  static const char *const place[] = { "country", "city", NULL };
  g_autofree char         *someone = dup_someone (lead);
  const char              *name = get_text (lead, "company_name");

  torg_record_set_text (company, "name", name != NULL ? name : someone);
  copy_all (lead, company, place);
  /* Otherwise they are the person's. */
  if (torg_conversion_wants (lead, TORG_CONVERSION_PERSON))
    return;
  copy (lead, company, "phones");
  copy (lead, company, "emails");
}

static void
fill_person (TorgRecord *lead, TorgRecord *person)
{
  static const char *const contacts[] = { "phones", "emails", "job", NULL };
  static const char *const place[] = { "country", "city", NULL };
  g_autofree char         *someone = dup_someone (lead);
  g_autoptr (TorgPersonName) name = NULL;

  if (get_text (lead, "name") != NULL)
    name = torg_person_name_parse (someone, FALSE);
  if (name != NULL && *name->name != '\0')
    {
      torg_record_set_text (person, "name", name->name);
      torg_record_set_text (person, "surname", *name->surname != '\0' ? name->surname : NULL);
      torg_record_set_text (person, "patronymic", *name->patronymic != '\0' ? name->patronymic : NULL);
      if (name->gender != TORG_GENDER_UNKNOWN)
        torg_record_set_text (person, "gender", name->gender == TORG_GENDER_FEMALE ? "female" : "male");
    }
  else
    torg_record_set_text (person, "name", someone);
  copy_all (lead, person, contacts);
  if (!torg_conversion_wants (lead, TORG_CONVERSION_COMPANY))
    copy_all (lead, person, place);
}

/* Twelve digits are those of a person. */
static void
fill_legal_entity (TorgRecord *lead, TorgRecord *entity)
{
  const char      *inn = get_text (lead, "inn");
  const char      *name = get_text (lead, "company_name");
  g_autofree char *someone = dup_someone (lead);
  const char      *form = name != NULL ? torg_legal_form_guess (name) : NULL;

  torg_record_set_text (entity, "name", name != NULL ? name : someone);
  if (form == NULL && inn != NULL && strlen (inn) == 12)
    form = "ip";
  torg_record_set_text (entity, "form", form);
  copy (lead, entity, "inn");
}

static void
fill_deal (TorgRecord *lead, TorgRecord *deal)
{
  const char      *title = get_text (lead, "title");
  const char      *company = get_text (lead, "company_name");
  const char      *need = get_text (lead, "need"), *note = get_text (lead, "note");
  g_autofree char *someone = dup_someone (lead);
  g_autofree char *both =
    g_strconcat (need != NULL ? need : "", need != NULL && note != NULL ? "\n\n" : "", note != NULL ? note : "", NULL);

  torg_record_set_text (deal, "title", title != NULL ? title : company != NULL ? company : someone);
  if (*both != '\0')
    torg_record_set_text (deal, "note", g_utf8_strlen (both, -1) <= TORG_TEXT_MAX ? both : need);
  copy (lead, deal, "tags");
}

/**
 * torg_conversion_make:
 * @lead: a lead
 * @part: a part
 * @id: the id of the new record
 *
 * Makes a part of what a lead says. Phones and addresses go to the person, where there is one, else to the company;
 * what is needed, and what was noted, to the deal. What refers to another part is to be set.
 *
 * Returns: (transfer full): a record
 */
TorgRecord *
torg_conversion_make (TorgRecord *lead, TorgConversionPart part, const char *id)
{
  static const char *const ours[] = { "owner", "department", "source", NULL };
  static void (*const fill[]) (TorgRecord *lead, TorgRecord *record) = {
    [TORG_CONVERSION_COMPANY] = fill_company,
    [TORG_CONVERSION_PERSON] = fill_person,
    [TORG_CONVERSION_LEGAL_ENTITY] = fill_legal_entity,
    [TORG_CONVERSION_DEAL] = fill_deal,
  };
  TorgSchema *schema = torg_record_get_schema (lead);
  TorgRecord *record = torg_record_new (schema, torg_schema_find (schema, parts[part].type), id);

  if (part != TORG_CONVERSION_LEGAL_ENTITY)
    copy_all (lead, record, ours);
  fill[part](lead, record);
  return record;
}
