// Whether the receipts' signature holds: one detached CMS over the file, or one signature in each receipt. Nothing of a signature goes
// into facts but who made it and why it does not hold.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/digest.h"
#include "crypto/signature.h"
#include "data/json_fwd.h"
#include "probe/context.h"
#include "probes/burning/rows.h"

namespace lintel::probes::burning {

struct Proof {
  std::string state = "absent";  // valid | invalid | absent | unknown
  std::string by;                // file | receipt
  std::string signer, algorithm, signing_time, reason;
  std::size_t valid = 0, invalid = 0, unsigned_receipts = 0;  // by receipt
  std::vector<std::size_t> lines;                             // the first invalid or unsigned ones
};

using FileDigests = std::vector<std::pair<crypto::DigestAlgorithm, Bytes>>;  // all that a CMS may name, of the file as it was read

// declared: {cms, ca}. Reads both files. Valid: the signature is over the file, by a certificate that led to the CA and might sign at the
// moment that the signer states, or now where none is stated.
Proof check_file(probe::Context& context, const Json& declared, const FileDigests& digests);

// declared: {column, over, algorithm, digest, public_key}. `over` is what each signature is made over: a text with {COLUMN} for cells as they stand.
class ReceiptSignatures {
 public:
  // Errors: those of the key's file; invalid_input: a bad `over`.
  static Result<ReceiptSignatures> create(probe::Context& context, const Json& declared);
  void add(const Row& row);
  // Where not one holds, key or `over` may as well be declared wrongly: unknown.
  Proof finish();

 private:
  struct Part {
    std::string text;
    bool is_column = false, seen = false;
  };
  std::string column_;
  std::vector<Part> over_;
  crypto::PublicKey key_;
  crypto::SignatureScheme scheme_;
  Proof proof_;
  bool column_seen_ = false;
};

}  // namespace lintel::probes::burning
