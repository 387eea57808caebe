package org.wardfl.gpu.bundle;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.gpu.network.NetworkAlgo;

/// Makes the algorithm that trains a MONAI bundle natively. Among its arguments is the bundle's
/// place in the job folder.
public final class BundleFactory implements ClientAlgoFactory {

  /// For the service loader.
  public BundleFactory() {}

  @Override
  public String id() {
    return "bundle";
  }

  @Override
  public Set<TaskKind> supports() {
    return EnumSet.complementOf(EnumSet.of(TaskKind.DATA_STATS));
  }

  @Override
  public boolean needsOwnProcess() {
    return true;
  }

  @Override
  public void check(Path jobFolder, Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    BundleOptions.of(jobFolder, arguments, dataSettings);
  }

  @Override
  public void check(Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    BundleOptions.checkArguments(arguments, dataSettings);
  }

  @Override
  public ClientAlgo create() {
    return new NetworkAlgo(BundleSegmentation::read);
  }
}
