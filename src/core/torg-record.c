/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-core"

#include "config.h"

#include "torg-content.h"
#include "torg-record.h"
#include "torg-env.h"
#include "torg-error.h"
#include "torg-money.h"
#include "torg-requisite.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

struct _TorgRecord
{
  gatomicrefcount refs;
  TorgSchema     *schema; /* (owned) */
  const TorgType *type;
  char           *id; /* (owned) */
  gint64          rowid;
  gint64          seq;
  gint64          deleted;
  char           *unknown; /* (owned) (nullable): JSON object of the fields this version does not know */
  TorgValue       values[];
};

G_DEFINE_BOXED_TYPE (TorgRecord, torg_record, torg_record_ref, torg_record_unref)

/**
 * torg_record_new:
 * @type: a type of @schema
 * @id: its id
 *
 * Makes a record with all fields null.
 *
 * Returns: (transfer full): a new record
 */
TorgRecord *
torg_record_new (TorgSchema *schema, const TorgType *type, const char *id)
{
  TorgRecord *self = g_malloc0 (sizeof *self + type->n_fields * sizeof (TorgValue));

  g_atomic_ref_count_init (&self->refs);
  self->schema = torg_schema_ref (schema);
  self->type = type;
  self->id = g_strdup (id);
  return self;
}

/**
 * torg_record_copy:
 *
 * Copies a record, to be changed.
 *
 * Returns: (transfer full): a new record
 */
TorgRecord *
torg_record_copy (TorgRecord *self)
{
  TorgRecord *copy = torg_record_new (self->schema, self->type, self->id);

  copy->rowid = self->rowid;
  copy->seq = self->seq;
  copy->deleted = self->deleted;
  copy->unknown = g_strdup (self->unknown);
  for (guint i = 0; i < self->type->n_fields; i++)
    copy->values[i] = torg_value_copy (&self->values[i]);
  return copy;
}

/**
 * torg_record_ref:
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
TorgRecord *
torg_record_ref (TorgRecord *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * torg_record_unref:
 *
 * Gives a reference back.
 */
void
torg_record_unref (TorgRecord *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->type->n_fields; i++)
    torg_value_clear (&self->values[i]);
  g_free (self->id);
  g_free (self->unknown);
  torg_schema_unref (self->schema);
  g_free (self);
}

/**
 * torg_record_get_schema:
 *
 * Gives the schema that the record's type is of.
 *
 * Returns: (transfer none): the schema
 */
TorgSchema *
torg_record_get_schema (TorgRecord *self)
{
  return self->schema;
}

/**
 * torg_record_get_kind:
 *
 * Gives the record's type.
 *
 * Returns: (transfer none): the type
 */
const TorgType *
torg_record_get_kind (TorgRecord *self)
{
  return self->type;
}

/**
 * torg_record_get_id:
 *
 * Gives the record's id.
 *
 * Returns: (transfer none): a UUID
 */
const char *
torg_record_get_id (TorgRecord *self)
{
  return self->id;
}

/**
 * torg_record_get_rowid:
 *
 * Gives the record's place in this replica's table, which no other replica knows.
 *
 * Returns: the rowid, 0 for a record that is not stored
 */
gint64
torg_record_get_rowid (TorgRecord *self)
{
  return self->rowid;
}

/**
 * torg_record_set_rowid:
 * @rowid: a place in the table
 *
 * Sets the record's place; for the store alone.
 */
void
torg_record_set_rowid (TorgRecord *self, gint64 rowid)
{
  self->rowid = rowid;
}

/**
 * torg_record_get_seq:
 *
 * Gives the server's sequence number of the record's last change.
 *
 * Returns: the number, 0 for a record that the server does not know
 */
gint64
torg_record_get_seq (TorgRecord *self)
{
  return self->seq;
}

/**
 * torg_record_set_seq:
 * @seq: the server's number
 *
 * Sets the sequence number of the record's last change.
 */
void
torg_record_set_seq (TorgRecord *self, gint64 seq)
{
  self->seq = seq;
}

/**
 * torg_record_get_deleted:
 *
 * Tells when the record was deleted.
 *
 * Returns: microseconds UTC, 0 for a record that is there
 */
gint64
torg_record_get_deleted (TorgRecord *self)
{
  return self->deleted;
}

/**
 * torg_record_set_deleted:
 * @when: microseconds UTC, or 0
 *
 * Marks a record as deleted, or as there again.
 */
void
torg_record_set_deleted (TorgRecord *self, gint64 when)
{
  self->deleted = when;
}

/**
 * torg_record_get_unknown:
 *
 * Gives the fields that this version does not know.
 *
 * Returns: (transfer none) (nullable): a JSON object
 */
const char *
torg_record_get_unknown (TorgRecord *self)
{
  return self->unknown;
}

/**
 * torg_record_set_unknown:
 * @json: (nullable): a JSON object
 *
 * Sets the fields that this version does not know, so that they are kept.
 */
void
torg_record_set_unknown (TorgRecord *self, const char *json)
{
  g_set_str (&self->unknown, json);
}

/**
 * torg_record_nth:
 * @index: a field's index
 *
 * Gives the value of a field.
 *
 * Returns: (transfer none): the value
 */
const TorgValue *
torg_record_nth (TorgRecord *self, guint index)
{
  g_return_val_if_fail (index < self->type->n_fields, NULL);
  return &self->values[index];
}

/**
 * torg_record_get:
 * @field: the name of a field of the record's type
 *
 * Gives the value of a field.
 *
 * Returns: (transfer none): the value
 */
const TorgValue *
torg_record_get (TorgRecord *self, const char *field)
{
  return &self->values[torg_type_index_of (self->type, field)];
}

/**
 * torg_record_get_text:
 * @field: the name of a field of the record's type
 *
 * Gives the text of a field.
 *
 * Returns: (transfer none) (nullable): the text, %NULL where there is none
 */
const char *
torg_record_get_text (TorgRecord *self, const char *field)
{
  return torg_record_get (self, field)->text;
}

/**
 * torg_record_get_number:
 * @field: the name of a field of the record's type
 *
 * Gives the number of a field: a number in 1/10,000, minor units, a moment or the instant of a planned time.
 *
 * Returns: the number, 0 where there is none
 */
gint64
torg_record_get_number (TorgRecord *self, const char *field)
{
  return torg_record_get (self, field)->number;
}

/**
 * torg_record_take_nth:
 * @index: a field's index
 * @value: (transfer full): its new value
 *
 * Sets a field.
 */
void
torg_record_take_nth (TorgRecord *self, guint index, TorgValue value)
{
  g_return_if_fail (index < self->type->n_fields);
  torg_value_clear (&self->values[index]);
  self->values[index] = value;
}

/**
 * torg_record_set_nth:
 * @index: a field's index
 * @value: its new value, copied
 *
 * Sets a field.
 */
void
torg_record_set_nth (TorgRecord *self, guint index, const TorgValue *value)
{
  torg_record_take_nth (self, index, torg_value_copy (value));
}

/**
 * torg_record_take:
 * @field: the name of a field of the record's type
 * @value: (transfer full): its new value
 *
 * Sets a field.
 */
void
torg_record_take (TorgRecord *self, const char *field, TorgValue value)
{
  torg_record_take_nth (self, torg_type_index_of (self->type, field), value);
}

/**
 * torg_record_set:
 * @field: the name of a field of the record's type
 * @value: its new value, copied
 *
 * Sets a field.
 */
void
torg_record_set (TorgRecord *self, const char *field, const TorgValue *value)
{
  torg_record_take (self, field, torg_value_copy (value));
}

/**
 * torg_record_set_text:
 * @field: the name of a field of the record's type that holds text
 * @text: (nullable): its new text
 *
 * Sets a field.
 */
void
torg_record_set_text (TorgRecord *self, const char *field, const char *text)
{
  torg_record_take (self, field, torg_value_text (text));
}

/**
 * torg_record_dup_title:
 *
 * Tells what the record is called: its title fields, split by spaces.
 *
 * Returns: (transfer full): the title; a word for the type where it has none
 */
char *
torg_record_dup_title (TorgRecord *self)
{
  GString *title = g_string_new (NULL);

  for (guint i = 0; i < self->type->n_fields; i++)
    {
      const TorgValue *value = &self->values[i];

      if ((self->type->fields[i].flags & TORG_FIELD_TITLE) == 0 || value->text == NULL)
        continue;
      if (title->len > 0)
        g_string_append (title, torg_type_get_title_separator (self->type));
      g_string_append (title, value->text);
    }
  if (title->len == 0)
    g_string_append (title, torg_type_get_label (self->type));
  return g_string_free_and_steal (title);
}

static gboolean
is_known_choice (const TorgField *field, const char *key)
{
  for (const TorgChoice *choice = field->choices; choice != NULL && choice->key != NULL; choice++)
    if (g_strcmp0 (choice->key, key) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_date (const char *text)
{
  int y, m, d, used = 0;

  return sscanf (text, "%4d-%2d-%2d%n", &y, &m, &d, &used) == 3 && used == 10 && text[10] == '\0' && y > 0 && m > 0 &&
         d > 0 && g_date_valid_dmy (d, m, y);
}

static gboolean
is_currency (const char *currency)
{
  return g_ascii_isupper (currency[0]) && g_ascii_isupper (currency[1]) && g_ascii_isupper (currency[2]);
}

static gboolean
are_ids (const TorgValue *value)
{
  g_auto (GStrv) items = torg_value_dup_items (value);

  for (guint i = 0; items[i] != NULL; i++)
    if (!torg_id_is_valid (items[i]))
      return FALSE;
  return TRUE;
}

static gboolean
check_range (const TorgField *field, gint64 number, GError **error)
{
  if (number % TORG_NUMBER_SCALE == 0 && number / TORG_NUMBER_SCALE >= field->least &&
      number / TORG_NUMBER_SCALE <= field->most)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” takes whole numbers from %d to %d."),
               torg_field_get_label (field), field->least, field->most);
  return FALSE;
}

/* What nobody sees in a form may hold whole texts of others, as history does. */
static gboolean
check_length (const TorgField *field, const char *text, long most, GError **error)
{
  if ((field->flags & TORG_FIELD_HIDDEN) != 0 || strlen (text) <= (gsize) most || g_utf8_strlen (text, -1) <= most)
    return TRUE;
  g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID,
               _ ("“%s” is longer than %d characters. Shorten it, or attach it as a file."),
               torg_field_get_label (field), (int) most);
  return FALSE;
}

/* Two people may have written a text, which is merged. */
#define MERGED 4

static gboolean
validate (const TorgField *field, const TorgValue *value, long most, GError **error)
{
  gboolean fits = FALSE;

  if (torg_value_is_null (value))
    return TRUE;
  switch (field->kind)
    {
      case TORG_KIND_TEXT:
        fits = value->tag == TORG_VALUE_TEXT;
        break;
      case TORG_KIND_PHONE:
      case TORG_KIND_EMAIL:
        fits = value->tag == TORG_VALUE_TEXT && value->text[0] == '[';
        break;
      case TORG_KIND_SET:
        fits = value->tag == TORG_VALUE_TEXT && value->text[0] == '[' && (field->target == NULL || are_ids (value));
        break;
      case TORG_KIND_NUMBER:
      case TORG_KIND_MOMENT:
        fits = value->tag == TORG_VALUE_INT;
        break;
      case TORG_KIND_MONEY:
        fits = value->tag == TORG_VALUE_MONEY && is_currency (value->currency);
        break;
      case TORG_KIND_DATE:
        fits = value->tag == TORG_VALUE_TEXT && is_date (value->text);
        break;
      case TORG_KIND_ZONED:
        fits = value->tag == TORG_VALUE_ZONED;
        break;
      case TORG_KIND_CHOICE:
        fits = value->tag == TORG_VALUE_TEXT && is_known_choice (field, value->text);
        break;
      case TORG_KIND_REF:
        fits = value->tag == TORG_VALUE_TEXT && torg_id_is_valid (value->text);
        break;
      case TORG_KIND_REQUISITE:
        /* The 5th and the 6th place of a KPP may be capitals. */
        fits = value->tag == TORG_VALUE_TEXT && (strspn (value->text, "0123456789") == strlen (value->text) ||
                                                 (g_strcmp0 (field->target, "kpp") == 0 &&
                                                  torg_requisite_check (TORG_REQUISITE_KPP, value->text, NULL, NULL)));
        break;
      case TORG_KIND_FILE:
        fits = value->tag == TORG_VALUE_TEXT && torg_content_is_hash (value->text);
        break;
      default:
        g_return_val_if_reached (FALSE);
    }
  if (fits && field->kind == TORG_KIND_NUMBER && field->most != 0)
    return check_range (field, value->number, error);
  if (fits && (field->kind == TORG_KIND_TEXT || field->kind == TORG_KIND_PHONE || field->kind == TORG_KIND_EMAIL ||
               field->kind == TORG_KIND_SET || field->kind == TORG_KIND_REQUISITE))
    return check_length (field, value->text, most, error);
  if (fits && field->kind == TORG_KIND_MONEY)
    return torg_money_check (value, TORG_MONEY_MAX, error);
  if (!fits)
    g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("“%s” cannot be used for the field “%s”."),
                 value->text != NULL              ? value->text
                 : value->tag == TORG_VALUE_MONEY ? value->currency
                                                  : "",
                 torg_field_get_label (field));
  return fits;
}

/**
 * torg_field_validate:
 * @value: a value for the field
 * @error: (nullable): place for a %TORG_ERROR_INVALID
 *
 * Tells whether a value may stand in a field, apart from being required.
 *
 * Returns: whether it may
 */
gboolean
torg_field_validate (const TorgField *field, const TorgValue *value, GError **error)
{
  return validate (field, value, TORG_TEXT_MAX, error);
}

/**
 * torg_record_validate:
 * @error: (nullable): place for a %TORG_ERROR_INVALID
 *
 * Tells whether a record may be stored: each value fits its field, and what is required is there.
 *
 * Returns: whether it may
 */
gboolean
torg_record_validate (TorgRecord *self, GError **error)
{
  for (guint i = 0; i < self->type->n_fields; i++)
    {
      const TorgField *field = &self->type->fields[i];

      if ((field->flags & TORG_FIELD_REQUIRED) != 0 && torg_value_is_null (&self->values[i]))
        {
          g_set_error (error, TORG_ERROR, TORG_ERROR_INVALID, _ ("Fill in the field “%s”."),
                       torg_field_get_label (field));
          return FALSE;
        }
      if (!validate (field, &self->values[i], (long) TORG_TEXT_MAX * MERGED, error))
        return FALSE;
    }
  return TRUE;
}
