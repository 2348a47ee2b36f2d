/* answer_advice.c: what to buy or to change, in sentences made of an answer's figures (answer.h). */
#include <math.h>

#include "harness/answer/answer_internal.h"
#include "harness/fit/prediction.h"

/* What helps against a cause, where it costs most. */
static const char *remedy(enum answer_cause_kind cause)
{
    static const char *const words[] = {
        [ANSWER_SERIAL] = "a faster core helps, more cores do not",
        [ANSWER_START] = "more items in a run help",
        [ANSWER_CLAIMS] = "larger chunks help",
        [ANSWER_CONTENTION] = "memory channels and cache for each core help more than further cores",
        [ANSWER_SIZE] = "the policy largest-first, or smaller items, help",
        [ANSWER_TAIL] = "more items in a run, or smaller chunks, help"};

    return words[cause];
}

/* The cause, as the subject of a sentence. */
static const char *noun(enum answer_cause_kind cause)
{
    static const char *const words[] = {[ANSWER_SERIAL] = "the serial part",
                                        [ANSWER_START] = "the start of workers",
                                        [ANSWER_CLAIMS] = "claiming",
                                        [ANSWER_CONTENTION] = "contention",
                                        [ANSWER_SIZE] = "the size of single items",
                                        [ANSWER_TAIL] = "the tail"};

    return words[cause];
}

/* Seconds with three digits, never as a power of ten. */
static void add_seconds(GString *text, double seconds)
{
    g_string_append_printf(text, seconds < 100 ? "%.3g s" : "%.0f s", seconds);
}

/* Shares below this are not worth an advice. */
static const double LEAST_SHARE = 0.005;

static const struct answer_point *point_at(const struct answer *answer, unsigned workers)
{
    for (unsigned i = 0; i < answer->points->len; i++)
        if (g_array_index(answer->points, struct answer_point, i).workers == workers)
            return &g_array_index(answer->points, struct answer_point, i);
    return NULL;
}

/* How many cores keep the efficiency, and what they and the most take. */
static void add_cores(const struct answer *answer, GString *text)
{
    const struct answer_point *most = answer_most(answer), *last;
    unsigned kept = answer->knee.workers ? answer->knee.workers - 1 : most->workers;

    last = point_at(answer, kept);
    if (kept >= most->workers) {
        g_string_append_printf(text, "%u cores take ", most->workers);
        add_seconds(text, most->wall_s.value);
        g_string_append_printf(text, ", each with at least %g%% of the speed of one alone.",
                               100 * answer->threshold);
        return;
    }
    if (kept > 1) {
        g_string_append_printf(text, "%u cores keep an efficiency of %g%%", kept, 100 * answer->threshold);
        if (last) {
            g_string_append(text, " (");
            add_seconds(text, last->wall_s.value);
            g_string_append(text, ")");
        }
        g_string_append(text, ";");
    } else {
        g_string_append(text, "1 core takes ");
        add_seconds(text, most->wall_s.value * most->speedup.value);
        g_string_append(text, ",");
    }
    g_string_append_printf(text, " %u take ", most->workers);
    add_seconds(text, most->wall_s.value);
    g_string_append(text, ".");
}

static void add_cause(const struct answer *answer, GString *text)
{
    int largest = 0;

    for (int c = 1; c < ANSWER_CAUSES; c++)
        if (!isnan(answer->causes[c].share) && !(answer->causes[largest].share >= answer->causes[c].share))
            largest = c;
    if (!(answer->causes[largest].share >= LEAST_SHARE))
        return;
    g_string_append_printf(text,
                           " What costs most with %u workers is %s, %.2g%% of core time: %s; without it "
                           "the speedup would be %.3g.",
                           answer->workers, noun((enum answer_cause_kind)largest),
                           100 * answer->causes[largest].share, remedy((enum answer_cause_kind)largest),
                           answer->causes[largest].speedup_without);
}

void answer_advise(struct answer *answer)
{
    GString *text = g_string_new(NULL);

    add_cores(answer, text);
    add_cause(answer, text);
    if (answer->has_better) {
        g_string_append_printf(text, " With chunk %llu, %s they take ",
                               (unsigned long long)answer->better.chunk,
                               prediction_policy_name(answer->better.policy));
        add_seconds(text, answer->better_s);
        g_string_append(text, ".");
    }
    g_snprintf(answer->advice, sizeof answer->advice, "%s", text->str);
    g_string_free(text, TRUE);
}
