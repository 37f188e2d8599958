// SM2 key agreement and encryption, SM4-CBC and SM4-GCM against the examples of their standards.
#include <doctest/doctest.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "crypto/sm2.h"
#include "crypto/sm4.h"
#include "crypto/test_signer.h"

using namespace lintel;
using namespace lintel::crypto;

namespace {

Bytes hex(std::string_view text) {
  std::string dense;
  for (const char c : text)
    if (c != ' ') dense += c;
  return *from_hex(dense);
}

// A key pair from the numbers of an example.
PrivateKey pair(std::string_view number, std::string_view x, std::string_view y) {
  Bytes point{4};
  for (const auto half : {x, y})
    for (const auto byte : hex(half)) point.push_back(byte);
  const Bytes bytes = hex(number);
  BIGNUM* secret = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret);
  OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(secret);
  return {KeyType::sm2, "SM2", {key, EVP_PKEY_free}};
}

PublicKey public_half(const PrivateKey& key) { return {KeyType::sm2, 256, "SM2", "", key.handle}; }

}  // namespace

// GB/T 32918.5-2017 annex B: key exchange over the recommended curve.
TEST_CASE("SM2 key agreement gives both sides the key of the standard's example") {
  const PrivateKey a = pair("81EB26E941BB5AF16DF116495F90695272AE2CD63D6C4AE1678418BE48230029",
                            "160E12897DF4EDB61DD812FEB96748FBD3CCF4FFE26AA6F6DB9540AF49C94232",
                            "4A7DAD08BB9A459531694BEB20AA489D6649975E1BFCF8C4741B78B4B223007F");
  const PrivateKey b = pair("785129917D45A9EA5437A59356B82338EAADDA6CEB199088F14AE10DEFA229B5",
                            "6AE848C57C53C7B1B5FA99EB2286AF078BA64C64591B8B566F7357D576F16DFB",
                            "EE489D771621A27B36C5C7992062E9CD09A9264386F3FBEA54DFF69305621C4D");
  const PrivateKey a_temporary = pair("D4DE15474DB74D06491C440D305E012400990F3E390C7E87153C12DB2EA60BB3",
                                      "64CED1BDBC99D590049B434D0FD73428CF608A5DB8FE5CE07F15026940BAE40E",
                                      "376629C7AB21E7DB260922499DDB118F07CE8EAAE3E7720AFEF6A5CC062070C0");
  const PrivateKey b_temporary = pair("7E07124814B309489125EAED101113164EBF0F3458C5BD88335C1F9D596243D6",
                                      "ACC27688A6F7B706098BC91FF3AD1BFF7DC2802CDB14CCCCDB0A90471F9BD707",
                                      "2FEDAC0494B2FFC4D6853876C79B8F301C6573AD0AA50F39FC87181E1A1B46FE");
  for (const auto* key : {&a, &b, &a_temporary, &b_temporary}) REQUIRE(key->handle);
  const Bytes a_point = *sm2_point(a_temporary), b_point = *sm2_point(b_temporary);
  const auto by_a = sm2_agree(Sm2Role::initiator, a, a_temporary, public_half(b), b_point, 16);
  const auto by_b = sm2_agree(Sm2Role::responder, b, b_temporary, public_half(a), a_point, 16);
  REQUIRE_MESSAGE(by_a, by_a.error().message);
  REQUIRE(by_b);
  CHECK(to_hex(*by_a) == "6c89347354de2484c60b4ab1fde4c6e5");
  CHECK(*by_b == *by_a);
  const auto longer = sm2_agree(Sm2Role::initiator, a, a_temporary, public_half(b), b_point, 48);
  REQUIRE(longer);
  CHECK(longer->size() == 48);
  CHECK(Bytes(longer->begin(), longer->begin() + 16) == *by_a);

  Bytes off = b_point;
  off[40] ^= 1;
  for (const Bytes& wrong : {off, Bytes{0}, Bytes{}, Bytes(65, 4)})
    CHECK(sm2_agree(Sm2Role::initiator, a, a_temporary, public_half(b), wrong, 16).error().code == ErrorCode::invalid_input);
  const auto stranger = *load_public_key(testing::Signer::ec("P-256").public_pem());
  CHECK(sm2_agree(Sm2Role::initiator, a, a_temporary, stranger, b_point, 16).error().code == ErrorCode::invalid_input);
}

TEST_CASE("what is encrypted to an SM2 key comes back with it, and only with it") {
  const PrivateKey key = *sm2_generate(), other = *sm2_generate();
  const Bytes secret(48, 7);
  const auto encrypted = sm2_encrypt(public_half(key), secret);
  REQUIRE(encrypted);
  CHECK(sm2_decrypt(key, *encrypted) == secret);
  CHECK(!sm2_decrypt(other, *encrypted));
  CHECK(!sm2_decrypt(key, Bytes(100, 0x30)));
  CHECK(sm2_encrypt(*load_public_key(testing::Signer::rsa(2048).public_pem()), secret).error().code == ErrorCode::invalid_input);
}

// RFC 8998 A.1
TEST_CASE("SM4-GCM is that of RFC 8998") {
  const Bytes key = hex("0123456789ABCDEFFEDCBA9876543210"), nonce = hex("00001234567800000000ABCD");
  const Bytes additional = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
  const Bytes plain = hex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDEEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA");
  const auto sealed = sm4_gcm_seal(key, nonce, additional, plain);
  REQUIRE(sealed);
  CHECK(*sealed == hex("17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
                       "83DE3541E4C2B58177E065A9BF7B62EC"));
  CHECK(sm4_gcm_open(key, nonce, additional, *sealed) == plain);
  for (const std::size_t at : {std::size_t{0}, sealed->size() - 1}) {
    Bytes changed = *sealed;
    changed[at] ^= 1;
    CHECK(sm4_gcm_open(key, nonce, additional, changed).error().message == "SM4-GCM: the tag does not fit");
  }
  CHECK(!sm4_gcm_open(key, nonce, {}, *sealed));
  CHECK(!sm4_gcm_open(key, nonce, additional, ByteView(*sealed).first(15)));
  CHECK(sm4_gcm_open(key, nonce, additional, *sm4_gcm_seal(key, nonce, additional, {})) == Bytes());
}

// GB/T 32907-2016 annex A, example 1: one block; with a zero IV, CBC is the block cipher.
TEST_CASE("SM4-CBC takes whole blocks") {
  const Bytes key = hex("0123456789ABCDEFFEDCBA9876543210"), zero(16);
  const auto encrypted = sm4_cbc_encrypt(key, zero, key);
  REQUIRE(encrypted);
  CHECK(to_hex(*encrypted) == "681edf34d206965e86b3e94f536e4246");
  CHECK(sm4_cbc_decrypt(key, zero, *encrypted) == key);
  CHECK(!sm4_cbc_encrypt(key, zero, Bytes(15)));
  CHECK(!sm4_cbc_encrypt(key, {}, key));
  CHECK(!sm4_cbc_decrypt(Bytes(15), zero, key));
}
