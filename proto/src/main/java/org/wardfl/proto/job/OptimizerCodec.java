package org.wardfl.proto.job;

import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.OptimizerDefinition;
import org.wardfl.proto.wire.OptimizerMethod;

/// [OptimizerChoice] as protobuf.
final class OptimizerCodec {

  private OptimizerCodec() {}

  static OptimizerDefinition toWire(OptimizerChoice choice) {
    return OptimizerDefinition.newBuilder()
        .setMethod(
            switch (choice.method()) {
              case FEDAVGM -> OptimizerMethod.OPTIMIZER_METHOD_FEDAVGM;
              case FEDADAGRAD -> OptimizerMethod.OPTIMIZER_METHOD_FEDADAGRAD;
              case FEDADAM -> OptimizerMethod.OPTIMIZER_METHOD_FEDADAM;
              case FEDYOGI -> OptimizerMethod.OPTIMIZER_METHOD_FEDYOGI;
            })
        .setLearningRate(choice.learningRate())
        .setBeta1(choice.beta1())
        .setBeta2(choice.beta2())
        .setTau(choice.tau())
        .build();
  }

  /// @throws WireException if the method is unknown
  static OptimizerChoice fromWire(OptimizerDefinition wire) throws WireException {
    return new OptimizerChoice(
        switch (wire.getMethod()) {
          case OPTIMIZER_METHOD_FEDAVGM -> OptimizerChoice.Method.FEDAVGM;
          case OPTIMIZER_METHOD_FEDADAGRAD -> OptimizerChoice.Method.FEDADAGRAD;
          case OPTIMIZER_METHOD_FEDADAM -> OptimizerChoice.Method.FEDADAM;
          case OPTIMIZER_METHOD_FEDYOGI -> OptimizerChoice.Method.FEDYOGI;
          case OPTIMIZER_METHOD_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("unknown server optimizer");
        },
        wire.getLearningRate(),
        wire.getBeta1(),
        wire.getBeta2(),
        wire.getTau());
  }
}
