// What a look tells: yes, no, or that it could not tell.
#pragma once
#include <span>
#include <string_view>

#include "flow/broker.h"

namespace lintel::probes::mqtt {

enum class Known { no, unknown, yes };

inline std::string_view word(Known known) {
  switch (known) {
    case Known::no: return "no";
    case Known::unknown: return "unknown";
    case Known::yes: return "yes";
  }
  return "unknown";
}

// Was somebody let in?
inline Known let_in(flow::Admission admission) {
  switch (admission) {
    case flow::Admission::accepted: return Known::yes;
    case flow::Admission::refused: return Known::no;
    case flow::Admission::not_spoken:
    case flow::Admission::unknown: return Known::unknown;
  }
  return Known::unknown;
}

// One yes is a yes; no only when every one is a no.
inline Known any_of(std::span<const Known> all) {
  Known most = all.empty() ? Known::unknown : Known::no;
  for (const Known known : all) most = std::max(most, known);
  return most;
}

}  // namespace lintel::probes::mqtt
