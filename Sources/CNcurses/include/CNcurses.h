#pragma once

#include <stdbool.h>
#include <stdint.h>

/// The terminal through ncurses, as plain C types.
///
/// Swift can't use curses.h: the calls for attributes and sizes are macros, some functions are
/// variadic, and its global variables count as shared mutable state. Only CNcurses.c includes it.
/// Nothing here is safe to call from two threads; signal handlers only write to a pipe.

/// Colours as cnc_put takes them: the terminal's default, an index, or a 24-bit value.
#define CNC_COLOR_DEFAULT (-1)
/// Added to a value of red, green and blue parts.
#define CNC_COLOR_RGB 0x1000000

enum cnc_attribute {
  CNC_BOLD = 1,
  CNC_DIM = 2,
  CNC_UNDERLINE = 4,
  CNC_REVERSE = 8,
};

enum cnc_event_kind {
  CNC_NONE = 0,
  CNC_CHARACTER = 1,
  CNC_SPECIAL = 2,
  CNC_MOUSE = 3,
  /// Input has ended: the terminal is gone.
  CNC_CLOSED = 4,
};

enum cnc_special_key {
  CNC_KEY_NONE = 0,
  CNC_KEY_UP,
  CNC_KEY_DOWN,
  CNC_KEY_LEFT,
  CNC_KEY_RIGHT,
  CNC_KEY_HOME,
  CNC_KEY_END,
  CNC_KEY_PAGE_UP,
  CNC_KEY_PAGE_DOWN,
  CNC_KEY_ENTER,
  CNC_KEY_ESCAPE,
  CNC_KEY_TAB,
  CNC_KEY_BACKSPACE,
  CNC_KEY_DELETE,
  CNC_KEY_INSERT,
  /// Function keys 1...12 follow each other.
  CNC_KEY_F1,
  CNC_KEY_F12 = CNC_KEY_F1 + 11,
};

enum cnc_modifier {
  CNC_CONTROL = 1,
  CNC_ALT = 2,
  CNC_SHIFT = 4,
};

enum cnc_mouse_action {
  CNC_MOUSE_PRESS = 1,
  CNC_MOUSE_RELEASE = 2,
  CNC_MOUSE_DRAG = 3,
  CNC_MOUSE_WHEEL_UP = 4,
  CNC_MOUSE_WHEEL_DOWN = 5,
};

/// What cnc_start found out; 0 on success.
enum cnc_start_result {
  CNC_STARTED = 0,
  /// Standard input or output is no terminal.
  CNC_NOT_A_TERMINAL = 1,
  /// TERM is not set, or terminfo has no entry for it.
  CNC_UNKNOWN_TERMINAL = 2,
  /// The pipe for signals could not be made.
  CNC_NO_PIPE = 3,
};

struct cnc_capabilities {
  /// Whether colours work: has_colors and start_color succeeded.
  bool has_colors;
  /// COLORS; 0 without colours.
  int32_t colors;
  /// COLOR_PAIRS; 0 without colours.
  int32_t pairs;
  /// Whether terminfo has the RGB flag: colour numbers are 24-bit values.
  bool is_direct;
  /// Whether the locale's characters are UTF-8.
  bool is_utf8;
  /// Whether the terminal's default colours can be asked for.
  bool has_defaults;
};

struct cnc_event {
  int32_t kind;
  /// The code point of a character.
  uint32_t code_point;
  /// One of cnc_special_key.
  int32_t special;
  /// Bits of cnc_modifier.
  uint32_t modifiers;
  /// One of cnc_mouse_action.
  int32_t mouse_action;
  int32_t x;
  int32_t y;
};

/// Takes the terminal over: newterm, cbreak without signal keys, noecho, keypad, nodelay, leaveok.
///
/// Uses newterm and not initscr, which would end the process where TERM is unknown. Sets the
/// locale first, or ncurses draws nothing beyond ASCII. Restores the terminal at exit and on
/// fatal signals.
int32_t cnc_start(void);

/// Gives the terminal back: endwin, cursor, mouse off; does nothing the second time.
void cnc_stop(void);

/// What the terminal can do; asks nothing of it.
void cnc_get_capabilities(struct cnc_capabilities *result);

/// Gives up colours: later calls of cnc_put draw attributes only and no pair is asked for.
///
/// On terminals without colours alloc_pair crashes inside ncurses, so pairs are never touched
/// there either.
void cnc_disable_colors(void);

/// The size of the screen in cells.
void cnc_get_size(int32_t *columns, int32_t *rows);

/// Puts one grapheme, NUL-terminated UTF-8, on the screen in memory.
///
/// `cells` is the width it must have; where the C library disagrees, `?` is drawn instead, since
/// ncurses would shift the rest of the row or leave the cell out. Where the pair of colours can't
/// be had the cell is drawn without colours: ncurses on its own would not draw it at all.
void cnc_put(
  int32_t x, int32_t y, const char *grapheme, int32_t cells, uint32_t attributes,
  int32_t foreground, int32_t background);

/// Sends what changed: wnoutrefresh and one doupdate.
void cnc_flush(void);

/// Forgets what the terminal shows, so that the next flush sends all of it (clearok).
void cnc_redraw(void);

/// Shows the cursor at a place, or hides it for negative ones.
void cnc_set_cursor(int32_t x, int32_t y);

/// Reads one key or mouse event without waiting; kind is CNC_NONE where there is none.
void cnc_read(struct cnc_event *result);

/// Turns mouse reports on or off (mousemask, mouseinterval 0).
void cnc_set_mouse(bool is_on);

/// The read end of the pipe to which signals are written, one byte each: their numbers.
int32_t cnc_signal_descriptor(void);

/// The next signal that came: 0 where there is none.
int32_t cnc_next_signal(void);

/// Numbers of the signals told apart by Swift, which differ between systems.
int32_t cnc_signal_resize(void);
int32_t cnc_signal_continue(void);
int32_t cnc_signal_stop(void);

/// Takes over a changed size: asks the kernel, calls resizeterm.
void cnc_resize(void);

/// Gives the terminal back, stops the process, and takes the terminal again when it goes on.
void cnc_suspend(void);

/// Gives the terminal back for a while, as for another program.
void cnc_leave(void);

/// Takes the terminal again after cnc_leave.
void cnc_enter(void);

/// Rings the bell.
void cnc_bell(void);
