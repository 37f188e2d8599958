// Runs tasks on a bounded pool of threads. Of one asset no more network tasks run at once than it may have connections (a job opens one at a
// time), so that a slow asset never takes the workers of the others; cpu tasks are bounded on their own. Assets take turns. Intrusive tasks come last
// and one at a time: they lock accounts and wear out limits, which the others must not meet. So do those that are partly so, before them: what they
// change must be changed by nobody else. Of the tasks of one lane only one runs at a time, whatever their assets.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "probe/probe.h"

namespace lintel::scan {

struct Task {
  std::string asset;
  probe::Cost cost = probe::Cost::network;
  probe::Intrusive intrusive = probe::Intrusive::no;
  std::string lane;           // empty: none
  std::function<void()> run;  // must not throw
};

struct SchedulerLimits {
  int workers = 64;
  int per_asset = 2;  // network tasks of one asset
  int cpu = 1;        // cpu tasks of all assets
};

// Thread-safe.
class Scheduler {
 public:
  Scheduler(std::vector<Task> tasks, const SchedulerLimits& limits);  // starts at once
  ~Scheduler();                                                       // drops what waits, blocks until what runs has ended
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  std::size_t drop_waiting();  // how many; tasks that run go on

 private:
  struct Group {
    std::deque<Task> waiting;
    int running = 0;
    int limit = 1;
  };
  void work();
  Group* next_group();
  std::deque<Task>::iterator first_free(Group& group);
  bool others_are_done() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Group> groups_;  // by asset; "" is the cpu tasks, kLast the (partly) intrusive ones
  std::set<std::string> busy_lanes_;
  std::string last_;                     // group that started the latest task
  std::vector<std::thread> threads_;
};

}  // namespace lintel::scan
