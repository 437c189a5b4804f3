/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-schema.h"

#include <glib/gi18n-lib.h>

/* Every type and every field of Torg, each declared once. All else follows from these tables. */

#define REQ TORG_FIELD_REQUIRED
#define FIND TORG_FIELD_SEARCHABLE
#define FILT TORG_FIELD_FILTERABLE
#define HIST TORG_FIELD_HISTORICAL
#define NAME TORG_FIELD_TITLE
#define LONG TORG_FIELD_MULTILINE
#define HIDE TORG_FIELD_HIDDEN
#define KEYS TORG_FIELD_KEYS
#define SAME TORG_FIELD_MATCH
#define LIST TORG_FIELD_LIST

#define CONTACT N_ ("Contact")
#define DEAL N_ ("Deal")
#define ABOUT N_ ("About")
#define PLACE N_ ("Address")
#define OURS N_ ("With us")
#define CLOSING N_ ("Closing")
#define LEGAL N_ ("Requisites")
#define BANK N_ ("Bank account")
#define TERMS N_ ("Payment and shipment")

#define OWNER(extra)                                                                                                   \
  { "owner",                                                                                                           \
    TORG_KIND_REF,                                                                                                     \
    N_ ("Owner"),                                                                                                      \
    OURS,                                                                                                              \
    FILT | HIST | (extra),                                                                                             \
    .target = "user",                                                                                                  \
    .aliases = "ответственный|менеджер|sales_agent|sales agent|owner|assigned_by|manager|salesperson|продавец" }
#define DEPARTMENT                                                                                                     \
  { "department",                                                                                                      \
    TORG_KIND_REF,                                                                                                     \
    N_ ("Department"),                                                                                                 \
    OURS,                                                                                                              \
    FILT | HIST,                                                                                                       \
    .target = "department",                                                                                            \
    .aliases = "отдел|подразделение|department|office" }
#define TAGS                                                                                                           \
  { "tags",      TORG_KIND_SET,  N_ ("Tags"),     OURS,                                                                \
    FILT | HIST, TORG_MERGE_SET, .target = "tag", .aliases = "теги|метки|tags|labels" }
#define NOTE                                                                                                           \
  { "note",                                                                                                            \
    TORG_KIND_TEXT,                                                                                                    \
    N_ ("Note"),                                                                                                       \
    ABOUT,                                                                                                             \
    LONG | HIST,                                                                                                       \
    TORG_MERGE_TEXT,                                                                                                   \
    .aliases = "комментарий|примечание|описание|comment|comments|note|notes|background" }
#define PHONES                                                                                                         \
  { "phones",                                                                                                          \
    TORG_KIND_PHONE,                                                                                                   \
    N_ ("Phone"),                                                                                                      \
    CONTACT,                                                                                                           \
    FIND | HIST | SAME | LIST,                                                                                         \
    .aliases = "телефон|телефоны|тел|мобильный|мобильный телефон|рабочий телефон|phone|phones|mobile|"                 \
               "phone number|phone_number|tel|домашний телефон|другой телефон|phone work|phone home|phone other|"      \
               "work phone|mobile phone|primary phone" }
#define EMAILS                                                                                                         \
  { "emails",                                                                                                          \
    TORG_KIND_EMAIL,                                                                                                   \
    N_ ("E-mail"),                                                                                                     \
    CONTACT,                                                                                                           \
    FIND | HIST | SAME | LIST,                                                                                         \
    .aliases = "почта|эл. почта|электронная почта|e-mail|email|mail|email address|e-mail адрес|рабочий e-mail|"        \
               "частный e-mail|email work|email home|email other|work email|e-mail 1 - value" }
/* The registration number is that of a foreign company, in whatever form its own register has it. */
#define ENTITY_NUMBERS(found)                                                                                             \
  { "inn",           TORG_KIND_REQUISITE, N_ ("INN"), LEGAL, (found) | HIST | FILT | LIST | SAME,                         \
    .target = "inn", .aliases = "инн|inn" },                                                                              \
    { "kpp", TORG_KIND_REQUISITE, N_ ("KPP"), LEGAL, HIST | LIST | SAME, .target = "kpp", .aliases = "кпп|kpp" },         \
    { "ogrn", TORG_KIND_REQUISITE, N_ ("OGRN"), LEGAL, (found) | HIST, .target = "ogrn", .aliases = "огрн|огрнип|ogrn" }, \
    { "registration_number",                                                                                              \
      TORG_KIND_TEXT,                                                                                                     \
      N_ ("Registration number"),                                                                                         \
      LEGAL,                                                                                                              \
      (found) | HIST,                                                                                                     \
      .aliases = "регистрационный номер|registration number",                                                             \
      .since = 4 },                                                                                                       \
    { "address", TORG_KIND_TEXT, N_ ("Legal address"), LEGAL, HIST, .aliases = "юридический адрес|legal address" },       \
    { "head", TORG_KIND_TEXT, N_ ("Head"), LEGAL, HIST, .aliases = "директор|генеральный директор|руководитель|director" }
#define ENTITY_ACCOUNT                                                                                                 \
  { "bik", TORG_KIND_REQUISITE, N_ ("BIK"), BANK, HIST, .target = "bik", .aliases = "бик|bik" },                       \
    { "bank", TORG_KIND_TEXT, N_ ("Bank"), BANK, HIST, .aliases = "банк|наименование банка|bank" },                    \
    { "account",                                                                                                       \
      TORG_KIND_REQUISITE,                                                                                             \
      N_ ("Account"),                                                                                                  \
      BANK,                                                                                                            \
      HIST,                                                                                                            \
      .target = "account",                                                                                             \
      .aliases = "расчетный счет|р/с|расчётный счёт|account number" },                                                 \
    { "corr_account",                                                                                                  \
      TORG_KIND_REQUISITE,                                                                                             \
      N_ ("Correspondent account"),                                                                                    \
      BANK,                                                                                                            \
      HIST,                                                                                                            \
      .target = "corr_account",                                                                                        \
      .aliases = "корреспондентский счет|к/с|корр. счет|корр. счёт" }
/* What is left of a record that was merged, which is deleted; see torg-unite-rule.h. */
#define MERGED_INTO(type)                                                                                              \
  {                                                                                                                    \
    "merged_into", TORG_KIND_REF, N_ ("Merged into"), NULL, HIDE | HIST, .target = (type), .since = 4,                 \
  }
/* Ids of records that are like it, and that somebody has said to be others. */
#define NOT_SAME                                                                                                       \
  {                                                                                                                    \
    "not_same", TORG_KIND_SET, N_ ("Known to be different from"), NULL, HIDE | HIST, TORG_MERGE_SET, .since = 4,       \
  }
#define POSITION { "position", TORG_KIND_NUMBER, N_ ("Position"), NULL, HIDE, TORG_MERGE_LAST }

static const TorgField user_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Person’s name"), NULL, REQ | FIND | HIST | NAME | SAME | LIST,
    .aliases = "имя|фио|name" },
  EMAILS,
  PHONES,
  { "department", TORG_KIND_REF, N_ ("Department"), NULL, FILT | HIST | LIST, .target = "department" },
  { "job", TORG_KIND_TEXT, N_ ("Job title"), NULL, HIST, .aliases = "должность" },
  { "disabled", TORG_KIND_MOMENT, N_ ("Left"), NULL, HIDE | HIST },
  { "login", TORG_KIND_TEXT, N_ ("Login"), NULL, HIDE, .since = 2 },
  /* Without a role one may do everything: it cannot be taken away by deleting it. */
  { "role", TORG_KIND_REF, N_ ("Rights"), NULL, HIDE | HIST, .target = "role", .on_delete = TORG_ON_DELETE_REFUSE,
    .since = 2 },
};

/* `rights`: {"TYPE" or "*": {"read", "create", "edit", "delete", "export", "assign": reach}}, a reach being `none`,
 * `own`, `department`, `below` or `all`; `hidden`: {"TYPE": ["FIELD"]}. */
static const TorgField role_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | HIST | NAME | SAME | LIST },
  { "rights", TORG_KIND_TEXT, N_ ("Rights"), NULL, HIDE | HIST },
  { "hidden", TORG_KIND_TEXT, N_ ("Hidden fields"), NULL, HIDE | HIST },
  { "lock_days", TORG_KIND_NUMBER, N_ ("Days without contact until it locks"), NULL, HIDE | HIST },
};

static const TorgField delegation_fields[] = {
  { "from_user", TORG_KIND_REF, N_ ("Whose work"), NULL, REQ | HIST | FILT, .target = "user",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "to_user", TORG_KIND_REF, N_ ("Who does it"), NULL, REQ | HIST | FILT, .target = "user",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "starts", TORG_KIND_DATE, N_ ("From"), NULL, REQ | HIST },
  { "ends", TORG_KIND_DATE, N_ ("Until"), NULL, REQ | HIST },
};

static const TorgField share_fields[] = {
  { "record_type", TORG_KIND_TEXT, N_ ("Of what"), NULL, REQ | HIDE },
  { "record", TORG_KIND_REF, N_ ("Record"), NULL, REQ | HIDE | FILT | KEYS, .on_delete = TORG_ON_DELETE_CASCADE },
  { "user", TORG_KIND_REF, N_ ("With whom"), NULL, REQ | HIST | FILT, .target = "user",
    .on_delete = TORG_ON_DELETE_CASCADE },
};

static const TorgField department_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | FIND | HIST | NAME | SAME | LIST, .aliases = "название|name" },
  { "parent", TORG_KIND_REF, N_ ("Part of"), NULL, HIST, .target = "department" },
};

static const TorgChoice pipeline_kinds[] = {
  { "deals", N_ ("Deals") },
  { "leads", N_ ("Leads") },
  { NULL, NULL },
};

static const TorgChoice next_steps[] = {
  { "must", N_ ("Must Be Planned") },
  { "may", N_ ("Suggested") },
  { "off", N_ ("Not Asked For") },
  { NULL, NULL },
};

static const TorgChoice distributions[] = {
  { "manual", N_ ("By Hand") },
  { "round_robin", N_ ("In Turn") },
  { "least_busy", N_ ("To the Least Busy") },
  { NULL, NULL },
};

static const TorgField pipeline_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | HIST | NAME | SAME | LIST, .aliases = "название|name" },
  { "kind", TORG_KIND_CHOICE, N_ ("Kind"), NULL, REQ, .choices = pipeline_kinds },
  /* After a contact; without it, `may`. */
  { "next_step", TORG_KIND_CHOICE, N_ ("Next step"), NULL, HIST, .choices = next_steps, .since = 4 },
  POSITION,
  /* Whose boards show it, and those of the departments below them; none: everybody's. */
  { "departments", TORG_KIND_SET, N_ ("Departments"), NULL, HIST, TORG_MERGE_SET, .target = "department", .since = 4 },
  /* Of new leads that nobody has chosen an owner for, by the server; without it, `manual`. */
  { "distribution", TORG_KIND_CHOICE, N_ ("Distribution"), NULL, HIST, .choices = distributions, .since = 4 },
  { "receivers", TORG_KIND_SET, N_ ("Who receives leads"), NULL, HIST, TORG_MERGE_SET, .target = "user", .since = 4 },
};

static const TorgChoice stage_kinds[] = {
  { "open", N_ ("In work") },
  { "won", N_ ("Won") },
  { "lost", N_ ("Lost") },
  { NULL, NULL },
};

static const TorgField stage_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | HIST | NAME | SAME | LIST, .aliases = "название|name" },
  { "pipeline", TORG_KIND_REF, N_ ("Pipeline"), NULL, REQ | FILT, .target = "pipeline",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "kind", TORG_KIND_CHOICE, N_ ("Kind"), NULL, REQ | HIST, .choices = stage_kinds },
  { "color", TORG_KIND_TEXT, N_ ("Colour"), NULL, HIST },
  { "probability", TORG_KIND_NUMBER, N_ ("Probability, %"), NULL, HIST, .most = 100 },
  { "rot_days", TORG_KIND_NUMBER, N_ ("Days without movement"), NULL, HIST, .most = 3650 },
  POSITION,
  /* What a card needs to come in, see torg-stage-rule.h; none: nothing, anywhere, anybody, nobody. */
  { "required", TORG_KIND_SET, N_ ("Fields to fill in"), NULL, HIST, TORG_MERGE_SET, .since = 4 },
  { "next", TORG_KIND_SET, N_ ("Next stages"), NULL, HIST, TORG_MERGE_SET, .target = "stage", .since = 4 },
  { "movers", TORG_KIND_SET, N_ ("Who may move here"), NULL, HIST, TORG_MERGE_SET, .target = "role",
    .on_delete = TORG_ON_DELETE_REFUSE, .since = 4 },
  { "approvers", TORG_KIND_SET, N_ ("Who approves"), NULL, HIST, TORG_MERGE_SET, .target = "role",
    .on_delete = TORG_ON_DELETE_REFUSE, .since = 4 },
  /* Of a stage that is being removed: where its cards go, whatever the rules say. */
  { "successor", TORG_KIND_REF, N_ ("What takes its cards"), NULL, HIDE | HIST, .target = "stage", .since = 4 },
};

static const TorgChoice legal_forms[] = {
  { "ooo", N_ ("OOO (limited company)") },
  { "ao", N_ ("AO (joint-stock company)") },
  { "pao", N_ ("PAO (public joint-stock company)") },
  { "ip", N_ ("IP (sole proprietor)") },
  { "selfemployed", N_ ("Self-employed") },
  { "gbu", N_ ("State institution") },
  { "nko", N_ ("Non-profit organisation") },
  { "foreign", N_ ("Foreign company") },
  { NULL, NULL },
};

static const TorgChoice yes_or_no[] = {
  { "yes", N_ ("Yes") },
  { "no", N_ ("No") },
  { NULL, NULL },
};

/* Whom the company itself sells in the name of. */
static const TorgField own_entity_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), LEGAL, REQ | HIST | NAME | SAME | LIST,
    .aliases = "юрлицо|юридическое лицо|краткое наименование|name" },
  { "full_name", TORG_KIND_TEXT, N_ ("Full name"), LEGAL, HIST, .aliases = "полное наименование|full name" },
  { "form", TORG_KIND_CHOICE, N_ ("Form"), LEGAL, HIST | LIST, .choices = legal_forms,
    .aliases = "форма|опф|legal form" },
  /* Without it, it does. */
  { "pays_vat", TORG_KIND_CHOICE, N_ ("Pays VAT"), LEGAL, HIST | LIST, .choices = yes_or_no,
    .aliases = "плательщик ндс|pays vat" },
  ENTITY_NUMBERS (0),
  ENTITY_ACCOUNT,
  POSITION,
};

static const TorgChoice day_kinds[] = {
  { "off", N_ ("Day Off") },
  { "work", N_ ("Working Day") },
  { NULL, NULL },
};

/* Days that are not what torg-working-day.h takes them for. */
static const TorgField production_calendar_fields[] = {
  { "date", TORG_KIND_DATE, N_ ("Day"), NULL, REQ | NAME | SAME | LIST | FILT, .aliases = "дата|день|date|day" },
  { "kind", TORG_KIND_CHOICE, N_ ("Kind"), NULL, REQ | HIST | LIST, .choices = day_kinds, .aliases = "вид|тип|kind" },
};

static const TorgChoice term_kinds[] = {
  { "calendar", N_ ("Calendar Days") },
  { "working", N_ ("Working Days") },
  { NULL, NULL },
};

static const TorgChoice channels[] = {
  { "call", N_ ("Call") }, { "site", N_ ("Web site") },   { "mail", N_ ("Letter") },
  { "chat", N_ ("Chat") }, { "meeting", N_ ("Meeting") }, { "other", N_ ("Other") },
  { NULL, NULL },
};

static const TorgField lead_fields[] = {
  { "title", TORG_KIND_TEXT, N_ ("Title"), N_ ("Lead"), FIND | HIST | NAME | LIST,
    .aliases = "лид|название лида|title|lead" },
  { "name", TORG_KIND_TEXT, N_ ("Person’s name"), CONTACT, FIND | HIST | NAME | LIST,
    .aliases = "имя|фио|name|full name|contact name" },
  { "company_name", TORG_KIND_TEXT, N_ ("Company"), CONTACT, FIND | HIST | LIST,
    .aliases = "компания|организация|company|company name" },
  PHONES,
  EMAILS,
  { "pipeline", TORG_KIND_REF, N_ ("Pipeline"), N_ ("Lead"), FILT | HIDE, .target = "pipeline" },
  { "stage", TORG_KIND_REF, N_ ("Status"), N_ ("Lead"), FILT | HIST | LIST, .target = "stage",
    .aliases = "статус|стадия|status|stage|lead stage" },
  { "need", TORG_KIND_TEXT, N_ ("Need"), N_ ("Lead"), LONG | HIST, .aliases = "потребность|запрос|need|interest" },
  { "source", TORG_KIND_REF, N_ ("Source"), N_ ("Lead"), FILT | HIST | LIST, .target = "dictionary:source",
    .aliases = "источник|source|lead source|lead origin" },
  /* By which way it came; what led to it is the source. */
  { "channel", TORG_KIND_CHOICE, N_ ("Channel"), N_ ("Lead"), FILT | HIST, .choices = channels,
    .aliases = "канал|channel|lead channel", .since = 4 },
  { "city", TORG_KIND_TEXT, N_ ("City"), PLACE, HIST, .aliases = "город|city" },
  { "country", TORG_KIND_TEXT, N_ ("Country"), PLACE, HIST, .aliases = "страна|country" },
  { "job", TORG_KIND_TEXT, N_ ("Job title"), CONTACT, HIST,
    .aliases = "должность|job title|what is your current occupation" },
  { "number", TORG_KIND_TEXT, N_ ("Number"), N_ ("Lead"), FIND | HIST | SAME,
    .aliases = "номер|number|lead number|id" },
  { "score", TORG_KIND_NUMBER, N_ ("Score"), N_ ("Lead"), HIST, .aliases = "балл|оценка|score|lead score" },
  { "inn", TORG_KIND_REQUISITE, N_ ("INN"), CONTACT, FIND | HIST, .target = "inn", .aliases = "инн|inn", .since = 4 },
  OWNER (LIST),
  DEPARTMENT,
  TAGS,
  NOTE,
  { "created", TORG_KIND_MOMENT, N_ ("Created"), OURS, FILT | LIST, .aliases = "создан|дата создания|created|date" },
  { "rank", TORG_KIND_NUMBER, N_ ("Order"), NULL, HIDE, TORG_MERGE_LAST },
  /* Of a new lead: whether the server is to give it to somebody, see torg-distribute.c. */
  { "distribute", TORG_KIND_CHOICE, N_ ("To be distributed"), NULL, HIDE, TORG_MERGE_LAST, .choices = yes_or_no,
    .since = 4 },
  /* Why it was disqualified. */
  { "lost_reason", TORG_KIND_REF, N_ ("Why disqualified"), CLOSING, FILT | HIST, .target = "dictionary:lost_reason",
    .aliases = "причина отказа|lost reason|disqualification reason", .since = 4 },
  { "lost_comment", TORG_KIND_TEXT, N_ ("Disqualified, in words"), CLOSING, HIST | LONG, .since = 4 },
  /* What it has become, see torg-conversion.h. */
  { "converted", TORG_KIND_MOMENT, N_ ("Converted"), NULL, HIDE | HIST, .since = 4 },
  { "converted_company", TORG_KIND_REF, N_ ("Became the company"), NULL, HIDE | HIST | FILT, .target = "company",
    .since = 4 },
  { "converted_person", TORG_KIND_REF, N_ ("Became the person"), NULL, HIDE | HIST | FILT, .target = "person",
    .since = 4 },
  { "converted_deal", TORG_KIND_REF, N_ ("Became the deal"), NULL, HIDE | HIST | FILT, .target = "deal", .since = 4 },
};

static const TorgField deal_fields[] = {
  { "title", TORG_KIND_TEXT, N_ ("Title"), DEAL, REQ | FIND | HIST | NAME | LIST,
    .aliases = "сделка|название|название сделки|тема|title|deal|deal name|opportunity_name" },
  { "number", TORG_KIND_TEXT, N_ ("Number"), DEAL, FIND | HIDE | HIST | SAME,
    .aliases = "номер|№|id|opportunity_id|deal id|row id" },
  { "amount", TORG_KIND_MONEY, N_ ("Amount"), DEAL, HIST | LIST | FILT,
    .aliases = "сумма|бюджет|стоимость|amount|value|close_value|opportunity|budget|sales|deal value" },
  { "pipeline", TORG_KIND_REF, N_ ("Pipeline"), DEAL, REQ | HIST, .target = "pipeline",
    .on_delete = TORG_ON_DELETE_REFUSE, .aliases = "воронка|pipeline" },
  { "stage", TORG_KIND_REF, N_ ("Stage"), DEAL, REQ | HIST | LIST, .target = "stage",
    .on_delete = TORG_ON_DELETE_REFUSE,
    .aliases = "стадия|этап|этап сделки|статус|stage|deal_stage|deal stage|status" },
  { "company", TORG_KIND_REF, N_ ("Company"), DEAL, FILT | HIST | LIST, .target = "company",
    .aliases = "компания|клиент|организация|заказчик|контрагент|company|account|customer|client|customer name|company "
               "name|account name" },
  { "person", TORG_KIND_REF, N_ ("Contact person"), DEAL, FILT | HIST | LIST, .target = "person",
    .aliases = "контакт|контактное лицо|контакты|contact|person|contact name" },
  { "expected", TORG_KIND_DATE, N_ ("Expected closing"), DEAL, FILT | HIST | LIST,
    .aliases = "предполагаемая дата закрытия|план закрытия|expected_close|expected close date" },
  { "source", TORG_KIND_REF, N_ ("Source"), DEAL, FILT | HIST, .target = "dictionary:source",
    .aliases = "источник|source" },
  { "own_entity", TORG_KIND_REF, N_ ("Our legal entity"), TERMS, FILT | HIST, .target = "own_entity",
    .on_delete = TORG_ON_DELETE_REFUSE, .aliases = "наше юрлицо|наша компания|моя компания|реквизиты вашей компании",
    .since = 4 },
  { "prepayment", TORG_KIND_NUMBER, N_ ("Prepayment, %"), TERMS, HIST, .aliases = "предоплата|аванс|prepayment",
    .most = 100, .since = 4 },
  /* From the shipment on; what the days are without a kind: calendar days. */
  { "deferral", TORG_KIND_NUMBER, N_ ("Deferral, days"), TERMS, HIST,
    .aliases = "отсрочка|отсрочка платежа|payment terms", .most = 3650, .since = 4 },
  { "deferral_kind", TORG_KIND_CHOICE, N_ ("Deferral in"), TERMS, HIST, .choices = term_kinds, .since = 4 },
  { "shipment", TORG_KIND_DATE, N_ ("Expected shipment"), TERMS, FILT | HIST,
    .aliases = "отгрузка|дата отгрузки|плановая отгрузка|shipment|delivery date", .since = 4 },
  { "payment", TORG_KIND_DATE, N_ ("Expected payment"), TERMS, FILT | HIST,
    .aliases = "оплата|дата оплаты|ожидаемая оплата|payment|payment date", .since = 4 },
  OWNER (LIST),
  DEPARTMENT,
  TAGS,
  { "postponed", TORG_KIND_DATE, N_ ("Postponed until"), OURS, HIST, .aliases = "отложена до" },
  { "postponed_reason", TORG_KIND_TEXT, N_ ("Why postponed"), OURS, HIST },
  { "closed", TORG_KIND_DATE, N_ ("Closed"), CLOSING, HIST | FILT,
    .aliases = "дата закрытия|закрыта|close_date|closed|closed date" },
  { "lost_reason", TORG_KIND_REF, N_ ("Why lost"), CLOSING, FILT | HIST, .target = "dictionary:lost_reason",
    .aliases = "причина отказа|lost reason|loss reason" },
  { "lost_comment", TORG_KIND_TEXT, N_ ("Lost, in words"), CLOSING, HIST | LONG },
  { "started", TORG_KIND_DATE, N_ ("Begun"), DEAL, HIST,
    .aliases = "дата начала|начало|engage_date|start date|order date" },
  NOTE,
  { "created", TORG_KIND_MOMENT, N_ ("Created"), OURS, FILT, .aliases = "дата создания|создана|created|created at" },
  { "rank", TORG_KIND_NUMBER, N_ ("Order"), NULL, HIDE, TORG_MERGE_LAST },
  { "stage_since", TORG_KIND_MOMENT, N_ ("In the stage since"), OURS, HIDE, TORG_MERGE_LAST },
  { "next_at", TORG_KIND_MOMENT, N_ ("Next step, when"), OURS, HIDE | FILT, TORG_MERGE_DERIVED },
  { "next_all_day", TORG_KIND_NUMBER, N_ ("Next step, all day"), OURS, HIDE, TORG_MERGE_DERIVED },
  { "next_kind", TORG_KIND_TEXT, N_ ("Next step, kind"), OURS, HIDE, TORG_MERGE_DERIVED },
  { "next_subject", TORG_KIND_TEXT, N_ ("Next step"), OURS, HIDE, TORG_MERGE_DERIVED },
  { "touched", TORG_KIND_MOMENT, N_ ("Last movement"), OURS, HIDE, TORG_MERGE_DERIVED },
};

/* Who takes part in a deal beside its main contact, and as what. */
static const TorgField deal_contact_fields[] = {
  { "deal", TORG_KIND_REF, N_ ("Deal"), NULL, REQ | FILT | KEYS, .target = "deal", .on_delete = TORG_ON_DELETE_CASCADE,
    .aliases = "сделка|deal" },
  { "person", TORG_KIND_REF, N_ ("Person"), NULL, REQ | FILT | HIST | LIST, .target = "person",
    .on_delete = TORG_ON_DELETE_CASCADE, .aliases = "контакт|person|contact" },
  { "role", TORG_KIND_REF, N_ ("Role"), NULL, HIST | LIST, .target = "dictionary:deal_role", .aliases = "роль|role" },
};

static const TorgField deal_line_fields[] = {
  { "deal", TORG_KIND_REF, N_ ("Deal"), NULL, REQ | FILT | KEYS, .target = "deal",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "product", TORG_KIND_REF, N_ ("Product"), NULL, FILT | HIST | LIST, .target = "product",
    .on_delete = TORG_ON_DELETE_REFUSE, .aliases = "товар|продукт|product|product name" },
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, HIST | NAME | LIST, .aliases = "наименование|name" },
  { "unit", TORG_KIND_REF, N_ ("Unit"), NULL, HIST | LIST, .target = "dictionary:unit",
    .aliases = "ед. изм.|единица|unit" },
  { "quantity", TORG_KIND_NUMBER, N_ ("Quantity"), NULL, HIST | LIST,
    .aliases = "количество|кол-во|quantity|qty|order quantity" },
  { "price", TORG_KIND_MONEY, N_ ("Price"), NULL, HIST | LIST, .aliases = "цена|price|unit price" },
  { "discount", TORG_KIND_NUMBER, N_ ("Discount, %"), NULL, HIST | LIST, .aliases = "скидка|discount" },
  { "vat_rate", TORG_KIND_REF, N_ ("VAT"), NULL, HIST | LIST, .target = "vat_rate", .aliases = "ндс|ставка ндс|vat" },
  POSITION,
};

static const TorgField vat_rate_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | NAME | SAME | LIST },
  { "rate", TORG_KIND_NUMBER, N_ ("Rate, %"), NULL, LIST },
  { "valid_from", TORG_KIND_DATE, N_ ("Valid from"), NULL, LIST },
  { "valid_to", TORG_KIND_DATE, N_ ("Valid to"), NULL, LIST },
  POSITION,
};

static const TorgField product_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), N_ ("Product"), REQ | FIND | HIST | NAME | SAME | LIST,
    .aliases = "наименование|название|товар|номенклатура|product|name|product name" },
  { "sku", TORG_KIND_TEXT, N_ ("Article"), N_ ("Product"), FIND | HIST | LIST | FILT,
    .aliases = "артикул|код|sku|article|code" },
  { "category", TORG_KIND_TEXT, N_ ("Group"), N_ ("Product"), HIST | LIST | FILT,
    .aliases = "группа|категория|series|category|product line|product category" },
  { "unit", TORG_KIND_REF, N_ ("Unit"), N_ ("Product"), HIST | LIST, .target = "dictionary:unit",
    .aliases = "ед. изм.|единица|ед.|единица измерения|unit" },
  { "price", TORG_KIND_MONEY, N_ ("Price"), N_ ("Product"), HIST | LIST,
    .aliases = "цена|sales_price|price|unit price" },
  { "vat_rate", TORG_KIND_REF, N_ ("VAT"), N_ ("Product"), HIST | LIST, .target = "vat_rate",
    .aliases = "ндс|ставка ндс|vat" },
  NOTE,
};

/* The directory of the Bank of Russia, imported anew from time to time. */
static const TorgField bank_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | FIND | HIST | NAME | LIST,
    .aliases = "название|наименование|name|namep" },
  { "bik", TORG_KIND_REQUISITE, N_ ("BIK"), NULL, REQ | FILT | LIST | SAME, .target = "bik", .aliases = "бик|bik|bic" },
  { "corr_account", TORG_KIND_REQUISITE, N_ ("Correspondent account"), NULL, LIST, .target = "corr_account",
    .aliases = "корреспондентский счет|к/с|корр. счет|корр. счёт|corr_account|ks" },
  { "city", TORG_KIND_TEXT, N_ ("City"), NULL, LIST, .aliases = "город|city|nnp" },
  { "closed", TORG_KIND_DATE, N_ ("Closed since"), NULL, LIST, .aliases = "закрыт|дата закрытия|closed|dateout" },
};

static const TorgField company_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), ABOUT, REQ | FIND | HIST | NAME | SAME | LIST,
    .aliases = "название|название компании|компания|наименование|организация|контрагент|клиент|account|company|"
               "company name|company_name|name|companyname" },
  PHONES,
  EMAILS,
  { "site", TORG_KIND_TEXT, N_ ("Web site"), CONTACT, FIND | HIST, .aliases = "сайт|site|website|web|homepage" },
  { "industry", TORG_KIND_REF, N_ ("Industry"), ABOUT, FILT | HIST | LIST, .target = "dictionary:industry",
    .aliases = "отрасль|сфера деятельности|sector|industry" },
  { "employees", TORG_KIND_NUMBER, N_ ("Employees"), ABOUT, HIST, .aliases = "сотрудников|численность|employees",
    .most = 10000000 },
  { "revenue", TORG_KIND_MONEY, N_ ("Turnover"), ABOUT, HIST, .aliases = "оборот|выручка|revenue" },
  { "founded", TORG_KIND_NUMBER, N_ ("Founded"), ABOUT, HIST, .aliases = "год основания|year_established|founded",
    .least = 1000, .most = 2100 },
  { "parent", TORG_KIND_REF, N_ ("Part of"), ABOUT, HIST | FILT, .target = "company",
    .aliases = "головная компания|холдинг|subsidiary_of|parent|parent company" },
  { "country", TORG_KIND_TEXT, N_ ("Country"), PLACE, HIST, .aliases = "страна|country|office_location" },
  { "region", TORG_KIND_TEXT, N_ ("Region"), PLACE, FILT | HIST, .aliases = "регион|область|region|state" },
  { "city", TORG_KIND_TEXT, N_ ("City"), PLACE, FILT | HIST | LIST, .aliases = "город|city" },
  { "address", TORG_KIND_TEXT, N_ ("Street address"), PLACE, HIST, .aliases = "адрес|address|фактический адрес" },
  { "source", TORG_KIND_REF, N_ ("Source"), OURS, FILT | HIST, .target = "dictionary:source",
    .aliases = "источник|source" },
  OWNER (LIST),
  DEPARTMENT,
  TAGS,
  NOTE,
  { "created", TORG_KIND_MOMENT, N_ ("Created"), OURS, FILT, .aliases = "дата создания|создана|created|created at" },
  MERGED_INTO ("company"),
  NOT_SAME,
};

static const TorgChoice genders[] = {
  { "female", N_ ("Female") },
  { "male", N_ ("Male") },
  { NULL, NULL },
};

static const TorgField person_fields[] = {
  { "surname", TORG_KIND_TEXT, N_ ("Surname"), ABOUT, FIND | HIST | NAME | LIST | SAME,
    .aliases = "фамилия|surname|last name|last_name|lastname" },
  { "name", TORG_KIND_TEXT, N_ ("First name"), ABOUT, REQ | FIND | HIST | NAME | LIST | SAME,
    .aliases = "имя|name|first name|first_name|firstname|фио|контакт|contactname|contact" },
  { "patronymic", TORG_KIND_TEXT, N_ ("Patronymic"), ABOUT, FIND | HIST | NAME | LIST,
    .aliases = "отчество|patronymic|middle name" },
  { "gender", TORG_KIND_CHOICE, N_ ("Gender"), ABOUT, HIST, .choices = genders, .aliases = "пол|gender" },
  { "birthday", TORG_KIND_DATE, N_ ("Birthday"), ABOUT, HIST,
    .aliases = "день рождения|дата рождения|birthday|birthdate" },
  { "company", TORG_KIND_REF, N_ ("Company"), ABOUT, FILT | HIST | LIST, .target = "company",
    .aliases = "компания|организация|company|account|companyname|company name" },
  { "job", TORG_KIND_TEXT, N_ ("Job title"), ABOUT, HIST | LIST,
    .aliases = "должность|title|job title|contacttitle|position" },
  PHONES,
  EMAILS,
  { "country", TORG_KIND_TEXT, N_ ("Country"), PLACE, HIST, .aliases = "страна|country" },
  { "region", TORG_KIND_TEXT, N_ ("Region"), PLACE, HIST, .aliases = "регион|область|region|state" },
  { "city", TORG_KIND_TEXT, N_ ("City"), PLACE, FILT | HIST, .aliases = "город|city" },
  { "address", TORG_KIND_TEXT, N_ ("Street address"), PLACE, HIST, .aliases = "адрес|address" },
  { "source", TORG_KIND_REF, N_ ("Source"), OURS, FILT | HIST, .target = "dictionary:source",
    .aliases = "источник|source" },
  OWNER (LIST),
  DEPARTMENT,
  TAGS,
  NOTE,
  { "created", TORG_KIND_MOMENT, N_ ("Created"), OURS, FILT,
    .aliases = "дата создания|создан|created|created at|first_seen" },
  MERGED_INTO ("person"),
  NOT_SAME,
};

static const TorgField company_person_fields[] = {
  { "company", TORG_KIND_REF, N_ ("Company"), NULL, REQ | FILT | KEYS, .target = "company",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "person", TORG_KIND_REF, N_ ("Person"), NULL, REQ | FILT, .target = "person", .on_delete = TORG_ON_DELETE_CASCADE },
  { "role", TORG_KIND_TEXT, N_ ("Role"), NULL, HIST | NAME | LIST, .aliases = "роль|role" },
};

static const TorgField legal_entity_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), LEGAL, REQ | FIND | HIST | NAME | LIST,
    .aliases = "юрлицо|юридическое лицо|краткое наименование|name" },
  { "full_name", TORG_KIND_TEXT, N_ ("Full name"), LEGAL, HIST, .aliases = "полное наименование|full name" },
  { "form", TORG_KIND_CHOICE, N_ ("Form"), LEGAL, HIST | LIST, .choices = legal_forms,
    .aliases = "форма|опф|legal form" },
  { "company", TORG_KIND_REF, N_ ("Company"), LEGAL, FILT | HIST | KEYS, .target = "company",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "person", TORG_KIND_REF, N_ ("Person"), LEGAL, FILT | HIST, .target = "person",
    .on_delete = TORG_ON_DELETE_CASCADE },
  ENTITY_NUMBERS (FIND),
  ENTITY_ACCOUNT,
  MERGED_INTO ("legal_entity"),
  NOT_SAME,
};

/* Beside the account that a legal entity has among its own fields, which is its first one. */
static const TorgField bank_account_fields[] = {
  { "account", TORG_KIND_REQUISITE, N_ ("Account"), NULL, REQ | FIND | HIST | NAME | LIST, .target = "account",
    .aliases = "расчетный счет|р/с|расчётный счёт|account number" },
  { "legal_entity", TORG_KIND_REF, N_ ("Legal entity"), NULL, REQ | FILT | KEYS, .target = "legal_entity",
    .on_delete = TORG_ON_DELETE_CASCADE, .aliases = "юрлицо|юридическое лицо|legal entity" },
  { "bik", TORG_KIND_REQUISITE, N_ ("BIK"), NULL, HIST | LIST, .target = "bik", .aliases = "бик|bik" },
  { "bank", TORG_KIND_TEXT, N_ ("Bank"), NULL, HIST | LIST, .aliases = "банк|наименование банка|bank" },
  { "corr_account", TORG_KIND_REQUISITE, N_ ("Correspondent account"), NULL, HIST, .target = "corr_account",
    .aliases = "корреспондентский счет|к/с|корр. счет|корр. счёт" },
  { "currency", TORG_KIND_TEXT, N_ ("Currency"), NULL, HIST, .aliases = "валюта|currency" },
  { "main", TORG_KIND_CHOICE, N_ ("Main account"), NULL, HIST, .choices = yes_or_no, .aliases = "основной счет|main" },
};

static const TorgChoice activity_kinds[] = {
  { "task", N_ ("Task") }, { "call", N_ ("Call") }, { "meeting", N_ ("Meeting") }, { "mail", N_ ("Letter") },
  { "sms", N_ ("SMS") },   { "chat", N_ ("Chat") }, { "note", N_ ("Note") },       { NULL, NULL },
};

static const TorgChoice directions[] = {
  { "in", N_ ("Incoming") },
  { "out", N_ ("Outgoing") },
  { NULL, NULL },
};

static const TorgField activity_fields[] = {
  { "kind", TORG_KIND_CHOICE, N_ ("Kind"), NULL, REQ | LIST | FILT, .choices = activity_kinds,
    .aliases = "тип|вид|kind|type" },
  { "subject", TORG_KIND_TEXT, N_ ("Subject"), NULL, FIND | HIST | NAME | LIST,
    .aliases = "тема|название|subject|title" },
  { "body", TORG_KIND_TEXT, N_ ("Text"), NULL, FIND | HIST | LONG, TORG_MERGE_TEXT,
    .aliases = "текст|описание|body|text|description|комментарий" },
  { "due", TORG_KIND_ZONED, N_ ("When"), NULL, HIST | LIST, .aliases = "срок|дата|когда|due|deadline|date" },
  { "done", TORG_KIND_MOMENT, N_ ("Done"), NULL, HIST | LIST, .aliases = "выполнено|завершено|done|completed" },
  { "result", TORG_KIND_TEXT, N_ ("Result"), NULL, HIST | LONG, .aliases = "результат|result" },
  { "direction", TORG_KIND_CHOICE, N_ ("Direction"), NULL, .choices = directions },
  { "minutes", TORG_KIND_NUMBER, N_ ("Minutes"), NULL, HIST, .most = 100000 },
  { "deal", TORG_KIND_REF, N_ ("Deal"), NULL, KEYS, .target = "deal", .on_delete = TORG_ON_DELETE_CASCADE,
    .aliases = "сделка|deal" },
  { "company", TORG_KIND_REF, N_ ("Company"), NULL, KEYS, .target = "company", .on_delete = TORG_ON_DELETE_CASCADE,
    .aliases = "компания|company" },
  { "person", TORG_KIND_REF, N_ ("Person"), NULL, KEYS, .target = "person", .on_delete = TORG_ON_DELETE_CASCADE,
    .aliases = "контакт|person|contact" },
  { "lead", TORG_KIND_REF, N_ ("Lead"), NULL, KEYS, .target = "lead", .on_delete = TORG_ON_DELETE_CASCADE },
  OWNER (LIST),
  /* Where it stands on a timeline: when done, else when due, else when made. */
  { "at", TORG_KIND_MOMENT, N_ ("Time"), NULL, HIDE, TORG_MERGE_DERIVED },
};

static const TorgField tag_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | HIST | NAME | SAME | LIST,
    .aliases = "название|метка|тег|name|tag" },
  { "color", TORG_KIND_TEXT, N_ ("Colour"), NULL, HIST },
};

static const TorgField dictionary_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | HIST | NAME | SAME | LIST, .aliases = "название|значение|name" },
  { "dictionary", TORG_KIND_TEXT, N_ ("Dictionary"), NULL, REQ | FILT | SAME },
  { "code", TORG_KIND_TEXT, N_ ("Code"), NULL, HIDE },
  POSITION,
};

static const TorgField field_def_fields[] = {
  { "record_type", TORG_KIND_TEXT, N_ ("Of what"), NULL, REQ | FILT },
  { "name", TORG_KIND_TEXT, N_ ("Key"), NULL, REQ | HIDE },
  { "label", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | HIST | NAME | LIST },
  { "kind", TORG_KIND_TEXT, N_ ("Kind"), NULL, REQ },
  { "choices", TORG_KIND_SET, N_ ("Choices"), NULL, HIST, TORG_MERGE_SET },
  { "target", TORG_KIND_TEXT, N_ ("Refers to"), NULL, HIDE },
  { "required", TORG_KIND_NUMBER, N_ ("Required"), NULL, HIST },
  { "filterable", TORG_KIND_NUMBER, N_ ("Used in filters"), NULL, HIST },
  { "searchable", TORG_KIND_NUMBER, N_ ("Found by search"), NULL, HIST },
  POSITION,
};

static const TorgField attachment_fields[] = {
  { "name", TORG_KIND_TEXT, N_ ("Name"), NULL, REQ | FIND | HIST | NAME | LIST },
  { "file", TORG_KIND_FILE, N_ ("Content"), NULL, REQ },
  { "size", TORG_KIND_NUMBER, N_ ("Size, bytes"), NULL, LIST },
  { "media_type", TORG_KIND_TEXT, N_ ("Media type"), NULL, LIST },
  { "deal", TORG_KIND_REF, N_ ("Deal"), NULL, FILT | KEYS, .target = "deal", .on_delete = TORG_ON_DELETE_CASCADE },
  { "company", TORG_KIND_REF, N_ ("Company"), NULL, FILT | KEYS, .target = "company",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "person", TORG_KIND_REF, N_ ("Person"), NULL, FILT | KEYS, .target = "person",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "activity", TORG_KIND_REF, N_ ("Activity"), NULL, FILT | KEYS, .target = "activity",
    .on_delete = TORG_ON_DELETE_CASCADE },
  { "created", TORG_KIND_MOMENT, N_ ("Created"), NULL, LIST },
};

static const TorgChoice decisions[] = {
  { "approved", N_ ("Approved") },
  { "declined", N_ ("Declined") },
  { NULL, NULL },
};

/* Whether a card may come to a stage, asked of those who approve that. One that says so holds for good. */
static const TorgField approval_fields[] = {
  { "deal", TORG_KIND_REF, N_ ("Deal"), NULL, FILT | KEYS, .target = "deal", .on_delete = TORG_ON_DELETE_CASCADE,
    .since = 4 },
  { "lead", TORG_KIND_REF, N_ ("Lead"), NULL, FILT | KEYS, .target = "lead", .on_delete = TORG_ON_DELETE_CASCADE,
    .since = 4 },
  { "stage", TORG_KIND_REF, N_ ("Stage"), NULL, REQ | LIST, .target = "stage", .on_delete = TORG_ON_DELETE_CASCADE,
    .since = 4 },
  { "asked_by", TORG_KIND_REF, N_ ("Who asked"), NULL, LIST, .target = "user", .since = 4 },
  { "asked_at", TORG_KIND_MOMENT, N_ ("When asked"), NULL, LIST, .since = 4 },
  { "comment", TORG_KIND_TEXT, N_ ("Comment"), NULL, HIST | LONG, .since = 4 },
  { "decision", TORG_KIND_CHOICE, N_ ("Decision"), NULL, HIST | LIST, .choices = decisions, .since = 4 },
  { "decided_by", TORG_KIND_REF, N_ ("Who decided"), NULL, HIST | LIST, .target = "user", .since = 4 },
  { "decided_at", TORG_KIND_MOMENT, N_ ("When decided"), NULL, HIST | LIST, .since = 4 },
};

static const TorgField history_fields[] = {
  { "record_type", TORG_KIND_TEXT, N_ ("Of what"), NULL, HIDE },
  { "record", TORG_KIND_REF, N_ ("Record"), NULL, HIDE | KEYS },
  { "field", TORG_KIND_TEXT, N_ ("Field"), NULL, HIDE }, /* null for a creation, `deleted` for a deletion */
  { "old", TORG_KIND_TEXT, N_ ("Before"), NULL, HIDE },  /* JSON */
  { "new", TORG_KIND_TEXT, N_ ("After"), NULL, HIDE },   /* JSON */
  { "at", TORG_KIND_MOMENT, N_ ("When"), NULL, HIDE },
  { "author", TORG_KIND_REF, N_ ("Who"), NULL, HIDE, .target = "user" },
  { "import", TORG_KIND_TEXT, N_ ("Import"), NULL, HIDE },
};

static const TorgChoice conflict_states[] = {
  { "open", N_ ("Needs a decision") },
  { "taken", N_ ("The proposal was taken") },
  { "kept", N_ ("It stayed as it was") },
  { NULL, NULL },
};

/* A change that somebody else's came before: what stayed, and what was proposed. */
static const TorgField conflict_fields[] = {
  { "record_type", TORG_KIND_TEXT, N_ ("Of what"), NULL, REQ | HIDE },
  { "record", TORG_KIND_REF, N_ ("Record"), NULL, REQ | HIDE | KEYS | FILT, .on_delete = TORG_ON_DELETE_CASCADE },
  { "field", TORG_KIND_TEXT, N_ ("Field"), NULL, HIDE },       /* `deleted` where one deleted and the other changed */
  { "before", TORG_KIND_TEXT, N_ ("Before"), NULL, HIDE },     /* JSON */
  { "proposed", TORG_KIND_TEXT, N_ ("Proposed"), NULL, HIDE }, /* JSON */
  { "stayed", TORG_KIND_TEXT, N_ ("Stayed"), NULL, HIDE },     /* JSON */
  { "along", TORG_KIND_TEXT, N_ ("Proposed along"), NULL, HIDE,
    .since = 3 }, /* JSON: what a move was to change besides */
  { "author", TORG_KIND_REF, N_ ("Who proposed"), NULL, HIDE | FILT, .target = "user" },
  { "other", TORG_KIND_REF, N_ ("Whose stayed"), NULL, HIDE, .target = "user" },
  { "edited_at", TORG_KIND_MOMENT, N_ ("When proposed"), NULL, HIDE },
  { "at", TORG_KIND_MOMENT, N_ ("When found"), NULL, HIDE },
  { "state", TORG_KIND_CHOICE, N_ ("State"), NULL, HIDE | FILT, TORG_MERGE_LAST, .choices = conflict_states },
};

/* Who took data along, noted by the replica that wrote it: made once, and never changed. */
static const TorgField export_fields[] = {
  { "what", TORG_KIND_TEXT, N_ ("What"), NULL, REQ | NAME | LIST | FILT },
  { "records", TORG_KIND_NUMBER, N_ ("Records"), NULL, LIST },
  { "filter", TORG_KIND_TEXT, N_ ("Filter"), NULL, LIST | LONG },
  { "at", TORG_KIND_MOMENT, N_ ("When"), NULL, REQ | LIST },
  { "owner", TORG_KIND_REF, N_ ("Who"), NULL, LIST | FILT, .target = "user" },
};

/* What somebody is to win in a month, see torg-plan.h. */
static const TorgField plan_fields[] = {
  { "owner", TORG_KIND_REF, N_ ("Whose plan"), NULL, REQ | FILT | HIST | LIST, .target = "user",
    .on_delete = TORG_ON_DELETE_CASCADE, .aliases = "сотрудник|ответственный|менеджер|employee|owner" },
  { "month", TORG_KIND_DATE, N_ ("Month"), NULL, REQ | FILT | HIST | NAME | SAME | LIST,
    .aliases = "месяц|период|month" },
  { "amount", TORG_KIND_MONEY, N_ ("Plan"), NULL, REQ | HIST | LIST, .aliases = "план|сумма|quota|plan|amount" },
};

/* How cards look, see torg-card-layout.h. */
static const TorgField card_layout_fields[] = {
  { "record_type", TORG_KIND_TEXT, N_ ("Of what"), NULL, REQ | FILT | NAME | SAME | LIST },
  /* Names of fields, with a space between them. */
  { "order", TORG_KIND_TEXT, N_ ("Order"), NULL, HIST },
  { "always", TORG_KIND_SET, N_ ("Always shown"), NULL, HIST, TORG_MERGE_SET },
  { "hidden", TORG_KIND_SET, N_ ("Never shown"), NULL, HIST, TORG_MERGE_SET },
};

#define TYPE(name, plural, label, label_plural, ...)                                                                   \
  { #name, #plural, label, label_plural, 1, name##_fields, G_N_ELEMENTS (name##_fields), __VA_ARGS__ }

/* Parents come before those that refer to them. */
static const TorgTypeInfo tables[] = {
  TYPE (user, users, N_ ("Employee"), N_ ("Employees"), NULL),
  TYPE (department, departments, N_ ("Department"), N_ ("Departments"), NULL),
  TYPE (role, roles, N_ ("Role"), N_ ("Roles"), NULL),
  TYPE (delegation, delegations, N_ ("Delegation"), N_ ("Delegations"), NULL),
  TYPE (pipeline, pipelines, N_ ("Pipeline"), N_ ("Pipelines"), NULL),
  TYPE (stage, stages, N_ ("Stage"), N_ ("Stages"), NULL),
  TYPE (tag, tags, N_ ("Tag"), N_ ("Tags"), NULL),
  TYPE (dictionary, dictionaries, N_ ("Dictionary entry"), N_ ("Dictionary entries"), NULL),
  TYPE (field_def, field_defs, N_ ("Custom field"), N_ ("Custom fields"), NULL),
  TYPE (vat_rate, vat_rates, N_ ("VAT rate"), N_ ("VAT rates"), NULL),
  { "bank", "banks", N_ ("Bank"), N_ ("Banks"), 4, bank_fields, G_N_ELEMENTS (bank_fields), NULL },
  TYPE (product, products, N_ ("Product"), N_ ("Products"), "name"),
  TYPE (company, companies, N_ ("Company"), N_ ("Companies"), "name"),
  TYPE (person, persons, N_ ("Person"), N_ ("People"), "surname, name"),
  TYPE (company_person, company_persons, N_ ("Role in a company"), N_ ("Roles in companies"), NULL),
  TYPE (legal_entity, legal_entities, N_ ("Legal entity"), N_ ("Legal entities"), NULL),
  { "bank_account", "bank_accounts", N_ ("Bank account"), N_ ("Bank accounts"), 4, bank_account_fields,
    G_N_ELEMENTS (bank_account_fields), NULL },
  { "own_entity", "own_entities", N_ ("Our legal entity"), N_ ("Our legal entities"), 4, own_entity_fields,
    G_N_ELEMENTS (own_entity_fields), NULL },
  { "production_calendar", "production_calendars", N_ ("Day of the calendar"), N_ ("Production calendar"), 4,
    production_calendar_fields, G_N_ELEMENTS (production_calendar_fields), "date" },
  TYPE (lead, leads, N_ ("Lead"), N_ ("Leads"), "stage, rank, id"),
  TYPE (deal, deals, N_ ("Deal"), N_ ("Deals"), "stage, rank, id|stage, owner, rank, id"),
  { "deal_contact", "deal_contacts", N_ ("Contact of a deal"), N_ ("Contacts of deals"), 4, deal_contact_fields,
    G_N_ELEMENTS (deal_contact_fields), NULL },
  TYPE (deal_line, deal_lines, N_ ("Line of a deal"), N_ ("Lines of deals"), NULL),
  TYPE (activity,
        activities,
        N_ ("Activity"),
        N_ ("Activities"),
        "deal, done, due_utc|company, at|person, at|lead, at|deal, at|owner, done, due_utc"),
  TYPE (attachment, attachments, N_ ("File"), N_ ("Files"), "file"),
  TYPE (share, shares, N_ ("Share"), N_ ("Shares"), NULL),
  TYPE (conflict, conflicts, N_ ("Difference"), N_ ("Differences"), NULL),
  { "approval", "approvals", N_ ("Approval"), N_ ("Approvals"), 4, approval_fields, G_N_ELEMENTS (approval_fields),
    NULL },
  { "card_layout", "card_layouts", N_ ("Layout of cards"), N_ ("Layouts of cards"), 4, card_layout_fields,
    G_N_ELEMENTS (card_layout_fields), NULL },
  { "plan", "plans", N_ ("Sales plan"), N_ ("Sales plans"), 4, plan_fields, G_N_ELEMENTS (plan_fields), "month" },
  { "export", "exports", N_ ("Export"), N_ ("Exports"), 3, export_fields, G_N_ELEMENTS (export_fields), "at" },
  TYPE (history, histories, N_ ("Change"), N_ ("Changes"), "record, at"),
};

/**
 * torg_schema_tables:
 * @n_tables: (out): how many
 *
 * Gives the declarations of all types.
 *
 * Returns: (transfer none) (array length=n_tables): the declarations
 */
const TorgTypeInfo *
torg_schema_tables (guint *n_tables)
{
  *n_tables = G_N_ELEMENTS (tables);
  return tables;
}
