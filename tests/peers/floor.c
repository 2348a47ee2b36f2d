/* floor: the lower bound of the cost, given the libraries. libjpeg-turbo decodes the input to YCbCr planes (scaled by
 * the decoder as far as the largest rendition allows), libjpeg-turbo and libwebp encode the renditions from planes of
 * their sizes: no overlay, no digest, nothing stored. The planes are scaled in between, so that real pictures are
 * encoded, but the CPU time of the scaling is reported separately, to be subtracted.
 *
 * floor ROOT RENDITION...: a rendition is NAME:FIT:WIDTH:HEIGHT:FORMAT:QUALITY, FIT inside or cover, FORMAT jpeg or
 * webp. Pictures stay as stored: the EXIF orientation is ignored. Protocol as in tests/peers/served.py.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libswscale/swscale.h>
#include <jpeglib.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include "pipeline/base/clock.h"
#include "pipeline/base/fault.h"

#define TEXT_OF(word) #word
#define TEXT(macro)   TEXT_OF(macro)

enum { MOST_RENDITIONS = 16, PLANES = 3, WEBP_METHOD = 4 };

struct want {
    char name[64], fit[16], format[16];
    int width, height, quality;
};

struct planes {
    uint8_t *rows[PLANES];
    int width, height, sampling;
};

struct floor {
    const char *root;
    struct want wants[MOST_RENDITIONS];
    int want_count;
    tjhandle decoder, encoder;
    uint64_t uncounted_ns;
};

static void planes_free(struct planes *planes)
{
    for (int i = 0; i < PLANES; i++) {
        free(planes->rows[i]);
        planes->rows[i] = NULL;
    }
}

static int planes_make(struct planes *planes, int width, int height, int sampling, struct fault *fault)
{
    *planes = (struct planes){.width = width, .height = height, .sampling = sampling};
    for (int i = 0; i < PLANES; i++) {
        planes->rows[i] = malloc(tjPlaneSizeYUV(i, width, 0, height, sampling));
        if (!planes->rows[i]) {
            planes_free(planes);
            return fault_set(fault, "no memory for planes of %d x %d", width, height);
        }
    }
    return 0;
}

static bool covers(const struct want *want)
{
    return strcmp(want->fit, "cover") == 0;
}

/* How much smaller than the picture a rendition is; at most 1. */
static double want_scale(const struct want *want, int width, int height)
{
    double x = (double)want->width / width, y = (double)want->height / height;
    double scale = covers(want) == (x > y) ? x : y;

    return scale < 1 ? scale : 1;
}

static int shrink_for(const struct floor *floor, int width, int height)
{
    double largest = 0;
    int shrink = 1;

    for (int i = 0; i < floor->want_count; i++) {
        double scale = want_scale(&floor->wants[i], width, height);
        largest = scale > largest ? scale : largest;
    }
    while (shrink < 8 && 1.0 / (shrink * 2) >= largest)
        shrink *= 2;
    return shrink;
}

static uint8_t *read_file(const char *root, const char *path, unsigned long *bytes, struct fault *fault)
{
    char name[4096];
    uint8_t *data = NULL;
    long size;
    FILE *file;

    snprintf(name, sizeof name, "%s/%s", root, path);
    file = fopen(name, "rb");
    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) <= 0 || fseek(file, 0, SEEK_SET)) {
        fault_set(fault, "%s: cannot be read", name);
    } else {
        data = malloc((size_t)size);
        *bytes = (unsigned long)size;
        if (!data || fread(data, 1, *bytes, file) != *bytes) {
            fault_set(fault, "%s: cannot be read", name);
            free(data);
            data = NULL;
        }
    }
    if (file)
        fclose(file);
    return data;
}

static int decode(struct floor *floor, const uint8_t *data, unsigned long bytes, struct planes *planes,
                  struct fault *fault)
{
    int width, height, sampling, space, shrink;

    if (tjDecompressHeader3(floor->decoder, data, bytes, &width, &height, &sampling, &space))
        return fault_set(fault, "%s", tjGetErrorStr2(floor->decoder));
    if (space != TJCS_YCbCr)
        return fault_set(fault, "not a YCbCr file");
    shrink = shrink_for(floor, width, height);
    if (planes_make(planes, (width + shrink - 1) / shrink, (height + shrink - 1) / shrink, sampling, fault))
        return -1;
    if (tjDecompressToYUVPlanes(floor->decoder, data, bytes, planes->rows, planes->width, NULL,
                                planes->height, TJFLAG_ACCURATEDCT)) {
        planes_free(planes);
        return fault_set(fault, "%s", tjGetErrorStr2(floor->decoder));
    }
    return 0;
}

/* The middle of a plane, of as many columns and rows, to the whole of another. */
static int scale_plane(const struct planes *from, int columns, int rows, struct planes *to, int plane,
                       struct fault *fault)
{
    int from_stride = tjPlaneWidth(plane, from->width, from->sampling);
    int from_rows = tjPlaneHeight(plane, from->height, from->sampling);
    int to_columns = tjPlaneWidth(plane, to->width, to->sampling);
    int to_rows = tjPlaneHeight(plane, to->height, to->sampling);
    int wide = columns * from_stride / from->width, high = rows * from_rows / from->height;
    const uint8_t *start =
        from->rows[plane] + (size_t)((from_rows - high) / 2) * (size_t)from_stride + (from_stride - wide) / 2;
    struct SwsContext *scaler = sws_getContext(wide, high, AV_PIX_FMT_GRAY8, to_columns, to_rows,
                                               AV_PIX_FMT_GRAY8, SWS_AREA, NULL, NULL, NULL);

    if (!scaler)
        return fault_set(fault, "swscale: no scaler from %d x %d to %d x %d", wide, high, to_columns,
                         to_rows);
    sws_scale(scaler, &start, &from_stride, 0, high, &to->rows[plane], &to_columns);
    sws_freeContext(scaler);
    return 0;
}

static int scale(const struct planes *from, const struct want *want, struct planes *to, struct fault *fault)
{
    double part = want_scale(want, from->width, from->height);
    int width = (int)(from->width * part + 0.5), height = (int)(from->height * part + 0.5);
    int columns = from->width, rows = from->height;

    if (covers(want)) {
        width = width < want->width ? width : want->width;
        height = height < want->height ? height : want->height;
        columns = (int)(width / part + 0.5);
        rows = (int)(height / part + 0.5);
        columns = columns < from->width ? columns : from->width;
        rows = rows < from->height ? rows : from->height;
    }
    if (planes_make(to, width > 0 ? width : 1, height > 0 ? height : 1, TJSAMP_420, fault))
        return -1;
    for (int i = 0; i < PLANES; i++) {
        if (scale_plane(from, columns, rows, to, i, fault)) {
            planes_free(to);
            return -1;
        }
    }
    return 0;
}

static int encode_jpeg(struct floor *floor, const struct planes *planes, int quality, struct fault *fault)
{
    unsigned char *data = NULL;
    unsigned long bytes = 0;
    const unsigned char *rows[PLANES] = {planes->rows[0], planes->rows[1], planes->rows[2]};
    int failed = tjCompressFromYUVPlanes(floor->encoder, rows, planes->width, NULL, planes->height,
                                         planes->sampling, &data, &bytes, quality, TJFLAG_ACCURATEDCT);

    tjFree(data);
    return failed ? fault_set(fault, "%s", tjGetErrorStr2(floor->encoder)) : 0;
}

static int encode_webp(const struct planes *planes, int quality, struct fault *fault)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    int done;

    if (!WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, (float)quality) || !WebPPictureInit(&picture))
        return fault_set(fault, "libwebp has another version than its header");
    config.method = WEBP_METHOD;
    WebPMemoryWriterInit(&writer);
    picture.width = planes->width;
    picture.height = planes->height;
    picture.y = planes->rows[0];
    picture.u = planes->rows[1];
    picture.v = planes->rows[2];
    picture.y_stride = planes->width;
    picture.uv_stride = tjPlaneWidth(1, planes->width, planes->sampling);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    done = WebPEncode(&config, &picture);
    WebPMemoryWriterClear(&writer);
    WebPPictureFree(&picture);
    return done ? 0 : fault_set(fault, "libwebp: error %d", (int)picture.error_code);
}

static int do_want(struct floor *floor, const struct planes *whole, const struct want *want,
                   struct fault *fault)
{
    uint64_t start_ns = clock_process_cpu_ns();
    struct planes planes;
    int result = scale(whole, want, &planes, fault);

    floor->uncounted_ns += clock_process_cpu_ns() - start_ns;
    if (result)
        return -1;
    result = strcmp(want->format, "webp") == 0 ? encode_webp(&planes, want->quality, fault)
                                               : encode_jpeg(floor, &planes, want->quality, fault);
    planes_free(&planes);
    return result;
}

static int do_path(struct floor *floor, const char *path, struct fault *fault)
{
    unsigned long bytes;
    struct planes whole = {0};
    uint8_t *data = read_file(floor->root, path, &bytes, fault);
    int result = data ? decode(floor, data, bytes, &whole, fault) : -1;

    free(data);
    for (int i = 0; i < floor->want_count && result == 0; i++)
        result = do_want(floor, &whole, &floor->wants[i], fault);
    planes_free(&whole);
    return result;
}

static void answer(struct floor *floor, char *line)
{
    struct fault fault = {0};
    char *rest = NULL;

    floor->uncounted_ns = 0;
    for (char *path = strtok_r(line, "\t\n", &rest); path; path = strtok_r(NULL, "\t\n", &rest)) {
        if (do_path(floor, path, &fault)) {
            printf("failed: %s: %s\n", path, fault.text);
            return;
        }
    }
    printf("ok %" PRIu64 "\n", floor->uncounted_ns);
}

static int read_wants(struct floor *floor, char **words, int count)
{
    if (count > MOST_RENDITIONS)
        return -1;
    for (int i = 0; i < count; i++) {
        struct want *want = &floor->wants[i];

        if (sscanf(words[i], "%63[^:]:%15[^:]:%d:%d:%15[^:]:%d", want->name, want->fit, &want->width,
                   &want->height, want->format, &want->quality) != 6)
            return -1;
    }
    floor->want_count = count;
    return 0;
}

int main(int argc, char **argv)
{
    static struct floor floor;
    unsigned webp = (unsigned)WebPGetEncoderVersion();
    char *line = NULL;
    size_t room = 0;

    if (argc < 3 || read_wants(&floor, argv + 2, argc - 2)) {
        fprintf(stderr, "usage: floor ROOT NAME:FIT:WIDTH:HEIGHT:FORMAT:QUALITY...\n");
        return 2;
    }
    floor.root = argv[1];
    floor.decoder = tjInitDecompress();
    floor.encoder = tjInitCompress();
    if (!floor.decoder || !floor.encoder) {
        fprintf(stderr, "floor: %s\n", tjGetErrorStr2(NULL));
        return 1;
    }
    printf("ready {\"version\": \"libjpeg-turbo %s, libwebp %u.%u.%u\", \"pids\": []}\n",
           TEXT(LIBJPEG_TURBO_VERSION), webp >> 16, webp >> 8 & 255, webp & 255);
    fflush(stdout);
    while (getline(&line, &room, stdin) > 0) {
        answer(&floor, line);
        fflush(stdout);
    }
    free(line);
    tjDestroy(floor.decoder);
    tjDestroy(floor.encoder);
    return 0;
}
