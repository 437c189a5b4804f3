/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-record.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TorgBitrixKind:
 * @TORG_BITRIX_COMPANY: `crm.company.list`
 * @TORG_BITRIX_CONTACT: `crm.contact.list`
 * @TORG_BITRIX_LEAD: `crm.lead.list`
 * @TORG_BITRIX_PRODUCT: `crm.product.list`
 * @TORG_BITRIX_DEAL: `crm.deal.list`
 * @TORG_BITRIX_ACTIVITY: `crm.activity.list`
 * @TORG_BITRIX_LINE: `crm.deal.productrows.get`
 * @TORG_BITRIX_N_KINDS: how many there are
 *
 * What is taken of a portal, in this order: each refers only to those before it.
 */
typedef enum {
  TORG_BITRIX_COMPANY,
  TORG_BITRIX_CONTACT,
  TORG_BITRIX_LEAD,
  TORG_BITRIX_PRODUCT,
  TORG_BITRIX_DEAL,
  TORG_BITRIX_ACTIVITY,
  TORG_BITRIX_LINE,
  TORG_BITRIX_N_KINDS,
} TorgBitrixKind;

/* What has a list of its own; lines come with their deals. */
#define TORG_BITRIX_N_LISTS TORG_BITRIX_LINE

/**
 * TorgBitrixStage:
 * @id: (owned): the stage's id here
 * @pipeline: (owned): its pipeline's
 * @is_open: whether a deal in it goes on
 *
 * What a stage of a portal is here.
 */
typedef struct {
  char    *id;
  char    *pipeline;
  gboolean is_open;
} TorgBitrixStage;

/**
 * TorgBitrixMap:
 * @portal: (owned): the portal's host
 * @users: (owned): ids of its users → ids of users here
 * @stages: (owned): `ENTITY_ID/STATUS_ID` → TorgBitrixStage
 * @entries: (owned): `ENTITY_ID/STATUS_ID` → ids of dictionary entries
 * @rates: (owned): a VAT rate in per cent, as text → its id
 * @me: (owned) (nullable): whose records are those that belong to nobody who is known here
 *
 * What the names of a portal mean here.
 */
typedef struct {
  char       *portal;
  GHashTable *users;
  GHashTable *stages;
  GHashTable *entries;
  GHashTable *rates;
  char       *me;
} TorgBitrixMap;

TorgBitrixMap *torg_bitrix_map_new     (const char     *portal);
void           torg_bitrix_map_free    (TorgBitrixMap  *self);
void           torg_bitrix_stage_free  (gpointer        data);
const char    *torg_bitrix_get_method  (TorgBitrixKind  kind);
const char    *torg_bitrix_get_type    (TorgBitrixKind  kind);
char          *torg_bitrix_make_id     (const char     *portal,
                                        const char     *kind,
                                        const char     *id);
char          *torg_bitrix_dup_text    (JsonObject     *object,
                                        const char     *key);
char          *torg_bitrix_to_plain    (const char     *html);
TorgRecord    *torg_bitrix_read        (TorgBitrixMap  *self,
                                        TorgSchema     *schema,
                                        TorgBitrixKind  kind,
                                        JsonObject     *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgBitrixMap, torg_bitrix_map_free)

G_END_DECLS
