package org.wardfl.gpu.segmentation;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.method.MethodNeed;
import org.wardfl.gpu.network.NetworkAlgo;
import org.wardfl.gpu.training.MethodOptions;

/// Makes `torch-segmentation`.
public final class TorchSegmentationFactory implements ClientAlgoFactory {

  /// For the service loader.
  public TorchSegmentationFactory() {}

  @Override
  public String id() {
    return "torch-segmentation";
  }

  @Override
  public Set<TaskKind> supports() {
    return EnumSet.allOf(TaskKind.class);
  }

  @Override
  public boolean needsOwnProcess() {
    return true;
  }

  @Override
  public void check(Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    SegmentationOptions.of(arguments, dataSettings);
  }

  @Override
  public Optional<MethodNeed> need(Arguments arguments) throws AlgoException.Configuration {
    return MethodOptions.of(arguments).need();
  }

  @Override
  public ClientAlgo create() {
    return new NetworkAlgo(Segmentation::read);
  }
}
