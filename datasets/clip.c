/* clip.c: the still goes to ffmpeg as a PPM file; ffmpeg moves, adds noise and encodes. */
#include "datasets/clip.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int write_still(const struct raster *still, const char *name, struct fault *fault)
{
    FILE *file = fopen(name, "wbe");
    uint8_t *row = malloc((size_t)still->width * 3);
    if (file != NULL && row != NULL) {
        fprintf(file, "P6\n%u %u\n255\n", still->width, still->height);
        for (uint32_t y = 0; y < still->height; y++) {
            raster_row(still, y, row);
            fwrite(row, 3, still->width, file);
        }
    }
    int failed = file == NULL || row == NULL || ferror(file);
    if (file != NULL && fclose(file) != 0)
        failed = 1;
    free(row);
    return failed ? fault_sys(fault, "%s cannot be written: %s", name, strerror(errno)) : 0;
}

static void read_first_line(const char *name, char *text, int bytes)
{
    FILE *file = fopen(name, "re");
    text[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(text, bytes, file) != NULL)
        text[strcspn(text, "\n")] = '\0';
    fclose(file);
}

/* Runs ffmpeg with its messages in the log. The pool's blocked signals are unblocked for it. */
static int run(char *const arguments[], const char *log, struct fault *fault)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid;
    int status;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int reason = posix_spawnp(&pid, arguments[0], &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (reason != 0)
        return fault_sys(fault, "the program ffmpeg cannot be started (%s): install Debian's package ffmpeg",
                         strerror(reason));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fault_set(fault, "ffmpeg was lost: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    char text[300];
    read_first_line(log, text, sizeof text);
    return fault_set(fault, "ffmpeg failed: %s", text[0] != '\0' ? text : "it said nothing");
}

/* Diagonally over the still, one way or the other; noise that changes from frame to frame, as a sensor's
 * does. */
static void filter_of(const struct plan_item *item, int frames, char *text, size_t bytes)
{
    char across[32] = "n";
    if (item->seed & 1)
        snprintf(across, sizeof across, "(%d-n)", frames);
    snprintf(text, bytes,
             "crop=%u:%u:x=trunc((iw-ow)*%s/%d):y=trunc((ih-oh)*n/"
             "%d),noise=alls=5:allf=t:all_seed=%u,format=yuv420p",
             item->width, item->height, across, frames, frames, (unsigned)(item->seed >> 40));
}

/* Options of an encoder. x264's macroblock tree is off because its vector code reads uninitialised memory:
 * with it, the same frames give other bytes from run to run (libx264 164). Both encoders overshoot on so
 * few seconds. */
struct encoder {
    double overshoot;
    const char *arguments[12];
};

static const struct encoder h264 = {1.11,
                                    {"-c:v", "libx264", "-preset", "veryfast", "-x264-params", "mbtree=0",
                                     "-movflags", "+faststart", "-f", "mp4"}};
static const struct encoder vp9 = {
    1.25, {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-f", "webm"}};

static int encode_clip(const struct plan_item *item, const char *still, const char *temporary,
                       const char *log, struct fault *fault)
{
    const struct encoder *encoder = item->kind == PLAN_MP4 ? &h264 : &vp9;
    char input[4300], output[4300], filter[300], rate[32], frame_count[16], per_second[16];
    int frames = (int)(item->seconds * CLIP_FRAMES_PER_SECOND);
    /* "file:" keeps ffmpeg from reading a colon in a folder's name as a protocol, and "none" a % as a number.
     */
    snprintf(input, sizeof input, "file:%s", still);
    snprintf(output, sizeof output, "file:%s", temporary);
    snprintf(rate, sizeof rate, "%.0f", 8 * (double)item->target_bytes / item->seconds / encoder->overshoot);
    snprintf(frame_count, sizeof frame_count, "%d", frames);
    snprintf(per_second, sizeof per_second, "%d", CLIP_FRAMES_PER_SECOND);
    filter_of(item, frames, filter, sizeof filter);
    /* clang-format off */
    const char *const common[] = {
        "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-filter_threads", "1",
        "-threads", "1", "-f", "image2", "-pattern_type", "none", "-loop", "1", "-framerate", per_second,
        "-i", input, "-frames:v", frame_count, "-vf", filter, "-threads", "1", "-g", "50", "-b:v", rate,
        "-maxrate", rate, "-bufsize", rate, "-fflags", "+bitexact", "-flags:v", "+bitexact"};
    /* clang-format on */
    const char *arguments[sizeof common / sizeof *common + 14] = {NULL};
    size_t n = sizeof common / sizeof *common;
    memcpy(arguments, common, sizeof common);
    for (size_t i = 0; encoder->arguments[i] != NULL; i++)
        arguments[n++] = encoder->arguments[i];
    arguments[n] = output;
    return run((char *const *)arguments, log, fault);
}

int clip_make(const struct plan_item *item, const struct raster *still, const char *temporary,
              uint64_t *bytes, struct fault *fault)
{
    char still_name[4200], log[4200];
    struct stat status;
    snprintf(still_name, sizeof still_name, "%s.ppm", temporary);
    snprintf(log, sizeof log, "%s.log", temporary);
    int result = write_still(still, still_name, fault);
    if (result == 0)
        result = encode_clip(item, still_name, temporary, log, fault);
    unlink(still_name);
    unlink(log);
    if (result == 0 && stat(temporary, &status) != 0)
        result = fault_set(fault, "ffmpeg left no file %s", temporary);
    if (result == 0)
        *bytes = (uint64_t)status.st_size;
    return result;
}

int clip_check(struct fault *fault)
{
    char *const arguments[] = {(char[]){"ffmpeg"}, (char[]){"-version"}, NULL};
    return run(arguments, "/dev/null", fault);
}
