/* What the prelude builds on, for CUDA. T and the elementary functions are defined before. */
#define ALIGNED __align__(16)
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
