/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "torg-bitrix.h"
#include "torg-test-store.h"

#include <stdio.h>
#include <string.h>

/* An import of a portal of Bitrix24: what its objects become, its limits and errors, broken off, again, undone. */

#define PORTAL "example.bitrix24.ru"

/* --- a portal ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  GHashTable   *lists;   /* (owned): method → JsonArray, by number */
  GPtrArray    *said;    /* (owned) (element-type utf8): answers that come before all others; `STATUS BODY` */
  guint         n_calls; /* questions over the network */
  guint         n_commands;
  guint         break_at;       /* the question that the network breaks at; 0 for none */
  double        waited;         /* seconds */
  GCancellable *cancel_at_wait; /* (nullable) */
} Portal;

static void
portal_add (Portal *portal, const char *method, const char *json)
{
  JsonArray *list = g_hash_table_lookup (portal->lists, method);
  g_autoptr (GError) error = NULL;
  g_autofree char *quoted = g_strdelimit (g_strdup (json), "'", '"');
  JsonNode        *node = json_from_string (quoted, &error);

  g_assert_no_error (error);
  if (list == NULL)
    {
      list = json_array_new ();
      g_hash_table_insert (portal->lists, g_strdup (method), list);
    }
  json_array_add_element (list, node);
}

static Portal *
portal_new (void)
{
  Portal *portal = g_new0 (Portal, 1);

  portal->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_array_unref);
  portal->said = g_ptr_array_new_with_free_func (g_free);
  portal_add (portal, "crm.category.list", "{'id':0,'name':'Общая','sort':300,'entityTypeId':2,'isDefault':'Y'}");
  portal_add (portal, "crm.category.list", "{'id':9,'name':'Опт','sort':200,'entityTypeId':2,'isDefault':'N'}");
  portal_add (portal, "crm.status.list",
              "{'ID':'101','ENTITY_ID':'DEAL_STAGE','STATUS_ID':'NEW','NAME':'Новая','SORT':'10',"
              "'COLOR':'#39A8EF','SEMANTICS':null,'EXTRA':{'SEMANTICS':'process'}}");
  portal_add (portal, "crm.status.list",
              "{'ID':'102','ENTITY_ID':'DEAL_STAGE','STATUS_ID':'WON','NAME':'Успех','SORT':'20',"
              "'SEMANTICS':'S','EXTRA':{'SEMANTICS':'success'}}");
  portal_add (portal, "crm.status.list",
              "{'ID':'103','ENTITY_ID':'DEAL_STAGE','STATUS_ID':'LOSE','NAME':'Провал','SORT':'30',"
              "'SEMANTICS':'F','EXTRA':{'SEMANTICS':'failure'}}");
  portal_add (portal, "crm.status.list",
              "{'ID':'104','ENTITY_ID':'DEAL_STAGE_9','STATUS_ID':'C9:NEW','NAME':'Опт новая',"
              "'SORT':'10','EXTRA':{'SEMANTICS':'process'}}");
  portal_add (portal, "crm.status.list",
              "{'ID':'105','ENTITY_ID':'STATUS','STATUS_ID':'NEW','NAME':'Не обработан','SORT':'10',"
              "'EXTRA':{'SEMANTICS':'process'}}");
  portal_add (portal, "crm.status.list",
              "{'ID':'106','ENTITY_ID':'SOURCE','STATUS_ID':'CALL','NAME':'Звонок с форума'}");
  portal_add (portal, "user.get",
              "{'ID':'1','ACTIVE':true,'NAME':'Анна','LAST_NAME':'Петрова','EMAIL':'a@example.org'}");
  portal_add (portal, "user.get",
              "{'ID':'6','ACTIVE':true,'NAME':'Борис','LAST_NAME':'Орлов','EMAIL':'b@example.org'}");
  return portal;
}

static void
portal_free (gpointer data)
{
  Portal *portal = data;

  g_hash_table_unref (portal->lists);
  g_ptr_array_unref (portal->said);
  g_free (portal);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Portal, portal_free)

static gint64
get_number (JsonNode *node, const char *key)
{
  g_autofree char *text = torg_bitrix_dup_text (json_node_get_object (node), key);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/* Fifty of a list, after a number; a result that is named but is not there stands for nothing, as in PHP. */
static JsonArray *
list_after (Portal *portal, const char *command, JsonArray *results)
{
  g_autofree char *method = g_strndup (command, strcspn (command, "?"));
  JsonArray       *list = g_hash_table_lookup (portal->lists, method), *page = json_array_new ();
  const char      *filter = strstr (command, "filter[>ID]=");
  gint64           after = 0;
  guint            n, place;

  if (g_str_equal (method, "crm.deal.productrows.get"))
    {
      gint64 deal = g_ascii_strtoll (strchr (command, '=') + 1, NULL, 10);

      for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
        if (get_number (json_array_get_element (list, i), "OWNER_ID") == deal)
          json_array_add_element (page, json_node_copy (json_array_get_element (list, i)));
      return page;
    }
  g_assert_nonnull (strstr (command, "start=-1"));
  g_assert_nonnull (filter);
  filter += strlen ("filter[>ID]=");
  if (sscanf (filter, "$result[%u][%u][ID]", &n, &place) == 2)
    {
      JsonArray *before = json_array_get_array_element (results, n);

      after = place < json_array_get_length (before) ? get_number (json_array_get_element (before, place), "ID") : 0;
    }
  else
    after = g_ascii_strtoll (filter, NULL, 10);
  for (guint i = 0; list != NULL && i < json_array_get_length (list) && json_array_get_length (page) < 50; i++)
    if (get_number (json_array_get_element (list, i), "ID") > after)
      json_array_add_element (page, json_node_copy (json_array_get_element (list, i)));
  return page;
}

static JsonNode *
answer_batch (Portal *portal, JsonObject *params)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new (), *result = json_object_new (),
             *cmd = json_object_get_object_member (params, "cmd");
  JsonArray *results = json_array_new ();

  g_assert_cmpuint (json_object_get_size (cmd), <=, 50);
  for (guint i = 0; i < json_object_get_size (cmd); i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      portal->n_commands++;
      json_array_add_array_element (results, list_after (portal, json_object_get_string_member (cmd, key), results));
    }
  json_object_set_array_member (result, "result", results);
  json_object_set_array_member (result, "result_error", json_array_new ());
  json_object_set_object_member (root, "result", result);
  json_node_take_object (node, root);
  return node;
}

static JsonNode *
answer_call (Portal *portal, const char *method)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new ();
  JsonArray  *list = g_hash_table_lookup (portal->lists, method);

  if (g_str_equal (method, "crm.category.list"))
    {
      JsonObject *result = json_object_new ();

      json_object_set_array_member (result, "categories", json_array_ref (list));
      json_object_set_object_member (root, "result", result);
    }
  else
    json_object_set_array_member (root, "result", list != NULL ? json_array_ref (list) : json_array_new ());
  json_object_set_int_member (root, "total", list != NULL ? json_array_get_length (list) : 0);
  json_node_take_object (node, root);
  return node;
}

static gboolean
post (gpointer      data,
      const char   *method,
      GBytes       *body,
      guint        *status,
      GBytes      **answer,
      GCancellable *cancellable,
      GError      **error)
{
  Portal *portal = data;
  g_autoptr (JsonNode) params = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *sent = NULL;
  char            *text;

  if (++portal->n_calls == portal->break_at)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The network is gone.");
      return FALSE;
    }
  if (portal->said->len > 0)
    {
      g_autofree char *said = g_ptr_array_steal_index (portal->said, 0);

      *status = (guint) g_ascii_strtoull (said, NULL, 10);
      text = g_strdelimit (g_strdup (strchr (said, ' ') + 1), "'", '"');
      *answer = g_bytes_new_take (text, strlen (text));
      return TRUE;
    }
  sent = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  params = json_from_string (sent, NULL);
  node =
    g_str_equal (method, "batch") ? answer_batch (portal, json_node_get_object (params)) : answer_call (portal, method);
  *status = 200;
  text = json_to_string (node, FALSE);
  *answer = g_bytes_new_take (text, strlen (text));
  return TRUE;
}

static void
wait_for (gpointer data, double seconds, GCancellable *cancellable)
{
  Portal *portal = data;

  portal->waited += seconds;
  if (portal->cancel_at_wait != NULL && seconds >= 1)
    g_cancellable_cancel (portal->cancel_at_wait);
}

static TorgBitrixWeb
make_web (Portal *portal)
{
  return (TorgBitrixWeb) { post, wait_for, portal };
}

/* --- what objects become ------------------------------------------------------------------------------------------ */

static void
add_company (Portal *portal)
{
  portal_add (
    portal, "crm.company.list",
    "{'ID':'2919','TITLE':'Ромашка','ASSIGNED_BY_ID':'6','COMMENTS':'<p>Платят&nbsp;вовремя<br>всегда</p>',"
    "'REVENUE':'1000.50','CURRENCY_ID':'USD','ADDRESS_CITY':'Тверь','DATE_CREATE':'2024-02-26T00:00:00+03:00',"
    "'PHONE':[{'ID':'1','VALUE_TYPE':'WORK','VALUE':'+7 495 123-45-67'},{'VALUE':'8 916 111 22 33'}],"
    "'EMAIL':[{'VALUE':'a@romashka.ru'}],'WEB':[{'VALUE':'romashka.ru'},{'VALUE':'other.ru'}]}");
}

static void
fill (Portal *portal)
{
  add_company (portal);
  portal_add (portal, "crm.contact.list",
              "{'ID':'75','NAME':'Иван','LAST_NAME':'Иванов','SECOND_NAME':null,'POST':'Директор','COMPANY_ID':'2919',"
              "'ASSIGNED_BY_ID':'1','EMAIL':[{'VALUE':'i@example.com'}]}");
  portal_add (portal, "crm.contact.list", "{'ID':'76','NAME':'','LAST_NAME':'Петров','COMPANY_ID':'404'}");
  portal_add (portal, "crm.lead.list",
              "{'ID':'123','TITLE':'Заявка с сайта','NAME':'Пётр','LAST_NAME':'Сидоров','STATUS_ID':'NEW',"
              "'SOURCE_ID':'CALL','ASSIGNED_BY_ID':'77','COMPANY_TITLE':'Лютик','OPPORTUNITY':'0.00'}");
  portal_add (portal, "crm.product.list",
              "{'ID':'450','NAME':'Насос','CODE':'N-1','PRICE':'999.00','CURRENCY_ID':'RUB'}");
  portal_add (
    portal, "crm.deal.list",
    "{'ID':'37','TITLE':'Насосы','CATEGORY_ID':'9','STAGE_ID':'C9:NEW','OPPORTUNITY':'19999.99','CURRENCY_ID':"
    "'EUR','COMPANY_ID':'2919','CONTACT_ID':'75','ASSIGNED_BY_ID':'6','CLOSEDATE':'2026-12-01T00:00:00+03:00',"
    "'DATE_CREATE':'2024-09-02T18:37:18+02:00','SOURCE_ID':'CALL'}");
  portal_add (portal, "crm.deal.list",
              "{'ID':'38','TITLE':'Краны','CATEGORY_ID':'0','STAGE_ID':'WON','OPPORTUNITY':'300','CURRENCY_ID':'RUB',"
              "'COMPANY_ID':'0','CLOSEDATE':'2026-01-15T00:00:00+03:00'}");
  portal_add (portal, "crm.deal.list",
              "{'ID':'39','TITLE':'Люки','CATEGORY_ID':'0','STAGE_ID':'LOSE','OPPORTUNITY':'7','CURRENCY_ID':'RUB'}");
  portal_add (portal, "crm.deal.productrows.get",
              "{'ID':'5','OWNER_ID':'37','PRODUCT_ID':450,'PRODUCT_NAME':'Насос','PRICE':899.1,'PRICE_BRUTTO':999,"
              "'QUANTITY':2,'DISCOUNT_RATE':10,'TAX_RATE':22,'SORT':10}");
  portal_add (
    portal, "crm.activity.list",
    "{'ID':'20','TYPE_ID':'2','SUBJECT':'Позвонить','DESCRIPTION':'[b]Срочно[/b]','DIRECTION':'2','COMPLETED':'N',"
    "'DEADLINE':'2026-12-24T11:00:00+03:00','OWNER_TYPE_ID':'2','OWNER_ID':'37','RESPONSIBLE_ID':'6'}");
  portal_add (portal, "crm.activity.list",
              "{'ID':'21','TYPE_ID':'1','SUBJECT':'Встреча','COMPLETED':'Y','END_TIME':'2026-02-24T11:00:00+03:00',"
              "'OWNER_TYPE_ID':'3','OWNER_ID':'75','RESPONSIBLE_ID':'1'}");
  portal_add (portal, "crm.activity.list",
              "{'ID':'22','TYPE_ID':'3','SUBJECT':'Ничья','OWNER_TYPE_ID':'31','OWNER_ID':'1'}");
}

static TorgBitrixResult *
run (TorgStore *store, Portal *portal)
{
  TorgBitrixWeb web = make_web (portal);
  g_autoptr (TorgBitrix) bitrix = torg_bitrix_new (PORTAL, &web, NULL);
  g_autoptr (GError) error = NULL;

  torg_bitrix_run (bitrix, store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (torg_bitrix_get_fraction (bitrix), ==, 1.0);
  return torg_bitrix_dup_result (bitrix);
}

static char *
find (const char *kind, const char *number)
{
  return torg_bitrix_make_id (PORTAL, kind, number);
}

static void
test_objects (void)
{
  g_autoptr (TestStore) test = test_store_new (71);
  TorgStore *store = test->store;
  g_autoptr (Portal) portal = portal_new ();
  g_autoptr (TorgBitrixResult) result = NULL;
  g_autofree char *company = find ("company", "2919"), *person = find ("contact", "75"),
                  *petrov = find ("contact", "76");
  g_autofree char *lead = find ("lead", "123"), *deal = find ("deal", "37"), *won = find ("deal", "38"),
                  *lost = find ("deal", "39"), *line = find ("line", "5"), *call = find ("activity", "20"),
                  *meeting = find ("activity", "21"), *boris = find ("user", "6");

  fill (portal);
  result = run (store, portal);
  g_assert_cmpuint (result->failures->len, ==, 0);
  g_assert_cmpint (result->counts[TORG_BITRIX_CONTACT].created, ==, 2);
  g_assert_cmpint (result->counts[TORG_BITRIX_DEAL].created, ==, 3);
  g_assert_cmpint (result->counts[TORG_BITRIX_LINE].created, ==, 1);
  g_assert_cmpint (result->counts[TORG_BITRIX_ACTIVITY].created, ==, 2);
  test_assert_field (store, "company", company, "name", "Ромашка");
  test_assert_field (store, "company", company, "note", "Платят вовремя\nвсегда");
  test_assert_field (store, "company", company, "site", "romashka.ru");
  test_assert_field (store, "company", company, "city", "Тверь");
  test_assert_field (store, "company", company, "owner", boris);
  g_assert_cmpint (test_int (store, "SELECT revenue FROM company WHERE revenue_currency = 'USD'"), ==, 100050);
  g_assert_cmpint (test_int (store, "SELECT json_array_length(phones) * 10 + json_array_length(emails) FROM company"),
                   ==, 21);
  test_assert_field (store, "person", person, "company", company);
  /* Anna is known here. */
  test_assert_field (store, "person", person, "owner", torg_store_get_user (store));
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM user"), ==, 2);
  test_assert_field (store, "person", petrov, "name", "Петров");
  test_assert_field (store, "person", petrov, "company", "");
  test_assert_field (store, "lead", lead, "name", "Пётр Сидоров");
  test_assert_field (store, "lead", lead, "owner", torg_store_get_user (store));
  test_assert_field (store, "deal", deal, "company", company);
  test_assert_field (store, "deal", deal, "person", person);
  test_assert_field (store, "deal", deal, "expected", "2026-12-01");
  g_assert_cmpint (test_int (store, "SELECT amount FROM deal WHERE amount_currency = 'EUR'"), ==, 1999999);
  g_assert_cmpint (test_int (store,
                             "SELECT count(*) FROM deal d JOIN pipeline p ON p.id = d.pipeline JOIN stage s ON s.id "
                             "= d.stage AND s.pipeline = p.id WHERE p.name = 'Опт' AND s.name = 'Опт новая'"),
                   ==, 1);
  test_assert_field (store, "deal", won, "closed", "2026-01-15");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM stage WHERE name IN ('Успех', 'Провал') AND kind IN ('won', "
                                    "'lost')"),
                   ==, 2);
  g_assert_nonnull (lost);
  test_assert_field (store, "deal_line", line, "deal", deal);
  g_assert_cmpint (test_int (store, "SELECT price FROM deal_line WHERE price_currency = 'EUR'"), ==, 99900);
  g_assert_cmpint (
    test_int (store, "SELECT count(*) FROM deal_line l JOIN vat_rate v ON v.id = l.vat_rate WHERE v.rate = 11 * "
                     "l.quantity"),
    ==, 1);
  test_assert_field (store, "activity", call, "kind", "call");
  test_assert_field (store, "activity", call, "body", "Срочно");
  test_assert_field (store, "activity", call, "direction", "out");
  test_assert_field (store, "activity", call, "deal", deal);
  test_assert_field (store, "activity", meeting, "person", person);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM activity WHERE done IS NOT NULL AND kind = 'meeting'"), ==,
                   1);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM dictionary WHERE name = 'Звонок с форума'"), ==, 1);
  test_check (store);
}

/* --- again -------------------------------------------------------------------------------------------------------- */

static void
test_again (void)
{
  g_autoptr (TestStore) test = test_store_new (72);
  TorgStore *store = test->store;
  g_autoptr (Portal) portal = portal_new ();
  g_autoptr (Portal) later = portal_new ();
  g_autoptr (TorgBitrixResult) first = NULL;
  g_autoptr (TorgBitrixResult) second = NULL;
  g_autofree char *deal = find ("deal", "37"), *kept = NULL;
  gint64           n;

  fill (portal);
  first = run (store, portal);
  n = test_int (store,
                "SELECT (SELECT count(*) FROM deal) + (SELECT count(*) FROM stage) + (SELECT count(*) FROM pipeline) + "
                "(SELECT count(*) FROM user) + (SELECT count(*) FROM company) + (SELECT count(*) FROM person)");
  /* What was changed here stays; what was emptied is filled. */
  test_patch (store, "deal", deal, "title", "Насосы и трубы");
  test_patch (store, "deal", deal, "expected", "");
  kept = test_create (store, "company", "name", "Ромашка Плюс", NULL);
  fill (later);
  portal_add (later, "crm.deal.list",
              "{'ID':'40','TITLE':'Новая','CATEGORY_ID':'0','STAGE_ID':'NEW','COMPANY_ID':'2919'}");
  second = run (store, later);
  g_assert_cmpint (second->counts[TORG_BITRIX_DEAL].created, ==, 1);
  g_assert_cmpint (second->counts[TORG_BITRIX_DEAL].filled, ==, 1);
  g_assert_cmpint (second->counts[TORG_BITRIX_DEAL].known, ==, 2);
  g_assert_cmpint (second->counts[TORG_BITRIX_COMPANY].known, ==, 1);
  test_assert_field (store, "deal", deal, "title", "Насосы и трубы");
  test_assert_field (store, "deal", deal, "expected", "2026-12-01");
  g_assert_cmpint (
    test_int (store,
              "SELECT (SELECT count(*) FROM deal) + (SELECT count(*) FROM stage) + (SELECT count(*) FROM pipeline) + "
              "(SELECT count(*) FROM user) + (SELECT count(*) FROM company) + (SELECT count(*) FROM person)"),
    ==, n + 2);
  g_assert_nonnull (kept);
  test_check (store);
}

/* Undone as a whole, and then imported anew. */
static void
test_undone (void)
{
  g_autoptr (TestStore) test = test_store_new (74);
  TorgStore *store = test->store;
  g_autoptr (Portal) portal = portal_new ();
  g_autoptr (TorgBitrixResult) first = NULL;
  g_autoptr (TorgBitrixResult) second = NULL;
  g_autofree char *company = find ("company", "2919");
  g_autoptr (GError) error = NULL;
  guint left = 9;

  fill (portal);
  first = run (store, portal);
  torg_store_undo_import (store, first->import_id, &left, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left, ==, 0);
  g_assert_cmpint (test_int (store,
                             "SELECT (SELECT count(*) FROM company WHERE deleted IS NULL) + (SELECT count(*) FROM deal "
                             "WHERE deleted IS NULL) + (SELECT count(*) FROM pipeline WHERE deleted IS NULL)"),
                   ==, 2);
  second = run (store, portal);
  g_assert_cmpstr (second->import_id, !=, first->import_id);
  g_assert_cmpint (second->counts[TORG_BITRIX_COMPANY].created + second->counts[TORG_BITRIX_COMPANY].filled, ==, 1);
  test_assert_field (store, "company", company, "name", "Ромашка");
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE deleted IS NULL AND company IS NOT NULL"), ==, 1);
  test_check (store);
}

/* --- many, and broken off ----------------------------------------------------------------------------------------- */

static void
test_many (void)
{
  g_autoptr (TestStore) test = test_store_new (73);
  TorgStore *store = test->store;
  g_autoptr (Portal) portal = portal_new ();
  g_autofree char *import = NULL;
  guint            n_broken = 0;

  for (guint i = 1; i <= 1230; i++)
    {
      g_autofree char *company = g_strdup_printf ("{'ID':'%u','TITLE':'Компания %u'}", i * 3, i);

      portal_add (portal, "crm.company.list", company);
    }
  for (guint i = 1; i <= 330; i++)
    {
      g_autofree char *deal = g_strdup_printf (
        "{'ID':'%u','TITLE':'Сделка %u','CATEGORY_ID':'0','STAGE_ID':'NEW','COMPANY_ID':'%u'}", i, i, i * 3);
      g_autofree char *line =
        g_strdup_printf ("{'ID':'%u','OWNER_ID':'%u','PRODUCT_NAME':'Товар','PRICE':1,'QUANTITY':1}", i, i);

      portal_add (portal, "crm.deal.list", deal);
      portal_add (portal, "crm.deal.productrows.get", line);
    }
  /* The network breaks off again and again, for longer than anybody waits; each time it goes on from there. */
  for (gboolean done = FALSE; !done;)
    {
      TorgBitrixWeb web = make_web (portal);
      g_autoptr (TorgBitrix) bitrix = torg_bitrix_new (PORTAL, &web, NULL);
      g_autoptr (TorgBitrixResult) result = NULL;
      g_autoptr (GError) error = NULL;
      guint before = portal->n_calls;

      portal->break_at = 0;
      for (gboolean finished = FALSE; !finished && error == NULL;)
        {
          /* Settings take their own questions; then every third one fails, with all that follow. */
          if (portal->n_calls - before > 9 && n_broken < 6)
            portal->break_at = portal->n_calls + 1;
          if (!torg_bitrix_fetch (bitrix, NULL, &error) && portal->break_at != 0)
            {
              /* One break is asked again. */
              g_assert_not_reached ();
            }
          if (error == NULL && torg_bitrix_keep (bitrix, store, &finished, &error) && portal->break_at != 0)
            {
              n_broken++;
              break;
            }
          done = finished;
        }
      g_assert_no_error (error);
      result = torg_bitrix_dup_result (bitrix);
      if (import == NULL)
        import = g_strdup (result->import_id);
      g_assert_cmpstr (result->import_id, ==, import);
      g_assert_cmpint (torg_bitrix_is_resumed (bitrix), ==, n_broken > 1 || done);
    }
  g_assert_cmpuint (n_broken, ==, 6);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM company"), ==, 1230);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal WHERE company IS NOT NULL"), ==, 330);
  g_assert_cmpint (test_int (store, "SELECT count(*) FROM deal_line"), ==, 330);
  /* In batches: far fewer questions than pages. */
  g_assert_cmpuint (portal->n_commands, >, 330);
  g_assert_cmpuint (portal->n_calls, <, 200);
  test_check (store);
}

/* --- limits and errors -------------------------------------------------------------------------------------------- */

static JsonNode *
call (Portal *portal, GCancellable *cancellable, GError **error)
{
  TorgBitrixWeb web = make_web (portal);
  g_autoptr (JsonObject) params = json_object_new ();

  return torg_bitrix_call (&web, "crm.status.list", params, cancellable, error);
}

static void
say (Portal *portal, const char *text)
{
  g_ptr_array_add (portal->said, g_strdup (text));
}

static void
test_limits (void)
{
  g_autoptr (Portal) portal = portal_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) other = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  say (portal, "503 {'error':'QUERY_LIMIT_EXCEEDED','error_description':'Too many requests'}");
  say (portal,
       "429 {'error':'OPERATION_TIME_LIMIT','error_description':'Method is blocked due to operation time limit.'}");
  say (portal, "503 <html>busy</html>");
  node = call (portal, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
  g_assert_cmpuint (portal->n_calls, ==, 4);
  /* Longer each time, beside the pace. */
  g_assert_cmpfloat (portal->waited, ==, 1 + 2 + 4 + 4 * 0.5);
  /* Who does not want to wait need not. */
  for (guint i = 0; i < 20; i++)
    say (portal, "503 {'error':'QUERY_LIMIT_EXCEEDED'}");
  portal->cancel_at_wait = cancellable;
  g_assert_null (call (portal, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  portal->cancel_at_wait = NULL;
  other = call (portal, NULL, &error);
  g_assert_null (other);
  g_assert_error (error, TORG_ERROR, TORG_ERROR_LIMIT);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *said;
    int         code;
    const char *words;
  } cases[] = {
    { "401 {'error':'INVALID_CREDENTIALS','error_description':'Invalid request credentials'}", TORG_ERROR_RULE,
      "Invalid request credentials" },
    { "403 {'error':'insufficient_scope','error_description':'The request requires higher privileges'}",
      TORG_ERROR_RULE, "higher privileges" },
    { "400 {'error':'','error_description':'Access denied.'}", TORG_ERROR_RULE, "Access denied" },
    { "400 {'error':0,'error_description':'Parameter is wrong'}", TORG_ERROR_INVALID, "Parameter is wrong" },
    { "400 {'error':{'code':'BITRIX_REST_V3_EXCEPTION_VALIDATION','message':'Error during "
      "validation','validation':[]}}",
      TORG_ERROR_INVALID, "Error during validation" },
    { "400 {'error':{'code':'ACCESS_DENIED','message':'No'}}", TORG_ERROR_RULE, "No" },
    { "200 <html>A page</html>", TORG_ERROR_INVALID, "webhook" },
    { "200 []", TORG_ERROR_INVALID, "webhook" },
    { "200 ", TORG_ERROR_INVALID, "webhook" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Portal) portal = portal_new ();
      g_autoptr (GError) error = NULL;

      say (portal, cases[i].said);
      g_assert_null (call (portal, NULL, &error));
      g_assert_error (error, TORG_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_cmpuint (portal->n_calls, ==, 1);
    }
}

/* In a batch each command fails for itself. */
static void
test_batch_errors (void)
{
  g_autoptr (Portal) portal = portal_new ();
  TorgBitrixWeb web = make_web (portal);
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GError) error = NULL;
  gboolean finished;

  add_company (portal);
  say (portal,
       "200 {'result':{'result':[],'result_error':{'0':{'error':'QUERY_LIMIT_EXCEEDED','error_description':'x'}}}}");
  pages = torg_bitrix_list (&web, TORG_BITRIX_COMPANY, "0", 3, &finished, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pages->len, ==, 1);
  g_assert_true (finished);
  g_clear_pointer (&pages, g_ptr_array_unref);
  say (portal, "200 {'result':{'result':[],'result_error':{'0':{'error':{'code':'ACCESS_DENIED','message':'No'}}}}}");
  g_assert_null (torg_bitrix_list (&web, TORG_BITRIX_LEAD, "0", 1, &finished, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_RULE);
  g_clear_error (&error);
  say (portal, "200 {'result':{'result':{'0':{'no':'list'}},'result_error':[]}}");
  g_assert_null (torg_bitrix_list (&web, TORG_BITRIX_LEAD, "0", 1, &finished, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
  g_clear_error (&error);
  say (portal, "200 {'result':null}");
  g_assert_null (torg_bitrix_list (&web, TORG_BITRIX_LEAD, "0", 1, &finished, NULL, &error));
  g_assert_error (error, TORG_ERROR, TORG_ERROR_INVALID);
}

static void
test_ids (void)
{
  g_autofree char *one = find ("deal", "37"), *same = torg_bitrix_make_id ("EXAMPLE.bitrix24.ru", "deal", "37");
  g_autofree char *next = find ("deal", "38"), *other = torg_bitrix_make_id ("other.bitrix24.ru", "deal", "37");
  g_autofree char *lead = find ("lead", "37"), *parsed = torg_id_parse (one);

  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (parsed, ==, one);
  g_assert_cmpstr (one, !=, other);
  g_assert_cmpstr (one, !=, lead);
  g_assert_cmpint (strcmp (one, next), <, 0);
}

static void
test_plain (void)
{
  static const struct
  {
    const char *html, *text;
  } cases[] = {
    { "<b>Жирный</b> &amp; <a href=\"x\">ссылка</a>", "Жирный & ссылка" },
    { "a < b и c > d", "a < b и c > d" },
    { "[p]Раз[/p][p]Два[/p]", "Раз\nДва" },
    { "[URL=https://a.ru]a[/URL]", "a" },
    { "<script>alert(1)</script>", "alert(1)" },
    { "&lt;script&gt;", "<script>" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = torg_bitrix_to_plain (cases[i].html);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitrix/ids", test_ids);
  g_test_add_func ("/bitrix/plain", test_plain);
  g_test_add_func ("/bitrix/limits", test_limits);
  g_test_add_func ("/bitrix/errors", test_errors);
  g_test_add_func ("/bitrix/batch-errors", test_batch_errors);
  g_test_add_func ("/bitrix/objects", test_objects);
  g_test_add_func ("/bitrix/again", test_again);
  g_test_add_func ("/bitrix/undone", test_undone);
  g_test_add_func ("/bitrix/many", test_many);
  return g_test_run ();
}
