// Stands in for libFuzzer where only g++ is there: runs a fuzz target over its seeds and a fixed number of mutations of them,
// the same ones every time. So every ./test runs every fuzz target under the sanitizers; long hunts use the fuzz preset.
// Usage: fuzz_x RUNS [seed files and folders...]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

using Input = std::vector<std::uint8_t>;
namespace fs = std::filesystem;

static void add_seed(std::vector<Input>& seeds, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  Input bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() <= 65536) seeds.push_back(std::move(bytes));
}

static Input mutate(const std::vector<Input>& seeds, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random()) % limit; };
  Input bytes = seeds[below(seeds.size())];
  static constexpr std::uint8_t kEdges[] = {0, 1, 0x7F, 0x80, 0xFE, 0xFF, '{', '[', '"', ':', '\n', '-', '0', '9'};
  for (std::size_t changes = 1 + below(6); changes-- > 0;) {
    const std::size_t at = below(bytes.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1u << below(8)));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = kEdges[below(std::size(kEdges))];
        break;
      case 2: bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), kEdges[below(std::size(kEdges))]); break;
      case 3: bytes.resize(at); break;
      case 4: {  // a piece of another seed
        const Input& other = seeds[below(seeds.size())];
        const std::size_t from = below(other.size()), length = below(std::min<std::size_t>(other.size() - from, 64) + 1);
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), other.begin() + static_cast<std::ptrdiff_t>(from),
                     other.begin() + static_cast<std::ptrdiff_t>(from + length));
        break;
      }
      default: {  // a piece taken out
        const std::size_t length = below(std::min<std::size_t>(bytes.size() - at, 64) + 1);
        bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
      }
    }
  }
  if (bytes.size() > 65536) bytes.resize(65536);
  return bytes;
}

int main(int argc, char** argv) {
  const long runs = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 1000;
  std::vector<Input> seeds{{}, {0}, Input(64, 0xFF)};
  for (int i = 2; i < argc; ++i) {
    if (fs::is_directory(argv[i])) {
      std::vector<fs::path> files;
      for (const auto& entry : fs::directory_iterator(argv[i]))
        if (entry.is_regular_file()) files.push_back(entry.path());
      std::sort(files.begin(), files.end());
      for (const auto& file : files) add_seed(seeds, file);
    } else {
      add_seed(seeds, argv[i]);
    }
  }
  for (const Input& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  std::mt19937 random(20261121);
  for (long run = 0; run < runs; ++run) {
    const Input bytes = mutate(seeds, random);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%ld runs over %zu seeds\n", runs, seeds.size());
  return 0;
}
