/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-routes.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TorgQuestion:
 * @store: a connection
 * @user: the id of whoever asks
 * @request: what is asked
 * @response: where the answer goes
 *
 * A question of somebody who is known, on its way through a resource. Its functions return whether the database
 * answered: what is refused is an answer too.
 */
typedef struct {
  TorgServerStore *store;
  const char      *user;
  TorgRequest     *request;
  TorgResponse    *response;
} TorgQuestion;

gboolean    torg_question_refuse (TorgQuestion *self,
                                  guint         status,
                                  const char   *code,
                                  const char   *title);
gboolean    torg_question_answer (TorgQuestion *self,
                                  guint         status,
                                  JsonObject   *object);
JsonObject *torg_question_read   (TorgQuestion *self,
                                  JsonParser   *parser,
                                  gsize         max);

G_END_DECLS
