/* Spans of programs: keys, errors and their messages, hostile text, and the item
 * table made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/trial/command_line.h"
#include "harness/trial/run_hooks.h"
#include "harness/trial/spans_table.h"

static struct fault fault = {0};

static struct spans parse(const char *text)
{
    struct spans spans;

    assert_int_equal(spans_parse(text, strlen(text), &spans, &fault), 0);
    return spans;
}

static void fields(void **state)
{
    struct spans spans =
        parse("{\"worker\":1,\"item\":\"a.jpg\",\"start\":1.25,\"end\":1.31,\"bytes\":3021222,\"kind\":"
              "\"jpeg\",\"cpu\":0.05}\n"
              "\n"
              "{\"worker\":0,\"phase\":\"init\",\"start\":1,\"end\":1.2,\"more\":[1]}"); /* no line end */
    (void)state;
    assert_int_equal(spans.count, 2);
    assert_int_equal(spans.bad, 0);
    assert_string_equal(spans.span[0].item, "a.jpg");
    assert_string_equal(spans.span[0].kind, "jpeg");
    assert_int_equal(spans.span[0].worker, 1);
    assert_int_equal(spans.span[0].start_ns, 1250000000);
    assert_int_equal(spans.span[0].end_ns, 1310000000);
    assert_int_equal(spans.span[0].bytes, 3021222);
    assert_int_equal(spans.span[0].cpu_ns, 50000000);
    assert_null(spans.span[1].item);
    assert_int_equal(spans.span[1].line, 3);
    assert_int_equal(spans.span[1].bytes, -1);
    assert_int_equal(spans.span[1].cpu_ns, -1);
    spans_release(&spans);
}

static void bad_lines(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"nonsense", "no JSON"},
        {"[1]", "not a JSON object"},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1", "no JSON"},
        {"{\"item\":\"a\",\"start\":1,\"end\":2}", "no \"worker\""},
        {"{\"worker\":-1,\"item\":\"a\",\"start\":1,\"end\":2}", "\"worker\""},
        {"{\"worker\":99999999999,\"item\":\"a\",\"start\":1,\"end\":2}", "\"worker\""},
        {"{\"worker\":0.5,\"item\":\"a\",\"start\":1,\"end\":2}", "\"worker\""},
        {"{\"worker\":0,\"item\":\"a\",\"start\":\"1\",\"end\":2}", "\"start\""},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":1e300}", "\"end\""},
        {"{\"worker\":0,\"item\":\"a\",\"start\":2,\"end\":1}", "before"},
        {"{\"worker\":0,\"start\":1,\"end\":2}", "one of"},
        {"{\"worker\":0,\"item\":\"a\",\"phase\":\"init\",\"start\":1,\"end\":2}", "one of"},
        {"{\"worker\":0,\"phase\":\"nap\",\"start\":1,\"end\":2}", "\"phase\""},
        {"{\"worker\":0,\"item\":\"\",\"start\":1,\"end\":2}", "\"item\""},
        {"{\"worker\":0,\"item\":\"a\\nb\",\"start\":1,\"end\":2}", "\"item\""},
        {"{\"worker\":0,\"item\":\"a\\u0000b\",\"start\":1,\"end\":2}", "no JSON"},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"bytes\":-3}", "\"bytes\""},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"kind\":7}", "\"kind\""},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"claim\":1.5}", "\"claim\" is after"},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"claim\":\"x\"}", "\"claim\""},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"locked\":1.5}", "give both of"},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"locked\":1.5,\"unlocked\":1.4}",
         "not in order"},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"locked\":1.5,\"unlocked\":2.1}",
         "not in order"},
        {"{\"worker\":0,\"item\":\"a\",\"start\":1,\"end\":2,\"locked\":0.5,\"unlocked\":1.1}",
         "not in order"},
        {"{\"worker\":0,\"phase\":\"life\",\"start\":1,\"end\":2,\"begin\":2.5}", "\"begin\" is not"},
        {"{\"worker\":0,\"phase\":\"life\",\"start\":1,\"end\":2,\"begin\":1.5,\"go\":1.4}", "\"go\" is not"},
        {"{\"worker\":0,\"phase\":\"life\",\"start\":1,\"end\":2,\"queued\":1.1}", "longer than"},
        {"{\"worker\":0,\"worker\":1,\"item\":\"a\",\"start\":1,\"end\":2}", "no JSON"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[400];
        struct spans spans;
        snprintf(text, sizeof text, "{\"worker\":0,\"item\":\"x\",\"start\":1,\"end\":2}\n%s\n",
                 cases[i].text);
        spans = parse(text);
        assert_int_equal(spans.count, 1);
        assert_int_equal(spans.bad, 1);
        assert_int_equal(spans.first_bad, 2);
        if (!strstr(spans.reason, cases[i].reason))
            fail_msg("%s: reason '%s', wanted '%s'", cases[i].text, spans.reason, cases[i].reason);
        spans_release(&spans);
    }
}

static void hostile(void **state)
{
    size_t length = 200000;
    char *text = malloc(length);
    struct spans spans;

    (void)state;
    memset(text, '[', length);
    assert_int_equal(spans_parse(text, length, &spans, &fault), 0);
    assert_int_equal(spans.bad, 1);
    assert_non_null(strstr(spans.reason, "longer than"));
    spans_release(&spans);
    memset(text, '[', length);
    for (size_t i = 8000; i < length; i += 8000)
        text[i] = '\n';
    assert_int_equal(spans_parse(text, length, &spans, &fault), 0);
    assert_int_equal(spans.count, 0);
    assert_true(spans.bad > 20);
    spans_release(&spans);
    memset(text, 0, length);
    assert_int_equal(spans_parse(text, length, &spans, &fault), 0);
    assert_int_equal(spans.bad, 1);
    spans_release(&spans);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)(i * 2654435761u >> 13);
    assert_int_equal(spans_parse(text, length, &spans, &fault), 0);
    assert_int_equal(spans.count, 0);
    spans_release(&spans);
    assert_int_equal(spans_parse(text, 0, &spans, &fault), 0);
    assert_int_equal(spans.lines, 0);
    spans_release(&spans);
    assert_int_equal(spans_parse(text, (size_t)SPANS_FILE_BYTES + 1, &spans, &fault), -1);
    free(text);
}

#define ITEM(worker, name, start, end)                                                                       \
    "{\"worker\":" #worker ",\"item\":\"" name "\",\"start\":" #start ",\"end\":" #end "}\n"

#define LIFE(worker, start, end, begin, go)                                                                  \
    "{\"worker\":" #worker ",\"phase\":\"life\",\"start\":" #start ",\"end\":" #end ",\"begin\":" #begin     \
    ",\"go\":" #go ",\"queued\":0.125}\n"

static void checks(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {ITEM(2, "a", 1, 2), "worker 2 of 2"},
        {ITEM(0, "a", 0.5, 2), "outside"},
        {ITEM(0, "a", 1, 4), "outside"},
        {ITEM(0, "a", 1, 2) ITEM(1, "a", 1, 2), "twice (line 1)"},
        {ITEM(0, "a", 1, 2) ITEM(0, "b", 1.9, 3), "two things"},
        {ITEM(0, "a", 1, 2) "{\"worker\":0,\"phase\":\"init\",\"start\":2,\"end\":3}", "not its first"},
        {LIFE(0, 1, 2, 1, 1) LIFE(0, 2, 3, 2, 2), "a second \"life\" of worker 0 (line 1)"},
        {LIFE(0, 1.2, 2, 1.2, 1.3) ITEM(0, "a", 1.3, 2.1), "outside of its life (line 1)"},
        {LIFE(0, 1.2, 2, 1.2, 1.5) ITEM(0, "a", 1.3, 1.9), "outside of its life"},
        {LIFE(0, 1, 2, 1.1, 1.5) "{\"worker\":0,\"phase\":\"init\",\"start\":1,\"end\":1.2}",
         "outside of its life"},
        {LIFE(0, 1, 2, 1, 1.5) "{\"worker\":0,\"phase\":\"init\",\"start\":1,\"end\":1.6}",
         "ends after its go"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct spans spans = parse(cases[i].text);
        assert_int_equal(spans_check(&spans, 2, 1000000000, 3000000000, &fault), -1);
        if (!strstr(fault.text, cases[i].reason))
            fail_msg("%s: '%s', wanted '%s'", cases[i].text, fault.text, cases[i].reason);
        spans_release(&spans);
    }
}

static void makes_a_table(void **state)
{
    struct spans spans = parse(ITEM(1, "b", 2, 2.5) ITEM(
        0, "c", 1.5, 1.75) "{\"worker\":0,\"phase\":\"init\",\"start\":1.25,\"end\":1.5}\n" ITEM(0, "a", 1.75,
                                                                                                 2.25));
    struct spans_items items;
    struct item_table table;
    const struct worker_record *worker;

    (void)state;
    assert_int_equal(spans_check(&spans, 3, 1000000000, 3000000000, &fault), 0);
    assert_int_equal(spans_items_take(&items, &spans, &fault), 0);
    assert_int_equal(items.count, 3);
    assert_string_equal(items.item[2].name, "c");
    assert_int_equal(spans_table(&table, &spans, &items, 3, 1000000000, 3000000000, &fault), 0);
    assert_int_equal(item_table_item(&table, 0)->start_ns, 1750000000);
    assert_int_equal(item_table_item(&table, 1)->worker, 1);
    worker = item_table_worker(&table, 0);
    assert_int_equal(worker->begin_ns, 1250000000);
    assert_int_equal(worker->init_end_ns, 1500000000);
    assert_int_equal(worker->go_ns, 1500000000);
    assert_int_equal(worker->loop_end_ns, 2250000000);
    assert_int_equal(worker->items, 2);
    worker = item_table_worker(&table, 2); /* had no work: begins and ends with the earliest */
    assert_int_equal(worker->begin_ns, 1250000000);
    assert_int_equal(worker->loop_end_ns, 1250000000);
    item_table_close(&table);
    spans_release(&spans);

    spans = parse(ITEM(0, "a", 1, 2));
    assert_int_equal(spans_check(&spans, 1, 1000000000, 3000000000, &fault), 0);
    assert_int_equal(spans_table(&table, &spans, &items, 1, 1000000000, 3000000000, &fault), -1);
    assert_non_null(strstr(fault.text, "1 items, in the first run 3"));
    spans_release(&spans);
    spans = parse(ITEM(0, "z", 1, 2));
    assert_int_equal(spans_check(&spans, 1, 1000000000, 3000000000, &fault), 0);
    assert_int_equal(spans_table(&table, &spans, &items, 1, 1000000000, 3000000000, &fault), -1);
    assert_non_null(strstr(fault.text, "item z was not in the first run"));
    spans_release(&spans);
    spans_items_release(&items);
}

/* Forks, gate, claims and run-queue delay, as in the table of `knee run`. */
static void a_life_makes_the_table_whole(void **state)
{
    struct spans spans = parse("{\"worker\":0,\"item\":\"a\",\"claim\":1.625,\"start\":1.75,\"end\":2.25,"
                               "\"locked\":1.875,\"unlocked\":2}\n"
                               "{\"worker\":0,\"phase\":\"init\",\"start\":1.25,\"end\":1.5}\n" LIFE(
                                   1, 1.125, 2.5, 1.375, 1.875) LIFE(0, 1.0625, 2.75, 1.25, 1.625));
    struct spans_items items;
    struct item_table table;
    const struct worker_record *worker;
    const struct worker_payload *payload;

    (void)state;
    assert_int_equal(spans.bad, 0);
    assert_int_equal(spans_check(&spans, 2, 1000000000, 3000000000, &fault), 0);
    assert_int_equal(spans_items_take(&items, &spans, &fault), 0);
    assert_int_equal(items.count, 1);
    assert_int_equal(spans_table(&table, &spans, &items, 2, 1000000000, 3000000000, &fault), 0);
    assert_int_equal(table.header->go_ns, 1625000000);
    assert_int_equal(item_table_item(&table, 0)->claim_ns, 1625000000);
    assert_int_equal(item_table_item(&table, 0)->locked_ns, 1875000000);
    assert_int_equal(item_table_item(&table, 0)->unlocked_ns, 2000000000);
    worker = item_table_worker(&table, 0);
    assert_int_equal(worker->fork_ns, 1062500000);
    assert_int_equal(worker->begin_ns, 1250000000);
    assert_int_equal(worker->init_end_ns, 1500000000);
    assert_int_equal(worker->go_ns, 1625000000);
    assert_int_equal(worker->loop_end_ns, 2750000000);
    assert_int_equal(worker->items, 1);
    worker = item_table_worker(&table, 1); /* lived without work */
    assert_int_equal(worker->begin_ns, 1375000000);
    assert_int_equal(worker->go_ns, 1875000000);
    assert_int_equal(worker->loop_end_ns, 2500000000);
    payload = item_table_worker_payload(&table, 1);
    assert_int_equal(payload->runqueue_known, 1);
    assert_int_equal(payload->runqueue_ns, 125000000);
    assert_int_equal(payload->cpu_wanted, -1);
    item_table_close(&table);
    spans_release(&spans);
    spans_items_release(&items);
}

static void places(void **state)
{
    const struct command_values values = {{"4", "16", "guided", "7", "/tmp/a b", "100"}};
    bool used[COMMAND_PLACES] = {false};
    static const struct {
        const char *text, *filled, *quoted;
    } cases[] = {
        {"--threads={workers}", "--threads=4", "--threads=4"},
        {"{out}/{trial}", "/tmp/a b/7", "'/tmp/a b'/7"},
        {"{\"a\":{\"b\":1}} {} {1,2} { print $1 }", "{\"a\":{\"b\":1}} {} {1,2} { print $1 }",
         "{\"a\":{\"b\":1}} {} {1,2} { print $1 }"},
        {"{{print}}{{workers}}", "{print}{workers}", "{print}{workers}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *filled, *quoted;
        assert_int_equal(command_line_check(cases[i].text, used, &fault), 0);
        filled = command_line_fill(cases[i].text, &values, false);
        quoted = command_line_fill(cases[i].text, &values, true);
        assert_string_equal(filled, cases[i].filled);
        assert_string_equal(quoted, cases[i].quoted);
        free(filled);
        free(quoted);
    }
    assert_true(used[PLACE_WORKERS] && used[PLACE_OUT] && used[PLACE_TRIAL]);
    assert_false(used[PLACE_CHUNK] || used[PLACE_POLICY] || used[PLACE_UNITS]);
    assert_int_equal(command_line_check("-j{wokers}", used, &fault), -1);
    assert_non_null(strstr(fault.text, "{wokers}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),        cmocka_unit_test(bad_lines),
        cmocka_unit_test(hostile),       cmocka_unit_test(checks),
        cmocka_unit_test(makes_a_table), cmocka_unit_test(a_life_makes_the_table_whole),
        cmocka_unit_test(places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
