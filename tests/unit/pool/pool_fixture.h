/* pool_fixture.h: a study.db whose trials are those of a simulated pool (pool_sim.h), with every instant in
 * it.
 *
 * Cells: the curve, 1 .. cores workers, chunk 1, dynamic; and chunk 8 with as many workers as cores.
 */
#ifndef KNEE_TESTS_POOL_FIXTURE_H
#define KNEE_TESTS_POOL_FIXTURE_H

#include "tests/unit/pool/pool_sim.h"
#include "tests/unit/study/study_fixture.h"

static inline long long pool_fixture_ns(double seconds)
{
    return llround(seconds * 1e9);
}

static inline void pool_fixture_trial(struct fixture *f, const struct sim_pool *pool, unsigned cell,
                                      unsigned workers, unsigned block, double level)
{
    static struct sim_trial t;
    double prefix_s = pool->setting.prefix_s, last_begin_s = 0;
    int id = ++f->trials;

    sim_trial_make(pool, workers, level, &f->random, &t);
    for (unsigned w = 0; w < workers; w++) {
        const struct account_worker *a = &t.worker[w];
        last_begin_s = fmax(last_begin_s, a->begin_s);
        fixture_sql(
            f,
            "INSERT INTO worker(trial, slot, maxrss_bytes, fork_ns, begin_ns, init_begin_ns, init_end_ns, "
            "go_ns, loop_end_ns, runqueue_ns) VALUES (%d, %u, 104857600, %lld, %lld, %lld, %lld, %lld, "
            "%lld, %lld)",
            id, w, pool_fixture_ns(a->fork_s), pool_fixture_ns(a->begin_s), pool_fixture_ns(a->begin_s),
            pool_fixture_ns(a->ready_s), pool_fixture_ns(a->go_s), pool_fixture_ns(a->loop_end_s),
            pool_fixture_ns(a->runqueue_s));
    }
    fixture_sql(f,
                "INSERT INTO trial(id, cell, block, status, wall_ns, prefix_ns, spawn_ns, init_ns, work_ns, "
                "suffix_ns, user_ns, system_ns, held_ns, items, failed) VALUES (%d, %u, %u, 'ok', %lld, "
                "%lld, %lld, %lld, "
                "%lld, %lld, %lld, 0, 0, %u, 0)",
                id, cell, block, pool_fixture_ns(t.result.wall_s), pool_fixture_ns(prefix_s),
                pool_fixture_ns(last_begin_s - prefix_s), pool_fixture_ns(t.result.go_s - last_begin_s),
                pool_fixture_ns(t.result.work_end_s - t.result.go_s),
                pool_fixture_ns(t.result.wall_s - t.result.work_end_s), pool_fixture_ns(t.work_s),
                (unsigned)pool->items);
    for (size_t i = 0; i < pool->items; i++)
        fixture_sql(
            f,
            "INSERT INTO item(trial, id, worker, state, claim_ns, start_ns, end_ns, cpu_ns) VALUES (%d, "
            "%u, %u, 'done', %lld, %lld, %lld, %lld)",
            id, (unsigned)i, t.item[i].worker, pool_fixture_ns(t.item[i].claim_s),
            pool_fixture_ns(t.item[i].start_s), pool_fixture_ns(t.item[i].end_s),
            pool_fixture_ns(t.item[i].cpu_s));
}

/* Fill cores, blocks, drift and random of f, and the pool. */
static inline void pool_fixture_make(struct fixture *f, struct sim_pool *pool)
{
    f->items = (unsigned)pool->items;
    fixture_open(f);
    for (size_t i = 0; i < pool->items; i++)
        fixture_sql(f, "INSERT INTO batch_item VALUES (%u, 'item%04u', 'jpeg', %lld, 1000, %lld)",
                    (unsigned)i, (unsigned)i, llround(pool->megabytes[i] * 1e6),
                    llround(pool->megapixels[i] * 1000));
    for (unsigned n = 1; n <= f->cores; n++)
        fixture_sql(f, "INSERT INTO cell VALUES (%u, 'scaling', %u, 1, 'dynamic', 'cores', 'fork')", n, n);
    fixture_sql(f, "INSERT INTO cell VALUES (101, 'chunk', %u, 8, 'dynamic', 'cores', 'fork')", f->cores);
    for (unsigned b = 0; b < f->blocks; b++) {
        double level = exp(f->drift * random_normal(&f->random));
        for (unsigned n = 1; n <= f->cores; n++)
            pool_fixture_trial(f, pool, n, n, b, level);
        pool->setting.chunk = 8;
        pool_fixture_trial(f, pool, 101, f->cores, b, level);
        pool->setting.chunk = 1;
    }
    fixture_close(f);
}

#endif
