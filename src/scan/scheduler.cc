#include "scan/scheduler.h"

#include <algorithm>

namespace lintel::scan {

static const std::string kLast = "/";  // no asset has such a name

Scheduler::Scheduler(std::vector<Task> tasks, const SchedulerLimits& limits) {
  std::ranges::stable_sort(tasks, {}, &Task::intrusive);
  for (Task& task : tasks) {
    const bool cpu = task.cost == probe::Cost::cpu, last = task.intrusive != probe::Intrusive::no;
    Group& group = groups_[last ? kLast : cpu ? std::string() : task.asset];
    group.limit = last ? 1 : std::max(1, cpu ? limits.cpu : limits.per_asset);
    group.waiting.push_back(std::move(task));
  }
  // A thread that could never get a task is not started.
  std::size_t useful = 0;
  for (const auto& [name, group] : groups_) useful += std::min(group.waiting.size(), static_cast<std::size_t>(group.limit));
  const std::size_t count = std::min(useful, static_cast<std::size_t>(std::max(1, limits.workers)));
  for (std::size_t number = 0; number < count; ++number) threads_.emplace_back([this] { work(); });
}

Scheduler::~Scheduler() {
  drop_waiting();
  for (std::thread& thread : threads_) thread.join();
}

std::size_t Scheduler::drop_waiting() {
  const std::lock_guard lock(mutex_);
  std::size_t dropped = 0;
  for (auto& [name, group] : groups_) {
    dropped += group.waiting.size();
    group.waiting.clear();
  }
  changed_.notify_all();
  return dropped;
}

bool Scheduler::others_are_done() const {
  return std::all_of(groups_.begin(), groups_.end(), [](const auto& entry) {
    return entry.first == kLast || (entry.second.waiting.empty() && entry.second.running == 0);
  });
}

std::deque<Task>::iterator Scheduler::first_free(Group& group) {
  return std::ranges::find_if(group.waiting, [this](const Task& task) { return !busy_lanes_.contains(task.lane); });
}

// The next one after last_, in a circle, that may start a task. Requires: mutex_ is held.
Scheduler::Group* Scheduler::next_group() {
  auto place = groups_.upper_bound(last_);
  for (std::size_t seen = 0; seen < groups_.size(); ++seen, ++place) {
    if (place == groups_.end()) place = groups_.begin();
    Group& group = place->second;
    if (first_free(group) == group.waiting.end() || group.running >= group.limit || (place->first == kLast && !others_are_done())) continue;
    last_ = place->first;
    return &group;
  }
  return nullptr;
}

void Scheduler::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto some_wait = [&] { return std::any_of(groups_.begin(), groups_.end(), [](const auto& entry) { return !entry.second.waiting.empty(); }); };
    if (!some_wait()) return;
    Group* group = next_group();
    if (group == nullptr) {
      changed_.wait(lock);
      continue;
    }
    const auto place = first_free(*group);
    Task task = std::move(*place);
    group->waiting.erase(place);
    ++group->running;
    const std::string lane = task.lane;
    if (!lane.empty()) busy_lanes_.insert(lane);
    lock.unlock();
    task.run();
    task = {};  // what it holds is freed outside the lock
    lock.lock();
    --group->running;
    busy_lanes_.erase(lane);
    changed_.notify_all();
  }
}

}  // namespace lintel::scan
