/* Blocks of threads on one CPU, for generated source: every thread of a block is a context of its own that runs
   until it waits. Shared memory begins with bytes of ones, which are no numbers: what is read before it is written
   shows. */
#include <math.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define ALIGNED(bytes) __attribute__((aligned(bytes)))
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

#define LANES_MEET() wait_as(IN_WARP)

static float tf32(float x) {
    unsigned bits;
    if (!isfinite(x)) return isnan(x) ? NAN : x;
    memcpy(&bits, &x, 4);
    bits = (bits + 0x1000) & ~0x1fffu;
    memcpy(&x, &bits, 4);
    return x;
}

/* Factors of which more is needed than the units read are no numbers, so that it shows. */
static double read_by_units(float x) {
    unsigned bits;
    memcpy(&bits, &x, 4);
    return bits & 0x1fff ? NAN : x;
}

static float toward_zero(double x) {
    const float nearest = (float)x;
    return fabs((double)nearest) > fabs(x) ? nextafterf(nearest, 0) : nearest;
}

/* Two, in turns: a lane may bring its next factors while others still read its last ones. */
static __thread float factors[2][MOST_THREADS][6];
static __thread int turns[MOST_THREADS];

/* GPUs add exact products up and cut the sums off (M. Fasi, N. Higham, M. Mikaitis, S. Pranesh, Numerical behavior of
   NVIDIA tensor cores, 2021); here the sum of all nine is cut off once. */
static void mma(float *sum, const float *a, const float *b) {
    const int g = current % 32 / 4, t = current % 4;
    float (*of_warp)[6] = factors[turns[current] ^= 1] + current / 32 * 32;
    float *own = of_warp[current % 32];
    memcpy(own, a, 4 * sizeof(float));
    memcpy(own + 4, b, 2 * sizeof(float));
    wait_as(IN_WARP);
    for (int v = 0; v < 4; v++) {
        const int row = g + v / 2 * 8, column = 2 * t + v % 2;
        double total = sum[v];
        for (int k = 0; k < 8; k++) {
            const float left = of_warp[row % 8 * 4 + k % 4][row / 8 + k / 4 * 2];
            const float right = of_warp[column * 4 + k % 4][4 + k / 4];
            total += read_by_units(left) * read_by_units(right);
        }
        sum[v] = toward_zero(total);
    }
}
