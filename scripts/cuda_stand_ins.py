"""Writes C sources of stand-ins for CUDA's libraries into the folder that is the argument.

A program linked with them starts where there is no CUDA. Each function is a jump through a pointer; the real library is
opened by the first call that a program makes to it (cuInit, cublasCreate_v2, nvrtcCreateProgram), and the pointers are set.
Where it is absent that call says so, with a code that the library itself has for it. For x86-64 Linux, whose calling
convention leaves the arguments alone in a jump.
"""

import pathlib
import sys

# What cudarc 0.9.15 calls, and dfdx and this program through it.
FUNCTIONS = """
cuCtxGetCurrent cuCtxSetCurrent cuCtxSynchronize
cuDestroyExternalMemory cuExternalMemoryGetMappedBuffer cuImportExternalMemory
cuDeviceGet cuDeviceGetAttribute cuDeviceGetCount cuDeviceGetName cuDeviceTotalMem_v2
cuDevicePrimaryCtxRelease_v2 cuDevicePrimaryCtxRetain
cuEventCreate cuEventDestroy_v2 cuEventElapsedTime cuEventRecord cuEventSynchronize
cuFuncGetAttribute cuFuncSetAttribute cuLaunchKernel
cuMemAllocAsync cuMemAlloc_v2 cuMemFreeAsync cuMemFree_v2 cuMemGetInfo_v2
cuMemcpyDtoDAsync_v2 cuMemcpyDtoD_v2 cuMemcpyDtoHAsync_v2 cuMemcpyDtoH_v2 cuMemcpyHtoDAsync_v2 cuMemcpyHtoD_v2
cuMemsetD8Async cuMemsetD8_v2
cuModuleGetFunction cuModuleLoad cuModuleLoadData cuModuleLoadDataEx cuModuleUnload
cuOccupancyAvailableDynamicSMemPerBlock
cuOccupancyMaxActiveBlocksPerMultiprocessor cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags
cuOccupancyMaxActiveClusters cuOccupancyMaxPotentialBlockSize cuOccupancyMaxPotentialBlockSizeWithFlags
cuOccupancyMaxPotentialClusterSize
cuProfilerStart cuProfilerStop
cuStreamCreate cuStreamDestroy_v2 cuStreamSynchronize cuStreamWaitEvent
cublasDestroy_v2 cublasSetStream_v2
cublasDgemmStridedBatched cublasDgemm_v2 cublasDgemv_v2 cublasGemmEx cublasGemmStridedBatchedEx
cublasSgemmStridedBatched cublasSgemm_v2 cublasSgemv_v2
nvrtcCompileProgram nvrtcDestroyProgram nvrtcGetPTX nvrtcGetPTXSize nvrtcGetProgramLog nvrtcGetProgramLogSize
nvrtcGetErrorString
""".split()

# CUresult as cudarc 0.9.15 knows it. Rust takes no other value of its enum: others become CUDA_ERROR_UNKNOWN.
RESULTS = (
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 34, 46, 100, 101, 102, 200, 201, 202, *range(205, 218), *range(218, 225)]
    + [300, 301, 302, 303, 304, 400, 401, 500, 600, *range(700, 706), *range(708, 721), *range(800, 811)]
    + [*range(900, 913), 999]
)

HEADER = """#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
static int absent(void) { return %(absent)d; }
"""

FUNCTION = """__attribute__((visibility("hidden"))) void *to_%(name)s = (void *)absent;
__attribute__((naked)) void %(name)s(void) { __asm__("jmp *to_%(name)s(%%rip)"); }
"""

LOAD = """static int (*real_%(first)s)(%(types)s);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void load(void) {
    static const char *const files[] = {%(files)s};
    void *library = 0, *found;
    for (unsigned i = 0; i < sizeof files / sizeof *files && !library; i++)
        library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
%(lookups)s    *(void **)&real_%(first)s = dlsym(library, "%(first)s");
}
"""

LOOKUP = '    if ((found = dlsym(library, "%(name)s"))) to_%(name)s = found;\n'

FIRST = """int %(first)s(%(parameters)s) {
    pthread_once(&once, load);
    if (!real_%(first)s) return %(absent)d;
    return %(check)s(real_%(first)s(%(arguments)s));
}
"""

# The driver's: results that Rust may see, and texts for them also where there is no driver.
KNOWN = """static int known(int result) {
    static const short results[] = {%s};
    for (unsigned i = 0; i < sizeof results / sizeof *results; i++) if (results[i] == result) return result;
    return 999;
}
""" % ", ".join(map(str, RESULTS))

TEXTS = """static int (*real_cuGetErrorName)(int, const char **), (*real_cuGetErrorString)(int, const char **);
int cuGetErrorName(int error, const char **text) {
    if (real_cuGetErrorName) return real_cuGetErrorName(error, text);
    *text = "CUDA_ERROR_STUB_LIBRARY";
    return 0;
}
int cuGetErrorString(int error, const char **text) {
    if (real_cuGetErrorString) return real_cuGetErrorString(error, text);
    *text = "there is no CUDA driver";
    return 0;
}
"""

TEXT_LOOKUPS = "".join(
    f'    *(void **)&real_{name} = dlsym(library, "{name}");\n' for name in ("cuGetErrorName", "cuGetErrorString")
)

LIBRARIES = {
    "cuda": {
        "first": "cuInit",
        "absent": 34,  # CUDA_ERROR_STUB_LIBRARY
        "parameters": "unsigned flags",
        "types": "unsigned",
        "arguments": "flags",
        "files": ["libcuda.so.1", "libcuda.so"],
    },
    "cublas": {
        "first": "cublasCreate_v2",
        "absent": 1,  # CUBLAS_STATUS_NOT_INITIALIZED
        "parameters": "void **handle",
        "types": "void **",
        "arguments": "handle",
        "files": ["libcublas.so.13", "libcublas.so.12", "libcublas.so"],
    },
    "nvrtc": {
        "first": "nvrtcCreateProgram",
        "absent": 11,  # NVRTC_ERROR_INTERNAL_ERROR
        "parameters": "void **program, const char *source, const char *name, int headers, const char *const *texts, "
        "const char *const *names",
        "types": "void **, const char *, const char *, int, const char *const *, const char *const *",
        "arguments": "program, source, name, headers, texts, names",
        "files": ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"],
    },
}


def library_of(function):
    for prefix in ("cublas", "nvrtc"):
        if function.startswith(prefix):
            return prefix
    return "cuda"


def source(library):
    values = dict(LIBRARIES[library])
    functions = [name for name in FUNCTIONS if library_of(name) == library]
    values["files"] = ", ".join(f'"{file}"' for file in values["files"])
    values["lookups"] = "".join(LOOKUP % {"name": name} for name in functions)
    values["check"] = ""
    parts = [HEADER % values] + [FUNCTION % {"name": name} for name in functions]
    if library == "cuda":
        values["lookups"] += TEXT_LOOKUPS
        values["check"] = "known"
        parts += [KNOWN, TEXTS]
    return "".join(parts + [LOAD % values, FIRST % values])


for library in LIBRARIES:
    pathlib.Path(sys.argv[1], f"{library}.c").write_text(source(library))
