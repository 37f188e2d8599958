// Whether an answer lets the caller in or turns it away. Pure. Trouble of the server, limits and silence are neither: no verdict may rest on them.
#pragma once
#include <string>
#include <string_view>

#include "flow/client.h"

namespace lintel::flow {

enum class Outcome { accepted, refused, unclear };

// `nobody` is the status that the same request got without any session; an answer other than 401, 403 or a redirect is a refusal only when it
// is that one. 5xx, 408, 425 and 429 are never a refusal of this caller.
Outcome outcome_of(const Exchange& exchange, long nobody);
// The same for what nobody gets: any answer from 200 to 499 that is no success and no limit.
Outcome outcome_for_nobody(const Exchange& exchange);

// Another text of the same length with each letter and digit replaced by a random one of its kind: a guess that looks right.
std::string lookalike(std::string_view text);
// The text with one character replaced by another of its kind: in the middle of its last part (after `.`, `:` or `--`) where that is long enough for a
// signature, since a server that does not check one has no reason to refuse a broken beginning; else in its middle. Empty without letter or digit.
std::string altered(std::string_view text);
// What a forger sends for it: a JWT with the same claims that says it needs no signature (RFC 7519 6), a lookalike of anything else.
std::string forged(std::string_view text);

}  // namespace lintel::flow
