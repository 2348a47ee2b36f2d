/* In the program without images (harness/cli/without_images.c): the subjects that need them. */
#include "harness/sweep/subjects/replay_source.h"
#include "harness/sweep/subjects/subjects_internal.h"

static struct subject *refuse(struct fault *fault)
{
    fault_set(fault, "a batch of images cannot be measured: this program has no image pipeline: install the "
                     "package knee-images, or give a command after '--'");
    return NULL;
}

struct subject *subject_batch_open(const struct sweep_options *options, const char *scratch,
                                   struct fault *fault)
{
    (void)options;
    (void)scratch;
    return refuse(fault);
}

struct subject *subject_replay_batch_open(struct replay_source *source, const char *scratch,
                                          struct fault *fault)
{
    (void)scratch;
    replay_source_release(source);
    return refuse(fault);
}

struct subject *subject_nodes_open(const struct sweep_options *options, const char *scratch,
                                   struct fault *fault)
{
    (void)options;
    (void)scratch;
    return refuse(fault);
}
