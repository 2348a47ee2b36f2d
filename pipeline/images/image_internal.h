/* image_internal.h: one image, done by a worker (image_item.c) whose life is in image_workload.c. */
#ifndef KNEE_IMAGE_INTERNAL_H
#define KNEE_IMAGE_INTERNAL_H

#include <stdint.h>

#include <openssl/evp.h>

#include "pipeline/images/image_workload.h"
#include "pipeline/images/overlay/overlay.h"

/* A worker's own, made by its initializer. */
struct image_state {
    struct overlay overlay;
    EVP_MD_CTX *digest;
};

/* As item() of struct workload: context is the struct image_workload, own the worker's struct image_state, payload the
 * item's struct image_result. */
int image_item_do(void *context, void *own, uint64_t index, struct item_record *record, void *payload,
                  struct fault *fault);

/* Nothing of the item stays in the output folder, outputs of an older run included. */
void image_item_give_up(const struct image_workload *work, uint64_t index, struct item_record *record,
                        struct image_result *result);

#endif
