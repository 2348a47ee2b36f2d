#include "pipeline/images/codecs/jpeg_reader.h"

#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

#include "pipeline/base/file_memory.h"
#include "pipeline/base/picture_memory.h"
#include "pipeline/images/codecs/jpeg_trap.h"
#include "pipeline/images/codecs/jpeg_warnings.h"
#include "pipeline/images/pixels/scale.h"
#include "pipeline/images/pixels/vector.h"

enum { EXIF_MARKER = JPEG_APP0 + 1, ICC_MARKER = JPEG_APP0 + 2, LONGEST_MARKER = 0xffff, STRIP_ROWS = 32 };

struct jpeg_reader_codec {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_trap trap;
    struct jpeg_progress_mgr progress;
    JSAMPROW *rows[JPEG_READER_PLANES]; /* pointers into the strips */
    int unit_rows[JPEG_READER_PLANES];  /* rows that one call of the library brings */
    int units;                          /* calls for one strip */
    bool finished;                      /* the end of the file was read */
};

/* --- the library's memory ---------------------------------------------------------------------- */

/* Declared in the library's jmemsys.h, which is not installed. */
void *jpeg_get_large(j_common_ptr common, size_t bytes);

void *jpeg_get_large(j_common_ptr common, size_t bytes)
{
    (void)common;
    return picture_alloc(bytes);
}

/* --- the header -------------------------------------------------------------------------------- */

/* The library calls it for each row of blocks, of the file or the picture. At the end of a file that is cut it reads a
 * marker of its own. */
static void watch_progress(j_common_ptr common)
{
    j_decompress_ptr jpeg = (j_decompress_ptr)common;
    struct jpeg_trap *trap = (struct jpeg_trap *)common->err;
    size_t behind = jpeg_warnings_look_back(trap->bytes);
    uintptr_t begin = (uintptr_t)trap->data, at = (uintptr_t)jpeg->src->next_input_byte;

    if (jpeg->input_scan_number > JPEG_READER_MOST_SCANS)
        jpeg_trap_spring(trap, "more scans than any real picture has");
    if (at > begin && at - begin <= trap->bytes && at - begin > behind)
        file_memory_passed(trap->data + (at - begin - behind));
}

static int orientation_of(const jpeg_saved_marker_ptr marker)
{
    ExifData *exif = exif_data_new();
    ExifEntry *entry;
    int orientation = 1;

    if (!exif)
        return 1;
    exif_data_load_data(exif, marker->data, marker->data_length);
    entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        orientation = exif_get_short(entry->data, exif_data_get_byte_order(exif));
    exif_data_unref(exif);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

static bool is_plain(const struct jpeg_decompress_struct *jpeg)
{
    if (jpeg->data_precision != 8)
        return false;
    if (jpeg->jpeg_color_space == JCS_GRAYSCALE)
        return jpeg->num_components == 1;
    if (jpeg->jpeg_color_space != JCS_YCbCr || jpeg->num_components != 3)
        return false;
    for (int i = 1; i < 3; i++)
        if (jpeg->comp_info[i].h_samp_factor > jpeg->comp_info[0].h_samp_factor ||
            jpeg->comp_info[i].v_samp_factor > jpeg->comp_info[0].v_samp_factor)
            return false;
    return true;
}

static void read_markers(struct jpeg_reader *reader)
{
    struct jpeg_decompress_struct *jpeg = &reader->codec->jpeg;
    JOCTET *profile = NULL;
    unsigned profile_bytes = 0;

    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next)
        if (m->marker == EXIF_MARKER && m->data_length > 6 && memcmp(m->data, "Exif\0", 6) == 0) {
            reader->orientation = orientation_of(m);
            break;
        }
    if (jpeg_read_icc_profile(jpeg, &profile, &profile_bytes)) {
        reader->profile = profile;
        reader->profile_bytes = profile_bytes;
    }
}

int jpeg_reader_open(struct jpeg_reader *reader, const void *data, size_t bytes, struct fault *fault)
{
    struct jpeg_reader_codec *codec = calloc(1, sizeof *codec);

    *reader = (struct jpeg_reader){.orientation = 1, .codec = codec};
    if (!codec)
        return fault_sys(fault, "no memory for a JPEG decoder");
    codec->jpeg.err = jpeg_trap_init(&codec->trap, data, bytes);
    if (setjmp(codec->trap.back))
        return fault_set(fault, "%s", codec->trap.text);
    jpeg_create_decompress(&codec->jpeg);
    jpeg_mem_src(&codec->jpeg, data, bytes);
    jpeg_save_markers(&codec->jpeg, EXIF_MARKER, LONGEST_MARKER);
    jpeg_save_markers(&codec->jpeg, ICC_MARKER, LONGEST_MARKER);
    jpeg_read_header(&codec->jpeg, TRUE);
    reader->width = (int)codec->jpeg.image_width;
    reader->height = (int)codec->jpeg.image_height;
    reader->components = codec->jpeg.num_components;
    reader->plain = is_plain(&codec->jpeg);
    reader->progressive = codec->jpeg.progressive_mode;
    read_markers(reader);
    return 0;
}

/* --- the planes -------------------------------------------------------------------------------- */

/* The library writes whole blocks, so a row has room for them. Luma is kept by strips, which stay in the cache; chroma
 * is kept whole, for all planes come at once and are scaled one after the other. */
static int make_plane(struct jpeg_reader *reader, int index, struct fault *fault)
{
    struct jpeg_reader_codec *codec = reader->codec;
    const struct jpeg_decompress_struct *jpeg = &codec->jpeg;
    const jpeg_component_info *component = &jpeg->comp_info[index];
    struct jpeg_reader_plane *plane = &reader->planes[index];
    int unit = jpeg->max_v_samp_factor * jpeg->min_DCT_scaled_size;
    int units = index ? ((int)jpeg->output_height + unit - 1) / unit : codec->units, rows;

    codec->unit_rows[index] = component->v_samp_factor * component->DCT_scaled_size;
    rows = codec->unit_rows[index] * units;
    plane->width = (int)component->downsampled_width;
    plane->height = (int)component->downsampled_height;
    plane->span_width = (double)reader->width * component->h_samp_factor * component->DCT_scaled_size /
                        (jpeg->max_h_samp_factor * DCTSIZE);
    plane->span_height =
        (double)reader->height * codec->unit_rows[index] / (jpeg->max_v_samp_factor * DCTSIZE);
    plane->stride = scale_stride((int)component->width_in_blocks * component->DCT_scaled_size + 2 * DCTSIZE);
    plane->rows = picture_alloc_aligned((size_t)plane->stride * (size_t)(rows + 1));
    codec->rows[index] = malloc((size_t)rows * sizeof *codec->rows[index]);
    if (!plane->rows || !codec->rows[index])
        return fault_sys(fault, "no memory to decode %dx%d", reader->width, reader->height);
    for (int y = 0; y < rows; y++)
        codec->rows[index][y] = plane->rows + (size_t)y * (size_t)plane->stride;
    return 0;
}

static void start(struct jpeg_reader_codec *codec, int shrink)
{
    codec->progress.progress_monitor = watch_progress;
    codec->jpeg.progress = &codec->progress;
    codec->jpeg.dct_method = JDCT_ISLOW;
    codec->jpeg.scale_num = 1;
    codec->jpeg.scale_denom = (unsigned)shrink;
    jpeg_start_decompress(&codec->jpeg);
}

int jpeg_reader_start(struct jpeg_reader *reader, int shrink, struct fault *fault)
{
    struct jpeg_reader_codec *codec = reader->codec;
    struct jpeg_decompress_struct *jpeg = &codec->jpeg;
    int unit;

    if (setjmp(codec->trap.back))
        return fault_set(fault, "%s", codec->trap.text);
    jpeg->out_color_space = jpeg->jpeg_color_space;
    jpeg->raw_data_out = TRUE;
    jpeg->do_fancy_upsampling = FALSE;
    start(codec, shrink);
    reader->plane_count = jpeg->num_components;
    unit = jpeg->max_v_samp_factor * jpeg->min_DCT_scaled_size;
    codec->units = unit < STRIP_ROWS ? STRIP_ROWS / unit : 1;
    for (int i = 0; i < reader->plane_count; i++)
        if (make_plane(reader, i, fault))
            return -1;
    return 0;
}

/* Reads on to the end of the file, which may have warnings too. Returns 0; jumps. */
static int finish(struct jpeg_reader *reader)
{
    struct jpeg_reader_codec *codec = reader->codec;
    const char *missing;

    if (codec->finished)
        return 0;
    codec->finished = true;
    missing = jpeg_warnings_missing(&codec->jpeg, codec->trap.cut);
    if (missing)
        jpeg_trap_spring(&codec->trap, missing);
    jpeg_finish_decompress(&codec->jpeg);
    return 0;
}

int jpeg_reader_strip(struct jpeg_reader *reader, struct fault *fault)
{
    struct jpeg_reader_codec *codec = reader->codec;
    struct jpeg_decompress_struct *jpeg = &codec->jpeg;
    int lines = jpeg->max_v_samp_factor * jpeg->min_DCT_scaled_size, left;

    if (setjmp(codec->trap.back))
        return fault_set(fault, "%s", codec->trap.text);
    if (jpeg->output_scanline >= jpeg->output_height)
        return finish(reader);
    reader->first = (int)jpeg->output_scanline / lines * codec->unit_rows[0];
    left = reader->planes[0].height - reader->first;
    for (int unit = 0; unit < codec->units && jpeg->output_scanline < jpeg->output_height; unit++) {
        JSAMPARRAY rows[JPEG_READER_PLANES];
        for (int i = 0; i < reader->plane_count; i++)
            rows[i] = codec->rows[i] + (i ? (int)jpeg->output_scanline / lines : unit) * codec->unit_rows[i];
        jpeg_read_raw_data(jpeg, rows, (JDIMENSION)lines);
    }
    reader->count = codec->units * codec->unit_rows[0] < left ? codec->units * codec->unit_rows[0] : left;
    return 1;
}

/* --- pixels ------------------------------------------------------------------------------------ */

int jpeg_reader_start_pixels(struct jpeg_reader *reader, int shrink, struct fault *fault)
{
    struct jpeg_reader_codec *codec = reader->codec;
    struct jpeg_decompress_struct *jpeg = &codec->jpeg;

    if (setjmp(codec->trap.back))
        return fault_set(fault, "%s", codec->trap.text);
    jpeg->out_color_space = jpeg->num_components == 1   ? JCS_GRAYSCALE
                            : jpeg->num_components == 4 ? JCS_CMYK
                                                        : JCS_RGB;
    start(codec, shrink);
    reader->pixel_width = (int)jpeg->output_width;
    reader->pixel_height = (int)jpeg->output_height;
    reader->bands = jpeg->output_components;
    reader->inverted = reader->bands == 4 && jpeg->saw_Adobe_marker;
    return 0;
}

VECTOR_LOOP
static void invert(uint8_t *row, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        row[i] = (uint8_t)(255 - row[i]);
}

int jpeg_reader_row(struct jpeg_reader *reader, uint8_t *row, struct fault *fault)
{
    struct jpeg_reader_codec *codec = reader->codec;
    JSAMPROW rows[1] = {row};

    if (setjmp(codec->trap.back))
        return fault_set(fault, "%s", codec->trap.text);
    jpeg_read_scanlines(&codec->jpeg, rows, 1);
    if (reader->inverted)
        invert(row, (size_t)reader->pixel_width * (size_t)reader->bands);
    return codec->jpeg.output_scanline < codec->jpeg.output_height ? 0 : finish(reader);
}

struct notes jpeg_reader_notes(const struct jpeg_reader *reader)
{
    return reader->codec->trap.notes;
}

void jpeg_reader_close(struct jpeg_reader *reader)
{
    struct jpeg_reader_codec *codec = reader->codec;

    for (int i = 0; i < JPEG_READER_PLANES; i++) {
        free(reader->planes[i].rows);
        if (codec)
            free(codec->rows[i]);
    }
    free(reader->profile);
    if (codec)
        jpeg_destroy_decompress(&codec->jpeg);
    free(codec);
    *reader = (struct jpeg_reader){0};
}
