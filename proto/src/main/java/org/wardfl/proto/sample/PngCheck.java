package org.wardfl.proto.sample;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/// Whether bytes are a small PNG picture and nothing else: the chunks that a picture needs, intact,
/// without texts, colour profiles or anything behind the end.
///
/// Source: Portable Network Graphics (PNG) Specification, W3C, sections 5.3 and 11.2.
final class PngCheck {

  static final int MOST_PIXELS = 512;

  private static final long SIGNATURE = 0x89504e470d0a1a0aL;
  private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "IDAT", "IEND");
  // Length, name and checksum.
  private static final int FRAME = 12;

  private PngCheck() {}

  static boolean isPicture(byte[] bytes) {
    var file = ByteBuffer.wrap(bytes);
    if (file.remaining() < 8 || file.getLong() != SIGNATURE) {
      return false;
    }
    var expected = "IHDR";
    boolean data = false;
    while (file.remaining() >= FRAME) {
      int length = file.getInt();
      if (length < 0 || length > file.remaining() - (FRAME - 4)) {
        return false;
      }
      int start = file.position();
      var name = new String(bytes, start, 4, StandardCharsets.ISO_8859_1);
      var checksum = new CRC32();
      checksum.update(bytes, start, 4 + length);
      file.position(start + 4 + length);
      boolean known = expected.isEmpty() ? NEEDED.contains(name) : name.equals(expected);
      if (!known || file.getInt() != (int) checksum.getValue()) {
        return false;
      }
      if (name.equals("IHDR")
          && (expected.isEmpty() || !isSmall(ByteBuffer.wrap(bytes, start + 4, length)))) {
        return false;
      }
      data |= name.equals("IDAT");
      if (name.equals("IEND")) {
        return data && !file.hasRemaining();
      }
      expected = "";
    }
    return false;
  }

  private static boolean isSmall(ByteBuffer header) {
    return header.remaining() == 13 && isSmall(header.getInt()) && isSmall(header.getInt());
  }

  private static boolean isSmall(int extent) {
    return extent >= 1 && extent <= MOST_PIXELS;
  }
}
