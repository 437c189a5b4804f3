/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-region.h"

#include <string.h>

/* The regions of Russia in the order of their codes; names as in addresses, not translated, as a field holds them. */
static const TorgRegion regions[] = {
  { "01", "Республика Адыгея", "Europe/Moscow", NULL, "адыгея|майкоп", NULL, "877" },
  { "02", "Республика Башкортостан", "Asia/Yekaterinburg", NULL,
    "башкортостан|башкирия|уфа|стерлитамак|салават|нефтекамск", NULL, "347" },
  { "03", "Республика Бурятия", "Asia/Irkutsk", NULL, "бурятия|улан удэ", NULL, "301" },
  { "04", "Республика Алтай", "Asia/Barnaul", "алтай", "горно алтайск", NULL, "388" },
  { "05", "Республика Дагестан", "Europe/Moscow", NULL, "дагестан|махачкала|дербент|хасавюрт", NULL, "872" },
  { "06", "Республика Ингушетия", "Europe/Moscow", NULL, "ингушетия|назрань|магас", NULL, "873" },
  { "07", "Кабардино-Балкарская Республика", "Europe/Moscow", "кабардино балкарская", "кабардино балкария|нальчик",
    NULL, "866" },
  { "08", "Республика Калмыкия", "Europe/Moscow", NULL, "калмыкия|элиста", NULL, "847" },
  { "09", "Карачаево-Черкесская Республика", "Europe/Moscow", "карачаево черкесская", "карачаево черкесия|черкесск",
    NULL, "878" },
  { "10", "Республика Карелия", "Europe/Moscow", NULL, "карелия|петрозаводск", NULL, "814" },
  { "11", "Республика Коми", "Europe/Moscow", "коми", "сыктывкар|ухта|воркута", NULL, "821" },
  { "12", "Республика Марий Эл", "Europe/Moscow", NULL, "марий эл|йошкар ола", NULL, "836" },
  { "13", "Республика Мордовия", "Europe/Moscow", NULL, "мордовия|саранск", NULL, "834" },
  { "14", "Республика Саха (Якутия)", "Asia/Yakutsk", "саха", "якутия|саха якутия|якутск|нерюнгри", NULL, "411" },
  { "15", "Республика Северная Осетия — Алания", "Europe/Moscow", NULL,
    "северная осетия|северная осетия алания|владикавказ", NULL, "867" },
  { "16", "Республика Татарстан", "Europe/Moscow", NULL, "татарстан|казань|набережные челны|нижнекамск|альметьевск",
    NULL, "843|855" },
  { "17", "Республика Тыва", "Asia/Krasnoyarsk", NULL, "тыва|тува|кызыл", NULL, "394" },
  { "18", "Удмуртская Республика", "Europe/Samara", "удмуртская", "удмуртия|ижевск|воткинск", NULL, "341" },
  { "19", "Республика Хакасия", "Asia/Krasnoyarsk", NULL, "хакасия|абакан", NULL, "390" },
  { "20", "Чеченская Республика", "Europe/Moscow", "чеченская", "чечня|грозный", NULL, "871" },
  { "21", "Чувашская Республика", "Europe/Moscow", "чувашская", "чувашия|чебоксары|новочебоксарск", NULL, "835" },
  { "22", "Алтайский край", "Asia/Barnaul", "алтайский", "барнаул|бийск|рубцовск", NULL, "385" },
  { "23", "Краснодарский край", "Europe/Moscow", "краснодарский", "краснодар|сочи|новороссийск|армавир|кубань", NULL,
    "861|862" },
  { "24", "Красноярский край", "Asia/Krasnoyarsk", "красноярский", "красноярск|норильск|ачинск", "84|88", "391" },
  { "25", "Приморский край", "Asia/Vladivostok", "приморский", "приморье|владивосток|уссурийск|находка", NULL, "423" },
  { "26", "Ставропольский край", "Europe/Moscow", "ставропольский", "ставрополь|пятигорск|кисловодск|невинномысск",
    NULL, "865|879" },
  { "27", "Хабаровский край", "Asia/Vladivostok", "хабаровский", "хабаровск|комсомольск на амуре", NULL, "421" },
  { "28", "Амурская область", "Asia/Yakutsk", "амурская", "благовещенск", NULL, "416" },
  { "29", "Архангельская область", "Europe/Moscow", "архангельская", "архангельск|северодвинск", NULL, "818" },
  { "30", "Астраханская область", "Europe/Astrakhan", "астраханская", "астрахань", NULL, "851" },
  { "31", "Белгородская область", "Europe/Moscow", "белгородская", "белгород|старый оскол", NULL, "472" },
  { "32", "Брянская область", "Europe/Moscow", "брянская", "брянск", NULL, "483" },
  { "33", "Владимирская область", "Europe/Moscow", "владимирская", "владимир|ковров|муром", NULL, "492" },
  { "34", "Волгоградская область", "Europe/Volgograd", "волгоградская", "волгоград|волжский|камышин", NULL, "844" },
  { "35", "Вологодская область", "Europe/Moscow", "вологодская", "вологда|череповец", NULL, "817|820" },
  { "36", "Воронежская область", "Europe/Moscow", "воронежская", "воронеж", NULL, "473" },
  { "37", "Ивановская область", "Europe/Moscow", "ивановская", "иваново", NULL, "493" },
  { "38", "Иркутская область", "Asia/Irkutsk", "иркутская", "иркутск|братск|ангарск|усть илимск", "85", "395" },
  { "39", "Калининградская область", "Europe/Kaliningrad", "калининградская", "калининград", NULL, "401" },
  { "40", "Калужская область", "Europe/Moscow", "калужская", "калуга|обнинск", NULL, "484" },
  { "41", "Камчатский край", "Asia/Kamchatka", "камчатский", "камчатка|петропавловск камчатский", "82", "415" },
  { "42", "Кемеровская область — Кузбасс", "Asia/Novokuznetsk", "кемеровская", "кузбасс|кемерово|новокузнецк", NULL,
    "384" },
  { "43", "Кировская область", "Europe/Kirov", "кировская", "киров", NULL, "833" },
  { "44", "Костромская область", "Europe/Moscow", "костромская", "кострома", NULL, "494" },
  { "45", "Курганская область", "Asia/Yekaterinburg", "курганская", "курган|шадринск", NULL, "352" },
  { "46", "Курская область", "Europe/Moscow", "курская", "курск|железногорск курский", NULL, "471" },
  { "47", "Ленинградская область", "Europe/Moscow", "ленинградская", "гатчина|выборг|всеволожск|сосновый бор", NULL,
    "813" },
  { "48", "Липецкая область", "Europe/Moscow", "липецкая", "липецк|елец", NULL, "474" },
  { "49", "Магаданская область", "Asia/Magadan", "магаданская", "магадан", NULL, "413" },
  { "50", "Московская область", "Europe/Moscow", "московская",
    "подмосковье|балашиха|химки|подольск|королев|мытищи|люберцы|красногорск|одинцово|серпухов|коломна|электросталь|"
    "домодедово|щелково",
    NULL, "496|498" },
  { "51", "Мурманская область", "Europe/Moscow", "мурманская", "мурманск|апатиты", NULL, "815" },
  { "52", "Нижегородская область", "Europe/Moscow", "нижегородская", "нижний новгород|дзержинск|арзамас", NULL, "831" },
  { "53", "Новгородская область", "Europe/Moscow", "новгородская", "великий новгород", NULL, "816" },
  { "54", "Новосибирская область", "Asia/Novosibirsk", "новосибирская", "новосибирск|бердск", NULL, "383" },
  { "55", "Омская область", "Asia/Omsk", "омская", "омск", NULL, "381" },
  { "56", "Оренбургская область", "Asia/Yekaterinburg", "оренбургская", "оренбург|орск", NULL, "353" },
  { "57", "Орловская область", "Europe/Moscow", "орловская", "орел", NULL, "486" },
  { "58", "Пензенская область", "Europe/Moscow", "пензенская", "пенза", NULL, "841" },
  { "59", "Пермский край", "Asia/Yekaterinburg", "пермский", "пермь|березники|соликамск", "81", "342" },
  { "60", "Псковская область", "Europe/Moscow", "псковская", "псков|великие луки", NULL, "811" },
  { "61", "Ростовская область", "Europe/Moscow", "ростовская", "ростов на дону|таганрог|шахты|новочеркасск|волгодонск",
    NULL, "863" },
  { "62", "Рязанская область", "Europe/Moscow", "рязанская", "рязань", NULL, "491" },
  { "63", "Самарская область", "Europe/Samara", "самарская", "самара|тольятти|сызрань", NULL, "846|848" },
  { "64", "Саратовская область", "Europe/Saratov", "саратовская", "саратов|энгельс|балаково", NULL, "845" },
  { "65", "Сахалинская область", "Asia/Sakhalin", "сахалинская", "сахалин|южно сахалинск", NULL, "424" },
  { "66", "Свердловская область", "Asia/Yekaterinburg", "свердловская",
    "екатеринбург|нижний тагил|каменск уральский|первоуральск", NULL, "343" },
  { "67", "Смоленская область", "Europe/Moscow", "смоленская", "смоленск|вязьма", NULL, "481" },
  { "68", "Тамбовская область", "Europe/Moscow", "тамбовская", "тамбов|мичуринск", NULL, "475" },
  { "69", "Тверская область", "Europe/Moscow", "тверская", "тверь|ржев", NULL, "482" },
  { "70", "Томская область", "Asia/Tomsk", "томская", "томск|северск", NULL, "382" },
  { "71", "Тульская область", "Europe/Moscow", "тульская", "тула|новомосковск", NULL, "487" },
  { "72", "Тюменская область", "Asia/Yekaterinburg", "тюменская", "тюмень|тобольск|ишим", NULL, "345" },
  { "73", "Ульяновская область", "Europe/Ulyanovsk", "ульяновская", "ульяновск|димитровград", NULL, "842" },
  { "74", "Челябинская область", "Asia/Yekaterinburg", "челябинская", "челябинск|магнитогорск|златоуст|миасс", NULL,
    "351" },
  { "75", "Забайкальский край", "Asia/Chita", "забайкальский", "забайкалье|чита", "80", "302" },
  { "76", "Ярославская область", "Europe/Moscow", "ярославская", "ярославль|рыбинск", NULL, "485" },
  { "77", "Москва", "Europe/Moscow", NULL, "москва|мск|зеленоград", "97", "495|499" },
  { "78", "Санкт-Петербург", "Europe/Moscow", NULL, "санкт петербург|спб|питер|с петербург", "98", "812" },
  { "79", "Еврейская автономная область", "Asia/Vladivostok", "еврейская", "биробиджан", NULL, "426" },
  { "83", "Ненецкий автономный округ", "Europe/Moscow", "ненецкий", "нарьян мар", NULL, "81853" },
  { "86", "Ханты-Мансийский автономный округ — Югра", "Asia/Yekaterinburg", "ханты мансийский",
    "югра|хмао|ханты мансийск|сургут|нижневартовск|нефтеюганск", NULL, "346" },
  { "87", "Чукотский автономный округ", "Asia/Anadyr", "чукотский", "чукотка|анадырь", NULL, "427" },
  { "89", "Ямало-Ненецкий автономный округ", "Asia/Yekaterinburg", "ямало ненецкий",
    "янао|салехард|новый уренгой|ноябрьск", NULL, "349" },
  { "90", "Запорожская область", "Europe/Moscow", "запорожская", "мелитополь|бердянск", NULL, NULL },
  { "91", "Республика Крым", "Europe/Simferopol", NULL, "крым|симферополь|керчь|евпатория|ялта", NULL, "365" },
  { "92", "Севастополь", "Europe/Simferopol", NULL, "севастополь", NULL, "869" },
  { "93", "Донецкая Народная Республика", "Europe/Moscow", "донецкая народная", "днр|донецк|мариуполь|макеевка", NULL,
    NULL },
  { "94", "Луганская Народная Республика", "Europe/Moscow", "луганская народная", "лнр|луганск", NULL, NULL },
  { "95", "Херсонская область", "Europe/Moscow", "херсонская", "геническ", NULL, NULL },
};

/* Words that say of what kind a region is. */
static const char *const kinds[] = { "обл", "область", "край",       "кр",         "респ",  "республика",
                                     "ао",  "аобл",    "автономный", "автономная", "округ", NULL };

/* Words after which a street follows, whatever it is called after. */
static const char *const streets[] = { "ул",       "улица", "пр",         "т",     "просп",   "проспект", "пер",
                                       "переулок", "наб",   "набережная", "пл",    "ш",       "шоссе",    "бул",
                                       "бульвар",  "р",     "проезд",     "тракт", "площадь", "линия",    NULL };

/* --- words -------------------------------------------------------------------------------------------------------- */

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return word != NULL && g_strv_contains (words, word);
}

/* The words of a text, in lower case, without ё; what stands between them splits them. */
static GPtrArray *
split_words (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *lower = g_utf8_strdown (valid, -1);
  GPtrArray       *words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *p = lower;; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (word, c == 0x451 ? 0x435 : c);
      else if (word->len > 0)
        {
          g_ptr_array_add (words, g_strdup (word->str));
          g_string_truncate (word, 0);
        }
      if (c == 0)
        break;
    }
  return words;
}

static const char *
nth_word (GPtrArray *words, guint i)
{
  return i < words->len ? g_ptr_array_index (words, i) : NULL;
}

/* How many words a name of so many bytes has if it stands at a place; 0 if it does not. */
static guint
count_matching (GPtrArray *words, guint at, const char *name, gsize length)
{
  const char *end = name + length;
  guint       n = 0;

  while (name < end)
    {
      gsize       part = MIN (strcspn (name, " "), (gsize) (end - name));
      const char *word = nth_word (words, at + n);

      if (word == NULL || strlen (word) != part || strncmp (word, name, part) != 0)
        return 0;
      n++;
      name += part;
      name += name < end;
    }
  return n;
}

/* The longest of several names at a place. */
static guint
count_longest (GPtrArray *words, guint at, const char *names)
{
  guint longest = 0;

  for (const char *p = names; p != NULL && *p != '\0';)
    {
      gsize length = strcspn (p, "|");

      longest = MAX (longest, count_matching (words, at, p, length));
      p += length;
      p += *p == '|';
    }
  return longest;
}

static gboolean
is_in_list (const char *list, const char *text, gsize length)
{
  for (const char *p = list; p != NULL && *p != '\0';)
    {
      gsize n = strcspn (p, "|");

      if (n == length && strncmp (p, text, n) == 0)
        return TRUE;
      p += n;
      p += *p == '|';
    }
  return FALSE;
}

/**
 * torg_region_list:
 * @n_regions: (out): how many
 *
 * Gives all regions.
 *
 * Returns: (transfer none) (array length=n_regions): the regions
 */
const TorgRegion *
torg_region_list (guint *n_regions)
{
  *n_regions = G_N_ELEMENTS (regions);
  return regions;
}

/**
 * torg_region_find:
 * @name: (nullable): what a field “region” holds: «Тверская обл.», «обл. Тверская», «Тверская», «г. Москва»
 *
 * Finds a region by its name, however the kind of the region is written and wherever it stands.
 *
 * Returns: (transfer none) (nullable): the region, or %NULL when no region is called so
 */
const TorgRegion *
torg_region_find (const char *name)
{
  g_autoptr (GPtrArray) words = name != NULL ? split_words (name) : NULL;

  if (words == NULL || words->len == 0)
    return NULL;
  for (guint i = words->len; i-- > 0;)
    if (is_one_of (words->pdata[i], kinds) || g_str_equal (words->pdata[i], "г") ||
        g_str_equal (words->pdata[i], "город"))
      g_ptr_array_remove_index (words, i);
  for (guint i = 0; words->len > 0 && i < G_N_ELEMENTS (regions); i++)
    if (count_longest (words, 0, regions[i].adjectives) == words->len ||
        count_longest (words, 0, regions[i].nouns) == words->len)
      return &regions[i];
  return torg_region_find_in_address (name);
}

/**
 * torg_region_find_in_address:
 * @address: (nullable): an address, or the name of a town
 *
 * Finds the region of an address: a region that it names, or a large town. Streets are not taken for regions:
 * «ул. Московская» is none.
 *
 * Returns: (transfer none) (nullable): the region, or %NULL when the address does not say it
 */
const TorgRegion *
torg_region_find_in_address (const char *address)
{
  g_autoptr (GPtrArray) words = address != NULL ? split_words (address) : NULL;
  const TorgRegion *found = NULL;
  guint             longest = 0;

  for (guint at = 0; words != NULL && at < words->len; at++)
    for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
      {
        guint n = count_longest (words, at, regions[i].adjectives);

        if (n > longest &&
            (is_one_of (nth_word (words, at + n), kinds) ||
             (at > 0 && is_one_of (nth_word (words, at - 1), kinds) && !is_one_of (nth_word (words, at + n), streets))))
          {
            found = &regions[i];
            longest = n;
          }
      }
  if (found != NULL)
    return found;
  /* The first town: what follows it lies in it. */
  for (guint at = 0; words != NULL && found == NULL && at < words->len; at++)
    for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
      {
        guint n = count_longest (words, at, regions[i].nouns);

        if (n > longest && !(at > 0 && is_one_of (nth_word (words, at - 1), streets)))
          {
            found = &regions[i];
            longest = n;
          }
      }
  return found;
}

/**
 * torg_region_find_by_inn:
 * @inn: (nullable): an INN
 *
 * Finds the region where an INN was given, by its first two digits. That of a foreign company, 9909, says none.
 *
 * Returns: (transfer none) (nullable): the region
 */
const TorgRegion *
torg_region_find_by_inn (const char *inn)
{
  if (inn == NULL || strlen (inn) < 10)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    if (strncmp (regions[i].code, inn, 2) == 0 || is_in_list (regions[i].codes, inn, 2))
      return &regions[i];
  return NULL;
}

/**
 * torg_region_find_by_phone:
 * @e164: (nullable): a phone number, `+` and digits
 *
 * Finds the region of a fixed line by its area code. Mobile numbers say none: they travel.
 *
 * Returns: (transfer none) (nullable): the region
 */
const TorgRegion *
torg_region_find_by_phone (const char *e164)
{
  if (e164 == NULL || !g_str_has_prefix (e164, "+7") || strlen (e164) != 12)
    return NULL;
  for (gsize length = 5; length >= 3; length--)
    for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
      if (is_in_list (regions[i].phones, e164 + 2, length))
        return &regions[i];
  return NULL;
}

/**
 * torg_region_get_time:
 * @self: a region
 * @now: microseconds UTC
 * @own: the time zone of the one who calls
 * @time: (out): what time it is there
 *
 * Tells what time it is in a region, and how much later than here.
 *
 * Returns: whether it is known; %FALSE where the system does not know the time zone
 */
gboolean
torg_region_get_time (const TorgRegion *self, gint64 now, GTimeZone *own, TorgRegionTime *time)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (self->zone);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (now);
  g_autoptr (GDateTime) there = zone != NULL && utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  g_autoptr (GDateTime) here = utc != NULL ? g_date_time_to_timezone (utc, own) : NULL;

  if (there == NULL || here == NULL)
    return FALSE;
  time->hour = g_date_time_get_hour (there);
  time->minute = g_date_time_get_minute (there);
  time->ahead =
    (int) ((g_date_time_get_utc_offset (there) - g_date_time_get_utc_offset (here)) / (60 * G_USEC_PER_SEC));
  time->is_late = time->hour < TORG_REGION_FIRST_HOUR || time->hour >= TORG_REGION_LAST_HOUR;
  return TRUE;
}
