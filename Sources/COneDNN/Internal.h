#pragma once

// What the files of this shim share; nothing outside sees it.

#include "COneDNN.h"

#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>

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

// What a thread that runs primitives owns.
typedef struct {
  dnnl_stream_t stream;
  void *scratch;
  size_t scratch_bytes;
} cdnn_thread_state;

/// Made once by cdnn_need_engine.
extern dnnl_engine_t cdnn_engine;

int cdnn_need_engine(void);
int cdnn_need_thread_state(cdnn_thread_state **out);

dnnl_data_type_t cdnn_data_type(int type);
int cdnn_new_layout(cdnn_layout **out, memory_desc_ref source);
const int64_t *cdnn_dims(const cdnn_layout *layout);

dnnl_alg_kind_t cdnn_eltwise_algorithm(int function, float *alpha, float *beta);
int cdnn_new_attributes(dnnl_primitive_attr_t *out, const cdnn_post_op *post_ops, int count);
int cdnn_finish(cdnn_primitive **out, dnnl_primitive_desc_t desc);
#if DNNL_VERSION_MAJOR < 3
int cdnn_from_operation(
    int status, dnnl_primitive_desc_t *out, const void *operation,
    dnnl_primitive_attr_t attributes);
#endif

// Every creating function has the same frame: engine, attributes, descriptor, primitive. `CALL` is
// the expression that makes the descriptor; it returns a status.
#define CREATE(POST_OPS, COUNT, CALL)                                 \
  int status = cdnn_need_engine();                                         \
  if (status) return status;                                          \
  dnnl_primitive_attr_t attributes = NULL;                            \
  status = cdnn_new_attributes(&attributes, POST_OPS, COUNT);              \
  if (status) return status;                                          \
  dnnl_primitive_desc_t desc = NULL;                                  \
  status = CALL;                                                      \
  dnnl_primitive_attr_destroy(attributes);                            \
  return status ? status : cdnn_finish(out, desc)
