#ifndef CIMAGES_H
#define CIMAGES_H

#include <stddef.h>

// PNG and JPEG decoding to 8-bit gray or RGB, and PNG encoding. Nothing here aborts, prints or keeps state; every
// call works in memory only, so any number of threads may call at once.

enum {
  CIMG_OK = 0,
  // Neither a PNG nor a JPEG signature.
  CIMG_UNKNOWN = 1,
  // The content breaks its format, or ends early.
  CIMG_BROKEN = 2,
  // Wider, higher or larger than the limits.
  CIMG_TOO_LARGE = 3,
  // Valid, but of a kind that is not read (CMYK).
  CIMG_UNSUPPORTED = 4,
  // No memory.
  CIMG_NO_MEMORY = 5
};

typedef struct {
  size_t width, height;
  // 1 (gray) or 3 (RGB): of the file after cimg_probe, of `pixels` after cimg_decode.
  int channels;
  // Rows from the top, channels interleaved; to be released with cimg_release.
  unsigned char *pixels;
  // What went wrong, in the library's words; always terminated.
  char message[200];
} cimg_image;

// Reads size and channels only.
int cimg_probe(const unsigned char *bytes, size_t length, cimg_image *image);

// Decodes to `channels` channels. Alpha is dropped, 16-bit samples keep their high byte, palettes are
// resolved, RGB becomes gray by (19595 R + 38470 G + 7471 B + 32768) / 65536, as Pillow's convert() does.
// `max_pixels` is the limit of width times height; a side is at most 65535.
int cimg_decode(
    const unsigned char *bytes, size_t length, int channels, size_t max_pixels, cimg_image *image);

// Encodes 8-bit RGB (`image->pixels`, `width`, `height`; `channels` is 3) as a PNG into new memory, to be
// released with cimg_free.
int cimg_encode_png(cimg_image *image, unsigned char **bytes, size_t *length);

void cimg_free(unsigned char *bytes);

void cimg_release(cimg_image *image);

#endif
