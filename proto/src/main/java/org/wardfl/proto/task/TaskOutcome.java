package org.wardfl.proto.task;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelHash;

/// A site's answer to a task.
public sealed interface TaskOutcome {

  /// The result of INITIAL: a model file, delivered before this message.
  ///
  /// @param model the file
  record Initialized(UpdateFile model) implements TaskOutcome {}

  /// The result of TRAIN: an update file, delivered before this message.
  ///
  /// @param update the file
  /// @param type what it holds
  /// @param summary what the training did
  /// @param received scores of the received model, taken before the training
  /// @param filters what was applied to the update, in order, each as `name(settings)`
  record Trained(
      UpdateFile update,
      WeightType type,
      TrainSummary summary,
      Metrics received,
      List<String> filters)
      implements TaskOutcome {

    /// Copies.
    public Trained {
      filters = List.copyOf(filters);
    }
  }

  /// The result of EVALUATE.
  ///
  /// @param metrics scores of the received model
  record Evaluated(Metrics metrics) implements TaskOutcome {}

  /// The result of DATA_STATS.
  ///
  /// @param statistics what the site tells of its data, as numbers by name
  /// @param document what does not fit into them, by the workflow's own agreement; at most
  ///   [#MAX_DOCUMENT_BYTES] of UTF-8, empty for nothing
  record Described(DataStats statistics, String document) implements TaskOutcome {

    /// The longest document, in bytes of UTF-8.
    public static final int MAX_DOCUMENT_BYTES = 1 << 20;

    /// Checks the document's length.
    ///
    /// @throws IllegalArgumentException if it is too long
    public Described {
      int bytes = document.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MAX_DOCUMENT_BYTES) {
        throw new IllegalArgumentException(
            "a document of " + bytes + " bytes, expected at most " + MAX_DOCUMENT_BYTES);
      }
    }

    /// Numbers alone.
    public Described(DataStats statistics) {
      this(statistics, "");
    }
  }

  /// The site will not do it: its own policy forbids it, or lacks what it needs.
  ///
  /// @param reason one sentence, without paths and without patient data
  record Declined(String reason) implements TaskOutcome {}

  /// The site tried and failed.
  ///
  /// @param phase where: `fetch`, `start`, `initialize`, `evaluate`, `train`, `getWeights`,
  ///   `filter`, `process`, ...
  /// @param reason one sentence, without paths, stack traces and patient data
  record Failed(String phase, String reason) implements TaskOutcome {}

  /// A file of tensors that a site made.
  ///
  /// @param hash its name
  /// @param sizeBytes its size
  record UpdateFile(ModelHash hash, long sizeBytes) {}
}
