package org.wardfl.gpu.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.wardfl.algo.fixture.Npz;
import org.wardfl.gpu.imaging.Golden;
import org.wardfl.gpu.torch.Torch;

/// What MONAI's losses and their gradients were: losses agree to 1e-6, gradients to 1e-7.
class GoldenLossTest {

  private static final String FOLDER = "loss_metric/";
  private static final double S = 1e-5;

  private static Map<String, DiceCrossEntropy> cases() {
    var cases = new LinkedHashMap<String, DiceCrossEntropy>();
    cases.put(
        "DiceLoss(to_onehot_y,softmax)", new DiceCrossEntropy(true, false, false, S, S, 1, 0));
    cases.put(
        "DiceLoss(to_onehot_y,softmax,include_background=False)",
        new DiceCrossEntropy(false, false, false, S, S, 1, 0));
    cases.put(
        "DiceLoss(to_onehot_y,softmax,squared_pred=True)",
        new DiceCrossEntropy(true, true, false, S, S, 1, 0));
    cases.put(
        "DiceLoss(to_onehot_y,softmax,batch=True)",
        new DiceCrossEntropy(true, false, true, S, S, 1, 0));
    cases.put(
        "DiceLoss(to_onehot_y,softmax,smooth0,dr1e-6,batch,squared)",
        new DiceCrossEntropy(true, true, true, 0, 1e-6, 1, 0));
    cases.put("DiceCELoss(to_onehot_y,softmax)", DiceCrossEntropy.both(true));
    cases.put(
        "DiceCELoss(to_onehot_y,softmax,lambda_dice=.4,lambda_ce=.6,include_background=False)",
        new DiceCrossEntropy(false, false, false, S, S, 0.4, 0.6));
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> equalMonai() {
    return cases().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(), () -> compare(entry.getKey(), entry.getValue())));
  }

  private static void compare(String name, DiceCrossEntropy loss) throws Exception {
    var arrays = Golden.arrays(FOLDER + "loss_metric.npz");
    try (var torch = Torch.open(1, List.of())) {
      Torch.withoutGradients();
      var array = arrays.array("logits3");
      var logits = torch.parameter(Golden.floats(array), array.shape());
      var labels =
          torch.manager().create(oneHot(arrays.array("label3"), 3), new Shape(array.shape()));
      try (var batch = torch.manager().newSubManager()) {
        // What is computed belongs to the manager of the logits' view.
        float found = Torch.backward(() -> loss.of(view(logits, batch), labels));
        assertThat(found).isCloseTo(value(name), within(1e-6f));
        try (var gradient = logits.getGradient()) {
          Golden.assertClose(gradient.toFloatArray(), arrays.array("grad/" + name), 1e-7);
        }
      }
    }
  }

  private static NDArray view(NDArray logits, ai.djl.ndarray.NDManager manager) {
    var view = logits.reshape(logits.getShape());
    view.attach(manager);
    return view;
  }

  private static float[] oneHot(Npz.Array labels, int classes) {
    int samples = (int) labels.shape()[0];
    int voxels = labels.values().length / samples;
    var oneHot = new float[samples * classes * voxels];
    for (int i = 0; i < labels.values().length; i++) {
      oneHot[(i / voxels * classes + (int) labels.values()[i]) * voxels + i % voxels] = 1;
    }
    return oneHot;
  }

  private static float value(String name) throws Exception {
    var matcher =
        Pattern.compile(Pattern.quote("\"" + name + "\":") + "([-\\d.e]+)")
            .matcher(Golden.json(FOLDER + "loss_metric.json"));
    assertThat(matcher.find()).isTrue();
    return Float.parseFloat(matcher.group(1));
  }
}
