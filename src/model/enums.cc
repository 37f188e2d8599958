#include "model/enums.h"

#include <span>
#include <utility>

namespace lintel::model {
namespace {

template <class Enum>
using Row = std::pair<Enum, std::string_view>;

constexpr Row<Subject> kSubjects[] = {{Subject::platform, "platform"}, {Subject::comm, "comm"},
                                      {Subject::device, "device"},     {Subject::line, "line"},
                                      {Subject::app, "app"},           {Subject::id, "id"}};
constexpr Row<Role> kRoles[] = {{Role::platform, "platform"}, {Role::gateway, "gateway"}, {Role::device, "device"},
                                {Role::app, "app"}, {Role::line, "line"}};
constexpr Row<Obligation> kObligations[] = {{Obligation::shall, "shall"}, {Obligation::shall_not, "shall_not"},
                                            {Obligation::should, "should"}, {Obligation::may, "may"}};
constexpr Row<By> kBys[] = {{By::automatic, "auto"}, {By::refute, "refute"}, {By::evidence, "evidence"},
                            {By::manual, "manual"}, {By::derived, "derived"}};
constexpr Row<ItemKind> kItemKinds[] = {{ItemKind::host, "host"}, {ItemKind::service, "service"},
                                        {ItemKind::session, "session"}, {ItemKind::identities, "identities"},
                                        {ItemKind::firmware, "firmware"}, {ItemKind::web, "web"},
                                        {ItemKind::mqtt, "mqtt"}, {ItemKind::coap, "coap"},
                                        {ItemKind::domain, "domain"}, {ItemKind::burning, "burning"}};
constexpr Row<Verdict> kVerdicts[] = {{Verdict::pass, "pass"}, {Verdict::fail, "fail"},
                                      {Verdict::inconclusive, "inconclusive"},
                                      {Verdict::not_applicable, "not_applicable"}, {Verdict::not_tested, "not_tested"}};
constexpr Row<Status> kStatuses[] = {
    {Status::ok, "ok"}, {Status::timeout, "timeout"}, {Status::unreachable, "unreachable"},
    {Status::refused, "refused"}, {Status::closed, "closed"}, {Status::protocol_error, "protocol_error"},
    {Status::auth_failed, "auth_failed"}, {Status::no_privilege, "no_privilege"},
    {Status::not_declared, "not_declared"}, {Status::not_applicable, "not_applicable"},
    {Status::interrupted, "interrupted"}, {Status::probe_error, "probe_error"}};
constexpr Row<Reason> kReasons[] = {
    {Reason::none, "none"}, {Reason::fail_assert, "fail.assert"}, {Reason::fail_attested, "fail.attested"},
    {Reason::fail_derived, "fail.derived"}, {Reason::timeout, "timeout"}, {Reason::unreachable, "unreachable"},
    {Reason::refused, "refused"}, {Reason::closed, "closed"}, {Reason::protocol_error, "protocol_error"},
    {Reason::auth_failed, "auth_failed"}, {Reason::no_privilege, "no_privilege"},
    {Reason::not_declared, "not_declared"}, {Reason::interrupted, "interrupted"},
    {Reason::probe_error, "probe_error"}, {Reason::no_fact, "no_fact"}, {Reason::no_evidence, "no_evidence"},
    {Reason::manual_pending, "manual_pending"}, {Reason::attestation_expired, "attestation_expired"},
    {Reason::attested, "attested"}, {Reason::role, "role"}, {Reason::level, "level"}, {Reason::escape, "escape"},
    {Reason::not_run, "not_run"}, {Reason::no_check, "no_check"}, {Reason::ics, "ics"}};
constexpr Row<Support> kSupports[] = {{Support::open, "open"}, {Support::yes, "yes"}, {Support::no, "no"}, {Support::not_applicable, "not_applicable"}};
constexpr Row<ContradictionKind> kContradictionKinds[] = {
    {ContradictionKind::supported_fails, "supported_fails"}, {ContradictionKind::unsupported_passes, "unsupported_passes"},
    {ContradictionKind::not_applicable_seen, "not_applicable_seen"}, {ContradictionKind::ixit_disagrees, "ixit_disagrees"}};

template <class Enum>
std::string_view find_name(std::span<const Row<Enum>> rows, Enum value) {
  for (const auto& [known, name] : rows)
    if (known == value) return name;
  return "?";
}

template <class Enum>
std::optional<Enum> find_value(std::span<const Row<Enum>> rows, std::string_view wanted) {
  for (const auto& [value, name] : rows)
    if (name == wanted) return value;
  return std::nullopt;
}

}  // namespace

#define LINTEL_ENUM(Type, rows)                                                         \
  std::string_view name_of(Type value) { return find_name<Type>(rows, value); }         \
  template <>                                                                           \
  std::optional<Type> parse<Type>(std::string_view name) { return find_value<Type>(rows, name); }
LINTEL_ENUM(Subject, kSubjects)
LINTEL_ENUM(Role, kRoles)
LINTEL_ENUM(Obligation, kObligations)
LINTEL_ENUM(By, kBys)
LINTEL_ENUM(ItemKind, kItemKinds)
LINTEL_ENUM(Verdict, kVerdicts)
LINTEL_ENUM(Status, kStatuses)
LINTEL_ENUM(Reason, kReasons)
LINTEL_ENUM(Support, kSupports)
LINTEL_ENUM(ContradictionKind, kContradictionKinds)
#undef LINTEL_ENUM

bool binds(Subject subject, Role role) {
  switch (subject) {
    case Subject::platform: return role == Role::platform;
    case Subject::comm: return role == Role::platform || role == Role::gateway || role == Role::device;
    case Subject::device:
    case Subject::id: return role == Role::gateway || role == Role::device;
    case Subject::line: return role == Role::line;
    case Subject::app: return role == Role::app;
  }
  return false;
}

}  // namespace lintel::model
