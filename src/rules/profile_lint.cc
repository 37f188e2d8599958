#include "rules/profile_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lintel::rules {

static std::string pointer(const Place& place, const std::string& member) { return fmt::format("/clauses/{}/{}", place.position, member); }

std::pair<std::string, Mark> Places::of(const std::string& clause, const std::string& member) const {
  const auto found = clauses.find(clause);
  if (found == clauses.end()) return {};
  return {found->second.document->file, found->second.document->at(pointer(found->second, member))};
}

std::pair<std::string, Mark> Places::key_of(const std::string& clause, const std::string& member) const {
  const auto found = clauses.find(clause);
  if (found == clauses.end()) return {};
  return {found->second.document->file, found->second.document->key_at(pointer(found->second, member))};
}

namespace {

using Index = std::unordered_map<std::string_view, std::size_t>;

// Follows derived_from from every clause; the first circle found is told where it closes.
class Circles {
 public:
  Circles(const model::Profile& profile, const Index& index) : profile_(profile), index_(index), state_(profile.clauses.size()) {}

  // The ids of a circle in order, or nothing.
  std::vector<std::string> find() {
    for (std::size_t start = 0; start < profile_.clauses.size(); ++start) {
      std::vector<std::pair<std::size_t, std::size_t>> path{{start, 0}};  // clause, next of its sources to visit
      if (state_[start] != State::fresh) continue;
      state_[start] = State::open;
      while (!path.empty()) {
        auto& [at, next] = path.back();
        const auto& sources = profile_.clauses[at].derived_from;
        if (next == sources.size()) {
          state_[at] = State::done;
          path.pop_back();
          continue;
        }
        const auto found = index_.find(sources[next++]);
        if (found == index_.end() || state_[found->second] == State::done) continue;
        if (state_[found->second] == State::open) return circle(path, found->second);
        state_[found->second] = State::open;
        path.push_back({found->second, 0});
      }
    }
    return {};
  }

 private:
  enum class State : char { fresh, open, done };
  std::vector<std::string> circle(const std::vector<std::pair<std::size_t, std::size_t>>& path, std::size_t closing) const {
    std::vector<std::string> ids;
    bool inside = false;
    for (const auto& [at, ignored] : path) {
      inside = inside || at == closing;
      if (inside) ids.push_back(profile_.clauses[at].id);
    }
    ids.push_back(profile_.clauses[closing].id);
    return ids;
  }
  const model::Profile& profile_;
  const Index& index_;
  std::vector<State> state_;
};

}  // namespace

void resolve_derived(model::Profile& profile, const Places& places, Diagnostics& diagnostics) {
  Index index;
  for (std::size_t i = 0; i < profile.clauses.size(); ++i) index.emplace(profile.clauses[i].id, i);
  for (model::Clause& clause : profile.clauses) {
    std::vector<std::string> written = std::move(clause.derived_from);
    clause.derived_from.clear();
    std::set<std::string> known;
    const auto add = [&](const std::string& id) {
      if (known.insert(id).second) clause.derived_from.push_back(id);
    };
    for (std::size_t i = 0; i < written.size(); ++i) {
      const std::string& source = written[i];
      const auto refuse = [&](const char* code, std::string message, std::string hint) {
        const auto [file, mark] = places.of(clause.id, fmt::format("derived_from/{}", i));
        add_error(diagnostics, code, file, mark, std::move(message), std::move(hint));
      };
      if (!source.ends_with(".*")) {
        if (index.contains(source)) {
          add(source);
        } else {
          std::vector<std::string> names;
          for (const model::Clause& other : profile.clauses) names.push_back(other.id);
          refuse("E041", fmt::format("there is no clause `{}`", source), name_hint(source, names));
        }
        continue;
      }
      const std::string_view prefix = std::string_view(source).substr(0, source.size() - 1);  // "6.2.1."
      bool matched = false;
      for (const model::Clause& other : profile.clauses) {
        if (!other.id.starts_with(prefix) || other.id == clause.id) continue;
        matched = true;
        add(other.id);
      }
      if (!matched) refuse("E042", fmt::format("no clause matches `{}`", source), "");
    }
    if (const auto level = places.derived_levels.find(clause.id); level != places.derived_levels.end())
      for (const model::Clause& other : profile.clauses)
        if (other.subject == model::Subject::device && other.level <= level->second && other.id != clause.id && !places.derived_levels.contains(other.id))
          add(other.id);
  }
  const std::vector<std::string> circle = Circles(profile, index).find();
  if (!circle.empty()) {
    const auto [file, mark] = places.key_of(circle.front(), "derived_from");
    add_error(diagnostics, "E043", file, mark, fmt::format("clause `{}` follows from itself", circle.front()), join(circle, " → "));
  }
}

void lint_clauses(const model::Profile& profile, const Places& places, Diagnostics& diagnostics) {
  for (const model::Clause& clause : profile.clauses) {
    const auto error = [&](const char* code, const char* member, std::string message, std::string hint) {
      const auto [file, mark] = places.key_of(clause.id, member);
      add_error(diagnostics, code, file, mark, std::move(message), std::move(hint));
    };
    const bool written_derived = places.derived.contains(clause.id);
    const bool derived = clause.by == model::By::derived;
    if (derived && !written_derived)
      error("E046", "by", fmt::format("clause `{}` is derived, but nothing says from what", clause.id), "add derived_from or derived_from_level");
    if (!derived && written_derived)
      error("E046", "by", fmt::format("clause `{}` has derived_from, but is not `by: derived`", clause.id), "");
    if (derived && (!clause.checks.empty() || clause.attest))
      error("E046", clause.checks.empty() ? "attest" : "checks", fmt::format("clause `{}` is derived and can't have checks or a question of its own", clause.id), "");
    if (!derived && !written_derived && clause.checks.empty() && !clause.attest)
      error("E045", "id", fmt::format("clause `{}` has no way to a verdict", clause.id), "give it checks or attest");
    else if ((clause.by == model::By::refute || clause.by == model::By::evidence || clause.by == model::By::manual) && !clause.attest)
      error("E048", "by", fmt::format("clause `{}` is `by: {}` and needs attest", clause.id, name_of(clause.by)),
            clause.by == model::By::refute ? "its probes can only make it fail" : "only an assessor can answer it");
    const bool binding = clause.obligation == model::Obligation::shall || clause.obligation == model::Obligation::shall_not;
    const bool only_should = !clause.checks.empty() && std::all_of(clause.checks.begin(), clause.checks.end(), [](const model::CheckUse& use) {
      return use.obligation == model::Obligation::should;
    });
    if (binding && only_should && !clause.attest)
      error("E049", "checks", fmt::format("clause `{}` is a `{}`, but all its checks are `should`", clause.id, name_of(clause.obligation)),
            "nothing could make it fail");
    std::set<std::string> used;
    for (const model::CheckUse& use : clause.checks)
      if (!used.insert(use.check).second) error("E047", "checks", fmt::format("clause `{}` names the check `{}` twice", clause.id, use.check), "");
    if (clause.level > 1 && clause.subject != model::Subject::device && clause.subject != model::Subject::line) {
      const auto [file, mark] = places.key_of(clause.id, "level");
      add_warning(diagnostics, "W047", file, mark, fmt::format("clause `{}` binds no devices, its level counts for nothing", clause.id));
    }
  }
}

}  // namespace lintel::rules
