/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-replica"

#include "config.h"

#include "torg-convert.h"
#include "torg-own-right.h"
#include "torg-store-private.h"

#include <glib/gi18n-lib.h>

/*
 * Converting a lead is one edit: the cards that are made, or the ones that are there and are joined, what is planned
 * with the lead, and the lead itself, which goes to the stage of what was won and says what it has become. Whatever is
 * likely the same is looked for first, by phone, e-mail, INN and name; what others know of it the server says later.
 */

/* What is planned with one lead is never as much; the rest stays with it. */
#define MAX_STEPS 150
#define MAX_MATCHES 5

struct _TorgConvert
{
  TorgEnv       *env;                              /* (owned) */
  TorgRecord    *lead;                             /* (owned) */
  TorgRecord    *made[TORG_CONVERSION_N_PARTS];    /* (owned) */
  GPtrArray     *matches[TORG_CONVERSION_N_PARTS]; /* (owned) (element-type TorgConvertMatch) */
  char          *joined[TORG_CONVERSION_N_PARTS];  /* (owned) (nullable) */
  TorgConvertWay ways[TORG_CONVERSION_N_PARTS];
  GPtrArray     *steps;   /* (owned) (element-type TorgRecord): what is planned with the lead */
  char          *stage;   /* (owned) (nullable): where a lead goes that was converted */
  gint64         rank;    /* there */
  char          *company; /* (owned) (nullable): of the person that is joined */
};

static void
match_free (gpointer data)
{
  TorgConvertMatch *match = data;

  torg_record_unref (match->record);
  g_free (match);
}

/* --- what is there already ---------------------------------------------------------------------------------------- */

/* With all by which it may be found, whosever that is going to be. */
static TorgRecord *
make_sought (TorgConvert *self, TorgConversionPart part)
{
  TorgRecord *sought = torg_record_copy (self->made[part]);

  torg_record_set (sought, "phones", torg_record_get (self->lead, "phones"));
  torg_record_set (sought, "emails", torg_record_get (self->lead, "emails"));
  return sought;
}

static gboolean
has_match (GPtrArray *matches, const char *id)
{
  for (guint i = 0; i < matches->len; i++)
    if (g_str_equal (torg_record_get_id (((TorgConvertMatch *) matches->pdata[i])->record), id))
      return TRUE;
  return FALSE;
}

/* @entity: (nullable): a legal entity of the record, with the lead's INN */
static void
add_match (TorgConvert *self, TorgConversionPart part, TorgRecord *sought, TorgRecord *record, TorgRecord *entity)
{
  g_autoptr (TorgLikenessCard) one = NULL;
  g_autoptr (TorgLikenessCard) other = NULL;
  TorgConvertMatch *match;

  if (torg_record_get_deleted (record) != 0 || has_match (self->matches[part], torg_record_get_id (record)))
    return;
  one = torg_likeness_card_new (sought);
  other = torg_likeness_card_new (record);
  if (entity != NULL)
    {
      torg_likeness_card_add_requisites (one, torg_record_get_text (entity, "inn"),
                                         torg_record_get_text (entity, "kpp"));
      torg_likeness_card_add_requisites (other, torg_record_get_text (entity, "inn"),
                                         torg_record_get_text (entity, "kpp"));
    }
  match = g_new0 (TorgConvertMatch, 1);
  match->record = torg_record_ref (record);
  match->score = torg_likeness_compare (one, other, &match->reasons);
  g_ptr_array_add (self->matches[part], match);
}

/* Whom the INN belongs to, and whether the legal entity is there. */
static gboolean
find_by_inn (TorgConvert *self, TorgStore *store, TorgConversionPart part, TorgRecord *sought, GError **error)
{
  const char *inn = torg_record_get_text (self->lead, "inn");
  const char *type = torg_conversion_get_type (part);
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) entities = NULL;

  if (inn == NULL)
    return TRUE;
  query = torg_query_new ("legal_entity");
  torg_query_add_text (query, "inn", TORG_MATCH_IS, inn);
  entities = torg_store_list (store, query, MAX_MATCHES, NULL, error);
  for (guint i = 0; entities != NULL && i < entities->len; i++)
    {
      const char *id = torg_record_get_text (entities->pdata[i], type);
      g_autoptr (TorgRecord) record = id != NULL ? torg_store_get (store, type, id, NULL) : NULL;

      if (record != NULL)
        add_match (self, part, sought, record, entities->pdata[i]);
    }
  return entities != NULL;
}

static int
compare_matches (gconstpointer a, gconstpointer b)
{
  const TorgConvertMatch *one = *(TorgConvertMatch *const *) a, *other = *(TorgConvertMatch *const *) b;

  return one->score > other->score ? -1 : one->score < other->score;
}

static gboolean
find_matches (TorgConvert *self, TorgStore *store, TorgConversionPart part, GError **error)
{
  g_autoptr (TorgRecord) sought = make_sought (self, part);
  g_auto (GStrv) keys = torg_record_dup_match_keys (sought);
  g_autoptr (GPtrArray) found = NULL;

  if (!find_by_inn (self, store, part, sought, error))
    return FALSE;
  found = torg_store_find_by_keys (store, torg_conversion_get_type (part), (const char *const *) keys, NULL, "pen",
                                   MAX_MATCHES, error);
  for (guint i = 0; found != NULL && i < found->len; i++)
    add_match (self, part, sought, found->pdata[i], NULL);
  g_ptr_array_sort (self->matches[part], compare_matches);
  return found != NULL;
}

/* Who gives a name at the telephone gives half of it, and a number is somebody's own. */
static gboolean
is_likely (TorgConversionPart part, const TorgConvertMatch *match)
{
  return match->score >= TORG_LIKENESS_LIKELY ||
         (part == TORG_CONVERSION_PERSON && (match->reasons & (TORG_LIKENESS_PHONE | TORG_LIKENESS_EMAIL)) != 0);
}

/* What is likely the same is joined, unless somebody says otherwise. */
static void
choose_first (TorgConvert *self)
{
  gboolean has_entity = FALSE;

  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    {
      TorgConvertMatch *match = self->matches[i]->len > 0 ? self->matches[i]->pdata[0] : NULL;

      if (match != NULL && is_likely (i, match))
        torg_convert_choose (self, i, TORG_CONVERT_JOIN, torg_record_get_id (match->record));
      else if (torg_conversion_wants (self->lead, i))
        torg_convert_choose (self, i, TORG_CONVERT_NEW, NULL);
      /* A legal entity whose client is there, is there. */
      if (match != NULL && (match->reasons & (TORG_LIKENESS_REQUISITES | TORG_LIKENESS_INN)) != 0)
        has_entity = TRUE;
    }
  if (has_entity)
    torg_convert_choose (self, TORG_CONVERSION_LEGAL_ENTITY, TORG_CONVERT_NONE, NULL);
}

/* --- the plan ----------------------------------------------------------------------------------------------------- */

static gboolean
check_lead (TorgConvert *self, TorgStore *store, GError **error)
{
  g_autoptr (TorgOwnRight) right = torg_own_right_new (store, "edit", error);
  const char *refusal = NULL;

  if (right == NULL)
    return FALSE;
  if (torg_record_get_deleted (self->lead) != 0)
    refusal = _ ("The lead was deleted. Restore it first.");
  else if (!torg_value_is_null (torg_record_get (self->lead, TORG_CONVERSION_FIELD)))
    refusal = _ ("The lead was converted already.");
  else if (!torg_own_right_allows (right, self->lead))
    refusal = _ ("Your role does not allow to convert this lead. Ask whoever is responsible for it.");
  if (refusal == NULL)
    return TRUE;
  g_set_error_literal (error, TORG_ERROR, TORG_ERROR_RULE, refusal);
  return FALSE;
}

/* A lead in a pipeline without a stage for what was won stays where it is. */
static gboolean
find_stage (TorgConvert *self, TorgStore *store, GError **error)
{
  const char *pipeline = torg_record_get_text (self->lead, "pipeline");
  g_autoptr (TorgQuery) query = NULL;
  g_autoptr (GPtrArray) stages = NULL;

  if (pipeline == NULL)
    return TRUE;
  query = torg_query_new ("stage");
  torg_query_add_text (query, "pipeline", TORG_MATCH_IS, pipeline);
  torg_query_add_text (query, "kind", TORG_MATCH_IS, "won");
  torg_query_sort (query, "position", FALSE);
  stages = torg_store_list (store, query, 1, NULL, error);
  if (stages != NULL && stages->len > 0)
    {
      TorgRuleSource source = torg_derive_source (store);

      self->stage = g_strdup (torg_record_get_id (stages->pdata[0]));
      self->rank = source.find_top (source.data, torg_record_get_kind (self->lead), self->stage);
    }
  return stages != NULL;
}

static gboolean
find_steps (TorgConvert *self, TorgStore *store, GError **error)
{
  const TorgValue none = TORG_VALUE_INIT;
  g_autoptr (TorgQuery) query = torg_query_new ("activity");

  torg_query_add_text (query, "lead", TORG_MATCH_IS, torg_record_get_id (self->lead));
  torg_query_add (query, "done", TORG_MATCH_IS, &none);
  self->steps = torg_store_list (store, query, MAX_STEPS, NULL, error);
  return self->steps != NULL;
}

/* What somebody's own role does not let them make for another one is made for themselves. */
static gboolean
make_parts (TorgConvert *self, TorgStore *store, GError **error)
{
  g_autoptr (TorgOwnRight) right = torg_own_right_new (store, "create", error);

  if (right == NULL)
    return FALSE;
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    {
      g_autofree char *id = torg_env_make_id (self->env);

      self->matches[i] = g_ptr_array_new_with_free_func (match_free);
      self->made[i] = torg_conversion_make (self->lead, i, id);
      if (torg_type_find_field (torg_record_get_kind (self->made[i]), "owner") != NULL &&
          (torg_record_get_text (self->made[i], "owner") == NULL || !torg_own_right_allows (right, self->made[i])))
        torg_record_set_text (self->made[i], "owner", torg_store_get_user (store));
    }
  return find_matches (self, store, TORG_CONVERSION_COMPANY, error) &&
         find_matches (self, store, TORG_CONVERSION_PERSON, error);
}

/**
 * torg_convert_new:
 * @store: a store
 * @lead: the id of a lead
 * @error: place for an error
 *
 * Looks at a lead that is to be converted, and at what it may be about already. Nothing is changed yet.
 *
 * Returns: (transfer full) (nullable): a plan: what is likely the same is joined, the rest is made anew
 */
TorgConvert *
torg_convert_new (TorgStore *store, const char *lead, GError **error)
{
  g_autoptr (TorgRecord) record = torg_store_get (store, "lead", lead, error);
  g_autoptr (TorgConvert) self = NULL;

  if (record == NULL)
    return NULL;
  self = g_new0 (TorgConvert, 1);
  self->env = torg_env_ref (torg_store_get_env (store));
  self->lead = g_steal_pointer (&record);
  if (!check_lead (self, store, error) || !make_parts (self, store, error) || !find_stage (self, store, error) ||
      !find_steps (self, store, error))
    return NULL;
  choose_first (self);
  return g_steal_pointer (&self);
}

/**
 * torg_convert_free:
 * @self: (transfer full): a plan
 *
 * Frees a plan.
 */
void
torg_convert_free (TorgConvert *self)
{
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    {
      g_clear_pointer (&self->made[i], torg_record_unref);
      g_clear_pointer (&self->matches[i], g_ptr_array_unref);
      g_free (self->joined[i]);
    }
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  torg_record_unref (self->lead);
  torg_env_unref (self->env);
  g_free (self->stage);
  g_free (self->company);
  g_free (self);
}

/**
 * torg_convert_get_lead:
 *
 * Gives the lead.
 *
 * Returns: (transfer none): a record
 */
TorgRecord *
torg_convert_get_lead (TorgConvert *self)
{
  return self->lead;
}

/**
 * torg_convert_get_matches:
 * @part: the company or the person
 *
 * Lists what the lead may be about already.
 *
 * Returns: (transfer none) (element-type TorgConvertMatch): the likeliest first
 */
GPtrArray *
torg_convert_get_matches (TorgConvert *self, TorgConversionPart part)
{
  return self->matches[part];
}

/**
 * torg_convert_get_way:
 * @part: a part
 *
 * Tells how the lead comes to a part.
 *
 * Returns: the way
 */
TorgConvertWay
torg_convert_get_way (TorgConvert *self, TorgConversionPart part)
{
  return self->ways[part];
}

/**
 * torg_convert_get_joined:
 * @part: a part
 *
 * Tells which record is joined.
 *
 * Returns: (transfer none) (nullable): its id
 */
const char *
torg_convert_get_joined (TorgConvert *self, TorgConversionPart part)
{
  return self->joined[part];
}

/**
 * torg_convert_get_made:
 * @part: a part
 *
 * Gives what is made where a part is to be a new one; it may be changed.
 *
 * Returns: (transfer none): a record
 */
TorgRecord *
torg_convert_get_made (TorgConvert *self, TorgConversionPart part)
{
  return self->made[part];
}

static TorgRecord *
find_record (TorgConvert *self, TorgConversionPart part, const char *id)
{
  for (guint i = 0; i < self->matches[part]->len; i++)
    {
      TorgConvertMatch *match = self->matches[part]->pdata[i];

      if (g_str_equal (torg_record_get_id (match->record), id))
        return match->record;
    }
  return NULL;
}

/**
 * torg_convert_choose:
 * @part: a part
 * @way: how the lead comes to it
 * @joined: (nullable): the id of what is joined
 *
 * Chooses.
 */
void
torg_convert_choose (TorgConvert *self, TorgConversionPart part, TorgConvertWay way, const char *joined)
{
  self->ways[part] = way;
  g_set_str (&self->joined[part], way == TORG_CONVERT_JOIN ? joined : NULL);
  if (part == TORG_CONVERSION_PERSON)
    {
      TorgRecord *person = self->joined[part] != NULL ? find_record (self, part, joined) : NULL;

      g_set_str (&self->company, person != NULL ? torg_record_get_text (person, "company") : NULL);
    }
}

/**
 * torg_convert_get_result:
 * @part: a part
 *
 * Tells which record a part is, or is going to be.
 *
 * Returns: (transfer none) (nullable): its id; %NULL where there is none
 */
const char *
torg_convert_get_result (TorgConvert *self, TorgConversionPart part)
{
  switch (self->ways[part])
    {
      case TORG_CONVERT_NEW:
        return torg_record_get_id (self->made[part]);
      case TORG_CONVERT_JOIN:
        return self->joined[part];
      case TORG_CONVERT_NONE:
      default:
        return NULL;
    }
}

/* --- the edit ----------------------------------------------------------------------------------------------------- */

static void
set_ref (TorgMutation *mutation, const char *field, const char *id)
{
  g_auto (TorgValue) value = TORG_VALUE_INIT;

  if (id != NULL)
    value = torg_value_text (id);
  torg_mutation_set (mutation, field, &value);
}

/* The company of the person that is joined is the client too, unless another one is. */
static const char *
get_client (TorgConvert *self)
{
  const char *company = torg_convert_get_result (self, TORG_CONVERSION_COMPANY);

  return company != NULL ? company : self->company;
}

static void
add_cards (TorgConvert *self, TorgEdit *edit)
{
  const char *company = get_client (self);
  const char *person = torg_convert_get_result (self, TORG_CONVERSION_PERSON);

  torg_record_set_text (self->made[TORG_CONVERSION_PERSON], "company", company);
  torg_record_set_text (self->made[TORG_CONVERSION_LEGAL_ENTITY], "company", company);
  torg_record_set_text (self->made[TORG_CONVERSION_LEGAL_ENTITY], "person", company == NULL ? person : NULL);
  torg_record_set_text (self->made[TORG_CONVERSION_DEAL], "company", company);
  torg_record_set_text (self->made[TORG_CONVERSION_DEAL], "person", person);
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    if (self->ways[i] == TORG_CONVERT_NEW)
      torg_edit_create (edit, self->made[i]);
}

static void
convert_lead (TorgConvert *self, TorgEdit *edit)
{
  TorgMutation *mutation = torg_edit_convert (edit, "lead", torg_record_get_id (self->lead));
  g_auto (TorgValue) now = torg_value_int (torg_env_get_now (self->env));

  torg_mutation_set (mutation, TORG_CONVERSION_FIELD, &now);
  for (guint i = 0; i < TORG_CONVERSION_N_PARTS; i++)
    if (torg_conversion_get_field (i) != NULL && torg_convert_get_result (self, i) != NULL)
      set_ref (mutation, torg_conversion_get_field (i), torg_convert_get_result (self, i));
  if (self->stage != NULL && g_strcmp0 (torg_record_get_text (self->lead, "stage"), self->stage) != 0)
    {
      g_auto (TorgValue) rank = torg_value_int (self->rank);

      set_ref (mutation, "stage", self->stage);
      torg_mutation_set (mutation, "rank", &rank);
    }
}

/* What is planned with the lead is planned with its deal, or its client. */
static void
move_steps (TorgConvert *self, TorgEdit *edit)
{
  for (guint i = 0; i < self->steps->len; i++)
    {
      TorgMutation *mutation = torg_edit_convert (edit, "activity", torg_record_get_id (self->steps->pdata[i]));

      set_ref (mutation, "lead", NULL);
      set_ref (mutation, "deal", torg_convert_get_result (self, TORG_CONVERSION_DEAL));
      set_ref (mutation, "company", get_client (self));
      set_ref (mutation, "person", torg_convert_get_result (self, TORG_CONVERSION_PERSON));
    }
}

/**
 * torg_convert_make_edit:
 * @error: place for a %TORG_ERROR
 *
 * Makes the edit that converts the lead.
 *
 * Returns: (transfer full) (nullable): an edit; %NULL where it would become nothing
 */
TorgEdit *
torg_convert_make_edit (TorgConvert *self, GError **error)
{
  g_autofree char *title = torg_record_dup_title (self->lead);
  g_autofree char *label = g_strdup_printf (_ ("Lead “%s” converted"), title);
  gboolean         has_client = torg_convert_get_result (self, TORG_CONVERSION_COMPANY) != NULL ||
                        torg_convert_get_result (self, TORG_CONVERSION_PERSON) != NULL;
  TorgEdit *edit;

  if (!has_client)
    {
      g_set_error_literal (error, TORG_ERROR, TORG_ERROR_INVALID,
                           _ ("Choose what the lead becomes: a company, a person, or both."));
      return NULL;
    }
  edit = torg_edit_new (label);
  add_cards (self, edit);
  convert_lead (self, edit);
  move_steps (self, edit);
  return edit;
}
