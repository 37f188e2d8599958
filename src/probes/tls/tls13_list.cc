#include "probes/tls/tls13_list.h"

#include <algorithm>
#include <utility>

#include "probes/tls/codes.h"
#include "probes/tls/key_share.h"
#include "probes/tls/suite_order.h"
#include "probes/tls/suites.h"

namespace lintel::probes::tls {

namespace {

// TLS 1.3: each answer names a suite and a group, so both are struck off together; what is left over of one is
// then asked with a known one of the other.
class JointWalk {
 public:
  JointWalk(Talk& talk, SuiteList& list) : talk_(talk), list_(list), suites_(suite_offers(Version::tls1_3).front()), groups_(all_group_codes()) {}

  void take(const Reply& reply) {
    if (reply.group == 0) return;
    shares_ = reply.retry_request ? KeyShares::none : KeyShares::usual;
    list_.suites.push_back({reply.suite, {}, false});
    list_.groups.push_back(reply.group);
    std::erase(suites_, reply.suite);
    std::erase(groups_, reply.group);
  }

  void run() {
    bool clear = walk(suites_, groups_);
    if (list_.suites.empty()) return;
    if (clear && !list_.groups.empty()) {
      // In the reverse order, so that the first answer also says whose order counts.
      const Codes found = codes_of(list_);
      Codes offered = turned(found);
      reversed_ = found.size() > 1;
      clear = walk(offered, groups_, Keep::suite);
      Codes taken = list_.groups;
      clear = clear && walk(suites_, taken, Keep::group);
    }
    const bool order_open = list_.suites.size() > 1 && list_.order == Order::unknown;
    list_.complete = clear && !list_.groups.empty() && ((answered_ && !wordless_ && !order_open) || turn_round());
    list_.groups_complete = list_.complete && !groups_open_;
  }

 private:
  enum class Keep { none, suite, group };

  bool walk(Codes& suites, Codes& groups, Keep keep = Keep::none) {
    while (!suites.empty() && !groups.empty() && !talk_.stopped) {
      Hello hello = hello_of(talk_, Version::tls1_3, suites);
      hello.groups = groups;
      hello.key_shares = shares_;
      const Chosen answer = ask_choice(talk_, hello, fmt::format("TLSv1.3 hello, {} suites and {} groups", suites.size(), groups.size()));
      if (answer.choice == Choice::wordless || answer.choice == Choice::refused) {
        wordless_ = list_.wordless = wordless_ || answer.choice == Choice::wordless;
        if (list_.suites.empty() && shares_ == KeyShares::none) {
          shares_ = KeyShares::usual;  // this stack wants one
          continue;
        }
        // Without a key share to bring such a stack refuses whatever it thinks of the rest.
        const bool proves = shares_ == KeyShares::none || std::ranges::any_of(groups, has_key_share);
        groups_open_ = groups_open_ || !proves;
        return proves || keep != Keep::group;
      }
      if (answer.choice != Choice::chosen) return false;
      answered_ = true;
      const std::uint16_t suite = answer.reply.suite, group = answer.reply.group;
      if (group == 0) {  // so wolfSSL says that it takes none of the groups
        talk_.anomaly("TLSv1.3: an answer without a key share");
        return true;
      }
      if (std::exchange(reversed_, false)) list_.order = order_of(suite, suites, codes_of(list_), list_.suites.front().code);
      if (!contains(groups, group)) {
        talk_.anomaly(fmt::format("TLSv1.3: the server chose the group {}, which was not offered", group_name(group)));
        return false;
      }
      if (!contains(codes_of(list_), suite)) list_.suites.push_back({suite, {}, false});
      if (!contains(list_.groups, group)) list_.groups.push_back(group);
      if (keep != Keep::suite) std::erase(suites, suite);
      if (keep != Keep::group) std::erase(groups, group);
    }
    return !talk_.stopped;
  }

  // Where no group was left to ask for; and where refusals were wordless, to show that the server still answers.
  bool turn_round() {
    Hello hello = hello_of(talk_, Version::tls1_3, {});
    hello.key_shares = shares_;
    return ask_order(talk_, hello, list_);
  }

  Talk& talk_;
  SuiteList& list_;
  Codes suites_, groups_;
  KeyShares shares_ = KeyShares::none;
  bool wordless_ = false, groups_open_ = false;
  bool answered_ = false;  // it took something in this walk
  bool reversed_ = false;  // the next hello offers the suites found, last one first
};

}  // namespace

SuiteList list_tls13(Talk& talk, const Reply* earlier) {
  SuiteList list;
  JointWalk walk(talk, list);
  if (earlier != nullptr) walk.take(*earlier);
  walk.run();
  return list;
}

}  // namespace lintel::probes::tls
