/* A replay of a command as a subject: every trial is a `knee synthetic --replay`, whose pool deals the items that the
 * command's spans name, and whose items wait for what they took with one worker (docs/statistics.md, section 11). */
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/subjects/replay_study.h"
#include "harness/sweep/subjects/subject_command_internal.h"
#include "harness/sweep/subjects/subjects_internal.h"
#include "harness/sweep/sweep_facts.h"
#include "pipeline/base/paths.h"

struct subject_replay_command {
    struct subject_command command; /* first: a struct subject is the command it begins */
    struct subject_kind kind;       /* a command's, of which some functions are replaced */
    struct replay_source *source;
    char plan[PATH_MAX]; /* replay_plan.h, in the scratch folder */
    char **words;        /* owned */
};

static struct subject_replay_command *replay_of(struct subject *subject)
{
    return (struct subject_replay_command *)subject;
}

/* --- before the trials ------------------------------------------------------------------------ */

static int probe(struct subject *subject, struct plan_costs *costs, int64_t *spent_ns, struct fault *fault)
{
    (void)fault;
    *spent_ns = 0;
    replay_study_costs(replay_of(subject)->source, costs);
    return 0;
}

/* The study is of the command that is replayed, not of the program that replays it. */
static int record_command(const struct replay_source *source, struct study *study, struct fault *fault)
{
    static const char *const keys[] = {"command_words", "recipe_path", "recipe_text",
                                       "recipe_sha256", "prepare",     "check",
                                       "cleanup",       "output",      "spans"};

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *value = g_hash_table_lookup(source->facts, keys[i]);
        if (value && study_set(study, keys[i], value, fault))
            return -1;
    }
    return 0;
}

static int record_times(const struct replay_source *source, const struct spans_items *items,
                        struct study *study, struct fault *fault)
{
    char text[400];

    for (size_t i = 0; i < items->count; i++) {
        const struct replay_item *time = g_hash_table_lookup(source->times, items->item[i].name);
        if (replay_study_time(study, i, time, fault))
            return -1;
    }
    snprintf(text, sizeof text,
             "%zu items take their time in %.100s; knee's pool deals them, since how the command does is not "
             "known",
             items->count, source->name);
    return study_set(study, "replay_times", text, fault) ||
                   study_set_number(study, "replay_prefix_ns", (int64_t)source->prefix_ns, fault) ||
                   study_set_number(study, "replay_init_ns", (int64_t)source->init_ns, fault) ||
                   study_set_number(study, "replay_suffix_ns", (int64_t)source->suffix_ns, fault)
               ? -1
               : 0;
}

static int record(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    const struct subject_replay_command *replay = replay_of(subject);
    const struct replay_source *source = replay->source;

    return subject_command_record(subject, plan, study, fault) || record_command(source, study, fault) ||
                   record_times(source, &replay->command.command.items, study, fault) ||
                   replay_study_record(source, study, fault)
               ? -1
               : 0;
}

static int resume(struct subject *subject, struct study *study, struct fault *fault)
{
    const struct replay_source *source = replay_of(subject)->source;

    return sweep_fact_check(study, "batch_sha256", source->batch_sha256, "other items", fault) ||
                   sweep_fact_check(study, "recipe_sha256", source->recipe_sha256, "another command", fault)
               ? -1
               : 0;
}

/* The times that the study has recorded, whatever its source has now. */
static int prepare(struct subject *subject, const struct plan *plan, struct study *study, struct fault *fault)
{
    struct subject_replay_command *replay = replay_of(subject);
    size_t count = 0;
    struct study_batch_item *rows = study_read_batch(study, &count, fault);
    struct replay_plan made = {.prefix_ns = (uint64_t)study_get_number(study, "replay_prefix_ns", 0),
                               .init_ns = (uint64_t)study_get_number(study, "replay_init_ns", 0),
                               .suffix_ns = (uint64_t)study_get_number(study, "replay_suffix_ns", 0),
                               .items = count};
    int result;

    (void)plan;
    if (!rows || replay_study_excess(study, &made, fault)) {
        study_free_batch(rows, count);
        return -1;
    }
    made.item = g_new0(struct replay_item, count + 1);
    made.label = g_new0(struct replay_label, count + 1);
    for (size_t i = 0; i < count; i++) {
        made.item[i] = replay_study_item(&rows[i]);
        made.label[i] =
            (struct replay_label){rows[i].bytes > 0 ? (uint64_t)rows[i].bytes : 0, (char *)rows[i].path};
    }
    result = replay_plan_write(&made, replay->plan, fault);
    g_free(made.excess);
    g_free(made.item);
    g_free(made.label);
    study_free_batch(rows, count);
    return result;
}

/* --- trials ----------------------------------------------------------------------------------- */

static int judge(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    const struct trial_expected expected = {
        .limits = &subject->limits, .cores = subject->cores, .waits = true};
    struct trial_outcome waited = *outcome;

    (void)request;
    waited.seen = (struct command_seen){.looks = 0}; /* of the program that replays, not of the command */
    return trial_command_judge(&waited, &expected, result, fault);
}

/* --- texts ------------------------------------------------------------------------------------ */

static void costs_text(const struct subject *subject, const struct plan *plan, const struct plan_costs *costs,
                       char *text, size_t bytes)
{
    (void)plan;
    replay_study_costs_text(((const struct subject_replay_command *)subject)->source, costs, text, bytes);
}

static int print(const struct subject *subject, const struct plan *plan, struct study *study, bool all_right,
                 FILE *file, struct fault *fault)
{
    (void)plan;
    (void)all_right;
    return replay_study_print(subject, study, file, fault);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void release(struct subject *subject)
{
    struct subject_replay_command *replay = replay_of(subject);
    struct replay_source *source = replay->source;

    g_strfreev(replay->words);
    subject_command_kind.release(subject);
    replay_source_release(source);
}

static const struct subject_kind replaced = {.probe = probe,
                                             .record = record,
                                             .resume = resume,
                                             .prepare = prepare,
                                             .judge = judge,
                                             .costs_text = costs_text,
                                             .work_text = replay_study_work_text,
                                             .print = print,
                                             .release = release};

static int make_command(struct subject_replay_command *replay, struct fault *fault)
{
    struct command_spec *spec = &replay->source->options.command;
    static const char *const words[] = {"synthetic",           "--replay",        "",
                                        "--workers={workers}", "--chunk={chunk}", "--policy={policy}"};
    char program[PATH_MAX];

    if (paths_program(program, sizeof program, fault))
        return -1;
    replay->words = g_new0(char *, G_N_ELEMENTS(words) + 2);
    replay->words[0] = command_line_quote(program);
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        replay->words[i + 1] = *words[i] ? g_strdup(words[i]) : command_line_quote(replay->plan);
    *spec = (struct command_spec){.words = replay->words};
    return command_spec_check(spec, fault);
}

struct subject *subject_replay_command_open(struct replay_source *source, const char *scratch,
                                            struct fault *fault)
{
    struct subject_replay_command *replay =
        subject_new(sizeof *replay, &subject_command_kind, &source->options, scratch, fault);
    struct subject *subject = &replay->command.subject;

    if (!replay) {
        replay_source_release(source);
        return NULL;
    }
    replay->source = source;
    replay->kind = replaced;
    replay->kind.run = subject_command_kind.run;
    subject->kind = &replay->kind;
    subject_scratch_path(subject, "times", replay->plan);
    if (make_command(replay, fault)) {
        subject_release(subject);
        return NULL;
    }
    subject_command_init(&replay->command);
    replay->command.command.items = source->items;
    source->items = (struct spans_items){.count = 0}; /* handed over */
    replay->command.command.has_items = replay->command.command.gives_begin = true;
    replay_study_request(subject, source, replay->command.command.items.count, 0);
    return subject;
}
