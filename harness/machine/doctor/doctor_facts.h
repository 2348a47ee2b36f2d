/* doctor_facts.h: the facts of `knee doctor`, one in each line: name, value, and the remedy where it is not good. */
#ifndef KNEE_DOCTOR_FACTS_H
#define KNEE_DOCTOR_FACTS_H

#include <stddef.h>

#include "harness/machine/libraries.h"
#include "harness/machine/topology.h"

enum { DOCTOR_FACTS_MOST = 56 };

enum fact_state {
    FACT_GOOD,
    FACT_WEAK,   /* present, but measurements could be better */
    FACT_MISSING /* missing, or not known */
};

struct doctor_fact {
    const char *what;
    char value[LIBRARIES_BYTES]; /* the longest are names and versions of libraries */
    char remedy[240];            /* empty: none is needed */
    enum fact_state state;
};

struct doctor_facts {
    struct doctor_fact fact[DOCTOR_FACTS_MOST];
    size_t count;
};

/* "good", "weak", "missing". */
const char *fact_state_name(enum fact_state state);

/* Begins a fact; what must stay. Its remedy is added by fact_remedy(). At most DOCTOR_FACTS_MOST. */
struct doctor_fact *fact_add(struct doctor_facts *facts, const char *what, enum fact_state state,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));
void fact_remedy(struct doctor_fact *fact, const char *remedy);

/* Cores, SMT, NUMA, caches, kinds of core, memory, of this machine or of another. */
void doctor_add_topology(struct doctor_facts *facts, const struct topology *topology);
/* Facts of this machine only: processor, limits, clock, load, counters, kernel's counts, sandbox,
 * libraries. */
void doctor_add_this_machine(struct doctor_facts *facts);
/* Events that can be counted here, and what each shipped counter group gives; part of the above. */
void doctor_add_counters(struct doctor_facts *facts);
/* The formats that the pipeline reads and writes. Starts libvips. */
void doctor_add_formats(struct doctor_facts *facts);
/* The topology could not be read: reason gives cause and remedy. */
void doctor_add_no_topology(struct doctor_facts *facts, const char *reason);

#endif
