package org.wardfl.algo.model;

/// Whether a written file must survive a loss of power.
public enum Durability {
  /// Survives the process, not the machine: for simulation and scratch files.
  PROCESS,
  /// Survives the machine: the file and its folder are forced to the disk before the call returns.
  DISK
}
