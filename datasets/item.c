/* item.c: crop, scale, tone, turn, aim, grain, encode, write. */
#include "datasets/item.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "datasets/aim.h"
#include "datasets/clip.h"
#include "datasets/draw.h"
#include "datasets/encode.h"
#include "datasets/exif.h"

static bool is_screen(const struct plan_item *item)
{
    return item->kind == PLAN_PNG && item->style == PLAN_PNG_SCREEN;
}

/* The part of the source that becomes width x height. */
static struct raster_crop crop_of(const struct plan_item *item, const struct raster *source, double width,
                                  double height)
{
    double side = fmin(source->width / width, source->height / height) * item->crop_share;
    struct raster_crop crop = {.width = (uint32_t)fmax(1, floor(width * side)),
                               .height = (uint32_t)fmax(1, floor(height * side))};
    crop.x = (uint32_t)((source->width - crop.width) * item->crop_x);
    crop.y = (uint32_t)((source->height - crop.height) * item->crop_y);
    return crop;
}

/* Everything but grain: the picture as it will be stored, turned. */
static int compose(struct raster *picture, const struct plan_item *item, const struct raster *source,
                   uint32_t width, uint32_t height, struct fault *fault)
{
    if (raster_scale(picture, source, crop_of(item, source, width, height), width, height, fault) != 0)
        return -1;
    if (item->grey)
        raster_to_grey(picture);
    raster_apply_gamma(picture, item->gamma);
    int result = 0;
    bool screen = is_screen(item);
    if (screen)
        draw_screen(picture, item->seed);
    else if (item->kind == PLAN_PNG && item->style == PLAN_PNG_CUT_OUT)
        result = draw_cut_out(picture, item->seed, fault);
    if (result == 0)
        result = raster_orient(picture, item->orientation, item->mirrored && !screen, fault);
    if (result != 0)
        raster_release(picture);
    return result;
}

/* A screen has no grain: its number of pixels is adjusted to reach its size in bytes. */
static int compose_screen(struct raster *picture, const struct plan_item *item, const struct raster *source,
                          const struct encode_settings *settings, struct fault *fault)
{
    double ratio;
    if (compose(picture, item, source, item->width, item->height, fault) != 0)
        return -1;
    int result = aim_ratio(&ratio, picture, item, settings, fault);
    raster_release(picture);
    if (result != 0)
        return -1;
    double factor = sqrt(fmin(fmax(ratio, 0.25), 4));
    return compose(picture, item, source, (uint32_t)lrint(item->width * factor),
                   (uint32_t)lrint(item->height * factor), fault);
}

static int write_file(const char *name, const struct encoded *encoded, struct fault *fault)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return fault_set(fault, "%s cannot be made: %s", name, strerror(errno));
    size_t done = 0;
    while (done < encoded->bytes) {
        ssize_t n = write(fd, encoded->data + done, encoded->bytes - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int reason = errno;
            close(fd);
            return fault_sys(fault, "%s cannot be written: %s", name, strerror(reason));
        }
        done += (size_t)n;
    }
    if (close(fd) != 0)
        return fault_sys(fault, "%s cannot be written: %s", name, strerror(errno));
    return 0;
}

static int make_picture(const struct plan_item *item, const struct raster *source, const char *temporary,
                        struct item_made *made, struct fault *fault)
{
    struct encode_settings settings = {.kind = item->kind,
                                       .subsampling = item->subsampling,
                                       .progressive = item->progressive,
                                       .tiff = (enum plan_tiff)item->style};
    struct raster picture;
    struct encoded encoded;
    struct aim aim = {.grain = 0, .quality = item->quality};
    uint8_t exif[EXIF_MAX_BYTES];
    if (encode_profile(item->profile, &settings.icc, &settings.icc_bytes, fault) != 0)
        return -1;
    bool screen = is_screen(item);
    int result = screen ? compose_screen(&picture, item, source, &settings, fault)
                        : compose(&picture, item, source, item->width, item->height, fault);
    if (result != 0)
        return -1;
    if (item->kind == PLAN_JPEG && item->camera >= 0) {
        settings.exif = exif;
        settings.exif_bytes = exif_make(exif, item, picture.width, picture.height);
    }
    if (!screen)
        result = aim_at(&aim, &picture, item, &settings, fault);
    if (result == 0) {
        raster_add_grain(&picture, aim.grain, item->seed);
        settings.quality = aim.quality;
        result = encode(&encoded, &picture, &settings, fault);
    }
    if (result == 0) {
        result = write_file(temporary, &encoded, fault);
        *made = (struct item_made){picture.width, picture.height, encoded.bytes, aim.grain,
                                   item->kind == PLAN_JPEG || item->kind == PLAN_WEBP ? aim.quality : -1};
        encoded_release(&encoded);
    }
    raster_release(&picture);
    return result;
}

static int make_clip(const struct plan_item *item, const struct raster *source, const char *temporary,
                     struct item_made *made, struct fault *fault)
{
    struct raster still;
    uint32_t width = item->width * 5 / 4;
    uint32_t height = item->height * 5 / 4;
    if (compose(&still, item, source, width, height, fault) != 0)
        return -1;
    *made = (struct item_made){.width = item->width, .height = item->height, .quality = -1};
    int result = clip_make(item, &still, temporary, &made->bytes, fault);
    raster_release(&still);
    return result;
}

int item_make(const struct plan_item *item, struct photo_cache *cache, const struct sources *sources,
              const char *temporary, struct item_made *made, struct fault *fault)
{
    const struct raster *source = photo_get(cache, sources, item->source, fault);
    if (source == NULL)
        return -1;
    return plan_kind_is_clip(item->kind) ? make_clip(item, source, temporary, made, fault)
                                         : make_picture(item, source, temporary, made, fault);
}
