#include "pipeline/images/image_workload.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "pipeline/base/picture_memory.h"
#include "pipeline/images/byte_libraries.h"
#include "pipeline/images/codecs/encode_vips.h"
#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/image_internal.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/images/overlay/overlay.h"
#include "pipeline/images/overlay/picture_helper.h"
#include "pipeline/pool/threads.h"

/* --- names ------------------------------------------------------------------------------------ */

const char *image_kind_name(int kind)
{
    return sniff_name((enum image_kind)kind);
}

const char *image_engine_name(int engine)
{
    return engine_name(engine);
}

/* --- the item --------------------------------------------------------------------------------- */

static void lost(void *context, uint64_t index, struct item_record *record, void *payload, const char *why)
{
    uint8_t stage = record->stage;

    (void)why;
    image_item_give_up(context, index, record, payload);
    record->stage = stage;
}

static uint64_t weight(const void *context, uint64_t index)
{
    return ((const struct image_workload *)context)->bytes[index];
}

/* --- the worker ------------------------------------------------------------------------------- */

static void worker_release(void *context, void *own)
{
    struct image_state *state = own;

    (void)context;
    if (!state)
        return;
    overlay_release(&state->overlay);
    EVP_MD_CTX_free(state->digest);
    free(state);
}

static int worker_init(void *context, void **own, struct fault *fault)
{
    const struct image_workload *work = context;
    struct image_state *state = calloc(1, sizeof *state);

    if (!state)
        return fault_sys(fault, "worker: no memory");
    picture_memory_reserve();
    *own = state;
    state->digest = EVP_MD_CTX_new();
    if (!state->digest || (work->prepared ? overlay_inherit(&state->overlay, work->prepared, fault)
                                          : overlay_init(&state->overlay, work->recipe, fault))) {
        if (!state->digest)
            fault_sys(fault, "worker: no memory for a digest");
        worker_release(context, state);
        *own = NULL;
        return -1;
    }
    return 0;
}

/* --- the parent ------------------------------------------------------------------------------- */

int image_workload_init(struct image_workload *work, const struct recipe *recipe, const char *input_root,
                        const char *const *paths, const uint64_t *bytes, uint64_t count,
                        const char *output_root, struct fault *fault)
{
    *work = (struct image_workload){.recipe = recipe,
                                    .input_root = input_root,
                                    .output_root = output_root,
                                    .paths = paths,
                                    .bytes = bytes,
                                    .count = count};
    work->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!work->sha256)
        return fault_set(fault, "OpenSSL has no SHA-256: is its configuration broken?");
    if (engine_vips_setup(fault))
        return -1;
    byte_libraries(work->libraries, sizeof work->libraries); /* later, more modules may be loaded */
    return encode_vips_check(recipe, fault);
}

/* Pango asks for threads, and GLib aborts when it gets none. */
static struct {
    pid_t zygote;
    int error; /* what pthread_create() has returned; 0: it gave all that were wanted */
    jmp_buf back;
} asking;

static void thread_refused(const void *context, int error)
{
    (void)context;
    if (getpid() != asking.zygote)
        _exit(1); /* the helper that decodes the watermark: each worker decodes it then */
    if (gettid() != asking.zygote)
        return;
    asking.error = error;
    longjmp(asking.back, 1);
}

/* Returns 0, or an errno: then nothing that was begun can be used. */
static int prepare_overlay(const struct image_workload *work)
{
    asking.zygote = getpid();
    asking.error = 0;
    threads_on_refusal(thread_refused, NULL);
    if (setjmp(asking.back) == 0)
        overlay_prepare(work->prepared, work->recipe);
    threads_on_refusal(NULL, NULL);
    return asking.error;
}

int image_workload_prepare(struct image_workload *work, struct fault *fault)
{
    int error;

    work->prepared = calloc(1, sizeof *work->prepared);
    if (!work->prepared)
        return fault_sys(fault, "no memory for the zygote of the workers");
    error = prepare_overlay(work);
    if (error)
        return fault_sys(fault,
                         "no room for a thread (%s): raise the limit of processes and threads ('ulimit -u', "
                         "pids.max of the control group) or of memory",
                         strerror(error));
    if (!picture_helper_is_late())
        return 0;
    fault_set(fault, "the zygote has already used libvips and cannot be forked safely");
    return fault_advise(fault, ADVICE_NO_ZYGOTE);
}

void image_workload_fill(struct image_workload *work, struct workload *workload)
{
    *workload = (struct workload){.name = "images",
                                  .context = work,
                                  .items = work->count,
                                  .payload_bytes = image_result_bytes(work->recipe),
                                  .measure_cpu = true,
                                  .weight = weight,
                                  .init = worker_init,
                                  .item = image_item_do,
                                  .release = worker_release,
                                  .lost = lost};
}

void image_workload_release(struct image_workload *work)
{
    if (work->prepared)
        overlay_release(work->prepared);
    free(work->prepared);
    work->prepared = NULL;
    EVP_MD_free(work->sha256);
    work->sha256 = NULL;
}
