package org.wardfl.algo;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Derives every seed of a job from the job's one seed.
///
/// HMAC-SHA256, keyed by the job's seed (8 bytes, big-endian), over `round \n site \n purpose` in
/// UTF-8; the first 8 bytes, big-endian. Nothing depends on the job's id, on time, on a path or on
/// who runs it.
public final class Seed {

  private Seed() {}

  /// The seed for a purpose at a site in a round.
  ///
  /// @param jobSeed the job's `seed`
  /// @param round the round, 0 before the first
  /// @param site a site's name, or empty where the seed must be the same at every site
  /// @param purpose what it is for
  public static long derive(long jobSeed, int round, String site, String purpose) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes(jobSeed), "HmacSHA256"));
      var digest =
          mac.doFinal((round + "\n" + site + "\n" + purpose).getBytes(StandardCharsets.UTF_8));
      long seed = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        seed = (seed << 8) | (digest[i] & 0xff);
      }
      return seed;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }

  private static byte[] bytes(long value) {
    var bytes = new byte[Long.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> (56 - 8 * i));
    }
    return bytes;
  }
}
