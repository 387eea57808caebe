package org.wardfl.server.transport;

import java.time.Duration;

/// How much of the server a caller can take, whoever it is.
///
/// @param connections at once, in all
/// @param connectionsPerAddress at once from one network address; many hospitals may sit behind one
///   proxy, so this is not one
/// @param callsPerConnection at once on one connection
/// @param callsPerCaller at once of one certified name, over all its connections
/// @param transfersPerCaller of these, files under way at once
/// @param resetsPerWindow streams that a caller may reset within [#resetWindow], after which its
///   connection ends (CVE-2023-44487)
/// @param resetWindow see there
/// @param handshake after which a connection without a finished handshake ends
/// @param idle after which a connection without a call ends
/// @param age after which a connection ends when its calls have, so that certificates are looked at
///   again
/// @param ageGrace how long its calls may then take: a slow uplink sends a large update for hours
/// @param headerBytes of one call
/// @param slowestBytes that a file under way must bring within [#slowestWindow]
/// @param slowestWindow see there
public record TransportLimits(
    int connections,
    int connectionsPerAddress,
    int callsPerConnection,
    int callsPerCaller,
    int transfersPerCaller,
    int resetsPerWindow,
    Duration resetWindow,
    Duration handshake,
    Duration idle,
    Duration age,
    Duration ageGrace,
    int headerBytes,
    long slowestBytes,
    Duration slowestWindow) {

  /// For a federation of up to some thousand sites.
  public static final TransportLimits STANDARD =
      new TransportLimits(
          8192,
          2048,
          32,
          32,
          8,
          100,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofHours(12),
          Duration.ofHours(6),
          8 << 10,
          30 << 10,
          Duration.ofSeconds(30));
}
