#include "pipeline/pool/said.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PASSED_MOST = 65536 };

int said_open(struct said *said, struct fault *fault)
{
    int ends[2];

    *said = (struct said){.from = -1, .to = -1};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
        return fault_set(fault, "descriptors of the pool: %s: raise 'ulimit -n'", strerror(errno));
    said->from = ends[0];
    said->to = ends[1];
    return 0;
}

void said_take_over(const struct said *said)
{
    dup2(said->to, STDERR_FILENO);
}

void said_pass_on(struct said *said)
{
    char text[4096];
    ssize_t got;

    while ((got = read(said->from, text, sizeof text)) > 0) {
        size_t bytes = (size_t)got, room = PASSED_MOST - said->passed;
        for (size_t i = 0; i < bytes; i++)
            if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
                text[i] = '?';
        if (bytes > room)
            bytes = room;
        said->passed += bytes;
        fwrite(text, 1, bytes, stderr);
    }
}

void said_close(struct said *said)
{
    if (said->from >= 0)
        close(said->from);
    if (said->to >= 0)
        close(said->to);
    said->from = said->to = -1;
}
