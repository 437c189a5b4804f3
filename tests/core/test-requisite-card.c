/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-requisite-card.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *wanted[14][2];
  guint       n_rest;
} Case;

static const Case cases[] = {
  /* A card of a company, as accountants send it. */
  { "КАРТОЧКА ПРЕДПРИЯТИЯ\n"
    "Полное наименование: Общество с ограниченной ответственностью «Ромашка»\n"
    "Сокращённое наименование: ООО «Ромашка»\n"
    "Юридический адрес: 125167, г. Москва, Ленинградский проспект, д. 39\n"
    "Фактический адрес: тот же\n"
    "ИНН/КПП 7707083893/770701001\n"
    "ОГРН 1027700132195\n"
    "Расчётный счёт 40702810900000002851\n"
    "в АО «Банк», г. Санкт-Петербург\n"
    "БИК 044030827\n"
    "Генеральный директор: Иванова Мария Петровна, действует на основании Устава\n",
    { { "full_name", "Общество с ограниченной ответственностью «Ромашка»" },
      { "name", "ООО «Ромашка»" },
      { "form", "ooo" },
      { "inn", "7707083893" },
      { "kpp", "770701001" },
      { "ogrn", "1027700132195" },
      { "account", "40702810900000002851" },
      { "bik", "044030827" },
      { "head", "Иванова Мария Петровна" },
      { "bank", "АО «Банк», г. Санкт-Петербург" },
      { "address", "125167, г. Москва, Ленинградский проспект, д. 39" } },
    3 },
  /* All in one line, as at the foot of a letter. */
  { "ООО \"Ромашка\", ИНН 7707083893, КПП 770701001, ОГРН 1027700132195, р/с 40702810900000002851 в АО «Банк», БИК "
    "044030827",
    { { "name", "ООО \"Ромашка\"" },
      { "inn", "7707083893" },
      { "kpp", "770701001" },
      { "ogrn", "1027700132195" },
      { "account", "40702810900000002851" },
      { "bank", "АО «Банк»" },
      { "bik", "044030827" } },
    0 },
  /* Pasted from a table: label and value by a tab, or on lines of their own. */
  { "Наименование\tИП Иванов Иван Иванович\nИНН\t500100732259\nОГРНИП\t304500116000157\nР/счет\t4070 2810 9000 0000 "
    "2851\n",
    { { "name", "ИП Иванов Иван Иванович" },
      { "form", "ip" },
      { "inn", "500100732259" },
      { "ogrn", "304500116000157" },
      { "account", "40702810900000002851" } },
    0 },
  { "ИНН\n7707083893\nКПП\n770701001\nБИК банка\n044525225\nКорр. счёт\n30101810400000000225\n",
    { { "inn", "7707083893" },
      { "kpp", "770701001" },
      { "bik", "044525225" },
      { "corr_account", "30101810400000000225" } },
    0 },
  { "к/с: № 30101810400000000225; Банк: ПАО Сбербанк; бик-044525225; КПП / ИНН : 770701001 / 7707083893",
    { { "corr_account", "30101810400000000225" },
      { "bank", "ПАО Сбербанк" },
      { "bik", "044525225" },
      { "inn", "7707083893" },
      { "kpp", "770701001" } },
    0 },
  /* Without labels: what can be nothing else. */
  { "ПАО «Сбербанк»\n7707083893\n1027700132195\n044525225\n30101810400000000225",
    { { "name", "ПАО «Сбербанк»" },
      { "form", "pao" },
      { "inn", "7707083893" },
      { "ogrn", "1027700132195" },
      { "bik", "044525225" },
      { "corr_account", "30101810400000000225" } },
    0 },
  { "Добрый день! Пришлите, пожалуйста, счёт.", { { NULL, NULL } }, 1 },
  { "", { { NULL, NULL } }, 0 },
};

static void
test_cards (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TorgRequisiteCard) card = torg_requisite_card_parse (cases[i].text);

      g_test_message ("%s", cases[i].text);
      for (guint k = 0; k < card->items->len; k++)
        {
          const TorgCardItem *item = g_ptr_array_index (card->items, k);

          g_test_message ("  %s = %s%s%s", item->field, item->value, item->trouble != NULL ? ": " : "",
                          item->trouble != NULL ? item->trouble : "");
          g_assert_null (item->trouble);
        }
      for (guint k = 0; k < card->rest->len; k++)
        g_test_message ("  left: %s", (const char *) g_ptr_array_index (card->rest, k));
      for (guint k = 0; cases[i].wanted[k][0] != NULL; k++)
        g_assert_cmpstr (torg_requisite_card_get (card, cases[i].wanted[k][0]), ==, cases[i].wanted[k][1]);
      g_assert_cmpuint (card->rest->len, ==, cases[i].n_rest);
    }
}

static void
test_trouble (void)
{
  g_autoptr (TorgRequisiteCard) card =
    torg_requisite_card_parse ("ИНН 7707083894 БИК 044525225 р/с 40702810900000002851 КПП 77070100");

  g_assert_cmpuint (card->items->len, ==, 4);
  for (guint i = 0; i < card->items->len; i++)
    {
      const TorgCardItem *item = g_ptr_array_index (card->items, i);

      g_test_message ("%s: %s", item->field, item->trouble);
      g_assert_true ((item->trouble != NULL) == !g_str_equal (item->field, "bik"));
    }
}

/* Of several accounts the first counts, and the others are told. */
static void
test_several (void)
{
  g_autoptr (TorgRequisiteCard) card =
    torg_requisite_card_parse ("р/с 40702810900000002851\nр/с 40702978900000002851\n");

  g_assert_cmpstr (torg_requisite_card_get (card, "account"), ==, "40702810900000002851");
  g_assert_cmpuint (card->rest->len, ==, 1);
  g_assert_cmpstr (card->rest->pdata[0], ==, "40702978900000002851");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requisite-card/cards", test_cards);
  g_test_add_func ("/requisite-card/trouble", test_trouble);
  g_test_add_func ("/requisite-card/several", test_several);
  return g_test_run ();
}
