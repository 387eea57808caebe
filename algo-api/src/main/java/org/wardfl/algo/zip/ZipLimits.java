package org.wardfl.algo.zip;

/// What an archive may ask for, checked before anything of it is unpacked.
///
/// @param entries the most entries
/// @param unpackedBytes the most bytes of all entries together once they are unpacked
/// @param ratio how many times the archive's own size the entries may have together once they are
///   unpacked
/// @param anyRatioBytes archives that unpack to no more than this may have any ratio
public record ZipLimits(int entries, long unpackedBytes, long ratio, long anyRatioBytes) {

  /// For files of weights: up to 200,000 entries and 256 GiB.
  public static final ZipLimits WEIGHTS = new ZipLimits(200_100, 256L << 30, 100, 1L << 30);

  /// For bundles: up to 10,000 files and 16 GiB.
  public static final ZipLimits BUNDLE = new ZipLimits(10_000, 16L << 30, 100, 16L << 20);
}
