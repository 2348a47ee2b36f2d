#include "pipeline/images/codecs/tiff_file.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static tmsize_t read_some(thandle_t context, void *to, tmsize_t most)
{
    struct tiff_file *file = context;
    uint64_t rest = file->at < file->bytes ? file->bytes - file->at : 0;
    uint64_t count = (uint64_t)most < rest ? (uint64_t)most : rest;

    memcpy(to, file->data + (rest ? file->at : 0), count);
    file->at += count;
    return (tmsize_t)count;
}

static tmsize_t write_none(thandle_t context, void *from, tmsize_t bytes)
{
    (void)context;
    (void)from;
    (void)bytes;
    return -1;
}

static toff_t seek_to(thandle_t context, toff_t offset, int whence)
{
    struct tiff_file *file = context;

    file->at = whence == SEEK_SET ? offset : offset + (whence == SEEK_CUR ? file->at : file->bytes);
    return file->at;
}

static int close_none(thandle_t context)
{
    (void)context;
    return 0;
}

static toff_t size_of(thandle_t context)
{
    return ((const struct tiff_file *)context)->bytes;
}

/* The first error counts: others follow from it. */
__attribute__((format(printf, 4, 0))) static int take_error(TIFF *tiff, void *context, const char *module,
                                                            const char *format, va_list list)
{
    struct fault *said = context;
    char text[256];

    (void)tiff;
    (void)module;
    if (!said->text[0]) {
        vsnprintf(text, sizeof text, format, list);
        fault_set(said, "TIFF: %s", text);
    }
    return 1;
}

/* Those of the JPEG of TIFF 6.0 mean lost pixels; others are of tags, or come with codecs that libvips reads. */
__attribute__((format(printf, 4, 0))) static int take_warning(TIFF *tiff, void *context, const char *module,
                                                              const char *format, va_list list)
{
    if (module && strcmp(module, "LibJpeg") == 0)
        return take_error(tiff, context, module, format, list);
    return 1;
}

static bool go_to(TIFF *tiff, const struct tiff_layout *layout)
{
    uint16_t count;
    uint64_t *below;

    if (!TIFFSetDirectory(tiff, (tdir_t)layout->page))
        return false;
    return layout->subifd < 0 || (TIFFGetField(tiff, TIFFTAG_SUBIFD, &count, &below) &&
                                  layout->subifd < count && TIFFSetSubDirectory(tiff, below[layout->subifd]));
}

TIFF *tiff_file_open(struct tiff_file *file, const struct tiff_layout *layout, struct fault *said)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFF *tiff;

    if (!options)
        return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)TIFF_MOST_BYTES);
    TIFFOpenOptionsSetErrorHandlerExtR(options, take_error, said);
    TIFFOpenOptionsSetWarningHandlerExtR(options, take_warning, said);
    tiff = TIFFClientOpenExt("input", "rm", file, read_some, write_none, seek_to, close_none, size_of, NULL,
                             NULL, options);
    TIFFOpenOptionsFree(options);
    if (!tiff || go_to(tiff, layout))
        return tiff;
    TIFFClose(tiff);
    return NULL;
}
