/* fit.h: what a study says: curve, models, knee, phases, item sizes, advice.
 *
 * A fit is a pure function of the study (the bootstrap is seeded by the study's own seed): the same study
 * gives the same fit, byte for byte. Only trials with status 'ok' take part; void and failed ones are counted
 * and shown.
 *
 * Sequence: study_read() or table_study(), fit_make(), then fit_write() (fit.json,
 * docs/formats.md), fit_print() (a table for people) or the fields below; fit_release(),
 * study_data_release().
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
#include "analysis/models/models.h"
#include "analysis/models/scaling_bootstrap.h"
#include "analysis/size/size_regression.h"
#include "analysis/speedup/scaling.h"
#include "harness/fit/fit_account.h"
#include "harness/study/study_data.h"
#include "pipeline/base/fault.h"

#define FIT_LEVEL 0.95

enum { FIT_PREDICTIONS_MOST = 32 };

struct fit_options {
    double delta;       /* of the knee */
    uint64_t resamples; /* of the bootstrap */
    /* Worker counts to be predicted by the chosen law, as if there were a core for each. None given: twice and four
     * times the largest that took part in the fit. */
    unsigned predict[FIT_PREDICTIONS_MOST];
    size_t predict_count;
};

/* What the chosen law says of a worker count (models.h tells the three intervals apart). */
struct fit_prediction {
    unsigned workers;
    bool extrapolated; /* beyond the largest that took part in the fit */
    struct interval wall_s, speedup,
        band_speedup; /* of one more trial; of the law; of the law for all n at once */
};

struct fit_point {
    struct scaling_point scaling;
    size_t blocks; /* with a trial that counts */
    struct interval images_per_s, cpu_s_per_item, maxrss_mib;
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

/* One setting of a comparison at a fixed number of workers. */
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
    const struct study_data *study; /* not owned */
    struct fit_options options;
    size_t ok, void_trials, failed, blocks;
    struct interval serial_wall_s, serial_images_per_s;
    GArray *curve; /* struct fit_point */
    struct model_fit models[MODEL_KINDS];
    char choice[256];
    struct knee knee;
    struct interval knee_amdahl, knee_law; /* of Amdahl's law; of the chosen one, a real number */
    struct knee_cause knee_causes[KNEE_STEPS];
    struct model_coherency coherency;
    struct fit_prediction predictions[FIT_PREDICTIONS_MOST];
    size_t prediction_count; /* 0 when no law but the ideal line could be fitted */
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
    GPtrArray *warnings; /* char * */
};

/* Returns 0, or -1 with fault when no trial counts or memory is short. */
int fit_make(const struct study_data *study, const struct fit_options *options, struct fit *fit,
             struct fault *fault);
void fit_release(struct fit *fit);

/* The point of so many workers; NULL when there is none. */
const struct fit_point *fit_point_at(const struct fit *fit, unsigned workers);

/* fit.json as a value; the caller drops the reference. */
json_t *fit_json(const struct fit *fit);
/* Writes it beside path, flushed and renamed. Returns 0, or -1 with fault. */
int fit_write(const struct fit *fit, const char *path, struct fault *fault);
/* json into path, beside and renamed. Returns 0, or -1 with fault. */
int fit_write_json(const json_t *json, const char *path, struct fault *fault);
/* A readable summary. */
void fit_print(const struct fit *fit, FILE *out);

/* --- used by fit.c, fit_json.c and fit_print.c ------------------------------------------------- */

/* coherency, knee_law and predictions, from models. */
void fit_predict(struct fit *fit);
json_t *fit_json_predictions(const struct fit *fit);
json_t *fit_json_coherency(const struct fit *fit);
void fit_print_predictions(const struct fit *fit, FILE *out);

/* --- used by fit.c and fit_detail.c ----------------------------------------------------------- */

/* Mean (geometric when `geometric`) over blocks of one number of trials, which lies `offset` bytes into
 * struct data_trial, for the trials of one cell that count; unknown with `missing` as reason where no trial
 * has it. */
struct interval fit_measure(const struct study_data *study, unsigned cell, size_t offset, bool geometric,
                            const char *missing);
/* Fills quantities, group and caveats from the counters and the group that the study names; a group that cannot be
 * read is a warning. */
void fit_quantities(struct fit *fit);
/* One line when there is nothing to show; a small table when there is. */
void fit_print_quantities(const struct fit *fit, FILE *out);
/* Fills knee_causes from the account. */
void fit_knee_causes(struct fit *fit);
/* A small table; nothing without an account. */
void fit_print_knee_causes(const struct fit *fit, FILE *out);
/* Phases, settings, sizes, counters, advice, equivalence. Returns 0, or -1 when memory is short. */
int fit_details(struct fit *fit);

#endif
