#include "harness/sweep/sweep_noise.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_SHOWN = 4 };

void sweep_noise_take(struct sweep_noise *noise, const struct study_trial *trial)
{
    noise->ok += strcmp(trial->status, "ok") == 0;
    noise->disturbed += strcmp(trial->status, "void") == 0 && trial->disturbed == 1;
}

bool sweep_noise_counts(const struct sweep_noise *noise)
{
    return noise_policy_counts(noise_policy_in_force(noise->asked, noise->ok, noise->disturbed));
}

void sweep_noise_look(struct sweep_noise *noise)
{
    busy_look(&noise->busy);
}

void sweep_noise_say(struct sweep_noise *noise, const char *reason)
{
    enum noise_policy now = noise_policy_in_force(noise->asked, noise->ok, noise->disturbed);
    bool counts = noise_policy_counts(now);
    char names[256];

    if (!noise->note || !noise->disturbed || noise->said == now)
        return;
    if (noise->said == NOISE_AUTO) {
        busy_text(&noise->busy, NAMES_SHOWN, names, sizeof names);
        noise->note("noisy machine: %s", reason);
        noise->note("most CPU time meanwhile: %s",
                    names[0] ? names : "no process that is still there: short ones, or the host");
    }
    if (counts)
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
}
