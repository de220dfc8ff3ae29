/* Blocks of threads on one processor, for generated source: every thread of a block is a context of its own that runs
   until it waits. Shared memory begins with bytes of ones, which are no numbers: what is read before it is written
   shows. */
#include <math.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define ALIGNED __attribute__((aligned(16)))
#define UNROLL
#define DEVICE static
#define FUNCTION static
#define KERNEL static void
#define SHARED(name) char *name = shared_memory
#define THREAD current
#define THREADS threads
#define BLOCK block
#define BLOCKS blocks

enum { NEW, RUNNING, AT_BARRIER, IN_WARP, FINISHED, MOST_THREADS = 256, STACK = 1 << 16 };

static __thread int current, threads, block, blocks;
static __thread char *shared_memory;
/* Contexts begin threads; from then on they switch by jumps, which need no system calls. */
static __thread ucontext_t contexts[MOST_THREADS];
static __thread jmp_buf jumps[MOST_THREADS], scheduler;
static __thread int states[MOST_THREADS];
static __thread T lanes[MOST_THREADS];

static void wait_as(int state) {
    states[current] = state;
    if (!_setjmp(jumps[current])) _longjmp(scheduler, 1);
}

#define BARRIER() wait_as(AT_BARRIER)

static T lane_sum(T x) {
    lanes[current] = x;
    wait_as(IN_WARP);
    T sum = 0;
    for (int lane = 0; lane < 32; lane++) sum += lanes[current / 32 * 32 + lane];
    wait_as(IN_WARP);
    return sum;
}
