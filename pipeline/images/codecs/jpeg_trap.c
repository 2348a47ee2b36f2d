#include "pipeline/images/codecs/jpeg_trap.h"

#include <string.h>

#include <jerror.h>

#include "pipeline/images/codecs/jpeg_warnings.h"

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
    struct jpeg_trap *trap = (struct jpeg_trap *)codec->err;
    enum note note = NOTE_COUNT;

    if (level >= 0)
        return;
    switch (jpeg_warnings_verdict(codec, trap->data, trap->bytes, &note)) {
    case JPEG_ACCEPT:
        break;
    case JPEG_ACCEPT_WITH_NOTE:
        notes_add(&trap->notes, note);
        trap->cut |= codec->err->msg_code == JWRN_JPEG_EOF;
        break;
    case JPEG_FAIL:
        if (trap->cut)
            jpeg_trap_spring(trap, "Premature end of JPEG file"); /* rather than what came of it */
        jump(codec);
    }
}

struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap, const void *data, size_t bytes)
{
    struct jpeg_error_mgr *manager = jpeg_std_error(&trap->manager);

    manager->error_exit = jump;
    manager->emit_message = hear;
    trap->text[0] = '\0';
    trap->data = data;
    trap->bytes = bytes;
    trap->notes = (struct notes){0};
    trap->cut = false;
    return manager;
}
