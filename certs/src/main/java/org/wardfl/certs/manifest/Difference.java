package org.wardfl.certs.manifest;

/// One way in which a folder is not what its manifest says.
public sealed interface Difference {

  /// The file that is concerned, relative to the folder.
  String path();

  /// What is wrong, in one sentence without a period.
  String sentence();

  /// A listed file with another content.
  ///
  /// @param path the file
  /// @param expected what the manifest says
  /// @param foundSize its size now
  /// @param foundSha256 its hash now
  record Changed(String path, FileEntry expected, long foundSize, String foundSha256)
      implements Difference {
    @Override
    public String sentence() {
      return path
          + " was changed: "
          + foundSize
          + " bytes, SHA-256 "
          + foundSha256
          + ", expected "
          + expected.size()
          + " bytes, SHA-256 "
          + expected.sha256();
    }
  }

  /// A listed file with the content of another listed file.
  ///
  /// @param path the file
  /// @param other whose content it has
  record Swapped(String path, String other) implements Difference {
    @Override
    public String sentence() {
      return path + " has the content of " + other;
    }
  }

  /// A listed file that is there under another name.
  ///
  /// @param path the listed name
  /// @param to the name found
  record Renamed(String path, String to) implements Difference {
    @Override
    public String sentence() {
      return path + " was renamed to " + to;
    }
  }

  /// A listed file that is not there.
  ///
  /// @param path the file
  record Missing(String path) implements Difference {
    @Override
    public String sentence() {
      return path + " is missing";
    }
  }

  /// A file or folder that is not listed.
  ///
  /// @param path what was found
  record Added(String path) implements Difference {
    @Override
    public String sentence() {
      return path + " was added";
    }
  }

  /// A symbolic link, device, socket, or a folder in the place of a file.
  ///
  /// @param path what was found
  record NotAFile(String path) implements Difference {
    @Override
    public String sentence() {
      return path + " is no regular file";
    }
  }
}
