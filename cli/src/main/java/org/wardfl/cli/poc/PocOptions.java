package org.wardfl.cli.poc;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where the federation of `ward poc` lies.
public final class PocOptions {

  /// The option's default: a folder for each user of the machine that outlives a restart of it.
  public static final String DEFAULT =
      "${env:WARD_POC:-${env:XDG_STATE_HOME:-${sys:user.home}/.local/state}/ward-poc}";

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      defaultValue = DEFAULT,
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Where its kits, its data and its logs lie. Default: the environment variable WARD_POC,"
              + " else ~/.local/state/ward-poc.")
  private Path folder;

  /// For picocli, which sets the field.
  @SuppressWarnings("NullAway.Init")
  public PocOptions() {}

  PocFolder folder() {
    return PocFolder.of(folder);
  }
}
