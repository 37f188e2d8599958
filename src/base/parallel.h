// Work on many independent things on all cores: parsing and checking of files. Not for connections, which the scheduler counts.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace lintel {

// Calls work(0) ... work(count - 1), each once, in no certain order, and returns when all are done. Every thread makes a work of its own
// with make_work(), so what it holds needs no lock. Few things (less than least_per_thread for each of two threads) are done by the
// caller alone. Neither function may throw.
template <class MakeWork>
void for_each_in_parallel(std::size_t count, std::size_t least_per_thread, MakeWork make_work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    auto work = make_work();
    for (std::size_t index = next++; index < count; index = next++) work(index);
  };
  const std::size_t useful = std::min<std::size_t>(count / std::max<std::size_t>(least_per_thread, 1), 8);
  const std::size_t threads = std::min<std::size_t>(useful, std::thread::hardware_concurrency());
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  run();
}

}  // namespace lintel
