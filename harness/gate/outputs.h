/* outputs.h: the report of a gate in the forms that people and CI systems read (docs/formats.md). */
#ifndef KNEE_GATE_OUTPUTS_H
#define KNEE_GATE_OUTPUTS_H

#include <stdio.h>

#include "harness/gate/report.h"
#include "pipeline/base/fault.h"

/* Bytes of Markdown that one step may add to a summary: GitHub drops a summary of 1 MiB without a word. */
enum { GATE_SUMMARY_MOST = 256 * 1024 };

/* Table and notes for a terminal. */
void gate_print(const struct gate_report *report, FILE *file);
/* "::error title=...::..." for a regression, "::warning" for one that is undecided or not comparable, "::notice"
 * otherwise. */
void gate_print_annotation(const struct gate_report *report, FILE *file);

/* Each replaces the file at path as a whole. Returns 0, or -1 with fault. */
int gate_write_json(const struct gate_report *report, const char *path, struct fault *fault);
int gate_write_junit(const struct gate_report *report, const char *path, struct fault *fault);
int gate_write_openmetrics(const struct gate_report *report, const char *path, struct fault *fault);
/* Appends; cut with a note beyond GATE_SUMMARY_MOST. */
int gate_append_markdown(const struct gate_report *report, const char *path, struct fault *fault);

#endif
