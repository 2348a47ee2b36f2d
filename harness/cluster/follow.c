#include "harness/cluster/follow.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/cluster/slurm.h"
#include "harness/console/message.h"
#include "harness/console/progress.h"
#include "pipeline/base/clock.h"

/* A look at markers is cheap, one at the queue is a process and a question to the controller. */
enum { LOOK_MS = 250, QUEUE_LOOKS = 6, SETTLE_LOOKS = 12, SILENT_S = 60, VAIN_MOST = 2 };

static volatile sig_atomic_t got_signal;

static void note_signal(int number)
{
    got_signal = number;
}

struct following {
    struct submission *submission;
    uint64_t index_most;
    struct progress progress;
    struct slurm_queue queue;
    uint64_t begin_count; /* done when this began */
    uint64_t sent_count;  /* done when tasks were last submitted */
    uint64_t answered_ns; /* when the controller last answered */
    int vain;             /* submissions in a row that brought nothing */
    bool was_silent;      /* since tasks were last submitted: the controller may have forgotten them */
    bool was_refused;     /* the last submission, by a controller that answers */
    bool waited;          /* the user knows why tasks wait */
};

static void show(struct following *f)
{
    const struct submission *s = f->submission;
    char note[128];

    snprintf(note, sizeof note,
             "%" PRIu64 " of %" PRIu64 " shards, %" PRIu64 " tasks running, %" PRIu64 " waiting",
             s->done_count, s->size.shards, f->queue.running, f->queue.pending);
    progress_update(&f->progress, (double)(s->done_count - f->begin_count),
                    (double)(s->size.shards - f->begin_count), note);
}

static bool is_silent_for_long(const struct following *f)
{
    return clock_now_ns() - f->answered_ns > SILENT_S * UINT64_C(1000000000);
}

/* Returns 0, or -1 with fault when the controller is silent for too long: it may be starting again. */
static int look_at_queue(struct following *f, struct fault *fault)
{
    struct fault silent = {0};

    if (slurm_queue_read(f->submission->jobs->str, &f->queue, &silent)) {
        if (is_silent_for_long(f)) {
            *fault = silent;
            return -1;
        }
        f->was_silent = true;
        f->queue.running = 1; /* not known: nothing is submitted again */
        return 0;
    }
    f->answered_ns = clock_now_ns();
    if (f->queue.released)
        message_note("%" PRIu64
                     " tasks were held by Slurm after a lost node or a failed launch: they may start now",
                     f->queue.released);
    if (f->queue.pending && !f->queue.running && !f->waited && strncmp(f->queue.reason, "None", 4) != 0 &&
        strcmp(f->queue.reason, "Resources") != 0 && strcmp(f->queue.reason, "Priority") != 0) {
        message_note("no task runs; Slurm's reason: %s", f->queue.reason);
        f->waited = true;
    }
    return 0;
}

static int complain(const struct following *f, struct fault *fault)
{
    const struct submission *s = f->submission;
    char words[300];

    submission_last_words(s, words, sizeof words);
    return fault_set(fault,
                     "output folder %s: %" PRIu64 " of %" PRIu64
                     " shards are not done, and tasks end without doing "
                     "them: %s%s",
                     s->options->out, s->size.shards - s->done_count, s->size.shards,
                     *words ? "the last one said: "
                            : "they wrote no log: has every node this folder (a shared file system)?",
                     words);
}

/* A controller that does not answer may be starting again, and one that answers now may have just started: what it
 * refuses is submitted once more. Returns whether to go on. */
static bool take_refusal(struct following *f)
{
    struct fault silent = {0};
    uint64_t index_most;
    bool answers = slurm_open(&index_most, &silent) == 0;
    bool again = !is_silent_for_long(f) && !(answers && f->was_refused);

    f->was_silent = true;
    f->was_refused = answers;
    return again;
}

/* No task is left, and shards are missing. Is called again where nothing could be submitted. */
static int send_again(struct following *f, struct fault *fault)
{
    struct submission *s = f->submission;
    int vain = s->done_count > f->sent_count ? 0 : f->was_silent ? f->vain : f->vain + 1;
    bool again = s->jobs->len > 0;
    struct fault refused = {0};

    if (vain >= VAIN_MOST)
        return complain(f, fault);
    if (submission_send(s, f->index_most, &refused)) {
        if (take_refusal(f))
            return 0;
        *fault = refused;
        return -1;
    }
    f->answered_ns = clock_now_ns();
    f->vain = vain;
    f->was_silent = f->was_refused = false;
    f->sent_count = s->done_count;
    if (again)
        message_note("%" PRIu64 " shards have no marker: they are submitted again",
                     s->size.shards - s->done_count);
    return 0;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* Markers of tasks that have just ended may show on this machine with a delay. */
static void settle(struct submission *s)
{
    for (int look = 0; look < SETTLE_LOOKS && s->done_count < s->size.shards && !got_signal; look++) {
        pause_ms(LOOK_MS);
        submission_look(s);
    }
}

static enum follow_result go(struct following *f, struct fault *fault)
{
    struct submission *s = f->submission;

    for (unsigned look = 0;; look++) {
        submission_look(s);
        if (s->done_count == s->size.shards)
            return FOLLOW_DONE;
        if (got_signal)
            return FOLLOW_INTERRUPTED;
        if (!s->jobs->len) {
            if (send_again(f, fault))
                return FOLLOW_ERROR;
        } else if (look % QUEUE_LOOKS == 0) {
            if (look_at_queue(f, fault))
                return FOLLOW_ERROR;
            if (!f->queue.running && !f->queue.pending) {
                settle(s);
                if (s->done_count < s->size.shards && !got_signal && send_again(f, fault))
                    return FOLLOW_ERROR;
                continue;
            }
        }
        show(f);
        pause_ms(LOOK_MS);
    }
}

enum follow_result follow(struct submission *submission, uint64_t index_most, int *signal_number,
                          struct fault *fault)
{
    struct following f = {.submission = submission, .index_most = index_most, .answered_ns = clock_now_ns()};
    struct sigaction action = {.sa_handler = note_signal}, old_int, old_term;
    enum follow_result result;

    submission_look(submission);
    f.begin_count = f.sent_count = submission->done_count;
    f.vain = submission->jobs->len ? 0 : -1; /* the first submission has not been made yet */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &old_int);
    sigaction(SIGTERM, &action, &old_term);
    progress_start(&f.progress, "shards");
    result = go(&f, fault);
    progress_end(&f.progress);
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    *signal_number = got_signal;
    return result;
}
