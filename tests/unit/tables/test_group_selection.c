/* The configurations of a table, as --group names them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/tables/table_study.h"

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

/* A value with a comma or a quote is one value, in what is written and in what is read. */
static void test_configurations(void **state)
{
    static const char text[] =
        "flags,n,s\n\"-Wl,-z\",1,10\n\"-Wl,-z\",2,5\n\"say \"\"x\"\"\",1,8\n\"say \"\"x\"\"\",2,4\n";
    static const char *const wanted[] = {"flags=\"-Wl,-z\"", "flags=\"say \"\"x\"\"\""};
    struct fault fault = {0};
    struct table table;
    char **found;

    (void)state;
    assert_int_equal(table_parse("t.csv", text, strlen(text), &table, &fault), 0);
    found = table_configurations(&table, "flags", &fault);
    assert_int_equal(g_strv_length(found), 2);
    for (size_t i = 0; i < 2; i++) {
        struct table_request request = {.group = found[i]};
        struct study_data study;
        assert_string_equal(found[i], wanted[i]);
        assert_int_equal(table_study(&table, &request, &study, &fault), 0);
        assert_int_equal(study.trials->len, 2);
        assert_true(g_array_index(study.trials, struct data_trial, 0).wall_s == (i ? 8 : 10));
        study_data_release(&study);
    }
    g_strfreev(found);
    assert_null(table_configurations(&table, "flags=-Wl,-z", &fault));
    assert_string_equal(fault.text,
                        "t.csv: no column '-z' for --group; a value with commas belongs in double quotes");
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_groups), cmocka_unit_test(test_configurations)};

    return cmocka_run_group_tests_name("group_selection", tests, NULL, NULL);
}
