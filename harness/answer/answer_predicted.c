/* answer_predicted.c: an answer that no trial gives: simulated from the study (answer.h). */
#include <math.h>

#include "analysis/prediction/predict.h"
#include "harness/answer/answer_internal.h"

/* Time that another chunk or policy must save to be named. */
static const double WORTH = 0.01;

static void add_points(const struct prediction *p, struct answer *answer)
{
    for (unsigned i = 0; i < p->points->len; i++) {
        const struct prediction_point *from = &g_array_index(p->points, struct prediction_point, i);
        struct answer_point point = {.workers = from->workers,
                                     .wall_s = from->wall_s,
                                     .speedup = from->speedup,
                                     .efficiency = from->efficiency,
                                     .others = prediction_speedup_rest(from),
                                     .contention = prediction_speedup_contention(from)};
        if (from->workers <= answer->workers)
            g_array_append_val(answer->points, point);
    }
}

/* Chunk and policy for the most workers. */
static void find_better(const struct prediction *p, struct answer *answer)
{
    struct predict_choice best =
        predict_best(&p->pool, p->request.cores, &answer->workers, 1, &p->base, PREDICT_AS_GOOD);
    const struct answer_point *most = answer_most(answer);

    answer->has_better = most &&
                         (best.setting.chunk != p->base.chunk || best.setting.policy != p->base.policy) &&
                         best.seconds < (1 - WORTH) * most->wall_s.value;
    answer->better = best.setting;
    answer->better_s = best.seconds;
}

int answer_predict(const struct fit *fit, struct answer *answer, struct fault *fault)
{
    const char *whole = study_data_fact(fit->study, "batch_items");
    struct predict_request request = {.cores = answer->workers,
                                      .items = whole ? (size_t)g_ascii_strtoull(whole, NULL, 10) : 0};
    struct prediction prediction;
    int result = prediction_make(&fit->account, &request, &prediction, fault);

    if (result)
        return -1;
    answer->items = prediction.request.items;
    answer->measured_workers = prediction.measured_workers;
    answer->contention_assumed = !prediction.shared.by_antagonists;
    add_points(&prediction, answer);
    result = answer_causes_simulated(&prediction, answer, fault);
    if (result == 0)
        find_better(&prediction, answer);
    prediction_release(&prediction);
    return result;
}
