/* account_fixture.h: a study of four cores whose trials are simulated with known causes, its account, and the
 * comparison of printed tables with files. */
#ifndef KNEE_ACCOUNT_FIXTURE_H
#define KNEE_ACCOUNT_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/fit/fit_account.h"
#include "harness/study/study_read.h"
#include "tests/unit/pool/pool_fixture.h"

static struct fixture four_cores = {.cores = 4, .blocks = 5, .drift = 0.02, .random = {3}};
static struct sim_pool pool;
static struct study_data study;
static struct fit_account account;

static inline void assert_near(const char *what, double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%s: found %.9g, wanted %.9g", what, found, wanted);
}

static inline int make_study(void **state)
{
    struct fault fault;
    char *folder;

    (void)state;
    sim_pool_items(&pool, 300, &four_cores.random);
    pool.noise = 0.01;
    pool.setting = (struct simulate_setting){.chunk = 1,
                                             .policy = SIMULATE_DYNAMIC,
                                             .prefix_s = 0.200,
                                             .suffix_s = 0.010,
                                             .suffix_per_worker_s = 0.002,
                                             .fork_s = 0.003,
                                             .begin_s = 0.002,
                                             .init_s = 0.050,
                                             .claim_s = 1e-5,
                                             .contention = 0.01};
    pool_fixture_make(&four_cores, &pool);
    if (study_read(four_cores.folder, &study, &folder, &fault) ||
        fit_account_make(&study, &account, &fault)) {
        fprintf(stderr, "# %s\n", fault.text);
        return -1;
    }
    g_free(folder);
    g_free(study.name);
    study.name = g_strdup("fixture"); /* the folder's name is another each time */
    return 0;
}

static inline int remove_study(void **state)
{
    (void)state;
    fit_account_release(&account);
    study_data_release(&study);
    fixture_remove(&four_cores);
    return 0;
}

/* Compares the text that was written to out with the file, or rewrites the file. */
static inline void assert_golden(FILE *out, char **text, const char *golden)
{
    char *wanted = NULL;

    fclose(out);
    if (getenv("KNEE_WRITE_GOLDEN"))
        assert_true(g_file_set_contents(golden, *text, -1, NULL));
    if (!g_file_get_contents(golden, &wanted, NULL, NULL))
        fail_msg("%s cannot be read: run in the repository's folder", golden);
    assert_string_equal(*text, wanted);
    g_free(wanted);
    free(*text);
}

#endif
