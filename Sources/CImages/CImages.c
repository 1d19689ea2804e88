#include "CImages.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

static int fail(cimg_image *image, int code, const char *text) {
  snprintf(image->message, sizeof image->message, "%s", text ? text : "");
  return code;
}

// Whether an image of this size may be decoded from `length` bytes. Deflate packs at most 1032 to 1, so a
// PNG that claims more is broken; JPEG has no such bound (`packing` 0).
static int check_size(
    cimg_image *image, size_t bits_per_pixel, size_t length, size_t packing, size_t max_pixels) {
  size_t width = image->width, height = image->height;
  if (width == 0 || height == 0) return fail(image, CIMG_BROKEN, "an image without pixels");
  if (width > 65535 || height > 65535 || width > max_pixels / height)
    return fail(image, CIMG_TOO_LARGE, "more pixels than allowed");
  size_t row = (width * bits_per_pixel + 7) / 8;
  if (packing != 0 && row * height / packing > length)
    return fail(image, CIMG_BROKEN, "the file is too short for its number of pixels");
  return CIMG_OK;
}

// In place for fewer channels; `pixels` is large enough for both forms.
static void to_gray(unsigned char *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const unsigned char *p = pixels + 3 * i;
    pixels[i] = (unsigned char)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + 0x8000u) >> 16);
  }
}

static void to_rgb(unsigned char *pixels, size_t count) {
  for (size_t i = count; i-- > 0;) {
    unsigned char value = pixels[i];
    pixels[3 * i] = pixels[3 * i + 1] = pixels[3 * i + 2] = value;
  }
}

// What a PNG decoder needs across longjmp; on the heap so that no value lives in a register.
typedef struct {
  const unsigned char *bytes;
  size_t length, position;
  cimg_image *image;
  unsigned char *pixels;
  png_bytep *rows;
  jmp_buf escape;
} png_state;

static void png_failed(png_structp png, png_const_charp text) {
  png_state *state = png_get_error_ptr(png);
  fail(state->image, CIMG_BROKEN, text);
  longjmp(state->escape, 1);
}

static void png_warned(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void png_take(png_structp png, png_bytep out, size_t count) {
  png_state *state = png_get_io_ptr(png);
  if (count > state->length - state->position) png_error(png, "the file ends within the image");
  memcpy(out, state->bytes + state->position, count);
  state->position += count;
}

// After the header: sets width, height and the file's channels.
static int png_header(png_structp png, png_infop info, png_state *state, size_t max_pixels) {
  cimg_image *image = state->image;
  png_read_info(png, info);
  image->width = png_get_image_width(png, info);
  image->height = png_get_image_height(png, info);
  int type = png_get_color_type(png, info);
  image->channels = type & PNG_COLOR_MASK_COLOR ? 3 : 1;
  size_t bits = (size_t)png_get_channels(png, info) * png_get_bit_depth(png, info);
  return check_size(image, bits, state->length, 1032, max_pixels);
}

static int png_rows(png_structp png, png_infop info, png_state *state, int channels) {
  cimg_image *image = state->image;
  png_set_strip_16(png);
  png_set_palette_to_rgb(png);
  png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t row = png_get_rowbytes(png, info);
  if (row != image->width * (size_t)image->channels)
    return fail(image, CIMG_UNSUPPORTED, "a PNG of an unusual pixel format");
  size_t widest = channels > image->channels ? channels : image->channels;
  state->pixels = malloc(image->width * image->height * widest);
  state->rows = malloc(image->height * sizeof *state->rows);
  if (!state->pixels || !state->rows) return fail(image, CIMG_NO_MEMORY, "no memory");
  for (size_t y = 0; y < image->height; y++) state->rows[y] = state->pixels + y * row;
  png_read_image(png, state->rows);
  png_read_end(png, NULL);
  return CIMG_OK;
}

// `channels` 0 reads the header only.
static int read_png(
    const unsigned char *bytes, size_t length, int channels, size_t max_pixels, cimg_image *image) {
  png_state *state = calloc(1, sizeof *state);
  if (!state) return fail(image, CIMG_NO_MEMORY, "no memory");
  state->bytes = bytes;
  state->length = length;
  state->image = image;
  png_structp volatile png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, state, png_failed, png_warned);
  png_infop volatile info = png ? png_create_info_struct(png) : NULL;
  int volatile code = CIMG_NO_MEMORY;
  if (!info) {
    fail(image, CIMG_NO_MEMORY, "no memory");
  } else if (setjmp(state->escape)) {
    code = CIMG_BROKEN;
  } else {
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, 8 << 20);
    png_set_chunk_cache_max(png, 64);
    png_set_read_fn(png, state, png_take);
    code = png_header(png, info, state, max_pixels);
    if (code == CIMG_OK && channels) code = png_rows(png, info, state, channels);
  }
  png_structp to_free = png;
  png_infop info_to_free = info;
  png_destroy_read_struct(&to_free, &info_to_free, NULL);
  if (code == CIMG_OK)
    image->pixels = state->pixels;
  else
    free(state->pixels);
  free(state->rows);
  free(state);
  return code;
}

static int jpeg_pixels(
    tjhandle decoder, const unsigned char *bytes, size_t length, int channels, cimg_image *image) {
  size_t widest = channels > image->channels ? channels : image->channels;
  unsigned char *pixels = malloc(image->width * image->height * widest);
  if (!pixels) return fail(image, CIMG_NO_MEMORY, "no memory");
  // The slow, exact DCT and smooth chroma are libjpeg's own defaults, and so Pillow's.
  int flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
  int result = tjDecompress2(
      decoder, bytes, length, pixels, (int)image->width, 0, (int)image->height,
      image->channels == 3 ? TJPF_RGB : TJPF_GRAY, flags);
  if (result != 0) {
    const char *text = tjGetErrorStr2(decoder);
    // Stray bytes between markers are common and harmless; a picture that ends early is not.
    if (tjGetErrorCode(decoder) != TJERR_WARNING || strstr(text, "remature end")) {
      free(pixels);
      return fail(image, CIMG_BROKEN, text);
    }
  }
  image->pixels = pixels;
  return CIMG_OK;
}

static int read_jpeg(
    const unsigned char *bytes, size_t length, int channels, size_t max_pixels, cimg_image *image) {
  tjhandle decoder = tjInitDecompress();
  if (!decoder) return fail(image, CIMG_NO_MEMORY, tjGetErrorStr2(NULL));
  int width = 0, height = 0, sampling = 0, space = 0, code;
  if (tjDecompressHeader3(decoder, bytes, length, &width, &height, &sampling, &space) != 0 &&
      tjGetErrorCode(decoder) != TJERR_WARNING) {
    code = fail(image, CIMG_BROKEN, tjGetErrorStr2(decoder));
  } else if (space == TJCS_CMYK || space == TJCS_YCCK) {
    code = fail(image, CIMG_UNSUPPORTED, "a CMYK image");
  } else {
    image->width = width > 0 ? (size_t)width : 0;
    image->height = height > 0 ? (size_t)height : 0;
    image->channels = space == TJCS_GRAY ? 1 : 3;
    code = check_size(image, 8, length, 0, max_pixels);
    if (code == CIMG_OK && channels) code = jpeg_pixels(decoder, bytes, length, channels, image);
  }
  tjDestroy(decoder);
  return code;
}

static int read_any(
    const unsigned char *bytes, size_t length, int channels, size_t max_pixels, cimg_image *image) {
  memset(image, 0, sizeof *image);
  if (length >= 8 && png_sig_cmp(bytes, 0, 8) == 0)
    return read_png(bytes, length, channels, max_pixels, image);
  if (length >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF)
    return read_jpeg(bytes, length, channels, max_pixels, image);
  return fail(image, CIMG_UNKNOWN, "neither PNG nor JPEG");
}

int cimg_probe(const unsigned char *bytes, size_t length, cimg_image *image) {
  return read_any(bytes, length, 0, (size_t)1 << 32, image);
}

int cimg_decode(
    const unsigned char *bytes, size_t length, int channels, size_t max_pixels, cimg_image *image) {
  int code = read_any(bytes, length, channels, max_pixels, image);
  if (code != CIMG_OK) return code;
  size_t count = image->width * image->height;
  if (image->channels == 3 && channels == 1) to_gray(image->pixels, count);
  if (image->channels == 1 && channels == 3) to_rgb(image->pixels, count);
  image->channels = channels;
  return CIMG_OK;
}

void cimg_release(cimg_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}

int cimg_encode_png(cimg_image *image, unsigned char **bytes, size_t *length) {
  png_image png;
  memset(&png, 0, sizeof png);
  png.version = PNG_IMAGE_VERSION;
  png.width = (png_uint_32)image->width;
  png.height = (png_uint_32)image->height;
  png.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  *bytes = NULL;
  // The first call tells the size.
  if (!png_image_write_to_memory(&png, NULL, &size, 0, image->pixels, 0, NULL))
    return fail(image, CIMG_NO_MEMORY, png.message);
  *bytes = malloc(size);
  if (!*bytes) return fail(image, CIMG_NO_MEMORY, "no memory");
  if (!png_image_write_to_memory(&png, *bytes, &size, 0, image->pixels, 0, NULL)) {
    free(*bytes);
    *bytes = NULL;
    return fail(image, CIMG_NO_MEMORY, png.message);
  }
  *length = size;
  return CIMG_OK;
}

void cimg_free(unsigned char *bytes) { free(bytes); }
