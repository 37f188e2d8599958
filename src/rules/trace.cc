#include "rules/trace.h"

#include <algorithm>

#include "data/json.h"

namespace lintel::rules {
namespace {

constexpr std::size_t kShownSteps = 32, kMaxMissing = 16;

std::vector<std::string> evidence_of(std::string_view path, const Scope& scope) {
  std::vector<std::string> out;
  for (const model::Evidence& evidence : scope.evidence)
    if (evidence.about.empty() || std::any_of(evidence.about.begin(), evidence.about.end(),
                                              [&](const std::string& about) { return backs(about, path); }))
      out.push_back(evidence.sha256);
  return out;
}

}  // namespace

bool backs(std::string_view about, std::string_view path) {
  if (about.size() > path.size()) std::swap(about, path);
  return path.starts_with(about) && (path.size() == about.size() || about.empty() ||
                                     path[about.size()] == '.' || path[about.size()] == '[');
}

std::vector<model::Step> trace_of(std::span<const Read> reads, const Scope& scope) {
  std::vector<model::Step> steps;
  for (const Read& read : reads) {
    if (steps.size() == kShownSteps) break;
    if (read.node == nullptr) continue;
    model::Step step;
    step.expression = source_of(*read.expression, *read.node);
    step.fact = path_of(read.value.origin);
    const auto same = [&](const model::Step& other) {
      return step.fact.empty() ? other.expression == step.expression && other.fact.empty()
                               : other.fact == step.fact;
    };
    if (std::any_of(steps.begin(), steps.end(), same)) continue;
    step.known = read.value.known();
    step.value = to_json(read.value);
    if (!step.fact.empty() && root_of(read.value.origin) == Root::facts)
      step.evidence = evidence_of(step.fact, scope);
    steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<std::string> missing_paths(std::span<const Read> reads) {
  std::vector<std::string> missing;
  for (const Read& read : reads) {
    if (!read.decides || read.value.known() || read.problem != nullptr || missing.size() == kMaxMissing)
      continue;
    std::string path = path_of(read.value.origin);
    if (!path.empty() && std::find(missing.begin(), missing.end(), path) == missing.end())
      missing.push_back(std::move(path));
  }
  return missing;
}

}  // namespace lintel::rules
