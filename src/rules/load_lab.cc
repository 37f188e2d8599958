// Lab documents: what a laboratory adds to a report. Its pictures are read here, so that a bad one is told with its place.
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "base/files.h"
#include "base/picture.h"
#include "rules/documents.h"

namespace lintel::rules {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kPicturesCapBytes = 12 << 20;  // of one document; all of them stand in the HTML page

class LabReader {
 public:
  LabReader(const Document& document, const fs::path& folder, const model::Profile& profile, const model::Target& target, LoadedLab& loaded)
      : document_(document), folder_(folder), profile_(profile), target_(target), loaded_(loaded) {}

  void read() {
    const Json& json = document_.value;
    from_json(json, loaded_.lab);
    const model::Lab& lab = loaded_.lab;
    if (lab.report.issued && lab.report.valid_until && *lab.report.valid_until <= *lab.report.issued)
      error("E096", "/report/valid_until", "`valid_until` is not after `issued`", "the report would never be valid");
    if (lab.report.amends && lab.report.amends->number == lab.report.number)
      error("E097", "/report/amends/number", "the report amends itself", "an amended report has a number of its own");
    items(member(json, "items"));
    clauses(member(json, "external"), "/external");
    clauses(member(json, "opinions"), "/opinions");
    if (lab.laboratory.logo) picture("/laboratory/logo/file", loaded_.lab.laboratory.logo->file);
    if (lab.network) picture("/environment/network/file", loaded_.lab.network->file);
    for (std::size_t i = 0; i < lab.items.size(); ++i)
      for (std::size_t p = 0; p < lab.items[i].photos.size(); ++p)
        picture(fmt::format("/items/{}/photos/{}/file", i, p), loaded_.lab.items[i].photos[p].file);
  }

 private:
  void error(const char* code, const std::string& pointer, std::string message, std::string hint = "") {
    add_error(loaded_.diagnostics, code, document_.file, document_.at(pointer), std::move(message), std::move(hint));
  }

  void items(const Json& list) {
    std::map<std::string, int> lines;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string at = fmt::format("/items/{}/asset", i), id = text_or(list[i], "asset");
      if (find_asset(target_, id) == nullptr) {
        std::vector<std::string> names;
        for (const model::Asset& one : target_.assets) names.push_back(one.id);
        error("E082", at, fmt::format("the target has no asset `{}`", printable(id)), name_hint(id, names));
      }
      if (const auto [first, fresh] = lines.emplace(id, document_.at(at).line); !fresh)
        error("E098", at, fmt::format("asset `{}` is described twice", printable(id)), fmt::format("the first is on line {}", first->second));
    }
  }

  void clauses(const Json& list, const std::string& at) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Json& ids = member(list[i], "clauses");
      for (std::size_t k = 0; k < ids.size(); ++k) {
        const std::string id = ids[k].get<std::string>();
        if (find_clause(profile_, id) != nullptr) continue;
        std::vector<std::string> names;
        for (const model::Clause& one : profile_.clauses) names.push_back(one.id);
        error("E081", fmt::format("{}/{}/clauses/{}", at, i, k), fmt::format("the profile has no clause `{}`", id), name_hint(id, names));
      }
    }
  }

  void picture(const std::string& at, model::Evidence& file) {
    const fs::path path = (folder_ / file.name).lexically_normal();
    const auto content = read_file(path, kPictureCapBytes);
    if (!content) {
      const bool large = content.error().code == ErrorCode::limit;
      return error("E099", at, large ? fmt::format("{} is larger than {} bytes", printable(path.string()), kPictureCapBytes) : content.error().message,
                   large ? "scale it down" : "");
    }
    const auto known = identify_picture(as_bytes(*content));
    if (!known) return error("E099", at, fmt::format("{}: {}", printable(path.string()), known.error().message));
    total_bytes_ += content->size();
    if (total_bytes_ > kPicturesCapBytes)
      return error("E099", at, fmt::format("the pictures have more than {} bytes together", kPicturesCapBytes), "scale them down: all of them stand in the report");
    file.name = path.filename().string();
    file.media_type = known->media_type;
    file.size_bytes = content->size();
    loaded_.pictures.emplace_back(content->begin(), content->end());
  }

  const Document& document_;
  const fs::path& folder_;
  const model::Profile& profile_;
  const model::Target& target_;
  LoadedLab& loaded_;
  std::size_t total_bytes_ = 0;
};

}  // namespace

LoadedLab load_lab(const fs::path& path, const model::Profile& profile, const model::Target& target) {
  LoadedLab loaded;
  DocumentSchemas schemas;
  const auto document = load_document(path, "lab", schemas, loaded.diagnostics);
  if (!document) return loaded;
  const fs::path folder = path.parent_path();
  LabReader(*document, folder, profile, target, loaded).read();
  loaded.lab.source.name = path.filename().string();
  return loaded;
}

}  // namespace lintel::rules
