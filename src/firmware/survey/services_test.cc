#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/text.h"
#include "firmware/survey/daemons.h"
#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

struct Planted {
  std::string path, text;  // "-> target": a link
  std::size_t part = 0;
};

Json facts_of(const std::vector<Planted>& files) {
  Image image;
  image.parts.resize(2);
  const auto surveyor = survey_services();
  for (const Planted& planted : files) {
    File file;
    file.path = planted.path;
    file.part = planted.part;
    if (planted.text.starts_with("-> ")) {
      file.kind = FileKind::symlink;
      file.target = planted.text.substr(3);
    }
    image.files.push_back(file);
    if (file.kind == FileKind::file) surveyor->see(image, file, as_bytes(planted.text));
  }
  Json facts = Json::object();
  surveyor->conclude(image, facts);
  return facts;
}

// "telnetd etc/init.d/rcS:3 23 guarded, ..."
std::string services(const Json& facts) {
  std::vector<std::string> texts;
  for (const Json& one : facts["services"])
    texts.push_back(one["name"].get<std::string>() + " " + one["path"].get<std::string>() + ":" + std::to_string(one["line"].get<int>()) + (one.contains("port") ? " " + std::to_string(one["port"].get<int>()) : "") +
                    (one["guarded"].get<bool>() ? " guarded" : "") + (one["present"].get<bool>() ? "" : " absent") + (one["without_login"].get<bool>() ? " open" : ""));
  return join(texts, ", ");
}

const Planted kTelnetd{"usr/sbin/telnetd", "-> ../../bin/busybox"};

}  // namespace

TEST_CASE("a service of rcS counts; one in a comment, a here-document, an echo or behind an exit does not") {
  CHECK(services(facts_of({kTelnetd, {"etc/init.d/rcS", "#!/bin/sh\n# telnetd\necho telnetd\ntelnetd -l /bin/sh &\ncat <<E\ntelnetd\nE\nexit 0\ntelnetd\n"}})) == "telnetd etc/init.d/rcS:4 23 open");
  CHECK(services(facts_of({kTelnetd, {"etc/init.d/rcS", "#!/bin/sh\n[ -f /debug ] && telnetd\nif x; then\n telnetd -p 2323\nfi\n"}})) == "telnetd etc/init.d/rcS:2 23 guarded, telnetd etc/init.d/rcS:4 2323 guarded");
  CHECK(services(facts_of({{"etc/init.d/rcS", "#!/bin/sh\ntelnetd\n"}})) == "telnetd etc/init.d/rcS:2 23 absent");
}

TEST_CASE("scripts are followed to what they run, over parts, and no further") {
  const Json facts = facts_of({kTelnetd,
                               {"etc/inittab", "::sysinit:/etc/init.d/boot\n::respawn:/usr/sbin/telnetd -F\n"},
                               {"etc/init.d/boot", "#!/bin/sh\n. /etc/functions\n/system/init/app.sh &\n"},
                               {"etc/functions", "#!/bin/sh\nstart() { busybox telnetd -p 1; }\n"},
                               {"init/app.sh", "#!/bin/sh\nnohup /usr/sbin/telnetd -p 2 &\n", 1},
                               {"usr/share/example.sh", "#!/bin/sh\ntelnetd -p 3\n"},
                               {"etc/init.d/telnet", "#!/bin/sh\ntelnetd -p 4\n"}});
  const std::string all = services(facts);
  CAPTURE(all);
  CHECK(facts["services"].size() == 3);
  CHECK(all.find("etc/inittab:2 23") != std::string::npos);
  CHECK(all.find("etc/functions:2 1") != std::string::npos);
  CHECK(all.find("init/app.sh:2 2") != std::string::npos);
  CHECK(facts["boot_known"] == true);
}

TEST_CASE("procd, systemd, inetd, xinetd and cron start services") {
  CHECK(services(facts_of({{"usr/sbin/dropbear", "x"}, {"etc/rc.d/S50dropbear", "-> ../init.d/dropbear"}, {"etc/init.d/dropbear", "#!/bin/sh /etc/rc.common\nPROG=/usr/sbin/dropbear\nstart_service() {\n procd_set_param command \"$PROG\" -F -p 2222\n}\n"}})) ==
        "dropbear etc/init.d/dropbear:4 2222");
  const std::string unit = "[Service]\nExecStart=-/usr/sbin/vsftpd /etc/vsftpd.conf\n";
  CHECK(services(facts_of({{"usr/sbin/vsftpd", "x"}, {"lib/systemd/system/ftp.service", unit}, {"etc/systemd/system/multi-user.target.wants/ftp.service", "-> /lib/systemd/system/ftp.service"}})) == "vsftpd lib/systemd/system/ftp.service:2 21");
  CHECK(services(facts_of({{"usr/sbin/vsftpd", "x"}, {"lib/systemd/system/ftp.service", unit}})).empty());
  const std::string inetd = "#telnet stream tcp nowait root /usr/sbin/telnetd telnetd\ntftp dgram udp wait root /usr/sbin/tftpd tftpd -l\n";
  CHECK(services(facts_of({{"usr/sbin/tftpd", "x"}, {"etc/inetd.conf", inetd}})) == "tftpd etc/inetd.conf:2 69 guarded open");
  CHECK(services(facts_of({{"usr/sbin/tftpd", "x"}, {"etc/inetd.conf", inetd}, {"etc/init.d/rcS", "#!/bin/sh\ninetd\n"}})) == "tftpd etc/inetd.conf:2 69 open");
  CHECK(services(facts_of({kTelnetd, {"etc/xinetd.d/telnet", "service telnet\n{\n disable = yes\n server = /usr/sbin/telnetd\n}\n"}})).empty());
  CHECK(services(facts_of({kTelnetd, {"etc/crontabs/root", "# x\n*/5 * * * * pidof telnetd || telnetd\n@reboot telnetd -p 9\n"}})) == "telnetd etc/crontabs/root:2 23 guarded, telnetd etc/crontabs/root:3 9");
  CHECK(services(facts_of({kTelnetd, {"etc/init.d/S50x", "#!/bin/sh\ncase \"$1\" in\nstart) start-stop-daemon -S -b -x /usr/sbin/telnetd -- -p 7;;\nstop) start-stop-daemon -K -x telnetd; telnetd;;\nesac\n"}})) == "telnetd etc/init.d/S50x:3 7");
}

TEST_CASE("what a service is by its options") {
  CHECK(service_of({"gdbserver", ":2345", "/bin/app"}).value()["port"] == 2345);
  CHECK(service_of({"tcpsvd", "-vE", "0.0.0.0", "2121", "ftpd", "-w", "/"}).value()["kind"] == "ftp");
  CHECK(service_of({"tcpsvd", "-vE", "0.0.0.0", "2121", "ftpd", "-w", "/"}).value()["port"] == 2121);
  CHECK(service_of({"nc", "-l", "-p", "99", "-e", "/bin/sh"}).value()["without_login"] == true);
  CHECK_FALSE(service_of({"nc", "host", "99"}));
  CHECK_FALSE(service_of({"killall", "telnetd"}));
  CHECK_FALSE(service_of({}));
  CHECK(service_of({"dropbear", "-B"}).value()["without_login"] == true);
  CHECK(service_of({"httpd", "-p", "127.0.0.1:80"}).value()["local"] == true);
  CHECK(shown_command({"app", "--password", "abc", "token=def", "http://me:pw@host/x", "\x1b[31m"}).find_first_of("\x1b") == std::string::npos);
  CHECK(shown_command({"app", "--password", "abc", "token=def", "http://me:pw@host/x"}) == "app --password *** token=*** http://***@host/x");
}

TEST_CASE("consoles: a shell at once, a login, or what can't be told") {
  const Json facts = facts_of({{"etc/inittab", "ttyS0::respawn:-/bin/sh\n::askconsole:/bin/ash --login\nconsole::respawn:/sbin/getty -L console 115200 # x\ntty1::respawn:/sbin/getty -n -l /bin/sh 38400 tty1\n"
                                               "tty2::respawn:/sbin/agetty --autologin root tty2\n::askfirst:/usr/libexec/login.sh\n#tty3::respawn:/bin/sh\n::sysinit:/bin/sh /etc/rc\n::shutdown:/bin/sh\n"}});
  std::string logins;
  for (const Json& console : facts["consoles"]) logins += console["login"].get<std::string>() + " ";
  CHECK(logins == "none none required none none unknown ");
  CHECK(facts["consoles"][0]["terminal"] == "ttyS0");
  CHECK(facts["consoles"][1]["line"] == 2);
}

TEST_CASE("settings of SSH servers, brokers and packages") {
  const Json facts = facts_of({{"etc/ssh/sshd_config", "#PermitRootLogin no\nPermitRootLogin yes\nPermitRootLogin no\nMatch User x\nPasswordAuthentication no\n"},
                               {"etc/mosquitto/mosquitto.conf", "listener 1883 127.0.0.1\nallow_anonymous true\n"},
                               {"etc/mosquitto/mosquitto.conf.example", "allow_anonymous true\n"},
                               {"etc/opkg.conf", "dest root /\n# option check_signature 1\n"},
                               {"etc/config/dropbear", "config dropbear\n\toption PasswordAuth 'on'\n#\toption RootLogin 'on'\n"},
                               {"usr/sbin/sshd", "x"},
                               {"etc/init.d/S50sshd", "#!/bin/sh\n/usr/sbin/sshd\n"}});
  std::string all;
  for (const Json& one : facts["service_settings"]) all += one["service"].get<std::string>() + " " + one["setting"].get<std::string>() + "=" + one["value"].get<std::string>() + (one["local"].get<bool>() ? " local" : "") + (one["started"].get<bool>() ? " started" : "") + "\n";
  CHECK(all == "sshd permitrootlogin=yes started\nsshd passwordauthentication=yes started\nsshd permitemptypasswords=no started\nmosquitto allow_anonymous=true local\nopkg check_signature=no\ndropbear passwordauth=on\n");
}

TEST_CASE("what is run from removable media, and whether more than the medium stands before it") {
  const Json facts = facts_of({{"etc/init.d/rcS", "#!/bin/sh\nsh /mnt/sdcard/factory.sh\n[ -f /media/usb/run.sh ] && . /media/usb/run.sh\nif x; then /mnt/usb/tool; fi\nsh /mnt/data/x.sh\nmount /dev/sda1 /mnt/usb\n"},
                               {"usr/share/example.sh", "#!/bin/sh\nsh /mnt/sdcard/a.sh\n"}});
  REQUIRE(facts["media_scripts"].size() == 3);
  CHECK(facts["media_scripts"][0]["line"] == 2);
  CHECK(facts["media_scripts"][0]["guarded"] == false);
  CHECK(facts["media_scripts"][1]["guarded"] == false);
  CHECK(facts["media_scripts"][2]["guarded"] == true);
}

TEST_CASE("an image without a known start says so; loops and floods end") {
  CHECK(facts_of({{"bin/app", "x"}})["boot_known"] == false);
  CHECK(facts_of({})["boot_known"] == true);
  CHECK(facts_of({{"etc/init.d/rcS", "#!/bin/sh\n/system/init/app.sh\n"}})["boot_known"] == false);
  CHECK(facts_of({{"etc/init.d/rcS", "#!/bin/sh\n[ -f /system/x ] && . /system/x\n"}})["boot_known"] == false);
  CHECK(facts_of({{"etc/init.d/rcS", "#!/bin/sh\n/bin/mount -a\n"}})["boot_known"] == true);
  const Json loop = facts_of({kTelnetd, {"etc/init.d/rcS", "#!/bin/sh\n. /etc/a.sh\n[ -f x ] && . /etc/a.sh\n"}, {"etc/a.sh", "#!/bin/sh\n/etc/init.d/rcS\n. /etc/a.sh\n telnetd\n"}, {"etc/rc.d/S10x", "-> S10x"}});
  CHECK(services(loop).find("telnetd etc/a.sh:4 23") != std::string::npos);
  std::string many = "#!/bin/sh\n";
  while (many.size() < 250'000) many += "telnetd\n";
  CHECK(facts_of({kTelnetd, {"etc/init.d/rcS", many}})["services"].size() == kMostFindings);
  CHECK(facts_of({kTelnetd, {"etc/init.d/rcS", many + many}})["boot_known"] == false);
}
