// Zip archives (libzip) and gzip streams (zlib) behind plain C types: the only place of the package
// that sees the headers of either library.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// An archive opened for reading over bytes that the caller keeps alive.
typedef struct czip_archive czip_archive;
/// An archive being written; it is built in memory.
typedef struct czip_writer czip_writer;
/// An entry being decompressed.
typedef struct czip_stream czip_stream;
/// A gzip stream being decompressed, over bytes that the caller keeps alive.
typedef struct czip_inflater czip_inflater;

/// What the directory of an archive declares about an entry: unchecked numbers from the file.
typedef struct {
  const char *name;
  uint64_t size;
  uint64_t compressed_size;
  int32_t is_encrypted;
  int32_t is_complete;
} czip_entry;

/// Opens an archive; NULL on failure, with the library's reason in `message`.
czip_archive *czip_open(const void *bytes, size_t length, char *message, size_t message_size);
int64_t czip_count(czip_archive *archive);
/// Whether the entry at `index` could be described.
int32_t czip_describe(czip_archive *archive, uint64_t index, czip_entry *entry);
void czip_close(czip_archive *archive);

/// Starts decompressing an entry; NULL on failure, with the reason in `message`.
czip_stream *czip_entry_open(
    czip_archive *archive, uint64_t index, char *message, size_t message_size);
/// Reads up to `length` bytes: the count, 0 at the end (checksum verified), negative for damage.
int64_t czip_entry_read(czip_stream *stream, void *bytes, size_t length);
void czip_entry_close(czip_stream *stream);

/// NULL when memory runs out.
czip_writer *czip_create(void);
/// Adds a deflated entry made of two pieces, which must stay in place until `czip_finish`.
int32_t czip_add(
    czip_writer *writer, const char *name, const void *head, size_t head_length, const void *body,
    size_t body_length);
/// Writes the archive into new memory (`czip_free`) and disposes of the writer in every case.
int32_t czip_finish(
    czip_writer *writer, void **bytes, size_t *length, char *message, size_t message_size);
void czip_free(void *bytes);

#define CZIP_DAMAGED (-1)
#define CZIP_TRUNCATED (-2)

/// Starts decompressing gzip data of one or more members; NULL when memory runs out.
czip_inflater *czip_inflate_begin(const void *bytes, size_t length);
/// Reads up to `length` bytes: the count, 0 at the end, CZIP_DAMAGED or CZIP_TRUNCATED.
int64_t czip_inflate_read(czip_inflater *inflater, void *bytes, size_t length);
void czip_inflate_end(czip_inflater *inflater);

/// The CRC-32 of what `sum` covers followed by these bytes; `sum` is 0 at the start.
uint32_t czip_crc32(uint32_t sum, const void *bytes, size_t length);

/// Counts what data would take when deflated, without keeping the result.
typedef struct czip_deflate_counter czip_deflate_counter;
/// Starts at a level of 1 to 9; NULL when memory runs out.
czip_deflate_counter *czip_deflate_counter_begin(int32_t level);
/// Adds bytes; returns the compressed bytes so far, all of them with `is_last`, or -1 on failure.
int64_t czip_deflate_counter_add(
    czip_deflate_counter *counter, const void *bytes, size_t length, int32_t is_last);
void czip_deflate_counter_end(czip_deflate_counter *counter);
