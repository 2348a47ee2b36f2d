/* The words about CPUs that differ: of which trials, with which efficiency, and when there are none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/fit/fit_cpus.h"

enum { ITEMS = 30 };

/* An item takes 10 ms for each of its number and one more, on CPU 0 `slower` times as long; `wait` is added to its wall
 * time. Which of two workers does it changes from trial to trial. */
struct made {
    int cpu[2]; /* of the workers */
    double slower, wait_s;
    enum trial_status status;
};

static void add_worker(struct study_data *study, unsigned slot, int cpu)
{
    struct data_worker worker = {.trial = study->trials->len - 1, .slot = slot, .cpu = cpu};

    g_array_append_val(study->workers, worker);
}

static void add_trial(struct study_data *study, unsigned cell, unsigned workers, const struct made *made)
{
    struct data_trial trial = {.cell = cell, .status = made->status};
    unsigned at = study->trials->len;

    g_array_append_val(study->trials, trial);
    for (unsigned slot = 0; slot < workers; slot++)
        add_worker(study, slot, made->cpu[slot]);
    for (unsigned i = 0; i < ITEMS; i++) {
        unsigned slot = workers == 2 ? (i + i / 3 * (at / 2)) % 2 : 0;
        double cpu_s = 0.010 * (i + 1) * (made->cpu[slot] == 0 ? made->slower : 1);
        struct data_item item = {.trial = at,
                                 .worker = slot & G_MAXINT32,
                                 .done = true,
                                 .id = i,
                                 .end_s = cpu_s + made->wait_s,
                                 .cpu_s = cpu_s};
        g_array_append_val(study->items, item);
    }
}

static const char *words(const struct made *made)
{
    static char text[512];
    struct data_cell cells[] = {{.role = g_strdup("scaling"), .workers = 1},
                                {.role = g_strdup("scaling"), .workers = 2}};
    struct study_data study;

    study_data_init(&study);
    g_array_append_vals(study.cells, cells, 2);
    for (unsigned i = 0; i < ITEMS; i++) {
        struct data_batch_item item = {.id = i};
        g_array_append_val(study.batch, item);
    }
    for (int block = 0; block < 4; block++) {
        add_trial(&study, 0, 1, made);
        add_trial(&study, 1, 2, made);
    }
    fit_cpus_words(&study, text, sizeof text);
    study_data_release(&study);
    return text;
}

static void words_of_each_case(void **state)
{
    static const struct {
        struct made made;
        const char *words;
    } cases[] = {
        {{.cpu = {0, 1}, .slower = 1.5},
         "CPU 0 takes 1.50 times (1.50 to 1.50) as long as CPU 1 for the same items: its kind, its clock or "
         "a "
         "neighbour on its core may be the reason; one worker ran on CPU 0, so that 2 workers without any "
         "loss have "
         "an efficiency of 1.25; 'taskset -c CPUS knee sweep' measures on CPUs that are alike"},
        {{.cpu = {1, 0}, .slower = 1.5},
         "CPU 0 takes 1.50 times (1.50 to 1.50) as long as CPU 1 for the same items: its kind, its clock or "
         "a "
         "neighbour on its core may be the reason; one worker ran on CPU 1, so that 2 workers without any "
         "loss have "
         "an efficiency of 0.83; 'taskset -c CPUS knee sweep' measures on CPUs that are alike"},
        {{.cpu = {0, 1}, .slower = 1.04}, ""},                      /* too little to matter */
        {{.cpu = {0, 0}, .slower = 1.5}, ""},                       /* one CPU for both */
        {{.cpu = {0, -1}, .slower = 1.5}, ""},                      /* not pinned */
        {{.cpu = {0, 1}, .slower = 1.5, .wait_s = 10}, ""},         /* items wait */
        {{.cpu = {0, 1}, .slower = 1.5, .status = TRIAL_VOID}, ""}, /* no trial counts */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(words(&cases[i].made), cases[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_of_each_case)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
