/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CrashMode:
 * @CRASH_KEEP: the process died: what was written is there
 * @CRASH_LOSE: the power went: only what was synced is there
 * @CRASH_REORDER: of what was not synced, some sectors are there and some are not
 * @CRASH_TEAR: what was not synced is there up to some sector
 *
 * What a crash leaves of the writes that were not synced.
 */
typedef enum {
  CRASH_KEEP,
  CRASH_LOSE,
  CRASH_REORDER,
  CRASH_TEAR,
  CRASH_N_MODES,
} CrashMode;

/**
 * CrashState:
 *
 * What a disk holds, put aside.
 */
typedef struct _CrashState CrashState;

#define CRASH_VFS "torg-crash"

void        crash_vfs_register     (void);
void        crash_vfs_format       (void);
void        crash_vfs_stop_after   (guint64     n_operations);
guint64     crash_vfs_get_n        (void);
gboolean    crash_vfs_has_crashed  (void);
void        crash_vfs_reboot       (CrashMode   mode,
                                    guint32     seed);
void        crash_vfs_set_capacity (gint64      bytes);
gint64      crash_vfs_get_size     (void);
CrashState *crash_vfs_save         (void);
void        crash_vfs_restore      (CrashState *state);
void        crash_state_free       (CrashState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashState, crash_state_free)

G_END_DECLS
