/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-company.h"

/* What every company begins with. It is data, to be changed by the company, so both languages stand here. */

typedef struct
{
  const char *ru;
  const char *en;
  const char *kind; /* of a stage */
  const char *color;
  int         probability;
  int         rot_days;
} Stage;

static const Stage deal_stages[] = {
  { "Новая", "New", "open", "#62a0ea", 10, 3 },
  { "Выявление потребности", "Needs analysis", "open", "#3584e4", 25, 7 },
  { "КП отправлено", "Proposal sent", "open", "#9141ac", 40, 7 },
  { "Согласование", "Negotiation", "open", "#e5a50a", 60, 10 },
  { "Договор и счёт", "Contract and invoice", "open", "#ff7800", 80, 10 },
  { "Ожидаем оплату", "Awaiting payment", "open", "#2ec27e", 90, 14 },
  { "Успешно", "Won", "won", "#26a269", 100, 0 },
  { "Отказ", "Lost", "lost", "#c01c28", 0, 0 },
};

static const Stage lead_stages[] = {
  { "Новый", "New", "open", "#62a0ea", 5, 1 },
  { "В работе", "In work", "open", "#e5a50a", 10, 3 },
  { "Квалифицирован", "Qualified", "open", "#9141ac", 20, 5 },
  { "Превращён в сделку", "Converted", "won", "#26a269", 100, 0 },
  { "Некачественный", "Disqualified", "lost", "#c01c28", 0, 0 },
};

typedef struct
{
  const char *dictionary;
  const char *ru;
  const char *en;
  const char *code;
} Entry;

static const Entry entries[] = {
  { "lost_reason", "Дорого", "Too expensive", "price" },
  { "lost_reason", "Выбрали конкурента", "Chose a competitor", "competitor" },
  { "lost_reason", "Нет бюджета", "No budget", "budget" },
  { "lost_reason", "Неактуально", "No longer needed", "need" },
  { "lost_reason", "Не отвечает", "Does not answer", "silent" },
  { "lost_reason", "Не устроили сроки", "Too slow", "time" },
  { "lost_reason", "Другое", "Other", "other" },
  { "source", "Сайт", "Web site", "web" },
  { "source", "Входящий звонок", "Incoming call", "call" },
  { "source", "Рекомендация", "Referral", "referral" },
  { "source", "Выставка", "Trade fair", "fair" },
  { "source", "Холодный звонок", "Cold call", "cold" },
  { "source", "Реклама", "Advertising", "ads" },
  { "source", "Тендер", "Tender", "tender" },
  { "industry", "Производство", "Manufacturing", NULL },
  { "industry", "Оптовая торговля", "Wholesale", NULL },
  { "industry", "Розничная торговля", "Retail", NULL },
  { "industry", "Строительство", "Construction", NULL },
  { "industry", "Транспорт и логистика", "Transport and logistics", NULL },
  { "industry", "Информационные технологии", "Information technology", NULL },
  { "industry", "Медицина", "Health care", NULL },
  { "industry", "Сельское хозяйство", "Agriculture", NULL },
  { "deal_role", "Принимает решение", "Decision maker", "decides" },
  { "deal_role", "Согласует", "Approves", "approves" },
  { "deal_role", "Закупает", "Buyer", "buys" },
  { "deal_role", "Технический специалист", "Technical expert", "expert" },
  { "deal_role", "Бухгалтер", "Accountant", "accountant" },
  { "unit", "шт", "pcs", "796" },
  { "unit", "кг", "kg", "166" },
  { "unit", "т", "t", "168" },
  { "unit", "м", "m", "006" },
  { "unit", "м²", "m²", "055" },
  { "unit", "л", "l", "112" },
  { "unit", "упак", "pack", "778" },
  { "unit", "компл", "set", "839" },
  { "unit", "ч", "h", "356" },
  { "unit", "усл", "service", "876" },
};

typedef struct
{
  const char *ru;
  const char *en;
  int         percent; /* -1: without VAT */
  const char *from;
  const char *to;
} Rate;

/* The general rate is 22 % from 2026-01-01 (Federal law 425-FZ of 28 November 2025), 20 % until then. */
static const Rate rates[] = {
  { "22 %", "22%", 22, "2026-01-01", NULL }, { "20 %", "20%", 20, "2019-01-01", "2025-12-31" },
  { "10 %", "10%", 10, NULL, NULL },         { "7 %", "7%", 7, "2025-01-01", NULL },
  { "5 %", "5%", 5, "2025-01-01", NULL },    { "0 %", "0%", 0, NULL, NULL },
  { "Без НДС", "No VAT", -1, NULL, NULL },
};

/* What the government moves in 2026 (its decree 1466 of 24 September 2025): the 3rd and the 4th of January. */
static const char *const days_off[] = { "2026-01-09", "2026-12-31" };

typedef struct
{
  TorgSchema *schema;
  TorgEnv    *env;
  gboolean    ru;
  GPtrArray  *records; /* (element-type TorgRecord) */
} Making;

static TorgRecord *
add_record (Making *making, const char *type, const char *name, int position)
{
  g_autofree char *id = torg_env_make_id (making->env);
  TorgRecord      *record = torg_record_new (making->schema, torg_schema_find (making->schema, type), id);

  torg_record_set_text (record, "name", name);
  torg_record_take (record, "position", torg_value_int (position * TORG_NUMBER_SCALE));
  g_ptr_array_add (making->records, record);
  return record;
}

static void
add_pipeline (Making *making, int position, const char *name, const char *kind, const Stage *stages, gsize n_stages)
{
  TorgRecord *pipeline = add_record (making, "pipeline", name, position);

  torg_record_set_text (pipeline, "kind", kind);
  for (gsize i = 0; i < n_stages; i++)
    {
      TorgRecord *stage = add_record (making, "stage", making->ru ? stages[i].ru : stages[i].en, i);

      torg_record_set_text (stage, "pipeline", torg_record_get_id (pipeline));
      torg_record_set_text (stage, "kind", stages[i].kind);
      torg_record_set_text (stage, "color", stages[i].color);
      torg_record_take (stage, "probability", torg_value_int (stages[i].probability * TORG_NUMBER_SCALE));
      if (stages[i].rot_days > 0)
        torg_record_take (stage, "rot_days", torg_value_int (stages[i].rot_days * TORG_NUMBER_SCALE));
    }
}

static void
add_dictionaries (Making *making)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      TorgRecord *entry = add_record (making, "dictionary", making->ru ? entries[i].ru : entries[i].en, i);

      torg_record_set_text (entry, "dictionary", entries[i].dictionary);
      torg_record_set_text (entry, "code", entries[i].code);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      TorgRecord *rate = add_record (making, "vat_rate", making->ru ? rates[i].ru : rates[i].en, i);

      if (rates[i].percent >= 0)
        torg_record_take (rate, "rate", torg_value_int (rates[i].percent * TORG_NUMBER_SCALE));
      torg_record_set_text (rate, "valid_from", rates[i].from);
      torg_record_set_text (rate, "valid_to", rates[i].to);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (days_off); i++)
    {
      g_autofree char *id = torg_env_make_id (making->env);
      TorgRecord *day = torg_record_new (making->schema, torg_schema_find (making->schema, "production_calendar"), id);

      torg_record_set_text (day, "date", days_off[i]);
      torg_record_set_text (day, "kind", "off");
      g_ptr_array_add (making->records, day);
    }
}

/**
 * torg_company_make:
 * @schema: the types
 * @env: gives ids
 * @lang: `ru` or `en`: the language of the names
 *
 * Makes what a new company works with: pipelines with their stages, dictionaries, VAT rates, the
 * production calendar.
 *
 * Returns: (transfer full) (element-type TorgRecord): records, each after those that it refers to
 */
GPtrArray *
torg_company_make (TorgSchema *schema, TorgEnv *env, const char *lang)
{
  gboolean   ru = g_strcmp0 (lang, "en") != 0;
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  Making     making = { schema, env, ru, records };

  add_pipeline (&making, 1, ru ? "Продажи" : "Sales", "deals", deal_stages, G_N_ELEMENTS (deal_stages));
  add_pipeline (&making, 0, ru ? "Лиды" : "Leads", "leads", lead_stages, G_N_ELEMENTS (lead_stages));
  add_dictionaries (&making);
  return records;
}

/**
 * torg_company_get_language:
 *
 * Tells in which language a new company's stages and dictionaries are named, by that of the program.
 *
 * Returns: `ru` or `en`
 */
const char *
torg_company_get_language (void)
{
  const char *const *languages = g_get_language_names ();

  for (guint i = 0; languages[i] != NULL; i++)
    {
      if (g_str_has_prefix (languages[i], "ru"))
        return "ru";
      if (g_str_has_prefix (languages[i], "en"))
        return "en";
    }
  return "ru";
}
