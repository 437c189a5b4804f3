/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-demo-words.h"
#include "torg-store.h"

G_BEGIN_DECLS

/* A generated company while it is made. */
typedef struct
{
  TorgStore           *store;
  const TorgDemoWords *words;
  GRand               *rand; /* (owned) */
  gint64               now;
  TorgJob             *job; /* (nullable) */
  gint64               n_done;
  gint64               n_total;
  const char          *zone_name;
  GTimeZone           *zone; /* (owned): kept, so that it is not read for each value */

  GPtrArray *users;       /* (owned) ids */
  GPtrArray *companies;   /* (owned) ids */
  GPtrArray *names;       /* (owned): of the companies */
  GPtrArray *persons;     /* (owned) ids; the n-th works for the company n modulo their number */
  GPtrArray *products;    /* (owned) (element-type TorgRecord) */
  GPtrArray *deals;       /* (owned) ids */
  GPtrArray *deal_companies; /* ids of @companies, or NULL */
  GPtrArray *deal_persons;   /* ids of @persons, or NULL */
  GArray    *deal_times;  /* (owned) (element-type gint64) */
  GArray    *deal_moves;  /* (owned) (element-type gint64): when it came into its stage */
  GArray    *deal_stages; /* (owned) (element-type guint) */
  GPtrArray *tags;        /* (owned) ids */
  GPtrArray *own_entities; /* (owned) ids */
  GPtrArray *stages;      /* (owned) (element-type TorgRecord): of the deals' pipeline */
  GPtrArray *lead_stages; /* (owned) (element-type TorgRecord) */
  GPtrArray *sources;     /* (owned) (element-type TorgRecord) */
  GPtrArray *reasons;     /* (owned) (element-type TorgRecord) */
  GPtrArray *industries;  /* (owned) (element-type TorgRecord) */
  GPtrArray *units;       /* (owned) (element-type TorgRecord) */
  GPtrArray *rates;       /* (owned) (element-type TorgRecord) */
  gint64     ranks[16];
  gint64     won;        /* of the last twelve months: in the smallest unit */
  guint      first_name; /* of the companies, which take all names in turn */
} TorgDemo;

#define TORG_DEMO_DAY (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

guint       torg_demo_dice (TorgDemo *self, guint sides);
gboolean    torg_demo_chance (TorgDemo *self, guint percent);
const char *torg_demo_pick (TorgDemo *self, const char *const *list);
gpointer    torg_demo_pick_any (TorgDemo *self, GPtrArray *list);
const char *torg_demo_pick_for (TorgDemo *self, const char *const *list, const char *kind);
gint64      torg_demo_random_moment (TorgDemo *self, gint64 from, gint64 to);
gint64      torg_demo_random_moment_at_work (TorgDemo *self, gint64 from, gint64 to);
TorgRecord *torg_demo_new_record (TorgDemo *self, const char *type, gint64 when);
gboolean    torg_demo_put (TorgDemo *self, TorgRecord *record, GError **error);
TorgValue   torg_demo_make_date (gint64 when);
TorgValue   torg_demo_make_time_at_work (TorgDemo *self, gint64 when);
void        torg_demo_set_phone (TorgDemo *self, TorgRecord *record);
void        torg_demo_set_common (TorgDemo *self, TorgRecord *record, gint64 created);
void        torg_demo_set_name (TorgDemo *self, TorgRecord *record, gboolean man);
char       *torg_demo_make_full_name (TorgDemo *self);
gboolean    torg_demo_make_company (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_legal_entity (TorgDemo *self, guint company, GError **error);
gboolean    torg_demo_make_person (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_company_person (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_lead (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_deal (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_line (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_next_step (TorgDemo *self, guint deal, GError **error);
gboolean    torg_demo_make_done_activity (TorgDemo *self, guint index, GError **error);
gboolean    torg_demo_make_creation (TorgDemo *self, guint deal, GError **error);
gboolean    torg_demo_make_moves (TorgDemo *self, guint deal, gint64 *budget, GError **error);

/* Those before are open. */
#define TORG_DEMO_STAGE_WON 6
#define TORG_DEMO_STAGE_LOST 7

G_END_DECLS
