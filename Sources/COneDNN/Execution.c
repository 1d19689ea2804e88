#include "Internal.h"

// Primitives that exist: what they are, and running them.

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
  return desc ? cdnn_new_layout(out, desc) : dnnl_invalid_arguments;
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
  cdnn_thread_state *thread = NULL;
  int status = cdnn_need_thread_state(&thread);
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
    status = dnnl_memory_create(&list[made].memory, REF(layouts[made]), cdnn_engine, data[made]);
  }
  if (!status && primitive->scratchpad_bytes) {
    list[made].arg = DNNL_ARG_SCRATCHPAD;
    list[made].memory = NULL;
    status = dnnl_memory_create(
        &list[made].memory, REF(&primitive->scratchpad), cdnn_engine, thread->scratch);
    made++;
  }
  if (!status) status = dnnl_primitive_execute(primitive->primitive, thread->stream, made, list);
  if (!status) status = dnnl_stream_wait(thread->stream);
  for (int i = 0; i < made; i++)
    if (list[i].memory) dnnl_memory_destroy(list[i].memory);
  if (list != few) free(list);
  return status;
}
