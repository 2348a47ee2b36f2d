#include "pipeline/images/jxl/jxl_setup.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

/* Bits 0 to 10 of highway's targets are those of x86 from AVX2 on; 11 is SSE4, 12 SSSE3, 14 SSE2. */
#define FUSED_TARGETS INT64_C(0x7ff)

bool jxl_setup(void)
{
#if defined __x86_64__
    /* hwy::DisableTargets(int64_t): highway has no interface for C. */
    void *found = dlsym(RTLD_DEFAULT, "_ZN3hwy14DisableTargetsEl");
    void (*disable)(int64_t targets);

    if (!found)
        return false;
    memcpy(&disable, &found,
           sizeof disable); /* ISO C has no conversion of an object's pointer to a function's */
    disable(FUSED_TARGETS);
    return true;
#else
    return false;
#endif
}
