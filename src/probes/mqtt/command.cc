#include "probes/mqtt/command.h"

#include "flow/tamper.h"

namespace lintel::probes::mqtt {

using flow::Variables;

Command::Command(const Json& declaration, Variables variables, const Clock& clock) : declaration_(declaration), variables_(std::move(variables)) {
  flow::set_built_ins(variables_, clock);
}

Result<Order> Command::compose(const Variables& given, Signed is_signed) const {
  Variables variables = given;
  const std::string algorithm = text_or(declaration_, "algorithm");
  if (is_signed == Signed::no) {
    variables["signature"].clear();
  } else if (!algorithm.empty()) {
    const std::string key = TRY(flow::fill(text_or(declaration_, "key"), variables)), over = TRY(flow::fill(text_or(declaration_, "over"), variables));
    variables["signature"] = TRY(flow::hmac_hex(algorithm, key, over));
  }
  const Json& effect = member(declaration_, "effect");
  Order order;
  order.topic = TRY(flow::fill(text_or(declaration_, "topic"), variables));
  order.payload = TRY(flow::fill(text_or(declaration_, "payload"), variables));
  order.effect_topic = TRY(flow::fill(text_or(effect, "topic"), variables));
  order.effect = TRY(flow::fill(text_or(effect, "contains"), variables));
  return order;
}

Result<Order> Command::rightful(const Clock& clock) {
  flow::set_built_ins(variables_, clock);
  return compose(variables_);
}

// One byte each: a digit, the nonce, a space at the end. A receiver that checks a part of the message only may miss one. Each has a nonce of its
// own: else the second would be refused for that of the first.
Result<std::vector<Order>> Command::changed(const Clock& clock) const {
  std::vector<Order> orders;
  Variables variables = variables_;
  const auto fresh = [&] {
    flow::set_built_ins(variables, clock);
    return compose(variables);
  };
  const auto add = [&](const Order& order, std::string payload, std::string effect) {
    orders.push_back({order.topic, std::move(payload), order.effect_topic, std::move(effect)});
  };
  const Order one = TRY(fresh());
  const std::string key = TRY(flow::fill(text_or(declaration_, "key"), variables)), over = TRY(flow::fill(text_or(declaration_, "over"), variables));
  const std::string signature = TRY(flow::hmac_hex(text_or(declaration_, "algorithm"), key, over));
  const std::vector<std::string> keep{signature, variables["device"], variables["nonce"], variables["random"], variables["now"], variables["now_iso"]};
  if (const auto other = flow::with_other_digit(one.payload, keep)) add(one, *other, flow::follow_change(one.effect, one.payload, *other));
  const Order two = TRY(fresh());
  const std::string nonce = variables["nonce"];
  if (const auto other = flow::with_other_value(two.payload, nonce)) add(two, *other, flow::with_other_value(two.effect, nonce).value_or(two.effect));
  const Order three = TRY(fresh());
  add(three, three.payload + " ", three.effect);
  return orders;
}

Result<std::vector<Look>> Command::looks(const Order& recorded, const Clock& clock, const std::string& other_device) {
  const std::string algorithm = text_or(declaration_, "algorithm"), payload = text_or(declaration_, "payload");
  const bool timed = payload.find("{now") != std::string::npos, once = payload.find("{nonce}") != std::string::npos;
  std::vector<Look> looks{{"replayed", {recorded}}};
  Variables fresh = variables_;
  if (timed) {
    flow::set_built_ins(fresh, FixedClock(clock.now() - std::chrono::hours(1)));
    Order order = TRY(compose(fresh));
    looks.push_back({"stale", {std::move(order)}});
  }
  if (once) {
    // A second later, so that the message differs where the clock has not moved.
    const WallTime later = clock.now() + std::chrono::seconds(timed ? 1 : 0);
    flow::set_built_ins(fresh, FixedClock(later));
    fresh["nonce"] = variables_["nonce"];
    Order order = TRY(compose(fresh));
    looks.push_back({"reused_nonce", {std::move(order)}});
  }
  if (algorithm.empty()) return looks;
  auto spoiled = TRY(changed(clock));
  looks.push_back({"changed", std::move(spoiled)});
  flow::set_built_ins(fresh, clock);
  Order order = TRY(compose(fresh, Signed::no));
  looks.push_back({"unsigned", {std::move(order)}});
  if (!other_device.empty() && payload.find("{device}") != std::string::npos) {
    flow::set_built_ins(fresh, clock);
    Order own = TRY(compose(fresh));
    fresh["device"] = other_device;
    const Order other = TRY(compose(fresh));
    looks.push_back({"other_device", {{own.topic, other.payload, own.effect_topic, own.effect}}});
  }
  return looks;
}

}  // namespace lintel::probes::mqtt
