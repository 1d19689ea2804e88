#include "Internal.h"

#include <pthread.h>
#include <stdatomic.h>

#include <oneapi/dnnl/dnnl_debug.h>

// From OpenMP; its header comes with some compilers only, the function with every runtime.
extern void omp_set_num_threads(int threads);

// The engine and the threads.

dnnl_engine_t cdnn_engine;
static int engine_status;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_key;

static void free_thread_state(void *pointer) {
  cdnn_thread_state *state = pointer;
  dnnl_stream_destroy(state->stream);
  free(state->scratch);
  free(state);
}

static void create_engine(void) {
  engine_status = dnnl_engine_create(&cdnn_engine, dnnl_cpu, 0);
  if (!engine_status && pthread_key_create(&thread_key, free_thread_state))
    engine_status = dnnl_out_of_memory;
}

int cdnn_need_engine(void) {
  pthread_once(&engine_once, create_engine);
  // Primitives divide their work by the number of threads when they are created, so creation wants
  // one thread just as execution does.
  cdnn_prepare_thread();
  return engine_status;
}

void cdnn_prepare_thread(void) {
  static __thread int prepared;
  if (!prepared) {
    omp_set_num_threads(1);
    prepared = 1;
  }
}

unsigned cdnn_thread_number(void) {
  static atomic_uint count;
  // One more than the number, so that 0 means none yet.
  static __thread unsigned number;
  if (!number) number = atomic_fetch_add(&count, 1) + 1;
  return number - 1;
}

int cdnn_need_thread_state(cdnn_thread_state **out) {
  int status = cdnn_need_engine();
  if (status) return status;
  cdnn_thread_state *state = pthread_getspecific(thread_key);
  if (!state) {
    state = calloc(1, sizeof *state);
    if (!state) return dnnl_out_of_memory;
    status = dnnl_stream_create(&state->stream, cdnn_engine, dnnl_stream_default_flags);
    if (status) {
      free(state);
      return status;
    }
    pthread_setspecific(thread_key, state);
  }
  *out = state;
  return 0;
}

const char *cdnn_status_text(int status) { return dnnl_status2str((dnnl_status_t)status); }

int cdnn_cpu_features(void) {
  int isa = (int)dnnl_get_effective_cpu_isa();
  int features = 0;
  if ((isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16)
    features |= CDNN_CPU_BF16;
  if ((isa & dnnl_cpu_isa_avx512_core_amx) == dnnl_cpu_isa_avx512_core_amx)
    features |= CDNN_CPU_AMX;
  return features;
}
