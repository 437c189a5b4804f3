/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "torg-server-store.h"
#include "torg-store.h"
#include "torg-transport.h"
#include "torg-wire.h"

G_BEGIN_DECLS

#define SIM_CLIENTS 3

/* What may go wrong. */
typedef enum {
  SIM_FAULT_DROP      = 1 << 0, /* a question is lost */
  SIM_FAULT_LOST      = 1 << 1, /* an answer is lost, after the commit */
  SIM_FAULT_DUPLICATE = 1 << 2, /* a question comes twice */
  SIM_FAULT_LATE      = 1 << 3, /* a question comes once more, much later */
  SIM_FAULT_CUT       = 1 << 4, /* an answer breaks off in mid-line */
  SIM_FAULT_CRASH     = 1 << 5, /* a client or the server stops and starts */
  SIM_FAULT_SKEW      = 1 << 6, /* clocks are years off */
  SIM_FAULT_RIGHTS    = 1 << 7, /* roles change, records go in and out of view */
  SIM_FAULT_RESTORE   = 1 << 8, /* the server is restored from a backup */
  SIM_FAULT_COPY      = 1 << 9, /* a replica is restored from a backup */
  SIM_FAULT_ALL       = (1 << 10) - 1,
} SimFaults;

typedef struct _SimWorld SimWorld;

typedef struct {
  SimWorld      *world;
  guint          number;
  TorgEnv       *env;       /* (owned) */
  char          *path;      /* (owned) */
  char          *backup;    /* (owned) */
  TorgStore     *store;     /* (owned) */
  TorgTransport *transport; /* (owned) */
  char          *user;      /* (owned) */
  char          *token;     /* (owned) */
  gboolean       restored;  /* from a backup: what was edited since is gone with the disk */
} SimClient;

typedef struct {
  guint             client;
  TorgWireMutation *mutation; /* (owned) */
} SimEdit;

struct _SimWorld {
  guint64          seed;
  SimFaults        faults;
  GRand           *rand;
  char            *dir; /* (owned) */
  TorgEnv         *env; /* (owned): the server's */
  char            *server_path;   /* (owned) */
  char            *server_backup; /* (owned) */
  gboolean         has_backup;
  gboolean         server_restored;
  TorgServerStore *server; /* (owned) */
  SimClient        clients[SIM_CLIENTS];
  GPtrArray       *late;  /* (owned) (element-type SimLate): questions that come once more */
  GHashTable      *edits; /* (owned): mutation id → SimEdit: what was shown as saved */
  GChecksum       *trace; /* (owned) */
  gboolean         print;
  gboolean         healed;
  guint            step;
  char            *problem; /* (owned) (nullable): what did not hold on the way */
};

/* sim-world.c */
SimWorld *sim_world_new      (guint64     seed,
                              SimFaults   faults,
                              gboolean    print);
void      sim_world_free     (SimWorld   *self);
void      sim_open_server    (SimWorld   *self);
void      sim_open_client    (SimClient  *client);
void      sim_copy_file      (const char *from,
                              const char *to);
void      sim_note           (SimWorld   *self,
                              const char *format,
                              ...) G_GNUC_PRINTF (2, 3);
gboolean  sim_happens        (SimWorld   *self,
                              SimFaults   fault,
                              guint       per_mille);
int       sim_pick           (SimWorld   *self,
                              int         end);

/* sim-transport.c */
TorgTransport *sim_transport_new (SimClient *client);
void           sim_deliver_late  (SimWorld  *self);

/* sim-work.c */
void sim_work (SimWorld *self);

/* sim-check.c: %NULL, or what does not hold. */
char *sim_check (SimWorld *self);

G_END_DECLS
