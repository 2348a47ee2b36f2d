/* busy.h: which other processes use CPU time, by name.
 *
 * Sequence: busy_look() again and again, while no process of ours but the caller runs; the list; busy_release(). CPU
 * time between two looks is added to the name of its process. One that began and ended between two looks is not seen:
 * the list says who disturbs, not how much in all.
 */
#ifndef KNEE_BUSY_H
#define KNEE_BUSY_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct busy_process {
    char name[32]; /* as the kernel has it: the first 15 bytes of the program's name */
    double cpu_s;  /* of all processes of that name */
};

struct busy_list {
    GHashTable *last;  /* pid and start time to ticks; NULL before the first look */
    GArray *processes; /* struct busy_process */
};

/* Cheap: reads one small file for each process. */
void busy_look(struct busy_list *list);
/* "stress (12.1 s), cc1 (3.4 s)": at most `most` names, most CPU time first, of at least 0.1 s; empty none. Returns
 * text. */
char *busy_text(const struct busy_list *list, size_t most, char *text, size_t bytes);
void busy_release(struct busy_list *list);

/* For tests: the text of /proc/PID/stat. Returns 0, or -1. */
int busy_parse(const char *text, char name[32], uint64_t *ticks, uint64_t *start);

#endif
