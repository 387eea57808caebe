package org.wardfl.simulator;

/// A simulation that cannot begin, because something that was given is wrong; the message says
/// what, where, and what to do.
public final class SimulationException extends Exception {

  private static final long serialVersionUID = 1L;

  /// What was found, what was expected, where, and what to do.
  public SimulationException(String message) {
    super(message);
  }
}
