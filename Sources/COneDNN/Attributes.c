#include "Internal.h"

// Attributes.

dnnl_alg_kind_t cdnn_eltwise_algorithm(int function, float *alpha, float *beta) {
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
int cdnn_new_attributes(dnnl_primitive_attr_t *out, const cdnn_post_op *post_ops, int count) {
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
      dnnl_alg_kind_t algorithm = cdnn_eltwise_algorithm(post_ops[i].function, &alpha, &beta);
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
int cdnn_finish(cdnn_primitive **out, dnnl_primitive_desc_t desc) {
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

#if DNNL_VERSION_MAJOR < 3
// 2.x makes a descriptor in two steps; joins them into one status.
int cdnn_from_operation(
    int status, dnnl_primitive_desc_t *out, const void *operation,
    dnnl_primitive_attr_t attributes) {
  if (status) return status;
  return dnnl_primitive_desc_create(out, operation, attributes, cdnn_engine, NULL);
}
#endif
