// One function a command; each lives in the file of its name and returns the exit code (docs/exit-codes.md).
#pragma once
#include "cli/arguments.h"
#include "cli/console.h"

namespace lintel::cli {

inline constexpr int kUsageError = 2;
inline constexpr int kInternalError = 4;

int run_command(const ScanCommand& command, const Console& console);
int run_command(const JudgeCommand& command, const Console& console);
int run_command(const AssessCommand& command, const Console& console);
int run_command(const IcsInitCommand& command, const Console& console);
int run_command(const IcsCheckCommand& command, const Console& console);
int run_command(const ReportCommand& command, const Console& console);
int run_command(const ExportCommand& command, const Console& console);
int run_command(const DiffCommand& command, const Console& console);
int run_command(const SealCommand& command, const Console& console);
int run_command(const VerifyCommand& command, const Console& console);
int run_command(const ProfilePinCommand& command, const Console& console);
int run_command(const ProfileSignCommand& command, const Console& console);
int run_command(const HistoryCommand& command, const Console& console);
int run_command(const ProfileLintCommand& command, const Console& console);
int run_command(const ProfileShowCommand& command, const Console& console);
int run_command(const ProfileTestCommand& command, const Console& console);
int run_command(const ProfileCoverageCommand& command, const Console& console);
int run_command(const TargetLintCommand& command, const Console& console);
int run_command(const TargetTryCommand& command, const Console& console);
int run_command(const InitCommand& command, const Console& console);
int run_command(const TextCommand& command, const Console& console);
int run_command(const ProbeListCommand& command, const Console& console);
int run_command(const ProbeShowCommand& command, const Console& console);
int run_command(const ProbeTlsCommand& command, const Console& console);
int run_command(const RandomTestCommand& command, const Console& console);
int run_command(const RandomJudgeCommand& command, const Console& console);
int run_command(const IdCheckCommand& command, const Console& console);
int run_command(const IdExplainCommand& command, const Console& console);
int run_command(const IdGenerateCommand& command, const Console& console);
int run_command(const FirmwareInspectCommand& command, const Console& console);
int run_command(const FirmwareTreeCommand& command, const Console& console);
int run_command(const FirmwareCatCommand& command, const Console& console);

}  // namespace lintel::cli
