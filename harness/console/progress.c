#include "harness/console/progress.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/console/message.h"
#include "pipeline/base/clock.h"

enum { TERMINAL_EVERY_MS = 200, PLAIN_EVERY_MS = 10000 };

void progress_start(struct progress *progress, const char *what)
{
    *progress = (struct progress){
        .what = what, .terminal = isatty(STDERR_FILENO), .quiet = message_quiet, .start_ns = clock_now_ns()};
    progress->last_ns = progress->start_ns;
}

const char *progress_duration(double seconds, char *text, unsigned long bytes)
{
    unsigned long s = (unsigned long)(seconds + 0.5);

    if (s >= 3600)
        snprintf(text, bytes, "%lu h %02lu min", s / 3600, s % 3600 / 60);
    else if (s >= 60)
        snprintf(text, bytes, "%lu min %02lu s", s / 60, s % 60);
    else
        snprintf(text, bytes, "%lu s", s);
    return text;
}

void progress_show(struct progress *progress, double share, double left_s, const char *note)
{
    uint64_t now = clock_now_ns(), every_ms = progress->terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
    char left[32] = "?", line[200];

    if (progress->quiet || now - progress->last_ns < every_ms * 1000000u)
        return;
    progress->last_ns = now;
    if (!isnan(left_s))
        progress_duration(left_s, left, sizeof left);
    snprintf(line, sizeof line, "%s: %3.0f%%, %s left%s%s", progress->what, 100 * share, left,
             note ? ", " : "", note ? note : "");
    if (progress->terminal) {
        fprintf(stderr, "\r\033[K%s", line);
        fflush(stderr);
        progress->shown = true;
    } else {
        message_note("%s", line);
    }
}

void progress_update(struct progress *progress, double done, double total, const char *note)
{
    double passed = (double)(clock_now_ns() - progress->start_ns) / 1e9;

    if (total > 0)
        progress_show(progress, done / total, done > 0 ? passed * (total - done) / done : NAN, note);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
