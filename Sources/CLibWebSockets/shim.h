// What Swift cannot import from libwebsockets, libev and the kernel's headers: expression macros,
// variadic functions, and one struct whose address must not move. Nothing here decides anything.
#ifndef CLIBWEBSOCKETS_SHIM_H
#define CLIBWEBSOCKETS_SHIM_H

#include <ev.h>
#include <libwebsockets.h>
#include <linux/sockios.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

/// Bytes that lws_write may overwrite in front of the payload (LWS_PRE is an expression macro).
static inline size_t clws_pre(void) { return LWS_PRE; }

/// TLS 1.2 at least, no compression, no renegotiation, buffers freed while idle. The functions
/// behind these names are macros.
static inline void clws_tls_harden(SSL_CTX *context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

/// Bytes written to a TCP socket that its peer has not acknowledged yet; 0 if unknown (tcp(7)).
static inline int clws_unacknowledged(int fd) {
  int bytes = 0;
  return ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

/// Names the calling thread for ps and debuggers; 15 bytes at most (prctl(2) is variadic).
static inline void clws_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/// A libev loop of one's own. The environment (LIBEV_FLAGS) has no say in it.
static inline struct ev_loop *clws_loop_new(void) { return ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV); }
static inline void clws_loop_run(struct ev_loop *loop) { ev_run(loop, 0); }
static inline void clws_loop_break(struct ev_loop *loop) { ev_break(loop, EVBREAK_ALL); }
static inline void clws_loop_destroy(struct ev_loop *loop) { ev_loop_destroy(loop); }

/// A timer of the service loop with its owner. `timer` stays first: the callback is handed its address.
struct clws_timer {
  lws_sorted_usec_list_t timer;
  void *owner;
};

#endif
