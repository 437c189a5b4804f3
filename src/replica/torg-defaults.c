/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-defaults.h"
#include "torg-sync-store.h"

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

static TorgRecord *
new_record (TorgStore *store, const char *type, const char *name, int position)
{
  TorgSchema      *schema = torg_store_get_schema (store);
  g_autofree char *id = torg_env_make_id (torg_store_get_env (store));
  TorgRecord      *record = torg_record_new (schema, torg_schema_find (schema, type), id);

  torg_record_set_text (record, "name", name);
  if (position >= 0)
    torg_record_take (record, "position", torg_value_int (position * TORG_NUMBER_SCALE));
  return record;
}

static gboolean
fill_pipeline (TorgStore   *store,
               gboolean     ru,
               int          position,
               const char  *name,
               const char  *kind,
               const Stage *stages,
               gsize        n_stages,
               GError     **error)
{
  g_autoptr (TorgRecord) pipeline = new_record (store, "pipeline", name, position);

  torg_record_set_text (pipeline, "kind", kind);
  if (!torg_store_insert (store, pipeline, error))
    return FALSE;
  for (gsize i = 0; i < n_stages; i++)
    {
      g_autoptr (TorgRecord) stage = new_record (store, "stage", ru ? stages[i].ru : stages[i].en, i);

      torg_record_set_text (stage, "pipeline", torg_record_get_id (pipeline));
      torg_record_set_text (stage, "kind", stages[i].kind);
      torg_record_set_text (stage, "color", stages[i].color);
      torg_record_take (stage, "probability", torg_value_int (stages[i].probability * TORG_NUMBER_SCALE));
      if (stages[i].rot_days > 0)
        torg_record_take (stage, "rot_days", torg_value_int (stages[i].rot_days * TORG_NUMBER_SCALE));
      if (!torg_store_insert (store, stage, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fill_dictionaries (TorgStore *store, gboolean ru, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (TorgRecord) entry = new_record (store, "dictionary", ru ? entries[i].ru : entries[i].en, i);

      torg_record_set_text (entry, "dictionary", entries[i].dictionary);
      torg_record_set_text (entry, "code", entries[i].code);
      if (!torg_store_insert (store, entry, error))
        return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autoptr (TorgRecord) rate = new_record (store, "vat_rate", ru ? rates[i].ru : rates[i].en, i);

      if (rates[i].percent >= 0)
        torg_record_take (rate, "rate", torg_value_int (rates[i].percent * TORG_NUMBER_SCALE));
      torg_record_set_text (rate, "valid_from", rates[i].from);
      torg_record_set_text (rate, "valid_to", rates[i].to);
      if (!torg_store_insert (store, rate, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_defaults_fill:
 * @store: an empty store, in a transaction
 * @lang: `ru` or `en`: the language of the names
 * @user: (nullable): the name of the person whose replica it is
 * @error: place for an error
 *
 * Fills a new company: pipelines with their stages, dictionaries, VAT rates, its first employee.
 *
 * Returns: whether that worked
 */
gboolean
torg_defaults_fill (TorgStore *store, const char *lang, const char *user, GError **error)
{
  gboolean ru = g_strcmp0 (lang, "en") != 0;

  if (!fill_pipeline (store, ru, 1, ru ? "Продажи" : "Sales", "deals", deal_stages, G_N_ELEMENTS (deal_stages),
                      error) ||
      !fill_pipeline (store, ru, 0, ru ? "Лиды" : "Leads", "leads", lead_stages, G_N_ELEMENTS (lead_stages), error) ||
      !fill_dictionaries (store, ru, error))
    return FALSE;
  if (user != NULL)
    {
      g_autoptr (TorgRecord) record = new_record (store, "user", user, -1);

      if (!torg_store_insert (store, record, error) || !torg_store_set_user (store, torg_record_get_id (record), error))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_store_begin_company:
 * @lang: `ru` or `en`: the language of the names
 * @user: (nullable): the name of the person whose replica it is
 * @error: place for an error
 *
 * Makes an empty replica ready for work, in one transaction; one that is not empty stays as it is, and so does one of a
 * server, whose company comes from there.
 *
 * Returns: whether that worked
 */
gboolean
torg_store_begin_company (TorgStore *store, const char *lang, const char *user, GError **error)
{
  if (!torg_store_is_empty (store) || !torg_store_is_local (store))
    return TRUE;
  if (!torg_store_begin (store, error))
    return FALSE;
  if (!torg_defaults_fill (store, lang, user, error))
    {
      torg_store_rollback (store);
      return FALSE;
    }
  return torg_store_commit (store, error);
}
