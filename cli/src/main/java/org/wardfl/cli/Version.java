package org.wardfl.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// The version of this build, from the manifest of the jar it runs from.
public final class Version implements IVersionProvider {

  /// For picocli.
  public Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {
      "ward "
          + Optional.ofNullable(Ward.class.getPackage().getImplementationVersion())
              .orElse("(unpackaged)"),
      "Java "
          + Runtime.version()
          + " on "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
    };
  }
}
