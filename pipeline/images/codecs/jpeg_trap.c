#include "pipeline/images/codecs/jpeg_trap.h"

#include <string.h>

_Noreturn void jpeg_trap_spring(struct jpeg_trap *trap, const char *text)
{
    snprintf(trap->text, sizeof trap->text, "JPEG: %s", text);
    longjmp(trap->back, 1);
}

static void jump(j_common_ptr codec)
{
    char text[JMSG_LENGTH_MAX];

    codec->err->format_message(codec, text);
    jpeg_trap_spring((struct jpeg_trap *)codec->err, text);
}

/* level -1 is a warning, anything else a trace. */
static void hear(j_common_ptr codec, int level)
{
    if (level < 0)
        jump(codec);
}

struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap)
{
    struct jpeg_error_mgr *manager = jpeg_std_error(&trap->manager);

    manager->error_exit = jump;
    manager->emit_message = hear;
    trap->text[0] = '\0';
    return manager;
}
