/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-check.h"
#include "torg-defaults.h"
#include "torg-store-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* 2026-03-02 09:00 UTC, a Monday. */
#define TEST_NOW (G_GINT64_CONSTANT (1772442000) * G_USEC_PER_SEC)

/**
 * TestStore:
 * @env: a seeded environment
 * @dir: a folder of its own under the temporary one
 * @path: the file
 * @store: open, of a new company
 *
 * A replica to test with.
 */
typedef struct {
  TorgEnv   *env;
  char      *dir;
  char      *path;
  TorgStore *store;
} TestStore;

TestStore  *test_store_new       (guint64     seed);
void        test_store_free      (TestStore  *self);
void        test_store_reopen    (TestStore  *self);
void        test_store_to_server (TestStore  *self);
void        test_store_pass      (TestStore  *self,
                                  gint64      seconds);
void        test_remove_dir      (const char *dir);

void        test_set_field       (TorgStore  *store,
                                  TorgRecord *record,
                                  const char *name,
                                  const char *text);
TorgRecord *test_new_record      (TorgStore  *store,
                                  const char *type,
                                  ...) G_GNUC_NULL_TERMINATED;
char       *test_create          (TorgStore  *store,
                                  const char *type,
                                  ...) G_GNUC_NULL_TERMINATED;
gint64      test_apply           (TorgStore  *store,
                                  TorgEdit   *edit);
gint64      test_patch           (TorgStore  *store,
                                  const char *type,
                                  const char *id,
                                  const char *field,
                                  const char *text);
gint64      test_delete          (TorgStore  *store,
                                  const char *type,
                                  const char *id);
void        test_undo            (TorgStore  *store,
                                  gint64      step,
                                  guint       n_left);
char       *test_stage           (TorgStore  *store,
                                  const char *pipeline,
                                  const char *kind,
                                  guint       nth);
char       *test_find            (TorgStore  *store,
                                  const char *type,
                                  const char *field,
                                  const char *text);
char       *test_get             (TorgStore  *store,
                                  const char *type,
                                  const char *id,
                                  const char *field);
void        test_take            (TorgStore  *store,
                                  const char *end,
                                  const char *first,
                                  ...) G_GNUC_NULL_TERMINATED;
void        test_reject          (TorgStore  *store,
                                  const char *code,
                                  const char *detail);
gint64      test_int             (TorgStore  *store,
                                  const char *sql);
char       *test_text            (TorgStore  *store,
                                  const char *sql);
guint       test_count_problems  (TorgStore  *store);
void        test_check           (TorgStore  *store);
gboolean    test_is_long         (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStore, test_store_free)

#define test_assert_field(store, type, id, field, text)                                                                \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *_got = test_get (store, type, id, field);                                                         \
    g_assert_cmpstr (_got, ==, text);                                                                                  \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
