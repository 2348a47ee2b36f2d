/* shard_result.h: OUT/.knee/shards/I.done: that shard I is done, and all that a merge has to know of it.
 *
 * A text of lines of fields separated by tabs, in which \t, \n, \r and \\ are written for those characters:
 * - "knee-shard 1"; the lines of the plan (shard_plan.h); then KEY VALUE: shard, host, start_ns, work_ns, idle_ns
 *   and end_ns (struct shard_times), libraries, list (the form of the list of renditions), done, failed, bytes_out
 * - left|stage|kind|note NUMBER COUNT: the counts that are not zero (left_out, stage, kind and note of the sources)
 * - rendition NAME FORMAT PATTERN FILES BYTES, in the order of the recipe
 * - F and a row of FAILED.tsv, for each item that failed; N and a row of NOTES.tsv
 * - O PATH SOURCE RENDITION WIDTH HEIGHT BYTES SHA256 for each output, sorted bytewise by path
 * - end
 *
 * The file appears whole, and the first of several runs of a shard that end names it: it never changes.
 */
#ifndef KNEE_SHARD_RESULT_H
#define KNEE_SHARD_RESULT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/output/rendition_list.h"
#include "pipeline/images/output/run_output.h"
#include "pipeline/images/recipe/recipe.h"
#include "pipeline/images/shards/shard_plan.h"
#include "pipeline/pool/item_table.h"

/* When things happened to a shard: nanoseconds since the epoch, by the host's clock, in this order. Of the last run of
 * the shard, when it was continued. */
struct shard_times {
    uint64_t start_ns; /* the run began */
    uint64_t work_ns;  /* the batch was listed, and the first worker is to be started */
    uint64_t idle_ns;  /* the last worker ended */
    uint64_t end_ns;   /* the marker is written */
};

/* What the marker says before its rows. */
struct shard_result {
    struct shard_plan plan;
    uint64_t shard; /* from 1 */
    char host[256], libraries[1024];
    struct shard_times times;
    enum rendition_list_form list;
    struct run_outcome outcome;
    uint64_t left_counts[LEFT_COUNT];
    struct recipe recipe; /* only names, formats and patterns of the renditions, and their number */
};

/* Has shard number its marker? */
bool shard_is_done(const char *out, uint64_t number);
/* The marker's path. Returns path. */
const char *shard_marker(const char *out, uint64_t number, char *path, size_t bytes);

/* Writes the marker from the table of the shard's items and what is set in result: plan, shard, libraries and list;
 * the rest is filled in. Returns 0, or -1 with fault. */
int shard_result_write(const char *out, struct shard_result *result, const struct recipe *recipe,
                       const struct batch *batch, const struct item_table *table, struct fault *fault);

/* One output, read back; its texts are valid until the next read. */
struct shard_output {
    const char *path, *source;
    int rendition;
    struct image_output output;
};

/* Reads a marker in the order of its lines: shard_reader_begin(), shard_reader_row() until it returns 0,
 * shard_reader_output() until it returns 0, shard_reader_end(). No descriptor is open between the calls: a thousand
 * readers can be in work at once. */
struct shard_reader {
    const char *out; /* kept */
    uint64_t number; /* of the shard */
    char *buffer;    /* owned */
    size_t start, end, capacity;
    off_t offset; /* of the file, behind the buffer */
    bool whole;   /* the last line was seen */
};

/* window: bytes read at a time; more where a line is longer. Returns 0, or -1 with fault and nothing to release. */
int shard_reader_begin(struct shard_reader *reader, const char *out, uint64_t number, size_t window,
                       struct shard_result *result, struct fault *fault);
/* kind: 'F' or 'N'; *row: without newline, until the next read. Returns 1, 0 when none is left, -1 with fault. */
int shard_reader_row(struct shard_reader *reader, char *kind, const char **row, struct fault *fault);
int shard_reader_output(struct shard_reader *reader, struct shard_output *output, struct fault *fault);
void shard_reader_end(struct shard_reader *reader);
/* Fills fault for a marker that cannot have been written by shard_result_write(); returns -1. */
int shard_reader_damaged(const struct shard_reader *reader, struct fault *fault);

#endif
