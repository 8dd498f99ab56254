/* The time of day of one process and its children, off by as many nanoseconds as a file says: a library for LD_PRELOAD.
 *
 * The file is mapped, so a clock leaps in the moment in which it is written. CLOCK_MONOTONIC stays as it is, as it does when
 * an administrator or a time server sets a real clock. Not faketime: it turns the end of a wait into real time when the wait
 * begins, so a leap during it is not seen; the kernel measures such a wait by the clock that leapt, and so does this. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define SLICE 20000000L /* nanoseconds between two looks at the clock during a wait */

static volatile const int64_t *offset;

__attribute__((constructor)) static void open_file(void)
{
    const char *name = getenv("CLOCK_OFFSET_FILE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED)
        offset = mapped;
}

static int64_t now(void)
{
    struct timespec real;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &real);
    return real.tv_sec * SECOND + real.tv_nsec + (offset ? *offset : 0);
}

int clock_gettime(clockid_t clock, struct timespec *found)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, found);
    int64_t moment = now();
    found->tv_sec = moment / SECOND;
    found->tv_nsec = moment % SECOND;
    return 0;
}

int gettimeofday(struct timeval *restrict found, void *restrict zone)
{
    (void)zone;
    int64_t moment = now();
    found->tv_sec = moment / SECOND;
    found->tv_usec = moment % SECOND / 1000;
    return 0;
}

time_t time(time_t *found)
{
    time_t moment = now() / SECOND;
    if (found)
        *found = moment;
    return moment;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end)
{
    const int64_t until = end->tv_sec * SECOND + end->tv_nsec;
    const struct timespec slice = {0, SLICE};
    while (sem_trywait(semaphore) != 0) {
        if (errno != EAGAIN)
            return -1;
        if (now() >= until) {
            errno = ETIMEDOUT;
            return -1;
        }
        if (nanosleep(&slice, NULL) != 0)
            return -1; /* EINTR, as the real one says */
    }
    return 0;
}
