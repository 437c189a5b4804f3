/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgError:
 * @TORG_ERROR_INVALID: a value or file that cannot be what it should be
 * @TORG_ERROR_NOT_FOUND: no such record, field, type or file
 * @TORG_ERROR_RULE: a rule of the company forbids it, or asks for more first
 * @TORG_ERROR_DUPLICATE: it exists already
 * @TORG_ERROR_ENCRYPTED: a file that needs a password
 * @TORG_ERROR_UNSUPPORTED: a format or version that is not known
 * @TORG_ERROR_LIMIT: more than is allowed
 *
 * What can go wrong in core and the layers that work on values.
 *
 * Messages are translated sentences that say what happened and what to do.
 */
typedef enum {
  TORG_ERROR_INVALID,
  TORG_ERROR_NOT_FOUND,
  TORG_ERROR_RULE,
  TORG_ERROR_DUPLICATE,
  TORG_ERROR_ENCRYPTED,
  TORG_ERROR_UNSUPPORTED,
  TORG_ERROR_LIMIT,
} TorgError;

#define TORG_ERROR (torg_error_quark ())

/**
 * TorgStoreError:
 * @TORG_STORE_ERROR_FAILED: the disk or the database said no
 * @TORG_STORE_ERROR_NEWER: a newer version of Torg wrote the file
 * @TORG_STORE_ERROR_CORRUPT: the file is damaged or no replica
 * @TORG_STORE_ERROR_READ_ONLY: it cannot be written to
 * @TORG_STORE_ERROR_LOCKED: another program keeps it locked
 * @TORG_STORE_ERROR_FULL: the disk is full
 * @TORG_STORE_ERROR_STALE: it has not heard of its server for too long to be shown
 *
 * What can go wrong with a replica or another database. Messages are sentences in the user's language that say what to do.
 */
typedef enum {
  TORG_STORE_ERROR_FAILED,
  TORG_STORE_ERROR_NEWER,
  TORG_STORE_ERROR_CORRUPT,
  TORG_STORE_ERROR_READ_ONLY,
  TORG_STORE_ERROR_LOCKED,
  TORG_STORE_ERROR_FULL,
  TORG_STORE_ERROR_STALE,
} TorgStoreError;

#define TORG_STORE_ERROR (torg_store_error_quark ())

GQuark torg_error_quark       (void);
GQuark torg_store_error_quark (void);

G_END_DECLS
