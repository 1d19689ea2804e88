#include "Internal.h"

// Gradients of primitives. oneDNN wants the forward primitive's descriptor beside them.

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
