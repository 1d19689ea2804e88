#include <limits.h>
#include <string.h>
#include <zlib.h>

#include "CImages.h"

int cimg_gunzip(
    const unsigned char *bytes, size_t length, unsigned char *output, size_t capacity,
    size_t *written) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  *written = 0;
  // 15 bits of window, 16: gzip framing only.
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return CIMG_NO_MEMORY;
  size_t taken = 0;
  int result = Z_OK;
  while (result == Z_OK) {
    // zlib counts in unsigned int, so feed it in pieces.
    size_t in = length - taken, out = capacity - *written;
    uInt in_piece = in > INT_MAX ? INT_MAX : (uInt)in;
    uInt out_piece = out > INT_MAX ? INT_MAX : (uInt)out;
    stream.next_in = (Bytef *)bytes + taken;
    stream.avail_in = in_piece;
    stream.next_out = output + *written;
    stream.avail_out = out_piece;
    result = inflate(&stream, Z_NO_FLUSH);
    taken += in_piece - stream.avail_in;
    *written += out_piece - stream.avail_out;
    if (result == Z_OK && out_piece == stream.avail_out && in_piece == stream.avail_in) break;
  }
  inflateEnd(&stream);
  if (result == Z_STREAM_END) return CIMG_OK;
  if (result == Z_MEM_ERROR) return CIMG_NO_MEMORY;
  // Full before the end: what was asked for is there.
  return *written == capacity && (result == Z_OK || result == Z_BUF_ERROR) ? CIMG_OK : CIMG_BROKEN;
}
