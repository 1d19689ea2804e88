#include "CZip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

struct czip_archive {
  zip_t *zip;
};

struct czip_stream {
  zip_file_t *file;
};

struct czip_writer {
  zip_t *zip;
  zip_source_t *target;
};

struct czip_inflater {
  z_stream stream;
  const unsigned char *next;
  size_t left;
  int is_between_members;
};

struct czip_deflate_counter {
  z_stream stream;
};

static void copy_message(char *message, size_t size, const char *text) {
  if (size == 0) return;
  strncpy(message, text, size - 1);
  message[size - 1] = 0;
}

czip_archive *czip_open(const void *bytes, size_t length, char *message, size_t message_size) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &error);
  zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
  czip_archive *archive = zip ? malloc(sizeof *archive) : NULL;
  if (archive) {
    archive->zip = zip;
  } else {
    copy_message(message, message_size, zip_error_strerror(&error));
    if (zip) {
      zip_discard(zip);
    } else if (source) {
      zip_source_free(source);
    }
  }
  zip_error_fini(&error);
  return archive;
}

int64_t czip_count(czip_archive *archive) { return zip_get_num_entries(archive->zip, 0); }

int32_t czip_describe(czip_archive *archive, uint64_t index, czip_entry *entry) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_stat_index(archive->zip, index, 0, &status) != 0) return 0;
  const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  entry->is_complete = (status.valid & needed) == needed;
  entry->name = status.valid & ZIP_STAT_NAME ? status.name : "";
  entry->size = status.valid & ZIP_STAT_SIZE ? status.size : 0;
  entry->compressed_size = status.valid & ZIP_STAT_COMP_SIZE ? status.comp_size : 0;
  entry->is_encrypted =
      status.valid & ZIP_STAT_ENCRYPTION_METHOD && status.encryption_method != ZIP_EM_NONE;
  return 1;
}

void czip_close(czip_archive *archive) {
  zip_discard(archive->zip);
  free(archive);
}

czip_stream *czip_entry_open(
    czip_archive *archive, uint64_t index, char *message, size_t message_size) {
  zip_file_t *file = zip_fopen_index(archive->zip, index, 0);
  czip_stream *stream = file ? malloc(sizeof *stream) : NULL;
  if (stream) {
    stream->file = file;
  } else {
    copy_message(message, message_size, zip_strerror(archive->zip));
    if (file) zip_fclose(file);
  }
  return stream;
}

int64_t czip_entry_read(czip_stream *stream, void *bytes, size_t length) {
  return zip_fread(stream->file, bytes, length);
}

void czip_entry_close(czip_stream *stream) {
  zip_fclose(stream->file);
  free(stream);
}

czip_writer *czip_create(void) {
  zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
  if (!target) return NULL;
  zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
  czip_writer *writer = zip ? malloc(sizeof *writer) : NULL;
  if (!writer) {
    if (zip) {
      zip_discard(zip);
    } else {
      zip_source_free(target);
    }
    return NULL;
  }
  // The archive owns one reference; this one lets the bytes be read after it is closed.
  zip_source_keep(target);
  writer->zip = zip;
  writer->target = target;
  return writer;
}

int32_t czip_add(
    czip_writer *writer, const char *name, const void *head, size_t head_length, const void *body,
    size_t body_length) {
  const zip_buffer_fragment_t pieces[2] = {
      {(zip_uint8_t *)head, head_length}, {(zip_uint8_t *)body, body_length}};
  zip_source_t *source = zip_source_buffer_fragment(writer->zip, pieces, body_length ? 2 : 1, 0);
  if (!source) return 0;
  zip_int64_t index = zip_file_add(writer->zip, name, source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return 0;
  }
  // A fixed date (1 January 1980) makes equal content equal bytes.
  return zip_set_file_compression(writer->zip, (zip_uint64_t)index, ZIP_CM_DEFLATE, 0) == 0 &&
         zip_file_set_dostime(writer->zip, (zip_uint64_t)index, 0, 0x21, 0) == 0;
}

static int read_target(czip_writer *writer, void **bytes, size_t *length) {
  zip_stat_t status;
  if (zip_source_open(writer->target) != 0) return 0;
  int done = 0;
  if (zip_source_stat(writer->target, &status) == 0 && status.valid & ZIP_STAT_SIZE) {
    void *memory = malloc(status.size ? status.size : 1);
    if (memory && zip_source_read(writer->target, memory, status.size) ==
                      (zip_int64_t)status.size) {
      *bytes = memory;
      *length = status.size;
      done = 1;
    } else {
      free(memory);
    }
  }
  zip_source_close(writer->target);
  return done;
}

int32_t czip_finish(
    czip_writer *writer, void **bytes, size_t *length, char *message, size_t message_size) {
  int done = 0;
  if (zip_close(writer->zip) != 0) {
    copy_message(message, message_size, zip_strerror(writer->zip));
    zip_discard(writer->zip);
  } else if (!(done = read_target(writer, bytes, length))) {
    copy_message(message, message_size, "the archive could not be read back");
  }
  zip_source_free(writer->target);
  free(writer);
  return done;
}

void czip_free(void *bytes) { free(bytes); }

czip_inflater *czip_inflate_begin(const void *bytes, size_t length) {
  czip_inflater *inflater = calloc(1, sizeof *inflater);
  if (!inflater) return NULL;
  inflater->next = bytes;
  inflater->left = length;
  if (inflateInit2(&inflater->stream, 16 + MAX_WBITS) != Z_OK) {
    free(inflater);
    return NULL;
  }
  return inflater;
}

int64_t czip_inflate_read(czip_inflater *inflater, void *bytes, size_t length) {
  z_stream *stream = &inflater->stream;
  if (length > INT_MAX) length = INT_MAX;
  stream->next_out = bytes;
  stream->avail_out = (uInt)length;
  while (stream->avail_out > 0) {
    if (inflater->is_between_members) {
      if (inflater->left == 0) break;
      inflateReset(stream);
      inflater->is_between_members = 0;
    }
    const uInt offered = inflater->left > INT_MAX ? INT_MAX : (uInt)inflater->left;
    stream->next_in = (Bytef *)inflater->next;
    stream->avail_in = offered;
    const int status = inflate(stream, Z_NO_FLUSH);
    inflater->next += offered - stream->avail_in;
    inflater->left -= offered - stream->avail_in;
    if (status == Z_STREAM_END) {
      inflater->is_between_members = 1;
    } else if (status == Z_BUF_ERROR || (status == Z_OK && inflater->left == 0 &&
                                         stream->avail_out > 0)) {
      return CZIP_TRUNCATED;
    } else if (status != Z_OK) {
      return CZIP_DAMAGED;
    }
  }
  return (int64_t)(length - stream->avail_out);
}

void czip_inflate_end(czip_inflater *inflater) {
  inflateEnd(&inflater->stream);
  free(inflater);
}

uint32_t czip_crc32(uint32_t sum, const void *bytes, size_t length) {
  if (length == 0) return sum;
  return (uint32_t)crc32_z(sum, bytes, length);
}

czip_deflate_counter *czip_deflate_counter_begin(int32_t level) {
  czip_deflate_counter *counter = calloc(1, sizeof *counter);
  if (!counter) return NULL;
  if (deflateInit(&counter->stream, level) != Z_OK) {
    free(counter);
    return NULL;
  }
  return counter;
}

int64_t czip_deflate_counter_add(
    czip_deflate_counter *counter, const void *bytes, size_t length, int32_t is_last) {
  unsigned char unused[1 << 14];
  z_stream *stream = &counter->stream;
  const unsigned char *next = bytes;
  do {
    const uInt offered = length > (1u << 30) ? (1u << 30) : (uInt)length;
    stream->next_in = (Bytef *)next;
    stream->avail_in = offered;
    next += offered;
    length -= offered;
    const int flush = is_last && length == 0 ? Z_FINISH : Z_NO_FLUSH;
    do {
      stream->next_out = unused;
      stream->avail_out = sizeof unused;
      if (deflate(stream, flush) == Z_STREAM_ERROR) return -1;
    } while (stream->avail_out == 0);
  } while (length > 0);
  return (int64_t)stream->total_out;
}

void czip_deflate_counter_end(czip_deflate_counter *counter) {
  deflateEnd(&counter->stream);
  free(counter);
}
