package org.wardfl.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.cli.Commands;

/// `ward job import` as people type it.
class ImportCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws Exception {
    var config = Files.createDirectories(folder.resolve("flare/app/config"));
    Files.writeString(
        folder.resolve("flare/meta.json"),
        """
        {"name": "shift", "deploy_map": {"app": ["@ALL"]}, "min_clients": 2}
        """);
    Files.writeString(
        config.resolve("config_fed_server.json"),
        """
        {"format_version": 2, "components": [], "workflows": [
          {"id": "sag", "name": "ScatterAndGather", "args": {"min_clients": 2, "num_rounds": 3}}]}
        """);
    Files.writeString(
        config.resolve("config_fed_client.json"),
        """
        {"format_version": 2,
         "executors": [{"tasks": ["train"], "executor": {
            "path": "x.ClientAlgoExecutor", "args": {"client_algo_id": "algo"}}}],
         "components": [{"id": "algo", "path": "shift.Shift", "args": {"rate": 0.5}}]}
        """);
    var custom = Files.createDirectories(folder.resolve("flare/app/custom"));
    Files.writeString(custom.resolve("shift.py"), "class Shift: pass\n");
  }

  @Test
  void anImportedJobIsOneThatWardValidates() {
    assertThat(run("import", flare(), "--out", target(), "--dataset", "ages", "--json"))
        .as(err.toString())
        .isZero();
    var json = JsonParser.parseString(out.toString()).getAsJsonObject();
    assertThat(json.get("job").getAsString()).isEqualTo("shift");
    assertThat(json.getAsJsonArray("notes")).isNotEmpty();
    assertThat(run("validate", target(), "--sites", "site-1,site-2")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("custom/shift.py").contains("dataset ages");
    assertThat(run("import", flare(), "--out", target())).isEqualTo(2);
    assertThat(err.toString()).contains("is there already");
  }

  @Test
  void whatIsRefusedWritesNothing() throws Exception {
    var client = folder.resolve("flare/app/config/config_fed_client.json");
    Files.writeString(client, Files.readString(client).replace("shift.Shift", "other.Shift"));
    assertThat(run("import", flare(), "--out", target())).isEqualTo(2);
    assertThat(err.toString()).contains("the job that this would become is refused");
    Files.writeString(
        client, Files.readString(client).replace("x.ClientAlgoExecutor", "x.PTExecutor"));
    assertThat(run("import", flare(), "--out", target())).isEqualTo(2);
    assertThat(err.toString()).contains("config_fed_client.json:2: path x.PTExecutor");
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("flare"));
    }
  }

  private String flare() {
    return folder.resolve("flare").toString();
  }

  private String target() {
    return folder.resolve("ward").toString();
  }

  private int run(String... words) {
    return Commands.run(new PrintWriter(out), new PrintWriter(err), "job", words);
  }
}
