// A narrow door to oneDNN: memory layouts, primitives, and their execution on the calling thread.
//
// The header names nothing of oneDNN, so Swift sees opaque pointers and plain numbers only; the
// differences between oneDNN 2.6 and 3.x stay inside the C file.
//
// Every function that can fail returns 0 for success and a status otherwise; `cdnn_status_text`
// names it. Layouts and primitives are immutable after creation and may be used by many threads at
// once. Primitives are created and executed with one OpenMP thread: parallelism is the caller's.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct cdnn_layout cdnn_layout;
typedef struct cdnn_primitive cdnn_primitive;

/// Element types.
enum { CDNN_F32, CDNN_S32, CDNN_S8, CDNN_U8, CDNN_BF16, CDNN_F16 };

/// Processor features: bf16 products (AVX-512 or AMX), and AMX tiles.
enum { CDNN_CPU_BF16 = 1, CDNN_CPU_AMX = 2 };

/// Arguments of a primitive, with oneDNN's numbers.
enum {
  CDNN_ARG_SRC = 1,
  CDNN_ARG_SRC_1 = 2,
  CDNN_ARG_DST = 17,
  CDNN_ARG_WEIGHTS = 33,
  CDNN_ARG_BIAS = 41,
  CDNN_ARG_MEAN = 49,
  CDNN_ARG_VARIANCE = 50,
  CDNN_ARG_SCALE = 51,
  CDNN_ARG_SHIFT = 52,
  CDNN_ARG_WORKSPACE = 64,
  CDNN_ARG_DIFF_SRC = 129,
  CDNN_ARG_DIFF_DST = 145,
  CDNN_ARG_DIFF_WEIGHTS = 161,
  CDNN_ARG_DIFF_BIAS = 169,
  CDNN_ARG_DIFF_SCALE = 255,
  CDNN_ARG_DIFF_SHIFT = 256,
  CDNN_ARG_MULTIPLE_SRC = 1024,
};

/// Element-wise functions; `alpha` and `beta` as in oneDNN 2.6.
enum {
  CDNN_RELU,
  CDNN_TANH,
  CDNN_ELU,
  CDNN_SQUARE,
  CDNN_ABS,
  CDNN_SQRT,
  CDNN_LINEAR,
  CDNN_SOFT_RELU,
  CDNN_LOGISTIC,
  CDNN_EXP,
  CDNN_GELU_TANH,
  CDNN_GELU_ERF,
  CDNN_SWISH,
  CDNN_LOG,
  CDNN_CLIP,
  CDNN_POW,
  CDNN_ROUND,
  CDNN_MISH,
  CDNN_HARDSWISH,
  /// As a post-op only: adds what the result's memory holds.
  CDNN_SUM,
};

/// Binary functions.
enum { CDNN_ADD, CDNN_SUB, CDNN_MUL, CDNN_DIV, CDNN_MAX, CDNN_MIN };

/// Pooling.
enum { CDNN_POOL_MAX, CDNN_POOL_AVERAGE_INCLUDE_PADDING, CDNN_POOL_AVERAGE_EXCLUDE_PADDING };

/// Reductions.
enum { CDNN_REDUCE_MAX, CDNN_REDUCE_MIN, CDNN_REDUCE_SUM, CDNN_REDUCE_MUL, CDNN_REDUCE_MEAN };

/// Resampling.
enum { CDNN_RESAMPLE_NEAREST, CDNN_RESAMPLE_LINEAR };

/// A function applied to the result of a primitive before it is stored.
typedef struct {
  int function;
  float alpha;
  float beta;
} cdnn_post_op;

/// The name of a status.
const char *cdnn_status_text(int status);
/// What the processor offers, as oneDNN sees it; a sum of CDNN_CPU_ flags.
int cdnn_cpu_features(void);
/// Makes OpenMP use one thread for whatever the calling thread does from here on.
void cdnn_prepare_thread(void);
/// A number of the calling thread: 0, 1, ... in the order of first calls.
unsigned cdnn_thread_number(void);

// Layouts.

/// Dense row-major, or with the given strides (in elements) when `strides` is not NULL.
int cdnn_layout_create(
    cdnn_layout **out, int rank, const int64_t *dims, const int64_t *strides, int type);
/// "Whatever the primitive likes best".
int cdnn_layout_create_any(cdnn_layout **out, int rank, const int64_t *dims, int type);
/// Channels (axis 1) in blocks as wide as this processor's vectors; of rank 3 to 5.
int cdnn_layout_create_blocked(cdnn_layout **out, int rank, const int64_t *dims, int type);
void cdnn_layout_free(cdnn_layout *layout);
/// Bytes that a buffer in this layout takes, padding included.
size_t cdnn_layout_bytes(const cdnn_layout *layout);
int cdnn_layout_equal(const cdnn_layout *a, const cdnn_layout *b);
/// The same arrangement of elements of another type; fails where it can't be expressed.
int cdnn_layout_with_type(cdnn_layout **out, const cdnn_layout *layout, int type);
/// The type of the elements; -1 when it is none of the above.
int cdnn_layout_type(const cdnn_layout *layout);
/// Bytes from one row of the first axis to the next, when rows lie whole one after another; 0 when
/// they do not.
size_t cdnn_layout_row_bytes(const cdnn_layout *layout);
/// The same arrangement with another number of rows of the first axis; only where
/// `cdnn_layout_row_bytes` is not 0.
int cdnn_layout_with_rows(cdnn_layout **out, const cdnn_layout *layout, int64_t rows);
/// Whether elements lie as in a dense row-major array of the same shape.
int cdnn_layout_is_plain(const cdnn_layout *layout);
int cdnn_layout_rank(const cdnn_layout *layout);
void cdnn_layout_dims(const cdnn_layout *layout, int64_t *dims);

// Primitives. Layouts made by `cdnn_layout_create_any` are resolved; ask with `cdnn_primitive_layout`.

int cdnn_reorder(cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *target);
/// `dilates` counts skipped elements: 0 is a dense kernel. `bias` may be NULL. `winograd` asks for
/// the algorithm of fewer multiplications, which exists for some shapes only.
int cdnn_convolution(
    cdnn_primitive **out, int winograd, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end,
    const cdnn_post_op *post_ops, int post_op_count);
/// The gradient of a convolution: of its weights and, where `bias` is not NULL, its bias, or of its
/// source. The layouts are those of the gradients.
int cdnn_convolution_backward(
    cdnn_primitive **out, int of_weights, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end);
/// Batch normalization that keeps what its gradient needs, or that gradient: with the statistics of
/// the source, which are results then, or with given ones. With `fuse_relu` the workspace says which
/// results were clipped.
int cdnn_batch_normalization_training(
    cdnn_primitive **out, int backward, const cdnn_layout *source, float epsilon, int given,
    int fuse_relu);
/// The gradient of max(x, 0) from CDNN_ARG_DST, its result, and CDNN_ARG_DIFF_DST.
int cdnn_relu_backward(cdnn_primitive **out, const cdnn_layout *target);
int cdnn_deconvolution(
    cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end,
    const cdnn_post_op *post_ops, int post_op_count);
int cdnn_inner_product(
    cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const cdnn_post_op *post_ops,
    int post_op_count);
int cdnn_matmul(
    cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const cdnn_post_op *post_ops,
    int post_op_count);
int cdnn_pooling(
    cdnn_primitive **out, int algorithm, const cdnn_layout *source, const cdnn_layout *target,
    const int64_t *kernel, const int64_t *strides, const int64_t *dilates,
    const int64_t *pads_begin, const int64_t *pads_end);
/// Inference with given mean and variance, scale and shift; `fuse_relu` clips the result at 0.
int cdnn_batch_normalization(
    cdnn_primitive **out, const cdnn_layout *source, float epsilon, int fuse_relu);
/// Over the last axis.
int cdnn_layer_normalization(
    cdnn_primitive **out, const cdnn_layout *source, float epsilon, int use_scale, int use_shift);
int cdnn_eltwise(
    cdnn_primitive **out, int function, const cdnn_layout *source, float alpha, float beta);
int cdnn_binary(
    cdnn_primitive **out, int function, const cdnn_layout *a, const cdnn_layout *b,
    const cdnn_layout *target, const cdnn_post_op *post_ops, int post_op_count);
int cdnn_prelu(cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *slope);
int cdnn_sum(
    cdnn_primitive **out, int count, const cdnn_layout *const *sources, const cdnn_layout *target);
int cdnn_concat(
    cdnn_primitive **out, int axis, int count, const cdnn_layout *const *sources,
    const cdnn_layout *target);
int cdnn_softmax(cdnn_primitive **out, const cdnn_layout *source, int axis, int logarithm);
int cdnn_reduction(
    cdnn_primitive **out, int function, const cdnn_layout *source, const cdnn_layout *target);
/// Across channels.
int cdnn_lrn(
    cdnn_primitive **out, const cdnn_layout *source, int64_t size, float alpha, float beta,
    float k);
int cdnn_resampling(
    cdnn_primitive **out, int algorithm, const cdnn_layout *source, const cdnn_layout *target);

void cdnn_primitive_free(cdnn_primitive *primitive);
/// The layout that the primitive wants for an argument, as a new object.
int cdnn_primitive_layout(const cdnn_primitive *primitive, int argument, cdnn_layout **out);
/// The name of oneDNN's implementation, such as `jit:avx512_common`; `ref...` is a slow one.
const char *cdnn_primitive_implementation(const cdnn_primitive *primitive);
/// Runs the primitive on the calling thread and waits. Scratch memory is the thread's own.
int cdnn_execute(
    const cdnn_primitive *primitive, int count, const int *arguments,
    const cdnn_layout *const *layouts, void *const *data);
