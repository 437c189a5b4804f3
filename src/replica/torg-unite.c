/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-own-right.h"
#include "torg-phone.h"
#include "torg-unite.h"
#include "torg-unite-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Merging is one edit: the fields that the kept record takes over, and the one that says that the other one is merged
 * into it, from which all else follows wherever it is applied, see core/torg-unite-rule.c. What both have of phones,
 * addresses and tags is put together, and notes stand below each other, so that nothing is lost by a choice.
 */

struct _TorgUnite
{
  TorgRecord *kept;   /* (owned) */
  TorgRecord *other;  /* (owned) */
  GPtrArray  *fields; /* (owned) (element-type TorgField): in which they differ */
  GHashTable *taken;  /* (owned): fields that are taken from the other one */
};

/* --- values of both ----------------------------------------------------------------------------------------------- */

static gboolean
has_phone (GPtrArray *phones, const TorgPhone *phone)
{
  for (guint i = 0; i < phones->len; i++)
    {
      const TorgPhone *other = phones->pdata[i];

      if (*phone->e164 != '\0' ? g_str_equal (other->e164, phone->e164) && g_str_equal (other->ext, phone->ext)
                               : g_str_equal (other->raw, phone->raw))
        return TRUE;
    }
  return FALSE;
}

static TorgValue
join_phones (const TorgValue *a, const TorgValue *b)
{
  g_autoptr (GPtrArray) first = torg_phone_from_json (a->text, NULL);
  g_autoptr (GPtrArray) second = torg_phone_from_json (b->text, NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autofree char *json = NULL;

  if (first == NULL || second == NULL)
    return torg_value_copy (a);
  g_ptr_array_extend (all, first, NULL, NULL);
  for (guint i = 0; i < second->len; i++)
    if (!has_phone (all, second->pdata[i]))
      g_ptr_array_add (all, second->pdata[i]);
  json = torg_phone_to_json (all);
  return torg_value_text (json);
}

static TorgValue
join_items (const TorgValue *a, const TorgValue *b, gboolean sorted)
{
  g_auto (GStrv) first = torg_value_dup_items (a);
  g_auto (GStrv) second = torg_value_dup_items (b);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; first[i] != NULL; i++)
    g_ptr_array_add (all, first[i]);
  for (guint i = 0; second[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) first, second[i]))
      g_ptr_array_add (all, second[i]);
  g_ptr_array_add (all, NULL);
  return torg_value_from_items ((const char *const *) all->pdata, sorted);
}

static TorgValue
join_texts (const TorgValue *a, const TorgValue *b)
{
  g_autofree char *text = NULL;

  if (strstr (a->text, b->text) != NULL)
    return torg_value_copy (a);
  text = g_strconcat (a->text, "\n\n", b->text, NULL);
  return g_utf8_strlen (text, -1) <= TORG_TEXT_MAX ? torg_value_text (text) : torg_value_copy (a);
}

/* Whether what both have can stand in one field. */
static gboolean
can_join (const TorgField *field)
{
  return field->kind == TORG_KIND_PHONE || field->kind == TORG_KIND_EMAIL || field->kind == TORG_KIND_SET ||
         (field->kind == TORG_KIND_TEXT && field->merge == TORG_MERGE_TEXT);
}

static TorgValue
join (const TorgField *field, const TorgValue *a, const TorgValue *b)
{
  switch (field->kind)
    {
      case TORG_KIND_PHONE:
        return join_phones (a, b);
      case TORG_KIND_EMAIL:
        return join_items (a, b, FALSE);
      case TORG_KIND_SET:
        return join_items (a, b, TRUE);
      default:
        return join_texts (a, b);
    }
}

/* --- the plan ----------------------------------------------------------------------------------------------------- */

/* What belongs to the record as such, and not to what it is about. */
static gboolean
is_own (const TorgField *field)
{
  return g_str_equal (field->name, TORG_UNITE_FIELD) || g_str_equal (field->name, "created") ||
         field->merge == TORG_MERGE_DERIVED || field->merge == TORG_MERGE_LAST;
}

static gboolean
refers_to_either (TorgUnite *self, const TorgValue *value)
{
  return value->text != NULL && (g_str_equal (value->text, torg_record_get_id (self->kept)) ||
                                 g_str_equal (value->text, torg_record_get_id (self->other)));
}

static void
compare_fields (TorgUnite *self)
{
  const TorgType *type = torg_record_get_kind (self->kept);

  for (guint i = 0; i < type->n_fields; i++)
    {
      const TorgField *field = &type->fields[i];
      const TorgValue *own = torg_record_nth (self->kept, i), *other = torg_record_nth (self->other, i);

      if (is_own (field) || torg_value_equal (own, other) ||
          (field->kind == TORG_KIND_REF && refers_to_either (self, other)))
        continue;
      g_ptr_array_add (self->fields, (gpointer) field);
      if (torg_value_is_null (own))
        g_hash_table_add (self->taken, (gpointer) field);
    }
}

static gboolean
check_right (TorgUnite *self, TorgStore *store, GError **error)
{
  g_autoptr (TorgOwnRight) edit = torg_own_right_new (store, "edit", error);
  g_autoptr (TorgOwnRight) delete = edit != NULL ? torg_own_right_new (store, "delete", error) : NULL;

  if (delete == NULL)
    return FALSE;
  if (torg_own_right_allows (edit, self->kept) && torg_own_right_allows (edit, self->other) &&
      torg_own_right_allows (delete, self->other))
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE,
                       _ ("Your role does not allow to merge these records. Ask whoever is responsible for them."));
  return FALSE;
}

static gboolean
check_pair (TorgUnite *self, TorgStore *store, GError **error)
{
  if (g_str_equal (torg_record_get_id (self->kept), torg_record_get_id (self->other)) ||
      !torg_unite_has (torg_record_get_kind (self->kept)))
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("Choose two companies, two people or two legal entities."));
      return FALSE;
    }
  if (torg_record_get_deleted (self->kept) == 0 && torg_record_get_deleted (self->other) == 0)
    return check_right (self, store, error);
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, _ ("One of the two was deleted or merged meanwhile."));
  return FALSE;
}

/**
 * torg_unite_new:
 * @store: a store
 * @type: the name of a type
 * @kept: the id of the record that is kept
 * @other: that of the one that is merged into it
 * @error: place for an error
 *
 * Compares two records. Nothing is changed yet: what only the other one has is taken over, of what they have
 * differently that of the kept one stays.
 *
 * Returns: (transfer full) (nullable): a plan
 */
TorgUnite *
torg_unite_new (TorgStore *store, const char *type, const char *kept, const char *other, GError **error)
{
  g_autoptr (TorgRecord) first = torg_store_get (store, type, kept, error);
  g_autoptr (TorgRecord) second = first != NULL ? torg_store_get (store, type, other, error) : NULL;
  g_autoptr (TorgUnite) self = NULL;

  if (second == NULL)
    return NULL;
  self = g_new0 (TorgUnite, 1);
  self->kept = g_steal_pointer (&first);
  self->other = g_steal_pointer (&second);
  self->fields = g_ptr_array_new ();
  self->taken = g_hash_table_new (NULL, NULL);
  if (!check_pair (self, store, error))
    return NULL;
  compare_fields (self);
  return g_steal_pointer (&self);
}

/**
 * torg_unite_free:
 * @self: (transfer full): a plan
 *
 * Frees a plan.
 */
void
torg_unite_free (TorgUnite *self)
{
  torg_record_unref (self->kept);
  torg_record_unref (self->other);
  g_ptr_array_unref (self->fields);
  g_hash_table_unref (self->taken);
  g_free (self);
}

/**
 * torg_unite_get_kept:
 *
 * Gives the record that is kept.
 *
 * Returns: (transfer none): a record
 */
TorgRecord *
torg_unite_get_kept (TorgUnite *self)
{
  return self->kept;
}

/**
 * torg_unite_get_other:
 *
 * Gives the record that is merged into the kept one.
 *
 * Returns: (transfer none): a record
 */
TorgRecord *
torg_unite_get_other (TorgUnite *self)
{
  return self->other;
}

/**
 * torg_unite_get_fields:
 *
 * Lists the fields in which the two differ.
 *
 * Returns: (transfer none) (element-type TorgField): fields
 */
GPtrArray *
torg_unite_get_fields (TorgUnite *self)
{
  return self->fields;
}

/**
 * torg_unite_takes_other:
 * @field: a field in which they differ
 *
 * Tells which value comes first: that of the other one, or of the one that is kept.
 *
 * Returns: whether it is that of the other one
 */
gboolean
torg_unite_takes_other (TorgUnite *self, const TorgField *field)
{
  return g_hash_table_contains (self->taken, field);
}

/**
 * torg_unite_keeps_both:
 * @field: a field in which they differ
 *
 * Tells whether what both have is put together.
 *
 * Returns: whether it is; then the one that is chosen comes first
 */
gboolean
torg_unite_keeps_both (TorgUnite *self, const TorgField *field)
{
  return can_join (field) && !torg_value_is_null (torg_record_nth (self->kept, field->index)) &&
         !torg_value_is_null (torg_record_nth (self->other, field->index));
}

/**
 * torg_unite_take:
 * @field: a field in which they differ
 * @other: whether the value of the other one is wanted
 *
 * Chooses.
 */
void
torg_unite_take (TorgUnite *self, const TorgField *field, gboolean other)
{
  if (other)
    g_hash_table_add (self->taken, (gpointer) field);
  else
    g_hash_table_remove (self->taken, field);
}

/**
 * torg_unite_make_edit:
 *
 * Makes the edit that merges the two.
 *
 * Returns: (transfer full): an edit
 */
TorgEdit *
torg_unite_make_edit (TorgUnite *self)
{
  const char      *type = torg_record_get_kind (self->kept)->info->name, *id = torg_record_get_id (self->kept);
  g_autofree char *title = torg_record_dup_title (self->other);
  g_autofree char *kept = torg_record_dup_title (self->kept);
  g_autofree char *label = g_strdup_printf (_ ("“%s” merged into “%s”"), title, kept);
  TorgEdit        *edit = torg_edit_new (label);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const TorgField *field = self->fields->pdata[i];
      const TorgValue *own = torg_record_nth (self->kept, field->index);
      const TorgValue *other = torg_record_nth (self->other, field->index);
      gboolean         taken = torg_unite_takes_other (self, field);

      if (torg_unite_keeps_both (self, field))
        torg_edit_take (edit, type, id, field->name, join (field, taken ? other : own, taken ? own : other));
      else if (taken && !(torg_value_is_null (other) && (field->flags & TORG_FIELD_REQUIRED) != 0))
        torg_edit_set (edit, type, id, field->name, other);
    }
  torg_edit_unite (edit, type, torg_record_get_id (self->other), id);
  return edit;
}
