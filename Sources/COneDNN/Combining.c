#include "Internal.h"

// Primitives of several sources: concatenation and sum.

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
      out, cdnn_engine, REF(target), count, scales, sources, attributes);
#else
  return dnnl_sum_primitive_desc_create(
      out, REF(target), count, scales, sources, attributes, cdnn_engine);
#endif
}

static int concat_desc(
    dnnl_primitive_desc_t *out, int axis, int count, const listed_desc *sources,
    const cdnn_layout *target, dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_concat_primitive_desc_create(
      out, cdnn_engine, REF(target), count, axis, sources, attributes);
#else
  return dnnl_concat_primitive_desc_create(
      out, REF(target), count, axis, sources, attributes, cdnn_engine);
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
