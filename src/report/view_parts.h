// Pieces that several parts of the view share. Inside report/ only.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "data/json_fwd.h"
#include "report/view.h"

namespace lintel::report {

int severity(model::Verdict verdict);  // 0 = fail first … 4 = not applicable; the order in which readers care
// In the language of the report, for what can't hold display values; both: one after the other.
std::string spoken(const RunIndex& index, const model::Text& text);
// What a probe or the judge said, in both languages, as a display value; null for an empty one.
Json said_value(const std::string& message, std::size_t cap_bytes);
Json more(std::size_t count, std::size_t shown);                  // "12" when count exceeds shown, else null
Json links(const std::vector<std::string>& clauses);              // [{"id", "anchor"}]
Json reason_value(const RunIndex& index, model::Reason reason);   // null for none
Json asset_value(const RunIndex& index, const std::string& id);   // null for an empty id
Json evidence_value(const RunIndex& index, const model::Evidence& evidence);
Json observation_value(const RunIndex& index, const model::Observation& observation);
Json question_value(const RunIndex& index, const model::Question& question);
Json waiver_value(const RunIndex& index, const model::Waiver& waiver, bool expired);
// id, anchor, chapter, subject, level, obligation, text, verdict, reason, waived.
Json clause_head(const RunIndex& index, const ClauseRow& row);

// Whether the clause is in the list of open questions: an answer is missing or out of date on some asset.
bool awaits_answer(const ClauseRow& row);

// The lists after the clauses (view_lists.cc).
Json open_questions(const RunIndex& index);
Json undecided(const RunIndex& index, model::Verdict verdict);  // clauses with that verdict, and why
// The same list the other way round: each cause with its clauses.
Json by_cause(const Json& rows);
Json waiver_list(const RunIndex& index);
Json evidence_register(const RunIndex& index);

// Contradictions, ICS and IXIT (view_customer.cc); null when the customer supplied neither.
Json customer_value(const RunIndex& index);

}  // namespace lintel::report
