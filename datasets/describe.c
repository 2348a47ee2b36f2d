/* describe.c: see describe.h. */
#include "datasets/describe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *describe_columns(void)
{
    return "file\tkind\twidth\theight\tbytes\tsource\tlicence\tauthor\torientation\tsampling\tcoding\tprofile"
           "\tcamera\t"
           "taken\tgrain\tquality\tscale\tseconds\ttarget_bytes";
}

static const char *sampling_of(const struct plan_item *item)
{
    static const char *const names[] = {[PLAN_420] = "4:2:0", [PLAN_422] = "4:2:2", [PLAN_444] = "4:4:4"};
    switch (item->kind) {
    case PLAN_JPEG:
        return item->grey ? "grey" : names[item->subsampling];
    case PLAN_PNG:
        return item->style == PLAN_PNG_CUT_OUT ? "alpha" : "4:4:4";
    case PLAN_TIFF:
        return "4:4:4";
    default:
        return "4:2:0";
    }
}

static const char *coding_of(const struct plan_item *item)
{
    static const char *const tiff[] = {
        [PLAN_TIFF_NONE] = "plain", [PLAN_TIFF_LZW] = "lzw", [PLAN_TIFF_DEFLATE] = "deflate"};
    switch (item->kind) {
    case PLAN_JPEG:
        return item->progressive ? "progressive" : "baseline";
    case PLAN_PNG:
        return "deflate";
    case PLAN_WEBP:
        return "lossy";
    case PLAN_TIFF:
        return tiff[item->style];
    case PLAN_MP4:
        return "h264";
    default:
        return "vp9";
    }
}

void describe_item(char *line, size_t line_bytes, const struct plan_item *item, const struct item_made *made,
                   const struct source *source)
{
    static const char *const profiles[] = {[PLAN_NO_PROFILE] = "-", [PLAN_SRGB] = "srgb", [PLAN_P3] = "p3"};
    const struct plan_camera *camera = item->kind == PLAN_JPEG ? plan_camera(item->camera) : NULL;
    const struct plan_time *t = &item->taken;
    char name[96] = "-", taken[80] = "-", quality[16] = "-", seconds[16] = "-";
    if (camera != NULL) {
        snprintf(name, sizeof name, "%s %s", camera->make, camera->model);
        snprintf(taken, sizeof taken, "%04d-%02d-%02dT%02d:%02d:%02d", t->year, t->month, t->day, t->hour,
                 t->minute, t->second);
    }
    if (made->quality >= 0)
        snprintf(quality, sizeof quality, "%d", made->quality);
    if (item->seconds > 0)
        snprintf(seconds, sizeof seconds, "%.1f", item->seconds);
    double fit = fmin((double)source->width / item->width, (double)source->height / item->height);
    snprintf(line, line_bytes,
             "%s\t%s\t%u\t%u\t%llu\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%.2f\t%s\t%.2f\t%s\t%llu", item->path,
             plan_kind_name(item->kind), made->width, made->height, (unsigned long long)made->bytes,
             source->path, source->licence, source->author[0] != '\0' ? source->author : "-",
             item->orientation, sampling_of(item), coding_of(item), profiles[item->profile], name, taken,
             made->grain, quality, 1 / (fit * item->crop_share), seconds,
             (unsigned long long)item->target_bytes);
}

int describe_read(const char *line, const char *path, uint64_t *bytes)
{
    size_t length = strlen(path);
    if (strncmp(line, path, length) != 0 || line[length] != '\t')
        return -1;
    const char *at = line;
    for (int column = 0; column < 4; column++) {
        at = strchr(at, '\t');
        if (at == NULL)
            return -1;
        at++;
    }
    char *end;
    *bytes = strtoull(at, &end, 10);
    return end == at || *end != '\t' ? -1 : 0;
}
