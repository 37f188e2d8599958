// What checking a signature or a run found, line by line, in both languages. Printed by verify, turned into errors by --require-signed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/arguments.h"
#include "crypto/certificate.h"
#include "crypto/cms.h"

namespace lintel::cli {

enum class State {
  good,
  bad,
  open,  // could not be decided with what was given; never counts as good
  note,  // does not count
};

struct Place {
  std::string zh, en;           // "table verdict, row 12 (clause 7.e)"
  std::string expected, found;  // empty: there is none
};

struct Finding {
  std::string check;  // seal | signature | certificate | revocation | time_stamp | file | rows | evidence | verdicts
  State state = State::good;
  std::string code;   // a word for scripts: "expired"
  std::string zh, en;
  std::vector<Place> places;
};

// TrustOptions with the files read.
struct Authorities {
  std::string ca_pem, tsa_ca_pem, crl_pem;
  std::optional<WallTime> at;
};
// Errors: those of reading, invalid_input (--at is no time).
Result<Authorities> load_authorities(const TrustOptions& options);

struct SignatureFindings {
  std::vector<Finding> findings;
  crypto::CmsCheck cms;
  crypto::Certificate signer;
  std::optional<WallTime> stamped;  // when the time stamp holds
  std::string stamped_by;           // subject
};
// The signature over content, its certificate and its time stamp. The certificate has to be valid at the time of a trusted time stamp; without one
// at authorities.at, or now. The authority of the time stamp has to be valid at authorities.at, or now.
SignatureFindings examine_signature(ByteView cms, ByteView content, const Authorities& authorities, WallTime now);

}  // namespace lintel::cli
