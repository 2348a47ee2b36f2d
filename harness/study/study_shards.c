/* study_shards.c: the shards of trials on several machines (study_read_internal.h). */
#include <string.h>

#include "harness/study/study_read_internal.h"
#include "harness/study/study_rows.h"

/* Rows come in the order of trials. */
struct reading {
    struct study_data *data;
    unsigned at; /* trial of the last row */
};

static unsigned node_index(struct study_data *data, const char *name)
{
    for (unsigned i = 0; i < data->nodes->len; i++)
        if (strcmp(g_ptr_array_index(data->nodes, i), name) == 0)
            return i;
    g_ptr_array_add(data->nodes, g_strdup(name));
    return data->nodes->len - 1;
}

static void read_shard(void *context, int64_t trial, const void *row)
{
    struct reading *reading = context;
    struct study_data *data = reading->data;
    const struct study_shard *from = row;
    struct data_shard shard = {.start_s = study_seconds(from->start_ns),
                               .work_s = study_seconds(from->work_ns),
                               .idle_s = study_seconds(from->idle_ns),
                               .end_s = study_seconds(from->end_ns)};

    while (reading->at < data->trials->len &&
           g_array_index(data->trials, struct data_trial, reading->at).id < trial)
        reading->at++;
    if (reading->at == data->trials->len ||
        g_array_index(data->trials, struct data_trial, reading->at).id != trial)
        return;
    shard.trial = reading->at;
    shard.node = node_index(data, from->node ? from->node : "unknown");
    g_array_append_val(data->shards, shard);
}

int study_shards_read(struct study *study, struct study_data *data, struct fault *fault)
{
    struct reading reading = {.data = data};

    return study_rows_each(study, &study_table_shard, read_shard, &reading, fault);
}
