#include "firmware/formats/tree.h"

#include <set>
#include <utility>

#include "base/text.h"
#include "firmware/formats/stored.h"

namespace lintel::firmware {
namespace {

constexpr int kDeepest = 64;
constexpr std::size_t kMostProblems = 100;  // of one file system: a damaged one has more than anyone reads

class Lister {
 public:
  Lister(Opening& opening, Tree& tree) : opening_(opening), tree_(tree) {}

  Result<void> list(std::uint64_t folder, const std::string& path, int depth) {
    const std::string shown = path.empty() ? "/" : printable(path);
    if (depth > kDeepest) return problem(shown, "folders are too deep");
    if (!seen_.insert(folder).second) return problem(shown, "the folder is listed twice, or inside itself");
    std::vector<FolderEntry> entries;
    if (const auto read = tree_.entries(folder, entries); !read) (void)problem(shown, read.error().message);
    for (const FolderEntry& entry : entries) {
      TRY(opening_.budget().alive());
      if (entry.name == "." || entry.name == "..") continue;
      if (entry.name.empty() || entry.name.find('/') != std::string::npos || entry.name.find('\0') != std::string::npos || path.size() + entry.name.size() > 4095) {
        (void)problem(shown, fmt::format("\"{}\" is no file name", printable(entry.name)));
        continue;
      }
      const std::string inner = path.empty() ? entry.name : path + "/" + entry.name;
      auto file = tree_.describe(entry.id);
      if (!file) {
        (void)problem(printable(inner), file.error().message);
        continue;
      }
      const bool is_folder = file->kind == FileKind::folder;
      file->path = inner;
      if (!opening_.file(*std::move(file))) return fail(ErrorCode::limit, "too many files");
      if (is_folder) TRY(list(entry.id, inner, depth + 1));
    }
    return {};
  }

 private:
  Result<void> problem(const std::string& where, const std::string& what) {
    if (++problems_ <= kMostProblems) opening_.problem(fmt::format("{}: {}", where, what));
    if (problems_ == kMostProblems + 1) opening_.problem("more of the kind");
    return {};
  }

  Opening& opening_;
  Tree& tree_;
  std::set<std::uint64_t> seen_;
  std::size_t problems_ = 0;
};

}  // namespace

Result<void> list_tree(Opening& opening, Tree& tree, std::uint64_t root) { return Lister(opening, tree).list(root, "", 0); }

}  // namespace lintel::firmware
