/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-json.h"
#include "torg-role.h"

/**
 * torg_role_edits_roles:
 * @role: a role
 *
 * Tells whether those who hold a role may give others theirs. They say so by the name of the type: all of everything
 * does not include it.
 *
 * Returns: whether they may; not of a deleted role
 */
gboolean
torg_role_edits_roles (TorgRecord *role)
{
  const char *text = torg_record_get_text (role, "rights");
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *rights = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode   *of_role = rights != NULL ? json_object_get_member (rights, "role") : NULL;
  const char *reach = of_role != NULL && JSON_NODE_HOLDS_OBJECT (of_role)
                        ? torg_json_get_text (json_node_get_object (of_role), "edit")
                        : NULL;

  return torg_record_get_deleted (role) == 0 && g_strcmp0 (reach, "all") == 0;
}
