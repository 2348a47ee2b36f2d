/* item_table.h: one block of shared memory that holds the queue, the crash log and the measurements of a run.
 *
 * It holds a header (counts and the run's own instants), one worker record per worker slot, one item record
 * per item, and behind each record a payload that the workload (items) or the hooks (workers) define. Behind all of
 * them is room for the reason of each item that failed, which takes memory only where one is written. A
 * record is written only by the worker that holds the item, so there are no locks, and nothing is lost when a
 * worker dies. All instants are clock_now_ns(); 0 means "did not happen".
 *
 * Caller's sequence: item_table_create() (or item_table_open() on a descriptor made by another process),
 * item_table_item() / item_table_worker(), item_table_close().
 */
#ifndef KNEE_ITEM_TABLE_H
#define KNEE_ITEM_TABLE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define ITEM_STAGES       8
#define ITEM_REASON_BYTES sizeof(((struct fault *)0)->text)

enum item_state {
    ITEM_PENDING = 0, /* no worker has started it */
    ITEM_RUNNING = 1, /* a worker holds it; left so when that worker died */
    ITEM_DONE = 2,
    ITEM_FAILED = 3 /* the workload refused it, or it killed its workers */
};

struct item_record {
    _Atomic uint32_t state;          /* enum item_state */
    uint32_t worker;                 /* slot of the worker that holds or held it */
    uint16_t attempt;                /* 1 at the first try */
    uint8_t stage;                   /* workload's stage now running, or where it failed; 0 is "none" */
    uint8_t kind;                    /* workload's kind of item (JPEG, PNG, ...); 0 unknown */
    uint32_t error;                  /* workload's error code; 0 none */
    uint32_t engine;                 /* workload's code for the method used; 0 unknown */
    uint32_t coding;                 /* 1: its kind is coded in several passes (progressive JPEG); else 0 */
    uint64_t claim_ns;               /* its worker began to claim it, or moved to it within its chunk */
    uint64_t start_ns;               /* work on it began */
    uint64_t end_ns;                 /* work on it ended, outputs stored */
    uint64_t cpu_ns;                 /* CPU time of the whole worker process over the item, all threads */
    uint64_t locked_ns, unlocked_ns; /* it held the lock of all workers; 0 never */
    uint64_t stage_ns[ITEM_STAGES];  /* time in each of the workload's stages; index 0 is unused */
    uint64_t bytes_in;               /* size of the input; 0 unknown */
    uint64_t bytes_out;              /* size of all outputs */
    uint32_t width, height;          /* decoded size before orientation, pixels; 0 unknown */
    uint64_t samples_decoded;        /* of all colours, after the decoder's own reduction; 0 unknown */
    uint64_t pixels_written;         /* of all outputs; 0 unknown */
    uint64_t pixels_converted;       /* through a colour profile; 0 none */
};

enum worker_state {
    WORKER_ABSENT = 0,
    WORKER_FORKED,  /* parent has forked it */
    WORKER_INIT,    /* runs the workload's initializer */
    WORKER_READY,   /* waits for GO */
    WORKER_RUNNING, /* claims and works */
    WORKER_TAIL,    /* found no more work */
    WORKER_EXITED,  /* left in good order; reaped */
    WORKER_DEAD     /* died or left with an error; reaped */
};

struct worker_record {
    _Alignas(64) _Atomic uint32_t state; /* enum worker_state */
    int32_t pid;                         /* of the latest process in this slot; 0 none */
    uint32_t processes;                  /* how many processes this slot has had; above 1 when some died */
    int32_t wait_status;                 /* of the latest process, as wait4 gives it; -1 not reaped */
    uint64_t fork_ns;                    /* parent: just before fork */
    uint64_t begin_ns;                   /* child: first instant */
    uint64_t init_begin_ns, init_end_ns; /* workload's initializer */
    uint64_t go_ns;                      /* child: released by the gate */
    uint64_t loop_end_ns;                /* child: found no more work */
    uint64_t exit_ns;                    /* parent: reaped */
    uint64_t dispatch_ns;                /* sum of time spent claiming */
    uint64_t claims;                     /* claims that brought items */
    uint64_t items;                      /* items done or failed */
    uint64_t user_ns, system_ns;         /* wait4, all processes of the slot */
    uint64_t maxrss_bytes;               /* wait4, largest of them */
    uint64_t minor_faults, major_faults, voluntary_switches, involuntary_switches; /* wait4, summed */
    _Atomic uint64_t claim_next, claim_end; /* order positions claimed and not yet begun: [next, end) */
};

struct item_table_header {
    char magic[8]; /* "kneetab3" */
    uint64_t bytes;
    uint64_t items;
    uint32_t workers;
    uint32_t item_payload_bytes, worker_payload_bytes; /* rounded up to 8 and to 64 */
    uint32_t item_stride, worker_stride;
    uint64_t workers_offset, items_offset, reasons_offset;
    uint64_t start_ns;     /* start of the serial prefix: the batch is about to be listed */
    uint64_t pool_ns;      /* just before the first fork (serial run: before its initializer) */
    uint64_t go_ns;        /* gate opened (serial run: initializer done) */
    uint64_t last_end_ns;  /* last output stored */
    uint64_t pool_end_ns;  /* last worker reaped */
    uint64_t end_ns;       /* serial suffix done: manifest written */
    uint32_t serial;       /* 1: run without a pool */
    int32_t exit_code;     /* of the run; -1 while running */
    char message[512];     /* why the run failed; empty when it did not */
    _Atomic uint64_t next; /* first order position that is not claimed */
    char result[128]; /* workload's own, NUL-terminated; the image pipeline: SHA-256 of the manifest's lines,
                         hex */
};

/* The shape is this process's own copy, checked once: a worker compromised by a hostile file may write
 * anything into the mapping, and must not make its parent access other memory. For the same reason a
 * reader takes numbers and texts out of records as claims: texts need not end, states and indices need not
 * exist. */
struct item_table {
    struct item_table_header *header; /* the mapping; NULL when closed */
    int fd;                           /* owned; -1 for none */
    uint64_t bytes, items, workers_offset, items_offset, reasons_offset;
    uint32_t workers, item_stride, worker_stride;
};

/* Makes a table of the given shape, zeroed. fd -1: a new memfd (closed on exec); otherwise an empty file or
 * memfd, which is sized and taken over. Returns 0, or -1 with fault. */
int item_table_create(struct item_table *table, int fd, uint64_t items, uint32_t item_payload_bytes,
                      uint32_t workers, uint32_t worker_payload_bytes, struct fault *fault);

/* Maps the table behind fd, which another process has made; every size and offset is checked against the
 * file. fd is taken over. Returns 0, or -1 with fault. */
int item_table_open(struct item_table *table, int fd, struct fault *fault);

void item_table_close(struct item_table *table);

/* index and slot have to be below table->items and table->workers. */
struct item_record *item_table_item(const struct item_table *table, uint64_t index);
void *item_table_item_payload(const struct item_table *table, uint64_t index);
/* Why the item failed. The pool sets it before on_item_final; other processes read it with item_table_reason(), which
 * copies it, terminated, with '?' for control characters. Returns text. */
void item_table_set_reason(const struct item_table *table, uint64_t index, const char *reason);
const char *item_table_reason(const struct item_table *table, uint64_t index, char text[ITEM_REASON_BYTES]);
struct worker_record *item_table_worker(const struct item_table *table, uint32_t slot);
void *item_table_worker_payload(const struct item_table *table, uint32_t slot);

/* When the last item ended, over all items; 0 when none has. */
uint64_t item_table_last_end_ns(const struct item_table *table);

#endif
