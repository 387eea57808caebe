/// `torch-segmentation`: a U-Net that finds structures in volumes.
///
/// A site's [org.wardfl.gpu.imaging.dataset.ImageList] names volumes and their labels; blocks of
/// them train the network, and whole volumes are scored window by window. The entry point is
/// [org.wardfl.gpu.segmentation.TorchSegmentationFactory].
@NullMarked
package org.wardfl.gpu.segmentation;

import org.jspecify.annotations.NullMarked;
