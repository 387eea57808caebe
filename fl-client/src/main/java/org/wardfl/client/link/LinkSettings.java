package org.wardfl.client.link;

import java.time.Duration;

/// How a client looks after its connection.
///
/// @param keepAlive after so much silence the other side is asked whether it is there; at least 10
///   s
/// @param answer how long it may take to answer; both together are what a half-open connection
///   lasts
/// @param renewal how often the client looks whether its certificate is to be renewed, or whether
///   its renewal is answered
public record LinkSettings(Duration keepAlive, Duration answer, Duration renewal) {

  /// A half-open connection is noticed within 35 s.
  public static final LinkSettings STANDARD =
      new LinkSettings(Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofMinutes(5));
}
