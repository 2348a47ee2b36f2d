#include "harness/console/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "harness/console/options.h"
#include "pipeline/base/one_line.h"

static const char *command_name;
bool message_quiet, message_verbose;

void message_set_command(const char *name)
{
    command_name = name;
}

/* One write per message, so that lines of several processes do not mix. */
__attribute__((format(printf, 2, 0))) static void say(const char *kind, const char *format, va_list args)
{
    char text[1200];
    int used = snprintf(text, sizeof text - 1, "knee%s%s: %s", command_name ? " " : "",
                        command_name ? command_name : "", kind);
    if (used > 0 && used < (int)sizeof text - 1)
        vsnprintf(text + used, sizeof text - 1 - (size_t)used, format, args);
    fprintf(stderr, "%s\n", one_line(text));
}

void message_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("error: ", format, args);
    va_end(args);
}

void message_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("warning: ", format, args);
    va_end(args);
}

void message_note(const char *format, ...)
{
    va_list args;

    if (message_quiet)
        return;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

void message_detail(const char *format, ...)
{
    va_list args;

    if (!message_verbose)
        return;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

int message_fault(const struct fault *fault)
{
    if (fault->kind != FAULT_NONE && fault->kind != FAULT_REPORTED)
        message_error("%s", fault->text);
    return fault->kind == FAULT_USAGE ? KNEE_USAGE : KNEE_FAILED;
}
