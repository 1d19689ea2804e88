#include "Internal.h"

// Gradients of primitives, and forward primitives that keep what gradients need. oneDNN wants the
// forward primitive's descriptor beside the backward one.

static int forward_convolution(
    dnnl_primitive_desc_t *out, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end,
    dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_forward_primitive_desc_create(
      out, cdnn_engine, dnnl_forward_training, dnnl_convolution_direct, REF(source), REF(weights),
      REF(bias), REF(target), strides, dilates, pads_begin, pads_end, attributes);
#else
  dnnl_convolution_desc_t operation;
  return cdnn_from_operation(
      dnnl_dilated_convolution_forward_desc_init(
          &operation, dnnl_forward_training, dnnl_convolution_direct, REF(source), REF(weights),
          REF(bias), REF(target), strides, dilates, pads_begin, pads_end),
      out, &operation, attributes);
#endif
}

int cdnn_convolution_backward(
    cdnn_primitive **out, int of_weights, const cdnn_layout *source, const cdnn_layout *weights,
    const cdnn_layout *bias, const cdnn_layout *target, const int64_t *strides,
    const int64_t *dilates, const int64_t *pads_begin, const int64_t *pads_end) {
  int status = cdnn_need_engine();
  if (status) return status;
  dnnl_primitive_attr_t attributes = NULL;
  status = cdnn_new_attributes(&attributes, NULL, 0);
  if (status) return status;
  dnnl_primitive_desc_t hint = NULL, desc = NULL;
  status = forward_convolution(
      &hint, source, weights, bias, target, strides, dilates, pads_begin, pads_end, attributes);
  if (!status) {
#if DNNL_VERSION_MAJOR >= 3
    status = of_weights
        ? dnnl_convolution_backward_weights_primitive_desc_create(
              &desc, cdnn_engine, dnnl_convolution_direct, REF(source), REF(weights), REF(bias),
              REF(target), strides, dilates, pads_begin, pads_end, hint, attributes)
        : dnnl_convolution_backward_data_primitive_desc_create(
              &desc, cdnn_engine, dnnl_convolution_direct, REF(source), REF(weights), REF(target),
              strides, dilates, pads_begin, pads_end, hint, attributes);
#else
    dnnl_convolution_desc_t operation;
    status = of_weights
        ? dnnl_dilated_convolution_backward_weights_desc_init(
              &operation, dnnl_convolution_direct, REF(source), REF(weights), REF(bias),
              REF(target), strides, dilates, pads_begin, pads_end)
        : dnnl_dilated_convolution_backward_data_desc_init(
              &operation, dnnl_convolution_direct, REF(source), REF(weights), REF(target), strides,
              dilates, pads_begin, pads_end);
    if (!status)
      status = dnnl_primitive_desc_create(&desc, &operation, attributes, cdnn_engine, hint);
#endif
  }
  if (hint) dnnl_primitive_desc_destroy(hint);
  dnnl_primitive_attr_destroy(attributes);
  return status ? status : cdnn_finish(out, desc);
}

static int forward_normalization(
    dnnl_primitive_desc_t *out, const cdnn_layout *source, float epsilon, unsigned flags,
    dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_batch_normalization_forward_primitive_desc_create(
      out, cdnn_engine, dnnl_forward_training, REF(source), REF(source), epsilon, flags,
      attributes);
#else
  dnnl_batch_normalization_desc_t operation;
  return cdnn_from_operation(
      dnnl_batch_normalization_forward_desc_init(
          &operation, dnnl_forward_training, REF(source), epsilon, flags),
      out, &operation, attributes);
#endif
}

int cdnn_batch_normalization_training(
    cdnn_primitive **out, int backward, const cdnn_layout *source, float epsilon, int given,
    int fuse_relu) {
  int status = cdnn_need_engine();
  if (status) return status;
  unsigned flags = dnnl_use_scale | dnnl_use_shift;
  if (given) flags |= dnnl_use_global_stats;
  if (fuse_relu) flags |= dnnl_fuse_norm_relu;
  dnnl_primitive_attr_t attributes = NULL;
  status = cdnn_new_attributes(&attributes, NULL, 0);
  if (status) return status;
  dnnl_primitive_desc_t hint = NULL, desc = NULL;
  status = forward_normalization(&hint, source, epsilon, flags, attributes);
  if (!status && backward) {
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_batch_normalization_backward_primitive_desc_create(
        &desc, cdnn_engine, dnnl_backward, REF(source), REF(source), REF(source), epsilon, flags,
        hint, attributes);
#else
    dnnl_batch_normalization_desc_t operation;
    status = dnnl_batch_normalization_backward_desc_init(
        &operation, dnnl_backward, REF(source), REF(source), epsilon, flags);
    if (!status)
      status = dnnl_primitive_desc_create(&desc, &operation, attributes, cdnn_engine, hint);
#endif
    dnnl_primitive_desc_destroy(hint);
    hint = NULL;
  }
  dnnl_primitive_attr_destroy(attributes);
  return status ? status : cdnn_finish(out, backward ? desc : hint);
}

int cdnn_relu_backward(cdnn_primitive **out, const cdnn_layout *target) {
  int status = cdnn_need_engine();
  if (status) return status;
  dnnl_primitive_attr_t attributes = NULL;
  status = cdnn_new_attributes(&attributes, NULL, 0);
  if (status) return status;
  dnnl_primitive_desc_t hint = NULL, desc = NULL;
  dnnl_alg_kind_t kind = dnnl_eltwise_relu_use_dst_for_bwd;
#if DNNL_VERSION_MAJOR >= 3
  status = dnnl_eltwise_forward_primitive_desc_create(
      &hint, cdnn_engine, dnnl_forward_training, kind, REF(target), REF(target), 0, 0, attributes);
  if (!status)
    status = dnnl_eltwise_backward_primitive_desc_create(
        &desc, cdnn_engine, kind, REF(target), REF(target), REF(target), 0, 0, hint, attributes);
#else
  dnnl_eltwise_desc_t operation;
  status = cdnn_from_operation(
      dnnl_eltwise_forward_desc_init(
          &operation, dnnl_forward_training, kind, REF(target), 0, 0),
      &hint, &operation, attributes);
  if (!status) {
    dnnl_eltwise_desc_t backward;
    status = dnnl_eltwise_backward_desc_init(&backward, kind, REF(target), REF(target), 0, 0);
    if (!status)
      status = dnnl_primitive_desc_create(&desc, &backward, attributes, cdnn_engine, hint);
  }
#endif
  if (hint) dnnl_primitive_desc_destroy(hint);
  dnnl_primitive_attr_destroy(attributes);
  return status ? status : cdnn_finish(out, desc);
}
