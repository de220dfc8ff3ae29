/* Fixed part of the generated source, common to all kernels. It is valid C and C++. The code before it defines
   T, the elementary functions, KERNEL, DEVICE (inlined), FUNCTION (not), ALIGNED, SHARED, BARRIER, lane_sum, THREAD,
   THREADS, BLOCK and BLOCKS. */

#define WARP (THREAD / 32)
#define WARPS (THREADS / 32)
#define LANE (THREAD % 32)
#define GLOBAL ((long)BLOCK * THREADS + THREAD)
#define GLOBALS ((long)BLOCKS * THREADS)

/* Arguments of every kernel: numbers, and addresses as numbers. */
typedef struct {
    unsigned long long value[18];
} Arguments;

#define POINTER(type, number) ((type *)(size_t)arguments.value[number])
#define INTEGER(number) ((long)arguments.value[number])

typedef struct ALIGNED(16) {
    T v[4];
} T4;

/* The distribution function of the normal distribution. */
#define NORMAL(x) ((T)0.5 * ERFC(-(x) * (T)0.70710678118654752440))

DEVICE T power(T x, int n) {
    T result = 1;
    for (int k = n < 0 ? -n : n; k > 0; k >>= 1) {
        if (k & 1) result *= x;
        x *= x;
    }
    return n < 0 ? 1 / result : result;
}

/* result = left * right, or result += left * right. left: rows x depth, right: depth x 4 * groups, both row by row;
   the first `biased` rows begin with the bias. One thread takes ROWS rows of four columns. */
#define MULTIPLY(ROWS) \
DEVICE void multiply_##ROWS(int rows, int depth, int groups, const T *left, int left_stride, const T *right, \
                            int right_stride, const T *bias, int biased, T *result, int result_stride, int add) { \
    const int parts = groups * ((rows + ROWS - 1) / ROWS); \
    for (int part = THREAD; part < parts; part += THREADS) { \
        const int column = part % groups * 4, row = part / groups * ROWS; \
        const T *from[ROWS]; \
        T4 sum[ROWS]; \
        UNROLL \
        for (int i = 0; i < ROWS; i++) { \
            from[i] = left + (row + i < rows ? row + i : rows - 1) * left_stride; \
            UNROLL \
            for (int j = 0; j < 4; j++) sum[i].v[j] = row + i < biased ? bias[column + j] : (T)0; \
        } \
        int k = 0; \
        for (; k + 4 <= depth; k += 4) { \
            T4 a[ROWS]; \
            UNROLL \
            for (int i = 0; i < ROWS; i++) a[i] = *(const T4 *)(from[i] + k); \
            UNROLL \
            for (int l = 0; l < 4; l++) { \
                const T4 b = *(const T4 *)(right + (k + l) * right_stride + column); \
                UNROLL \
                for (int i = 0; i < ROWS; i++) { \
                    UNROLL \
                    for (int j = 0; j < 4; j++) sum[i].v[j] = FMA(a[i].v[l], b.v[j], sum[i].v[j]); \
                } \
            } \
        } \
        for (; k < depth; k++) { \
            const T4 b = *(const T4 *)(right + k * right_stride + column); \
            UNROLL \
            for (int i = 0; i < ROWS; i++) { \
                UNROLL \
                for (int j = 0; j < 4; j++) sum[i].v[j] = FMA(from[i][k], b.v[j], sum[i].v[j]); \
            } \
        } \
        UNROLL \
        for (int i = 0; i < ROWS; i++) { \
            if (row + i >= rows) continue; \
            T4 *to = (T4 *)(result + (row + i) * result_stride + column); \
            if (add) { \
                UNROLL \
                for (int j = 0; j < 4; j++) sum[i].v[j] += to->v[j]; \
            } \
            *to = sum[i]; \
        } \
    } \
}

MULTIPLY(1)
MULTIPLY(2)
MULTIPLY(4)
MULTIPLY(8)

/* Adds the sums of gradient[row][output] * input[row][k] over the points of every set, all streams, to into, which is
   outputs x inputs and begins anew after GRADIENT numbers for the next set. One thread takes ROWS outputs and four
   inputs. */
#define OUTER(ROWS) \
DEVICE void outer_##ROWS(int streams, int points, int sets, const T *gradient, int gradient_stride, int outputs, \
                         const T *input, int input_stride, int inputs, T *into, int into_stride) { \
    const int groups = (inputs + 3) / 4; \
    const int parts = groups * ((outputs + ROWS - 1) / ROWS); \
    for (int item = THREAD; item < sets * parts; item += THREADS) { \
        const int set = item / parts, part = item % parts; \
        const int column = part % groups * 4, first = part / groups * ROWS; \
        T4 sum[ROWS]; \
        UNROLL \
        for (int i = 0; i < ROWS; i++) { \
            UNROLL \
            for (int j = 0; j < 4; j++) sum[i].v[j] = 0; \
        } \
        for (int stream = 0; stream < streams; stream++) { \
            for (int q = set; q < points; q += sets) { \
                const int row = stream * points + q; \
                const T4 b = *(const T4 *)(input + row * input_stride + column); \
                const T *a = gradient + row * gradient_stride + first; \
                UNROLL \
                for (int i = 0; i < ROWS; i++) { \
                    const T factor = a[i]; \
                    UNROLL \
                    for (int j = 0; j < 4; j++) sum[i].v[j] = FMA(factor, b.v[j], sum[i].v[j]); \
                } \
            } \
        } \
        UNROLL \
        for (int i = 0; i < ROWS; i++) { \
            if (first + i >= outputs) continue; \
            T4 *to = (T4 *)(into + (long)set * GRADIENT + (first + i) * into_stride + column); \
            T4 total = *to; \
            UNROLL \
            for (int j = 0; j < 4; j++) total.v[j] += sum[i].v[j]; \
            *to = total; \
        } \
    } \
}

OUTER(1)
OUTER(2)
OUTER(4)
OUTER(8)
