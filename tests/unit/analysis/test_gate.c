/* The gate: its decision by hand-made intervals, and the command on studies made by SQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <glib.h>
#include <math.h>

#include <sys/wait.h>
#include <string.h>
#include <unistd.h>

#include "analysis/gate/gate.h"
#include "analysis/statistics/stats.h"
#include "harness/cli/commands.h"
#include "tests/unit/study/study_fixture.h"

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

/* A value with `relative` standard error over five blocks. */
static struct gate_value known(double value, double relative)
{
    double half = stats_t(0.95, 4) * relative;
    return (struct gate_value){value, value * exp(-half), value * exp(half), 0.95, 5};
}

static struct gate_entry entry_of(enum gate_quantity quantity, double was, double is, double error)
{
    return (struct gate_entry){.quantity = quantity,
                               .workers = 2,
                               .tolerance = gate_quantity_of(quantity)->tolerance,
                               .session = {known(was, error)},
                               .sessions = 1,
                               .study = known(is, error)};
}

/* One session: 3.29 of the known standard deviation times sqrt(2) is allowed: 13% of an efficiency, 15% of CPU time. */
static void the_verdict_is_that_of_the_whole_interval(void **state)
{
    static const struct {
        enum gate_quantity quantity;
        enum gate_verdict verdict;
        double was, is, error;
    } cases[] = {
        {GATE_EFFICIENCY, GATE_PASS, 0.97, 0.97, 0.002},
        {GATE_EFFICIENCY, GATE_PASS, 0.97, 0.99, 0.002},
        {GATE_EFFICIENCY, GATE_PASS, 0.97, 0.90, 0.002},
        {GATE_EFFICIENCY, GATE_REGRESSION, 0.97, 0.83, 0.002},
        {GATE_EFFICIENCY, GATE_UNDECIDED, 0.97, 0.844, 0.002},
        {GATE_EFFICIENCY, GATE_UNDECIDED, 0.97, 0.97, 0.100},
        {GATE_CPU_PER_ITEM, GATE_PASS, 0.100, 0.100, 0.005},
        {GATE_CPU_PER_ITEM, GATE_REGRESSION, 0.100, 0.120, 0.005},
        {GATE_CPU_PER_ITEM, GATE_UNDECIDED, 0.100, 0.114, 0.005},
        {GATE_CPU_PER_ITEM, GATE_PASS, 0.100, 0.060, 0.005},
        {GATE_TAIL, GATE_REGRESSION, 0.020, 0.120, 0.002},
        {GATE_TAIL, GATE_PASS, 0.120, 0.020, 0.002},
        {GATE_DISPATCH, GATE_REGRESSION, 0.010, 0.110, 0.002},
        {GATE_DISPATCH, GATE_PASS, 0.110, 0.010, 0.002},
        {GATE_START, GATE_PASS, 15, 20, 0.002},
        {GATE_START, GATE_REGRESSION, 15, 27, 0.002},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gate_entry entry = entry_of(cases[i].quantity, cases[i].was, cases[i].is, cases[i].error);
        struct gate_result result = gate_decide(&entry, 1, 0.95);
        if (result.verdict != cases[i].verdict)
            fail_msg("case %zu: %s (%s), wanted %s", i, gate_verdict_name(result.verdict), result.reason,
                     gate_verdict_name(cases[i].verdict));
    }
}

/* Equal errors e on both sides with 4 degrees of freedom: e sqrt(2), and t of 8 degrees of freedom, 2.3060, times the
 * second order of Welch's series, 1.13597 / 1.17380. */
static void the_interval_of_the_difference_is_welchs(void **state)
{
    struct gate_entry entry = entry_of(GATE_CPU_PER_ITEM, 2, 2.2, 0.01);
    struct gate_result result = gate_decide(&entry, 1, 0.95);

    (void)state;
    assert_near(result.worse.value, 0.1, 1e-12);
    assert_near(result.worse.high, 1.1 * exp(2.2317 * 0.01 * sqrt(2)) - 1, 1e-5);
    assert_near(result.allowed, exp(3.290527 * 0.03 * sqrt(2)) - 1, 1e-6);
}

/* Sessions at 0, +2 and -2% with a prior of 3% and 6 degrees of freedom. */
static void the_spread_of_the_sessions_is_allowed(void **state)
{
    struct gate_entry entry = entry_of(GATE_CPU_PER_ITEM, 2, 2.16, 0.001);
    struct gate_result result;
    double variance = (6 * 0.0009 + 2 * 0.0004) / 8;

    (void)state;
    entry.sessions = 3;
    entry.session[1] = known(2 * exp(0.02), 0.001);
    entry.session[2] = known(2 * exp(-0.02), 0.001);
    result = gate_decide(&entry, 1, 0.95);
    assert_near(result.was, 2, 1e-12);
    assert_near(result.allowed, exp(3.290527 * sqrt(variance * 4 / 3)) - 1, 1e-6);
    assert_int_equal(result.verdict, GATE_PASS);
    for (entry.sessions = 1; entry.sessions < GATE_SESSIONS_MOST; entry.sessions++)
        entry.session[entry.sessions] = entry.session[0];
    assert_int_equal(gate_decide(&entry, 1, 0.95).verdict, GATE_REGRESSION); /* they never differed */
    entry.tolerance = 0.2;
    assert_int_equal(gate_decide(&entry, 1, 0.95).verdict, GATE_PASS);
    assert_true(gate_decide(&entry, 50, 0.95).allowed >= 0.2);
}

/* Equal programs, whose sessions differ by 3% and are known to 0.3%: an alarm in at most 0.1% of gates. */
static void sessions_that_differ_raise_no_alarm(void **state)
{
    static const size_t sessions[] = {1, 2, 5, 20};
    enum { GATES = 20000 };
    struct random_stream random = {77};

    (void)state;
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++) {
        int alarms = 0;
        for (int g = 0; g < GATES; g++) {
            struct gate_entry entry = {
                .quantity = GATE_EFFICIENCY, .tolerance = 0.03, .sessions = sessions[i]};
            for (size_t k = 0; k <= sessions[i]; k++)
                *(k < sessions[i] ? &entry.session[k] : &entry.study) =
                    known(0.9 * exp(0.03 * random_normal(&random) + 0.003 * random_normal(&random)), 0.003);
            alarms += gate_decide(&entry, 1, 0.95).verdict == GATE_REGRESSION;
        }
        print_message("# %zu sessions: %d alarms in %d gates\n", sessions[i], alarms, GATES);
        assert_true(alarms <= GATES / 1000);
    }
}

static void without_an_interval_or_a_value_nothing_is_decided(void **state)
{
    struct gate_value bare = {0.97, NAN, NAN, 0, 1}, none = {NAN, NAN, NAN, 0, 0};
    struct gate_entry entry = entry_of(GATE_EFFICIENCY, 0.97, 0.97, 0.002);
    struct gate_result result;

    (void)state;
    entry.study = bare;
    result = gate_decide(&entry, 1, 0.95);
    assert_int_equal(result.verdict, GATE_UNDECIDED);
    assert_string_equal(result.reason, "the study has no interval");
    entry.study = none;
    result = gate_decide(&entry, 1, 0.95);
    assert_int_equal(result.verdict, GATE_UNDECIDED);
    assert_string_equal(result.reason, "the study has no value");
}

static void the_worst_entry_decides_the_whole(void **state)
{
    struct gate_result results[3] = {{.verdict = GATE_PASS}, {.verdict = GATE_PASS}, {.verdict = GATE_PASS}};

    (void)state;
    assert_int_equal(gate_total(results, 3), GATE_PASS);
    results[1].verdict = GATE_UNDECIDED;
    assert_int_equal(gate_total(results, 3), GATE_PASS); /* it does not lead */
    results[1].leads = true;
    assert_int_equal(gate_total(results, 3), GATE_UNDECIDED);
    results[2].verdict = GATE_REGRESSION;
    assert_int_equal(gate_total(results, 3), GATE_REGRESSION);
    assert_int_equal(gate_total(results, 0), GATE_UNDECIDED);
}

/* --- the command ------------------------------------------------------------------------------ */

static char said[8192];

/* Runs `knee gate a b c` in a child process, since a command keeps its settings; its output goes to `said`.
 */
static int gate(const char *a, const char *b, const char *c)
{
    int ends[2], status = 0;
    size_t used = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        char *argv[] = {(char[]){"gate"}, strdup(a), strdup(b), strdup(c ? c : ""), NULL};
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        status = subcommand_run(&cmd_gate, c ? 4 : 3, argv);
        fflush(NULL);
        _exit(status);
    }
    close(ends[1]);
    while ((got = read(ends[0], said + used, sizeof said - 1 - used)) > 0)
        used += (size_t)got;
    said[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_said(const char *part)
{
    if (!strstr(said, part))
        fail_msg("'%s' does not say '%s'", said, part);
}

static const struct fixture base = {.cores = 4,
                                    .workers = 5,
                                    .blocks = 5,
                                    .items = 20,
                                    .work_s = 4,
                                    .serial = 0.02,
                                    .noise = 0.003,
                                    .drift = 0.02,
                                    .cpu_factor = 1,
                                    .random = {31}};

static void fixture_change(struct fixture *f, const char *sql)
{
    char path[300];

    snprintf(path, sizeof path, "%s/study.db", f->folder);
    assert_int_equal(sqlite3_open(path, &f->db), SQLITE_OK);
    fixture_sql(f, "BEGIN");
    fixture_sql(f, "%s", sql);
    fixture_close(f);
}

/* The fixture, without the trial in it that failed. */
static void make(struct fixture *f)
{
    fixture_make(f);
    fixture_change(f, "DELETE FROM trial WHERE status = 'failed'");
}

static void the_command_tells_pass_regression_and_not_comparable_apart(void **state)
{
    struct fixture was = base, same = base, slower = base, serial = base, noisy = base, other = base;
    char baseline[300];

    (void)state;
    same.random.state = 32;
    slower.cpu_factor = 1.4;
    serial.serial = 0.12;
    noisy.noise = 0.20;
    other.machine_class = "class B";
    make(&was);
    make(&same);
    make(&slower);
    make(&serial);
    make(&noisy);
    make(&other);
    snprintf(baseline, sizeof baseline, "%s/baseline.json", was.folder);
    assert_int_equal(gate("--write-baseline", baseline, was.folder), 0);
    assert_said("one session, 6 entries");
    assert_int_equal(gate("--baseline", baseline, was.folder), 0);
    assert_int_equal(gate("--baseline", baseline, same.folder), 0);
    assert_said("verdict: pass (scaling: pass, cost: pass; 6 of 6");
    assert_said("the baseline has one session");
    assert_int_equal(gate("--baseline", baseline, slower.folder), 1);
    assert_said("verdict: regression (scaling: pass, cost: regression;");
    assert_int_equal(gate("--baseline", baseline, serial.folder), 1);
    assert_said("(scaling: regression, cost: pass;");
    assert_int_equal(gate("--baseline", baseline, noisy.folder), 3);
    assert_said("more blocks would decide");
    assert_int_equal(gate("--baseline", baseline, other.folder), 4);
    assert_said("machine class: the baseline has 'class A', the study 'class B'");
    fixture_remove(&was);
    fixture_remove(&same);
    fixture_remove(&slower);
    fixture_remove(&serial);
    fixture_remove(&noisy);
    fixture_remove(&other);
}

static void accepted_studies_are_sessions(void **state)
{
    struct fixture was = base, same = base, other = base;
    char baseline[300], option[320];

    (void)state;
    same.random.state = 32;
    other.machine_class = "class B";
    make(&was);
    make(&same);
    make(&other);
    fixture_change(&same, "UPDATE study SET value = '2024-01-02T00:00:00Z' WHERE key = 'created_utc'");
    snprintf(baseline, sizeof baseline, "%s/baseline.json", was.folder);
    snprintf(option, sizeof option, "--baseline=%s", baseline);
    assert_int_equal(gate("--write-baseline", baseline, was.folder), 0);
    assert_int_equal(gate(option, "--accept", same.folder), 0);
    assert_said("2 sessions, the last of");
    assert_int_equal(gate("--baseline", baseline, same.folder), 0);
    assert_said("the baseline has 2 sessions");
    assert_int_equal(gate(option, "--accept", same.folder), 2);
    assert_said("is session 2 of it already");
    assert_int_equal(gate(option, "--accept", other.folder), 4);
    assert_said("machine class: the baseline has 'class A', the study 'class B'");
    assert_int_equal(gate("--accept", same.folder, NULL), 2);
    fixture_remove(&was);
    fixture_remove(&same);
    fixture_remove(&other);
}

/* The base has E(2) 0.98 and E(4) 0.943 on 4 cores; 5 workers share them. */
static void stated_bounds_need_no_baseline(void **state)
{
    static const struct {
        const char *bound;
        int code;
        const char *said;
    } cases[] = {
        {"E(4)>=0.9", 0, "met        E(4)>=0.9: 0.9"},
        {"E(4)>=0.99", 1, "failed     E(4)>=0.99"},
        {"S(4)>=3.5", 0, "met "},
        {"T(1)<=3.5", 1, "failed "},
        {"cpu_per_item<=1", 0, "met "},
        {"E(4)>=0.9431", 3, "to decide, sweep more blocks"},
        {"E(5)>=0.9", 3, "skipped    E(5)>=0.9: 4 cores only"},
        {"E(4)>=0.9 emulated", 3, "the study is of real cores"},
        {"knee>=2", 0, "met "},
    };
    struct fixture one = base;

    (void)state;
    make(&one);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int code = gate("--require", cases[i].bound, one.folder);
        if (code != cases[i].code)
            fail_msg("%s: exit %d, wanted %d: %s", cases[i].bound, code, cases[i].code, said);
        assert_said(cases[i].said);
    }
    assert_int_equal(gate("--require", "E>=1", one.folder), 2);
    assert_said("--require 'E>=1': 'E' needs a number of workers: E(4)");
    fixture_remove(&one);
}

static void other_failed_items_are_another_batch(void **state)
{
    struct fixture was = base, is = base;
    char baseline[300];

    (void)state;
    is.random.state = 32;
    make(&was);
    make(&is);
    snprintf(baseline, sizeof baseline, "%s/baseline.json", was.folder);
    assert_int_equal(gate("--write-baseline", baseline, was.folder), 0);
    fixture_change(&is,
                   "INSERT OR REPLACE INTO study VALUES ('items_failed', '8'); UPDATE trial SET failed = 8");
    assert_int_equal(gate("--baseline", baseline, is.folder),
                     4); /* a baseline that does not say: none failed */
    assert_said("number of failed items: the baseline has '0', the study '8'");
    assert_said("8 of 20 items fail in every trial");
    assert_int_equal(gate("--require", "E(2)>=0.1", is.folder), 4);
    assert_said("8 of 20 items fail, at most 0 may");
    assert_int_equal(gate("--write-baseline", baseline, is.folder), 4);
    fixture_remove(&was);
    fixture_remove(&is);
}

/* E at every number of workers up to the emulated cores, and their mean; real cores are others, of the same class. */
static void efficiency_on_emulated_cores_has_a_baseline_of_its_own(void **state)
{
    struct fixture was = base, same = base, serial = base, real = base;
    char baseline[300];

    (void)state;
    same.random.state = 32;
    serial.serial = 0.12;
    make(&was);
    make(&same);
    make(&serial);
    make(&real);
    fixture_change(&was, "INSERT INTO study VALUES ('emulated_cores', '4'), ('real_cores', '2')");
    fixture_change(&same, "INSERT INTO study VALUES ('emulated_cores', '4'), ('real_cores', '2')");
    fixture_change(&serial, "INSERT INTO study VALUES ('emulated_cores', '4'), ('real_cores', '2')");
    snprintf(baseline, sizeof baseline, "%s/baseline.json", was.folder);
    assert_int_equal(gate("--write-baseline", baseline, was.folder), 0);
    assert_int_equal(gate("--baseline", baseline, same.folder), 0);
    assert_said("efficiency at 4 ");
    assert_said("efficiency, mean ");
    assert_int_equal(gate("--baseline", baseline, serial.folder), 1);
    assert_said("(scaling: regression, cost: pass;");
    assert_int_equal(gate("--baseline", baseline, real.folder), 4);
    assert_said("cores: the baseline has '4 emulated', the study 'real'");
    fixture_remove(&was);
    fixture_remove(&same);
    fixture_remove(&serial);
    fixture_remove(&real);
}

/* Of a replay only the times are known: its items wait, so that their CPU time and memory are none of the program's. */
static void bounds_name_the_cores_that_they_are_for(void **state)
{
    static const struct {
        const char *bound;
        int code;
        const char *said;
    } cases[] = {
        {"E(4)>=0.9", 3, "the study is of replayed cores: add 'replayed'"},
        {"E(4)>=0.9 emulated", 3, "the study is of replayed cores: add 'replayed'"},
        {"E(4)>=0.9 replayed", 0, "met        E(4)>=0.9 replayed: 0.9"},
        {"cpu_per_item<=1 replayed", 3, "items of a replay wait and do not compute: sweep the batch"},
        {"maxrss(1)<=1000 replayed", 3, "items of a replay wait and do not compute"},
    };
    struct fixture one = base;

    (void)state;
    make(&one);
    fixture_change(&one, "INSERT INTO study VALUES ('replayed_cores', '4'), ('real_cores', '2')");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int code = gate("--require", cases[i].bound, one.folder);
        if (code != cases[i].code)
            fail_msg("%s: exit %d, wanted %d: %s", cases[i].bound, code, cases[i].code, said);
        assert_said(cases[i].said);
    }
    fixture_remove(&one);
}

/* What is left when trials of a program failed says nothing of the program. */
static void trials_that_failed_leave_no_verdict(void **state)
{
    struct fixture was = base, is = base;
    char baseline[300];

    (void)state;
    make(&was);
    make(&is);
    snprintf(baseline, sizeof baseline, "%s/baseline.json", was.folder);
    assert_int_equal(gate("--write-baseline", baseline, was.folder), 0);
    fixture_change(
        &is, "UPDATE trial SET status = 'failed', reason = 'worker 1 died' WHERE cell = 4 AND block < 2");
    assert_int_equal(gate("--baseline", baseline, is.folder), 4);
    assert_said("2 of 36 trials failed, the last because worker 1 died: mend that, and sweep");
    assert_int_equal(gate("--require", "E(2)>=0.1", is.folder), 4);
    assert_int_equal(gate("--write-baseline", baseline, is.folder), 4);
    fixture_remove(&was);
    fixture_remove(&is);
}

/* The same times at 1, 2 and 4 workers; the mean of all others is another figure. */
static void a_mean_is_over_the_numbers_of_workers_of_the_baseline(void **state)
{
    struct fixture was = base, more = base;
    char baseline[300], option[320];

    (void)state;
    was.serial = more.serial = 0.25;
    make(&was);
    make(&more);
    fixture_change(&was, "DELETE FROM trial WHERE cell = 4");
    fixture_change(&more, "UPDATE study SET value = '2024-01-02T00:00:00Z' WHERE key = 'created_utc'");
    snprintf(baseline, sizeof baseline, "%s/baseline.json", was.folder);
    snprintf(option, sizeof option, "--baseline=%s", baseline);
    assert_int_equal(gate("--write-baseline", baseline, was.folder), 0);
    assert_int_equal(gate("--baseline", baseline, more.folder), 0);
    assert_said("efficiency, mean ");
    assert_int_equal(gate(option, "--accept", more.folder), 2);
    assert_said("session 2 has the mean efficiency of other numbers of workers than those before");
    fixture_change(&more, "DELETE FROM trial WHERE cell = 3");
    assert_int_equal(gate("--baseline", baseline, more.folder), 3);
    assert_said("to decide: the study has no value at these numbers of workers: 3; sweep them too");
    fixture_remove(&was);
    fixture_remove(&more);
}

/* Runs the gate on the study with what `edit`, for sed, makes of its baseline. */
static int gate_edited(const struct fixture *one, const char *edit)
{
    char *edited = g_strdup_printf("%s/edited.json", one->folder),
         *command = g_strdup_printf("sed '%s' %s/baseline.json >%s", edit, one->folder, edited);
    int code;

    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): the test's own command */
    code = gate("--baseline", edited, one->folder);
    remove(edited);
    g_free(command);
    g_free(edited);
    return code;
}

static void an_edited_baseline_is_not_misread(void **state)
{
    static const struct {
        const char *edit;
        int code;
        const char *said;
    } cases[] = {
        {"", 0, "the study is session 1 of this baseline: it cannot show a change from that"},
        {"s/knee-baseline 2/knee-baseline 3/", 2,
         "format is 'knee-baseline 3', this program knows 'knee-baseline 2': use the knee that made it"},
        {"s/\"chunk\": \"8\"/\"chunk\": 64/", 4, "chunk: the baseline has '', the study '8'"},
        {"s/\"start_method\": \"fork\"/\"start_method\": \"fresh\"/", 4,
         "start method: the baseline has 'fresh'"},
        {"s/\"workers\": 2/\"workers\": 2.5/", 2, "entry 1 of session 1 is not a quantity with workers"},
        {"s/\"workers\": 3/\"workers\": 2/", 2,
         "entry 2 of session 1 has a figure that its session had before"},
        {"s/\"policy\"/\"chunk\"/", 2, "duplicate object key"},
    };
    struct fixture one = base;
    char baseline[300];

    (void)state;
    make(&one);
    snprintf(baseline, sizeof baseline, "%s/baseline.json", one.folder);
    assert_int_equal(gate("--write-baseline", baseline, one.folder), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int code = gate_edited(&one, cases[i].edit);
        if (code != cases[i].code)
            fail_msg("%s: exit %d, wanted %d: %s", cases[i].edit, code, cases[i].code, said);
        assert_said(cases[i].said);
    }
    fixture_remove(&one);
}

static void what_cannot_be_read_is_no_verdict(void **state)
{
    struct fixture one = base;
    char baseline[300];
    FILE *file;

    (void)state;
    make(&one);
    snprintf(baseline, sizeof baseline, "%s/baseline.json", one.folder);
    assert_int_equal(gate("--baseline", baseline, one.folder), 2);
    assert_said("--write-baseline");
    assert_int_equal(gate("--write-baseline", baseline, "/nonexistent"), 2);
    assert_int_equal(gate("--baseline", one.folder, NULL), 2);
    file = fopen(baseline, "w");
    assert_non_null(file);
    fputs("{\"format\": \"knee-baseline 1\",\n oops", file);
    fclose(file);
    assert_int_equal(gate("--baseline", baseline, one.folder), 2);
    assert_said("baseline.json:2:");
    fixture_remove(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_is_that_of_the_whole_interval),
        cmocka_unit_test(the_interval_of_the_difference_is_welchs),
        cmocka_unit_test(the_spread_of_the_sessions_is_allowed),
        cmocka_unit_test(sessions_that_differ_raise_no_alarm),
        cmocka_unit_test(without_an_interval_or_a_value_nothing_is_decided),
        cmocka_unit_test(the_worst_entry_decides_the_whole),
        cmocka_unit_test(the_command_tells_pass_regression_and_not_comparable_apart),
        cmocka_unit_test(accepted_studies_are_sessions),
        cmocka_unit_test(stated_bounds_need_no_baseline),
        cmocka_unit_test(other_failed_items_are_another_batch),
        cmocka_unit_test(efficiency_on_emulated_cores_has_a_baseline_of_its_own),
        cmocka_unit_test(bounds_name_the_cores_that_they_are_for),
        cmocka_unit_test(trials_that_failed_leave_no_verdict),
        cmocka_unit_test(a_mean_is_over_the_numbers_of_workers_of_the_baseline),
        cmocka_unit_test(an_edited_baseline_is_not_misread),
        cmocka_unit_test(what_cannot_be_read_is_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
