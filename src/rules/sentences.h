// What was expected and what was seen, as sentences for a lab report, in Chinese and English.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "data/json_fwd.h"
#include "model/text.h"
#include "rules/assertion_set.h"
#include "rules/eval.h"

namespace lintel::rules {

// `other` is the rendered literal or computed list, or the source of `of` while it is not known; `high` that
// of between.
model::Text expected_sentence(const Assertion& assertion, const model::Text& other, const model::Text& high);

// Of one path: "open_tcp 实为 [23]" / "open_tcp is [23]"; a computed value is called "the value".
model::Text subject(const Assertion& assertion);
model::Text observed_value(const Assertion& assertion, const Value& value);
// Elements that stand in the way, and how many there are.
model::Text observed_offenders(const Assertion& assertion, std::span<const Value> offenders,
                               std::size_t count);
model::Text observed_size(const Assertion& assertion, const Value& value, std::size_t size);

// Why the result is unknown: the facts that are, or what could not be computed; when the rule says `unknown`
// on purpose, the facts that led there.
model::Text observed_unknown(std::span<const Read> reads);
// "effective_bits = 25.9, count = 2000"
model::Text observed_facts(std::span<const Read> reads);

model::Text both(const std::string& text);
model::Text joined(std::span<const model::Text> parts);

// JSON as YAML on one line, as a person would write it: {path: complete, value: true}
std::string one_line(const Json& value);

}  // namespace lintel::rules
