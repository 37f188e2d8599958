#include "probes/session_ids/evidence.h"

#include "base/text.h"
#include "crypto/digest.h"

namespace lintel::probes::session_ids {

using namespace random::tokens;

namespace {

std::string character_text(std::size_t c) {
  const bool plain = c > 0x20 && c < 0x7f && c != '\\';
  return plain ? std::string(1, static_cast<char>(c)) : fmt::format("\\x{:02x}", c);
}

std::string p_text(const std::optional<double>& p) { return p ? fmt::format("p = {:.6g}", *p) : "not run"; }

}  // namespace

std::string sample_text(const std::vector<Harvested>& ids) {
  std::string text;
  for (const Harvested& entry : ids) {
    const auto digest = crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(entry.id));
    text += fmt::format("{}\t{}\n", entry.unix_us, digest ? "sha256:" + to_hex(*digest) : "?");
  }
  return text;
}

std::string statistics_text(const std::vector<std::string>& ids, const Statistics& found) {
  std::string text = fmt::format("identifiers {}, different {}, {} to {} characters, alphabet {} of {} symbols ({} seen)\n", found.count, found.unique, found.shortest, found.longest,
                                 found.alphabet.name, found.alphabet.size(), found.alphabet.seen);
  text += fmt::format("at most {:.3f} of {:.3f} bits; independent bits {}\n", found.effective_bits, found.nominal_bits,
                      found.independent_bits ? fmt::format("{}", *found.independent_bits) : "not determined");
  text += fmt::format("{} bits tested, {} ones: monobit {}; runs {}; serial {}\n", found.test_bits, found.test_ones, p_text(found.monobit), p_text(found.runs), p_text(found.serial));
  for (const Window& window : found.sequences)
    text += fmt::format("positions {} to {}: {}, {:.3f} bits left\n", window.first, window.last, name_of(window.kind), window.bits_left);
  const bool enough = found.count >= kLeastSample;  // of few identifiers, the characters would nearly be the identifiers
  const Table table = table_of(ids);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    text += fmt::format("position {}: {:.3f} bits;", table.cut + i, found.positions[i].entropy_bits);
    for (std::size_t c = 0; c < column.counts.size(); ++c)
      if (column.counts[c] > 0) text += fmt::format(" {} {}", enough && column.symbols > 1 ? character_text(c) : "?", column.counts[c]);
    text += column.absent > 0 ? fmt::format(" absent {}\n", column.absent) : "\n";
  }
  return text;
}

}  // namespace lintel::probes::session_ids
