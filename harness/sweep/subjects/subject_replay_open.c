/* A replay as a subject: of a batch, or of a command, as the study is. */
#include "harness/sweep/subjects/replay_source.h"
#include "harness/sweep/subjects/subjects_internal.h"

struct subject *subject_replay_open(const struct sweep_options *options, const char *scratch,
                                    struct fault *fault)
{
    const struct plan_request *request = &options->request;
    struct replay_source *source =
        replay_source_read(options, request->workers[request->worker_count - 1], fault);

    if (!source)
        return NULL;
    return source->batch_path ? subject_replay_batch_open(source, scratch, fault)
                              : subject_replay_command_open(source, scratch, fault);
}
