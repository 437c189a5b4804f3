/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torgctl"

#include "config.h"

#include "torg-bitrix.h"
#include "torg-company.h"
#include "torg-defaults.h"
#include "torg-webhook.h"
#include "torgctl.h"

#include <glib/gi18n.h>
#include <string.h>

/* The import of a portal: import-bitrix24. */

static void
print_result (TorgCtl *self, TorgBitrixResult *result, gboolean resumed)
{
  TorgSchema *schema = torg_store_get_schema (self->store);

  if (resumed)
    g_print ("%s\n", _ ("Gone on with where it was broken off."));
  for (guint i = 0; i < TORG_BITRIX_N_KINDS; i++)
    {
      const TorgBitrixCount *count = &result->counts[i];

      g_print (_ ("%s: created %lld, filled %lld, known %lld, failed %lld."),
               torg_type_get_label_plural (torg_schema_find (schema, torg_bitrix_get_type (i))),
               (long long) count->created, (long long) count->filled, (long long) count->known,
               (long long) count->failed);
      g_print ("\n");
    }
  for (guint i = 0; i < result->failures->len; i++)
    g_print ("%s\n", (char *) result->failures->pdata[i]);
  g_print (_ ("To undo it: torgctl undo-import %s"), result->import_id);
  g_print ("\n");
}

static void
print_json (TorgBitrixResult *result, gboolean resumed)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *root = json_object_new (), *counts = json_object_new ();
  JsonArray  *failures = json_array_new ();

  for (guint i = 0; i < TORG_BITRIX_N_KINDS; i++)
    {
      JsonObject *count = json_object_new ();

      json_object_set_int_member (count, "created", result->counts[i].created);
      json_object_set_int_member (count, "filled", result->counts[i].filled);
      json_object_set_int_member (count, "known", result->counts[i].known);
      json_object_set_int_member (count, "failed", result->counts[i].failed);
      json_object_set_object_member (counts, torg_bitrix_get_type (i), count);
    }
  for (guint i = 0; i < result->failures->len; i++)
    json_array_add_string_element (failures, result->failures->pdata[i]);
  json_object_set_object_member (root, "counts", counts);
  json_object_set_array_member (root, "failures", failures);
  json_object_set_boolean_member (root, "resumed", resumed);
  json_object_set_string_member (root, "import_id", result->import_id);
  json_node_take_object (node, root);
  torg_ctl_print_json (node);
}

int
torg_ctl_import_bitrix24 (TorgCtl *self, int argc, char **argv, GError **error)
{
  g_autofree char *address = NULL;
  g_autoptr (TorgWebhook) webhook = NULL;
  g_autoptr (TorgBitrix) bitrix = NULL;
  g_autoptr (TorgBitrixResult) result = NULL;
  TorgBitrixWeb web;

  if (argc != 1)
    return TORG_CTL_USAGE;
  address = torg_ctl_read_secret ("TORG_WEBHOOK", _ ("Address of the webhook: "));
  webhook = torg_webhook_new (address, error);
  if (webhook == NULL || !torg_ctl_open (self, FALSE, error) ||
      !torg_store_begin_company (self->store, torg_company_get_language (), g_get_real_name (), error))
    return TORG_CTL_FAILED;
  web = (TorgBitrixWeb) { torg_webhook_post, torg_webhook_wait, webhook };
  bitrix = torg_bitrix_new (torg_webhook_get_portal (webhook), &web, NULL);
  if (!torg_bitrix_run (bitrix, self->store, NULL, error))
    return TORG_CTL_FAILED;
  result = torg_bitrix_dup_result (bitrix);
  if (self->json)
    print_json (result, torg_bitrix_is_resumed (bitrix));
  else
    print_result (self, result, torg_bitrix_is_resumed (bitrix));
  return TORG_CTL_OK;
}
