/* summary_json.h: --json of the commands that leave an output folder: its SUMMARY.json on standard output. */
#ifndef KNEE_SUMMARY_JSON_H
#define KNEE_SUMMARY_JSON_H

#include "pipeline/base/fault.h"

/* After the run that wrote it. Returns 0, or -1 with fault. */
int summary_json_print(const char *out, struct fault *fault);

#endif
