package org.wardfl.algo.bundle.plan;

import java.util.List;
import java.util.Optional;

/// How a bundle trains and scores a 3-D segmentation.
///
/// @param network what is trained
/// @param loss what it is trained by
/// @param optimizer how it is trained
/// @param training the cases that it learns from
/// @param batchSize cases in a batch
/// @param shuffle whether every epoch has an order of its own
/// @param validation how a received model is scored; empty if the bundle does not say
public record TrainingPlan(
    UNetPiece network,
    LossPiece loss,
    OptimizerPiece optimizer,
    Cases training,
    int batchSize,
    boolean shuffle,
    Optional<Validation> validation) {

  /// MONAI's `UNet` with instance normalization.
  ///
  /// @param inputs channels of an image
  /// @param outputs classes
  /// @param channels of each level
  /// @param strides between levels
  /// @param residualUnits convolutions of a residual unit
  public record UNetPiece(
      int inputs, int outputs, List<Integer> channels, List<Integer> strides, int residualUnits) {
    /// Copies.
    public UNetPiece {
      channels = List.copyOf(channels);
      strides = List.copyOf(strides);
    }
  }

  /// MONAI's `DiceCELoss` or `DiceLoss` of a softmax, with labels that are class numbers.
  ///
  /// @param background whether class 0 counts in the Dice part
  /// @param squared whether the divisor has squares
  /// @param batch whether a batch is taken for one sample
  /// @param smoothAbove added above
  /// @param smoothBelow added below
  /// @param dice weight of the Dice part
  /// @param crossEntropy weight of the cross-entropy
  public record LossPiece(
      boolean background,
      boolean squared,
      boolean batch,
      double smoothAbove,
      double smoothBelow,
      double dice,
      double crossEntropy) {}

  /// torch's `Adam` or `SGD`.
  ///
  /// @param adam which of the two
  /// @param rate learning rate
  /// @param momentum of SGD
  /// @param decay L2 penalty
  public record OptimizerPiece(boolean adam, double rate, double momentum, double decay) {}

  /// Images with labels, and what is done to them.
  ///
  /// @param list the id of the list of cases in the configuration; a site resolves it
  /// @param image the key of the images
  /// @param label the key of the labels
  /// @param steps deterministic ones first, random ones last
  public record Cases(String list, String image, String label, List<Step> steps) {
    /// Copies.
    public Cases {
      steps = List.copyOf(steps);
    }
  }

  /// How a received model is scored.
  ///
  /// @param cases what it is scored on; no random steps
  /// @param window extents of the windows of a sliding-window inference; empty to predict images as
  ///   they are
  /// @param overlap which part of a window the next one covers again
  /// @param gaussian whether windows count less towards their borders
  /// @param windows that are predicted at once
  /// @param metric the name of the mean Dice coefficient
  /// @param background whether class 0 counts in it
  public record Validation(
      Cases cases,
      List<Integer> window,
      double overlap,
      boolean gaussian,
      int windows,
      String metric,
      boolean background) {
    /// Copies.
    public Validation {
      window = List.copyOf(window);
    }
  }
}
