#include "pipeline/base/version.h"

#ifndef KNEE_VERSION
#define KNEE_VERSION "unknown"
#endif

const char knee_version[] = KNEE_VERSION;
