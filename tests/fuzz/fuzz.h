/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* Aborts where an invariant does not hold. g_error() would trap, which libFuzzer does not catch. */
#define FUZZ_CHECK(condition) fuzz_check (condition, G_STRLOC, #condition)

static inline void
fuzz_check (gboolean    condition,
            const char *where,
            const char *what)
{
  if (condition)
    return;
  g_printerr ("%s: %s does not hold\n", where, what);
  abort ();
}
