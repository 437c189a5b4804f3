/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TorgImportNear:
 * @sentence: (owned): what was done, in the user's language
 * @text: (owned): as in the file
 * @target: (owned) (nullable): what the text was to mean: a type, or `dictionary:NAME`
 * @id: (owned) (nullable): the record that it nearly means; %NULL where there is nothing to choose
 * @title: (owned) (nullable): what that is called
 * @taken: whether the text was taken for it, or made as a new one
 *
 * A text that nearly means something, which the user may settle.
 */
typedef struct {
  char    *sentence;
  char    *text;
  char    *target;
  char    *id;
  char    *title;
  gboolean taken;
} TorgImportNear;

void            torg_import_near_free (TorgImportNear       *self);
TorgImportNear *torg_import_near_copy (const TorgImportNear *self);

G_END_DECLS
