#include "pipeline/base/version.h"

#ifndef KNEE_VERSION
#define KNEE_VERSION "unknown"
#endif
#ifndef KNEE_DATE
#define KNEE_DATE ""
#endif

const char knee_version[] = KNEE_VERSION;
const char knee_date[] = KNEE_DATE;
