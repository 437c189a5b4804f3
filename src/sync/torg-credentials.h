/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgCredentials:
 * @access: (owned): by which the server knows the user now
 * @refresh: (owned) (nullable): which brings the next two; a key has none
 *
 * What the keyring keeps: a key that an administrator made, or what signing in brought.
 */
typedef struct {
  char *access;
  char *refresh;
} TorgCredentials;

TorgCredentials *torg_credentials_parse (const char            *text);
char            *torg_credentials_write (const TorgCredentials *self);
TorgCredentials *torg_credentials_read_answer (const char      *text,
                                               gsize            length);
void             torg_credentials_free  (TorgCredentials       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgCredentials, torg_credentials_free)

G_END_DECLS
