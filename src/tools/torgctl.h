/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-store.h"
#include "torg-wire.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * TorgCtl:
 * @env: clock and randomness
 * @path: the replica's file
 * @json: whether to write JSON
 * @store: (nullable): opened by [func@ctl_open]
 *
 * What all commands share.
 */
typedef struct {
  TorgEnv    *env;
  const char *path;
  gboolean    json;
  gboolean    may_be_stale; /* whether the command is for a replica without contact too */
  TorgStore  *store;
} TorgCtl;

/* Exit codes. */
#define TORG_CTL_OK      0
#define TORG_CTL_FAILED  1
#define TORG_CTL_USAGE   2
#define TORG_CTL_MISSING 3

typedef int (*TorgCtlFunc) (TorgCtl *self,
                            int      argc,
                            char   **argv,
                            GError **error);

gboolean   torg_ctl_open         (TorgCtl        *self,
                                  gboolean        must_exist,
                                  GError        **error);
gboolean   torg_ctl_parse        (int            *argc,
                                  char         ***argv,
                                  GOptionEntry   *entries,
                                  GError        **error);
void       torg_ctl_print_json   (JsonNode       *node);
TorgQuery *torg_ctl_build_query  (TorgCtl        *self,
                                  const char     *type,
                                  char          **where,
                                  GError        **error);
const TorgType *torg_ctl_find_type (TorgCtl     *self,
                                  const char     *name,
                                  GError        **error);
char      *torg_ctl_find_ref     (TorgCtl        *self,
                                  TorgRecord     *record,
                                  const TorgField *field,
                                  const char     *text,
                                  GError        **error);

gboolean   torg_ctl_print_lines  (TorgCtl        *self,
                                  const char     *deal,
                                  GError        **error);
gboolean   torg_ctl_add_lines    (TorgCtl        *self,
                                  const char     *deal,
                                  JsonObject     *object,
                                  GError        **error);
JsonNode  *torg_ctl_row_to_json  (TorgRow        *row);

char      *torg_ctl_say_value    (TorgCtl        *self,
                                  const TorgField *field,
                                  const char     *json); /* (nullable) */
char      *torg_ctl_say_time     (gint64          at);
char      *torg_ctl_say_changes  (TorgCtl        *self,
                                  TorgWireMutation *mutation);
char      *torg_ctl_say_mutation (TorgCtl        *self,
                                  TorgWireMutation *mutation);

char      *torg_ctl_read_secret  (const char     *variable,
                                  const char     *prompt);
char      *torg_ctl_find_account (TorgCtl        *self,
                                  const char     *text,
                                  GError        **error);

int        torg_ctl_accounts     (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_demo         (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_list         (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_count        (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_groups       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_show         (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_add          (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_set          (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_delete       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_restore      (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_search       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_history      (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_check        (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_import       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_export       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_exports      (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_imports      (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_undo_import  (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_hand_over    (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_duplicates   (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_convert      (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_merge        (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_report       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_import_bitrix24 (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_connect      (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_sync         (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_attach       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_files        (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_fetch        (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_outbox       (TorgCtl *self, int argc, char **argv, GError **error);
int        torg_ctl_attention    (TorgCtl *self, int argc, char **argv, GError **error);

G_END_DECLS
