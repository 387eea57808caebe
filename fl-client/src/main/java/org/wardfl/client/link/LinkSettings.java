package org.wardfl.client.link;

import java.time.Duration;

/// How a client looks after its connection.
///
/// @param keepAlive after so much silence the other side is asked whether it is there; more than 10
///   s
/// @param answer how long it may take to answer; both together are what a half-open connection
///   lasts
/// @param renewal how often the client looks whether its certificate is to be renewed, or whether
///   its renewal is answered
public record LinkSettings(Duration keepAlive, Duration answer, Duration renewal) {

  /// A half-open connection is noticed within 37 s. The question waits behind what is being sent,
  /// up to a window of 2 MiB: an answer within 25 s takes 84 kB/s.
  public static final LinkSettings STANDARD =
      new LinkSettings(Duration.ofSeconds(12), Duration.ofSeconds(25), Duration.ofMinutes(5));
}
