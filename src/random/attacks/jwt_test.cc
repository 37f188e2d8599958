#include "random/attacks/jwt.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "random/attacks/test_tokens.h"

using namespace lintel;
using namespace lintel::random;

namespace {

std::string base64url(std::string_view bytes) {
  std::string text = to_base64(as_bytes(bytes));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::vector<Token> signed_tokens(const std::string& algorithm, crypto::DigestAlgorithm digest, const std::string& key) {
  std::vector<Token> tokens;
  for (int i = 0; i < 20; ++i) {
    const std::string content = base64url(R"({"alg":")" + algorithm + R"(","typ":"JWT"})") + "." + base64url(R"({"sub":)" + std::to_string(i) + "}");
    const auto signature = crypto::hmac(digest, as_bytes(key), as_bytes(content));
    REQUIRE(signature);
    tokens.push_back({content + "." + (key.empty() ? "" : base64url(as_text(*signature))), {}, {}});
  }
  return tokens;
}

}  // namespace

TEST_CASE("tokens that anybody can make") {
  for (const char* none : {"none", "None", "NONE"}) {
    const auto hit = search_jwt(signed_tokens(none, crypto::DigestAlgorithm::sha256, ""), {});
    REQUIRE(hit);
    CHECK(hit->attack == "jwt none");
    CHECK(hit->right == 20);
  }
  for (const auto& [name, digest, key] : {std::tuple("HS256", crypto::DigestAlgorithm::sha256, "your-256-bit-secret"), std::tuple("HS384", crypto::DigestAlgorithm::sha384, "changeme"),
                                          std::tuple("HS512", crypto::DigestAlgorithm::sha512, "keyboard cat")}) {
    const auto hit = search_jwt(signed_tokens(name, digest, key), {});
    REQUIRE(hit);
    CHECK(hit->attack == "jwt key");
    CHECK(hit->generator == std::string("JSON Web Token signed (") + name + ") with the common key \"" + key + "\"");
    CHECK(hit->right == 20);
  }
}

TEST_CASE("no hit: a strong key, another algorithm, texts that are no tokens") {
  CHECK_FALSE(search_jwt(signed_tokens("HS256", crypto::DigestAlgorithm::sha256, to_hex(as_bytes(strong_bytes(32)))), {}));
  CHECK_FALSE(search_jwt(signed_tokens("RS256", crypto::DigestAlgorithm::sha256, "secret"), {}));
  for (const char* text : {"", "eyJ", "eyJ..", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIn0.e30", "eyJhbGciOiJub25lIn0.e30.a.b", "eyJbW1tbW1tb.e30.", "....", "eyJhbGciOjF9.e30."}) {
    const std::vector<Token> one{{text, {}, {}}};
    CHECK_FALSE(search_jwt(one, {}));
  }
  CHECK_FALSE(search_jwt(strong_tokens(20, 16), {}));
}
