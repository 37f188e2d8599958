#include "base/subprocess.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>

using namespace lintel;
using namespace std::chrono_literals;

namespace {

Result<Finished> run(std::vector<std::string> arguments, std::string_view input = "", Deadline deadline = Deadline::after(20s)) {
  const Cancel cancel;
  Command command;
  command.arguments = std::move(arguments);
  command.input = input;
  command.output_cap_bytes = 8 << 20;
  return run_command(command, deadline, cancel);
}

}  // namespace

TEST_CASE("subprocess: input, output, errors, exit code") {
  const auto echo = run({"cat"}, "你好\n");
  REQUIRE(echo);
  CHECK(echo->output == "你好\n");
  CHECK(echo->exit_code == 0);
  const auto both = run({"sh", "-c", "echo out; echo err >&2; exit 3"});
  REQUIRE(both);
  CHECK(both->output == "out\n");
  CHECK(both->errors == "err\n");
  CHECK(both->exit_code == 3);
  CHECK(run({"sh", "-c", "kill -TERM $$"})->exit_code == 128 + 15);
}

TEST_CASE("subprocess: arguments are no shell text") {
  CHECK(run({"printf", "%s|", "a b", "$(echo x)", "; exit 9"})->output == "a b|$(echo x)|; exit 9|");
}

TEST_CASE("subprocess: more input and output than any buffer holds") {
  const std::string big(5 << 20, 'x');
  const auto back = run({"cat"}, big);
  REQUIRE(back);
  CHECK(back->output == big);
  // A program that reads nothing is no error, and no SIGPIPE.
  CHECK(run({"true"}, big)->exit_code == 0);
}

TEST_CASE("subprocess: what goes wrong is named") {
  CHECK(run({"lintel-no-such-program"}).error().code == ErrorCode::not_found);
  CHECK(run({"lintel-no-such-program"}).error().message == "there is no program lintel-no-such-program");
  CHECK(run({"/etc/passwd"}).error().code == ErrorCode::permission);
  CHECK(run({"cat", "/dev/zero"}).error().code == ErrorCode::limit);
  CHECK(run({}).error().code == ErrorCode::internal);
}

TEST_CASE("subprocess: a deadline and a cancel end it with all it started") {
  const auto begin = std::chrono::steady_clock::now();
  CHECK(run({"sh", "-c", "sleep 60 & sleep 60"}, "", Deadline::after(50ms)).error().code == ErrorCode::timeout);
  Cancel cancel;
  cancel.request();
  Command command;
  command.arguments = {"sleep", "60"};
  CHECK(run_command(command, Deadline::never(), cancel).error().code == ErrorCode::cancelled);
  // A grandchild that keeps the pipes open is not waited for.
  CHECK(run({"sh", "-c", "sleep 60 & echo done"})->output == "done\n");
  CHECK(std::chrono::steady_clock::now() - begin < 20s);
}

TEST_CASE("subprocess: secrets of our environment stay ours") {
  setenv("LINTEL_TEST_SECRET", "hunter2", 1);
  const auto environment = run({"env"});
  REQUIRE(environment);
  CHECK(environment->output.find("hunter2") == std::string::npos);
  CHECK(environment->output.find("PATH=") != std::string::npos);
}
