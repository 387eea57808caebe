package org.example;

import java.util.Random;
import java.util.TreeMap;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;

/// Logistic regression by stochastic gradient descent, one patient at a step.
///
/// The model is one tensor: a coefficient per feature, then the intercept.
public final class LogisticRegression extends ClientAlgo {

  private Patients train;
  private Patients test;
  private int size;
  private double learningRate;
  private long epochs;
  private double[] trained;

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    var arguments = context.arguments().only("features", "learning_rate", "local_epochs");
    learningRate = arguments.number("learning_rate", 0.5);
    epochs = arguments.integer("local_epochs", 1);
    train = Patients.read(context, "train");
    test = Patients.read(context, "test");
    size = train.features() + 1;
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    var weights = coefficients(global);
    var random = new Random(task.seed("shuffle"));
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (int row : train.shuffled(random)) {
        task.abort().throwIfSet();
        double step = learningRate * (train.label(row) - train.probability(row, weights));
        for (int i = 0; i < size; i++) {
          weights[i] += step * train.value(row, i);
        }
      }
    }
    trained = weights;
    return new TrainSummary(epochs * train.size(), train.size());
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) throws AlgoException {
    return switch (request) {
      case WeightsRequest.Initial _ -> model(new double[size]);
      case WeightsRequest.Current _ when trained != null -> model(trained);
      case WeightsRequest.Current _ -> throw new AlgoException.Unsupported("nothing trained yet");
      case WeightsRequest.Stored _ -> throw new AlgoException.Unsupported("keeps no models");
    };
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    var weights = coefficients(global);
    int right = 0;
    for (int row = 0; row < test.size(); row++) {
      right += (test.probability(row, weights) > 0.5 ? 1 : 0) == test.label(row) ? 1 : 0;
    }
    var values = new TreeMap<String, Double>();
    values.put("accuracy", (double) right / test.size());
    return new Metrics(values, test.size());
  }

  private double[] coefficients(ModelPayload model) throws AlgoException {
    return model.only("coefficients").tensor("coefficients", DType.F64, size).toDoubles();
  }

  private static ModelPayload model(double[] weights) {
    var tensor = Tensor.doubles("coefficients", weights, weights.length);
    return new ModelPayload(TensorMap.of(tensor), WeightType.FULL);
  }
}
