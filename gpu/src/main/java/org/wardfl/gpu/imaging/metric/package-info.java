/// Scores of predictions: [org.wardfl.gpu.imaging.metric.Dice] for segmentations,
/// [org.wardfl.gpu.imaging.metric.ConfusionMatrix] and [org.wardfl.gpu.imaging.metric.RocAuc] for
/// classifications.
@NullMarked
package org.wardfl.gpu.imaging.metric;

import org.jspecify.annotations.NullMarked;
