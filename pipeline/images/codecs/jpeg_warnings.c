#include "pipeline/images/codecs/jpeg_warnings.h"

#include <string.h>

#include <jerror.h>

enum { FILLING_BYTES = 64, FILLING_SHARE = 32 };

/* Warnings that are not here fail: bits that no code has (JWRN_HUFF_BAD_CODE, JWRN_ARITH_BAD_CODE), bits that are not
 * there (JWRN_HIT_MARKER), lost restart intervals (JWRN_MUST_RESYNC), missing scans (JWRN_BOGUS_PROGRESSION). */
static const struct {
    int warning;
    enum jpeg_verdict verdict;
    enum note note;
} rows[] = {
    {JWRN_JFIF_MAJOR, JPEG_ACCEPT, NOTE_COUNT},
    {JWRN_NOT_SEQUENTIAL, JPEG_ACCEPT_WITH_NOTE, NOTE_JPEG_ODD_HEADER}, /* Samsung's */
    {JWRN_ADOBE_XFORM, JPEG_ACCEPT_WITH_NOTE, NOTE_JPEG_ODD_HEADER},
    {JWRN_BOGUS_ICC, JPEG_ACCEPT_WITH_NOTE, NOTE_PROFILE_DAMAGED},
    {JWRN_JPEG_EOF, JPEG_ACCEPT_WITH_NOTE, NOTE_JPEG_NO_END},
    {JWRN_EXTRANEOUS_DATA, JPEG_ACCEPT_WITH_NOTE, NOTE_JPEG_EXTRA}, /* when is_harmless() */
};

/* At most two different values: zeros, ones, or both. */
static bool is_filling(const JOCTET *data, size_t bytes)
{
    JOCTET other = data[0];

    for (size_t i = 1; i < bytes; i++) {
        if (data[i] == data[0] || data[i] == other)
            continue;
        if (other != data[0])
            return false;
        other = data[i];
    }
    return true;
}

size_t jpeg_warnings_look_back(size_t bytes)
{
    return bytes / FILLING_SHARE > FILLING_BYTES ? bytes / FILLING_SHARE : FILLING_BYTES;
}

/* The library has just passed over a number of bytes, and is at the marker behind them. */
static bool is_harmless(j_decompress_ptr jpeg, const JOCTET *data, size_t bytes)
{
    size_t skipped = (size_t)jpeg->err->msg_parm.i[0], end;

    if (!jpeg->input_scan_number)
        return true;
    if (!jpeg->src || jpeg->src->next_input_byte < data || jpeg->src->next_input_byte >= data + bytes)
        return false; /* at the end of the file, in the marker that the library adds */
    end = (size_t)(jpeg->src->next_input_byte - data);
    return skipped <= end && skipped <= jpeg_warnings_look_back(bytes) &&
           is_filling(data + end - skipped, skipped);
}

enum jpeg_verdict jpeg_warnings_verdict(j_common_ptr codec, const JOCTET *data, size_t bytes, enum note *note)
{
    int warning = codec->err->msg_code;

    if (!codec->is_decompressor || !data)
        return JPEG_FAIL;
    if (warning == JWRN_EXTRANEOUS_DATA && !is_harmless((j_decompress_ptr)codec, data, bytes))
        return JPEG_FAIL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].warning == warning) {
            *note = rows[i].note;
            return rows[i].verdict;
        }
    return JPEG_FAIL;
}

const char *jpeg_warnings_missing(j_decompress_ptr jpeg, bool cut)
{
    for (int c = 0; c < jpeg->num_components; c++) {
        if (!jpeg->comp_info[c].quant_table) /* it is taken over with a component's first scan */
            return "no scan has brought one of its components";
        for (int k = 0; cut && jpeg->coef_bits && k < DCTSIZE2; k++)
            if (jpeg->coef_bits[c][k] != 0)
                return "its last scans are missing";
    }
    return NULL;
}
