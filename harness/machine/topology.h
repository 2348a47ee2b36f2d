/* topology.h: cores, caches and memory nodes of a machine, and which of them this process may use.
 *
 * Of this machine, or from a description of another (a synthetic string such as
 * "package:2 l3:1 core:8 pu:2", or an XML file of hwloc or `lstopo`): then is_this_system is false, and
 * nothing can be pinned.
 *
 * Caller's sequence: topology_load(), perhaps topology_restrict(), read the fields, topology_release(). The array of
 * CPUs is plain data: pin_plan.h works on it alone.
 */
#ifndef KNEE_TOPOLOGY_H
#define KNEE_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

/* One logical CPU that is online. Numbers without a note are hwloc's logical indexes: neighbours are close.
 */
struct topology_cpu {
    int32_t os_index; /* the kernel's number */
    uint32_t core, package;
    uint32_t smt;  /* 0 is the first logical CPU of its core */
    uint32_t numa; /* 0 when the machine has no NUMA nodes */
    uint32_t l3;   /* group of cores that share the last-level cache; its package where there is none */
    int32_t kind;  /* kind of core, 0 the slowest; -1 when all are alike */
    bool allowed;  /* by affinity mask and cpuset */
};

struct topology {
    bool is_this_system;
    char source[96];           /* "this machine", or the file or string it was made from */
    struct topology_cpu *cpus; /* owned; in hwloc's order */
    uint32_t cpu_count;

    /* whole machine, online */
    uint32_t cores, packages, numa_nodes, smt; /* smt: logical CPUs of the widest core */
    uint32_t l3_groups;                        /* 0: no L3 known */
    uint64_t l3_bytes;                         /* of one group; 0 unknown */
    uint32_t kinds;                            /* kinds of core; 1 when all alike */
    uint32_t offline_cpus;                     /* present but offline */
    uint64_t memory_bytes;                     /* 0 unknown */

    /* what this process may use */
    uint32_t allowed_cpus;  /* logical CPUs */
    uint32_t allowed_cores; /* physical cores with at least one of them */
    double
        quota_cpus; /* CPU time per time allowed by cgroups; 0: no limit. Never set for a machine not here */
    uint32_t usable_cores; /* allowed_cores, cut to the quota (rounded down, at least 1) */

    void *handle; /* hwloc_topology_t; NULL for a structure built by hand */
};

/* source: NULL for this machine; otherwise XML itself (it begins with '<'), an XML file (a name that exists) or a
 * synthetic string. Returns 0,
 * or -1 with fault. */
int topology_load(struct topology *topology, const char *source, struct fault *fault);

/* Keeps only the CPUs of list ("0-2,5", the kernel's numbers) allowed, as a cpuset would. At least one must
 * remain. Returns 0, or -1 with fault. */
int topology_restrict(struct topology *topology, const char *list, struct fault *fault);

/* Counts allowed and usable again from the array of CPUs and quota_cpus; cores, packages, NUMA nodes, SMT
 * width and kinds too when handle is NULL. */
void topology_count(struct topology *topology);

/* The machine as XML text that topology_load() reads back; NULL with fault. Caller frees. */
char *topology_xml(const struct topology *topology, struct fault *fault);

/* The name of a kind of core: the name given by the processor ("IntelAtom"), else "kind 0". */
void topology_kind_text(const struct topology *topology, int32_t kind, char *text, size_t bytes);

void topology_release(struct topology *topology);

/* Reads a list of CPUs "0-2,5" into an array (caller frees) in the order given, at most `most` of them.
 * Returns the count, or -1 with fault. */
int topology_parse_list(const char *list, uint32_t most, int32_t **cpus, struct fault *fault);

#endif
