package org.wardfl.cli.node;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.wardfl.cli.CommonOptions;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Model.CommandSpec;

/// What a process that lasts says once it has started: one line on standard error for people, and
/// with `--json` one document on standard output for whoever started it.
final class Ready {

  private final Map<String, Object> facts = new LinkedHashMap<>();

  Ready with(String fact, Object value) {
    facts.put(fact, value);
    return this;
  }

  void say(CommandSpec spec, CommonOptions common) {
    var err = spec.commandLine().getErr();
    err.println(
        "ready: "
            + facts.entrySet().stream()
                .map(fact -> fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining(", ")));
    err.flush();
    if (common.json()) {
      var out = spec.commandLine().getOut();
      out.print(Json.document(facts));
      out.flush();
    }
  }
}
