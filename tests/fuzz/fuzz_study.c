/* A study.db from anywhere: both of its readers, and the fit that is made of it. */
#include <stdlib.h>
#include <string.h>

#include "harness/fit/fit.h"
#include "harness/study/study_read.h"
#include "tests/fuzz/fuzz.h"

/* More rows than this make a fit that is slow, and finds nothing that fewer do not. */
enum { MOST_ROWS = 200 };

static void read_for_fit(const char *path)
{
    const struct fit_request request = {.delta = 0.05, .resamples = 20};
    struct study_data study;
    struct fit fit;
    struct fault fault = {0};
    char *folder = NULL;

    if (study_read(path, &study, &folder, &fault)) {
        if (!fault.text[0])
            abort(); /* refused without a reason */
        return;
    }
    if (study.trials->len < MOST_ROWS && study.item_times->len < MOST_ROWS && study.cells->len < MOST_ROWS &&
        fit_make(&study, &request, &fit, &fault) == 0) {
        json_t *json = fit_json(&fit);
        if (!json)
            abort();
        json_decref(json);
        fit_release(&fit);
    }
    study_data_release(&study);
    g_free(folder);
}

static void read_for_sweep(const char *path)
{
    struct study study;
    struct fault fault = {0};
    size_t count;
    struct study_cell *cells;
    struct study_trial *trials;
    struct study_batch_item *batch;

    if (study_open_to_read(&study, path, &fault)) {
        if (!fault.text[0])
            abort();
        return;
    }
    cells = study_read_cells(&study, &count, &fault);
    if (cells)
        study_free_cells(cells, count);
    trials = study_read_trials(&study, &count, &fault);
    if (trials)
        study_free_trials(trials, count);
    batch = study_read_batch(&study, &count, &fault);
    if (batch)
        study_free_batch(batch, count);
    study_close(&study);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("study.db", data, size);

    read_for_fit(path);
    read_for_sweep(path);
    return 0;
}
