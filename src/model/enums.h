// The closed words of the field. Enumerators are spelled as they stand in documents and JSON; name_of() and parse()
// go both ways through one table each (enums.cc).
#pragma once
#include <optional>
#include <string_view>

namespace lintel::model {

enum class Subject { platform, comm, device, line, app, id };
enum class Role { platform, gateway, device, app, line };
enum class Obligation { shall, shall_not, should, may };
enum class By { automatic, refute, evidence, manual, derived };  // "auto" in documents: a keyword in C++
enum class ItemKind { host, service, session, identities, firmware, web, mqtt, coap, domain, burning };
enum class Verdict { pass, fail, inconclusive, not_applicable, not_tested };
// How a probe's look ended. Facts may be there whatever the status.
enum class Status {
  ok,
  timeout,
  unreachable,    // no route, no such name, nothing alive
  refused,        // connection refused
  closed,         // the peer ended the talk
  protocol_error, // the peer speaks something else or nonsense
  auth_failed,    // the declared account was not accepted
  no_privilege,   // a raw socket or right was not granted
  not_declared,   // the target does not give what the probe needs (file, key, account)
  not_applicable,
  interrupted,    // cancelled by the user; the job runs again on --resume
  probe_error,    // our bug
};
// Why a verdict is what it is; the decisive reason of a roll-up is kept.
enum class Reason {
  none,
  fail_assert,          // an assertion does not hold
  fail_attested,        // the assessor said fail
  fail_derived,         // a clause it is derived from fails
  timeout, unreachable, refused, closed, protocol_error, auth_failed, no_privilege, not_declared, interrupted, probe_error,
  no_fact,              // the probe ran but did not learn a needed fact
  no_evidence,          // nothing in the target to run on
  manual_pending,       // waits for an attestation
  attestation_expired,
  attested,             // decided by the assessor (inconclusive, not_applicable)
  role,                 // no asset of the kind the clause binds
  level,                // the device claims a lower level
  escape,               // the check says that nothing here is meant
  not_run,              // job planned but not done (interrupted run)
  no_check,             // the clause has neither check nor question
  ics,                  // the customer states that it is not supported
};
// What the customer says of a clause.
enum class Support { open, yes, no, not_applicable };
// What disagrees with the customer's statement.
enum class ContradictionKind {
  supported_fails,       // says yes, and it was found to fail
  unsupported_passes,    // says no, and it was found to pass
  not_applicable_seen,   // says that it does not apply, and a probe or the assessor decided it
  ixit_disagrees,        // the ICS and the IXIT tables say different things; about the documents only
};

std::string_view name_of(Subject);
std::string_view name_of(Role);
std::string_view name_of(Obligation);
std::string_view name_of(By);
std::string_view name_of(ItemKind);
std::string_view name_of(Verdict);
std::string_view name_of(Status);
std::string_view name_of(Reason);
std::string_view name_of(Support);
std::string_view name_of(ContradictionKind);

template <class Enum>
std::optional<Enum> parse(std::string_view name);  // defined for each of the above

// Whether a clause with this subject is judged on an asset with this role (docs/documents.md).
bool binds(Subject subject, Role role);

}  // namespace lintel::model
