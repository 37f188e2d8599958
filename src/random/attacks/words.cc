#include "random/attacks/words.h"

namespace lintel::random {

std::span<const std::string_view> common_prefixes() {
  static constexpr std::string_view list[] = {
      "user", "admin", "root", "guest", "test", "session", "sess", "sid", "id", "uid", "token", "tok", "salt", "secret", "key", "pepper", "hash", "auth", "login", "u", "s", "t", "x", "a",
      "device", "dev", "client", "api", "app", "web", "csrf", "nonce", "random", "rand", "seed", "counter", "count", "number", "order", "ticket", "cookie", "alice", "bob", "demo",
      "username", "administrator", "operator", "service", "system", "default", "public", "private", "iot", "home", "gateway", "hub", "camera", "password", "pass", "passwd", "changeme",
      "s3cr3t", "s3cret", "mysecret", "mysalt", "SALT", "SECRET", "Salt", "Secret", "static", "fixed", "const", "prefix", "suffix", "abc", "abc123", "123", "1234", "12345", "123456",
      "0", "1", "42", "foo", "bar", "hello", "site", "server", "php", "java", "python", "node",
  };
  return list;
}

std::span<const std::string_view> common_keys() {
  static constexpr std::string_view list[] = {
      "", "secret", "Secret", "SECRET", "secretkey", "secret-key", "secret_key", "secretKey", "SECRET_KEY", "supersecret", "super-secret", "super_secret", "supersecretkey", "super-secret-key",
      "topsecret", "top-secret", "mysecret", "my-secret", "my_secret", "mysecretkey", "my-secret-key", "my_secret_key", "verysecret", "very-secret", "verysecretkey", "s3cr3t", "s3cret",
      "your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret", "your-secret-key", "your_secret_key", "yoursecretkey", "your-secret", "your_jwt_secret", "your-jwt-secret",
      "jwt", "JWT", "jwtsecret", "jwt-secret", "jwt_secret", "jwtSecret", "JWT_SECRET", "jwtkey", "jwt-key", "jwt_key", "jsonwebtoken", "token", "tokensecret", "token-secret", "token_secret",
      "key", "KEY", "mykey", "my-key", "privatekey", "private-key", "private_key", "signingkey", "signing-key", "sharedkey", "shared-secret", "sharedsecret", "shhhh", "shhhhh", "shhhhhared-secret",
      "a-string-secret-at-least-256-bits-long", "a-secret", "asecret", "the-secret", "thesecret", "some-secret", "somesecret", "somesecretkey", "not-so-secret", "notsosecret", "nosecret",
      "password", "Password", "PASSWORD", "password1", "password123", "passw0rd", "P@ssw0rd", "pass", "passphrase", "changeme", "change-me", "change_me", "changeit", "CHANGEME", "changethis",
      "admin", "admin123", "administrator", "root", "toor", "user", "guest", "test", "testing", "test123", "testsecret", "test-secret", "test_secret", "testkey", "test-key", "demo", "example", "sample",
      "default", "dev", "develop", "development", "production", "prod", "staging", "local", "localhost", "debug", "temp", "none", "null", "undefined", "true", "false", "todo", "TODO", "xxx", "XXX",
      "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "0123456789", "0123456789abcdef", "00000000", "11111111", "0", "1", "abc", "abc123", "abcd", "abcdef",
      "abcdefghijklmnopqrstuvwxyz", "qwerty", "qwertyuiop", "asdf", "letmein", "welcome", "hello", "helloworld", "hello-world", "foo", "bar", "foobar", "keyboard cat", "keyboardcat", "cat",
      "session", "sessionsecret", "session-secret", "session_secret", "cookie", "cookiesecret", "cookie-secret", "auth", "authsecret", "auth-secret", "oauth", "api", "apikey", "api-key", "api_key",
      "app", "appsecret", "app-secret", "app_secret", "application", "server", "client", "clientsecret", "service", "gateway", "device", "iot", "home", "smarthome", "hub", "camera",
      "express", "express-secret", "node", "nodejs", "flask", "django", "spring", "springboot", "java", "python", "php", "laravel", "rails", "golang", "go", "gin", "koa", "fastify", "nestjs",
      "hmac", "hs256", "HS256", "sha256", "aes", "rsa", "base64", "random", "randomstring", "salt", "pepper", "secretpassword", "secret123", "secret1234", "Secret123", "secret!", "secret_dont_tell",
  };
  return list;
}

}  // namespace lintel::random
