#include "harness/sweep/sweep_noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_SHOWN = 4 };

int sweep_noise_open(struct sweep_noise *noise, const struct plan *plan)
{
    noise->cells = calloc(plan->cell_count, sizeof *noise->cells);
    if (!noise->cells)
        return -1;
    noise->cell_count = plan->cell_count;
    for (uint32_t c = 0; c < plan->cell_count; c++) {
        bool first = plan->cells[c].role == PLAN_SCALING;
        for (uint32_t before = 0; before < c && first; before++)
            first = !noise->cells[before].on_curve || plan->cells[before].workers != plan->cells[c].workers;
        noise->cells[c] =
            (struct noise_cell){.workers = plan->cells[c].workers, .on_curve = first, .is_open = true};
    }
    return 0;
}

void sweep_noise_take(struct sweep_noise *noise, const struct study_trial *trial)
{
    struct noise_cell *cell = &noise->cells[trial->cell - 1];

    cell->ok += strcmp(trial->status, "ok") == 0;
    cell->disturbed += strcmp(trial->status, "void") == 0 && trial->disturbed == 1;
}

void sweep_noise_close(struct sweep_noise *noise, uint32_t cell)
{
    noise->cells[cell].is_open = false;
}

static enum noise_policy in_force(const struct sweep_noise *noise)
{
    return noise_policy_in_force(noise->asked, noise->cells, noise->cell_count);
}

bool sweep_noise_counts(const struct sweep_noise *noise)
{
    return noise_policy_counts(in_force(noise));
}

void sweep_noise_look(struct sweep_noise *noise)
{
    busy_look(&noise->busy);
}

void sweep_noise_say(struct sweep_noise *noise, const char *reason)
{
    enum noise_policy now = in_force(noise);
    bool counts = noise_policy_counts(now);
    char names[256];

    if (!noise->note || noise->said == now)
        return;
    if (noise->said == NOISE_AUTO) {
        busy_text(&noise->busy, NAMES_SHOWN, names, sizeof names);
        noise->note("noisy machine: %s", reason);
        noise->note("most CPU time meanwhile: %s",
                    names[0] ? names : "no process that is still there: short ones, or the host");
    }
    if (counts && noise->asked == NOISE_VOID)
        noise->note(
            "noisy machine: one worker has no other trials, so that disturbed ones count by weight, with "
            "wider intervals, and are not repeated");
    else if (counts)
        noise->note("noisy machine: disturbed trials count %s, and are not repeated (--noise-policy %s)",
                    now == NOISE_KEEP ? "in full" : "by weight, with wider intervals",
                    noise_policy_names[noise->asked]);
    else
        noise->note("disturbed trials are repeated%s",
                    noise->asked == NOISE_AUTO ? "; where most are, they count by weight" : "");
    noise->said = now;
}

void sweep_noise_release(struct sweep_noise *noise)
{
    busy_release(&noise->busy);
    free(noise->cells);
    noise->cells = NULL;
}
