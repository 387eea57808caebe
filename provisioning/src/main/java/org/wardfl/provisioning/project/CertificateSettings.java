package org.wardfl.provisioning.project;

import java.time.Duration;
import org.wardfl.certs.KeyType;

/// How a project's certificates are made.
///
/// @param keyType of all keys
/// @param root how long the root is valid
/// @param intermediate how long the authorities under it are valid
/// @param leaf how long a participant's certificate is valid
public record CertificateSettings(
    KeyType keyType, Duration root, Duration intermediate, Duration leaf) {

  private static final Duration YEAR = Duration.ofDays(365);

  /// P-256; ten years, two years, ninety days.
  public static final CertificateSettings DEFAULT =
      new CertificateSettings(
          KeyType.EC_P256, YEAR.multipliedBy(10), YEAR.multipliedBy(2), Duration.ofDays(90));

  /// Checks.
  ///
  /// @throws IllegalArgumentException if a certificate would outlive its authority
  public CertificateSettings {
    boolean ordered = leaf.compareTo(intermediate) <= 0 && intermediate.compareTo(root) <= 0;
    if (leaf.isNegative() || leaf.isZero() || !ordered) {
      throw new IllegalArgumentException(
          "lifetimes of "
              + leaf.toDays()
              + ", "
              + intermediate.toDays()
              + " and "
              + root.toDays()
              + " days, expected participant <= authority <= root");
    }
  }
}
