// A small server of wolfSSL with its own defaults, one connection at a time; ends only by a signal.
// Usage: wolfssl_server tcp|udp PORT CERT KEY [CA|- [SUITES]]
// With CA a client certificate is required. SUITES: wolfSSL's names with ':' between, anonymous ones too; default: its own choice.
#include <wolfssl/options.h>
// options.h comes first
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <wolfssl/ssl.h>

static int bound(int udp, const char* port) {
  const int one = 1, link = socket(AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)atoi(port)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(link, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(link, (struct sockaddr*)&here, sizeof here) != 0 || (!udp && listen(link, 16) != 0)) exit(1);
  return link;
}

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const int udp = strcmp(argv[1], "udp") == 0;
  const struct timeval patience = {.tv_sec = 2};
  signal(SIGPIPE, SIG_IGN);
  wolfSSL_Init();
  WOLFSSL_CTX* context = wolfSSL_CTX_new(udp ? wolfDTLS_server_method() : wolfSSLv23_server_method());
  if (context == NULL ||
      wolfSSL_CTX_use_certificate_file(context, argv[3], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS ||
      wolfSSL_CTX_use_PrivateKey_file(context, argv[4], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS)
    return 1;
  if (argc > 6 && wolfSSL_CTX_set_cipher_list(context, argv[6]) != WOLFSSL_SUCCESS) return 1;
#ifdef HAVE_ANON
  if (argc > 6) wolfSSL_CTX_allow_anon_cipher(context);
#endif
  if (argc > 5 && strcmp(argv[5], "-") != 0) {
    if (wolfSSL_CTX_load_verify_locations(context, argv[5], NULL) != WOLFSSL_SUCCESS) return 1;
    wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  }
  int door = bound(udp, argv[2]);
  for (;;) {
    char request[1024];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    int link = door;
    if (udp) {  // this socket serves its peer alone, another waits for the next
      if (recvfrom(door, request, sizeof request, MSG_PEEK, (struct sockaddr*)&from, &size) <= 0 ||
          connect(door, (struct sockaddr*)&from, size) != 0)
        continue;
      door = bound(1, argv[2]);
    } else if ((link = accept(door, NULL, NULL)) < 0) {
      continue;
    }
    setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    WOLFSSL* ssl = wolfSSL_new(context);
    if (udp) wolfSSL_dtls_set_peer(ssl, &from, size);
    wolfSSL_set_fd(ssl, link);
    if (wolfSSL_accept(ssl) == WOLFSSL_SUCCESS && wolfSSL_read(ssl, request, sizeof request) > 0)
      wolfSSL_write(ssl, "HTTP/1.0 200 OK\r\n\r\nok", 21);
    wolfSSL_shutdown(ssl);
    wolfSSL_free(ssl);
    close(link);
  }
}
