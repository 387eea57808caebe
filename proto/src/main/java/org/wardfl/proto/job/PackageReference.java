package org.wardfl.proto.job;

import org.wardfl.algo.model.ModelHash;

/// Names a signed job package, a file like any other.
///
/// @param hash SHA-256 of the file
/// @param sizeBytes its size, positive
public record PackageReference(ModelHash hash, long sizeBytes) {

  /// Checks the size.
  ///
  /// @throws IllegalArgumentException if it is not positive
  public PackageReference {
    if (sizeBytes < 1) {
      throw new IllegalArgumentException("a job package of " + sizeBytes + " bytes");
    }
  }
}
