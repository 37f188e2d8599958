// What a Linux image starts when it boots: from inittab and the usual scripts of init through every script that those run, units of systemd
// that are enabled, inetd and xinetd, and the tables of cron. Nothing is executed.
#pragma once
#include <string>
#include <vector>

#include "firmware/survey/file_index.h"
#include "firmware/survey/shell.h"

namespace lintel::firmware {

struct Started {
  const File* file = nullptr;  // that says so
  std::string by{};            // inittab, script, systemd, inetd, xinetd, cron
  ShellCommand command{};      // unwrapped (daemons.h)
};

struct Terminal {  // an inittab line that stands for a console
  const File* file = nullptr;
  std::size_t line = 0;
  std::string terminal{}, action{};
  std::vector<std::string> words{};
};

struct Boot {
  std::vector<Started> started;
  std::vector<Started> media;  // what is run from removable media, as far as the image itself starts it
  std::vector<Terminal> terminals;
  bool known = false;  // what init runs was found, and every script that it runs is in the image and was read
};

// Keeps what may belong to the start of a system while the files go by.
class Startup {
 public:
  void see(const File& file, std::string_view text);
  Boot follow(const Image& image) const;

 private:
  struct Kept {
    std::string text;
    std::size_t part;
    std::string path;
  };
  friend class Follower;
  std::vector<Kept> kept_;
  std::size_t bytes_ = 0, left_out_ = 0;
};

}  // namespace lintel::firmware
