#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/// What gives the terminal back after a crash, by write and tcsetattr alone.
struct cnc_restoring {
  char sequence[256];
  size_t length;
  struct termios modes;
  bool has_modes;
};

extern struct cnc_restoring cnc_restoring;

/// Whether the terminal is taken over now.
extern volatile sig_atomic_t cnc_is_active;

/// Makes the pipe signals are written to; false where none can be had.
bool cnc_open_pipe(void);

/// Installs the handlers, once: reported signals go to the pipe, fatal ones restore the terminal.
void cnc_catch_signals(void);

/// Stops the process until it is told to go on.
void cnc_stop_process(void);
