#include "harness/cli/run_checks.h"

#include <inttypes.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "harness/console/message.h"

int run_check_descriptors(struct fault *fault)
{
    enum { WANTED = 256, LEAST = 40 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 0;
    if (limit.rlim_cur < WANTED) {
        limit.rlim_cur = limit.rlim_max < WANTED ? limit.rlim_max : WANTED;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= LEAST
               ? 0
               : fault_set(fault, "no more than %llu files may be open at once: raise 'ulimit -n' to %d",
                           (unsigned long long)limit.rlim_cur, WANTED);
}

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int run_check_folders(const char *in, const char *out, struct fault *fault)
{
    return same_folder(in, out)
               ? fault_set(fault, "output folder %s: it is the batch itself: give another folder", out)
               : 0;
}

void run_check_readable(const struct batch *batch)
{
    uint64_t unreadable = batch->left_counts[LEFT_UNREADABLE];

    for (uint64_t i = 0; unreadable && i < batch->left_count; i++)
        if (batch->left[i].why == LEFT_UNREADABLE) {
            message_error("%" PRIu64
                          " folder%s of %s cannot be read, such as %s: give the right to read them",
                          unreadable, unreadable == 1 ? "" : "s", batch->root, batch->left[i].path);
            break;
        }
}
