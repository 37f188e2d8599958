// A small server of mbedTLS with its own defaults, one connection at a time; ends only by a signal.
// Usage: mbedtls_server tcp|udp|bare PORT CERT KEY [CA]
// With CA a client certificate is required; bare: udp without the cookie exchange.
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/timing.h>
#include <string.h>

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const int bare = strcmp(argv[1], "bare") == 0, udp = bare || strcmp(argv[1], "udp") == 0;
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  mbedtls_x509_crt certificate, authority;
  mbedtls_pk_context key;
  mbedtls_ssl_config config;
  mbedtls_ssl_cookie_ctx cookies;
  mbedtls_ssl_context ssl;
  mbedtls_timing_delay_context timer;
  mbedtls_net_context door, peer;
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random);
  mbedtls_x509_crt_init(&certificate);
  mbedtls_x509_crt_init(&authority);
  mbedtls_pk_init(&key);
  mbedtls_ssl_config_init(&config);
  mbedtls_ssl_cookie_init(&cookies);
  mbedtls_ssl_init(&ssl);
  mbedtls_net_init(&door);
  int bad = mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0);
  bad |= mbedtls_x509_crt_parse_file(&certificate, argv[3]) | mbedtls_pk_parse_keyfile(&key, argv[4], NULL);
  bad |= mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER,
                                     udp ? MBEDTLS_SSL_TRANSPORT_DATAGRAM : MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
  bad |= mbedtls_ssl_conf_own_cert(&config, &certificate, &key);
  if (argc > 5) {
    bad |= mbedtls_x509_crt_parse_file(&authority, argv[5]);
    mbedtls_ssl_conf_ca_chain(&config, &authority, NULL);
    mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  }
  if (udp) {
    bad |= mbedtls_ssl_cookie_setup(&cookies, mbedtls_ctr_drbg_random, &random);
    mbedtls_ssl_conf_dtls_cookies(&config, bare ? NULL : mbedtls_ssl_cookie_write,
                                  bare ? NULL : mbedtls_ssl_cookie_check, &cookies);
  }
  mbedtls_ssl_conf_read_timeout(&config, 2000);
  bad |= mbedtls_ssl_setup(&ssl, &config);
  mbedtls_ssl_set_timer_cb(&ssl, &timer, mbedtls_timing_set_delay, mbedtls_timing_get_delay);
  bad |= mbedtls_net_bind(&door, "127.0.0.1", argv[2], udp ? MBEDTLS_NET_PROTO_UDP : MBEDTLS_NET_PROTO_TCP);
  if (bad) return 1;
  for (;;) {
    unsigned char from[16], request[1024];
    size_t length = 0;
    mbedtls_net_init(&peer);
    if (mbedtls_net_accept(&door, &peer, from, sizeof from, &length) != 0) continue;
    int again;
    do {  // the first hello of DTLS only fetches the cookie
      mbedtls_ssl_session_reset(&ssl);
      if (udp) mbedtls_ssl_set_client_transport_id(&ssl, from, length);
      mbedtls_ssl_set_bio(&ssl, &peer, mbedtls_net_send, mbedtls_net_recv, mbedtls_net_recv_timeout);
      again = mbedtls_ssl_handshake(&ssl);
    } while (again == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED);
    if (again == 0 && mbedtls_ssl_read(&ssl, request, sizeof request) > 0)
      mbedtls_ssl_write(&ssl, (const unsigned char*)"HTTP/1.0 200 OK\r\n\r\nok", 21);
    mbedtls_ssl_close_notify(&ssl);
    mbedtls_net_free(&peer);
  }
}
