/* table.h: a table of tests/tables as observations: columns workers, seconds, and block or repeat where there is
 * one. */
#ifndef KNEE_TEST_TABLE_H
#define KNEE_TEST_TABLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/speedup/scaling.h"

enum { TABLE_ROOM = 256 };

static inline struct scaling_data read_table(const char *name, struct observation observation[TABLE_ROOM])
{
    struct scaling_data data = {.observation = observation};
    char path[128], line[256], *columns[8];
    size_t workers = 0, seconds = 0, block = 8, count = 0;
    FILE *file;

    snprintf(path, sizeof path, "tests/tables/%s.csv", name);
    file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) {
        fail_msg("%s cannot be read", path);
        return data;
    }
    for (char *word = strtok(line, ",\n"); word && count < 8; word = strtok(NULL, ",\n"), count++) {
        workers = strcmp(word, "workers") == 0 ? count : workers;
        seconds = strcmp(word, "seconds") == 0 ? count : seconds;
        block = strcmp(word, "block") == 0 || strcmp(word, "repeat") == 0 ? count : block;
    }
    while (data.count < TABLE_ROOM && fgets(line, sizeof line, file)) {
        count = 0;
        for (char *word = strtok(line, ",\n"); word && count < 8; word = strtok(NULL, ",\n"))
            columns[count++] = word;
        if (count <= seconds || count <= workers)
            continue;
        observation[data.count++] = (struct observation){
            (unsigned)strtoul(columns[workers], NULL, 10),
            block < count ? (unsigned)strtoul(columns[block], NULL, 10) : 0, strtod(columns[seconds], NULL)};
    }
    data.paired = block < 8;
    fclose(file);
    return data;
}

#endif
