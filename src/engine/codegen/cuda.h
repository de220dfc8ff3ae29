/* What the prelude builds on, for CUDA. T and the elementary functions are defined before. */
#define ALIGNED(bytes) __align__(bytes)
#define UNROLL _Pragma("unroll")
#define DEVICE static __device__ __forceinline__
#define FUNCTION static __device__ __noinline__
#define KERNEL extern "C" __global__ void __launch_bounds__(MOST_THREADS)
#define SHARED(name) char *name = shared_memory
#define BARRIER() __syncthreads()
#define THREAD ((int)threadIdx.x)
#define THREADS ((int)blockDim.x)
#define BLOCK ((int)blockIdx.x)
#define BLOCKS ((int)gridDim.x)

extern __shared__ __align__(16) char shared_memory[];

/* The same sum in every lane: in every step the lanes of a pair add the same two numbers. */
DEVICE T lane_sum(T x) {
    UNROLL
    for (int offset = 16; offset > 0; offset /= 2) x += __shfl_xor_sync(0xffffffffu, x, offset);
    return x;
}

/* For tensor cores, from compute capability 8.0 on: on older GPUs nothing may call these. */
DEVICE float tf32(float x) {
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return __uint_as_float(bits);
}

#define LANES_MEET() __syncwarp()

/* Volatile, so that it is not moved to where lanes part. */
DEVICE void mma(float *sum, const float *a, const float *b) {
    asm volatile(
        "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
        : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])), "r"(__float_as_uint(a[2])), "r"(__float_as_uint(a[3])),
          "r"(__float_as_uint(b[0])), "r"(__float_as_uint(b[1])));
}
