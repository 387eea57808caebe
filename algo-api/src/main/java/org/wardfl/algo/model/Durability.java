package org.wardfl.algo.model;

/// What a written file must survive.
public enum Durability {
  /// Ends with the process: what nobody but its writer would read again need not be written at all.
  /// For simulation.
  NONE,
  /// Survives the process, not the machine: for scratch files.
  PROCESS,
  /// Survives the machine: the file and its folder are forced to the disk before the call returns.
  DISK
}
