/* counters_papi.c: counters by PAPI, with and without inheritance by threads made later.
 *
 * PAPI_library_init() belongs to a process: it is called here, after any fork, and the library is shut down
 * on close. PAPI does not report enabled and running times, so events that need multiplexing are refused here
 * and left to the kernel's own interface.
 */
#include "harness/machine/counters/counters.h"

#include <papi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct papi_state {
    int set;
    uint32_t count;
    int position[COUNTERS_MOST]; /* in the event set; -1: not in it */
    int opened;
    bool user_only;
};

static void explain_all(struct counter *counters, uint32_t count, enum counter_status status,
                        const char *reason)
{
    for (uint32_t i = 0; i < count; i++) {
        counters[i].status = status;
        snprintf(counters[i].reason, sizeof counters[i].reason, "%.63s", reason);
    }
}

static void explain(struct counter *counter, int papi_error)
{
    counter->status = COUNTER_UNSUPPORTED;
    if (papi_error == PAPI_EPERM) {
        counter->status = COUNTER_DENIED;
        snprintf(counter->reason, sizeof counter->reason,
                 "refused: kernel.perf_event_paranoid, or the container");
    } else if (papi_error == PAPI_ECNFLCT) {
        snprintf(counter->reason, sizeof counter->reason,
                 "does not fit with the others: too few hardware counters");
    } else if (papi_error == PAPI_ENOEVNT) {
        snprintf(counter->reason, sizeof counter->reason, "%s",
                 counter->kind == COUNTER_HARDWARE ? "no such hardware counter here (virtual machine?)"
                                                   : "PAPI does not know it here");
    } else {
        snprintf(counter->reason, sizeof counter->reason, "PAPI: %s", PAPI_strerror(papi_error));
    }
}

/* Starts the library without the components that cost time and count nothing for a process. Returns the index
 * of the perf_event component, or -1 with all counters explained. */
static int start_library(struct counter *counters, uint32_t count)
{
    static const char *const unwanted[] = {"perf_event_uncore", "sysdetect", "rocm_smi", "sde"};
    const PAPI_component_info_t *info;
    int version, component;

    if (!PAPI_is_initialized())
        for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
            PAPI_disable_component_by_name(unwanted[i]);
    version = PAPI_library_init(PAPI_VER_CURRENT);
    if (version != PAPI_VER_CURRENT) {
        explain_all(counters, count, COUNTER_UNSUPPORTED, "PAPI cannot start: another version is installed?");
        return -1;
    }
    PAPI_set_debug(PAPI_QUIET);
    component = PAPI_get_component_index("perf_event");
    info = component >= 0 ? PAPI_get_component_info(component) : NULL;
    if (info && !info->disabled)
        return component;
    explain_all(counters, count, info && info->disabled == PAPI_EPERM ? COUNTER_DENIED : COUNTER_UNSUPPORTED,
                info ? info->disabled_reason : "PAPI was built without perf_event");
    return -1;
}

static int set_inherit(int set)
{
    PAPI_option_t option;

    memset(&option, 0, sizeof option);
    option.inherit.eventset = set;
    option.inherit.inherit = PAPI_INHERIT_ALL;
    return PAPI_set_opt(PAPI_INHERIT, &option);
}

static int add_event(struct papi_state *state, const struct counter_event *event)
{
    int error = PAPI_ENOEVNT;

    for (size_t i = 0; i < sizeof event->papi / sizeof event->papi[0] && event->papi[i]; i++) {
        int result = PAPI_add_named_event(state->set, event->papi[i]);
        if (result == PAPI_OK)
            return PAPI_OK;
        if (error == PAPI_ENOEVNT)
            error = result;
    }
    return error;
}

static void papi_close(void *opaque)
{
    struct papi_state *state = opaque;
    long long values[COUNTERS_MOST];

    if (state->set != PAPI_NULL) {
        PAPI_stop(state->set, values); /* fails when it does not run, which is well */
        PAPI_cleanup_eventset(state->set);
        PAPI_destroy_eventset(&state->set);
    }
    PAPI_shutdown();
    free(state);
}

static void add_events(struct papi_state *state, const struct counter_event *events, struct counter *counters)
{
    for (uint32_t i = 0; i < state->count; i++) {
        int result = state->user_only && counter_event_needs_kernel(&events[i])
                         ? PAPI_EPERM
                         : add_event(state, &events[i]);
        state->position[i] = result == PAPI_OK ? state->opened++ : -1;
        if (result != PAPI_OK)
            explain(&counters[i], result);
    }
}

static uint32_t papi_open(void **opaque, const struct counter_event *events, struct counter *counters,
                          uint32_t count, bool inherit)
{
    int component = start_library(counters, count), result;
    struct papi_state *state = component >= 0 ? calloc(1, sizeof *state) : NULL;

    *opaque = NULL;
    if (!state) {
        if (component >= 0)
            explain_all(counters, count, COUNTER_UNSUPPORTED, "no memory");
        PAPI_shutdown();
        return 0;
    }
    state->set = PAPI_NULL;
    state->count = count;
    /* PAPI's default counts user mode only, and thus no context switch at all. Where the kernel forbids more,
     * PAPI takes the wider domain without a word and still counts user mode: ask the kernel. */
    state->user_only = !counters_kernel_mode() || PAPI_set_cmp_domain(PAPI_DOM_ALL, component) != PAPI_OK;
    result = PAPI_create_eventset(&state->set);
    if (result == PAPI_OK)
        result = PAPI_assign_eventset_component(state->set, component);
    if (result == PAPI_OK && inherit)
        result = set_inherit(state->set);
    if (result != PAPI_OK)
        explain_all(counters, count, COUNTER_UNSUPPORTED,
                    inherit ? "PAPI cannot count all threads on this machine" : PAPI_strerror(result));
    else
        add_events(state, events, counters);
    if (state->opened == 0) {
        papi_close(state);
        return 0;
    }
    *opaque = state;
    return (uint32_t)state->opened;
}

static uint32_t open_inherit(void **state, const struct counter_event *events, struct counter *counters,
                             uint32_t count)
{
    return papi_open(state, events, counters, count, true);
}

static uint32_t open_thread(void **state, const struct counter_event *events, struct counter *counters,
                            uint32_t count)
{
    return papi_open(state, events, counters, count, false);
}

static int papi_start(void *opaque)
{
    struct papi_state *state = opaque;
    return PAPI_start(state->set) == PAPI_OK ? 0 : -1;
}

static int papi_read(void *opaque, struct counter *counters, uint32_t count)
{
    struct papi_state *state = opaque;
    long long values[COUNTERS_MOST];

    if (PAPI_read(state->set, values) != PAPI_OK)
        return -1;
    for (uint32_t i = 0; i < count && i < state->count; i++) {
        if (state->position[i] < 0)
            continue;
        counters[i].value = values[state->position[i]];
        counters[i].status = COUNTER_OK;
        counters[i].reason[0] = '\0';
        if (state->user_only && strcmp(counters[i].name, "task-clock") != 0) {
            counters[i].status = COUNTER_PARTIAL;
            snprintf(counters[i].reason, sizeof counters[i].reason,
                     "user mode only: kernel.perf_event_paranoid above 1");
        }
    }
    return 0;
}

const struct counter_backend counter_papi = {
    .name = "papi",
    .all_threads = true,
    .open = open_inherit,
    .start = papi_start,
    .read = papi_read,
    .close = papi_close,
};

const struct counter_backend counter_papi_thread = {
    .name = "papi-thread",
    .all_threads = false,
    .open = open_thread,
    .start = papi_start,
    .read = papi_read,
    .close = papi_close,
};
