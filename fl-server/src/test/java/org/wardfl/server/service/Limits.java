package org.wardfl.server.service;

import java.time.Duration;
import org.wardfl.server.transport.TransportLimits;

/// The standard limits, changed part by part.
public final class Limits {

  private TransportLimits limits = TransportLimits.STANDARD;

  private Limits() {}

  /// The standard.
  public static Limits standard() {
    return new Limits();
  }

  /// Connections at once from one address.
  public Limits connectionsPerAddress(int most) {
    return with(most, limits.callsPerCaller(), limits.handshake(), limits.idle());
  }

  /// Calls at once of one name.
  public Limits callsPerCaller(int most) {
    return with(limits.connectionsPerAddress(), most, limits.handshake(), limits.idle());
  }

  /// How long a handshake may take.
  public Limits handshake(Duration longest) {
    return with(limits.connectionsPerAddress(), limits.callsPerCaller(), longest, limits.idle());
  }

  /// After what time an unused connection ends.
  public Limits idle(Duration longest) {
    return with(
        limits.connectionsPerAddress(), limits.callsPerCaller(), limits.handshake(), longest);
  }

  private Limits with(int perAddress, int perCaller, Duration handshake, Duration idle) {
    limits =
        new TransportLimits(
            limits.connections(),
            perAddress,
            limits.callsPerConnection(),
            perCaller,
            limits.transfersPerCaller(),
            limits.resetsPerWindow(),
            limits.resetWindow(),
            handshake,
            idle,
            limits.age(),
            limits.ageGrace(),
            limits.headerBytes(),
            limits.slowestBytes(),
            limits.slowestWindow());
    return this;
  }

  /// The least that must come within the window.
  public Limits slowest(long bytes, Duration window) {
    limits =
        new TransportLimits(
            limits.connections(),
            limits.connectionsPerAddress(),
            limits.callsPerConnection(),
            limits.callsPerCaller(),
            limits.transfersPerCaller(),
            limits.resetsPerWindow(),
            limits.resetWindow(),
            limits.handshake(),
            limits.idle(),
            limits.age(),
            limits.ageGrace(),
            limits.headerBytes(),
            bytes,
            window);
    return this;
  }

  /// The limits.
  public TransportLimits build() {
    return limits;
  }
}
