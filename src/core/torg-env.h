/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * TorgEnv:
 *
 * What an engine may ask of the outside world: the time, randomness and SQLite's file system.
 *
 * Engines take one instead of calling the system, so that a test can run everything from a seed
 * with a virtual clock. Reference-counted; all functions may be called from any thread.
 */
typedef struct _TorgEnv TorgEnv;

#define TORG_TYPE_ENV (torg_env_get_type ())

GType       torg_env_get_type   (void);
TorgEnv    *torg_env_new        (void);
TorgEnv    *torg_env_new_seeded (guint64     seed,
                                 gint64      now,
                                 const char *vfs);
TorgEnv    *torg_env_ref        (TorgEnv    *self);
void        torg_env_unref      (TorgEnv    *self);

gint64      torg_env_get_now    (TorgEnv    *self);
void        torg_env_set_now    (TorgEnv    *self,
                                 gint64      now);
void        torg_env_set_zone   (TorgEnv    *self,
                                 const char *zone);
char       *torg_env_make_day   (TorgEnv    *self,
                                 gint64      when);
gint64      torg_env_make_moment (TorgEnv   *self,
                                 const char *day,
                                 int         days);
void        torg_env_fill_random (TorgEnv   *self,
                                 guint8     *bytes,
                                 gsize       length);
char       *torg_env_make_id    (TorgEnv    *self);
char       *torg_env_make_id_at (TorgEnv    *self,
                                 gint64      when);
const char *torg_env_get_vfs    (TorgEnv    *self);
gboolean    torg_env_is_seeded  (TorgEnv    *self);

char       *torg_id_parse       (const char *text);
gboolean    torg_id_is_valid    (const char *id);
gboolean    torg_id_to_bytes    (const char *id,
                                 guint8      bytes[16]);
char       *torg_id_from_bytes  (const guint8 bytes[16]);
char       *torg_id_derive      (const char *id,
                                 const char *name);
gint64      torg_id_get_time    (const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgEnv, torg_env_unref)

G_END_DECLS
