/* fit.h: the fit of a study: curve, models, knee, phases, item sizes, account, advice.
 *
 * A fit is a pure function of the study (the bootstrap is seeded by the study's own seed): the same study
 * gives the same fit, byte for byte. Only trials with status 'ok' take part; void and failed ones are counted
 * and shown.
 *
 * Sequence: study_read() or table_study(), fit_make(), then the fields below, fit_json() (fit.json, docs/formats.md) or
 * fit_print() (harness/console/fit_print.h); fit_release(), study_data_release(). The study must outlive the fit.
 *
 * Methods of the intervals are those of analysis/: Student's t on logarithms, paired by block
 * (analysis/speedup/scaling.h says why a bootstrap is not the main one). Shares of time that may be 0 (phases) use
 * the plain mean over blocks.
 */
#ifndef KNEE_FIT_H
#define KNEE_FIT_H

#include <jansson.h>
#include <stdio.h>

#include "analysis/knee/knee.h"
#include "analysis/knee/knee_causes.h"
#include "analysis/models/linear_criterion.h"
#include "analysis/models/models.h"
#include "analysis/models/scaling_bootstrap.h"
#include "analysis/size/size_regression.h"
#include "analysis/speedup/scaling.h"
#include "analysis/sweep/sweep_analysis.h"
#include "harness/fit/fit_account.h"
#include "harness/fit/fit_hiccups.h"
#include "harness/knob/knob_study.h"
#include "harness/study/study_data.h"
#include "pipeline/base/fault.h"

#define FIT_LEVEL 0.95

enum { FIT_PREDICTIONS_MOST = 32 };

struct fit_request {
    double delta;       /* loss of efficiency that is the knee; 0: that of the sweep, or KNEE_DELTA */
    uint64_t resamples; /* of the bootstrap */
    /* Worker counts to be predicted by the chosen model, as if there were a core for each. None given: twice and four
     * times the largest that took part in the fit. */
    unsigned predict[FIT_PREDICTIONS_MOST];
    size_t predict_count;
    /* Let a model that the lack-of-fit test rejects predict beyond the largest measured n. */
    bool predict_rejected;
    /* Let trials that are far too slow take part (fit_hiccups.h); they are named all the same. */
    bool keep_hiccups;
    /* Fit USL by least squares on throughput, too (linear_criterion.h). Choice and predictions stay those on log T. */
    bool linear;
};

/* The chosen model at one worker count (models.h says how the three intervals differ). */
struct fit_prediction {
    unsigned workers;
    bool extrapolated; /* beyond the largest that took part in the fit */
    struct interval wall_s, speedup,
        band_speedup; /* of one more trial; of the model; of the model for all n at once */
};

struct fit_point {
    struct scaling_point scaling;
    size_t blocks; /* with a trial that counts */
    struct interval images_per_s, cpu_s_per_item, cpu_s_per_trial, maxrss_mib;
    struct interval efficiency_bootstrap;
};

enum fit_phase {
    PHASE_PREFIX,
    PHASE_SPAWN,
    PHASE_INIT,
    PHASE_WORK,
    PHASE_SUFFIX,
    PHASE_TAIL,
    PHASE_DISPATCH,
    PHASES
};

struct fit_phases {
    unsigned workers;
    struct interval phase[PHASES]; /* seconds; tail and dispatch core-seconds */
};

/* A cell compared with the curve's cell of as many workers: other chunks and policies. */
struct fit_variation {
    unsigned cell; /* index in the study */
    size_t trials;
    struct interval wall_s, ratio_to_default;
};

struct fit_size {
    unsigned workers;
    struct size_regression regression; /* seconds */
    struct size_diagnostics diagnostics;
    int64_t highest_item, largest_item; /* ids of the diagnostics' items; -1 none */
};

struct fit_counter_summary {
    char *name, *status, *reason;
    unsigned workers; /* at which it was taken */
    struct interval per_item;
};

/* A quantity computed from the counters (counter_group.h) at one point of the curve. */
struct fit_quantity {
    char *name, *unit, *about;
    char *status, *reason; /* as of a counter: "ok", or the worst of its inputs'; "none" without a value */
    unsigned workers;
    struct interval value; /* mean over the trials that count */
};

struct fit_equivalence {
    size_t trials, identical; /* with a manifest; with the reference's */
    char *manifest_sha256;    /* the reference; NULL none */
    char *reason;
};

struct fit {
    /* The study, with hiccups marked unless the request keeps them. Only the trials are a copy: the study given must
     * outlive the fit. */
    struct study_data *study;
    struct fit_request request;             /* as given; delta as taken */
    size_t ok, void_trials, failed, blocks; /* ok: those that take part */
    struct interval serial_wall_s, serial_images_per_s;
    GArray *curve; /* struct fit_point */
    struct model_fit models[MODEL_KINDS];
    char choice[256];
    struct linear_fit linear; /* when it was asked for */
    struct knee knee;
    struct sweep_facts facts; /* what the times are like; each fact is among the warnings too */
    GArray *hiccups;          /* struct fit_hiccup: kept out of everything, unless the request keeps them */
    struct interval knee_amdahl,
        knee_model; /* of the serial fraction alone; of the chosen model: real numbers */
    struct knee_cause knee_causes[KNEE_STEPS];
    struct model_coherency coherency;
    struct fit_prediction predictions[FIT_PREDICTIONS_MOST];
    size_t prediction_count; /* 0 when no model with parameters could be fitted */
    struct scaling_bootstrap bootstrap;
    GArray *phases;        /* struct fit_phases */
    GArray *variations;    /* struct fit_variation */
    GArray *sizes;         /* struct fit_size */
    unsigned size_workers; /* of the size points; 0 none */
    struct interval init_ms;
    GArray *counters;   /* struct fit_counter_summary */
    GArray *quantities; /* struct fit_quantity, by name in the group's order, then by workers */
    char *group;        /* of counters: "name: about"; NULL none */
    char *caveats;      /* of the group; NULL none */
    int advised;        /* cell index; -1 none */
    struct interval advised_wall_s;
    char advice[512];
    struct fit_equivalence equivalence;
    struct fit_account account;
    struct knob_study knob; /* of a study of a command: its findings are among the warnings too */
    GPtrArray *warnings;    /* char * */
};

/* Returns 0, or -1 with fault when no trial counts or memory is short. */
int fit_make(const struct study_data *study, const struct fit_request *request, struct fit *fit,
             struct fault *fault);
void fit_release(struct fit *fit);

/* The point of the curve with a number of workers; NULL when there is none. */
const struct fit_point *fit_point_at(const struct fit *fit, unsigned workers);
/* The point with the most workers that have a core each; NULL none. */
const struct fit_point *fit_point_full(const struct fit *fit);
/* "1, 2, 4": the numbers of workers of the curve; within_cores: without those that are oversubscribed. Caller frees
 * with g_free. */
char *fit_workers_text(const struct fit *fit, bool within_cores);
/* The model that was chosen; NULL none. */
const struct model_fit *fit_chosen_model(const struct fit *fit);

/* The speedup of a single trial: T(1) of the curve over its time, of weak scaling times its workers. NaN for a trial
 * that takes no part in the curve, and without T(1). */
double fit_trial_speedup(const struct fit *fit, const struct data_trial *trial);
/* The band of the chosen model at a number of workers on this machine, where no worker beyond the cores is gained:
 * while a larger model is not excluded, the union of both (model_speedup_union()). Unknown without a chosen model. */
struct interval fit_speedup_band(const struct fit *fit, unsigned workers);

/* What the fits of models make least, and how the other criterion differs: a sentence each. */
const char *fit_criterion_sentence(bool linear);

/* fit.json as a value, for fit_json_write() (fit_json.h); the caller drops the reference. */
json_t *fit_json(const struct fit *fit);
#endif
