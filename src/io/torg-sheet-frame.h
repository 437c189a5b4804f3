/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What torg-sheet-reader writes to its standard output: frames of a tag, a number, a length and so many bytes. Both ends
 * are of one build and one machine, so numbers are as the machine has them.
 */

/**
 * TorgSheetTag:
 * @TORG_SHEET_NAME: a sheet: its index and its name
 * @TORG_SHEET_ROW: a row begins: its number from 1
 * @TORG_SHEET_CELL: the row's next cell: its #TorgCellKind and its text
 * @TORG_SHEET_ERROR: reading failed: a #TorgSheetFailure
 * @TORG_SHEET_END: all was written
 *
 * Kinds of frames.
 */
typedef enum {
  TORG_SHEET_NAME = 'S',
  TORG_SHEET_ROW = 'R',
  TORG_SHEET_CELL = 'C',
  TORG_SHEET_ERROR = 'E',
  TORG_SHEET_END = 'Z',
} TorgSheetTag;

/**
 * TorgSheetFailure:
 * @TORG_SHEET_BROKEN: not what it should be
 * @TORG_SHEET_ENCRYPTED: it needs a password
 * @TORG_SHEET_BINARY: XLSB
 * @TORG_SHEET_OTHER: a container of something else
 * @TORG_SHEET_TOO_LARGE: beyond the limits
 * @TORG_SHEET_NO_SUCH_SHEET: the index is beyond the last sheet
 * @TORG_SHEET_UNKNOWN: an XLS of a kind that cannot be read, be it sound or not
 *
 * Why a spreadsheet was not read.
 */
typedef enum {
  TORG_SHEET_BROKEN,
  TORG_SHEET_ENCRYPTED,
  TORG_SHEET_BINARY,
  TORG_SHEET_OTHER,
  TORG_SHEET_TOO_LARGE,
  TORG_SHEET_NO_SUCH_SHEET,
  TORG_SHEET_UNKNOWN,
} TorgSheetFailure;

typedef struct {
  guint32 tag;
  guint32 number;
  guint32 length;
} TorgSheetFrame;

/* No cell of a spreadsheet is longer than 32,767 characters. */
#define TORG_SHEET_MAX_FRAME (1024 * 1024)

G_END_DECLS
