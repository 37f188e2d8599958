#include "report/xlsx.h"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include <array>

#include "base/files.h"
#include "base/text.h"
#include "report/rows.h"
#include "report/values.h"

namespace lintel::report {
namespace {

using model::Verdict;

constexpr std::array kSheetOrder = {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::not_tested, Verdict::not_applicable};
constexpr std::size_t kCellCapBytes = 8000;  // Excel takes 32,767 characters

// One sheet, filled row by row from the top: with constant_memory a row is on disk once the next one begins.
class Sheet {
 public:
  Sheet(lxw_workbook* book, const std::string& name, lxw_format* head, lxw_format* wrap)
      : sheet_(workbook_add_worksheet(book, name.c_str())), head_(head), wrap_(wrap) {}

  void widths(std::span<const double> columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) worksheet_set_column(sheet_, static_cast<lxw_col_t>(i), static_cast<lxw_col_t>(i), columns[i], wrap_);
  }
  void head(const std::vector<std::string>& names) {
    worksheet_freeze_panes(sheet_, row_ + 1, 0);
    top_ = row_;
    for (const std::string& name : names) text(name, head_);
    columns_ = column_;
    next();
  }
  void text(std::string_view value, lxw_format* format = nullptr) {
    note(worksheet_write_string(sheet_, row_, column_++, plain(value, kCellCapBytes).c_str(), format));
  }
  void number(double value) { note(worksheet_write_number(sheet_, row_, column_++, value, nullptr)); }
  void next() {
    ++row_;
    column_ = 0;
  }
  void filter() {
    if (row_ > top_ + 1) worksheet_autofilter(sheet_, top_, 0, row_ - 1, static_cast<lxw_col_t>(columns_ - 1));
  }
  lxw_format* head_format() const { return head_; }
  lxw_error error() const { return error_; }

 private:
  void note(lxw_error error) {
    if (error_ == LXW_NO_ERROR) error_ = error;
  }
  lxw_worksheet* sheet_;
  lxw_format* head_;
  lxw_format* wrap_;
  lxw_row_t row_ = 0, top_ = 0;
  lxw_col_t column_ = 0;
  lxw_col_t columns_ = 0;
  lxw_error error_ = LXW_NO_ERROR;
};

class Workbook {
 public:
  Workbook(const RunIndex& index, Language language) : index_(index), language_(language) {}

  Result<void> write(const std::filesystem::path& path) {
    std::string folder = path.parent_path().string();
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder.data();
    lxw_workbook* book = workbook_new_opt(path.c_str(), &options);
    if (book == nullptr) return fail(ErrorCode::io, "no workbook can be made in {}", folder);
    properties(book);
    head_ = workbook_add_format(book);
    format_set_bold(head_);
    format_set_bg_color(head_, 0xE8ECEF);
    format_set_align(head_, LXW_ALIGN_VERTICAL_TOP);
    wrap_ = workbook_add_format(book);
    format_set_align(wrap_, LXW_ALIGN_VERTICAL_TOP);
    lxw_error error = summary(book);
    for (const auto part : {&Workbook::clauses, &Workbook::checks, &Workbook::evidence}) {
      const lxw_error here = (this->*part)(book);
      if (error == LXW_NO_ERROR) error = here;
    }
    const lxw_error closed = workbook_close(book);  // frees it whatever happened
    if (error == LXW_NO_ERROR) error = closed;
    if (error == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE) return fail(ErrorCode::limit, "the run has more results than a sheet of Excel has rows; csv holds them");
    if (error != LXW_NO_ERROR) return fail(ErrorCode::io, "the workbook can't be written: {}", lxw_strerror(error));
    return {};
  }

 private:
  std::string ui(const char* name) const { return in(index_.words.text("ui", name), language_); }
  std::string word(const char* section, std::string_view name) const { return in(index_.words.text(section, name), language_); }

  // The date in the document's properties is the run's: the same run gives the same bytes.
  void properties(lxw_workbook* book) {
    std::string title = one_line(in(index_.run.profile.title, language_)), author = "Lintel " + one_line(index_.run.tool_version, 100), subject = report_number(index_.run);
    lxw_doc_properties made{};
    made.title = title.data();
    made.author = author.data();
    made.subject = subject.data();
    // 0 would mean "now"; the format has no year before 1900 or after 9999.
    made.created = std::clamp<std::int64_t>(std::chrono::floor<std::chrono::seconds>(index_.run.finished).time_since_epoch().count(), 1, 253'402'300'799);
    workbook_set_properties(book, &made);
  }

  lxw_error summary(lxw_workbook* book) {
    Sheet sheet(book, ui("summary"), head_, wrap_);
    sheet.widths(std::array<double, 6>{28, 60, 14, 14, 14, 14});
    const model::Run& run = index_.run;
    const auto row = [&](const std::string& name, std::string_view value) {
      sheet.text(name, sheet.head_format());
      sheet.text(value);
      sheet.next();
    };
    row(ui("report_number"), report_number(run));
    row(ui("target"), in(run.target.name == model::Text{} ? model::Text{run.target.id, run.target.id} : run.target.name, language_));
    row(ui("statement"), word("gate", model::name_of(run.verdicts.gate)));
    row(ui("standard"), in(run.profile.title, language_) + " " + run.profile.version);
    row(ui("profile_hash"), run.profile_sha256);
    row(ui("run_id"), run.id);
    row(ui("run_state"), ui(run.complete ? "complete" : "incomplete"));
    row(ui("started"), format_time(run.started));
    row(ui("finished"), format_time(run.finished));
    row(ui("judged"), format_time(run.verdicts.judged_at));
    row(ui("tool"), "Lintel " + run.tool_version);
    row(ui("host"), run.host);
    for (const auto& grade : run.verdicts.grades)
      row(fmt::format("{}: {}", ui("grades"), grade.asset), fmt::format("{} {}, {} {}", ui("claimed"), grade.claimed, ui("reached"), grade.reached));
    sheet.next();
    std::vector<std::string> order;
    std::map<std::string, std::map<Verdict, int>> chapters;
    for (const ClauseRow& clause : index_.clauses()) {
      if (!chapters.contains(clause.clause->chapter)) order.push_back(clause.clause->chapter);
      ++chapters[clause.clause->chapter][clause.verdict->verdict];
    }
    sheet.text(ui("chapter"), sheet.head_format());
    for (const Verdict verdict : kSheetOrder) sheet.text(word("verdict", model::name_of(verdict)), sheet.head_format());
    sheet.next();
    for (const std::string& id : order) {
      const model::Chapter* chapter = index_.chapter(id);
      sheet.text(chapter != nullptr ? id + " " + in(chapter->title, language_) : id);
      for (const Verdict verdict : kSheetOrder) sheet.number(chapters[id][verdict]);
      sheet.next();
    }
    return sheet.error();
  }

  lxw_error clauses(lxw_workbook* book) {
    Sheet sheet(book, ui("clauses"), head_, wrap_);
    sheet.widths(std::array<double, 10>{12, 24, 60, 12, 10, 14, 14, 24, 24, 28});
    sheet.head({ui("clause"), ui("chapter"), ui("requirement"), ui("obligation"), ui("device_level"), ui("subject"), ui("verdict"), ui("reason"), ui("waived"), ui("references")});
    for (const ClauseRow& row : index_.clauses()) {
      const model::Clause& clause = *row.clause;
      const model::Chapter* chapter = index_.chapter(clause.chapter);
      std::vector<std::string> references;
      for (const auto& [standard, ids] : clause.references) references.push_back(standard + " " + join(ids, " "));
      sheet.text(clause.id);
      sheet.text(chapter != nullptr ? clause.chapter + " " + in(chapter->title, language_) : clause.chapter);
      sheet.text(in(clause.text, language_));
      sheet.text(word("obligation", model::name_of(clause.obligation)));
      sheet.number(clause.level);
      sheet.text(word("subject", model::name_of(clause.subject)));
      sheet.text(word("verdict", model::name_of(row.verdict->verdict)));
      sheet.text(row.verdict->reason == model::Reason::none ? "" : word("reason", model::name_of(row.verdict->reason)));
      sheet.text(row.verdict->waiver ? fmt::format("{} ({}, {})", row.verdict->waiver->reason, row.verdict->waiver->approved_by, format_time(row.verdict->waiver->expires))
                 : row.verdict->waiver_expired ? ui("waiver_expired")
                                               : "");
      sheet.text(join(references, "; "));
      sheet.next();
    }
    sheet.filter();
    return sheet.error();
  }

  lxw_error checks(lxw_workbook* book) {
    Sheet sheet(book, ui("checks"), head_, wrap_);
    std::vector<std::string> names;
    for (const std::string_view name : column_names()) names.push_back(word("column", name));
    sheet.widths(std::array<double, 24>{12, 8, 40, 10, 10, 10, 12, 14, 18, 12, 22, 22, 12, 18, 36, 36, 48, 36, 22, 14, 16, 22, 14, 20});
    sheet.head(names);
    // The visitor never fails; the sheet keeps the library's first error.
    const auto add = [&](const Line& line) -> Result<void> {
      for (const std::string& cell : cells_of(index_, line, language_, Spelling::words)) sheet.text(cell);
      sheet.next();
      return {};
    };
    (void)for_each_line(index_, add);
    for (const Line& line : contradiction_lines(index_)) (void)add(line);
    sheet.filter();
    return sheet.error();
  }

  lxw_error evidence(lxw_workbook* book) {
    Sheet sheet(book, ui("evidence"), head_, wrap_);
    sheet.widths(std::array<double, 8>{8, 36, 26, 12, 66, 14, 24, 24});
    sheet.head({ui("number"), ui("file"), ui("media_type"), ui("size_bytes"), "SHA-256", ui("asset"), ui("items"), ui("started")});
    for (const EvidenceEntry& entry : index_.evidence()) {
      sheet.text(entry.number);
      sheet.text(one_line(entry.evidence->name));
      sheet.text(one_line(entry.evidence->media_type));
      sheet.number(static_cast<double>(entry.evidence->size_bytes));
      sheet.text(entry.evidence->sha256);
      sheet.text(one_line(entry.observation != nullptr ? entry.observation->job.asset : entry.attestation->asset));
      sheet.text(one_line(entry.observation != nullptr ? entry.observation->job.item : entry.attestation->clause));
      sheet.text(format_time(entry.observation != nullptr ? entry.observation->started : entry.attestation->at));
      sheet.next();
    }
    sheet.filter();
    return sheet.error();
  }

  const RunIndex& index_;
  const Language language_;
  lxw_format* head_ = nullptr;
  lxw_format* wrap_ = nullptr;
};

}  // namespace

Result<void> write_xlsx(const model::Run& run, const EvidenceSource&, const FormatOptions& options, const Write& write) {
  const RunIndex index(run, TRY(Words::load()), ViewLimits{});
  const TemporaryFolder folder = TRY(TemporaryFolder::create());
  const std::filesystem::path path = folder.path() / "run.xlsx";
  TRY(Workbook(index, options.language).write(path));
  return for_each_chunk(path, [&](ByteView piece) { return write(as_text(piece)); });
}

}  // namespace lintel::report
