/* replay.c: in the place of libFuzzer; passes each file named to the target once. usage: NAME FILE ... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static uint8_t content[1 << 24];

/* Exactly as much memory as the input has, so that a checker sees its end. */
static int replay(size_t size)
{
    uint8_t *data = malloc(size ? size : 1);

    if (!data)
        return -1;
    memcpy(data, content, size);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "re");
        size_t size = file ? fread(content, 1, sizeof content, file) : 0;
        if (!file || ferror(file) || replay(size)) {
            perror(argv[i]);
            return 1;
        }
        fclose(file);
    }
    printf("%d inputs\n", argc - 1);
    return 0;
}
