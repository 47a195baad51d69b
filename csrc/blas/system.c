// SPDX-License-Identifier: AGPL-3.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blas.h"

enum { MAX_TEXT = 1 << 20, MAX_CPUS = 1 << 16, MAX_PATH = 4096 };

int blas_read_text(const char *path, char **text, size_t *length) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return errno;
    struct stat status;
    int error = 0;
    char *buffer = NULL;
    size_t filled = 0;
    if (fstat(fd, &status) != 0)
        error = errno;
    else if (S_ISDIR(status.st_mode))
        error = EISDIR;
    else if (!S_ISREG(status.st_mode))
        error = EINVAL;
    else if (!(buffer = malloc(MAX_TEXT + 1)))
        error = ENOMEM;
    while (!error) {
        const ssize_t got = read(fd, buffer + filled, MAX_TEXT + 1 - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        filled += (size_t)got;
        if (filled > MAX_TEXT) error = EFBIG;
    }
    close(fd);
    if (error) {
        free(buffer);
        return error;
    }
    buffer[filled] = '\0';
    *text = buffer;
    *length = filled;
    return 0;
}

/** CPUs in the affinity mask of the calling thread. */
static int affinity_cpus(void) {
    for (int cpus = 1024; cpus <= MAX_CPUS; cpus *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)cpus);
        if (!set) break;
        const size_t size = CPU_ALLOC_SIZE((size_t)cpus);
        const int failed = sched_getaffinity(0, size, set);
        const int count = failed ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (!failed) return count;
    }
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

/** quota / period, rounded up; 0 where there is no limit. */
static int cpus_of_quota(long long quota, long long period) {
    if (quota <= 0 || period <= 0) return 0;
    const long long cpus = (quota - 1) / period + 1;
    return cpus < MAX_CPUS ? (int)cpus : 0;
}

/** The limit of one cgroup directory, version 2 (cpu.max) or 1 (cpu.cfs_*); 0: none. */
static int cgroup_limit(const char *directory) {
    char path[MAX_PATH + 64], *text;
    size_t length;
    long long quota = 0, period = 0;
    snprintf(path, sizeof path, "%s/cpu.max", directory);
    if (blas_read_text(path, &text, &length) == 0) {
        const int fields = sscanf(text, "%lld %lld", &quota, &period);
        free(text);
        return fields == 2 ? cpus_of_quota(quota, period) : 0;
    }
    const char *const names[] = {"cpu.cfs_quota_us", "cpu.cfs_period_us"};
    for (int i = 0; i < 2; ++i) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        if (blas_read_text(path, &text, &length) != 0) return 0;
        const int fields = sscanf(text, "%lld", i == 0 ? &quota : &period);
        free(text);
        if (fields != 1) return 0;
    }
    return cpus_of_quota(quota, period);
}

/** The tightest limit of the cgroup `path` below `mount` and of its ancestors; 0: none. */
static int cgroup_chain_limit(const char *mount, const char *path) {
    char directory[MAX_PATH];
    const int length = snprintf(directory, sizeof directory, "%s%s", mount, path);
    if (length < 0 || (size_t)length >= sizeof directory) return 0;
    int tightest = 0;
    for (;;) {
        const int limit = cgroup_limit(directory);
        if (limit > 0 && (tightest == 0 || limit < tightest)) tightest = limit;
        char *slash = strrchr(directory, '/');
        if (!slash || (size_t)(slash - directory) < strlen(mount)) return tightest;
        *slash = '\0';
    }
}

/** The controllers field of a line of /proc/self/cgroup names `cpu`. */
static bool names_cpu(const char *controllers) {
    for (const char *at = controllers; *at; at += strcspn(at, ","), at += *at == ',')
        if (strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == '\0')) return true;
    return false;
}

/** The CPU quota of this process's cgroups as a number of CPUs, 0: none. */
static int cgroup_cpus(void) {
    char *text;
    size_t length;
    if (blas_read_text("/proc/self/cgroup", &text, &length) != 0) return 0;
    int tightest = 0;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        (void)strsep(&line, ":");
        const char *controllers = line ? strsep(&line, ":") : NULL;
        if (!controllers || !line) continue;
        const char *mount = *controllers == '\0' ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
        if (*controllers != '\0' && !names_cpu(controllers)) continue;
        const int limit = cgroup_chain_limit(mount, line);
        if (limit > 0 && (tightest == 0 || limit < tightest)) tightest = limit;
    }
    free(text);
    return tightest;
}

int blas_available_cpus(void) {
    const int mask = affinity_cpus(), quota = cgroup_cpus();
    const int cpus = quota > 0 && quota < mask ? quota : mask;
    return cpus > 1 ? cpus : 1;
}
