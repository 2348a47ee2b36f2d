/* item_times.h: what each item takes with each number of workers: the median over trials of the curve that count. */
#ifndef KNEE_ITEM_TIMES_H
#define KNEE_ITEM_TIMES_H

#include "harness/study/study_data.h"

/* Fills study->item_times. Reading a study does it; again where the status of a trial has changed since. */
void item_times_find(struct study_data *study);

#endif
