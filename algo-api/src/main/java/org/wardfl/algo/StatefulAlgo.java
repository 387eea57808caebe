package org.wardfl.algo;

import java.io.IOException;
import java.nio.file.Path;

/// An algorithm that keeps something across rounds: optimizer moments, control variates, personal
/// layers.
///
/// The state after a task is one file that the platform commits together with the update; a
/// repeated or resumed task starts from the same state file again. An algorithm without this
/// interface starts each task fresh.
public interface StatefulAlgo {

  /// Writes the state to a new file, canonically: equal states give equal bytes. An algorithm whose
  /// arguments say that nothing is kept writes no file.
  ///
  /// @param file does not exist yet
  /// @throws IOException if the file cannot be written
  /// @throws AlgoException if the state cannot be saved
  void saveState(Path file) throws IOException, AlgoException;

  /// Takes up the state that an earlier task of the same job at the same site saved; called after
  /// initialize and before the task. Not called when there is none yet.
  ///
  /// @throws IOException if the file cannot be read
  /// @throws AlgoException if it is not a state of this algorithm
  void restoreState(Path file) throws IOException, AlgoException;
}
