/* Products of matrices on a GPU's tensor cores, by warps. In addition to the needs of the prelude, the code before it defines

       T tf32(T x)                              the nearest number with 11 significant bits, ties away from zero
       void mma(T *sum, const T *a, const T *b) sum += a * b, which all lanes of a warp call together
       LANES_MEET()                             they wait for each other

   and SPLIT. a is 16 x 8, b is 8 x 8, and lane 4 * g + t holds a(g, t), a(g + 8, t), a(g, t + 4), a(g + 8, t + 4); b(t, g),
   b(t + 4, g); and of the sum (g, 2 * t), (g, 2 * t + 1), (g + 8, 2 * t), (g + 8, 2 * t + 1): "Matrix Fragments for
   mma.m16n8k8" of NVIDIA's PTX ISA. */

#define GROUP (LANE / 4)
#define PLACE (LANE % 4)

typedef struct ALIGNED(8) {
    T v[2];
} T2;

/* x to 11 bits, and with SPLIT 11 more: what is left, and the product of two small parts, are some 2^-22 of the whole. */
DEVICE void parts_of(T x, T *large, T *small) {
    *large = tf32(x);
    *small = SPLIT ? tf32(x - *large) : 0;
}

/* result = left * right, or result += left * right, as MULTIPLY does it. left: rows x depth, its numbers left_row and
   left_depth apart, one of which is 1; right: depth x 4 * groups, row by row; the first `biased` rows begin with the bias.
   One warp takes ROWS x COLUMNS fragments of the result. Units cut their sums off where others round them, always towards
   zero: with SPLIT, long sums are not left to them (Ootomo & Yokota 2022).

   Which rows and columns a fragment's are is free. A lane's columns of `right` are COLUMNS neighbours, read at once, and so
   are those that it writes. Of eight rows of the depth, lanes take t and t + 4, or 2 * t and 2 * t + 1 where these rows lie
   one below the other in `left`: since a row of values begins four banks of shared memory after the one before (where its
   width is a multiple of 32), the lanes of a warp then read from different banks.

   Lanes stay together: what is beyond the ends is read as zero or read again, and only not written. */
#define UNITS(ROWS, COLUMNS, VECTOR) \
DEVICE void step_##ROWS##x##COLUMNS(int whole, int near, int far, int depth, const T *left, const int *from, int left_depth, \
                                    const T *right, int right_stride, int there, T sum[ROWS][COLUMNS][4]) { \
    T large[ROWS][4], small[ROWS][4]; \
    VECTOR factors[2]; \
    UNROLL \
    for (int v = 0; v < 2; v++) { \
        const int k = v ? far : near, inside = whole || k < depth; \
        UNROLL \
        for (int i = 0; i < 2 * ROWS; i++) { \
            const T x = inside ? left[from[i] + k * left_depth] : (T)0; \
            parts_of(x, &large[i / 2][2 * v + i % 2], &small[i / 2][2 * v + i % 2]); \
        } \
        if (there && inside) { \
            factors[v] = *(const VECTOR *)(right + k * right_stride); \
        } else { \
            UNROLL \
            for (int j = 0; j < COLUMNS; j++) factors[v].v[j] = 0; \
        } \
    } \
    UNROLL \
    for (int j = 0; j < COLUMNS; j++) { \
        T b[2], rest[2]; \
        UNROLL \
        for (int v = 0; v < 2; v++) parts_of(factors[v].v[j], &b[v], &rest[v]); \
        UNROLL \
        for (int i = 0; i < ROWS; i++) { \
            if (SPLIT) { \
                T part[4] = {0, 0, 0, 0}; \
                mma(part, small[i], b); \
                mma(part, large[i], rest); \
                mma(part, large[i], b); \
                UNROLL \
                for (int v = 0; v < 4; v++) sum[i][j][v] += part[v]; \
            } else { \
                mma(sum[i][j], large[i], b); \
            } \
        } \
    } \
} \
\
DEVICE void units_##ROWS##x##COLUMNS(int rows, int depth, int groups, const T *left, int left_row, int left_depth, \
                                     const T *right, int right_stride, const T *bias, int biased, T *result, \
                                     int result_stride, int add) { \
    const int across = (4 * groups + 8 * COLUMNS - 1) / (8 * COLUMNS); \
    const int parts = across * ((rows + 16 * ROWS - 1) / (16 * ROWS)); \
    const int near = left_depth == 1 ? PLACE : 2 * PLACE, far = near + (left_depth == 1 ? 4 : 1); \
    for (int part = WARP; part < parts; part += WARPS) { \
        LANES_MEET(); \
        const int row = part / across * (16 * ROWS) + GROUP; \
        const int begin = part % across * (8 * COLUMNS), column = begin + 2 * COLUMNS * PLACE; \
        const int there = begin + COLUMNS * GROUP < 4 * groups; \
        int from[2 * ROWS]; \
        T sum[ROWS][COLUMNS][4]; \
        UNROLL \
        for (int i = 0; i < 2 * ROWS; i++) { \
            from[i] = (row + 8 * i < rows ? row + 8 * i : rows - 1) * left_row; \
            UNROLL \
            for (int e = 0; e < 2 * COLUMNS; e++) { \
                const int begins = row + 8 * i < biased && column + e < 4 * groups; \
                sum[i / 2][e % COLUMNS][i % 2 * 2 + e / COLUMNS] = begins ? bias[column + e] : (T)0; \
            } \
        } \
        const T *own = right + begin + COLUMNS * GROUP; \
        int k = 0; \
        for (; k + 8 <= depth; k += 8) { \
            step_##ROWS##x##COLUMNS(1, k + near, k + far, depth, left, from, left_depth, own, right_stride, there, sum); \
        } \
        if (k < depth) { \
            step_##ROWS##x##COLUMNS(0, k + near, k + far, depth, left, from, left_depth, own, right_stride, there, sum); \
        } \
        UNROLL \
        for (int i = 0; i < 2 * ROWS; i++) { \
            UNROLL \
            for (int e = 0; e < 2 * COLUMNS; e += 4) { \
                if (row + 8 * i >= rows || column + e >= 4 * groups) continue; \
                T4 *to = (T4 *)(result + (row + 8 * i) * result_stride + column + e); \
                T4 total; \
                UNROLL \
                for (int l = 0; l < 4; l++) { \
                    total.v[l] = sum[i / 2][(e + l) % COLUMNS][i % 2 * 2 + (e + l) / COLUMNS]; \
                    if (add) total.v[l] += to->v[l]; \
                } \
                *to = total; \
            } \
        } \
    } \
}

UNITS(1, 2, T2)
UNITS(2, 2, T2)
UNITS(3, 2, T2)
UNITS(1, 4, T4)
UNITS(2, 4, T4)
UNITS(3, 4, T4)
