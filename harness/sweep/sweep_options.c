#include "harness/sweep/sweep_options.h"

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
    return plan_request_parse_workers(request, options->workers, fault) ||
                   plan_request_parse_chunks(request, options->chunks, fault) ||
                   plan_request_parse_policies(request, options->policies, fault)
               ? -1
               : 0;
}
