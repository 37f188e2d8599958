// The declared command of a broker (`command:` of item kind mqtt): filled, signed, and spoiled in ways that its receiver has to notice. Pure but
// for random numbers.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/broker.h"

namespace lintel::probes::mqtt {

// One message, and the message that shows that it was carried out.
struct Order {
  std::string topic, payload, effect_topic, effect;
};

struct Look {
  std::string fact;           // "stale"
  std::vector<Order> orders;  // any of them carried out is a yes
};

class Command {
 public:
  // declaration: `command`; variables: members of the account that sends it. Draws the built-ins of the first, rightful order.
  Command(const Json& declaration, flow::Variables variables, const Clock& clock);

  Result<Order> rightful(const Clock& clock);  // with fresh built-ins; the last one is what is recorded
  // Everything that must not work, made from the recorded order. other_device: empty when none is declared.
  Result<std::vector<Look>> looks(const Order& recorded, const Clock& clock, const std::string& other_device);

 private:
  enum class Signed { yes, no };
  Result<Order> compose(const flow::Variables& variables, Signed is_signed = Signed::yes) const;
  Result<std::vector<Order>> changed(const Clock& clock) const;

  const Json& declaration_;
  flow::Variables variables_;  // with the built-ins of the recorded order
};

}  // namespace lintel::probes::mqtt
