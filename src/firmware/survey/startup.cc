#include "firmware/survey/startup.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "firmware/survey/daemons.h"
#include "firmware/survey/surveyor.h"

namespace lintel::firmware {

namespace {

constexpr std::size_t kLargestScript = 256 << 10, kMostScripts = 4000, kMostBytes = 16 << 20, kMostStarted = 50'000;

bool is_in(std::string_view path, std::string_view folder) {
  const auto at = path.find(folder);
  return at != std::string_view::npos && (at == 0 || path[at - 1] == '/');
}

std::string name_in(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

bool is_script(std::string_view path, std::string_view text) {
  const std::string_view first = text.substr(0, std::min(text.find('\n'), std::size_t{80}));
  if (first.starts_with("#!")) return first.find("sh") != std::string_view::npos || first.find("/system/bin") != std::string_view::npos;
  if (text.starts_with("\x7f" "ELF") || text.find('\0') != std::string_view::npos) return false;
  return path.ends_with(".sh") || is_in(path, "init.d/") || is_in(path, "rc.d/") || path.ends_with("/rcS") || path.ends_with("/rc") || path.ends_with("rc.local");
}

// Scripts that init runs by their names: S20network in init.d or a run level's folder, rcS, rc.local.
bool is_started_by_name(std::string_view path) {
  const std::string name = name_in(path);
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
  const std::string parent = name_in(folder);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool numbered = name.size() > 3 && name[0] == 'S' && digit(name[1]) && digit(name[2]);
  const bool of_init = parent == "init.d" || (parent.starts_with("rc") && parent.ends_with(".d"));
  if (numbered) return of_init;
  if (name == "rcS" || name == "rc.local" || name == "rc.sysinit") return parent == "init.d" || parent == "etc" || parent == "rc.d" || parent == "etc_ro";
  return path == "etc/rc" || path == "init" || path == "linuxrc" || path == "etc_ro/rc";
}

bool is_removable(std::string_view path) {
  for (const std::string_view folder : {"/mnt/sd", "/mnt/mmc", "/mnt/usb", "/mnt/udisk", "/mnt/disk", "/media/", "/sdcard/", "/mnt/tf"})
    if (path.starts_with(folder)) return true;
  return false;
}

// [ -f PATH ]: that a stick holds the file is no guard against who brings the stick.
bool asks_for(const ShellCommand& command, const std::string& path) {
  return !command.words.empty() && (command.words[0] == "[" || command.words[0] == "test" || command.words[0] == "[[") && !command.guarded && std::ranges::find(command.words, path) != command.words.end();
}

bool is_unit(std::string_view path) { return is_in(path, "systemd/system/") && path.ends_with(".service"); }
bool is_cron(std::string_view path) { return is_in(path, "crontabs/") || path == "etc/crontab" || is_in(path, "etc/cron.d/"); }

template <class See>
void each_line(std::string_view text, See see) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    see(number, trim(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> words_in(std::string_view text) {
  const auto commands = commands_of(text);
  return commands.empty() ? std::vector<std::string>() : commands[0].words;
}

}  // namespace

void Startup::see(const File& file, std::string_view text) {
  const std::string name = name_in(file.path);
  const bool table = name == "inittab" || name == "inetd.conf" || is_in(file.path, "xinetd.d/") || is_unit(file.path) || is_cron(file.path);
  if (!table && !is_script(file.path, text)) return;
  if (text.size() > kLargestScript || kept_.size() >= kMostScripts || bytes_ + text.size() > kMostBytes) {
    ++left_out_;
    return;
  }
  bytes_ += text.size();
  kept_.push_back({std::string(text), file.part, file.path});
}

// Walks from what init runs to what those scripts run.
class Follower {
 public:
  Follower(const Startup& startup, const Image& image) : startup_(startup), index_(image), image_(image) {
    for (const Startup::Kept& kept : startup.kept_)
      if (const File* file = index_.find(kept.part, kept.path)) kept_[file] = &kept;
  }

  Boot run() {
    for (const auto& [file, kept] : kept_) read_table(*file, *kept);
    for (const File& file : image_.files) {
      if (is_started_by_name(file.path)) queue(index_.find(file.part, file.path), false);
      if (file.kind != FileKind::symlink || file.path.find(".wants/") == std::string::npos) continue;
      enabled_units_.insert(name_in(file.path));
      enabled_units_.insert(name_in(file.target));
    }
    for (const auto& [file, kept] : kept_)
      if (is_unit(file->path)) read_unit(*file, kept->text);
    while (!queue_.empty() && boot_.started.size() < kMostStarted) {
      const auto [file, guarded] = queue_.back();
      queue_.pop_back();
      read_script(*file, kept_.at(file)->text, 0, guarded, "script", 0);
    }
    guard_inetd();
    boot_.known = startup_.left_out_ == 0 && found_init_ && !missing_script_ && boot_.started.size() < kMostStarted;
    return std::move(boot_);
  }

 private:
  // A script is read again when it turns out to run without a guard.
  void queue(const File* file, bool guarded) {
    if (file == nullptr || !kept_.contains(file)) return;
    const auto [at, fresh] = seen_.emplace(file, guarded);
    if (!fresh && (guarded || !at->second)) return;
    at->second = guarded;
    found_init_ = true;
    queue_.push_back({file, guarded});
  }

  void read_table(const File& file, const Startup::Kept& kept) {
    const std::string name = name_in(file.path);
    if (name == "inittab") each_line(kept.text, [&](std::size_t line, std::string_view text) { read_inittab(file, line, text); });
    else if (name == "inetd.conf") each_line(kept.text, [&](std::size_t line, std::string_view text) { read_inetd(file, line, text); });
    else if (is_in(file.path, "xinetd.d/")) read_xinetd(file, kept.text);
    else if (is_cron(file.path)) each_line(kept.text, [&](std::size_t line, std::string_view text) { read_cron(file, line, text); });
  }

  void read_inittab(const File& file, std::size_t line, std::string_view text) {
    if (text.empty() || text[0] == '#') return;
    const auto fields = split(text, ':');
    if (fields.size() < 4) return;
    static constexpr std::array<std::string_view, 9> kActions{"sysinit", "respawn", "askfirst", "askconsole", "wait", "once", "boot", "bootwait", "respawnlate"};
    if (std::ranges::find(kActions, fields[2]) == kActions.end() && fields[2] != "askconsolelate") return;
    found_init_ = true;
    const std::string_view process = text.substr(static_cast<std::size_t>(fields[3].data() - text.data()));
    std::vector<std::string> words = words_in(process.starts_with('-') || process.starts_with('@') ? process.substr(1) : process);
    if (words.empty()) return;
    const std::string program = program_name(words[0]);
    const bool console = is_shell(words[0]) || program.ends_with("getty") || program == "login" || program == "login.sh" || program == "sulogin" || fields[2].starts_with("ask");
    if (console && !(is_shell(words[0]) && words.size() > 1 && !words[1].starts_with('-'))) {
      boot_.terminals.push_back({&file, line, std::string(fields[0]), std::string(fields[2]), std::move(words)});
      return;
    }
    read_script(file, process, line - 1, false, "inittab", 0);
  }

  void read_inetd(const File& file, std::size_t line, std::string_view text) {
    if (text.empty() || text[0] == '#') return;
    std::vector<std::string> words = words_in(text);
    if (words.size() < 6) return;
    words.erase(words.begin(), words.begin() + 5);  // service, socket, protocol, wait, user; then the program
    if (words.size() > 1) words.erase(words.begin() + 1);  // its name again
    add(file, line, std::move(words), false, "inetd");
  }

  void read_xinetd(const File& file, std::string_view text) {
    std::vector<std::string> words;
    std::size_t at = 0;
    bool disabled = false;
    each_line(text, [&](std::size_t line, std::string_view one) {
      const auto equals = one.find('=');
      if (equals == std::string_view::npos || one[0] == '#') return;
      const std::string_view key = trim(one.substr(0, equals)), value = trim(one.substr(equals + 1));
      if (key == "disable") disabled = value == "yes";
      if (key == "server") words.insert(words.begin(), std::string(value)), at = line;
      if (key == "server_args")
        for (std::string& word : words_in(value)) words.push_back(std::move(word));
    });
    if (!disabled && at != 0) add(file, at, std::move(words), false, "xinetd");
  }

  void read_cron(const File& file, std::size_t line, std::string_view text) {
    if (text.empty() || text[0] == '#') return;
    const int fields = text[0] == '@' ? 1 : 5;
    for (int field = 0; field < fields; ++field) {
      const auto space = text.find_first_of(" \t");
      if (space == std::string_view::npos) return;
      text = trim(text.substr(space));
    }
    read_script(file, text, line - 1, false, "cron", 0);
  }

  void read_unit(const File& file, std::string_view text) {
    const std::string name = name_in(file.path);
    if (!enabled_units_.contains(name)) return;
    found_init_ = true;
    each_line(text, [&](std::size_t line, std::string_view one) {
      if (!one.starts_with("ExecStart")) return;
      const auto equals = one.find('=');
      if (equals == std::string_view::npos) return;
      std::string_view process = trim(one.substr(equals + 1));
      while (!process.empty() && std::string_view("-@+!:").find(process[0]) != std::string_view::npos) process.remove_prefix(1);
      std::vector<std::string> words = words_in(process);
      if (!words.empty() && program_name(words[0]).ends_with("getty")) {
        boot_.terminals.push_back({&file, line, name, "systemd", std::move(words)});
        return;
      }
      read_script(file, process, line - 1, false, "systemd", 0);
    });
  }

  void read_script(const File& file, std::string_view text, std::size_t lines_before, bool guarded, const std::string& by, int depth) {
    ShellCommand before;
    for (ShellCommand& command : commands_of(text)) {
      std::vector<std::string> words = unwrapped(command.words);
      if (words.empty()) continue;
      const bool under = guarded || command.guarded;
      const std::size_t line = lines_before + command.line;
      const bool shell = is_shell(words[0]), source = words[0] == "." || words[0] == "source";
      if (shell && words.size() > 2 && words[1] == "-c" && depth < 3) {
        read_script(file, words[2], line - 1, under, by, depth + 1);
        continue;
      }
      std::size_t script = 0;
      if (shell || source)
        for (script = 1; script < words.size() && words[script].starts_with('-');) ++script;
      if (script < words.size() && words[script].find('/') != std::string::npos) {
        const File* called = index_.find_mounted(file.part, words[script]);
        if (called == nullptr && words[script].starts_with('/') && (shell || source || words[script].ends_with(".sh"))) missing_script_ = true;
        queue(called, under);
      }
      if (script < words.size() && is_removable(words[script]) && boot_.media.size() <= kMostFindings)
        boot_.media.push_back({&file, by, {line, words, guarded || (command.guarded && !asks_for(before, words[script]))}});
      add(file, line, std::move(words), under, by);
      before = std::move(command);
    }
  }

  void add(const File& file, std::size_t line, std::vector<std::string> words, bool guarded, const std::string& by) {
    words = unwrapped(std::move(words));
    if (words.empty() || boot_.started.size() >= kMostStarted) return;
    if (program_name(words[0]) == "inetd" || program_name(words[0]) == "xinetd") inetd_started_ = inetd_started_ || !guarded;
    if (!service_of(words)) return;
    boot_.started.push_back({&file, by, {line, std::move(words), guarded}});
  }

  // Their services wait for the super-server: without it they are not started.
  void guard_inetd() {
    for (Started& one : boot_.started)
      if ((one.by == "inetd" || one.by == "xinetd") && !inetd_started_) one.command.guarded = true;
  }

  const Startup& startup_;
  FileIndex index_;
  const Image& image_;
  std::map<const File*, const Startup::Kept*> kept_;
  std::map<const File*, bool> seen_;
  std::vector<std::pair<const File*, bool>> queue_;
  std::set<std::string> enabled_units_;
  bool found_init_ = false, inetd_started_ = false;
  bool missing_script_ = false;  // run by one that is here, and lies where this image does not reach
  Boot boot_;
};

Boot Startup::follow(const Image& image) const { return Follower(*this, image).run(); }

}  // namespace lintel::firmware
