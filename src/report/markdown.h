// The run as GitHub-flavoured Markdown: for a job summary, a merge request's comment or a wiki. What fails, what is open, what is waived, and the
// counts; lists end after kMarkdownRows with "and N more". Pure.
#pragma once
#include "report/formats.h"

namespace lintel::report {

constexpr std::size_t kMarkdownRows = 200;  // of one list: GitHub shows 1 MiB of summary

Result<void> write_markdown(const model::Run& run, const EvidenceSource& evidence, const FormatOptions& options, const Write& write);

// One line that shows as it is in a table cell or a paragraph: nothing in it is a link, a mention, an image, HTML or a new cell.
std::string markdown_text(std::string_view text, std::size_t cap_bytes = 400);

}  // namespace lintel::report
