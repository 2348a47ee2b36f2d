/* The set of notes of an item, and their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/images/input/notes.h"

static void a_set_holds_what_was_added(void **state)
{
    struct notes notes = {0}, more = {0};

    (void)state;
    notes_add(&notes, NOTE_PROFILE_DAMAGED);
    notes_add(&notes, NOTE_PROFILE_DAMAGED);
    notes_add(&more, NOTE_JPEG_EXTRA);
    notes_add(NULL, NOTE_JPEG_EXTRA);
    assert_true(notes_have(&notes, NOTE_PROFILE_DAMAGED));
    assert_false(notes_have(&notes, NOTE_JPEG_EXTRA));
    notes_add_all(&notes, more);
    notes_add_all(NULL, more);
    notes_add(&notes, NOTE_PAGES);
    notes_remove(&notes, NOTE_PAGES);
    assert_false(notes_have(&notes, NOTE_PAGES));
    assert_true(notes_have(&notes, NOTE_PROFILE_DAMAGED) && notes_have(&notes, NOTE_JPEG_EXTRA));
}

static void a_set_is_listed_in_order(void **state)
{
    struct notes notes = {0};
    char text[64], narrow[8];

    (void)state;
    assert_string_equal(notes_list(&notes, text, sizeof text), "");
    notes_add(&notes, NOTE_JPEG_EXTRA);
    notes_add(&notes, NOTE_PROFILE_UNFIT);
    assert_string_equal(notes_list(&notes, text, sizeof text), "profile-unfit,jpeg-extra");
    assert_string_equal(notes_list(&notes, narrow, sizeof narrow), "profile");
}

static void every_note_has_a_name_and_a_text_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < NOTE_COUNT; a++) {
        assert_true(*note_name(a) && *note_text(a));
        for (int b = 0; b < a; b++)
            assert_string_not_equal(note_name(a), note_name(b));
    }
    assert_string_equal(note_name(NOTE_COUNT), "unknown");
    assert_string_equal(note_text(-1), "unknown");
    assert_true(NOTE_COUNT <= 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_holds_what_was_added),
        cmocka_unit_test(a_set_is_listed_in_order),
        cmocka_unit_test(every_note_has_a_name_and_a_text_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
