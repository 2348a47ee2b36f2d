/* reach.h: can memory be read? After cmocka.h. */
#ifndef KNEE_TEST_REACH_H
#define KNEE_TEST_REACH_H

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

/* The kernel reads the byte, and says when it cannot. */
static inline bool in_reach(const uint8_t *at)
{
    int ends[2];
    bool read;

    assert_int_equal(pipe(ends), 0);
    read = write(ends[1], at, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return read;
}

#endif
