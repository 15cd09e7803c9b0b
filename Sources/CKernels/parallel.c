#define _GNU_SOURCE

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "CKernels.h"

// The layers of a network follow each other within microseconds, much faster than the system wakes
// a sleeping thread. Helpers therefore look for the next loop for this long before they sleep.
enum { patience_nanoseconds = 100000, most_helpers = 63 };

// One loop at a time runs on the helpers. A loop that finds them busy, because it is inside another
// loop or beside it, runs on its own thread alone.
static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;

// Guards all that follows, except that `next`, `loops` and `active` are also read without it.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t loop_started = PTHREAD_COND_INITIALIZER;
static pthread_cond_t helper_finished = PTHREAD_COND_INITIALIZER;
static size_t helpers, sleeping;
// How many loops there have been.
static atomic_size_t loops;
// The loop that runs now: the first `workers` - 1 helpers may join it while `is_open`; `active` are
// at work.
static int is_open;
static size_t workers;
static atomic_size_t active;
static ck_loop_body body;
static void *context;
// Worker w begins with its own share of the indices, the same share in every loop, since what it
// wrote in the last loop is still in its core's cache; then it helps with the other shares.
static struct {
  atomic_size_t next;
  size_t end;
  // A cache line for each.
  char padding[64 - 2 * sizeof(size_t)];
} shares[most_helpers + 1];

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Waits until *value is not (or, for `until_equal`, is) `reference`, but not for long.
static void wait_briefly(atomic_size_t *value, size_t reference, int until_equal) {
  const int64_t end = nanoseconds() + patience_nanoseconds;
  do {
    for (int i = 0; i < 64; i++) {
      if ((atomic_load_explicit(value, memory_order_acquire) == reference) == until_equal) return;
      relax();
    }
  } while (nanoseconds() < end);
}

static void take_indices(size_t worker) {
  const ck_loop_body this_body = body;
  void *const this_context = context;
  const size_t share_count = workers;
  for (size_t i = 0; i < share_count; i++) {
    const size_t share = (worker + i) % share_count;
    const size_t end = shares[share].end;
    for (;;) {
      const size_t index = atomic_fetch_add_explicit(&shares[share].next, 1, memory_order_relaxed);
      if (index >= end) break;
      this_body(this_context, index, worker);
    }
  }
}

static void *help(void *number) {
  const size_t worker = (size_t)number;
  size_t seen = 0;
  for (;;) {
    wait_briefly(&loops, seen, 0);
    pthread_mutex_lock(&lock);
    while (atomic_load_explicit(&loops, memory_order_relaxed) == seen) {
      sleeping++;
      pthread_cond_wait(&loop_started, &lock);
      sleeping--;
    }
    seen = atomic_load_explicit(&loops, memory_order_relaxed);
    if (is_open && worker < workers) {
      atomic_fetch_add_explicit(&active, 1, memory_order_relaxed);
      pthread_mutex_unlock(&lock);
      take_indices(worker);
      pthread_mutex_lock(&lock);
      if (atomic_fetch_sub_explicit(&active, 1, memory_order_release) == 1)
        pthread_cond_signal(&helper_finished);
    }
    pthread_mutex_unlock(&lock);
  }
  return NULL;
}

void ck_parallel_for(size_t iterations, size_t threads, ck_loop_body loop_body,
                     void *loop_context) {
  if (iterations <= 1 || threads <= 1 || pthread_mutex_trylock(&busy) != 0) {
    for (size_t i = 0; i < iterations; i++) loop_body(loop_context, i, 0);
    return;
  }
  if (threads > iterations) threads = iterations;
  if (threads > most_helpers + 1) threads = most_helpers + 1;
  pthread_mutex_lock(&lock);
  while (helpers + 1 < threads) {
    pthread_t thread;
    // Without the helper the loop runs, too, only slower.
    if (pthread_create(&thread, NULL, help, (void *)(helpers + 1)) != 0) break;
    pthread_detach(thread);
    helpers++;
  }
  body = loop_body;
  context = loop_context;
  for (size_t w = 0; w < threads; w++) {
    atomic_store_explicit(&shares[w].next, w * iterations / threads, memory_order_relaxed);
    shares[w].end = (w + 1) * iterations / threads;
  }
  is_open = 1;
  workers = threads;
  atomic_fetch_add_explicit(&loops, 1, memory_order_release);
  if (sleeping > 0) pthread_cond_broadcast(&loop_started);
  pthread_mutex_unlock(&lock);

  take_indices(0);

  // Nobody joins any more; those who did may still be at their last index.
  pthread_mutex_lock(&lock);
  is_open = 0;
  pthread_mutex_unlock(&lock);
  wait_briefly(&active, 0, 1);
  pthread_mutex_lock(&lock);
  while (atomic_load_explicit(&active, memory_order_acquire) > 0)
    pthread_cond_wait(&helper_finished, &lock);
  pthread_mutex_unlock(&lock);
  pthread_mutex_unlock(&busy);
}
