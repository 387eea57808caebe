package org.wardfl.gpu.network;

import java.nio.file.Path;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;

/// Which network a job's argument `network` names.
public sealed interface NetworkChoice {

  /// The word for a network that the job brings.
  String SCRIPT = "script";

  /// One of Ward's own.
  ///
  /// @param architecture the network
  record Own(Architecture architecture) implements NetworkChoice {}

  /// One that the job brings as a TorchScript archive.
  ///
  /// @param file relative to the job folder
  record Brought(String file) implements NetworkChoice {

    /// Reads `{type: script, file: FILE}`.
    ///
    /// @throws AlgoException.Configuration if a key is missing or unknown
    public static Brought of(Arguments network) throws AlgoException.Configuration {
      network.only("type", "file");
      return new Brought(network.string("file"));
    }

    private Path in(Path jobFolder) throws AlgoException.Configuration {
      var path = jobFolder.resolve(file).normalize();
      if (!path.startsWith(jobFolder.normalize())) {
        throw new AlgoException.Configuration(
            "argument `network`: the file is outside the job folder");
      }
      return path;
    }
  }

  /// Refuses a file that is no network to be trained; nothing of it is run.
  ///
  /// @throws AlgoException.Configuration if it is none
  default void check(Path jobFolder) throws AlgoException.Configuration {
    if (this instanceof Brought brought) {
      Script.check(brought.in(jobFolder));
    }
  }

  /// The network.
  ///
  /// @param predictions what it has to give
  /// @throws AlgoException.Configuration if its file is outside the job folder
  default NetworkDefinition definition(AlgoContext context, Predictions predictions)
      throws AlgoException.Configuration {
    return switch (this) {
      case Own(var architecture) -> architecture;
      case Brought brought ->
          new Script(brought.in(context.jobFolder()), context.scratch(), predictions);
    };
  }
}
