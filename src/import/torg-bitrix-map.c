/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-bitrix-map.h"
#include "torg-field-text.h"
#include "torg-number.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What the objects of Bitrix24's REST API become, by the names that its documentation gives their fields. An object has
 * the same id here whoever imports it and however often, so that a second import finds what the first one made.
 */

/* Before any portal: ids grow with the numbers of the portal's objects. 2012-04-12, in milliseconds. */
#define FIRST_MS G_GINT64_CONSTANT (1334188800000)

static const struct
{
  const char *name; /* in ids */
  const char *method;
  const char *type;
} kinds[] = {
  [TORG_BITRIX_COMPANY] = { "company", "crm.company.list", "company" },
  [TORG_BITRIX_CONTACT] = { "contact", "crm.contact.list", "person" },
  [TORG_BITRIX_LEAD] = { "lead", "crm.lead.list", "lead" },
  [TORG_BITRIX_PRODUCT] = { "product", "crm.product.list", "product" },
  [TORG_BITRIX_DEAL] = { "deal", "crm.deal.list", "deal" },
  [TORG_BITRIX_ACTIVITY] = { "activity", "crm.activity.list", "activity" },
  [TORG_BITRIX_LINE] = { "line", "crm.deal.productrows.get", "deal_line" },
};

/* Fields that are texts, dates or numbers of their own. */
typedef struct
{
  TorgBitrixKind kind;
  const char    *key;
  const char    *field;
} Plain;

static const Plain plain[] = {
  { TORG_BITRIX_COMPANY, "TITLE", "name" },
  { TORG_BITRIX_COMPANY, "ADDRESS", "address" },
  { TORG_BITRIX_COMPANY, "ADDRESS_CITY", "city" },
  { TORG_BITRIX_COMPANY, "ADDRESS_REGION", "region" },
  { TORG_BITRIX_COMPANY, "ADDRESS_PROVINCE", "region" },
  { TORG_BITRIX_COMPANY, "ADDRESS_COUNTRY", "country" },
  { TORG_BITRIX_COMPANY, "COMMENTS", "note" },
  { TORG_BITRIX_COMPANY, "DATE_CREATE", "created" },
  { TORG_BITRIX_CONTACT, "NAME", "name" },
  { TORG_BITRIX_CONTACT, "SECOND_NAME", "patronymic" },
  { TORG_BITRIX_CONTACT, "LAST_NAME", "surname" },
  { TORG_BITRIX_CONTACT, "BIRTHDATE", "birthday" },
  { TORG_BITRIX_CONTACT, "POST", "job" },
  { TORG_BITRIX_CONTACT, "ADDRESS", "address" },
  { TORG_BITRIX_CONTACT, "ADDRESS_CITY", "city" },
  { TORG_BITRIX_CONTACT, "ADDRESS_REGION", "region" },
  { TORG_BITRIX_CONTACT, "ADDRESS_PROVINCE", "region" },
  { TORG_BITRIX_CONTACT, "ADDRESS_COUNTRY", "country" },
  { TORG_BITRIX_CONTACT, "COMMENTS", "note" },
  { TORG_BITRIX_CONTACT, "DATE_CREATE", "created" },
  { TORG_BITRIX_LEAD, "ID", "number" },
  { TORG_BITRIX_LEAD, "TITLE", "title" },
  { TORG_BITRIX_LEAD, "COMPANY_TITLE", "company_name" },
  { TORG_BITRIX_LEAD, "POST", "job" },
  { TORG_BITRIX_LEAD, "ADDRESS_CITY", "city" },
  { TORG_BITRIX_LEAD, "ADDRESS_COUNTRY", "country" },
  { TORG_BITRIX_LEAD, "COMMENTS", "need" },
  { TORG_BITRIX_LEAD, "STATUS_DESCRIPTION", "note" },
  { TORG_BITRIX_LEAD, "UTM_SOURCE", "utm_source" },
  { TORG_BITRIX_LEAD, "UTM_MEDIUM", "utm_medium" },
  { TORG_BITRIX_LEAD, "UTM_CAMPAIGN", "utm_campaign" },
  { TORG_BITRIX_LEAD, "UTM_CONTENT", "utm_content" },
  { TORG_BITRIX_LEAD, "UTM_TERM", "utm_term" },
  { TORG_BITRIX_LEAD, "DATE_CREATE", "created" },
  { TORG_BITRIX_PRODUCT, "NAME", "name" },
  { TORG_BITRIX_PRODUCT, "CODE", "sku" },
  { TORG_BITRIX_PRODUCT, "DESCRIPTION", "note" },
  { TORG_BITRIX_DEAL, "ID", "number" },
  { TORG_BITRIX_DEAL, "TITLE", "title" },
  { TORG_BITRIX_DEAL, "BEGINDATE", "started" },
  { TORG_BITRIX_DEAL, "COMMENTS", "note" },
  { TORG_BITRIX_DEAL, "DATE_CREATE", "created" },
  { TORG_BITRIX_ACTIVITY, "SUBJECT", "subject" },
  { TORG_BITRIX_ACTIVITY, "DESCRIPTION", "body" },
  { TORG_BITRIX_LINE, "PRODUCT_NAME", "name" },
  { TORG_BITRIX_LINE, "QUANTITY", "quantity" },
  { TORG_BITRIX_LINE, "DISCOUNT_RATE", "discount" },
  { TORG_BITRIX_LINE, "SORT", "position" },
};

/**
 * torg_bitrix_get_method:
 * @kind: what is taken
 *
 * Tells which method of the API lists it.
 *
 * Returns: (transfer none): its name
 */
const char *
torg_bitrix_get_method (TorgBitrixKind kind)
{
  return kinds[kind].method;
}

/**
 * torg_bitrix_get_type:
 * @kind: what is taken
 *
 * Tells what its objects become.
 *
 * Returns: (transfer none): the name of a type
 */
const char *
torg_bitrix_get_type (TorgBitrixKind kind)
{
  return kinds[kind].type;
}

/**
 * torg_bitrix_stage_free:
 * @data: (transfer full): a TorgBitrixStage
 *
 * Frees it.
 */
void
torg_bitrix_stage_free (gpointer data)
{
  TorgBitrixStage *stage = data;

  g_free (stage->id);
  g_free (stage->pipeline);
  g_free (stage);
}

/**
 * torg_bitrix_map_new:
 * @portal: the portal's host
 *
 * Makes a map that knows no names yet.
 *
 * Returns: (transfer full): a map
 */
TorgBitrixMap *
torg_bitrix_map_new (const char *portal)
{
  TorgBitrixMap *self = g_new0 (TorgBitrixMap, 1);

  self->portal = g_ascii_strdown (portal, -1);
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->stages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, torg_bitrix_stage_free);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->rates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * torg_bitrix_map_free:
 * @self: (transfer full): a map
 *
 * Frees it.
 */
void
torg_bitrix_map_free (TorgBitrixMap *self)
{
  g_free (self->portal);
  g_free (self->me);
  g_hash_table_unref (self->users);
  g_hash_table_unref (self->stages);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->rates);
  g_free (self);
}

/**
 * torg_bitrix_make_id:
 * @portal: the portal's host
 * @kind: what it is, such as `deal`
 * @id: its number there
 *
 * Makes the id that an object of a portal has here: a UUIDv7 in form (RFC 9562, 5.7), whose time is the object's number
 * and whose other bits follow from where it comes from.
 *
 * Returns: (transfer full): 36 characters
 */
char *
torg_bitrix_make_id (const char *portal, const char *kind, const char *id)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *host = g_ascii_strdown (portal, -1);
  g_autofree char *name = g_strconcat ("bitrix24\n", host, "\n", kind, "\n", id, NULL);
  gint64           ms = FIRST_MS + (gint64) (g_ascii_strtoull (id, NULL, 10) % G_GINT64_CONSTANT (1000000000000));
  guint8           bytes[32];
  gsize            length = sizeof bytes;

  g_checksum_update (checksum, (const guchar *) name, -1);
  g_checksum_get_digest (checksum, bytes, &length);
  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (ms >> (8 * (5 - i)));
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", bytes[0], bytes[1],
                          bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9], bytes[10],
                          bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/**
 * torg_bitrix_dup_text:
 * @object: an object of the API
 * @key: a member
 *
 * Reads a member that is a text, a number or a truth, as the API has it here or there.
 *
 * Returns: (transfer full) (nullable): its text; %NULL where it is missing, null, empty or a list
 */
char *
torg_bitrix_dup_text (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  switch (json_node_get_value_type (node))
    {
      case G_TYPE_STRING:
        {
          g_autofree char *text = g_strstrip (g_strdup (json_node_get_string (node)));

          return *text != '\0' ? g_steal_pointer (&text) : NULL;
        }
      case G_TYPE_BOOLEAN:
        return g_strdup (json_node_get_boolean (node) ? "Y" : "N");
      case G_TYPE_INT64:
        return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
      case G_TYPE_DOUBLE:
        {
          char buffer[G_ASCII_DTOSTR_BUF_SIZE];

          return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.6f", json_node_get_double (node)));
        }
      default:
        return NULL;
    }
}

/* Nothing refers to the object 0. */
static char *
dup_number (JsonObject *object, const char *key)
{
  g_autofree char *text = torg_bitrix_dup_text (object, key);

  return text != NULL && !g_str_equal (text, "0") ? g_steal_pointer (&text) : NULL;
}

static char *
replace (char *text, const char *pattern, const char *by)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
  char *replaced = g_regex_replace_literal (regex, text, -1, 0, by, 0, NULL);

  if (replaced == NULL)
    return text;
  g_free (text);
  return replaced;
}

/**
 * torg_bitrix_to_plain:
 * @html: a comment or a description: text with marks of HTML or BBCode
 *
 * Takes the marks out of a text: nothing of it is ever shown as HTML.
 *
 * Returns: (transfer full): text
 */
char *
torg_bitrix_to_plain (const char *html)
{
  static const struct
  {
    const char *from, *to;
  } entities[] = { { "&nbsp;", " " },  { "&lt;", "<" },  { "&gt;", ">" },
                   { "&quot;", "\"" }, { "&#39;", "'" }, { "&amp;", "&" } };
  char *text = g_utf8_make_valid (html, -1);

  text = replace (text, "<br */?>|</p>|</div>|</li>|\\[br\\]|\\[/p\\]", "\n");
  text = replace (text, "</?[a-z][^<>]*>", "");
  text = replace (text,
                  "\\[/?(b|i|u|s|p|url|img|color|size|font|list|quote|code|table|tr|td|th|left|right|center|user|"
                  "disk file id|\\*)(=[^\\]\\[]*)?\\]",
                  "");
  {
    g_autoptr (GString) string = g_string_new_take (text);

    for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
      g_string_replace (string, entities[i].from, entities[i].to, 0);
    return g_strstrip (g_string_free_and_steal (g_steal_pointer (&string)));
  }
}

static void
set_ref (TorgRecord *record, const char *name, const char *id)
{
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);

  if (field != NULL && id != NULL)
    torg_record_take_nth (record, field->index, torg_value_text (id));
}

/* What cannot be a value of its field is left out: a portal has taken it, and it is to be seen there. */
static void
set_text (TorgRecord *record, const char *name, const char *text, const char *currency)
{
  const TorgField *field = torg_type_find_field (torg_record_get_kind (record), name);
  TorgTextHints    hints = { .decimal = TORG_DECIMAL_POINT, .date_order = TORG_DATE_ORDER_YMD, .currency = currency };
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (field == NULL || text == NULL || !torg_value_is_null (torg_record_nth (record, field->index)))
    return;
  if (field->kind == TORG_KIND_DATE && strlen (text) > strlen ("2026-01-01") && text[4] == '-')
    {
      g_autofree char *day = g_strndup (text, strlen ("2026-01-01"));

      set_text (record, name, day, currency);
      return;
    }
  if (torg_field_parse (field, text, &hints, &value, NULL))
    torg_record_set_nth (record, field->index, &value);
}

static void
set_money (TorgRecord *record, const char *name, JsonObject *object, const char *key)
{
  g_autofree char *text = torg_bitrix_dup_text (object, key);
  g_autofree char *currency = torg_bitrix_dup_text (object, "CURRENCY_ID");

  if (text != NULL)
    set_text (record, name, text, currency != NULL ? currency : "RUB");
}

/* `[{"VALUE": …}, …]` */
static void
set_channels (TorgRecord *record, const char *name, JsonObject *object, const char *key, gboolean only_first)
{
  JsonNode *node = json_object_get_member (object, key);
  g_autoptr (GString) list = g_string_new (NULL);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode        *element = json_array_get_element (array, i);
      g_autofree char *value =
        JSON_NODE_HOLDS_OBJECT (element) ? torg_bitrix_dup_text (json_node_get_object (element), "VALUE") : NULL;

      if (value != NULL && !(only_first && list->len > 0))
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", value);
    }
  if (list->len > 0)
    set_text (record, name, list->str, NULL);
}

static void
set_object_ref (TorgBitrixMap *self,
                TorgRecord    *record,
                const char    *name,
                JsonObject    *object,
                const char    *key,
                TorgBitrixKind kind)
{
  g_autofree char *number = dup_number (object, key);
  g_autofree char *id = number != NULL ? torg_bitrix_make_id (self->portal, kinds[kind].name, number) : NULL;

  set_ref (record, name, id);
}

static void
set_owner (TorgBitrixMap *self, TorgRecord *record, JsonObject *object, const char *key)
{
  g_autofree char *user = dup_number (object, key);
  const char      *known = user != NULL ? g_hash_table_lookup (self->users, user) : NULL;

  set_ref (record, "owner", known != NULL ? known : self->me);
}

static void
set_entry (TorgBitrixMap *self,
           TorgRecord    *record,
           const char    *name,
           JsonObject    *object,
           const char    *key,
           const char    *of)
{
  g_autofree char *status = torg_bitrix_dup_text (object, key);
  g_autofree char *full = status != NULL ? g_strconcat (of, "/", status, NULL) : NULL;

  if (full != NULL)
    set_ref (record, name, g_hash_table_lookup (self->entries, full));
}

static const TorgBitrixStage *
set_stage (TorgBitrixMap *self, TorgRecord *record, const char *entity, const char *status)
{
  g_autofree char       *key = status != NULL ? g_strconcat (entity, "/", status, NULL) : NULL;
  const TorgBitrixStage *stage = key != NULL ? g_hash_table_lookup (self->stages, key) : NULL;

  if (stage != NULL)
    {
      set_ref (record, "pipeline", stage->pipeline);
      set_ref (record, "stage", stage->id);
    }
  return stage;
}

/* --- the kinds ---------------------------------------------------------------------------------------------------- */

/* The parts of a name that are there. */
static char *
join_name (JsonObject *object)
{
  g_autofree char *first = torg_bitrix_dup_text (object, "NAME"),
                  *second = torg_bitrix_dup_text (object, "SECOND_NAME");
  g_autofree char *last = torg_bitrix_dup_text (object, "LAST_NAME");
  g_autoptr (GString) name = g_string_new (first);

  for (guint i = 0; i < 2; i++)
    {
      const char *part = i == 0 ? second : last;

      if (part != NULL)
        g_string_append_printf (name, "%s%s", name->len > 0 ? " " : "", part);
    }
  return g_string_free_and_steal (g_steal_pointer (&name));
}

static void
read_company (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  set_channels (record, "phones", object, "PHONE", FALSE);
  set_channels (record, "emails", object, "EMAIL", FALSE);
  set_channels (record, "site", object, "WEB", TRUE);
  set_money (record, "revenue", object, "REVENUE");
  set_entry (self, record, "industry", object, "INDUSTRY", "INDUSTRY");
  set_owner (self, record, object, "ASSIGNED_BY_ID");
}

static void
read_contact (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  set_channels (record, "phones", object, "PHONE", FALSE);
  set_channels (record, "emails", object, "EMAIL", FALSE);
  set_object_ref (self, record, "company", object, "COMPANY_ID", TORG_BITRIX_COMPANY);
  set_entry (self, record, "source", object, "SOURCE_ID", "SOURCE");
  set_owner (self, record, object, "ASSIGNED_BY_ID");
  /* A person is called by something. */
  if (torg_record_get_text (record, "name") == NULL)
    {
      const char *surname = torg_record_get_text (record, "surname");

      torg_record_set_text (record, "name", surname != NULL ? surname : _ ("Without a name"));
      torg_record_set_text (record, "surname", NULL);
    }
}

static void
read_lead (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  g_autofree char *name = join_name (object), *status = torg_bitrix_dup_text (object, "STATUS_ID");

  if (*name != '\0')
    set_text (record, "name", name, NULL);
  set_channels (record, "phones", object, "PHONE", FALSE);
  set_channels (record, "emails", object, "EMAIL", FALSE);
  set_stage (self, record, "STATUS", status);
  set_entry (self, record, "source", object, "SOURCE_ID", "SOURCE");
  set_owner (self, record, object, "ASSIGNED_BY_ID");
}

static void
read_deal (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  g_autofree char       *category = torg_bitrix_dup_text (object, "CATEGORY_ID");
  g_autofree char       *status = torg_bitrix_dup_text (object, "STAGE_ID");
  g_autofree char       *closing = torg_bitrix_dup_text (object, "CLOSEDATE");
  g_autofree char       *changed = torg_bitrix_dup_text (object, "DATE_MODIFY");
  g_autofree char       *entity = category != NULL && !g_str_equal (category, "0")
                                    ? g_strconcat ("DEAL_STAGE_", category, NULL)
                                    : g_strdup ("DEAL_STAGE");
  const TorgBitrixStage *stage = set_stage (self, record, entity, status);

  set_money (record, "amount", object, "OPPORTUNITY");
  set_object_ref (self, record, "company", object, "COMPANY_ID", TORG_BITRIX_COMPANY);
  set_object_ref (self, record, "person", object, "CONTACT_ID", TORG_BITRIX_CONTACT);
  set_entry (self, record, "source", object, "SOURCE_ID", "SOURCE");
  set_owner (self, record, object, "ASSIGNED_BY_ID");
  /* What goes on has a day that is hoped for. */
  set_text (record, stage != NULL && !stage->is_open ? "closed" : "expected", closing, NULL);
  if (stage != NULL && !stage->is_open)
    set_text (record, "closed", changed, NULL);
}

static void
read_product (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  set_money (record, "price", object, "PRICE");
}

static const char *
find_kind (const char *type, const char *provider)
{
  static const char *const names[] = { "task", "meeting", "call", "task", "mail" };
  guint64                  number;

  if (provider != NULL && strstr (provider, "SMS") != NULL)
    return "sms";
  if (provider != NULL && strstr (provider, "IMOPENLINES") != NULL)
    return "chat";
  if (type == NULL || !g_ascii_string_to_unsigned (type, 10, 0, G_N_ELEMENTS (names) - 1, &number, NULL))
    return "task";
  return names[number];
}

/* A year that is none says that there is no deadline. */
static char *
dup_moment (JsonObject *object, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    {
      g_autofree char *text = torg_bitrix_dup_text (object, *keys);

      if (text != NULL && !g_str_has_prefix (text, "9999") && !g_str_has_prefix (text, "0000"))
        return g_steal_pointer (&text);
    }
  return NULL;
}

static void
read_activity (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  static const char *const dues[] = { "DEADLINE", "START_TIME", NULL };
  static const char *const ends[] = { "END_TIME", "LAST_UPDATED", "START_TIME", "CREATED", NULL };
  static const struct
  {
    const char    *owner;
    const char    *field;
    TorgBitrixKind kind;
  } owners[] = {
    { "1", "lead", TORG_BITRIX_LEAD },
    { "2", "deal", TORG_BITRIX_DEAL },
    { "3", "person", TORG_BITRIX_CONTACT },
    { "4", "company", TORG_BITRIX_COMPANY },
  };
  g_autofree char *type = torg_bitrix_dup_text (object, "TYPE_ID"),
                  *direction = torg_bitrix_dup_text (object, "DIRECTION");
  g_autofree char *provider = torg_bitrix_dup_text (object, "PROVIDER_ID");
  g_autofree char *completed = torg_bitrix_dup_text (object, "COMPLETED");
  g_autofree char *owner = torg_bitrix_dup_text (object, "OWNER_TYPE_ID");
  gboolean         is_done = g_strcmp0 (completed, "Y") == 0;
  g_autofree char *moment = dup_moment (object, is_done ? ends : dues);

  set_text (record, "kind", find_kind (type, provider), NULL);
  set_text (record, is_done ? "done" : "due", moment, NULL);
  if (g_strcmp0 (direction, "1") == 0 || g_strcmp0 (direction, "2") == 0)
    set_text (record, "direction", g_str_equal (direction, "1") ? "in" : "out", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    if (g_strcmp0 (owner, owners[i].owner) == 0)
      set_object_ref (self, record, owners[i].field, object, "OWNER_ID", owners[i].kind);
  set_owner (self, record, object, "RESPONSIBLE_ID");
}

/* PRICE_NETTO is the price before the discount; where it is missing, the price has none. */
static void
read_line (TorgBitrixMap *self, TorgRecord *record, JsonObject *object)
{
  g_autofree char *before = torg_bitrix_dup_text (object, "PRICE_BRUTTO"),
                  *rate = torg_bitrix_dup_text (object, "TAX_RATE");
  g_autofree char *price = before != NULL ? g_steal_pointer (&before) : torg_bitrix_dup_text (object, "PRICE");
  g_autofree char *currency = torg_bitrix_dup_text (object, "CURRENCY_ID");

  set_text (record, "price", price, currency != NULL ? currency : "RUB");
  set_object_ref (self, record, "deal", object, "OWNER_ID", TORG_BITRIX_DEAL);
  set_object_ref (self, record, "product", object, "PRODUCT_ID", TORG_BITRIX_PRODUCT);
  if (rate != NULL)
    {
      g_autofree char *whole = g_strdup_printf ("%.0f", g_ascii_strtod (rate, NULL));

      set_ref (record, "vat_rate", g_hash_table_lookup (self->rates, whole));
    }
}

/**
 * torg_bitrix_read:
 * @self: what the portal's names mean
 * @schema: the company's schema
 * @kind: what it is
 * @object: as the API gives it
 *
 * Reads an object. It may refer to what is not there; whoever keeps it looks.
 *
 * Returns: (transfer full) (nullable): a record; %NULL for an object without a number
 */
TorgRecord *
torg_bitrix_read (TorgBitrixMap *self, TorgSchema *schema, TorgBitrixKind kind, JsonObject *object)
{
  static void (*const readers[]) (TorgBitrixMap *, TorgRecord *, JsonObject *) = {
    [TORG_BITRIX_COMPANY] = read_company, [TORG_BITRIX_CONTACT] = read_contact, [TORG_BITRIX_LEAD] = read_lead,
    [TORG_BITRIX_PRODUCT] = read_product, [TORG_BITRIX_DEAL] = read_deal,       [TORG_BITRIX_ACTIVITY] = read_activity,
    [TORG_BITRIX_LINE] = read_line,
  };
  g_autofree char *number = dup_number (object, "ID");
  g_autofree char *id = NULL;
  TorgRecord      *record;

  if (number == NULL)
    return NULL;
  id = torg_bitrix_make_id (self->portal, kinds[kind].name, number);
  record = torg_record_new (schema, torg_schema_find (schema, kinds[kind].type), id);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    {
      g_autofree char *text = plain[i].kind == kind ? torg_bitrix_dup_text (object, plain[i].key) : NULL;
      const TorgField *field =
        text != NULL ? torg_type_find_field (torg_record_get_kind (record), plain[i].field) : NULL;
      g_autofree char *words =
        field != NULL && (field->flags & TORG_FIELD_MULTILINE) != 0 ? torg_bitrix_to_plain (text) : NULL;

      if (words == NULL || *words != '\0')
        set_text (record, plain[i].field, words != NULL ? words : text, NULL);
    }
  readers[kind](self, record, object);
  return record;
}
