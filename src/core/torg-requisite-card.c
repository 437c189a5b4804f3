/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-requisite-card.h"

#include <string.h>

#include "torg-legal-form.h"
#include "torg-requisite.h"

/*
 * Reads the requisites that people send in letters: labels in any order and form, on lines of their own, in a table or
 * all in one line. Labels of numbers are known wherever they stand; labels of words only where a line or a part begins.
 */

typedef enum
{
  LABEL_NUMBER, /* of a number, anywhere */
  LABEL_BOTH,   /* of INN and KPP */
  LABEL_BOTH_REVERSED,
  LABEL_WORDS, /* of words, where a part begins */
} LabelKind;

typedef struct
{
  const char *text; /* in lower case, without ё; a space stands for any number of spaces and points */
  const char *field;
  LabelKind   kind;
} Label;

/* Longer ones first where one begins as another does. */
static const Label labels[] = {
  { "инн /кпп", "inn", LABEL_BOTH },
  { "инн / кпп", "inn", LABEL_BOTH },
  { "инн и кпп", "inn", LABEL_BOTH },
  { "инн, кпп", "inn", LABEL_BOTH },
  { "кпп /инн", "inn", LABEL_BOTH_REVERSED },
  { "кпп / инн", "inn", LABEL_BOTH_REVERSED },
  { "идентификационный номер налогоплательщика", "inn", LABEL_NUMBER },
  { "инн", "inn", LABEL_NUMBER },
  { "код причины постановки на учет", "kpp", LABEL_NUMBER },
  { "кпп", "kpp", LABEL_NUMBER },
  { "основной государственный регистрационный номер", "ogrn", LABEL_NUMBER },
  { "огрнип", "ogrn", LABEL_NUMBER },
  { "огрн", "ogrn", LABEL_NUMBER },
  { "банковский идентификационный код", "bik", LABEL_NUMBER },
  { "бик", "bik", LABEL_NUMBER },
  { "корреспондентский счет", "corr_account", LABEL_NUMBER },
  { "корр счет", "corr_account", LABEL_NUMBER },
  { "кор счет", "corr_account", LABEL_NUMBER },
  { "коррсчет", "corr_account", LABEL_NUMBER },
  { "корсчет", "corr_account", LABEL_NUMBER },
  { "к /счет", "corr_account", LABEL_NUMBER },
  { "к /сч", "corr_account", LABEL_NUMBER },
  { "к /с", "corr_account", LABEL_NUMBER },
  { "кс", "corr_account", LABEL_NUMBER },
  { "расчетный счет", "account", LABEL_NUMBER },
  { "расч счет", "account", LABEL_NUMBER },
  { "номер счета", "account", LABEL_NUMBER },
  { "счет получателя", "account", LABEL_NUMBER },
  { "банковский счет", "account", LABEL_NUMBER },
  { "р /счет", "account", LABEL_NUMBER },
  { "р /сч", "account", LABEL_NUMBER },
  { "р /с", "account", LABEL_NUMBER },
  { "рс", "account", LABEL_NUMBER },
  { "окпо", NULL, LABEL_NUMBER },
  { "октмо", NULL, LABEL_NUMBER },
  { "окато", NULL, LABEL_NUMBER },
  { "оквэд", NULL, LABEL_NUMBER },
  { "окопф", NULL, LABEL_NUMBER },
  { "окфс", NULL, LABEL_NUMBER },
  { "окогу", NULL, LABEL_NUMBER },
  { "полное наименование организации", "full_name", LABEL_WORDS },
  { "полное наименование предприятия", "full_name", LABEL_WORDS },
  { "полное наименование", "full_name", LABEL_WORDS },
  { "полное фирменное наименование", "full_name", LABEL_WORDS },
  { "полное название", "full_name", LABEL_WORDS },
  { "краткое наименование организации", "name", LABEL_WORDS },
  { "краткое наименование", "name", LABEL_WORDS },
  { "сокращенное наименование организации", "name", LABEL_WORDS },
  { "сокращенное наименование", "name", LABEL_WORDS },
  { "сокращенное фирменное наименование", "name", LABEL_WORDS },
  { "краткое название", "name", LABEL_WORDS },
  { "наименование банка", "bank", LABEL_WORDS },
  { "наименование организации", "name", LABEL_WORDS },
  { "наименование предприятия", "name", LABEL_WORDS },
  { "наименование", "name", LABEL_WORDS },
  { "название организации", "name", LABEL_WORDS },
  { "название компании", "name", LABEL_WORDS },
  { "название", "name", LABEL_WORDS },
  { "организация", "name", LABEL_WORDS },
  { "получатель", "name", LABEL_WORDS },
  { "юридический адрес", "address", LABEL_WORDS },
  { "юридический и фактический адрес", "address", LABEL_WORDS },
  { "юридический/фактический адрес", "address", LABEL_WORDS },
  { "юр адрес", "address", LABEL_WORDS },
  { "адрес юридический", "address", LABEL_WORDS },
  { "адрес регистрации", "address", LABEL_WORDS },
  { "адрес места нахождения", "address", LABEL_WORDS },
  { "адрес местонахождения", "address", LABEL_WORDS },
  { "место нахождения", "address", LABEL_WORDS },
  { "местонахождение", "address", LABEL_WORDS },
  { "фактический адрес", NULL, LABEL_WORDS },
  { "факт адрес", NULL, LABEL_WORDS },
  { "почтовый адрес", NULL, LABEL_WORDS },
  { "адрес для корреспонденции", NULL, LABEL_WORDS },
  { "адрес", "address", LABEL_WORDS },
  { "генеральный директор", "head", LABEL_WORDS },
  { "ген директор", "head", LABEL_WORDS },
  { "исполнительный директор", "head", LABEL_WORDS },
  { "директор", "head", LABEL_WORDS },
  { "руководитель организации", "head", LABEL_WORDS },
  { "руководитель", "head", LABEL_WORDS },
  { "главный бухгалтер", NULL, LABEL_WORDS },
  { "банк получателя", "bank", LABEL_WORDS },
  { "банк", "bank", LABEL_WORDS },
  { "регистрационный номер", "registration_number", LABEL_WORDS },
  { "registration number", "registration_number", LABEL_WORDS },
  { "телефон/факс", NULL, LABEL_WORDS },
  { "телефон", NULL, LABEL_WORDS },
  { "тел/факс", NULL, LABEL_WORDS },
  { "тел", NULL, LABEL_WORDS },
  { "факс", NULL, LABEL_WORDS },
  { "e-mail", NULL, LABEL_WORDS },
  { "email", NULL, LABEL_WORDS },
  { "электронная почта", NULL, LABEL_WORDS },
  { "эл почта", NULL, LABEL_WORDS },
  { "сайт", NULL, LABEL_WORDS },
  { "действующий на основании", NULL, LABEL_NUMBER },
  { "действует на основании", NULL, LABEL_NUMBER },
  { "на основании", NULL, LABEL_NUMBER },
};

/* In the order of a legal entity's fields. */
static const char *const fields[] = {
  "name",    "full_name", "form", "inn",  "kpp",     "ogrn",        "registration_number",
  "address", "head",      "bik",  "bank", "account", "corr_account"
};

typedef struct
{
  gunichar          *text;  /* (owned): with spaces for what looks like one */
  gunichar          *plain; /* (owned): in lower case, without ё */
  gsize              length;
  TorgRequisiteCard *card;
} Reader;

/* --- characters --------------------------------------------------------------------------------------------------- */

static gboolean
is_digit (gunichar c)
{
  return c >= '0' && c <= '9';
}

static gboolean
is_dash (gunichar c)
{
  return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

static gboolean
is_filler (gunichar c)
{
  return c == ' ' || c == '\t' || c == ':' || c == '=' || c == '.' || c == ',' || c == ';' || c == '|' || c == 0x2116 ||
         is_dash (c);
}

static gboolean
is_word (Reader *self, gsize at)
{
  return at < self->length && g_unichar_isalnum (self->text[at]);
}

static void
read_text (Reader *self, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  glong            length;

  self->text = g_utf8_to_ucs4_fast (valid, -1, &length);
  self->length = MIN ((gsize) length, TORG_REQUISITE_CARD_MAX);
  self->plain = g_new (gunichar, self->length + 1);
  for (gsize i = 0; i < self->length; i++)
    {
      gunichar c = self->text[i];

      if (c == '\r' || c == 0x2028 || c == 0x2029 || c == '\v' || c == '\f')
        c = '\n';
      else if (c != '\n' && c != '\t' && (g_unichar_isspace (c) || c == 0x200b || c == 0xfeff))
        c = ' ';
      self->text[i] = c;
      c = g_unichar_tolower (c);
      self->plain[i] = c == 0x451 ? 0x435 : c;
    }
}

/* The text of a part, without what only sets it off. */
static char *
dup_part (Reader *self, gsize from, gsize to)
{
  g_autofree char *part = NULL;

  while (from < to && (is_filler (self->text[from]) || self->text[from] == '\n'))
    from++;
  while (to > from && (self->text[to - 1] == ' ' || self->text[to - 1] == '\t' || self->text[to - 1] == '\n' ||
                       self->text[to - 1] == ',' || self->text[to - 1] == ';' || self->text[to - 1] == '|'))
    to--;
  part = g_ucs4_to_utf8 (self->text + from, (glong) (to - from), NULL, NULL, NULL);
  return g_strdelimit (g_steal_pointer (&part), "\n\t", ' ');
}

/* --- labels ------------------------------------------------------------------------------------------------------- */

/* How far a label reaches that stands at a place; 0 if it does not. */
static gsize
match_label (Reader *self, gsize at, const char *label)
{
  gsize i = at;

  for (const char *p = label; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == ' ')
        {
          while (i < self->length && (self->plain[i] == ' ' || self->plain[i] == '.'))
            i++;
          continue;
        }
      if (i >= self->length || self->plain[i] != c)
        return 0;
      i++;
    }
  /* A number may follow at once: «ИНН7707083893». */
  return i < self->length && g_unichar_isalpha (self->text[i]) ? 0 : i;
}

/* Whether a part begins at a place: a line, or what follows a comma, a semicolon or a tab. */
static gboolean
is_beginning (Reader *self, gsize at)
{
  while (at > 0 && (self->text[at - 1] == ' ' || self->text[at - 1] == '*' || self->text[at - 1] == 0x2022 ||
                    is_dash (self->text[at - 1])))
    at--;
  return at == 0 || self->text[at - 1] == '\n' || self->text[at - 1] == ';' || self->text[at - 1] == '\t' ||
         self->text[at - 1] == '|' || self->text[at - 1] == ',' || self->text[at - 1] == '.';
}

/* A label of words stands before a colon, a dash, a tab or the end of its line, or begins its line. */
static gboolean
is_set_off (Reader *self, gsize at, gsize end)
{
  gboolean begins_line = TRUE;

  if (!is_beginning (self, at))
    return FALSE;
  while (end < self->length && self->text[end] == ' ')
    end++;
  if (end < self->length && self->text[end] == '(')
    return TRUE;
  for (gsize i = at; i > 0 && self->text[i - 1] != '\n'; i--)
    begins_line &= self->text[i - 1] == ' ' || is_filler (self->text[i - 1]);
  return end >= self->length || self->text[end] == ':' || self->text[end] == '\t' || self->text[end] == '\n' ||
         self->text[end] == '|' || self->text[end] == '=' || is_dash (self->text[end]) || begins_line;
}

static const Label *
find_label (Reader *self, gsize at, gsize *end)
{
  if (is_word (self, at) && at > 0 && is_word (self, at - 1))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      gsize reached = match_label (self, at, labels[i].text);

      if (reached == 0 || (labels[i].kind == LABEL_WORDS && !is_set_off (self, at, reached)))
        continue;
      *end = reached;
      return &labels[i];
    }
  return NULL;
}

/* --- what is found ------------------------------------------------------------------------------------------------ */

static void
item_free (gpointer data)
{
  TorgCardItem *item = data;

  g_free (item->value);
  g_free (item->trouble);
  g_free (item);
}

static void
leave (Reader *self, char *text)
{
  if (*text != '\0')
    g_ptr_array_add (self->card->rest, text);
  else
    g_free (text);
}

/* The first of several counts. */
static gboolean
take (Reader *self, const char *field, char *value)
{
  TorgCardItem *item;

  if (*value == '\0' || torg_requisite_card_get (self->card, field) != NULL)
    {
      leave (self, value);
      return FALSE;
    }
  item = g_new0 (TorgCardItem, 1);
  item->field = field;
  item->value = value;
  g_ptr_array_add (self->card->items, item);
  return TRUE;
}

static gboolean
is_whole (const char *field, gsize n)
{
  if (g_str_equal (field, "inn"))
    return n == 10 || n == 12;
  if (g_str_equal (field, "ogrn"))
    return n == 13 || n == 15;
  return n == (g_str_equal (field, "kpp") || g_str_equal (field, "bik") ? 9 : 20);
}

/* Reads a number at the first digit of a part; what is whole ends before a space or a dash. */
static char *
read_number (Reader *self, const char *field, gsize *at, gsize to)
{
  GString *number = g_string_new (NULL);
  gboolean letters = g_str_equal (field, "kpp");

  while (*at < to && !is_digit (self->text[*at]))
    (*at)++;
  while (*at < to)
    {
      gunichar c = self->text[*at];

      if (is_digit (c))
        g_string_append_c (number, (char) c);
      else if (letters && c < 0x80 && g_ascii_isalpha ((char) c) && (number->len == 4 || number->len == 5))
        g_string_append_c (number, g_ascii_toupper ((char) c));
      else if ((c != ' ' && !is_dash (c) && c != '.') || is_whole (field, number->len) || *at + 1 >= to ||
               !is_digit (self->text[*at + 1]))
        break;
      (*at)++;
    }
  return g_string_free_and_steal (number);
}

/* «р/с 407… в ПАО Сбербанк»: what follows an account names its bank. */
static void
take_rest (Reader *self, const char *field, gsize from, gsize to)
{
  char *rest = dup_part (self, from, to);

  while (g_str_has_prefix (rest, "/") || g_str_has_prefix (rest, ")"))
    memmove (rest, rest + 1, strlen (rest));
  g_strstrip (rest);
  if (g_strcmp0 (field, "account") == 0 && g_str_has_prefix (rest, "в "))
    take (self, "bank", g_strdup (g_strstrip (rest + strlen ("в ")))), g_free (rest);
  else
    leave (self, rest);
}

static void
take_numbers (Reader *self, const Label *label, gsize from, gsize to)
{
  static const char *const both[] = { "inn", "kpp" };
  gsize                    at = from;
  g_autofree char         *number = NULL;

  if (label->kind == LABEL_NUMBER)
    {
      number = read_number (self, label->field, &at, to);
      if (*number == '\0')
        {
          leave (self, dup_part (self, from, to));
          return;
        }
      take (self, label->field, g_steal_pointer (&number));
    }
  else
    for (guint i = 0; i < 2; i++)
      {
        const char *field = both[label->kind == LABEL_BOTH ? i : 1 - i];
        char       *one = read_number (self, field, &at, to);

        if (*one != '\0')
          take (self, field, one);
        else
          g_free (one);
      }
  take_rest (self, label->field, at, to);
}

/* What stands without a label: a name with its legal form, or a number that can be nothing else. */
static void
take_unlabelled (Reader *self, gsize from, gsize to)
{
  g_autofree char *part = dup_part (self, from, to);
  g_autofree char *digits = torg_requisite_normalise (TORG_REQUISITE_INN, part);
  gsize            n = strlen (digits);
  const char      *field = NULL;

  if (n > 0 && strspn (digits, "0123456789") == n)
    {
      if ((n == 10 || n == 12) && torg_requisite_check (TORG_REQUISITE_INN, digits, NULL, NULL))
        field = "inn";
      else if (n == 20)
        field = g_str_has_prefix (digits, "301") ? "corr_account" : g_str_has_prefix (digits, "40") ? "account" : NULL;
      else if (n == 9 && g_str_has_prefix (digits, "04"))
        field = "bik";
      else if ((n == 13 && torg_requisite_check (TORG_REQUISITE_OGRN, digits, NULL, NULL)) ||
               (n == 15 && torg_requisite_check (TORG_REQUISITE_OGRNIP, digits, NULL, NULL)))
        field = "ogrn";
      if (field != NULL)
        {
          take (self, field, g_steal_pointer (&digits));
          return;
        }
    }
  else if (g_str_has_prefix (part, "в ") && torg_requisite_card_get (self->card, "account") != NULL)
    {
      take (self, "bank", g_strdup (g_strstrip (part + strlen ("в "))));
      return;
    }
  else if (torg_legal_form_guess (part) != NULL && torg_requisite_card_get (self->card, "name") == NULL)
    {
      take (self, "name", g_steal_pointer (&part));
      return;
    }
  leave (self, g_steal_pointer (&part));
}

/* A part in brackets after a label says what it means: «Директор (ФИО): …». */
static gsize
skip_brackets (Reader *self, gsize at)
{
  gsize i = at;

  while (i < self->length && self->text[i] == ' ')
    i++;
  if (i >= self->length || self->text[i] != '(')
    return at;
  while (i < self->length && self->text[i] != ')' && self->text[i] != '\n')
    i++;
  return i < self->length && self->text[i] == ')' ? i + 1 : at;
}

static gboolean
is_blank (Reader *self, gsize from, gsize to)
{
  for (gsize i = from; i < to; i++)
    if (!is_filler (self->text[i]) && self->text[i] != '\n')
      return FALSE;
  return TRUE;
}

/* Whether a line says no number yet, but what the label is of: «БИК банка», «Расчётный счёт в рублях». */
static gboolean
is_qualifier (Reader *self, gsize from, gsize to)
{
  for (gsize i = from; i < to; i++)
    if (is_digit (self->text[i]))
      return FALSE;
  return to - from <= 20;
}

/* Where the value of a label ends: at the next label or the end of the line; the next line counts while it is empty. */
static gsize
find_end (Reader *self, const Label *label, gsize from)
{
  gboolean number = label->kind != LABEL_WORDS && label->field != NULL;
  gsize    end;
  gsize    i = from;

  for (; i < self->length; i++)
    {
      if (find_label (self, i, &end) != NULL)
        return i;
      if (self->text[i] != '\n' || is_blank (self, from, i) || self->text[i - 1] == ',')
        continue;
      if (!number || !is_qualifier (self, from, i))
        return i;
      number = FALSE;
    }
  return i;
}

static void
take_labelled (Reader *self, const Label *label, gsize at, gsize from, gsize to)
{
  if (label->field == NULL)
    leave (self, dup_part (self, at, to));
  else if (label->kind == LABEL_WORDS)
    {
      char *value = dup_part (self, from, to);

      if (*value != '\0')
        take (self, label->field, value);
      else
        g_free (value);
    }
  else
    take_numbers (self, label, from, to);
}

static void
read_parts (Reader *self)
{
  gsize free_from = 0;

  for (gsize at = 0; at <= self->length;)
    {
      gsize        end;
      const Label *label = at < self->length ? find_label (self, at, &end) : NULL;

      if (label != NULL || at == self->length || self->text[at] == '\n')
        {
          if (!is_blank (self, free_from, at))
            take_unlabelled (self, free_from, at);
          free_from = at + 1;
        }
      if (label != NULL)
        {
          gsize from = skip_brackets (self, end);
          gsize to = find_end (self, label, from);

          take_labelled (self, label, at, from, to);
          at = free_from = to;
        }
      else
        at++;
    }
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void
add_form (TorgRequisiteCard *card)
{
  const char   *name = torg_requisite_card_get (card, "name");
  const char   *full = torg_requisite_card_get (card, "full_name");
  const char   *form = name != NULL ? torg_legal_form_guess (name) : NULL;
  TorgCardItem *item;

  if (form == NULL && full != NULL)
    form = torg_legal_form_guess (full);
  if (form == NULL)
    return;
  item = g_new0 (TorgCardItem, 1);
  item->field = "form";
  item->value = g_strdup (form);
  g_ptr_array_add (card->items, item);
}

/* A legal entity has a name: the full one, when no other is told. */
static void
add_name (TorgRequisiteCard *card)
{
  const char   *full = torg_requisite_card_get (card, "full_name");
  TorgCardItem *item;

  if (full == NULL || torg_requisite_card_get (card, "name") != NULL)
    return;
  item = g_new0 (TorgCardItem, 1);
  item->field = "name";
  item->value = g_strdup (full);
  g_ptr_array_add (card->items, item);
}

static void
check_item (TorgRequisiteCard *card, TorgCardItem *item)
{
  static const struct
  {
    const char   *field;
    TorgRequisite kind;
  } kinds[] = {
    { "inn", TORG_REQUISITE_INN },
    { "kpp", TORG_REQUISITE_KPP },
    { "ogrn", TORG_REQUISITE_OGRN },
    { "bik", TORG_REQUISITE_BIK },
    { "account", TORG_REQUISITE_SETTLEMENT_ACCOUNT },
    { "corr_account", TORG_REQUISITE_CORRESPONDENT_ACCOUNT },
  };
  const char *bik = torg_requisite_card_get (card, "bik");
  g_autoptr (GError) error = NULL;

  if (bik != NULL && !torg_requisite_check (TORG_REQUISITE_BIK, bik, NULL, NULL))
    bik = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      TorgRequisite kind = kinds[i].kind;

      if (!g_str_equal (kinds[i].field, item->field))
        continue;
      if (kind == TORG_REQUISITE_OGRN && strlen (item->value) == 15)
        kind = TORG_REQUISITE_OGRNIP;
      if (!torg_requisite_check (kind, item->value, bik, &error))
        item->trouble = g_strdup (error->message);
    }
}

static guint
find_place (const char *field)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i], field))
      return i;
  g_return_val_if_reached (0);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const TorgCardItem *const *one = a;
  const TorgCardItem *const *other = b;

  return (int) find_place ((*one)->field) - (int) find_place ((*other)->field);
}

/**
 * torg_requisite_card_parse:
 * @text: a pasted text, of one line or of several
 *
 * Finds the requisites of a legal entity in a text: by their labels, in any order and of any common form, or by what
 * they are. Each is checked by the official rules; accounts against the BIK that was found. Of several of a kind the
 * first counts, and the others are left among what was not understood.
 *
 * Returns: (transfer full): what was found
 */
TorgRequisiteCard *
torg_requisite_card_parse (const char *text)
{
  TorgRequisiteCard *card = g_new0 (TorgRequisiteCard, 1);
  Reader             reader = { .card = card };

  card->items = g_ptr_array_new_with_free_func (item_free);
  card->rest = g_ptr_array_new_with_free_func (g_free);
  read_text (&reader, text);
  read_parts (&reader);
  add_form (card);
  add_name (card);
  for (guint i = 0; i < card->items->len; i++)
    check_item (card, g_ptr_array_index (card->items, i));
  g_ptr_array_sort (card->items, compare_items);
  g_free (reader.text);
  g_free (reader.plain);
  return card;
}

/**
 * torg_requisite_card_free:
 *
 * Frees what was found.
 */
void
torg_requisite_card_free (TorgRequisiteCard *self)
{
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->rest);
  g_free (self);
}

/**
 * torg_requisite_card_get:
 * @field: a field of a legal entity
 *
 * Looks one requisite up.
 *
 * Returns: (nullable): its value, or %NULL when it was not found
 */
const char *
torg_requisite_card_get (const TorgRequisiteCard *self, const char *field)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const TorgCardItem *item = g_ptr_array_index (self->items, i);

      if (g_str_equal (item->field, field))
        return item->value;
    }
  return NULL;
}
