package org.wardfl.cli.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.certs.CertifiedName;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.TextTable;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.kit.KitRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward cert requests`.
@Command(
    name = "requests",
    mixinStandardHelpOptions = true,
    description = {
      "Show the renewals that wait at the server for the project admin.",
      "'ward cert approve --waiting NAME' answers one."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert requests --kit admin@uni.org")
final class RequestsCommand implements Callable<Integer> {

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  RequestsCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var requests = options.ask((server, _) -> server.requests());
    var json = new ArrayList<Map<String, Object>>();
    var table = TextTable.ofWords("participant", "role", "since", "fingerprint");
    for (var request : requests) {
      var name = name(request);
      var fingerprint = decode(request).fingerprint();
      var line = new LinkedHashMap<String, Object>();
      line.put("name", name.name());
      line.put("role", name.role());
      line.put("since", request.received());
      line.put("fingerprint", fingerprint.digest());
      json.add(line);
      table.row(name.name(), name.role(), request.received().toString(), fingerprint.spoken());
    }
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(Map.of("requests", List.copyOf(json))));
    } else {
      out.print(requests.isEmpty() ? "no renewal waits\n" : table.toString());
    }
    out.flush();
    return ExitCode.DONE.code();
  }

  /// Whose request it is.
  static CertifiedName name(AdminSession.Request request) {
    return Answer.orFail(() -> CertifiedName.parse(request.name()));
  }

  static KitRequest decode(AdminSession.Request request) {
    return Answer.orFail(() ->
        KitRequest.decode(
            "the request of " + request.name(),
            request.text().getBytes(StandardCharsets.US_ASCII)));
  }
}
