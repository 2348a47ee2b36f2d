#include "harness/machine/topology.h"

#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/cpu_limit.h"
#include "harness/machine/kernel_stat.h"
#include "pipeline/base/plain_file.h"

/* --- from hwloc's tree to the plain array ----------------------------------------------------- */

static uint32_t ancestor_index(hwloc_topology_t handle, hwloc_obj_type_t type, hwloc_obj_t from,
                               uint32_t otherwise)
{
    hwloc_obj_t found = hwloc_get_ancestor_obj_by_type(handle, type, from);
    return found ? found->logical_index : otherwise;
}

/* NUMA nodes are not in the tree of CPUs; the first that holds the CPU is its own (high-bandwidth memory
 * comes later). */
static uint32_t numa_index(hwloc_topology_t handle, unsigned os_index)
{
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(handle, HWLOC_OBJ_NUMANODE, node)) != NULL)
        if (hwloc_bitmap_isset(node->cpuset, os_index))
            return node->logical_index;
    return 0;
}

static uint32_t numa_nodes_with_cpus(hwloc_topology_t handle)
{
    uint32_t count = 0;
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(handle, HWLOC_OBJ_NUMANODE, node)) != NULL)
        if (!hwloc_bitmap_iszero(node->cpuset))
            count++;
    return count;
}

static void fill_cpu(hwloc_topology_t handle, hwloc_obj_t pu, hwloc_const_bitmap_t allowed, bool kinds,
                     struct topology_cpu *cpu)
{
    hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(handle, HWLOC_OBJ_CORE, pu);

    cpu->os_index = (int32_t)pu->os_index;
    cpu->package = ancestor_index(handle, HWLOC_OBJ_PACKAGE, pu, 0);
    cpu->core = core ? core->logical_index : pu->logical_index;
    cpu->smt = 0;
    if (core)
        for (hwloc_obj_t sibling = NULL; (sibling = hwloc_get_next_obj_inside_cpuset_by_type(
                                              handle, core->cpuset, HWLOC_OBJ_PU, sibling)) != NULL &&
                                         sibling != pu;)
            cpu->smt++;
    cpu->numa = numa_index(handle, pu->os_index);
    cpu->l3 = ancestor_index(handle, HWLOC_OBJ_L3CACHE, pu, cpu->package);
    cpu->kind = kinds ? hwloc_cpukinds_get_by_cpuset(handle, pu->cpuset, 0) : -1;
    cpu->allowed = hwloc_bitmap_isset(allowed, pu->os_index) != 0;
}

/* The CPUs that both the cpuset and the affinity mask of this process leave; only the former for another
 * machine. */
static hwloc_bitmap_t allowed_cpus(hwloc_topology_t handle, bool is_this_system)
{
    hwloc_bitmap_t allowed = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(handle));
    hwloc_bitmap_t bound = hwloc_bitmap_alloc();

    if (allowed && bound && is_this_system && hwloc_get_cpubind(handle, bound, HWLOC_CPUBIND_PROCESS) == 0)
        hwloc_bitmap_and(allowed, allowed, bound);
    hwloc_bitmap_free(bound);
    return allowed;
}

static int fill(struct topology *topology, struct fault *fault)
{
    hwloc_topology_t handle = topology->handle;
    hwloc_obj_t l3 = hwloc_get_obj_by_type(handle, HWLOC_OBJ_L3CACHE, 0);
    hwloc_bitmap_t allowed = allowed_cpus(handle, topology->is_this_system);
    int pus = hwloc_get_nbobjs_by_type(handle, HWLOC_OBJ_PU);
    int cores = hwloc_get_nbobjs_by_type(handle, HWLOC_OBJ_CORE);
    int kinds = hwloc_cpukinds_get_nr(handle, 0);

    if (pus > 0)
        topology->cpus = calloc((size_t)pus, sizeof *topology->cpus);
    if (!allowed || !topology->cpus) {
        hwloc_bitmap_free(allowed);
        return fault_sys(fault, "%s: no CPUs could be listed: give another topology, or free memory",
                         topology->source);
    }
    for (int i = 0; i < pus; i++)
        fill_cpu(handle, hwloc_get_obj_by_type(handle, HWLOC_OBJ_PU, (unsigned)i), allowed, kinds > 1,
                 &topology->cpus[i]);
    hwloc_bitmap_free(allowed);
    topology->cpu_count = (uint32_t)pus;
    topology->cores = cores > 0 ? (uint32_t)cores : (uint32_t)pus;
    topology->kinds = kinds > 1 ? (uint32_t)kinds : 1;
    topology->packages = (uint32_t)hwloc_get_nbobjs_by_type(handle, HWLOC_OBJ_PACKAGE);
    topology->numa_nodes = numa_nodes_with_cpus(handle);
    topology->l3_groups = (uint32_t)hwloc_get_nbobjs_by_type(handle, HWLOC_OBJ_L3CACHE);
    topology->l3_bytes = l3 ? l3->attr->cache.size : 0;
    topology->memory_bytes = hwloc_get_root_obj(handle)->total_memory;
    topology->offline_cpus =
        (uint32_t)(hwloc_bitmap_weight(hwloc_topology_get_complete_cpuset(handle)) - pus);
    for (int i = 0; i < pus; i++)
        if (topology->cpus[i].smt + 1 > topology->smt)
            topology->smt = topology->cpus[i].smt + 1;
    return 0;
}

/* --- loading ---------------------------------------------------------------------------------- */

static int set_source(hwloc_topology_t handle, const char *source, struct fault *fault)
{
    if (!source)
        return 0;
    if (source[0] == '<') {
        if (hwloc_topology_set_xmlbuffer(handle, source, (int)strlen(source) + 1) == 0)
            return 0;
        return fault_set(fault, "not a machine in hwloc's XML");
    }
    if (access(source, F_OK) == 0) {
        if (!plain_file_may_be_opened(source))
            return fault_set(fault, "%s: it is not a regular file: make one with 'lstopo FILE.xml' there",
                             source);
        if (hwloc_topology_set_xml(handle, source) == 0)
            return 0;
        return fault_set(fault, "%s: not a machine in hwloc's XML: make one with 'lstopo FILE.xml' there",
                         source);
    }
    if (hwloc_topology_set_synthetic(handle, source) == 0)
        return 0;
    return fault_set(fault,
                     "topology '%s': neither a file nor a synthetic machine: write it like "
                     "'package:2 l3:1 core:8 pu:2'",
                     source);
}

static int load_handle(struct topology *topology, const char *source, struct fault *fault)
{
    hwloc_topology_t handle;

    if (hwloc_topology_init(&handle))
        return fault_sys(fault, "topology: hwloc cannot start: free memory");
    topology->handle = handle;
    if (set_source(handle, source, fault))
        return -1;
    hwloc_topology_set_flags(handle, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_topology_set_io_types_filter(handle, HWLOC_TYPE_FILTER_KEEP_NONE);
    if (hwloc_topology_load(handle))
        return fault_set(fault, "%s: hwloc cannot read this machine (%s): give another topology",
                         source ? source : "this machine", strerror(errno));
    return 0;
}

int topology_load(struct topology *topology, const char *source, struct fault *fault)
{
    struct cpu_limit limit;
    struct kernel_memory memory;

    memset(topology, 0, sizeof *topology);
    snprintf(topology->source, sizeof topology->source, "%s", source ? source : "this machine");
    if (load_handle(topology, source, fault))
        goto fail;
    /* HWLOC_XMLFILE and HWLOC_SYNTHETIC in the environment swap the machine without a word from us. */
    topology->is_this_system = !source && hwloc_topology_is_thissystem(topology->handle);
    if (!source && !topology->is_this_system)
        snprintf(topology->source, sizeof topology->source,
                 "the machine that HWLOC_* in the environment names");
    if (fill(topology, fault))
        goto fail;
    if (source && access(source, F_OK) != 0 && !strstr(source, "size="))
        topology->l3_bytes = 0; /* hwloc's default for a string without it */
    if (source && access(source, F_OK) != 0 && !strstr(source, "memory="))
        topology->memory_bytes = 0;
    if (topology->is_this_system) {
        cpu_limit_read("", &limit);
        topology->quota_cpus = limit.quota_cpus;
        /* hwloc adds up the NUMA nodes, which with memory plugged in later falls short of the whole */
        if (kernel_memory_read(&memory, NULL) == 0)
            topology->memory_bytes = memory.total_bytes;
        if (limit.memory_bytes && limit.memory_bytes < topology->memory_bytes)
            topology->memory_bytes = limit.memory_bytes;
    }
    topology_count(topology);
    return 0;
fail:
    topology_release(topology);
    return -1;
}

void topology_release(struct topology *topology)
{
    if (topology->handle)
        hwloc_topology_destroy(topology->handle);
    topology->handle = NULL;
    free(topology->cpus);
    topology->cpus = NULL;
    topology->cpu_count = 0;
}

char *topology_xml(const struct topology *topology, struct fault *fault)
{
    char *buffer, *text;
    int bytes;

    if (!topology->handle || hwloc_topology_export_xmlbuffer(topology->handle, &buffer, &bytes, 0)) {
        fault_set(fault, "%s: cannot be written as XML: load it from a machine, file or string",
                  topology->source);
        return NULL;
    }
    text = strdup(buffer);
    hwloc_free_xmlbuffer(topology->handle, buffer);
    if (!text)
        fault_sys(fault, "%s: no memory for its XML", topology->source);
    return text;
}

void topology_kind_text(const struct topology *topology, int32_t kind, char *text, size_t bytes)
{
    unsigned infos = 0;
    struct hwloc_info_s *info = NULL;
    int efficiency = -1;

    snprintf(text, bytes, "kind %d", kind);
    if (!topology->handle || kind < 0 ||
        hwloc_cpukinds_get_info(topology->handle, (unsigned)kind, NULL, &efficiency, &infos, &info, 0))
        return;
    for (unsigned i = 0; i < infos; i++)
        if (strcmp(info[i].name, "CoreType") == 0)
            snprintf(text, bytes, "%s", info[i].value);
}

/* --- counting and restricting: plain data ----------------------------------------------------- */

enum field { FIELD_CORE, FIELD_PACKAGE, FIELD_NUMA, FIELD_L3 };

static uint32_t field_of(const struct topology_cpu *cpu, enum field field)
{
    switch (field) {
    case FIELD_CORE:
        return cpu->core;
    case FIELD_PACKAGE:
        return cpu->package;
    case FIELD_NUMA:
        return cpu->numa;
    case FIELD_L3:
        return cpu->l3;
    }
    abort();
}

static uint32_t count_different(const struct topology *topology, enum field field, bool allowed_only)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < topology->cpu_count; i++) {
        bool seen = allowed_only && !topology->cpus[i].allowed;
        for (uint32_t j = 0; j < i && !seen; j++)
            seen = (!allowed_only || topology->cpus[j].allowed) &&
                   field_of(&topology->cpus[j], field) == field_of(&topology->cpus[i], field);
        count += !seen;
    }
    return count;
}

static void count_machine(struct topology *topology)
{
    int32_t fastest = -1;

    topology->cores = count_different(topology, FIELD_CORE, false);
    topology->packages = count_different(topology, FIELD_PACKAGE, false);
    topology->numa_nodes = count_different(topology, FIELD_NUMA, false);
    topology->l3_groups = count_different(topology, FIELD_L3, false);
    topology->smt = 0;
    for (uint32_t i = 0; i < topology->cpu_count; i++) {
        if (topology->cpus[i].smt + 1 > topology->smt)
            topology->smt = topology->cpus[i].smt + 1;
        if (topology->cpus[i].kind > fastest)
            fastest = topology->cpus[i].kind;
    }
    topology->kinds = fastest < 1 ? 1 : (uint32_t)fastest + 1;
}

void topology_count(struct topology *topology)
{
    if (!topology->handle)
        count_machine(topology);
    topology->allowed_cpus = 0;
    for (uint32_t i = 0; i < topology->cpu_count; i++)
        topology->allowed_cpus += topology->cpus[i].allowed;
    topology->allowed_cores = count_different(topology, FIELD_CORE, true);
    topology->usable_cores = topology->allowed_cores;
    if (topology->quota_cpus > 0 && topology->quota_cpus < topology->usable_cores)
        topology->usable_cores = topology->quota_cpus < 1 ? 1 : (uint32_t)topology->quota_cpus;
}

int topology_parse_list(const char *list, uint32_t most, int32_t **cpus, struct fault *fault)
{
    const char *at = list;
    uint32_t count = 0;

    *cpus = calloc(most ? most : 1, sizeof **cpus);
    if (!*cpus)
        return fault_sys(fault, "CPU list: no memory");
    do {
        char *end;
        unsigned long first = strtoul(at, &end, 10), last = first;
        bool good = *at >= '0' && *at <= '9';
        if (good && *end == '-') {
            at = end + 1;
            good = *at >= '0' && *at <= '9';
            last = strtoul(at, &end, 10);
        }
        if (!good || last < first || last > 65535 || (*end && *end != ',') || last - first >= most - count) {
            free(*cpus);
            *cpus = NULL;
            return fault_set(fault,
                             "CPU list '%s': write numbers and ranges such as 0-2,5, at most %u in all", list,
                             most);
        }
        while (first <= last)
            (*cpus)[count++] = (int32_t)first++;
        at = *end ? end + 1 : end;
        if (!*end)
            break;
    } while (true);
    return (int)count;
}

static bool holds(const int32_t *cpus, int count, int32_t cpu)
{
    for (int i = 0; i < count; i++)
        if (cpus[i] == cpu)
            return true;
    return false;
}

int topology_restrict(struct topology *topology, const char *list, struct fault *fault)
{
    int32_t *cpus;
    int count = topology_parse_list(list, 65536, &cpus, fault);
    uint32_t left = 0;

    if (count < 0 || !cpus)
        return -1;
    for (uint32_t i = 0; i < topology->cpu_count; i++)
        left += topology->cpus[i].allowed && holds(cpus, count, topology->cpus[i].os_index);
    if (left)
        for (uint32_t i = 0; i < topology->cpu_count; i++)
            topology->cpus[i].allowed =
                topology->cpus[i].allowed && holds(cpus, count, topology->cpus[i].os_index);
    free(cpus);
    if (!left)
        return fault_set(fault,
                         "CPU list '%s': none of these may be used on %s: 'knee doctor' names those that may",
                         list, topology->source);
    topology_count(topology);
    return 0;
}
