#include "pipeline/pool/failpoint.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { POINTS_MOST = 16, NAME_BYTES = 16 };

enum action { ACT_KILL, ACT_SEGV, ACT_ABORT, ACT_EXIT, ACT_HANG, ACT_REFUSE };
static const char *const action_names[] = {"kill", "segv", "abort", "exit", "hang", "refuse"};
enum { ACTIONS = sizeof action_names / sizeof action_names[0] };

struct armed_point {
    char name[NAME_BYTES];
    uint64_t at;              /* passage, from 1; with by_index the item's index */
    bool by_index, and_later; /* every passage with that item; every passage from there on */
    enum action action;
    _Atomic uint64_t passages;
};

/* Shared by all processes of the run; NULL when nothing is armed. */
static struct {
    int count;
    struct armed_point points[POINTS_MOST];
} * armed;

static int parse_action(const char *text, enum action *action)
{
    for (int i = 0; i < ACTIONS; i++)
        if (strcmp(text, action_names[i]) == 0) {
            *action = (enum action)i;
            return 0;
        }
    return -1;
}

static int parse_point(const char *text, struct armed_point *point)
{
    size_t length = strcspn(text, ":@");
    char *end;

    if (!length || length >= NAME_BYTES || !text[length])
        return -1;
    memcpy(point->name, text, length);
    point->by_index = text[length] == '@';
    point->at = strtoull(text + length + 1, &end, 10);
    if (end == text + length + 1 || (!point->by_index && !point->at))
        return -1;
    if (*end == '+' && !point->by_index) {
        point->and_later = true;
        end++;
    }
    return *end == ':' ? parse_action(end + 1, &point->action) : *end ? -1 : 0;
}

int failpoint_arm(struct fault *fault)
{
    const char *value = getenv("KNEE_FAILPOINT");
    char text[512], *rest = text, *item;

    if (armed)
        munmap(armed, sizeof *armed);
    armed = NULL;
    if (!value || !*value)
        return 0;
    if ((size_t)snprintf(text, sizeof text, "%s", value) >= sizeof text)
        return fault_set(fault, "KNEE_FAILPOINT: longer than %zu bytes: arm fewer points", sizeof text - 1);
    armed = mmap(NULL, sizeof *armed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (armed == MAP_FAILED) {
        armed = NULL;
        return fault_sys(fault, "KNEE_FAILPOINT: no memory");
    }
    while ((item = strsep(&rest, ",")) != NULL)
        if (armed->count == POINTS_MOST || parse_point(item, &armed->points[armed->count++]))
            return fault_set(fault, "KNEE_FAILPOINT: '%s' is not POINT:N[+][:ACTION] or POINT@INDEX[:ACTION]",
                             item);
    return 0;
}

static bool strikes(struct armed_point *point, const char *name, uint64_t index)
{
    uint64_t passage;

    if (strcmp(point->name, name) != 0)
        return false;
    if (point->by_index)
        return point->at == index;
    /* Relaxed: the count is all that is shared. */
    passage = atomic_fetch_add_explicit(&point->passages, 1, memory_order_relaxed) + 1;
    return passage == point->at || (point->and_later && passage > point->at);
}

static void act(enum action action)
{
    switch (action) {
    case ACT_KILL:
        raise(SIGKILL); /* not kill(): the sandbox forbids it */
        return;
    case ACT_SEGV:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        return;
    case ACT_ABORT:
        signal(SIGABRT, SIG_DFL);
        abort();
    case ACT_EXIT:
        _exit(0);
    case ACT_HANG:
        for (;;)
            pause();
    case ACT_REFUSE:
        return;
    }
}

void failpoint(const char *point, uint64_t index)
{
    if (!armed)
        return;
    for (int i = 0; i < armed->count; i++)
        if (armed->points[i].action != ACT_REFUSE && strikes(&armed->points[i], point, index))
            act(armed->points[i].action);
}

bool failpoint_refuses(const char *point)
{
    bool refused = false;

    for (int i = 0; armed && i < armed->count; i++)
        if (armed->points[i].action == ACT_REFUSE && strikes(&armed->points[i], point, FAILPOINT_NO_ITEM))
            refused = true;
    if (refused)
        errno = strcmp(point, "open") == 0 ? EMFILE : EAGAIN;
    return refused;
}
