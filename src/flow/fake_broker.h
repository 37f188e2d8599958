// For tests: a broker in memory behind a FakeContext, whose manners can be broken one by one. Messages for a client go out with the answer to
// whatever it sends next.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "flow/broker.h"
#include "probe/fake.h"

namespace lintel::flow {

struct FakeBroker {
  struct Account {
    std::string password;
    std::vector<std::string> reads, writes;
  };
  std::map<std::string, Account> accounts;  // by user
  std::set<int> versions{4, 5};
  bool anonymous = false, any_password = false, user_alone = false, client_id_alone = false;
  bool read_rules = true, write_rules = true, refuses_filters = false, ends_on_forbidden = false, twice = false;
  std::map<std::string, std::string> retained;
  std::function<void(const std::string& topic, const std::string& payload)> published;  // a device that listens
  std::function<void()> pinged;  // a device that reports by itself

  probe::Script connection() {
    auto client = std::make_shared<Session>();
    sessions_.push_back(client);
    return [this, client](ByteView written) { return serve(*client, written); };
  }
  void deliver(const std::string& topic, const std::string& payload) {
    for (const auto& weak : sessions_)
      if (const auto session = weak.lock()) offer(*session, topic, payload, false);
  }

 private:
  struct Session {
    Bytes input;
    net::mqtt::Version version = net::mqtt::Version::v3_1_1;
    std::string user;
    std::vector<std::string> filters;
    std::deque<Bytes> outgoing;
    std::set<std::uint16_t> held;  // packet ids of qos 2
  };

  static void flush(Session& session, probe::Answer& answer) {
    for (; !session.outgoing.empty(); session.outgoing.pop_front()) put(answer.bytes, session.outgoing.front());
  }
  static void put(Bytes& out, const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
  static std::string text(Cursor& bytes) { return std::string(as_text(bytes.take(bytes.u16()))); }

  void offer(Session& session, const std::string& topic, const std::string& payload, bool kept) {
    if (!may(session.filters, topic) || (read_rules && !may(accounts[session.user].reads, topic))) return;
    session.outgoing.push_back(net::mqtt::encode_publish(session.version, {.topic = topic, .payload = payload, .retain = kept}));
  }

  probe::Answer serve(Session& session, ByteView written) {
    session.input.insert(session.input.end(), written.begin(), written.end());
    probe::Answer answer;
    while (session.input.size() >= 2 && answer.then == probe::Answer::Then::stay) {
      // Packets of our client are short: a length of two bytes at most.
      const bool longer = session.input[1] >= 128;
      const std::size_t header = longer ? 3 : 2;
      if (session.input.size() < header) break;
      const std::size_t length = longer ? (session.input[1] & 127u) + 128u * session.input[2] : session.input[1];
      if (session.input.size() < header + length) break;
      const Bytes body(session.input.begin() + static_cast<std::ptrdiff_t>(header), session.input.begin() + static_cast<std::ptrdiff_t>(header + length));
      const std::uint8_t first = session.input[0];
      session.input.erase(session.input.begin(), session.input.begin() + static_cast<std::ptrdiff_t>(header + length));
      packet(session, first, body, answer);
    }
    flush(session, answer);
    return answer;
  }

  void packet(Session& session, std::uint8_t first, const Bytes& body, probe::Answer& answer) {
    using net::mqtt::Type;
    Cursor bytes(body);
    const bool v5 = session.version == net::mqtt::Version::v5;
    switch (static_cast<Type>(first >> 4)) {
      case Type::connect: return connect(session, bytes, answer);
      case Type::subscribe: {
        const std::uint16_t id = bytes.u16();
        if (v5) bytes.u8();
        const std::string filter = text(bytes);
        const bool refused = refuses_filters && !may(accounts[session.user].reads, filter);
        Bytes reply{0x90, static_cast<std::uint8_t>(v5 ? 4 : 3)};
        append_number(reply, id, 2);
        if (v5) reply.push_back(0);
        reply.push_back(refused ? 0x80 : 0);
        put(answer.bytes, reply);
        if (refused) return;
        session.filters.push_back(filter);
        for (const auto& [topic, payload] : retained)
          if (net::mqtt::matches(filter, topic)) offer(session, topic, payload, true);
        return;
      }
      case Type::publish: {
        const std::string topic = text(bytes);
        const int qos = first >> 1 & 3;
        const std::uint16_t id = qos > 0 ? bytes.u16() : std::uint16_t{0};
        if (v5) bytes.u8();
        const std::string payload(as_text(bytes.take(bytes.remaining())));
        const bool allowed = !write_rules || may(accounts[session.user].writes, topic);
        if (!allowed && ends_on_forbidden) {
          answer.then = probe::Answer::Then::close;
          return;
        }
        if (qos > 0) put(answer.bytes, net::mqtt::encode_acknowledgement(qos == 1 ? Type::puback : Type::pubrec, id));
        if (!allowed || (qos == 2 && !session.held.insert(id).second && !twice)) return;
        deliver(topic, payload);
        if (published) published(topic, payload);
        return;
      }
      case Type::pubrel: put(answer.bytes, net::mqtt::encode_acknowledgement(Type::pubcomp, bytes.u16())); return;
      case Type::pingreq:
        if (pinged) pinged();
        flush(session, answer);
        put(answer.bytes, net::mqtt::encode_empty(Type::pingresp));
        return;
      case Type::disconnect: session.filters.clear(); return;
      default: return;
    }
  }

  void connect(Session& session, Cursor& bytes, probe::Answer& answer) {
    text(bytes);
    const int level = bytes.u8();
    const std::uint8_t flags = bytes.u8();
    bytes.u16();
    if (level == 5) bytes.u8();
    session.version = static_cast<net::mqtt::Version>(level);
    const std::string client_id = text(bytes);
    const std::string user = (flags & 0x80) != 0 ? text(bytes) : "", password = (flags & 0x40) != 0 ? text(bytes) : "";
    const auto account = accounts.find(user);
    const bool known = account != accounts.end() && (any_password || account->second.password == password || (user_alone && (flags & 0x40) == 0));
    const bool in = user.empty() ? anonymous || (client_id_alone && accounts.contains(client_id)) : known;
    const bool spoken = versions.contains(level);
    session.user = user;
    const std::uint8_t code = !spoken ? (level == 5 ? 0x84 : 1) : in ? 0 : level == 5 ? 0x87 : 5;
    put(answer.bytes, level == 5 && spoken ? Bytes{0x20, 3, 0, code, 0} : Bytes{0x20, 2, 0, code});
    if (code != 0) answer.then = probe::Answer::Then::close;
  }

  std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace lintel::flow
