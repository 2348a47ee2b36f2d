/* The item table: its shape, and what is refused when another process hands one over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline/pool/item_table.h"

static void records_do_not_overlap_and_are_aligned(void **state)
{
    struct item_table table;
    struct fault fault;

    (void)state;
    assert_int_equal(item_table_create(&table, -1, 3, 13, 2, 70, &fault), 0);
    for (uint32_t w = 0; w < 2; w++) {
        assert_int_equal((uintptr_t)item_table_worker(&table, w) % 64, 0);
        memset(item_table_worker_payload(&table, w), 0x10 + (int)w, 70);
    }
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal((uintptr_t)item_table_item(&table, i) % 8, 0);
        memset(item_table_item_payload(&table, i), 0x20 + (int)i, 13);
    }
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(item_table_item(&table, i)->end_ns, 0);
        assert_int_equal(((unsigned char *)item_table_item_payload(&table, i))[12], 0x20 + i);
    }
    assert_int_equal(((unsigned char *)item_table_worker_payload(&table, 0))[69], 0x10);
    assert_int_equal(item_table_worker(&table, 1)->items, 0);
    item_table_close(&table);
    item_table_close(&table); /* twice is harmless */
}

static void reasons_are_whole_and_harmless(void **state)
{
    struct item_table table;
    struct fault fault;
    char reason[ITEM_REASON_BYTES], text[ITEM_REASON_BYTES];

    (void)state;
    assert_int_equal(item_table_create(&table, -1, 3, 8, 1, 0, &fault), 0);
    assert_string_equal(item_table_reason(&table, 1, text), "");
    memset(reason, 'r', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    item_table_set_reason(&table, 1, reason);
    item_table_set_reason(&table, 2, "a\x1b[2J\nb");
    assert_string_equal(item_table_reason(&table, 1, text), reason);
    assert_string_equal(item_table_reason(&table, 2, text), "a?[2J?b");
    assert_string_equal(item_table_reason(&table, 0, text), "");
    memset((char *)table.header + table.reasons_offset, 'x',
           sizeof reason); /* as a taken-over worker could */
    assert_int_equal(strlen(item_table_reason(&table, 0, text)), sizeof reason - 1);
    item_table_close(&table);
}

static void another_process_opens_what_was_made(void **state)
{
    struct item_table made, opened;
    struct fault fault;
    int fd = memfd_create("test", 0), copy = dup(fd);

    (void)state;
    assert_int_equal(item_table_create(&made, fd, 5, 8, 1, 8, &fault), 0);
    item_table_item(&made, 4)->bytes_in = 42;
    made.header->start_ns = 7;
    item_table_close(&made);
    assert_int_equal(item_table_open(&opened, copy, &fault), 0);
    assert_int_equal(opened.header->items, 5);
    assert_int_equal(opened.header->start_ns, 7);
    assert_int_equal(opened.header->exit_code, -1);
    assert_int_equal(item_table_item(&opened, 4)->bytes_in, 42);
    item_table_close(&opened);
}

static int good_table(void)
{
    struct item_table table;
    struct fault fault;
    int fd = memfd_create("test", 0), copy = dup(fd);

    assert_int_equal(item_table_create(&table, fd, 5, 8, 1, 8, &fault), 0);
    item_table_close(&table);
    return copy;
}

static void damaged_tables_are_refused(void **state)
{
    struct item_table table;
    struct fault fault = {0};
    struct item_table_header header;
    static const size_t words[] = {
        offsetof(struct item_table_header, magic),       offsetof(struct item_table_header, bytes),
        offsetof(struct item_table_header, items),       offsetof(struct item_table_header, workers),
        offsetof(struct item_table_header, item_stride), offsetof(struct item_table_header, items_offset)};
    int fd;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        fd = good_table();
        assert_int_equal(pread(fd, &header, sizeof header, 0), sizeof header);
        ((unsigned char *)&header)[words[i] + 3] ^= 0x55;
        assert_int_equal(pwrite(fd, &header, sizeof header, 0), sizeof header);
        assert_int_equal(item_table_open(&table, fd, &fault), -1);
        assert_non_null(strstr(fault.text, "not a table"));
    }
    fd = good_table();
    assert_int_equal(ftruncate(fd, 100), 0);
    assert_int_equal(item_table_open(&table, fd, &fault), -1);
    assert_non_null(strstr(fault.text, "not written"));
    assert_int_equal(item_table_open(&table, 987654, &fault), -1);
}

static void impossible_sizes_are_refused(void **state)
{
    struct item_table table;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(item_table_create(&table, -1, UINT64_MAX / 4, 8, 1, 0, &fault), -1);
    assert_non_null(strstr(fault.text, "too large"));
    assert_null(table.header);
    assert_int_equal(table.fd, -1);
}

static void somebodys_file_is_not_taken_for_a_table(void **state)
{
    struct item_table table;
    struct fault fault = {0};
    int fd = memfd_create("test", 0), copy = dup(fd);
    char text[4] = "";

    (void)state;
    assert_int_equal(write(fd, "dear", 4), 4);
    assert_int_equal(item_table_create(&table, fd, 5, 8, 1, 8, &fault), -1);
    assert_non_null(strstr(fault.text, "not an empty memfd"));
    assert_int_equal(pread(copy, text, 4, 0), 4);
    assert_memory_equal(text, "dear", 4);
    close(copy);
    assert_int_equal(item_table_create(&table, 987654, 5, 8, 1, 8, &fault), -1);
    assert_non_null(strstr(fault.text, "descriptor 987654"));
}

static void the_last_end_is_the_latest_of_all(void **state)
{
    struct item_table table;
    struct fault fault;

    (void)state;
    assert_int_equal(item_table_create(&table, -1, 3, 0, 1, 0, &fault), 0);
    assert_int_equal(item_table_last_end_ns(&table), 0);
    item_table_item(&table, 1)->end_ns = 9;
    item_table_item(&table, 2)->end_ns = 4;
    assert_int_equal(item_table_last_end_ns(&table), 9);
    item_table_close(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_do_not_overlap_and_are_aligned),
        cmocka_unit_test(reasons_are_whole_and_harmless),
        cmocka_unit_test(another_process_opens_what_was_made),
        cmocka_unit_test(damaged_tables_are_refused),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(somebodys_file_is_not_taken_for_a_table),
        cmocka_unit_test(the_last_end_is_the_latest_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
