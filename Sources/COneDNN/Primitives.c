#include "Internal.h"

// Primitives.

int cdnn_reorder(cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *target) {
  CREATE(NULL, 0, dnnl_reorder_primitive_desc_create(
                      &desc, REF(source), cdnn_engine, REF(target), cdnn_engine, attributes));
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
             &desc, cdnn_engine, dnnl_forward_inference, kind, REF(source),
             REF(weights), REF(bias), REF(target), strides, dilates, pads_begin, pads_end,
             attributes));
#else
  dnnl_convolution_desc_t operation;
  CREATE(post_ops, post_op_count,
         cdnn_from_operation(dnnl_dilated_convolution_forward_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, dnnl_deconvolution_direct, REF(source),
             REF(weights), REF(bias), REF(target), strides, dilates, pads_begin, pads_end,
             attributes));
#else
  dnnl_deconvolution_desc_t operation;
  CREATE(post_ops, post_op_count,
         cdnn_from_operation(dnnl_dilated_deconvolution_forward_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, REF(source), REF(weights), REF(bias),
             REF(target), attributes));
#else
  dnnl_inner_product_desc_t operation;
  CREATE(post_ops, post_op_count,
         cdnn_from_operation(dnnl_inner_product_forward_desc_init(
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
             &desc, cdnn_engine, REF(source), REF(weights), REF(bias), REF(target), attributes));
#else
  dnnl_matmul_desc_t operation;
  CREATE(post_ops, post_op_count,
         cdnn_from_operation(dnnl_matmul_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, kind, REF(source), REF(target), strides,
             kernel, dilates, pads_begin, pads_end, attributes));
#else
  int dilated = 0;
  for (int i = 0; i < cdnn_layout_rank(source) - 2; i++) dilated |= dilates[i] != 0;
  if (dilated) {
    dnnl_pooling_v2_desc_t operation;
    CREATE(NULL, 0,
           cdnn_from_operation(dnnl_pooling_v2_forward_desc_init(
                              &operation, dnnl_forward_inference, kind, REF(source), REF(target),
                              strides, kernel, dilates, pads_begin, pads_end),
                          &desc, &operation, attributes));
  } else {
    dnnl_pooling_desc_t operation;
    CREATE(NULL, 0,
           cdnn_from_operation(dnnl_pooling_forward_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, REF(source), REF(source), epsilon, flags,
             attributes));
#else
  dnnl_batch_normalization_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_batch_normalization_forward_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, REF(source), REF(source), NULL, epsilon,
             flags, attributes));
#else
  dnnl_layer_normalization_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_layer_normalization_forward_desc_init(
                            &operation, dnnl_forward_inference, REF(source), NULL, epsilon, flags),
                        &desc, &operation, attributes));
#endif
}

int cdnn_eltwise(
    cdnn_primitive **out, int function, const cdnn_layout *source, float alpha, float beta) {
  dnnl_alg_kind_t kind = cdnn_eltwise_algorithm(function, &alpha, &beta);
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_eltwise_forward_primitive_desc_create(
             &desc, cdnn_engine, dnnl_forward_inference, kind, REF(source), REF(source), alpha, beta,
             attributes));
#else
  dnnl_eltwise_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_eltwise_forward_desc_init(
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
             &desc, cdnn_engine, kinds[function], REF(a), REF(b), REF(target), attributes));
#else
  dnnl_binary_desc_t operation;
  CREATE(post_ops, post_op_count,
         cdnn_from_operation(
             dnnl_binary_desc_init(&operation, kinds[function], REF(a), REF(b), REF(target)),
             &desc, &operation, attributes));
#endif
}

int cdnn_prelu(cdnn_primitive **out, const cdnn_layout *source, const cdnn_layout *slope) {
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_prelu_forward_primitive_desc_create(
             &desc, cdnn_engine, dnnl_forward_inference, REF(source), REF(slope), REF(source),
             attributes));
#else
  dnnl_prelu_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_prelu_forward_desc_init(
                            &operation, dnnl_forward_inference, REF(source), REF(slope)),
                        &desc, &operation, attributes));
#endif
}

int cdnn_softmax(cdnn_primitive **out, const cdnn_layout *source, int axis, int logarithm) {
  dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
#if DNNL_VERSION_MAJOR >= 3
  CREATE(NULL, 0,
         dnnl_softmax_forward_primitive_desc_create(
             &desc, cdnn_engine, dnnl_forward_inference, kind, REF(source), REF(source), axis,
             attributes));
#else
  dnnl_softmax_v2_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_softmax_v2_forward_desc_init(
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
             &desc, cdnn_engine, kinds[function], REF(source), REF(target), 0, 0, attributes));
#else
  dnnl_reduction_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_reduction_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, dnnl_lrn_across_channels, REF(source),
             REF(source), size, alpha, beta, k, attributes));
#else
  dnnl_lrn_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_lrn_forward_desc_init(
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
             &desc, cdnn_engine, dnnl_forward_inference, kind, NULL, REF(source), REF(target),
             attributes));
#else
  dnnl_resampling_desc_t operation;
  CREATE(NULL, 0,
         cdnn_from_operation(dnnl_resampling_forward_desc_init(
                            &operation, dnnl_forward_inference, kind, NULL, REF(source),
                            REF(target)),
                        &desc, &operation, attributes));
#endif
}
