package org.wardfl.provisioning.kit;

import java.nio.file.Path;
import java.util.Set;

/// Where the parts of a kit lie in its folder.
///
/// @param folder the kit's folder
record KitLayout(Path folder) {

  static final String KIT = "kit.yaml";
  static final String MANIFEST = "manifest.txt";
  static final String TRUST = "trust.pem";
  static final String IDENTITY = "identity.pem";
  static final String AUTHORITY = "authority.pem";
  static final String REQUEST = "request";
  static final String SITE = "site.yaml";
  static final String SERVER = "server.yaml";

  /// What the signed manifest leaves out: itself, what is exchanged later, and what the owner
  /// edits.
  private static final Set<String> LEFT_OUT =
      Set.of(
          MANIFEST,
          TRUST,
          IDENTITY,
          AUTHORITY,
          REQUEST,
          Participants.FILE,
          SITE,
          SERVER,
          "data",
          "local");

  static boolean isLeftOut(String path) {
    return LEFT_OUT.contains(path);
  }

  Path kit() {
    return folder.resolve(KIT);
  }

  Path manifest() {
    return folder.resolve(MANIFEST);
  }

  Path trust() {
    return folder.resolve(TRUST);
  }

  Path identity() {
    return folder.resolve(IDENTITY);
  }

  /// At a server that renews sites by itself: the transport authority with its encrypted key.
  Path authority() {
    return folder.resolve(AUTHORITY);
  }

  /// The folder of a request under way: its key and the request itself.
  Path request() {
    return folder.resolve(REQUEST);
  }

  Path requestKey() {
    return request().resolve("key.pem");
  }

  Path requestFile() {
    return request().resolve("request.txt");
  }
}
