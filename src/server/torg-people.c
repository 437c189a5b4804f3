/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-server"

#include "config.h"

#include "torg-sight.h"
#include "torg-accounts.h"
#include "torg-beginning.h"
#include "torg-belongings.h"
#include "torg-email.h"
#include "torg-error.h"
#include "torg-invitations.h"
#include "torg-json.h"
#include "torg-own-edit.h"
#include "torg-people.h"
#include "torg-role.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Employees come and go: the record, which replicas get, and the account, which only the server has, change in one
 * transaction. Who may change records of employees may do this, and nobody else; whoever runs the server may too.
 */

G_DEFINE_QUARK (torg - people - error, torg_people_error)

#define MAX_NAME 300

static gboolean
refuse (GError **error, TorgPeopleError code, const char *text)
{
  g_set_error_literal (error, TORG_PEOPLE_ERROR, code, text);
  return FALSE;
}

/* In a transaction. */
static gboolean
may_change (TorgServerStore *store, const char *asker, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "user");
  g_autoptr (TorgSight) sight = NULL;

  if (asker == NULL)
    return TRUE;
  sight = torg_sight_new (store, asker, error);
  if (sight == NULL)
    return FALSE;
  return torg_sight_may (sight, "edit", type, "|all|") ||
         refuse (error, TORG_PEOPLE_ERROR_FORBIDDEN, _ ("Only who may edit employees may do this."));
}

static gboolean
begin (TorgOwnEdit *edit, TorgServerStore *store, const char *asker, GError **error)
{
  if (!torg_own_edit_begin (edit, store, asker, error))
    return FALSE;
  return may_change (store, asker, error) || torg_own_edit_finish (edit, FALSE, NULL);
}

static gboolean
get_employee (TorgOwnEdit *edit, const char *user, TorgEntry **entry, GError **error)
{
  if (torg_id_is_valid (user) && !torg_commit_get (edit->commit, "user", user, entry, error))
    return FALSE;
  return (*entry != NULL && torg_record_get_deleted ((*entry)->after) == 0) ||
         refuse (error, TORG_PEOPLE_ERROR_NOT_FOUND, _ ("There is no such employee."));
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static void
person_free (gpointer data)
{
  TorgPerson *person = data;

  g_free (person->user);
  g_free (person->login);
  g_free (person->link);
  g_ptr_array_unref (person->belongings);
  g_free (person);
}

static GPtrArray *
list_employees (TorgServerStore *store, GHashTable *by_user, GError **error)
{
  const TorgType *type = torg_schema_find (torg_server_store_get_schema (store), "user");
  g_autoptr (GPtrArray) users = torg_server_store_list_page (store, type, NULL, G_MAXINT, NULL, error);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (person_free);

  if (users == NULL)
    return NULL;
  for (guint i = 0; i < users->len; i++)
    {
      TorgPerson *person;

      if (torg_record_get_deleted (users->pdata[i]) != 0)
        continue;
      person = g_new0 (TorgPerson, 1);
      person->belongings = g_ptr_array_new_with_free_func ((GDestroyNotify) torg_belonging_free);
      person->user = g_strdup (torg_record_get_id (users->pdata[i]));
      person->state = torg_record_get_number (users->pdata[i], "disabled") != 0 ? "closed" : "none";
      g_ptr_array_add (people, person);
      g_hash_table_insert (by_user, person->user, person);
    }
  return g_steal_pointer (&people);
}

typedef void (*ReadRow) (TorgServerStore *store, TorgPerson *person, TorgStatement *row);

static void
read_account (TorgServerStore *store, TorgPerson *person, TorgStatement *row)
{
  person->login = g_strdup (torg_statement_get_text (row, 1));
  if (!torg_statement_is_null (row, 3))
    person->state = "closed";
  else if (g_str_equal (person->state, "none") && torg_statement_get_int (row, 2) > 0)
    person->state = "active";
}

static void
read_token (TorgServerStore *store, TorgPerson *person, TorgStatement *row)
{
  person->seen = MAX (person->seen, torg_statement_get_int (row, 1));
  if (g_str_equal (person->state, "none"))
    person->state = "active";
}

static void
read_invitation (TorgServerStore *store, TorgPerson *person, TorgStatement *row)
{
  gint64 until = torg_statement_get_int (row, 1);

  if (!g_str_equal (person->state, "none"))
    return;
  g_set_str (&person->link, torg_statement_get_text (row, 2));
  person->until = until;
  person->state = until > torg_env_get_now (torg_server_store_get_env (store)) ? "invited" : "expired";
}

static void
read_client (TorgServerStore *store, TorgPerson *person, TorgStatement *row)
{
  person->seen = MAX (person->seen, torg_statement_get_int (row, 1));
}

static gboolean
read_all (TorgServerStore *store, GHashTable *by_user, const char *sql, ReadRow read, GError **error)
{
  g_autoptr (TorgStatement) statement = torg_server_store_prepare (store, sql, error);
  gboolean row;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      g_autofree char *user = NULL;
      TorgPerson      *person;

      if (!torg_statement_step (statement, &row, error))
        return FALSE;
      if (!row)
        return TRUE;
      user = torg_statement_dup_id (statement, 0);
      person = g_hash_table_lookup (by_user, user);
      if (person != NULL)
        read (store, person, statement);
    }
}

/* A link that would lead elsewhere by now is as none, see [func@invitations_find]. */
static gboolean
check_links (TorgServerStore *store, GPtrArray *people, GError **error)
{
  for (guint i = 0; i < people->len; i++)
    {
      TorgPerson *person = people->pdata[i];
      g_autoptr (TorgInvitation) invitation = NULL;

      if (person->link == NULL)
        continue;
      invitation = torg_invitations_find_hash (store, person->link, error);
      if (invitation == NULL)
        return FALSE;
      if (invitation->state == TORG_INVITATION_WITHDRAWN)
        {
          person->state = "none";
          person->until = 0;
        }
    }
  return TRUE;
}

static gboolean
read_belongings (TorgServerStore *store, GHashTable *by_user, GError **error)
{
  g_autoptr (GPtrArray) belongings = torg_belongings_list (store, NULL, error);

  if (belongings == NULL)
    return FALSE;
  while (belongings->len > 0)
    {
      TorgBelonging *one = g_ptr_array_steal_index (belongings, 0);
      TorgPerson    *person = g_hash_table_lookup (by_user, one->user);

      if (person != NULL)
        g_ptr_array_add (person->belongings, one);
      else
        torg_belonging_free (one);
    }
  return TRUE;
}

static GPtrArray *
list (TorgServerStore *store, const char *asker, GError **error)
{
  g_autoptr (GHashTable) by_user = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) people = NULL;

  if (!torg_server_store_load_schema (store, error) || !may_change (store, asker, error))
    return NULL;
  people = list_employees (store, by_user, error);
  if (people == NULL ||
      !read_all (store, by_user,
                 "SELECT user_id, login, CASE WHEN password IS NULL THEN 0 ELSE 1 END, disabled FROM account "
                 "WHERE workspace = ?1",
                 read_account, error) ||
      /* Who works with the program has its tokens renewed each hour. */
      !read_all (store, by_user,
                 "SELECT user_id, max(CASE kind WHEN 'personal' THEN 0 ELSE created END) FROM token WHERE "
                 "workspace = ?1 GROUP BY user_id",
                 read_token, error) ||
      !read_all (store, by_user,
                 "SELECT user_id, expires, hash FROM invitation WHERE workspace = ?1 AND state = 'open'",
                 read_invitation, error) ||
      !read_all (store, by_user, "SELECT user_id, max(seen) FROM client WHERE workspace = ?1 GROUP BY user_id",
                 read_client, error) ||
      !read_belongings (store, by_user, error) || !check_links (store, people, error))
    return NULL;
  return g_steal_pointer (&people);
}

/**
 * torg_people_list:
 * @store: a connection, in no transaction
 * @asker: (nullable): the id of the `user` who asks; %NULL for whoever runs the server
 * @error: place for a %TORG_PEOPLE_ERROR or %TORG_STORE_ERROR
 *
 * Lists employees, those without an account too.
 *
 * Returns: (transfer full) (element-type TorgPerson) (nullable): in no order
 */
GPtrArray *
torg_people_list (TorgServerStore *store, const char *asker, GError **error)
{
  TorgDb    *db = torg_server_store_get_db (store);
  GPtrArray *people;

  if (!torg_db_begin_reading (db, error))
    return NULL;
  people = list (store, asker, error);
  torg_db_rollback (db);
  return people;
}

/* --- invitations -------------------------------------------------------------------------------------------------- */

static gboolean
check_reference (TorgOwnEdit *edit, const char *type, const char *id, TorgEntry **entry, GError **error)
{
  *entry = NULL;
  if (id == NULL)
    return TRUE;
  if (torg_id_is_valid (id) && !torg_commit_get (edit->commit, type, id, entry, error))
    return FALSE;
  return (*entry != NULL && torg_record_get_deleted ((*entry)->after) == 0) ||
         refuse (error, TORG_PEOPLE_ERROR_NOT_FOUND, _ ("There is no such role or department."));
}

/* Whoever asks has no role, and where one that edits roles is given out, those without one have no rights. */
static gboolean
check_role (TorgOwnEdit *edit, TorgEntry *role, GError **error)
{
  if (role == NULL || edit->author == NULL || edit->administered || !torg_role_edits_roles (role->after))
    return TRUE;
  return refuse (error, TORG_PEOPLE_ERROR_FIRST,
                 _ ("This role may edit roles. Give it to yourself first: without a role you would lose your rights."));
}

/*
 * Whoever has the link of somebody who may edit roles may do everything. So may anybody without a role while nobody
 * edits roles yet.
 */
static gboolean
check_administrator (TorgOwnEdit *edit, const TorgInvitee *who, const char *role, GError **error)
{
  TorgEntry *entry = NULL;

  if (!who->no_administrator)
    return TRUE;
  if (role == NULL)
    return edit->administered ||
           refuse (error, TORG_PEOPLE_ERROR_ADMINISTRATOR, _ ("This key is not for those who may edit roles."));
  if (!torg_commit_get (edit->commit, "role", role, &entry, error))
    return FALSE;
  return entry == NULL || !torg_role_edits_roles (entry->after) ||
         refuse (error, TORG_PEOPLE_ERROR_ADMINISTRATOR, _ ("This key is not for those who may edit roles."));
}

static char *
make_employee (TorgOwnEdit *edit, const TorgInvitee *who, GError **error)
{
  TorgServerStore *store = edit->store;
  TorgSchema      *schema = torg_server_store_get_schema (store);
  g_autofree char *name = g_strstrip (g_strdup (who->name != NULL ? who->name : ""));
  g_autofree char *id = torg_env_make_id (torg_server_store_get_env (store));
  g_autoptr (TorgRecord) record = torg_record_new (schema, torg_schema_find (schema, "user"), id);
  g_autoptr (GError) local = NULL;
  TorgEntry *role, *department;

  if (*name == '\0' || strlen (name) > MAX_NAME || !g_utf8_validate (name, -1, NULL))
    {
      refuse (error, TORG_PEOPLE_ERROR_INVALID, _ ("Write a name."));
      return NULL;
    }
  if (!check_reference (edit, "role", who->role, &role, error) ||
      !check_reference (edit, "department", who->department, &department, error) || !check_role (edit, role, error) ||
      !check_administrator (edit, who, who->role, error))
    return NULL;
  torg_record_set_text (record, "name", name);
  torg_record_set_text (record, "login", who->email);
  torg_record_take (record, "emails", torg_value_from_items ((const char *const[]) { who->email, NULL }, FALSE));
  torg_record_set_text (record, "role", who->role);
  torg_record_set_text (record, "department", who->department);
  if (!torg_record_validate (record, &local))
    {
      refuse (error, TORG_PEOPLE_ERROR_INVALID, local->message);
      return NULL;
    }
  torg_commit_create (edit->commit, record);
  torg_own_edit_note (edit, record, NULL, NULL, NULL);
  return g_steal_pointer (&id);
}

/* Its login, %NULL where there is no account; FALSE where it may not sign in. */
static gboolean
find_account (TorgServerStore *store, const char *user, char **login, GError **error)
{
  gboolean closed;

  if (!torg_accounts_find_login (store, user, login, &closed, error))
    return FALSE;
  return !closed || refuse (error, TORG_PEOPLE_ERROR_CLOSED, _ ("This account is closed. Open it first."));
}

static gboolean
check_email (TorgServerStore *store, const char *email, GError **error)
{
  g_autofree char *other = NULL;

  if (email == NULL || strlen (email) > 254 || !torg_email_is_valid (email))
    return refuse (error, TORG_PEOPLE_ERROR_INVALID, _ ("Write an e-mail address."));
  if (!torg_accounts_find_any (store, email, &other, error))
    return FALSE;
  return other == NULL ||
         refuse (error, TORG_PEOPLE_ERROR_LOGIN, _ ("Somebody else signs in with this address already."));
}

static gboolean
ensure_account (TorgOwnEdit *edit, const TorgInvitee *who, const char *user, GError **error)
{
  g_autofree char *login = NULL;

  if (!find_account (edit->store, user, &login, error))
    return FALSE;
  return login != NULL || (check_email (edit->store, who->email, error) &&
                           torg_accounts_add (edit->store, user, who->email, NULL, error));
}

/* Before it, so that nobody is made one first; what is not said stays. */
static gboolean
change_employee (TorgOwnEdit *edit, const TorgInvitee *who, TorgEntry *entry, GError **error)
{
  TorgEntry *role, *department;

  if (!check_administrator (edit, who, torg_record_get_text (entry->after, "role"), error) ||
      !check_reference (edit, "role", who->role, &role, error) ||
      !check_reference (edit, "department", who->department, &department, error) || !check_role (edit, role, error) ||
      !check_administrator (edit, who, who->role, error))
    return FALSE;
  if (role != NULL)
    torg_own_edit_set_text (edit, entry, "role", who->role);
  if (department != NULL)
    torg_own_edit_set_text (edit, entry, "department", who->department);
  return TRUE;
}

static gboolean
make_link (TorgOwnEdit *edit, const TorgInvitee *who, const char *user, char **secret, GError **error)
{
  TorgEntry       *entry = NULL;
  const TorgField *field;
  g_autofree char *emails = NULL;

  if (!get_employee (edit, user, &entry, error))
    return FALSE;
  field = torg_type_find_field (torg_record_get_kind (entry->after), "emails");
  emails = torg_value_to_json_text (torg_record_get (entry->after, "emails"), field->kind);
  return torg_invitations_make (edit->store, user, edit->author, who->no_administrator, emails, secret, error);
}

static gboolean
invite (TorgOwnEdit *edit, const TorgInvitee *who, char **user, char **secret, GError **error)
{
  TorgEntry *entry = NULL;
  gboolean   begun;

  if (who->user == NULL)
    {
      if (!torg_beginning_fill (edit, &begun, error) || !check_email (edit->store, who->email, error) ||
          (*user = make_employee (edit, who, error)) == NULL)
        return FALSE;
    }
  else if (!get_employee (edit, who->user, &entry, error))
    return FALSE;
  else if (torg_record_get_number (entry->after, "disabled") != 0)
    return refuse (error, TORG_PEOPLE_ERROR_CLOSED, _ ("This account is closed. Open it first."));
  else if (!change_employee (edit, who, entry, error))
    return FALSE;
  else
    *user = g_strdup (who->user);
  return ensure_account (edit, who, *user, error) && make_link (edit, who, *user, secret, error);
}

/**
 * torg_people_invite:
 * @store: a connection, in no transaction
 * @asker: (nullable): the id of the `user` who invites; %NULL for whoever runs the server
 * @who: whom
 * @user: (out) (transfer full): the id of the employee
 * @secret: (out) (transfer full): what the link ends with, after `/invite/`; shown once
 * @error: place for a %TORG_PEOPLE_ERROR or %TORG_STORE_ERROR
 *
 * Makes a link by which somebody sets their password. Of an employee who has one already it is a new password. With
 * the first one the company begins, see [func@beginning_fill].
 *
 * Returns: whether that was saved
 */
gboolean
torg_people_invite (TorgServerStore   *store,
                    const char        *asker,
                    const TorgInvitee *who,
                    char             **user,
                    char             **secret,
                    GError           **error)
{
  TorgOwnEdit edit = { 0 };

  *user = *secret = NULL;
  if (!begin (&edit, store, asker, error))
    return FALSE;
  if (torg_own_edit_finish (&edit, invite (&edit, who, user, secret, error), error))
    return TRUE;
  g_clear_pointer (user, g_free);
  g_clear_pointer (secret, g_free);
  return FALSE;
}

/**
 * torg_people_withdraw:
 * @store: a connection, in no transaction
 * @asker: (nullable): the id of the `user` who asks
 * @user: the id of an employee
 * @error: place for a %TORG_PEOPLE_ERROR or %TORG_STORE_ERROR
 *
 * Takes an invitation back. That there is none is no error.
 *
 * Returns: whether that was saved
 */
gboolean
torg_people_withdraw (TorgServerStore *store, const char *asker, const char *user, GError **error)
{
  TorgOwnEdit edit = { 0 };
  TorgEntry  *entry = NULL;

  if (!begin (&edit, store, asker, error))
    return FALSE;
  return torg_own_edit_finish (&edit,
                               get_employee (&edit, user, &entry, error) && torg_accounts_lock (store, user, error) &&
                                 torg_invitations_withdraw (store, user, error),
                               error);
}

/* --- coming and going --------------------------------------------------------------------------------------------- */

static gboolean
set_closed (TorgOwnEdit *edit, const char *user, gboolean closed, GError **error)
{
  TorgServerStore *store = edit->store;
  TorgEntry       *entry = NULL;
  TorgValue        left = TORG_VALUE_INIT;

  if (closed && g_strcmp0 (edit->author, user) == 0)
    return refuse (error, TORG_PEOPLE_ERROR_OWN, _ ("Somebody else has to close your own account."));
  if (!get_employee (edit, user, &entry, error))
    return FALSE;
  if (closed && torg_record_get_number (entry->after, "disabled") == 0)
    left = torg_value_int (torg_env_get_now (torg_server_store_get_env (store)));
  else if (closed)
    left = torg_value_copy (torg_record_get (entry->after, "disabled"));
  torg_own_edit_set (edit, entry, "disabled", left);
  return torg_accounts_lock (store, user, error) &&
         (closed ? torg_accounts_disable (store, user, error) : torg_accounts_enable (store, user, error));
}

/**
 * torg_people_set_closed:
 * @store: a connection, in no transaction
 * @asker: (nullable): the id of the `user` who asks
 * @user: the id of an employee
 * @closed: whether they have left
 * @error: place for a %TORG_PEOPLE_ERROR, a %TORG_ERROR_RULE where nobody could edit roles any more, or a
 *   %TORG_STORE_ERROR
 *
 * Closes an account, or opens it again. Of one that is closed all devices are signed out, and its keys are gone.
 *
 * Returns: whether that was saved
 */
gboolean
torg_people_set_closed (TorgServerStore *store, const char *asker, const char *user, gboolean closed, GError **error)
{
  TorgOwnEdit edit = { 0 };

  return begin (&edit, store, asker, error) &&
         torg_own_edit_finish (&edit, set_closed (&edit, user, closed, error), error);
}

/* --- what works in their name ------------------------------------------------------------------------------------- */

/* In a transaction. A webhook tells what whoever has it may see, which is a matter of those who edit roles. */
static gboolean
check_giver (TorgServerStore *store, const char *asker, gboolean no_webhooks, GError **error)
{
  g_autoptr (TorgSight) sight = NULL;

  if (no_webhooks)
    return refuse (error, TORG_PEOPLE_ERROR_WEBHOOKS, _ ("This key is not for webhooks."));
  if (asker == NULL)
    return TRUE;
  sight = torg_sight_new (store, asker, error);
  if (sight == NULL)
    return FALSE;
  return torg_sight_is_admin (sight) ||
         refuse (error, TORG_PEOPLE_ERROR_FORBIDDEN, _ ("Only somebody who may edit roles can have webhooks."));
}

static gboolean
give (TorgOwnEdit *edit, const char *from, const char *to, gboolean no_webhooks, GError **error)
{
  TorgServerStore *store = edit->store;
  TorgEntry       *giver = NULL, *taker = NULL;
  g_autoptr (GPtrArray) belongings = NULL;

  if (!get_employee (edit, from, &giver, error) || !get_employee (edit, to, &taker, error) ||
      (belongings = torg_belongings_list (store, from, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < belongings->len; i++)
    {
      const TorgBelonging *one = belongings->pdata[i];
      TorgBelongingFault   fault;

      if ((one->is_webhook && !check_giver (store, edit->author, no_webhooks, error)) ||
          !torg_belongings_find_fault (store, to, one->is_webhook, &fault, error))
        return FALSE;
      if (fault != TORG_BELONGING_WORKS)
        return refuse (
          error, TORG_PEOPLE_ERROR_TAKER,
          _ ("Whoever takes forms on has to be allowed to create leads, and with webhooks to edit roles."));
    }
  return torg_belongings_give (store, belongings, to, error);
}

/**
 * torg_people_give:
 * @store: a connection, in no transaction
 * @asker: (nullable): the id of the `user` who asks
 * @from: the id of an employee, who may have left
 * @to: the id of the employee who takes on all forms and webhooks of @from
 * @no_webhooks: whether whoever asks may not give webhooks away
 * @error: place for a %TORG_PEOPLE_ERROR or %TORG_STORE_ERROR
 *
 * Gives what works in somebody's name to a colleague: all of it, or, where the colleague may not have a part, nothing.
 *
 * Returns: whether that was saved
 */
gboolean
torg_people_give (TorgServerStore *store,
                  const char      *asker,
                  const char      *from,
                  const char      *to,
                  gboolean         no_webhooks,
                  GError         **error)
{
  TorgOwnEdit edit = { 0 };

  return begin (&edit, store, asker, error) &&
         torg_own_edit_finish (&edit, give (&edit, from, to, no_webhooks, error), error);
}
