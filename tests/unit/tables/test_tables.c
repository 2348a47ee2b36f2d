/* Tables that other programs wrote: what is read of them, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/tables/table_study.h"

/* What a table becomes: "workers:seconds@block workers:seconds@block", or the message. */
static char *fitted(const char *text, const struct table_request *request)
{
    struct table table;
    struct study_data study;
    struct fault fault = {0};
    GString *out = g_string_new("");

    if (table_parse("t.csv", text, strlen(text), &table, &fault))
        return g_string_free(out, TRUE), g_strdup(fault.text);
    if (table_study(&table, request, &study, &fault)) {
        g_string_assign(out, fault.text);
    } else {
        for (unsigned i = 0; i < study.trials->len; i++) {
            const struct data_trial *trial = &g_array_index(study.trials, struct data_trial, i);
            const struct data_cell *cell = study_data_cell(&study, trial);
            g_string_append_printf(out, "%s%u:%.6g@%u%s", i ? " " : "", cell->workers, trial->wall_s,
                                   trial->block, strcmp(cell->role, "scaling") ? cell->role : "");
            if (trial->status != TRIAL_OK)
                g_string_append(out, "!");
        }
        study_data_release(&study);
    }
    table_release(&table);
    return g_string_free(out, FALSE);
}

struct example {
    const char *name, *text, *wanted; /* wanted: the whole of it, or with '~' first what it must hold */
    struct table_request request;
};

static const struct example examples[] = {
    {"plain", "workers,seconds\n1,10\n2,5.5\n", "1:10@0 2:5.5@0", {.cores = 0}},
    {"quotes, separators and line ends inside quotes, CRLF, byte order mark, comments, blank lines",
     "\xef\xbb\xbf# made by hand, "
     "\"so\"\r\nparams,workers,seconds\r\n\r\n\"[1,2,4,8]\",1,100\r\n\"a\nb\",\"2\",\"52\"\r\n",
     "1:100@0 2:52@0",
     {.cores = 0}},
    {"carriage returns alone", "workers,seconds\r1,10\r2,5\r", "1:10@0 2:5@0", {.cores = 0}},
    {"semicolons", "workers; seconds\n1; 10\n2; 5\n", "1:10@0 2:5@0", {.cores = 0}},
    {"tabs", "seconds\tworkers\n10\t1\n5\t2\n", "1:10@0 2:5@0", {.cores = 0}},
    {"a separator line", "sep=;\nworkers;seconds\n1;10\n", "1:10@0", {.cores = 0}},
    {"no line end at the end", "workers,seconds\n1,10", "1:10@0", {.cores = 0}},
    {"more fields than the header",
     "workers,seconds\n1,10,5\n2,6,1\n",
     "t.csv:2: 3 fields, but the header has 2: mend the line; a decimal comma needs semicolons between the "
     "fields, or a "
     "decimal point",
     {.cores = 0}},
    {"fewer fields than the header, after lines inside quotes",
     "note,workers,seconds\n\"a\n\nb\",1,10\n\nx,2\n",
     "t.csv:6: 2 fields, but 'seconds' is field 3 of the header: mend the line",
     {.cores = 0}},
    {"an open quote",
     "workers,seconds\n\n1,10\n2,\"5.1\n4,2.6\n",
     "t.csv:4: the quote that opens in this row is not closed: mend the line",
     {.cores = 0}},
    {"a quote inside a field", "workers,seconds\n1,1\"0\n", "~t.csv:2: a quote inside a field", {.cores = 0}},
    {"decimal commas where semicolons separate",
     "workers;seconds\n1;10,5\n2;5,25\n",
     "1:10.5@0 2:5.25@0",
     {.cores = 0}},
    {"decimal commas where tabs separate", "workers\tseconds\n1\t1,5\n", "1:1.5@0", {.cores = 0}},
    {"decimal commas and points",
     "workers;seconds\n1;10,5\n2;5.25\n",
     "t.csv:3: seconds '5.25' has a decimal point, and other rows have commas: write all alike",
     {.cores = 0}},
    {"thousands and a decimal comma",
     "workers;seconds\n1;1.234,5\n",
     "~leave out the separators of thousands",
     {.cores = 0}},
    {"a comma in quotes is no decimal comma where commas separate",
     "workers,seconds\n1,\"1,234\"\n",
     "~t.csv:2: seconds '1,234' is not a number: write a decimal point, not a comma",
     {.cores = 0}},
    {"bars", "workers|seconds\n1|10\n", "1:10@0", {.cores = 0}},
    {"blanks", "  workers   seconds \n   1    10.5\n  16     2.5  \n", "1:10.5@0 16:2.5@0", {.cores = 0}},
    {"no header",
     "1,10\n2,5\n",
     "t.csv:1: numbers where the names of the columns are expected: put a line such as workers,seconds "
     "before them",
     {.cores = 0}},
    {"an empty field",
     "workers,seconds\n1,\n",
     "~seconds '' is not a number: the field is empty: leave the row out",
     {.cores = 0}},
    {"a unit in a field",
     "workers,seconds\n1,10 s\n",
     "~leave out the unit, and give it in the name",
     {.cores = 0}},
    {"minutes and seconds",
     "workers,elapsed\n1,1:10.5\n",
     "~'1:10.5' is not a number: give the time in seconds",
     {.cores = 0}},
    {"no number", "workers,seconds\n1,NaN\n", "~seconds 'NaN' is not a number", {.cores = 0}},
    {"no time", "workers,seconds\n1,inf\n", "~seconds 'inf' is not a number", {.cores = 0}},
    {"a number in another base",
     "workers,seconds\n1,0x10\n",
     "~seconds '0x10' is not a number",
     {.cores = 0}},
    {"a time that is not above 0",
     "workers,seconds\n1,0\n",
     "~seconds '0': give a number above 0",
     {.cores = 0}},
    {"no workers at all", "workers,seconds\n0,1\n", "~workers '0': give a whole number", {.cores = 0}},
    {"blocks that are texts", "day,n,s\nmon,1,10\ntue,1,11\nmon,2,5\n", "1:10@0 1:11@1 2:5@0", {.cores = 0}},
    {"an empty block", "block,n,s\n,1,10\n", "~block is empty", {.cores = 0}},
    {"numbers of workers under other names", "NumThreads,seconds\n1,10\n", "1:10@0", {.cores = 0}},
    {"... and others", "no. of workers,seconds\n1,10\n", "1:10@0", {.cores = 0}},
    {"min is the least of several times, not a unit",
     "threads,time_mean,time_min,time_max\n1,10,9,11\n",
     "1:10@0",
     {.cores = 0}},
    {"min in brackets is a unit", "threads,Elapsed (min)\n1,2\n", "1:120@0", {.cores = 0}},
    {"a time and its unit, as physics writes it", "threads,time/ms\n1,1500\n", "1:1.5@0", {.cores = 0}},
    {"a time for each operation", "cpu,ns/op\n1,1500\n", "1:1.5e-06@0", {.cores = 0}},
    {"a throughput with its unit in brackets", "n,throughput (MB/s)\n1,4\n", "1:0.25@0", {.cores = 0}},
    {"a unit in the name", "Threads,Elapsed Time (ms)\n1,1500\n2,800\n", "1:1.5@0 2:0.8@0", {.cores = 0}},
    {"a unit as the name", "np,us\n1,1500\n", "1:0.0015@0", {.cores = 0}},
    {"a unit that is asked for", "ranks,time\n1,1500\n", "1:1.5@0", {.columns = {.unit = "ms"}}},
    {"an unknown unit",
     "ranks,time\n1,1500\n",
     "--unit parsec: give one of s, ms, us, ns, min, h",
     {.columns = {.unit = "parsec"}}},
    {"a throughput", "n,items_per_second\n1,4\n2,8\n", "1:0.25@0 2:0.125@0", {.cores = 0}},
    {"operations by seconds", "jobs,ops/s\n1,4\n2,8\n", "1:0.25@0 2:0.125@0", {.cores = 0}},
    {"a throughput of work that grows", "n,rate\n1,4\n2,8\n", "1:0.25@0 2:0.25@0", {.weak = true}},
    {"a unit for a throughput", "n,rate\n1,4\n", "~whose unit does not matter", {.columns = {.unit = "ms"}}},
    {"mean and median", "cores,mean,stddev,median\n1,4,1,3\n", "1:3@0", {.cores = 0}},
    {"two times",
     "cores,elapsed,real\n1,4,3\n",
     "t.csv: columns 'elapsed' and 'real' can both be meant: choose with --time-column, or leave one out",
     {.cores = 0}},
    {"two times, one chosen", "cores,elapsed,real\n1,4,3\n", "1:3@0", {.columns = {.time = "Real"}}},
    {"time and throughput",
     "cores,elapsed,rate\n1,4,3\n",
     "~columns 'elapsed' and 'rate' both",
     {.cores = 0}},
    {"two worker counts",
     "nodes,ranks,time\n1,4,3\n",
     "~'nodes' and 'ranks' can both be meant: choose with --workers-column",
     {.cores = 0}},
    {"two worker counts, one chosen",
     "nodes,ranks,time\n1,4,3\n",
     "4:3@0",
     {.columns = {.workers = "ranks"}}},
    {"workers before other names", "nodes,workers,time\n1,4,3\n", "4:3@0", {.cores = 0}},
    {"no workers",
     "size,time\n1,4\n",
     "t.csv: no column of workers among size, time: accepted are workers, threads, cores, nodes, procs, "
     "ranks, np, jobs, n, "
     "or any with --workers-column",
     {.cores = 0}},
    {"no time",
     "workers,size\n1,4\n",
     "~no column of times among workers, size: accepted are seconds, elapsed",
     {.cores = 0}},
    {"a column that is not there",
     "workers,time\n1,4\n",
     "t.csv: no column 'wall': the columns are workers, time",
     {.columns = {.time = "wall"}}},
    {"blocks", "block,workers,seconds\n3,1,10\n4,1,11\n", "1:10@3 1:11@4", {.cores = 0}},
    {"block before its synonyms", "run,block,workers,seconds\n7,3,1,10\n", "1:10@3", {.cores = 0}},
    {"several configurations",
     "name,threads,seconds\nA,1,10\nA,2,5.5\nB,1,100\nB,2,80\n",
     "t.csv: the rows are of 2 configurations by column 'name': give --group name to fit each, or --group "
     "name=VALUE for one; call the column block where its values are repetitions",
     {.cores = 0}},
    {"several sizes",
     "size,threads,seconds\n1000,1,10\n1000,2,5.5\n9000,1,100\n9000,2,80\n",
     "~2 configurations by column 'size'",
     {.cores = 0}},
    {"one of several configurations",
     "name,threads,seconds\nA,1,10\nA,2,5.5\nB,1,100\nB,2,80\n",
     "1:100@0 2:80@0",
     {.group = "name=B"}},
    {"a configuration that is not there",
     "name,threads,seconds\nA,1,10\n",
     "t.csv: no row with name=C",
     {.group = "name=C"}},
    {"other columns of two kinds at once",
     "name,os,threads,seconds\nA,x,1,10\nA,y,1,11\nB,x,1,100\nB,y,1,80\nB,x,2,50\nB,y,2,40\n",
     "~give --group name=B,os to fit each",
     {.group = "name=B"}},
    {"a command that follows from the workers",
     "command,workers,mean\n./p -j 1,1,10\n./p -j 1,1,10.1\n./p -j 2,2,5\n",
     "1:10@0 1:10.1@0 2:5@0",
     {.cores = 0}},
    {"several sizes, one cell of which is missing",
     "size,threads,seconds\n1000,1,10\n1000,1,10.1\n1000,2,5.5\n1000,2,5.6\n1000,4,3\n1000,4,3.1\n"
     "9000,1,100\n9000,1,101\n9000,2,55\n9000,2,54\n",
     "~2 configurations by column 'size'",
     {.cores = 0}},
    {"a measured quantity that repeats, and does not change the times",
     "mib,threads,seconds\n80,1,10\n81,1,10.1\n80,2,5.6\n81,2,5.5\n80,4,3\n80,4,3.1\n",
     "1:10@0 1:10.1@0 2:5.6@0 2:5.5@0 4:3@0 4:3.1@0",
     {.cores = 0}},
    {"a measured quantity that repeats by chance",
     "workers,seconds,mib\n1,10,80\n1,10.1,80\n2,5,80\n2,5.1,81\n4,3,81\n4,3.1,90\n",
     "1:10@0 1:10.1@0 2:5@0 2:5.1@0 4:3@0 4:3.1@0",
     {.cores = 0}},
    {"GraphicsMagick's benchmark",
     "\"Threads\",\"Iterations\",\"User Time\",\"Elapsed Time\"\n\"1\",\"3\",\"0.83\",\"1.5\"\n"
     "\"2\",\"4\",\"0.88\",\"1.0\"\n",
     "1:0.5@0 2:0.25@0",
     {.cores = 0}},
    {"GraphicsMagick's benchmark without its header",
     "\"1\",\"3\",\"0.83\",\"1.5\"\n\"2\",\"4\",\"0.88\",\"1.0\"\n",
     "1:0.5@0 2:0.25@0",
     {.cores = 0}},
    {"hyperfine's JSON before 1.11: one parameter without a name",
     "{\"results\":[{\"command\":\"p 1\",\"times\":[1.5],\"parameter\":\"1\"},"
     "{\"command\":\"p 2\",\"times\":[0.75],\"parameter\":\"2\"}]}",
     "1:1.5@0 2:0.75@0",
     {.cores = 0}},
    {"hyperfine's JSON without times: the mean",
     "{\"results\":[{\"command\":\"p 1\",\"mean\":1.5,\"parameters\":{\"workers\":\"1\"}}]}",
     "1:1.5@0",
     {.cores = 0}},
    {"hyperfine's JSON of runs that failed: by their code, or by a signal",
     "{\"results\":[{\"command\":\"p 1\",\"times\":[1.5,0.1,0.2],\"exit_codes\":[0,1,null],"
     "\"parameters\":{\"workers\":\"1\"}}]}",
     "1:1.5@0 1:0.1@0! 1:0.2@0!",
     {.cores = 0}},
    {"hyperfine's JSON of a program that never ends with 0",
     "{\"results\":[{\"command\":\"p 1\",\"times\":[1.5],\"exit_codes\":[1],"
     "\"parameters\":{\"workers\":\"1\"}}]}",
     "1:1.5@0",
     {.cores = 0}},
    {"Google Benchmark before 1.5: threads and aggregates by the name alone",
     "{\"context\":{},\"benchmarks\":["
     "{\"name\":\"B/threads:2\",\"real_time\":4,\"time_unit\":\"ms\"},"
     "{\"name\":\"B/threads:2_mean\",\"real_time\":9,\"time_unit\":\"ms\"},"
     "{\"name\":\"B\",\"real_time\":5,\"time_unit\":\"ms\"}]}",
     "2:0.004@0 1:0.005@0",
     {.cores = 0}},
    {"Google Benchmark's aggregates alone",
     "{\"benchmarks\":[{\"name\":\"B_mean\",\"run_type\":\"aggregate\",\"threads\":1,\"real_time\":9,"
     "\"time_unit\":\"ms\"}]}",
     "~run it without --benchmark_report_aggregates_only",
     {.cores = 0}},
    {"a list in JSON", "[{\"workers\":1}]", "~JSON without 'results'", {.cores = 0}},
    {"hyperfine's CSV",
     "command,mean,stddev,median,user,system,min,max,parameter_workers\nsleep 1,1.1,0,1,0,0,1,1,1\n"
     "sleep 2,2.1,0,2,0,0,2,2,2\n",
     "1:1@0 2:2@0",
     {.cores = 0}},
    {"hyperfine's JSON",
     "{\"results\":[{\"command\":\"p 1\",\"times\":[1.5,1.25],\"parameters\":{\"workers\":\"1\"}},"
     "{\"command\":\"p 2\",\"times\":[0.75],\"parameters\":{\"workers\":\"2\"}}]}",
     "1:1.5@0 1:1.25@0 2:0.75@0",
     {.cores = 0}},
    {"blocks in hyperfine's JSON",
     "{\"results\":[{\"command\":\"p\",\"times\":[3,2],\"blocks\":[5,6],\"parameters\":{\"workers\":\"1\"}}]"
     "}",
     "1:3@5 1:2@6",
     {.cores = 0}},
    {"blocks in hyperfine's JSON that are not all known",
     "{\"results\":[{\"command\":\"p\",\"times\":[3,2],\"blocks\":[5,null],\"parameters\":{\"workers\":\"1\"}"
     "}]}",
     "1:3@0 1:2@0",
     {.cores = 0}},
    {"hyperfine's JSON of two configurations",
     "{\"results\":[{\"command\":\"p 1\",\"times\":[1.5],\"parameters\":{\"workers\":\"1\",\"mode\":\"a\"}},"
     "{\"command\":\"p 1\",\"times\":[2],\"parameters\":{\"workers\":\"1\",\"mode\":\"b\"}},"
     "{\"command\":\"p 2\",\"times\":[0.75],\"parameters\":{\"workers\":\"2\",\"mode\":\"a\"}}]}",
     "~by column 'mode'",
     {.cores = 0}},
    {"hyperfine's JSON without parameters",
     "{\"results\":[{\"command\":\"p 1\",\"times\":[1.5]}]}",
     "~run it with --parameter-list workers",
     {.cores = 0}},
    {"Google Benchmark up to 1.8: real_time is divided by the threads; aggregates and errors are left out",
     "{\"context\":{\"library_build_type\":\"release\"},\"benchmarks\":["
     "{\"run_name\":\"B/"
     "threads:1\",\"run_type\":\"iteration\",\"threads\":1,\"real_time\":4,\"time_unit\":\"ms\"},"
     "{\"run_name\":\"B/"
     "threads:2\",\"run_type\":\"iteration\",\"threads\":2,\"real_time\":2,\"time_unit\":\"ms\"},"
     "{\"run_name\":\"B/"
     "threads:2\",\"run_type\":\"aggregate\",\"threads\":2,\"real_time\":9,\"time_unit\":\"ms\"},"
     "{\"run_name\":\"B/"
     "threads:4\",\"run_type\":\"iteration\",\"error_occurred\":true,\"threads\":4,\"real_time\":0}]}",
     "1:0.004@0 2:0.002@0",
     {.cores = 0}},
    {"Google Benchmark since 1.9: it is not",
     "{\"context\":{\"library_version\":\"v1.9.1\"},\"benchmarks\":["
     "{\"run_name\":\"B/"
     "threads:1\",\"run_type\":\"iteration\",\"threads\":1,\"real_time\":4,\"time_unit\":\"ms\"},"
     "{\"run_name\":\"B/"
     "threads:2\",\"run_type\":\"iteration\",\"threads\":2,\"real_time\":4,\"time_unit\":\"ms\"}]}",
     "1:0.004@0 2:0.002@0",
     {.cores = 0}},
    {"other JSON", "{\"a\":1}", "~JSON without 'results' (hyperfine) and 'benchmarks'", {.cores = 0}},
    {"cut JSON", "{\"results\":[", "~t.csv:1: not JSON", {.cores = 0}},
    {"two columns of blocks",
     "workers,seconds,run,iteration\n1,10,1,1\n2,5,1,1\n",
     "t.csv: columns 'run' and 'iteration' can both say which rows were measured together: call one of them "
     "block, or leave one out",
     {.cores = 0}},
    {"a column called block goes before others",
     "workers,seconds,run,block,iteration\n1,10,1,7,1\n2,5,1,8,1\n",
     "1:10@7 2:5@8",
     {.cores = 0}},
    {"nothing", "", "t.csv: no row of numbers: give lines such as workers,seconds then 1,12.5", {.cores = 0}},
    {"knee's own export: serial runs are no one-worker trials, void ones do not count",
     "workers,seconds,block,trial,role,chunk,policy,placement,position,status\n1,9,0,1,serial,0,,,0,ok\n"
     "1,10,0,2,scaling,1,dynamic,compact,1,ok\n2,5,0,3,scaling,1,dynamic,compact,2,void\n2,,0,4,chunk,4,"
     "dynamic,compact,3,failed\n",
     "1:9@0serial 1:10@0 2:5@0! 2:nan@0chunk!",
     {.cores = 0}},
};

static void test_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        const struct example *e = &examples[i];
        char *got = fitted(e->text, &e->request);
        bool right = *e->wanted == '~' ? strstr(got, e->wanted + 1) != NULL : strcmp(got, e->wanted) == 0;
        if (!right)
            fail_msg("%s:\n got    %s\n wanted %s", e->name, got, e->wanted);
        g_free(got);
    }
}

/* The value of a fact of the study that a table becomes; "" when it has none. */
static char *fact_of(const char *text, const char *name)
{
    struct table table;
    struct table_request request = {.cores = 0};
    struct study_data study;
    struct fault fault = {0};
    char *value;

    assert_int_equal(table_parse("t.csv", text, strlen(text), &table, &fault), 0);
    assert_int_equal(table_study(&table, &request, &study, &fault), 0);
    value = g_strdup(study_data_fact(&study, name) ? study_data_fact(&study, name) : "");
    study_data_release(&study);
    table_release(&table);
    return value;
}

static void test_units_of_throughputs(void **state)
{
    static const char *const names[][2] = {
        {"items_per_second", "items/s"}, {"ops per second", "ops/s"},
        {"images/sec", "images/s"},      {"throughput (MB/s)", "MB/s"},
        {"throughput", "throughput"},    {"GFLOPS", "GFLOPS"},
        {"bandwidth GB/s", "GB/s"},      {"throughput_items_per_second", "items/s"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *text = g_strdup_printf("n,%s\n1,2\n", names[i][0]), *unit = fact_of(text, "throughput");
        assert_string_equal(unit, names[i][1]);
        g_free(text);
        g_free(unit);
    }
}

/* Read, and said: what the fit warns of. */
static void test_facts(void **state)
{
    static const char *const cases[][3] = {
        {"name,n,s\nA,1,10\nA,2,5\nB,4,3\nB,8,2\n", "follows_workers", "'name' (A at 1, 2; B at 4, 8)"},
        {"command,n,s\np 1,1,10\np 2,2,5\n", "follows_workers", ""},
        {"size,n,s\n100,1,10\n100,2,5.5\n100,4,3\n900,1,90\n900,8,14\n900,16,8\n", "follows_workers",
         "'size' (100 at 1, 2, 4; 900 at 1, 8, 16)"},
        {"faults,n,s\n0,1,10\n0,2,5.5\n0,4,3\n1,1,10.1\n1,8,1.4\n1,16,0.8\n", "follows_workers", ""},
        {"n;s\n1;10\n", "decimal_commas", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *fact = fact_of(cases[i][0], cases[i][1]);
        assert_string_equal(fact, cases[i][2]);
        g_free(fact);
    }
}

static void test_utf16(void **state)
{
    static const char text[] = "\xff\xfen\0,\0s\0\n";
    struct table table;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(table_parse("t.csv", text, sizeof text, &table, &fault), -1);
    assert_string_equal(fault.text, "t.csv is in UTF-16: save it as UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples),
                                       cmocka_unit_test(test_units_of_throughputs),
                                       cmocka_unit_test(test_facts), cmocka_unit_test(test_utf16)};

    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
