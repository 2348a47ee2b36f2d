#include "harness/antagonist/antagonist_load.h"

#define WORDS_OF_LINE (ANTAGONIST_LINE_BYTES / sizeof(uint64_t))

void antagonist_load_init(struct antagonist_load *load, const struct antagonist_setting *setting,
                          uint64_t *buffer)
{
    size_t lines = setting->bytes / ANTAGONIST_LINE_BYTES;

    *load = (struct antagonist_load){
        .kind = setting->kind, .buffer = buffer, .lines = lines ? lines : 1, .random = {1, 2, 3, 4}};
}

static void walk(struct antagonist_load *load)
{
    size_t at = load->at;

    for (int i = 0; i < ANTAGONIST_PIECE_LINES; i++) {
        load->buffer[at * WORDS_OF_LINE]++;
        at = at + 1 < load->lines ? at + 1 : 0;
    }
    load->at = at;
}

/* Four independent sequences (Knuth's constants), so that several misses are under way at a time, as in real programs.
 * The upper half of the product chooses the line: any number of lines, without a division. */
static void jump(struct antagonist_load *load)
{
    for (int i = 0; i < ANTAGONIST_PIECE_LINES; i += 4)
        for (int r = 0; r < 4; r++) {
            load->random[r] = load->random[r] * 6364136223846793005u + 1442695040888963407u;
            load->buffer[(size_t)(((unsigned __int128)load->random[r] * load->lines) >> 64) *
                         WORDS_OF_LINE]++;
        }
}

uint64_t antagonist_load_piece(struct antagonist_load *load)
{
    if (load->kind == ANTAGONIST_TRAFFIC)
        walk(load);
    else
        jump(load);
    return (uint64_t)ANTAGONIST_PIECE_LINES * ANTAGONIST_LINE_BYTES;
}
