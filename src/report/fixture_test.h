// Hand-made runs for the tests of reports: one with every verdict, reason and kind of hostile text, and a big one. Fixed in every
// byte, so that golden files can be compared.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/json.h"
#include "model/run.h"

namespace lintel::report::fixture {

inline WallTime time(const char* text) { return *parse_time(text); }

// What a device could send to break a page: markup, template tags, direction and zero-width marks, control characters,
// bytes that are no UTF-8.
inline std::string hostile() {
  return "<script>alert('x')</script><img src=x onerror=alert(1)> {{run}} {{{run}}} {{>clause}} [[yes]] \"quoted\" & "
         "\xE2\x80\xAE" "txt.exe" "\xE2\x80\x8B" " \x1b[31mred\x07 \xFF\xFE </style></script> --> end";
}

inline std::string hash(int number) {
  const std::string digits = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 64; ++i) text += digits[static_cast<std::size_t>((number * 31 + i * 7 + number * i) % 16)];
  return text;
}

inline model::Clause clause(const char* id, const char* chapter, model::Subject subject, model::By by, const char* zh,
                            const char* en) {
  model::Clause made;
  made.id = id;
  made.chapter = chapter;
  made.subject = subject;
  made.by = by;
  made.text = {zh, en};
  made.obligation = model::Obligation::shall;
  return made;
}

inline model::Question question() {
  return {"examine",
          {"导入未签名的安装包时被拒绝", "An unsigned package is refused on import"},
          {"操作录像或日志，标明设备编号与时间", "Recording or log with device number and time"},
          {"1. 复制安装包并改动一个字节。2. 导入。3. 记录设备的应答。", "1. Change one byte of a copy. 2. Import it. 3. Record what the device answers."},
          365};
}

inline model::ClauseVerdict decided(const char* id, model::Verdict verdict, model::Reason reason) {
  model::ClauseVerdict made;
  made.clause = id;
  made.verdict = verdict;
  made.reason = reason;
  return made;
}

inline model::AssetVerdict on_asset(const char* asset, model::Verdict verdict, model::Reason reason,
                                    std::string message = "") {
  model::AssetVerdict made;
  made.asset = asset;
  made.verdict = verdict;
  made.reason = reason;
  made.message = std::move(message);
  return made;
}

inline model::AssertionResult assertion(model::Kleene holds, std::string source, model::Text expected,
                                        model::Text observed) {
  model::AssertionResult made;
  made.holds = holds;
  made.source = std::move(source);
  made.expected = std::move(expected);
  made.observed = std::move(observed);
  return made;
}

inline model::Observation observation(const char* key, const char* probe, const char* asset, model::ItemKind kind,
                                      std::string item, model::Status status) {
  model::Observation made;
  made.job.key = key;
  made.job.probe = probe;
  made.job.asset = asset;
  made.job.kind = kind;
  made.job.item = std::move(item);
  made.probe_version = "1";
  made.status = status;
  made.started = time("2026-11-21T09:30:02Z");
  made.finished = time("2026-11-21T09:30:03.250Z");
  return made;
}

// The small run: a home with every verdict, most reasons, waivers, attestations, grades, hostile text.
inline model::Run home() {
  using namespace model;
  Run run;
  run.id = "9f86d081884c7d65";
  run.tool_version = "0.1.0";
  run.host = "bench-3";
  run.started = time("2026-11-21T09:30:00Z");
  run.finished = time("2026-11-21T09:33:05.400Z");
  run.complete = true;
  run.profile_sha256 = hash(99);

  Target& target = run.target;
  target.id = "home";
  target.name = {"示例家庭", "Sample home"};
  target.profile = "smart-home";
  Asset cloud{"cloud", Role::platform, 1, {"云平台", "Cloud platform"}, {}};
  cloud.items.push_back({ItemKind::host, "edge", Json{{"address", "127.0.10.1"}}});
  cloud.items.push_back({ItemKind::service, "edge:8443/tcp", Json{{"address", "127.0.10.1"}, {"port", 8443}}});
  cloud.items.push_back({ItemKind::session, "login", Json{{"url", "https://home.example:8443/login"}}});
  Asset bridge{"bridge", Role::gateway, 1, {"网桥", "Bridge"}, {}};
  bridge.items.push_back({ItemKind::host, "127.0.10.2", Json{{"address", "127.0.10.2"}}});
  Asset lamp{"lamp", Role::device, 2, {"灯", "Lamp"}, {}};
  lamp.items.push_back({ItemKind::identities, "identities-1", Json{{"vendor", "A1B2C3"}}});
  lamp.items.push_back({ItemKind::firmware, "lamp-2.4.1", Json{{"image", "lamp.bin"}}});
  Asset app{"app", Role::app, 1, {"手机应用 " + hostile(), "Phone app " + hostile()}, {}};
  target.assets = {cloud, bridge, lamp, app};

  Profile& profile = run.profile;
  profile.id = "smart-home";
  profile.version = "2026.1";
  profile.title = {"物联网智能家居 安全技术要求", "Smart home IoT security requirements"};
  profile.chapters = {{"6", {"平台要求", "Platform"}}, {"7", {"通信要求", "Communication"}},
                      {"8", {"设备要求", "Devices"}}, {"9", {"应用程序要求", "Apps"}},
                      {"A", {"设备身份标识", "Device identity"}}};
  auto& clauses = profile.clauses;
  clauses.push_back(clause("6.1.1", "6", Subject::platform, By::evidence, "云平台基础设施部署在中国境内", "Cloud infrastructure is located in mainland China"));
  clauses.back().attest = question();
  clauses.push_back(clause("6.1.4.a", "6", Subject::platform, By::automatic, "边界网关只开放业务端口", "Boundary gateway opens service ports only"));
  clauses.back().checks = {{"ports.only-declared", Obligation::shall}};
  clauses.push_back(clause("6.1.5.e", "6", Subject::platform, By::evidence, "具备终端风险控制与安全态势分析", "Risk control of connected terminals"));
  clauses.back().obligation = Obligation::should;
  clauses.push_back(clause("6.2.3", "6", Subject::platform, By::derived, "交互通信满足第7章", "All interaction meets chapter 7"));
  clauses.back().derived_from = {"7.e", "7.f", "7.g"};
  clauses.push_back(clause("7.e", "7", Subject::comm, By::automatic, "不使用 SSL 2.0 与 SSL 3.0", "SSL 2.0 and SSL 3.0 are not used"));
  clauses.back().obligation = Obligation::shall_not;
  clauses.back().checks = {{"tls.no-ssl", Obligation::shall}, {"tls.modern", Obligation::should}};
  clauses.back().references = {{"en303645_v3", {"5.5-1", "5.5-2"}}, {"owasp_iot", {"I7"}}, {"house-rules", {"12"}}};
  clauses.push_back(clause("7.f", "7", Subject::comm, By::refute, "会话标识唯一、随机、足够长", "Session identifiers are unique, random and long enough"));
  clauses.back().checks = {{"session.not-weak", Obligation::shall}};
  clauses.back().attest = question();
  clauses.push_back(clause("7.g", "7", Subject::comm, By::automatic, "传输全程加密", "Transport is encrypted throughout"));
  clauses.back().checks = {{"tls.encrypted", Obligation::shall}};
  clauses.push_back(clause("8.1.2.c", "8", Subject::device, By::automatic, "固件摘要与清单一致", "The firmware digest equals the manifest's"));
  clauses.back().checks = {{"firmware.digest", Obligation::shall}};
  clauses.push_back(clause("8.1.4.k", "8", Subject::device, By::manual, "拒绝安装未签名的升级包", "Unsigned updates are refused"));
  clauses.back().level = 2;
  clauses.back().attest = question();
  clauses.push_back(clause("8.2.1", "8", Subject::line, By::evidence, "产线密钥由硬件保护", "Keys on the factory line are kept in hardware"));
  clauses.back().attest = question();
  clauses.push_back(clause("9.a", "9", Subject::app, By::manual, "应用退出后清除登录状态", "The app forgets the login when it is closed"));
  clauses.back().text.en += " " + hostile();
  clauses.back().attest = question();
  clauses.push_back(clause("9.b", "9", Subject::app, By::manual, "可以选择关闭推送", "Push messages can be turned off"));
  clauses.back().obligation = Obligation::may;
  clauses.push_back(clause("9.c", "9", Subject::app, By::manual, "未列入判定的条款", "A clause that was never judged"));
  clauses.push_back(clause("A.1", "A", Subject::id, By::automatic, "设备标识由 24 位十六进制字符组成", "A device identity has 24 hexadecimal characters"));
  clauses.back().checks = {{"identity.format", Obligation::shall}};

  const auto check = [&](const char* id, model::Text title, const char* probe, model::Text remedy) {
    Check made;
    made.id = id;
    made.title = std::move(title);
    made.probe = probe;
    made.remedy = std::move(remedy);
    run.checks.push_back(made);
  };
  check("ports.only-declared", {"只开放已声明的端口", "Only declared ports are open"}, "ports", {"关闭未声明的端口，或在申报中说明其用途。", "Close the port, or declare what it is for."});
  check("tls.no-ssl", {"不接受 SSL 2.0 和 SSL 3.0", "SSL 2.0 and SSL 3.0 are refused"}, "tls", {"在服务端配置中只保留 TLS 1.2 与 TLS 1.3。", "Keep only TLS 1.2 and TLS 1.3 in the server's configuration."});
  check("tls.modern", {"支持 TLS 1.3", "TLS 1.3 is offered"}, "tls", {});
  check("session.not-weak", {"会话标识不弱", "Session identifiers are not weak"}, "session_ids", {});
  check("tls.encrypted", {"服务只接受 TLS", "The service speaks TLS only"}, "tls", {});
  check("firmware.digest", {"固件摘要一致", "The firmware digest matches"}, "firmware", {});
  check("identity.format", {"标识格式正确", "Identities are well formed"}, "identity", {"按附录 A 重新生成标识。", "Issue identities as annex A says."});

  auto& seen = run.observations;
  seen.push_back(observation("j-ports", "ports", "cloud", ItemKind::host, "edge", Status::ok));
  seen.back().evidence = {{"sweep.txt", "text/plain", hash(1), 412, {}}};
  seen.push_back(observation("j-tls", "tls", "cloud", ItemKind::service, "edge:8443/tcp", Status::ok));
  seen.back().evidence = {{"server-hello-ssl3.bin", "application/octet-stream", hash(2), 87, {"versions.ssl3"}},
                          {"certificate " + hostile(), "application/pkix-cert", hash(3), 1331, {"certificate"}}};
  seen.back().notes = {"TLSv1.2: refused once without a word, then accepted", hostile()};
  seen.push_back(observation("j-tls-bridge", "tls", "bridge", ItemKind::service, "127.0.10.2:443/tcp", Status::timeout));
  seen.back().message = "127.0.10.2:443: accepts connections but answers nothing";
  seen.push_back(observation("j-session", "session_ids", "cloud", ItemKind::session, "login", Status::ok));
  seen.push_back(observation("j-firmware", "firmware", "lamp", ItemKind::firmware, "lamp-2.4.1", Status::ok));
  seen.push_back(observation("j-ids", "identity", "lamp", ItemKind::identities, "identities-1", Status::ok));
  for (const auto& each : seen) run.jobs.push_back(each.job);

  Attestation answer;
  answer.clause = "8.1.4.k";
  answer.asset = "lamp";
  answer.verdict = Verdict::pass;
  answer.remark = "未签名的安装包被拒绝。";
  answer.tester = "Wang Li";
  answer.at = time("2026-11-01T10:00:00+08:00");
  answer.valid_until = time("2027-05-01T00:00:00+08:00");
  answer.evidence = {{"bench/k.jpg", "image/jpeg", hash(4), 240'113, {}}};
  run.attestations.push_back(answer);
  Waiver waiver{"6.1.4.a", "cloud", "供应商将在 2.4 版本修复", "Zhang San", time("2026-09-01T09:00:00+08:00"), time("2026-12-31T23:59:59+08:00"), "LAB-118"};
  Waiver old{"7.e", "", hostile(), "Li Si", time("2026-01-01T09:00:00+08:00"), time("2026-06-30T23:59:59+08:00"), ""};
  run.waivers = {waiver, old};

  Verdicts& verdicts = run.verdicts;
  verdicts.judged_at = time("2026-11-21T09:33:06Z");
  auto& list = verdicts.clauses;

  list.push_back(decided("6.1.1", Verdict::not_tested, Reason::manual_pending));
  list.back().assets = {on_asset("cloud", Verdict::not_tested, Reason::manual_pending)};

  list.push_back(decided("6.1.4.a", Verdict::fail, Reason::fail_assert));
  list.back().waiver = waiver;
  {
    auto asset = on_asset("cloud", Verdict::fail, Reason::fail_assert);
    CheckResult result{"ports.only-declared", Obligation::shall, Verdict::fail, Reason::fail_assert, {}};
    Instance instance{"j-ports", "edge", Verdict::fail, Reason::fail_assert, "", {}};
    instance.assertions.push_back(assertion(Kleene::yes, "equals: {path: complete, value: true}", {"扫描完整", "the sweep is complete"}, {"完整", "complete"}));
    instance.assertions.push_back(assertion(Kleene::no, "subset_of: {path: open_tcp, of: declared}",
                                            {"开放端口都在已声明的端口 443、8443、8883 之中", "every open port is one of the declared 443, 8443, 8883"},
                                            {"未声明而开放：2323", "open but not declared: 2323"}));
    instance.assertions.back().steps = {{"open_tcp", "open_tcp", true, Json{443, 2323, 8443, 8883}, {hash(1)}},
                                        {"declared", "", true, Json{443, 8443, 8883}, {}}};
    result.instances.push_back(instance);
    asset.checks.push_back(result);
    list.back().assets = {asset};
  }

  list.push_back(decided("6.1.5.e", Verdict::not_tested, Reason::no_check));
  list.back().advisory = true;
  list.back().assets = {on_asset("cloud", Verdict::not_tested, Reason::no_check)};

  list.push_back(decided("6.2.3", Verdict::fail, Reason::fail_derived));
  list.back().assets = {on_asset("cloud", Verdict::fail, Reason::fail_derived)};
  list.back().assets[0].decided_by = {"7.e"};

  list.push_back(decided("7.e", Verdict::fail, Reason::fail_assert));
  list.back().waiver_expired = true;
  {
    auto asset = on_asset("cloud", Verdict::fail, Reason::fail_assert);
    CheckResult result{"tls.no-ssl", Obligation::shall, Verdict::fail, Reason::fail_assert, {}};
    Instance instance{"j-tls", "edge:8443/tcp", Verdict::fail, Reason::fail_assert, "", {}};
    instance.assertions.push_back(assertion(Kleene::no, "equals: {path: versions.ssl3.offered, value: \"no\"}",
                                            {"不接受 SSL 3.0", "SSL 3.0 is refused"},
                                            {"接受 SSL 3.0，套件 TLS_RSA_WITH_RC4_128_SHA", "SSL 3.0 is accepted with TLS_RSA_WITH_RC4_128_SHA"}));
    instance.assertions.back().steps = {{"versions.ssl3.offered", "versions.ssl3.offered", true, "yes", {hash(2)}}};
    instance.assertions.push_back(assertion(Kleene::yes, "equals: {path: versions.ssl2.offered, value: \"no\"}",
                                            {"不接受 SSL 2.0", "SSL 2.0 is refused"}, {"拒绝", "refused"}));
    result.instances.push_back(instance);
    asset.checks.push_back(result);
    CheckResult modern{"tls.modern", Obligation::should, Verdict::pass, Reason::none, {}};
    Instance good{"j-tls", "edge:8443/tcp", Verdict::pass, Reason::none, "", {}};
    good.assertions.push_back(assertion(Kleene::yes, "equals: {path: versions.tls1_3.offered, value: \"yes\"}", {"提供 TLS 1.3", "TLS 1.3 is offered"}, {"提供", "offered"}));
    modern.instances.push_back(good);
    asset.checks.push_back(modern);
    auto silent = on_asset("bridge", Verdict::inconclusive, Reason::timeout, "not known: versions.ssl3.offered; probe tls ended timeout: 127.0.10.2:443: accepts connections but answers nothing");
    CheckResult open{"tls.no-ssl", Obligation::shall, Verdict::inconclusive, Reason::timeout, {}};
    Instance unknown{"j-tls-bridge", "127.0.10.2:443/tcp", Verdict::inconclusive, Reason::timeout, "not known: versions.ssl3.offered; probe tls ended timeout: 127.0.10.2:443: accepts connections but answers nothing", {}};
    unknown.assertions.push_back(assertion(Kleene::unknown, "equals: {path: versions.ssl3.offered, value: \"no\"}", {"不接受 SSL 3.0", "SSL 3.0 is refused"}, {}));
    unknown.assertions.back().missing = {"versions.ssl3.offered"};
    unknown.assertions.back().steps = {{"versions.ssl3.offered", "versions.ssl3.offered", false, nullptr, {}}};
    open.instances.push_back(unknown);
    silent.checks.push_back(open);
    list.back().assets = {asset, silent};
  }

  list.push_back(decided("7.f", Verdict::inconclusive, Reason::attestation_expired));
  {
    auto asset = on_asset("cloud", Verdict::inconclusive, Reason::attestation_expired, "the answer of Wang Li ended on 2026-10-01");
    CheckResult result{"session.not-weak", Obligation::shall, Verdict::pass, Reason::none, {}};
    Instance instance{"j-session", "login", Verdict::pass, Reason::none, "", {}};
    instance.assertions.push_back(assertion(Kleene::yes, "at_least: {path: effective_bits, value: 64}", {"有效熵不低于 64 比特", "effective entropy is at least 64 bits"}, {"121.7 比特", "121.7 bits"}));
    result.instances.push_back(instance);
    asset.checks.push_back(result);
    list.back().assets = {asset, on_asset("bridge", Verdict::not_tested, Reason::no_evidence), on_asset("lamp", Verdict::not_tested, Reason::no_evidence)};
  }

  list.push_back(decided("7.g", Verdict::inconclusive, Reason::timeout));
  {
    auto asset = on_asset("bridge", Verdict::inconclusive, Reason::timeout, hostile());
    CheckResult result{"tls.encrypted", Obligation::shall, Verdict::inconclusive, Reason::timeout, {}};
    result.instances.push_back({"j-tls-bridge", "127.0.10.2:443/tcp", Verdict::inconclusive, Reason::timeout, "not known: spoken; probe tls ended timeout: 127.0.10.2:443: accepts connections but answers nothing", {}});
    asset.checks.push_back(result);
    list.back().assets = {asset};
  }

  list.push_back(decided("8.1.2.c", Verdict::pass, Reason::none));
  {
    auto asset = on_asset("lamp", Verdict::pass, Reason::none);
    CheckResult result{"firmware.digest", Obligation::shall, Verdict::pass, Reason::none, {}};
    Instance instance{"j-firmware", "lamp-2.4.1", Verdict::pass, Reason::none, "", {}};
    instance.assertions.push_back(assertion(Kleene::yes, "equals: {path: strong_digest_matches, value: true}", {"强摘要与清单一致", "a strong digest equals the manifest's"}, {"SM3 与 SHA-256 均一致", "SM3 and SHA-256 are both equal"}));
    result.instances.push_back(instance);
    asset.checks.push_back(result);
    list.back().assets = {asset, on_asset("bridge", Verdict::not_tested, Reason::no_evidence)};
  }

  list.push_back(decided("8.1.4.k", Verdict::pass, Reason::none));
  list.back().assets = {on_asset("lamp", Verdict::pass, Reason::none), on_asset("bridge", Verdict::not_applicable, Reason::level)};
  list.back().assets[0].attestation = std::make_shared<const model::Attestation>(answer);

  list.push_back(decided("8.2.1", Verdict::not_applicable, Reason::role));
  list.back().assets = {on_asset("", Verdict::not_applicable, Reason::role)};

  list.push_back(decided("9.a", Verdict::not_tested, Reason::manual_pending));
  list.back().assets = {on_asset("app", Verdict::not_tested, Reason::manual_pending)};

  list.push_back(decided("9.b", Verdict::not_applicable, Reason::escape));
  list.back().advisory = true;
  list.back().assets = {on_asset("app", Verdict::not_applicable, Reason::escape, "no push service is declared")};

  list.push_back(decided("A.1", Verdict::fail, Reason::fail_assert));
  {
    auto asset = on_asset("lamp", Verdict::fail, Reason::fail_assert);
    CheckResult result{"identity.format", Obligation::shall, Verdict::fail, Reason::fail_assert, {}};
    Instance instance{"j-ids", "identities-1", Verdict::fail, Reason::fail_assert, "", {}};
    instance.assertions.push_back(assertion(Kleene::no, "equals: {path: malformed_count, value: 0}", {"没有格式错误的标识", "no identity is malformed"}, {"1 个：第 3 行 " + hostile(), "1: line 3 " + hostile()}));
    instance.assertions.back().steps = {{"malformed_count", "malformed_count", true, 1, {}},
                                        {"malformed", "malformed", true, Json::array({{{"line", 3}, {"value", hostile()}, {"reason", "length"}}}), {}}};
    result.instances.push_back(instance);
    asset.checks.push_back(result);
    list.back().assets = {asset};
  }
  list.push_back(decided("Z.9", Verdict::inconclusive, Reason::probe_error));  // judged, but in no profile
  list.back().assets = {on_asset("lamp", Verdict::inconclusive, Reason::probe_error, "the probe stopped")};

  verdicts.grades = {{"bridge", 1, 1, {"8.1.4.k"}}, {"lamp", 2, 0, {"A.1", "7.e"}}};
  for (const auto& each : list) ++verdicts.counts[std::string(name_of(each.verdict))];
  verdicts.gate = Gate::fails;
  return run;
}

// Many clauses on many devices: each with one check, one item, two assertions.
inline model::Run big(int clause_count, int device_count) {
  using namespace model;
  Run run = home();
  run.target.assets.clear();
  run.observations.clear();
  run.jobs.clear();
  run.profile.clauses.clear();
  run.verdicts.clauses.clear();
  for (int d = 0; d < device_count; ++d) {
    Asset asset{"device-" + std::to_string(1000 + d), Role::device, 2, {"设备 " + std::to_string(d), "Device " + std::to_string(d)}, {}};
    asset.items.push_back({ItemKind::host, "host", Json{{"address", "10.0.0." + std::to_string(d % 250)}}});
    run.target.assets.push_back(asset);
    run.observations.push_back(observation(("j" + std::to_string(d)).c_str(), "tls", asset.id.c_str(), ItemKind::host, "host", Status::ok));
    run.observations.back().evidence = {{"server-hello.bin", "application/octet-stream", hash(d), 87, {}}};
    run.jobs.push_back(run.observations.back().job);
  }
  const char* const chapters[] = {"6", "7", "8", "9", "A"};
  for (int c = 0; c < clause_count; ++c) {
    const std::string id = std::string(chapters[c * 5 / clause_count]) + "." + std::to_string(c / 26 + 1) + "." + static_cast<char>('a' + c % 26);
    run.profile.clauses.push_back(clause(id.c_str(), chapters[c * 5 / clause_count], Subject::device, By::automatic, "通信双方使用密码技术保证数据的保密性与完整性", "Both sides protect confidentiality and integrity of data by cryptography"));
    run.profile.clauses.back().checks = {{"tls.no-ssl", Obligation::shall}};
    run.profile.clauses.back().attest = question();
    run.profile.clauses.back().references = {{"en303645_v3", {"5.5-1", "5.5-2"}}, {"owasp_iot", {"I7"}}};
    ClauseVerdict verdict = decided(id.c_str(), Verdict::pass, Reason::none);
    for (int d = 0; d < device_count; ++d) {
      const Verdict is = (c + d) % 17 == 0 ? Verdict::fail : (c + d) % 11 == 0 ? Verdict::inconclusive : Verdict::pass;
      auto asset = on_asset(run.target.assets[static_cast<std::size_t>(d)].id.c_str(), is, is == Verdict::fail ? Reason::fail_assert : is == Verdict::pass ? Reason::none : Reason::timeout);
      CheckResult result{"tls.no-ssl", Obligation::shall, is, asset.reason, {}};
      Instance instance{"j" + std::to_string(d), "host", is, asset.reason, "", {}};
      if (is == Verdict::inconclusive) instance.message = asset.message = "not known: versions.ssl3.offered; probe tls ended timeout: 10.0.0." + std::to_string(d) + ":443: accepts connections but answers nothing";
      const Kleene holds = is == Verdict::fail ? Kleene::no : is == Verdict::pass ? Kleene::yes : Kleene::unknown;
      instance.assertions.push_back(assertion(holds, "equals: {path: versions.ssl3.offered, value: \"no\"}", {"不接受 SSL 3.0", "SSL 3.0 is refused"}, {"对端的应答为 server_hello", "the peer answers with server_hello"}));
      instance.assertions.back().steps = {{"versions.ssl3.offered", "versions.ssl3.offered", true, "yes", {hash(d)}}};
      result.instances.push_back(instance);
      asset.checks.push_back(result);
      const bool worse = is == Verdict::fail || (is == Verdict::inconclusive && verdict.verdict == Verdict::pass);
      if (worse) verdict.verdict = is;
      if (worse) verdict.reason = asset.reason;
      verdict.assets.push_back(asset);
    }
    run.verdicts.clauses.push_back(verdict);
  }
  run.verdicts.grades.clear();
  return run;
}

// As a run of the standard looks today: every sixth clause is decided by probes, the others wait for the assessor.
inline model::Run typical() {
  using namespace model;
  Run run = big(153, 4);
  for (std::size_t i = 0; i < run.verdicts.clauses.size(); ++i) {
    if (i % 6 == 0) continue;
    run.profile.clauses[i].checks.clear();
    run.profile.clauses[i].by = By::manual;
    run.verdicts.clauses[i] = decided(run.profile.clauses[i].id.c_str(), Verdict::not_tested, Reason::manual_pending);
    for (const auto& asset : run.target.assets)
      run.verdicts.clauses[i].assets.push_back(on_asset(asset.id.c_str(), Verdict::not_tested, Reason::manual_pending));
  }
  return run;
}

}  // namespace lintel::report::fixture
