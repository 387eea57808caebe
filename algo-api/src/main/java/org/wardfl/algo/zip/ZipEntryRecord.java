package org.wardfl.algo.zip;

/// What an archive says of one file in it.
///
/// @param name the path in the archive, with `/`
/// @param sizeBytes of the content
/// @param storedBytes that the content takes in the archive
/// @param crc32 checksum of the content
/// @param isDeflated whether the content is compressed
/// @param dataOffset where the stored bytes begin in the archive
public record ZipEntryRecord(
    String name,
    long sizeBytes,
    long storedBytes,
    int crc32,
    boolean isDeflated,
    long dataOffset) {}
