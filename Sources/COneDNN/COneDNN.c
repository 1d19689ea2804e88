#include "COneDNN.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>
#include <oneapi/dnnl/dnnl_version.h>

// From OpenMP; its header comes with some compilers only, the function with every runtime.
extern void omp_set_num_threads(int threads);

#if DNNL_VERSION_MAJOR >= 3
// Memory descriptors are opaque handles that must be destroyed.
typedef dnnl_memory_desc_t memory_desc;
typedef const_dnnl_memory_desc_t memory_desc_ref;
#define REF(layout) ((layout) ? (layout)->desc : NULL)
#else
// Memory descriptors are values.
typedef dnnl_memory_desc_t memory_desc;
typedef const dnnl_memory_desc_t *memory_desc_ref;
#define REF(layout) ((layout) ? &(layout)->desc : NULL)
#endif

struct cdnn_layout {
  memory_desc desc;
};

struct cdnn_primitive {
  dnnl_primitive_t primitive;
  dnnl_primitive_desc_t desc;
  struct cdnn_layout scratchpad;
  size_t scratchpad_bytes;
};

// The engine and the threads.

static dnnl_engine_t engine;
static int engine_status;
static pthread_once_t engine_once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_key;

typedef struct {
  dnnl_stream_t stream;
  void *scratch;
  size_t scratch_bytes;
} thread_state;

static void free_thread_state(void *pointer) {
  thread_state *state = pointer;
  dnnl_stream_destroy(state->stream);
  free(state->scratch);
  free(state);
}

static void create_engine(void) {
  engine_status = dnnl_engine_create(&engine, dnnl_cpu, 0);
  if (!engine_status && pthread_key_create(&thread_key, free_thread_state))
    engine_status = dnnl_out_of_memory;
}

static int need_engine(void) {
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

static int need_thread_state(thread_state **out) {
  int status = need_engine();
  if (status) return status;
  thread_state *state = pthread_getspecific(thread_key);
  if (!state) {
    state = calloc(1, sizeof *state);
    if (!state) return dnnl_out_of_memory;
    status = dnnl_stream_create(&state->stream, engine, dnnl_stream_default_flags);
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

const char *cdnn_version(void) {
  static char text[32];
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  if (!text[0]) {
    const dnnl_version_t *version = dnnl_version();
    int parts[3] = {version->major, version->minor, version->patch};
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
      char digits[12];
      size_t count = 0;
      unsigned value = (unsigned)parts[i];
      do digits[count++] = (char)('0' + value % 10);
      while (value /= 10);
      while (count) text[used++] = digits[--count];
      if (i < 2) text[used++] = '.';
    }
  }
  pthread_mutex_unlock(&lock);
  return text;
}

// Layouts.

static dnnl_data_type_t data_type(int type) {
  switch (type) {
    case CDNN_F32: return dnnl_f32;
    case CDNN_S32: return dnnl_s32;
    case CDNN_S8: return dnnl_s8;
    case CDNN_U8: return dnnl_u8;
    case CDNN_BF16: return dnnl_bf16;
    case CDNN_F16: return dnnl_f16;
    default: return dnnl_data_type_undef;
  }
}

static int new_layout(cdnn_layout **out, memory_desc_ref source) {
  cdnn_layout *layout = calloc(1, sizeof *layout);
  if (!layout) return dnnl_out_of_memory;
#if DNNL_VERSION_MAJOR >= 3
  int status = dnnl_memory_desc_clone(&layout->desc, source);
  if (status) {
    free(layout);
    return status;
  }
#else
  layout->desc = *source;
#endif
  *out = layout;
  return 0;
}

int cdnn_layout_create(
    cdnn_layout **out, int rank, const int64_t *dims, const int64_t *strides, int type) {
  if (rank < 1 || rank > DNNL_MAX_NDIMS) return dnnl_invalid_arguments;
  dnnl_dims_t row_major;
  if (!strides) {
    int64_t step = 1;
    for (int i = rank - 1; i >= 0; i--) {
      row_major[i] = step;
      step *= dims[i] > 0 ? dims[i] : 1;
    }
    strides = row_major;
  }
  cdnn_layout *layout = calloc(1, sizeof *layout);
  if (!layout) return dnnl_out_of_memory;
#if DNNL_VERSION_MAJOR >= 3
  int status =
      dnnl_memory_desc_create_with_strides(&layout->desc, rank, dims, data_type(type), strides);
#else
  int status =
      dnnl_memory_desc_init_by_strides(&layout->desc, rank, dims, data_type(type), strides);
#endif
  if (status) {
    free(layout);
    return status;
  }
  *out = layout;
  return 0;
}

int cdnn_layout_create_any(cdnn_layout **out, int rank, const int64_t *dims, int type) {
  if (rank < 1 || rank > DNNL_MAX_NDIMS) return dnnl_invalid_arguments;
  cdnn_layout *layout = calloc(1, sizeof *layout);
  if (!layout) return dnnl_out_of_memory;
#if DNNL_VERSION_MAJOR >= 3
  int status = dnnl_memory_desc_create_with_tag(
      &layout->desc, rank, dims, data_type(type), dnnl_format_tag_any);
#else
  int status = dnnl_memory_desc_init_by_tag(
      &layout->desc, rank, dims, data_type(type), dnnl_format_tag_any);
#endif
  if (status) {
    free(layout);
    return status;
  }
  *out = layout;
  return 0;
}

int cdnn_layout_create_blocked(cdnn_layout **out, int rank, const int64_t *dims, int type) {
  static const dnnl_format_tag_t tags[2][3] = {{dnnl_nCw8c, dnnl_nChw8c, dnnl_nCdhw8c},
                                               {dnnl_nCw16c, dnnl_nChw16c, dnnl_nCdhw16c}};
  if (rank < 3 || rank > 5) return dnnl_invalid_arguments;
  int isa = (int)dnnl_get_effective_cpu_isa();
  int wide = (isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  cdnn_layout *layout = calloc(1, sizeof *layout);
  if (!layout) return dnnl_out_of_memory;
#if DNNL_VERSION_MAJOR >= 3
  int status = dnnl_memory_desc_create_with_tag(
      &layout->desc, rank, dims, data_type(type), tags[wide][rank - 3]);
#else
  int status = dnnl_memory_desc_init_by_tag(
      &layout->desc, rank, dims, data_type(type), tags[wide][rank - 3]);
#endif
  if (status) {
    free(layout);
    return status;
  }
  *out = layout;
  return 0;
}

int cdnn_layout_type(const cdnn_layout *layout) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_data_type_t type = dnnl_data_type_undef;
  dnnl_memory_desc_query(layout->desc, dnnl_query_data_type, &type);
#else
  dnnl_data_type_t type = layout->desc.data_type;
#endif
  for (int known = CDNN_F32; known <= CDNN_F16; known++)
    if (data_type(known) == type) return known;
  return -1;
}

void cdnn_layout_free(cdnn_layout *layout) {
  if (!layout) return;
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_destroy(layout->desc);
#endif
  free(layout);
}

size_t cdnn_layout_bytes(const cdnn_layout *layout) {
  return dnnl_memory_desc_get_size(REF(layout));
}

int cdnn_layout_equal(const cdnn_layout *a, const cdnn_layout *b) {
  return dnnl_memory_desc_equal(REF(a), REF(b));
}

int cdnn_layout_rank(const cdnn_layout *layout) {
#if DNNL_VERSION_MAJOR >= 3
  int rank = 0;
  dnnl_memory_desc_query(layout->desc, dnnl_query_ndims_s32, &rank);
  return rank;
#else
  return layout->desc.ndims;
#endif
}

static const int64_t *layout_dims(const cdnn_layout *layout) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_dims_t *dims = NULL;
  dnnl_memory_desc_query(layout->desc, dnnl_query_dims, &dims);
  return *dims;
#else
  return layout->desc.dims;
#endif
}

int cdnn_layout_with_type(cdnn_layout **out, const cdnn_layout *layout, int type) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_format_kind_t kind;
  int inner_blocks = 0;
  dnnl_dims_t *strides = NULL;
  if (dnnl_memory_desc_query(layout->desc, dnnl_query_format_kind, &kind))
    return dnnl_unimplemented;
  if (kind == dnnl_format_kind_any)
    return cdnn_layout_create_any(out, cdnn_layout_rank(layout), layout_dims(layout), type);
  if (kind != dnnl_blocked) return dnnl_unimplemented;
  dnnl_memory_desc_query(layout->desc, dnnl_query_inner_nblks_s32, &inner_blocks);
  if (inner_blocks) return dnnl_unimplemented;
  dnnl_memory_desc_query(layout->desc, dnnl_query_strides, &strides);
  return cdnn_layout_create(
      out, cdnn_layout_rank(layout), layout_dims(layout), *strides, type);
#else
  if (layout->desc.format_kind != dnnl_blocked || layout->desc.extra.flags)
    return dnnl_unimplemented;
  cdnn_layout *result = calloc(1, sizeof *result);
  if (!result) return dnnl_out_of_memory;
  result->desc = layout->desc;
  result->desc.data_type = data_type(type);
  *out = result;
  return 0;
#endif
}

void cdnn_layout_dims(const cdnn_layout *layout, int64_t *dims) {
  memcpy(dims, layout_dims(layout), (size_t)cdnn_layout_rank(layout) * sizeof *dims);
}

size_t cdnn_layout_row_bytes(const cdnn_layout *layout) {
#if DNNL_VERSION_MAJOR >= 3
  // Opaque there: nothing is known of rows, and callers do without.
  (void)layout;
  return 0;
#else
  const dnnl_memory_desc_t *desc = &layout->desc;
  if (desc->format_kind != dnnl_blocked || desc->ndims < 1 || desc->offset0 || desc->extra.flags)
    return 0;
  size_t element = desc->data_type == dnnl_f32 ? 4 : desc->data_type == dnnl_bf16 ? 2 : 0;
  const dnnl_blocking_desc_t *blocking = &desc->format_desc.blocking;
  for (int i = 0; i < blocking->inner_nblks; i++)
    if (blocking->inner_idxs[i] == 0) return 0;
  if (desc->padded_dims[0] != desc->dims[0]) return 0;
  size_t row = (size_t)blocking->strides[0] * element;
  // Rows lie whole one after another exactly when they fill the buffer.
  return row * (size_t)desc->dims[0] == dnnl_memory_desc_get_size(desc) ? row : 0;
#endif
}

int cdnn_layout_with_rows(cdnn_layout **out, const cdnn_layout *layout, int64_t rows) {
#if DNNL_VERSION_MAJOR >= 3
  (void)out;
  (void)layout;
  (void)rows;
  return dnnl_unimplemented;
#else
  dnnl_memory_desc_t desc = layout->desc;
  desc.dims[0] = rows;
  desc.padded_dims[0] = rows;
  return new_layout(out, &desc);
#endif
}

int cdnn_layout_is_plain(const cdnn_layout *layout) {
  const int64_t *dims = layout_dims(layout);
#if DNNL_VERSION_MAJOR >= 3
  dnnl_format_kind_t kind;
  int inner_blocks = 0;
  dnnl_dims_t *padded = NULL, *strides = NULL;
  int64_t offset = 0;
  if (dnnl_memory_desc_query(layout->desc, dnnl_query_format_kind, &kind)) return 0;
  if (kind != dnnl_blocked) return 0;
  dnnl_memory_desc_query(layout->desc, dnnl_query_inner_nblks_s32, &inner_blocks);
  dnnl_memory_desc_query(layout->desc, dnnl_query_padded_dims, &padded);
  dnnl_memory_desc_query(layout->desc, dnnl_query_strides, &strides);
  dnnl_memory_desc_query(layout->desc, dnnl_query_submemory_offset_s64, &offset);
  const int64_t *padded_dims = *padded, *stride = *strides;
#else
  if (layout->desc.format_kind != dnnl_blocked || layout->desc.extra.flags) return 0;
  int inner_blocks = layout->desc.format_desc.blocking.inner_nblks;
  const int64_t *padded_dims = layout->desc.padded_dims;
  const int64_t *stride = layout->desc.format_desc.blocking.strides;
  int64_t offset = layout->desc.offset0;
#endif
  if (inner_blocks || offset) return 0;
  int64_t step = 1;
  for (int i = cdnn_layout_rank(layout) - 1; i >= 0; i--) {
    if (padded_dims[i] != dims[i]) return 0;
    if (dims[i] != 1 && stride[i] != step) return 0;
    step *= dims[i];
  }
  return 1;
}

// Attributes.

static dnnl_alg_kind_t eltwise_algorithm(int function, float *alpha, float *beta) {
  (void)alpha;
  (void)beta;
  switch (function) {
    case CDNN_RELU: return dnnl_eltwise_relu;
    case CDNN_TANH: return dnnl_eltwise_tanh;
    case CDNN_ELU: return dnnl_eltwise_elu;
    case CDNN_SQUARE: return dnnl_eltwise_square;
    case CDNN_ABS: return dnnl_eltwise_abs;
    case CDNN_SQRT: return dnnl_eltwise_sqrt;
    case CDNN_LINEAR: return dnnl_eltwise_linear;
    case CDNN_SOFT_RELU:
#if DNNL_VERSION_MAJOR >= 3
      *alpha = 1;
#endif
      return dnnl_eltwise_soft_relu;
    case CDNN_LOGISTIC: return dnnl_eltwise_logistic;
    case CDNN_EXP: return dnnl_eltwise_exp;
    case CDNN_GELU_TANH: return dnnl_eltwise_gelu_tanh;
    case CDNN_GELU_ERF: return dnnl_eltwise_gelu_erf;
    case CDNN_SWISH: return dnnl_eltwise_swish;
    case CDNN_LOG: return dnnl_eltwise_log;
    case CDNN_CLIP: return dnnl_eltwise_clip;
    case CDNN_POW: return dnnl_eltwise_pow;
    case CDNN_ROUND: return dnnl_eltwise_round;
    case CDNN_MISH: return dnnl_eltwise_mish;
    case CDNN_HARDSWISH:
#if DNNL_VERSION_MAJOR >= 3
      *alpha = 1.0f / 6;
      *beta = 0.5f;
#endif
      return dnnl_eltwise_hardswish;
    default: return dnnl_alg_kind_undef;
  }
}

// Attributes that every primitive gets: scratch memory from the caller, and the given post-ops.
static int new_attributes(dnnl_primitive_attr_t *out, const cdnn_post_op *post_ops, int count) {
  dnnl_primitive_attr_t attributes = NULL;
  int status = dnnl_primitive_attr_create(&attributes);
  if (status) return status;
  status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  if (!status && count > 0) {
    dnnl_post_ops_t chain = NULL;
    status = dnnl_post_ops_create(&chain);
    for (int i = 0; !status && i < count; i++) {
      float alpha = post_ops[i].alpha, beta = post_ops[i].beta;
      if (post_ops[i].function == CDNN_SUM) {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_post_ops_append_sum(chain, 1.0f, 0, dnnl_data_type_undef);
#else
        status = dnnl_post_ops_append_sum(chain, 1.0f);
#endif
        continue;
      }
      dnnl_alg_kind_t algorithm = eltwise_algorithm(post_ops[i].function, &alpha, &beta);
#if DNNL_VERSION_MAJOR >= 3
      status = dnnl_post_ops_append_eltwise(chain, algorithm, alpha, beta);
#else
      status = dnnl_post_ops_append_eltwise(chain, 1.0f, algorithm, alpha, beta);
#endif
    }
    if (!status) status = dnnl_primitive_attr_set_post_ops(attributes, chain);
    if (chain) dnnl_post_ops_destroy(chain);
  }
  if (status)
    dnnl_primitive_attr_destroy(attributes);
  else
    *out = attributes;
  return status;
}

// Makes the primitive of a descriptor, which it takes over.
static int finish(cdnn_primitive **out, dnnl_primitive_desc_t desc) {
  cdnn_primitive *result = calloc(1, sizeof *result);
  if (!result) {
    dnnl_primitive_desc_destroy(desc);
    return dnnl_out_of_memory;
  }
  result->desc = desc;
  int status = dnnl_primitive_create(&result->primitive, desc);
  if (!status) {
    memory_desc_ref scratchpad =
        dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    if (scratchpad) {
      result->scratchpad_bytes = dnnl_memory_desc_get_size(scratchpad);
#if DNNL_VERSION_MAJOR >= 3
      status = dnnl_memory_desc_clone(&result->scratchpad.desc, scratchpad);
#else
      result->scratchpad.desc = *scratchpad;
#endif
    }
  }
  if (status) {
    cdnn_primitive_free(result);
    return status;
  }
  *out = result;
  return 0;
}

// Every creating function has the same frame: engine, attributes, descriptor, primitive. `CALL` is
// the expression that makes the descriptor; it returns a status.
#define CREATE(POST_OPS, COUNT, CALL)                                 \
  int status = need_engine();                                         \
  if (status) return status;                                          \
  dnnl_primitive_attr_t attributes = NULL;                            \
  status = new_attributes(&attributes, POST_OPS, COUNT);              \
  if (status) return status;                                          \
  dnnl_primitive_desc_t desc = NULL;                                  \
  status = CALL;                                                      \
  dnnl_primitive_attr_destroy(attributes);                            \
  return status ? status : finish(out, desc)

#if DNNL_VERSION_MAJOR < 3
// 2.x makes a descriptor in two steps; joins them into one status.
static int from_operation(
    int status, dnnl_primitive_desc_t *out, const void *operation,
    dnnl_primitive_attr_t attributes) {
  if (status) return status;
  return dnnl_primitive_desc_create(out, operation, attributes, engine, NULL);
}
#endif

// Primitives.

int cdnn_reorder(cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *target) {
  CREATE(NULL, 0, dnnl_reorder_primitive_desc_create(
                      &desc, REF(source), engine, REF(target), engine, attributes));
}

int cdnn_convolution(
    cdnn_primitive **out, int winograd, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end,
    const cdnn_post_op *post_ops, int post_op_count) {
  dnnl_alg_kind_t kind = winograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(post_ops, post_op_count,
         dnnl_convolution_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, kind, REF(source),
             REF(weights), REF(bias), REF(target), strides, dilates, pads_begin, pads_end,
             attributes));
#else
  dnnl_convolution_desc_t operation;
  CREATE(post_ops, post_op_count,
         from_operation(dnnl_dilated_convolution_forward_desc_init(
                            &operation, dnnl_forward_inference, kind,
                            REF(source), REF(weights), REF(bias), REF(target), strides, dilates,
                            pads_begin, pads_end),
                        &desc, &operation, attributes));
#endif
}

int cdnn_deconvolution(
    cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end,
    const cdnn_post_op *post_ops, int post_op_count) {
#if DNNL_VERSION_MAJOR >= 3
  CREATE(post_ops, post_op_count,
         dnnl_deconvolution_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, dnnl_deconvolution_direct, REF(source),
             REF(weights), REF(bias), REF(target), strides, dilates, pads_begin, pads_end,
             attributes));
#else
  dnnl_deconvolution_desc_t operation;
  CREATE(post_ops, post_op_count,
         from_operation(dnnl_dilated_deconvolution_forward_desc_init(
                            &operation, dnnl_forward_inference, dnnl_deconvolution_direct,
                            REF(source), REF(weights), REF(bias), REF(target), strides, dilates,
                            pads_begin, pads_end),
                        &desc, &operation, attributes));
#endif
}

int cdnn_inner_product(
    cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const cdnn_post_op *post_ops,
    int post_op_count) {
#if DNNL_VERSION_MAJOR >= 3
  CREATE(post_ops, post_op_count,
         dnnl_inner_product_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, REF(source), REF(weights), REF(bias),
             REF(target), attributes));
#else
  dnnl_inner_product_desc_t operation;
  CREATE(post_ops, post_op_count,
         from_operation(dnnl_inner_product_forward_desc_init(
                            &operation, dnnl_forward_inference, REF(source), REF(weights),
                            REF(bias), REF(target)),
                        &desc, &operation, attributes));
#endif
}

int cdnn_matmul(
    cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const cdnn_post_op *post_ops,
    int post_op_count) {
#if DNNL_VERSION_MAJOR >= 3
  CREATE(post_ops, post_op_count,
         dnnl_matmul_primitive_desc_create(
             &desc, engine, REF(source), REF(weights), REF(bias), REF(target), attributes));
#else
  dnnl_matmul_desc_t operation;
  CREATE(post_ops, post_op_count,
         from_operation(dnnl_matmul_desc_init(
                            &operation, REF(source), REF(weights), REF(bias), REF(target)),
                        &desc, &operation, attributes));
#endif
}

int cdnn_pooling(
    cdnn_primitive **out, int algorithm, const cdnn_layout *source, const cdnn_layout *target,
    const int64_t *kernel, const int64_t *strides, const int64_t *dilates,
    const int64_t *pads_begin, const int64_t *pads_end) {
  dnnl_alg_kind_t kind = algorithm == CDNN_POOL_MAX ? dnnl_pooling_max
      : algorithm == CDNN_POOL_AVERAGE_INCLUDE_PADDING ? dnnl_pooling_avg_include_padding
                                                       : dnnl_pooling_avg_exclude_padding;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_pooling_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, kind, REF(source), REF(target), strides,
             kernel, dilates, pads_begin, pads_end, attributes));
#else
  int dilated = 0;
  for (int i = 0; i < cdnn_layout_rank(source) - 2; i++) dilated |= dilates[i] != 0;
  if (dilated) {
    dnnl_pooling_v2_desc_t operation;
    CREATE(NULL, 0,
           from_operation(dnnl_pooling_v2_forward_desc_init(
                              &operation, dnnl_forward_inference, kind, REF(source), REF(target),
                              strides, kernel, dilates, pads_begin, pads_end),
                          &desc, &operation, attributes));
  } else {
    dnnl_pooling_desc_t operation;
    CREATE(NULL, 0,
           from_operation(dnnl_pooling_forward_desc_init(
                              &operation, dnnl_forward_inference, kind, REF(source), REF(target),
                              strides, kernel, pads_begin, pads_end),
                          &desc, &operation, attributes));
  }
#endif
}

int cdnn_batch_normalization(
    cdnn_primitive **out, const cdnn_layout *source, float epsilon, int fuse_relu) {
  unsigned flags = dnnl_use_global_stats | dnnl_use_scale | dnnl_use_shift;
  if (fuse_relu) flags |= dnnl_fuse_norm_relu;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_batch_normalization_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, REF(source), REF(source), epsilon, flags,
             attributes));
#else
  dnnl_batch_normalization_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_batch_normalization_forward_desc_init(
                            &operation, dnnl_forward_inference, REF(source), epsilon, flags),
                        &desc, &operation, attributes));
#endif
}

int cdnn_layer_normalization(
    cdnn_primitive **out, const cdnn_layout *source, float epsilon, int use_scale, int use_shift) {
  unsigned flags = (use_scale ? dnnl_use_scale : 0) | (use_shift ? dnnl_use_shift : 0);
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_layer_normalization_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, REF(source), REF(source), NULL, epsilon,
             flags, attributes));
#else
  dnnl_layer_normalization_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_layer_normalization_forward_desc_init(
                            &operation, dnnl_forward_inference, REF(source), NULL, epsilon, flags),
                        &desc, &operation, attributes));
#endif
}

int cdnn_eltwise(
    cdnn_primitive **out, int function, const cdnn_layout *source, float alpha, float beta) {
  dnnl_alg_kind_t kind = eltwise_algorithm(function, &alpha, &beta);
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_eltwise_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, kind, REF(source), REF(source), alpha, beta,
             attributes));
#else
  dnnl_eltwise_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_eltwise_forward_desc_init(
                            &operation, dnnl_forward_inference, kind, REF(source), alpha, beta),
                        &desc, &operation, attributes));
#endif
}

int cdnn_binary(
    cdnn_primitive **out, int function, const cdnn_layout *a, const cdnn_layout *b,
    const cdnn_layout *target, const cdnn_post_op *post_ops, int post_op_count) {
  static const dnnl_alg_kind_t kinds[] = {dnnl_binary_add, dnnl_binary_sub, dnnl_binary_mul,
                                          dnnl_binary_div, dnnl_binary_max, dnnl_binary_min};
  if (function < CDNN_ADD || function > CDNN_MIN) return dnnl_invalid_arguments;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(post_ops, post_op_count,
         dnnl_binary_primitive_desc_create(
             &desc, engine, kinds[function], REF(a), REF(b), REF(target), attributes));
#else
  dnnl_binary_desc_t operation;
  CREATE(post_ops, post_op_count,
         from_operation(
             dnnl_binary_desc_init(&operation, kinds[function], REF(a), REF(b), REF(target)),
             &desc, &operation, attributes));
#endif
}

int cdnn_prelu(cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *slope) {
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_prelu_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, REF(source), REF(slope), REF(source),
             attributes));
#else
  dnnl_prelu_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_prelu_forward_desc_init(
                            &operation, dnnl_forward_inference, REF(source), REF(slope)),
                        &desc, &operation, attributes));
#endif
}

// Copies the descriptors of several layouts into the array that concat and sum want.
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t listed_desc;
#define LISTED(layout) (layout)->desc
#else
typedef dnnl_memory_desc_t listed_desc;
#define LISTED(layout) (layout)->desc
#endif

static listed_desc *new_list(int count, const cdnn_layout *const *layouts) {
  listed_desc *list = calloc((size_t)count, sizeof *list);
  for (int i = 0; list && i < count; i++) list[i] = LISTED(layouts[i]);
  return list;
}

static int sum_desc(
    dnnl_primitive_desc_t *out, int count, const listed_desc *sources, const float *scales,
    const cdnn_layout *target, dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_sum_primitive_desc_create(
      out, engine, REF(target), count, scales, sources, attributes);
#else
  return dnnl_sum_primitive_desc_create(
      out, REF(target), count, scales, sources, attributes, engine);
#endif
}

static int concat_desc(
    dnnl_primitive_desc_t *out, int axis, int count, const listed_desc *sources,
    const cdnn_layout *target, dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_concat_primitive_desc_create(
      out, engine, REF(target), count, axis, sources, attributes);
#else
  return dnnl_concat_primitive_desc_create(
      out, REF(target), count, axis, sources, attributes, engine);
#endif
}

static int sum_of(
    cdnn_primitive **out, int count, const listed_desc *sources, const float *scales,
    const cdnn_layout *target) {
  CREATE(NULL, 0, sum_desc(&desc, count, sources, scales, target, attributes));
}

static int concat_of(
    cdnn_primitive **out, int axis, int count, const listed_desc *sources,
    const cdnn_layout *target) {
  CREATE(NULL, 0, concat_desc(&desc, axis, count, sources, target, attributes));
}

int cdnn_sum(
    cdnn_primitive **out, int count, const cdnn_layout *const *sources, const cdnn_layout *target) {
  listed_desc *list = new_list(count, sources);
  float *scales = calloc((size_t)count, sizeof *scales);
  int status = dnnl_out_of_memory;
  if (list && scales) {
    for (int i = 0; i < count; i++) scales[i] = 1;
    status = sum_of(out, count, list, scales, target);
  }
  free(scales);
  free(list);
  return status;
}

int cdnn_concat(
    cdnn_primitive **out, int axis, int count, const cdnn_layout *const *sources,
    const cdnn_layout *target) {
  listed_desc *list = new_list(count, sources);
  if (!list) return dnnl_out_of_memory;
  int status = concat_of(out, axis, count, list, target);
  free(list);
  return status;
}

int cdnn_softmax(cdnn_primitive **out, const cdnn_layout *source, int axis, int logarithm) {
  dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_softmax_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, kind, REF(source), REF(source), axis,
             attributes));
#else
  dnnl_softmax_v2_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_softmax_v2_forward_desc_init(
                            &operation, dnnl_forward_inference, kind, REF(source), REF(source),
                            axis),
                        &desc, &operation, attributes));
#endif
}

int cdnn_reduction(
    cdnn_primitive **out, int function, const cdnn_layout *source, const cdnn_layout *target) {
  static const dnnl_alg_kind_t kinds[] = {dnnl_reduction_max, dnnl_reduction_min,
                                          dnnl_reduction_sum, dnnl_reduction_mul,
                                          dnnl_reduction_mean};
  if (function < CDNN_REDUCE_MAX || function > CDNN_REDUCE_MEAN) return dnnl_invalid_arguments;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_reduction_primitive_desc_create(
             &desc, engine, kinds[function], REF(source), REF(target), 0, 0, attributes));
#else
  dnnl_reduction_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_reduction_desc_init(
                            &operation, kinds[function], REF(source), REF(target), 0, 0),
                        &desc, &operation, attributes));
#endif
}

int cdnn_lrn(
    cdnn_primitive **out, const cdnn_layout *source, int64_t size, float alpha, float beta,
    float k) {
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_lrn_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, dnnl_lrn_across_channels, REF(source),
             REF(source), size, alpha, beta, k, attributes));
#else
  dnnl_lrn_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_lrn_forward_desc_init(
                            &operation, dnnl_forward_inference, dnnl_lrn_across_channels,
                            REF(source), size, alpha, beta, k),
                        &desc, &operation, attributes));
#endif
}

int cdnn_resampling(
    cdnn_primitive **out, int algorithm, const cdnn_layout *source, const cdnn_layout *target) {
  dnnl_alg_kind_t kind =
      algorithm == CDNN_RESAMPLE_NEAREST ? dnnl_resampling_nearest : dnnl_resampling_linear;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_resampling_forward_primitive_desc_create(
             &desc, engine, dnnl_forward_inference, kind, NULL, REF(source), REF(target),
             attributes));
#else
  dnnl_resampling_desc_t operation;
  CREATE(NULL, 0,
         from_operation(dnnl_resampling_forward_desc_init(
                            &operation, dnnl_forward_inference, kind, NULL, REF(source),
                            REF(target)),
                        &desc, &operation, attributes));
#endif
}

void cdnn_primitive_free(cdnn_primitive *primitive) {
  if (!primitive) return;
  if (primitive->primitive) dnnl_primitive_destroy(primitive->primitive);
  if (primitive->desc) dnnl_primitive_desc_destroy(primitive->desc);
#if DNNL_VERSION_MAJOR >= 3
  if (primitive->scratchpad.desc) dnnl_memory_desc_destroy(primitive->scratchpad.desc);
#endif
  free(primitive);
}

int cdnn_primitive_layout(const cdnn_primitive *primitive, int argument, cdnn_layout **out) {
  memory_desc_ref desc =
      dnnl_primitive_desc_query_md(primitive->desc, dnnl_query_exec_arg_md, argument);
  return desc ? new_layout(out, desc) : dnnl_invalid_arguments;
}

const char *cdnn_primitive_implementation(const cdnn_primitive *primitive) {
  const char *name = NULL;
  if (dnnl_primitive_desc_query(primitive->desc, dnnl_query_impl_info_str, 0, (void *)&name))
    return "";
  return name ? name : "";
}

int cdnn_execute(
    const cdnn_primitive *primitive, int count, const int *arguments,
    const cdnn_layout *const *layouts, void *const *data) {
  thread_state *thread = NULL;
  int status = need_thread_state(&thread);
  if (status) return status;
  if (primitive->scratchpad_bytes > thread->scratch_bytes) {
    void *grown = NULL;
    if (posix_memalign(&grown, 64, primitive->scratchpad_bytes)) return dnnl_out_of_memory;
    free(thread->scratch);
    thread->scratch = grown;
    thread->scratch_bytes = primitive->scratchpad_bytes;
  }
  dnnl_exec_arg_t few[16];
  dnnl_exec_arg_t *list = few;
  if (count + 1 > 16) {
    list = calloc((size_t)count + 1, sizeof *list);
    if (!list) return dnnl_out_of_memory;
  }
  int made = 0;
  for (; !status && made < count; made++) {
    list[made].arg = arguments[made];
    list[made].memory = NULL;
    status = dnnl_memory_create(&list[made].memory, REF(layouts[made]), engine, data[made]);
  }
  if (!status && primitive->scratchpad_bytes) {
    list[made].arg = DNNL_ARG_SCRATCHPAD;
    list[made].memory = NULL;
    status = dnnl_memory_create(
        &list[made].memory, REF(&primitive->scratchpad), engine, thread->scratch);
    made++;
  }
  if (!status) status = dnnl_primitive_execute(primitive->primitive, thread->stream, made, list);
  if (!status) status = dnnl_stream_wait(thread->stream);
  for (int i = 0; i < made; i++)
    if (list[i].memory) dnnl_memory_destroy(list[i].memory);
  if (list != few) free(list);
  return status;
}
