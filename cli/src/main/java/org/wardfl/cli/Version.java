package org.wardfl.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// The version of this build, from the manifest of the jar it runs from.
public final class Version implements IVersionProvider {

  /// For picocli.
  public Version() {}

  /// The version alone.
  public static String number() {
    return Optional.ofNullable(Ward.class.getPackage().getImplementationVersion())
        .orElse("(unpackaged)");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "ward " + number(),
      "Java "
          + Runtime.version()
          + " on "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch")
    };
  }
}
