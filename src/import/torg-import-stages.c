/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "torg-import"

#include "config.h"

#include "torg-import-stages.h"
#include "torg-name.h"
#include "torg-text.h"

/* Stages by their names, and by what other systems call them. */

typedef struct
{
  const char *words; /* folded, split by `|` */
  const char *kind;
  int         place; /* among the open stages */
} StageWords;

/* What other systems call their stages. */
static const StageWords stage_words[] = {
  { "won|closed won|success|успешно|успешно реализовано|сделка успешна|выиграна|выиграно|реализовано|продано", "won",
    0 },
  { "lost|closed lost|отказ|проиграна|провалена|сделка провалена|закрыто и не реализовано|не реализовано|disqualified",
    "lost", 0 },
  { "new|prospecting|lead|новая|новый|новая сделка|первичный контакт|неразобранное|open", "open", 0 },
  { "engaging|qualification|qualified|discovery|needs analysis|contacted|в работе|квалификация", "open", 1 },
  { "proposal|quote|proposal sent|presentation|кп|отправлено кп|коммерческое предложение|принимают решение", "open",
    2 },
  { "negotiation|review|negotiation review|переговоры|согласование договора|согласование", "open", 3 },
  { "contract|договор|заключение договора|счет выставлен|счет на предоплату", "open", 4 },
  { "invoice|payment|awaiting payment|ожидаем оплату|оплата|финальный счет", "open", 5 },
};

static gboolean
has_word (const char *words, const char *folded)
{
  g_auto (GStrv) list = g_strsplit (words, "|", -1);

  return g_strv_contains ((const char *const *) list, folded);
}

static TorgRecord *
pick_stage (GPtrArray *stages, const StageWords *words)
{
  TorgRecord *last = NULL;
  int         place = 0;

  for (guint i = 0; i < stages->len; i++)
    {
      TorgRecord *stage = g_ptr_array_index (stages, i);

      if (g_strcmp0 (torg_record_get_text (stage, "kind"), words->kind) != 0)
        continue;
      last = stage;
      if (place++ == words->place)
        break;
    }
  return last;
}

static GPtrArray *
list_pipelines (TorgStore *store, const TorgType *type, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("pipeline");

  torg_query_add_text (query, "kind", TORG_MATCH_IS, g_str_equal (type->info->name, "lead") ? "leads" : "deals");
  torg_query_sort (query, "position", FALSE);
  return torg_store_list (store, query, 0, NULL, error);
}

static GPtrArray *
list_stages_of (TorgStore *store, const char *pipeline, GError **error)
{
  g_autoptr (TorgQuery) query = torg_query_new ("stage");

  torg_query_add_text (query, "pipeline", TORG_MATCH_IS, pipeline);
  torg_query_sort (query, "position", FALSE);
  return torg_store_list (store, query, 0, NULL, error);
}

/**
 * torg_import_stages_list:
 * @store: the store to read from
 * @type: deals or leads
 * @error: place for an error
 *
 * Lists the stages of the first pipeline.
 *
 * Returns: (transfer full) (nullable) (element-type TorgRecord): records in their order
 */
GPtrArray *
torg_import_stages_list (TorgStore *store, const TorgType *type, GError **error)
{
  g_autoptr (GPtrArray) pipelines = list_pipelines (store, type, error);

  if (pipelines == NULL)
    return NULL;
  if (pipelines->len == 0)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) torg_record_unref);
  return list_stages_of (store, torg_record_get_id (g_ptr_array_index (pipelines, 0)), error);
}

/* Finds a stage by its own name, then by what other systems call it. */
static const char *
find_stage (GPtrArray *stages, const char *text)
{
  g_autofree char *key = torg_name_make_key (text);
  g_auto (GStrv) terms = torg_text_split_terms (text);
  g_autofree char *folded = g_strjoinv (" ", terms);

  for (guint i = 0; i < stages->len; i++)
    {
      TorgRecord      *stage = g_ptr_array_index (stages, i);
      g_autofree char *own = torg_name_make_key (torg_record_get_text (stage, "name"));

      if (g_str_equal (own, key))
        return torg_record_get_id (stage);
    }
  for (guint i = 0; i < G_N_ELEMENTS (stage_words); i++)
    if (has_word (stage_words[i].words, folded))
      {
        TorgRecord *stage = pick_stage (stages, &stage_words[i]);

        if (stage != NULL)
          return torg_record_get_id (stage);
      }
  return NULL;
}

/**
 * torg_import_stages_find:
 * @store: the store to read from
 * @type: deals or leads
 * @pipeline: (nullable): the id of the pipeline; where none is said, the first one that has such a stage
 * @text: what the file says
 * @id: (out) (nullable): the stage's id; %NULL where none is called so
 * @error: place for an error
 *
 * Finds a stage by its own name, then by what other systems call it.
 *
 * Returns: whether it could be looked for
 */
gboolean
torg_import_stages_find (TorgStore      *store,
                         const TorgType *type,
                         const char     *pipeline,
                         const char     *text,
                         char          **id,
                         GError        **error)
{
  g_autoptr (GPtrArray) pipelines = NULL;

  *id = NULL;

  if (pipeline != NULL)
    {
      g_autoptr (GPtrArray) stages = list_stages_of (store, pipeline, error);

      *id = stages != NULL ? g_strdup (find_stage (stages, text)) : NULL;
      return stages != NULL;
    }
  pipelines = list_pipelines (store, type, error);
  for (guint i = 0; pipelines != NULL && i < pipelines->len && *id == NULL; i++)
    if (!torg_import_stages_find (store, type, torg_record_get_id (pipelines->pdata[i]), text, id, error))
      return FALSE;
  return pipelines != NULL;
}
