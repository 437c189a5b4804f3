/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-schema.h"

G_BEGIN_DECLS

/* Characters of a text, at most: what one field holds fits into one question to the server several times. */
#define TORG_TEXT_MAX 50000

/**
 * TorgRecord:
 *
 * One record: its type, its id and the values of its fields. Reference-counted; not to be changed once shared
 * between threads.
 */
typedef struct _TorgRecord TorgRecord;

#define TORG_TYPE_RECORD (torg_record_get_type ())

GType            torg_record_get_type    (void);
TorgRecord      *torg_record_new         (TorgSchema       *schema,
                                          const TorgType   *type,
                                          const char       *id);
TorgRecord      *torg_record_copy        (TorgRecord       *self);
TorgRecord      *torg_record_ref         (TorgRecord       *self);
void             torg_record_unref       (TorgRecord       *self);

TorgSchema      *torg_record_get_schema  (TorgRecord       *self);
const TorgType  *torg_record_get_kind    (TorgRecord       *self);
const char      *torg_record_get_id      (TorgRecord       *self);
gint64           torg_record_get_rowid   (TorgRecord       *self);
void             torg_record_set_rowid   (TorgRecord       *self,
                                          gint64            rowid);
gint64           torg_record_get_seq     (TorgRecord       *self);
void             torg_record_set_seq     (TorgRecord       *self,
                                          gint64            seq);
gint64           torg_record_get_deleted (TorgRecord       *self);
void             torg_record_set_deleted (TorgRecord       *self,
                                          gint64            when);
const char      *torg_record_get_unknown (TorgRecord       *self);
void             torg_record_set_unknown (TorgRecord       *self,
                                          const char       *json);

const TorgValue *torg_record_nth         (TorgRecord       *self,
                                          guint             index);
const TorgValue *torg_record_get         (TorgRecord       *self,
                                          const char       *field);
const char      *torg_record_get_text    (TorgRecord       *self,
                                          const char       *field);
gint64           torg_record_get_number  (TorgRecord       *self,
                                          const char       *field);
void             torg_record_set         (TorgRecord       *self,
                                          const char       *field,
                                          const TorgValue  *value);
void             torg_record_set_nth     (TorgRecord       *self,
                                          guint             index,
                                          const TorgValue  *value);
void             torg_record_take        (TorgRecord       *self,
                                          const char       *field,
                                          TorgValue         value);
void             torg_record_take_nth    (TorgRecord       *self,
                                          guint             index,
                                          TorgValue         value);
void             torg_record_set_text    (TorgRecord       *self,
                                          const char       *field,
                                          const char       *text);
char            *torg_record_dup_title   (TorgRecord       *self);
gboolean         torg_record_validate    (TorgRecord       *self,
                                          GError          **error);
gboolean         torg_field_validate     (const TorgField  *field,
                                          const TorgValue  *value,
                                          GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TorgRecord, torg_record_unref)

G_END_DECLS
