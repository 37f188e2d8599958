#include "cli/target_skeleton.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/json.h"

namespace lintel::cli {
namespace {

struct Known {
  std::uint16_t port;
  const char *protocol, *tls;
};

// What usually listens there; the service itself decides (the tls and ports probes look).
constexpr Known kKnown[] = {{21, "ftp", "none"},    {22, "ssh", "none"},     {23, "telnet", "none"}, {80, "http", "none"},   {443, "https", "required"},
                            {554, "rtsp", "none"},  {1883, "mqtt", "none"},  {8080, "http", "none"}, {8443, "https", "required"}, {8883, "mqtt", "required"}};

// A port that says nothing by its number is for a person to describe.
std::string service_line(std::uint16_t port, bool english) {
  const auto known = std::ranges::find(kKnown, port, &Known::port);
  const bool found = known != std::end(kKnown);
  return fmt::format("{{port: {}, transport: tcp, protocol: {}, tls: {}}}{}", port, found ? known->protocol : "unknown", found ? known->tls : "none",
                     found ? "" : english ? "   # say what it speaks, and whether inside TLS" : "   # 请填写实际协议，以及是否使用 TLS");
}

// A YAML double-quoted scalar; JSON's is one.
std::string quoted(const std::string& text) { return dump_json(Json(text)); }

std::string host_lines(const Skeleton& skeleton, bool english) {
  std::string out = "  hosts:\n";
  out += "  - address: " + quoted(skeleton.address) + (english ? "   # the only address that is ever sent to\n" : "   # 检测只会访问此地址\n");
  out += english ? "    ports: \"1-65535\"   # what may be swept\n" : "    ports: \"1-65535\"   # 允许探测的端口范围\n";
  out += english ? "    # Every port that is meant to be open. An open one that is not listed here is a finding.\n"
                 : "    # 所有应当开放的端口。开放但未列出的端口会被判为不符合。\n";
  if (skeleton.open.empty()) {
    if (skeleton.looked) out += english ? "    # (No open TCP port was found.)\n" : "    # （未发现开放的 TCP 端口。）\n";
    return out + "    services: []\n    # services:\n    # - " + service_line(443, english) + "\n";
  }
  out += skeleton.services.empty() ? "    services: []\n" : "    services:\n";
  for (const std::uint16_t port : skeleton.services) out += "    - " + service_line(port, english) + "\n";
  if (skeleton.services.size() == skeleton.open.size()) return out;
  out += english ? "    # Found open too, and not declared: each will be a finding.\n" : "    # 以下端口经探测也为开放，但未声明：将被判为不符合。\n";
  for (const std::uint16_t port : skeleton.open)
    if (std::ranges::find(skeleton.services, port) == skeleton.services.end()) out += "    # - " + service_line(port, english) + "\n";
  return out;
}

std::string more_items(const Skeleton& skeleton, bool english) {
  const auto say = [&](const char* zh, const char* en) { return std::string(english ? en : zh); };
  std::string out;
  if (skeleton.role == "platform" || skeleton.role == "app") {
    out += say("  # Web 应用：登录、退出等流程的写法见 docs/target.md。\n", "  # A web application: docs/target.md shows how to declare log-in, log-out and calls.\n");
    out += "  # web:\n  # - id: portal\n  #   url: https://cloud.example\n  #   session: {cookie: SID}\n  #   accounts:\n  #     owner: {user: alice, password: \"env:ALICE_PASSWORD\"}\n"
           "  #   flows:\n  #     login:\n  #     - request: {path: /login, form: {user: \"{user}\", password: \"{password}\"}}\n  #       success: {status: [200]}\n";
  }
  if (skeleton.role == "device" || skeleton.role == "gateway") {
    out += say("  # 固件映像及其签名。\n", "  # A firmware image and its signature.\n");
    out += "  # firmware:\n  # - id: v1\n  #   image: firmware.bin\n  #   version: \"1.0.0\"\n  #   signature: {file: firmware.sig, algorithm: ecdsa, digest: sha256, public_key: vendor.pem}\n";
    out += say("  # 已发放的设备身份标识，每行一个。\n", "  # Identities that were issued, one a line.\n");
    out += "  # identities:\n  # - {file: ids.txt, vendor: A1B2C3, product: 00A001, extensions: [\"00\"]}\n";
  }
  if (skeleton.role == "line") {
    out += say("  # 烧录回执（含表头的 CSV 或 JSON lines）及其签名；字段见 docs/target.md。\n", "  # Burn receipts (CSV with a header, or JSON lines) and their signature; docs/target.md lists the columns.\n");
    out += "  # burning:\n  # - receipts: receipts.csv\n  #   signature: {cms: receipts.p7s, ca: line-ca.pem}\n";
  }
  return out;
}

}  // namespace

std::string target_skeleton(const Skeleton& skeleton, bool english) {
  const auto say = [&](const char* zh, const char* en) { return std::string(english ? en : zh); };
  std::string out = say("# 由 lintel init 生成。检查：lintel target lint <本文件>；检测：lintel scan <本文件>。\n",
                        "# Made by lintel init. Check it: lintel target lint FILE. Scan: lintel scan FILE.\n");
  out += "lintel: target/1\nid: " + quoted(skeleton.id) + "\nname: {zh: " + quoted(skeleton.name) + ", en: " + quoted(skeleton.name) + "}\n";
  out += "profile: smart-home\n";
  out += say("# 为 true 时允许会改变状态的检测（口令猜测、请求突发、写入）。\n", "# true permits tests that change something: password guessing, bursts of requests, writing.\n");
  out += "intrusive: false\n";
  out += say("# 每个对象的并发连接数、连接间隔与整次检测的时限。\n", "# Connections at once and the gap between them, for each asset; time for the whole scan.\n");
  out += "limits: {connections: 2, gap: 20ms, deadline: 10m}\n";
  out += say("# 评估人员的答复与豁免（需要时）。\n", "# An assessor's answers, and waivers, where there are any.\n");
  out += "# attestations: attestations.yaml\n# waivers: waivers.yaml\nassets:\n";
  out += "- id: " + quoted(skeleton.id) + "\n  role: " + skeleton.role + "\n";
  if (skeleton.role == "device" || skeleton.role == "gateway" || skeleton.role == "line")
    out += fmt::format("  level: {}{}\n", skeleton.level, say("   # 声明的级别：1、2 或 3", "   # claimed: 1, 2 or 3"));
  out += "  name: {zh: " + quoted(skeleton.name) + ", en: " + quoted(skeleton.name) + "}\n";
  if (!skeleton.address.empty()) out += host_lines(skeleton, english);
  return out + more_items(skeleton, english);
}

}  // namespace lintel::cli
