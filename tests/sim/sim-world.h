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
  SIM_FAULT_WRITE     = 1 << 10, /* a client or the server dies in the midst of a write */
  SIM_FAULT_FULL      = 1 << 11, /* the disk is full, from some write on */
  SIM_FAULT_TOKEN     = 1 << 12, /* what a client signed in with expires, and is renewed */
  SIM_FAULT_OLD       = 1 << 13, /* a client is too old for its server, until it is updated */
  SIM_FAULT_STEP      = 1 << 14, /* any step is undone, and what waits is discarded */
  SIM_FAULT_IMPORT    = 1 << 15, /* imports, which are undone as a whole */
  SIM_FAULT_ALONE     = 1 << 16, /* a client begins alone, and is connected with its content */
  SIM_FAULT_TAG       = 1 << 17, /* companies get tags and lose them, at the same time */
  SIM_FAULT_EXPIRE    = 1 << 18, /* the server forgets changes that some clients were not told of */
  SIM_FAULT_ROT       = 1 << 19, /* in the end replicas lose records, which nothing but a digest notices */
  SIM_FAULT_REACH     = 1 << 20, /* roles of every reach, departments, delegations and shares come and go */
  SIM_FAULT_DECIDE    = 1 << 21, /* differences are settled, and what was rejected is done once more */
  SIM_FAULT_KINDS     = 1 << 22, /* leads, lines of deals, products, requisites and roles in companies come and go */
  SIM_FAULT_DELAY     = 1 << 23, /* a question comes much later, for the first time; who asked knows nothing of it */
  SIM_FAULT_REORDER   = 1 << 24, /* questions that are late overtake each other, and come amid others */
  SIM_FAULT_REVOKE    = 1 << 25, /* a device is shut out, and its person signs in again */
  SIM_FAULT_PAGES     = 1 << 26, /* in some worlds an answer holds few records, in some of these few changes too */
  SIM_FAULT_RULES     = 1 << 27, /* the rules of stages change, approvals are asked for and given */
  SIM_FAULT_MERGE     = 1 << 28, /* companies and people are merged */
  SIM_FAULT_CONVERT   = 1 << 29, /* leads are converted, some by several people at once */
  SIM_FAULT_ALL       = (1 << 30) - 1,
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
  char          *refresh;   /* (owned) (nullable) where the token is for good */
  gboolean       is_old;
  gboolean       was_told;  /* what is new, since it last began to sync */
  GHashTable    *content;   /* (owned) id → type: what it was connected with, lines of history too */
} SimClient;

typedef struct {
  guint             client;
  TorgWireMutation *mutation; /* (owned) */
} SimEdit;

struct _SimWorld {
  guint64          seed;
  SimFaults        faults;
  GRand           *rand;
  GRand           *beside; /* for what came later, so that a kept seed goes on as it did without that */
  GRand           *way;    /* for what came later still: what becomes of questions on their way */
  char            *dir; /* (owned) */
  TorgEnv         *env; /* (owned): the server's */
  char            *server_path;   /* (owned) */
  char            *server_backup; /* (owned) */
  gboolean         has_backup;
  gboolean         server_restored;
  TorgServerStore *server; /* (owned) */
  SimClient        clients[SIM_CLIENTS];
  GPtrArray       *late;  /* (owned) (element-type Late): questions that are still on their way */
  GHashTable      *shut_out; /* (owned): ids of replicas whose devices were shut out, as far as the server knows */
  GHashTable      *edits; /* (owned): mutation id → SimEdit: what was shown as saved */
  GHashTable      *writers; /* (owned): record/field → the mutation that wrote it, or none where several did */
  GHashTable      *marks; /* (owned): by which titles and values are known again in files */
  gint64           read_to; /* the last number that a reader has seen who asks after each step */
  gint64           n_read;  /* how much there was of it then, see sim-reads.c */
  GChecksum       *trace; /* (owned) */
  gboolean         print;
  gboolean         healed;
  gboolean         rotten; /* replicas lost records */
  guint            step;
  char            *problem; /* (owned) (nullable): what did not hold on the way */
};

#define SIM_DISK "torg-sim"

/* sim-world.c */
SimWorld *sim_world_new      (guint64     seed,
                              SimFaults   faults,
                              gboolean    print);
void      sim_world_free     (SimWorld   *self);
void      sim_open_server    (SimWorld   *self);
void      sim_limit_answers  (SimWorld   *self);
void      sim_open_client    (SimClient  *client);
void      sim_close_client   (SimClient  *client);
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
gboolean  sim_happens_beside (SimWorld   *self,
                              SimFaults   fault,
                              guint       per_mille);
int       sim_pick_beside    (SimWorld   *self,
                              int         end);
gboolean  sim_happens_on_way (SimWorld   *self,
                              SimFaults   fault,
                              guint       per_mille);
int       sim_pick_on_way    (SimWorld   *self,
                              int         end);

/* sim-disk.c */
void     sim_disk_register   (void);
void     sim_disk_fail_after (const char *database,
                              guint       n_writes,
                              SimFaults   fault);
gboolean sim_disk_has_failed (const char *database,
                              SimFaults   fault);
void     sim_disk_mend       (void);

/* sim-transport.c */
TorgTransport *sim_transport_new (SimClient *client);
void           sim_deliver_late  (SimWorld  *self);
void           sim_deliver_rest  (SimWorld  *self,
                                  guint      n_left);

/* sim-alone.c */
void  sim_begin_alone   (SimClient *client);
void  sim_connect       (SimClient *client);
void  sim_note_lines    (SimClient *client,
                        gboolean   settled);
void  sim_forget_undone (SimClient *client);
char *sim_check_content (SimClient *client);

/* sim-session.c */
void     sim_sign_in      (SimClient *client);
GBytes  *sim_session_ask  (SimClient *client);
gboolean sim_session_take (SimClient *client,
                           GBytes    *answer);
void     sim_shut_out     (SimClient *client);

/* sim-sight.c: %NULL, or what the client must not have. */
char *sim_check_sight (SimClient *client);

/* sim-bytes.c: %NULL, or what the client must not have. */
void  sim_begin_marks (SimWorld   *self);
char *sim_make_mark   (SimClient  *client,
                       const char *type,
                       const char *record,
                       const char *field);
void  sim_forget_marks (SimWorld *self,
                        const char *record);
char *sim_check_bytes (SimClient  *client);

/* sim-reads.c: the problem of the world, where there is one */
void sim_check_writes (SimClient *client,
                       TorgEdit  *edit);
void sim_check_groups (SimClient *client);
void sim_read_server  (SimWorld  *self);

/* sim-rights.c */
void sim_change_rights (SimClient *client);
void sim_pass_days     (SimWorld  *self);

/* sim-decide.c */
void sim_decide (SimClient *client);

/* sim-kinds.c */
void sim_work_beside (SimClient *client);

/* sim-merge.c */
void sim_merge (SimClient *client);
void sim_convert (SimClient *client);

/* sim-stages.c */
void sim_change_rules (SimClient *client);

/* sim-work.c */
void  sim_work               (SimWorld   *self);
void  sim_apply              (SimClient  *client,
                              TorgEdit   *edit,
                              const char *what);
char *sim_pick_record_beside (SimClient  *client,
                              const char *type);

/* sim-kept.c: %NULL, or what was lost. */
char *sim_check_kept (SimWorld *self);

/* sim-check.c: %NULL, or what does not hold. */
char *sim_check (SimWorld *self);

G_END_DECLS
