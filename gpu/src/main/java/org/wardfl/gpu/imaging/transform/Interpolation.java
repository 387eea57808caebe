package org.wardfl.gpu.imaging.transform;

/// How values between voxels are found.
public enum Interpolation {
  /// Weighted by the distances along each axis; for intensities.
  LINEAR,
  /// That of the closest voxel; for labels.
  NEAREST
}
