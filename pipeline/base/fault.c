#include "pipeline/base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/one_line.h"

__attribute__((format(printf, 3, 0))) static int set(struct fault *fault, enum fault_kind kind,
                                                     const char *format, va_list args)
{
    if (!fault)
        return -1;
    fault->kind = kind;
    fault->advice = ADVICE_NONE;
    if (vsnprintf(fault->text, sizeof fault->text, format, args) >= (int)sizeof fault->text)
        memcpy(fault->text + sizeof fault->text - 4, "...", 4);
    one_line(fault->text);
    return -1;
}

int fault_set(struct fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(fault, FAULT_INPUT, format, args);
    va_end(args);
    return -1;
}

int fault_sys(struct fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(fault, FAULT_MACHINE, format, args);
    va_end(args);
    return -1;
}

int fault_usage(struct fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(fault, FAULT_USAGE, format, args);
    va_end(args);
    return -1;
}

int fault_bug(struct fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(fault, FAULT_BUG, format, args);
    va_end(args);
    return -1;
}

int fault_reported(struct fault *fault)
{
    if (fault)
        *fault = (struct fault){.kind = FAULT_REPORTED};
    return -1;
}

int fault_advise(struct fault *fault, enum fault_advice advice)
{
    if (fault)
        fault->advice = advice;
    return -1;
}

int fault_is_usage(struct fault *fault)
{
    if (fault)
        fault->kind = FAULT_USAGE;
    return -1;
}
