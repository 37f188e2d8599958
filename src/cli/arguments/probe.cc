// Options of: probe.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_probe(CLI::App& app, Arguments& arguments) {
  auto* probe_app = app.add_subcommand("probe", "list the probes, show the facts of one, or look at a TLS service");
  probe_app->require_subcommand(1);
  auto* probe_list_app = probe_app->add_subcommand("list", "all probes");
  read_into<ProbeListCommand>(*probe_list_app, arguments);
  auto* probe_show_app = probe_app->add_subcommand("show", "facts and parameters of a probe");
  auto& probe_show = read_into<ProbeShowCommand>(*probe_show_app, arguments);
  probe_show_app->add_option("probe", probe_show.probe, "name")->required();
  auto* probe_tls_app = probe_app->add_subcommand("tls", "look at the TLS of services, without a target file");
  auto& probe_tls = read_into<ProbeTlsCommand>(*probe_tls_app, arguments);
  probe_tls_app->add_option("place", probe_tls.places, "HOST, HOST:PORT or [IPv6]:PORT; without a port the usual ones of TLS")->required();
  probe_tls_app->add_option("--depth", probe_tls.depth, "ssl: SSL 2.0 and 3.0 alone; quick: versions, weak suites, certificate; full: all")->check(CLI::IsMember({"ssl", "quick", "full"}));
  probe_tls_app->add_option("--pace", probe_tls.pace, "gentle: 50 ms between connections; brisk: none; auto: gentle on private addresses")->check(CLI::IsMember({"auto", "gentle", "brisk"}));
  probe_tls_app->add_option("--transport", probe_tls.transport, "tcp, or udp for DTLS")->check(CLI::IsMember({"tcp", "udp"}));
  probe_tls_app->add_option("--starttls", probe_tls.starttls, "protocol that begins in clear and changes to TLS: smtp, imap, pop3, ftp, ldap")->check(CLI::IsMember({"none", "smtp", "imap", "pop3", "ftp", "ldap"}));
  probe_tls_app->add_option("--server-name", probe_tls.server_name, "name to ask for and to compare with the certificate's (default: HOST, when it is one)");
  probe_tls_app->add_option("--ca", probe_tls.ca, "PEM file of the authorities that are trusted");
  probe_tls_app->add_option("--connections", probe_tls.connections, "the most connections to one service (default: by depth)")->check(CLI::Range(1, 2000));
  probe_tls_app->add_option("--wait", probe_tls.wait, "seconds to wait for one answer (default: 5)")->check(CLI::Range(1, 60));
  probe_tls_app->footer("Examples:\n  lintel probe tls 192.168.1.20:8443\n  lintel probe tls home.example --depth quick --json\n  lintel probe tls 192.168.1.30:5684 --transport udp");
  probe_app->footer("Examples:\n  lintel probe list\n  lintel probe show tls\n  lintel probe tls 192.168.1.20:8443");
  probe_list_app->footer("Example:\n  lintel probe list");
  probe_show_app->footer("Example:\n  lintel probe show tls");
}

}  // namespace lintel::cli
