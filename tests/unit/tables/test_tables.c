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
    {"a decimal comma",
     "workers;seconds\n1;10,5\n",
     "~t.csv:2: seconds '10,5' is not a number: write a decimal point",
     {.cores = 0}},
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
     "name=VALUE for one",
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
    {"a measured quantity that repeats by chance",
     "workers,seconds,mib\n1,10,80\n1,10.1,80\n2,5,80\n2,5.1,81\n4,3,81\n4,3.1,90\n",
     "1:10@0 1:10.1@0 2:5@0 2:5.1@0 4:3@0 4:3.1@0",
     {.cores = 0}},
    {"GraphicsMagick's benchmark",
     "\"Threads\",\"Iterations\",\"User Time\",\"Elapsed Time\"\n\"1\",\"3\",\"0.83\",\"1.5\"\n"
     "\"2\",\"4\",\"0.88\",\"1.0\"\n",
     "1:0.5@0 2:0.25@0",
     {.cores = 0}},
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

static void test_groups(void **state)
{
    static const char text[] = "name,n,s\nB,1,1\nA,1,1\nB,2,1\n";
    struct table table;
    struct fault fault = {0};
    char **values;

    (void)state;
    assert_int_equal(table_parse("t.csv", text, strlen(text), &table, &fault), 0);
    values = table_configurations(&table, "NAME", &fault);
    assert_non_null(values);
    assert_string_equal(values[0], "name=B");
    assert_string_equal(values[1], "name=A");
    assert_null(values[2]);
    g_strfreev(values);
    assert_null(table_configurations(&table, "os", &fault));
    assert_string_equal(fault.text, "t.csv: no column 'os' for --group");
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_groups)};

    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
