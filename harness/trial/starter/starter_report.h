/* starter_report.h: what the starter (starter.c) reports about the command that it ran. */
#ifndef KNEE_STARTER_REPORT_H
#define KNEE_STARTER_REPORT_H

#include <stdint.h>

/* Instants by CLOCK_MONOTONIC. All 0: no process could be started, error says why. */
struct starter_report {
    uint64_t begin_ns, end_ns;   /* before fork; after the command ended */
    uint64_t user_ns, system_ns; /* of the command and the processes it waited for */
    uint64_t maxrss_bytes;       /* of the largest of these */
    int32_t pid, wait_status;    /* as wait4() gives it */
    int32_t error;               /* errno of fork; 0 none */
};

#endif
