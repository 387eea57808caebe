package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/// The signed manifest of one job with a file of another: an archive without a fault in itself.
final class SplicedPackage {

  private SplicedPackage() {}

  /// Makes one.
  ///
  /// @param signed a package
  /// @param own the content of one of its files
  /// @param other that of a file of the same size
  static Path of(Path signed, String own, String other, Path target) throws IOException {
    assertThat(other).hasSameSizeAs(own);
    var archive = text(Files.readAllBytes(signed));
    var spliced = archive.replace(own, other).replace(checksum(own), checksum(other));
    assertThat(spliced).isNotEqualTo(archive);
    return Files.write(target, spliced.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// As it stands before a file and in the directory at the end.
  private static String checksum(String content) {
    var sum = new CRC32();
    sum.update(content.getBytes(StandardCharsets.ISO_8859_1));
    return text(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) sum.getValue()).array());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
