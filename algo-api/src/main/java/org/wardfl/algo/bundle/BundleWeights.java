package org.wardfl.algo.bundle;

import java.io.IOException;
import java.nio.file.Path;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.convert.WeightsException;
import org.wardfl.algo.convert.WeightsFile;
import org.wardfl.algo.tensor.TensorMap;

/// The weights that a bundle comes with, read without running pickle.
public final class BundleWeights {

  /// Where a bundle has them.
  public static final String FILE = "models/model.pt";

  private BundleWeights() {}

  /// Reads `models/model.pt` of a bundle.
  ///
  /// @param bundle folder or ZIP file
  /// @param scratch where a packed file is put meanwhile
  /// @throws IOException if they cannot be read
  /// @throws AlgoException.InvalidModel if there are none, or they are no state dict
  public static TensorMap read(Path bundle, Path scratch) throws IOException, AlgoException {
    try (var files = BundleFiles.open(bundle);
        var weights = WeightsFile.open(files.file(FILE, scratch))) {
      return weights.load();
    } catch (BundleException | WeightsException e) {
      throw new AlgoException.InvalidModel("the bundle's weights: " + e.getMessage());
    }
  }
}
