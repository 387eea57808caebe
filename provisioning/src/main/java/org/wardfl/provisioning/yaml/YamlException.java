package org.wardfl.provisioning.yaml;

/// A file says something that it may not; the message begins with file and line.
public final class YamlException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient YamlLocation location;

  /// Something is wrong there.
  public YamlException(YamlLocation location, String message) {
    super(location + ": " + message);
    this.location = location;
  }

  /// Where.
  public YamlLocation location() {
    return location;
  }
}
