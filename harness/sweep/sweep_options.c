#include "harness/sweep/sweep_options.h"

#include "harness/antagonist/antagonist_setting.h"

const char *const sweep_cache_names[] = {"warm", "cold", NULL};

int sweep_options_read_plan(struct sweep_options *options, struct fault *fault)
{
    struct plan_request *request = &options->request;

    *request = (struct plan_request){.items = options->items,
                                     .blocks = (uint32_t)options->blocks,
                                     .budget_ns = (double)options->budget_ns,
                                     .stop = options->precision > 0 ? PLAN_STOP_PRECISION
                                             : options->blocks      ? PLAN_STOP_BLOCKS
                                                                    : PLAN_STOP_BUDGET};
    if (options->antagonists) {
        struct antagonist_setting settings[ANTAGONIST_SETTINGS_MOST];
        if (antagonist_settings_parse(options->antagonists, 0, settings, fault) < 0)
            return -1; /* the sizes follow from this machine: subjects.c */
    }
    /* Without a list they follow from the cores: subjects.c */
    if (!options->workers && (options->replay || (options->emulate && options->emulate <= 16)))
        options->workers = PLAN_WORKERS_WITHOUT_CORES;
    return (options->workers && plan_request_parse_workers(request, options->workers, fault)) ||
                   plan_request_parse_chunks(request, options->chunks, fault) ||
                   plan_request_parse_policies(request, options->policies, fault) ||
                   (options->nodes && plan_request_spread(request, options->nodes, fault))
               ? -1
               : 0;
}
