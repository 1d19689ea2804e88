// Without _GNU_SOURCE pipe2 is not declared.
#define _GNU_SOURCE

#include "Signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "CNcurses.h"

struct cnc_restoring cnc_restoring;
volatile sig_atomic_t cnc_is_active;

static int pipe_ends[2] = {-1, -1};
static struct sigaction earlier_actions[NSIG];

static void write_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  if (pipe_ends[1] >= 0) {
    // A full pipe means that many signals wait already.
    ssize_t ignored = write(pipe_ends[1], &byte, 1);
    (void)ignored;
  }
  errno = saved;
}

// endwin is not safe in a signal handler. After a crash only write and tcsetattr are used, with
// what terminfo said at the start. Then the signal takes its way: Swift's backtrace, or the end.
static void restore_after_crash(int number) {
  if (cnc_is_active) {
    cnc_is_active = 0;
    ssize_t ignored = write(STDOUT_FILENO, cnc_restoring.sequence, cnc_restoring.length);
    (void)ignored;
    if (cnc_restoring.has_modes) tcsetattr(STDIN_FILENO, TCSANOW, &cnc_restoring.modes);
  }
  sigaction(number, &earlier_actions[number], NULL);
  raise(number);
}

static void catch_signal(int number, void (*handler)(int), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = flags;
  sigaction(number, &action, NULL);
}

bool cnc_open_pipe(void) {
  if (pipe_ends[0] >= 0) return true;
#if defined(__linux__)
  return pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0;
#else
  if (pipe(pipe_ends) != 0) return false;
  for (int end = 0; end < 2; end++) {
    fcntl(pipe_ends[end], F_SETFD, FD_CLOEXEC);
    fcntl(pipe_ends[end], F_SETFL, O_NONBLOCK);
  }
  return true;
#endif
}

void cnc_catch_signals(void) {
  static bool is_done;
  if (is_done) return;
  is_done = true;
  static const int reported[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
  for (size_t i = 0; i < sizeof(reported) / sizeof(reported[0]); i++) {
    catch_signal(reported[i], write_signal, SA_RESTART);
  }
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT};
  for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
    sigaction(fatal[i], NULL, &earlier_actions[fatal[i]]);
    catch_signal(fatal[i], restore_after_crash, 0);
  }
  catch_signal(SIGPIPE, SIG_IGN, 0);
}

int32_t cnc_signal_descriptor(void) { return pipe_ends[0]; }

int32_t cnc_next_signal(void) {
  unsigned char byte = 0;
  if (pipe_ends[0] < 0 || read(pipe_ends[0], &byte, 1) != 1) return 0;
  return byte;
}

int32_t cnc_signal_resize(void) { return SIGWINCH; }
int32_t cnc_signal_continue(void) { return SIGCONT; }
int32_t cnc_signal_stop(void) { return SIGTSTP; }

void cnc_stop_process(void) {
  catch_signal(SIGTSTP, SIG_DFL, 0);
  // The whole group stops, as the terminal's own key would have it.
  kill(0, SIGTSTP);
  catch_signal(SIGTSTP, write_signal, SA_RESTART);
}
