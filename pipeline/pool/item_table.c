#include "pipeline/pool/item_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/one_line.h"

static const char table_magic[8] = "kneetab3";

_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2, "shared words must be lock-free");

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* Fills everything that follows from the counts. Returns 0, or -1 when the table would not fit in memory. */
static int lay_out(struct item_table_header *header, uint64_t items, uint32_t item_payload_bytes,
                   uint32_t workers, uint32_t worker_payload_bytes)
{
    uint64_t items_bytes, reasons_bytes;

    *header = (struct item_table_header){.items = items, .workers = workers, .exit_code = -1};
    memcpy(header->magic, table_magic, sizeof table_magic);
    if (item_payload_bytes > 1u << 20 || worker_payload_bytes > 1u << 20)
        return -1;
    header->item_payload_bytes = (uint32_t)round_up(item_payload_bytes, 8);
    header->worker_payload_bytes = (uint32_t)round_up(worker_payload_bytes, 64);
    header->item_stride = (uint32_t)sizeof(struct item_record) + header->item_payload_bytes;
    header->worker_stride = (uint32_t)sizeof(struct worker_record) + header->worker_payload_bytes;
    header->workers_offset = round_up(sizeof *header, 64);
    header->items_offset = header->workers_offset + (uint64_t)workers * header->worker_stride;
    if (__builtin_mul_overflow(items, header->item_stride, &items_bytes) || items_bytes > (uint64_t)1 << 46 ||
        __builtin_mul_overflow(items, ITEM_REASON_BYTES, &reasons_bytes) || reasons_bytes > (uint64_t)1 << 46)
        return -1;
    header->reasons_offset = header->items_offset + items_bytes;
    header->bytes = header->reasons_offset + reasons_bytes;
    return 0;
}

/* Keeps a copy of the shape that other processes cannot change. */
static void adopt(struct item_table *table, const struct item_table_header *shape)
{
    table->bytes = shape->bytes;
    table->items = shape->items;
    table->workers = shape->workers;
    table->workers_offset = shape->workers_offset;
    table->items_offset = shape->items_offset;
    table->reasons_offset = shape->reasons_offset;
    table->item_stride = shape->item_stride;
    table->worker_stride = shape->worker_stride;
}

static int map_table(struct item_table *table, uint64_t bytes, struct fault *fault)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, table->fd, 0);

    if (memory == MAP_FAILED) {
        fault_set(fault, "item table of %llu bytes: %s: process fewer items at a time",
                  (unsigned long long)bytes, strerror(errno));
        item_table_close(table);
        return -1;
    }
    table->header = memory;
    return 0;
}

/* A descriptor passed by mistake may be a file of the user's: only an empty one is accepted. */
static int check_empty(struct item_table *table, struct fault *fault)
{
    struct stat status;
    int fd = table->fd;

    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0)
        return 0;
    item_table_close(table);
    return fault_set(
        fault, "item table on descriptor %d: it is not an empty memfd: open one and let it be inherited", fd);
}

int item_table_create(struct item_table *table, int fd, uint64_t items, uint32_t item_payload_bytes,
                      uint32_t workers, uint32_t worker_payload_bytes, struct fault *fault)
{
    struct item_table_header shape;

    *table = (struct item_table){.fd = fd};
    if (fd >= 0 && check_empty(table, fault))
        return -1;
    if (lay_out(&shape, items, item_payload_bytes, workers, worker_payload_bytes)) {
        item_table_close(table);
        return fault_set(fault, "item table of %llu items: too large: process fewer items at a time",
                         (unsigned long long)items);
    }
    if (table->fd < 0)
        table->fd = memfd_create("knee-items", MFD_CLOEXEC);
    if (table->fd < 0)
        return fault_sys(fault, "item table: making shared memory: %s", strerror(errno));
    if (ftruncate(table->fd, (off_t)shape.bytes)) {
        fault_set(fault, "item table of %llu bytes: %s: %s", (unsigned long long)shape.bytes, strerror(errno),
                  errno == EFBIG ? "raise 'ulimit -f'" : "free some memory");
        item_table_close(table);
        return -1;
    }
    if (map_table(table, shape.bytes, fault))
        return -1;
    *table->header = shape;
    adopt(table, &shape);
    return 0;
}

/* Is the header one that item_table_create could have written into a file of this size? Fills the shape of such
 * a table; the header may change meanwhile. */
static int header_is_sound(const struct item_table_header *header, uint64_t file_bytes,
                           struct item_table_header *shape)
{
    return memcmp(header->magic, table_magic, sizeof table_magic) == 0 &&
           lay_out(shape, header->items, header->item_payload_bytes, header->workers,
                   header->worker_payload_bytes) == 0 &&
           shape->bytes == header->bytes && shape->bytes == file_bytes &&
           shape->item_stride == header->item_stride && shape->worker_stride == header->worker_stride &&
           shape->workers_offset == header->workers_offset && shape->items_offset == header->items_offset &&
           shape->reasons_offset == header->reasons_offset;
}

int item_table_open(struct item_table *table, int fd, struct fault *fault)
{
    struct item_table_header shape;
    struct stat status;

    *table = (struct item_table){.fd = fd};
    if (fstat(fd, &status)) {
        fault_set(fault, "item table on descriptor %d: %s", fd, strerror(errno));
        item_table_close(table);
        return -1;
    }
    if ((uint64_t)status.st_size < sizeof(struct item_table_header)) {
        item_table_close(table);
        return fault_set(
            fault, "item table on descriptor %d: not written (%lld bytes): the run ended before it began", fd,
            (long long)status.st_size);
    }
    if (map_table(table, (uint64_t)status.st_size, fault))
        return -1;
    if (!header_is_sound(table->header, (uint64_t)status.st_size, &shape)) {
        munmap(table->header, (size_t)status.st_size);
        table->header = NULL;
        item_table_close(table);
        return fault_set(fault, "item table on descriptor %d: not a table of this version of knee", fd);
    }
    adopt(table, &shape);
    return 0;
}

void item_table_close(struct item_table *table)
{
    if (table->header)
        munmap(table->header, table->bytes);
    table->header = NULL;
    if (table->fd >= 0)
        close(table->fd);
    table->fd = -1;
}

static unsigned char *at(const struct item_table *table, uint64_t offset)
{
    return (unsigned char *)table->header + offset;
}

struct item_record *item_table_item(const struct item_table *table, uint64_t index)
{
    return (void *)at(table, table->items_offset + index * table->item_stride);
}

void *item_table_item_payload(const struct item_table *table, uint64_t index)
{
    return item_table_item(table, index) + 1;
}

void item_table_set_reason(const struct item_table *table, uint64_t index, const char *reason)
{
    snprintf((char *)at(table, table->reasons_offset + index * ITEM_REASON_BYTES), ITEM_REASON_BYTES, "%s",
             reason);
}

const char *item_table_reason(const struct item_table *table, uint64_t index, char text[ITEM_REASON_BYTES])
{
    memcpy(text, at(table, table->reasons_offset + index * ITEM_REASON_BYTES), ITEM_REASON_BYTES);
    text[ITEM_REASON_BYTES - 1] = '\0'; /* its worker may not have terminated it */
    return one_line(text);
}

struct worker_record *item_table_worker(const struct item_table *table, uint32_t slot)
{
    return (void *)at(table, table->workers_offset + (uint64_t)slot * table->worker_stride);
}

void *item_table_worker_payload(const struct item_table *table, uint32_t slot)
{
    return item_table_worker(table, slot) + 1;
}

uint64_t item_table_last_end_ns(const struct item_table *table)
{
    uint64_t last = 0;

    for (uint64_t i = 0; i < table->items; i++)
        if (item_table_item(table, i)->end_ns > last)
            last = item_table_item(table, i)->end_ns;
    return last;
}
