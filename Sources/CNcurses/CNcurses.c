// Without _GNU_SOURCE wcwidth is not declared; without NCURSES_WIDECHAR neither are the wide calls.
#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1

#include "CNcurses.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "Signals.h"

static SCREEN *screen;
static bool has_color;
static bool has_default_colors;
static bool wants_mouse;

// Keys that terminfo knows only by extended names: xterm's arrows and the like with modifiers.
// ncurses gives their codes at run time.
struct extended_key {
  int code;
  int32_t special;
  uint32_t modifiers;
};
static struct extended_key extended_keys[96];
static int extended_count;

// --- Start and stop -----------------------------------------------------------------------------

static bool has_string(const char *name) {
  const char *text = tigetstr(name);
  return text != NULL && text != (const char *)-1;
}

// Adds a terminfo string, without the delays that only printing terminals need.
static void add_restoring(const char *name) {
  const char *text = tigetstr(name);
  if (text == NULL || text == (const char *)-1) return;
  while (*text != 0 && cnc_restoring.length < sizeof(cnc_restoring.sequence)) {
    if (text[0] == '$' && text[1] == '<') {
      while (*text != 0 && *text != '>') text++;
      if (*text != 0) text++;
      continue;
    }
    cnc_restoring.sequence[cnc_restoring.length++] = *text++;
  }
}

static void prepare_restoring(void) {
  cnc_restoring.length = 0;
  static const char *const names[] = {"sgr0", "rmkx", "rmcup", "cnorm"};
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) add_restoring(names[i]);
  static const char mouse_off[] = "\033[?1000l\033[?1002l\033[?1006l";
  if (has_string("XM") && cnc_restoring.length + sizeof(mouse_off) <= sizeof(cnc_restoring.sequence)) {
    memcpy(cnc_restoring.sequence + cnc_restoring.length, mouse_off, sizeof(mouse_off) - 1);
    cnc_restoring.length += sizeof(mouse_off) - 1;
  }
}

static void find_extended_keys(void) {
  static const struct {
    const char *name;
    int32_t special;
  } bases[] = {
    {"kUP", CNC_KEY_UP},       {"kDN", CNC_KEY_DOWN},      {"kLFT", CNC_KEY_LEFT},
    {"kRIT", CNC_KEY_RIGHT},   {"kHOM", CNC_KEY_HOME},     {"kEND", CNC_KEY_END},
    {"kPRV", CNC_KEY_PAGE_UP}, {"kNXT", CNC_KEY_PAGE_DOWN}, {"kDC", CNC_KEY_DELETE},
    {"kIC", CNC_KEY_INSERT},
  };
  // The digit after the name is 1 plus the modifiers: 1 shift, 2 alt, 4 control.
  static const uint32_t modifiers[] = {
    CNC_SHIFT, CNC_ALT, CNC_SHIFT | CNC_ALT, CNC_CONTROL, CNC_SHIFT | CNC_CONTROL,
    CNC_ALT | CNC_CONTROL, CNC_SHIFT | CNC_ALT | CNC_CONTROL,
  };
  extended_count = 0;
  for (size_t base = 0; base < sizeof(bases) / sizeof(bases[0]); base++) {
    for (int step = 2; step <= 8; step++) {
      char name[8];
      // Shift alone has no digit in terminfo: kLFT, kLFT3, kLFT4 ...
      if (step == 2) snprintf(name, sizeof(name), "%s", bases[base].name);
      else snprintf(name, sizeof(name), "%s%d", bases[base].name, step);
      char *sequence = tigetstr(name);
      if (sequence == NULL || sequence == (char *)-1) continue;
      int code = key_defined(sequence);
      if (code <= 0 || extended_count == (int)(sizeof(extended_keys) / sizeof(extended_keys[0]))) {
        continue;
      }
      extended_keys[extended_count++] =
        (struct extended_key){code, bases[base].special, modifiers[step - 2]};
    }
  }
}

// Keys whose sequences terminfo entries of tmux, screen and vt100 lack though terminals send them.
static void define_missing_keys(void) {
  static const struct {
    char final;
    int32_t special;
  } finals[] = {
    {'A', CNC_KEY_UP},   {'B', CNC_KEY_DOWN}, {'C', CNC_KEY_RIGHT},
    {'D', CNC_KEY_LEFT}, {'H', CNC_KEY_HOME}, {'F', CNC_KEY_END},
  };
  // Fixed sequences first, under the codes that set_key_code knows.
  static const struct {
    const char *sequence;
    int code;
  } fixed[] = {
    {"\033[Z", KEY_BTAB},   {"\033[1~", KEY_HOME},  {"\033[4~", KEY_END},
    {"\033[7~", KEY_HOME},  {"\033[8~", KEY_END},   {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},    {"\033OH", KEY_HOME},   {"\033OF", KEY_END},
    {"\033[2~", KEY_IC},    {"\033[3~", KEY_DC},    {"\033[5~", KEY_PPAGE},
    {"\033[6~", KEY_NPAGE}, {"\033[A", KEY_UP},     {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},  {"\033[D", KEY_LEFT},   {"\033OP", KEY_F(1)},
    {"\033OQ", KEY_F(2)},   {"\033OR", KEY_F(3)},   {"\033OS", KEY_F(4)},
    {"\033[15~", KEY_F(5)}, {"\033[17~", KEY_F(6)}, {"\033[18~", KEY_F(7)},
    {"\033[19~", KEY_F(8)}, {"\033[20~", KEY_F(9)}, {"\033[21~", KEY_F(10)},
    {"\033[23~", KEY_F(11)}, {"\033[24~", KEY_F(12)},
  };
  for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
    if (key_defined(fixed[i].sequence) == 0) define_key(fixed[i].sequence, fixed[i].code);
  }
  int code = KEY_MAX + 1000;
  for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
    for (uint32_t bits = 1; bits <= 7; bits++) {
      char sequence[16];
      snprintf(sequence, sizeof(sequence), "\033[1;%u%c", bits + 1, finals[i].final);
      if (key_defined(sequence) != 0) continue;
      if (extended_count == (int)(sizeof(extended_keys) / sizeof(extended_keys[0]))) return;
      uint32_t modifiers = ((bits & 1) ? CNC_SHIFT : 0) | ((bits & 2) ? CNC_ALT : 0)
        | ((bits & 4) ? CNC_CONTROL : 0);
      if (define_key(sequence, code) != OK) continue;
      extended_keys[extended_count++] =
        (struct extended_key){code++, finals[i].special, modifiers};
    }
  }
}

static void set_modes(void) {
  // raw and not cbreak: C-c, C-z, C-s and C-q are keys of the program.
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  intrflush(stdscr, FALSE);
  scrollok(stdscr, FALSE);
  set_escdelay(25);
  curs_set(0);
}

static void report_mouse(bool is_on) {
  if (!is_on && !wants_mouse) return;
  mouseinterval(0);
  mousemask(
    is_on ? BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED
        | REPORT_MOUSE_POSITION
          : 0,
    NULL);
  // terminfo's XM asks for presses only; drags need mode 1002 beside it.
  if (has_string("XM")) {
    putp(is_on ? "\033[?1002h" : "\033[?1002l");
    fflush(stdout);
  }
}

int32_t cnc_start(void) {
  if (cnc_is_active) return CNC_STARTED;
  if (screen != NULL) {
    cnc_enter();
    return CNC_STARTED;
  }
  // Only the character set: a decimal comma would break numbers written by C libraries.
  setlocale(LC_CTYPE, "");
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return CNC_NOT_A_TERMINAL;
  if (!cnc_open_pipe()) return CNC_NO_PIPE;
  cnc_restoring.has_modes = tcgetattr(STDIN_FILENO, &cnc_restoring.modes) == 0;
  // setupterm tells what newterm only prints.
  int status = 0;
  if (setupterm(NULL, STDOUT_FILENO, &status) != OK) return CNC_UNKNOWN_TERMINAL;
  // Before newterm, which installs handlers of its own where there are none.
  cnc_catch_signals();
  screen = newterm(NULL, stdout, stdin);
  if (screen == NULL) return CNC_UNKNOWN_TERMINAL;
  set_term(screen);
  has_color = has_colors() && start_color() == OK && COLORS >= 8;
  has_default_colors = has_color && use_default_colors() == OK;
  set_modes();
  find_extended_keys();
  define_missing_keys();
  prepare_restoring();
  cnc_is_active = 1;
  atexit(cnc_stop);
  return CNC_STARTED;
}

void cnc_leave(void) {
  if (!cnc_is_active) return;
  cnc_is_active = 0;
  report_mouse(false);
  curs_set(1);
  endwin();
  fflush(stdout);
}

void cnc_stop(void) { cnc_leave(); }

void cnc_enter(void) {
  if (screen == NULL || cnc_is_active) return;
  cnc_is_active = 1;
  reset_prog_mode();
  set_modes();
  if (wants_mouse) report_mouse(true);
  cnc_resize();
  clearok(curscr, TRUE);
}

void cnc_suspend(void) {
  if (!cnc_is_active) return;
  cnc_leave();
  cnc_stop_process();
  cnc_enter();
}

// --- Capabilities -------------------------------------------------------------------------------

void cnc_get_capabilities(struct cnc_capabilities *result) {
  memset(result, 0, sizeof(*result));
  const char *codeset = nl_langinfo(CODESET);
  result->is_utf8 = codeset != NULL
    && (strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0);
  result->has_colors = has_color;
  result->colors = has_color ? COLORS : 0;
  result->pairs = has_color ? COLOR_PAIRS : 0;
  // tigetflag gives -1 where the name is no flag of this entry.
  result->is_direct = has_color && tigetflag("RGB") > 0 && COLORS >= 0x1000000;
  result->has_defaults = has_default_colors;
}

void cnc_disable_colors(void) { has_color = false; }

// term.h makes `columns` and `lines` macros, hence the names.
void cnc_get_size(int32_t *width, int32_t *height) {
  int y = 0, x = 0;
  if (screen != NULL) getmaxyx(stdscr, y, x);
  *width = x;
  *height = y;
}

void cnc_resize(void) {
  struct winsize size;
  if (screen == NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
  if (size.ws_row == 0 || size.ws_col == 0) return;
  resizeterm(size.ws_row, size.ws_col);
}

// --- Drawing ------------------------------------------------------------------------------------

static int color_number(int32_t color) {
  return color >= CNC_COLOR_RGB ? color - CNC_COLOR_RGB : color;
}

// The number of a pair for two colours; 0, the default pair, where none can be had.
//
// alloc_pair finds a pair that is in use already, and when all are taken it reuses the one least
// recently used. Cells that still show that one change their colours, so with few pairs the
// caller quantises first.
static int pair_number(int32_t foreground, int32_t background) {
  int front = color_number(foreground), back = color_number(background);
  if (!has_color || (front < 0 && back < 0)) return 0;
  if (front >= COLORS || back >= COLORS) return 0;
  if (!has_default_colors) {
    if (front < 0) front = COLOR_WHITE;
    if (back < 0) back = COLOR_BLACK;
  }
  int pair = alloc_pair(front, back);
  return pair < 0 ? 0 : pair;
}

static bool is_drawable(const wchar_t *text, int32_t cells) {
  if (text[0] == 0 || wcwidth(text[0]) != cells) return false;
  for (int i = 1; text[i] != 0; i++) {
    if (wcwidth(text[i]) != 0) return false;
  }
  return true;
}

void cnc_put(
  int32_t x, int32_t y, const char *grapheme, int32_t cells, uint32_t attributes,
  int32_t foreground, int32_t background) {
  attr_t bits = A_NORMAL;
  if (attributes & CNC_BOLD) bits |= A_BOLD;
  if (attributes & CNC_DIM) bits |= A_DIM;
  if (attributes & CNC_UNDERLINE) bits |= A_UNDERLINE;
  if (attributes & CNC_REVERSE) bits |= A_REVERSE;

  wchar_t text[CCHARW_MAX + 1];
  size_t length = mbstowcs(text, grapheme, CCHARW_MAX);
  bool is_valid = length != (size_t)-1;
  if (is_valid) text[length] = 0;

  int pair = pair_number(foreground, background);
  cchar_t cell;
  if (!is_valid || !is_drawable(text, cells) || setcchar(&cell, text, bits, 0, &pair) != OK) {
    // Outside UTF-8, or newer than the C library's tables.
    setcchar(&cell, L"?", bits, 0, &pair);
    for (int32_t i = 1; i < cells; i++) mvadd_wch(y, x + i, &cell);
  }
  // The last cell of the screen gives an error and is drawn all the same.
  mvadd_wch(y, x, &cell);
}

void cnc_flush(void) {
  if (!cnc_is_active) return;
  wnoutrefresh(stdscr);
  doupdate();
}

void cnc_redraw(void) {
  if (cnc_is_active) clearok(curscr, TRUE);
}

void cnc_set_cursor(int32_t x, int32_t y) {
  if (!cnc_is_active) return;
  bool is_shown = x >= 0 && y >= 0;
  leaveok(stdscr, !is_shown);
  curs_set(is_shown ? 1 : 0);
  if (is_shown) wmove(stdscr, y, x);
}

void cnc_bell(void) {
  if (cnc_is_active) beep();
}

// --- Input --------------------------------------------------------------------------------------

static void set_special(struct cnc_event *event, int32_t special, uint32_t modifiers) {
  event->kind = CNC_SPECIAL;
  event->special = special;
  event->modifiers |= modifiers;
}

static void set_character(struct cnc_event *event, wint_t code) {
  switch (code) {
    case 0x1B: set_special(event, CNC_KEY_ESCAPE, 0); return;
    case '\t': set_special(event, CNC_KEY_TAB, 0); return;
    case '\r':
    case '\n': set_special(event, CNC_KEY_ENTER, 0); return;
    case 0x7F:
    case 0x08: set_special(event, CNC_KEY_BACKSPACE, 0); return;
    default: break;
  }
  event->kind = CNC_CHARACTER;
  if (code == 0) {
    event->code_point = ' ';
    event->modifiers |= CNC_CONTROL;
  } else if (code < 0x20) {
    // C-a ... C-z, then C-\ C-] C-^ C-_.
    event->code_point = code <= 26 ? code + 0x60 : code + 0x40;
    event->modifiers |= CNC_CONTROL;
  } else {
    event->code_point = (uint32_t)code;
  }
}

// Mouse events read and not yet handed on, the next one last.
static MEVENT waiting_mouse[16];
static int waiting_mouse_count;

static void set_mouse_event(struct cnc_event *event) {
  if (waiting_mouse_count == 0) {
    // Several events that came at once make one KEY_MOUSE, and getmouse gives the latest first.
    const int most = (int)(sizeof(waiting_mouse) / sizeof(waiting_mouse[0]));
    while (waiting_mouse_count < most && getmouse(&waiting_mouse[waiting_mouse_count]) == OK) {
      waiting_mouse_count++;
    }
    if (waiting_mouse_count == 0) return;
  }
  MEVENT mouse = waiting_mouse[--waiting_mouse_count];
  event->x = mouse.x;
  event->y = mouse.y;
  event->kind = CNC_MOUSE;
  if (mouse.bstate & BUTTON4_PRESSED) event->mouse_action = CNC_MOUSE_WHEEL_UP;
  else if (mouse.bstate & BUTTON5_PRESSED) event->mouse_action = CNC_MOUSE_WHEEL_DOWN;
  else if (mouse.bstate & BUTTON1_PRESSED) event->mouse_action = CNC_MOUSE_PRESS;
  else if (mouse.bstate & BUTTON1_RELEASED) event->mouse_action = CNC_MOUSE_RELEASE;
  else if (mouse.bstate & REPORT_MOUSE_POSITION) event->mouse_action = CNC_MOUSE_DRAG;
  else event->kind = CNC_NONE;
}

static void set_key_code(struct cnc_event *event, int code) {
  for (int i = 0; i < extended_count; i++) {
    if (extended_keys[i].code == code) {
      set_special(event, extended_keys[i].special, extended_keys[i].modifiers);
      return;
    }
  }
  if (code > KEY_F0 && code <= KEY_F(12)) {
    set_special(event, CNC_KEY_F1 + (code - KEY_F(1)), 0);
    return;
  }
  switch (code) {
    case KEY_UP: set_special(event, CNC_KEY_UP, 0); return;
    case KEY_DOWN: set_special(event, CNC_KEY_DOWN, 0); return;
    case KEY_LEFT: set_special(event, CNC_KEY_LEFT, 0); return;
    case KEY_RIGHT: set_special(event, CNC_KEY_RIGHT, 0); return;
    case KEY_SR: set_special(event, CNC_KEY_UP, CNC_SHIFT); return;
    case KEY_SF: set_special(event, CNC_KEY_DOWN, CNC_SHIFT); return;
    case KEY_SLEFT: set_special(event, CNC_KEY_LEFT, CNC_SHIFT); return;
    case KEY_SRIGHT: set_special(event, CNC_KEY_RIGHT, CNC_SHIFT); return;
    case KEY_HOME:
    case KEY_A1: set_special(event, CNC_KEY_HOME, 0); return;
    case KEY_SHOME: set_special(event, CNC_KEY_HOME, CNC_SHIFT); return;
    case KEY_END:
    case KEY_LL:
    case KEY_C1: set_special(event, CNC_KEY_END, 0); return;
    case KEY_SEND: set_special(event, CNC_KEY_END, CNC_SHIFT); return;
    case KEY_PPAGE:
    case KEY_A3: set_special(event, CNC_KEY_PAGE_UP, 0); return;
    case KEY_NPAGE:
    case KEY_C3: set_special(event, CNC_KEY_PAGE_DOWN, 0); return;
    case KEY_ENTER: set_special(event, CNC_KEY_ENTER, 0); return;
    case KEY_BTAB: set_special(event, CNC_KEY_TAB, CNC_SHIFT); return;
    case KEY_BACKSPACE: set_special(event, CNC_KEY_BACKSPACE, 0); return;
    case KEY_DC: set_special(event, CNC_KEY_DELETE, 0); return;
    case KEY_SDC: set_special(event, CNC_KEY_DELETE, CNC_SHIFT); return;
    case KEY_IC: set_special(event, CNC_KEY_INSERT, 0); return;
    case KEY_EXIT:
    case KEY_CANCEL: set_special(event, CNC_KEY_ESCAPE, 0); return;
    case KEY_MOUSE: set_mouse_event(event); return;
    default: return;
  }
}

// Whether reading failed because the terminal is gone and not because nothing was typed.
static bool is_input_closed(void) {
  int waiting = 0;
  if (ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0) return true;
  struct termios modes;
  return tcgetattr(STDIN_FILENO, &modes) != 0;
}

void cnc_read(struct cnc_event *result) {
  memset(result, 0, sizeof(*result));
  if (!cnc_is_active) return;
  // Codes without meaning, such as those of unknown keys, are passed over.
  for (int tries = 0; tries < 64 && result->kind == CNC_NONE; tries++) {
    if (waiting_mouse_count > 0) {
      set_mouse_event(result);
      continue;
    }
    wint_t code = 0;
    int kind = get_wch(&code);
    if (kind == ERR) {
      if (is_input_closed()) result->kind = CNC_CLOSED;
      return;
    }
    if (kind == KEY_CODE_YES) {
      set_key_code(result, (int)code);
      continue;
    }
    if (code != 0x1B) {
      set_character(result, code);
      continue;
    }
    // Escape with a character at once behind it is that character with alt. ncurses has waited
    // ESCDELAY for the rest of a sequence already.
    wint_t next = 0;
    int next_kind = get_wch(&next);
    if (next_kind == ERR || (next_kind == OK && next == 0x1B)) {
      if (next_kind == OK) unget_wch((wchar_t)next);
      set_special(result, CNC_KEY_ESCAPE, 0);
    } else {
      result->modifiers = CNC_ALT;
      if (next_kind == KEY_CODE_YES) set_key_code(result, (int)next);
      else set_character(result, next);
      if (result->kind == CNC_NONE) result->modifiers = 0;
    }
  }
}

void cnc_set_mouse(bool is_on) {
  if (is_on == wants_mouse) return;
  if (is_on) wants_mouse = true;
  if (screen != NULL && cnc_is_active) report_mouse(is_on);
  wants_mouse = is_on;
}
