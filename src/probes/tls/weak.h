// Kinds of suites that nobody should take: which of them a server does, without listing all its suites.
#pragma once
#include <array>
#include <span>

#include "probes/tls/suite_list.h"
#include "probes/tls/suite_traits.h"
#include "probes/tls/survey.h"

namespace lintel::probes::tls {

struct WeakKind {
  std::string_view name;  // of the fact: "anonymous"
  bool (*fits)(const SuiteTraits& traits);
};
std::span<const WeakKind> weak_kinds();

using WeakFindings = std::vector<Known>;  // by weak_kinds()

// From the kinds of suites seen in one version: offers them all, strikes off the kinds that are taken and goes
// on until a refusal. Two connections where none is taken, three of a server of pre-shared keys. What SSL 2.0 takes it has said by itself.
WeakFindings ask_weak_kinds(Talk& talk, const Survey& survey);
// The same from whole lists.
WeakFindings weak_kinds_of(const Survey& survey, std::span<const SuiteList> lists);  // lists by Version

}  // namespace lintel::probes::tls
