/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "torg-store-private.h"

/*
 * The next step of a deal is its earliest open activity with a time, or any open one; its last movement is the last
 * finished one. Both are columns of the deal, derived by triggers, so that a board of any size shows them at once.
 */

#define STEPS                                                                                                          \
  "SELECT due_utc, CASE WHEN length(due) = 10 THEN 10000 END, kind, ifnull(subject, '') FROM activity"                 \
  " WHERE activity.deal = deal.id AND done IS NULL AND deleted IS NULL AND kind <> 'note'"                             \
  " ORDER BY due_utc IS NULL, due_utc, rid LIMIT 1"

#define TOUCHED "SELECT max(done) FROM activity WHERE activity.deal = deal.id AND done IS NOT NULL AND deleted IS NULL"

#define UPDATE_DEALS                                                                                                   \
  "UPDATE deal SET (next_at, next_all_day, next_kind, next_subject) = (" STEPS "), touched = (" TOUCHED ")"

#define TRIGGER(name, event, which)                                                                                    \
  "CREATE TRIGGER IF NOT EXISTS activity_next_" name " AFTER " event " ON activity BEGIN " UPDATE_DEALS                \
  " WHERE id IN (" which "); END;"

gboolean
torg_next_step_migrate (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       TRIGGER ("insert", "INSERT", "NEW.deal")
                         TRIGGER ("update", "UPDATE OF deal, due, done, deleted, kind, subject", "OLD.deal, NEW.deal")
                           TRIGGER ("delete", "DELETE", "OLD.deal"),
                       error);
}

gboolean
torg_next_step_drop (TorgDb *db, GError **error)
{
  return torg_db_exec (db,
                       "DROP TRIGGER IF EXISTS activity_next_insert; DROP TRIGGER IF EXISTS activity_next_update; "
                       "DROP TRIGGER IF EXISTS activity_next_delete",
                       error);
}

gboolean
torg_next_step_rebuild (TorgDb *db, GError **error)
{
  return torg_db_exec (db, UPDATE_DEALS " WHERE id IN (SELECT deal FROM activity WHERE deal IS NOT NULL)", error);
}

/* Of a deal that comes after its activities. */
gboolean
torg_next_step_set (TorgStore *self, const char *deal, GError **error)
{
  return torg_store_run_for_id (self, UPDATE_DEALS " WHERE id = ?1", deal, error);
}
