/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-plan-private.h"
#include "torg-import-source.h"

/*
 * What Bitrix24 and amoCRM write into the CSV and XLSX files that people export, in Russian. What a header says here
 * goes before what it could mean elsewhere: “ID” of a client is a number of that program and no number of a deal.
 */

/* The rows below the first ten hold data. */
#define HEADER_ROWS 10

#define BITRIX24 "Битрикс24"
#define AMOCRM "amoCRM"

#define BITRIX24_CHANNELS                                                                                              \
  "Рабочий телефон", "phones", "Мобильный телефон", "phones", "Домашний телефон", "phones", "Другой телефон",          \
    "phones", "Телефон для SMS-рассылок", "phones", "Номер факса", "", "Номер пейджера", "", "Рабочий e-mail",         \
    "emails", "Частный e-mail", "emails", "Домашний e-mail", "emails", "Другой e-mail", "emails",                      \
    "E-mail для рассылок", "emails", "Личная страница", "", "Другой сайт", "", "Доступна для всех", "",                \
    "Доступен для всех", "", "Кем изменена", "", "Кем изменен", "", "Дата изменения", "", "Кем создана", "",           \
    "Кем создан", ""

static const char *const bitrix24_companies[] = {
  "ID",
  "",
  "Название компании",
  "name",
  "Тип компании",
  "+",
  "Сфера деятельности",
  "industry",
  "Кол-во сотрудников",
  "+",
  "Годовой оборот",
  "revenue",
  "Валюта",
  TORG_IMPORT_CURRENCY,
  "Ответственный",
  "owner",
  "Комментарий",
  "note",
  "Корпоративный сайт",
  "site",
  "Адрес",
  "address",
  "Фактический адрес",
  "address",
  "Населенный пункт",
  "city",
  "Регион",
  "region",
  "Страна",
  "country",
  "Банковские реквизиты",
  "note",
  "Дата создания",
  "created",
  "Источник",
  "source",
  "Логотип",
  "",
  BITRIX24_CHANNELS,
  NULL,
};

static const char *const bitrix24_contacts[] = {
  "ID",
  "",
  "Обращение",
  "",
  "Имя",
  "name",
  "Отчество",
  "patronymic",
  "Фамилия",
  "surname",
  "Дата рождения",
  "birthday",
  "Компания",
  "company",
  "Должность",
  "job",
  "Ответственный",
  "owner",
  "Комментарий",
  "note",
  "Источник",
  "source",
  "Дополнительно об источнике",
  "note",
  "Тип контакта",
  "+",
  "Адрес",
  "address",
  "Населенный пункт",
  "city",
  "Регион",
  "region",
  "Страна",
  "country",
  "Дата создания",
  "created",
  "Фото",
  "",
  "Корпоративный сайт",
  "",
  "Участвует в экспорте контактов",
  "",
  BITRIX24_CHANNELS,
  NULL,
};

static const char *const bitrix24_deals[] = {
  "ID",
  "number",
  "Название сделки",
  "title",
  "Направление",
  "pipeline",
  "Воронка",
  "pipeline",
  "Стадия сделки",
  "stage",
  "Тип",
  "+",
  "Тип сделки",
  "+",
  "Сумма",
  "amount",
  "Валюта",
  TORG_IMPORT_CURRENCY,
  "Вероятность",
  "",
  "Вероятность, %",
  "",
  "Компания",
  "company",
  "Контакт",
  "person",
  "Дата начала",
  "started",
  "Дата завершения",
  "closed",
  "Предполагаемая дата закрытия",
  "expected",
  "Ответственный",
  "owner",
  "Комментарий",
  "note",
  "Источник",
  "source",
  "Дополнительно об источнике",
  "note",
  "Дата создания",
  "created",
  "Сделка закрыта",
  "",
  "Закрыта",
  "",
  "Повторная сделка",
  "",
  "Товар",
  "deal_line.product",
  "Цена",
  "deal_line.price",
  "Количество",
  "deal_line.quantity",
  "Доступна для всех",
  "",
  "Кем изменена",
  "",
  "Дата изменения",
  "",
  "Кем создана",
  "",
  NULL,
};

static const char *const bitrix24_leads[] = {
  "ID",
  "number",
  "Название лида",
  "title",
  "Обращение",
  "",
  "Имя",
  TORG_IMPORT_NAME_PART,
  "Отчество",
  TORG_IMPORT_NAME_PART,
  "Фамилия",
  TORG_IMPORT_NAME_PART,
  "Название компании",
  "company_name",
  "Должность",
  "job",
  "Стадия",
  "stage",
  "Статус",
  "stage",
  "Дополнительно о стадии",
  "note",
  "Дополнительно о статусе",
  "note",
  "Источник",
  "source",
  "Дополнительно об источнике",
  "note",
  "Ответственный",
  "owner",
  "Комментарий",
  "need",
  "Населенный пункт",
  "city",
  "Страна",
  "country",
  "Дата создания",
  "created",
  "Сумма",
  "+",
  "Валюта",
  TORG_IMPORT_CURRENCY,
  BITRIX24_CHANNELS,
  NULL,
};

#define AMOCRM_MADE                                                                                                    \
  "Дата создания", "created", "Кем создана", "", "Кем создан", "", "Дата редактирования", "", "Кем редактирована", "", \
    "Кем редактирован", "", "Дата изменения", "", "Кем изменена", "", "Кем изменен", "", "Ближайшая задача", ""

#define AMOCRM_CHANNELS                                                                                                \
  "Рабочий телефон", "phones", "Рабочий прямой телефон", "phones", "Мобильный телефон", "phones", "Факс", "",          \
    "Домашний телефон", "phones", "Другой телефон", "phones", "Рабочий email", "emails", "Личный email", "emails",     \
    "Другой email", "emails"

#define AMOCRM_NOTES                                                                                                   \
  "Примечание", "note", "Примечание 1", "note", "Примечание 2", "note", "Примечание 3", "note", "Примечание 4",        \
    "note", "Примечание 5", "note"

static const char *const amocrm_deals[] = {
  "ID",
  "number",
  "Название сделки",
  "title",
  "Бюджет",
  "amount",
  "Бюджет, руб.",
  "amount",
  "Бюджет ₽",
  "amount",
  "Бюджет сделки",
  "amount",
  "Ответственный",
  "owner",
  "Ответственный за сделку",
  "owner",
  "Дата закрытия",
  "closed",
  "Теги",
  "tags",
  "Теги сделки",
  "tags",
  "Этап сделки",
  "stage",
  "Статус",
  "stage",
  "Воронка",
  "pipeline",
  "Основной контакт",
  "person",
  "Полное имя контакта",
  "person",
  "Компания",
  "company",
  "Компания контакта",
  "company",
  "Должность контакта",
  "",
  "Ответственный за контакт",
  "",
  "Рабочий телефон",
  "",
  "Рабочий прямой телефон",
  "",
  "Мобильный телефон",
  "",
  "Факс",
  "",
  "Домашний телефон",
  "",
  "Другой телефон",
  "",
  "Рабочий email",
  "",
  "Личный email",
  "",
  "Другой email",
  "",
  AMOCRM_MADE,
  AMOCRM_NOTES,
  NULL,
};

static const char *const amocrm_contacts[] = {
  "ID",
  "",
  "Тип",
  "",
  "Полное имя контакта",
  TORG_IMPORT_FULL_NAME,
  "Имя",
  "name",
  "Фамилия",
  "surname",
  "Компания",
  "company",
  "Компания контакта",
  "company",
  "Должность",
  "job",
  "Ответственный",
  "owner",
  "Теги",
  "tags",
  "Сделки",
  "",
  "Название сделок",
  "",
  AMOCRM_CHANNELS,
  AMOCRM_MADE,
  AMOCRM_NOTES,
  NULL,
};

static const char *const amocrm_companies[] = {
  "ID",
  "",
  "Тип",
  "",
  "Название компании",
  "name",
  "Web",
  "site",
  "Адрес",
  "address",
  "Ответственный",
  "owner",
  "Теги",
  "tags",
  "Сделки",
  "",
  "Название сделок",
  "",
  AMOCRM_CHANNELS,
  AMOCRM_MADE,
  AMOCRM_NOTES,
  NULL,
};

#define SIGNS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static const TorgImportSource sources[] = {
  { BITRIX24, "deal", bitrix24_deals, SIGNS ("ID", "Название сделки", "Стадия сделки", "Валюта") },
  { BITRIX24, "lead", bitrix24_leads, SIGNS ("ID", "Название лида", "Рабочий телефон") },
  { BITRIX24, "company", bitrix24_companies, SIGNS ("ID", "Название компании", "Тип компании", "Рабочий e-mail") },
  { BITRIX24, "person", bitrix24_contacts, SIGNS ("ID", "Имя", "Фамилия", "Рабочий e-mail", "Ответственный") },
  { AMOCRM, "deal", amocrm_deals, SIGNS ("ID", "Название сделки", "Этап сделки", "Воронка") },
  { AMOCRM, "person", amocrm_contacts, SIGNS ("ID", "Полное имя контакта", "Рабочий email", "Дата создания") },
  { AMOCRM, "company", amocrm_companies, SIGNS ("ID", "Название компании", "Рабочий email", "Web") },
};

/* The headers of a row, as they are compared. */
static GHashTable *
read_headers (TorgTable *table, guint row)
{
  GHashTable *headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint column = 0; column < torg_table_get_width (table, row); column++)
    g_hash_table_add (headers, torg_import_normalise_header (torg_table_get_text (table, row, column)));
  return headers;
}

static gboolean
fits (const TorgImportSource *self, GHashTable *headers)
{
  for (guint i = 0; self->signs[i] != NULL; i++)
    {
      g_autofree char *wanted = torg_import_normalise_header (self->signs[i]);

      if (!g_hash_table_contains (headers, wanted))
        return FALSE;
    }
  return TRUE;
}

/**
 * torg_import_source_recognise:
 * @table: a table
 * @header_row: (out) (optional): which row its headers are
 *
 * Recognises what a known program has exported, by the headers that it writes.
 *
 * Returns: (transfer none) (nullable): how to take it; %NULL where it is of no known program
 */
const TorgImportSource *
torg_import_source_recognise (TorgTable *table, guint *header_row)
{
  for (guint row = 0; row < MIN (torg_table_get_n_rows (table), HEADER_ROWS); row++)
    {
      g_autoptr (GHashTable) headers = read_headers (table, row);

      for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
        if (fits (&sources[i], headers))
          {
            if (header_row != NULL)
              *header_row = row;
            return &sources[i];
          }
    }
  return NULL;
}

/**
 * torg_import_source_find:
 * @header: a column's header
 * @target: (out) (nullable) (transfer none): what it becomes; %NULL to leave it out
 *
 * Tells what becomes of a column.
 *
 * Returns: whether it is one that the program writes
 */
gboolean
torg_import_source_find (const TorgImportSource *self, const char *header, const char **target)
{
  g_autofree char *wanted = torg_import_normalise_header (header);

  for (guint i = 0; self->columns[i] != NULL; i += 2)
    {
      g_autofree char *own = torg_import_normalise_header (self->columns[i]);

      if (!g_str_equal (own, wanted))
        continue;
      *target = *self->columns[i + 1] != '\0' ? self->columns[i + 1] : NULL;
      return TRUE;
    }
  return FALSE;
}
