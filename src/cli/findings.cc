#include "cli/findings.h"

#include "base/files.h"
#include "crypto/chain.h"
#include "crypto/timestamp.h"
#include "report/messages.h"

namespace lintel::cli {
namespace {

using crypto::ChainCheck;
using crypto::Trust;

Finding finding(std::string check, State state, std::string code, std::string zh, std::string en) {
  return {std::move(check), state, std::move(code), std::move(zh), std::move(en), {}};
}

struct Sentence {
  const char* zh;
  const char* en;
};

Sentence sentence_of(Trust trust) {
  switch (trust) {
    case Trust::trusted: return {"证书链有效", "the chain leads to a given authority"};
    case Trust::unknown_authority: return {"不是由给定的机构签发", "not issued by a given authority"};
    case Trust::expired: return {"证书已过期", "expired"};
    case Trust::not_yet_valid: return {"证书尚未生效", "not valid yet"};
    case Trust::revoked: return {"证书已被吊销", "revoked"};
    case Trust::revocation_unknown: return {"吊销列表未能说明该证书的状态", "the revocation lists don't tell about it"};
    case Trust::wrong_use: return {"证书不得用于此用途", "not made for this use"};
    case Trust::bad_chain: return {"证书链不成立", "its chain does not hold"};
  }
  return {"", ""};
}

Finding chain_finding(const std::string& check, const std::string& subject, const ChainCheck& chain, WallTime moment) {
  const Sentence sentence = sentence_of(chain.trust);
  const std::string reason = chain.reason.empty() ? "" : ": " + chain.reason;
  return finding(check, chain.trust == Trust::trusted ? State::good : State::bad, std::string(name_of(chain.trust)),
                 fmt::format("{}：{}（截至 {}）{}", subject, sentence.zh, format_time(moment), chain.reason.empty() ? "" : "：" + report::in_chinese(chain.reason)),
                 fmt::format("{}: {}, as of {}{}", subject, sentence.en, format_time(moment), reason));
}

// Of a certificate that is trusted all the same.
Finding revoked_later(const ChainCheck& chain) {
  return finding("revocation", State::note, "revoked_later", "证书在时间戳之后才被吊销（" + report::in_chinese(chain.revoked_later) + "），此前的签名仍然有效",
                 "its certificate was revoked only after the time stamp (" + chain.revoked_later + "); what it signed before stays good");
}

// The time stamp's findings; sets `stamped` when it is to be believed.
void examine_time_stamp(const Authorities& authorities, WallTime now, SignatureFindings& out) {
  auto& findings = out.findings;
  if (out.cms.time_stamp.empty()) {
    findings.push_back(finding("time_stamp", State::note, "none", "没有时间戳：封存时间由签名者自行声明", "none: the time of signing is the signer's own word"));
    return;
  }
  const WallTime moment = authorities.at.value_or(now);
  const auto stamp = crypto::check_time_stamp(out.cms.time_stamp, out.cms.signature, authorities.tsa_ca_pem, authorities.crl_pem, moment);
  if (!stamp || !stamp->problem.empty()) {
    const std::string problem = stamp ? stamp->problem : stamp.error().message;
    findings.push_back(finding("time_stamp", State::bad, "broken", "时间戳不成立：" + report::in_chinese(problem), "it does not hold: " + problem));
    return;
  }
  if (!stamp->chain) {
    findings.push_back(finding("time_stamp", State::open, "unchecked", fmt::format("{}，{}：未核对其机构，请用 --tsa-ca 或 --ca 给出", format_time(stamp->time), stamp->signer.subject),
                               fmt::format("{} by {}: nobody vouches for it, give --tsa-ca or --ca", format_time(stamp->time), stamp->signer.subject)));
    return;
  }
  findings.push_back(chain_finding("time_stamp", fmt::format("{}, {}", format_time(stamp->time), stamp->signer.subject), *stamp->chain, moment));
  if (!stamp->chain->revoked_later.empty()) findings.push_back(revoked_later(*stamp->chain));
  if (stamp->chain->trust != Trust::trusted) return;
  if (authorities.at && *authorities.at < stamp->time) {
    findings.push_back(finding("time_stamp", State::bad, "later", "时间戳晚于 --at 指定的时间", "it was made after the time given with --at"));
    return;
  }
  out.stamped = stamp->time;
  out.stamped_by = stamp->signer.subject;
}

void examine_certificate(const Authorities& authorities, WallTime now, SignatureFindings& out) {
  auto& findings = out.findings;
  if (authorities.ca_pem.empty()) {
    const auto refused = crypto::refused_use(out.cms.signer, crypto::Use::sign);
    if (refused && !refused->empty()) {
      findings.push_back(chain_finding("certificate", out.signer.subject, {Trust::wrong_use, *refused}, now));
      return;
    }
    findings.push_back(finding("certificate", State::open, "unchecked", out.signer.subject + "：未核对签发机构，请用 --ca 给出", out.signer.subject + ": nobody vouches for it, give --ca"));
    return;
  }
  const WallTime moment = out.stamped ? *out.stamped : authorities.at.value_or(now);
  const crypto::ChainTimes times{moment, authorities.at.value_or(now), out.stamped};
  const auto chain = crypto::check_chain(out.cms.signer, out.cms.others, authorities.ca_pem, authorities.crl_pem, times, crypto::Use::sign);
  if (!chain) {
    findings.push_back(finding("certificate", State::bad, "unreadable", report::in_chinese(chain.error().message), chain.error().message));
    return;
  }
  findings.push_back(chain_finding("certificate", out.signer.subject, *chain, moment));
  if (!chain->revoked_later.empty()) findings.push_back(revoked_later(*chain));
  if (chain->trust == Trust::expired && !out.stamped) {
    findings.back().zh += "；没有可信时间戳证明签名时证书有效";
    findings.back().en += "; no trusted time stamp shows that it was valid when it signed";
  }
  if (authorities.crl_pem.empty())
    findings.push_back(finding("revocation", State::note, "unchecked", "未核对吊销状态（可用 --crl 给出吊销列表）", "not looked at (--crl takes revocation lists)"));
}

}  // namespace

Result<Authorities> load_authorities(const TrustOptions& options) {
  constexpr std::size_t kCapBytes = 8 << 20;
  Authorities loaded;
  if (!options.ca.empty()) loaded.ca_pem = TRY(read_file(options.ca, kCapBytes));
  loaded.tsa_ca_pem = loaded.ca_pem;
  if (!options.tsa_ca.empty()) loaded.tsa_ca_pem = TRY(read_file(options.tsa_ca, kCapBytes));
  if (!options.crl.empty()) loaded.crl_pem = TRY(read_file(options.crl, kCapBytes));
  for (const auto& [path, pem] : {std::pair(options.ca, loaded.ca_pem), std::pair(options.tsa_ca, loaded.tsa_ca_pem)})
    if (const auto certificates = path.empty() ? Result<std::vector<Bytes>>() : crypto::certificates_of(pem); !certificates)
      return add_context(certificates.error(), path);
  if (!options.crl.empty() && loaded.crl_pem.find("-----BEGIN X509 CRL-----") == std::string::npos)
    return fail(ErrorCode::invalid_input, "{}: no revocation list in PEM in it", options.crl);
  if (!options.at.empty()) {
    loaded.at = parse_time(options.at);
    if (!loaded.at) return fail(ErrorCode::invalid_input, "--at {}: give date, time and offset, like 2026-11-21T10:00:00+08:00", options.at);
  }
  return loaded;
}

SignatureFindings examine_signature(ByteView cms, ByteView content, const Authorities& authorities, WallTime now) {
  SignatureFindings out;
  const auto broken = [&](const std::string& problem) {
    out.findings.push_back(finding("signature", State::bad, "broken", "签名不成立：" + report::in_chinese(problem), "it does not hold: " + problem));
  };
  auto check = crypto::check_cms(cms, content);
  auto signer = check ? crypto::parse_certificate(check->signer) : Result<crypto::Certificate>();
  if (!check || !signer) {
    broken(check ? signer.error().message : check.error().message);
    return out;
  }
  out.cms = std::move(*check);
  out.signer = std::move(*signer);
  if (!out.cms.problem.empty()) {
    broken(out.cms.problem);
    return out;
  }
  out.findings.push_back(finding("signature", State::good, "holds", "签名成立（" + out.cms.algorithm + "）", "it holds (" + out.cms.algorithm + ")"));
  examine_time_stamp(authorities, now, out);
  examine_certificate(authorities, now, out);
  return out;
}

}  // namespace lintel::cli
