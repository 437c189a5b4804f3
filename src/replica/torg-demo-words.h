/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgDemoWords:
 *
 * What a generated company is made of, in one language. Each list ends with %NULL.
 */
typedef struct {
  const char *const *surnames;     /* of men; women's add @feminine */
  const char *const *men;
  const char *const *women;
  const char *const *men_fathers;  /* patronymics; empty where the language has none */
  const char *const *women_fathers;
  const char *const *cities;
  const char *const *regions;
  const char *const *streets;
  const char *const *jobs;
  const char *const *company_first;
  const char *const *company_second;
  const char *const *products;     /* "group|name|unit|price in whole roubles" */
  const char *const *deals;        /* with %s for a product's group */
  const char *const *next_steps;   /* "kind|subject" */
  const char *const *results;      /* "kind kind|text"; of the kind `postponed` are reasons for waiting */
  const char *const *notes;
  const char *const *tags;
  const char *const *own_entities; /* "name|form|pays VAT|INN|KPP|OGRN" */
  const char *const *departments;
  const char *const *roles;
  const char        *feminine;
  const char        *company_format; /* with %s for a name */
  const char        *currency;
} TorgDemoWords;

const TorgDemoWords *torg_demo_words (const char *lang);

G_END_DECLS
