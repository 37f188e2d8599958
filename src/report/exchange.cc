#include "report/exchange.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "data/json.h"
#include "report/values.h"

namespace lintel::report {
namespace {

// White space that one_line() leaves: the ideographic and the typographic spaces.
constexpr std::string_view kSpaces[] = {" ",            "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                        "\u2007", "\u2008", "\u2009", "\u200A", "\u202F", "\u205F", "\u3000"};

std::string_view trimmed(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), again = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), again = true;
    }
  }
  return text;
}

bool is_hex(std::string_view text, std::size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string exchange_text(std::string_view text, std::size_t cap_bytes) {
  const std::string line = one_line(text, cap_bytes);
  const std::string_view rest = trimmed(line);
  return rest.empty() ? "–" : std::string(rest);
}

std::string asset_name(const RunIndex& index, const std::string& asset, Language language) {
  const model::Asset* found = index.asset(asset);
  const std::string& name = found != nullptr ? in(found->name, language) : asset;
  return exchange_text(name.empty() ? asset : name, 400);
}

std::string evidence_path(const model::Evidence& evidence) { return is_sha256(evidence.sha256) ? "evidence/" + evidence_file(evidence) : ""; }

bool is_sha256(std::string_view text) { return is_hex(text, 64); }

Issuer issuer_of(const RunIndex& index, Language language) {
  const model::Run& run = index.run;
  if (!run.lab || run.lab->laboratory.name == model::Text{})
    return {false, exchange_text(fmt::format("lintel {} ({})", run.tool_version, in(index.words.text("exchange", "no_laboratory"), language)), 400), "", "", ""};
  const model::Laboratory& from = run.lab->laboratory;
  return {true, exchange_text(in(from.name, language), 400), one_line(from.contact, 400), one_line(from.url, 400), one_line(from.accreditation, 400)};
}

bool is_mail(std::string_view contact) {
  const auto at = contact.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < contact.size() && contact.find_first_of(" <>,;") == std::string_view::npos && contact.rfind('@') == at;
}

FirmwareDigests firmware_digests(const model::Run& run, const std::string& asset, const std::string& item) {
  FirmwareDigests found;
  for (const auto& observation : run.observations) {
    if (observation.job.kind != model::ItemKind::firmware || observation.job.asset != asset || observation.job.item != item) continue;
    const Json& image = member(observation.facts, "image");
    if (const std::string sha256 = text_or(image, "sha256"); is_sha256(sha256)) found.sha256 = sha256;
    if (const std::string sm3 = text_or(image, "sm3"); is_hex(sm3, 64)) found.sm3 = sm3;
  }
  return found;
}

}  // namespace lintel::report
