package org.wardfl.algo.conformance;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;

/// Makes an algorithm that has no factory of its own: a class that a job brings along.
///
/// @param constructor makes an instance
/// @param supports the kinds of task that it offers
public record ConstructorFactory(Supplier<? extends ClientAlgo> constructor, Set<TaskKind> supports)
    implements ClientAlgoFactory {

  /// Copies.
  public ConstructorFactory {
    supports = Set.copyOf(supports);
  }

  /// An algorithm that makes initial models, trains and evaluates.
  public static ConstructorFactory of(Supplier<? extends ClientAlgo> constructor) {
    return new ConstructorFactory(
        constructor, EnumSet.of(TaskKind.INITIAL, TaskKind.TRAIN, TaskKind.EVALUATE));
  }

  @Override
  public String id() {
    return "java";
  }

  @Override
  public boolean needsOwnProcess() {
    return false;
  }

  @Override
  public void check(Arguments arguments, Arguments dataSettings) {}

  @Override
  public ClientAlgo create() {
    return constructor.get();
  }
}
