package org.wardfl.cli.poc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlText;

/// What a federation of `ward poc` was made with; it stays so until it is deleted.
///
/// @param sites their names
/// @param port that the server listens on, on loopback
/// @param data the folder with each site's data, absolute; empty for none
/// @param passphrase of the authorities' keys
record PocSettings(List<String> sites, int port, Optional<Path> data, String passphrase) {

  PocSettings {
    sites = List.copyOf(sites);
  }

  /// Whether somebody who asks for this would get what is there.
  boolean isWhatWasAskedFor(List<String> askedSites, Optional<Path> askedData) {
    return sites.equals(askedSites) && data.equals(askedData);
  }

  static PocSettings read(Path file) throws YamlException, IOException {
    var yaml = YamlFile.read(file).only("sites", "port", "data", "passphrase");
    return new PocSettings(
        yaml.strings("sites"),
        yaml.int32("port"),
        yaml.has("data") ? Optional.of(Path.of(yaml.string("data"))) : Optional.empty(),
        yaml.string("passphrase"));
  }

  void write(Path file) throws IOException {
    var text = new StringBuilder("# Written by 'ward poc up', deleted by 'ward poc down'.\n");
    text.append("sites: ").append(list(sites)).append('\n');
    text.append("port: ").append(port).append('\n');
    data.ifPresent(
        path -> text.append("data: ").append(YamlText.quote(path.toString())).append('\n'));
    text.append("passphrase: ").append(YamlText.quote(passphrase)).append('\n');
    PrivateFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String list(List<String> texts) {
    return texts.stream().map(YamlText::quote).collect(Collectors.joining(", ", "[", "]"));
  }

  /// In words.
  @Override
  public String toString() {
    return sites.size()
        + " sites ("
        + String.join(", ", sites)
        + "), "
        + data.map(path -> "data " + path).orElse("no data");
  }
}
