package org.wardfl.gpu.tabular;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.method.MethodNeed;
import org.wardfl.gpu.training.MethodOptions;

/// Makes `torch-tabular`.
public final class TorchTabularFactory implements ClientAlgoFactory {

  /// For the service loader.
  public TorchTabularFactory() {}

  @Override
  public String id() {
    return "torch-tabular";
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
    TabularOptions.of(arguments, dataSettings);
  }

  @Override
  public void check(Path jobFolder, Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    var _ = TabularOptions.of(arguments, dataSettings).givenStatistics(jobFolder);
  }

  @Override
  public Optional<MethodNeed> need(Arguments arguments) throws AlgoException.Configuration {
    return MethodOptions.of(arguments).need();
  }

  @Override
  public ClientAlgo create() {
    return new TorchTabular();
  }
}
