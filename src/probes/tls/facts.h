// What was found, as facts (facts.schema.json).
#pragma once
#include <array>

#include "data/json.h"
#include "probe/context.h"
#include "probes/tls/code_list.h"
#include "probes/tls/flaws.h"
#include "probes/tls/sessions.h"

namespace lintel::probes::tls {

using SuiteLists = std::array<SuiteList, kVersions.size()>;  // by Version

// versions, spoken, instead, offered, highest, lowest; the deciding answers are kept as evidence.
void put_versions(probe::Context& context, const Survey& survey, std::span<const Version> asked, Json& facts);
void put_cookie(const Survey& survey, Json& facts);  // DTLS: dtls_cookie
// suites and order of each version listed; groups, signature schemes and what of ShangMi is in use.
void put_lists(const Survey& survey, const SuiteLists& lists, Json& facts);
void put_codes(const SuiteLists& lists, const std::array<CodeList, kVersions.size()>& groups, const CodeList& schemes, Json& facts);
void put_weak(const WeakFindings& weak, Json& facts);
void put_features(const Features& features, Json& facts);
void put_sessions(const Sessions& sessions, Json& facts);
void put_flaws(std::span<const Flaw> flaws, Json& facts);

}  // namespace lintel::probes::tls
