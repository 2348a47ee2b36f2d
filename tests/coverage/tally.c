#include "tests/coverage/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *shared(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        perror("coverage: mmap");
        exit(1);
    }
    return memory;
}

/* Room of `sweeps` in the arrays of one tally. */
static void give_room(struct tally *tally, unsigned sweeps, void *memory)
{
    tally->error = memory;
    tally->width = tally->error + sweeps;
    tally->true_width = tally->width + sweeps;
    tally->is_clear = (bool *)(tally->true_width + sweeps);
}

static size_t room_bytes(unsigned sweeps)
{
    return sweeps * (3 * sizeof(double) + sizeof(bool));
}

static void add(struct tally *sum, const struct tally *part)
{
    for (int q = 0; q < QUANTITIES; q++) {
        sum->asked[q] += part->asked[q];
        sum->held[q] += part->held[q];
    }
    memcpy(sum->error + sum->sweeps, part->error, part->sweeps * sizeof *part->error);
    memcpy(sum->width + sum->sweeps, part->width, part->sweeps * sizeof *part->width);
    memcpy(sum->true_width + sum->sweeps, part->true_width, part->sweeps * sizeof *part->true_width);
    memcpy(sum->is_clear + sum->sweeps, part->is_clear, part->sweeps * sizeof *part->is_clear);
    sum->sweeps += part->sweeps;
    sum->usl += part->usl;
    sum->clear += part->clear;
    sum->knees += part->knees;
    sum->knees_near += part->knees_near;
}

static uint64_t seed_of_all;

void tally_seed(uint64_t seed)
{
    seed_of_all = seed;
}

static pid_t start(const struct setting *set, unsigned sweeps, uint64_t number, unsigned part, unsigned parts,
                   struct tally *tally)
{
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        for (unsigned i = part; i < sweeps; i += parts)
            tally_count(set, (seed_of_all << 40) + number * 1000003 + i, tally);
        _exit(0);
    }
    return child;
}

struct tally tally_run(const struct setting *set, unsigned sweeps, uint64_t number)
{
    unsigned parts = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    size_t bytes = (room_bytes(sweeps) + 15) / 16 * 16;
    struct tally sum = {.sweeps = 0}, *part = shared(parts * sizeof *part);
    char *rooms = shared(parts * bytes);
    void *own = calloc(1, bytes);
    int status, failed = own == NULL;

    for (unsigned p = 0; p < parts && !failed; p++) {
        give_room(&part[p], sweeps, rooms + p * bytes);
        failed = start(set, sweeps, number, p, parts, &part[p]) < 0;
    }
    while (wait(&status) > 0)
        failed |= status;
    if (failed) {
        fprintf(stderr, "coverage: a process failed\n");
        exit(1);
    }
    give_room(&sum, sweeps, own);
    for (unsigned p = 0; p < parts; p++)
        add(&sum, &part[p]);
    munmap(part, parts * sizeof *part);
    munmap(rooms, parts * bytes);
    return sum;
}

void tally_release(struct tally *tally)
{
    free(tally->error);
    *tally = (struct tally){0};
}
