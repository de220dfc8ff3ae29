static __thread Arguments given;
static __thread int chosen;

static void run_thread(void) {
    KERNELS[chosen](given);
    wait_as(FINISHED);
}

/* Whether threads from..to all are in this state, those that are finished aside; if so they run again. */
static int release(int from, int to, int state) {
    int waiting = 0;
    for (int t = from; t < to; t++) {
        if (states[t] == state) waiting = 1;
        else if (states[t] != FINISHED) return 0;
    }
    if (!waiting) return 0;
    for (int t = from; t < to; t++) if (states[t] == state) states[t] = RUNNING;
    return 1;
}

/* Lets a thread run until it waits. */
static __attribute__((noinline)) void resume(int t) {
    const int new = states[t] == NEW;
    current = t;
    states[t] = RUNNING;
    if (_setjmp(scheduler)) return;
    if (new) setcontext(&contexts[t]);
    _longjmp(jumps[t], 1);
}

/* Runs a kernel; threads take turns in ascending or descending order. Returns 0, or 1 if threads wait for each other
   for ever. */
int run(int kernel, const Arguments *arguments, int block_count, int thread_count, size_t shared_bytes, int descending) {
    char *stacks = malloc((size_t)thread_count * STACK);
    void *room = aligned_alloc(64, (shared_bytes + 127) / 64 * 64);
    int stuck = 0;
    shared_memory = room;
    given = *arguments;
    chosen = kernel;
    threads = thread_count;
    blocks = block_count;
    for (block = 0; block < blocks && !stuck; block++) {
        memset(room, 0xff, shared_bytes);
        for (int t = 0; t < threads; t++) {
            getcontext(&contexts[t]);
            contexts[t].uc_stack.ss_sp = stacks + (size_t)t * STACK;
            contexts[t].uc_stack.ss_size = STACK;
            contexts[t].uc_link = 0;
            makecontext(&contexts[t], run_thread, 0);
            states[t] = NEW;
        }
        for (;;) {
            int ran = 0, finished = 0;
            for (int i = 0; i < threads; i++) {
                const int t = descending ? threads - 1 - i : i;
                if (states[t] == NEW || states[t] == RUNNING) {
                    resume(t);
                    ran = 1;
                }
                finished += states[t] == FINISHED;
            }
            if (finished == threads) break;
            int released = release(0, threads, AT_BARRIER);
            for (int w = 0; w < threads; w += 32) released |= release(w, w + 32 < threads ? w + 32 : threads, IN_WARP);
            if (!ran && !released) { stuck = 1; break; }
        }
    }
    free(stacks);
    free(room);
    return stuck;
}
